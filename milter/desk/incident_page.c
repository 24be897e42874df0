/* incident_page.c - the whole of one incident, as a person reads it */
#include <string.h>

#include "incident.h"
#include "schoolgate/when.h"

static void put_line(SgPage *page, const char *what, const char *value)
{
    if (!value || !*value)
        return;
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    sg_page_pad(page, SG_STYLE_DIM, what, 13);
    sg_page_put(page, SG_STYLE_PLAIN, value);
    sg_page_end_line(page);
}

static const char *const copy_words[SG_STATES] = {
    [SG_STATE_HELD] = "held",
    [SG_STATE_RELEASING] = "held, on its way",
    [SG_STATE_RELEASED] = "released",
    [SG_STATE_RETURNING] = "held, on its way back to the sender",
    [SG_STATE_RETURNED] = "returned to the sender",
    [SG_STATE_KEPT] = "kept as a breach",
    [SG_STATE_DISCARDED] = "discarded",
};

static const char *words_of(const SgCopy *copy)
{
    return copy_words[copy->state] ? copy_words[copy->state] : sg_state_names[copy->state];
}

/* What the recipient's copy came to, once the message as a whole is taken into account. */
static const char *fate(const SgIncident *incident, const SgIncidentRecipient *recipient)
{
    const SgCopy *copy = sg_incident_copy(incident, recipient->address);

    if (copy)
        return words_of(copy);
    if (incident->state == SG_STATE_REFUSED)
        return "refused";
    if (incident->state == SG_STATE_HELD_MTA)
        return "held in the mail server's queue";
    switch (recipient->action) {
    case SG_ACTION_QUARANTINE:
        return "held";
    case SG_ACTION_TAG:
        return "delivered, tagged";
    case SG_ACTION_NOTIFY:
        return "delivered, sender notified";
    default:
        return "delivered";
    }
}

static void put_people(SgPage *page, const SgIncident *incident)
{
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    sg_page_pad(page, SG_STYLE_DIM, "from", 13);
    sg_findings_put_person(page, incident->sender, incident->sender_role, "");
    sg_page_end_line(page);
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];
        sg_page_put(page, SG_STYLE_PLAIN, "  ");
        sg_page_pad(page, SG_STYLE_DIM, i == 0 ? "to" : "", 13);
        sg_findings_put_person(page, recipient->address, recipient->role, recipient->personal_of);
        sg_page_format(page, sg_action_style(recipient->action), ": %s", fate(incident, recipient));
        sg_page_end_line(page);
    }
}

static gboolean is_recipient(const SgIncident *incident, const char *address)
{
    for (guint i = 0; i < incident->recipients->len; i++)
        if (strcmp(((SgIncidentRecipient *)incident->recipients->pdata[i])->address, address) == 0)
            return TRUE;
    return FALSE;
}

/* Those that stand with no recipient above. */
static void put_other_copies(SgPage *page, const SgIncident *incident)
{
    for (guint i = 0; i < incident->copies->len; i++) {
        const SgCopy *copy = incident->copies->pdata[i];
        g_autofree char *text = g_strdup_printf("%s: %s", copy->address, words_of(copy));
        if (!is_recipient(incident, copy->address))
            put_line(page, "copy for", text);
    }
}

static void put_facts(SgPage *page, const SgIncident *incident)
{
    g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT " bytes", incident->size);

    put_line(page, "login", incident->login);
    put_line(page, "subject", incident->subject);
    put_line(page, "message-id", incident->message_id);
    put_line(page, "client", incident->client);
    put_line(page, "queue", incident->queue_id);
    if (incident->size > 0)
        put_line(page, "size", size);
    put_line(page, "duplicate of", incident->duplicate_of);
}

/* `sent`, `waiting; the mail server said: 451 …`. Before anything was tried there is nothing to
 * tell. */
static void put_notices(SgPage *page, const GPtrArray *notices)
{
    for (guint i = 0; i < notices->len; i++) {
        const SgNotice *notice = notices->pdata[i];
        g_autoptr(GString) text = g_string_new(sg_notice_kind_names[notice->kind]);

        if (*notice->to)
            g_string_append_printf(text, " to %s", notice->to);
        g_string_append_printf(text, ": %s", sg_outbox_state_names[notice->state]);
        if (notice->attempts > 1)
            g_string_append_printf(text, " (tried %u times)", notice->attempts);
        if (notice->last_words && *notice->last_words)
            g_string_append_printf(text, "; the mail server said: %s", notice->last_words);
        put_line(page, "notice", text->str);
    }
}

static void put_standing(SgPage *page, const SgIncident *incident)
{
    if (incident->judged != SG_JUDGED_OPEN)
        put_line(page, "found", incident->judged == SG_JUDGED_BREACH ? "a breach" : "not a breach");
    if (incident->escalated)
        put_line(page, "escalated", "the head decides");
    if (incident->legal_hold)
        put_line(page, "legal hold", "nothing of it is deleted");
}

static void put_override(SgPage *page, const SgFinding *finding)
{
    g_autofree char *text = NULL;

    if (!finding->override_reason || !*finding->override_reason)
        return;
    text = g_strdup_printf("School-business: %s", finding->override_reason);
    put_line(page, "sender wrote", text);
}

static void put_decision(SgPage *page, const SgTaken *taken, GTimeZone *zone)
{
    g_autofree char *when = sg_when_local(taken->at, zone);
    g_autofree char *copies = g_strjoinv(", ", taken->recipients);
    const char *mark = taken->undone     ? ", undone"
                       : taken->waits    ? ", waits for a second person"
                       : taken->proposed ? ", proposed"
                                         : "";
    g_autofree char *text = g_strdup_printf(
        "%s %s by %s (%s)%s%s%s: %s", when, sg_decision_kind_names[taken->kind], taken->actor,
        taken->role, *copies ? " for " : "", copies, mark, taken->reason);

    put_line(page, "decision", text);
}

void sg_incident_put(SgPage *page, const SgIncident *incident, GTimeZone *zone)
{
    g_autofree char *at = sg_when_local(incident->at, zone);

    sg_page_format(page, SG_STYLE_STRONG, "%s: ", incident->id);
    sg_page_put(page, sg_action_style(incident->action), sg_state_names[incident->state]);
    sg_page_end_line(page);
    put_line(page, "when", at);
    put_people(page, incident);
    put_other_copies(page, incident);
    put_facts(page, incident);
    put_standing(page, incident);
    for (guint i = 0; i < incident->findings->len; i++)
        put_override(page, incident->findings->pdata[i]);
    for (guint i = 0; i < incident->decisions->len; i++)
        put_decision(page, incident->decisions->pdata[i], zone);
    put_notices(page, incident->notices);
    sg_findings_put(page, incident->findings);
    if (incident->reply && *incident->reply) {
        sg_page_put(page, SG_STYLE_DIM, "  the sender was told");
        sg_page_end_line(page);
        sg_page_lines(page, SG_STYLE_PLAIN, "      ", incident->reply);
    }
}
