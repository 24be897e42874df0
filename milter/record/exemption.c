/* exemption.c - exemptions on record: which there are, and ending one before its time */
#include "exempting.h"

#include "schoolgate/when.h"

#include <string.h>

const char *const sg_exemption_state_names[] = {"standing", "waiting", "void",
                                                "expired",  "ended",   NULL};

void sg_exemption_free(SgExemption *exemption)
{
    if (!exemption)
        return;
    g_free(exemption->what.rule);
    g_free(exemption->what.value);
    g_free(exemption->reason);
    g_free(exemption->incident);
    g_free(exemption->by);
    g_free(exemption->role);
    g_free(exemption->seconded_by);
    g_free(exemption->ended_by);
    g_free(exemption->ended_reason);
    g_free(exemption);
}

static void free_exemption(void *exemption)
{
    sg_exemption_free(exemption);
}

static SgExemption *read_exemption(sqlite3_stmt *statement, GError **error)
{
    g_autoptr(SgExemption) exemption = g_new0(SgExemption, 1);
    SgRow row = sg_row(statement);
    g_autofree char *second_role = NULL;
    int kind;

    exemption->number = sg_row_integer(&row);
    exemption->what.rule = sg_row_string(&row);
    kind = sg_name_index(sg_exempt_kind_names, sg_row_peek(&row));
    exemption->what.value = sg_row_string(&row);
    exemption->reason = sg_row_string(&row);
    exemption->incident = sg_row_string(&row);
    exemption->by = sg_row_string(&row);
    exemption->role = sg_row_string(&row);
    exemption->created = sg_row_integer(&row);
    exemption->what.until = sg_row_integer(&row);
    exemption->ended = sg_row_integer(&row);
    exemption->ended_by = sg_row_string(&row);
    exemption->ended_reason = sg_row_string(&row);
    exemption->waits = sg_row_integer(&row) != 0;
    exemption->seconded_by = sg_row_string(&row);
    second_role = sg_row_string(&row);
    if (kind < 0) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ,
                    "cannot read '%s': it has a kind of exemption that is not known here",
                    sqlite3_db_filename(sqlite3_db_handle(statement), "main"));
        return NULL;
    }
    exemption->what.kind = (SgExemptKind)kind;
    exemption->what.by_head =
        sg_exempting_is_head(exemption->role) || sg_exempting_is_head(second_role);
    return g_steal_pointer(&exemption);
}

#define COLUMNS                                                                                    \
    "SELECT number, rule, kind, value, reason, incident, made_by, role, created, until, ended,"    \
    " ended_by, ended_reason, waits, seconded_by, seconded_role FROM exemption"

GPtrArray *sg_exemptions_read(sqlite3 *db, SgExemptions which, gint64 now, GError **error)
{
    g_autoptr(GPtrArray) exemptions = g_ptr_array_new_with_free_func(free_exemption);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db,
        COLUMNS " WHERE ?1 = 'all' OR (ended IS NULL AND until > ?2 AND (?1 = 'open' OR waits = 0))"
                " ORDER BY number DESC",
        error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return NULL;
    sg_bind_string(&bind, which == SG_EXEMPTIONS_ALL    ? "all"
                          : which == SG_EXEMPTIONS_OPEN ? "open"
                                                        : "standing");
    sg_bind_integer(&bind, now);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgExemption *exemption = read_exemption(statement, error);

        if (!exemption)
            return NULL;
        g_ptr_array_add(exemptions, exemption);
    }
    return code == SQLITE_DONE ? g_steal_pointer(&exemptions) : NULL;
}

GPtrArray *sg_record_exemptions(SgRecord *record, SgExemptions which, gint64 now, GError **error)
{
    GPtrArray *exemptions;

    pthread_mutex_lock(&record->lock);
    exemptions = sg_exemptions_read(record->reader, which, now, error);
    pthread_mutex_unlock(&record->lock);
    return exemptions;
}

gboolean sg_exemption_may_see(const SgExemption *exemption, const SgReviewer *reviewer)
{
    return exemption->what.kind != SG_EXEMPT_PHRASE || sg_reviewer_reads_text(reviewer);
}

static void blank(char **text)
{
    if (!*text)
        return;
    g_free(*text);
    *text = g_strdup("");
}

/* Why somebody is exempt is often what they wrote. */
static void blank_text(SgExemption *exemption)
{
    if (exemption->what.kind == SG_EXEMPT_PHRASE)
        blank(&exemption->what.value);
    blank(&exemption->reason);
    blank(&exemption->ended_reason);
}

GPtrArray *sg_record_review_exemptions(SgRecord *record, SgExemptions which, const SgReviewer *by,
                                       gint64 now, GError **error)
{
    g_autoptr(GPtrArray) exemptions = sg_record_exemptions(record, which, now, error);
    g_autofree char *actor = sg_reviewer_on_trail(by);
    g_autofree char *detail = NULL;
    SgAuditEntry entry = {.at = now,
                          .actor = actor,
                          .role = sg_reviewer_role_names[by->role],
                          .action = "exempt-list"};

    if (!exemptions)
        return NULL;
    detail = g_strdup_printf("%u listed", exemptions->len);
    entry.detail = detail;
    if (!sg_record_audit(record, &entry, error))
        return NULL;
    for (guint i = 0; i < exemptions->len && !sg_reviewer_reads_text(by); i++)
        blank_text(exemptions->pdata[i]);
    return g_steal_pointer(&exemptions);
}

SgExemptionState sg_exemption_state(const SgExemption *exemption, const SgPolicy *policy,
                                    gint64 now)
{
    if (exemption->ended)
        return SG_EXEMPTION_ENDED;
    if (exemption->what.until <= now)
        return SG_EXEMPTION_EXPIRED;
    if (exemption->waits)
        return SG_EXEMPTION_WAITS;
    return sg_exempt_is_valid(policy, &exemption->what) ? SG_EXEMPTION_STANDS : SG_EXEMPTION_VOID;
}

static gboolean is_day(const char *text)
{
    return strlen(text) == strlen("2026-11-21") && text[4] == '-';
}

gboolean sg_exemption_read_until(const char *text, GTimeZone *zone, gint64 *until, GError **error)
{
    if (!sg_when_read(text, zone, until, error))
        return FALSE;
    if (!is_day(text))
        return TRUE;
    g_autoptr(GDateTime) day = sg_when_in(*until, zone);
    g_autoptr(GDateTime) next = g_date_time_add_days(day, 1); /* not always 24 hours later */
    *until = g_date_time_to_unix(next);
    return TRUE;
}

gint64 sg_record_version(SgRecord *record, GError **error)
{
    gint64 version = -1;
    gboolean asked;

    pthread_mutex_lock(&record->lock);
    asked = sg_sql_integer(record->reader, "PRAGMA data_version", &version, error);
    pthread_mutex_unlock(&record->lock);
    return asked ? version : -1;
}

/* Ending ----------------------------------------------------------------------------------------
 */

typedef struct Ending {
    gint64 number;
    const SgReviewer *by;
    gint64 at;
    const char *reason;
} Ending;

static SgExemption *find(sqlite3 *db, gint64 number, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, COLUMNS " WHERE number = ?", error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return NULL;
    sg_bind_integer(&bind, number);
    code = sg_sql_step(statement, error);
    if (code == SQLITE_ROW)
        return read_exemption(statement, error);
    if (code == SQLITE_DONE)
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND,
                    "there is no exemption %" G_GINT64_FORMAT, number);
    return NULL;
}

static gboolean is_standing(const SgExemption *exemption, gint64 at, GError **error)
{
    if (exemption->ended == 0 && exemption->what.until > at)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED,
                "exemption %" G_GINT64_FORMAT " has ended already", exemption->number);
    return FALSE;
}

static gboolean update(sqlite3 *db, const Ending *ending, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db, "UPDATE exemption SET ended = ?, ended_by = ?, ended_reason = ? WHERE number = ?",
        error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, ending->at);
    sg_bind_string(&bind, ending->by->name);
    sg_bind_string(&bind, ending->reason);
    sg_bind_integer(&bind, ending->number);
    return sg_bind_run(&bind, "end an exemption in", error);
}

static gboolean end(sqlite3 *db, void *data, GError **error)
{
    const Ending *ending = data;
    g_autoptr(SgExemption) exemption = find(db, ending->number, error);
    g_autofree char *detail = NULL;

    if (!exemption || !is_standing(exemption, ending->at, error) || !update(db, ending, error))
        return FALSE;
    detail = g_strdup_printf("%" G_GINT64_FORMAT ": rule %s: %s", ending->number,
                             exemption->what.rule, ending->reason);
    return sg_exempting_note(db, "exempt-end", ending->by, ending->at, exemption->incident, detail,
                             error);
}

gboolean sg_record_end_exemption(SgRecord *record, gint64 number, const SgReviewer *by, gint64 at,
                                 const char *reason, GError **error)
{
    GError *refusal = NULL;
    g_autofree char *why = sg_exempting_reason(reason, error);
    Ending ending = {number, by, at, why};

    if (!why)
        return FALSE;
    if (sg_exempting_may(by, "end an exemption", &refusal))
        return sg_record_write(record, end, &ending, error);
    sg_record_put_refusal(record, by, NULL, "exempt-end", at, refusal);
    g_propagate_error(error, refusal);
    return FALSE;
}
