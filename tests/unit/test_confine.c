/* test_confine.c - walls follow from what a process says it needs, and from nothing else */
#include "attempts.h"

#include "schoolgate/tidy.h"

#include <sys/resource.h>

static SgConfinement what;
static SgPlaceAt places[3];
static const guint16 *ports;

static void confine(void)
{
    g_autoptr(GError) error = NULL;

    if (!sg_confine(&what, places, ports, &error)) {
        g_printerr("%s\n", error->message);
        _exit(ENOEXEC);
    }
}

static void declare(guint may)
{
    what = (SgConfinement){.process = "a process", .may = may};
    memset(places, 0, sizeof places);
    ports = NULL;
}

/* What a process may do with `may`, and may not with all but that. */
static void assert_is_for(guint may, guint besides, Try thing)
{
    declare(besides);
    assert_refused(confine, &thing, 1);
    declare(besides | may);
    assert_works(confine, &thing, 1);
}

static void test_each_permission_allows_its_own_and_nothing_else(void)
{
    static const struct {
        guint may;
        guint besides;
        Try thing;
    } permissions[] = {
        {SG_MAY_MAP_CODE, SG_MAY_OPEN_FILES, TRY(make_code)},
        {SG_MAY_HAVE_THREADS, SG_MAY_OPEN_FILES, TRY(start_thread)},
        {SG_MAY_TALK, SG_MAY_OPEN_FILES, TRY(talk_to_itself)},
        {SG_MAY_LOG, SG_MAY_OPEN_FILES | SG_MAY_TALK, TRY(connect_to_log)},
        {SG_MAY_ACCEPT, SG_MAY_OPEN_FILES, TRY(accept_somebody)},
        {SG_MAY_CONNECT_LOCAL, SG_MAY_TALK | SG_MAY_LOG, TRY(connect_locally)},
        {SG_MAY_CONNECT_LOCAL | SG_MAY_ABSTRACT, SG_MAY_TALK | SG_MAY_LOG, TRY(connect_abstractly)},
        {SG_MAY_CONNECT_OUT, SG_MAY_TALK | SG_MAY_LOG, TRY(connect_out)},
        {SG_MAY_LISTEN, SG_MAY_TALK, TRY(bind_port)},
        {SG_SEES_TIMES, SG_MAY_OPEN_FILES, TRY(read_time_zone)},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        {SG_SEES_LIBRARIES, SG_MAY_OPEN_FILES, TRY(read_library)},
        {SG_MAY_FORK, SG_MAY_OPEN_FILES | SG_MAY_HAVE_THREADS, TRY(start_process)},
#endif
    };
    Scene set;

    scene_open(&set, "");
    for (gsize i = 0; i < G_N_ELEMENTS(permissions); i++)
        assert_is_for(permissions[i].may, permissions[i].besides, permissions[i].thing);
    scene_close(&set);
}

static void test_a_place_is_read_or_kept_as_declared(void)
{
    Scene set;

    scene_open(&set, "");
    g_autofree char *record = in_own("record");
    g_autofree char *secret = in_others("secret.txt");
    const Try keep = TRY(keep_record);
    const Try read = TRY(read_others);
    const Try write = TRY(write_others);

    declare(SG_MAY_OPEN_FILES);
    places[0] = (SgPlaceAt){record, SG_PLACE_READ};
    assert_refused(confine, &keep, 1);
    places[0].how = SG_PLACE_KEEP;
    assert_works(confine, &keep, 1);
    places[1] = (SgPlaceAt){secret, SG_PLACE_READ}; /* one file, not its folder */
    assert_works(confine, &read, 1);
    assert_refused(confine, &write, 1);
    places[0].path = "/nowhere";
    assert_works(confine, &read, 1);
    scene_close(&set);
}

static int look_for_passwords(void)
{
    struct stat status;

    return stat("/etc/passwd", &status) < 0 && errno == ENOENT ? 0 : EEXIST;
}

static void test_who_opens_no_files_is_told_that_there_are_none(void)
{
    const Try look = TRY(look_for_passwords);
    Scene set;

    scene_open(&set, "");
    declare(0);
    assert_works(confine, &look, 1);
    scene_close(&set);
}

static void test_a_port_that_is_not_named_is_out_of_reach(void)
{
    const Try reach = TRY(connect_out);
    guint16 named[] = {1, 0};
    Scene set;

    if (sg_confine_support().landlock < 4) {
        g_assert_nonnull(strstr(sg_confine_gaps(), "TCP ports"));
        return;
    }
    scene_open(&set, "");
    declare(SG_MAY_TALK | SG_MAY_OPEN_FILES | SG_MAY_CONNECT_OUT);
    ports = named;
    assert_refused(confine, &reach, 1);
    named[0] = set.port;
    assert_works(confine, &reach, 1);
    scene_close(&set);
}

#if defined(__x86_64__)
static int call_as_32_bit(void)
{
    long result = 20; /* getpid */

    __asm__ volatile("int $0x80" : "+a"(result)::"memory");
    return 0;
}

static int call_as_x32(void)
{
    return said(syscall(0x40000000 + SYS_getpid)); /* NOLINT: no other name for it */
}

static void test_calls_of_another_architecture_kill(void)
{
    static const Attempt ways[] = {call_as_32_bit, call_as_x32};

    declare(SG_MAY_OPEN_FILES | SG_MAY_HAVE_THREADS);
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        int status = from_inside(confine, ways[i]);

        g_assert_true(WIFSIGNALED(status));
    }
}
#endif

static int open_anything(void)
{
    return said(open("/", O_RDONLY));
}

static void test_a_wall_within_a_wall_opens_nothing(void)
{
    static const SgPlaceAt everywhere[] = {{"/", SG_PLACE_KEEP}, {NULL, SG_PLACE_READ}};
    static const SgConfinement outer = {.process = "outer",
                                        .may = SG_MAY_OPEN_FILES | SG_MAY_CONFINE | SG_MAY_FORK};
    static const SgConfinement inner = {.process = "inner",
                                        .may = SG_MAY_OPEN_FILES | SG_MAY_CONFINE | SG_MAY_FORK};
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        if (!sg_confine(&outer, NULL, NULL, NULL) || !sg_confine(&inner, everywhere, NULL, NULL))
            _exit(99);
        _exit(open_anything());
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(WEXITSTATUS(status), ==, EACCES);
}

static void test_what_a_kernel_lacks_is_said(void)
{
    SgConfineSupport support = sg_confine_support();
    g_autofree char *gaps = sg_confine_gaps();

    g_assert_true(support.seccomp);
    g_assert_cmpint(support.landlock, >=, 0);
    g_assert_true((gaps == NULL) == (support.landlock >= 6));
}

static void test_marks_tell_a_replaced_folder_from_a_used_one(void)
{
    Scene set;

    scene_open(&set, "");
    g_autofree char *record = in_own("record");
    g_autofree char *away = in_own("away");
    const SgPlaceAt kept[] = {{record, SG_PLACE_KEEP}, {NULL, SG_PLACE_READ}};
    g_autofree char *before = sg_places_marks(kept);

    g_free(support_file(record, "new.txt", "x"));
    g_autofree char *used = sg_places_marks(kept);
    g_assert_cmpstr(before, ==, used);
    g_assert_cmpint(rename(record, away), ==, 0);
    g_autofree char *gone = sg_places_marks(kept);
    g_assert_cmpstr(before, !=, gone);
    g_assert_cmpint(mkdir(record, 0700), ==, 0);
    g_autofree char *replaced = sg_places_marks(kept);
    g_assert_cmpstr(before, !=, replaced);
    scene_close(&set);
}

/* Tidiness ----------------------------------------------------------------------------------------
 */

static void test_no_descriptor_is_kept_that_is_not_named(void)
{
    int kept[] = {open("/dev/null", O_RDONLY), -1, open("/dev/null", O_RDONLY)};
    int other = open("/dev/null", O_RDONLY);
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        sg_files_keep(kept, G_N_ELEMENTS(kept));
        _exit(fcntl(kept[0], F_GETFD) >= 0 && fcntl(kept[2], F_GETFD) >= 0 &&
                      fcntl(other, F_GETFD) < 0 && fcntl(STDERR_FILENO, F_GETFD) >= 0
                  ? 7
                  : 1);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(WEXITSTATUS(status), ==, 7);
    close(kept[0]);
    close(kept[2]);
    close(other);
}

static void test_nothing_is_dumped_and_limits_are_never_raised(void)
{
    struct rlimit limit;
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        sg_limit_harm();
        getrlimit(RLIMIT_CORE, &limit);
        if (limit.rlim_max != 0 || !sg_limit(RLIMIT_CORE, 5, 5))
            _exit(1);
        getrlimit(RLIMIT_CORE, &limit);
        _exit(limit.rlim_max == 0 && limit.rlim_cur == 0 ? 7 : 1);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(WEXITSTATUS(status), ==, 7);
}

static void test_variables_that_surprise_libraries_are_forgotten(void)
{
    static const char *const forgotten[] = {"LD_PRELOAD", "LD_LIBRARY_PATH", "SSLKEYLOGFILE",
                                            "GCONV_PATH", "OPENSSL_CONF",    "HOSTALIASES"};
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        for (gsize i = 0; i < G_N_ELEMENTS(forgotten); i++)
            g_setenv(forgotten[i], "/tmp/x", TRUE);
        g_setenv("TZ", "Europe/London", TRUE);
        g_setenv("LC_ALL", "C.UTF-8", TRUE);
        sg_environment_tidy();
        for (gsize i = 0; i < G_N_ELEMENTS(forgotten); i++)
            if (g_getenv(forgotten[i]))
                _exit(1);
        _exit(g_getenv("TZ") && g_getenv("LC_ALL") && g_getenv("PATH") ? 7 : 2);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_cmpint(WEXITSTATUS(status), ==, 7);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/confine/" #name, test_##name)
    PROMISE(each_permission_allows_its_own_and_nothing_else);
    PROMISE(a_place_is_read_or_kept_as_declared);
    PROMISE(who_opens_no_files_is_told_that_there_are_none);
    PROMISE(a_port_that_is_not_named_is_out_of_reach);
#if defined(__x86_64__)
    PROMISE(calls_of_another_architecture_kill);
#endif
    PROMISE(a_wall_within_a_wall_opens_nothing);
    PROMISE(what_a_kernel_lacks_is_said);
    PROMISE(marks_tell_a_replaced_folder_from_a_used_one);
    PROMISE(no_descriptor_is_kept_that_is_not_named);
    PROMISE(nothing_is_dumped_and_limits_are_never_raised);
    PROMISE(variables_that_surprise_libraries_are_forgotten);
    return g_test_run();
}
