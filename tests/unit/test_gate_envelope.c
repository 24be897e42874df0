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
    return g_test_run();
}
