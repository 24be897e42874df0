/* test_courier_errand.c - the process that runs the sendmail command: it runs that for whoever asks
 * properly, nothing for anybody else, and nothing for who has gone; and it is there again when it
 * has died. How messages are handed over by it is in test_courier_sender.c. */
#include "../../milter/courier/errand.h"
#include "schoolgate/sender.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Fixture {
    char *folder;
    char *command;
    SgErrands *errands;
} Fixture;

/* The command notes whom its message is for, and then does `then`. */
static void start_that(Fixture *fixture, const char *then)
{
    g_autofree char *script =
        g_strdup_printf("#!/bin/sh\ncd '%s'\nfor to; do :; done\n"
                        "echo \"$to\" >>ran\necho $$ >pid.new; mv pid.new pid\n%s\n",
                        fixture->folder, then);

    fixture->command = support_file(fixture->folder, "sendmail", script);
    g_assert_cmpint(g_chmod(fixture->command, 0700), ==, 0);
    fixture->errands = sg_errands_start(fixture->command);
    g_assert_nonnull(fixture->errands);
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->folder = support_folder();
}

/* It ends with whoever may ask, and so does what it has forked. */
static void tear_down(Fixture *fixture, gconstpointer data)
{
    pid_t keeper = sg_errands_pid(fixture->errands);
    int status = 0;

    (void)data;
    g_clear_pointer(&fixture->errands, sg_errands_free);
    if (keeper > 0)
        g_assert_true(waitpid(keeper, &status, 0) == keeper && WIFEXITED(status));
    support_folder_remove(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->command);
}

/* What there is of processes ----------------------------------------------------------------------
 */

static pid_t child_of(pid_t parent)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%d/children", parent, parent);
    g_autofree char *text = NULL;

    for (;; g_thread_yield()) {
        g_clear_pointer(&text, g_free);
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        if (*text)
            return atoi(text);
    }
}

static pid_t runner(const Fixture *fixture)
{
    return child_of(sg_errands_pid(fixture->errands));
}

static void stop(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);

    kill(pid, SIGSTOP);
    for (;; g_thread_yield()) {
        g_autofree char *text = NULL;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        if (strstr(text, "\nState:\tT"))
            return;
    }
}

static guint files_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", pid);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    guint count = 0;

    while (folder && g_dir_read_name(folder))
        count++;
    return count;
}

static char *kept(const Fixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static pid_t await_command(const Fixture *fixture)
{
    for (;; g_thread_yield()) {
        g_autofree char *text = kept(fixture, "pid");

        if (text)
            return atoi(text);
    }
}

static void assert_ran(const Fixture *fixture, const char *whom)
{
    g_autofree char *ran = kept(fixture, "ran");

    g_assert_cmpstr(ran, ==, whom);
}

/* Asking ------------------------------------------------------------------------------------------
 */

static int memory_of(const void *bytes, gsize size)
{
    int file = memfd_create("bytes", MFD_CLOEXEC);

    g_assert_cmpint(write(file, bytes, size), ==, size);
    return file;
}

/* Asks for `size` bytes of addresses; the other end of where the answer comes. */
static int ask(const Fixture *fixture, const char *addresses, gsize size)
{
    const SgErrandRequest request = {0};
    int ends[2];
    int files[SG_ERRAND_FILES];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), ==, 0);
    files[SG_ERRAND_MESSAGE] = memory_of("Subject: x\n\n", 12);
    files[SG_ERRAND_ADDRESSES] = memory_of(addresses, size);
    files[SG_ERRAND_ANSWER] = ends[1];
    g_assert_true(sg_errand_send(sg_errands_file(fixture->errands), &request, files));
    for (guint i = 0; i < SG_ERRAND_FILES; i++)
        close(files[i]);
    return ends[0];
}

static int ask_for(const Fixture *fixture, const char *whom)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, (const guint8 *)"d.price@kingsmead.example", 26);
    g_byte_array_append(bytes, (const guint8 *)whom, (guint)strlen(whom) + 1);
    return ask(fixture, (const char *)bytes->data, bytes->len);
}

/* FALSE when none comes. */
static gboolean hear(int answer, SgCommandEnd *end)
{
    gboolean heard = recv(answer, end, sizeof *end, 0) == (ssize_t)sizeof *end;

    close(answer);
    return heard;
}

static void assert_runs(const Fixture *fixture, const char *whom)
{
    SgCommandEnd end;

    g_assert_true(hear(ask_for(fixture, whom), &end));
    g_assert_cmpint(end.failed, ==, 0);
    g_assert_cmpint(end.status, ==, 0);
}

static void test_the_command_is_run_and_what_it_says_comes_back(Fixture *fixture,
                                                                gconstpointer data)
{
    SgCommandEnd end;

    (void)data;
    start_that(fixture, "echo queued; exit 75");
    g_assert_true(hear(ask_for(fixture, "a@home.example"), &end));
    g_assert_cmpint(WEXITSTATUS(end.status), ==, 75);
    g_assert_cmpuint(end.said_size, ==, 7);
    g_assert_cmpmem(end.said, 7, "queued\n", 7);
    assert_ran(fixture, "a@home.example\n");
}

static void test_addresses_that_are_none_run_nothing(Fixture *fixture, gconstpointer data)
{
#define BYTES(text)                                                                                \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }
    static const struct {
        const char *bytes;
        gsize size;
    } hostile[] = {
        BYTES("\0"),
        BYTES("a@b.example\0"),
        BYTES("a@b.example\0c@d.example"), /* no end */
        BYTES("a@b.example\0\0"),
        BYTES("a@b.example\0c@d.example\0\0"),
        BYTES("a@b.example\0c@d.example x@y.example\0"),
        BYTES("a@b.example\0<c@d.example>\0"),
        BYTES("a@b.example\0c@d.example\nx\0"),
        BYTES("a b\0c@d.example\0"),
    };

    (void)data;
    start_that(fixture, "");
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        SgCommandEnd end;

        g_assert_true(hear(ask(fixture, hostile[i].bytes, hostile[i].size), &end));
        g_assert_cmpint(end.failed, ==, EINVAL);
    }
    assert_ran(fixture, NULL);
    assert_runs(fixture, "a@home.example");
}

static void send_files(int socket, const void *bytes, gsize size, const int *files, gsize count)
{
    struct iovec part = {(void *)bytes, size};
    char room[CMSG_SPACE(sizeof(int) * 16)] = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (count > 0) {
        message.msg_control = room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(header), files, sizeof(int) * count);
    }
    g_assert_cmpint(sendmsg(socket, &message, 0), ==, size);
}

static void test_requests_that_are_none_run_nothing_and_leave_nothing_open(Fixture *fixture,
                                                                           gconstpointer data)
{
    static const char good[] = "a@b.example\0c@d.example";
    char large[SG_ERRAND_ADDRESSES_MOST + 1] = {0};
    int pair[2], pipes[2], socket;
    guint before;

    (void)data;
    start_that(fixture, "");
    assert_runs(fixture, "first@home.example");
    before = files_of(runner(fixture));
    socket = sg_errands_file(fixture->errands);
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) | pipe(pipes), ==, 0);
    int message = memory_of("x", 1), addresses = memory_of(good, sizeof good);
    int folder = open("/", O_RDONLY | O_DIRECTORY), too_large = memory_of(large, sizeof large);
    const int files[] = {message, addresses, pair[1], pair[1], pair[1]};
    const int odd[][3] = {{message, pipes[0], pair[1]},  {pipes[0], addresses, pair[1]},
                          {folder, addresses, pair[1]},  {message, folder, pair[1]},
                          {message, addresses, message}, {message, too_large, pair[1]}};

    send_files(socket, "", 0, NULL, 0);
    send_files(socket, "", 0, files, 3);
    send_files(socket, "\0\0\0\0", 4, NULL, 0);
    send_files(socket, "\0\0\0\0", 4, files, 1);
    send_files(socket, "\0\0\0\0", 4, files, 2);
    send_files(socket, "\0\0\0\0", 4, files, 5);
    send_files(socket, "\0\0", 2, files, 3);
    send_files(socket, "\0\0\0\0\0\0\0\0", 8, files, 3);
    for (gsize i = 0; i < G_N_ELEMENTS(odd); i++)
        send_files(socket, "\0\0\0\0", 4, odd[i], 3);
    assert_runs(fixture, "last@home.example");
    assert_ran(fixture, "first@home.example\nlast@home.example\n");
    /* It answers before it closes what the last one came with. */
    g_assert_cmpuint(files_of(runner(fixture)), <=, before + SG_ERRAND_FILES);
    close(pair[0]);
    close(pair[1]);
    close(pipes[0]);
    close(pipes[1]);
    close(message);
    close(addresses);
    close(folder);
    close(too_large);
}

static void test_an_errand_that_waited_for_who_has_gone_is_not_run(Fixture *fixture,
                                                                   gconstpointer data)
{
    SgCommandEnd end;
    pid_t pid;
    int answer;

    (void)data;
    start_that(fixture, "");
    pid = runner(fixture);
    stop(pid);
    close(ask_for(fixture, "gone@home.example"));
    answer = ask_for(fixture, "here@home.example");
    kill(pid, SIGCONT);
    g_assert_true(hear(answer, &end));
    assert_ran(fixture, "here@home.example\n");
}

/* A courier that was killed; the next one hands over what it had in hand. */
static void test_a_command_is_gone_before_the_next_one_runs(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->folder, "pid", NULL);
    pid_t first;
    int answer;

    (void)data;
    start_that(fixture, "[ $to = next@home.example ] || { sleep 1000 & wait; }");
    answer = ask_for(fixture, "killed@home.example");
    first = await_command(fixture);
    g_unlink(path);
    close(answer);
    assert_runs(fixture, "next@home.example");
    g_assert_cmpint(kill(first, 0), ==, -1);
    g_assert_cmpint(kill(-first, 0), ==, -1); /* and all that it had started */
    assert_ran(fixture, "killed@home.example\nnext@home.example\n");
}

static void test_who_closes_its_half_hears_what_was_said_so_far(Fixture *fixture,
                                                                gconstpointer data)
{
    SgCommandEnd end;
    int answer;

    (void)data;
    start_that(fixture, "echo almost; sleep 1000");
    answer = ask_for(fixture, "a@home.example");
    await_command(fixture);
    g_assert_cmpint(shutdown(answer, SHUT_WR), ==, 0);
    g_assert_true(hear(answer, &end));
    g_assert_cmpuint(end.cut_short, !=, 0);
}

static void test_killed_it_takes_the_command_along_and_is_there_again(Fixture *fixture,
                                                                      gconstpointer data)
{
    SgCommandEnd end;
    pid_t command, pid;
    int answer;

    (void)data;
    start_that(fixture, "[ $to = next@home.example ] || exec sleep 1000");
    answer = ask_for(fixture, "killed@home.example");
    command = await_command(fixture);
    pid = runner(fixture);
    kill(pid, SIGKILL);
    g_assert_false(hear(answer, &end));
    while (kill(command, 0) == 0)
        g_thread_yield();
    assert_runs(fixture, "next@home.example");
    g_assert_cmpint(runner(fixture), !=, pid);
}

static void test_an_errand_that_waits_while_it_is_killed_is_run_by_the_next(Fixture *fixture,
                                                                            gconstpointer data)
{
    SgCommandEnd end;
    pid_t pid;
    int answer;

    (void)data;
    start_that(fixture, "");
    pid = runner(fixture);
    stop(pid);
    answer = ask_for(fixture, "waits@home.example");
    kill(pid, SIGKILL);
    g_assert_true(hear(answer, &end));
    assert_ran(fixture, "waits@home.example\n");
}

static void test_it_has_nothing_open_and_nobody_looks_into_it(Fixture *fixture, gconstpointer data)
{
    int ours = open("/etc/passwd", O_RDONLY);
    g_autofree char *path = NULL;
    struct stat status;
    pid_t pid;

    (void)data;
    start_that(fixture, "");
    close(ours);
    assert_runs(fixture, "a@home.example");
    pid = runner(fixture);
    g_assert_cmpuint(files_of(sg_errands_pid(fixture->errands)), ==, 4);
    /* Of a process that may be dumped this is its own user's; then it could be traced as well. */
    path = g_strdup_printf("/proc/%d/mem", pid);
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpuint(status.st_uid, ==, 0);
}

#define PROMISE(test) g_test_add("/courier/errand/" #test, Fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(test_the_command_is_run_and_what_it_says_comes_back);
    PROMISE(test_addresses_that_are_none_run_nothing);
    PROMISE(test_requests_that_are_none_run_nothing_and_leave_nothing_open);
    PROMISE(test_an_errand_that_waited_for_who_has_gone_is_not_run);
    PROMISE(test_a_command_is_gone_before_the_next_one_runs);
    PROMISE(test_who_closes_its_half_hears_what_was_said_so_far);
    PROMISE(test_killed_it_takes_the_command_along_and_is_there_again);
    PROMISE(test_an_errand_that_waits_while_it_is_killed_is_run_by_the_next);
    PROMISE(test_it_has_nothing_open_and_nobody_looks_into_it);
    return g_test_run();
}
