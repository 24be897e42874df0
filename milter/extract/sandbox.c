/* sandbox.c - rlimits and landlock, and when which wall goes up; seccomp.c makes the filters. */
#include "sandbox.h"

#include "seccomp_filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct SgSandbox {
    SgSeccompFilter zygote;
    SgSeccompFilter child;
};

SgSandbox *sg_sandbox_new(GError **error)
{
    SgSandbox *sandbox = g_new0(SgSandbox, 1);

    if (sg_seccomp_make(SG_SECCOMP_ZYGOTE, &sandbox->zygote, error) &&
        sg_seccomp_make(SG_SECCOMP_CHILD, &sandbox->child, error))
        return sandbox;
    sg_sandbox_free(sandbox);
    return NULL;
}

void sg_sandbox_free(SgSandbox *sandbox)
{
    if (!sandbox)
        return;
    g_free(sandbox->zygote.program);
    g_free(sandbox->child.program);
    g_free(sandbox);
}

static gboolean filter_calls(const SgSeccompFilter *filter)
{
    const struct sock_fprog program = {filter->length, filter->program};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* A rule set that handles all there is to do with files and allows none of it. Kernels without
 * landlock have the filter alone. */
static gboolean forbid_files(void)
{
    /* Twelve kinds of access at first; later versions know of one more each. */
    static const guint64 known[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr rules = {0};
    int file;
    gboolean done;

    if (version < 1)
        return TRUE;
    rules.handled_access_fs = known[MIN(version, (long)G_N_ELEMENTS(known) - 1)];
    file = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (file < 0)
        return FALSE;
    done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_landlock_restrict_self, file, 0) == 0;
    close(file);
    return done;
}

static gboolean limit(__rlimit_resource_t what, guint64 soft, guint64 hard)
{
    struct rlimit now;
    struct rlimit wanted;

    if (getrlimit(what, &now) != 0)
        return FALSE;
    wanted.rlim_max = MIN(now.rlim_max, hard);
    wanted.rlim_cur = MIN(wanted.rlim_max, soft);
    return setrlimit(what, &wanted) == 0;
}

/* AddressSanitizer reserves terabytes of address space. */
static gboolean limit_memory(guint64 bytes)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)bytes;
    return TRUE;
#else
    return limit(RLIMIT_AS, bytes, bytes);
#endif
}

gboolean sg_sandbox_enter_zygote(const SgSandbox *sandbox)
{
    return limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_FSIZE, 0, 0) && forbid_files() &&
           filter_calls(&sandbox->zygote);
}

gboolean sg_sandbox_enter_child(const SgSandbox *sandbox, const SgExtractLimits *limits)
{
    /* The zygote watches the clock; this is for when it is stopped itself. */
    guint64 seconds = MIN(limits->helper_seconds, G_MAXINT32) + 1;

    return limit(RLIMIT_CPU, seconds, seconds + 1) && limit(RLIMIT_NPROC, 0, 0) &&
           limit(RLIMIT_NOFILE, 0, 0) && limit_memory(limits->helper_memory) &&
           filter_calls(&sandbox->child);
}
