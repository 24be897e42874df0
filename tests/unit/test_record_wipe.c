/* test_record_wipe.c - what was deleted is in no file, whatever else the record is doing */
#include "../../milter/record/scrub.h"
#include "purge_builders.h"
#include "schoolgate/queue.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of all files of the folder, one after the other. */
static GString *all_bytes(const char *folder)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    GString *all = g_string_new(NULL);
    const char *name;

    while ((name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *bytes = NULL;
        gsize length = 0;

        g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        g_string_append_len(all, bytes, (gssize)length);
    }
    return all;
}

static gboolean holds(const GString *all, const char *words)
{
    return memmem(all->str, all->len, words, strlen(words)) != NULL;
}

/* The words of one incident are found only with it. */
static char *words_of(const char *place, int i)
{
    return g_strdup_printf("%s-%04d-words", place, i);
}

static void add_with_words(SgRecord *record, int i, GRand *random)
{
    g_autofree char *subject = words_of("subject", i), *excerpt = words_of("excerpt", i);
    g_autofree char *text = words_of("text", i), *reply = words_of("reply", i);
    g_autofree char *sender = words_of("sender", i), *recipient = words_of("recipient", i);
    g_autofree char *copied = words_of("copied", i);
    g_autoptr(GString) message = g_string_new(text);
    SgIncident *incident;

    for (int n = g_rand_int_range(random, 0, 600); n > 0; n--)
        g_string_append(message, " and so on\r\n");
    g_string_append(message, text);
    incident = held(message->str, message->len);
    g_free(incident->subject);
    incident->subject = g_steal_pointer(&subject);
    g_free(incident->sender);
    incident->sender = g_steal_pointer(&sender);
    incident->reply = g_steal_pointer(&reply);
    for (int n = g_rand_int_range(random, 1, 5); n > 0; n--) {
        g_autofree char *longer =
            g_strdup_printf("%s%*s", excerpt, g_rand_int_range(random, 0, 200), "");

        add_signal(incident->findings->pdata[0], "bad", n, longer);
    }
    add_recipient(incident, recipient, SG_ACTION_QUARANTINE);
    sg_incident_add_copy(incident, copied);
    incident->login = words_of("login", i);
    incident->return_to = g_strdup(TEACHER);
    add(record, incident);
}

static guint count_left(const GString *all, const char *place, const gboolean *deleted, int n)
{
    guint left = 0;

    for (int i = 0; i < n; i++) {
        g_autofree char *words = words_of(place, i);

        left += deleted[i] && holds(all, words);
    }
    return left;
}

/* Whoever lists incidents sees the file as memory, and goes on doing so when it has shrunk. */
static guint listed_in_queue(SgRecord *record)
{
    g_autoptr(SgReviewer) by = sg_reviewer_new("khan", SG_REVIEWER_OFFICER);
    const SgQueueFilter filter = {.words = "words"};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgQueue) queue = sg_record_queue(record, &filter, by, &error);

    g_assert_no_error(error);
    return queue->incidents;
}

/* A gate that has the record open, reads it, and writes to it between the steps. */
static void test_no_file_holds_a_word_of_what_was_deleted(Fixture *fixture, gconstpointer data)
{
    enum { N = 600 };
    static const char *const places[] = {"subject", "excerpt", "text",      "reply",
                                         "sender",  "login",   "recipient", "copied"};
    g_autoptr(GRand) random = g_rand_new_with_seed(4711);
    gboolean deleted[N], kept[N];
    g_autoptr(SgRecord) purger = record_in(fixture->folder);
    guint n_kept = 0;

    (void)data;
    for (int i = 0; i < N; i++)
        add_with_words(fixture->record, i, random);
    sql(fixture->folder,
        "UPDATE incident SET state = 'released', settled = %" G_GINT64_FORMAT ";"
        "UPDATE copy SET state = 'released'",
        NOON);
    for (int i = 0; i < N; i++) {
        deleted[i] = g_rand_boolean(random);
        kept[i] = !deleted[i];
        if (kept[i])
            sql(fixture->folder, "UPDATE incident SET legal_hold = 1 WHERE number = %d", i + 1);
    }
    g_assert_cmpuint(listed_in_queue(fixture->record), ==, N);
    g_autoptr(GString) before = all_bytes(fixture->folder);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        g_assert_cmpuint(count_left(before, places[i], deleted, N), >, N / 3);

    purge_at(purger, NOON + DAYS(400));
    for (int i = 0; i < N; i++)
        n_kept += kept[i];
    g_assert_cmpuint(listed_in_queue(fixture->record), ==, n_kept);
    for (int i = 0; i < 20; i++) {
        add(fixture->record, refused("life goes on"));
        add(purger, refused("life goes on"));
    }
    g_autoptr(GString) after = all_bytes(fixture->folder);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_assert_cmpuint(count_left(after, places[i], deleted, N), ==, 0);
        g_assert_cmpuint(count_left(after, places[i], kept, N), >, N / 3);
    }
    g_assert_cmpint(after->len, <, before->len * 3 / 4); /* the file has shrunk as well */
}

static void test_the_text_is_gone_when_its_incident_stays(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_DISCARDED, SG_JUDGED_OPEN);

    (void)data;
    g_autoptr(GString) before = all_bytes(fixture->folder);
    g_assert_true(holds(before, "behind the gym"));
    purge_at(fixture->record, NOON + UNDO + 1);
    g_autoptr(GString) after = all_bytes(fixture->folder);
    g_assert_false(holds(after, "behind the gym"));
    g_assert_true(has_incident(fixture->record, id));
}

static void test_while_a_reader_is_in_the_way_it_is_not_done(Fixture *fixture, gconstpointer data)
{
    SgRecordOptions impatient = sg_record_defaults;
    g_autofree char *id = settled(fixture, SG_STATE_DISCARDED, SG_JUDGED_OPEN);
    sqlite3 *reader = database_in(fixture->folder);
    SgPurging purging = purging_at(NOON + UNDO + 1);
    g_autoptr(GError) error = NULL;
    SgPurged purged;

    (void)data;
    execute(reader, "BEGIN; SELECT count(*) FROM held");
    impatient.wipe_ms = 0;
    sg_record_close(fixture->record);
    fixture->record = record_with(fixture->folder, &impatient);
    g_assert_false(sg_record_purge(fixture->record, &purging, &purged, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
    support_assert_contains(error->message, "it still stands in the -wal file");
    g_assert_cmpuint(purged.messages, ==, 1);
    g_assert_cmpint(sg_record_last(fixture->record, "purge", NULL), ==, 0);

    execute(reader, "COMMIT");
    g_assert_cmpuint(purge_at(fixture->record, NOON + UNDO + 1).messages, ==, 0);
    g_autoptr(GString) after = all_bytes(fixture->folder);
    g_assert_false(holds(after, "behind the gym"));
    sqlite3_close(reader);
}

static gboolean stop_purging; /* atomically */

static gpointer keep_purging(gpointer record)
{
    for (int day = 0; !g_atomic_int_get(&stop_purging); day++)
        purge_at(record, NOON + DAYS(400) + day);
    return NULL;
}

/* The writer of another process has five seconds; here it gets one. */
static void test_who_writes_meanwhile_does_not_wait_long(Fixture *fixture, gconstpointer data)
{
    SgRecordOptions hasty = sg_record_defaults;
    g_autoptr(SgRecord) purger = record_in(fixture->folder);
    GThread *thread;

    (void)data;
    hasty.busy_ms = 1000;
    for (int i = 0; i < 300; i++)
        g_free(held_since(fixture->record, NOON, "A text"));
    sql(fixture->folder,
        "UPDATE incident SET state = 'discarded', settled = %" G_GINT64_FORMAT ";"
        "UPDATE copy SET state = 'discarded'",
        NOON);
    sg_record_close(fixture->record);
    fixture->record = record_with(fixture->folder, &hasty);
    g_atomic_int_set(&stop_purging, FALSE);
    thread = g_thread_new("purger", keep_purging, purger);
    for (int i = 0; i < 100; i++)
        add(fixture->record, refused("Mail goes on"));
    g_atomic_int_set(&stop_purging, TRUE);
    g_thread_join(thread);
}

static void purge_until_killed(const char *folder)
{
    g_autoptr(SgRecord) record = record_in(folder);

    purge_at(record, NOON + DAYS(400));
    sg_record_close(g_steal_pointer(&record));
    _exit(0);
}

static void assert_whole(Fixture *fixture)
{
    g_auto(SgAuditReport) report = {0};
    g_autoptr(GError) error = NULL;

    g_assert_true(sg_audit_verify(fixture->record, NULL, &report, &error));
    g_assert_cmpstr(report.broken, ==, NULL);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM pragma_integrity_check() WHERE"
                                            " integrity_check <> 'ok'"),
                    ==, 0);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM pragma_foreign_key_check()"), ==,
                    0);
    /* All of it, or nothing. */
    g_assert_cmpint(answer(fixture->folder,
                           "SELECT count(*) FROM incident WHERE"
                           " NOT EXISTS (SELECT 1 FROM held WHERE incident = number)"
                           " OR NOT EXISTS (SELECT 1 FROM copy WHERE incident = number)"
                           " OR NOT EXISTS (SELECT 1 FROM finding"
                           "  WHERE incident = incident.number)"),
                    ==, 0);
}

static void test_a_purge_that_is_killed_leaves_a_whole_record(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(4711);
    gint64 left;

    (void)data;
    for (int i = 0; i < 400; i++)
        add_with_words(fixture->record, i, random);
    sql(fixture->folder,
        "UPDATE incident SET state = 'kept', settled = %" G_GINT64_FORMAT ";"
        "UPDATE copy SET state = 'kept'",
        NOON);
    for (int round = 0; round < 8; round++) {
        pid_t pid;

        sg_record_close(g_steal_pointer(&fixture->record)); /* none may cross a fork */
        pid = fork();
        if (pid == 0)
            purge_until_killed(fixture->folder);
        g_usleep((gulong)g_rand_int_range(random, 5, 120) * 1000);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        fixture->record = record_in(fixture->folder);
        assert_whole(fixture);
    }
    purge_at(fixture->record, NOON + DAYS(400));
    left = answer(fixture->folder, "SELECT count(*) FROM incident");
    g_assert_cmpint(left, ==, 0);
    assert_whole(fixture);
    g_autoptr(GString) after = all_bytes(fixture->folder);
    g_assert_false(holds(after, "-words"));
}

/* A leaf of a table with one cell of four bytes at its end, and something left behind. */
static void test_only_the_unused_part_of_a_page_is_scrubbed(void)
{
    guchar page[512] = {13, 0, 0, 0, 1, 0x01, 0xfc, 0, 0x01, 0xfc};
    guchar before[512];

    memcpy(page + 508, "cell", 4);
    g_assert_false(sg_scrub_page(page, sizeof page, 3));
    memcpy(page + 10, "left", 4);
    memcpy(page + 504, "over", 4);
    g_assert_true(sg_scrub_page(page, sizeof page, 3));
    g_assert_cmpint(page[9], ==, 0xfc);
    g_assert_cmpint(page[10], ==, 0);
    g_assert_cmpint(page[507], ==, 0);
    g_assert_cmpmem(page + 508, 4, "cell", 4);

    memcpy(page + 10, "left", 4);
    memcpy(before, page, sizeof page);
    g_assert_false(sg_scrub_page(page, sizeof page, 2)); /* where free pages are mapped */
    page[0] = before[0] = 0;                             /* part of a long value */
    g_assert_false(sg_scrub_page(page, sizeof page, 3));
    page[0] = before[0] = 13;
    page[3] = before[3] = 0xff; /* more cells than fit: no page of a table */
    g_assert_false(sg_scrub_page(page, sizeof page, 3));
    g_assert_cmpmem(page, sizeof page, before, sizeof before);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) add_test("/record/wipe/" #name, test_##name)
    PROMISE(no_file_holds_a_word_of_what_was_deleted);
    PROMISE(the_text_is_gone_when_its_incident_stays);
    PROMISE(while_a_reader_is_in_the_way_it_is_not_done);
    PROMISE(who_writes_meanwhile_does_not_wait_long);
    PROMISE(a_purge_that_is_killed_leaves_a_whole_record);
    g_test_add_func("/record/wipe/only_the_unused_part_of_a_page_is_scrubbed",
                    test_only_the_unused_part_of_a_page_is_scrubbed);
    return g_test_run();
}
