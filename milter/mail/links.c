/* links.c - addresses of pages in plain text, as mail programs make them clickable. */
#include "mail_internal.h"

#define LINK_MAX 2048

static gboolean is_scheme(char c)
{
    return g_ascii_isalnum(c) || c == '+' || c == '-' || c == '.';
}

static gboolean ends_link(char c)
{
    return (guchar)c <= ' ' || strchr("<>\"`{}|\\^", c);
}

/* Punctuation at the end belongs to the sentence. */
static gsize trimmed_length(SgSpan link)
{
    while (link.len > 0 && strchr(".,;:!?'*_)]", link.at[link.len - 1])) {
        if (link.at[link.len - 1] == ')' && memchr(link.at, '(', link.len))
            break;
        link.len--;
    }
    return link.len;
}

/* Adds the link whose scheme or "www." begins at `start`; returns where it ends. */
static const char *take_link(SgMessage *message, const char *start, const char *end)
{
    SgSpan link = {start, 0};

    while (start + link.len < end && link.len < LINK_MAX && !ends_link(start[link.len]))
        link.len++;
    while (link.len > 0 && start + link.len < end && ((guchar)start[link.len] & 0xc0) == 0x80)
        link.len--; /* cut at a whole character */
    sg_message_add_link(message, (SgSpan){start, trimmed_length(link)});
    return start + MAX(link.len, 1);
}

void sg_links_find(SgMessage *message, SgSpan text)
{
    const char *end = text.at + text.len;
    const char *floor = text.at;

    for (const char *at = text.at;
         at && at < end && (at = memmem(at, (gsize)(end - at), "://", 3));) {
        const char *start = at;

        while (start > floor && at - start < 16 && is_scheme(start[-1]))
            start--;
        floor = at = start < at ? take_link(message, start, end) : at + 3;
    }
    for (const char *at = text.at;
         at && at < end && (at = memmem(at, (gsize)(end - at), "www.", 4));) {
        gboolean fresh = at == text.at || !(is_scheme(at[-1]) || at[-1] == '/' || at[-1] == '@');
        at = fresh ? take_link(message, at, end) : at + 4;
    }
}
