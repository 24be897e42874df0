/* zygote.c - hears requests, forks a child for each, and tells the caller how the child ended
 *
 * It never looks at an attachment itself. What it answers for is that every child ends: by itself,
 * at its deadline, or when nobody listens to it any more. */
#include "zygote.h"

#include "child.h"
#include "schoolgate/meter.h"
#include "schoolgate/pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* Where its descriptors lie, behind the standard ones; all others are closed. */
enum { SOCKET = 3, SIGNALS = 4, FIRST_OTHER = 5 };

/* Beyond so many at once, requests wait in the socket. */
#define MOST_CHILDREN 256

typedef struct Child {
    pid_t pid; /* 0: it has ended, and the caller is yet to be told */
    int reply;
    gint64 deadline; /* monotonic; G_MAXINT64 once it has been killed for being late */
    gboolean late;
    gboolean abandoned; /* the caller has gone */
    SgEnding ending;
} Child;

typedef struct Zygote {
    pid_t self;
    const SgSandbox *sandbox;
    SgReadFile read;
    GArray *children; /* of Child */
} Zygote;

static Child *child_at(const Zygote *zygote, guint index)
{
    return &g_array_index(zygote->children, Child, index);
}

static gint64 deadline_of(const SgRequest *request)
{
    guint64 seconds = MIN(request->limits.helper_seconds, G_MAXINT32);

    return g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
}

/* Returns FALSE when nobody can ask any more. */
static gboolean hear_request(Zygote *zygote)
{
    SgRequest request = {0};
    SgRequestFiles files;
    int heard = sg_request_receive(SOCKET, &request, &files);
    Child child = {0};

    if (heard <= 0)
        return heard < 0;
    child = (Child){.reply = files.reply, .deadline = deadline_of(&request)};
    child.pid = fork();
    if (child.pid == 0)
        sg_child_run(zygote->sandbox, &request, files, zygote->self, zygote->read);
    close(files.attachment);
    if (child.pid > 0)
        g_array_append_val(zygote->children, child);
    else
        close(files.reply);
    return TRUE;
}

static SgEnding ending_of(const Child *child, int status)
{
    if (child->late || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
        return SG_ENDED_LATE;
    if (!WIFEXITED(status))
        return SG_ENDED_CRASHED;
    if (WEXITSTATUS(status) == SG_CHILD_GREEDY)
        return SG_ENDED_GREEDY;
    return WEXITSTATUS(status) == SG_CHILD_READ ? SG_ENDED_WELL : SG_ENDED_CRASHED;
}

/* Tells the caller how child `index` ended, unless there is no room for that yet. */
static void tell(Zygote *zygote, guint index)
{
    Child *child = child_at(zygote, index);

    if (!child->abandoned && !sg_record_send_end(child->reply, child->ending) && errno == EAGAIN)
        return;
    close(child->reply);
    g_array_remove_index_fast(zygote->children, index);
}

static void reap(Zygote *zygote)
{
    struct signalfd_siginfo info;
    int status;
    pid_t pid;

    while (read(SIGNALS, &info, sizeof info) > 0)
        continue;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (guint i = 0; i < zygote->children->len; i++) {
            if (child_at(zygote, i)->pid != pid)
                continue;
            child_at(zygote, i)->ending = ending_of(child_at(zygote, i), status);
            child_at(zygote, i)->pid = 0;
            tell(zygote, i);
            break;
        }
    }
}

static void end_late_children(Zygote *zygote)
{
    gint64 now = g_get_monotonic_time();

    for (guint i = 0; i < zygote->children->len; i++) {
        Child *child = child_at(zygote, i);

        if (child->pid == 0 || now < child->deadline)
            continue;
        child->late = TRUE;
        child->deadline = G_MAXINT64;
        kill(child->pid, SIGKILL);
    }
}

static int milliseconds_to_deadline(const Zygote *zygote)
{
    gint64 now = g_get_monotonic_time();
    gint64 next = G_MAXINT64;

    for (guint i = 0; i < zygote->children->len; i++) {
        if (child_at(zygote, i)->pid != 0)
            next = MIN(next, child_at(zygote, i)->deadline);
    }
    if (next == G_MAXINT64)
        return SG_PULSE_EVERY_MS;
    return next <= now ? 0 : (int)MIN((next - now) / 1000 + 1, SG_PULSE_EVERY_MS);
}

/* What happened to the caller of child `index`: it can be told now, or it has gone. */
static void hear_caller(Zygote *zygote, guint index, short events)
{
    Child *child = child_at(zygote, index);

    if (events & (POLLERR | POLLHUP)) {
        child->abandoned = TRUE;
        if (child->pid != 0)
            kill(child->pid, SIGKILL);
    }
    if (events && child->pid == 0)
        tell(zygote, index);
}

static gboolean wait_and_act(Zygote *zygote)
{
    guint count = zygote->children->len;
    struct pollfd files[2 + MOST_CHILDREN] = {
        {.fd = count < MOST_CHILDREN ? SOCKET : -1, .events = POLLIN},
        {.fd = SIGNALS, .events = POLLIN},
    };

    sg_pulse_beat();
    for (guint i = 0; i < count; i++) {
        const Child *child = child_at(zygote, i);

        files[2 + i] = (struct pollfd){.fd = child->abandoned ? -1 : child->reply,
                                       .events = child->pid == 0 ? POLLOUT : 0};
    }
    if (poll(files, 2 + count, milliseconds_to_deadline(zygote)) < 0 && errno != EINTR)
        return FALSE;
    /* From the end on: a child that is told leaves its place to the last one. */
    for (guint i = count; i > 0; i--)
        hear_caller(zygote, i - 1, files[1 + i].revents);
    if (files[1].revents)
        reap(zygote);
    end_late_children(zygote);
    return !files[0].revents || hear_request(zygote);
}

static gboolean silence_standard_files(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        return FALSE;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* Libraries complain there of what they read. */
    if (dup2(null, STDERR_FILENO) < 0)
        return FALSE;
#endif
    return TRUE;
}

/* Keeps of all descriptors the standard ones, the socket, and one by which signals are heard. */
static gboolean arrange_files(int socket)
{
    sigset_t all;
    sigset_t children;
    int signals;

    sigfillset(&all);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &all, NULL) != 0)
        return FALSE;
    socket = fcntl(socket, F_DUPFD, FIRST_OTHER);
    signals = signalfd(-1, &children, SFD_NONBLOCK);
    signals = signals < 0 ? -1 : fcntl(signals, F_DUPFD, FIRST_OTHER);
    return socket >= 0 && signals >= 0 && dup2(socket, SOCKET) >= 0 &&
           dup2(signals, SIGNALS) >= 0 && close_range(FIRST_OTHER, ~0u, 0) == 0;
}

static gboolean prepared;

gboolean sg_zygote_prepare(void)
{
    sg_child_hush();
    sg_meter_close();
    if (!silence_standard_files())
        return FALSE;
    sg_readers_init();
    prepared = TRUE;
    return TRUE;
}

static _Noreturn void zygote_run(int socket, const SgSandbox *sandbox, SgReadFile read,
                                 pid_t parent)
{
    Zygote zygote = {.self = getpid(), .sandbox = sandbox, .read = read};

    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "schoolgate-read", 0, 0, 0);
    if (getppid() != parent)
        _exit(EX_UNAVAILABLE);
    setpgid(0, 0); /* what a terminal or a script sends to its starter's group is not for it */
    sg_pulse_take(SG_PULSE_EXTRACTOR);
    if (!prepared && !sg_zygote_prepare())
        _exit(EX_OSERR);
    zygote.children = g_array_new(FALSE, FALSE, sizeof(Child));
    if (!arrange_files(socket))
        _exit(EX_OSERR);
    if (!sg_sandbox_enter_zygote(sandbox))
        _exit(EX_NOPERM);
    while (wait_and_act(&zygote))
        continue;
    _exit(EX_OK);
}

pid_t sg_zygote_fork(int socket, const SgSandbox *sandbox, SgReadFile read)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0)
        zygote_run(socket, sandbox, read, parent);
    return pid;
}
