/* test_config.c - a whole configuration: what it must say, what it may include, what stands in it
 * when nothing is said. */
#include "schoolgate/config.h"
#include "support.h"

#include <gio/gio.h>

#define SCHOOL "school\n    officer online-safety@kingsmead.example\n"
#define POLICY                                                                                     \
    "policy social-media\n    version June 2020\n    clause 2.6 Chain letters\n"                   \
    "rule r\n    clause 2.6\n    from staff\n    match /x/\n"

typedef struct Fixture {
    char *folder;
    SgReport *report;
    SgConfig *config;
} Fixture;

static Fixture loaded(const char *text, ...)
{
    Fixture fixture = {.folder = support_folder(), .report = sg_report_new()};
    g_autofree char *path = support_file(fixture.folder, "schoolgate.conf", text);
    va_list args;

    va_start(args, text);
    for (const char *name; (name = va_arg(args, const char *));)
        g_free(support_file(fixture.folder, name, va_arg(args, const char *)));
    va_end(args);
    fixture.config = sg_config_load(path, fixture.report);
    return fixture;
}

static void done(Fixture *fixture)
{
    g_clear_pointer(&fixture->config, sg_config_unref);
    sg_report_free(fixture->report);
    support_folder_remove(fixture->folder);
    g_free(fixture->folder);
}

static void assert_good(const Fixture *fixture)
{
    g_autofree char *text = sg_report_text(fixture->report, FALSE);

    if (!fixture->config)
        g_error("%s", text);
}

static void test_little_needs_to_be_said(void)
{
    Fixture f = loaded(SCHOOL, NULL);

    assert_good(&f);
    g_assert_cmpstr(f.config->school.contact, ==, "online-safety@kingsmead.example");
    g_assert_cmpstr(f.config->gate.socket, ==, "unix:/run/schoolgate/milter.sock");
    g_assert_cmpuint(f.config->gate.socket_mode, ==, 0660);
    g_assert_cmpint(f.config->failures.store, ==, SG_FAILURE_TEMPFAIL);
    g_assert_cmpint(f.config->failures.spool, ==, SG_FAILURE_TEMPFAIL);
    g_assert_cmpint(f.config->failures.limit, ==, SG_ACTION_QUARANTINE);
    g_assert_cmpint(f.config->gate.judge, ==, SG_SCOPE_OUTGOING);
    g_assert_cmpuint(f.config->gate.inside->len, ==, 2);
    g_assert_true(f.config->guard.demote);
    g_assert_cmpuint(f.config->guard.holds, ==, 20);
    g_assert_cmpuint(f.config->guard.released, ==, 50);
    g_assert_cmpint(f.config->guard.look_every, ==, 30);
    done(&f);
}

static void test_every_setting_is_understood(void)
{
    Fixture f = loaded(
        "mode observe\nschool\n    name Kingsmead # School\n    reference KM\n"
        "    officer online-safety@kingsmead.example\n    head head@kingsmead.example\n"
        "    postmaster postmaster@kingsmead.example\n"
        "    contact Mrs Okafor, extension 214\n    time-zone Europe/London\n"
        "    term 2026-09-02 to 2026-10-23\n    term 2026-11-02 to 2026-12-18\n"
        "gate\n    socket unix:milter.sock\n    socket-mode 0600\n    socket-group postfix\n"
        "    user schoolgate\n    judge everything\n    inside 10.0.0.0/8, 2001:db8::/32\n"
        "    login-domain kingsmead.example\n    concurrency 8\n    turn 90s\n"
        "    spool-memory 2M\n"
        "    spool spool\n    log stderr\n"
        "failures\n    store-unavailable pass\n    spool-full tempfail\n    helper-down pass\n"
        "    unscannable reject\n"
        "limits\n    message-size 5M\n    judge-time 10s\n"
        "record\n    database record.db\n"
        "guard\n    demote no\n    holds 10\n    released over 75%\n    look-every 5m\n" POLICY,
        NULL);
    g_autofree char *socket = g_strdup_printf("unix:%s/milter.sock", f.folder);
    g_autofree char *database = g_build_filename(f.folder, "record.db", NULL);

    assert_good(&f);
    g_assert_cmpstr(f.config->school.name, ==, "Kingsmead # School");
    g_assert_cmpstr(f.config->school.contact, ==, "Mrs Okafor, extension 214");
    g_assert_cmpstr(f.config->gate.socket, ==, socket);
    g_assert_cmpstr(f.config->database, ==, database);
    g_assert_cmpuint(f.config->gate.socket_mode, ==, 0600);
    g_assert_cmpint(f.config->gate.turn, ==, 90);
    g_assert_cmpint(f.config->failures.store, ==, SG_FAILURE_PASS);
    g_assert_cmpint(f.config->failures.limit, ==, SG_ACTION_REJECT);
    g_assert_cmpuint(f.config->limits.message_size, ==, 5 << 20);
    g_assert_cmpint(f.config->limits.judge_time, ==, 10);
    g_assert_cmpstr(f.config->school.postmaster, ==, "postmaster@kingsmead.example");
    g_assert_false(f.config->guard.demote);
    g_assert_cmpuint(f.config->guard.holds, ==, 10);
    g_assert_cmpuint(f.config->guard.released, ==, 75);
    g_assert_cmpint(f.config->guard.look_every, ==, 300);
    done(&f);
}

static void test_included_files_may_be_named_by_a_pattern_and_know_each_others_roles(void)
{
    Fixture f = loaded(SCHOOL "include *.rules\ninclude roles.conf\n", "a.rules", POLICY, "b.rules",
                       "rule s\n    clause 2.6\n    from chaplain\n", "roles.conf",
                       "role chaplain\n    address vicar@kingsmead.example\n", NULL);

    assert_good(&f);
    g_assert_cmpuint(sg_policy_rule_count(f.config->policy), ==, 2);
    done(&f);
}

static void test_missing_file_is_an_error_where_it_is_named(void)
{
    Fixture f = loaded(SCHOOL "include gone.rules\n", NULL);

    g_assert_null(f.config);
    support_assert_reported(f.report, "schoolgate.conf:3:9: error: cannot open '");
    done(&f);
}

static void test_pattern_without_files_is_a_warning(void)
{
    Fixture f = loaded(SCHOOL "include *.rules\n", NULL);

    assert_good(&f);
    support_assert_reported(f.report, "schoolgate.conf:3:9: warning: no file matches");
    done(&f);
}

static void test_lists_are_read_from_files_beside_the_configuration(void)
{
    Fixture f = loaded(SCHOOL POLICY "    to list places\n"
                                     "list places\n    file places.txt\n    entry c.example\n",
                       "places.txt", "# places\na.example\n\n*@b.example # not below\n", NULL);

    assert_good(&f);
    done(&f);
}

static void test_slips_in_a_list_are_told_with_their_line(void)
{
    Fixture f = loaded(SCHOOL "list places\n    file places.txt\n    file other.txt\n",
                       "places.txt", "a.example\nb.example c.example\n  nonsense\n", NULL);

    g_assert_null(f.config);
    support_assert_reported(f.report, "places.txt:2:11: error: a list's file has one entry a line");
    support_assert_reported(f.report, "places.txt:3:3: error: this is no entry of a list");
    support_assert_reported(f.report, "schoolgate.conf:5:10: error: cannot open");
    done(&f);
}

static void test_a_file_that_is_no_list_at_all_is_given_up_after_a_while(void)
{
    g_autoptr(GString) letter = g_string_new(NULL);

    for (guint i = 0; i < 1000; i++)
        g_string_append(letter, "and then we went home\n");
    Fixture f =
        loaded(SCHOOL "list places\n    file letter.txt\n", "letter.txt", letter->str, NULL);

    g_assert_null(f.config);
    support_assert_reported(f.report, "letter.txt:20:1: error: this is no entry of a list");
    support_assert_reported(f.report, "letter.txt:21: error: the rest of this file is not read");
    g_assert_cmpuint(sg_report_errors(f.report), ==, 21);
    done(&f);
}

static void test_a_file_without_end_is_too_large(void)
{
    Fixture f = loaded(SCHOOL "list places\n    file /dev/zero\ninclude /dev/zero\n", NULL);

    g_assert_null(f.config);
    support_assert_reported(f.report, "schoolgate.conf:4:10: error: cannot open '/dev/zero': it is "
                                      "too large");
    support_assert_reported(f.report, "schoolgate.conf:5:9: error: cannot open '/dev/zero': it is "
                                      "too large");
    done(&f);
}

static void test_empty_files_say_nothing(void)
{
    Fixture f = loaded(SCHOOL "include empty.rules\nlist places\n    file empty.txt\n",
                       "empty.rules", "", "empty.txt", "", NULL);

    assert_good(&f);
    support_assert_reported(f.report, "list 'places' is empty");
    done(&f);
}

static void test_files_that_include_each_other_end(void)
{
    Fixture f = loaded(SCHOOL "include schoolgate.conf\n", NULL);

    g_assert_null(f.config);
    support_assert_reported(f.report, "files include each other more than 8 deep");
    done(&f);
}

static void test_missing_configuration_is_an_error(void)
{
    g_autoptr(SgReport) report = sg_report_new();

    g_assert_null(sg_config_load("/nonexistent/schoolgate.conf", report));
    support_assert_reported(report, "cannot open '/nonexistent/schoolgate.conf': No such file");
    g_assert_cmpuint(sg_report_errors(report), ==, 1);
}

static void test_setting_in_column_one_is_one_error(void)
{
    Fixture f = loaded(SCHOOL POLICY "rule t\nclause 2.6\n    from staff\nmatch /y/\n", NULL);

    g_assert_null(f.config);
    support_assert_reported(f.report,
                            "schoolgate.conf:11:1: error: 'clause' is a setting: indent it");
    support_assert_reported(f.report, "schoolgate.conf:13:1: error: 'match' is a setting");
    g_assert_cmpuint(sg_report_errors(f.report), ==, 2);
    done(&f);
}

static void assert_error(const char *text, const char *expected)
{
    Fixture f = loaded(text, NULL);

    g_assert_null(f.config);
    support_assert_reported(f.report, expected);
    done(&f);
}

static void test_slips_are_told_with_their_place_and_cure(void)
{
    assert_error("role staff\n", "no online safety officer is named");
    assert_error(SCHOOL "gat\n    socket x\n",
                 "schoolgate.conf:3:1: error: unknown block 'gat'; did you mean 'gate'?");
    assert_error(SCHOOL "officer x@y\n", "'officer' is a setting: indent it under its block");
    assert_error(SCHOOL SCHOOL, "there is a 'school' block already");
    assert_error(SCHOOL "gate\n    socket /run/x.sock\n", "a socket is written unix:");
    assert_error(SCHOOL "gate\n    socket-mode 888\n", "a mode is three or four digits");
    assert_error(SCHOOL "gate\n    inside 10.0.0.0/99\n", "'10.0.0.0/99' is no network");
    assert_error("school\n    officer nobody\n", "'nobody' is no mail address");
    assert_error("school\n    officer a@b\n    time-zone Mars\n", "knows no time zone 'Mars'");
    assert_error("school\n    officer a@b\n    reference kingsmead\n", "two or three capital");
    assert_error("school\n    officer a@b\n    term 2026-12-01 to 2026-01-01\n",
                 "this term ends before it begins");
    assert_error(SCHOOL "failures\n    unscannable tempfail\n", "unknown unscannable 'tempfail'");
    assert_error(SCHOOL "mode watch\n", "unknown mode 'watch'");
    assert_error("school\n    officer a@b\n    postmaster root\n", "'root' is no mail address");
    assert_error(SCHOOL "guard\n    released 50%\n", "write 'released over SHARE'");
    assert_error(SCHOOL "guard\n    released over half\n", "a share is written 0% to 99%");
    assert_error(SCHOOL "guard\n    released over 50\n", "a share is written 0% to 99%");
    assert_error(SCHOOL "guard\n    released over 100%\n", "a share is written 0% to 99%");
    assert_error(SCHOOL "guard\n    holds 0\n", "holds must be between 1 and");
    assert_error(SCHOOL "guard\n    look-every 0s\n", "this is from 1s to 24h");
}

static void assert_alerted(const char *school, const char *expected)
{
    Fixture f = loaded(school, NULL);
    g_autofree const char **addresses = NULL;
    g_autofree char *joined = NULL;

    assert_good(&f);
    addresses = sg_config_guard_alert(f.config);
    joined = g_strjoinv(" ", (char **)addresses);
    g_assert_cmpstr(joined, ==, expected);
    done(&f);
}

static void test_the_guard_alerts_postmaster_and_officer_each_once(void)
{
    assert_alerted("school\n    officer a@b\n    postmaster c@d\n", "c@d a@b");
    assert_alerted("school\n    officer a@b\n", "a@b");
    assert_alerted("school\n    officer a@b\n    postmaster A@B\n", "A@B");
}

static void test_a_configuration_with_another_policy_shares_the_rest(void)
{
    Fixture f = loaded(SCHOOL POLICY, NULL);
    static const char *const rules[] = {"r", NULL};

    assert_good(&f);
    SgConfig *first =
        sg_config_with_policy(f.config, sg_policy_with_demoted(f.config->policy, rules));
    SgConfig *second = sg_config_with_policy(first, sg_policy_ref(f.config->policy));
    g_clear_pointer(&f.config, sg_config_unref);
    g_assert_true(sg_policy_demotes(first->policy, sg_policy_find_rule(first->policy, "r")));
    sg_config_unref(first);
    g_assert_false(sg_policy_demotes(second->policy, sg_policy_find_rule(second->policy, "r")));
    g_assert_cmpstr(second->school.officer, ==, "online-safety@kingsmead.example");
    sg_config_unref(second);
    done(&f);
}

static void test_errors_of_all_files_are_told_in_one_run(void)
{
    Fixture f = loaded("school\n    oficer x@y\ninclude a.rules\ngate\n    concurrency 0\n",
                       "a.rules", POLICY "rule t\n    clause 2.6\n    from stuff\n", NULL);

    support_assert_reported(f.report, "unknown setting 'oficer'; did you mean 'officer'?");
    support_assert_reported(f.report, "concurrency must be between 1 and");
    support_assert_reported(f.report,
                            "a.rules:10:10: error: unknown role 'stuff'; did you mean 'staff'?");
    done(&f);
}

static void test_a_text_is_read_as_if_it_stood_in_its_file(void)
{
    Fixture f = loaded("", "extra.conf", "role staff\n    domain kingsmead.example\n", NULL);
    g_autofree char *path = g_build_filename(f.folder, "not-written-yet.conf", NULL);
    g_autoptr(GBytes) good = g_bytes_new_static(SCHOOL "include extra.conf\n" POLICY,
                                                strlen(SCHOOL "include extra.conf\n" POLICY));
    g_autoptr(GBytes) bad = g_bytes_new_static("scool\n", 6);
    g_autoptr(SgReport) fine = sg_report_new();
    g_autoptr(SgReport) wrong = sg_report_new();
    g_autoptr(SgConfig) config = sg_config_load_text(path, good, fine);

    g_assert_nonnull(config);
    g_assert_cmpstr(config->path, ==, path);
    g_assert_null(sg_config_load_text(path, bad, wrong));
    support_assert_reported(wrong, "not-written-yet.conf:1:1: error: unknown block 'scool'");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    done(&f);
}

static void test_manual_names_every_block(void)
{
    g_autofree char *help = sg_config_help();

    support_assert_contains(help, "\nschool\n");
    support_assert_contains(help, "\nlimits\n");
    support_assert_contains(help, "\nrole NAME\n");
    support_assert_contains(help, "    store-unavailable tempfail|pass\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/config/" #name, test_##name)
    PROMISE(little_needs_to_be_said);
    PROMISE(every_setting_is_understood);
    PROMISE(included_files_may_be_named_by_a_pattern_and_know_each_others_roles);
    PROMISE(missing_file_is_an_error_where_it_is_named);
    PROMISE(pattern_without_files_is_a_warning);
    PROMISE(a_file_that_is_no_list_at_all_is_given_up_after_a_while);
    PROMISE(a_file_without_end_is_too_large);
    PROMISE(empty_files_say_nothing);
    PROMISE(files_that_include_each_other_end);
    PROMISE(lists_are_read_from_files_beside_the_configuration);
    PROMISE(slips_in_a_list_are_told_with_their_line);
    PROMISE(missing_configuration_is_an_error);
    PROMISE(setting_in_column_one_is_one_error);
    PROMISE(slips_are_told_with_their_place_and_cure);
    PROMISE(the_guard_alerts_postmaster_and_officer_each_once);
    PROMISE(a_configuration_with_another_policy_shares_the_rest);
    PROMISE(errors_of_all_files_are_told_in_one_run);
    PROMISE(a_text_is_read_as_if_it_stood_in_its_file);
    PROMISE(manual_names_every_block);
    return g_test_run();
}
