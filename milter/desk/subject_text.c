/* subject_text.c - what is held on one person, for them and for the school to read */
#include "subject.h"

#include "exemptions.h"
#include "incident.h"
#include "schoolgate/review.h"
#include "schoolgate/when.h"

static void put_text(SgPage *page, SgStyle style, const char *text)
{
    sg_page_put(page, style, text);
    sg_page_end_line(page);
}

static void put_fact(SgPage *page, const char *what, const char *value)
{
    if (!value || !*value)
        return;
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    sg_page_pad(page, SG_STYLE_DIM, what, 14);
    put_text(page, SG_STYLE_PLAIN, value);
}

static void put_heading(SgPage *page, const char *text)
{
    sg_page_end_line(page);
    put_text(page, SG_STYLE_STRONG, text);
}

static void put_head(SgPage *page, const SgSubject *subject)
{
    GTimeZone *zone = sg_policy_zone(subject->config->policy);
    g_autofree char *made = sg_when_local(subject->made, zone);

    sg_page_format(page, SG_STYLE_STRONG, "%s: what schoolgate holds on one person",
                   subject->config->school.name);
    sg_page_end_line(page);
    put_fact(page, "made", made);
    sg_page_end_line(page);
    put_text(page, SG_STYLE_PLAIN, "Before this is handed over: it is about other people, too.");
    put_text(
        page, SG_STYLE_PLAIN,
        subject->redact
            ? "Their addresses stand here as [roles]. Look for names in subjects, excerpts and"
            : "Their addresses are marked (somebody else). Look for names in subjects, excerpts");
    put_text(page, SG_STYLE_PLAIN,
             subject->redact ? "reasons. Whoever is protected by what is held must stay protected."
                             : "and reasons. Whoever is protected by what is held must stay "
                               "protected.");
}

static void put_person(SgPage *page, const SgSubject *subject, const char *address)
{
    const SgPeople *people = subject->config->people;
    g_autoptr(SgParty) party = sg_people_party(people, address, subject->made);
    g_autofree char *groups = party->groups ? g_strjoinv(", ", party->groups) : NULL;
    g_autofree char *roles = sg_role_list(people, party->roles);
    g_autofree char *personal_of = sg_role_list(people, party->personal_of);

    put_heading(page, address);
    put_fact(page, "role", party->role_name);
    put_fact(page, "counts as", roles);
    put_fact(page, "groups", groups);
    put_fact(page, "personal of", personal_of);
    put_fact(page, "known from",
             party->source ? party->source : "nothing: nobody schoolgate knows");
}

static void put_left_out(SgPage *page, const SgSubject *subject)
{
    for (guint i = 0; i < subject->left_out->len; i++) {
        sg_page_put(page, SG_STYLE_CAUTION, subject->left_out->pdata[i]);
        put_text(page, SG_STYLE_PLAIN,
                 " is listed as theirs, too, and was left out; see --with-personal");
    }
}

static void put_party(SgPage *page, const SgSubject *subject, const char *what, const char *address,
                      const char *role)
{
    gboolean other = *address && !sg_subject_is(subject, address);
    g_autofree char *text = g_strdup_printf("%s (%s)%s", *address ? address : "<>", role,
                                            other && !subject->redact ? " (somebody else)" : "");

    put_fact(page, what, text);
}

static void put_envelope(SgPage *page, const SgSubject *subject, const SgIncident *incident)
{
    GTimeZone *zone = sg_policy_zone(subject->config->policy);
    g_autofree char *at = sg_when_local(incident->at, zone);
    g_autofree char *part = sg_subject_part(subject, incident);

    put_fact(page, "when", at);
    put_fact(page, "they are", part);
    put_party(page, subject, "from", incident->sender, incident->sender_role);
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];
        g_autofree char *role = sg_incident_recipient_role(recipient);

        put_party(page, subject, i == 0 ? "to" : "", recipient->address, role);
    }
    put_fact(page, "login", incident->login);
    put_fact(page, "subject", incident->subject);
    put_fact(page, "message-id", incident->message_id);
    put_fact(page, "computer", incident->client);
}

static void put_decisions(SgPage *page, const SgSubject *subject, const SgIncident *incident)
{
    GTimeZone *zone = sg_policy_zone(subject->config->policy);

    for (guint i = 0; i < incident->decisions->len; i++) {
        const SgTaken *taken = incident->decisions->pdata[i];
        g_autofree char *at = sg_when_local(taken->at, zone);
        g_autofree char *text = g_strdup_printf("%s, %s by the %s%s: %s", at,
                                                sg_decision_kind_names[taken->kind], taken->role,
                                                taken->undone     ? ", undone since"
                                                : taken->proposed ? ", waiting for a second person"
                                                                  : "",
                                                taken->reason);
        put_fact(page, i == 0 ? "decided" : "", text);
    }
}

static void put_notices(SgPage *page, const SgSubject *subject, const SgIncident *incident)
{
    for (guint i = 0; i < incident->notices->len; i++) {
        const SgNotice *notice = incident->notices->pdata[i];
        if (!sg_subject_is(subject, notice->to))
            continue;
        g_autofree char *text = g_strdup_printf("%s (%s)", sg_notice_kind_names[notice->kind],
                                                sg_outbox_state_names[notice->state]);
        put_fact(page, "told them", text);
    }
}

static void put_traces(SgPage *page, const SgSubject *subject, const SgIncident *incident)
{
    GTimeZone *zone = sg_policy_zone(subject->config->policy);
    const char *what = "on the trail";

    for (guint i = 0; i < subject->traces->len; i++) {
        const SgTrace *trace = subject->traces->pdata[i];
        if (!g_str_equal(trace->incident, incident->id))
            continue;
        g_autofree char *at = sg_when_local(trace->at, zone);
        g_autofree char *text = g_strdup_printf("%s, %s by the %s", at, trace->action, trace->role);
        put_fact(page, what, text);
        what = "";
    }
}

static void put_incident(SgPage *page, const SgSubject *subject, const SgIncident *incident)
{
    g_autofree char *kept = sg_subject_kept(subject, incident);

    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_STRONG, "%s: ", incident->id);
    put_text(page, sg_action_style(incident->action), sg_state_names[incident->state]);
    put_envelope(page, subject, incident);
    if (incident->judged != SG_JUDGED_OPEN)
        put_fact(page, "found to be", sg_judged_names[incident->judged]);
    sg_findings_put(page, incident->findings);
    if (incident->reply && *incident->reply) {
        put_text(page, SG_STYLE_DIM, "  the sender was told");
        sg_page_lines(page, SG_STYLE_PLAIN, "      ", incident->reply);
    }
    put_decisions(page, subject, incident);
    put_notices(page, subject, incident);
    put_traces(page, subject, incident);
    for (guint i = 0; i < subject->messages->len; i++)
        if (g_str_equal(subject->messages->pdata[i], incident->id))
            put_fact(page, "message", "written beside this, as it was held");
    put_fact(page, "kept", kept);
}

/* Who decided so is told by role. */
static void put_exemption(SgPage *page, const SgSubject *subject, const SgExemption *exemption)
{
    GTimeZone *zone = sg_policy_zone(subject->config->policy);
    g_autofree char *created = sg_when_local(exemption->created, zone);
    g_autofree char *until = sg_when_local(exemption->what.until, zone);
    g_autofree char *by = g_strdup_printf("%s by the %s", created, exemption->role);

    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_STRONG, "Their mail is exempt from rule %s: %s",
                   exemption->what.rule,
                   sg_exemption_state_names[sg_exemption_state(exemption, subject->config->policy,
                                                               subject->made)]);
    sg_page_end_line(page);
    put_fact(page, "address", exemption->what.value);
    put_fact(page, "since", by);
    put_fact(page, "until", until);
    put_fact(page, "reason", exemption->reason);
    put_fact(page, "ended for", exemption->ended_reason);
}

char *sg_subject_text(const SgSubject *subject)
{
    g_autoptr(SgPage) page = sg_page_new();

    put_head(page, subject);
    for (guint i = 0; i < subject->addresses->len; i++)
        put_person(page, subject, subject->addresses->pdata[i]);
    put_left_out(page, subject);
    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_STRONG, "Incidents on record: %u", subject->incidents->len);
    sg_page_end_line(page);
    for (guint i = 0; i < subject->incidents->len; i++)
        put_incident(page, subject, subject->incidents->pdata[i]);
    for (guint i = 0; i < subject->exemptions->len; i++)
        put_exemption(page, subject, subject->exemptions->pdata[i]);
    return g_strdup(page->text->str);
}
