/* Handing mail over: what a sendmail command is given and what its answers mean; and an SMTP server
 * that is not there. A whole mail server is in tests/mta. */
#include "schoolgate/sender.h"
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

typedef struct Fixture {
    char *folder;
    SgCourierSettings settings;
    gboolean by_errand; /* the command is run by a process of its own */
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->by_errand = GPOINTER_TO_INT(data);
    fixture->folder = support_folder();
    fixture->settings = (SgCourierSettings){.send_by = SG_SEND_BY_COMMAND};
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_free(fixture->settings.command);
    support_folder_remove(fixture->folder);
    g_free(fixture->folder);
}

/* The command keeps its arguments, its environment and the message, and then does `then`. */
static void command_that(Fixture *fixture, const char *then)
{
    g_autofree char *script = g_strdup_printf("#!/bin/sh\n"
                                              "cd '%s'\n"
                                              "printf '[%%s]' \"$@\" >arguments\n"
                                              "env >environment\n"
                                              "cat >message\n"
                                              "%s\n",
                                              fixture->folder, then);

    g_free(fixture->settings.command);
    fixture->settings.command = support_file(fixture->folder, "sendmail", script);
    g_assert_cmpint(g_chmod(fixture->settings.command, 0700), ==, 0);
}

static char *kept(const Fixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static SgMail *mail_to(const char *from, const char *const *to, const char *bytes)
{
    SgMail *mail = g_new0(SgMail, 1);

    mail->from = g_strdup(from);
    mail->to = g_strdupv((char **)to);
    mail->before = g_bytes_new_static("X-Before: yes\r\n", 15);
    mail->bytes = g_bytes_new(bytes, strlen(bytes));
    return mail;
}

static SgHanded send_mail(const Fixture *fixture, SgMail *mail)
{
    SgErrands *errands = fixture->by_errand ? sg_errands_start(fixture->settings.command) : NULL;
    g_autoptr(SgSender) sender = sg_sender_new(&fixture->settings, sg_errands_file(errands), -1);
    g_autoptr(SgMail) sent = mail;
    SgHanded handed = sg_sender_send(sender, sent);
    pid_t keeper = sg_errands_pid(errands);

    sg_errands_free(errands);
    g_assert_true(keeper == 0 || waitpid(keeper, NULL, 0) == keeper);
    return handed;
}

static SgHanded send_plain(const Fixture *fixture)
{
    static const char *const to[] = {"s.brown@home.example", NULL};

    return send_mail(fixture, mail_to("d.price@kingsmead.example", to, "Subject: x\r\n\r\nHi\r\n"));
}

static void test_the_command_gets_envelope_and_message_and_nothing_else(Fixture *fixture,
                                                                        gconstpointer data)
{
    static const char *const to[] = {"s.brown@home.example", "a.green@home.example", NULL};
    g_auto(SgHanded) handed = {0};
    g_autofree char *arguments = NULL, *message = NULL, *environment = NULL;
    (void)data;

    g_setenv("SECRET_OF_OURS", "yes", TRUE);
    command_that(fixture, "echo 'queued as 7'");
    handed = send_mail(fixture, mail_to("d.price@kingsmead.example", to,
                                        "To: x@y.example\r\n\r\none\r\n.\r\nlast"));
    g_assert_cmpint(handed.how, ==, SG_HANDED_OVER);
    g_assert_cmpstr(handed.words, ==, "queued as 7");
    arguments = kept(fixture, "arguments");
    g_assert_cmpstr(arguments, ==,
                    "[-i][-f][d.price@kingsmead.example][--][s.brown@home.example]"
                    "[a.green@home.example]");
    message = kept(fixture, "message");
    g_assert_cmpstr(message, ==, "X-Before: yes\nTo: x@y.example\n\none\n.\nlast");
    environment = kept(fixture, "environment");
    g_assert_null(strstr(environment, "SECRET_OF_OURS"));
}

static void test_nobody_as_sender_is_a_pair_of_brackets(Fixture *fixture, gconstpointer data)
{
    static const char *const to[] = {"d.price@kingsmead.example", NULL};
    g_auto(SgHanded) handed = {0};
    g_autofree char *arguments = NULL;
    (void)data;

    command_that(fixture, "");
    handed = send_mail(fixture, mail_to("", to, "Subject: caf\xc3\xa9\r\n\r\n"));
    arguments = kept(fixture, "arguments");
    g_assert_cmpstr(arguments, ==, "[-i][-B8BITMIME][-f][<>][--][d.price@kingsmead.example]");
}

static void test_an_address_that_looks_like_an_option_is_none(Fixture *fixture, gconstpointer data)
{
    static const char *const to[] = {"-oQ/tmp/x@home.example", "-bi", "$(touch owned)", "a;b|c&d",
                                     NULL};
    static const char *const plain[] = {"-oQ/tmp/x@home.example", "-bi", "a;b|c&d`e`'f\"", NULL};
    g_auto(SgHanded) refused = {0}, handed = {0};
    g_autofree char *arguments = NULL;
    (void)data;

    command_that(fixture, "");
    refused = send_mail(fixture, mail_to("-t@home.example", to, "\r\n"));
    g_assert_cmpint(refused.how, ==, SG_HANDED_REFUSED); /* for the space */
    handed = send_mail(fixture, mail_to("-t@home.example", plain, "\r\n"));
    g_assert_cmpint(handed.how, ==, SG_HANDED_OVER);
    arguments = kept(fixture, "arguments");
    g_assert_cmpstr(arguments, ==,
                    "[-i][-f][-t@home.example][--][-oQ/tmp/x@home.example][-bi]"
                    "[a;b|c&d`e`'f\"]");
}

static void test_an_address_that_could_be_more_than_one_is_refused(Fixture *fixture,
                                                                   gconstpointer data)
{
    static const char *const hostile[] = {"a@b.example\nRCPT TO:<c@d.example>",
                                          "a@b.example\r",
                                          "a@b.example> ENVID=x <c",
                                          "a@b.example c@d.example",
                                          "a\tb@c.example",
                                          "\x7f@b.example",
                                          ""};
    g_autofree char *arguments = NULL;
    (void)data;

    command_that(fixture, "");
    for (guint way = 0; way < 2; way++) {
        fixture->settings.send_by = way == 0 ? SG_SEND_BY_COMMAND : SG_SEND_BY_SMTP;
        fixture->settings.smtp = (char *)"127.0.0.1:1";
        for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
            const char *to[] = {"s.brown@home.example", hostile[i], NULL};
            g_auto(SgHanded) handed = send_mail(fixture, mail_to("", to, "\r\n"));

            g_assert_cmpint(handed.how, ==, SG_HANDED_REFUSED);
        }
    }
    arguments = kept(fixture, "arguments");
    g_assert_null(arguments);
}

static void test_exit_codes_say_never_or_later(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *then;
        SgHandedHow how;
        const char *words;
    } answers[] = {
        {"exit 0", SG_HANDED_OVER, "taken"},
        {"echo no such user >&2; exit 67", SG_HANDED_REFUSED, "no such user"},
        {"exit 64", SG_HANDED_REFUSED, "exit code 64"},
        {"exit 65", SG_HANDED_REFUSED, "exit code 65"},
        {"exit 68", SG_HANDED_REFUSED, "exit code 68"},
        {"exit 69", SG_HANDED_REFUSED, "exit code 69"},
        {"echo 'queue  is'; echo full; exit 75", SG_HANDED_LATER, "queue is full"},
        {"exit 1", SG_HANDED_LATER, "exit code 1"},
        {"exit 71", SG_HANDED_LATER, "exit code 71"},
        {"kill -9 $$", SG_HANDED_LATER, "killed by signal 9"},
    };
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_auto(SgHanded) handed = {0};

        command_that(fixture, answers[i].then);
        handed = send_plain(fixture);
        g_assert_cmpint(handed.how, ==, answers[i].how);
        support_assert_contains(handed.words, answers[i].words);
    }
}

static void test_a_command_that_is_not_there_may_be_there_later(Fixture *fixture,
                                                                gconstpointer data)
{
    g_auto(SgHanded) handed = {0};
    (void)data;

    fixture->settings.command = g_build_filename(fixture->folder, "none", NULL);
    handed = send_plain(fixture);
    g_assert_cmpint(handed.how, ==, SG_HANDED_LATER);
    support_assert_contains(handed.words, "No such file");
}

static void test_a_command_that_never_ends_is_ended_with_all_it_started(Fixture *fixture,
                                                                        gconstpointer data)
{
    g_auto(SgHanded) handed = {0};
    guint patience = sg_sender_patience;
    (void)data;

    sg_sender_patience = 1;
    command_that(fixture, "echo permission denied; sleep 1000 & wait");
    handed = send_plain(fixture);
    sg_sender_patience = patience;
    g_assert_cmpint(handed.how, ==, SG_HANDED_LATER);
    support_assert_contains(handed.words, "longer than 1 s: permission denied");
}

static void test_what_a_command_leaves_running_is_not_waited_for(Fixture *fixture,
                                                                 gconstpointer data)
{
    g_auto(SgHanded) handed = {0};
    gint64 began = g_get_monotonic_time();
    (void)data;

    command_that(fixture, "sleep 20 & exit 0");
    handed = send_plain(fixture);
    g_assert_cmpint(handed.how, ==, SG_HANDED_OVER);
    g_assert_cmpint(g_get_monotonic_time() - began, <, 15 * G_USEC_PER_SEC);
}

static void test_a_command_that_says_too_much_is_heard_in_part(Fixture *fixture, gconstpointer data)
{
    g_auto(SgHanded) handed = {0};
    (void)data;

    command_that(fixture, "head -c 1000000 /dev/zero | tr '\\0' x; exit 75");
    handed = send_plain(fixture);
    g_assert_cmpint(handed.how, ==, SG_HANDED_LATER);
    g_assert_cmpuint(strlen(handed.words), <=, 400);
}

static void test_a_command_that_reads_nothing_is_taken_at_its_word(Fixture *fixture,
                                                                   gconstpointer data)
{
    g_autofree char *large = g_strnfill(1 << 20, 'x');
    static const char *const to[] = {"s.brown@home.example", NULL};
    g_auto(SgHanded) handed = {0};
    (void)data;

    fixture->settings.command = g_strdup("/bin/false");
    handed = send_mail(fixture, mail_to("", to, large));
    g_assert_cmpint(handed.how, ==, SG_HANDED_LATER);
}

static void test_a_server_that_is_not_there_may_be_there_later(Fixture *fixture, gconstpointer data)
{
    g_auto(SgHanded) handed = {0};
    (void)data;

    fixture->settings.send_by = SG_SEND_BY_SMTP;
    fixture->settings.smtp = (char *)"127.0.0.1:1";
    handed = send_plain(fixture);
    g_assert_cmpint(handed.how, ==, SG_HANDED_LATER);
    g_assert_cmpuint(strlen(handed.words), >, 0);
}

/* By us, as setup does, and by the process that runs the command for couriers: alike. */
static void add_test(const char *path, void (*test)(Fixture *, gconstpointer))
{
    g_autofree char *by_errand = g_strconcat(path, "/by-errand", NULL);

    g_test_add(path, Fixture, GINT_TO_POINTER(FALSE), set_up, test, tear_down);
    g_test_add(by_errand, Fixture, GINT_TO_POINTER(TRUE), set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/sender/command", test_the_command_gets_envelope_and_message_and_nothing_else);
    add_test("/sender/nobody", test_nobody_as_sender_is_a_pair_of_brackets);
    add_test("/sender/option", test_an_address_that_looks_like_an_option_is_none);
    add_test("/sender/hostile", test_an_address_that_could_be_more_than_one_is_refused);
    add_test("/sender/exit-codes", test_exit_codes_say_never_or_later);
    add_test("/sender/no-command", test_a_command_that_is_not_there_may_be_there_later);
    add_test("/sender/endless", test_a_command_that_never_ends_is_ended_with_all_it_started);
    add_test("/sender/leaves-behind", test_what_a_command_leaves_running_is_not_waited_for);
    add_test("/sender/chatty", test_a_command_that_says_too_much_is_heard_in_part);
    add_test("/sender/deaf", test_a_command_that_reads_nothing_is_taken_at_its_word);
    add_test("/sender/no-server", test_a_server_that_is_not_there_may_be_there_later);
    return g_test_run();
}
