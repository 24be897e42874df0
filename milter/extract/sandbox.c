/* sandbox.c - what keeper, zygote and child may do, as confinements; and the child's rlimits. */
#include "sandbox.h"

#include "schoolgate/confine.h"
#include "schoolgate/tidy.h"

#include <sys/resource.h>

#define FILES_MOST 1024 /* one for each child, and a few */

struct SgSandbox {
    SgCage *keeper;
    SgCage *zygote;
    SgCage *child;
};

/* Beside its own, what a zygote does before it has locked itself in. */
static const char *const hearing_signals[] = {
    "poll",      "ppoll", "recvmsg", "sendto", "rt_sigtimedwait", "rt_sigtimedwait_time64",
    "signalfd4", NULL};

static const SgConfinement keeper = {
    .process = "the keeper of the reader of attachments",
    .may = SG_MAY_FORK | SG_MAY_SIGNAL | SG_MAY_CONFINE,
    .calls = hearing_signals,
    .strict = TRUE,
    .quiet = TRUE,
};

static const char *const hearing_requests[] = {"poll", "ppoll", "recvmsg", "sendto", NULL};

static const SgConfinement zygote = {
    .process = "the reader of attachments",
    .may = SG_MAY_FORK | SG_MAY_SIGNAL | SG_MAY_CONFINE,
    .calls = hearing_requests,
    .strict = TRUE,
    .quiet = TRUE,
};

static const SgConfinement child = {
    .process = "what reads an attachment",
    .strict = TRUE,
    .nested = TRUE,
    .quiet = TRUE,
};

SgSandbox *sg_sandbox_new(GError **error)
{
    SgSandbox *sandbox = g_new0(SgSandbox, 1);
    g_autoptr(GError) why = NULL;

    sandbox->keeper = sg_cage_new(&keeper, NULL, NULL, &why);
    sandbox->zygote = sandbox->keeper ? sg_cage_new(&zygote, NULL, NULL, &why) : NULL;
    sandbox->child = sandbox->zygote ? sg_cage_new(&child, NULL, NULL, &why) : NULL;
    if (sandbox->child)
        return sandbox;
    sg_sandbox_free(sandbox);
    g_set_error_literal(error, SG_EXTRACT_ERROR, SG_EXTRACT_ERROR_START, why->message);
    return NULL;
}

void sg_sandbox_free(SgSandbox *sandbox)
{
    if (!sandbox)
        return;
    sg_cage_free(sandbox->keeper);
    sg_cage_free(sandbox->zygote);
    sg_cage_free(sandbox->child);
    g_free(sandbox);
}

/* AddressSanitizer reserves terabytes of address space. */
static gboolean limit_memory(guint64 bytes)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)bytes;
    return TRUE;
#else
    return sg_limit(RLIMIT_AS, bytes, bytes);
#endif
}

gboolean sg_sandbox_enter_keeper(const SgSandbox *sandbox)
{
    return sg_limit(RLIMIT_CORE, 0, 0) && sg_limit(RLIMIT_FSIZE, 0, 0) &&
           sg_cage_enter(sandbox->keeper);
}

gboolean sg_sandbox_enter_zygote(const SgSandbox *sandbox)
{
    return sg_limit(RLIMIT_CORE, 0, 0) && sg_limit(RLIMIT_FSIZE, 0, 0) &&
           sg_limit(RLIMIT_NOFILE, FILES_MOST, FILES_MOST) && sg_cage_enter(sandbox->zygote);
}

gboolean sg_sandbox_enter_child(const SgSandbox *sandbox, const SgExtractLimits *limits)
{
    /* The zygote watches the clock; this is for when it is stopped itself. */
    guint64 seconds = MIN(limits->helper_seconds, G_MAXINT32) + 1;

    return sg_limit(RLIMIT_CPU, seconds, seconds + 1) && sg_limit(RLIMIT_NPROC, 0, 0) &&
           sg_limit(RLIMIT_NOFILE, 0, 0) && limit_memory(limits->helper_memory) &&
           sg_cage_enter(sandbox->child);
}
