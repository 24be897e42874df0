/* outgoing.c - makes the mail that an item of the outbox asks for: a held message as it was, or a
 * notice, with a token put in front. A notice's words are in notice.c. */
#include "outgoing.h"

#include "schoolgate/token.h"

#include <openssl/rand.h>
#include <string.h>

#define DAY ((gint64)24 * 60 * 60)

/* The body, behind the first empty line. */
static void find_body(GBytes *message, SgTokenOf *of)
{
    gsize size = 0;
    const char *begin = g_bytes_get_data(message, &size);
    const char *end = begin + size;

    of->body = end;
    for (const char *line = begin; line < end;) {
        const char *lf = memchr(line, '\n', (gsize)(end - line));

        if (!lf)
            break;
        if (lf == line || (lf == line + 1 && *line == '\r')) {
            of->body = lf + 1;
            break;
        }
        line = lf + 1;
    }
    of->body_size = (gsize)(end - (const char *)of->body);
}

/* Each attempt has its own: one that the mail server took all the same has not spent the next. */
static char *new_nonce(const SgOutboxItem *item)
{
    guint8 random[8];
    GString *nonce = g_string_new(NULL);

    g_string_printf(nonce, "%" G_GINT64_FORMAT ".%u.", item->number, item->attempts);
    RAND_bytes(random, sizeof random);
    for (guint i = 0; i < sizeof random; i++)
        g_string_append_printf(nonce, "%02x", random[i]);
    return g_string_free(nonce, FALSE);
}

/* Puts the token before `mail`, of which all else is there. */
static gboolean add_token(SgMail *mail, const SgConfig *config, SgRecord *record,
                          const SgOutboxItem *item, gint64 now, GError **error)
{
    g_autoptr(GBytes) secret = sg_record_secret(record, SG_TOKEN_SECRET, error);
    SgTokenOf of = {.sender = mail->from, .recipients = (const char *const *)mail->to};
    g_auto(SgToken) token = {g_strdup(item->incident ? item->incident : "-"), new_nonce(item),
                             now + config->courier.token_valid};

    if (!secret)
        return FALSE;
    find_body(mail->bytes, &of);
    g_autofree char *value = sg_token_make(secret, &token, &of);
    char *header = g_strdup_printf(SG_TOKEN_HEADER ": %s\r\n", value);
    mail->before = g_bytes_new_take(header, strlen(header));
    return TRUE;
}

/* The addresses are the envelope's that it was held with; what its headers say plays no part. */
static SgMail *release_mail(SgRecord *record, const SgOutboxItem *item, const SgIncident *incident,
                            GError **error)
{
    GBytes *message = sg_record_message(record, item->incident, error);
    SgMail *mail;

    if (!message)
        return NULL;
    mail = g_new0(SgMail, 1);
    mail->from = sg_address_unbracketed(incident->sender);
    mail->to = g_new0(char *, g_strv_length(item->copies) + 1);
    for (guint i = 0; item->copies[i]; i++)
        mail->to[i] = sg_address_unbracketed(item->copies[i]);
    mail->bytes = message;
    return mail;
}

/* What a digest counts, and what it lists. The list is the caller's. */
static gboolean fill_digest(SgRecord *record, SgNoticeFacts *facts, GPtrArray **waiting,
                            GError **error)
{
    SgIncidentFilter held = {.state = SG_STATE_HELD};
    SgOutboxCounts outbox = {0};
    guint64 counts[SG_COUNTS];

    facts->judged_since = facts->now - DAY;
    *waiting = sg_record_list(record, &held, error);
    if (!*waiting || !sg_outbox_counts(record, &outbox, error) ||
        !sg_record_counts(record, facts->judged_since, counts, error))
        return FALSE;
    facts->waiting = *waiting;
    facts->failures = outbox.failed;
    facts->judged = counts[SG_COUNT_JUDGED];
    return TRUE;
}

static gboolean is_about_rule(const SgOutboxItem *item)
{
    return item->kind == SG_NOTICE_DEMOTED || item->kind == SG_NOTICE_IMPRECISE;
}

static SgMail *notice_mail(const SgConfig *config, SgRecord *record, const SgOutboxItem *item,
                           const SgIncident *incident, gint64 now, GError **error)
{
    g_autoptr(GBytes) message = NULL;
    g_autoptr(GPtrArray) demotions = NULL, waiting = NULL;
    SgNoticeFacts facts = {.config = config, .item = item, .incident = incident, .now = now};

    if (item->kind == SG_NOTICE_RETURN) {
        facts.message = message = sg_record_message(record, item->incident, error);
        if (!message)
            return NULL;
    }
    if (is_about_rule(item)) {
        demotions = sg_record_demotions(record, SG_DEMOTIONS_ALL, error);
        if (!demotions)
            return NULL;
        facts.demotion = item->rule ? sg_demotion_of(demotions, item->rule) : NULL;
    }
    if (item->kind == SG_NOTICE_DIGEST && !fill_digest(record, &facts, &waiting, error))
        return NULL;
    return sg_notice_mail(&facts);
}

SgMail *sg_courier_mail(const SgConfig *config, SgRecord *record, const SgOutboxItem *item,
                        gint64 now, GError **error)
{
    g_autoptr(SgIncident) incident = NULL;
    g_autoptr(SgMail) mail = NULL;

    if (item->incident) {
        incident = sg_record_load(record, item->incident, error);
        if (!incident)
            return NULL;
    }
    if (incident && item->kind == SG_NOTICE_RELEASE)
        mail = release_mail(record, item, incident, error);
    else
        mail = notice_mail(config, record, item, incident, now, error);
    if (!mail || !add_token(mail, config, record, item, now, error))
        return NULL;
    return g_steal_pointer(&mail);
}
