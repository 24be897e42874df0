/* trail_reader.c - see trail.h: what of the audit trail is kept from whom. No entry is read here.
 */
#include "record_internal.h"
#include "schoolgate/trail.h"

struct SgTrailReader {
    SgRecord *record;
    const SgReviewer *who;
    GHashTable *known; /* id of an incident -> whether it is about their own mail */
};

SgTrailReader *sg_trail_reader_new(SgRecord *record, const SgReviewer *who)
{
    SgTrailReader *reader = g_new0(SgTrailReader, 1);

    reader->record = record;
    reader->who = who;
    reader->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return reader;
}

void sg_trail_reader_free(SgTrailReader *reader)
{
    if (!reader)
        return;
    g_hash_table_unref(reader->known);
    g_free(reader);
}

/* All that may make an incident somebody's own, as sg_incident_concerns() has it. */
static const char names_sql[] = "SELECT sender FROM incident WHERE key = ?1"
                                " UNION ALL SELECT login FROM incident WHERE key = ?1"
                                " UNION ALL SELECT address FROM recipient WHERE incident ="
                                "  (SELECT number FROM incident WHERE key = ?1)"
                                " UNION ALL SELECT address FROM copy WHERE incident ="
                                "  (SELECT number FROM incident WHERE key = ?1)";

static gboolean ask(sqlite3 *db, const SgReviewer *who, const char *key)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, names_sql, NULL);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return TRUE;
    sg_bind_string(&bind, key);
    while ((code = sg_sql_step(statement, NULL)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        if (sg_reviewer_is(who, sg_row_peek(&row)))
            return TRUE;
    }
    return code != SQLITE_DONE;
}

static gboolean is_own(const SgTrailReader *reader, const char *id)
{
    g_autofree char *key = sg_id_key(id);
    gboolean own;

    if (!key)
        return FALSE;
    pthread_mutex_lock(&reader->record->lock);
    own = ask(reader->record->reader, reader->who, key);
    pthread_mutex_unlock(&reader->record->lock);
    return own;
}

gboolean sg_trail_withholds(SgTrailReader *reader, const SgAuditEntry *entry)
{
    gpointer known;
    gboolean own;

    if (!reader->who || !entry->incident)
        return FALSE;
    if (g_hash_table_lookup_extended(reader->known, entry->incident, NULL, &known))
        return GPOINTER_TO_INT(known);
    own = is_own(reader, entry->incident);
    g_hash_table_insert(reader->known, g_strdup(entry->incident), GINT_TO_POINTER(own));
    return own;
}
