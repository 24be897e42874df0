/* sample.c - a made-up incident, for showing what a letter looks like. */
#include "texts_internal.h"

#define SENT    ((gint64)1795602720) /* Wednesday, 25 November 2026, 10:32 UTC */
#define HOUR    ((gint64)60 * 60)
#define TEACHER "r.okafor@kingsmead.example"
#define PARENT  "m.field@home.example"
#define PUPIL   "j.field@students.kingsmead.example"
#define LETTER  "From: " TEACHER "\r\n\r\nGood luck to you.\r\n"

/* What each letter is about: the notice it comes from. */
static const struct {
    const char *letter;
    SgNoticeKind kind;
    SgSeverity severity;
    const char *decided_by;
} samples[] = {
    {"held", SG_NOTICE_HELD, SG_SEVERITY_MEDIUM, NULL},
    {"held-critical", SG_NOTICE_HELD, SG_SEVERITY_CRITICAL, NULL},
    {"please-note", SG_NOTICE_PLEASE_NOTE, SG_SEVERITY_LOW, NULL},
    {"returned", SG_NOTICE_RETURN, SG_SEVERITY_MEDIUM, "officer"},
    {"returned-undecided", SG_NOTICE_RETURN, SG_SEVERITY_MEDIUM, "schoolgate"},
    {"released", SG_NOTICE_RELEASED, SG_SEVERITY_MEDIUM, "officer"},
    {"alert", SG_NOTICE_ALERT, SG_SEVERITY_HIGH, NULL},
    {"alert-stand-in", SG_NOTICE_ALERT, SG_SEVERITY_HIGH, NULL},
    {"escalated", SG_NOTICE_ALERT, SG_SEVERITY_HIGH, "officer"},
    {"undelivered", SG_NOTICE_UNDELIVERED, SG_SEVERITY_MEDIUM, NULL},
    {"overdue", SG_NOTICE_OVERDUE, SG_SEVERITY_MEDIUM, NULL},
    {"demoted", SG_NOTICE_DEMOTED, SG_SEVERITY_MEDIUM, NULL},
    {"imprecise", SG_NOTICE_IMPRECISE, SG_SEVERITY_CRITICAL, NULL},
    {"digest", SG_NOTICE_DIGEST, SG_SEVERITY_MEDIUM, NULL},
    {"digest-quiet", SG_NOTICE_DIGEST, SG_SEVERITY_MEDIUM, NULL},
};

static SgFinding *finding_of(const SgConfig *config, SgSeverity severity)
{
    const GPtrArray *policies = sg_policy_school_policies(config->policy);
    const SgSchoolPolicy *policy = policies->len > 0 ? policies->pdata[0] : NULL;
    SgFinding *finding = g_new0(SgFinding, 1);
    SgSignalHit *hit = g_new0(SgSignalHit, 1);

    finding->rule = g_strdup("chain-letter");
    finding->title = g_strdup("Chain letter");
    finding->policy = g_strdup(policy ? policy->name : "");
    finding->policy_version = g_strdup("");
    finding->clause = g_strdup("2.6");
    finding->clause_title = g_strdup("Chain letters, spam and solicitations");
    finding->severity = severity;
    finding->action = finding->enforced = SG_ACTION_QUARANTINE;
    finding->explain = g_strdup("This looks like a chain letter: it asks people to pass it on.");
    finding->remedy = g_strdup("Take that part out and send it again.");
    finding->signals = sg_signal_hits_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    hit->name = g_strdup("luck-or-harm");
    hit->points = 3;
    hit->excerpt = g_strdup("seven years of bad luck");
    hit->excerpt_to = strlen(hit->excerpt);
    g_ptr_array_add(finding->signals, hit);
    return finding;
}

static void add_recipient(SgIncident *incident, const char *address)
{
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

    recipient->address = g_strdup(address);
    recipient->role = g_strdup("");
    g_ptr_array_add(incident->recipients, recipient);
}

static SgIncident *incident_of(const SgConfig *config, SgNoticeKind kind, SgSeverity severity)
{
    SgIncident *incident = sg_incident_new();

    incident->id = g_strdup_printf("%s-7F3Q-2", config->school.reference);
    incident->at = SENT;
    incident->state = SG_STATE_HELD;
    incident->sender = g_strdup(TEACHER);
    incident->subject = g_strdup("Good luck to all of us");
    incident->message_id = g_strdup("<1@kingsmead.example>");
    add_recipient(incident, PUPIL);
    add_recipient(incident, PARENT);
    g_ptr_array_add(incident->findings, finding_of(config, severity));
    if (kind == SG_NOTICE_PLEASE_NOTE)
        return incident;
    sg_incident_add_copy(incident, PUPIL);
    if (kind == SG_NOTICE_RELEASED)
        ((SgCopy *)incident->copies->pdata[0])->state = SG_STATE_RELEASED;
    if (kind == SG_NOTICE_RETURN)
        ((SgCopy *)incident->copies->pdata[0])->state = SG_STATE_RETURNING;
    return incident;
}

static void incident_free(gpointer incident)
{
    sg_incident_free(incident);
}

SgLetterText sg_letter_sample(const SgConfig *config, const SgLetterKind *kind)
{
    guint n = 0;

    while (strcmp(samples[n].letter, kind->name) != 0)
        n++;
    g_autoptr(SgIncident) incident = incident_of(config, samples[n].kind, samples[n].severity);
    g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func(incident_free);
    g_autoptr(GBytes) message = g_bytes_new_static(LETTER, strlen(LETTER));
    gboolean stand_in = strcmp(kind->name, "alert-stand-in") == 0;
    SgDemotion demotion = {.rule = (char *)"chain-letter", .holds = 20, .released = 13};
    SgOutboxItem item = {
        .number = 1,
        .kind = samples[n].kind,
        .incident = incident->id,
        .rule = (char *)"chain-letter",
        .to = stand_in ? (char *)"chair@governors.kingsmead.example" : config->school.officer,
        .reason = (char *)"The last two lines ask people to pass it on. Please take them out.",
        .decided_by = (char *)samples[n].decided_by,
        .day = (char *)"2026-11-25",
    };
    const SgNoticeFacts facts = {.config = config,
                                 .item = &item,
                                 .incident = incident,
                                 .demotion = &demotion,
                                 .message = message,
                                 .waiting = waiting,
                                 .judged = 412,
                                 .judged_since = SENT - 24 * HOUR,
                                 .now = SENT + 70 * HOUR};

    if (strcmp(kind->name, "digest") == 0)
        g_ptr_array_add(waiting, incident_of(config, SG_NOTICE_HELD, samples[n].severity));
    return sg_facts_letter_text(&facts);
}
