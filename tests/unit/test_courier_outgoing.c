/* test_courier_outgoing.c - whom an item of the outbox goes to, once it is made into a mail */
#include "../../milter/courier/outgoing.h"
#include "decide_builders.h"

#define CHAIR "chair@governors.kingsmead.example"

static const char school[] = "school\n"
                             "    officer   " OFFICER "\n"
                             "    head      " HEAD "\n"
                             "    successor " CHAIR "\n"
                             "role staff\n    domain kingsmead.example\n"
                             "policy social-media\n    version 1\n    clause 1 People\n";

static SgConfig *config_of_school(void)
{
    g_autofree char *folder = support_folder();
    g_autofree char *path = support_file(folder, "schoolgate.conf", school);
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);

    support_folder_remove(folder);
    g_assert_nonnull(config);
    return config;
}

static char *held_from(SgRecord *record, const char *sender)
{
    SgIncident *incident = held_for_one();

    g_free(incident->sender);
    incident->sender = g_strdup(sender);
    return added(record, incident);
}

static void escalate(SgRecord *record, const char *id, const SgConfig *config)
{
    const SgReviewRules school_rules = sg_config_review_rules(config, NULL);
    const SgDecision decision = {
        .kind = SG_DECISION_ESCALATE, .at = NOON, .by = &khan, .reason = "please look"};
    g_autoptr(GError) error = NULL;
    SgDecided decided;

    sg_record_decide(record, id, &decision, &school_rules, &decided, &error);
    g_assert_no_error(error);
}

/* The mail of the item that is next once an officer has escalated mail from `sender`. */
static void assert_goes_to(const Fixture *fixture, const char *sender, const char *to)
{
    g_autoptr(SgConfig) config = config_of_school();
    g_autofree char *id = held_from(fixture->record, sender);
    g_autoptr(SgOutboxItem) item = NULL;
    g_autoptr(GError) error = NULL;

    escalate(fixture->record, id, config);
    sg_outbox_take(fixture->record, NOON, 0, &item, &error);
    g_assert_no_error(error);
    g_assert_cmpint(item->kind, ==, SG_NOTICE_ALERT);
    g_autoptr(SgMail) mail = sg_courier_mail(config, fixture->record, item, NOON, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length(mail->to), ==, 1);
    g_assert_cmpstr(mail->to[0], ==, to);
}

static void test_the_head_is_told_of_what_was_escalated(Fixture *fixture, gconstpointer data)
{
    (void)data;
    assert_goes_to(fixture, TEACHER, HEAD);
}

static void test_the_successor_is_told_of_what_is_about_the_head(Fixture *fixture,
                                                                 gconstpointer data)
{
    (void)data;
    assert_goes_to(fixture, HEAD, CHAIR);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) add_test("/courier/outgoing/" #name, test_##name)
    PROMISE(the_head_is_told_of_what_was_escalated);
    PROMISE(the_successor_is_told_of_what_is_about_the_head);
    return g_test_run();
}
