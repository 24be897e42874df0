/* keeper.c - forks zygotes, one after the other, and can do nothing else. */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define LIVED_LONG     G_USEC_PER_SEC /* one that dies sooner makes the next one wait */
#define SHORTEST_PAUSE (10 * 1000)
#define LONGEST_PAUSE  (5 * G_USEC_PER_SEC)
#define FOR_EVER       (-1)

/* The next of `signals`; 0 when there is none within that time. */
static int wait_for_signal(const sigset_t *signals, gint64 microseconds)
{
    const struct timespec time = {.tv_sec = microseconds / G_USEC_PER_SEC,
                                  .tv_nsec = microseconds % G_USEC_PER_SEC * 1000};
    int number = microseconds < 0 ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &time);

    return MAX(number, 0);
}

static void end_zygote(pid_t zygote)
{
    kill(zygote, SIGKILL);
    while (waitpid(zygote, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* Waits until the zygote has died; exits when there is to be no other. */
static void keep_one(pid_t zygote, const sigset_t *signals)
{
    int status;

    for (;;) {
        if (wait_for_signal(signals, FOR_EVER) == SIGTERM) {
            end_zygote(zygote);
            _exit(EX_OK);
        }
        if (waitpid(zygote, &status, WNOHANG) != zygote)
            continue;
        if (WIFEXITED(status) && WEXITSTATUS(status) == EX_OK)
            _exit(EX_OK); /* nobody can ask any more */
        return;
    }
}

static gint64 next_pause(gint64 pause, gint64 lived)
{
    return lived >= LIVED_LONG ? 0 : CLAMP(pause * 2, SHORTEST_PAUSE, LONGEST_PAUSE);
}

static _Noreturn void keeper_run(int socket, const SgSandbox *sandbox, SgReadFile read,
                                 pid_t parent)
{
    gint64 pause = 0;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "schoolgate-keep", 0, 0, 0);
    if (getppid() != parent)
        _exit(EX_UNAVAILABLE);
    setpgid(0, 0);
    /* None of its starter's files is kept open by it. */
    socket = dup2(socket, STDERR_FILENO + 1);
    if (socket < 0 || !sg_zygote_prepare())
        _exit(EX_OSERR);
    close_range(STDERR_FILENO + 2, ~0u, 0);
    if (!sg_sandbox_enter_keeper(sandbox))
        _exit(EX_NOPERM);
    for (;;) {
        gint64 started = g_get_monotonic_time();
        pid_t zygote = sg_zygote_fork(socket, sandbox, read);

        if (zygote > 0)
            keep_one(zygote, &signals);
        pause = next_pause(pause, g_get_monotonic_time() - started);
        if (wait_for_signal(&signals, pause) == SIGTERM)
            break;
    }
    _exit(EX_OK);
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
    kill(keeper, SIGTERM);
    while (waitpid(keeper, NULL, 0) < 0 && errno == EINTR)
        continue;
}
