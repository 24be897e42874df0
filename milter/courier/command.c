/* command.c - see command.h. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* The command as it runs. */
typedef struct Running {
    pid_t pid;
    int process; /* its file descriptor */
    int output;  /* what it says, on either of its outputs */
} Running;

/* In the new process, which has only one thread: only calls that are safe there. It dies with us,
 * so that whoever comes after us does not hand over what is just being taken. */
static void become(const SgCommand *command, int output, pid_t parent)
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
    if (dup2(command->message, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(output, STDERR_FILENO) >= 0) {
        close_range(STDERR_FILENO + 1, ~0U, 0);
        execve(command->words[0], command->words, environment);
    }
    _exit(EX_TEMPFAIL);
}

static gboolean start(Running *running, const SgCommand *command)
{
    int ends[2];
    pid_t self = getpid();

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return FALSE;
    running->pid = fork();
    if (running->pid == 0)
        become(command, ends[1], self);
    close(ends[1]);
    running->output = ends[0];
    /* It does so itself as well: whoever comes first, its group is there when it is to be ended. */
    if (running->pid > 0)
        setpgid(running->pid, running->pid);
    running->process = running->pid > 0 ? pidfd_open(running->pid, 0) : -1;
    return running->pid > 0;
}

/* More than we keep is read and forgotten, so that the command does not wait for us. FALSE when
 * there is nothing more. */
static gboolean read_output(const Running *running, SgCommandEnd *end)
{
    char bytes[1024];
    ssize_t got = read(running->output, bytes, sizeof bytes);
    gsize kept = got > 0 ? MIN((gsize)got, SG_COMMAND_SAID_MOST - end->said_size) : 0;

    memcpy(end->said + end->said_size, bytes, kept);
    end->said_size += (guint32)kept;
    return got > 0;
}

/* FALSE when it is to be ended first. */
static gboolean await_end(const Running *running, const SgCommand *command, SgCommandEnd *end)
{
    struct pollfd files[] = {{.fd = running->process, .events = POLLIN},
                             {.fd = command->wanted, .events = POLLIN | POLLRDHUP},
                             {.fd = running->output, .events = POLLIN}};

    while (!files[0].revents) {
        gint64 left = (command->until - g_get_monotonic_time()) / 1000;

        if (left <= 0 || files[1].revents)
            return FALSE;
        if (poll(files, G_N_ELEMENTS(files), (int)MIN(left, 60 * 1000)) <= 0)
            continue;
        if (files[2].revents && !read_output(running, end))
            files[2].fd = -1;
    }
    while (read_output(running, end))
        continue;
    return TRUE;
}

/* Once it is ended, also what it had started has ended, where that becomes a child of ours. */
static void finish(const Running *running, SgCommandEnd *end)
{
    int status = 0;

    if (end->cut_short) {
        kill(-running->pid, SIGKILL);
        kill(running->pid, SIGKILL);
    }
    while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    while (end->cut_short && waitpid(-running->pid, NULL, 0) > 0)
        continue;
    end->status = status;
    close(running->process);
    close(running->output);
}

void sg_command_run(const SgCommand *command, SgCommandEnd *end)
{
    Running running = {.process = -1, .output = -1};

    *end = (SgCommandEnd){0};
    if (!start(&running, command)) {
        end->failed = errno;
        if (running.output >= 0)
            close(running.output);
        return;
    }
    end->cut_short = !await_end(&running, command, end);
    finish(&running, end);
}
