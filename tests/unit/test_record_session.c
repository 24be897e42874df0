/* test_record_session.c - how long a session lasts, who ends it, and that others see so at once */
#include "account_builders.h"

#include <sys/wait.h>
#include <unistd.h>

#define MINUTE 60
#define HOUR   ((gint64)60 * MINUTE)

static SgSession *session_at(SgRecord *record, const char *token, gint64 now)
{
    g_autoptr(GError) error = NULL;
    SgSession *session = sg_session_find(record, token, &sg_session_times, now, &error);

    g_assert_no_error(error);
    return session;
}

static gboolean lives(SgRecord *record, const char *token, gint64 now)
{
    g_autoptr(SgSession) session = session_at(record, token, now);

    return session != NULL;
}

static void test_a_session_is_found_by_its_token_alone(Fixture *fixture, gconstpointer data)
{
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());
    g_autofree char *other = let_in(fixture->record, khan());
    g_autoptr(SgSession) session = session_at(fixture->record, token, NOON + 1);
    g_autoptr(SgSession) second = session_at(fixture->record, other, NOON + 1);

    (void)data;
    g_assert_cmpstr(session->account, ==, "khan");
    g_assert_cmpint(session->created, ==, NOON);
    g_assert_cmpint(session->ends, ==, NOON + 10 * HOUR);
    g_assert_cmpuint(strlen(session->csrf), ==, 43);
    g_assert_cmpstr(token, !=, other);
    g_assert_cmpstr(session->csrf, !=, token);
    g_assert_cmpstr(session->csrf, !=, second->csrf);
    g_assert_false(lives(fixture->record, "", NOON + 1));
    g_assert_false(lives(fixture->record, "khan", NOON + 1));
    other[42] = other[42] == 'A' ? 'B' : 'A';
    g_assert_false(lives(fixture->record, other, NOON + 1));
}

/* Whoever reads the record cannot go on with anybody's session. */
static void test_no_token_is_in_the_record(Fixture *fixture, gconstpointer data)
{
    static const char *const files[] = {"record.db", "record.db-wal"};
    gsize found = 0;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, token, -1);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(fixture->folder, files[i], NULL);
        g_autofree char *bytes = NULL;
        gsize length = 0;

        g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        g_assert_null(memmem(bytes, length, token, strlen(token)));
        found += memmem(bytes, length, digest, strlen(digest)) != NULL;
    }
    g_assert_cmpuint(found, >, 0);
    g_assert_false(lives(fixture->record, digest, NOON + 1));
}

static void test_a_session_lasts_while_it_is_used(Fixture *fixture, gconstpointer data)
{
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());

    (void)data;
    g_assert_true(lives(fixture->record, token, NOON + 29 * MINUTE));
    g_assert_true(lives(fixture->record, token, NOON + 58 * MINUTE));
    g_assert_false(lives(fixture->record, token, NOON + 88 * MINUTE));
}

static void test_left_alone_it_is_over_after_half_an_hour(Fixture *fixture, gconstpointer data)
{
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());

    (void)data;
    g_assert_true(lives(fixture->record, token, NOON));
    g_assert_false(lives(fixture->record, token, NOON + 30 * MINUTE));
    g_assert_false(lives(fixture->record, token, NOON + 30 * MINUTE)); /* and looking is no use */
}

static void test_however_it_is_used_it_is_over_after_ten_hours(Fixture *fixture, gconstpointer data)
{
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());

    (void)data;
    for (gint64 now = NOON; now < NOON + 10 * HOUR; now += 20 * MINUTE)
        g_assert_true(lives(fixture->record, token, now));
    g_assert_true(lives(fixture->record, token, NOON + 10 * HOUR - 1));
    g_assert_false(lives(fixture->record, token, NOON + 10 * HOUR));
}

static void test_the_school_may_set_other_times(Fixture *fixture, gconstpointer data)
{
    const SgSessionTimes short_times = {.idle = 100, .absolute = 150};
    SgSignIn attempt = khan();

    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = sg_account_sign_in(fixture->record, &attempt, &short_times, NULL);
    g_autoptr(SgSession) used =
        sg_session_find(fixture->record, token, &short_times, NOON + 99, NULL);
    g_assert_nonnull(used);
    g_autoptr(SgSession) later =
        sg_session_find(fixture->record, token, &short_times, NOON + 149, NULL);
    g_assert_nonnull(later);
    g_assert_null(sg_session_find(fixture->record, token, &short_times, NOON + 150, NULL));
}

/* A page that asks every second must not write to the disk every second. */
static void test_use_is_written_down_once_a_minute(Fixture *fixture, gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);
    gint64 version;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());
    version = ask(db, "PRAGMA data_version");
    for (int second = 0; second < 60; second++)
        g_assert_true(lives(fixture->record, token, NOON + second));
    g_assert_cmpint(ask(db, "PRAGMA data_version"), ==, version);
    g_assert_true(lives(fixture->record, token, NOON + 60));
    g_assert_cmpint(ask(db, "PRAGMA data_version"), !=, version);
    sqlite3_close(db);
}

static void test_signing_out_ends_that_session_only(Fixture *fixture, gconstpointer data)
{
    const SgActor self = {"khan", "officer", NOON + 10};
    g_autoptr(GError) error = NULL;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_autofree char *phone = let_in(fixture->record, khan());
    g_autofree char *desk = let_in(fixture->record, khan());
    sg_session_end(fixture->record, phone, &self, &error);
    g_assert_no_error(error);
    assert_trail_ends(fixture->record, "khan (officer) sign-out: khan");
    g_assert_false(lives(fixture->record, phone, NOON + 11));
    g_assert_true(lives(fixture->record, desk, NOON + 11));

    g_autofree char *before = trail(fixture->record);
    g_assert_true(sg_session_end(fixture->record, phone, &self, NULL));
    g_autofree char *after = trail(fixture->record);
    g_assert_cmpstr(before, ==, after);
}

static void test_signing_out_everywhere_ends_all_of_one_account(Fixture *fixture,
                                                                gconstpointer data)
{
    const SgActor self = {"khan", "officer", NOON + 10};
    g_autoptr(GError) error = NULL, absent = NULL;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    add_account(fixture->record, "lane", NULL);
    g_autofree char *phone = let_in(fixture->record, khan());
    g_autofree char *desk = let_in(fixture->record, khan());
    g_autofree char *lane = let_in(fixture->record, as(khan(), "lane"));
    sg_session_end_all(fixture->record, "khan", &self, &error);
    g_assert_no_error(error);
    assert_trail_ends(fixture->record, "khan (officer) sign-out-everywhere: khan");
    g_assert_false(lives(fixture->record, phone, NOON + 11));
    g_assert_false(lives(fixture->record, desk, NOON + 11));
    g_assert_true(lives(fixture->record, lane, NOON + 11));
    g_assert_false(sg_session_end_all(fixture->record, "nobody", &self, &absent));
    g_assert_error(absent, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
}

static gboolean new_password(SgRecord *record)
{
    return sg_account_set_password(record, "khan", "eight green bottles", &root_at_noon, NULL);
}

static gboolean new_secret(SgRecord *record)
{
    return sg_account_set_totp(record, "khan", SECRET, &root_at_noon, NULL);
}

static gboolean disable(SgRecord *record)
{
    return sg_account_disable(record, "khan", &root_at_noon, NULL);
}

static void test_a_changed_account_has_no_sessions_left(void)
{
    static gboolean (*const changes[])(SgRecord *) = {new_password, new_secret, disable};

    for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
        Fixture fixture;

        set_up(&fixture, NULL);
        add_account(fixture.record, "khan", NULL);
        add_account(fixture.record, "lane", NULL);
        g_autofree char *token = let_in(fixture.record, khan());
        g_autofree char *lane = let_in(fixture.record, as(khan(), "lane"));
        g_assert_true(changes[i](fixture.record));
        g_assert_false(lives(fixture.record, token, NOON + 1));
        g_assert_true(lives(fixture.record, lane, NOON + 1));
        tear_down(&fixture, NULL);
    }
}

/* That it is used cannot be written down: it is over the sooner, and until then as it was. */
static void test_a_record_that_is_locked_ends_no_session(void)
{
    g_autofree char *folder = support_folder();
    SgRecordOptions hasty = sg_record_defaults;

    hasty.busy_ms = 10;
    g_autoptr(SgRecord) record = record_with(folder, &hasty);
    add_account(record, "khan", NULL);
    g_autofree char *token = let_in(record, khan());
    sqlite3 *db = database_in(folder);
    execute(db, "BEGIN IMMEDIATE");
    g_assert_true(lives(record, token, NOON + 29 * MINUTE));
    g_assert_false(lives(record, token, NOON + 31 * MINUTE));
    execute(db, "ROLLBACK");
    sqlite3_close(db);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

/* For who only has to wait because of others. */
static void test_enabling_who_was_not_disabled_signs_nobody_out(Fixture *fixture,
                                                                gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());
    g_assert_true(sg_account_enable(fixture->record, "khan", &root_at_noon, NULL));
    g_assert_true(lives(fixture->record, token, NOON + 1));
}

/* Should one ever be left of who is disabled, it is no use. */
static void test_a_session_of_who_is_disabled_is_none(Fixture *fixture, gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);

    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());
    execute(db, "UPDATE account SET disabled = 1");
    g_assert_false(lives(fixture->record, token, NOON + 1));
    sqlite3_close(db);
}

static void test_what_is_over_is_forgotten_at_the_next_sign_in(Fixture *fixture, gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);

    (void)data;
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, khan());
    get_in(fixture->record, at(khan(), NOON + 30 * MINUTE - 1));
    g_assert_cmpint(ask(db, "SELECT count(*) FROM session"), ==, 2);
    get_in(fixture->record, at(khan(), NOON + 30 * MINUTE));
    g_assert_cmpint(ask(db, "SELECT count(*) FROM session"), ==, 2);
    sqlite3_close(db);
}

static void test_who_may_only_read_finds_a_session(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(fixture->folder, "record.db", NULL);

    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());
    g_autoptr(SgRecord) reader = sg_record_open(path, SG_RECORD_READ_ONLY, &error);
    g_assert_no_error(error);
    g_assert_true(lives(reader, token, NOON + 20 * MINUTE));
    g_assert_false(lives(reader, token, NOON + 30 * MINUTE));
}

/* The other process: says whether the session lives, whenever it is asked, until the pipe ends. */
static void serve(const char *folder, const char *token, int asked, int answers)
{
    g_autoptr(SgRecord) record = record_in(folder);
    gint64 now;

    while (read(asked, &now, sizeof now) == sizeof now) {
        char answer = lives(record, token, now) ? 'y' : 'n';

        g_assert_cmpint(write(answers, &answer, 1), ==, 1);
    }
}

static char ask_other(int asks, int answered, gint64 now)
{
    char answer = '?';

    g_assert_cmpint(write(asks, &now, sizeof now), ==, sizeof now);
    g_assert_cmpint(read(answered, &answer, 1), ==, 1);
    return answer;
}

static void test_another_process_sees_a_session_begin_last_and_end(Fixture *fixture,
                                                                   gconstpointer data)
{
    int there[2], back[2], status = -1;
    g_autoptr(GError) error = NULL;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_autofree char *token = let_in(fixture->record, khan());
    sg_record_close(g_steal_pointer(&fixture->record)); /* none may cross a fork */
    g_assert_cmpint(pipe(there), ==, 0);
    g_assert_cmpint(pipe(back), ==, 0);
    pid_t other = fork();
    if (other == 0) {
        close(there[1]);
        serve(fixture->folder, token, there[0], back[1]);
        _exit(0);
    }
    close(there[0]);
    close(back[1]);
    fixture->record = record_in(fixture->folder);

    g_assert_cmpint(ask_other(there[1], back[0], NOON + 29 * MINUTE), ==, 'y'); /* moves it on */
    g_assert_true(lives(fixture->record, token, NOON + 58 * MINUTE)); /* and so does this */
    g_assert_cmpint(ask_other(there[1], back[0], NOON + 87 * MINUTE), ==, 'y');
    sg_session_end(fixture->record, token, &root_at_noon, &error);
    g_assert_no_error(error);
    g_assert_cmpint(ask_other(there[1], back[0], NOON + 87 * MINUTE), ==, 'n');

    close(there[1]);
    close(back[0]);
    g_assert_cmpint(waitpid(other, &status, 0), ==, other);
    g_assert_cmpint(status, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/session/token", test_a_session_is_found_by_its_token_alone);
    add_test("/session/no-token", test_no_token_is_in_the_record);
    add_test("/session/used", test_a_session_lasts_while_it_is_used);
    add_test("/session/idle", test_left_alone_it_is_over_after_half_an_hour);
    add_test("/session/absolute", test_however_it_is_used_it_is_over_after_ten_hours);
    add_test("/session/times", test_the_school_may_set_other_times);
    add_test("/session/written", test_use_is_written_down_once_a_minute);
    add_test("/session/sign-out", test_signing_out_ends_that_session_only);
    add_test("/session/sign-out/everywhere", test_signing_out_everywhere_ends_all_of_one_account);
    g_test_add_func("/session/changed", test_a_changed_account_has_no_sessions_left);
    g_test_add_func("/session/locked", test_a_record_that_is_locked_ends_no_session);
    add_test("/session/enabled", test_enabling_who_was_not_disabled_signs_nobody_out);
    add_test("/session/disabled", test_a_session_of_who_is_disabled_is_none);
    add_test("/session/forgotten", test_what_is_over_is_forgotten_at_the_next_sign_in);
    add_test("/session/reader", test_who_may_only_read_finds_a_session);
    add_test("/session/two-processes", test_another_process_sees_a_session_begin_last_and_end);
    return g_test_run();
}
