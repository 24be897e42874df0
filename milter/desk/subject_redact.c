/* subject_redact.c - replaces other people's addresses by their roles, wherever they stand. What is
 * not written as an address is not found: a name, a nickname, a picture. */
#include <string.h>

#include "schoolgate/review.h"
#include "subject.h"

typedef struct Redaction {
    const SgSubject *subject;
    gint64 when;
    GRegex *addresses;
} Redaction;

static char *role_of(const Redaction *redaction, const char *address)
{
    g_autoptr(SgParty) party =
        sg_people_party(redaction->subject->config->people, address, redaction->when);

    return g_strdup_printf("[%s]", party->role_name);
}

static gboolean replace(const GMatchInfo *match, GString *result, gpointer data)
{
    const Redaction *redaction = data;
    g_autofree char *address = g_match_info_fetch(match, 0);

    if (sg_subject_is(redaction->subject, address)) {
        g_string_append(result, address);
        return FALSE;
    }
    g_autofree char *role = role_of(redaction, address);
    g_string_append(result, role);
    return FALSE;
}

/* Whatever stands around an @: rather too much than too little. An address begins where a word
 * does, so that no text, however long, is walked through more than once. */
#define EDGE "\\s<>()\\[\\],;:\""
static const char addresses[] = "(?:\"[^\"]{1,64}\"|(?<![^" EDGE "'])[^" EDGE "'@][^" EDGE "@]*+)"
                                "@[^" EDGE "'@]+";

/* Takes the place of `*text`; NULL stays. */
static void redact_text(Redaction *redaction, char **text)
{
    if (!*text)
        return;
    g_autofree char *valid = g_utf8_make_valid(*text, -1);

    g_free(*text);
    *text = g_regex_replace_eval(redaction->addresses, valid, -1, 0, 0, replace, redaction, NULL);
    if (!*text)
        *text = g_strdup("[left out]");
}

static gboolean is_other(const Redaction *redaction, const char *address)
{
    return *address && !sg_subject_is(redaction->subject, address);
}

static void redact_address(Redaction *redaction, char **address, const char *role)
{
    if (!*address || !is_other(redaction, *address))
        return;
    char *instead = role ? g_strdup_printf("[%s]", role) : role_of(redaction, *address);
    g_free(*address);
    *address = instead;
}

/* An address may reach over the edge of what was matched: then nothing is marked. */
static void redact_hit(Redaction *redaction, SgSignalHit *hit)
{
    g_autofree char *before = NULL, *match = NULL;
    gsize length;

    redact_text(redaction, &hit->where);
    if (!hit->excerpt)
        return;
    length = strlen(hit->excerpt);
    gsize to = MIN(hit->excerpt_to, length), from = MIN(hit->excerpt_from, to);
    before = g_strndup(hit->excerpt, from);
    match = g_strndup(hit->excerpt + from, to - from);
    redact_text(redaction, &hit->excerpt);
    redact_text(redaction, &before);
    redact_text(redaction, &match);
    hit->excerpt_from = strlen(before);
    hit->excerpt_to = hit->excerpt_from + strlen(match);
    if (!g_str_has_prefix(hit->excerpt, before) ||
        !g_str_has_prefix(hit->excerpt + hit->excerpt_from, match))
        hit->excerpt_from = hit->excerpt_to = 0;
}

static void redact_findings(Redaction *redaction, const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        SgFinding *finding = findings->pdata[i];
        redact_text(redaction, &finding->override_reason);
        for (guint j = 0; j < finding->signals->len; j++)
            redact_hit(redaction, finding->signals->pdata[j]);
    }
}

/* What belongs to whoever sent it, if that is somebody else. */
static void redact_sender(Redaction *redaction, SgIncident *incident)
{
    if (!is_other(redaction, incident->sender) &&
        (!incident->login || !is_other(redaction, incident->login)))
        return;
    redact_address(redaction, &incident->sender, incident->sender_role);
    redact_address(redaction, &incident->login, incident->sender_role);
    g_clear_pointer(&incident->client, g_free);
    g_clear_pointer(&incident->message_id, g_free);
}

void sg_subject_redact(const SgSubject *subject, SgIncident *incident)
{
    g_autoptr(GRegex) regex = g_regex_new(addresses, 0, 0, NULL);
    Redaction redaction = {.subject = subject, .when = incident->at, .addresses = regex};

    redact_sender(&redaction, incident);
    for (guint i = 0; i < incident->recipients->len; i++) {
        SgIncidentRecipient *recipient = incident->recipients->pdata[i];
        redact_address(&redaction, &recipient->address, recipient->role);
    }
    for (guint i = 0; i < incident->copies->len; i++)
        redact_address(&redaction, &((SgCopy *)incident->copies->pdata[i])->address, NULL);
    redact_address(&redaction, &incident->return_to, NULL);
    redact_text(&redaction, &incident->subject);
    redact_text(&redaction, &incident->reply);
    redact_findings(&redaction, incident->findings);
    for (guint i = 0; i < incident->decisions->len; i++) {
        SgTaken *taken = incident->decisions->pdata[i];
        redact_text(&redaction, &taken->reason);
        for (char **address = taken->recipients; address && *address; address++)
            redact_address(&redaction, address, NULL);
    }
}

void sg_subject_redact_text(const SgSubject *subject, char **text, gint64 when)
{
    g_autoptr(GRegex) regex = g_regex_new(addresses, 0, 0, NULL);
    Redaction redaction = {.subject = subject, .when = when, .addresses = regex};

    redact_text(&redaction, text);
}
