/* setup_people.c - by what people are known, and files of people; see setup_known.h */
#include "setup_known.h"

#include <string.h>

#include "options.h"
#include "schoolgate/lexer.h"
#include "schoolgate/people.h"

/* Ways ------------------------------------------------------------------------------------------
 */

static const struct {
    const char *word;
    SgAsked asked;
} ways[] = {
    {"domain", SG_ASKED_STUDENTS},
    {"pattern", SG_ASKED_PATTERN},
    {"file", SG_ASKED_PEOPLE},
    {"directory", SG_ASKED_DIRECTORY},
};

static const char *const way_names[] = {"domain", "pattern", "file", "directory", NULL};

static gboolean is_set(const SgSetup *setup, SgAsked asked)
{
    g_autofree char *now = sg_setup_now(setup, asked);

    return now && *now;
}

static gboolean names(const char *known_by, const char *word)
{
    g_auto(GStrv) words = g_strsplit_set(known_by, ", ", -1);

    return g_strv_contains((const char *const *)words, word);
}

/* NULL when `asked` is no way. */
static const char *word_of(SgAsked asked)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
        if (ways[i].asked == asked)
            return ways[i].word;
    return NULL;
}

gboolean sg_is_way(SgAsked asked)
{
    return word_of(asked) != NULL;
}

char *sg_known_by_told(const SgSetup *setup)
{
    g_autoptr(GString) told = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *now = sg_setup_now(setup, ways[i].asked);
        if (now && *now)
            g_string_append_printf(told, "%s%s", told->len > 0 ? ", " : "", ways[i].word);
    }
    return told->len > 0 ? g_strdup(told->str) : NULL;
}

char *sg_propose_known_by(const SgSetup *setup)
{
    char *told = sg_known_by_told(setup);

    return told || !setup->anew ? told : g_strdup("domain");
}

/* Before it is answered, by what holds. */
static gboolean is_named(const SgSetup *setup, SgAsked asked)
{
    const char *known_by = setup->answers[SG_ASKED_KNOWN_BY];

    return known_by ? names(known_by, word_of(asked)) : is_set(setup, asked);
}

gboolean sg_known_by_others_only(const SgSetup *setup, SgAsked asked)
{
    return setup->answers[SG_ASKED_KNOWN_BY] && word_of(asked) && !is_named(setup, asked);
}

gboolean sg_known_otherwise(const SgSetup *setup, SgAsked asked)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
        if (ways[i].asked != asked && is_named(setup, ways[i].asked))
            return TRUE;
    return FALSE;
}

/* A block may say much that nobody was asked for. */
static gboolean would_lose_block(const SgSetup *setup, gsize way, GError **error)
{
    gboolean file = ways[way].asked == SG_ASKED_PEOPLE;
    g_autofree char *current = sg_setup_current(setup, file ? SG_ASKED_COLUMN : ways[way].asked);

    if (!current || (!file && ways[way].asked != SG_ASKED_DIRECTORY))
        return FALSE;
    sg_setup_refuse(error,
                    "people are known by the block '%s' as well: name '%s', or take the block out "
                    "of '%s' first",
                    file ? setup->export_block : setup->directory_block, ways[way].word,
                    setup->path);
    return TRUE;
}

static gboolean check_way(const SgSetup *setup, gsize way, gboolean named, GError **error)
{
    SgAsked asked = ways[way].asked;
    const char *said = setup->answers[asked], *option = sg_questions[asked].option;

    if (said && *said && !named)
        return sg_setup_refuse(error, "--%s was said: name '%s' as well", option, ways[way].word);
    if (said && !*said && named)
        return sg_setup_refuse(error, "--%s none was said: leave '%s' out", option, ways[way].word);
    return named || !would_lose_block(setup, way, error);
}

gboolean sg_check_known_by(SgSetup *setup, const char *answer, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(answer, ", ", -1);

    for (char **word = words; *word; word++) {
        if (!**word || g_strv_contains(way_names, *word))
            continue;
        g_autofree char *hint = sg_did_you_mean(*word, way_names);
        return sg_setup_refuse(error, "'%s' is none of domain, pattern, file and directory%s",
                               *word, hint);
    }
    if (setup->anew && !*answer)
        return sg_setup_refuse(error, "then nothing tells students from others; name at least one");
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
        if (!check_way(setup, i, names(answer, ways[i].word), error))
            return FALSE;
    return TRUE;
}

gboolean sg_concerns_students(const SgSetup *setup)
{
    return is_named(setup, SG_ASKED_STUDENTS);
}

gboolean sg_concerns_pattern(const SgSetup *setup)
{
    return is_named(setup, SG_ASKED_PATTERN);
}

gboolean sg_concerns_people(const SgSetup *setup)
{
    return is_named(setup, SG_ASKED_PEOPLE);
}

gboolean sg_concerns_directory(const SgSetup *setup)
{
    return is_named(setup, SG_ASKED_DIRECTORY);
}

/* Files -----------------------------------------------------------------------------------------
 */

/* One that is as schoolgate wants it needs no more questions; the columns of another are told. */
gboolean sg_check_people(SgSetup *setup, const char *answer, GError **error)
{
    g_autofree char *path = sg_path_beside(setup->path, answer);
    g_auto(GStrv) columns = NULL;
    g_autoptr(GError) why = NULL;

    g_clear_pointer(&setup->columns, g_strfreev);
    if (!*answer || sg_setup_is_as_it_was(setup, SG_ASKED_PEOPLE, answer) ||
        sg_setup_can_be_read(setup, SG_ASKED_PEOPLE, answer, NULL))
        return TRUE;
    columns = sg_people_columns(path, &why);
    if (!columns)
        return sg_setup_refuse(error, "%s", why->message);
    if (!columns[0])
        return sg_setup_refuse(error, "'%s' is empty; its first line must name the columns", path);
    setup->columns = g_steal_pointer(&columns);
    return TRUE;
}

gboolean sg_concerns_column(const SgSetup *setup)
{
    return is_set(setup, SG_ASKED_PEOPLE) &&
           (setup->columns || setup->answers[SG_ASKED_COLUMN] || is_set(setup, SG_ASKED_COLUMN));
}

gboolean sg_concerns_mapped(const SgSetup *setup)
{
    return is_set(setup, SG_ASKED_PEOPLE) && is_set(setup, SG_ASKED_COLUMN);
}

gboolean sg_concerns_role_words(const SgSetup *setup)
{
    return sg_concerns_mapped(setup) && is_set(setup, SG_ASKED_ROLE_COLUMN);
}

gboolean sg_concerns_dates(const SgSetup *setup)
{
    return sg_concerns_mapped(setup) && is_set(setup, SG_ASKED_UNTIL_COLUMN);
}
