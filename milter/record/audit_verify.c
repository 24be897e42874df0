/* audit_verify.c - reads the audit trail: all of it in turn, its end, and whether it is whole
 *
 * It is read through a connection of its own, in one transaction: whoever adds to it, or purges it,
 * is neither kept waiting nor taken for a forger. */
#include "record_internal.h"

#include <string.h>

sqlite3 *sg_audit_open(const SgRecord *record, GError **error)
{
    sqlite3 *db = sg_connection_open(record->path, SG_CONNECTION_READ, &sg_record_defaults, error);

    if (db && sg_sql_exec(db, "BEGIN", SG_RECORD_ERROR_READ, "read", error))
        return db;
    sqlite3_close(db);
    return NULL;
}

SgAuditEntry sg_audit_entry(sqlite3_stmt *statement)
{
    SgRow row = sg_row(statement);
    SgAuditEntry entry = {0};

    entry.number = sg_row_integer(&row);
    entry.at = sg_row_integer(&row);
    entry.actor = sg_row_peek(&row);
    entry.role = sg_row_peek(&row);
    entry.action = sg_row_peek(&row);
    entry.incident = sg_row_peek(&row);
    entry.detail = sg_row_peek(&row);
    entry.hash = sg_row_peek(&row);
    return entry;
}

static gboolean each_since(sqlite3 *db, gint64 since,
                           void (*each)(const SgAuditEntry *entry, gpointer data), gpointer data,
                           GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db, "SELECT " SG_AUDIT_COLUMNS " FROM audit WHERE at >= ?1 OR ?1 = 0 ORDER BY number",
        error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, since);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgAuditEntry entry = sg_audit_entry(statement);

        each(&entry, data);
    }
    return code == SQLITE_DONE;
}

gboolean sg_audit_each(SgRecord *record, gint64 since,
                       void (*each)(const SgAuditEntry *entry, gpointer data), gpointer data,
                       GError **error)
{
    sqlite3 *db = sg_audit_open(record, error);
    gboolean done = db && each_since(db, since, each, data, error);

    sqlite3_close(db);
    return done;
}

static char *head_of(gint64 number, const char *hash)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ":%s", number, hash);
}

char *sg_audit_head(SgRecord *record, GError **error)
{
    g_autofree char *hash = NULL;
    gint64 number = 0;
    gboolean found;

    pthread_mutex_lock(&record->lock);
    found = sg_audit_last(record->reader, &number, &hash, error);
    pthread_mutex_unlock(&record->lock);
    return found ? head_of(number, hash) : NULL;
}

#define HASH_LENGTH 64

/* The number, and where the hash begins; FALSE when it is not a head. */
static gboolean read_head(const char *text, gint64 *number, const char **hash)
{
    char *end = NULL;

    if (!g_ascii_isdigit(*text))
        return FALSE;
    *number = g_ascii_strtoll(text, &end, 10);
    if (*end != ':' || *number == G_MAXINT64)
        return FALSE;
    *hash = end + 1;
    if (*number == 0)
        return **hash == '\0';
    return strlen(*hash) == HASH_LENGTH && strspn(*hash, "0123456789abcdef") == HASH_LENGTH;
}

gboolean sg_audit_is_head(const char *text)
{
    const char *hash;
    gint64 number;

    return read_head(text, &number, &hash);
}

void sg_audit_report_clear(SgAuditReport *report)
{
    g_clear_pointer(&report->head, g_free);
    g_clear_pointer(&report->broken, g_free);
}

/* A trail on the way from its first entry to its last. */
typedef struct Walk {
    sqlite3 *db;
    gint64 started;             /* the last entry that was purged; 0 for none */
    gint64 number;              /* of the entry last read, or `started` */
    char hash[HASH_LENGTH + 1]; /* its hash; empty before the first */
    gint64 purged;              /* up to where the entries themselves say that they were purged */
    gint64 noted;               /* the head that is looked for; -1 for none */
    const char *noted_hash;
    gboolean noted_found;
    SgAuditReport *report;
} Walk;

/* Only the first thing that is wrong is told: what follows may follow from it. */
static gboolean broken(Walk *walk, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean broken(Walk *walk, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    walk->report->broken = g_strdup_vprintf(format, values);
    va_end(values);
    return FALSE;
}

static void stand_at(Walk *walk, gint64 number, const char *hash)
{
    walk->number = number;
    g_strlcpy(walk->hash, hash ? hash : "", sizeof walk->hash);
    if (number == walk->noted)
        walk->noted_found = g_strcmp0(walk->noted_hash, walk->hash) == 0;
}

/* What is hashed must be all that stands there: no other type, nothing behind a NUL. To be asked
 * before the columns are read, which may convert them. */
static gboolean is_plain(sqlite3_stmt *statement)
{
    for (int column = 0; column < sqlite3_column_count(statement); column++) {
        int type = sqlite3_column_type(statement, column);

        if (column < 2 ? type != SQLITE_INTEGER : type != SQLITE_TEXT && type != SQLITE_NULL)
            return FALSE;
        if (type != SQLITE_TEXT)
            continue;
        const char *text = (const char *)sqlite3_column_text(statement, column);
        if (!text || strlen(text) != (gsize)sqlite3_column_bytes(statement, column))
            return FALSE;
    }
    return TRUE;
}

static gboolean is_next(Walk *walk, gint64 number)
{
    gint64 first = walk->number + 1, last = number - 1;

    if (number == first)
        return TRUE;
    if (number < first)
        return broken(walk,
                      "entry %" G_GINT64_FORMAT
                      " is there, though what came up to entry %" G_GINT64_FORMAT " was purged",
                      number, walk->started);
    if (first == last)
        return broken(walk, "entry %" G_GINT64_FORMAT " is missing", first);
    return broken(walk, "entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are missing", first,
                  last);
}

static gboolean check_entry(Walk *walk, sqlite3_stmt *statement)
{
    gboolean plain = is_plain(statement);
    SgAuditEntry entry = sg_audit_entry(statement);
    g_autofree char *hash = NULL;

    if (!is_next(walk, entry.number))
        return FALSE;
    hash = sg_audit_hash(walk->hash, &entry);
    if (!plain || g_strcmp0(hash, entry.hash) != 0) {
        if (walk->started > 0 && walk->number == walk->started)
            return broken(
                walk,
                "entry %" G_GINT64_FORMAT
                " was changed or moved, or what it follows (the last that was purged) was",
                entry.number);
        return broken(walk, "entry %" G_GINT64_FORMAT " was changed or moved", entry.number);
    }
    if (strcmp(entry.action, SG_AUDIT_PURGED) == 0)
        walk->purged = g_ascii_strtoll(entry.detail ? entry.detail : "", NULL, 10);
    walk->report->entries++;
    stand_at(walk, entry.number, hash);
    return TRUE;
}

/* FALSE with `error` only when it could not be read. */
static gboolean walk_entries(Walk *walk, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(walk->db, "SELECT " SG_AUDIT_COLUMNS " FROM audit ORDER BY number", error);
    int code;

    if (!statement)
        return FALSE;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW)
        if (!check_entry(walk, statement))
            return TRUE;
    return code == SQLITE_DONE;
}

static gboolean find_start(Walk *walk, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(walk->db, "SELECT number, hash FROM audit_start ORDER BY number", error);
    SgRow row = sg_row(statement);
    int code;

    if (!statement)
        return FALSE;
    code = sg_sql_step(statement, error);
    if (code == SQLITE_ROW) {
        walk->started = sg_row_integer(&row);
        stand_at(walk, walk->started, sg_row_peek(&row));
        code = sg_sql_step(statement, error);
        if (code == SQLITE_ROW)
            broken(walk, "the trail has two beginnings");
    } else {
        stand_at(walk, 0, NULL);
    }
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

/* SQLite counts what was ever added, and does not count back when the last is removed. */
static gboolean check_end(Walk *walk, GError **error)
{
    gint64 given = 0;

    if (!sg_sql_integer(walk->db, "SELECT seq FROM sqlite_sequence WHERE name = 'audit'", &given,
                        error))
        return FALSE;
    if (given > walk->number)
        broken(walk,
               "the end was cut off: the last entry is %" G_GINT64_FORMAT ", but %" G_GINT64_FORMAT
               " was given",
               walk->number, given);
    else if (given < walk->number)
        broken(walk,
               "the count of entries was set back: the last is %" G_GINT64_FORMAT
               ", but only %" G_GINT64_FORMAT " are counted",
               walk->number, given);
    return TRUE;
}

/* Who purges entries says so in one that stays. */
static void check_beginning(Walk *walk)
{
    if (walk->started != walk->purged)
        broken(walk,
               "the beginning was cut off after entry %" G_GINT64_FORMAT
               ", but the trail says that it was purged up to entry %" G_GINT64_FORMAT,
               walk->started, walk->purged);
}

static void check_noted(Walk *walk)
{
    if (walk->noted < 0 || walk->noted_found)
        return;
    if (walk->noted > walk->number)
        broken(walk,
               "the end was cut off: entry %" G_GINT64_FORMAT
               " was noted, but the last is %" G_GINT64_FORMAT,
               walk->noted, walk->number);
    else if (walk->noted < walk->started)
        walk->report->too_old = TRUE;
    else
        broken(walk, "entry %" G_GINT64_FORMAT " is another than the one that was noted",
               walk->noted);
}

static gboolean verify(Walk *walk, GError **error)
{
    SgAuditReport *report = walk->report;

    if (!find_start(walk, error) || (!report->broken && !walk_entries(walk, error)))
        return FALSE;
    report->head = head_of(walk->number, walk->hash);
    if (!report->broken && !check_end(walk, error))
        return FALSE;
    if (!report->broken)
        check_beginning(walk);
    if (!report->broken)
        check_noted(walk);
    report->intact = report->broken == NULL;
    return TRUE;
}

gboolean sg_audit_verify(SgRecord *record, const char *head, SgAuditReport *report, GError **error)
{
    Walk walk = {.noted = -1, .report = report};
    gboolean read;

    *report = (SgAuditReport){0};
    if (head && !read_head(head, &walk.noted, &walk.noted_hash)) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED,
                    "'%s' is not NUMBER:HASH, as the log has it", head);
        return FALSE;
    }
    walk.db = sg_audit_open(record, error);
    read = walk.db && verify(&walk, error);
    sqlite3_close(walk.db);
    return read;
}
