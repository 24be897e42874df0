/* concern.c - see concern.h */
#include "concern.h"

#include <string.h>

#define ORDINARY_MOST 200 /* characters */

/* Where names stand. */
typedef struct Place {
    const char *number; /* of the incident */
    const char *table;
    const char *name;
    const char *odd;    /* the column that says that it is no ordinary one */
    const char *stands; /* whether one of theirs does in this incident */
} Place;

static const Place places[] = {
    [SG_PART_SENDER] = {"number", "incident", "sender", "odd_sender", "theirs(sender)"},
    [SG_PART_LOGIN] = {"number", "incident", "login", "odd_login", "theirs(login)"},
    [SG_PART_RECIPIENT] = {"incident", "recipient", "address", "odd",
                           "EXISTS (SELECT 1 FROM recipient"
                           " WHERE recipient.incident = incident.number AND theirs(address))"},
    [SG_PART_COPY] = {"incident", "copy", "address", "odd",
                      "EXISTS (SELECT 1 FROM copy"
                      " WHERE copy.incident = incident.number AND theirs(address))"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(places) == SG_PARTS);

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

/* Ordinary names, which are the parameter, by the index on them. Of the others each different one
 * in turn, by an index that has only those: they are far fewer than there are rows. */
static void append_numbers(GString *sql, const Place *place)
{
    g_autofree char *next_odd = g_strdup_printf("SELECT min(%s COLLATE NOCASE) FROM %s WHERE %s",
                                                place->name, place->table, place->odd);

    g_string_append_printf(sql,
                           "SELECT %s FROM %s WHERE %s COLLATE NOCASE IN ("
                           "WITH RECURSIVE each_odd(word) AS (%s UNION ALL"
                           " SELECT (%s AND %s COLLATE NOCASE > word) FROM each_odd"
                           " WHERE word IS NOT NULL)"
                           " SELECT word FROM each_odd WHERE theirs(word)"
                           " UNION ALL SELECT value FROM json_each(?1))",
                           place->number, place->table, place->name, next_odd, next_odd,
                           place->name);
}

static char *question_of_all(guint parts)
{
    GString *sql = g_string_new("SELECT json_group_array(number) FROM (SELECT 0 AS number WHERE 0");

    for (guint i = 0; i < SG_PARTS; i++)
        if (parts & (1U << i)) {
            g_string_append(sql, " UNION ");
            append_numbers(sql, &places[i]);
        }
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

static char *question_of_some(guint parts)
{
    GString *sql = g_string_new("SELECT json_group_array(number) FROM incident"
                                " WHERE number IN (SELECT value FROM json_each(?)) AND (0");

    for (guint i = 0; i < SG_PARTS; i++)
        if (parts & (1U << i))
            g_string_append_printf(sql, " OR %s", places[i].stands);
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

gboolean sg_name_is_ordinary(const char *name)
{
    const char *at = strchr(name, '@');
    gsize i = 0;

    if (!g_ascii_isalnum(*name) || (at && strchr(at + 1, '@')))
        return FALSE;
    for (; g_ascii_isalnum(name[i]) || (name[i] && strchr("-._@", name[i])); i++)
        if (strchr(".@", name[i]) && (!name[i + 1] || strchr(".@", name[i + 1])))
            return FALSE;
    return i <= ORDINARY_MOST && name[i] == '\0';
}

/* What the ordinary names of somebody are, as JSON. An ordinary name is its own key, but for its
 * capitals and for what keys begin with: it is theirs when that is among their keys, and else not.
 */
static char *ordinary_names(const SgReviewer *who)
{
    g_autoptr(GHashTable) keys = sg_reviewer_keys(who);
    GString *json = g_string_new("[");
    GHashTableIter each;
    gpointer key;

    g_hash_table_iter_init(&each, keys);
    while (g_hash_table_iter_next(&each, &key, NULL)) {
        const char *name = (const char *)key + 1;
        gboolean of_address = *(const char *)key == '@';

        if (sg_name_is_ordinary(name) && of_address == (strchr(name, '@') != NULL))
            g_string_append_printf(json, "%s\"%s\"", json->len > 1 ? "," : "", name);
    }
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

/* `json` is the parameter. */
static char *ask(sqlite3 *db, const char *sql, const char *json, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);

    if (!statement)
        return NULL;
    sg_bind_string(&bind, json);
    return sg_sql_step(statement, error) == SQLITE_ROW ? sg_row_string(&row) : NULL;
}

static char *ask_about(sqlite3 *db, const SgReviewer *who, const char *sql, const char *json,
                       GError **error)
{
    char *found;

    if (!*who->addresses && !*who->logins)
        return g_strdup(SG_NO_INCIDENTS);
    sqlite3_create_function_v2(db, "theirs", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, somebody_new(who),
                               theirs, NULL, NULL, somebody_free);
    found = ask(db, sql, json, error);
    sqlite3_create_function_v2(db, "theirs", 1, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
    return found;
}

char *sg_incidents_concerning(sqlite3 *db, const SgReviewer *who, guint parts, GError **error)
{
    g_autofree char *sql = question_of_all(parts), *names = ordinary_names(who);

    return ask_about(db, who, sql, names, error);
}

char *sg_incidents_concerning_among(sqlite3 *db, const SgReviewer *who, guint parts,
                                    const char *numbers, GError **error)
{
    g_autofree char *sql = question_of_some(parts);

    return ask_about(db, who, sql, numbers, error);
}
