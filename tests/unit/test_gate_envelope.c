/* test_gate_envelope.c - what the gate promises of knowing who writes to whom */
#include "gate_builders.h"

#define NOW 1790000000

static SgEnvelope *envelope_from(const SgConfig *config, const char *client_address,
                                 const char *sender, const char *login)
{
    g_autoptr(SgClient) client =
        client_address ? client_from(client_address, 4711) : sg_client_new(NULL);

    return sg_envelope_new(config, client, sender, login, NOW);
}

static void assert_direction(const char *client_address, const char *login, SgDirection expected)
{
    g_autoptr(SgConfig) config = school("");
    g_autoptr(SgEnvelope) envelope =
        envelope_from(config, client_address, "<t.gray@kingsmead.example>", login);

    g_assert_cmpint(envelope->parties->direction, ==, expected);
    g_assert_cmpint(envelope->parties->authenticated, ==, login && *login);
}

static void test_mail_is_outgoing_by_login_network_or_from_the_server_itself(void)
{
    assert_direction("192.0.2.1", NULL, SG_DIRECTION_INCOMING);
    assert_direction("192.0.2.1", "", SG_DIRECTION_INCOMING);
    assert_direction("192.0.2.1", "t.gray@kingsmead.example", SG_DIRECTION_OUTGOING);
    assert_direction("10.1.2.3", NULL, SG_DIRECTION_OUTGOING);
    assert_direction("::ffff:10.1.2.3", NULL, SG_DIRECTION_OUTGOING);
    assert_direction("2001:db8::7", NULL, SG_DIRECTION_OUTGOING);
    assert_direction("2001:db9::7", NULL, SG_DIRECTION_INCOMING);
    assert_direction(NULL, NULL, SG_DIRECTION_OUTGOING);
}

static void assert_sender(const char *more, const char *login, const char *address,
                          const char *role)
{
    g_autoptr(SgConfig) config = school(more);
    g_autoptr(SgEnvelope) envelope =
        envelope_from(config, "192.0.2.1", "<pupil@students.kingsmead.example>", login);

    g_assert_cmpstr(envelope->parties->sender->address, ==, address);
    g_assert_cmpstr(envelope->parties->sender->role_name, ==, role);
    g_assert_cmpstr(envelope->sender, ==, "pupil@students.kingsmead.example");
    g_assert_cmpstr(envelope->parties->envelope->role_name, ==, "student");
}

static void test_sender_is_the_login_whatever_the_envelope_says(void)
{
    assert_sender("", "t.gray@kingsmead.example", "t.gray@kingsmead.example", "staff");
    assert_sender("", "x@elsewhere.example", "x@elsewhere.example", "external");
}

static void test_login_without_domain_gets_the_configured_one(void)
{
    assert_sender("    login-domain kingsmead.example\n", "t.gray", "t.gray@kingsmead.example",
                  "staff");
}

static void test_login_that_names_no_mailbox_leaves_the_envelope_sender(void)
{
    assert_sender("", "t.gray", "pupil@students.kingsmead.example", "student");
}

static void test_null_sender_is_a_bounce_and_gets_no_notice(void)
{
    g_autoptr(SgConfig) config = school("");
    g_autoptr(SgEnvelope) envelope =
        envelope_from(config, "10.0.0.1", "<>", "t.gray@kingsmead.example");

    g_assert_true(envelope->parties->bounce);
    g_assert_cmpstr(envelope->sender, ==, "");
    g_assert_null(sg_envelope_notice_address(envelope));
}

static void assert_notice_to(const char *client, const char *sender, const char *login,
                             const char *expected)
{
    g_autoptr(SgConfig) config = school("");
    g_autoptr(SgEnvelope) envelope = envelope_from(config, client, sender, login);

    g_assert_cmpstr(sg_envelope_notice_address(envelope), ==, expected);
}

static void test_notices_go_only_to_people_of_the_school_who_have_logged_in(void)
{
    assert_notice_to("192.0.2.1", "<x@y.example>", "t.gray@kingsmead.example",
                     "t.gray@kingsmead.example");
    assert_notice_to("10.0.0.1", "<t.gray@kingsmead.example>", "t.gray@kingsmead.example",
                     "t.gray@kingsmead.example");
    assert_notice_to("10.0.0.1", "<t.gray@kingsmead.example>", NULL, NULL);
    assert_notice_to(NULL, "<t.gray@kingsmead.example>", NULL, NULL);
    assert_notice_to("192.0.2.1", "<t.gray@kingsmead.example>", NULL, NULL);
    assert_notice_to("192.0.2.1", "<t.gray@kingsmead.example>", "x@y.example", NULL);
    assert_notice_to("10.0.0.1", "<x@y.example>", NULL, NULL);
}

static void test_scope_is_outgoing_unless_widened(void)
{
    g_autoptr(SgConfig) narrow = school("");
    g_autoptr(SgConfig) wide = school("    judge everything\n");
    g_autoptr(SgEnvelope) incoming = envelope_from(narrow, "192.0.2.1", "<x@y.example>", NULL);
    g_autoptr(SgEnvelope) outgoing = envelope_from(narrow, "10.0.0.1", "<x@y.example>", NULL);

    g_assert_false(sg_envelope_in_scope(incoming, narrow));
    g_assert_true(sg_envelope_in_scope(outgoing, narrow));
    g_assert_true(sg_envelope_in_scope(incoming, wide));
}

static void test_recipients_keep_the_form_that_the_mta_gave_them(void)
{
    g_autoptr(SgConfig) config = school("");
    g_autoptr(SgEnvelope) envelope = envelope_from(config, "10.0.0.1", "<x@y.example>", NULL);
    const SgParty *party;

    sg_envelope_add_recipient(envelope, config, "<Ann@Students.Kingsmead.Example>",
                              "<Ann@Students.Kingsmead.Example>");
    sg_envelope_add_recipient(envelope, config, "<b@c.example>", "<b@c.example>");
    sg_envelope_drop_last_recipient(envelope);
    g_assert_cmpuint(envelope->recipients->len, ==, 1);
    g_assert_cmpuint(envelope->parties->recipients->len, ==, 1);
    party = envelope->parties->recipients->pdata[0];
    g_assert_cmpstr(envelope->recipients->pdata[0], ==, "<Ann@Students.Kingsmead.Example>");
    g_assert_cmpstr(party->address, ==, "Ann@Students.Kingsmead.Example");
    g_assert_cmpstr(party->role_name, ==, "student");
}

static void test_a_recipient_without_a_domain_is_who_the_mta_says_it_is(void)
{
    g_autoptr(SgConfig) config = school("");
    g_autoptr(SgEnvelope) envelope = envelope_from(config, "10.0.0.1", "<x@y.example>", NULL);
    const SgParty *party;

    sg_envelope_add_recipient(envelope, config, "<ann>", "ann@students.kingsmead.example");
    party = envelope->parties->recipients->pdata[0];
    g_assert_cmpstr(envelope->recipients->pdata[0], ==, "<ann>");
    g_assert_cmpstr(envelope->addresses->pdata[0], ==, "ann@students.kingsmead.example");
    g_assert_cmpstr(party->address, ==, "ann@students.kingsmead.example");
    g_assert_cmpstr(party->role_name, ==, "student");
}

static void test_author_is_who_the_from_header_names(void)
{
    static const char text[] = "From: Tom Gray <t.gray@kingsmead.example>\r\n\r\nHello\r\n";
    g_autoptr(SgConfig) config = school("");
    g_autoptr(SgEnvelope) envelope = envelope_from(config, "10.0.0.1", "<x@y.example>", NULL);
    g_autoptr(GBytes) raw = g_bytes_new_static(text, strlen(text));
    g_autoptr(SgMessage) message = sg_message_new(raw, &config->limits);

    g_assert_null(envelope->parties->author);
    sg_envelope_read_author(envelope, config, message);
    g_assert_cmpstr(envelope->parties->author->address, ==, "t.gray@kingsmead.example");
    g_assert_cmpstr(envelope->parties->author->role_name, ==, "staff");
}

static void test_only_a_client_with_a_port_can_be_refused_a_recipient(void)
{
    g_autoptr(SgClient) smtp = client_from("10.0.0.1", 4711);
    g_autoptr(SgClient) pickup = client_from("127.0.0.1", 0);
    g_autoptr(SgClient) local = sg_client_new(NULL);

    g_assert_true(smtp->over_smtp);
    g_assert_false(pickup->over_smtp);
    g_assert_false(local->over_smtp);
    g_assert_cmpstr(smtp->address, ==, "10.0.0.1");
    g_assert_null(local->address);
}

/* Relays ------------------------------------------------------------------------------------------
 */

#define CLOUD                                                                                      \
    "relay cloud\n    from 192.0.2.0/24, 10.9.0.0/16\n    login header X-Sent-By\n"                \
    "    certificate mail.cloud.example\n"                                                         \
    "    domains kingsmead.example, students.kingsmead.example\n"                                  \
    "relay plain\n    from 198.51.100.7\n    login envelope\n    domains kingsmead.example\n"

static SgClient *client_with(const char *address, const SgClientMacros *macros)
{
    SgClient *client = client_from(address, 4711);

    sg_client_learn(client, macros);
    return client;
}

typedef struct Brought {
    SgConfig *config;
    SgClient *client;
    SgEnvelope *envelope;
    gboolean known;
} Brought;

/* By the cloud, with its certificate; `by` is the field that names the user, or NULL. */
static Brought brought(const char *address, const char *sender, const char *login, const char *by)
{
    const SgClientMacros macros = {.cert_subject = "mail.cloud.example"};
    Brought brought = {.config = school(CLOUD), .client = client_with(address, &macros)};

    brought.envelope = sg_envelope_new(brought.config, brought.client, sender, login, NOW);
    if (by)
        sg_envelope_note_field(brought.envelope, "X-Sent-By", by);
    brought.known = sg_envelope_settle(brought.envelope, brought.config, brought.client);
    return brought;
}

static void brought_clear(Brought *brought)
{
    sg_envelope_free(brought->envelope);
    sg_client_free(brought->client);
    sg_config_unref(brought->config);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Brought, brought_clear)

static void assert_party(const Brought *brought, const char *address, const char *role,
                         SgDirection direction, gboolean authenticated)
{
    const SgParties *parties = brought->envelope->parties;

    g_assert_cmpstr(parties->sender->address, ==, address);
    g_assert_cmpstr(parties->sender->role_name, ==, role);
    g_assert_cmpint(parties->direction, ==, direction);
    g_assert_cmpint(parties->authenticated, ==, authenticated);
}

static void test_user_whom_the_relay_names_has_sent_it_and_gets_notices(void)
{
    g_auto(Brought) b = brought("192.0.2.99", "<pupil@students.kingsmead.example>", NULL,
                                " <t.gray@kingsmead.example>");

    g_assert_true(b.known);
    assert_party(&b, "t.gray@kingsmead.example", "staff", SG_DIRECTION_OUTGOING, TRUE);
    g_assert_cmpstr(b.envelope->login, ==, "t.gray@kingsmead.example");
    g_assert_cmpstr(b.envelope->parties->envelope->role_name, ==, "student");
    g_assert_cmpstr(b.envelope->sender, ==, "pupil@students.kingsmead.example");
    g_assert_cmpstr(sg_envelope_notice_address(b.envelope), ==, "t.gray@kingsmead.example");
}

static void test_user_in_the_envelope_is_known_before_there_are_fields(void)
{
    g_autoptr(SgConfig) config = school(CLOUD);
    g_autoptr(SgEnvelope) envelope =
        envelope_from(config, "198.51.100.7", "<t.gray@kingsmead.example>", NULL);

    g_assert_true(envelope->settled);
    g_assert_true(envelope->parties->authenticated);
    g_assert_cmpstr(envelope->parties->sender->address, ==, "t.gray@kingsmead.example");
}

static void test_named_user_is_nobody_on_any_other_connection(void)
{
    g_auto(Brought) stranger = brought("203.0.113.5", "<pupil@students.kingsmead.example>", NULL,
                                       "t.gray@kingsmead.example");
    g_auto(Brought) inside =
        brought("10.0.0.1", "<pupil@students.kingsmead.example>", NULL, "t.gray@kingsmead.example");
    g_auto(Brought) plain =
        brought("198.51.100.7", "<x@kingsmead.example>", NULL, "t.gray@kingsmead.example");

    assert_party(&stranger, "pupil@students.kingsmead.example", "student", SG_DIRECTION_INCOMING,
                 FALSE);
    assert_party(&inside, "pupil@students.kingsmead.example", "student", SG_DIRECTION_OUTGOING,
                 FALSE);
    assert_party(&plain, "x@kingsmead.example", "staff", SG_DIRECTION_OUTGOING, TRUE);
    g_assert_false(sg_envelope_note_field(stranger.envelope, "X-Sent-By", "a@b.example"));
}

static void test_login_at_the_mail_server_counts_before_what_a_relay_says(void)
{
    g_auto(Brought) b = brought("192.0.2.99", "<pupil@students.kingsmead.example>",
                                "a.khan@students.kingsmead.example", "t.gray@kingsmead.example");

    assert_party(&b, "a.khan@students.kingsmead.example", "student", SG_DIRECTION_OUTGOING, TRUE);
}

static void test_mail_from_outside_by_a_relay_is_incoming_even_within_inside(void)
{
    g_auto(Brought) b =
        brought("10.9.0.3", "<x@elsewhere.example>", NULL, "t.gray@kingsmead.example");

    g_assert_true(b.known);
    assert_party(&b, "x@elsewhere.example", "external", SG_DIRECTION_INCOMING, FALSE);
    g_assert_null(sg_envelope_notice_address(b.envelope));
}

static void test_user_who_cannot_be_told_is_nobody_who_has_logged_in(void)
{
    g_auto(Brought) b = brought("192.0.2.99", "<t.gray@kingsmead.example>", NULL, NULL);

    g_assert_false(b.known);
    g_assert_cmpint(b.envelope->user, ==, SG_RELAY_NO_LOGIN);
    assert_party(&b, "t.gray@kingsmead.example", "staff", SG_DIRECTION_OUTGOING, FALSE);
    g_assert_null(sg_envelope_notice_address(b.envelope));
}

static void test_bounce_by_a_relay_is_never_unknown(void)
{
    g_auto(Brought) answer = brought("192.0.2.99", "<>", NULL, "t.gray@kingsmead.example");
    g_auto(Brought) incoming = brought("10.9.0.3", "<>", NULL, NULL);
    g_auto(Brought) plain = brought("198.51.100.7", "<>", NULL, NULL);

    g_assert_true(answer.known && incoming.known && plain.known);
    assert_party(&answer, "t.gray@kingsmead.example", "staff", SG_DIRECTION_OUTGOING, TRUE);
    g_assert_null(sg_envelope_notice_address(answer.envelope));
    assert_party(&incoming, "", "external", SG_DIRECTION_INCOMING, FALSE);
    assert_party(&plain, "", "external", SG_DIRECTION_INCOMING, FALSE);
}

static void assert_certificate(SgClientMacros macros, const char *expected)
{
    g_autoptr(SgClient) client = client_with("192.0.2.1", &macros);

    g_assert_cmpstr(client->certificate, ==, expected);
}

static void test_certificate_counts_only_when_the_mail_server_trusts_it(void)
{
    const char *name = "mail.cloud.example", *subject = "/O=Cloud/CN=mail.cloud.example";

    assert_certificate((SgClientMacros){.cert_subject = name}, name);
    assert_certificate(
        (SgClientMacros){.verify = "OK", .cert_subject = subject, .cn_subject = name}, name);
    assert_certificate((SgClientMacros){.verify = "FAIL", .cert_subject = name, .cn_subject = name},
                       NULL);
    assert_certificate((SgClientMacros){.cert_subject = subject, .cn_subject = name}, NULL);
    assert_certificate((SgClientMacros){.cn_subject = name}, NULL);
    assert_certificate((SgClientMacros){0}, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    g_test_add_func("/gate/envelope/mail_is_outgoing_by_login_network_or_from_the_server_itself",
                    test_mail_is_outgoing_by_login_network_or_from_the_server_itself);
    g_test_add_func("/gate/envelope/sender_is_the_login_whatever_the_envelope_says",
                    test_sender_is_the_login_whatever_the_envelope_says);
    g_test_add_func("/gate/envelope/login_without_domain_gets_the_configured_one",
                    test_login_without_domain_gets_the_configured_one);
    g_test_add_func("/gate/envelope/login_that_names_no_mailbox_leaves_the_envelope_sender",
                    test_login_that_names_no_mailbox_leaves_the_envelope_sender);
    g_test_add_func("/gate/envelope/null_sender_is_a_bounce_and_gets_no_notice",
                    test_null_sender_is_a_bounce_and_gets_no_notice);
    g_test_add_func("/gate/envelope/notices_go_only_to_people_of_the_school_who_have_logged_in",
                    test_notices_go_only_to_people_of_the_school_who_have_logged_in);
    g_test_add_func("/gate/envelope/scope_is_outgoing_unless_widened",
                    test_scope_is_outgoing_unless_widened);
    g_test_add_func("/gate/envelope/recipients_keep_the_form_that_the_mta_gave_them",
                    test_recipients_keep_the_form_that_the_mta_gave_them);
    g_test_add_func("/gate/envelope/a_recipient_without_a_domain_is_who_the_mta_says_it_is",
                    test_a_recipient_without_a_domain_is_who_the_mta_says_it_is);
    g_test_add_func("/gate/envelope/author_is_who_the_from_header_names",
                    test_author_is_who_the_from_header_names);
    g_test_add_func("/gate/envelope/only_a_client_with_a_port_can_be_refused_a_recipient",
                    test_only_a_client_with_a_port_can_be_refused_a_recipient);
#define TEST(name) g_test_add_func("/gate/envelope/" #name, test_##name)
    TEST(user_whom_the_relay_names_has_sent_it_and_gets_notices);
    TEST(user_in_the_envelope_is_known_before_there_are_fields);
    TEST(named_user_is_nobody_on_any_other_connection);
    TEST(login_at_the_mail_server_counts_before_what_a_relay_says);
    TEST(mail_from_outside_by_a_relay_is_incoming_even_within_inside);
    TEST(user_who_cannot_be_told_is_nobody_who_has_logged_in);
    TEST(bounce_by_a_relay_is_never_unknown);
    TEST(certificate_counts_only_when_the_mail_server_trusts_it);
    return g_test_run();
}
