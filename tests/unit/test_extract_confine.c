/* test_extract_confine.c - what the keeper of the reader of attachments can no longer do once it is
 * confined, and what it still can: it forks the reader, and forks it again */
#include "attempts.h"

#include "../../milter/extract/client.h"

#include <sys/signalfd.h>

static SgSandbox *sandbox;

static void as_keeper(void)
{
    if (!sg_sandbox_enter_keeper(sandbox))
        _exit(ENOTRECOVERABLE);
}

/* What it forks may be ended by it: landlock keeps it from all others since Linux 6.12. */
static gboolean is_its_duty(Attempt attempt)
{
    return attempt == start_process ||
           ((attempt == kill_neighbour || attempt == kill_neighbours_thread) &&
            sg_confine_support().landlock < 6);
}

/* Names are looked for in vain, and so are terminals: to a library it is as if they were not there.
 */
static void assert_not_done(const Try *try)
{
    int status = from_inside(as_keeper, try->attempt);

    g_test_message("%s: status %#x", try->what, (guint)status);
    g_assert_true(WIFEXITED(status));
    switch (WEXITSTATUS(status)) {
    case EPERM:
    case EACCES:
    case ENOSYS:
    case EXDEV:
    case ENOENT:
    case ENOTTY:
        return;
    default:
        g_error("%s: %s", try->what, g_strerror(WEXITSTATUS(status)));
    }
}

static void test_a_keeper_reaches_nothing_but_its_zygote(void)
{
    static const Try also[] = {TRY(read_settings), TRY(keep_record),  TRY(keep_spool),
                               TRY(read_library),  TRY(start_thread), TRY(make_code),
                               TRY(open_datagrams)};
    g_autofree char *secret = NULL;
    Scene set;

    scene_open(&set, "");
    secret = in_others("secret.txt");
    for (gsize i = 0; i < G_N_ELEMENTS(never); i++)
        if (!is_its_duty(never[i].attempt))
            assert_not_done(&never[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(never_outwards); i++)
        assert_not_done(&never_outwards[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(also); i++)
        if (!SANITIZED || also[i].attempt != start_thread)
            assert_not_done(&also[i]);
    g_assert_true(g_file_test(secret, G_FILE_TEST_EXISTS));
    scene_close(&set);
}

static int hear_signals(void)
{
    const struct timespec soon = {.tv_nsec = 1000};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    return sigtimedwait(&set, NULL, &soon) < 0 && errno != EAGAIN
               ? errno
               : said(signalfd(-1, &set, SFD_NONBLOCK));
}

static int end_a_child(void)
{
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            sched_yield();
    return kill(pid, SIGKILL) != 0 || waitpid(pid, NULL, 0) != pid ? errno : 0;
}

static int confine_a_child(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(sg_sandbox_enter_zygote(sandbox) ? 0 : errno);
    return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : errno;
}

static void test_a_keeper_can_do_its_work(void)
{
    static const Try works[] = {TRY(start_process), TRY(hear_signals), TRY(end_a_child),
                                TRY(confine_a_child)};
    Scene set;

    scene_open(&set, "");
    assert_works(as_keeper, works, G_N_ELEMENTS(works));
    scene_close(&set);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    g_test_init(&argc, &argv, NULL);
    sandbox = sg_sandbox_new(&error);
    g_assert_no_error(error);
#define PROMISE(name) g_test_add_func("/extract/confine/" #name, test_##name)
    PROMISE(a_keeper_reaches_nothing_but_its_zygote);
    PROMISE(a_keeper_can_do_its_work);
    int result = g_test_run();
    sg_sandbox_free(sandbox);
    return result;
}
