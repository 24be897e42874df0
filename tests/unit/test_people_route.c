/* test_desk_route.c - who a stored message is taken to be from and to */
#include "schoolgate/route.h"
#include "support.h"

static SgMessage *message_with(const char *headers)
{
    g_autofree char *text = g_strconcat(headers, "\nHello.\n", NULL);
    g_autoptr(GBytes) raw = g_bytes_new(text, strlen(text));
    SgLimits limits;

    sg_limits_init(&limits);
    return sg_message_new(raw, &limits);
}

static SgRoute *guessed_from(const char *headers)
{
    g_autoptr(SgMessage) message = message_with(headers);

    return sg_route_new(message, NULL, NULL, NULL);
}

static void assert_recipients(const SgRoute *route, const char *expected)
{
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < route->recipients->len; i++)
        g_string_append_printf(all, "%s%s", i ? " " : "", (char *)route->recipients->pdata[i]);
    g_assert_cmpstr(all->str, ==, expected);
}

static void test_headers_tell_the_envelope_and_name_each_recipient_once(void)
{
    g_autoptr(SgRoute) route = guessed_from("From: A <a@x.example>\nSender: s@x.example\n"
                                            "To: b@x.example, C <c@x.example>\n"
                                            "Cc: B@X.example\nBcc: d@x.example\n"
                                            "Resent-To: e@x.example\nResent-From: f@x.example\n");

    g_assert_cmpstr(route->sender, ==, "a@x.example");
    assert_recipients(route, "b@x.example c@x.example d@x.example");
    g_assert_false(route->bounce);
}

static void test_sender_stands_in_for_a_missing_from(void)
{
    g_autoptr(SgRoute) route = guessed_from("Sender: s@x.example\nTo: b@x.example\n");

    g_assert_cmpstr(route->sender, ==, "s@x.example");
}

static void test_message_without_a_sender_is_no_bounce(void)
{
    g_autoptr(SgRoute) route = guessed_from("Subject: hello\n");

    g_assert_cmpstr(route->sender, ==, "");
    g_assert_false(route->bounce);
    assert_recipients(route, "");
}

static void test_given_envelope_outweighs_the_headers(void)
{
    static const char *const to[] = {"<x@y.example>", "X@Y.example", "z@y.example", NULL};
    g_autoptr(SgMessage) message = message_with("From: a@x.example\nTo: b@x.example\n");
    g_autoptr(SgRoute) route = sg_route_new(message, "<s@y.example>", to, NULL);

    g_assert_cmpstr(route->sender, ==, "s@y.example");
    assert_recipients(route, "x@y.example z@y.example");
}

static void test_null_sender_makes_a_bounce(void)
{
    g_autoptr(SgMessage) message = message_with("From: a@x.example\n");
    g_autoptr(SgRoute) empty = sg_route_new(message, "", NULL, NULL);
    g_autoptr(SgRoute) brackets = sg_route_new(message, "<>", NULL, NULL);

    g_assert_true(empty->bounce);
    g_assert_true(brackets->bounce);
}

static SgPeople *kingsmead(void)
{
    static const char role[] = "role staff\n    domain kingsmead.example\n";
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(GBytes) text = g_bytes_new_static(role, strlen(role));
    g_autoptr(GPtrArray) blocks = sg_blocks_read("test.conf", text, report);
    g_autoptr(SgPeopleSpec) spec = sg_people_spec_new();

    sg_people_read_role(spec, blocks->pdata[0], report);
    SgPeople *people = sg_people_load(spec, report);
    g_assert_nonnull(people);
    return people;
}

/* The sender's address and role when `login` has authenticated. */
static char *sender_with(const char *login, const char *login_domain)
{
    g_autoptr(SgPeople) people = kingsmead();
    g_autoptr(SgMessage) message = message_with("From: a@home.example\nTo: b@x.example\n");
    g_autoptr(SgRoute) route = sg_route_new(message, NULL, NULL, login);
    g_autoptr(SgParties) parties = sg_route_parties(route, message, people, login_domain, 0);

    g_assert_true(parties->authenticated);
    g_assert_cmpint(parties->direction, ==, SG_DIRECTION_OUTGOING);
    g_assert_cmpstr(parties->author->address, ==, "a@home.example");
    g_assert_cmpuint(parties->recipients->len, ==, 1);
    return g_strdup_printf("%s %s", parties->sender->address, parties->sender->role_name);
}

static void test_login_is_the_sender_as_it_is_at_the_gate(void)
{
    g_autofree char *none = sender_with(NULL, "kingsmead.example");
    g_autofree char *whole = sender_with("d@kingsmead.example", NULL);
    g_autofree char *bare = sender_with("d", "kingsmead.example");
    g_autofree char *unknown = sender_with("d", NULL);

    g_assert_cmpstr(none, ==, "a@home.example external");
    g_assert_cmpstr(whole, ==, "d@kingsmead.example staff");
    g_assert_cmpstr(bare, ==, "d@kingsmead.example staff");
    g_assert_cmpstr(unknown, ==, "a@home.example external");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    g_test_add_func("/route/headers", test_headers_tell_the_envelope_and_name_each_recipient_once);
    g_test_add_func("/route/sender-header", test_sender_stands_in_for_a_missing_from);
    g_test_add_func("/route/no-sender", test_message_without_a_sender_is_no_bounce);
    g_test_add_func("/route/given", test_given_envelope_outweighs_the_headers);
    g_test_add_func("/route/bounce", test_null_sender_makes_a_bounce);
    g_test_add_func("/route/login", test_login_is_the_sender_as_it_is_at_the_gate);
    return g_test_run();
}
