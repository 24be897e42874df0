/* test_policy_language.c - what a rule's author is told: every slip, where it stands, what to do.
 */
#include "school.h"

#define RULE_HEAD "rule r\n    clause 2.6\n    from staff\n"

/* SCHOOL_POLICY takes seven lines, so the first line of `text` is line 8. */
static void assert_error(const char *text, const char *expected)
{
    School school = school_with(text, SG_MODE_ENFORCE, NULL);

    g_assert_null(school.policy);
    support_assert_reported(school.report, expected);
    school_done(&school);
}

static void test_every_statement_of_the_language_is_understood(void)
{
    School school = school_of("role chaplain\n"
                              "rule full\n"
                              "    clause    social-media 2.6\n"
                              "    title     Everything  # in one\n"
                              "    severity  high\n"
                              "    mode      observe                  # not yet\n"
                              "    from      staff, chaplain, group newsletter\n"
                              "    to        student, former-student, personal of student, "
                              "external, address A@B.example\n"
                              "    author    staff\n"
                              "    envelope  staff\n"
                              "    direction internal\n"
                              "    look-in   subject, body, quoted, attachments, names, links\n"
                              "    when      mon-fri 08:30-15:30, sat, term 22:00-06:00\n"
                              "    recipients over 20\n"
                              "    size over 5M\n"
                              "    attachment name /\\.docx$/\n"
                              "    attachment type image/*\n"
                              "    attachment unreadable\n"
                              "    header Subject /hello/\n"
                              "    link /snapchat\\.com/\n"
                              "    match /a\\/b/ raw\n"
                              "    match /luck/ squeezed\n"
                              "    signal 4  first   /\\bsend this\\b/\n"
                              "    signal 3  second  link /example/\n"
                              "    signal -2 against to parent\n"
                              "    need      6 points from 2 signals\n"
                              "    except    from group newsletter\n"
                              "    except    match /\\bexams? office\\b/\n"
                              "    except    to parent\n"
                              "    action    tag, notify sender, alert officer\n"
                              "    subject-prefix [Check]\n"
                              "    alert     head\n"
                              "    explain   Why it was seen.\n"
                              "    remedy    What to do.\n"
                              "    in-short  sent  everything\n"
                              "    hit       An example.\n"
                              "    miss      [to parent; subject Hello] Another.\n"
                              "rule hold\n"
                              "    clause 1.2\n"
                              "    to personal of student\n"
                              "    action quarantine mta\n");

    g_assert_cmpuint(sg_policy_rule_count(school.policy), ==, 2);
    const SgRule *rule = sg_policy_find_rule(school.policy, "full");
    g_assert_cmpstr(sg_rule_title(rule), ==, "Everything  # in one");
    g_assert_cmpstr(sg_rule_in_short(rule), ==, "sent  everything");
    g_assert_null(sg_rule_in_short(sg_policy_find_rule(school.policy, "hold")));
    g_assert_cmpstr(sg_rule_clause_title(rule), ==, "Chain letters, spam and solicitations");
    g_assert_cmpint(sg_rule_action(rule), ==, SG_ACTION_NOTIFY);
    g_assert_cmpint(sg_rule_mode(rule), ==, SG_MODE_OBSERVE);
    school_done(&school);
}

static gboolean reads_attachments(const char *settings)
{
    g_autofree char *text = g_strconcat(RULE_HEAD, settings, NULL);
    School school = school_of(text);
    gboolean reads = sg_policy_reads_attachments(school.policy);

    school_done(&school);
    return reads;
}

static void test_attachments_are_read_only_when_a_rule_asks(void)
{
    g_assert_false(reads_attachments("    match /x/\n    link /y/\n"));
    g_assert_false(reads_attachments("    attachment name /x/\n    attachment type image/*\n"));
    g_assert_false(reads_attachments("    look-in attachments\n    size over 5M\n"));
    g_assert_true(reads_attachments("    look-in body, attachments\n    match /x/\n"));
    g_assert_true(reads_attachments("    look-in attachments\n    signal 1 a /x/\n"
                                    "    need 1 points\n"));
    g_assert_true(reads_attachments("    look-in attachments\n    except link /x/\n"));
    g_assert_true(reads_attachments("    attachment unreadable\n"));
    g_assert_true(reads_attachments("    except attachment unreadable\n"));
}

static void test_misspelt_setting_is_suggested(void)
{
    assert_error("rule r\n    clause 2.6\n    form staff\n",
                 "school:10:5: error: unknown setting 'form'; did you mean 'from'?\n"
                 "        form staff\n"
                 "        ^~~~\n");
}

static void test_missing_slash_is_said(void)
{
    assert_error(RULE_HEAD "    signal 4 luck \\bluck\\b\n    need 4 points\n",
                 "school:11:19: error: a pattern between slashes is expected here");
    assert_error(RULE_HEAD "    signal 4 luck /\\bluck\\b\n    need 4 points\n",
                 "school:11:19: error: the pattern has no closing slash");
}

static void test_signal_without_name_is_said(void)
{
    assert_error(RULE_HEAD "    signal 4 /luck/\n    need 4 points\n",
                 "a signal has a name before its pattern");
}

static void test_unknown_role_is_suggested(void)
{
    assert_error("rule r\n    clause 2.6\n    to studnet\n",
                 "school:10:8: error: unknown role 'studnet'; did you mean 'student'?");
}

static void test_unknown_group_is_an_error(void)
{
    assert_error("rule r\n    clause 2.6\n    from group newsleter\n",
                 "school:10:16: error: unknown group 'newsleter'; did you mean 'newsletter'?");
}

static void test_missing_need_is_said(void)
{
    assert_error(RULE_HEAD "    signal 4 a /a/\n    signal 3 b /b/\n",
                 "school:8:6: error: rule 'r' has signals but no 'need'");
}

static void test_need_that_cannot_be_met_is_an_error(void)
{
    assert_error(RULE_HEAD "    signal 4 a /a/\n    signal -3 b /b/\n    need 5 points\n",
                 "this can never be met: all signals together give 4 points");
    assert_error(RULE_HEAD "    signal 4 a /a/\n    need 4 points from 2 signals\n",
                 "this can never be met: the rule has 1 signals");
    assert_error(RULE_HEAD "    need 4 points\n", "'need' counts signals, but this rule has none");
}

static void test_pcre_error_offset_is_the_column(void)
{
    assert_error(
        RULE_HEAD "    match /luck (unclosed/\n",
        "school:11:26: error: this pattern is not understood: missing closing parenthesis");
}

static void test_unknown_pattern_flag_is_said(void)
{
    assert_error(RULE_HEAD "    match /luck/g\n", "'g' is no pattern flag");
}

static void test_override_on_a_quarantine_is_an_error(void)
{
    assert_error(RULE_HEAD "    action quarantine\n    override yes\n",
                 "school:12:14: error: a quarantine cannot be overridden");
    assert_error(RULE_HEAD "    severity critical\n    action reject\n    override yes\n",
                 "a critical rule cannot be overridden");
    assert_error(RULE_HEAD "    override yes\n", "there is nothing to override");
}

static void test_action_list_makes_sense(void)
{
    assert_error(RULE_HEAD "    action log, quarantine\n", "'log' goes without saying");
    assert_error(RULE_HEAD "    action quarantine alert officer\n", "is a comma missing?");
    assert_error(RULE_HEAD "    attachment type /sheet/\n", "a type is no pattern but two words");
    assert_error(RULE_HEAD "    signal luck /luck/\n    need 1 points\n",
                 "a signal begins with its points and its name");
    assert_error("rule r\n    clause 2.6\n    from xyzzy\n",
                 "unknown role 'xyzzy'; there are: staff, student, former-student, parent");
}

static void test_failing_example_names_the_condition(void)
{
    School school = school_of(RULE_HEAD "    match /hello/\n    except to parent\n"
                                        "    hit  [from student] hello\n"
                                        "    hit  [to parent] hello\n"
                                        "    hit  [to parent hello\n"
                                        "    miss hello\n");

    sg_policy_check(school.policy, &school.limits, school.report);
    support_assert_reported(school.report, "(does not hold: it is sent by staff)");
    support_assert_reported(school.report, "(excepted: it goes to a parent)");
    support_assert_reported(school.report, "the '[' has no ']'");
    support_assert_reported(school.report,
                            "should let pass this example (all its conditions hold)");
    school_done(&school);
}

static void test_subject_prefix_without_tag_is_an_error(void)
{
    assert_error(RULE_HEAD "    subject-prefix [x]\n", "'subject-prefix' goes with 'action tag'");
}

static void test_clause_that_no_policy_lists_is_an_error(void)
{
    assert_error("rule r\n    clause 9.9\n    from staff\n",
                 "school:9:12: error: policy 'social-media' lists no clause 9.9; it has: 1.2, 2.6");
    assert_error("rule r\n    clause other 1.2\n    from staff\n", "there is no policy 'other'");
    assert_error("rule r\n    from staff\n", "rule 'r' cites no clause");
}

static void test_second_rule_of_a_name_is_an_error(void)
{
    assert_error(RULE_HEAD RULE_HEAD,
                 "school:11:6: error: there is a rule 'r' already, at school:8");
}

static void test_rule_without_conditions_is_an_error(void)
{
    assert_error("rule r\n    clause 2.6\n    action log\n",
                 "rule 'r' has neither conditions nor signals");
}

static void test_all_errors_are_reported_in_one_run(void)
{
    School school =
        school_with("rule r\n    clause 2.6\n    form staff\n    to studnet\n"
                    "    match /(/\n    when someday\n    recipients 5\n    size over x\n"
                    "    attachment foo\n    severity grave\n    action bounce\n",
                    SG_MODE_ENFORCE, NULL);

    g_assert_cmpuint(sg_report_errors(school.report), >=, 9);
    school_done(&school);
}

static void test_check_runs_the_examples_and_names_the_one_that_fails(void)
{
    School school = school_of(RULE_HEAD "    signal 4 luck /\\bbad luck\\b/\n"
                                        "    signal 3 pass /\\bpass it on\\b/\n"
                                        "    need 6 points from 2 signals\n"
                                        "    hit   Pass it on or have bad luck.\n"
                                        "    hit   Just bad luck.\n"
                                        "    miss  Bad luck with the weather.\n"
                                        "    miss  Pass it on, or bad luck.\n");

    g_assert_cmpuint(sg_policy_check(school.policy, &school.limits, school.report), ==, 4);
    g_assert_cmpuint(sg_report_errors(school.report), ==, 2);
    support_assert_reported(school.report,
                            "school:15:11: error: rule 'r' does not catch this "
                            "example (signals seen: luck; 4 points, and 6 are needed from 2");
    support_assert_reported(school.report, "school:17:11: error: rule 'r' should let pass this");
    school_done(&school);
}

static void test_example_facets_set_the_scene(void)
{
    School school =
        school_of("rule scene\n    clause 2.6\n    to student\n    recipients over 20\n"
                  "    size over 100K\n    attachment type image/*\n    header X-Mailer /bulk/\n"
                  "    when mon-fri 22:00-23:00\n    match /\\bhello\\b/\n"
                  "    hit [recipients 21; size 200K; attach a.jpg image/jpeg; header X-Mailer: "
                  "Bulk 2] hello\n"
                  "    miss [to parent; recipients 21; size 200K; attach a.jpg image/jpeg; "
                  "header X-Mailer: Bulk] hello\n"
                  "    miss [recipients 20; size 200K; attach a.jpg image/jpeg; header X-Mailer: "
                  "Bulk] hello\n"
                  "    miss [recipients 21; attach a.jpg image/jpeg; header X-Mailer: Bulk] hello\n"
                  "    miss [recipients 21; size 200K; attach a.jpg; header X-Mailer: Bulk] hello\n"
                  "    miss [recipients 21; size 200K; attach a.jpg image/jpeg] hello\n"
                  "    miss [at 2026-01-05 12:00; recipients 21; size 200K; "
                  "attach a.jpg image/jpeg; header X-Mailer: Bulk] hello\n"
                  "    hit [at 2026-01-05 22:30; recipients 21; size 200K; "
                  "attach a.jpg image/jpeg; header X-Mailer: Bulk; subject hello] none\n");

    sg_policy_check(school.policy, &school.limits, school.report);
    g_autofree char *text = sg_report_text(school.report, FALSE);
    if (sg_report_errors(school.report) > 0)
        g_error("%s", text);
    school_done(&school);
}

static void test_check_warns_of_what_surprises(void)
{
    School school = school_of(
        "rule word\n    clause 2.6\n    match /\\bchurch\\b/\n    hit church\n"
        "rule capital\n    clause 2.6\n    from student\n    link /x/\n    match /Church/\n"
        "rule accent\n    clause 2.6\n    match /caf\xc3\xa9/\n"
        "rule spaces\n    clause 2.6\n    match /two  spaces/\n"
        "rule empty\n    clause 2.6\n    match /x*/\n"
        "rule fine\n    clause 2.6\n    match /\\bA\\B\\x{41}\\p{Lu}(?<Name>x)/ raw\n    match "
        "/[[:alpha:]]\\S\\W\\D/\n    hit a\n");

    sg_policy_check(school.policy, &school.limits, school.report);
    support_assert_reported(school.report, "rule 'word' can act on one phrase alone");
    support_assert_reported(school.report,
                            "warning: folded text has no capitals, so this can never");
    support_assert_reported(school.report, "warning: folded text has no accents");
    support_assert_reported(school.report, "warning: folded text has single spaces only");
    support_assert_reported(school.report, "this pattern also matches an empty text");
    support_assert_reported(school.report, "rule 'capital' has no examples");
    school_done(&school);
}

static void test_manual_names_every_setting(void)
{
    g_autofree char *help = sg_policy_language_help();

    for (const SgSetting *setting = sg_rule_settings(); setting->name; setting++) {
        g_autofree char *entry = g_strdup_printf("    %s %s\n", setting->name, setting->usage);
        support_assert_contains(help, entry);
    }
}

static void test_rule_is_described_in_plain_words(void)
{
    School school = school_of("rule r\n    clause 2.6\n    title Chain letter\n    from staff\n"
                              "    signal 4 luck /\\bbad luck\\b/\n    signal 3 link link /x/\n"
                              "    need 6 points from 2 signals\n    except to parent\n"
                              "    action reject\n    override yes\n    alert officer, head\n"
                              "    explain x\n");
    g_autofree char *text = sg_rule_describe(sg_policy_rule(school.policy, 0));

    g_assert_cmpstr(
        text, ==,
        "Chain letter (r)\n"
        "Keeps clause 2.6 of social-media: Chain letters, spam and solicitations. Severity: "
        "medium.\n"
        "A message is meant when\n"
        "  it is sent from within the school\n"
        "  it is sent by staff\n"
        "and at least 6 points come together from 2 of these signals:\n"
        "  +4  luck: its text has /\\bbad luck\\b/\n"
        "  +3  link: it has a link like /x/\n"
        "but not when it goes to a parent\n"
        "Texts looked at: subject, body.\n"
        "Then it is refused and the sender is told why; nobody receives it.\n"
        "The online safety officer and the head are told at once.\n"
        "The sender may resend it with a first line 'School-business: <why>'.\n");
    school_done(&school);
}

static void test_a_rule_tells_how_many_points_it_needs(void)
{
    School school = school_of("rule r\n    clause 2.6\n    signal 4 luck /luck/\n"
                              "    signal 3 link link /x/\n    need 6 points\n"
                              "rule s\n    clause 2.6\n    match /x/\n");

    g_assert_cmpint(sg_rule_need_points(sg_policy_rule(school.policy, 0)), ==, 6);
    g_assert_cmpint(sg_rule_need_points(sg_policy_rule(school.policy, 1)), ==, 0);
    school_done(&school);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/language/" #name, test_##name)
    PROMISE(every_statement_of_the_language_is_understood);
    PROMISE(attachments_are_read_only_when_a_rule_asks);
    PROMISE(misspelt_setting_is_suggested);
    PROMISE(missing_slash_is_said);
    PROMISE(signal_without_name_is_said);
    PROMISE(unknown_role_is_suggested);
    PROMISE(unknown_group_is_an_error);
    PROMISE(missing_need_is_said);
    PROMISE(need_that_cannot_be_met_is_an_error);
    PROMISE(pcre_error_offset_is_the_column);
    PROMISE(unknown_pattern_flag_is_said);
    PROMISE(override_on_a_quarantine_is_an_error);
    PROMISE(action_list_makes_sense);
    PROMISE(failing_example_names_the_condition);
    PROMISE(subject_prefix_without_tag_is_an_error);
    PROMISE(clause_that_no_policy_lists_is_an_error);
    PROMISE(second_rule_of_a_name_is_an_error);
    PROMISE(rule_without_conditions_is_an_error);
    PROMISE(all_errors_are_reported_in_one_run);
    PROMISE(check_runs_the_examples_and_names_the_one_that_fails);
    PROMISE(example_facets_set_the_scene);
    PROMISE(check_warns_of_what_surprises);
    PROMISE(manual_names_every_setting);
    PROMISE(rule_is_described_in_plain_words);
    PROMISE(a_rule_tells_how_many_points_it_needs);
    return g_test_run();
}
