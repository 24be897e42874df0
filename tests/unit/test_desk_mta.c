/* test_desk_mta.c - what a mail server is told about milters is read as the mail server reads it */
#include "../../milter/desk/mta.h"
#include "../../milter/desk/program.h"
#include "support.h"

#include <glib/gstdio.h>

#define OURS "unix:/srv/queue/schoolgate/milter.sock"

typedef struct Host {
    char *folder;
    SgMta *mta;
} Host;

static void put_file(const Host *host, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(host->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void set_up(Host *host, gconstpointer unused)
{
    (void)unused;
    host->folder = g_dir_make_tmp("schoolgate-mta-XXXXXX", NULL);
}

static void tear_down(Host *host, gconstpointer unused)
{
    static const char *const files[] = {"main.cf", "master.cf", "sendmail.cf"};

    (void)unused;
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(host->folder, files[i], NULL);
        g_unlink(path);
    }
    g_rmdir(host->folder);
    g_free(host->folder);
    sg_mta_free(host->mta);
}

static void read_postfix(Host *host, const char *main_cf, const char *master_cf)
{
    g_autofree char *whole =
        g_strconcat("compatibility_level = 3.6\nqueue_directory = /srv/queue\n", main_cf, NULL);
    g_autoptr(GError) error = NULL;

    put_file(host, "main.cf", whole);
    put_file(host, "master.cf", master_cf);
    host->mta = sg_mta_read(&(SgMtaWish){SG_MTA_ANY, host->folder, NULL}, &error);
    g_assert_no_error(error);
    g_assert_cmpint(sg_mta_kind(host->mta), ==, SG_MTA_POSTFIX);
}

static void read_sendmail(Host *host, const char *text)
{
    g_autofree char *path = g_build_filename(host->folder, "sendmail.cf", NULL);
    g_autoptr(GError) error = NULL;

    put_file(host, "sendmail.cf", text);
    host->mta = sg_mta_read(&(SgMtaWish){SG_MTA_ANY, NULL, path}, &error);
    g_assert_no_error(error);
    g_assert_cmpint(sg_mta_kind(host->mta), ==, SG_MTA_SENDMAIL);
}

static const SgMtaService *service_named(const Host *host, const char *name)
{
    const GPtrArray *services = sg_mta_services(host->mta);

    for (guint i = 0; i < services->len; i++) {
        const SgMtaService *service = services->pdata[i];
        if (g_str_equal(service->name, name))
            return service;
    }
    g_test_message("no service %s", name);
    g_assert_not_reached();
}

/* Postfix -----------------------------------------------------------------------------------------
 */

static void test_a_setting_has_its_names_filled_in(Host *host, gconstpointer unused)
{
    (void)unused;
    read_postfix(host,
                 "smtpd_milters = unix:schoolgate/milter.sock\n"
                 "non_smtpd_milters = $smtpd_milters\n",
                 "smtp inet n - n - - smtpd\n");
    g_assert_cmpstr(sg_mta_setting(host->mta, "non_smtpd_milters"), ==,
                    "unix:schoolgate/milter.sock");
    g_assert_cmpstr(sg_mta_setting(host->mta, "milter_protocol"), ==, "6");
    g_assert_null(sg_mta_setting(host->mta, "no_such_setting"));
    g_assert_nonnull(sg_mta_setting(host->mta, "mail_version"));
    g_assert_cmpstr(sg_mta_setting(host->mta, "mail_version"), !=, "");
}

static void test_milters_are_read_in_order_with_what_they_have_of_their_own(Host *host,
                                                                            gconstpointer unused)
{
    (void)unused;
    read_postfix(host,
                 "milter_default_action = tempfail\n"
                 "milter_content_timeout = 2m\n"
                 "smtpd_milters = { unix:schoolgate/milter.sock, default_action = accept,\n"
                 "    command_timeout=5s }, inet:localhost:8891\n",
                 "smtp inet n - n - - smtpd\n");
    const GPtrArray *milters = sg_mta_network_milters(host->mta);
    g_assert_cmpuint(milters->len, ==, 2);
    const SgMtaMilter *first = milters->pdata[0], *second = milters->pdata[1];
    g_assert_cmpstr(first->address, ==, "unix:schoolgate/milter.sock");
    g_assert_cmpint(first->absent, ==, SG_MTA_ABSENT_PASS);
    g_assert_cmpint(first->command_time, ==, 5);
    g_assert_cmpint(first->content_time, ==, 120);
    g_assert_cmpstr(second->address, ==, "inet:localhost:8891");
    g_assert_cmpint(second->absent, ==, SG_MTA_ABSENT_TEMPFAIL);
    g_assert_cmpint(second->command_time, ==, 30);
    g_assert_cmpuint(sg_mta_local_milters(host->mta)->len, ==, 0);
}

static void test_a_service_goes_by_what_its_own_lines_say(Host *host, gconstpointer unused)
{
    (void)unused;
    read_postfix(host,
                 "smtpd_milters = unix:schoolgate/milter.sock\n"
                 "mua_milters = inet:localhost:8891\n",
                 "smtp inet n - n - - smtpd\n"
                 "submission inet n - y - - smtpd\n"
                 "  -o smtpd_milters=$mua_milters\n"
                 "127.0.0.1:10025 inet n - n - - smtpd\n"
                 "  -o { receive_override_options = no_address_mappings, no_milters }\n");
    const SgMtaService *smtp = service_named(host, "smtp/inet");
    const SgMtaService *submission = service_named(host, "submission/inet");
    const SgMtaService *again = service_named(host, "127.0.0.1:10025/inet");

    g_assert_nonnull(sg_mta_milter_at(host->mta, smtp, OURS));
    g_assert_false(smtp->own_milters || smtp->milters_off || smtp->chrooted);
    g_assert_null(sg_mta_milter_at(host->mta, submission, OURS));
    g_assert_true(submission->own_milters && submission->chrooted && submission->by_network);
    g_assert_cmpuint(submission->milters->len, ==, 1);
    g_assert_true(again->milters_off);
    g_assert_null(sg_mta_milter_at(host->mta, again, OURS));
}

static void test_what_sendmail_hands_in_goes_by_its_cleanup(Host *host, gconstpointer unused)
{
    (void)unused;
    read_postfix(host, "non_smtpd_milters = unix:schoolgate/milter.sock\n",
                 "pickup unix n - n 60 1 pickup\n"
                 "  -o cleanup_service_name=quiet\n"
                 "cleanup unix n - n - 0 cleanup\n"
                 "quiet unix n - n - 0 cleanup\n"
                 "  -o non_smtpd_milters=\n");
    const SgMtaService *pickup = service_named(host, "pickup/unix");

    g_assert_false(pickup->by_network);
    g_assert_true(pickup->own_milters);
    g_assert_cmpuint(pickup->milters->len, ==, 0);
    g_assert_cmpuint(sg_mta_local_milters(host->mta)->len, ==, 1);
}

static void test_a_chroot_is_seen_from_outside(Host *host, gconstpointer unused)
{
    (void)unused;
    read_postfix(host, "smtpd_milters = unix:/run/schoolgate/milter.sock\n",
                 "smtp inet n - y - - smtpd\n"
                 "smtps inet n - - - - smtpd\n");
    const SgMtaService *jailed = service_named(host, "smtp/inet");
    const SgMtaService *free = service_named(host, "smtps/inet");
    g_autofree char *from_jail = sg_mta_socket_path(host->mta, jailed, jailed->milters->pdata[0]);
    g_autofree char *from_outside = sg_mta_socket_path(host->mta, free, free->milters->pdata[0]);

    g_assert_cmpstr(from_jail, ==, "/srv/queue/run/schoolgate/milter.sock");
    g_assert_cmpstr(from_outside, ==, "/run/schoolgate/milter.sock");
}

static void test_our_socket_is_known_however_it_is_written(Host *host, gconstpointer unused)
{
    (void)unused;
    read_postfix(host, "smtpd_milters = unix:schoolgate/milter.sock inet:[::1]:8893\n",
                 "smtp inet n - n - - smtpd\n");
    const SgMtaService *smtp = service_named(host, "smtp/inet");

    g_assert_nonnull(sg_mta_milter_at(host->mta, smtp, OURS));
    g_assert_nonnull(
        sg_mta_milter_at(host->mta, smtp, "/srv/queue/schoolgate/../schoolgate/milter.sock"));
    g_assert_null(sg_mta_milter_at(host->mta, smtp, "unix:/srv/queue/other/milter.sock"));
    g_assert_nonnull(sg_mta_milter_at(host->mta, smtp, "inet:8893@localhost"));
    g_assert_nonnull(sg_mta_milter_at(host->mta, smtp, "inet6:8893@[::]"));
    g_assert_null(sg_mta_milter_at(host->mta, smtp, "inet:8894@localhost"));
    g_assert_null(sg_mta_milter_at(host->mta, smtp, "inet:8893@192.0.2.7"));
}

static void check_address(const Host *host, const char *socket, const char *wanted)
{
    g_autofree char *address = sg_mta_address_for(host->mta, socket);

    g_assert_cmpstr(address, ==, wanted);
}

static void test_postfix_is_told_of_our_socket_in_its_own_way(Host *host, gconstpointer unused)
{
    (void)unused;
    read_postfix(host, "", "smtp inet n - n - - smtpd\n");
    check_address(host, OURS, "unix:schoolgate/milter.sock");
    check_address(host, "/run/schoolgate/milter.sock", "unix:/run/schoolgate/milter.sock");
    check_address(host, "inet:8891@localhost", "inet:localhost:8891");
    check_address(host, "inet6:8891@::1", "inet:[::1]:8891");
    check_address(host, "inet:8891", "inet:127.0.0.1:8891");
    check_address(host, "nonsense", NULL);
}

static void test_a_folder_without_postfix_is_told_as_such(Host *host, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;

    (void)unused;
    host->mta = sg_mta_read(&(SgMtaWish){SG_MTA_POSTFIX, host->folder, NULL}, &error);
    g_assert_error(error, SG_MTA_ERROR, SG_MTA_ERROR_UNREADABLE);
    g_assert_nonnull(strstr(error->message, "main.cf"));
}

/* Sendmail ----------------------------------------------------------------------------------------
 */

static void test_sendmail_lets_mail_pass_without_a_flag(Host *host, gconstpointer unused)
{
    (void)unused;
    read_sendmail(host, "DZ8.17.1.9/Debian-2\n"
                        "O InputMailFilters=schoolgate,signer, strict\n"
                        "O MaxMessageSize=10485760\n"
                        "Xschoolgate, S=local:/run/schoolgate/milter.sock,\n"
                        "\tT=C:2m;S:20s;R:4m;E:6m\n"
                        "Xsigner, S=inet:8891@localhost, F=T\n"
                        "Xstrict, S=inet:8892@localhost, F=R\n"
                        "Xunused, S=inet:8893@localhost, F=R\n");
    const GPtrArray *milters = sg_mta_network_milters(host->mta);
    g_assert_cmpuint(milters->len, ==, 3);
    const SgMtaMilter *first = milters->pdata[0], *second = milters->pdata[1],
                      *third = milters->pdata[2];
    g_assert_cmpstr(first->name, ==, "schoolgate");
    g_assert_cmpstr(first->address, ==, "local:/run/schoolgate/milter.sock");
    g_assert_cmpint(first->absent, ==, SG_MTA_ABSENT_PASS);
    g_assert_cmpint(first->command_time, ==, 240);
    g_assert_cmpint(first->content_time, ==, 360);
    g_assert_cmpint(second->absent, ==, SG_MTA_ABSENT_TEMPFAIL);
    g_assert_cmpint(second->command_time, ==, 10);
    g_assert_cmpint(third->absent, ==, SG_MTA_ABSENT_REJECT);
    g_assert_cmpstr(sg_mta_setting(host->mta, "DZ"), ==, "8.17.1.9/Debian-2");
    g_assert_cmpstr(sg_mta_setting(host->mta, "MaxMessageSize"), ==, "10485760");
    check_address(host, OURS, "local:/srv/queue/schoolgate/milter.sock");
    check_address(host, "inet:8891@localhost", "inet:8891@localhost");
}

static void test_a_daemon_of_sendmail_may_have_milters_of_its_own(Host *host, gconstpointer unused)
{
    (void)unused;
    read_sendmail(host, "O InputMailFilters=schoolgate\n"
                        "O DaemonPortOptions=Name=MTA-v4, Family=inet, Port=smtp\n"
                        "O DaemonPortOptions=Name=MSP, Port=submission, InputMailFilters=signer\n"
                        "Xschoolgate, S=local:/run/schoolgate/milter.sock, F=T\n"
                        "Xsigner, S=inet:8891@localhost, F=T\n");
    const SgMtaService *smtp = service_named(host, "MTA-v4");
    const SgMtaService *submission = service_named(host, "MSP");

    g_assert_nonnull(sg_mta_milter_at(host->mta, smtp, "unix:/run/schoolgate/milter.sock"));
    g_assert_null(sg_mta_milter_at(host->mta, submission, "unix:/run/schoolgate/milter.sock"));
    g_assert_true(submission->own_milters);
}

static void test_no_sendmail_is_told_as_such(Host *host, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(host->folder, "none.cf", NULL);
    g_autoptr(GError) error = NULL;

    (void)unused;
    host->mta = sg_mta_read(&(SgMtaWish){SG_MTA_ANY, NULL, path}, &error);
    g_assert_error(error, SG_MTA_ERROR, SG_MTA_ERROR_NONE);
}

/* Programs ----------------------------------------------------------------------------------------
 */

static void test_a_program_that_hangs_is_not_waited_for(void)
{
    const char *words[] = {"/bin/sh", "-c", "echo begun; exec sleep 600", NULL};
    g_autoptr(GError) error = NULL;

    g_assert_null(sg_program_output(words, 1, &error));
    g_assert_error(error, SG_PROGRAM_ERROR, SG_PROGRAM_ERROR_TIME);
}

static void test_a_program_that_fails_says_why(void)
{
    const char *words[] = {"/bin/sh", "-c", "echo a warning >&2; echo no room >&2; exit 3", NULL};
    const char *nothing[] = {"/nonexistent/program", NULL};
    g_autoptr(GError) failed = NULL;
    g_autoptr(GError) absent = NULL;

    g_assert_null(sg_program_output(words, 5, &failed));
    g_assert_error(failed, SG_PROGRAM_ERROR, SG_PROGRAM_ERROR_EXIT);
    g_assert_cmpstr(failed->message, ==, "'/bin/sh' has failed: no room");
    g_assert_null(sg_program_output(nothing, 5, &absent));
    g_assert_error(absent, SG_PROGRAM_ERROR, SG_PROGRAM_ERROR_START);
}

/* The host's folder has programs of both names, which somebody has laid there. */
static void test_a_program_of_the_system_comes_before_one_along_the_path(Host *host,
                                                                         gconstpointer data)
{
    g_autofree char *before = g_strdup(g_getenv("PATH"));
    g_autofree char *theirs = support_file(host->folder, "sort", "#!/bin/sh\n");
    g_autofree char *only = support_file(host->folder, "schoolgate-sort", "#!/bin/sh\n");
    g_autofree char *found = NULL;
    g_autofree char *along = NULL;

    (void)data;
    g_assert_cmpint(g_chmod(theirs, 0755) | g_chmod(only, 0755), ==, 0);
    g_setenv("PATH", host->folder, TRUE);
    found = sg_program_find("sort");
    along = sg_program_find("schoolgate-sort");
    g_setenv("PATH", before, TRUE);
    g_assert_cmpstr(found, ==, "/usr/bin/sort");
    g_assert_cmpstr(along, ==, only);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define HOST_TEST(name) g_test_add("/mta/" #name, Host, NULL, set_up, test_##name, tear_down)
    HOST_TEST(a_setting_has_its_names_filled_in);
    HOST_TEST(milters_are_read_in_order_with_what_they_have_of_their_own);
    HOST_TEST(a_service_goes_by_what_its_own_lines_say);
    HOST_TEST(what_sendmail_hands_in_goes_by_its_cleanup);
    HOST_TEST(a_chroot_is_seen_from_outside);
    HOST_TEST(our_socket_is_known_however_it_is_written);
    HOST_TEST(postfix_is_told_of_our_socket_in_its_own_way);
    HOST_TEST(a_folder_without_postfix_is_told_as_such);
    HOST_TEST(sendmail_lets_mail_pass_without_a_flag);
    HOST_TEST(a_daemon_of_sendmail_may_have_milters_of_its_own);
    HOST_TEST(no_sendmail_is_told_as_such);
    HOST_TEST(a_program_of_the_system_comes_before_one_along_the_path);
    g_test_add_func("/program/a_program_that_hangs_is_not_waited_for",
                    test_a_program_that_hangs_is_not_waited_for);
    g_test_add_func("/program/a_program_that_fails_says_why", test_a_program_that_fails_says_why);
    return g_test_run();
}
