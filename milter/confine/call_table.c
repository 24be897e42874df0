/* call_table.c - see call_table.h. The groups were measured with strace under all tests, and have
 * what other versions of the C library use in place of these calls. */
#include "call_table.h"

#include <seccomp.h>

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
    SCMP_SYS(_llseek),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(futex),
    SCMP_SYS(futex_time64),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_getres_time64),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(times),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64),
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
    SCMP_SYS(ugetrlimit),
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

static const int naming[] = {
    SCMP_SYS(open),      SCMP_SYS(openat),     SCMP_SYS(openat2),  SCMP_SYS(creat),
    SCMP_SYS(stat),      SCMP_SYS(lstat),      SCMP_SYS(statx),    SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(statfs),    SCMP_SYS(getcwd),     SCMP_SYS(chdir),    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),  SCMP_SYS(mkdir),      SCMP_SYS(mkdirat),  SCMP_SYS(rename),
    SCMP_SYS(renameat),  SCMP_SYS(renameat2),
};

/* By name, and what is done with files that are open. */
static const int files[] = {
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(openat2),
    SCMP_SYS(creat),
    SCMP_SYS(stat),
    SCMP_SYS(stat64),
    SCMP_SYS(lstat),
    SCMP_SYS(lstat64),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstatat64),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(statfs),
    SCMP_SYS(statfs64),
    SCMP_SYS(fstatfs),
    SCMP_SYS(fstatfs64),
    SCMP_SYS(getcwd),
    SCMP_SYS(chdir),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(getdents),
    SCMP_SYS(getdents64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(preadv),
    SCMP_SYS(pwritev),
    SCMP_SYS(preadv2),
    SCMP_SYS(pwritev2),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(ftruncate64),
    SCMP_SYS(fallocate),
    SCMP_SYS(flock),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchown),
    SCMP_SYS(umask),
    SCMP_SYS(fadvise64),
    SCMP_SYS(fadvise64_64),
    SCMP_SYS(readahead),
    SCMP_SYS(sync_file_range),
    SCMP_SYS(copy_file_range),
    SCMP_SYS(msync),
    SCMP_SYS(mincore),
    SCMP_SYS(mlock),
    SCMP_SYS(mlock2),
    SCMP_SYS(munlock),
    SCMP_SYS(memfd_create),
    SCMP_SYS(close_range),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(getgroups),
    SCMP_SYS(getresuid),
    SCMP_SYS(getresgid),
    SCMP_SYS(utimensat),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(getsid),
    SCMP_SYS(getpgrp),
    SCMP_SYS(getpgid),
    SCMP_SYS(fcntl64),
};

/* clone() itself has conditions: calls.c. */
static const int threads[] = {
    SCMP_SYS(set_tid_address),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(membarrier),
    SCMP_SYS(getcpu),
    SCMP_SYS(futex_waitv),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(sched_get_priority_max),
    SCMP_SYS(sched_get_priority_min),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(rt_sigtimedwait_time64),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(pause),
    SCMP_SYS(alarm),
    SCMP_SYS(setitimer),
    SCMP_SYS(getitimer),
    SCMP_SYS(timer_create),
    SCMP_SYS(timer_settime),
    SCMP_SYS(timer_delete),
};

static const int talking[] = {
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(ppoll_time64),
    SCMP_SYS(select),
    SCMP_SYS(_newselect),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),
    SCMP_SYS(eventfd),
    SCMP_SYS(eventfd2),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(timerfd_gettime),
    SCMP_SYS(signalfd4),
    SCMP_SYS(signalfd),
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown),
    SCMP_SYS(recv),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(send),
    SCMP_SYS(sendfile),
    SCMP_SYS(sendfile64),
};

static const int accepting[] = {SCMP_SYS(accept), SCMP_SYS(accept4)};
static const int listening[] = {SCMP_SYS(bind), SCMP_SYS(listen)};

/* Children, and what they are given. */
static const int forking[] = {
    SCMP_SYS(fork),    SCMP_SYS(vfork),  SCMP_SYS(wait4), SCMP_SYS(waitpid), SCMP_SYS(waitid),
    SCMP_SYS(setpgid), SCMP_SYS(setsid), SCMP_SYS(dup2),  SCMP_SYS(dup3),    SCMP_SYS(close_range),
};

static const int signalling[] = {SCMP_SYS(kill), SCMP_SYS(tgkill), SCMP_SYS(tkill)};

static const int confining[] = {
    SCMP_SYS(seccomp),           SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self),
    SCMP_SYS(setrlimit),
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* The leak checker attaches to the process from another one. */
static const int examining[] = {
    SCMP_SYS(ptrace), SCMP_SYS(clone),      SCMP_SYS(wait4),       SCMP_SYS(tgkill),
    SCMP_SYS(kill),   SCMP_SYS(getdents64), SCMP_SYS(prctl),       SCMP_SYS(sched_setaffinity),
    SCMP_SYS(mmap),   SCMP_SYS(mprotect),   SCMP_SYS(personality), SCMP_SYS(arch_prctl),
};
#endif

#define GROUP(may, calls)                                                                          \
    {                                                                                              \
        may, calls, G_N_ELEMENTS(calls)                                                            \
    }

const SgCallGroup sg_calls_naming = GROUP(0, naming);

const SgCallGroup sg_call_groups[] = {
    GROUP(0, computing),
    GROUP(SG_MAY_OPEN_FILES, files),
    GROUP(SG_MAY_HAVE_THREADS, threads),
    GROUP(SG_MAY_TALK, talking),
    GROUP(SG_MAY_ACCEPT, accepting),
    GROUP(SG_MAY_LISTEN, listening),
    GROUP(SG_MAY_FORK, forking),
    GROUP(SG_MAY_SIGNAL, signalling),
    GROUP(SG_MAY_CONFINE, confining),
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GROUP(SG_MAY_HAVE_THREADS, examining),
#endif
    {0, NULL, 0},
};
