/* address.c - mailboxes of a header such as From or To
 *
 * RFC 5322 with its obsolete forms and with what senders write instead. Nothing recurses: comments
 * are counted, groups are flat. */
#include "mail_internal.h"

typedef struct Mailbox {
    GString *phrase;  /* words before the address, quotes undone */
    GString *written; /* the same with quotes: the address, when there are no angle brackets */
    GString *comment;
    GString *address;
    gboolean angle;
    SgAddressFound found;
    gpointer data;
} Mailbox;

static void clear(Mailbox *mailbox)
{
    g_string_truncate(mailbox->phrase, 0);
    g_string_truncate(mailbox->written, 0);
    g_string_truncate(mailbox->comment, 0);
    g_string_truncate(mailbox->address, 0);
    mailbox->angle = FALSE;
}

static char *decoded_or_null(const GString *name)
{
    char *decoded = sg_header_decode(name->str);

    if (*decoded)
        return decoded;
    g_free(decoded);
    return NULL;
}

/* Without angle brackets the address is the last word with an `@`; what precedes it is a name. */
static void take_bare_address(Mailbox *mailbox)
{
    char *last;
    gsize before;

    g_strchomp(mailbox->written->str);
    last = strrchr(mailbox->written->str, ' ');
    last = last && strchr(last, '@') ? last + 1 : mailbox->written->str;
    if (!strchr(last, '@'))
        return;
    g_string_assign(mailbox->address, last);
    before = (gsize)(last - mailbox->written->str);
    g_string_truncate(mailbox->phrase, MIN(before, mailbox->phrase->len));
}

static void finish(Mailbox *mailbox)
{
    g_autofree char *name = NULL;

    if (!mailbox->angle)
        take_bare_address(mailbox);
    name = decoded_or_null(mailbox->phrase);
    if (!name)
        name = decoded_or_null(mailbox->comment);
    if (mailbox->address->len > 0) {
        g_autoptr(GString) valid = g_string_new(NULL);
        sg_utf8_append_valid(valid, (SgSpan){mailbox->address->str, mailbox->address->len});
        mailbox->found(name, valid->str, mailbox->data);
    } else if (name) {
        mailbox->found(name, NULL, mailbox->data);
    }
    clear(mailbox);
}

static const char *read_quoted(const char *at, Mailbox *mailbox)
{
    g_string_append_c(mailbox->written, '"');
    for (; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1])
            g_string_append_c(mailbox->written, *at++);
        g_string_append_c(mailbox->phrase, *at);
        g_string_append_c(mailbox->written, *at);
    }
    g_string_append_c(mailbox->written, '"');
    return *at ? at + 1 : at;
}

static const char *read_comment(const char *at, Mailbox *mailbox)
{
    for (int depth = 1; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            return at + 1;
        g_string_append_c(mailbox->comment, *at);
    }
    return at;
}

static const char *read_angle(const char *at, Mailbox *mailbox)
{
    const char *route;

    if (mailbox->angle)
        finish(mailbox);
    mailbox->angle = TRUE;
    for (; *at && *at != '>' && *at != ','; at++) {
        if (!g_ascii_isspace(*at))
            g_string_append_c(mailbox->address, *at);
    }
    route = mailbox->address->str[0] == '@' ? strrchr(mailbox->address->str, ':') : NULL;
    if (route)
        g_string_erase(mailbox->address, 0, route + 1 - mailbox->address->str);
    return *at == '>' ? at + 1 : at;
}

static void end_group_name(Mailbox *mailbox)
{
    g_autofree char *name = decoded_or_null(mailbox->phrase);

    if (name)
        mailbox->found(name, NULL, mailbox->data);
    clear(mailbox);
}

static const char *read_step(const char *at, Mailbox *mailbox)
{
    switch (*at) {
    case '"':
        return read_quoted(at + 1, mailbox);
    case '(':
        return read_comment(at + 1, mailbox);
    case '<':
        return read_angle(at + 1, mailbox);
    case ',':
    case ';':
        finish(mailbox);
        return at + 1;
    case ':':
        end_group_name(mailbox);
        return at + 1;
    default:
        if (mailbox->phrase->len > 0 || !g_ascii_isspace(*at)) {
            g_string_append_c(mailbox->phrase, *at);
            g_string_append_c(mailbox->written, *at);
        }
        return at + 1;
    }
}

void sg_addresses_parse(const char *raw, SgAddressFound found, gpointer data)
{
    g_autofree char *line = sg_value_unfold(sg_span(raw));
    Mailbox mailbox = {g_string_new(NULL),
                       g_string_new(NULL),
                       g_string_new(NULL),
                       g_string_new(NULL),
                       FALSE,
                       found,
                       data};

    for (const char *at = line; *at;)
        at = read_step(at, &mailbox);
    finish(&mailbox);
    g_string_free(mailbox.phrase, TRUE);
    g_string_free(mailbox.written, TRUE);
    g_string_free(mailbox.comment, TRUE);
    g_string_free(mailbox.address, TRUE);
}
