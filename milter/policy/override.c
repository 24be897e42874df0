/* override.c - finds the sender's own words that a message is school business. */
#include "policy_internal.h"
#include "schoolgate/business.h"

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

static char *reason_behind_word(SgSpan words)
{
    gsize len = strlen(SG_BUSINESS_WORD);

    return words.len >= len ? reason_after(words.at + len, words.len - len) : NULL;
}

static char *reason_in_body(SgMessage *message)
{
    const GPtrArray *texts = sg_message_texts(message);

    for (guint i = 0; i < texts->len; i++) {
        const SgText *text = texts->pdata[i];
        char *reason = NULL;

        if (sg_text_kind(text) == SG_TEXT_BODY)
            reason = reason_behind_word(sg_business_line(sg_text_form(text, SG_FORM_READABLE)));
        if (reason)
            return reason;
    }
    return NULL;
}

/* `[School-business: why]` anywhere in the subject. */
static char *reason_in_subject(const char *subject)
{
    SgSpan rest = sg_span(subject);

    for (SgSpan tag; (tag = sg_business_tag(rest)).len > 0;) {
        char *reason = reason_behind_word((SgSpan){tag.at + 1, tag.len - 2});

        if (reason)
            return reason;
        rest = sg_span(tag.at + tag.len);
    }
    return NULL;
}

char *sg_override_reason(SgMessage *message)
{
    const char *header = sg_message_header(message, SG_BUSINESS_HEADER);
    const char *subject = sg_message_header(message, "Subject");
    char *reason = header ? reason_after(header, strlen(header)) : NULL;

    if (!reason && subject)
        reason = reason_in_subject(subject);
    return reason ? reason : reason_in_body(message);
}
