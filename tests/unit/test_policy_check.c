/* test_policy_check.c - what `schoolgate check` says of rules that are well written: patterns that
 * can find nothing, take for ever, stand twice, or that no example shows to find anything.
 */
#include "school.h"

/* The report on a rule whose only fault may be in this pattern: it stands in line 11, column 19. */
static char *report_on(const char *pattern)
{
    g_autofree char *text = g_strdup_printf(
        "rule r\n    clause 2.6\n    from staff\n    except match /%s\n    miss [from parent] x\n",
        pattern);
    School school = school_of(text);

    sg_policy_check(school.policy, &school.limits, school.report);
    g_assert_cmpuint(sg_report_errors(school.report), ==, 0);
    char *report = sg_report_text(school.report, FALSE);
    school_done(&school);
    return report;
}

static void assert_warned_at(const char *pattern, guint column, const char *warning)
{
    g_autofree char *report = report_on(pattern);
    g_autofree char *expected = g_strdup_printf("school:11:%u: warning: %s", column, warning);

    support_assert_contains(report, expected);
}

static void assert_warned(const char *pattern, const char *warning)
{
    g_autofree char *report = report_on(pattern);

    support_assert_contains(report, warning);
}

static void assert_fine(const char *pattern)
{
    g_autofree char *report = report_on(pattern);

    if (*report)
        g_error("%s: %s", pattern, report);
}

/* In short ----------------------------------------------------------------------------------------
 */

static char *report_on_in_short(const char *words)
{
    g_autofree char *text =
        g_strdup_printf("rule r\n    clause 2.6\n    from staff\n    in-short %s\n", words);
    School school = school_of(text);

    sg_policy_check(school.policy, &school.limits, school.report);
    g_assert_cmpuint(sg_report_errors(school.report), ==, 0);
    char *report = sg_report_text(school.report, FALSE);
    school_done(&school);
    return report;
}

static void test_words_that_go_on_from_a_sentence_are_told_where_they_do_not(void)
{
    g_autofree char *long_words = g_strnfill(81, 'x'), *most = g_strnfill(80, 'x');
    g_autofree char *capital = report_on_in_short("Sent a chain letter");
    g_autofree char *accent = report_on_in_short("\xc3\x89"
                                                 "tude");
    g_autofree char *stop = report_on_in_short("sent a chain letter.");
    g_autofree char *too_long = report_on_in_short(long_words);
    g_autofree char *just_so = report_on_in_short(most);
    g_autofree char *good = report_on_in_short("sent a chain letter from Oxfam");

    support_assert_contains(capital, "school:11:14: warning: 'in-short' goes on from");
    support_assert_contains(accent, "begin it with a small letter");
    support_assert_contains(stop, "whose full stop is not written here");
    support_assert_contains(too_long, "has 81 characters");
    g_assert_null(strstr(just_so, "in-short"));
    g_assert_null(strstr(good, "in-short"));
}

/* Never -------------------------------------------------------------------------------------------
 */

static void test_what_folded_text_never_has_is_said_where_it_stands(void)
{
    assert_warned_at("a Big/", 21, "folded text has no capitals, so this can never match");
    assert_warned_at("x[A-Z]+/", 20, "folded text has no capitals");
    assert_warned_at("\\p{Lu}x/", 19, "folded text has no capitals");
    assert_warned_at("[[:upper:]]/", 19, "folded text has no capitals");
    assert_warned_at("\\QA b\\E/", 21, "folded text has no capitals");
    assert_warned_at("caf\xc3\xa9/", 22, "folded text has no accents or special letters");
    assert_warned_at("caf\\x{e9}/", 22, "folded text has no accents or special letters");
    assert_warned_at("caf\\xe9/", 22, "folded text has no accents or special letters");
    assert_warned_at("cafe\\p{Mn}/", 23, "folded text has no accents or special letters");
    assert_warned_at("it\xe2\x80\x99s/", 21, "folded text has plain quotes and dashes only");
    assert_warned_at("9\xe2\x80\x93"
                     "5/",
                     20, "folded text has plain quotes and dashes only");
    assert_warned_at("two  words/", 22, "folded text has single spaces only");
    assert_warned_at("two {2}words/", 22, "folded text has single spaces only");
    assert_warned_at("two\\s{2,}words/", 22, "folded text has single spaces only");
    assert_warned_at("a\\nb/", 20, "folded text has no tabs and line ends: they are spaces");
    assert_warned_at("a[\\r\\n]b/", 20, "folded text has no tabs and line ends");
    assert_warned_at("a\\Rb/", 20, "folded text has no tabs and line ends");
    assert_warned_at("a|\\tb/", 21, "folded text has no tabs and line ends");
    assert_warned_at("^dear/m", 19, "folded text is one line, so '^' holds only at its start");
    assert_warned_at("(?m:now$)/", 26, "folded text is one line, so '$' holds only at its end");
}

static void test_what_folded_text_may_have_is_left_alone(void)
{
    assert_fine("[A-Za-z]+x/");
    assert_fine("LOST/i");
    assert_fine("(?i)LOST/");
    assert_fine("[^a-z]\\W\\D\\S/");
    assert_fine("\xe4\xb8\xad/"); /* a Chinese character stays */
    assert_fine("(?<Name>x)\\k<Name>(?&Name)/");
    assert_fine("(?#A comment)x/");
    assert_fine("two\\s+words|[ ]x/");
    assert_fine("two  words # and a remark/x");
    assert_fine("^dear|now$/");
    assert_fine("A\\nB  C \xc3\xa9/ raw");
    assert_fine("^dear/m raw");
}

static void test_what_squeezed_text_never_has_is_said(void)
{
    assert_warned_at("free money/ squeezed", 23, "squeezed text has no spaces");
    assert_warned_at("free\\smoney/ squeezed", 23, "squeezed text has no spaces");
    assert_warned_at("free!/ squeezed", 23, "squeezed text has letters and digits only");
    assert_warned_at("fr[.,-]ee/ squeezed", 21, "squeezed text has letters and digits only");
    assert_warned_at("\\bfree/ squeezed", 19, "squeezed text is one long word, so '\\b' holds");
    assert_warned_at("pr0n/ squeezed", 21,
                     "squeezed text reads the digit 0 within a word as the letter 'o'");
    assert_warned_at(
        "FREE/ squeezed", 19,
        "squeezed text has no capitals, so this can never match squeezed text; write it plain");
    assert_fine("freemoney|call0800/ squeezed");
}

static void test_pattern_that_also_matches_nothing_is_said(void)
{
    assert_warned_at("x*/", 19, "this pattern also matches an empty text, so it always holds");
    assert_warned("(?:one)?|two/", "matches an empty text");
}

/* Slow --------------------------------------------------------------------------------------------
 */

static void test_repeat_within_a_repeat_is_said(void)
{
    assert_warned_at("x(a+)+$/", 20,
                     "a repeat within a repeat can share out the same letters in many ways, so "
                     "some texts take very long (on 'xaaaaaaaa…' it takes more than 1000000 steps "
                     "for 300 letters)");
    assert_warned("(\\w+\\s*)+x/", "a repeat within a repeat");
    assert_warned("(?:\\d*,?)*x/", "a repeat within a repeat");
    assert_warned("(\\w+\\s*)+/", "a repeat within a repeat");
}

static void test_repeats_side_by_side_are_said(void)
{
    assert_warned_at(".*.*x/", 21, "two repeats side by side can share out the same letters");
    assert_warned_at("\\w+\\w+\\w+/", 22, "two repeats side by side");
    assert_warned("(\\w+)(\\d*)x/", "two repeats side by side");
    assert_warned("\\w+ ?\\w+ ?x/", "two repeats side by side");
    assert_warned_at("a.*bb.*c/", 24, "two gaps without an end can share out the same text");
}

static void test_what_the_eye_does_not_see_is_found_by_trying(void)
{
    assert_warned_at("(?:a|a)*b/", 19, "this repeat can share out the same letters");
    assert_warned("(?:ab|a|b)*c/", "(on 'ab");
    assert_warned("(?:\\w{1,20}){1,20}x/", "more than 1000000 steps");
    assert_warned("\\S+@\\S+\\.\\S+!/", "this repeat can share out");
    assert_warned("(?:x|(?:\\w|_)+ ?)+!/", "many ways");
    assert_warned("(?=(?:a|aa)+$)x/", "this repeat can share out");
    assert_warned("dear (?:mum|dad) .*(?:and|or.*with) me/", "many ways");
}

static void test_ordinary_patterns_are_not_called_slow(void)
{
    assert_fine(
        "\\b(?:make|copy)\\b.{0,60}\\b(?:copies|letter)\\b.{0,60}\\b(?:friends|people)\\b/");
    assert_fine("\\bpass it on\\b.{0,300}\\bpass it on\\b/");
    assert_fine("(?:\\w+ )+people/");
    assert_fine("\\w+ \\w+ \\w+ x/");
    assert_fine("(?:all |the |each |of |your )*(?:\\w+ )?reports?\\b/");
    assert_fine("(?:\\d+,)*\\d+ pounds/");
    assert_fine("[\\w.]+@[\\w.]+\\.com/");
    assert_fine("(?>a+)+b|(?:a+)++b/");
    assert_fine("begin.*end/");
    assert_fine("\\w+@ .{0,60}a.{0,60}b.{0,60}c.{0,60}d/");
    assert_fine("[$\xc2\xa3] ?\\d{1,3}(?: ?, ?\\d{3})+/");
    assert_fine("(?<!who )\\bdo(?:n'?t| not) (?:\\S+ ){0,4}forward\\b/");
}

/* Whatever PCRE2 takes, the check must come back from. */
static void test_odd_syntax_is_taken_calmly(void)
{
    static const char *const odd[] = {"(?(?=a)b|c)x/",
                                      "(a)(?(1)b|c)x/",
                                      "(?|(a)|(b))\\1x/",
                                      "[]a]x/",
                                      "[^]a]x/",
                                      "[a\\]-]x/",

                                      "a{,3}x/",
                                      "(*UCP)x/",
                                      "(?-i)x/",
                                      "(?^i:x)/",
                                      "\\o{101}?x/",
                                      "\\cAx/",
                                      "\\x{1F600}?x/",
                                      "(?P<n>a)(?P=n)(?P>n)x/",
                                      "(?'n'a)\\k'n'x/",
                                      "()\\g{-1}x/",
                                      "a\\Kx/",
                                      "\\N{U+41}?x/",
                                      "(?<=ab)(?<!cd)x/",
                                      "\\p{^Greek}x/",
                                      "\\pLx/",
                                      "\\Q[\\Ex/",
                                      "\\Qab\\E+x/",
                                      "x(?R)?/",
                                      "((((((((x))))))))/"};

    for (guint i = 0; i < G_N_ELEMENTS(odd); i++)
        g_free(report_on(odd[i]));
}

/* Twice -------------------------------------------------------------------------------------------
 */

static void assert_error(const char *text, const char *expected)
{
    School school = school_with(text, SG_MODE_ENFORCE, NULL);

    g_assert_null(school.policy);
    support_assert_reported(school.report, expected);
    school_done(&school);
}

static void assert_policy_warned(const char *text, const char *warning)
{
    School school = school_of(text);

    sg_policy_check(school.policy, &school.limits, school.report);
    support_assert_reported(school.report, warning);
    school_done(&school);
}

static void assert_policy_fine(const char *text)
{
    School school = school_of(text);

    sg_policy_check(school.policy, &school.limits, school.report);
    g_autofree char *report = sg_report_text(school.report, FALSE);
    g_assert_cmpstr(report, ==, "");
    school_done(&school);
}

/* Two signals, of which the second is `second`, and one of their examples. */
#define RULE(name, first, second)                                                                  \
    "rule " name "\n    clause 2.6\n    from staff\n    signal 3 " first "\n    signal 3 " second  \
    "\n    need 6 points from 2 signals\n    hit luck friends\n"

static void test_pattern_that_stands_twice_is_said_with_its_other_place(void)
{
    assert_policy_warned(RULE("a", "one /luck/", "two /friends/")
                             RULE("b", "one /luc[k]/", "two /friends/"),
                         "school:19:19: warning: the same pattern stands at school:12 (rule 'a'); "
                         "make it a 'phrase' that both use");
    assert_policy_warned("phrase friends\n    says /friends/\n" RULE("a", "one /luck/", "friends")
                             RULE("b", "one /luc[k]/", "two /friends/"),
                         "the phrase 'friends' says the same, at school:9; let this use the "
                         "phrase");
    assert_policy_warned("phrase friends\n    says /friends/\n    says /friends/\n" RULE(
                             "a", "one /luck/", "friends"),
                         "the phrase 'friends' says this already, at school:9; leave it out");
}

static void test_patterns_that_differ_in_flags_or_form_are_no_twins(void)
{
    assert_policy_fine(RULE("a", "one /luck/", "two /luck/i"));
    assert_policy_fine(RULE("a", "one /luck/", "two /luck/ squeezed"));
    assert_policy_fine("phrase friends\n    says /friends/\n" RULE("a", "one /luck/", "friends")
                           RULE("b", "one /luc[k]/", "friends"));
}

static void test_phrase_that_counts_as_two_signs_is_said(void)
{
    assert_policy_warned("phrase luck\n    says /luck/\n" RULE("a", "luck", "again phrase luck"),
                         "the signals 'luck' and 'again' are the same phrase: that is one sign, "
                         "counted twice");
}

/* Shown by no example ---------------------------------------------------------------------------
 */

static void test_signal_that_no_hit_shows_is_said(void)
{
    assert_policy_warned(RULE("a", "one /luck/", "two /friends/") "    signal 3 three /frends/\n",
                         "school:15:20: warning: no 'hit' of rule 'a' shows the signal 'three'");
    assert_policy_warned(
        RULE("a", "one /luck/", "two /friends/") "    signal 1 four link /x\\.y/\n",
        "no 'hit' of rule 'a' shows the signal 'four'");
    assert_policy_fine(RULE("a", "one /luck/", "two /friends/") "    signal -3 five /frends/\n");
}

static void test_wording_that_no_hit_of_any_rule_shows_is_said_once(void)
{
    const char *text =
        "phrase friends\n    says /friends/\n    says /mates/\n    says /pals/\n" RULE(
            "a", "one /luck/", "friends")
            RULE("b", "one /luc[k]/", "friends") "    hit luck pals\n";
    School school = school_of(text);

    sg_policy_check(school.policy, &school.limits, school.report);
    g_assert_cmpuint(sg_report_warnings(school.report), ==, 1);
    support_assert_reported(school.report,
                            "school:10:11: warning: no 'hit' of a rule that uses the "
                            "phrase 'friends' shows this wording");
    school_done(&school);
}

static void test_a_miss_shows_nothing(void)
{
    assert_policy_warned(
        RULE("a", "one /luck/", "two /friends/") "    signal 3 three /mates/\n    miss no mates\n",
        "shows the signal 'three'");
}

/* One phrase --------------------------------------------------------------------------------------
 */

static gboolean one_phrase_is_enough(const char *settings)
{
    g_autofree char *text =
        g_strconcat("phrase luck\n    says /luck/\nrule r\n    clause 2.6\n", settings, NULL);
    School school = school_of(text);

    sg_policy_check(school.policy, &school.limits, school.report);
    g_autofree char *report = sg_report_text(school.report, FALSE);
    gboolean said = strstr(report, "rule 'r' can act on one phrase alone") != NULL;
    school_done(&school);
    return said;
}

static void test_one_sign_is_too_little_however_it_is_written(void)
{
    g_assert_true(one_phrase_is_enough("    match /luck/\n"));
    g_assert_true(one_phrase_is_enough("    phrase luck\n    to student\n"));
    g_assert_true(one_phrase_is_enough("    signal 3 luck\n    need 3 points\n"));
    g_assert_true(one_phrase_is_enough("    signal 3 luck\n    signal 2 a /friends/\n"
                                       "    need 3 points\n"));
    g_assert_true(one_phrase_is_enough("    signal 3 luck\n    signal 3 a to student\n"
                                       "    need 6 points\n"));
}

static void test_two_signs_are_enough_however_they_are_asked_for(void)
{
    g_assert_false(one_phrase_is_enough("    phrase luck\n    match /friends/\n"));
    g_assert_false(one_phrase_is_enough("    phrase luck\n    link /x/\n"));
    g_assert_false(one_phrase_is_enough("    signal 3 luck\n    signal 3 a /friends/\n"
                                        "    need 3 points from 2 signals\n"));
    g_assert_false(one_phrase_is_enough("    signal 3 luck\n    signal 3 a /friends/\n"
                                        "    need 6 points\n"));
}

/* Clauses that no mail can touch --------------------------------------------------------------- */

#define STORING "policy storing\n    clause 3.4  When it is deleted\n"

static void test_rule_for_a_clause_that_no_mail_can_touch_is_said(void)
{
    assert_policy_warned(STORING "    not-by-mail 3.4  It is about the record.\n"
                                 "rule r\n    clause storing 3.4\n    to student\n",
                         "school:12:12: warning: policy 'storing' says that no mail can touch "
                         "clause 3.4 (It is about the record.)");
}

static void test_reason_needs_a_clause_and_is_given_once(void)
{
    assert_error("policy storing\n    not-by-mail 3.4  It is about the record.\n",
                 "school:9:17: error: no clause 3.4 is listed above; write 'clause 3.4 TITLE' "
                 "first");
    assert_error(STORING "    not-by-mail 3.4  Why.\n    not-by-mail 3.4  Why else.\n",
                 "school:11:17: error: why no mail can touch clause 3.4 is said already");
    assert_error(STORING "    not-by-mail 3.4\n",
                 "the reason why no mail can touch it is missing here");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/check/" #name, test_##name)
    PROMISE(words_that_go_on_from_a_sentence_are_told_where_they_do_not);
    PROMISE(what_folded_text_never_has_is_said_where_it_stands);
    PROMISE(what_folded_text_may_have_is_left_alone);
    PROMISE(what_squeezed_text_never_has_is_said);
    PROMISE(pattern_that_also_matches_nothing_is_said);
    PROMISE(repeat_within_a_repeat_is_said);
    PROMISE(repeats_side_by_side_are_said);
    PROMISE(what_the_eye_does_not_see_is_found_by_trying);
    PROMISE(ordinary_patterns_are_not_called_slow);
    PROMISE(odd_syntax_is_taken_calmly);
    PROMISE(pattern_that_stands_twice_is_said_with_its_other_place);
    PROMISE(patterns_that_differ_in_flags_or_form_are_no_twins);
    PROMISE(phrase_that_counts_as_two_signs_is_said);
    PROMISE(signal_that_no_hit_shows_is_said);
    PROMISE(wording_that_no_hit_of_any_rule_shows_is_said_once);
    PROMISE(a_miss_shows_nothing);
    PROMISE(one_sign_is_too_little_however_it_is_written);
    PROMISE(two_signs_are_enough_however_they_are_asked_for);
    PROMISE(rule_for_a_clause_that_no_mail_can_touch_is_said);
    PROMISE(reason_needs_a_clause_and_is_given_once);
    return g_test_run();
}
