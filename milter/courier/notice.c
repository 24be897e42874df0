/* notice.c - words a notice */
#include "schoolgate/notice.h"

#include <string.h>

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

SgMail *sg_notice_mail(const SgNoticeFacts *facts)
{
    const SgOutboxItem *item = facts->item;
    SgMail *mail = g_new0(SgMail, 1);
    char *text =
        g_strdup_printf("From: <%s>\r\nTo: <%s>\r\nSubject: %s %s\r\n"
                        "Auto-Submitted: auto-generated\r\n\r\n%s %s\r\n",
                        facts->config->courier.from, item->to, sg_notice_kind_names[item->kind],
                        item->incident, sg_notice_kind_names[item->kind], item->incident);

    mail->from = g_strdup("");
    mail->to = g_new0(char *, 2);
    mail->to[0] = g_strdup(item->to);
    mail->bytes = g_bytes_new_take(text, strlen(text));
    return mail;
}
