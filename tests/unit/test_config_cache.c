/* test_config_cache.c - compiled patterns in their file: used when it is ours, whole and for just
 * these patterns; otherwise as good as none, and replaced. */
#include "schoolgate/config.h"
#include "support.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG(pattern, gate)                                                                      \
    "school\n    officer online-safety@kingsmead.example\n"                                        \
    "record\n    database record.db\n" gate "policy social-media\n    clause 2.6 Chain letters\n"  \
    "rule r\n    clause 2.6\n    match /" pattern "/\n"
#define PLAIN CONFIG("\\bbad luck\\b", "")

typedef struct Place {
    char *folder;
    char *cache; /* where the file is expected */
} Place;

static Place place_new(void)
{
    char *folder = support_folder();

    return (Place){folder, g_build_filename(folder, "patterns.cache", NULL)};
}

static void place_done(Place *place)
{
    support_folder_remove(place->folder);
    g_free(place->folder);
    g_free(place->cache);
}

static SgConfig *load(const Place *place, const char *text)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *path = support_file(place->folder, "schoolgate.conf", text);
    SgConfig *config = sg_config_load(path, report);

    g_assert_nonnull(config);
    return config;
}

static void compile(const Place *place, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgConfig) config = load(place, text);

    g_assert_true(sg_config_compile(config, &error));
    g_assert_no_error(error);
}

static gboolean uses_cache(const Place *place, const char *text)
{
    g_autoptr(SgConfig) config = load(place, text);

    return sg_config_use_compiled(config);
}

/* Built without Vectorscan nothing is compiled, and nothing kept. */
static gboolean can_compile(const Place *place)
{
    g_autoptr(SgConfig) config = load(place, PLAIN);
    g_autofree char *key = sg_policy_patterns_key(config->policy);

    return key != NULL;
}

static void test_what_was_compiled_is_used_by_the_next(void)
{
    Place place = place_new();
    gboolean can = can_compile(&place);

    g_assert_false(uses_cache(&place, PLAIN));
    compile(&place, PLAIN);
    g_assert_true(uses_cache(&place, PLAIN) == can);
    g_assert_true(g_file_test(place.cache, G_FILE_TEST_EXISTS) == can);
    place_done(&place);
}

static void test_file_is_for_our_user_alone(void)
{
    Place place = place_new();
    struct stat status = {0};

    compile(&place, PLAIN);
    if (can_compile(&place)) {
        g_assert_cmpint(stat(place.cache, &status), ==, 0);
        g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
        g_assert_cmpint(chmod(place.cache, 0620), ==, 0);
        g_assert_false(uses_cache(&place, PLAIN));
    }
    place_done(&place);
}

static void test_other_patterns_replace_it(void)
{
    Place place = place_new();
    gboolean can = can_compile(&place);
    const char *other = CONFIG("\\bgood luck\\b", "");

    compile(&place, PLAIN);
    g_assert_false(uses_cache(&place, other));
    compile(&place, other);
    g_assert_true(uses_cache(&place, other) == can);
    g_assert_false(uses_cache(&place, PLAIN));
    place_done(&place);
}

static void damage(char *bytes, gsize *size, GRand *chance)
{
    gsize at = (gsize)g_rand_int_range(chance, 0, (gint32)*size);

    if (g_rand_int_range(chance, 0, 3) == 0)
        *size = at;
    else
        bytes[at] = (char)(bytes[at] ^ (1 << g_rand_int_range(chance, 0, 8)));
}

/* As it stands, without the care that GLib would take. */
static void overwrite(const char *path, const char *bytes, gsize size)
{
    FILE *file = fopen(path, "w");

    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite(bytes, 1, size, file), ==, size);
    g_assert_cmpint(fclose(file), ==, 0);
}

static void test_damaged_file_is_never_used_and_is_replaced(void)
{
    Place place = place_new();
    GRand *chance = g_rand_new_with_seed(g_test_rand_int());
    g_autofree char *good = NULL;
    gsize whole = 0;

    compile(&place, PLAIN);
    for (guint i = 0; i < 200 && can_compile(&place); i++) {
        g_clear_pointer(&good, g_free);
        g_assert_true(g_file_get_contents(place.cache, &good, &whole, NULL));
        gsize size = whole;
        damage(good, &size, chance);
        overwrite(place.cache, good, size);
        g_assert_false(uses_cache(&place, PLAIN));
        compile(&place, PLAIN);
        g_assert_true(uses_cache(&place, PLAIN));
    }
    g_rand_free(chance);
    place_done(&place);
}

static void test_only_a_file_of_ours_is_read(void)
{
    Place place = place_new();
    g_autofree char *elsewhere = g_build_filename(place.folder, "elsewhere", NULL);

    compile(&place, PLAIN);
    if (can_compile(&place)) {
        g_assert_cmpint(g_rename(place.cache, elsewhere), ==, 0);
        g_assert_cmpint(symlink(elsewhere, place.cache), ==, 0);
        g_assert_false(uses_cache(&place, PLAIN));
        g_assert_cmpint(g_unlink(place.cache), ==, 0);
        g_assert_cmpint(g_mkdir(place.cache, 0700), ==, 0);
        g_assert_false(uses_cache(&place, PLAIN));
    }
    place_done(&place);
}

static void test_folder_that_cannot_be_written_is_told_and_does_not_matter(void)
{
    Place place = place_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(SgConfig) config =
        load(&place, CONFIG("luck", "gate\n    cache /nonexistent/schoolgate\n"));
    g_autofree char *key = sg_policy_patterns_key(config->policy);

    if (key) {
        g_assert_false(sg_config_compile(config, &error));
        support_assert_contains(error->message, "cannot write '/nonexistent/schoolgate/patterns");
        g_autoptr(GBytes) compiled = sg_policy_save_patterns(config->policy);
        g_assert_nonnull(compiled);
    } else {
        g_assert_true(sg_config_compile(config, &error));
    }
    place_done(&place);
}

static void test_setting_names_the_folder(void)
{
    Place place = place_new();
    g_autofree char *folder = g_build_filename(place.folder, "kept", NULL);
    g_autofree char *file = g_build_filename(folder, "patterns.cache", NULL);

    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    compile(&place, CONFIG("luck", "gate\n    cache kept\n"));
    g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS) == can_compile(&place));
    g_assert_false(g_file_test(place.cache, G_FILE_TEST_EXISTS));
    place_done(&place);
}

static void test_nothing_is_left_beside_it(void)
{
    Place place = place_new();
    g_autoptr(GDir) folder = NULL;
    const char *name;

    compile(&place, PLAIN);
    folder = g_dir_open(place.folder, 0, NULL);
    while ((name = g_dir_read_name(folder)))
        g_assert_true(g_str_equal(name, "schoolgate.conf") || g_str_equal(name, "patterns.cache"));
    place_done(&place);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cache/used", test_what_was_compiled_is_used_by_the_next);
    g_test_add_func("/cache/mode", test_file_is_for_our_user_alone);
    g_test_add_func("/cache/stale", test_other_patterns_replace_it);
    g_test_add_func("/cache/damaged", test_damaged_file_is_never_used_and_is_replaced);
    g_test_add_func("/cache/foreign", test_only_a_file_of_ours_is_read);
    g_test_add_func("/cache/unwritable",
                    test_folder_that_cannot_be_written_is_told_and_does_not_matter);
    g_test_add_func("/cache/setting", test_setting_names_the_folder);
    g_test_add_func("/cache/tidy", test_nothing_is_left_beside_it);
    return g_test_run();
}
