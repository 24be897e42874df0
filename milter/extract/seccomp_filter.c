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

#define ANY_BIT G_MAXUINT64

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
        if (calls[i] >= 0 && seccomp_rule_add_array(context, what, calls[i], 0, NULL) != 0)
            return FALSE;
    }
    return TRUE;
}

/* Argument `index` of a call, as far as `mask` goes, has that value. */
static struct scmp_arg_cmp argument(guint index, guint64 mask, guint64 value)
{
    return (struct scmp_arg_cmp){
        .arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

static gboolean answer_if(Context context, guint32 what, int call, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(context, what, call, 1, &condition) == 0;
}

static gboolean allow_if(Context context, int call, struct scmp_arg_cmp condition)
{
    return answer_if(context, SCMP_ACT_ALLOW, call, condition);
}

/* Memory may be mapped, but never so that it can be run. */
static gboolean allow_data_memory(Context context)
{
    const struct scmp_arg_cmp not_run = argument(2, PROT_EXEC, 0);

    return allow_if(context, SCMP_SYS(mmap), not_run) &&
           allow_if(context, SCMP_SYS(mprotect), not_run);
}

/* What the C library makes of calls that are harmless in one use only. */
static gboolean allow_special(Context context)
{
    return allow_if(context, SCMP_SYS(newfstatat), argument(3, AT_EMPTY_PATH, AT_EMPTY_PATH)) &&
           answer_if(context, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(newfstatat),
                     argument(3, AT_EMPTY_PATH, 0)) &&
           allow_if(context, SCMP_SYS(fcntl), argument(1, ANY_BIT, F_GETFD)) &&
           allow_if(context, SCMP_SYS(fcntl), argument(1, ANY_BIT, F_GETFL)) &&
           seccomp_rule_add_array(context, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0, NULL) == 0 &&
           seccomp_rule_add_array(context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL) == 0;
}

/* Asking for a limit of one's own, and for the zygote changing it. */
static gboolean allow_limits(Context context, SgSeccompFor who)
{
    const struct scmp_arg_cmp own_and_unchanged[] = {argument(0, ANY_BIT, 0),
                                                     argument(2, ANY_BIT, 0)};

    return seccomp_rule_add_array(context, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64),
                                  who == SG_SECCOMP_ZYGOTE ? 1 : 2, own_and_unchanged) == 0;
}

/* Processes, but no threads and no new name spaces; and descriptors put in order for them. */
static gboolean allow_forks(Context context)
{
    const guint64 forbidden = CLONE_THREAD | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID |
                              CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

    return allow_if(context, SCMP_SYS(clone), argument(0, forbidden, 0)) &&
           allow_if(context, SCMP_SYS(fcntl), argument(1, ANY_BIT, F_DUPFD));
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
