/* confine.c - both walls of a confinement: made, put up, and asked after; see confine.h. */
#include "schoolgate/confine.h"

#include "calls.h"
#include "landlock.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

G_DEFINE_QUARK(sg - confine - error - quark, sg_confine_error)

struct SgCage {
    const SgConfinement *what;
    int rules; /* of landlock; -1: there are none, or they are made on entering */
    SgCalls calls;
};

/* Rules without places need no file, and may be made at last, when descriptors have been put in
 * order. */
static gboolean has_places(const SgConfinement *what)
{
    return (what->may & SG_MAY_OPEN_FILES) != 0;
}

SgCage *sg_cage_new(const SgConfinement *what, const SgPlaceAt *places, const guint16 *ports,
                    GError **error)
{
    g_autoptr(SgCage) cage = g_new0(SgCage, 1);

    cage->what = what;
    cage->rules = has_places(what) ? sg_landlock_make(what, places, ports, error) : -1;
    if (cage->rules < -1 || !sg_calls_make(what, &cage->calls, error))
        return NULL;
    return g_steal_pointer(&cage);
}

void sg_cage_free(SgCage *cage)
{
    if (!cage)
        return;
    if (cage->rules >= 0)
        close(cage->rules);
    sg_calls_clear(&cage->calls);
    g_free(cage);
}

static gboolean forbid_all_files(const SgConfinement *what)
{
    int rules = sg_landlock_make(what, NULL, NULL, NULL);
    gboolean done = rules == -1 || (rules >= 0 && sg_landlock_enter(rules));

    if (rules >= 0)
        close(rules);
    return done;
}

static gboolean limit_files(const SgCage *cage)
{
    if (cage->what->nested)
        return TRUE;
    if (!has_places(cage->what))
        return forbid_all_files(cage->what);
    return cage->rules < 0 || sg_landlock_enter(cage->rules);
}

static gboolean limit_calls(const SgCage *cage)
{
    return sg_calls_enter(&cage->calls) || (!cage->what->strict && !sg_calls_supported());
}

gboolean sg_cage_enter(const SgCage *cage)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit_files(cage) && limit_calls(cage);
}

gboolean sg_confine(const SgConfinement *what, const SgPlaceAt *places, const guint16 *ports,
                    GError **error)
{
    g_autoptr(SgCage) cage = sg_cage_new(what, places, ports, error);

    if (!cage)
        return FALSE;
    if (sg_cage_enter(cage))
        return TRUE;
    g_set_error(error, SG_CONFINE_ERROR, SG_CONFINE_ERROR_ENTER, "cannot confine %s: %s",
                what->process, g_strerror(errno));
    return FALSE;
}

SgConfineSupport sg_confine_support(void)
{
    return (SgConfineSupport){.landlock = sg_landlock_version(), .seccomp = sg_calls_supported()};
}

char *sg_confine_gaps(void)
{
    /* From which version of landlock on something can be refused. */
    static const struct {
        int version;
        const char *gap;
    } steps[] = {
        {1, "files outside its own folders (landlock; Linux 5.13, and 'landlock' in 'lsm=')"},
        {3, "truncating files that it may only read (Linux 6.2)"},
        {SG_LANDLOCK_WITH_PORTS, "TCP ports (Linux 6.7)"},
        {6, "signals and abstract sockets (Linux 6.12)"},
    };
    SgConfineSupport support = sg_confine_support();
    g_autoptr(GString) gaps = g_string_new(support.seccomp ? NULL : "system calls (seccomp)");

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
        if (support.landlock < steps[i].version)
            g_string_append_printf(gaps, "%s%s", gaps->len > 0 ? ", " : "", steps[i].gap);
    return gaps->len > 0 ? g_string_free(g_steal_pointer(&gaps), FALSE) : NULL;
}
