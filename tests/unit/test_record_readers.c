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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/readers/snapshot", test_each_reader_has_its_own_snapshot);
    add_test("/readers/kept", test_no_more_readers_are_kept_than_are_of_use);
    add_test("/readers/busy", test_a_reader_in_the_middle_of_something_is_in_nobody_s_way);
    add_test("/readers/many", test_many_ask_while_one_writes);
    return g_test_run();
}
