/* The extractor in rough times: killed children, a killed zygote, many who ask, and for long. */
#include "extract_helper.h"

#include <stdio.h>

static pid_t parent_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
    g_autofree char *text = NULL;
    const char *end;
    int parent = 0;

    if (g_file_get_contents(path, &text, NULL, NULL) && (end = strrchr(text, ')')))
        sscanf(end, ") %*c %d", &parent);
    return parent;
}

/* A process whose parent is `parent`; 0 when there is none. */
static pid_t child_of(pid_t parent)
{
    g_autoptr(GDir) processes = g_dir_open("/proc", 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(processes)))
        if (g_ascii_isdigit(*name) && parent_of(atoi(name)) == parent)
            return atoi(name);
    return 0;
}

static pid_t wait_for_child_of(pid_t parent)
{
    pid_t pid;

    while ((pid = child_of(parent)) == 0)
        g_thread_yield();
    return pid;
}

static gpointer ask_to_hang(gpointer data)
{
    return ask_with(data, "say and hang", &plenty);
}

static void test_a_killed_child_is_a_fault(Helper *helper, gconstpointer data)
{
    GThread *asking = g_thread_new("asking", ask_to_hang, helper);
    pid_t zygote = wait_for_child_of(child_of(getpid()));
    g_autoptr(SgPieces) pieces = NULL;

    (void)data;
    kill(wait_for_child_of(zygote), SIGKILL);
    pieces = g_thread_join(asking);
    g_assert_nonnull(pieces);
    assert_faults(pieces, "helper-crashed");
    assert_still_reads(helper);
}

static void test_a_killed_zygote_is_down_and_comes_back(Helper *helper, gconstpointer data)
{
    (void)data;
    for (int i = 0; i < 3; i++) {
        GThread *asking = g_thread_new("asking", ask_to_hang, helper);
        pid_t zygote = wait_for_child_of(child_of(getpid()));
        pid_t child = wait_for_child_of(zygote);

        kill(zygote, SIGKILL);
        g_assert_null(g_thread_join(asking));
        while (kill(child, 0) == 0)
            g_thread_yield(); /* nothing of it is left behind */
        assert_still_reads(helper);
    }
}

static void test_a_helper_that_is_gone_is_down_at_once(Helper *helper, gconstpointer data)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("echo", 4);
    g_autoptr(GError) error = NULL;

    (void)data;
    pid_t keeper = child_of(getpid());
    kill(keeper, SIGKILL);
    while (child_of(keeper) != 0)
        g_thread_yield();
    g_assert_null(sg_extractor_read(helper->extractor, bytes, NULL, NULL, &plenty, &error));
    g_assert_error(error, SG_EXTRACT_ERROR, SG_EXTRACT_ERROR_DOWN);
}

static guint descriptors_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", pid);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    guint count = 0;

    while (folder && g_dir_read_name(folder))
        count++;
    return count;
}

static guint64 status_of(pid_t pid, const char *field)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
    g_autofree char *text = NULL;
    const char *at;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    at = strstr(text, field);
    g_assert_nonnull(at);
    return g_ascii_strtoull(at + strlen(field), NULL, 10);
}

static void assert_descriptor(pid_t pid, int number, const char *what)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd/%d", pid, number);
    g_autofree char *target = g_file_read_link(path, NULL);

    g_assert_nonnull(target);
    g_assert_true(g_str_has_prefix(target, what));
}

/* Also the second zygote, which has been forked from within. */
static void
test_a_keeper_is_locked_in_and_has_nothing_open_but_where_zygotes_are_asked(Helper *helper,
                                                                            gconstpointer data)
{
    pid_t keeper = child_of(getpid());

    (void)data;
    for (int i = 0; i < 2; i++) {
        pid_t zygote = wait_for_child_of(keeper);

        assert_still_reads(helper);
        g_assert_cmpuint(status_of(keeper, "\nNoNewPrivs:"), ==, 1);
        g_assert_cmpuint(status_of(keeper, "\nSeccomp:"), ==, 2);
        g_assert_cmpuint(status_of(keeper, "\nSeccomp_filters:"), >, 0);
        g_assert_cmpuint(status_of(zygote, "\nSeccomp_filters:"), >,
                         status_of(keeper, "\nSeccomp_filters:"));
        assert_descriptor(keeper, 0, "/dev/null");
        assert_descriptor(keeper, 1, "/dev/null");
        assert_descriptor(keeper, 3, "socket:");
        g_assert_cmpuint(descriptors_of(keeper), ==, 4);
        kill(zygote, SIGKILL);
        while (kill(zygote, 0) == 0)
            g_thread_yield();
    }
}

/* ---- many at once, and for long */

static gpointer ask_often(gpointer data)
{
    for (int i = 0; i < 40; i++) {
        g_autofree char *what = g_strdup_printf("echo %p %d", (void *)&what, i);
        g_autoptr(SgPieces) pieces = ask(data, what);
        g_autofree char *text = text_of(pieces, 0);

        g_assert_cmpstr(text, ==, what);
        if (i % 10 == 0)
            sg_pieces_free(ask(data, "exit"));
    }
    return NULL;
}

static void test_many_threads_may_ask_at_once(Helper *helper, gconstpointer data)
{
    GThread *threads[16];

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("asking", ask_often, helper);
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

static guint64 pages_of(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/statm", pid);
    g_autofree char *text = NULL;
    unsigned long resident = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    sscanf(text, "%*u %lu", &resident);
    return resident;
}

static void read_many(Helper *helper, int count)
{
    for (int i = 0; i < count; i++)
        sg_pieces_free(ask(helper, i % 10 == 0 ? "exit" : "echo"));
}

static void test_nothing_is_left_behind_by_2000_readings(Helper *helper, gconstpointer data)
{
    pid_t zygote = child_of(child_of(getpid()));
    guint ours, its;
    guint64 our_pages, its_pages;
    gint64 started;

    (void)data;
    read_many(helper, 200);
    ours = descriptors_of(getpid());
    its = descriptors_of(zygote);
    our_pages = pages_of(getpid());
    its_pages = pages_of(zygote);
    started = g_get_monotonic_time();
    read_many(helper, 2000);
    g_test_message("%.2f ms a reading", (double)(g_get_monotonic_time() - started) / 2e6);
    g_assert_cmpuint(descriptors_of(getpid()), ==, ours);
    /* It may be about to close that of the last one. */
    g_assert_cmpuint(descriptors_of(zygote), <=, its + 1);
    g_assert_cmpuint(pages_of(getpid()), <=, our_pages + 256);
    g_assert_cmpuint(pages_of(zygote), <=, its_pages + 64);
    g_assert_cmpint(child_of(zygote), ==, 0);
}

#define PROMISE(test) g_test_add("/extract/process/" #test, Helper, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(test_a_killed_child_is_a_fault);
    PROMISE(test_a_killed_zygote_is_down_and_comes_back);
    PROMISE(test_a_helper_that_is_gone_is_down_at_once);
    PROMISE(test_a_keeper_is_locked_in_and_has_nothing_open_but_where_zygotes_are_asked);
    PROMISE(test_many_threads_may_ask_at_once);
    PROMISE(test_nothing_is_left_behind_by_2000_readings);
    return g_test_run();
}
