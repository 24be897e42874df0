/* What is to be sent: taken by one courier only, put together, put off, split, given up. */
#include "record_builders.h"

#define HOUR ((gint64)3600)

static SgOutboxItem *taken_at(SgRecord *record, gint64 now)
{
    g_autoptr(GError) error = NULL;
    SgOutboxItem *item = NULL;

    sg_outbox_take(record, now, HOUR, &item, &error);
    g_assert_no_error(error);
    return item;
}

static void assert_nothing_at(SgRecord *record, gint64 now)
{
    g_autoptr(SgOutboxItem) item = taken_at(record, now);

    g_assert_null(item);
}

static void sent_at(SgRecord *record, const SgOutboxItem *item, gint64 now)
{
    g_autoptr(GError) error = NULL;

    sg_outbox_sent(record, item, now, "250 taken", SG_TELL_SENDER, &error);
    g_assert_no_error(error);
}

static char *held_with(SgRecord *record, SgNoticeKind kind, const char *rule)
{
    SgIncident *incident = held_of_size(10);
    SgFinding *leading = incident->findings->pdata[0];

    g_free(leading->rule);
    leading->rule = g_strdup(rule);
    incident->return_to = g_strdup(TEACHER);
    sg_incident_add_copy(incident, "second@students.kingsmead.example");
    if (kind != SG_NOTICES)
        sg_incident_add_notice(incident, kind, TEACHER);
    return added(record, incident);
}

/* As a decision leaves it: all copies are on their way. */
static void decide(const Fixture *fixture, const char *kind, const char *state, const char *to)
{
    sqlite3 *db = database_in(fixture->folder);
    g_autofree char *sql = g_strdup_printf(
        "BEGIN; INSERT INTO outbox (incident, kind, address, created, due)"
        " SELECT max(number), '%s', '%s', %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " FROM incident;"
        "INSERT INTO outbox_copy SELECT last_insert_rowid(), position FROM copy"
        " WHERE incident = (SELECT max(number) FROM incident);"
        "UPDATE copy SET state = '%s' WHERE incident = (SELECT max(number) FROM incident);"
        "UPDATE incident SET state = '%s' WHERE number = (SELECT max(number) FROM incident);"
        "COMMIT",
        kind, to, NOON, NOON, state, state);

    execute(db, sql);
    sqlite3_close(db);
}

static gint64 asked(const Fixture *fixture, const char *sql)
{
    sqlite3 *db = database_in(fixture->folder);
    gint64 answer = ask(db, sql);

    sqlite3_close(db);
    return answer;
}

static void assert_state(SgRecord *record, const char *id, SgState state, gint64 settled)
{
    g_autoptr(SgIncident) incident = loaded(record, id);

    g_assert_cmpint(incident->state, ==, state);
    g_assert_cmpint(incident->settled, ==, settled);
}

static void test_nothing_is_taken_before_it_is_due(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = held_with(fixture->record, SG_NOTICE_ALERT, "chain-letter");
    g_autoptr(SgOutboxItem) item = NULL;
    (void)data;

    assert_nothing_at(fixture->record, NOON - 1);
    item = taken_at(fixture->record, NOON);
    g_assert_nonnull(item);
    g_assert_cmpint(item->kind, ==, SG_NOTICE_ALERT);
    g_assert_cmpstr(item->incident, ==, id);
    g_assert_cmpstr(item->rule, ==, "chain-letter");
    g_assert_cmpstr(item->to, ==, TEACHER);
    g_assert_cmpuint(item->attempts, ==, 1);
    assert_nothing_at(fixture->record, NOON);
}

static void test_what_was_put_off_comes_again_when_it_is_due(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = held_with(fixture->record, SG_NOTICE_ALERT, "chain-letter");
    g_autoptr(SgOutboxItem) first = taken_at(fixture->record, NOON), again = NULL;
    g_autoptr(SgIncident) incident = NULL;
    const SgNotice *notice;
    (void)data;

    g_assert_true(sg_outbox_later(fixture->record, first, NOON + 30, "450 not now", NULL));
    assert_nothing_at(fixture->record, NOON + 29);
    again = taken_at(fixture->record, NOON + 30);
    g_assert_cmpint(again->number, ==, first->number);
    g_assert_cmpuint(again->attempts, ==, 2);
    incident = loaded(fixture->record, id);
    notice = incident->notices->pdata[0];
    g_assert_cmpstr(notice->last_words, ==, "450 not now");
}

static void test_a_clock_set_back_keeps_nothing_waiting(Fixture *fixture, gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICE_ALERT, "chain-letter"));
    g_autoptr(SgOutboxItem) item = NULL;
    (void)data;

    assert_nothing_at(fixture->record, NOON - 24 * HOUR);
    item = taken_at(fixture->record, NOON - 24 * HOUR - 1);
    g_assert_nonnull(item);
}

static void test_a_release_sends_its_copies_and_settles_the_incident(Fixture *fixture,
                                                                     gconstpointer data)
{
    g_autofree char *id = held_with(fixture->record, SG_NOTICES, "chain-letter");
    g_autoptr(SgOutboxItem) item = NULL, notice = NULL;
    (void)data;

    decide(fixture, "release", "releasing", "");
    item = taken_at(fixture->record, NOON);
    g_assert_cmpint(item->kind, ==, SG_NOTICE_RELEASE);
    g_assert_cmpuint(g_strv_length(item->copies), ==, 2);
    g_assert_cmpstr(item->copies[0], ==, PUPIL);
    sent_at(fixture->record, item, NOON + 5);
    assert_state(fixture->record, id, SG_STATE_RELEASED, NOON + 5);
    g_assert_cmpint(
        asked(fixture, "SELECT count(*) FROM audit WHERE action = 'sent' AND actor = 'schoolgate'"),
        ==, 1);
    notice = taken_at(fixture->record, NOON + 5);
    g_assert_cmpint(notice->kind, ==, SG_NOTICE_RELEASED);
    g_assert_cmpstr(notice->to, ==, TEACHER);
}

static void test_the_sender_is_not_told_where_the_school_does_not_want_it(Fixture *fixture,
                                                                          gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICES, "chain-letter"));
    g_autoptr(SgOutboxItem) item = NULL;
    (void)data;

    decide(fixture, "release", "releasing", "");
    item = taken_at(fixture->record, NOON);
    g_assert_true(sg_outbox_sent(fixture->record, item, NOON, "ok", SG_TELL_NOBODY, NULL));
    g_assert_cmpint(waiting_in(fixture->record), ==, 0);
}

static void test_a_return_sends_its_copies_back(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = held_with(fixture->record, SG_NOTICES, "chain-letter");
    g_autoptr(SgOutboxItem) item = NULL;
    (void)data;

    decide(fixture, "return", "returning", TEACHER);
    item = taken_at(fixture->record, NOON);
    g_assert_cmpint(item->kind, ==, SG_NOTICE_RETURN);
    sent_at(fixture->record, item, NOON);
    assert_state(fixture->record, id, SG_STATE_RETURNED, NOON);
    g_assert_cmpint(waiting_in(fixture->record), ==, 0);
}

static void test_what_is_marked_as_sent_cannot_be_marked_again(Fixture *fixture, gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICES, "chain-letter"));
    g_autoptr(SgOutboxItem) item = NULL;
    g_autoptr(GError) error = NULL;
    (void)data;

    decide(fixture, "release", "releasing", "");
    item = taken_at(fixture->record, NOON);
    sent_at(fixture->record, item, NOON);
    g_assert_false(sg_outbox_sent(fixture->record, item, NOON, "ok", SG_TELL_SENDER, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    g_assert_cmpint(asked(fixture, "SELECT count(*) FROM audit"), ==, 1);
}

static void test_a_release_that_is_given_up_is_held_again_and_the_officer_told(Fixture *fixture,
                                                                               gconstpointer data)
{
    g_autofree char *id = held_with(fixture->record, SG_NOTICES, "chain-letter");
    g_autoptr(SgOutboxItem) item = NULL, notice = NULL;
    g_autoptr(SgIncident) incident = NULL;
    const SgCopy *copy;
    (void)data;

    decide(fixture, "release", "releasing", "");
    item = taken_at(fixture->record, NOON);
    g_assert_true(
        sg_outbox_give_up(fixture->record, item, NOON, "550 no such person", OFFICER, NULL));
    assert_state(fixture->record, id, SG_STATE_HELD, 0);
    incident = loaded(fixture->record, id);
    copy = incident->copies->pdata[0];
    g_assert_cmpint(copy->state, ==, SG_STATE_HELD);
    notice = taken_at(fixture->record, NOON);
    g_assert_cmpint(notice->kind, ==, SG_NOTICE_UNDELIVERED);
    g_assert_cmpstr(notice->to, ==, OFFICER);
}

static void test_a_split_release_goes_to_each_apart(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = held_with(fixture->record, SG_NOTICES, "chain-letter");
    g_autoptr(SgOutboxItem) whole = NULL, first = NULL, second = NULL;
    (void)data;

    decide(fixture, "release", "releasing", "");
    whole = taken_at(fixture->record, NOON);
    g_assert_true(sg_outbox_split(fixture->record, whole, NOON, NULL));
    first = taken_at(fixture->record, NOON);
    second = taken_at(fixture->record, NOON);
    g_assert_cmpuint(g_strv_length(first->copies), ==, 1);
    g_assert_cmpstr(first->copies[0], ==, PUPIL);
    g_assert_cmpstr(second->copies[0], ==, "second@students.kingsmead.example");
    assert_nothing_at(fixture->record, NOON);
    sent_at(fixture->record, first, NOON);
    assert_state(fixture->record, id, SG_STATE_RELEASING, 0);
    g_assert_true(sg_outbox_give_up(fixture->record, second, NOON, "550", OFFICER, NULL));
    assert_state(fixture->record, id, SG_STATE_HELD, 0);
}

static void test_the_officer_is_told_once_of_all_copies_that_did_not_go(Fixture *fixture,
                                                                        gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICES, "chain-letter"));
    g_autoptr(SgOutboxItem) whole = NULL, notice = NULL;
    (void)data;

    decide(fixture, "release", "releasing", "");
    whole = taken_at(fixture->record, NOON);
    g_assert_true(sg_outbox_split(fixture->record, whole, NOON, NULL));
    for (guint i = 0; i < 2; i++) {
        g_autoptr(SgOutboxItem) part = taken_at(fixture->record, NOON);

        g_assert_cmpint(part->kind, ==, SG_NOTICE_RELEASE);
        g_assert_true(sg_outbox_give_up(fixture->record, part, NOON, "550", OFFICER, NULL));
    }
    notice = taken_at(fixture->record, NOON);
    g_assert_cmpint(notice->kind, ==, SG_NOTICE_UNDELIVERED);
    assert_nothing_at(fixture->record, NOON);
}

static void test_what_was_in_hand_is_taken_again_after_a_crash(Fixture *fixture, gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICE_HELD, "chain-letter"));
    g_free(held_with(fixture->record, SG_NOTICE_HELD, "chain-letter"));
    g_autoptr(SgOutboxItem) item = taken_at(fixture->record, NOON), again = NULL;
    guint items = 0;
    (void)data;

    assert_nothing_at(fixture->record, NOON);
    reopen(fixture);
    g_assert_true(sg_outbox_recover(fixture->record, &items, NULL));
    g_assert_cmpuint(items, ==, 2);
    again = taken_at(fixture->record, NOON);
    g_assert_cmpint(again->number, ==, item->number);
    g_assert_cmpuint(again->attempts, ==, 2);
}

static void test_one_mail_tells_a_sender_of_all_that_one_rule_held(Fixture *fixture,
                                                                   gconstpointer data)
{
    g_autofree char *first = held_with(fixture->record, SG_NOTICE_HELD, "chain-letter");
    g_autofree char *second = held_with(fixture->record, SG_NOTICE_HELD, "chain-letter");
    g_autofree char *other = held_with(fixture->record, SG_NOTICE_HELD, "other-rule");
    g_autoptr(SgOutboxItem) item = taken_at(fixture->record, NOON), apart = NULL;
    (void)data;

    g_assert_cmpstr(item->incident, ==, first);
    g_assert_cmpuint(g_strv_length(item->also), ==, 1);
    g_assert_cmpstr(item->also[0], ==, second);
    apart = taken_at(fixture->record, NOON);
    g_assert_cmpstr(apart->incident, ==, other);
    g_assert_cmpuint(g_strv_length(apart->also), ==, 0);
    sent_at(fixture->record, item, NOON);
    g_assert_cmpint(asked(fixture, "SELECT count(*) FROM outbox WHERE state = 'sent'"), ==, 2);
}

static void test_a_sender_is_told_again_of_a_rule_only_after_a_while(Fixture *fixture,
                                                                     gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICE_HELD, "chain-letter"));
    g_autoptr(SgOutboxItem) item = taken_at(fixture->record, NOON), later = NULL;
    g_autofree char *second = NULL, *third = NULL;
    (void)data;

    sent_at(fixture->record, item, NOON);
    second = held_with(fixture->record, SG_NOTICE_HELD, "chain-letter");
    assert_nothing_at(fixture->record, NOON + 1);
    third = held_with(fixture->record, SG_NOTICE_HELD, "chain-letter");
    assert_nothing_at(fixture->record, NOON + HOUR - 1);
    later = taken_at(fixture->record, NOON + HOUR);
    g_assert_cmpstr(later->incident, ==, second);
    g_assert_cmpstr(later->also[0], ==, third);
}

static void test_nobody_is_told_that_mail_is_held_which_is_no_longer(Fixture *fixture,
                                                                     gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICE_HELD, "chain-letter"));
    g_autoptr(SgOutboxItem) item = NULL;
    (void)data;

    decide(fixture, "release", "releasing", "");
    item = taken_at(fixture->record, NOON);
    g_assert_cmpint(item->kind, ==, SG_NOTICE_RELEASE);
    g_assert_cmpint(asked(fixture, "SELECT count(*) FROM outbox WHERE state = 'withdrawn'"), ==, 1);
}

static void test_a_release_whose_copies_went_otherwise_sends_nothing(Fixture *fixture,
                                                                     gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICES, "chain-letter"));
    (void)data;

    decide(fixture, "release", "held", "");
    assert_nothing_at(fixture->record, NOON);
    g_assert_cmpint(waiting_in(fixture->record), ==, 0);
}

#define ITEMS 1000

typedef struct Couriers {
    SgRecord *record;
    GHashTable *taken;    /* numbers */
    pthread_mutex_t lock; /* not GLib's, which ThreadSanitizer does not know */
    gboolean twice;
} Couriers;

static void *take_all(void *data)
{
    Couriers *couriers = data;

    for (;;) {
        g_autoptr(SgOutboxItem) item = taken_at(couriers->record, NOON);

        if (!item)
            return NULL;
        pthread_mutex_lock(&couriers->lock);
        couriers->twice |= !g_hash_table_add(couriers->taken, GINT_TO_POINTER((gint)item->number));
        pthread_mutex_unlock(&couriers->lock);
    }
}

static void test_two_couriers_never_take_one_item(Fixture *fixture, gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);
    SgRecordOptions patient = sg_record_defaults; /* four writers that a slow disk keeps busy */
    Couriers couriers = {.record = fixture->record, .taken = g_hash_table_new(NULL, NULL)};
    Couriers others = {.taken = couriers.taken};
    pthread_t threads[4];
    (void)data;

    execute(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                " INSERT INTO outbox (day, kind, address, created, due)"
                " SELECT 'day ' || i, 'digest', 'a@kingsmead.example', 0, 0 FROM n");
    sqlite3_close(db);
    patient.busy_ms = 60000;
    others.record = record_with(fixture->folder, &patient);
    pthread_mutex_init(&couriers.lock, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_assert_cmpint(pthread_create(&threads[i], NULL, take_all, &couriers), ==, 0);
    /* And one in what might as well be another process. */
    for (;;) {
        g_autoptr(SgOutboxItem) item = taken_at(others.record, NOON);

        if (!item)
            break;
        pthread_mutex_lock(&couriers.lock);
        couriers.twice |= !g_hash_table_add(couriers.taken, GINT_TO_POINTER((gint)item->number));
        pthread_mutex_unlock(&couriers.lock);
    }
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        pthread_join(threads[i], NULL);
    g_assert_false(couriers.twice);
    g_assert_cmpuint(g_hash_table_size(couriers.taken), ==, ITEMS);
    g_hash_table_unref(couriers.taken);
    pthread_mutex_destroy(&couriers.lock);
    sg_record_close(others.record);
}

static void test_a_digest_is_added_once_a_day(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgOutboxItem) item = NULL;
    (void)data;

    for (guint i = 0; i < 2; i++)
        g_assert_true(sg_outbox_add_digest(fixture->record, OFFICER, "2020-06-22", NOON, NULL));
    g_assert_cmpint(waiting_in(fixture->record), ==, 1);
    item = taken_at(fixture->record, NOON);
    g_assert_cmpstr(item->day, ==, "2020-06-22");
    g_assert_null(item->incident);
}

static void test_a_secret_stays_the_same(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) first = sg_record_secret(fixture->record, "release", NULL);
    g_autoptr(GBytes) other = sg_record_secret(fixture->record, "other", NULL);
    g_autoptr(GBytes) again = NULL;
    (void)data;

    reopen(fixture);
    again = sg_record_secret(fixture->record, "release", NULL);
    g_assert_cmpuint(g_bytes_get_size(first), ==, 32);
    g_assert_true(g_bytes_equal(first, again));
    g_assert_false(g_bytes_equal(first, other));
}

static gboolean is_first(SgRecord *record, const char *nonce, gint64 expires)
{
    g_autoptr(GError) error = NULL;
    gboolean first = FALSE;

    sg_record_spend_token(record, nonce, expires, &first, &error);
    g_assert_no_error(error);
    return first;
}

static void test_a_token_is_spent_once(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_assert_true(is_first(fixture->record, "1.1.aa", NOON + 10));
    g_assert_true(is_first(fixture->record, "1.2.bb", NOON + 10));
    reopen(fixture);
    g_assert_false(is_first(fixture->record, "1.1.aa", NOON + 10));
    /* Nor does one that is spent long after its time have it forgotten: see the purge. */
    g_assert_true(is_first(fixture->record, "2.1.cc", NOON + 9000 * HOUR));
    g_assert_false(is_first(fixture->record, "1.1.aa", NOON + 10));
}

static void test_who_was_sent_held_mail_is_known_by_both_addresses(Fixture *fixture,
                                                                   gconstpointer data)
{
    g_free(held_with(fixture->record, SG_NOTICES, "chain-letter"));
    gboolean has = TRUE;
    (void)data;

    g_assert_true(sg_record_has_released(fixture->record, TEACHER, PUPIL, &has, NULL));
    g_assert_false(has);
    decide(fixture, "release", "releasing", "");
    g_assert_true(sg_record_has_released(fixture->record, TEACHER, PUPIL, &has, NULL));
    g_assert_true(has);
    g_assert_true(sg_record_has_released(fixture->record, OFFICER, PUPIL, &has, NULL));
    g_assert_false(has);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/outbox/due", test_nothing_is_taken_before_it_is_due);
    add_test("/outbox/later", test_what_was_put_off_comes_again_when_it_is_due);
    add_test("/outbox/clock-back", test_a_clock_set_back_keeps_nothing_waiting);
    add_test("/outbox/release", test_a_release_sends_its_copies_and_settles_the_incident);
    add_test("/outbox/tell-nobody", test_the_sender_is_not_told_where_the_school_does_not_want_it);
    add_test("/outbox/return", test_a_return_sends_its_copies_back);
    add_test("/outbox/sent-twice", test_what_is_marked_as_sent_cannot_be_marked_again);
    add_test("/outbox/give-up", test_a_release_that_is_given_up_is_held_again_and_the_officer_told);
    add_test("/outbox/split", test_a_split_release_goes_to_each_apart);
    add_test("/outbox/told-once", test_the_officer_is_told_once_of_all_copies_that_did_not_go);
    add_test("/outbox/recover", test_what_was_in_hand_is_taken_again_after_a_crash);
    add_test("/outbox/together", test_one_mail_tells_a_sender_of_all_that_one_rule_held);
    add_test("/outbox/notice-every", test_a_sender_is_told_again_of_a_rule_only_after_a_while);
    add_test("/outbox/withdrawn", test_nobody_is_told_that_mail_is_held_which_is_no_longer);
    add_test("/outbox/gone-otherwise", test_a_release_whose_copies_went_otherwise_sends_nothing);
    add_test("/outbox/two-couriers", test_two_couriers_never_take_one_item);
    add_test("/outbox/digest", test_a_digest_is_added_once_a_day);
    add_test("/outbox/secret", test_a_secret_stays_the_same);
    add_test("/outbox/token", test_a_token_is_spent_once);
    add_test("/outbox/has-released", test_who_was_sent_held_mail_is_known_by_both_addresses);
    return g_test_run();
}
