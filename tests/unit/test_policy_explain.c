/* test_policy_explain.c - the words of a refusal, as the sender reads them. */
#include "school.h"
#include "schoolgate/explain.h"

static const char chain[] =
    "rule chain-letter\n    clause 2.6\n    title Chain letter\n    from staff\n"
    "    signal 4 pass /\\bforward this to [a-z ]+\\b/\n    signal 3 luck /\\bbad luck\\b/\n"
    "    need 6 points from 2 signals\n    action reject\n    override yes\n"
    "    explain This looks like a chain letter: it asks people to pass it on.\n"
    "    remedy  Take that part out and send it again.\n";

static char *refusal_text(const char *rules, const char *body, SgRefusalOf of, const char *contact)
{
    School school = school_of(rules);
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "student", NULL), "x", body);
    g_autoptr(SgRefusal) refusal = sg_refusal_new(verdict, of, "KM-7F3Q-2", contact);
    char *text = sg_refusal_text(refusal);

    g_assert_cmpuint(g_strv_length(refusal->lines), <=, SG_REFUSAL_LINES_MAX);
    for (char **line = refusal->lines; *line; line++) {
        g_assert_cmpuint(strlen(*line), <=, SG_REFUSAL_WIDTH);
        for (const char *c = *line; *c; c++)
            g_assert_true(g_ascii_isprint(*c));
    }
    school_done(&school);
    return text;
}

static void test_refusal_says_what_why_what_now_and_whom_to_ask(void)
{
    g_autofree char *text = refusal_text(chain, "Forward this to ten friends or have bad luck.",
                                         SG_REFUSE_MESSAGE, "online-safety@kingsmead.example");

    g_assert_cmpstr(
        text, ==,
        "550-5.7.0 Not sent: Chain letter (school policy 2.6). Ref KM-7F3Q-2\n"
        "550-5.7.0 This looks like a chain letter: it asks people to pass it on. Take that part "
        "out "
        "and send it again.\n"
        "550-5.7.0 If it is school business, send it again with this first line: "
        "School-business: <why>\n"
        "550-5.7.0 Seen: \"Forward this to ten friends or have bad luck\" and \"bad luck\".\n"
        "550 5.7.0 Nobody received it and no person has read it. Ask: "
        "online-safety@kingsmead.example");
}

static void test_refused_recipient_is_told_apart_and_has_its_own_code(void)
{
    g_autofree char *text = refusal_text(
        "rule no\n    clause 1.2\n    title Student's personal address\n    to student\n"
        "    action reject\n    explain Please use the student's school address.\n",
        "x", SG_REFUSE_RECIPIENT, "the office");

    g_assert_cmpstr(
        text, ==,
        "550-5.7.1 Not accepted for this recipient: Student's personal address (school policy "
        "1.2). "
        "Ref KM-7F3Q-2\n"
        "550-5.7.1 Please use the student's school address. "
        "Clause 1.2 is about: Staff, students and social networks.\n"
        "550 5.7.1 Only this recipient is refused; the message itself has not been sent yet. Ask: "
        "the office");
}

static void test_critical_rule_quotes_nothing(void)
{
    g_autofree char *text =
        refusal_text("rule grave\n    clause 1.2\n    severity critical\n    title Message\n"
                     "    match /\\bour secret\\b/\n    action reject\n    explain Held.\n",
                     "This is our secret.", SG_REFUSE_MESSAGE, "x@y");

    g_assert_null(strstr(text, "secret"));
}

static void test_long_and_foreign_words_still_make_five_ascii_lines(void)
{
    g_autofree char *title = g_strnfill(300, 'T');
    g_autofree char *word = g_strnfill(150, 'w');
    g_autofree char *rules = g_strdup_printf(
        "rule r\n    clause 2.6\n    title %s\n    from staff\n    match /x/\n    action reject\n"
        "    explain Caf\xc3\xa9 \xe2\x80\x9cquoted\xe2\x80\x9d \xe6\x97\xa5 %s and more words "
        "after "
        "it that go on and on and on until nobody would read them any more, and then some\n"
        "    remedy %s\n",
        title, word, word);
    g_autofree char *text = refusal_text(rules, "x", SG_REFUSE_MESSAGE, word);

    support_assert_contains(text, "Cafe \"quoted\" ?");
    support_assert_contains(text, "Ref KM-7F3Q-2");
    support_assert_contains(text, "...");
}

static void test_unscannable_message_is_explained(void)
{
    School school = school_of("rule r\n    clause 2.6\n    match /x/\n");
    school.limits.message_size = 100;
    g_autofree char *body = g_strnfill(500, 'y');
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "s", body);
    g_autoptr(SgRefusal) refusal = sg_refusal_new(verdict, SG_REFUSE_MESSAGE, "KM-7F3Q-2", "x@y");

    g_assert_cmpstr(refusal->lines[0], ==,
                    "Not sent: The message could not be checked. Ref KM-7F3Q-2");
    school_done(&school);
}

static void test_temporary_refusal_asks_to_try_again(void)
{
    g_autoptr(SgRefusal) refusal = sg_refusal_temporary("online-safety@kingsmead.example");
    g_autofree char *text = sg_refusal_text(refusal);

    g_assert_cmpstr(text, ==,
                    "451-4.7.0 Not sent yet: the school's mail check is not available. Please try "
                    "again later.\n"
                    "451 4.7.0 If this lasts, ask: online-safety@kingsmead.example");
}

static void test_unknown_user_is_told_whether_it_is_for_good(void)
{
    g_autoptr(SgRefusal) later = sg_refusal_unknown_user(FALSE, "the office");
    g_autoptr(SgRefusal) never = sg_refusal_unknown_user(TRUE, "the office");
    g_autofree char *wait = sg_refusal_text(later);
    g_autofree char *end = sg_refusal_text(never);

    g_assert_cmpstr(wait, ==,
                    "451-4.7.1 Not sent yet: the school's mail check could not tell who wrote "
                    "this.\n451 4.7.1 If this lasts, ask: the office");
    g_assert_cmpstr(end, ==,
                    "550-5.7.1 Not sent: the school's mail check could not tell who wrote this.\n"
                    "550 5.7.1 Nobody received it and no person has read it. Ask: the office");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/explain/" #name, test_##name)
    PROMISE(refusal_says_what_why_what_now_and_whom_to_ask);
    PROMISE(refused_recipient_is_told_apart_and_has_its_own_code);
    PROMISE(critical_rule_quotes_nothing);
    PROMISE(long_and_foreign_words_still_make_five_ascii_lines);
    PROMISE(unscannable_message_is_explained);
    PROMISE(temporary_refusal_asks_to_try_again);
    PROMISE(unknown_user_is_told_whether_it_is_for_good);
    return g_test_run();
}
