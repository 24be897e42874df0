/* directory_tell.c - see directory_tell.h */
#include "directory_tell.h"

#include <string.h>
#include <sysexits.h>

#include "options.h"
#include "page.h"

#define SHOWN_OF_EACH 5

static void put_counts(SgPage *page, const char *what, const GPtrArray *counts)
{
    for (guint i = 0; i < counts->len; i++) {
        const SgDirectoryCount *count = counts->pdata[i];
        g_autofree char *text =
            g_strdup_printf("%s %s: %u people", what, count->name, count->people);
        sg_page_lines(page, SG_STYLE_PLAIN, "  ", text);
    }
}

/* The first few of each role. */
static void put_addresses(SgPage *page, const SgDirectoryFound *found)
{
    g_auto(GStrv) lines = g_strsplit(found->copy->str, "\n", -1);
    g_autoptr(GHashTable) shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (char **line = lines + 1; *line && **line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, ",", 3);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(shown, fields[0]));
        if (count >= SHOWN_OF_EACH || !fields[1])
            continue;
        g_hash_table_insert(shown, g_strdup(fields[0]), GUINT_TO_POINTER(count + 1));
        g_autofree char *text = g_strdup_printf("%s %s", *fields[0] ? fields[0] : "(no role)",
                                                g_strdelimit(fields[1], "\"", ' '));
        sg_page_lines(page, SG_STYLE_PLAIN, "    ", text);
    }
}

void sg_directory_tell(const SgDirectory *directory, const SgDirectoryFound *found, gint64 took,
                       SgDirectoryShow show)
{
    g_autoptr(SgPage) page = sg_page_new();

    sg_page_format(page, SG_STYLE_STRONG, "%s: ", directory->name);
    sg_page_format(page, SG_STYLE_PLAIN,
                   "%s gave %u people with %u addresses, and %u lists, in %.1f s", found->server,
                   found->people, found->addresses, found->lists, (double)took / G_USEC_PER_SEC);
    sg_page_end_line(page);
    put_counts(page, "role", found->roles);
    put_counts(page, "group", found->groups);
    for (guint i = 0; i < found->notes->len; i++)
        sg_page_lines(page, SG_STYLE_CAUTION, "  ", found->notes->pdata[i]);
    if (show == SG_DIRECTORY_SHOW_ADDRESSES)
        put_addresses(page, found);
    sg_page_flush(page);
}

int sg_directory_tell_trouble(const SgDirectory *directory, const GError *error)
{
    const char *cure = sg_directory_cure(error);

    sg_complain("directory '%s': %s", directory->name, error->message);
    if (cure)
        sg_complain("what to do: %s", cure);
    return error->code == SG_DIRECTORY_ERROR_BUSY ? EX_TEMPFAIL : EX_UNAVAILABLE;
}
