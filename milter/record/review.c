/* review.c - an incident as a reviewer may see it. Looking is put on record before anything is
 * shown. */
#include "schoolgate/review.h"
#include "deciding.h"
#include "schoolgate/log.h"

#include <string.h>

static const char *const sight_names[] = {"metadata", "excerpts", "message"};

#define BY(role) (1U << (role))
#define READERS  (BY(SG_REVIEWER_OFFICER) | BY(SG_REVIEWER_HEAD))

static const guint may_see[] = {
    [SG_SIGHT_METADATA] = READERS | BY(SG_REVIEWER_POSTMASTER),
    [SG_SIGHT_EXCERPTS] = READERS,
    [SG_SIGHT_MESSAGE] = READERS,
};

void sg_record_conflict(GError **error, const char *typed, const SgReviewer *by)
{
    g_autofree char *shown = g_utf8_make_valid(typed, -1);

    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_CONFLICT,
                "incident '%s' is about mail from or to %s, and nobody reviews their own: the head "
                "(or the head's successor) decides about it",
                shown, by->name);
}

static gboolean check(const SgIncident *incident, const char *typed, const SgReviewer *by,
                      SgSight sight, GError **error)
{
    if (!(may_see[sight] & BY(by->role))) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                    "%s is here as %s, who may not see %s of an incident", by->name,
                    sg_reviewer_role_names[by->role],
                    sight == SG_SIGHT_METADATA ? "anything" : "the text");
        return FALSE;
    }
    if (!sg_incident_concerns(incident, by))
        return TRUE;
    sg_record_conflict(error, typed, by);
    return FALSE;
}

void sg_record_put_refusal(SgRecord *record, const SgReviewer *by, const char *incident,
                           const char *tried, gint64 at, const GError *why)
{
    gboolean own = g_error_matches(why, SG_RECORD_ERROR, SG_RECORD_ERROR_CONFLICT);
    g_autofree char *actor = sg_reviewer_on_trail(by);
    g_autofree char *detail =
        g_strconcat(tried, own ? ": their own mail" : ": not theirs to do", NULL);
    const SgAuditEntry entry = {
        .at = at,
        .actor = actor,
        .role = sg_reviewer_role_names[by->role],
        .action = "refused",
        .incident = incident,
        .detail = detail,
    };
    g_autoptr(GError) error = NULL;

    if (!own && !g_error_matches(why, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN))
        return;
    if (!sg_record_audit(record, &entry, &error))
        sg_log(LOG_WARNING, "id=%s: that %s was refused '%s' is not on the audit trail: %s",
               incident ? incident : "-", actor, tried, error->message);
}

/* An attachment's place is its name, which the sender has given it. */
static void blank_place(SgSignalHit *hit)
{
    static const char named[] = "attachment '";

    if (hit->where && g_str_has_prefix(hit->where, named))
        hit->where[strlen("attachment")] = '\0';
}

/* Everything that was written by the sender, or quotes it. */
static void blank(SgIncident *incident)
{
    g_free(incident->subject);
    incident->subject = g_strdup("");
    g_clear_pointer(&incident->message_id, g_free);
    g_clear_pointer(&incident->reply, g_free);
    for (guint i = 0; i < incident->findings->len; i++) {
        SgFinding *finding = incident->findings->pdata[i];

        if (finding->override_reason) {
            g_free(finding->override_reason);
            finding->override_reason = g_strdup("");
        }
        for (guint j = 0; j < finding->signals->len; j++) {
            SgSignalHit *hit = finding->signals->pdata[j];

            blank_place(hit);
            g_clear_pointer(&hit->excerpt, g_free);
            hit->excerpt_from = hit->excerpt_to = 0;
        }
    }
}

SgIncident *sg_record_review(SgRecord *record, const char *id, const SgReviewer *by, SgSight sight,
                             gint64 at, GError **error)
{
    g_autoptr(SgIncident) incident = sg_record_load(record, id, error);
    g_autofree char *actor = sg_reviewer_on_trail(by);
    g_autoptr(GError) why = NULL;
    SgAuditEntry view = {
        .at = at,
        .actor = actor,
        .role = sg_reviewer_role_names[by->role],
        .action = "view",
        .detail = sight_names[sight],
    };

    if (!incident)
        return NULL;
    if (!check(incident, id, by, sight, &why)) {
        g_autofree char *tried = g_strconcat("view ", sight_names[sight], NULL);

        sg_record_put_refusal(record, by, incident->id, tried, at, why);
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    if (sight == SG_SIGHT_MESSAGE && !(incident->message = sg_record_message(record, id, error)))
        return NULL;
    view.incident = incident->id;
    if (!sg_record_audit(record, &view, error))
        return NULL;
    if (sight == SG_SIGHT_METADATA)
        blank(incident);
    return g_steal_pointer(&incident);
}
