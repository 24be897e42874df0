/* test_record_integrity.c - a record says whether its file is whole, and of which times it tells */
#include "record_builders.h"

#include <fcntl.h>
#include <unistd.h>

static void add_entry(SgRecord *record, gint64 at)
{
    const SgAuditEntry entry = {.at = at, .actor = "khan", .role = "officer", .action = "view"};
    g_autoptr(GError) error = NULL;

    sg_record_audit(record, &entry, &error);
    g_assert_no_error(error);
}

static void test_times_are_those_of_the_trail(Fixture *fixture, gconstpointer data)
{
    gint64 first = -1, last = -1;

    (void)data;
    g_assert_true(sg_record_times(fixture->record, &first, &last, NULL));
    g_assert_cmpint(first, ==, 0);
    g_assert_cmpint(last, ==, 0);
    add_entry(fixture->record, NOON);
    add_entry(fixture->record, NOON + 60);
    g_assert_true(sg_record_times(fixture->record, &first, &last, NULL));
    g_assert_cmpint(first, ==, NOON);
    g_assert_cmpint(last, ==, NOON + 60);
}

/* The pages of tables and indices, but the first, which says whose file it is. */
static void damage(const char *path)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    char noise[4096];

    memset(noise, 0x5a, sizeof noise);
    for (int page = 4; page < 40; page++)
        g_assert_cmpint(pwrite(file, noise, sizeof noise, page * (off_t)sizeof noise), ==,
                        sizeof noise);
    close(file);
}

/* TRUE when it was read, and found whole. */
static gboolean is_whole(SgRecord *record)
{
    g_autofree char *fault = NULL;
    g_autoptr(GError) error = NULL;
    gboolean read = sg_record_examine(record, &fault, &error);

    g_assert_true(read == !error);
    return read && !fault;
}

static void test_whole_file_is_whole_and_damage_is_found(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_strdup(fixture->record->path);
    g_autoptr(SgRecord) damaged = NULL;

    (void)data;
    add_entry(fixture->record, NOON);
    reopen(fixture); /* so that all of it is in the file */
    g_assert_true(is_whole(fixture->record));
    damage(path);
    damaged = sg_record_open(path, SG_RECORD_READ_ONLY, NULL);
    g_assert_false(damaged && is_whole(damaged));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/integrity/times", test_times_are_those_of_the_trail);
    add_test("/integrity/damage", test_whole_file_is_whole_and_damage_is_found);
    return g_test_run();
}
