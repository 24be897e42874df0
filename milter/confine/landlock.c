/* landlock.c - a confinement's places and ports, as rules of the kernel's landlock. */
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface grows; headers may be older than the kernel that we run on. */
#define FS_TRUNCATE    ((guint64)1 << 14) /* version 3, Linux 6.2 */
#define NET_BIND       ((guint64)1 << 0)  /* version 4, Linux 6.7 */
#define NET_CONNECT    ((guint64)1 << 1)
#define RULE_NET_PORT  2
#define SCOPE_ABSTRACT ((guint64)1 << 0) /* version 6, Linux 6.12 */
#define SCOPE_SIGNAL   ((guint64)1 << 1)

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define KEEP                                                                                       \
    (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                          \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | FS_TRUNCATE)
/* What can be said of a file that is no folder. */
#define OF_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)

static const guint64 access_of[] = {[SG_PLACE_READ] = READ,
                                    [SG_PLACE_KEEP] = KEEP,
                                    [SG_PLACE_MAKE] = KEEP | LANDLOCK_ACCESS_FS_MAKE_DIR};

/* As the kernel has it today; what it does not know yet must not be sent. */
typedef struct Attributes {
    guint64 files;
    guint64 network;
    guint64 scoped;
} Attributes;

typedef struct PortRule {
    guint64 access;
    guint64 port;
} PortRule;

typedef struct Making {
    const SgConfinement *what;
    Attributes handled;
    int rules;
    GError **error;
} Making;

/* By what a process may do, the files that everything of that kind looks for. */
static const struct {
    guint may;
    SgPlaceAt place;
} standard[] = {
    {SG_MAY_OPEN_FILES, {"/dev/null", SG_PLACE_KEEP}},
    {SG_MAY_OPEN_FILES, {"/dev/urandom", SG_PLACE_READ}},
    {SG_SEES_TIMES, {"/usr/share/zoneinfo", SG_PLACE_READ}},
    {SG_SEES_TIMES, {"/etc/localtime", SG_PLACE_READ}},
    {SG_SEES_LIBRARIES, {"/usr/lib", SG_PLACE_READ}},
    {SG_SEES_LIBRARIES, {"/usr/lib64", SG_PLACE_READ}},
    {SG_SEES_LIBRARIES, {"/lib", SG_PLACE_READ}},
    {SG_SEES_LIBRARIES, {"/lib64", SG_PLACE_READ}},
    {SG_SEES_LIBRARIES, {"/etc/ld.so.cache", SG_PLACE_READ}},
    {SG_SEES_LIBRARIES, {"/etc/ssl/openssl.cnf", SG_PLACE_READ}},
    {SG_SEES_NAMES, {"/etc/resolv.conf", SG_PLACE_READ}},
    {SG_SEES_NAMES, {"/etc/hosts", SG_PLACE_READ}},
    {SG_SEES_NAMES, {"/etc/nsswitch.conf", SG_PLACE_READ}},
    {SG_SEES_NAMES, {"/etc/host.conf", SG_PLACE_READ}},
    {SG_SEES_NAMES, {"/etc/gai.conf", SG_PLACE_READ}},
    {SG_SEES_NAMES, {"/etc/services", SG_PLACE_READ}},
    /* where what manages the network puts the first of them */
    {SG_SEES_NAMES, {"/run/systemd/resolve", SG_PLACE_READ}},
    {SG_SEES_NAMES, {"/run/resolvconf", SG_PLACE_READ}},
    {SG_SEES_NAMES, {"/run/NetworkManager", SG_PLACE_READ}},
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    /* A sanitizer looks itself up, and what functions are called in programs and libraries: by
     * their names tests/tsan.supp knows them. */
    {SG_MAY_OPEN_FILES, {"/proc/self/exe", SG_PLACE_READ}},
    {SG_MAY_OPEN_FILES, {"/proc/self", SG_PLACE_READ}},
    {SG_MAY_OPEN_FILES, {"/usr/lib", SG_PLACE_READ}},
#endif
};

char *sg_places_marks(const SgPlaceAt *places)
{
    GString *marks = g_string_new(NULL);

    for (; places->path; places++) {
        struct stat status = {0};

        stat(places->path, &status);
        g_string_append_printf(marks, "%s %lu %lu\n", places->path, (gulong)status.st_dev,
                               (gulong)status.st_ino);
    }
    return g_string_free(marks, FALSE);
}

int sg_landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    return version > 0 ? (int)version : 0;
}

/* Everything that this version can handle is handled, so that only what is allowed can be done. */
static Attributes handled_by(int version, const SgConfinement *what, const guint16 *ports)
{
    static const guint64 files[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
    Attributes handled = {.files = files[MIN(version, (int)G_N_ELEMENTS(files) - 1)]};
    gboolean any_port = (what->may & SG_MAY_CONNECT_OUT) && !ports;

    if (version >= SG_LANDLOCK_WITH_PORTS) {
        handled.network = NET_BIND | NET_CONNECT;
        if (what->may & SG_MAY_LISTEN)
            handled.network &= ~NET_BIND;
        if (any_port)
            handled.network &= ~NET_CONNECT;
    }
    if (version >= 6)
        handled.scoped = what->may & SG_MAY_ABSTRACT ? SCOPE_SIGNAL : SCOPE_SIGNAL | SCOPE_ABSTRACT;
    return handled;
}

/* As long as the version's structure was. */
static gsize size_for(int version)
{
    return version >= 6                        ? sizeof(Attributes)
           : version >= SG_LANDLOCK_WITH_PORTS ? offsetof(Attributes, scoped)
                                               : offsetof(Attributes, network);
}

static gboolean fail(const Making *making, const char *what)
{
    g_set_error(making->error, SG_CONFINE_ERROR, SG_CONFINE_ERROR_MAKE,
                "cannot confine %s: landlock: '%s': %s", making->what->process, what,
                g_strerror(errno));
    return FALSE;
}

/* What is not there, or not for us, cannot be opened later either. */
static gboolean permit(const Making *making, const SgPlaceAt *place)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = access_of[place->how] & making->handled.files,
        .parent_fd = open(place->path, O_PATH | O_CLOEXEC),
    };
    struct stat status;
    gboolean done;

    if (rule.parent_fd < 0)
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR || fail(making, place->path);
    if (fstat(rule.parent_fd, &status) == 0 && !S_ISDIR(status.st_mode))
        rule.allowed_access &= OF_FILE;
    done =
        syscall(SYS_landlock_add_rule, making->rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ||
        fail(making, place->path);
    close(rule.parent_fd);
    return done;
}

static gboolean permit_places(const Making *making, const SgPlaceAt *places)
{
    for (gsize i = 0; i < G_N_ELEMENTS(standard); i++)
        if ((making->what->may & standard[i].may) && !permit(making, &standard[i].place))
            return FALSE;
    for (gsize i = 0; places && places[i].path; i++)
        if (!permit(making, &places[i]))
            return FALSE;
    return TRUE;
}

static gboolean permit_ports(const Making *making, const guint16 *ports)
{
    if (!(making->handled.network & NET_CONNECT) || !(making->what->may & SG_MAY_CONNECT_OUT))
        return TRUE;
    for (gsize i = 0; ports[i]; i++) {
        const PortRule rule = {NET_CONNECT, ports[i]};

        if (syscall(SYS_landlock_add_rule, making->rules, RULE_NET_PORT, &rule, 0) != 0)
            return fail(making, "ports");
    }
    return TRUE;
}

int sg_landlock_make(const SgConfinement *what, const SgPlaceAt *places, const guint16 *ports,
                     GError **error)
{
    int version = sg_landlock_version();
    Making making = {.what = what, .error = error};

    if (version < 1)
        return -1;
    making.handled = handled_by(version, what, ports);
    making.rules = (int)syscall(SYS_landlock_create_ruleset, &making.handled, size_for(version), 0);
    if (making.rules < 0) {
        fail(&making, "rules");
        return -2;
    }
    if (permit_places(&making, places) && permit_ports(&making, ports))
        return making.rules;
    close(making.rules);
    return -2;
}

gboolean sg_landlock_enter(int rules)
{
    return syscall(SYS_landlock_restrict_self, rules, 0) == 0;
}
