/* test_desk_setup_sendmail.c - what setup would have a postmaster write into Sendmail's .mc file */
#include "../../milter/desk/sendmail_mc.h"
#include "support.h"

#include <glib/gstdio.h>

#define SOCKET "unix:/run/schoolgate/milter.sock"

typedef struct Fixture {
    char *folder;
    char *cf;
    SgMta *mta;
} Fixture;

static void begin(Fixture *f, gconstpointer data)
{
    const SgMtaWish wish = {.kind = SG_MTA_SENDMAIL};
    SgMtaWish ours = wish;
    g_autoptr(GError) error = NULL;

    (void)data;
    f->folder = support_folder();
    f->cf = support_file(f->folder, "sendmail.cf", "V10/Berkeley\nDZ8.17.1\n");
    ours.sendmail_cf = f->cf;
    f->mta = sg_mta_read(&ours, &error);
    g_assert_no_error(error);
}

static void end(Fixture *f, gconstpointer data)
{
    (void)data;
    sg_mta_free(f->mta);
    support_folder_remove(f->folder);
    g_free(f->folder);
    g_free(f->cf);
}

static void assert_becomes(const Fixture *f, const char *mc, const char *wanted)
{
    g_autofree char *then = sg_sendmail_with(f->mta, mc, SOCKET);

    g_assert_cmpstr(then, ==, wanted);
    g_autofree char *again = sg_sendmail_with(f->mta, then, SOCKET);
    g_assert_cmpstr(again, ==, then);
}

#define FILTER                                                                                     \
    "INPUT_MAIL_FILTER(`schoolgate', `S=local:/run/schoolgate/milter.sock, F=T, "                  \
    "T=C:30s;S:30s;R:2m;E:5m')dnl\n"
#define FEATURES                                                                                   \
    "FEATURE(`nopercenthack', `nospecial')dnl\n"                                                   \
    "FEATURE(`nouucp', `nospecial')dnl\n"

/* Those have been tried with a running Sendmail. */
static void test_the_lines_are_those_of_contrib(Fixture *f, gconstpointer data)
{
    g_autofree char *contrib = support_read("contrib/sendmail/schoolgate.m4");
    g_autofree char *lines = sg_sendmail_lines(f->mta, SOCKET);
    g_auto(GStrv) each = g_strsplit(contrib, "\n", -1);
    g_autoptr(GString) active = g_string_new(NULL);

    (void)data;
    for (char **line = each; *line; line++)
        if (**line && !g_str_has_prefix(*line, "dnl"))
            g_string_append_printf(active, "%s\n", *line);
    g_assert_cmpstr(lines, ==, active->str);
}

static void test_they_stand_ahead_of_other_filters_and_of_mailers(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_becomes(f, "OSTYPE(`linux')dnl\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n",
                   "OSTYPE(`linux')dnl\n" FILTER FEATURES
                   "MAILER(`local')dnl\nMAILER(`smtp')dnl\n");
    assert_becomes(f,
                   "dnl INPUT_MAIL_FILTER(`old', `S=local:/x')\n"
                   "INPUT_MAIL_FILTER(`opendkim', `S=local:/y, F=T')dnl\nMAILER(`smtp')dnl\n",
                   "dnl INPUT_MAIL_FILTER(`old', `S=local:/x')\n" FILTER FEATURES
                   "INPUT_MAIL_FILTER(`opendkim', `S=local:/y, F=T')dnl\nMAILER(`smtp')dnl\n");
    assert_becomes(f, "OSTYPE(`linux')dnl\n", "OSTYPE(`linux')dnl\n" FILTER FEATURES);
}

static void test_what_is_there_stays_as_it_is(Fixture *f, gconstpointer data)
{
    const char *mine = "FEATURE(`nouucp',`reject')dnl\n"
                       "  INPUT_MAIL_FILTER(`gate', `S=unix:/run/schoolgate/milter.sock, F=R')dnl\n"
                       "FEATURE(nopercenthack)dnl\nMAILER(`smtp')dnl\n";

    (void)data;
    assert_becomes(f, mine, mine);
}

static void test_a_line_that_lets_mail_pass_unread_is_replaced(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_becomes(f,
                   "INPUT_MAIL_FILTER(`schoolgate', `S=local:/run/schoolgate/milter.sock')dnl\n"
                   "MAILER(`smtp')dnl\n",
                   FILTER FEATURES "MAILER(`smtp')dnl\n");
}

static void test_a_line_for_another_socket_is_replaced(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_becomes(f, "INPUT_MAIL_FILTER(`schoolgate', `S=inet:8891@127.0.0.1, F=T')dnl\n",
                   FILTER FEATURES);
}

static void test_a_list_of_filters_that_leaves_schoolgate_out_is_noticed(Fixture *f,
                                                                         gconstpointer data)
{
    (void)f, (void)data;
    g_assert_true(
        sg_sendmail_leaves_us_out(FILTER "define(`confINPUT_MAIL_FILTERS', `opendkim')dnl\n"));
    g_assert_false(sg_sendmail_leaves_us_out(
        FILTER "define(`confINPUT_MAIL_FILTERS', `schoolgate, opendkim')dnl\n"));
    g_assert_false(
        sg_sendmail_leaves_us_out(FILTER "dnl define(`confINPUT_MAIL_FILTERS', `opendkim')\n"));
}

static void test_the_file_is_the_one_beside_sendmail_cf(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_null(sg_sendmail_source(f->mta));
    g_autofree char *mc = support_file(f->folder, "sendmail.mc", "");
    g_autofree char *source = sg_sendmail_source(f->mta);
    g_assert_cmpstr(source, ==, mc);
}

static void test_the_commands_are_those_of_the_machine(Fixture *f, gconstpointer data)
{
    g_autofree char *by_hand = sg_sendmail_commands(f->mta);

    (void)data;
    support_assert_contains(by_hand, "m4 sendmail.mc > sendmail.cf\nsystemctl restart sendmail\n");
    g_free(support_file(f->folder, "Makefile", ""));
    g_autofree char *by_make = sg_sendmail_commands(f->mta);
    g_assert_true(g_str_has_prefix(by_make, "make -C "));
}

#define PROMISE(name) g_test_add("/setup-sendmail/" #name, Fixture, NULL, begin, test_##name, end)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(the_lines_are_those_of_contrib);
    PROMISE(they_stand_ahead_of_other_filters_and_of_mailers);
    PROMISE(what_is_there_stays_as_it_is);
    PROMISE(a_line_that_lets_mail_pass_unread_is_replaced);
    PROMISE(a_line_for_another_socket_is_replaced);
    PROMISE(a_list_of_filters_that_leaves_schoolgate_out_is_noticed);
    PROMISE(the_file_is_the_one_beside_sendmail_cf);
    PROMISE(the_commands_are_those_of_the_machine);
    return g_test_run();
}
