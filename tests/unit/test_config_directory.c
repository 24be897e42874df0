/* test_config_directory.c - promises about directories in a configuration, and about reading who is
 * who again while all else stays as it was loaded. */
#include "schoolgate/config.h"
#include "support.h"

#include <glib/gstdio.h>

#define DIRECTORY                                                                                  \
    "directory ad\n    server ldaps://dc1.example\n    base dc=k\n    role staff (mail=*)\n"

static const char school[] = "school\n    officer o@k.example\n"
                             "record\n    database record.db\n"
                             "people\n    csv people.csv\n"
                             "policy p\n    version 1\n    clause 1 One\n"
                             "rule r\n    clause 1\n    from staff\n    match /x/\n";

typedef struct Fixture {
    char *folder;
    char *path;
    char *copy;
    SgReport *report;
    SgConfig *config;
} Fixture;

static Fixture loaded(const char *more)
{
    Fixture f = {.folder = support_folder(), .report = sg_report_new()};
    g_autofree char *text = g_strconcat(school, more, NULL);
    g_autofree char *inside = g_build_filename(f.folder, "directory", NULL);

    g_free(support_file(f.folder, "people.csv", "address,role\nfile@home.example,parent\n"));
    g_assert_cmpint(g_mkdir(inside, 0700), ==, 0);
    f.copy = g_build_filename(inside, "ad.csv", NULL);
    f.path = support_file(f.folder, "schoolgate.conf", text);
    f.config = sg_config_load(f.path, f.report);
    return f;
}

static void done(Fixture *f)
{
    g_clear_pointer(&f->config, sg_config_unref);
    sg_report_free(f->report);
    support_folder_remove(f->folder);
    g_free(f->folder);
    g_free(f->path);
    g_free(f->copy);
}

static void keep(const Fixture *f, const char *rows)
{
    g_autofree char *text = g_strconcat(SG_DIRECTORY_COPY_HEAD, rows, NULL);

    g_assert_true(g_file_set_contents(f->copy, text, -1, NULL));
}

static void assert_role(const SgConfig *config, const char *address, const char *role)
{
    g_autoptr(SgParty) party = sg_people_party(config->people, address, 0);

    g_assert_cmpstr(party->role_name, ==, role);
}

#define JO "staff,\"jo@agency.example\",\"\",,\"\",\"\"\n"

static void test_without_a_copy_mail_is_to_wait_until_there_is_one(void)
{
    Fixture f = loaded(DIRECTORY);

    g_assert_nonnull(f.config);
    g_assert_cmpstr(f.config->waits_for, ==, "ad");
    keep(&f, JO);
    SgConfig *with = sg_config_with_people(f.config, f.report);
    g_assert_nonnull(with);
    g_assert_null(with->waits_for);
    g_assert_cmpstr(f.config->waits_for, ==, "ad"); /* of the message in flight */
    sg_config_unref(with);
    done(&f);
}

static void test_mail_need_not_wait_where_the_postmaster_says_so(void)
{
    Fixture f = loaded(DIRECTORY "    without-copy start\n");

    g_assert_null(f.config->waits_for);
    done(&f);
}

static void test_people_are_read_again_and_the_rest_is_as_it_was(void)
{
    static const char *const rules[] = {"r", NULL};
    Fixture f = loaded(DIRECTORY);
    SgConfig *before =
        sg_config_with_policy(f.config, sg_policy_with_demoted(f.config->policy, rules));

    keep(&f, JO);
    g_assert_true(g_file_set_contents(f.path, "half written", -1, NULL));
    SgConfig *with = sg_config_with_people(before, f.report);
    g_assert_nonnull(with);
    assert_role(with, "jo@agency.example", "staff");
    assert_role(with, "file@home.example", "parent");
    assert_role(before, "jo@agency.example", "external");
    g_assert_true(sg_policy_people(with->policy) == with->people);
    g_assert_true(sg_policy_people(before->policy) == before->people);
    g_assert_true(sg_policy_demotes(with->policy, sg_policy_find_rule(with->policy, "r")));
    /* As the gate does next: it must not lose the people. */
    SgConfig *last = sg_config_with_policy(with, sg_policy_ref(with->policy));
    g_clear_pointer(&f.config, sg_config_unref);
    sg_config_unref(before);
    sg_config_unref(with);
    assert_role(last, "jo@agency.example", "staff");
    g_assert_cmpstr(last->school.officer, ==, "o@k.example");
    sg_config_unref(last);
    done(&f);
}

static void test_what_cannot_be_read_replaces_nothing(void)
{
    Fixture f = loaded(DIRECTORY);

    keep(&f, JO);
    g_free(support_file(f.folder, "people.csv", ""));
    g_assert_null(sg_config_with_people(f.config, f.report));
    support_assert_reported(f.report, "the file is empty");
    assert_role(f.config, "file@home.example", "parent");
    done(&f);
}

static void assert_refused(const char *more, const char *needle)
{
    Fixture f = loaded(more);

    g_assert_null(f.config);
    support_assert_reported(f.report, needle);
    done(&f);
}

static void test_roles_and_names_of_directories_are_checked(void)
{
    assert_refused(DIRECTORY "    role stuff (a=b)\n",
                   "unknown role 'stuff'; did you mean 'staff'?");
    assert_refused(DIRECTORY DIRECTORY, "there is a directory 'ad' already");
    assert_refused("directory A/B\n", "is written in lower-case letters");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/config/directory/" #name, test_##name)
    PROMISE(without_a_copy_mail_is_to_wait_until_there_is_one);
    PROMISE(mail_need_not_wait_where_the_postmaster_says_so);
    PROMISE(people_are_read_again_and_the_rest_is_as_it_was);
    PROMISE(what_cannot_be_read_replaces_nothing);
    PROMISE(roles_and_names_of_directories_are_checked);
#undef PROMISE
    return g_test_run();
}
