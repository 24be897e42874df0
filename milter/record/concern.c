/* concern.c - see concern.h */
#include "concern.h"
#include "schoolgate/people.h"

#include <string.h>

/* Each different name in turn by the index on it, which is far less than there are rows. */
#define NAMED(number, table, name)                                                                 \
    "SELECT " number " FROM " table " WHERE " name " IN ("                                         \
    "WITH RECURSIVE each_name(word) AS (SELECT min(" name ") FROM " table                          \
    " UNION ALL SELECT (SELECT min(" name ") FROM " table " WHERE " name " > word)"                \
    " FROM each_name WHERE word IS NOT NULL)"                                                      \
    " SELECT word FROM each_name WHERE theirs(word))"

static const char *const questions[] = {
    [SG_PART_SENDER] = NAMED("number", "incident", "sender"),
    [SG_PART_LOGIN] = NAMED("number", "incident", "login"),
    [SG_PART_RECIPIENT] = NAMED("incident", "recipient", "address"),
    [SG_PART_COPY] = NAMED("incident", "copy", "address"),
};
G_STATIC_ASSERT(G_N_ELEMENTS(questions) == SG_PARTS);

typedef struct Somebody {
    const SgReviewer *who;
    gboolean begins[G_MAXUINT8 + 1]; /* the first byte of a name of theirs, made small */
} Somebody;

static void learn(Somebody *somebody, char **known)
{
    for (; *known; known++) {
        g_autofree char *normal = sg_address_normal(*known);
        g_autofree char *valid = g_utf8_make_valid(*known, -1);
        g_autofree char *small = g_utf8_casefold(valid, -1);

        somebody->begins[(guchar)*normal] = TRUE;
        somebody->begins[(guchar)*small] = TRUE;
    }
}

/* Of these characters alone an address keeps its first when it is made normal, unless its dots are
 * amiss, when a quote comes before it. */
static gboolean is_plain(const char *name)
{
    if (!g_ascii_isalnum(*name))
        return FALSE;
    while (g_ascii_isalnum(*name) || (*name && strchr("._+-@", *name)))
        name++;
    return *name == '\0';
}

static gboolean cannot_be(const Somebody *somebody, const char *name)
{
    return !somebody->begins['"'] && is_plain(name) &&
           !somebody->begins[(guchar)g_ascii_tolower(*name)];
}

static void theirs(sqlite3_context *context, int n, sqlite3_value **values)
{
    const Somebody *somebody = sqlite3_user_data(context);
    const char *name = (const char *)sqlite3_value_text(values[0]);

    (void)n;
    sqlite3_result_int(context, name && *name && !cannot_be(somebody, name) &&
                                    sg_reviewer_is(somebody->who, name));
}

static char *question(guint parts)
{
    GString *sql = g_string_new("SELECT json_group_array(number) FROM (SELECT 0 AS number WHERE 0");

    for (guint i = 0; i < SG_PARTS; i++)
        if (parts & (1U << i))
            g_string_append_printf(sql, " UNION %s", questions[i]);
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

static char *ask(sqlite3 *db, guint parts, GError **error)
{
    g_autofree char *sql = question(parts);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgRow row = sg_row(statement);

    return statement && sg_sql_step(statement, error) == SQLITE_ROW ? sg_row_string(&row) : NULL;
}

char *sg_incidents_concerning(sqlite3 *db, const SgReviewer *who, guint parts, GError **error)
{
    Somebody somebody = {.who = who};
    char *numbers;

    if (!*who->addresses && !*who->logins)
        return g_strdup(SG_NO_INCIDENTS);
    learn(&somebody, who->addresses);
    learn(&somebody, who->logins);
    sqlite3_create_function_v2(db, "theirs", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &somebody, theirs,
                               NULL, NULL, NULL);
    numbers = ask(db, parts, error);
    sqlite3_create_function_v2(db, "theirs", 1, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
    return numbers;
}
