/* test_policy_trace.c - the account of each rule, and what a trace says: why, and no word of the
 * message */
#include "golden.h"
#include "school.h"

#include "schoolgate/trace.h"

#define MARKER "zebracrossing"
#define RULES                                                                                      \
    "rule chain\n    clause 2.6\n    from staff\n"                                                 \
    "    signal 4 pass /\\bforward this to\\b/\n    signal 3 luck /\\bbad luck\\b/\n"              \
    "    need 6 points from 2 signals\n    action reject\n    except match /\\bexams office\\b/\n" \
    "rule for-students\n    clause 1.2\n    from staff\n    to student\n"                          \
    "    match /\\bforward this to\\b/\n    action log\n"                                          \
    "rule by-night\n    clause 1.2\n    from staff\n    when mon-fri 01:00-01:15\n"                \
    "    match /\\bforward this to\\b/\n    action log\n"                                          \
    "rule large\n    clause 2.6\n    from staff\n    size over 5M\n    action log\n"               \
    "rule only-in-files\n    clause 2.6\n    from staff\n"                                         \
    "    signal 2 sofa /\\bsofa for sale\\b/\n    need 2 points\n    action log\n"
#define LETTER "Forward this to ten " MARKER "s or have bad luck."

typedef struct Told {
    School school;
    GString *lines;
    GPtrArray *accounts;
    SgVerdict *verdict;
} Told;

static void note(const SgLogLine *line, gpointer data)
{
    g_autofree char *text = sg_log_line_as_text(line);

    g_string_append_printf(data, "%s\n", text);
}

static Told told_of(const char *rules, const char *body)
{
    Told told = {.school = school_of(rules), .lines = g_string_new(NULL)};
    g_autoptr(SgParties) parties = from_to(&told.school, "staff", "staff", NULL);
    g_autofree char *text = g_strdup_printf(
        "From: \"" MARKER "\" <a@b.example>\r\nSubject: " MARKER "\r\n\r\n%s\r\n", body);
    g_autoptr(GBytes) raw = g_bytes_new(text, strlen(text));
    g_autoptr(SgMessage) message = sg_message_new(raw, &told.school.limits);
    g_autoptr(SgTrace) trace = sg_trace_new(note, told.lines);

    strcpy(trace->id, "0badcafe");
    told.accounts = sg_rule_accounts_new();
    told.verdict =
        sg_judge_with_account(told.school.policy, message, parties, 1592820000, told.accounts);
    sg_trace_parties(trace, parties);
    sg_trace_message(trace, message);
    sg_trace_verdict(trace, told.accounts, told.verdict, parties);
    return told;
}

static void told_done(Told *told)
{
    g_string_free(told->lines, TRUE);
    g_ptr_array_unref(told->accounts);
    sg_verdict_free(told->verdict);
    school_done(&told->school);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Told, told_done)

static void assert_result(const Told *told, const char *rule, SgRuleResult result, const char *by)
{
    for (guint i = 0; i < told->accounts->len; i++) {
        const SgRuleAccount *account = told->accounts->pdata[i];

        if (!g_str_equal(sg_rule_name(account->rule), rule))
            continue;
        g_assert_cmpstr(sg_rule_result_names[account->result], ==, sg_rule_result_names[result]);
        g_assert_cmpstr(account->by, ==, by);
        return;
    }
    g_error("there is no account of %s", rule);
}

static void test_account_says_why_each_rule_held_or_not(void)
{
    g_auto(Told) told = told_of(RULES, LETTER);

    g_assert_cmpuint(told.accounts->len, ==, 5);
    assert_result(&told, "chain", SG_RULE_HELD, NULL);
    assert_result(&told, "for-students", SG_RULE_NOT_CONCERNED, "to");
    assert_result(&told, "by-night", SG_RULE_NOT_CONCERNED, "when");
    assert_result(&told, "large", SG_RULE_CONDITION, "size");
    assert_result(&told, "only-in-files", SG_RULE_SIGNALS, NULL);
}

static void test_account_tells_which_signals_were_confirmed(void)
{
    g_auto(Told) told = told_of(RULES, LETTER);
    const SgRuleAccount *account = told.accounts->pdata[0];

    g_assert_cmpint(account->points, ==, 7);
    g_assert_cmpuint(account->signals->len, ==, 2);
    g_assert_cmpstr(account->signals->pdata[0], ==, "pass:4");
}

static void test_exception_is_named(void)
{
    g_auto(Told) told = told_of(RULES, LETTER " Ask the exams office.");

    assert_result(&told, "chain", SG_RULE_EXCEPTED, "match");
    g_assert_cmpuint(told.verdict->findings->len, ==, 0);
}

static void test_rule_that_one_pass_has_left_out_is_told_as_such(void)
{
    School school = school_of(RULES);
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", NULL);
    g_autoptr(GBytes) raw = g_bytes_new_static("Subject: x\r\n\r\nGood morning\r\n", 28);
    g_autoptr(SgMessage) message = sg_message_new(raw, &school.limits);
    g_autoptr(GPtrArray) accounts = sg_rule_accounts_new();
    gboolean compiled = sg_policy_compile_patterns(school.policy);
    g_autoptr(SgVerdict) verdict =
        sg_judge_with_account(school.policy, message, parties, 1592820000, accounts);
    const SgRuleAccount *chain = accounts->pdata[0];

    g_assert_cmpstr(sg_rule_result_names[chain->result], ==, compiled ? "not-seen" : "signals");
    school_done(&school);
}

static void test_mail_that_is_exempt_is_told(void)
{
    School school = school_of(RULES);
    const SgExempt exempt = {(char *)"chain", SG_EXEMPT_PHRASE, (char *)"have bad luck", G_MAXINT64,
                             FALSE};
    const SgExempt *const exempts[] = {&exempt};
    g_autoptr(SgPolicy) policy = sg_policy_with_exemptions(school.policy, exempts, 1);
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", NULL);
    g_autoptr(GBytes) raw = g_bytes_new_static("Subject: x\r\n\r\n" LETTER, strlen(LETTER) + 14);
    g_autoptr(SgMessage) message = sg_message_new(raw, &school.limits);
    g_autoptr(GPtrArray) accounts = sg_rule_accounts_new();
    g_autoptr(SgVerdict) verdict =
        sg_judge_with_account(policy, message, parties, 1592820000, accounts);
    const SgRuleAccount *chain = accounts->pdata[0];

    g_assert_cmpstr(sg_rule_result_names[chain->result], ==, "exempt");
    g_assert_cmpstr(chain->by, ==, "phrase");
    g_assert_cmpuint(verdict->findings->len, ==, 0);
    school_done(&school);
}

static void test_verdict_is_the_same_with_an_account(void)
{
    g_auto(Told) told = told_of(RULES, LETTER);
    g_autoptr(SgVerdict) plain =
        judged(&told.school, from_to(&told.school, "staff", "staff", NULL), MARKER, LETTER);

    g_assert_cmpint(told.verdict->action, ==, plain->action);
    g_assert_cmpuint(told.verdict->findings->len, ==, plain->findings->len);
}

static void test_trace_reads_as_written(void)
{
    g_auto(Told) bad = told_of(RULES, LETTER);
    g_auto(Told) good = told_of(RULES, "See you on Monday.");

    assert_golden("trace-refused.txt", bad.lines->str);
    assert_golden("trace-clean.txt", good.lines->str);
}

static void test_trace_has_no_word_of_the_message(void)
{
    g_auto(Told) told = told_of(RULES, LETTER);

    support_assert_contains(told.lines->str, "step=verdict action=reject rule=chain");
    g_assert_null(strstr(told.lines->str, MARKER));
    g_assert_null(strstr(told.lines->str, "forward"));
}

static void test_many_rules_left_out_make_several_lines(void)
{
    g_autoptr(GString) rules = g_string_new(NULL);

    for (guint i = 0; i < 45; i++)
        g_string_append_printf(rules,
                               "rule number-%u\n    clause 1.2\n    from staff\n    to student\n"
                               "    action log\n",
                               i);
    g_auto(Told) told = told_of(rules->str, "x");
    g_auto(GStrv) parts = g_strsplit(told.lines->str, "step=left-out", -1);
    g_assert_cmpuint(g_strv_length(parts), ==, 1 + 3);
    support_assert_contains(told.lines->str, ",number-44\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
#define PROMISE(name) g_test_add_func("/trace/" #name, test_##name)
    PROMISE(account_says_why_each_rule_held_or_not);
    PROMISE(account_tells_which_signals_were_confirmed);
    PROMISE(exception_is_named);
    PROMISE(rule_that_one_pass_has_left_out_is_told_as_such);
    PROMISE(mail_that_is_exempt_is_told);
    PROMISE(verdict_is_the_same_with_an_account);
    PROMISE(trace_reads_as_written);
    PROMISE(trace_has_no_word_of_the_message);
    PROMISE(many_rules_left_out_make_several_lines);
    return g_test_run();
}
