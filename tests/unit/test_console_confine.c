/* test_console_confine.c - what the console's process can no longer do once it is locked in, and
 * what it still can */
#include "../../milter/console/confine.h"
#include "door_builders.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif

typedef int (*Attempt)(const SgConfig *config);

/* What `attempt` returns in a process that is locked in; 99: it could not be. */
static int from_inside(Attempt attempt)
{
    g_autofree char *folder = support_folder();
    g_autofree char *file = support_file(folder, "beside.txt", "x");
    SgConfig *config = config_in(folder, "school\n    officer o@kingsmead.example\n"
                                         "record\n    database record.db\nconsole\n");
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(sg_console_confine(config, NULL) ? attempt(config) : 99);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    sg_config_unref(config);
    support_folder_remove(folder);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static gboolean kernel_has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

static int read_passwords(const SgConfig *config)
{
    (void)config;
    return open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
}

static int write_elsewhere(const SgConfig *config)
{
    (void)config;
    return open("/tmp", O_TMPFILE | O_WRONLY, 0600) < 0 ? errno : 0;
}

static void test_no_file_is_reached_but_the_records_and_ours(void)
{
    if (!kernel_has_landlock()) {
        g_test_skip("the kernel has no landlock");
        return;
    }
    g_assert_cmpint(from_inside(read_passwords), ==, EACCES);
    g_assert_cmpint(from_inside(write_elsewhere), ==, EACCES);
}

static int run_a_program(const SgConfig *config)
{
    (void)config;
    execl("/bin/true", "true", NULL);
    return errno;
}

static int start_a_process(const SgConfig *config)
{
    pid_t pid = fork();

    (void)config;
    if (pid == 0)
        _exit(0);
    return pid < 0 ? errno : 0;
}

static int trace_the_parent(const SgConfig *config)
{
    (void)config;
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0 ? errno : 0;
}

static int signal_the_parent(const SgConfig *config)
{
    (void)config;
    return kill(getppid(), 0) < 0 ? errno : 0;
}

static void test_no_program_runs_and_no_process_is_touched(void)
{
    g_assert_cmpint(from_inside(run_a_program), ==, EPERM);
    g_assert_cmpint(from_inside(signal_the_parent), ==, EPERM);
    if (SANITIZED)
        return;
    g_assert_cmpint(from_inside(start_a_process), ==, EPERM);
    g_assert_cmpint(from_inside(trace_the_parent), ==, EPERM);
}

static int connect_to(int file, guint16 port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return connect(file, (const struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
}

static int open_a_socket(const SgConfig *config)
{
    (void)config;
    return socket(AF_INET6, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int open_a_datagram_socket(const SgConfig *config)
{
    (void)config;
    return socket(AF_INET, SOCK_DGRAM, 0) < 0 ? errno : 0;
}

static int before[2]; /* open when it is locked in */

static int connect_what_was_open(const SgConfig *config)
{
    int why = connect_to(before[0], 25);

    (void)config;
    return why == EACCES ? EPERM : why; /* landlock's answer, or seccomp's */
}

static void test_nobody_is_connected_to(void)
{
    before[0] = socket(AF_INET, SOCK_STREAM, 0);
    g_assert_cmpint(from_inside(open_a_socket), ==, EPERM);
    g_assert_cmpint(from_inside(open_a_datagram_socket), ==, EPERM);
    g_assert_cmpint(from_inside(connect_what_was_open), ==, EPERM);
    close(before[0]);
}

static gpointer read_in_a_thread(gpointer data)
{
    return GINT_TO_POINTER(run_a_program(data));
}

static int try_from_a_thread(const SgConfig *config)
{
    GThread *thread = g_thread_try_new("inside", read_in_a_thread, (gpointer)config, NULL);

    return thread ? GPOINTER_TO_INT(g_thread_join(thread)) : 0;
}

static void test_threads_are_inside_as_well(void)
{
    g_assert_cmpint(from_inside(try_from_a_thread), ==, EPERM);
}

static int write_the_record(const SgConfig *config)
{
    g_autoptr(GError) error = NULL;
    SgRecord *record = sg_record_open(config->database, SG_RECORD_READ_WRITE, &error);
    const SgActor by = {"root", "operator", NOON};
    gboolean done = record && sg_account_add(record, "khan", PASSWORD, NULL, &by, &error);

    if (!done)
        g_printerr("%s\n", error->message);
    if (record)
        sg_record_close(record);
    return done ? 1 : 0;
}

static int read_the_settings(const SgConfig *config)
{
    return open(config->path, O_RDONLY) >= 0;
}

static int accept_somebody(const SgConfig *config)
{
    (void)config;
    return accept(before[0], NULL, NULL) >= 0;
}

static void test_what_it_is_for_can_still_be_done(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    before[0] = socket(AF_INET, SOCK_STREAM, 0);
    before[1] = socket(AF_INET, SOCK_STREAM, 0);
    g_assert_cmpint(bind(before[0], (struct sockaddr *)&address, size), ==, 0);
    g_assert_cmpint(listen(before[0], 1), ==, 0);
    g_assert_cmpint(getsockname(before[0], (struct sockaddr *)&address, &size), ==, 0);
    g_assert_cmpint(connect_to(before[1], ntohs(address.sin_port)), ==, 0);
    g_assert_cmpint(from_inside(accept_somebody), ==, 1);
    g_assert_cmpint(from_inside(write_the_record), ==, 1);
    g_assert_cmpint(from_inside(read_the_settings), ==, 1);
    close(before[0]);
    close(before[1]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/confine/" #name, test_##name)
    PROMISE(no_file_is_reached_but_the_records_and_ours);
    PROMISE(no_program_runs_and_no_process_is_touched);
    PROMISE(nobody_is_connected_to);
    PROMISE(threads_are_inside_as_well);
    PROMISE(what_it_is_for_can_still_be_done);
    return g_test_run();
}
