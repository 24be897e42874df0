/* subject.c - see subject.h: whose addresses they are, and what is found by them */
#include "subject.h"

#include <string.h>

#include "schoolgate/review.h"
#include "schoolgate/when.h"

SgSubject *sg_subject_new(const SgConfig *config, gint64 made)
{
    SgSubject *subject = g_new0(SgSubject, 1);

    subject->config = config;
    subject->made = made;
    subject->addresses = g_ptr_array_new_with_free_func(g_free);
    subject->left_out = g_ptr_array_new_with_free_func(g_free);
    subject->mailboxes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    subject->messages = g_ptr_array_new_with_free_func(g_free);
    return subject;
}

void sg_subject_free(SgSubject *subject)
{
    if (!subject)
        return;
    g_ptr_array_unref(subject->addresses);
    g_ptr_array_unref(subject->left_out);
    g_hash_table_unref(subject->mailboxes);
    g_clear_pointer(&subject->incidents, g_ptr_array_unref);
    g_clear_pointer(&subject->traces, g_ptr_array_unref);
    g_clear_pointer(&subject->exemptions, g_ptr_array_unref);
    g_ptr_array_unref(subject->messages);
    g_free(subject);
}

static void add_address(SgSubject *subject, const char *address)
{
    char *mailbox = sg_people_mailbox(subject->config->people, address);

    if (g_hash_table_add(subject->mailboxes, mailbox))
        g_ptr_array_add(subject->addresses, g_strdup(mailbox));
    for (guint i = subject->left_out->len; i > 0; i--)
        if (sg_subject_is(subject, subject->left_out->pdata[i - 1]))
            g_ptr_array_remove_index(subject->left_out, i - 1);
}

gboolean sg_subject_add(SgSubject *subject, const char *address, gboolean personal)
{
    g_autofree char *normal = sg_address_normal(address);
    g_auto(GStrv) others = sg_people_personal(subject->config->people, address);
    const char *at = strrchr(normal, '@');

    if (!at || at[1] == '\0' || strchr(at, '"'))
        return FALSE;
    add_address(subject, address);
    for (char **other = others; *other; other++) {
        if (personal)
            add_address(subject, *other);
        else if (!sg_subject_is(subject, *other))
            g_ptr_array_add(subject->left_out, g_strdup(*other));
    }
    return TRUE;
}

/* A login may lack its domain. */
gboolean sg_subject_is(const SgSubject *subject, const char *address)
{
    const char *domain = subject->config->gate.login_domain;
    g_autofree char *whole =
        strchr(address, '@') || !domain ? NULL : g_strconcat(address, "@", domain, NULL);
    g_autofree char *mailbox = sg_people_mailbox(subject->config->people, whole ? whole : address);

    return g_hash_table_contains(subject->mailboxes, mailbox);
}

static gboolean is_theirs(const char *address, gpointer subject)
{
    return sg_subject_is(subject, address);
}

/* By a group or a phrase nobody is named. */
static gboolean is_about_them(const SgSubject *subject, const SgExemption *exemption)
{
    return exemption->what.kind == SG_EXEMPT_SENDER &&
           sg_subject_is(subject, exemption->what.value);
}

static gboolean read_exemptions(SgSubject *subject, SgRecord *record, GError **error)
{
    GPtrArray *all = sg_record_exemptions(record, SG_EXEMPTIONS_ALL, subject->made, error);

    for (guint i = all ? all->len : 0; i > 0; i--) {
        SgExemption *exemption = all->pdata[i - 1];

        if (!is_about_them(subject, exemption)) {
            g_ptr_array_remove_index(all, i - 1);
        } else if (subject->redact) {
            sg_subject_redact_text(subject, &exemption->reason, exemption->created);
            sg_subject_redact_text(subject, &exemption->ended_reason, exemption->created);
        }
    }
    subject->exemptions = all;
    return all != NULL;
}

gboolean sg_subject_read(SgSubject *subject, SgRecord *record, GError **error)
{
    subject->incidents = sg_record_concerning(record, is_theirs, subject, error);
    if (!subject->incidents)
        return FALSE;
    subject->traces = sg_record_traces(record, subject->incidents, error);
    for (guint i = 0; subject->redact && i < subject->incidents->len; i++)
        sg_subject_redact(subject, subject->incidents->pdata[i]);
    return subject->traces != NULL && read_exemptions(subject, record, error);
}

char *sg_subject_part(const SgSubject *subject, const SgIncident *incident)
{
    gboolean sender = sg_subject_is(subject, incident->sender) ||
                      (incident->login && sg_subject_is(subject, incident->login));

    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];
        if (sg_subject_is(subject, recipient->address))
            return g_strdup(sender ? "sender and recipient" : "recipient");
    }
    return g_strdup("sender");
}

/* `until 2026-09-20 (90 days)` */
static char *until(const SgSubject *subject, const SgIncident *incident, gint64 seconds)
{
    gint64 from = MAX(incident->at, incident->settled), days = seconds / (24 * 60 * 60);
    g_autofree char *when = sg_when_local(from + seconds, sg_policy_zone(subject->config->policy));
    g_autofree char *day = g_strndup(when, strlen("2026-09-20"));

    return g_strdup_printf("until %s (%" G_GINT64_FORMAT " day%s)", day, days,
                           days == 1 ? "" : "s");
}

static char *kept_undecided(const SgRetention *retention, const SgIncident *incident)
{
    gint64 days = retention->undecided / (24 * 60 * 60);

    return g_strdup_printf(
        "until somebody decides; %s when nobody has for %" G_GINT64_FORMAT " days",
        incident->return_to && *incident->return_to ? "it goes back to its sender"
                                                    : "the officer is told again",
        days);
}

/* In words what a purge goes by. */
char *sg_subject_kept(const SgSubject *subject, const SgIncident *incident)
{
    const SgRetention *retention = &subject->config->retention;

    if (incident->legal_hold || retention->legal_hold)
        return g_strdup("until a legal hold ends");
    if (incident->state == SG_STATE_PASSED || incident->state == SG_STATE_REFUSED)
        return until(subject, incident, retention->log);
    if (incident->settled == 0)
        return kept_undecided(retention, incident);
    if (incident->judged == SG_JUDGED_NOT_A_BREACH)
        return until(subject, incident, retention->log);
    g_autofree char *whole = until(subject, incident, retention->upheld);
    g_autofree char *text = until(subject, incident, retention->released);
    if (incident->state == SG_STATE_RELEASED || incident->state == SG_STATE_RETURNED)
        return g_strdup_printf("%s; the text of the message %s", whole, text);
    return g_steal_pointer(&whole);
}
