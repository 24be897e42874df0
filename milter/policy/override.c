/* override.c - finds the sender's own words that a message is school business. */
#include "policy_internal.h"

#define WORD         "school-business:"
#define LEAST_REASON 3 /* letters or digits: "x" is no reason */
#define LONGEST      300

/* The reason behind the word, trimmed and shortened; NULL when nothing sensible stands there. */
static char *reason_after(const char *text, gsize len)
{
    g_autofree char *line = g_strndup(text, MIN(len, LONGEST));
    const char *end = NULL;
    guint letters = 0;

    g_utf8_validate(line, -1, &end);
    line[end - line] = '\0'; /* a cut character at the limit */
    g_strstrip(line);
    for (const char *c = line; *c; c = g_utf8_next_char(c))
        letters += g_unichar_isalnum(g_utf8_get_char(c)) ? 1 : 0;
    return letters >= LEAST_REASON ? g_steal_pointer(&line) : NULL;
}

static char *reason_in_line(const char *text, gsize len)
{
    if (len < strlen(WORD) || g_ascii_strncasecmp(text, WORD, strlen(WORD)) != 0)
        return NULL;
    return reason_after(text + strlen(WORD), len - strlen(WORD));
}

static char *reason_in_body(SgMessage *message)
{
    const GPtrArray *texts = sg_message_texts(message);

    for (guint i = 0; i < texts->len; i++) {
        const SgText *text = texts->pdata[i];
        if (sg_text_kind(text) != SG_TEXT_BODY)
            continue;
        SgSpan span = sg_text_form(text, SG_FORM_READABLE);
        while (span.len > 0 && g_ascii_isspace(*span.at))
            span = (SgSpan){span.at + 1, span.len - 1};
        const char *stop = span.len > 0 ? memchr(span.at, '\n', span.len) : NULL;
        char *reason = reason_in_line(span.at, stop ? (gsize)(stop - span.at) : span.len);
        if (reason)
            return reason;
    }
    return NULL;
}

/* `[School-business: why]` anywhere in the subject. */
static char *reason_in_subject(const char *subject)
{
    for (const char *open = strchr(subject, '['); open; open = strchr(open + 1, '[')) {
        const char *close = strchr(open, ']');
        char *reason = close ? reason_in_line(open + 1, (gsize)(close - open - 1)) : NULL;
        if (reason)
            return reason;
    }
    return NULL;
}

char *sg_override_reason(SgMessage *message)
{
    const char *header = sg_message_header(message, "School-Business");
    const char *subject = sg_message_header(message, "Subject");
    char *reason = header ? reason_after(header, strlen(header)) : NULL;

    if (!reason && subject)
        reason = reason_in_subject(subject);
    return reason ? reason : reason_in_body(message);
}
