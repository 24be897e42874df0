/* confine.c - see confine.h */
#include "confine.h"

#include "schoolgate/console.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* The record, with the files that SQLite makes beside it. */
#define KEEP                                                                                       \
    (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                          \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | TRUNCATE)
#define TRUNCATE (1ULL << 14) /* in headers since Linux 6.2 */

static gboolean fail(const char *what, GError **error)
{
    g_set_error(error, SG_CONSOLE_ERROR, SG_CONSOLE_ERROR_START, "cannot lock itself in: %s: %s",
                what, g_strerror(errno));
    return FALSE;
}

/* Files -------------------------------------------------------------------------------------------
 */

typedef struct Files {
    int rules; /* the kernel's handle */
    guint64 known;
} Files;

/* What is not there cannot be opened. */
static gboolean permit(const Files *files, const char *path, guint64 access, GError **error)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access & files->known};
    gboolean done;

    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno == ENOENT || errno == EACCES || fail(path, error);
    done = syscall(SYS_landlock_add_rule, files->rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    if (!done)
        fail(path, error);
    close(rule.parent_fd);
    return done;
}

/* A sanitizer looks itself up in /proc, and what functions are called in programs and libraries: by
 * their names tests/tsan.supp knows them. */
static gboolean permit_reports(const Files *files, GError **error)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

    return permit(files, program ? program : "", LANDLOCK_ACCESS_FS_READ_FILE, error) &&
           permit(files, "/proc/self", READ, error) && permit(files, "/usr/lib", READ, error);
#else
    (void)files, (void)error;
    return TRUE;
#endif
}

static gboolean permit_all(const Files *files, const SgConfig *config, GError **error)
{
    g_autofree char *record = g_path_get_dirname(config->database);
    g_autofree char *settings = g_path_get_dirname(config->path);
    const SgConsoleSettings *console = &config->console;

    return permit(files, record, KEEP, error) && permit(files, settings, READ, error) &&
           permit(files, "/usr/share/zoneinfo", READ, error) &&
           permit(files, "/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE, error) &&
           permit_reports(files, error) &&
           (!console->certificate ||
            (permit(files, console->certificate, LANDLOCK_ACCESS_FS_READ_FILE, error) &&
             permit(files, console->key, LANDLOCK_ACCESS_FS_READ_FILE, error)));
}

static gboolean lock_files(const SgConfig *config, GError **error)
{
    /* Twelve kinds of access at first; later versions know of one more each. */
    static const guint64 known[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr rules = {0};
    Files files;
    gboolean done;

    if (version < 1)
        return TRUE; /* the kernel has none */
    rules.handled_access_fs = known[MIN(version, (long)G_N_ELEMENTS(known) - 1)];
    files.known = rules.handled_access_fs;
    files.rules = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (files.rules < 0)
        return fail("landlock", error);
    done = permit_all(&files, config, error);
    if (done && syscall(SYS_landlock_restrict_self, files.rules, 0) != 0)
        done = fail("landlock", error);
    close(files.rules);
    return done;
}

/* System calls ------------------------------------------------------------------------------------
 */

static const int closed[] = {
    /* programs and processes; pthread_create() goes by clone, see below */
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(kill),
    SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
    SCMP_SYS(kcmp), SCMP_SYS(personality),
#ifndef __SANITIZE_ADDRESS__ /* whose leak checker attaches to the process */
    SCMP_SYS(ptrace),
#endif
    /* the way out */
    SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
    /* the machine */
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff),
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare),
    SCMP_SYS(setns), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen), SCMP_SYS(fsmount),
    SCMP_SYS(fsconfig), SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(syslog), SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(adjtimex),
    SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
    SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at), SCMP_SYS(mknod), SCMP_SYS(mknodat),
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setgroups), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(capset)};

static gboolean close_if(scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 1, &condition) == 0;
}

/* What there is to connect to is refused by its kind: the logging socket is of this machine. */
static gboolean close_sockets(scmp_filter_ctx filter)
{
    return close_if(filter, SCMP_SYS(socket),
                    (struct scmp_arg_cmp){.arg = 0, .op = SCMP_CMP_NE, .datum_a = AF_UNIX});
}

/* Threads share what clone3() is told in memory, where no filter can look: without it the C library
 * goes by clone(). */
static gboolean close_forks(scmp_filter_ctx filter)
{
#ifdef __SANITIZE_ADDRESS__
    (void)filter;
    return TRUE;
#else
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
           close_if(filter, SCMP_SYS(clone),
                    (struct scmp_arg_cmp){
                        .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = CLONE_THREAD, .datum_b = 0});
#endif
}

static gboolean close_calls(scmp_filter_ctx filter)
{
    for (gsize i = 0; i < G_N_ELEMENTS(closed); i++)
        if (closed[i] >= 0 &&
            seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), closed[i], 0, NULL) != 0)
            return FALSE;
    return close_sockets(filter) && close_forks(filter);
}

static gboolean lock_calls(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int code = filter && close_calls(filter) ? seccomp_load(filter) : -EINVAL;

    if (filter)
        seccomp_release(filter);
    errno = -code;
    return code == 0 || fail("seccomp", error);
}

gboolean sg_console_confine(const SgConfig *config, GError **error)
{
    static const struct rlimit none = {0, 0};

    tzset(); /* the log's times are this machine's, whose settings are out of reach from here on */
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return fail("core files", error);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail("privileges", error);
    return lock_files(config, error) && lock_calls(error);
}
