/* test_directory_copy.c - promises about a directory's copy on disk, and what may take its place.
 */
#include "directory_case.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Kept {
    char *folder;
    SgReport *report;
    SgDirectory *directory;
} Kept;

static void kept_set_up(Kept *kept, gconstpointer data)
{
    g_autofree char *inside = NULL;

    (void)data;
    kept->folder = support_folder();
    kept->report = sg_report_new();
    kept->directory = directory_of(STAFF "    role student (mail=*)\n", kept->report);
    inside = g_build_filename(kept->folder, "directory", NULL);
    sg_directory_set_folder(kept->directory, inside);
    g_assert_true(sg_copy_make_folder(kept->directory, NULL));
}

static void kept_tear_down(Kept *kept, gconstpointer data)
{
    (void)data;
    support_folder_remove(kept->folder);
    sg_directory_free(kept->directory);
    sg_report_free(kept->report);
    g_free(kept->folder);
}

static GString *copy_with(guint staff, guint students)
{
    GString *copy = g_string_new(SG_DIRECTORY_COPY_HEAD);

    for (guint i = 0; i < staff; i++)
        g_string_append_printf(copy, "staff,\"t%u@k.example\",\"\",,\"\",\"\"\n", i);
    for (guint i = 0; i < students; i++)
        g_string_append_printf(copy, "student,\"s%u@k.example\",\"\",,\"\",\"\"\n", i);
    return copy;
}

static void keep(Kept *kept, guint staff, guint students)
{
    g_autofree char *path = sg_directory_copy_path(kept->directory);
    GString *copy = copy_with(staff, students);
    g_autoptr(GError) error = NULL;

    g_assert_true(sg_copy_replace(path, copy->str, copy->len, &error));
    g_assert_no_error(error);
    g_string_free(copy, TRUE);
}

static gboolean may_become(Kept *kept, guint staff, guint students)
{
    SgDirectoryFound found = {.copy = copy_with(staff, students)};
    g_autoptr(GError) error = NULL;
    gboolean may = sg_directory_may_replace(kept->directory, &found, &error);

    g_string_free(found.copy, TRUE);
    if (!may)
        g_assert_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_SHRINK);
    return may;
}

static void test_losing_more_than_half_of_all_or_of_a_role_is_refused(Kept *kept,
                                                                      gconstpointer data)
{
    (void)data;
    g_assert_true(may_become(kept, 1, 0)); /* there is no copy */
    keep(kept, 100, 1000);
    g_assert_true(may_become(kept, 100, 1000));
    g_assert_true(may_become(kept, 500, 5000));
    g_assert_true(may_become(kept, 50, 500));
    g_assert_false(may_become(kept, 49, 1000)); /* of the staff */
    g_assert_false(may_become(kept, 100, 499));
    g_assert_false(may_become(kept, 0, 0));
    keep(kept, 8, 1000); /* few may all go */
    g_assert_true(may_become(kept, 0, 1000));
    kept->directory->shrink_most = 100;
    g_assert_true(may_become(kept, 0, 1));
    kept->directory->shrink_most = 0;
    g_assert_false(may_become(kept, 8, 999));
}

static void test_a_copy_is_for_its_owner_alone_and_is_replaced_whole(Kept *kept, gconstpointer data)
{
    g_autofree char *path = sg_directory_copy_path(kept->directory);
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    SgDirectoryMark before;
    struct stat facts;

    (void)data;
    g_assert_false(sg_directory_has_copy(kept->directory));
    keep(kept, 1, 1);
    g_assert_true(sg_directory_has_copy(kept->directory));
    before = sg_directory_mark(kept->directory);
    g_assert_cmpint(stat(path, &facts), ==, 0);
    g_assert_cmpuint(facts.st_mode & 0777, ==, 0600);
    g_assert_true(g_file_set_contents(beside, "half", -1, NULL)); /* of one that was killed */
    keep(kept, 1, 1);
    g_assert_false(g_file_test(beside, G_FILE_TEST_EXISTS));
    g_assert_false(sg_directory_mark_is(before, sg_directory_mark(kept->directory)));
    g_assert_true(g_file_set_contents(path, "role,addr", -1, NULL));
    g_assert_false(sg_directory_has_copy(kept->directory));
}

static void test_a_refresh_that_fails_says_so_and_leaves_the_copy(Kept *kept, gconstpointer data)
{
    g_auto(SgDirectoryState) state = {0};
    g_autoptr(GError) error = NULL;
    SgDirectoryMark before;

    (void)data;
    keep(kept, 1, 1);
    before = sg_directory_mark(kept->directory);
    g_ptr_array_set_size(kept->directory->servers, 0);
    g_ptr_array_add(kept->directory->servers, g_strdup("ldap://127.0.0.1:1"));
    g_assert_false(sg_directory_refresh(kept->directory, SG_DIRECTORY_GUARDED,
                                        sg_directory_patience(kept->directory, -1), NULL, &error));
    g_assert_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_CONNECT);
    support_assert_contains(sg_directory_cure(error), "firewall");
    g_assert_true(sg_directory_mark_is(before, sg_directory_mark(kept->directory)));
    sg_directory_state_read(kept->directory, &state);
    g_assert_cmpint(state.failures, ==, 1);
    g_assert_cmpint(state.succeeded, ==, 0);
    g_assert_cmpstr(state.error, ==, error->message);
    g_assert_true(sg_directory_is_stale(kept->directory, &state, state.tried));
}

static void test_one_refresh_at_a_time(Kept *kept, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    int lock = sg_copy_lock(kept->directory, &error);

    (void)data;
    g_assert_cmpint(lock, >=, 0);
    g_assert_false(sg_directory_refresh(kept->directory, SG_DIRECTORY_GUARDED,
                                        sg_directory_patience(kept->directory, -1), NULL, &error));
    g_assert_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_BUSY);
    g_close(lock, NULL);
}

static void test_a_copy_is_old_by_its_age_also_when_the_clock_leaps(Kept *kept, gconstpointer data)
{
    SgDirectoryState state = {.succeeded = 1000000};
    gint64 most = kept->directory->stale_after;

    (void)data;
    keep(kept, 1, 1);
    g_assert_false(sg_directory_is_stale(kept->directory, &state, state.succeeded + most));
    g_assert_true(sg_directory_is_stale(kept->directory, &state, state.succeeded + most + 1));
    g_assert_false(sg_directory_is_stale(kept->directory, &state, state.succeeded - most));
    g_assert_true(sg_directory_is_stale(kept->directory, &state, state.succeeded - most - 1));
}

/* Root would give it away to whom the folder belongs. */
static void test_a_lock_that_is_another_files_name_is_left_alone(Kept *kept, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *lock = sg_directory_file(kept->directory, ".lock");
    g_autofree char *other = sg_directory_file(kept->directory, ".elsewhere");

    (void)data;
    g_assert_true(g_file_set_contents(other, "", 0, NULL));
    g_assert_cmpint(link(other, lock), ==, 0);
    g_assert_cmpint(sg_copy_lock(kept->directory, &error), ==, -1);
    g_assert_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_COPY);
    g_clear_error(&error);
    g_assert_cmpint(unlink(lock), ==, 0);
    g_assert_cmpint(mkfifo(lock, 0600), ==, 0);
    g_assert_cmpint(sg_copy_lock(kept->directory, &error), ==, -1);
    g_assert_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_COPY);
    g_assert_cmpint(unlink(lock), ==, 0);
    g_assert_cmpint(unlink(other), ==, 0);
}

#define KEPT(path, function)                                                                       \
    g_test_add("/directory/copy/" path, Kept, NULL, kept_set_up, function, kept_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    KEPT("shrink", test_losing_more_than_half_of_all_or_of_a_role_is_refused);
    KEPT("replaced", test_a_copy_is_for_its_owner_alone_and_is_replaced_whole);
    KEPT("failure", test_a_refresh_that_fails_says_so_and_leaves_the_copy);
    KEPT("age", test_a_copy_is_old_by_its_age_also_when_the_clock_leaps);
    KEPT("lock_is_a_file", test_a_lock_that_is_another_files_name_is_left_alone);
    KEPT("lock", test_one_refresh_at_a_time);
    return g_test_run();
}
