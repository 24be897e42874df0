/* value.c - an incident as a value: made, freed, named, digested. No database here. */
#include "record_internal.h"
#include "schoolgate/review.h"

#include <string.h>

const char *const sg_state_names[] = {"passed",    "refused",   "held",      "held-mta",
                                      "releasing", "released",  "returning", "returned",
                                      "kept",      "discarded", NULL};
const char *const sg_judged_names[] = {"open", "breach", "not-a-breach", NULL};
const char *const sg_notice_kind_names[] = {"please-note", "held",    "alert",    "demoted",
                                            "imprecise",   "release", "released", "return",
                                            "undelivered", "overdue", "digest",   NULL};
const char *const sg_outbox_state_names[] = {"waiting", "sending",   "sent",
                                             "failed",  "withdrawn", NULL};
const char *const sg_count_names[] = {"judged", "passed",   "incidents", "refused",
                                      "held",   "deferred", "unjudged",  NULL};
const char *const sg_finding_kind_names[] = {"rule", "unscannable", NULL};

G_STATIC_ASSERT(G_N_ELEMENTS(sg_state_names) == SG_STATES + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(sg_notice_kind_names) == SG_NOTICES + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(sg_count_names) == SG_COUNTS + 1);

GQuark sg_record_error_quark(void)
{
    return g_quark_from_static_string("sg-record-error");
}

int sg_name_index(const char *const *names, const char *name)
{
    for (int i = 0; name && names[i]; i++)
        if (*names[i] == *name && strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static void recipient_free(void *data)
{
    SgIncidentRecipient *recipient = data;

    if (!recipient)
        return;
    g_free(recipient->address);
    g_free(recipient->role);
    g_free(recipient->personal_of);
    g_free(recipient);
}

static void notice_free(void *data)
{
    SgNotice *notice = data;

    if (!notice)
        return;
    g_free(notice->to);
    g_free(notice->last_words);
    g_free(notice);
}

static void copy_free(void *data)
{
    SgCopy *copy = data;

    if (!copy)
        return;
    g_free(copy->address);
    g_free(copy);
}

void sg_taken_free(SgTaken *taken)
{
    if (!taken)
        return;
    g_free(taken->actor);
    g_free(taken->role);
    g_free(taken->reason);
    g_strfreev(taken->recipients);
    g_free(taken);
}

static void free_taken(void *data)
{
    sg_taken_free(data);
}

SgIncident *sg_incident_new(void)
{
    SgIncident *incident = g_new0(SgIncident, 1);

    incident->recipients = g_ptr_array_new_with_free_func(recipient_free);
    incident->findings = g_ptr_array_new_with_free_func((GDestroyNotify)sg_finding_free);
    incident->copies = g_ptr_array_new_with_free_func(copy_free);
    incident->notices = g_ptr_array_new_with_free_func(notice_free);
    incident->decisions = g_ptr_array_new_with_free_func(free_taken);
    return incident;
}

void sg_incident_free(SgIncident *incident)
{
    if (!incident)
        return;
    g_free(incident->id);
    g_free(incident->queue_id);
    g_free(incident->sender);
    g_free(incident->sender_role);
    g_free(incident->login);
    g_free(incident->client);
    g_free(incident->subject);
    g_free(incident->message_id);
    g_free(incident->reply);
    g_free(incident->digest);
    g_free(incident->duplicate_of);
    g_clear_pointer(&incident->recipients, g_ptr_array_unref);
    g_clear_pointer(&incident->findings, g_ptr_array_unref);
    g_clear_pointer(&incident->message, g_bytes_unref);
    g_clear_pointer(&incident->copies, g_ptr_array_unref);
    g_clear_pointer(&incident->notices, g_ptr_array_unref);
    g_clear_pointer(&incident->decisions, g_ptr_array_unref);
    g_free(incident->return_to);
    g_free(incident);
}

void sg_incident_add_notice(SgIncident *incident, SgNoticeKind kind, const char *to)
{
    SgNotice *notice = g_new0(SgNotice, 1);

    notice->kind = kind;
    notice->to = g_strdup(to);
    g_ptr_array_add(incident->notices, notice);
}

void sg_incident_add_copy(SgIncident *incident, const char *address)
{
    SgCopy *copy = g_new0(SgCopy, 1);

    copy->address = g_strdup(address);
    copy->state = SG_STATE_HELD;
    g_ptr_array_add(incident->copies, copy);
}

const SgCopy *sg_incident_copy(const SgIncident *incident, const char *address)
{
    for (guint i = 0; i < incident->copies->len; i++) {
        const SgCopy *copy = incident->copies->pdata[i];
        if (strcmp(copy->address, address) == 0)
            return copy;
    }
    return NULL;
}

/* Each value is led by its length, so that no two messages digest the same bytes. */
static void digest_value(GChecksum *checksum, const void *bytes, gsize length)
{
    char frame[32];

    g_snprintf(frame, sizeof frame, "%" G_GSIZE_FORMAT ":", length);
    g_checksum_update(checksum, (const guchar *)frame, (gssize)strlen(frame));
    g_checksum_update(checksum, bytes, (gssize)length);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *sg_record_digest(const char *sender, const char *const *recipients, GBytes *message)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();

    for (gsize i = 0; recipients && recipients[i]; i++)
        g_ptr_array_add(sorted, (void *)recipients[i]);
    g_ptr_array_sort(sorted, compare_strings);

    digest_value(checksum, sender ? sender : "", sender ? strlen(sender) : 0);
    for (guint i = 0; i < sorted->len; i++)
        digest_value(checksum, sorted->pdata[i], strlen(sorted->pdata[i]));
    g_checksum_update(checksum, (const guchar *)"/", 1); /* the recipients end here */
    if (message) {
        gsize length;
        const void *bytes = g_bytes_get_data(message, &length);

        digest_value(checksum, bytes, length);
    }
    return g_strdup(g_checksum_get_string(checksum));
}
