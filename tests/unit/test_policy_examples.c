/* test_policy_examples.c - examples that are messages in files.
 */
#include "school.h"

#define RULE                                                                                       \
    "rule r\n    clause 2.6\n    from staff\n    to student\n"                                     \
    "    look-in subject, body, attachments\n    match /luck/\n    size over 1\n"

#define MAIL(body) "From: someone@elsewhere.example\nSubject: hello\n\n" body "\n"

/* What there is in the only folder there is. */
typedef struct Shelf {
    const char *mail;
    guint opened; /* messages of which the attachments were asked for */
} Shelf;

static GBytes *read_file(const char *path, gpointer data, GError **error)
{
    const Shelf *shelf = data;

    if (strcmp(path, "examples/angels.eml") == 0)
        return g_bytes_new_static(shelf->mail, strlen(shelf->mail));
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "cannot open '%s': it is not there", path);
    return NULL;
}

static gboolean read_attachments(SgMessage *message, gpointer data, GError **error)
{
    (void)message;
    (void)error;
    ((Shelf *)data)->opened++;
    return TRUE;
}

/* The report on RULE with `example`, which names a file that holds `mail`. */
static char *report_on(const char *example, const char *mail, guint *opened)
{
    Shelf shelf = {mail, 0};
    const SgExampleAids aids = {read_file, read_attachments, &shelf};
    g_autofree char *text = g_strconcat(RULE, "    ", example, "\n", NULL);
    School school = school_of(text);

    sg_policy_check_with(school.policy, &school.limits, &aids, school.report);
    char *report = sg_report_text(school.report, FALSE);
    school_done(&school);
    if (opened)
        *opened = shelf.opened;
    return report;
}

static void assert_fine(const char *example, const char *mail)
{
    g_autofree char *report = report_on(example, mail, NULL);

    if (strstr(report, "error"))
        g_error("%s", report);
}

static void assert_error(const char *example, const char *mail, const char *expected)
{
    g_autofree char *report = report_on(example, mail, NULL);

    support_assert_contains(report, expected);
}

static void test_example_in_a_file_is_judged_as_sent_by_whom_the_rule_names(void)
{
    assert_fine("hit [file examples/angels.eml]", MAIL("good luck"));
    assert_fine("miss [file examples/angels.eml]", MAIL("good bye"));
}

static void test_envelope_of_an_example_in_a_file_can_be_said(void)
{
    assert_fine("miss [file examples/angels.eml; to parent]", MAIL("good luck"));
    assert_fine("miss [from parent; file examples/angels.eml]", MAIL("good luck"));
    assert_fine("hit [file examples/angels.eml; recipients 3; at 2026-11-23 22:10]",
                MAIL("good luck"));
}

static void test_failing_example_names_its_file(void)
{
    assert_error("hit [file examples/angels.eml]", MAIL("good bye"),
                 "school:15:9: error: rule 'r' does not catch the example angels.eml (does not "
                 "hold: its text has /luck/)");
    assert_error("miss [file examples/angels.eml]", MAIL("good luck"),
                 "rule 'r' should let pass the example angels.eml");
}

static void test_file_that_cannot_be_read_is_an_error(void)
{
    assert_error("hit [file examples/devils.eml]", "",
                 "school:15:9: error: cannot open 'examples/devils.eml': it is not there");
    assert_error("hit [file examples/angels.eml]", "no headers here",
                 "cannot read 'examples/angels.eml' as mail: it does not begin with headers");
    assert_error("hit [file]", "", "a file's name is missing here");
}

static void test_file_brings_its_own_text(void)
{
    assert_error("hit [file examples/angels.eml] good luck", MAIL("x"),
                 "an example in a file brings its own text");
    assert_error("hit [file examples/angels.eml; subject luck]", MAIL("x"),
                 "an example in a file brings its own text");
}

static void test_attachments_are_read_of_files_alone(void)
{
    guint opened = 0;

    g_free(report_on("hit [file examples/angels.eml]", MAIL("good luck"), &opened));
    g_assert_cmpuint(opened, ==, 1);
    g_free(report_on("hit [attach a.jpg image/jpeg] good luck", "", &opened));
    g_assert_cmpuint(opened, ==, 0);
}

static void test_without_a_reader_a_file_is_an_error(void)
{
    School school = school_of(RULE "    hit [file examples/angels.eml]\n");

    sg_policy_check(school.policy, &school.limits, school.report);
    support_assert_reported(school.report, "examples cannot be files here");
    school_done(&school);
}

static void test_a_miss_that_cannot_be_judged_whole_shows_nothing(void)
{
    School school = school_of("rule r\n    clause 2.6\n    from staff\n    match /luck/\n"
                              "    size over 1\n    miss [size 64K] no\n");

    school.limits.message_size = 1000;
    sg_policy_check(school.policy, &school.limits, school.report);
    support_assert_reported(school.report, "this example shows nothing");
    support_assert_reported(school.report, "the limit 'message-size'");
    g_assert_cmpuint(sg_report_errors(school.report), ==, 1);
    school_done(&school);
}

static void test_unknown_facet_is_told_all_that_there_are(void)
{
    g_autofree char *report = report_on("hit [sent staff] luck", MAIL("x"), NULL);

    support_assert_contains(report, "an example has no facet 'sent'; it may have from, to, file, "
                                    "subject, attach, header, recipients, repeated, size and at");
}

static void test_examples_can_be_shown(void)
{
    School school = school_of(RULE "    hit [from staff] luck\n    miss nothing\n"
                                   "    explain It looks like that.\n    remedy Wait.\n");
    const SgRule *rule = sg_policy_rule(school.policy, 0);

    g_assert_cmpuint(sg_rule_example_count(rule), ==, 2);
    g_assert_cmpint(sg_rule_example_kind(rule, 0), ==, SG_EXAMPLE_HIT);
    g_assert_cmpstr(sg_rule_example_text(rule, 0), ==, "[from staff] luck");
    g_assert_cmpint(sg_rule_example_kind(rule, 1), ==, SG_EXAMPLE_MISS);
    g_assert_cmpstr(sg_rule_explain(rule), ==, "It looks like that.");
    g_assert_cmpstr(sg_rule_remedy(rule), ==, "Wait.");
    g_assert_false(sg_rule_may_override(rule));
    g_assert_cmpint(sg_policy_mode(school.policy), ==, SG_MODE_ENFORCE);
    school_done(&school);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/examples/" #name, test_##name)
    PROMISE(examples_can_be_shown);
    PROMISE(example_in_a_file_is_judged_as_sent_by_whom_the_rule_names);
    PROMISE(envelope_of_an_example_in_a_file_can_be_said);
    PROMISE(failing_example_names_its_file);
    PROMISE(file_that_cannot_be_read_is_an_error);
    PROMISE(file_brings_its_own_text);
    PROMISE(attachments_are_read_of_files_alone);
    PROMISE(without_a_reader_a_file_is_an_error);
    PROMISE(unknown_facet_is_told_all_that_there_are);
    PROMISE(a_miss_that_cannot_be_judged_whole_shows_nothing);
    return g_test_run();
}
