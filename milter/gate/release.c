/* release.c - checks and spends the token of what the courier sends; see release.h. */
#include "release.h"

#include "gate_internal.h"
#include "schoolgate/audit.h"
#include "schoolgate/log.h"
#include "schoolgate/outbox.h"
#include "schoolgate/token.h"

static SgReleaseFinding cannot_tell(const char *queue_id, const GError *error)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_QUEUE, queue_id);
    sg_log_line_say(line, "message deferred, for its token cannot be checked: %s", error->message);
    sg_log_line_send(line, LOG_ERR);
    return SG_RELEASE_UNKNOWN;
}

/* `incident` is NULL for a token that we did not sign. What cannot be put on the trail is at least
 * in the log: the message is judged all the same. */
static SgReleaseFinding refuse(SgRecord *record, const char *incident, const char *queue_id,
                               const char *why, gint64 now)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();
    g_autofree char *detail =
        g_strdup_printf("the token is %s; queue %s", why, queue_id ? queue_id : "-");
    g_autoptr(GError) error = NULL;
    SgAuditEntry entry = {.at = now,
                          .actor = "schoolgate",
                          .role = "schoolgate",
                          .action = "token-refused",
                          .incident = incident,
                          .detail = detail};

    sg_log_line_text(line, SG_FIELD_ID, incident);
    sg_log_line_text(line, SG_FIELD_QUEUE, queue_id);
    sg_log_line_text(line, SG_FIELD_TOKEN, why);
    sg_log_line_send(line, LOG_WARNING);
    if (!sg_record_audit(record, &entry, &error))
        sg_log(LOG_ERR, "%s", error->message);
    return SG_RELEASE_NONE;
}

static SgTokenFinding check(const SgLetter *letter, GBytes *raw, GBytes *secret, gint64 now,
                            SgToken *token)
{
    g_autoptr(GPtrArray) recipients = g_ptr_array_new();
    const GPtrArray *given = letter->envelope->recipients;
    gsize size = 0, before = letter->intake->header_size + 2; /* with the empty line */
    const char *bytes = g_bytes_get_data(raw, &size);

    for (guint i = 0; i < given->len; i++)
        g_ptr_array_add(recipients, given->pdata[i]);
    g_ptr_array_add(recipients, NULL);
    SgTokenOf of = {.sender = letter->envelope->sender,
                    .recipients = (const char *const *)recipients->pdata,
                    .body = bytes + MIN(before, size),
                    .body_size = size - MIN(before, size)};

    return sg_token_check(secret, letter->intake->token, &of, now, token);
}

/* Of a notice the courier has said all there is to say. */
static SgReleaseFinding let_pass(const SgLetter *letter, const SgToken *token, const char *queue_id)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();

    if (letter->envelope->parties->bounce)
        return SG_RELEASE_GENUINE;
    sg_log_line_text(line, SG_FIELD_ID, token->incident);
    sg_log_line_text(line, SG_FIELD_QUEUE, queue_id);
    sg_log_line_text(line, SG_FIELD_STATE, "released-through");
    sg_log_line_send(line, LOG_NOTICE);
    return SG_RELEASE_GENUINE;
}

SgReleaseFinding sg_release_check(const SgLetter *letter, GBytes *raw, const char *queue_id,
                                  gint64 now)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) secret = NULL;
    g_auto(SgToken) token = {0};
    SgRecord *record;
    SgTokenFinding finding;
    gboolean first = FALSE;

    if (!letter->intake->token)
        return SG_RELEASE_NONE;
    record = sg_store_record(sg_gate_store(), &error);
    if (record)
        secret = sg_record_secret(record, SG_TOKEN_SECRET, &error);
    if (!secret)
        return cannot_tell(queue_id, error);
    finding = check(letter, raw, secret, now, &token);
    if (finding != SG_TOKEN_GENUINE)
        return refuse(record, token.incident, queue_id, sg_token_finding_words[finding], now);
    if (!sg_record_spend_token(record, token.nonce, token.expires, &first, &error))
        return cannot_tell(queue_id, error);
    if (!first)
        return refuse(record, token.incident, queue_id, "used already", now);
    return let_pass(letter, &token, queue_id);
}

GPtrArray *sg_release_headers(const SgIntake *intake)
{
    GPtrArray *tokens = g_ptr_array_new();

    for (guint i = 0; i < intake->foreign->len; i++)
        if (g_ascii_strcasecmp(intake->foreign->pdata[i], SG_TOKEN_HEADER) == 0)
            g_ptr_array_add(tokens, intake->foreign->pdata[i]);
    return tokens;
}

gboolean sg_release_may_follow(const SgEnvelope *envelope)
{
    const char *recipient = envelope->addresses->pdata[envelope->addresses->len - 1];
    SgRecord *record = sg_store_record(sg_gate_store(), NULL);
    gboolean has = FALSE;

    return record && sg_record_has_released(record, envelope->sender, recipient, &has, NULL) && has;
}
