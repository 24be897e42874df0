/* queue_builders.h - the queue as its tests ask it, and letters that wait in it */
#pragma once

#include "record_builders.h"
#include "schoolgate/queue.h"

#define DAY         ((gint64)24 * 60 * 60)
#define STATE(name) (1U << SG_STATE_##name)

G_GNUC_UNUSED static SgReviewer *officer(void)
{
    SgReviewer *reviewer = sg_reviewer_new("khan", SG_REVIEWER_OFFICER);

    sg_reviewer_add_address(reviewer, "a.khan@kingsmead.example");
    sg_reviewer_add_login(reviewer, "khan");
    return reviewer;
}

G_GNUC_UNUSED static SgQueue *asked_by(Fixture *fixture, SgQueueFilter filter, const SgReviewer *by)
{
    g_autoptr(GError) error = NULL;
    SgQueue *queue = sg_record_queue(fixture->record, &filter, by, &error);

    g_assert_no_error(error);
    return queue;
}

G_GNUC_UNUSED static SgQueue *asked(Fixture *fixture, SgQueueFilter filter)
{
    g_autoptr(SgReviewer) by = officer();

    return asked_by(fixture, filter, by);
}

G_GNUC_UNUSED static guint count_of(Fixture *fixture, SgQueueFilter filter)
{
    g_autoptr(SgQueue) queue = asked(fixture, filter);

    g_assert_cmpuint(queue->rows->len, ==, queue->incidents);
    return queue->incidents;
}

G_GNUC_UNUSED static const SgQueueRow *row(const SgQueue *queue, guint i)
{
    g_assert_cmpuint(i, <, queue->rows->len);
    return queue->rows->pdata[i];
}

/* Subjects, one behind the other: what a test says of order. */
G_GNUC_UNUSED static char *subjects(const SgQueue *queue)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < queue->rows->len; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? ", " : "", row(queue, i)->subject);
    return g_string_free(all, FALSE);
}

G_GNUC_UNUSED static void assert_order(Fixture *fixture, SgQueueFilter filter, const char *wanted)
{
    g_autoptr(SgQueue) queue = asked(fixture, filter);
    g_autofree char *found = subjects(queue);

    g_assert_cmpstr(found, ==, wanted);
}

G_GNUC_UNUSED static SgFinding *leading(SgIncident *incident)
{
    return incident->findings->pdata[0];
}

/* Held for PUPIL, by a rule of clause 1.2. */
G_GNUC_UNUSED static SgIncident *letter(const char *subject, SgSeverity severity, gint64 at)
{
    SgIncident *incident = held("x", 1);
    SgFinding *finding = leading(incident);

    g_free(incident->subject);
    incident->subject = g_strdup(subject);
    incident->at = at;
    finding->severity = severity;
    finding->enforced = SG_ACTION_QUARANTINE;
    finding->policy = g_strdup("social-media");
    finding->clause = g_strdup("1.2");
    finding->clause_title = g_strdup("Staff and students");
    finding->title = g_strdup("Private contact");
    return incident;
}

G_GNUC_UNUSED static void replace(char **text, const char *by)
{
    g_free(*text);
    *text = g_strdup(by);
}
