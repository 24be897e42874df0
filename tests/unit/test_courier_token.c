/* What lets a released message past the gate, and what does not. */
#include "schoolgate/token.h"
#include "support.h"

#include <string.h>

#define NOON    ((gint64)1592827200) /* 22 June 2020, 12:00 UTC */
#define SENDER  "d.price@kingsmead.example"
#define PARENT  "s.brown@home.example"
#define STUDENT "e.ward@students.kingsmead.example"

static const char *const both[] = {PARENT, STUDENT, NULL};
static const char body[] = "Dear all,\r\n.\r\nThe coach leaves at 8.\r\n";

static GBytes *secret(void)
{
    return g_bytes_new_static("0123456789abcdef0123456789abcdef", 32);
}

static SgTokenOf message(void)
{
    return (SgTokenOf){SENDER, both, body, strlen(body)};
}

static char *token_of(const SgTokenOf *of)
{
    g_autoptr(GBytes) key = secret();
    SgToken token = {(char *)"KM-7F3Q-2", (char *)"12.1.00ff", NOON + 100};

    return sg_token_make(key, &token, of);
}

static SgTokenFinding check_at(const char *value, const SgTokenOf *of, gint64 now)
{
    g_autoptr(GBytes) key = secret();
    g_auto(SgToken) token = {0};

    return sg_token_check(key, value, of, now, &token);
}

static SgTokenFinding check(const char *value, const SgTokenOf *of)
{
    return check_at(value, of, NOON);
}

static void test_a_token_says_which_incident_it_is_for_and_until_when(void)
{
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);
    g_autoptr(GBytes) key = secret();
    g_auto(SgToken) token = {0};

    g_assert_cmpint(sg_token_check(key, value, &of, NOON, &token), ==, SG_TOKEN_GENUINE);
    g_assert_cmpstr(token.incident, ==, "KM-7F3Q-2");
    g_assert_cmpstr(token.nonce, ==, "12.1.00ff");
    g_assert_cmpint(token.expires, ==, NOON + 100);
}

static void test_each_line_of_the_header_is_short(void)
{
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);
    g_auto(GStrv) lines = g_strsplit(value, "\r\n", -1);

    for (char **line = lines; *line; line++)
        g_assert_cmpuint(strlen(*line) + strlen(SG_TOKEN_HEADER ": "), <=, 100);
}

static void test_a_token_with_any_byte_altered_buys_nothing(void)
{
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);

    for (char *at = value; *at; at++) {
        char before = *at;

        if (g_ascii_isspace(before))
            continue;
        *at = before == '0' ? '1' : '0';
        g_assert_cmpint(check(value, &of), !=, SG_TOKEN_GENUINE);
        *at = (char)(before ^ 0x20);
        g_assert_cmpint(check(value, &of), !=, SG_TOKEN_GENUINE);
        *at = before;
    }
    g_assert_cmpint(check(value, &of), ==, SG_TOKEN_GENUINE);
}

static void test_a_token_signed_by_somebody_else_is_forged(void)
{
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);
    g_autoptr(GBytes) other = g_bytes_new_static("0123456789abcdef0123456789abcdeF", 32);
    g_auto(SgToken) token = {0};

    g_assert_cmpint(sg_token_check(other, value, &of, NOON, &token), ==, SG_TOKEN_FORGED);
    g_assert_null(token.incident);
}

static void test_a_token_is_of_no_use_after_its_time(void)
{
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);

    g_assert_cmpint(check_at(value, &of, NOON + 99), ==, SG_TOKEN_GENUINE);
    g_assert_cmpint(check_at(value, &of, NOON + 100), ==, SG_TOKEN_EXPIRED);
}

static void test_a_token_is_for_all_its_recipients_and_no_others(void)
{
    static const char *const others[][4] = {
        {PARENT, NULL},
        {STUDENT, NULL},
        {PARENT, STUDENT, "a.green@home.example", NULL},
        {PARENT, "f.ward@students.kingsmead.example", NULL},
        {NULL},
    };
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        of.recipients = others[i];
        g_assert_cmpint(check(value, &of), ==, SG_TOKEN_OTHER_ENVELOPE);
    }
    of = message();
    of.sender = "a.khan@kingsmead.example";
    g_assert_cmpint(check(value, &of), ==, SG_TOKEN_OTHER_ENVELOPE);
}

static void test_order_case_and_brackets_of_addresses_do_not_matter(void)
{
    static const char *const same[] = {"<" STUDENT ">", "S.Brown@HOME.example", "<" PARENT ">",
                                       NULL};
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);

    of.recipients = same;
    of.sender = "<D.Price@kingsmead.example>";
    g_assert_cmpint(check(value, &of), ==, SG_TOKEN_GENUINE);
}

static SgTokenFinding check_body(const char *other)
{
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);

    of.body = other;
    of.body_size = strlen(other);
    return check(value, &of);
}

static void test_a_token_is_for_one_message(void)
{
    g_assert_cmpint(check_body("Dear all,\r\n.\r\nThe coach leaves at 9.\r\n"), ==,
                    SG_TOKEN_OTHER_BODY);
    g_assert_cmpint(check_body("Dear all,\r\n.\r\nThe coach leaves at 8.\r\nPS\r\n"), ==,
                    SG_TOKEN_OTHER_BODY);
    g_assert_cmpint(check_body(""), ==, SG_TOKEN_OTHER_BODY);
}

static void test_what_mail_servers_do_to_line_ends_does_not_matter(void)
{
    g_assert_cmpint(check_body("Dear all,\n.\nThe coach leaves at 8.\n"), ==, SG_TOKEN_GENUINE);
    g_assert_cmpint(check_body("Dear all,\n.\nThe coach leaves at 8."), ==, SG_TOKEN_GENUINE);
    g_assert_cmpint(check_body("Dear all,\r\n.\r\nThe coach leaves at 8.\r\n\r\n"), ==,
                    SG_TOKEN_GENUINE);
    g_assert_cmpint(check_body("Dear all,\n\n.\nThe coach leaves at 8.\n"), ==,
                    SG_TOKEN_OTHER_BODY);
}

static void test_a_token_folded_otherwise_is_the_same(void)
{
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);
    g_autoptr(GString) folded = g_string_new(value);
    g_autofree char *spaced = NULL;

    g_string_replace(folded, "\r\n\t", "\n   ", 0);
    spaced = g_strconcat("  ", folded->str, " ", NULL);
    g_assert_cmpint(check(spaced, &of), ==, SG_TOKEN_GENUINE);
}

static void test_what_is_no_token_is_malformed(void)
{
    static const char *const nonsense[] = {"",
                                           " ",
                                           "yes",
                                           "v1",
                                           "v2 KM-7F3Q-2 12.1.00ff 1592827300 a b c",
                                           "v1 KM-7F3Q-2 12.1.00ff soon a b c",
                                           "v1 KM-7F3Q-2 12.1.00ff -5 a b c",
                                           "v1 KM-7F3Q-2 12.1.00ff 99999999999999999999 a b c",
                                           "v1 a b 1 d e f g"};
    SgTokenOf of = message();
    g_autofree char *value = token_of(&of);
    g_autofree char *twice = g_strconcat(value, " ", value, NULL);
    g_autofree char *blank = g_strnfill(100000, ' ');
    g_autofree char *endless = g_strconcat(value, blank, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(nonsense); i++)
        g_assert_cmpint(check(nonsense[i], &of), ==, SG_TOKEN_MALFORMED);
    g_assert_cmpint(check(twice, &of), ==, SG_TOKEN_MALFORMED);
    g_assert_cmpint(check(endless, &of), ==, SG_TOKEN_MALFORMED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/token/genuine", test_a_token_says_which_incident_it_is_for_and_until_when);
    g_test_add_func("/token/short-lines", test_each_line_of_the_header_is_short);
    g_test_add_func("/token/altered", test_a_token_with_any_byte_altered_buys_nothing);
    g_test_add_func("/token/forged", test_a_token_signed_by_somebody_else_is_forged);
    g_test_add_func("/token/expired", test_a_token_is_of_no_use_after_its_time);
    g_test_add_func("/token/envelope", test_a_token_is_for_all_its_recipients_and_no_others);
    g_test_add_func("/token/same-envelope",
                    test_order_case_and_brackets_of_addresses_do_not_matter);
    g_test_add_func("/token/body", test_a_token_is_for_one_message);
    g_test_add_func("/token/line-ends", test_what_mail_servers_do_to_line_ends_does_not_matter);
    g_test_add_func("/token/folded", test_a_token_folded_otherwise_is_the_same);
    g_test_add_func("/token/malformed", test_what_is_no_token_is_malformed);
    return g_test_run();
}
