/* What the record does when something is wrong with the disk, the file, or whoever else has it
 * open. */
#include "record_builders.h"

#include "../../milter/record/schema.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char *record_path(const char *folder)
{
    return g_build_filename(folder, "record.db", NULL);
}

static GBytes *file_bytes(const char *path)
{
    g_autoptr(GError) error = NULL;
    char *contents = NULL;
    gsize length = 0;

    g_file_get_contents(path, &contents, &length, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(contents, length);
}

/* Expects that `path` is refused, with `code` and a message that says `why`, and left as it was. */
static void assert_refused(const char *path, SgRecordAccess access, SgRecordError code,
                           const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) before = file_bytes(path), after = NULL;

    g_assert_null(sg_record_open(path, access, &error));
    g_assert_error(error, SG_RECORD_ERROR, (int)code);
    support_assert_contains(error->message, why);
    support_assert_contains(error->message, path);
    after = file_bytes(path);
    g_assert_true(g_bytes_equal(before, after));
}

static void assert_refused_by_all(const char *path, SgRecordError code, const char *why)
{
    assert_refused(path, SG_RECORD_READ_WRITE, code, why);
    assert_refused(path, SG_RECORD_READ_ONLY, code, why);
}

static off_t file_size(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GStatBuf status;

    return g_stat(path, &status) == 0 ? status.st_size : -1;
}

/* As when the disk is full, or a quota is reached: no file grows beyond `size`. */
static void let_files_grow_to(rlim_t size)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
    limit.rlim_cur = MIN(size, limit.rlim_max);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static void test_a_file_that_cannot_grow_is_an_error_and_leaves_nothing(Fixture *fixture,
                                                                        gconstpointer data)
{
    off_t wal;
    (void)data;

    add(fixture->record, held_of_size(1000));
    wal = file_size(fixture->folder, "record.db-wal");
    g_assert_cmpint(wal, >, 0);
    let_files_grow_to((rlim_t)wal + 10000);
    assert_not_added(fixture->record, held_of_size(9 << 20), "File too large");
    assert_not_added(fixture->record, held_of_size(9 << 20), "File too large");
    let_files_grow_to(RLIM_INFINITY);
    g_assert_cmpuint(count_all(fixture->record), ==, 1);
    add(fixture->record, held_of_size(9 << 20));
    g_assert_cmpuint(count_all(fixture->record), ==, 2);
}

static void test_a_full_database_is_an_error_until_there_is_space(void)
{
    SgRecordOptions options = sg_record_defaults;
    g_autofree char *folder = support_folder();
    g_autoptr(SgRecord) record = NULL;

    options.database_pages_max = 88;
    record = record_with(folder, &options);
    add(record, held_of_size(100 * 1000));
    assert_not_added(record, held_of_size(400 * 1000), "full");
    g_assert_cmpuint(count_all(record), ==, 1);
    add(record, held_of_size(1000));
    g_assert_cmpuint(count_all(record), ==, 2);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

static void test_a_locked_record_is_an_error_after_a_while(void)
{
    SgRecordOptions options = sg_record_defaults;
    g_autofree char *folder = support_folder();
    g_autoptr(SgRecord) record = NULL;
    sqlite3 *other;

    options.busy_ms = 50;
    record = record_with(folder, &options);
    other = database_in(folder);
    execute(other, "BEGIN IMMEDIATE");
    assert_not_added(record, refused("Hello"), "locked");
    g_assert_cmpuint(count_all(record), ==, 0); /* reading goes on */
    execute(other, "ROLLBACK");
    add(record, refused("Hello"));
    sqlite3_close(other);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

static void test_a_record_that_somebody_writes_to_can_be_opened(void)
{
    SgRecordOptions options = sg_record_defaults;
    g_autofree char *folder = support_folder();
    sqlite3 *other;

    options.busy_ms = 0;
    sg_record_close(record_with(folder, &options));
    other = database_in(folder);
    execute(other, "BEGIN IMMEDIATE");
    sg_record_close(record_with(folder, &options));
    execute(other, "ROLLBACK");
    sqlite3_close(other);
    support_folder_remove(folder);
}

static void *add_one(void *data)
{
    add(data, refused("Hello"));
    return NULL;
}

static void test_who_adds_waits_for_a_lock_to_go(Fixture *fixture, gconstpointer data)
{
    sqlite3 *other = database_in(fixture->folder);
    pthread_t thread;
    (void)data;

    execute(other, "BEGIN IMMEDIATE");
    g_assert_cmpint(pthread_create(&thread, NULL, add_one, fixture->record), ==, 0);
    execute(other, "INSERT INTO counter VALUES (0, 'judged', 1)");
    g_assert_cmpuint(count_all(fixture->record), ==, 0);
    execute(other, "COMMIT");
    pthread_join(thread, NULL);
    g_assert_cmpuint(count_all(fixture->record), ==, 1);
    sqlite3_close(other);
}

static void test_what_is_no_database_is_refused(void)
{
    g_autofree char *folder = support_folder();
    g_autofree char *path = support_file(folder, "record.db", "address,role\nhello,staff\n");

    assert_refused_by_all(path, SG_RECORD_ERROR_OPEN, "not a database");
    support_folder_remove(folder);
}

static void test_somebody_elses_database_is_refused_and_not_touched(void)
{
    static const char *const theirs[] = {"PRAGMA application_id = 42; CREATE TABLE t (x)",
                                         "CREATE TABLE incident (x)", "PRAGMA user_version = 3"};

    for (guint i = 0; i < G_N_ELEMENTS(theirs); i++) {
        g_autofree char *folder = support_folder(), *path = record_path(folder);
        sqlite3 *db = database_in(folder);

        execute(db, theirs[i]);
        sqlite3_close(db);
        assert_refused_by_all(path, SG_RECORD_ERROR_OPEN, "not a schoolgate record");
        support_folder_remove(folder);
    }
}

static void test_what_a_later_version_wrote_is_refused(void)
{
    g_autofree char *folder = support_folder(), *path = record_path(folder);
    sqlite3 *db;

    sg_record_close(record_in(folder));
    db = database_in(folder);
    execute(db, "PRAGMA user_version = 99");
    sqlite3_close(db);
    assert_refused_by_all(path, SG_RECORD_ERROR_NEWER, "later schoolgate");
    support_folder_remove(folder);
}

static void test_what_an_earlier_version_wrote_is_not_read_before_it_is_upgraded(void)
{
    g_autofree char *folder = support_folder(), *path = record_path(folder);
    sqlite3 *db = database_in(folder);
    g_autoptr(SgRecord) record = NULL;

    execute(db, "PRAGMA journal_mode = WAL");
    execute(db, "PRAGMA application_id = 0x53477264"); /* ours, at version 0 */
    sqlite3_close(db);
    assert_refused(path, SG_RECORD_READ_ONLY, SG_RECORD_ERROR_OPEN, "earlier schoolgate");
    record = record_in(folder);
    add(record, refused("Hello"));
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

static void test_a_file_or_folder_that_is_missing_is_named(void)
{
    g_autofree char *folder = support_folder(), *path = record_path(folder);
    g_autofree char *deeper = g_build_filename(folder, "none", "record.db", NULL);
    g_autoptr(GError) absent = NULL, nowhere = NULL, directory = NULL;

    g_assert_null(sg_record_open(path, SG_RECORD_READ_ONLY, &absent));
    g_assert_error(absent, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN);
    support_assert_contains(absent->message, "No such file");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));

    g_assert_null(sg_record_open(deeper, SG_RECORD_READ_WRITE, &nowhere));
    support_assert_contains(nowhere->message, "No such file");
    g_assert_null(sg_record_open(folder, SG_RECORD_READ_WRITE, &directory));
    g_assert_error(directory, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN);
    support_folder_remove(folder);
}

static void fill(const char *folder)
{
    g_autoptr(SgRecord) record = record_in(folder);

    for (guint i = 0; i < 50; i++)
        add(record, held_of_size(9000));
}

static void overwrite(const char *path, gsize from, gsize length)
{
    g_autoptr(GBytes) bytes = file_bytes(path);
    g_autofree char *contents = g_memdup2(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

    for (gsize i = from; i < from + length && i < g_bytes_get_size(bytes); i++)
        contents[i] = (char)(i * 7919 >> 3);
    g_assert_true(g_file_set_contents(path, contents, (gssize)g_bytes_get_size(bytes), NULL));
}

static void test_a_damaged_record_is_an_error_and_never_a_crash(void)
{
    for (gsize page = 0; page < 40; page++) {
        g_autofree char *folder = support_folder(), *path = record_path(folder);
        g_autoptr(GError) error = NULL;
        g_autoptr(SgRecord) record = NULL;
        g_autoptr(GPtrArray) all = NULL;

        fill(folder);
        overwrite(path, page * 4096, 4096);
        record = sg_record_open(path, SG_RECORD_READ_WRITE, &error);
        if (page == 0)
            g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN);
        if (record)
            all = sg_record_list(record, &(SgIncidentFilter){.state = -1}, &error);
        g_assert_true(all || error);
        sg_record_close(g_steal_pointer(&record));
        support_folder_remove(folder);
    }
}

static void test_a_record_that_was_cut_short_is_refused(void)
{
    g_autofree char *folder = support_folder(), *path = record_path(folder);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;

    fill(folder);
    bytes = file_bytes(path);
    g_assert_true(g_file_set_contents(path, g_bytes_get_data(bytes, NULL), 2 * 4096, NULL));
    g_assert_null(sg_record_open(path, SG_RECORD_READ_WRITE, &error));
    g_assert_nonnull(error);
    support_assert_contains(error->message, "malformed");
    support_folder_remove(folder);
}

static void test_reading_only_writes_nothing(void)
{
    g_autofree char *folder = support_folder(), *path = record_path(folder);
    g_autoptr(GBytes) before = NULL, after = NULL;
    g_autoptr(SgRecord) record = NULL;
    g_autoptr(GError) error = NULL;

    fill(folder);
    before = file_bytes(path);
    record = sg_record_open(path, SG_RECORD_READ_ONLY, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_all(record), ==, 50);
    assert_not_added(record, refused("Hello"), "reading only");
    sg_record_close(g_steal_pointer(&record));
    after = file_bytes(path);
    g_assert_true(g_bytes_equal(before, after));
    support_folder_remove(folder);
}

static void test_a_reader_sees_what_another_process_adds(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = record_path(fixture->folder);
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) reader = sg_record_open(path, SG_RECORD_READ_ONLY, &error);
    (void)data;

    g_assert_no_error(error);
    g_assert_cmpuint(count_all(reader), ==, 0);
    add(fixture->record, refused("Hello"));
    g_assert_cmpuint(count_all(reader), ==, 1);
}

static void test_nobody_else_may_read_the_files(void)
{
    static const char *const names[] = {"record.db", "record.db-wal", "record.db-shm"};
    mode_t before = umask(0);
    g_autofree char *folder = support_folder();
    g_autoptr(SgRecord) record = record_in(folder);

    add(record, held_of_size(1000));
    umask(before);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        GStatBuf status;

        g_assert_cmpint(g_stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    }
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

static void test_the_wal_stays_small_and_goes_when_the_record_is_closed(void)
{
    SgRecordOptions options = sg_record_defaults;
    g_autofree char *folder = support_folder();
    g_autoptr(SgRecord) record = NULL;

    options.checkpoint_pages = 1 << 20; /* never: only the writer is left to do it */
    options.wal_pages_max = 64;
    record = record_with(folder, &options);
    for (guint i = 0; i < 100; i++) {
        add(record, held_of_size(25000));
        g_assert_cmpint(file_size(folder, "record.db-wal"), <, 2 * 64 * 4096);
    }
    sg_record_close(g_steal_pointer(&record));
    g_assert_cmpint(file_size(folder, "record.db-wal"), ==, -1);
    support_folder_remove(folder);
}

/* A path of steps such as later versions will have. */
static const char *const two_steps[] = {"CREATE TABLE a (x); INSERT INTO a VALUES (1)",
                                        "ALTER TABLE a ADD y; UPDATE a SET y = x + 1", NULL};
static const char *const one_step[] = {"CREATE TABLE a (x); INSERT INTO a VALUES (1)", NULL};
static const char *const bad_step[] = {"CREATE TABLE a (x); INSERT INTO a VALUES (1)",
                                       "ALTER TABLE a ADD y; UPDATE nowhere SET y = 1", NULL};

static gint64 version_of(sqlite3 *db)
{
    g_autoptr(GError) error = NULL;
    gint64 version = -1;

    sg_schema_version(db, &version, &error);
    g_assert_no_error(error);
    return version;
}

static void test_a_record_is_upgraded_from_any_version(void)
{
    static const char *const *const from[] = {NULL, one_step, two_steps};

    for (guint i = 0; i < G_N_ELEMENTS(from); i++) {
        g_autoptr(GError) error = NULL;
        sqlite3 *db = NULL;

        g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
        g_assert_true(!from[i] || sg_schema_upgrade(db, from[i], &error));
        g_assert_cmpint(version_of(db), ==, i);
        g_assert_true(sg_schema_upgrade(db, two_steps, &error));
        g_assert_no_error(error);
        g_assert_cmpint(version_of(db), ==, 2);
        g_assert_cmpint(ask(db, "SELECT y FROM a"), ==, 2);
        sqlite3_close(db);
    }
}

static void test_a_step_that_fails_changes_nothing(void)
{
    g_autoptr(GError) error = NULL, newer = NULL;
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
    g_assert_false(sg_schema_upgrade(db, bad_step, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
    support_assert_contains(error->message, "nowhere");
    g_assert_cmpint(version_of(db), ==, 1);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM pragma_table_info('a')"), ==, 1);
    g_clear_error(&error);
    g_assert_true(sg_schema_upgrade(db, two_steps, &error));
    g_assert_false(sg_schema_upgrade(db, one_step, &newer));
    g_assert_error(newer, SG_RECORD_ERROR, SG_RECORD_ERROR_NEWER);
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/record/disk/cannot-grow",
             test_a_file_that_cannot_grow_is_an_error_and_leaves_nothing);
    g_test_add_func("/record/disk/full", test_a_full_database_is_an_error_until_there_is_space);
    g_test_add_func("/record/lock/error", test_a_locked_record_is_an_error_after_a_while);
    g_test_add_func("/record/lock/open", test_a_record_that_somebody_writes_to_can_be_opened);
    add_test("/record/lock/wait", test_who_adds_waits_for_a_lock_to_go);
    g_test_add_func("/record/file/text", test_what_is_no_database_is_refused);
    g_test_add_func("/record/file/foreign",
                    test_somebody_elses_database_is_refused_and_not_touched);
    g_test_add_func("/record/file/newer", test_what_a_later_version_wrote_is_refused);
    g_test_add_func("/record/file/older",
                    test_what_an_earlier_version_wrote_is_not_read_before_it_is_upgraded);
    g_test_add_func("/record/file/missing", test_a_file_or_folder_that_is_missing_is_named);
    g_test_add_func("/record/file/damaged", test_a_damaged_record_is_an_error_and_never_a_crash);
    g_test_add_func("/record/file/short", test_a_record_that_was_cut_short_is_refused);
    g_test_add_func("/record/read-only", test_reading_only_writes_nothing);
    add_test("/record/reader", test_a_reader_sees_what_another_process_adds);
    g_test_add_func("/record/mode", test_nobody_else_may_read_the_files);
    g_test_add_func("/record/wal", test_the_wal_stays_small_and_goes_when_the_record_is_closed);
    g_test_add_func("/record/upgrade/path", test_a_record_is_upgraded_from_any_version);
    g_test_add_func("/record/upgrade/failed", test_a_step_that_fails_changes_nothing);
    return g_test_run();
}
