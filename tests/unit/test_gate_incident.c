/* test_gate_incident.c - what the gate promises of what it puts on record and into the log */
#include "../../milter/gate/automatic.h"
#include "gate_builders.h"
#include "schoolgate/notice.h"

#define NOW 1790000000

static const char text[] = "From: t.gray@kingsmead.example\r\nSubject: =?UTF-8?Q?Gl=C3=BCck?=\r\n"
                           "Message-ID: <1@kingsmead.example>\r\n\r\nHello\r\n";

/* A whole case: one message from a member of staff to a student and a parent. */
typedef struct Affair {
    const char *login;   /* these may be set before affair_set_up(): NULL for no login, */
    const char *headers; /* and further lines of the message */
    const char *to;      /* further recipient */
    SgConfig *config;
    SgClient *client;
    SgEnvelope *envelope;
    SgVerdict *verdict;
    SgPlan *plan;
    GBytes *raw;
    SgMessage *message;
    SgCase facts;
} Affair;

static void plan_affair(Affair *affair)
{
    SgPlanFacts facts = {.id = "KM-7F3Q-2",
                         .contact = affair->config->school.contact,
                         .recipients = affair->envelope->recipients};

    affair->plan = sg_plan_new(affair->verdict, SG_REFUSE_MESSAGE, &facts);
}

/* `about`: the bits of the recipients whom the finding is about. Takes ownership of the finding. */
static void affair_set_up(Affair *affair, const char *sender, SgFinding *finding, guint about)
{
    g_autofree char *whole = g_strconcat(affair->headers ? affair->headers : "", text, NULL);
    const char *end = strstr(whole, "\r\n\r\n");

    affair->config = school("");
    affair->client = client_from("10.0.0.1", 4711);
    affair->envelope = sg_envelope_new(affair->config, affair->client, sender, affair->login, NOW);
    sg_envelope_add_recipient(affair->envelope, affair->config, "<ann@students.kingsmead.example>",
                              "<ann@students.kingsmead.example>");
    sg_envelope_add_recipient(affair->envelope, affair->config, "<mum@home.example>",
                              "<mum@home.example>");
    if (affair->to)
        sg_envelope_add_recipient(affair->envelope, affair->config, affair->to, affair->to);
    affair->verdict = verdict_of(finding, affair->to ? 3 : 2, about);
    plan_affair(affair);
    affair->raw = g_bytes_new(whole, strlen(whole));
    affair->message = sg_message_new(affair->raw, &affair->config->limits);
    affair->facts = (SgCase){.config = affair->config,
                             .client = affair->client,
                             .envelope = affair->envelope,
                             .verdict = affair->verdict,
                             .plan = affair->plan,
                             .id = "KM-7F3Q-2",
                             .queue_id = "4XyZ",
                             .at = NOW,
                             .message = affair->message,
                             .raw = affair->raw,
                             .header_size = (gsize)(end + 2 - whole)};
}

static void affair_tear_down(Affair *affair)
{
    sg_message_free(affair->message);
    g_bytes_unref(affair->raw);
    sg_plan_free(affair->plan);
    sg_verdict_free(affair->verdict);
    sg_envelope_free(affair->envelope);
    sg_client_free(affair->client);
    sg_config_unref(affair->config);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Affair, affair_tear_down)

#define STAFF "<t.gray@kingsmead.example>"
#define LOGIN "t.gray@kingsmead.example"

static void assert_notices(const SgIncident *incident, const char *expected)
{
    g_autoptr(GString) got = g_string_new(NULL);

    for (guint i = 0; i < incident->notices->len; i++) {
        const SgNotice *notice = incident->notices->pdata[i];

        g_string_append_printf(got, "%s%s %s", i ? ", " : "", sg_notice_kind_names[notice->kind],
                               notice->to);
    }
    g_assert_cmpstr(got->str, ==, expected);
}

static void test_incident_says_who_what_and_when(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, STAFF, finding_of("chain", SG_ACTION_REJECT), 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    g_assert_cmpstr(incident->id, ==, "KM-7F3Q-2");
    g_assert_cmpint(incident->at, ==, NOW);
    g_assert_cmpstr(incident->queue_id, ==, "4XyZ");
    g_assert_cmpstr(incident->sender, ==, "t.gray@kingsmead.example");
    g_assert_cmpstr(incident->sender_role, ==, "staff");
    g_assert_cmpstr(incident->client, ==, "10.0.0.1");
    g_assert_cmpstr(incident->subject, ==, "Glück");
    g_assert_cmpstr(incident->message_id, ==, "<1@kingsmead.example>");
    g_assert_cmpuint(incident->size, ==, strlen(text));
    g_assert_cmpuint(incident->recipients->len, ==, 2);
    g_assert_cmpint(incident->state, ==, SG_STATE_REFUSED);
}

static void test_incident_says_whose_personal_address_and_how_large_a_list_a_recipient_is(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, STAFF, finding_of("chain", SG_ACTION_REJECT), 3);
    SgParty *family = affair.envelope->parties->recipients->pdata[1];
    family->personal_of = (SgRoleSet)1 << SG_ROLE_PARENT | (SgRoleSet)1 << SG_ROLE_STUDENT;
    family->members = 3;
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    const SgIncidentRecipient *student = incident->recipients->pdata[0];
    const SgIncidentRecipient *other = incident->recipients->pdata[1];
    g_assert_null(student->personal_of);
    g_assert_cmpuint(student->members, ==, 0);
    g_assert_cmpstr(other->personal_of, ==, "student, parent");
    g_assert_cmpuint(other->members, ==, 3);
}

static void test_refused_message_leaves_its_reply_and_no_bytes(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, STAFF, finding_of("chain", SG_ACTION_REJECT), 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    g_assert_true(g_str_has_prefix(incident->reply, "550-5.7."));
    support_assert_contains(incident->reply, "KM-7F3Q-2");
    g_assert_null(incident->message);
    g_assert_cmpuint(incident->copies->len, ==, 0);
    assert_notices(incident, "");
}

static void test_held_message_keeps_bytes_for_those_whose_copy_is_held(void)
{
    g_auto(Affair) affair = {.login = LOGIN};

    affair_set_up(&affair, STAFF, finding_of("student", SG_ACTION_QUARANTINE), 1);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    g_assert_true(incident->message == affair.raw);
    g_assert_cmpuint(incident->copies->len, ==, 1);
    g_assert_cmpstr(((SgCopy *)incident->copies->pdata[0])->address, ==,
                    "ann@students.kingsmead.example");
    assert_notices(incident, "held t.gray@kingsmead.example");
}

/* It may be Latin-1: what is no UTF-8 would come back as another address. */
static void test_an_address_is_held_byte_for_byte(void)
{
    g_auto(Affair) affair = {.to = "<J\xf6rg.\"a b\"@home.example>"};

    affair_set_up(&affair, STAFF, finding_of("parent", SG_ACTION_QUARANTINE), 4);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    g_assert_cmpuint(incident->copies->len, ==, 1);
    g_assert_cmpstr(((SgCopy *)incident->copies->pdata[0])->address, ==,
                    "J\xf6rg.\"a b\"@home.example");
    g_assert_cmpstr(((SgIncidentRecipient *)incident->recipients->pdata[2])->address, ==,
                    "J\xf6rg.\"a b\"@home.example");
}

static void test_the_sender_is_told_of_what_the_mail_server_holds_too(void)
{
    g_auto(Affair) affair = {.login = LOGIN};
    SgFinding *finding = finding_of("student", SG_ACTION_QUARANTINE);

    finding->hold_at_mta = TRUE;
    affair_set_up(&affair, STAFF, finding, 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    g_assert_cmpint(incident->state, ==, SG_STATE_HELD_MTA);
    assert_notices(incident, "held t.gray@kingsmead.example");
}

static void test_notify_asks_the_sender_to_take_note(void)
{
    g_auto(Affair) affair = {.login = LOGIN};

    affair_set_up(&affair, STAFF, finding_of("note", SG_ACTION_NOTIFY), 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    assert_notices(incident, "please-note t.gray@kingsmead.example");
}

static void test_strangers_get_no_notice(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, "<x@elsewhere.example>", finding_of("note", SG_ACTION_NOTIFY), 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    assert_notices(incident, "");
}

static void test_who_has_not_logged_in_gets_no_notice_and_nothing_back(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, STAFF, finding_of("student", SG_ACTION_QUARANTINE), 1);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    assert_notices(incident, "");
    g_assert_null(incident->return_to);
}

static void assert_automatic(const char *headers, const char *expected)
{
    g_auto(Affair) affair = {.login = LOGIN, .headers = headers};

    affair_set_up(&affair, STAFF, finding_of("student", SG_ACTION_QUARANTINE), 1);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    assert_notices(incident, expected);
    g_assert_cmpstr(incident->return_to, ==, LOGIN);
}

static void test_what_a_program_sent_is_not_answered_but_may_be_sent_back(void)
{
    assert_automatic("Auto-Submitted: auto-replied\r\n", "");
    assert_automatic("Auto-Submitted: auto-generated (by a printer)\r\n", "");
    assert_automatic("Precedence: Bulk\r\n", "");
    assert_automatic("Precedence: list\r\n", "");
    assert_automatic("List-Id: Year 9 <year9.kingsmead.example>\r\n", "");
    assert_automatic("X-Autoreply: yes\r\n", "");
    assert_automatic("Auto-Submitted: no\r\n", "held " LOGIN);
    assert_automatic("Auto-Submitted: No (a person)\r\n", "held " LOGIN);
    assert_automatic("Precedence: first-class\r\n", "held " LOGIN);
    assert_automatic("", "held " LOGIN);
}

#define OFFICER "online-safety@kingsmead.example"
#define HEAD    "head@kingsmead.example"

/* Who is alerted of a message from `sender`, who has logged in, to `to` besides others. */
static void assert_alerts(guint alert, const char *sender, const char *to, const char *expected)
{
    g_autofree char *brackets = g_strdup_printf("<%s>", sender);
    g_auto(Affair) affair = {.login = *sender ? sender : NULL, .to = to};
    SgFinding *finding = finding_of("grave", SG_ACTION_LOG);

    finding->alert = alert;
    affair_set_up(&affair, brackets, finding, 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    assert_notices(incident, expected);
}

static void test_alert_goes_to_whom_the_rule_names(void)
{
    assert_alerts(SG_ALERT_OFFICER, LOGIN, NULL, "alert " OFFICER);
    assert_alerts(SG_ALERT_HEAD, LOGIN, NULL, "alert " HEAD);
    assert_alerts(SG_ALERT_OFFICER | SG_ALERT_HEAD, LOGIN, NULL, "alert " HEAD ", alert " OFFICER);
}

static void test_nobody_is_alerted_of_their_own_mail(void)
{
    assert_alerts(SG_ALERT_OFFICER, OFFICER, NULL, "alert " HEAD);
    assert_alerts(SG_ALERT_OFFICER, "Online-Safety+x@kingsmead.example", NULL, "alert " HEAD);
    assert_alerts(SG_ALERT_OFFICER, LOGIN, "<Online-Safety@Kingsmead.Example>", "alert " HEAD);
    assert_alerts(SG_ALERT_OFFICER | SG_ALERT_HEAD, LOGIN, "<" OFFICER ">", "alert " HEAD);
    assert_alerts(SG_ALERT_HEAD, HEAD, NULL, "alert " OFFICER);
    assert_alerts(SG_ALERT_OFFICER, OFFICER, "<" HEAD ">", "");
}

static void test_mail_from_nobody_alerts_nobody(void)
{
    assert_alerts(SG_ALERT_OFFICER | SG_ALERT_HEAD, "", NULL, "");
}

/* A vacation reply that says nothing of itself, and a person's answer, look alike. */
static void test_no_notice_answers_what_answers_a_notice(void)
{
    assert_automatic("In-Reply-To: <12.KM-7F3Q-2@kingsmead.example>\r\n", "");
    assert_automatic("References: <a@b>\r\n <12.KM-7F3Q-2@KINGSMEAD.example> <c@d>\r\n", "");
    assert_automatic("In-Reply-To: <12.KM-7F3Q-2@elsewhere.example>\r\n", "held " LOGIN);
    assert_automatic("In-Reply-To: <note.12@kingsmead.example>\r\n", "held " LOGIN);
    assert_automatic("In-Reply-To: <12@kingsmead.example>\r\n", "held " LOGIN);
}

/* Every notice comes from nobody and is automatic: whatever passes here makes no further one. */
static void test_a_notice_that_passes_the_gate_itself_makes_no_other(void)
{
    for (int kind = 0; kind < SG_NOTICES; kind++) {
        g_auto(Affair) affair = {0};
        SgOutboxItem item = {.kind = (SgNoticeKind)kind, .incident = (char *)"KM-7F3Q-2"};

        if (kind == SG_NOTICE_RELEASE)
            continue;
        SgFinding *finding = finding_of("grave", SG_ACTION_LOG);
        finding->alert = SG_ALERT_OFFICER | SG_ALERT_HEAD;
        finding->notify = TRUE;
        affair_set_up(&affair, "<>", finding, 3);
        g_autoptr(SgIncident) first = sg_incident_of(&affair.facts);
        item.to = (char *)OFFICER;
        const SgNoticeFacts facts = {
            .config = affair.config, .item = &item, .incident = first, .now = NOW};
        g_autoptr(SgMail) mail = sg_notice_mail(&facts);
        g_autoptr(SgMessage) message = sg_message_new(mail->bytes, &affair.config->limits);
        affair.facts.message = message;
        affair.facts.raw = mail->bytes;
        g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
        g_assert_cmpstr(mail->from, ==, "");
        g_assert_true(sg_is_automatic(message));
        assert_notices(incident, "");
        g_assert_null(incident->return_to);
    }
}

static void test_recipient_refused_early_is_an_incident_of_that_one_alone(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, STAFF, finding_of("to-student", SG_ACTION_REJECT), 2);
    affair.facts.message = NULL;
    affair.facts.raw = NULL;
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    const SgIncidentRecipient *recipient = incident->recipients->pdata[0];
    const SgFinding *finding = incident->findings->pdata[0];

    g_assert_cmpuint(incident->recipients->len, ==, 1);
    g_assert_cmpstr(recipient->address, ==, "mum@home.example");
    g_assert_cmpint(recipient->action, ==, SG_ACTION_REJECT);
    g_assert_cmpuint(g_array_index(finding->recipients, guint, 0), ==, 0);
    g_assert_cmpstr(incident->subject, ==, "");
    g_assert_null(incident->digest);
}

static void test_log_line_says_what_became_of_the_message(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, STAFF, finding_of("chain-letter", SG_ACTION_REJECT), 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    g_autoptr(SgLogLine) made = sg_incident_log_line(incident);
    g_autofree char *line = sg_log_line_as_text(made);
    g_assert_cmpstr(line, ==,
                    "id=KM-7F3Q-2 queue=4XyZ from=t.gray@kingsmead.example role=staff "
                    "to=ann@students.kingsmead.example others=1 rule=chain-letter clause=2.6 "
                    "action=reject points=7 state=refused");
}

static void test_log_line_says_what_an_observed_rule_would_do(void)
{
    g_auto(Affair) affair = {0};
    SgFinding *finding = finding_of("chain-letter", SG_ACTION_REJECT);

    finding->enforced = SG_ACTION_LOG;
    affair_set_up(&affair, STAFF, finding, 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    g_autoptr(SgLogLine) made = sg_incident_log_line(incident);
    g_autofree char *line = sg_log_line_as_text(made);
    support_assert_contains(line, " action=log points=7 state=passed would=reject");
}

static void test_log_line_cannot_be_forged_by_an_address(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, "<\"x action=none\\\n state=passed\"@kingsmead.example>",
                  finding_of("chain-letter", SG_ACTION_REJECT), 3);
    g_autoptr(SgIncident) incident = sg_incident_of(&affair.facts);
    g_autoptr(SgLogLine) made = sg_incident_log_line(incident);
    g_autofree char *line = sg_log_line_as_text(made);
    g_auto(GStrv) fields = g_strsplit(line, " ", -1);

    g_assert_cmpuint(g_strv_length(fields), ==, 11);
    g_assert_null(strchr(line, '\n'));
    g_assert_null(strstr(line, "action=none"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    g_test_add_func("/gate/incident/says_who_what_and_when", test_incident_says_who_what_and_when);
    g_test_add_func(
        "/gate/incident/says_whose_personal_address_and_how_large_a_list_a_recipient_is",
        test_incident_says_whose_personal_address_and_how_large_a_list_a_recipient_is);
    g_test_add_func("/gate/incident/refused_message_leaves_its_reply_and_no_bytes",
                    test_refused_message_leaves_its_reply_and_no_bytes);
    g_test_add_func("/gate/incident/held_message_keeps_bytes_for_those_whose_copy_is_held",
                    test_held_message_keeps_bytes_for_those_whose_copy_is_held);
    g_test_add_func("/gate/incident/an_address_is_held_byte_for_byte",
                    test_an_address_is_held_byte_for_byte);
    g_test_add_func("/gate/incident/the_sender_is_told_of_what_the_mail_server_holds_too",
                    test_the_sender_is_told_of_what_the_mail_server_holds_too);
    g_test_add_func("/gate/incident/notify_asks_the_sender_to_take_note",
                    test_notify_asks_the_sender_to_take_note);
    g_test_add_func("/gate/incident/strangers_get_no_notice", test_strangers_get_no_notice);
    g_test_add_func("/gate/incident/who_has_not_logged_in_gets_no_notice_and_nothing_back",
                    test_who_has_not_logged_in_gets_no_notice_and_nothing_back);
    g_test_add_func("/gate/incident/what_a_program_sent_is_not_answered_but_may_be_sent_back",
                    test_what_a_program_sent_is_not_answered_but_may_be_sent_back);
    g_test_add_func("/gate/incident/alert_goes_to_whom_the_rule_names",
                    test_alert_goes_to_whom_the_rule_names);
    g_test_add_func("/gate/incident/nobody_is_alerted_of_their_own_mail",
                    test_nobody_is_alerted_of_their_own_mail);
    g_test_add_func("/gate/incident/mail_from_nobody_alerts_nobody",
                    test_mail_from_nobody_alerts_nobody);
    g_test_add_func("/gate/incident/no_notice_answers_what_answers_a_notice",
                    test_no_notice_answers_what_answers_a_notice);
    g_test_add_func("/gate/incident/a_notice_that_passes_the_gate_itself_makes_no_other",
                    test_a_notice_that_passes_the_gate_itself_makes_no_other);
    g_test_add_func("/gate/incident/recipient_refused_early_is_an_incident_of_that_one_alone",
                    test_recipient_refused_early_is_an_incident_of_that_one_alone);
    g_test_add_func("/gate/incident/log_line_says_what_became_of_the_message",
                    test_log_line_says_what_became_of_the_message);
    g_test_add_func("/gate/incident/log_line_says_what_an_observed_rule_would_do",
                    test_log_line_says_what_an_observed_rule_would_do);
    g_test_add_func("/gate/incident/log_line_cannot_be_forged_by_an_address",
                    test_log_line_cannot_be_forged_by_an_address);
    return g_test_run();
}
