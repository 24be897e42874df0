/* test_desk_guard.c - what the desk tells of rules from the record: statistics, the guard, replay
 */
#include <sqlite3.h>

#include "desk_run.h"
#include "schoolgate/review.h"
#include "support.h"

#define JULY_1_1100 1782903600 /* 2026-07-01 11:00 UTC, noon in London */

static const char school[] =
    "school\n    officer online-safety@kingsmead.example\n    time-zone Europe/London\n"
    "record\n    database record.db\n"
    "role staff\n    domain kingsmead.example\n"
    "role student\n    domain students.kingsmead.example\n"
    "policy social-media\n    version June 2020\n    clause 1.2 Students\n    clause 2.6 Letters\n"
    "policy safety\n    version 3\n    clause 4 Grooming\n"
    "rule chain-letter\n    clause 2.6\n    title Chain letter\n    from staff\n"
    "    signal 3 luck /luck/\n    signal 3 pass /pass it on/\n    need 6 points from 2 signals\n"
    "    action reject\n    explain It looks like a chain letter.\n"
    "    hit Bad luck unless you pass it on.\n    miss Good luck.\n"
    "rule never-hit\n    clause 2.6\n    title Never hit\n    mode observe\n    from staff\n"
    "    signal 3 zzz /zzz/\n    signal 3 yyy /yyy/\n    need 6 points from 2 signals\n"
    "    action tag\n    hit zzz yyy\n    miss zzz\n"
    "rule contact\n    clause 1.2\n    title Late mail\n    from staff\n    to student\n"
    "    when 22:00-06:00\n    action quarantine\n"
    "    hit [at 2026-11-23 22:10] See you.\n    miss [at 2026-11-23 12:10] See you.\n"
    "rule grooming\n    clause safety 4\n    title A secret\n    severity critical\n"
    "    from staff\n    signal 3 secret /secret/\n    signal 3 us /between us/\n"
    "    need 6 points from 2 signals\n    action quarantine\n"
    "    hit A secret between us.\n    miss A secret ballot.\n";

typedef struct Office {
    char *folder, *conf;
    SgRecord *record;
} Office;

static SgFinding *finding_of(const char *rule, SgAction action, SgSeverity severity)
{
    SgFinding *finding = g_new0(SgFinding, 1);

    finding->rule = g_strdup(rule);
    finding->title = g_strdup("A title");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("1.2");
    finding->clause_title = g_strdup("Students");
    finding->severity = severity;
    finding->action = finding->enforced = action;
    finding->signals = g_ptr_array_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    return finding;
}

static SgIncident *incident_of(SgState state, SgAction action, SgFinding *finding)
{
    SgIncident *incident = sg_incident_new();
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

    recipient->address = g_strdup("kim@students.kingsmead.example");
    recipient->role = g_strdup("student");
    recipient->action = action;
    g_ptr_array_add(incident->recipients, recipient);
    incident->at = JULY_1_1100;
    incident->state = state;
    incident->action = action;
    incident->sender = g_strdup("d.price@kingsmead.example");
    incident->sender_role = g_strdup("staff");
    incident->subject = g_strdup("Hello");
    g_ptr_array_add(incident->findings, finding);
    return incident;
}

static char *add(Office *office, SgIncident *incident)
{
    g_autoptr(SgIncident) own = incident;
    g_autoptr(GError) error = NULL;

    sg_record_add(office->record, own, "KM", &error);
    g_assert_no_error(error);
    return g_strdup(own->id);
}

static char *hold_at(Office *office, const char *rule, SgSeverity severity, gint64 at,
                     const char *message)
{
    SgIncident *incident = incident_of(SG_STATE_HELD, SG_ACTION_QUARANTINE,
                                       finding_of(rule, SG_ACTION_QUARANTINE, severity));

    incident->at = at;
    incident->message = g_bytes_new(message, strlen(message));
    sg_incident_add_copy(incident, "kim@students.kingsmead.example");
    return add(office, incident);
}

static SgReviewer officer = {.name = (char *)"a.khan", .role = SG_REVIEWER_OFFICER};

static void decide(Office *office, const char *id, SgDecisionKind kind)
{
    static const SgGuard guard = {.demote = TRUE, .holds = 4, .released = 50};
    const SgReviewRules rules = {.guard = &guard};
    SgDecided decided;
    const SgDecision decision = {kind, JULY_1_1100, &officer, "because", NULL, FALSE};
    g_autoptr(GError) error = NULL;

    sg_record_decide(office->record, id, &decision, &rules, &decided, &error);
    g_assert_no_error(error);
}

/* Four holds by the rule, three of them found wrong: it is demoted, or warned of. */
static void find_imprecise(Office *office, const char *rule, SgSeverity severity)
{
    static const SgDecisionKind kinds[] = {SG_DECISION_KEEP, SG_DECISION_RELEASE,
                                           SG_DECISION_RELEASE, SG_DECISION_NOT_A_BREACH};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *id = hold_at(office, rule, severity, JULY_1_1100, "Subject: x\n\nx\n");
        decide(office, id, kinds[i]);
    }
}

static void open_office(Office *office, gconstpointer unused)
{
    g_autofree char *path = NULL;
    (void)unused;

    office->folder = support_folder();
    office->conf = support_file(office->folder, "school.conf", school);
    path = g_build_filename(office->folder, "record.db", NULL);
    office->record = sg_record_open(path, SG_RECORD_READ_WRITE, NULL);
    g_assert_nonnull(office->record);
}

static void close_office(Office *office, gconstpointer unused)
{
    (void)unused;
    sg_record_close(office->record);
    support_folder_remove(office->folder);
    g_free(office->folder);
    g_free(office->conf);
}

/* What `schoolgate WORDS -c CONF` writes to standard output, having ended with `code`. */
static char *output_of(Office *office, int code, const char *words)
{
    g_autofree char *line = g_strdup_printf("schoolgate %s -c %s", words, office->conf);

    return desk_text(office->folder, code, line);
}

static void fill_with_everything(Office *office)
{
    SgFinding *overridden = finding_of("chain-letter", SG_ACTION_REJECT, SG_SEVERITY_MEDIUM);

    overridden->enforced = SG_ACTION_LOG;
    overridden->override_reason = g_strdup("exams");
    for (guint i = 0; i < 5; i++)
        g_free(add(office,
                   incident_of(SG_STATE_REFUSED, SG_ACTION_REJECT,
                               finding_of("chain-letter", SG_ACTION_REJECT, SG_SEVERITY_MEDIUM))));
    g_free(add(office, incident_of(SG_STATE_PASSED, SG_ACTION_LOG, overridden)));
    g_free(add(office, incident_of(SG_STATE_PASSED, SG_ACTION_LOG,
                                   finding_of("gone", SG_ACTION_LOG, SG_SEVERITY_LOW))));
    find_imprecise(office, "contact", SG_SEVERITY_MEDIUM);
    find_imprecise(office, "grooming", SG_SEVERITY_CRITICAL);
    g_free(hold_at(office, "grooming", SG_SEVERITY_CRITICAL, JULY_1_1100 - 86400, "A: b\n\n"));
}

static void test_statistics_are_told_noisiest_first(Office *office, gconstpointer unused)
{
    (void)unused;
    fill_with_everything(office);
    g_autofree char *text = output_of(office, EX_OK, "rules --stats");
    g_assert_cmpstr(text, ==,
                    "RULE          CLAUSE    ACTION         HITS  HOLDS  REFUSALS  OVERRIDES  "
                    "RELEASED  RATE  GUARD\n"
                    "chain-letter  2.6       reject         6     0      5         1          0    "
                    "     -     -\n"
                    "grooming      safety 4  quarantine     5     5      0         0          3    "
                    "     75%   warned\n"
                    "contact       1.2       quarantine     4     4      0         0          3    "
                    "     75%   demoted\n"
                    "gone          -         -              1     0      0         0          0    "
                    "     -     -\n"
                    "never-hit     2.6       tag, observed  0     0      0         0          0    "
                    "     -     -\n");
}

static void test_statistics_of_a_time_leave_the_rest_out(Office *office, gconstpointer unused)
{
    (void)unused;
    fill_with_everything(office);
    g_autofree char *text = output_of(office, EX_OK, "rules --stats --json --since 2026-07-01");
    support_assert_contains(
        text, "{\"rule\":\"grooming\",\"policy\":\"safety\",\"clause\":\"4\",\"mode\":\"enforce\","
              "\"action\":\"quarantine\",\"hits\":4,\"holds\":4,\"refusals\":0,\"overrides\":0,"
              "\"decided\":4,\"released\":2,\"not_a_breach\":1,\"guard\":\"warned\"}\n");
    support_assert_contains(text,
                            "{\"rule\":\"gone\",\"policy\":null,\"clause\":null,\"mode\":null,"
                            "\"action\":null,\"hits\":1,");
}

static void test_guard_lists_what_stands_and_restores_it(Office *office, gconstpointer unused)
{
    (void)unused;
    g_autofree char *nothing = output_of(office, EX_OK, "guard");
    g_assert_cmpstr(nothing, ==, "nothing stands against any rule\n");

    find_imprecise(office, "contact", SG_SEVERITY_MEDIUM);
    find_imprecise(office, "grooming", SG_SEVERITY_CRITICAL);
    g_autofree char *standing = output_of(office, EX_OK, "guard");
    g_assert_cmpstr(standing, ==,
                    "RULE      STATE    SINCE                   RELEASED  RESTORED\n"
                    "grooming  warned   2026-07-01 12:00 +0100  3 of 4    -\n"
                    "contact   demoted  2026-07-01 12:00 +0100  3 of 4    -\n");

    g_autofree char *restored = output_of(office, EX_OK, "guard restore contact --reason mended");
    g_assert_cmpstr(restored, ==,
                    "rule contact is in force again; the gate knows it within 30 seconds\n");
    g_autofree char *settled = output_of(office, EX_OK, "guard restore grooming --reason seen");
    g_assert_cmpstr(settled, ==, "rule grooming: the warning is settled\n");
    g_free(output_of(office, EX_NOINPUT, "guard restore contact --reason again"));
    g_free(output_of(office, EX_NOINPUT, "guard restore nosuch --reason why"));

    g_autofree char *none = output_of(office, EX_OK, "guard --json");
    g_assert_cmpstr(none, ==, "");
    g_autofree char *all = output_of(office, EX_OK, "guard --all");
    support_assert_contains(all, ": mended\n");
    g_autofree char *json = output_of(office, EX_OK, "guard --all --json");
    support_assert_contains(json,
                            "{\"rule\":\"contact\",\"state\":\"restored\",\"since\":"
                            "\"2026-07-01T11:00:00Z\",\"holds\":4,\"released\":3,\"restored\":"
                            "\"20");
    support_assert_contains(json, "\"reason\":\"mended\"}\n");
}

static void test_check_and_rules_tell_of_a_demotion(Office *office, gconstpointer unused)
{
    (void)unused;
    g_autofree char *before = output_of(office, EX_OK, "check");
    g_assert_null(strstr(before, "demoted"));
    find_imprecise(office, "contact", SG_SEVERITY_MEDIUM);
    find_imprecise(office, "gone", SG_SEVERITY_MEDIUM);

    g_autofree char *check = output_of(office, EX_OK, "check");
    support_assert_contains(check,
                            "rule contact: demoted to log since 2026-07-01 12:00 +0100: 3 of "
                            "its last 4 holds were released; see 'schoolgate help guard'\n");
    g_assert_null(strstr(check, "rule gone"));
    g_autofree char *rule = output_of(office, EX_OK, "rules contact");
    support_assert_contains(rule, "\ndemoted to log since 2026-07-01 12:00 +0100: 3 of its last 4");
    g_autofree char *other = output_of(office, EX_OK, "rules chain-letter");
    g_assert_null(strstr(other, "demoted"));
    g_autofree char *json = output_of(office, EX_OK, "rules --json contact");
    support_assert_contains(json, "\"guard\":\"demoted\"");
}

static void test_show_explains_mail_that_a_demoted_rule_let_pass(Office *office,
                                                                 gconstpointer unused)
{
    SgFinding *finding = finding_of("contact", SG_ACTION_QUARANTINE, SG_SEVERITY_MEDIUM);
    (void)unused;

    finding->enforced = SG_ACTION_LOG;
    finding->mode = SG_MODE_OBSERVE;
    finding->demoted = TRUE;
    g_autofree char *id = add(office, incident_of(SG_STATE_PASSED, SG_ACTION_LOG, finding));
    g_autofree char *words = g_strconcat("show ", id, NULL);
    g_autofree char *as_json = g_strconcat("show --json ", id, NULL);
    g_autofree char *text = output_of(office, EX_OK, words);
    support_assert_contains(text, "1.2 A title: quarantine, only logged: the rule was demoted\n");
    g_autofree char *json = output_of(office, EX_OK, as_json);
    support_assert_contains(json, "\"demoted\":true");
}

/* Every row of the record but the audit trail's, to tell whether anything was written. */
static char *fingerprint(const Office *office)
{
    g_autofree char *path = g_build_filename(office->folder, "record.db", NULL);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    sqlite3_stmt *tables, *rows;
    sqlite3 *db;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    sqlite3_prepare_v2(db,
                       "SELECT 'SELECT * FROM ' || name FROM sqlite_schema WHERE type = 'table'"
                       " AND name NOT IN ('audit', 'audit_start', 'sqlite_sequence') ORDER BY name",
                       -1, &tables, NULL);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *sql = (const char *)sqlite3_column_text(tables, 0);

        g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), ==, SQLITE_OK);
        g_checksum_update(checksum, (const guchar *)sql, -1);
        while (sqlite3_step(rows) == SQLITE_ROW)
            for (int i = 0; i < sqlite3_column_count(rows); i++)
                g_checksum_update(checksum, sqlite3_column_blob(rows, i),
                                  sqlite3_column_bytes(rows, i));
        sqlite3_finalize(rows);
    }
    sqlite3_finalize(tables);
    sqlite3_close(db);
    return g_strdup(g_checksum_get_string(checksum));
}

#define MAIL(body)                                                                                 \
    "From: d.price@kingsmead.example\nTo: somebody.else@home.example\nSubject: x\n\n" body "\n"
#define LATE (JULY_1_1100 + 12 * 3600) /* midnight in London */

static void test_what_is_held_is_judged_with_its_own_envelope_and_time(Office *office,
                                                                       gconstpointer unused)
{
    (void)unused;
    g_autofree char *still = hold_at(office, "contact", SG_SEVERITY_MEDIUM, LATE, MAIL("Hello"));
    g_autofree char *noon =
        hold_at(office, "contact", SG_SEVERITY_MEDIUM, JULY_1_1100, MAIL("Hello"));
    g_autofree char *luck =
        hold_at(office, "gone", SG_SEVERITY_MEDIUM, JULY_1_1100, MAIL("Good luck, pass it on."));
    g_autofree char *before = fingerprint(office);
    g_autofree char *text = output_of(office, EX_OK, "replay --held");
    g_autofree char *after = fingerprint(office);
    g_autofree char *lets_pass =
        g_strdup_printf("%s: quarantine -> pass\n  contact: quarantine -> nothing\n", noon);
    g_autofree char *refuses = g_strdup_printf("%s: quarantine -> reject\n"
                                               "  gone: quarantine -> nothing\n"
                                               "  chain-letter: nothing -> reject\n",
                                               luck);

    g_assert_true(g_str_has_prefix(text, "lets 1 pass, refuses 1 more, 1 as before\n"));
    support_assert_contains(text, lets_pass);
    support_assert_contains(text, refuses);
    g_assert_null(strstr(text, still));
    g_assert_cmpstr(after, ==, before);

    g_autofree char *json = output_of(office, EX_OK, "replay --json");
    g_autofree char *object = g_strdup_printf("{\"id\":\"%s\",\"before\":\"quarantine\","
                                              "\"after\":\"pass\",",
                                              noon);
    support_assert_contains(json, object);
}

static void test_replay_changes_no_byte_of_a_record_at_rest(Office *office, gconstpointer unused)
{
    g_free(hold_at(office, "contact", SG_SEVERITY_MEDIUM, LATE, MAIL("Hello")));
    (void)unused;

    g_clear_pointer(&office->record, sg_record_close); /* as after `systemctl stop schoolgate` */
    g_autofree char *before = fingerprint(office);
    g_autofree char *text = output_of(office, EX_OK, "replay --held");
    g_autofree char *after = fingerprint(office);
    g_assert_cmpstr(text, ==, "1 as before\n");
    g_assert_cmpstr(after, ==, before);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name)                                                                              \
    g_test_add("/desk/" #name, Office, NULL, open_office, test_##name, close_office)
    PROMISE(statistics_are_told_noisiest_first);
    PROMISE(statistics_of_a_time_leave_the_rest_out);
    PROMISE(guard_lists_what_stands_and_restores_it);
    PROMISE(check_and_rules_tell_of_a_demotion);
    PROMISE(show_explains_mail_that_a_demoted_rule_let_pass);
    PROMISE(what_is_held_is_judged_with_its_own_envelope_and_time);
    PROMISE(replay_changes_no_byte_of_a_record_at_rest);
    return g_test_run();
}
