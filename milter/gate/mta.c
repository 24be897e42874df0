/* mta.c - the macros of the mail server, and what is different in them. */
#include "mta.h"

#include "schoolgate/people.h"

#include <string.h>

#define HOST      "j"
#define LOGIN     "{auth_authen}"
#define SENDER    "{mail_addr}"
#define RECIPIENT "{rcpt_addr}"
#define LISTENER  "{daemon_name}"
#define VERIFIED  "{verify}"
#define SUBJECT   "{cert_subject}"
#define NAME      "{cn_subject}"
/* Sendmail says it at MAIL, and at no later step by our list; Postfix has none before a recipient.
 */
#define QUEUE_ID "i"

void sg_mta_ask(SMFICTX *ctx)
{
    static const struct {
        int stage;
        const char *names;
    } wanted[] = {
        {SMFIM_CONNECT, HOST},
        {SMFIM_ENVFROM,
         LOGIN " " SENDER " " QUEUE_ID " " LISTENER " " VERIFIED " " SUBJECT " " NAME},
        {SMFIM_ENVRCPT, RECIPIENT},
        {SMFIM_EOM, QUEUE_ID},
    };

    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        smfi_setsymlist(ctx, wanted[i].stage, (char *)wanted[i].names);
}

static const char *macro(SMFICTX *ctx, const char *name)
{
    return smfi_getsymval(ctx, (char *)name);
}

const char *sg_mta_login(SMFICTX *ctx)
{
    return macro(ctx, LOGIN);
}

SgClientMacros sg_mta_client_macros(SMFICTX *ctx)
{
    return (SgClientMacros){
        .daemon_name = macro(ctx, LISTENER),
        .verify = macro(ctx, VERIFIED),
        .cert_subject = macro(ctx, SUBJECT),
        .cn_subject = macro(ctx, NAME),
    };
}

const char *sg_mta_queue_id(SMFICTX *ctx)
{
    return macro(ctx, QUEUE_ID);
}

/* Postfix says the whole address, of $myorigin. Sendmail says of a mailbox on the mail host itself
 * no more than its name. */
static char *completed(SMFICTX *ctx, const char *argument, const char *resolved)
{
    g_autofree char *bare = sg_address_unbracketed(argument);
    const char *whole = macro(ctx, resolved), *host = macro(ctx, HOST);

    if (*bare == '\0' || strchr(bare, '@'))
        return g_strdup(argument);
    if (whole && strchr(whole, '@'))
        return g_strdup(whole);
    return host ? g_strconcat(bare, "@", host, NULL) : g_strdup(argument);
}

char *sg_mta_sender(SMFICTX *ctx, const char *argument)
{
    return completed(ctx, argument, SENDER);
}

char *sg_mta_recipient(SMFICTX *ctx, const char *argument)
{
    return completed(ctx, argument, RECIPIENT);
}
