/* sender.h - hands one message to the mail server, by its sendmail command or by SMTP
 *
 * A message is handed over whole, to all its recipients, or not at all. One thread at a time. */
#pragma once

#include "schoolgate/errand.h"
#include "schoolgate/notice.h"

typedef enum {
    SG_HANDED_OVER,    /* the mail server has taken it */
    SG_HANDED_LATER,   /* it has not; it may, later */
    SG_HANDED_REFUSED, /* it has not, and never will */
    SG_HANDED_CUT,     /* it has not heard of it: we were told to stop */
} SgHandedHow;

typedef struct SgHanded {
    SgHandedHow how;
    char *words; /* of the mail server, or of what is wrong, on one line; never NULL */
} SgHanded;
void sg_handed_clear(SgHanded *handed);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgHanded, sg_handed_clear)

/* One way of handing over. */
typedef struct SgSendingWay {
    /* Touches no network yet. `errands` and `stop` as of sg_sender_new(). */
    gpointer (*open)(const SgCourierSettings *settings, int errands, int stop);
    SgHanded (*send)(gpointer way, const SgMail *mail);
    void (*close)(gpointer way);
} SgSendingWay;
extern const SgSendingWay sg_sending_by_command;
extern const SgSendingWay sg_sending_by_smtp;

typedef struct SgSender SgSender;

/* `errands`: where the command is to be run for us, sg_errands_file(), or -1 to run it from here.
 * Once `stop` can be read from, a mail server that does not let us begin is waited for no longer;
 * what has begun goes on. -1: there is no such file. */
SgSender *sg_sender_new(const SgCourierSettings *settings, int errands, int stop);
void sg_sender_free(SgSender *sender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgSender, sg_sender_free)

/* Clear the result with sg_handed_clear(). An address that a mail server could take for anything
 * else is refused here. */
SgHanded sg_sender_send(SgSender *sender, const SgMail *mail);

/* Whether no mail server can take `address` for anything but one address, or "" for nobody. */
gboolean sg_sender_may_name(const char *address);

/* How long a mail server may take over one message; seconds. Tests make it shorter. */
extern guint sg_sender_patience;

/* The whole message, each line ended by `eol`. Free with g_bytes_unref(). */
GBytes *sg_mail_with_lines(const SgMail *mail, const char *eol);
/* What a server or a command has said, on one line, shortened. Free with g_free(). */
char *sg_handed_words(const char *said, gsize size);
