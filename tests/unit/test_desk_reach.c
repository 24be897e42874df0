/* test_desk_reach.c - whether another user may use a file is told as the kernel would decide it */
#include "../../milter/desk/reach.h"
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Place {
    char *folder, *inner, *file;
    SgUser *nobody;
} Place;

static void set_up(Place *place, gconstpointer unused)
{
    (void)unused;
    place->folder = support_folder();
    place->inner = g_build_filename(place->folder, "inner", NULL);
    g_assert_cmpint(g_mkdir(place->inner, 0755), ==, 0);
    place->file = support_file(place->inner, "file", "text");
    g_assert_cmpint(g_chmod(place->folder, 0755), ==, 0);
    place->nobody = sg_user_find("nobody");
    g_assert_nonnull(place->nobody);
}

static void tear_down(Place *place, gconstpointer unused)
{
    (void)unused;
    sg_user_free(place->nobody);
    support_folder_remove(place->folder);
    g_free(place->folder);
    g_free(place->inner);
    g_free(place->file);
}

/* What the kernel says to a process that is that user. */
static gboolean kernel_allows(const Place *place, int how)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        if (setgid(g_array_index(place->nobody->groups, gid_t, 0)) != 0 ||
            setuid(place->nobody->uid) != 0)
            _exit(2);
        _exit(access(place->file, how) == 0 ? 0 : 1);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 2);
    return WEXITSTATUS(status) == 0;
}

static void test_it_says_what_the_kernel_says(Place *place, gconstpointer unused)
{
    static const guint folder_modes[] = {0755, 0711, 0750, 0700};
    static const guint file_modes[] = {0666, 0644, 0640, 0600, 0060, 0006, 0002};
    gid_t group = g_array_index(place->nobody->groups, gid_t, 0);
    const struct {
        uid_t uid;
        gid_t gid;
    } owners[] = {{0, 0}, {0, group}, {place->nobody->uid, 0}};

    (void)unused;
    for (gsize o = 0; o < G_N_ELEMENTS(owners); o++)
        for (gsize d = 0; d < G_N_ELEMENTS(folder_modes); d++)
            for (gsize f = 0; f < G_N_ELEMENTS(file_modes); f++)
                for (int how = SG_REACH_WRITE; how <= SG_REACH_READ; how += SG_REACH_WRITE) {
                    g_assert_cmpint(chown(place->file, owners[o].uid, owners[o].gid), ==, 0);
                    g_assert_cmpint(g_chmod(place->inner, (int)folder_modes[d]), ==, 0);
                    g_assert_cmpint(g_chmod(place->file, (int)file_modes[f]), ==, 0);
                    g_autofree char *obstacle =
                        sg_reach_obstacle(place->nobody, "/", place->file, how);
                    g_assert_cmpint(!obstacle, ==, kernel_allows(place, how));
                }
}

static void test_the_folder_in_the_way_is_named_with_its_owner(Place *place, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(g_chmod(place->inner, 0700), ==, 0);
    g_autofree char *obstacle = sg_reach_obstacle(place->nobody, "/", place->file, SG_REACH_READ);
    g_autofree char *wanted = g_strdup_printf(
        "'%s' (owner root, group root, mode 0700) does not let 'nobody' in", place->inner);

    g_assert_cmpstr(obstacle, ==, wanted);
}

static void test_folders_above_the_start_do_not_count(Place *place, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(g_chmod(place->folder, 0700), ==, 0);
    g_autofree char *from_root = sg_reach_obstacle(place->nobody, "/", place->file, SG_REACH_READ);
    g_autofree char *from_there =
        sg_reach_obstacle(place->nobody, place->folder, place->file, SG_REACH_READ);

    g_assert_nonnull(from_root);
    g_assert_null(from_there);
}

static void test_root_is_never_in_the_way_of_itself(Place *place, gconstpointer unused)
{
    g_autoptr(SgUser) root = sg_user_find("root");
    g_autofree char *absent = g_build_filename(place->inner, "absent", NULL);

    (void)unused;
    g_assert_cmpint(g_chmod(place->file, 0), ==, 0);
    g_assert_null(sg_reach_obstacle(root, "/", place->file, SG_REACH_READ | SG_REACH_WRITE));
    g_autofree char *obstacle = sg_reach_obstacle(root, "/", absent, SG_REACH_READ);
    support_assert_contains(obstacle, "No such file");
    g_assert_null(sg_user_find("no-such-user-here"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PLACE_TEST(name) g_test_add("/reach/" #name, Place, NULL, set_up, test_##name, tear_down)
    PLACE_TEST(it_says_what_the_kernel_says);
    PLACE_TEST(the_folder_in_the_way_is_named_with_its_owner);
    PLACE_TEST(folders_above_the_start_do_not_count);
    PLACE_TEST(root_is_never_in_the_way_of_itself);
    return g_test_run();
}
