/* calls.c - a confinement's system calls, compiled by libseccomp: those of its groups, and those
 * that are harmless with some arguments only.
 *
 * What is not listed fails with EPERM rather than kills: another version of the C library that
 * tries something new first goes on with what it did before. Programs of another architecture, as
 * 32-bit calls on a 64-bit machine, are no part of us: those kill.
 *
 * What is refused is logged by filter, not by call: what the C library asks for every day, and goes
 * on without, has a filter of its own that is not logged. */
#include "calls.h"

#include "call_table.h"
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ANY_BIT G_MAXUINT64

#define NEW_SPACES                                                                                 \
    ((guint64)CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |           \
     CLONE_NEWUTS | CLONE_NEWCGROUP)

#if defined(__s390__)
#define CLONE_FLAGS_AT 1
#else
#define CLONE_FLAGS_AT 0
#endif

#define PR_SET_VMA_NAMES 0x53564d41 /* how newer C libraries say what memory is for */

typedef scmp_filter_ctx Context;

typedef struct Making {
    guint may;
    Context allowed;
    Context expected; /* the same, where nothing is logged */
} Making;

static gboolean allow(const Making *making, const SgCallGroup *group)
{
    for (gsize i = 0; i < group->count; i++)
        if (group->calls[i] >= 0 &&
            seccomp_rule_add_array(making->allowed, SCMP_ACT_ALLOW, group->calls[i], 0, NULL) != 0)
            return FALSE;
    return TRUE;
}

/* Argument `index` of a call, as far as `mask` goes, has that value. */
static struct scmp_arg_cmp argument(guint index, guint64 mask, guint64 value)
{
    return (struct scmp_arg_cmp){
        .arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

static gboolean add_if(Context context, guint32 what, int call, struct scmp_arg_cmp condition)
{
    return call < 0 || seccomp_rule_add_array(context, what, call, 1, &condition) == 0;
}

static gboolean allow_if(const Making *making, int call, struct scmp_arg_cmp condition)
{
    return add_if(making->allowed, SCMP_ACT_ALLOW, call, condition);
}

/* With an error that is expected. */
static gboolean answer_if(const Making *making, guint32 why, int call,
                          struct scmp_arg_cmp condition)
{
    return (making->expected == making->allowed || allow_if(making, call, condition)) &&
           add_if(making->expected, SCMP_ACT_ERRNO(why), call, condition);
}

static gboolean answer(const Making *making, guint32 why, int call)
{
    return answer_if(making, why, call, argument(0, 0, 0));
}

static gboolean allow_values(const Making *making, int call, guint index, const guint64 *values,
                             gsize count)
{
    for (gsize i = 0; i < count; i++)
        if (!allow_if(making, call, argument(index, ANY_BIT, values[i])))
            return FALSE;
    return TRUE;
}

/* Unless it makes code of its own, memory may be mapped, but never so that it can be run. */
static gboolean allow_memory(const Making *making)
{
    guint64 forbidden = making->may & SG_MAY_MAP_CODE ? 0 : PROT_EXEC;
    const struct scmp_arg_cmp harmless = argument(2, forbidden, 0);

    return allow_if(making, SCMP_SYS(mmap), harmless) &&
           allow_if(making, SCMP_SYS(mmap2), harmless) &&
           allow_if(making, SCMP_SYS(mprotect), harmless);
}

static gboolean answer_names(const Making *making)
{
    for (gsize i = 0; i < sg_calls_naming.count; i++)
        if (!answer(making, ENOENT, sg_calls_naming.calls[i]))
            return FALSE;
    return TRUE;
}

/* Names: looked for in vain, unless they may be looked for. */
static gboolean allow_names(const Making *making)
{
    if (making->may & SG_MAY_OPEN_FILES)
        return TRUE;
    return answer_names(making) &&
           allow_if(making, SCMP_SYS(newfstatat), argument(3, AT_EMPTY_PATH, AT_EMPTY_PATH)) &&
           answer_if(making, ENOENT, SCMP_SYS(newfstatat), argument(3, AT_EMPTY_PATH, 0));
}

/* Not F_SETOWN and F_SETSIG, by which a file's owner is sent any signal. */
static gboolean allow_fcntl(const Making *making)
{
    static const guint64 asking[] = {F_GETFD, F_GETFL};
    static const guint64 keeping[] = {
        F_DUPFD,  F_DUPFD_CLOEXEC, F_SETFD,     F_SETFL,      F_GETLK,     F_SETLK,
        F_SETLKW, F_OFD_GETLK,     F_OFD_SETLK, F_OFD_SETLKW, F_ADD_SEALS, F_GET_SEALS,
    };

    if (!allow_values(making, SCMP_SYS(fcntl), 1, asking, G_N_ELEMENTS(asking)))
        return FALSE;
    if (making->may & SG_MAY_OPEN_FILES)
        return allow_values(making, SCMP_SYS(fcntl), 1, keeping, G_N_ELEMENTS(keeping));
    return !(making->may & SG_MAY_FORK) ||
           allow_if(making, SCMP_SYS(fcntl), argument(1, ANY_BIT, F_DUPFD));
}

/* Whether there is a terminal, and how much there is to be read: "there is none" is an answer. */
static gboolean allow_ioctl(const Making *making)
{
    static const guint64 harmless[] = {FIONREAD, FIONBIO};

    if (!(making->may & SG_MAY_TALK))
        return answer(making, ENOTTY, SCMP_SYS(ioctl));
    return allow_values(making, SCMP_SYS(ioctl), 1, harmless, G_N_ELEMENTS(harmless)) &&
           answer_if(making, ENOTTY, SCMP_SYS(ioctl), argument(1, ANY_BIT, TCGETS));
}

static gboolean allow_prctl(const Making *making)
{
    static const guint64 own[] = {PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_SET_VMA_NAMES,
                                  PR_GET_NO_NEW_PRIVS};
    static const guint64 of_children[] = {PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS,
                                          PR_SET_SECCOMP, PR_SET_NAME};

    return (!(making->may & SG_MAY_HAVE_THREADS) ||
            allow_values(making, SCMP_SYS(prctl), 0, own, G_N_ELEMENTS(own))) &&
           (!(making->may & SG_MAY_FORK) ||
            allow_values(making, SCMP_SYS(prctl), 0, of_children, G_N_ELEMENTS(of_children)));
}

/* Asking for a limit of one's own, and changing it. */
static gboolean allow_limits(const Making *making)
{
    const struct scmp_arg_cmp own_and_unchanged[] = {argument(0, ANY_BIT, 0),
                                                     argument(2, ANY_BIT, 0)};

    return seccomp_rule_add_array(making->allowed, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64),
                                  making->may & SG_MAY_CONFINE ? 1 : 2, own_and_unchanged) == 0;
}

/* What clone3() is told stands in memory, where no filter can look: without it the C library goes
 * by clone(). No new name spaces. */
static gboolean allow_clone(const Making *making)
{
    const guint64 looked_at = CLONE_THREAD | NEW_SPACES;

    return answer(making, ENOSYS, SCMP_SYS(clone3)) &&
           (!(making->may & SG_MAY_HAVE_THREADS) ||
            allow_if(making, SCMP_SYS(clone), argument(CLONE_FLAGS_AT, looked_at, CLONE_THREAD))) &&
           (!(making->may & SG_MAY_FORK) ||
            allow_if(making, SCMP_SYS(clone), argument(CLONE_FLAGS_AT, looked_at, 0)));
}

/* abort() and its like: to itself. Whoever forks cannot know who that will be. */
static gboolean allow_signals(const Making *making)
{
    if (!(making->may & SG_MAY_HAVE_THREADS) || (making->may & SG_MAY_SIGNAL))
        return TRUE;
    return allow_if(making, SCMP_SYS(tgkill), argument(0, G_MAXUINT32, (guint64)getpid()));
}

static gboolean allow_socket(const Making *making, guint64 family, guint64 type)
{
    const struct scmp_arg_cmp of_kind[] = {argument(0, ANY_BIT, family), argument(1, 0xf, type)};

    return seccomp_rule_add_array(making->allowed, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, of_kind) ==
           0;
}

/* None that is raw. */
static gboolean allow_family(const Making *making, guint64 family)
{
    return allow_socket(making, family, SOCK_STREAM) && allow_socket(making, family, SOCK_DGRAM);
}

/* Where an address stands no filter can see: what there is to connect to is limited by what kinds
 * of sockets there are. */
static gboolean allow_connecting(const Making *making)
{
    guint connecting = SG_MAY_CONNECT_LOCAL | SG_MAY_CONNECT_OUT;

    if (!(making->may & SG_HOLDS_TCP) || sg_landlock_version() >= SG_LANDLOCK_WITH_PORTS)
        connecting |= SG_MAY_LOG;
    return !(making->may & connecting) ||
           seccomp_rule_add_array(making->allowed, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0, NULL) == 0;
}

/* MSG_FASTOPEN connects by the way. */
static gboolean allow_sending(const Making *making)
{
    return allow_if(making, SCMP_SYS(sendto), argument(3, MSG_FASTOPEN, 0)) &&
           allow_if(making, SCMP_SYS(sendmsg), argument(2, MSG_FASTOPEN, 0)) &&
           allow_if(making, SCMP_SYS(sendmmsg), argument(3, MSG_FASTOPEN, 0));
}

static gboolean allow_sockets(const Making *making)
{
    const guint families = SG_MAY_CONNECT_OUT | SG_MAY_LISTEN;

    if (!(making->may & SG_MAY_TALK))
        return TRUE;
    if ((making->may & families) &&
        (!allow_family(making, AF_INET) || !allow_family(making, AF_INET6)))
        return FALSE;
    if ((making->may & (SG_MAY_LISTEN | SG_MAY_CONNECT_LOCAL)) && !allow_family(making, AF_UNIX))
        return FALSE;
    if ((making->may & SG_MAY_LOG) && !allow_socket(making, AF_UNIX, SOCK_DGRAM))
        return FALSE;
    return allow_if(making, SCMP_SYS(socketpair), argument(0, ANY_BIT, AF_UNIX)) &&
           allow_sending(making) && allow_connecting(making);
}

static gboolean allow_named(const Making *making, const char *const *names)
{
    for (; names && *names; names++) {
        int call = seccomp_syscall_resolve_name(*names);

        g_assert(call != __NR_SCMP_ERROR); /* a misspelling of ours */
        if (call >= 0 &&
            seccomp_rule_add_array(making->allowed, SCMP_ACT_ALLOW, call, 0, NULL) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean allow_groups(const Making *making)
{
    for (const SgCallGroup *group = sg_call_groups; group->calls; group++)
        if ((group->may == 0 || (group->may & making->may)) && !allow(making, group))
            return FALSE;
    return TRUE;
}

static gboolean list_calls(const Making *making, const char *const *besides)
{
    static gboolean (*const conditions[])(const Making *) = {
        allow_groups, allow_memory, allow_names, allow_fcntl,   allow_ioctl,
        allow_prctl,  allow_limits, allow_clone, allow_signals, allow_sockets,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++)
        if (!conditions[i](making))
            return FALSE;
    return allow_named(making, besides);
}

/* libseccomp writes the program to a file only. */
static gboolean compile(Context context, SgFilter *filter)
{
    int file = memfd_create("filter", MFD_CLOEXEC);
    struct stat status;
    gboolean done = FALSE;

    if (file >= 0 && seccomp_export_bpf(context, file) == 0 && fstat(file, &status) == 0) {
        gsize size = (gsize)status.st_size;

        filter->program = g_malloc(size);
        filter->length = (gushort)(size / sizeof *filter->program);
        done = pread(file, filter->program, size, 0) == (ssize_t)size;
    }
    if (file >= 0)
        close(file);
    return done;
}

static Context context_new(guint32 otherwise)
{
    Context context = seccomp_init(otherwise);

    if (context && seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
        seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0)
        return context;
    if (context)
        seccomp_release(context);
    return NULL;
}

static gboolean make_apart(Making *making, const SgConfinement *what, SgCalls *calls)
{
    gboolean done;

    making->expected = context_new(SCMP_ACT_ALLOW);
    if (!making->expected)
        return FALSE;
    done = list_calls(making, what->calls) && compile(making->allowed, &calls->allowed) &&
           compile(making->expected, &calls->expected);
    seccomp_release(making->expected);
    return done;
}

gboolean sg_calls_make(const SgConfinement *what, SgCalls *calls, GError **error)
{
    Making making = {.may = what->may, .allowed = context_new(SCMP_ACT_ERRNO(EPERM))};
    gboolean done = FALSE;

    *calls = (SgCalls){.quiet = what->quiet};
    making.expected = making.allowed;
    if (making.allowed && what->quiet)
        done = list_calls(&making, what->calls) && compile(making.allowed, &calls->allowed);
    else if (making.allowed)
        done = make_apart(&making, what, calls);
    if (making.allowed)
        seccomp_release(making.allowed);
    if (!done)
        g_set_error(error, SG_CONFINE_ERROR, SG_CONFINE_ERROR_MAKE,
                    "cannot confine %s: its system calls cannot be listed", what->process);
    return done;
}

void sg_calls_clear(SgCalls *calls)
{
    g_clear_pointer(&calls->allowed.program, g_free);
    g_clear_pointer(&calls->expected.program, g_free);
}

gboolean sg_calls_supported(void)
{
    const guint32 action = SECCOMP_RET_ERRNO;

    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static gboolean enter(const SgFilter *filter, gulong flags)
{
    const struct sock_fprog program = {filter->length, filter->program};

    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0;
}

/* The one that allows comes last: it forbids this call. A log is kept since Linux 4.14. */
gboolean sg_calls_enter(const SgCalls *calls)
{
    if (calls->expected.length > 0 && !enter(&calls->expected, 0))
        return FALSE;
    return (!calls->quiet && enter(&calls->allowed, SECCOMP_FILTER_FLAG_LOG)) ||
           enter(&calls->allowed, 0);
}
