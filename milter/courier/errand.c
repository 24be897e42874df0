/* errand.c - the process that runs the sendmail command, and the one that forks it: neither is
 * confined, so that nothing is here but what they do; see schoolgate/errand.h.
 *
 * What is asked for is taken as hostile. It decides whom a message is from, whom it goes to and
 * what is in it, as whoever speaks SMTP does. It does not decide what is run. */
#include "errand.h"

#include "schoolgate/meter.h"
#include "schoolgate/pulse.h"
#include "schoolgate/tidy.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define FILES_MOST 256
#define LIVED_LONG G_USEC_PER_SEC /* who dies sooner makes the next one wait */
#define PAUSE      (G_USEC_PER_SEC / 10)

struct SgErrands {
    char *command;
    int ask;
    pid_t keeper;
};

/* One errand -------------------------------------------------------------------------------------
 */

/* A plain file, which is never waited for, and no longer than it was: what we look at is a copy. */
static char *read_addresses(int file, gsize *size)
{
    g_autofree char *bytes = NULL;
    struct stat status;

    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0 ||
        status.st_size > SG_ERRAND_ADDRESSES_MOST)
        return NULL;
    *size = (gsize)status.st_size;
    bytes = g_malloc(*size);
    return pread(file, bytes, *size, 0) == (ssize_t)*size ? g_steal_pointer(&bytes) : NULL;
}

static gboolean is_message(int file)
{
    struct stat status;

    return fstat(file, &status) == 0 && S_ISREG(status.st_mode) && lseek(file, 0, SEEK_SET) == 0;
}

/* Whoever asked has gone, and may have asked again by another. */
static gboolean is_wanted(int answer)
{
    struct pollfd file = {.fd = answer, .events = POLLIN | POLLRDHUP};

    return poll(&file, 1, 0) == 0;
}

static void run_errand(const char *command, const SgErrandRequest *request,
                       const int files[SG_ERRAND_FILES])
{
    gsize size = 0;
    g_autofree char *addresses = read_addresses(files[SG_ERRAND_ADDRESSES], &size);
    g_autofree char **words = addresses ? sg_errand_words(command, request, addresses, size) : NULL;
    const SgCommand run = {.words = words,
                           .message = files[SG_ERRAND_MESSAGE],
                           .wanted = files[SG_ERRAND_ANSWER],
                           .until = G_MAXINT64};
    SgCommandEnd end = {.failed = EINVAL};

    if (!is_wanted(files[SG_ERRAND_ANSWER]))
        return;
    if (words && is_message(files[SG_ERRAND_MESSAGE]))
        sg_command_run(&run, &end);
    send(files[SG_ERRAND_ANSWER], &end, sizeof end, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Hearing -----------------------------------------------------------------------------------------
 */

/* How many open files came; more than there is room for the kernel has closed. */
static guint files_of(struct msghdr *message, int files[SG_ERRAND_FILES])
{
    const struct cmsghdr *header = CMSG_FIRSTHDR(message);
    gsize size;

    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return 0;
    size = MIN(header->cmsg_len - CMSG_LEN(0), sizeof(int) * SG_ERRAND_FILES);
    memcpy(files, CMSG_DATA(header), size);
    return (guint)(size / sizeof(int));
}

/* An empty packet looks like the end, and is none. */
static gboolean has_ended(int socket)
{
    struct pollfd file = {.fd = socket, .events = POLLRDHUP};

    return poll(&file, 1, 0) > 0;
}

/* Hears one request, and runs it when it is one. FALSE when nobody can ask any more. */
static gboolean serve_one(int socket, const char *command)
{
    SgErrandRequest request = {0};
    struct iovec bytes = {&request, sizeof request};
    SgErrandControl control;
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             /* not all the room, which is rounded up to one file more */
                             .msg_controllen = CMSG_LEN(sizeof(int) * SG_ERRAND_FILES)};
    int files[SG_ERRAND_FILES];
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    guint count;

    if (got < 0 && errno != EINTR)
        _exit(EX_OSERR);
    if (got < 0)
        return TRUE;
    count = files_of(&message, files);
    if (count == SG_ERRAND_FILES && got == (ssize_t)sizeof request &&
        !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        run_errand(command, &request, files);
    for (guint i = 0; i < count; i++)
        close(files[i]);
    return got > 0 || count > 0 || !has_ended(socket);
}

/* Processes ---------------------------------------------------------------------------------------
 */

static _Noreturn void run_errands(int socket, const char *command, pid_t keeper)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "schoolgate-send", 0, 0, 0);
    /* What a command leaves behind becomes our child, so that we know when it is gone. */
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (getppid() != keeper)
        _exit(EX_UNAVAILABLE);
    while (serve_one(socket, command))
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    _exit(EX_OK);
}

/* Not by PR_SET_PDEATHSIG does it end with its parent: who is confined since Linux 6.12 can send no
 * signal to one that is not, not even by dying. That nobody can ask any more is what ends both. */
static _Noreturn void keep_errands(int socket, const char *command)
{
    const int kept[] = {socket};
    pid_t self = getpid();

    prctl(PR_SET_NAME, "schoolgate-fork", 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    setpgid(0, 0);
    sg_meter_close();
    sg_pulse_close();
    sg_files_keep(kept, G_N_ELEMENTS(kept));
    sg_files_hush();
    sg_limit(RLIMIT_NOFILE, FILES_MOST, FILES_MOST);
    for (;;) {
        gint64 started = g_get_monotonic_time();
        pid_t pid = fork();
        int status = -1;

        if (pid == 0)
            run_errands(socket, command, self);
        while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EX_OK)
            _exit(EX_OK);
        if (g_get_monotonic_time() - started < LIVED_LONG)
            g_usleep(PAUSE);
    }
}

SgErrands *sg_errands_start(const char *command)
{
    SgErrands *errands;
    pid_t pid;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return NULL;
    pid = fork();
    if (pid == 0)
        keep_errands(ends[1], command);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return NULL;
    }
    errands = g_new0(SgErrands, 1);
    *errands = (SgErrands){.command = g_strdup(command), .ask = ends[0], .keeper = pid};
    return errands;
}

gboolean sg_errands_run(const SgErrands *errands, const char *command)
{
    return errands && g_strcmp0(errands->command, command) == 0;
}

int sg_errands_file(const SgErrands *errands)
{
    return errands ? errands->ask : -1;
}

pid_t sg_errands_pid(const SgErrands *errands)
{
    return errands ? errands->keeper : 0;
}

void sg_errands_free(SgErrands *errands)
{
    if (!errands)
        return;
    close(errands->ask);
    g_free(errands->command);
    g_free(errands);
}
