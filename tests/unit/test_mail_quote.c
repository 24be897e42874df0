/* test_mail_quote.c - promises about whose words are whose: own, quoted, forwarded */
#include "support.h"

#include "../../milter/mail/mail_internal.h"

static void assert_split(const char *text, const char *own, const char *quoted)
{
    g_autoptr(GString) mine = g_string_new(NULL);
    g_autoptr(GString) theirs = g_string_new(NULL);

    sg_quote_split(sg_span(text), QUOTES_APART, mine, theirs);
    g_assert_cmpstr(mine->str, ==, own);
    g_assert_cmpstr(theirs->str, ==, quoted);
}

static void test_marked_lines_are_quoted(void)
{
    assert_split("Yes.\n> Coming?\n>> When?\n> > Then?\nSee you\n", "Yes.\nSee you\n",
                 " Coming?\n When?\n Then?\n");
    assert_split("mine\n| theirs\n| a | b |\n", "mine\n| a | b |\n", " theirs\n");
}

static void test_line_that_introduces_a_quote_goes_with_it(void)
{
    assert_split("Yes.\n\nOn 1 May 2026, Pat Doe wrote:\n> Coming?\n", "Yes.\n\n",
                 "On 1 May 2026, Pat Doe wrote:\n Coming?\n");
    assert_split("Yes.\nOn 1 May 2026 Pat Doe\n<pat@kingsmead.example> wrote:\n\n> Coming?\n",
                 "Yes.\n\n", "On 1 May 2026 Pat Doe\n<pat@kingsmead.example> wrote:\n Coming?\n");
}

static void test_answered_message_without_marks_is_quoted(void)
{
    assert_split("Fine.\n\nOn 1 May Pat wrote:\n\nComing?\n", "Fine.\n\n",
                 "On 1 May Pat wrote:\n\nComing?\n");
    assert_split("Fine.\n-----Original Message-----\nFrom: Pat\n\nComing?\n", "Fine.\n",
                 "-----Original Message-----\nFrom: Pat\n\nComing?\n");
    assert_split("Fine.\n\nFrom: Pat\nSent: 1 May\nTo: Ada\nSubject: x\n\nComing?\n", "Fine.\n\n",
                 "From: Pat\nSent: 1 May\nTo: Ada\nSubject: x\n\nComing?\n");
}

static void test_prose_is_not_taken_for_a_quote(void)
{
    assert_split("On Monday we went out.\nFrom: here to there\n",
                 "On Monday we went out.\nFrom: here to there\n", "");
    assert_split("On the board Pat wrote:\nbe kind\n", "be kind\n", "On the board Pat wrote:\n");
}

static void test_forwarded_message_is_the_senders_own(void)
{
    const char *text = "FYI\n---------- Forwarded message ---------\nFrom: Pat\n> quoted\n\ntext\n";

    assert_split(text, "FYI\n---------- Forwarded message ---------\nFrom: Pat\n quoted\n\ntext\n",
                 "");
    assert_split("FYI\nBegin forwarded message:\n\n> text\n",
                 "FYI\nBegin forwarded message:\n\n text\n", "");
}

static void assert_flows(const char *text, gboolean delete_space, const char *expected)
{
    g_autoptr(GString) flowed = g_string_new(text);

    sg_flowed_join(flowed, delete_space);
    g_assert_cmpstr(flowed->str, ==, expected);
}

static void test_flowed_lines_are_joined(void)
{
    assert_flows("one \ntwo\n three\n", FALSE, "one two\nthree\n");
    assert_flows("> one \n> two\n>> three \nfour\n", FALSE, "> one two\n>> three \nfour\n");
    assert_flows("fo \nrward\n", TRUE, "forward\n");
    assert_flows("text\n-- \nname\n", FALSE, "text\n-- \nname\n");
}

static void assert_signature(const char *own, const char *expected)
{
    g_autofree char *found = sg_span_dup(sg_signature_of(sg_span(own)));

    g_assert_cmpstr(found, ==, expected);
}

static void test_signature_is_recognised(void)
{
    assert_signature("Hello\n-- \nAda Khan\nYear 9\n", "Ada Khan\nYear 9");
    assert_signature("Hello\n--\nAda Khan\n", "Ada Khan");
    assert_signature("Hello\n\nSent from my iPhone\n", "Sent from my iPhone");
    assert_signature("one\n-- \ntwo\n-- \nAda\n", "Ada");
}

static void test_what_is_long_or_marked_otherwise_is_no_signature(void)
{
    g_autofree char *line = g_strnfill(1100, 'x');
    g_autofree char *letter = g_strconcat("Hello\n-- \n", line, NULL);

    assert_signature(letter, "");
    assert_signature("Hello\n-- \n\n", "");
    assert_signature("a -- b\n---\nHello\n", "");
    assert_signature("x\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n", "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mail/quote/marked", test_marked_lines_are_quoted);
    g_test_add_func("/mail/quote/introduced", test_line_that_introduces_a_quote_goes_with_it);
    g_test_add_func("/mail/quote/unmarked", test_answered_message_without_marks_is_quoted);
    g_test_add_func("/mail/quote/prose", test_prose_is_not_taken_for_a_quote);
    g_test_add_func("/mail/quote/forwarded", test_forwarded_message_is_the_senders_own);
    g_test_add_func("/mail/quote/flowed", test_flowed_lines_are_joined);
    g_test_add_func("/mail/quote/signature", test_signature_is_recognised);
    g_test_add_func("/mail/quote/no-signature",
                    test_what_is_long_or_marked_otherwise_is_no_signature);
    return g_test_run();
}
