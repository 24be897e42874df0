/* test_desk_account.c - `schoolgate account`: for whom, by whom, and a password that nobody sees */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <stdio.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "account_builders.h"
#include "schoolgate/desk.h"

static const char school[] = "school\n    name Kingsmead School\n    officer " OFFICER "\n"
                             "record\n    database record.db\n"
                             "role staff\n    domain kingsmead.example\n"
                             "policy social-media\n    version June 2020\n    clause 1.2 Students\n"
                             "reviewer khan\n    role officer\n    login akhan\n"
                             "reviewer head\n    role head\n";

/* `schoolgate WORDS -c CONF` as the file descriptors stand; its exit code. */
static int run(const char *folder, const char *words)
{
    g_autofree char *conf = support_file(folder, "school.conf", school);
    g_autofree char *line = g_strdup_printf("schoolgate %s -c %s", words, conf);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    /* GOption takes what it reads out of the array. */
    g_autofree char **own = g_memdup2(argv, sizeof *argv * (g_strv_length(argv) + 1));

    return sg_desk_main((int)g_strv_length(argv), own);
}

/* Puts the file at `path` in the place of `fd`; returns what was there. */
static int redirect(int fd, const char *path, int flags)
{
    int kept = dup(fd), file = g_open(path, flags, 0600);

    g_assert_cmpint(file, >=, 0);
    dup2(file, fd);
    close(file);
    return kept;
}

static void put_back(int fd, int kept)
{
    dup2(kept, fd);
    close(kept);
}

/* What it writes to standard output, having read `input` and ended with `code`. */
static char *output_with(Fixture *fixture, int code, const char *words, const char *input)
{
    g_autofree char *in = support_file(fixture->folder, "input", input);
    g_autofree char *out = g_build_filename(fixture->folder, "output", NULL);

    fflush(stdout);
    int terminal = redirect(STDOUT_FILENO, out, O_CREAT | O_TRUNC | O_WRONLY);
    int keyboard = redirect(STDIN_FILENO, in, O_RDONLY);
    int ended = run(fixture->folder, words);
    put_back(STDIN_FILENO, keyboard);
    put_back(STDOUT_FILENO, terminal);
    g_assert_cmpint(ended, ==, code);
    return support_read(out);
}

static void do_with(Fixture *fixture, int code, const char *words, const char *input)
{
    g_free(output_with(fixture, code, words, input));
}

static SgSignIn khan_now(void)
{
    return at(khan(), g_get_real_time() / G_USEC_PER_SEC);
}

static void test_a_reviewer_gets_an_account_and_it_is_on_the_trail(Fixture *fixture,
                                                                   gconstpointer data)
{
    g_autofree char *line = g_strdup_printf("%s (operator) account-add: khan", g_get_user_name());

    (void)data;
    g_autofree char *said = output_with(fixture, EX_OK, "account add khan", PASSWORD "\n");
    g_assert_cmpstr(said, ==, "account khan: made\n");
    assert_trail_ends(fixture->record, line);
    get_in(fixture->record, khan_now());
}

static void test_the_line_may_lack_its_end_and_the_rest_is_left_alone(Fixture *fixture,
                                                                      gconstpointer data)
{
    (void)data;
    do_with(fixture, EX_OK, "account add khan", PASSWORD);
    do_with(fixture, EX_OK, "account password khan", "eight green bottles\nanother line\n");
    keep_out(fixture->record, khan_now());
    SgSignIn attempt = khan_now();
    attempt.password = "eight green bottles";
    get_in(fixture->record, attempt);
}

static void test_nobody_but_a_reviewer_by_name_gets_one(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    do_with(fixture, EX_NOINPUT, "account add stranger", PASSWORD "\n");
    do_with(fixture, EX_NOINPUT, "account add akhan", PASSWORD "\n"); /* a login */
    g_autoptr(GPtrArray) accounts = sg_account_list(fixture->record, NOON, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(accounts->len, ==, 0);
}

static void test_a_poor_password_changes_nothing(Fixture *fixture, gconstpointer data)
{
    g_autofree char *endless = g_strnfill(5000, 'x');

    (void)data;
    do_with(fixture, EX_OK, "account add khan", PASSWORD "\n");
    do_with(fixture, EX_DATAERR, "account password khan", "short\n");
    do_with(fixture, EX_DATAERR, "account password khan", "\n");
    do_with(fixture, EX_DATAERR, "account password khan", "");
    do_with(fixture, EX_DATAERR, "account password khan", endless);
    do_with(fixture, EX_DATAERR, "account add head", "short\n");
    do_with(fixture, EX_DATAERR, "account add khan", "another password\n"); /* there already */
    get_in(fixture->record, khan_now());
}

static void test_the_secret_is_shown_once_as_apps_want_it(Fixture *fixture, gconstpointer data)
{
    SgSignIn attempt = khan_now();

    (void)data;
    g_autofree char *said = output_with(fixture, EX_OK, "account add khan --totp", PASSWORD "\n");
    const char *uri = strstr(said, "otpauth://totp/Kingsmead%20School:khan?secret=");
    g_assert_nonnull(uri);
    g_autofree char *secret = g_strndup(strstr(uri, "secret=") + strlen("secret="), 32);
    gsize n = 0;
    g_autofree guint8 *bytes = sg_base32_bytes(secret, &n);
    g_assert_cmpuint(n, ==, SG_TOTP_SECRET_BYTES);
    g_autofree char *code =
        g_strdup_printf("%06u", sg_totp_code(bytes, n, (guint64)(attempt.now / SG_TOTP_PERIOD)));
    keep_out(fixture->record, attempt);
    attempt.code = code;
    get_in(fixture->record, attempt);

    g_autofree char *list = output_with(fixture, EX_OK, "account list --json", "");
    g_assert_null(strstr(list, secret));
    g_autofree char *anew = output_with(fixture, EX_OK, "account totp khan", "");
    support_assert_contains(anew, "otpauth://");
    g_assert_null(strstr(anew, secret));
    do_with(fixture, EX_OK, "account totp khan --off", "");
    get_in(fixture->record, khan_now());
}

static void test_the_disabled_are_out_until_enabled(Fixture *fixture, gconstpointer data)
{
    (void)data;
    do_with(fixture, EX_OK, "account add khan", PASSWORD "\n");
    g_autofree char *off = output_with(fixture, EX_OK, "account disable khan", "");
    g_assert_cmpstr(off, ==, "account khan: disabled, and all sessions are over\n");
    keep_out(fixture->record, khan_now());
    g_autofree char *on = output_with(fixture, EX_OK, "account enable khan", "");
    g_assert_cmpstr(on, ==, "account khan: enabled\n");
    get_in(fixture->record, khan_now());
    do_with(fixture, EX_NOINPUT, "account disable head", "");
}

/* Whose block was taken out of the configuration. */
static void test_an_account_of_no_reviewer_is_listed_as_such_and_can_be_disabled(Fixture *fixture,
                                                                                 gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "gone", NULL);
    g_autofree char *list = output_with(fixture, EX_OK, "account list", "");
    g_assert_cmpstr(list, ==,
                    "NAME  ROLE         STATE    CODES  LAST SIGN-IN  SESSIONS\n"
                    "gone  no reviewer  enabled  no     -             0\n");
    do_with(fixture, EX_OK, "account disable gone", "");
    do_with(fixture, EX_NOINPUT, "account enable gone", "");
    do_with(fixture, EX_NOINPUT, "account password gone", PASSWORD "\n");
}

static void test_the_list_tells_scripts_the_same(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autofree char *none = output_with(fixture, EX_OK, "account list", "");
    g_assert_cmpstr(none, ==, "there are no accounts\n");
    add_account(fixture->record, "head", SECRET);
    add_account(fixture->record, "gone", NULL);
    get_in(fixture->record, as(khan(), "gone"));
    g_autofree char *json = output_with(fixture, EX_OK, "account list --json", "");
    g_assert_cmpstr(json, ==,
                    "{\"name\":\"gone\",\"role\":null,\"disabled\":false,\"totp\":false,"
                    "\"created\":\"2020-06-22T12:00:00Z\",\"changed\":\"2020-06-22T12:00:00Z\","
                    "\"last_sign_in\":\"2020-06-22T12:00:00Z\",\"sessions\":0}\n"
                    "{\"name\":\"head\",\"role\":\"head\",\"disabled\":false,\"totp\":true,"
                    "\"created\":\"2020-06-22T12:00:00Z\",\"changed\":\"2020-06-22T12:00:00Z\","
                    "\"last_sign_in\":null,\"sessions\":0}\n");
}

static void test_words_that_make_no_sense_are_refused(Fixture *fixture, gconstpointer data)
{
    static const char *const words[] = {"account",
                                        "account ad khan",
                                        "account add",
                                        "account add a b",
                                        "account list khan",
                                        "account add khan --off",
                                        "account list --totp",
                                        "account totp khan --totp",
                                        "account disable khan --json"};

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        do_with(fixture, EX_USAGE, words[i], PASSWORD "\n");
}

/* A terminal, with `schoolgate WORDS` on it. The record is closed meanwhile: none may cross a fork.
 */
typedef struct Terminal {
    int master;
    pid_t child;
    GString *seen;
} Terminal;

static void sit_down(Terminal *terminal, Fixture *fixture, const char *words)
{
    sg_record_close(g_steal_pointer(&fixture->record));
    terminal->seen = g_string_new(NULL);
    fflush(stdout);
    terminal->child = forkpty(&terminal->master, NULL, NULL, NULL);
    g_assert_cmpint(terminal->child, >=, 0);
    if (terminal->child == 0)
        _exit(run(fixture->folder, words));
}

/* FALSE when the other end is gone. */
static gboolean see_more(Terminal *terminal)
{
    char bytes[512];
    ssize_t n = read(terminal->master, bytes, sizeof bytes);

    if (n > 0)
        g_string_append_len(terminal->seen, bytes, n);
    return n > 0;
}

static void wait_for(Terminal *terminal, const char *prompt)
{
    while (!strstr(terminal->seen->str, prompt))
        g_assert_true(see_more(terminal));
}

static void type(Terminal *terminal, const char *text)
{
    g_assert_cmpint(write(terminal->master, text, strlen(text)), ==, (ssize_t)strlen(text));
}

static gboolean echoes(const Terminal *terminal)
{
    struct termios settings;

    g_assert_cmpint(tcgetattr(terminal->master, &settings), ==, 0);
    return (settings.c_lflag & ECHO) != 0;
}

/* How the program has ended, as waitpid() has it. */
static int stand_up(Terminal *terminal, Fixture *fixture)
{
    int status = -1;

    while (see_more(terminal))
        ;
    g_assert_cmpint(waitpid(terminal->child, &status, 0), ==, terminal->child);
    close(terminal->master);
    fixture->record = record_in(fixture->folder);
    return status;
}

static void test_on_a_terminal_a_password_is_typed_twice_and_not_shown(Fixture *fixture,
                                                                       gconstpointer data)
{
    Terminal terminal;

    (void)data;
    sit_down(&terminal, fixture, "account add khan");
    wait_for(&terminal, "New password for khan (at least 12 characters): ");
    g_assert_false(echoes(&terminal));
    type(&terminal, PASSWORD "\n");
    wait_for(&terminal, "The same again: ");
    g_assert_false(echoes(&terminal));
    type(&terminal, PASSWORD "\n");
    wait_for(&terminal, "account khan: made");
    g_assert_true(echoes(&terminal));
    int status = stand_up(&terminal, fixture);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, EX_OK);
    g_assert_null(strstr(terminal.seen->str, "bottles"));
    get_in(fixture->record, khan_now());
    g_string_free(terminal.seen, TRUE);
}

static void test_two_that_differ_change_nothing(Fixture *fixture, gconstpointer data)
{
    Terminal terminal;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    sit_down(&terminal, fixture, "account password khan");
    wait_for(&terminal, ": ");
    type(&terminal, "eight green bottles\n");
    wait_for(&terminal, "again: ");
    type(&terminal, "eight green bottle\n");
    int status = stand_up(&terminal, fixture);
    g_assert_cmpint(WEXITSTATUS(status), ==, EX_DATAERR);
    support_assert_contains(terminal.seen->str, "the two passwords differ; nothing was changed");
    get_in(fixture->record, khan_now());
    g_string_free(terminal.seen, TRUE);
}

static void test_who_is_interrupted_leaves_a_terminal_that_shows(Fixture *fixture,
                                                                 gconstpointer data)
{
    Terminal terminal;
    int slave;

    (void)data;
    sit_down(&terminal, fixture, "account add khan");
    wait_for(&terminal, "New password for khan");
    g_assert_false(echoes(&terminal));
    slave = open(ptsname(terminal.master), O_RDWR | O_NOCTTY); /* keeps the terminal's settings */
    type(&terminal, "\003");
    int status = -1;
    g_assert_cmpint(waitpid(terminal.child, &status, 0), ==, terminal.child);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGINT);
    g_assert_true(echoes(&terminal));
    close(slave);
    close(terminal.master);
    fixture->record = record_in(fixture->folder);
    g_string_free(terminal.seen, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/account/add", test_a_reviewer_gets_an_account_and_it_is_on_the_trail);
    add_test("/account/line", test_the_line_may_lack_its_end_and_the_rest_is_left_alone);
    add_test("/account/reviewers", test_nobody_but_a_reviewer_by_name_gets_one);
    add_test("/account/poor", test_a_poor_password_changes_nothing);
    add_test("/account/totp", test_the_secret_is_shown_once_as_apps_want_it);
    add_test("/account/disable", test_the_disabled_are_out_until_enabled);
    add_test("/account/gone", test_an_account_of_no_reviewer_is_listed_as_such_and_can_be_disabled);
    add_test("/account/list", test_the_list_tells_scripts_the_same);
    add_test("/account/words", test_words_that_make_no_sense_are_refused);
    add_test("/account/terminal", test_on_a_terminal_a_password_is_typed_twice_and_not_shown);
    add_test("/account/terminal/differ", test_two_that_differ_change_nothing);
    add_test("/account/terminal/interrupted", test_who_is_interrupted_leaves_a_terminal_that_shows);
    return g_test_run();
}
