/* concern.c - see concern.h */
#include "concern.h"

#include <string.h>

/* Each different name in turn by the index on it, which is far less than there are rows. */
#define NAMED(number, table, name)                                                                 \
    "SELECT " number " FROM " table " WHERE " name " IN ("                                         \
    "WITH RECURSIVE each_name(word) AS (SELECT min(" name ") FROM " table                          \
    " UNION ALL SELECT (SELECT min(" name ") FROM " table " WHERE " name " > word)"                \
    " FROM each_name WHERE word IS NOT NULL)"                                                      \
    " SELECT word FROM each_name WHERE theirs(word))"

static const struct {
    const char *numbers; /* of the incidents in which a name of theirs stands */
    const char *stands;  /* whether one does in this incident */
} questions[] = {
    [SG_PART_SENDER] = {NAMED("number", "incident", "sender"), "theirs(sender)"},
    [SG_PART_LOGIN] = {NAMED("number", "incident", "login"), "theirs(login)"},
    [SG_PART_RECIPIENT] = {NAMED("incident", "recipient", "address"),
                           "EXISTS (SELECT 1 FROM recipient"
                           " WHERE recipient.incident = incident.number AND theirs(address))"},
    [SG_PART_COPY] = {NAMED("incident", "copy", "address"),
                      "EXISTS (SELECT 1 FROM copy"
                      " WHERE copy.incident = incident.number AND theirs(address))"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(questions) == SG_PARTS);

typedef struct Somebody {
    GHashTable *keys;
    gboolean begins[G_MAXUINT8 + 1]; /* the first byte of a key, behind what all keys have */
} Somebody;

static Somebody *somebody_new(const SgReviewer *who)
{
    Somebody *somebody = g_new0(Somebody, 1);
    GHashTableIter each;
    gpointer key;

    somebody->keys = sg_reviewer_keys(who);
    g_hash_table_iter_init(&each, somebody->keys);
    while (g_hash_table_iter_next(&each, &key, NULL))
        somebody->begins[((const guchar *)key)[1]] = TRUE;
    return somebody;
}

static void somebody_free(void *data)
{
    Somebody *somebody = data;

    g_hash_table_unref(somebody->keys);
    g_free(somebody);
}

/* Of these characters alone a name keeps its first in its key, unless an address's dots are amiss,
 * when a quote comes before it. */
static gboolean is_plain(const char *name)
{
    if (!g_ascii_isalnum(*name))
        return FALSE;
    while (g_ascii_isalnum(*name) || (*name && strchr("._+-@", *name)))
        name++;
    return *name == '\0';
}

/* Sure, and soon: most names are nobody's that is asked about. */
static gboolean cannot_be(const Somebody *somebody, const char *name)
{
    return !somebody->begins['"'] && is_plain(name) &&
           !somebody->begins[(guchar)g_ascii_tolower(*name)];
}

static gboolean is_theirs(const Somebody *somebody, const char *name)
{
    if (cannot_be(somebody, name))
        return FALSE;
    g_autofree char *key = sg_name_key(name);
    return g_hash_table_contains(somebody->keys, key);
}

static void theirs(sqlite3_context *context, int n, sqlite3_value **values)
{
    const char *name = (const char *)sqlite3_value_text(values[0]);

    (void)n;
    sqlite3_result_int(context, name && *name && is_theirs(sqlite3_user_data(context), name));
}

static char *question_of_all(guint parts)
{
    GString *sql = g_string_new("SELECT json_group_array(number) FROM (SELECT 0 AS number WHERE 0");

    for (guint i = 0; i < SG_PARTS; i++)
        if (parts & (1U << i))
            g_string_append_printf(sql, " UNION %s", questions[i].numbers);
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

static char *question_of_some(guint parts)
{
    GString *sql = g_string_new("SELECT json_group_array(number) FROM incident"
                                " WHERE number IN (SELECT value FROM json_each(?)) AND (0");

    for (guint i = 0; i < SG_PARTS; i++)
        if (parts & (1U << i))
            g_string_append_printf(sql, " OR %s", questions[i].stands);
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

static char *ask(sqlite3 *db, const char *sql, const char *numbers, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);

    if (!statement)
        return NULL;
    if (numbers)
        sg_bind_string(&bind, numbers);
    return sg_sql_step(statement, error) == SQLITE_ROW ? sg_row_string(&row) : NULL;
}

static char *ask_about(sqlite3 *db, const SgReviewer *who, const char *sql, const char *numbers,
                       GError **error)
{
    char *found;

    if (!*who->addresses && !*who->logins)
        return g_strdup(SG_NO_INCIDENTS);
    sqlite3_create_function_v2(db, "theirs", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, somebody_new(who),
                               theirs, NULL, NULL, somebody_free);
    found = ask(db, sql, numbers, error);
    sqlite3_create_function_v2(db, "theirs", 1, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
    return found;
}

char *sg_incidents_concerning(sqlite3 *db, const SgReviewer *who, guint parts, GError **error)
{
    g_autofree char *sql = question_of_all(parts);

    return ask_about(db, who, sql, NULL, error);
}

char *sg_incidents_concerning_among(sqlite3 *db, const SgReviewer *who, guint parts,
                                    const char *numbers, GError **error)
{
    g_autofree char *sql = question_of_some(parts);

    return ask_about(db, who, sql, numbers, error);
}
