/* test_gate_watch.c - how the gate comes to know of rules that were demoted or restored, and of
 * mail that is exempt from them */
#include "../../milter/gate/watch.h"
#include "gate_builders.h"
#include "schoolgate/exemption.h"

#define RULES                                                                                      \
    "rule contact\n    clause 2.6\n    from staff\n    match /x/\n    action quarantine\n"         \
    "rule other\n    clause 2.6\n    from staff\n    match /y/\n    action quarantine\n"
static SgReviewer officer = {.name = (char *)"a.khan", .role = SG_REVIEWER_OFFICER};
static const SgGuard quick = {.demote = TRUE, .holds = 1, .released = 50};

typedef struct Fixture {
    char *folder, *path;
    SgStore *store;
    SgWatch *watch;
    SgConfig *config;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->folder = support_folder();
    fixture->path = g_build_filename(fixture->folder, "record.db", NULL);
    fixture->store = sg_store_new(fixture->path);
    fixture->watch = sg_watch_new();
    fixture->config = school(RULES);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    sg_store_close(fixture->store);
    sg_watch_free(fixture->watch);
    sg_config_unref(fixture->config);
    support_folder_remove(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->path);
}

/* Somebody else, with the record open beside the gate, releases what `rule` held. */
static void demote(Fixture *fixture, const char *rule, SgSeverity severity)
{
    const SgReviewRules rules = {.guard = &quick};
    SgDecided decided;
    static const SgDecision release = {
        SG_DECISION_RELEASE, 1592827200, &officer, "ok", NULL, FALSE};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(fixture->path, SG_RECORD_READ_WRITE, &error);
    g_autoptr(SgIncident) incident = sg_incident_new();
    SgFinding *finding = finding_of(rule, SG_ACTION_QUARANTINE);

    g_assert_no_error(error);
    finding->severity = severity;
    g_ptr_array_add(incident->findings, finding);
    incident->state = SG_STATE_HELD;
    incident->action = SG_ACTION_QUARANTINE;
    incident->message = g_bytes_new_static("x", 1);
    sg_incident_add_copy(incident, "s.brown@home.example");
    g_assert_true(sg_record_add(record, incident, "KM", &error));
    g_assert_true(sg_record_decide(record, incident->id, &release, &rules, &decided, &error));
}

static void restore(Fixture *fixture, const char *rule)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(fixture->path, SG_RECORD_READ_WRITE, &error);

    sg_record_restore(record, rule, 1592827260, "root", "officer", "ok", &error);
    g_assert_no_error(error);
}

static gboolean look(Fixture *fixture)
{
    return sg_watch_look(fixture->watch, fixture->store, fixture->config);
}

/* Whether mail is judged with that rule demoted. */
static gboolean demotes(Fixture *fixture, const char *rule)
{
    g_autoptr(SgConfig) config = sg_watch_apply(fixture->watch, sg_config_ref(fixture->config));

    return sg_policy_demotes(config->policy, sg_policy_find_rule(config->policy, rule));
}

static void test_gate_sees_what_another_process_demotes_and_restores(Fixture *f, gconstpointer u)
{
    (void)u;
    g_assert_false(look(f));
    g_assert_false(demotes(f, "contact"));
    demote(f, "contact", SG_SEVERITY_MEDIUM);
    g_assert_true(look(f));
    g_assert_true(demotes(f, "contact"));
    g_assert_false(demotes(f, "other"));
    g_assert_false(look(f));
    restore(f, "contact");
    g_assert_true(look(f));
    g_assert_false(demotes(f, "contact"));
}

static void test_a_rule_that_is_warned_of_stays_in_force(Fixture *f, gconstpointer u)
{
    (void)u;
    demote(f, "contact", SG_SEVERITY_CRITICAL);
    g_assert_true(look(f)); /* it is logged */
    g_assert_false(demotes(f, "contact"));
}

static void test_where_the_guard_is_off_no_rule_is_demoted(Fixture *f, gconstpointer u)
{
    (void)u;
    demote(f, "contact", SG_SEVERITY_MEDIUM);
    g_assert_true(look(f));
    f->config->guard.demote = FALSE;
    g_assert_true(look(f));
    g_assert_false(demotes(f, "contact"));
}

static void test_without_a_record_rules_stay_as_they_were(Fixture *f, gconstpointer u)
{
    g_autofree char *nowhere = g_build_filename(f->folder, "none", "record.db", NULL);
    (void)u;

    demote(f, "contact", SG_SEVERITY_MEDIUM);
    g_assert_true(look(f));
    sg_store_close(f->store);
    f->store = sg_store_new(nowhere);
    g_assert_false(look(f));
    g_assert_true(demotes(f, "contact"));
}

static void test_a_rule_that_is_gone_does_no_harm(Fixture *f, gconstpointer u)
{
    (void)u;
    demote(f, "long-gone", SG_SEVERITY_MEDIUM);
    g_assert_true(look(f));
    g_assert_false(demotes(f, "contact"));
}

#define NOON    1592827200
#define TEACHER "d.price@kingsmead.example"

/* Somebody else exempts the teacher's mail from rule contact, for an hour. */
static gint64 exempt(Fixture *fixture)
{
    const SgExempting order = {.what = {.rule = (char *)"contact",
                                        .kind = SG_EXEMPT_SENDER,
                                        .value = (char *)TEACHER,
                                        .until = NOON + 3600},
                               .reason = "ok",
                               .by = &officer,
                               .at = NOON,
                               .policy = fixture->config->policy};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(fixture->path, SG_RECORD_READ_WRITE, &error);
    SgExempted made = {0};

    g_assert_no_error(error);
    sg_record_exempt(record, &order, &made, &error);
    g_assert_no_error(error);
    return made.number;
}

static void end_exemption(Fixture *fixture, gint64 number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(fixture->path, SG_RECORD_READ_WRITE, &error);

    sg_record_end_exemption(record, number, &officer, NOON + 1, "over", &error);
    g_assert_no_error(error);
}

static gboolean look_at(Fixture *fixture, gint64 now)
{
    return sg_watch_look_for_exemptions(fixture->watch, fixture->store, now);
}

/* Whether the teacher's mail breaks the rule at noon, as the gate judges. */
static gboolean judges(Fixture *fixture)
{
    static const char mail[] = "Subject: x\r\n\r\nx\r\n";
    g_autoptr(SgConfig) config = sg_watch_apply(fixture->watch, sg_config_ref(fixture->config));
    g_autoptr(GBytes) bytes = g_bytes_new_static(mail, sizeof mail - 1);
    g_autoptr(SgMessage) message = sg_message_new(bytes, &config->limits);
    g_autoptr(SgParties) parties = sg_parties_new(SG_DIRECTION_OUTGOING);

    parties->sender = sg_people_party(config->people, TEACHER, NOON);
    g_ptr_array_add(parties->recipients, sg_people_party(config->people, "a@home.example", NOON));
    g_autoptr(SgVerdict) verdict = sg_judge(config->policy, message, parties, NOON);
    return verdict->findings->len > 0;
}

static void test_gate_sees_what_another_process_exempts_and_ends(Fixture *f, gconstpointer u)
{
    (void)u;
    g_assert_false(look_at(f, NOON));
    g_assert_true(judges(f));
    gint64 number = exempt(f);
    g_assert_true(look_at(f, NOON));
    g_assert_false(judges(f));
    g_assert_false(look_at(f, NOON));
    end_exemption(f, number);
    g_assert_true(look_at(f, NOON));
    g_assert_true(judges(f));
}

static void test_exemption_expires_by_the_clock_alone(Fixture *f, gconstpointer u)
{
    (void)u;
    exempt(f);
    g_assert_true(look_at(f, NOON));
    g_assert_false(look_at(f, NOON + 3599));
    g_assert_true(look_at(f, NOON + 3600));
    g_assert_true(judges(f));
    g_assert_false(look_at(f, NOON + 3601));
}

static void test_without_a_record_mail_stays_exempt(Fixture *f, gconstpointer u)
{
    g_autofree char *nowhere = g_build_filename(f->folder, "none", "record.db", NULL);
    (void)u;

    exempt(f);
    g_assert_true(look_at(f, NOON));
    sg_store_close(f->store);
    f->store = sg_store_new(nowhere);
    g_assert_false(look_at(f, NOON));
    g_assert_false(judges(f));
    g_assert_true(look_at(f, NOON + 3600));
    g_assert_true(judges(f));
}

static void test_demotion_and_exemption_are_heeded_together(Fixture *f, gconstpointer u)
{
    (void)u;
    demote(f, "other", SG_SEVERITY_MEDIUM);
    exempt(f);
    g_assert_true(look(f));
    g_assert_true(look_at(f, NOON));
    g_assert_true(demotes(f, "other"));
    g_assert_false(judges(f));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
#define PROMISE(name) g_test_add("/watch/" #name, Fixture, NULL, set_up, test_##name, tear_down)
    PROMISE(gate_sees_what_another_process_demotes_and_restores);
    PROMISE(a_rule_that_is_warned_of_stays_in_force);
    PROMISE(where_the_guard_is_off_no_rule_is_demoted);
    PROMISE(without_a_record_rules_stay_as_they_were);
    PROMISE(a_rule_that_is_gone_does_no_harm);
    PROMISE(gate_sees_what_another_process_exempts_and_ends);
    PROMISE(exemption_expires_by_the_clock_alone);
    PROMISE(without_a_record_mail_stays_exempt);
    PROMISE(demotion_and_exemption_are_heeded_together);
    return g_test_run();
}
