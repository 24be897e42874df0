/* queue_search.c - see queue_internal.h: incidents that have all words that are looked for
 *
 * Without an index of words: what is deleted would stand in such an index for longer, and every
 * incident would take longer to store. */
#include "queue_internal.h"

#include <string.h>

#define WORDS_MAX 32 /* of SgFound.words */

typedef struct Search {
    char **words;
    guint n;
    guint32 all;
    GString *folded;
} Search;

static void search_clear(Search *search)
{
    g_strfreev(search->words);
    g_string_free(search->folded, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static Search search_for(const char *text)
{
    Search search = {.folded = g_string_new(NULL)};
    g_auto(GStrv) parts = g_strsplit_set(sg_search_fold(search.folded, text), " \t\r\n", -1);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();

    for (char **part = parts; *part && search.n < WORDS_MAX; part++)
        if (**part) {
            g_strv_builder_add(words, *part);
            search.all |= (guint32)1 << search.n++;
        }
    search.words = g_strv_builder_end(words);
    return search;
}

static void look(Search *search, SgFound *found, const char *text, gsize length)
{
    if (length == 0)
        return;
    sg_search_fold_bytes(search->folded, text, length);
    for (guint i = 0; i < search->n; i++) {
        guint32 word = (guint32)1 << i;

        if (!(found->words & word) && strstr(search->folded->str, search->words[i]))
            found->words |= word;
    }
}

static void look_in_row(Search *search, SgFound *found, SgRow *row)
{
    gsize length;
    const char *excerpt;

    if (found->words == search->all)
        return;
    excerpt = sg_row_bytes(row, &length);
    look(search, found, excerpt, length);
}

static char *numbers_of_findings(const GArray *findings)
{
    GString *json = g_string_new("[");

    for (guint i = 0; i < findings->len; i++)
        g_string_append_printf(json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               g_array_index(findings, SgFoundFinding, i).number);
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

static sqlite3_stmt *ask_for_excerpts(const SgFinder *finder, GError **error)
{
    const GArray *findings = finder->findings;
    gint64 first = g_array_index(findings, SgFoundFinding, 0).number;
    gint64 last = g_array_index(findings, SgFoundFinding, findings->len - 1).number;
    gboolean scan = (gint64)findings->len * SG_WORTH_A_SCAN > last - first;
    g_autofree char *numbers = scan ? NULL : numbers_of_findings(findings);
    g_autofree char *sql =
        g_strdup_printf("SELECT finding, excerpt FROM signal WHERE finding >= %" G_GINT64_FORMAT
                        "%s ORDER BY finding",
                        first, scan ? "" : " AND finding IN (SELECT value FROM json_each(?))");
    sqlite3_stmt *statement = sg_sql_prepare(finder->db, sql, error);

    if (statement && numbers)
        sqlite3_bind_text(statement, 1, numbers, -1, SQLITE_TRANSIENT);
    return statement;
}

/* Both findings and rows are by the number of the finding. */
static gboolean look_in_excerpts(SgFinder *finder, Search *search, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    const GArray *all = finder->findings;
    guint next = 0;
    int code;

    if (all->len == 0)
        return TRUE;
    if (!(statement = ask_for_excerpts(finder, error)))
        return FALSE;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        gint64 number = sg_row_integer(&row);

        while (next < all->len && g_array_index(all, SgFoundFinding, next).number < number)
            next++;
        if (next == all->len)
            break;
        if (g_array_index(all, SgFoundFinding, next).number == number)
            look_in_row(search, g_array_index(all, SgFoundFinding, next).of, &row);
    }
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

static gboolean has_all(const SgFinder *finder, const SgFound *found)
{
    return found->words == finder->words;
}

gboolean sg_finder_search(SgFinder *finder, GError **error)
{
    g_auto(Search) search = search_for(finder->filter->words);

    for (guint i = 0; i < finder->found->len; i++) {
        SgFound *found = finder->found->pdata[i];

        look(&search, found, found->subject, strlen(found->subject));
    }
    if (!sg_finder_number_findings(finder, error) || !look_in_excerpts(finder, &search, error))
        return FALSE;
    finder->words = search.all;
    sg_finder_keep(finder, has_all);
    return TRUE;
}
