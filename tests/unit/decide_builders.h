/* decide_builders.h - reviewers, decisions, and incidents in a given state, for the tests of
 * deciding */
#pragma once

#include "record_builders.h"
#include "schoolgate/review.h"

#define HEAD   "head@kingsmead.example"
#define PARENT "parent@home.example"
#define UNDO   300

G_GNUC_UNUSED static char *no_addresses[] = {NULL};

/* Whose mail it is not. */
G_GNUC_UNUSED static SgReviewer khan = {
    .name = (char *)"a.khan", .role = SG_REVIEWER_OFFICER, no_addresses, no_addresses};
G_GNUC_UNUSED static SgReviewer lowe = {
    .name = (char *)"b.lowe", .role = SG_REVIEWER_OFFICER, no_addresses, no_addresses};
G_GNUC_UNUSED static SgReviewer head = {
    .name = (char *)"the head", .role = SG_REVIEWER_HEAD, no_addresses, no_addresses};
G_GNUC_UNUSED static SgReviewer time_itself = {
    .name = (char *)"schoolgate", .role = SG_REVIEWER_SYSTEM, no_addresses, no_addresses};

G_GNUC_UNUSED static SgReviewRules rules = {.undo = UNDO, .head = HEAD};

/* Held for a pupil and a parent, by a critical rule, from a teacher who can have it back. */
G_GNUC_UNUSED static SgIncident *held_for_two(void)
{
    SgIncident *incident = held("Subject: x\r\n\r\nHello\r\n", 21);
    SgFinding *finding = incident->findings->pdata[0];

    finding->severity = SG_SEVERITY_CRITICAL;
    finding->action = finding->enforced = SG_ACTION_QUARANTINE;
    incident->return_to = g_strdup(TEACHER);
    add_recipient(incident, PARENT, SG_ACTION_QUARANTINE);
    sg_incident_add_copy(incident, PARENT);
    return incident;
}

/* Held for the pupil alone. */
G_GNUC_UNUSED static SgIncident *held_for_one(void)
{
    SgIncident *incident = held_for_two();

    g_ptr_array_set_size(incident->recipients, 1);
    g_ptr_array_set_size(incident->copies, 1);
    return incident;
}

G_GNUC_UNUSED static void put_copy_in(const Fixture *fixture, guint position, SgState state)
{
    sqlite3 *db = database_in(fixture->folder);
    g_autofree char *sql = g_strdup_printf("UPDATE copy SET state = '%s' WHERE position = %u",
                                           sg_state_names[state], position);
    g_autoptr(GError) error = NULL;

    execute(db, sql);
    for (gint64 i = ask(db, "SELECT max(number) FROM incident"); i > 0; i--)
        sg_incident_update_state(db, i, NOON, &error);
    g_assert_no_error(error);
    sqlite3_close(db);
}

/* An incident that is in that state, however it came there. */
G_GNUC_UNUSED static char *in_state(const Fixture *fixture, SgState state)
{
    SgIncident *incident;
    char *id;

    if (state != SG_STATE_PASSED && state != SG_STATE_REFUSED && state != SG_STATE_HELD_MTA) {
        id = added(fixture->record, held_for_one());
        put_copy_in(fixture, 0, state);
        return id;
    }
    incident = refused("Hello");
    incident->state = state;
    incident->queue_id = g_strdup("4XyZ");
    return added(fixture->record, incident);
}

G_GNUC_UNUSED static gboolean try_decision(SgRecord *record, const char *id,
                                           const SgDecision *decision, SgDecided *decided,
                                           GError **error)
{
    return sg_record_decide(record, id, decision, &rules, decided, error);
}

G_GNUC_UNUSED static gboolean try_to(SgRecord *record, const char *id, SgDecisionKind kind,
                                     const SgReviewer *by, gint64 at, GError **error)
{
    const SgDecision decision = {kind, at, by, "because", NULL, FALSE};
    SgDecided decided;

    return try_decision(record, id, &decision, &decided, error);
}

/* It must be possible. */
G_GNUC_UNUSED static SgDecided decide(SgRecord *record, const char *id, SgDecisionKind kind,
                                      const SgReviewer *by, gint64 at)
{
    const SgDecision decision = {kind, at, by, "because", NULL, FALSE};
    g_autoptr(GError) error = NULL;
    SgDecided decided;

    try_decision(record, id, &decision, &decided, &error);
    g_assert_no_error(error);
    return decided;
}

/* Likewise, about some copies. */
G_GNUC_UNUSED static SgDecided decide_for(SgRecord *record, const char *id, SgDecisionKind kind,
                                          const SgReviewer *by, const char *recipient)
{
    const char *const recipients[] = {recipient, NULL};
    const SgDecision decision = {kind, NOON, by, "because", recipients, FALSE};
    g_autoptr(GError) error = NULL;
    SgDecided decided;

    try_decision(record, id, &decision, &decided, &error);
    g_assert_no_error(error);
    return decided;
}

static void dump_rows(GString *text, sqlite3 *db, const char *table)
{
    g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", table);
    g_autoptr(sqlite3_stmt) rows = sg_sql_prepare(db, sql, NULL);

    while (sqlite3_step(rows) == SQLITE_ROW) {
        g_string_append(text, table);
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            const char *value = (const char *)sqlite3_column_text(rows, i);
            g_string_append_printf(text, "|%s", value ? value : "NULL");
        }
        g_string_append_c(text, '\n');
    }
}

/* Every row of these tables, parted by spaces; NULL for all there are. g_free() it. */
G_GNUC_UNUSED static char *dump(const Fixture *fixture, const char *tables)
{
    sqlite3 *db = database_in(fixture->folder);
    g_autoptr(sqlite3_stmt) all = sg_sql_prepare(
        db, "SELECT group_concat(name, ' ') FROM sqlite_schema WHERE type = 'table'", NULL);
    GString *text = g_string_new(NULL);

    g_assert_cmpint(sqlite3_step(all), ==, SQLITE_ROW);
    g_auto(GStrv) names =
        g_strsplit(tables ? tables : (const char *)sqlite3_column_text(all, 0), " ", -1);
    for (char **name = names; *name; name++)
        dump_rows(text, db, *name);
    sqlite3_finalize(g_steal_pointer(&all));
    sqlite3_close(db);
    return g_string_free(text, FALSE);
}

G_GNUC_UNUSED static gint64 ask_of(const Fixture *fixture, const char *sql)
{
    sqlite3 *db = database_in(fixture->folder);
    gint64 answer = ask(db, sql);

    sqlite3_close(db);
    return answer;
}

G_GNUC_UNUSED static void do_in(const Fixture *fixture, const char *sql)
{
    sqlite3 *db = database_in(fixture->folder);

    execute(db, sql);
    sqlite3_close(db);
}

/* Whether that an attempt is refused with `code` is on the trail. */
G_GNUC_UNUSED static gboolean is_told_on_the_trail(SgRecordError code)
{
    return code == SG_RECORD_ERROR_CONFLICT || code == SG_RECORD_ERROR_FORBIDDEN;
}

#define REFUSALS "SELECT count(*) FROM audit WHERE action = 'refused'"

/* What must be the same after an attempt that is refused with `code`: all but the trail, and that
 * too where it tells nothing of it. g_free() it. */
G_GNUC_UNUSED static char *dump_for(const Fixture *fixture, SgRecordError code)
{
    g_autofree char *all = dump(fixture, NULL);
    g_auto(GStrv) rows = g_strsplit(all, "\n", -1);
    GString *text = g_string_new(NULL);

    for (char **row = rows; *row; row++)
        if (!is_told_on_the_trail(code) ||
            !(g_str_has_prefix(*row, "audit") || g_str_has_prefix(*row, "sqlite_sequence|audit")))
            g_string_append_printf(text, "%s\n", *row);
    return g_string_free(text, FALSE);
}

/* Expects that it is refused with that code, for a reason in which `why` stands, and that nothing
 * in any table changes, but for the trail where somebody tried what is not theirs to do. */
G_GNUC_UNUSED static void assert_refused(const Fixture *fixture, const char *id,
                                         const SgDecision *decision, SgRecordError code,
                                         const char *why)
{
    g_autofree char *before = dump_for(fixture, code);
    gint64 refusals = ask_of(fixture, REFUSALS) + is_told_on_the_trail(code);
    g_autoptr(GError) error = NULL;
    SgDecided decided;

    if (try_decision(fixture->record, id, decision, &decided, &error))
        g_error("'%s' was put on record", sg_decision_kind_names[decision->kind]);
    g_assert_error(error, SG_RECORD_ERROR, (int)code);
    support_assert_contains(error->message, why);
    g_autofree char *after = dump_for(fixture, code);
    g_assert_cmpstr(after, ==, before);
    g_assert_cmpint(ask_of(fixture, REFUSALS), ==, refusals);
}
