/* sender_command.c - hands mail to the sendmail command, Postfix's or Sendmail's, without a shell
 */
#include "schoolgate/pulse.h"
#include "schoolgate/sender.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "schoolgate/durable.h"

#define SAID_MOST 4096

/* The command as it runs. */
typedef struct Running {
    pid_t pid;
    int process; /* its file descriptor */
    int output;  /* what it says, on either of its outputs */
    char said[SAID_MOST];
    gsize said_size;
} Running;

static gpointer open_command(const SgCourierSettings *settings, int stop)
{
    (void)stop;
    return g_strdup(settings->command);
}

static gboolean is_eight_bit(GBytes *bytes)
{
    gsize size = 0;
    const guint8 *at = g_bytes_get_data(bytes, &size);

    for (gsize i = 0; i < size; i++)
        if (at[i] & 0x80)
            return TRUE;
    return FALSE;
}

/* -i: a dot alone ends nothing. Behind "--" no address is an option. The strings are borrowed. */
static char **arguments(const char *command, const SgMail *mail, gboolean eight_bit)
{
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, (char *)command);
    g_ptr_array_add(words, (char *)"-i");
    if (eight_bit)
        g_ptr_array_add(words, (char *)"-B8BITMIME");
    g_ptr_array_add(words, (char *)"-f");
    g_ptr_array_add(words, *mail->from ? mail->from : (char *)"<>");
    g_ptr_array_add(words, (char *)"--");
    for (char **to = mail->to; *to; to++)
        g_ptr_array_add(words, *to);
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* A file that is in memory only, rather than a pipe: should we die while the command reads, it has
 * the whole message or none, not a beginning that looks whole. */
static int input_of(GBytes *bytes)
{
    int fd = memfd_create("message", MFD_CLOEXEC);
    gsize size = 0;
    const void *at = g_bytes_get_data(bytes, &size);

    if (fd >= 0 && (!sg_write_all(fd, at, size) || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* In the new process, which has only one thread: only calls that are safe there. It dies with us,
 * so that a courier that comes after us does not hand over what is just being taken. */
static void become(char **words, int input, int output, pid_t parent)
{
    static char *const environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                        (char *)"LC_ALL=C", NULL};
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(EX_TEMPFAIL);
    setpgid(0, 0);
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(output, STDERR_FILENO) >= 0) {
        close_range(STDERR_FILENO + 1, ~0U, 0);
        execve(words[0], words, environment);
    }
    _exit(EX_TEMPFAIL);
}

static gboolean start(Running *running, char **words, int input)
{
    int ends[2];
    pid_t self = getpid();

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return FALSE;
    running->pid = fork();
    if (running->pid == 0)
        become(words, input, ends[1], self);
    close(ends[1]);
    running->output = ends[0];
    running->process = running->pid > 0 ? pidfd_open(running->pid, 0) : -1;
    return running->pid > 0;
}

/* More than we keep is read and forgotten, so that the command does not wait for us. FALSE when
 * there is nothing more. */
static gboolean read_output(Running *running)
{
    char bytes[1024];
    ssize_t got = read(running->output, bytes, sizeof bytes);
    gsize kept = got > 0 ? MIN((gsize)got, SAID_MOST - running->said_size) : 0;

    memcpy(running->said + running->said_size, bytes, kept);
    running->said_size += kept;
    return got > 0;
}

/* FALSE when it does not end in time. What it has started, and leaves running, is not waited for.
 */
static gboolean await_end(Running *running)
{
    gint64 until = g_get_monotonic_time() + (gint64)sg_sender_patience * G_USEC_PER_SEC;
    struct pollfd files[] = {{.fd = running->process, .events = POLLIN},
                             {.fd = running->output, .events = POLLIN}};

    while (!files[0].revents) {
        gint64 left = (until - g_get_monotonic_time()) / 1000;

        sg_pulse_beat();
        if (left <= 0)
            return FALSE;
        if (poll(files, G_N_ELEMENTS(files), (int)MIN(left, SG_PULSE_EVERY_MS)) <= 0)
            continue;
        if (files[1].revents && !read_output(running))
            files[1].fd = -1;
    }
    while (read_output(running))
        continue;
    return TRUE;
}

static int finish(Running *running, gboolean in_time)
{
    int status = 0;

    if (!in_time)
        kill(-running->pid, SIGKILL);
    while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(running->process);
    close(running->output);
    return status;
}

/* Codes by which a mail server says that it will never take this message, or never for one of these
 * recipients; see sysexits.h. All others may mean that something is wrong with the server. */
static SgHandedHow how_of(int status)
{
    if (!WIFEXITED(status))
        return SG_HANDED_LATER;
    switch (WEXITSTATUS(status)) {
    case EX_OK:
        return SG_HANDED_OVER;
    case EX_USAGE:
    case EX_DATAERR:
    case EX_NOUSER:
    case EX_NOHOST:
    case EX_UNAVAILABLE:
        return SG_HANDED_REFUSED;
    default:
        return SG_HANDED_LATER;
    }
}

static char *words_of(const Running *running, int status, gboolean in_time)
{
    g_autofree char *words = sg_handed_words(running->said, running->said_size);

    if (!in_time)
        return g_strdup_printf("the command took longer than %u s%s%s", sg_sender_patience,
                               *words ? ": " : "", words);
    if (*words)
        return g_steal_pointer(&words);
    if (WIFSIGNALED(status))
        return g_strdup_printf("the command was killed by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status) == EX_OK
               ? g_strdup("taken")
               : g_strdup_printf("the command ended with exit code %d", WEXITSTATUS(status));
}

static SgHanded cannot(const char *what)
{
    return (SgHanded){SG_HANDED_LATER, g_strdup_printf("cannot %s: %s", what, g_strerror(errno))};
}

static SgHanded run(char **words, int input)
{
    Running running = {.process = -1, .output = -1};
    SgHanded handed = {0};
    gboolean in_time;
    int status;

    if (!start(&running, words, input)) {
        handed = cannot("start the command");
        if (running.output >= 0)
            close(running.output);
        return handed;
    }
    in_time = await_end(&running);
    status = finish(&running, in_time);
    handed.how = in_time ? how_of(status) : SG_HANDED_LATER;
    handed.words = words_of(&running, status, in_time);
    return handed;
}

static SgHanded send_by_command(gpointer way, const SgMail *mail)
{
    const char *command = way;
    g_autoptr(GBytes) bytes = sg_mail_with_lines(mail, "\n");
    g_autofree char **words = arguments(command, mail, is_eight_bit(bytes));
    SgHanded handed;
    int input;

    if (access(command, X_OK) != 0)
        return (SgHanded){SG_HANDED_LATER,
                          g_strdup_printf("cannot run '%s': %s", command, g_strerror(errno))};
    input = input_of(bytes);
    if (input < 0)
        return cannot("keep the message in memory");
    handed = run(words, input);
    close(input);
    return handed;
}

const SgSendingWay sg_sending_by_command = {open_command, send_by_command, g_free};
