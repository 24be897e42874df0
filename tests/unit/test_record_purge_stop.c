/* test_record_purge_stop.c - a purge that is told to stop does so before its next step: nothing is
 * half done or done twice, and the next one goes on */
#include "purge_builders.h"
#include "schoolgate/audit.h"

#define MANY 150 /* more than two batches of what is deleted */

typedef struct Patience {
    guint asked, most;
} Patience;

static Patience patience;

static gboolean has_lost_patience(gconstpointer data)
{
    const Patience *its = data;

    g_assert_true(its == &patience);
    return patience.asked++ >= patience.most;
}

static gboolean runs_through(Fixture *fixture, gint64 now, guint steps, SgPurged *purged)
{
    SgPurging order = purging_at(now);
    g_autoptr(GError) error = NULL;

    patience = (Patience){.most = steps};
    order.must_stop = has_lost_patience;
    order.data = &patience;
    if (sg_record_purge(fixture->record, &order, purged, &error))
        return TRUE;
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_STOPPED);
    g_assert_cmpuint(patience.asked, ==, steps + 1); /* it is not asked a second time */
    return FALSE;
}

static gint64 count(Fixture *fixture, const char *table)
{
    g_autofree char *question = g_strconcat("SELECT count(*) FROM ", table, NULL);

    return answer(fixture->folder, question);
}

static void assert_trail_is_whole(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_auto(SgAuditReport) report = {0};

    g_assert_true(sg_audit_verify(fixture->record, NULL, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(report.broken, ==, NULL);
}

/* Whatever step it gets to, all is done in the end, and each thing once. */
static void test_undecided_mail_is_returned_once_however_often_it_stops(Fixture *fixture,
                                                                        gconstpointer data)
{
    const gint64 late = NOON + retention.undecided;
    guint64 returned = 0;
    gboolean done = FALSE;
    SgPurged purged;

    (void)data;
    for (int i = 0; i < 12; i++)
        g_free(held_since(fixture->record, NOON, "Undecided"));
    for (guint steps = 0; !done; steps++) {
        done = runs_through(fixture, late, steps, &purged);
        returned += purged.returned;
        g_assert_cmpint(count(fixture, "decision WHERE kind = 'return'"), ==, (gint64)returned);
        g_assert_cmpint(count(fixture, "outbox WHERE kind = 'return'"), ==, (gint64)returned);
    }
    g_assert_cmpuint(returned, ==, 12);
    assert_trail_is_whole(fixture);
}

static void test_what_is_over_is_deleted_however_often_it_stops(Fixture *fixture,
                                                                gconstpointer data)
{
    guint64 deleted = 0;
    guint stops = 0;
    gboolean done = FALSE;
    SgPurged purged;

    (void)data;
    for (int i = 0; i < MANY; i++)
        g_free(added(fixture->record, refused("A letter")));
    for (guint steps = 0; !done; steps++) {
        done = runs_through(fixture, NOON + retention.log, steps, &purged);
        deleted += purged.incidents;
        stops += !done;
        g_assert_cmpint(count(fixture, "incident"), ==, MANY - (gint64)deleted);
        /* Until it is done the next has to come soon. */
        g_assert_cmpint(sg_record_last(fixture->record, "purge", NULL) > 0, ==, done);
    }
    g_assert_cmpuint(deleted, ==, MANY);
    g_assert_cmpuint(stops, >, 3);
    assert_trail_is_whole(fixture);
}

static void test_it_does_nothing_when_it_is_told_before_it_begins(Fixture *fixture,
                                                                  gconstpointer data)
{
    g_autofree char *id = added(fixture->record, refused("A letter"));
    gint64 entries = count(fixture, "audit");
    SgPurged purged;

    (void)data;
    g_assert_false(runs_through(fixture, NOON + retention.log, 0, &purged));
    g_assert_true(has_incident(fixture->record, id));
    g_assert_cmpint(count(fixture, "audit"), ==, entries);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) add_test("/record/purge-stop/" #name, test_##name)
    PROMISE(undecided_mail_is_returned_once_however_often_it_stops);
    PROMISE(what_is_over_is_deleted_however_often_it_stops);
    PROMISE(it_does_nothing_when_it_is_told_before_it_begins);
    return g_test_run();
}
