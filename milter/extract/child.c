/* child.c - reads one attachment: locked in before it looks at a byte, and gone afterwards. */
#include "child.h"

#include "schoolgate/pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where its descriptors lie, behind the standard ones; all others are closed. */
enum { ATTACHMENT = 3, REPLY = 4, FIRST_OTHER = 5 };

#define PROBE (8 * 1024 * 1024)

static gboolean send_piece(gpointer data, SgPieceKind kind, const char *origin, SgSpan bytes)
{
    (void)data;
    return sg_record_send(REPLY, (guint32)kind, sg_span(origin), bytes);
}

static void send_fault(gpointer data, const char *fault)
{
    (void)data;
    sg_record_send(REPLY, SG_RECORD_FAULT, sg_span(NULL), sg_span(fault));
}

/* A library that gets no memory aborts, or uses what it did not get. Either way errno tells, or
 * that there is none left. */
static void die(int number)
{
    (void)number;
    if (errno == ENOMEM ||
        mmap(NULL, PROBE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        _exit(SG_CHILD_GREEDY);
    _exit(SG_CHILD_CRASHED);
}

/* GLib says what it could not allocate before it aborts. What it says otherwise is about the
 * file's contents, and is nobody's business. */
static void hear_glib(const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
    (void)domain;
    (void)data;
    if ((level & G_LOG_LEVEL_ERROR) && strstr(text, "failed to allocate"))
        _exit(SG_CHILD_GREEDY);
}

void sg_child_hush(void)
{
    g_log_set_default_handler(hear_glib, NULL);
}

/* The handler has a stack of its own: the other may be what was exhausted. */
static void catch_crashes(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGILL, SIGFPE};
    static char room[64 * 1024];
    const stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    struct sigaction action = {.sa_handler = die, .sa_flags = SA_ONSTACK};
    sigset_t none;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they tell more */
    sigaltstack(&stack, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaction(signals[i], &action, NULL);
#else
    (void)stack;
    (void)action;
    (void)signals;
#endif
    signal(SIGXFSZ, SIG_IGN); /* so that what complains to a file is not killed for it */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Keeps of the descriptors none but its own two and the standard ones. */
static gboolean keep_only(SgRequestFiles files)
{
    int reply = fcntl(files.reply, F_DUPFD, FIRST_OTHER);
    int attachment = fcntl(files.attachment, F_DUPFD, FIRST_OTHER);

    return reply >= 0 && attachment >= 0 && dup2(attachment, ATTACHMENT) >= 0 &&
           dup2(reply, REPLY) >= 0 && close_range(FIRST_OTHER, ~0u, 0) == 0;
}

static gboolean map_attachment(SgSpan *bytes)
{
    struct stat status;
    void *at;

    *bytes = (SgSpan){"", 0};
    if (fstat(ATTACHMENT, &status) != 0)
        return FALSE;
    if (status.st_size == 0)
        return TRUE;
    at = mmap(NULL, (gsize)status.st_size, PROT_READ, MAP_PRIVATE, ATTACHMENT, 0);
    if (at == MAP_FAILED)
        return FALSE;
    *bytes = (SgSpan){at, (gsize)status.st_size};
    return TRUE;
}

static const char *hint(const char *text)
{
    return *text ? text : NULL;
}

void sg_child_run(const SgSandbox *sandbox, const SgRequest *request, SgRequestFiles files,
                  pid_t zygote, SgReadFile read)
{
    const SgReadingSink sink = {send_piece, send_fault, NULL};
    SgReading *reading;
    SgPieces *pieces;
    SgSpan bytes;
    SgSpent spent;

    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != zygote || !keep_only(files))
        _exit(SG_CHILD_CRASHED);
    sg_pulse_close();
    catch_crashes();
    if (!sg_sandbox_enter_child(sandbox, &request->limits))
        _exit(SG_CHILD_CRASHED);
    if (!map_attachment(&bytes))
        _exit(SG_CHILD_GREEDY);
    errno = 0;
    reading = sg_reading_new_into(&request->limits, &sink);
    read(reading, bytes, hint(request->name), hint(request->type), 0);
    pieces = sg_reading_finish(reading);
    spent = (SgSpent){pieces->entries, pieces->output};
    sg_record_send(REPLY, SG_RECORD_SPENT, sg_span(NULL),
                   (SgSpan){(const char *)&spent, sizeof spent});
    _exit(SG_CHILD_READ);
}
