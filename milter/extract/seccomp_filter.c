/* seccomp_filter.c - the list of system calls, and its compilation by libseccomp.
 *
 * What is not listed fails with EPERM rather than kills: another version of the C library that
 * tries something new first goes on with what it did before. */
#include "seccomp_filter.h"

#include "schoolgate/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef scmp_filter_ctx Context;

/* Memory, time, the process itself, and bytes through descriptors that are open already. */
static const int computing[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(times),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
};

/* What asks for a file by name: there is none. */
static const int naming[] = {
    SCMP_SYS(open),      SCMP_SYS(openat),     SCMP_SYS(openat2),  SCMP_SYS(creat),
    SCMP_SYS(stat),      SCMP_SYS(lstat),      SCMP_SYS(statx),    SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(statfs),    SCMP_SYS(getcwd),     SCMP_SYS(chdir),    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),  SCMP_SYS(mkdir),      SCMP_SYS(mkdirat),  SCMP_SYS(rename),
    SCMP_SYS(renameat),  SCMP_SYS(renameat2),
};

/* Forking, hearing requests, and locking children in and putting an end to them. */
static const int keeping[] = {
    SCMP_SYS(poll),      SCMP_SYS(ppoll),  SCMP_SYS(recvmsg), SCMP_SYS(sendto),
    SCMP_SYS(wait4),     SCMP_SYS(waitid), SCMP_SYS(kill),    SCMP_SYS(dup2),
    SCMP_SYS(dup3),      SCMP_SYS(prctl),  SCMP_SYS(seccomp), SCMP_SYS(close_range),
    SCMP_SYS(setrlimit),
};

static gboolean allow(Context context, const int *calls, gsize count, guint32 what)
{
    for (gsize i = 0; i < count; i++) {
        if (calls[i] >= 0 && seccomp_rule_add(context, what, calls[i], 0) != 0)
            return FALSE;
    }
    return TRUE;
}

/* Memory may be mapped, but never so that it can be run. */
static gboolean allow_data_memory(Context context)
{
    const struct scmp_arg_cmp not_run = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

    return seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_run) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_run) == 0;
}

/* What the C library makes of calls that are harmless in one use only. */
static gboolean allow_special(Context context)
{
    return seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                            SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(newfstatat), 1,
                            SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0)) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                            SCMP_A1(SCMP_CMP_EQ, F_GETFD)) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                            SCMP_A1(SCMP_CMP_EQ, F_GETFL)) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

/* Asking for a limit, or changing one's own. */
static gboolean allow_limits(Context context, SgSeccompFor who)
{
    if (who == SG_SECCOMP_ZYGOTE)
        return seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                                SCMP_A0(SCMP_CMP_EQ, 0)) == 0;
    return seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
                            SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)) == 0;
}

/* Processes, but no threads and no new name spaces; and descriptors put in order for them. */
static gboolean allow_forks(Context context)
{
    const scmp_datum_t forbidden = CLONE_THREAD | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID |
                                   CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

    return seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, forbidden, 0)) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                            SCMP_A1(SCMP_CMP_EQ, F_DUPFD)) == 0;
}

static gboolean list_calls(Context context, SgSeccompFor who)
{
    if (!allow(context, computing, G_N_ELEMENTS(computing), SCMP_ACT_ALLOW) ||
        !allow(context, naming, G_N_ELEMENTS(naming), SCMP_ACT_ERRNO(ENOENT)) ||
        !allow_data_memory(context) || !allow_special(context) || !allow_limits(context, who))
        return FALSE;
    return who == SG_SECCOMP_CHILD ||
           (allow(context, keeping, G_N_ELEMENTS(keeping), SCMP_ACT_ALLOW) && allow_forks(context));
}

/* libseccomp writes the program to a file only. */
static gboolean compile(Context context, SgSeccompFilter *filter)
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

gboolean sg_seccomp_make(SgSeccompFor who, SgSeccompFilter *filter, GError **error)
{
    Context context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    gboolean done = context && seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
                    list_calls(context, who) && compile(context, filter);

    if (context)
        seccomp_release(context);
    if (!done)
        g_set_error_literal(error, SG_EXTRACT_ERROR, SG_EXTRACT_ERROR_START,
                            "cannot make the list of system calls for the attachment helper");
    return done;
}
