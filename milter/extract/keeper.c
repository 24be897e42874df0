/* keeper.c - forks zygotes, one after the other, and does nothing else. */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define LIVED_LONG    G_USEC_PER_SEC /* one that dies sooner makes the next one wait */
#define LONGEST_PAUSE (5 * G_USEC_PER_SEC)

static void pause_for(gint64 microseconds)
{
    const struct timespec time = {.tv_sec = microseconds / G_USEC_PER_SEC,
                                  .tv_nsec = microseconds % G_USEC_PER_SEC * 1000};

    nanosleep(&time, NULL);
}

/* Returns TRUE when the zygote ended because nobody can ask any more. */
static gboolean keep_one(int socket, const SgSandbox *sandbox, SgReadFile read)
{
    pid_t zygote = sg_zygote_fork(socket, sandbox, read);
    int status;

    if (zygote < 0)
        return FALSE;
    while (waitpid(zygote, &status, 0) < 0) {
        if (errno != EINTR)
            return TRUE;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == EX_OK;
}

static _Noreturn void keeper_run(int socket, const SgSandbox *sandbox, SgReadFile read,
                                 pid_t parent)
{
    gint64 pause = 0;

    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "schoolgate-keep", 0, 0, 0);
    if (getppid() != parent)
        _exit(EX_UNAVAILABLE);
    setpgid(0, 0);
    /* None of its starter's files is kept open by it. */
    socket = dup2(socket, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0u, 0);
    for (;;) {
        gint64 started = g_get_monotonic_time();

        if (socket < 0 || keep_one(socket, sandbox, read))
            _exit(EX_OK);
        pause = g_get_monotonic_time() - started >= LIVED_LONG
                    ? 0
                    : CLAMP(pause * 2, 10 * 1000, LONGEST_PAUSE);
        pause_for(pause);
    }
}

pid_t sg_keeper_fork(int socket, const SgSandbox *sandbox, SgReadFile read)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0)
        keeper_run(socket, sandbox, read, parent);
    return pid;
}

void sg_keeper_stop(pid_t keeper)
{
    kill(keeper, SIGKILL);
    while (waitpid(keeper, NULL, 0) < 0 && errno == EINTR)
        continue;
}
