/* notice.c - makes a mail of a notice: its letter, and the headers of what nobody answers. */
#include "schoolgate/notice.h"

#include "schoolgate/compose.h"
#include "texts_internal.h"

void sg_mail_free(SgMail *mail)
{
    if (!mail)
        return;
    g_free(mail->from);
    g_strfreev(mail->to);
    g_clear_pointer(&mail->before, g_bytes_unref);
    g_clear_pointer(&mail->bytes, g_bytes_unref);
    g_free(mail);
}

SgLetterText sg_facts_letter_text(const SgNoticeFacts *facts)
{
    const SgLetterKind *kind = sg_facts_letter(facts);
    g_autoptr(SgTemplate) template = sg_letter_template(facts->config, kind);
    g_autoptr(SgValues) values = sg_facts_values(facts);

    return sg_template_fill(template, values);
}

/* Made of what the item is, so that the same item is the same message, sent once or twice. */
static char *message_id(const SgNoticeFacts *facts)
{
    const SgOutboxItem *item = facts->item;
    const char *at = strrchr(facts->config->courier.from, '@');
    const char *what = item->incident ? item->incident : item->rule ? item->rule : item->day;
    g_autofree char *word = g_strdup(what ? what : "notice");

    g_strcanon(word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._", '-');
    return g_strdup_printf("<%" G_GINT64_FORMAT ".%s@%s>", item->number, word,
                           at ? at + 1 : "schoolgate.invalid");
}

/* Whom the letter says to ask, where that is an address. */
static const char *reply_to(const SgNoticeFacts *facts)
{
    const SgSchool *school = &facts->config->school;

    if (!sg_facts_to_sender(facts))
        return NULL;
    return strchr(school->contact, '@') && !strpbrk(school->contact, " ,;<>") ? school->contact
                                                                              : school->officer;
}

SgMail *sg_notice_mail(const SgNoticeFacts *facts)
{
    const SgOutboxItem *item = facts->item;
    gboolean answers = sg_facts_to_sender(facts);
    g_auto(SgLetterText) text = sg_facts_letter_text(facts);
    g_autofree char *id = message_id(facts);
    const SgDraft draft = {
        .from_name = facts->config->school.name,
        .from = facts->config->courier.from,
        .to = item->to,
        .reply_to = reply_to(facts),
        .subject = text.subject,
        .message_id = id,
        .about = answers && facts->incident ? facts->incident->message_id : NULL,
        .date = facts->now,
        .zone = sg_policy_zone(facts->config->policy),
        .automatic = answers ? SG_AUTO_REPLIED : SG_AUTO_GENERATED,
        .text = text.plain,
        .html = text.html,
        .original = item->kind == SG_NOTICE_RETURN ? facts->message : NULL,
    };
    SgMail *mail = g_new0(SgMail, 1);

    mail->from = g_strdup("");
    mail->to = g_new0(char *, 2);
    mail->to[0] = g_strdup(item->to);
    mail->bytes = sg_compose(&draft);
    return mail;
}
