/* record_builders.h - incidents as the tests of the record need them, and how they compare */
#pragma once

#include "../../milter/record/record_internal.h"
#include "schoolgate/outbox.h"
#include "support.h"

#include <string.h>

#define NOON    ((gint64)1592827200) /* 22 June 2020, 12:00 UTC */
#define OFFICER "online-safety@kingsmead.example"
#define TEACHER "r.okafor@kingsmead.example"
#define PUPIL   "j.field@students.kingsmead.example"

G_GNUC_UNUSED static SgRecord *record_with(const char *folder, const SgRecordOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder, "record.db", NULL);
    SgRecord *record = sg_record_open_with(path, SG_RECORD_READ_WRITE, options, &error);

    g_assert_no_error(error);
    return record;
}

G_GNUC_UNUSED static SgRecord *record_in(const char *folder)
{
    return record_with(folder, &sg_record_defaults);
}

G_GNUC_UNUSED static void add_recipient(SgIncident *incident, const char *address, SgAction action)
{
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

    recipient->address = g_strdup(address);
    recipient->role = g_strdup("student");
    recipient->action = action;
    g_ptr_array_add(incident->recipients, recipient);
}

G_GNUC_UNUSED static SgFinding *add_finding(SgIncident *incident, const char *rule)
{
    SgFinding *finding = g_new0(SgFinding, 1);

    finding->rule = g_strdup(rule);
    finding->signals = sg_signal_hits_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    g_ptr_array_add(incident->findings, finding);
    return finding;
}

G_GNUC_UNUSED static void add_signal(SgFinding *finding, const char *name, int points,
                                     const char *excerpt)
{
    SgSignalHit *hit = g_new0(SgSignalHit, 1);

    hit->name = g_strdup(name);
    hit->points = points;
    hit->where = excerpt ? g_strdup("subject") : NULL;
    hit->excerpt = g_strdup(excerpt);
    hit->excerpt_from = 1;
    hit->excerpt_to = 3;
    g_ptr_array_add(finding->signals, hit);
}

/* Refused: one recipient, one finding with one signal. */
G_GNUC_UNUSED static SgIncident *refused(const char *subject)
{
    SgIncident *incident = sg_incident_new();

    incident->at = NOON;
    incident->state = SG_STATE_REFUSED;
    incident->action = SG_ACTION_REJECT;
    incident->sender = g_strdup(TEACHER);
    incident->sender_role = g_strdup("staff");
    incident->subject = g_strdup(subject);
    add_recipient(incident, PUPIL, SG_ACTION_REJECT);
    add_signal(add_finding(incident, "chain-letter"), "luck-or-harm", 3, "bad luck");
    return incident;
}

/* Held: `length` bytes for one recipient. */
G_GNUC_UNUSED static SgIncident *held(const void *bytes, gsize length)
{
    SgIncident *incident = refused("Hello");

    incident->state = SG_STATE_HELD;
    incident->action = SG_ACTION_QUARANTINE;
    incident->message = g_bytes_new(bytes, length);
    sg_incident_add_copy(incident, PUPIL);
    return incident;
}

G_GNUC_UNUSED static SgIncident *held_of_size(gsize length)
{
    g_autofree char *bytes = g_strnfill(length, 'x');

    return held(bytes, length);
}

/* Adds `incident`, frees it and returns its id. */
G_GNUC_UNUSED static char *added(SgRecord *record, SgIncident *incident)
{
    g_autoptr(GError) error = NULL;
    char *id;

    sg_record_add(record, incident, "KM", &error);
    g_assert_no_error(error);
    id = g_strdup(incident->id);
    sg_incident_free(incident);
    return id;
}

/* As added(), for those who need no id. */
G_GNUC_UNUSED static void add(SgRecord *record, SgIncident *incident)
{
    g_free(added(record, incident));
}

/* Expects that `incident` cannot be stored, for a reason in which `why` stands; frees it. */
G_GNUC_UNUSED static void assert_not_added(SgRecord *record, SgIncident *incident, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(sg_record_add(record, incident, "KM", &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
    support_assert_contains(error->message, why);
    sg_incident_free(incident);
}

G_GNUC_UNUSED static SgIncident *loaded(SgRecord *record, const char *id)
{
    g_autoptr(GError) error = NULL;
    SgIncident *incident = sg_record_load(record, id, &error);

    g_assert_no_error(error);
    return incident;
}

G_GNUC_UNUSED static GPtrArray *listed(SgRecord *record, SgIncidentFilter filter)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *incidents = sg_record_list(record, &filter, &error);

    g_assert_no_error(error);
    return incidents;
}

G_GNUC_UNUSED static gint64 waiting_in(SgRecord *record)
{
    g_autoptr(GError) error = NULL;
    SgOutboxCounts counts = {0};

    sg_outbox_counts(record, &counts, &error);
    g_assert_no_error(error);
    return (gint64)counts.waiting;
}

G_GNUC_UNUSED static guint count_all(SgRecord *record)
{
    g_autoptr(GPtrArray) all = listed(record, (SgIncidentFilter){.state = -1});

    return all->len;
}

/* The record as somebody else has it open: straight through SQLite. */
G_GNUC_UNUSED static sqlite3 *database_in(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "record.db", NULL);
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    return db;
}

G_GNUC_UNUSED static void execute(sqlite3 *db, const char *sql)
{
    g_autoptr(GError) error = NULL;

    sg_sql_exec(db, sql, SG_RECORD_ERROR_WRITE, "test", &error);
    g_assert_no_error(error);
}

/* How many findings there are of which their gist says something else. */
#define NOT_AS_THEIR_GIST                                                                          \
    "SELECT count(*) FROM finding WHERE NOT EXISTS (SELECT 1 FROM gist"                            \
    " WHERE gist.number = finding.gist AND gist.rule = finding.rule"                               \
    " AND gist.enforced = finding.enforced AND gist.severity = finding.severity"                   \
    " AND gist.mode = finding.mode AND gist.overridden = (finding.override_reason IS NOT NULL)"    \
    " AND gist.policy IS finding.policy AND gist.clause IS finding.clause"                         \
    " AND gist.title IS finding.title AND gist.clause_title IS finding.clause_title)"

/* For findings that a test has put into the table itself, by the thousand. */
#define GIVE_GISTS                                                                                 \
    "INSERT INTO gist (rule, title, policy, clause, clause_title, severity, mode, enforced,"       \
    " overridden) SELECT DISTINCT rule, title, policy, clause, clause_title, severity, mode,"      \
    " enforced, override_reason IS NOT NULL FROM finding WHERE gist = 0;"                          \
    "UPDATE finding SET gist = (SELECT gist.number FROM gist WHERE gist.rule = finding.rule"       \
    " AND gist.enforced = finding.enforced AND gist.severity = finding.severity"                   \
    " AND gist.mode = finding.mode AND gist.overridden = (finding.override_reason IS NOT NULL)"    \
    " AND gist.policy IS finding.policy AND gist.clause IS finding.clause"                         \
    " AND gist.title IS finding.title AND gist.clause_title IS finding.clause_title)"              \
    " WHERE gist = 0"

G_GNUC_UNUSED static gint64 ask(sqlite3 *db, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gint64 answer = 0;

    sg_sql_integer(db, sql, &answer, &error);
    g_assert_no_error(error);
    return answer;
}

/* A record in a folder of its own. */
typedef struct Fixture {
    char *folder;
    SgRecord *record;
} Fixture;

G_GNUC_UNUSED static void set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->folder = support_folder();
    fixture->record = record_in(fixture->folder);
}

G_GNUC_UNUSED static void tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sg_record_close(fixture->record);
    support_folder_remove(fixture->folder);
    g_free(fixture->folder);
}

G_GNUC_UNUSED static void reopen(Fixture *fixture)
{
    sg_record_close(fixture->record);
    fixture->record = record_in(fixture->folder);
}

G_GNUC_UNUSED static void add_test(const char *path, void (*test)(Fixture *, gconstpointer))
{
    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}
