/* sender.c - what the two ways of handing over a message have in common; see sender.h. */
#include "schoolgate/sender.h"

#include <string.h>

#define WORDS_MOST 300

guint sg_sender_patience = 5 * 60;

static const SgSendingWay *const ways[] = {
    [SG_SEND_BY_COMMAND] = &sg_sending_by_command,
    [SG_SEND_BY_SMTP] = &sg_sending_by_smtp,
};

struct SgSender {
    const SgSendingWay *way;
    gpointer open;
};

SgSender *sg_sender_new(const SgCourierSettings *settings, int errands, int stop)
{
    SgSender *sender = g_new0(SgSender, 1);

    sender->way = ways[settings->send_by];
    sender->open = sender->way->open(settings, errands, stop);
    return sender;
}

void sg_sender_free(SgSender *sender)
{
    if (!sender)
        return;
    sender->way->close(sender->open);
    g_free(sender);
}

void sg_handed_clear(SgHanded *handed)
{
    g_clear_pointer(&handed->words, g_free);
}

static gboolean are_safe(const SgMail *mail)
{
    if (!sg_sender_may_name(mail->from) || !mail->to[0])
        return FALSE;
    for (char **to = mail->to; *to; to++)
        if (!**to || !sg_sender_may_name(*to))
            return FALSE;
    return TRUE;
}

SgHanded sg_sender_send(SgSender *sender, const SgMail *mail)
{
    if (!are_safe(mail))
        return (SgHanded){SG_HANDED_REFUSED, g_strdup("an address is not fit to be handed over")};
    return sender->way->send(sender->open, mail);
}

static void append_lines(GByteArray *out, GBytes *bytes, const char *eol)
{
    gsize size = 0;
    const guint8 *at = g_bytes_get_data(bytes, &size);
    const guint8 *end = size > 0 ? at + size : at;

    while (at < end) {
        const guint8 *lf = memchr(at, '\n', (gsize)(end - at));
        gsize len = (gsize)((lf ? lf : end) - at);

        if (lf && len > 0 && at[len - 1] == '\r')
            len--;
        g_byte_array_append(out, at, (guint)len);
        if (lf)
            g_byte_array_append(out, (const guint8 *)eol, (guint)strlen(eol));
        at = lf ? lf + 1 : end;
    }
}

GBytes *sg_mail_with_lines(const SgMail *mail, const char *eol)
{
    GByteArray *out = g_byte_array_new();

    if (mail->before)
        append_lines(out, mail->before, eol);
    append_lines(out, mail->bytes, eol);
    return g_byte_array_free_to_bytes(out);
}

char *sg_handed_words(const char *said, gsize size)
{
    GString *words = g_string_new(NULL);
    g_autofree char *valid = g_utf8_make_valid(said, (gssize)size);

    for (const char *c = valid; *c && words->len < WORDS_MOST; c = g_utf8_next_char(c)) {
        gunichar one = g_utf8_get_char(c);
        gboolean blank = one <= ' ' || one == 0x7f;

        if (!blank)
            g_string_append_unichar(words, one);
        else if (words->len > 0 && words->str[words->len - 1] != ' ')
            g_string_append_c(words, ' ');
    }
    return g_strchomp(g_string_free(words, FALSE));
}
