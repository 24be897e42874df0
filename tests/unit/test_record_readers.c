/* test_record_readers.c - long questions do not wait for one another, and none sees half of what is
 * written meanwhile */
#include "queue_builders.h"

#define THREADS   (SG_READERS_IDLE + 2)
#define QUESTIONS 30

static gint64 incidents_seen(sqlite3 *db)
{
    return ask(db, "SELECT count(*) FROM incident");
}

static void test_each_reader_has_its_own_snapshot(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    sqlite3 *first = sg_readers_take(fixture->record, &error);

    (void)unused;
    g_assert_no_error(error);
    g_assert_cmpint(incidents_seen(first), ==, 0);
    add(fixture->record, refused("meanwhile"));
    sqlite3 *second = sg_readers_take(fixture->record, &error);
    g_assert_no_error(error);
    g_assert_true(first != second);
    g_assert_cmpint(incidents_seen(first), ==, 0);
    g_assert_cmpint(incidents_seen(second), ==, 1);
    sg_readers_give(fixture->record, first);
    first = sg_readers_take(fixture->record, &error);
    g_assert_cmpint(incidents_seen(first), ==, 1);
    sg_readers_give(fixture->record, first);
    sg_readers_give(fixture->record, second);
}

static void test_no_more_readers_are_kept_than_are_of_use(Fixture *fixture, gconstpointer unused)
{
    sqlite3 *readers[THREADS];
    g_autoptr(GError) error = NULL;

    (void)unused;
    for (guint i = 0; i < THREADS; i++) {
        readers[i] = sg_readers_take(fixture->record, &error);
        g_assert_no_error(error);
    }
    for (guint i = 0; i < THREADS; i++)
        sg_readers_give(fixture->record, readers[i]);
    g_assert_cmpuint(fixture->record->n_idle, ==, SG_READERS_IDLE);
}

static void test_a_reader_in_the_middle_of_something_is_in_nobody_s_way(Fixture *fixture,
                                                                        gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    sqlite3 *busy = sg_readers_take(fixture->record, &error);

    (void)unused;
    g_assert_cmpint(incidents_seen(busy), ==, 0);
    add(fixture->record, refused("another"));
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){0}), ==, 1);
    g_assert_cmpuint(count_all(fixture->record), ==, 1);
    sg_readers_give(fixture->record, busy);
}

/* Whoever sees an incident sees its finding, too. */
static gpointer ask_for_the_queue(gpointer data)
{
    Fixture *fixture = data;

    for (guint i = 0; i < QUESTIONS; i++) {
        g_autoptr(SgQueue) queue = asked(fixture, (SgQueueFilter){.words = "luck"});

        for (guint j = 0; j < queue->rows->len; j++)
            g_assert_cmpstr(row(queue, j)->rule, ==, "chain-letter");
    }
    return NULL;
}

static void test_many_ask_while_one_writes(Fixture *fixture, gconstpointer unused)
{
    GThread *threads[THREADS];

    (void)unused;
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("reader", ask_for_the_queue, fixture);
    for (guint i = 0; i < QUESTIONS; i++)
        add(fixture->record, letter("Trip", SG_SEVERITY_LOW, NOON));
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.words = "luck"}), ==, QUESTIONS);
}

/* Whether this process has the record's file, not only those beside it, in its memory. */
static gboolean is_mapped(const Fixture *fixture)
{
    g_autofree char *maps = NULL, *end = g_strconcat(fixture->record->path, "\n", NULL);

    g_assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    return strstr(maps, end) != NULL;
}

/* Until a table is read, only the file's header is, which never comes from memory: so what is
 * mapped by then was left so. */
static gboolean stays_mapped(const Fixture *fixture, sqlite3 *reader)
{
    g_assert_cmpint(ask(reader, "PRAGMA application_id"), !=, 0);
    return is_mapped(fixture);
}

static void give_and_take(Fixture *fixture, sqlite3 **reader)
{
    g_autoptr(GError) error = NULL;

    sg_readers_give(fixture->record, *reader);
    *reader = sg_readers_take(fixture->record, &error);
    g_assert_no_error(error);
}

static sqlite3 *writer_of(const Fixture *fixture)
{
    sqlite3 *db =
        sg_connection_open(fixture->record->path, SG_CONNECTION_WRITE, &sg_record_defaults, NULL);

    g_assert_nonnull(db);
    execute(db, "CREATE TABLE large (text)");
    return db;
}

/* All of it is in the file, as long as it has to be. */
static void settle(sqlite3 *db)
{
    execute(db, "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
}

/* Each view of a page is followed by an entry of the trail: nobody reads all anew for that. */
static void test_a_reader_keeps_the_file_mapped_when_something_is_written(Fixture *fixture,
                                                                          gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    sqlite3 *db = writer_of(fixture), *reader;

    (void)unused;
    execute(db, "INSERT INTO large VALUES (zeroblob(400000))");
    settle(db);
    reader = sg_readers_take(fixture->record, &error);
    g_assert_cmpint(ask(reader, "SELECT length(text) FROM large"), ==, 400000);
    for (guint i = 0; i < 3; i++) {
        add(fixture->record, refused("meanwhile"));
        give_and_take(fixture, &reader);
        g_assert_cmpint(incidents_seen(reader), ==, i + 1);
        g_assert_cmpint(ask(reader, "SELECT length(text) FROM large"), ==, 400000);
    }
    add(fixture->record, refused("meanwhile"));
    give_and_take(fixture, &reader);
    g_assert_true(stays_mapped(fixture, reader));
    g_assert_cmpint(incidents_seen(reader), ==, 4);
    sg_readers_give(fixture->record, reader);
    sqlite3_close(db);
}

static char *large_texts(sqlite3 *db)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, "SELECT text FROM large", NULL);
    GString *all = g_string_new(NULL);

    while (sqlite3_step(statement) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        g_string_append(all, sg_row_peek(&row));
    }
    return g_string_free(all, FALSE);
}

/* Longer, shorter, and shorter and longer again behind the reader's back: it is what is in the file
 * that is read, and never what is no longer there, which would end the process. */
static void test_a_reader_follows_a_file_that_changes_its_length(Fixture *fixture,
                                                                 gconstpointer unused)
{
    static const char *const steps[] = {
        "INSERT INTO large VALUES (zeroblob(900000))",
        "DELETE FROM large",
        "INSERT INTO large SELECT hex(randomblob(450000))",
        "UPDATE large SET text = hex(randomblob(450000))",
        "DELETE FROM large; INSERT INTO large SELECT hex(randomblob(2000))",
    };
    g_autoptr(GError) error = NULL;
    sqlite3 *db = writer_of(fixture), *reader = sg_readers_take(fixture->record, &error);

    (void)unused;
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *wanted = NULL, *seen = NULL;

        execute(db, steps[i]);
        give_and_take(fixture, &reader); /* reads before the file is written, */
        g_assert_cmpint(ask(reader, "SELECT count(*) FROM large"), ==, i != 1);
        give_and_take(fixture, &reader); /* lets go of it, and after */
        settle(db);
        wanted = large_texts(db);
        seen = large_texts(reader);
        g_assert_cmpstr(seen, ==, wanted);
        g_assert_cmpint(ask(reader, "SELECT count(*) FROM pragma_integrity_check()"
                                    " WHERE integrity_check <> 'ok'"),
                        ==, 0);
    }
    sg_readers_give(fixture->record, reader);
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/readers/snapshot", test_each_reader_has_its_own_snapshot);
    add_test("/readers/kept", test_no_more_readers_are_kept_than_are_of_use);
    add_test("/readers/busy", test_a_reader_in_the_middle_of_something_is_in_nobody_s_way);
    add_test("/readers/many", test_many_ask_while_one_writes);
    add_test("/readers/mapped", test_a_reader_keeps_the_file_mapped_when_something_is_written);
    add_test("/readers/length", test_a_reader_follows_a_file_that_changes_its_length);
    return g_test_run();
}
