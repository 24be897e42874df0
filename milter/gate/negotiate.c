/* negotiate.c - asks the MTA for as little talk as possible: replies cost most of small mail. */
#include "negotiate.h"

#include "schoolgate/log.h"

/* Steps of SMTP that say nothing to us. The headers' end is where the body begins. */
#define UNWANTED (SMFIP_NOHELO | SMFIP_NODATA | SMFIP_NOUNKNOWN | SMFIP_NOEOH)
#define SILENT   (SMFIP_NR_CONN | SMFIP_NR_HDR | SMFIP_NR_BODY)

static void ask_for_macros(SMFICTX *ctx)
{
    static const struct {
        int stage;
        const char *names;
    } wanted[] = {
        {SMFIM_CONNECT, "i"},
        {SMFIM_ENVFROM, "{auth_authen} {daemon_name} {verify} {cert_subject} {cn_subject}"},
        {SMFIM_ENVRCPT, "i"},
        {SMFIM_EOM, "i"},
    };

    /* Fewer than the MTA would send of its own accord. */
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        smfi_setsymlist(ctx, wanted[i].stage, (char *)wanted[i].names);
}

gboolean sg_negotiate(SMFICTX *ctx, const SgWishes *wishes, unsigned long *actions,
                      unsigned long *steps)
{
    unsigned long asked = UNWANTED | SILENT | SMFIP_HDR_LEADSPC;

    if ((*actions & SG_ACTIONS_NEEDED) != SG_ACTIONS_NEEDED) {
        sg_log(LOG_ERR,
               "the MTA does not let filters change headers and bodies, remove recipients and "
               "quarantine (it offers 0x%lx, needed is 0x%lx); it gets no answers",
               *actions, (unsigned long)SG_ACTIONS_NEEDED);
        return FALSE;
    }
    if (!wishes->reply_to_sender)
        asked |= SMFIP_NR_MAIL;
    if (!wishes->reply_to_recipient)
        asked |= SMFIP_NR_RCPT;
    if (*actions & SMFIF_SETSYMLIST)
        ask_for_macros(ctx);
    *actions = SG_ACTIONS_NEEDED | (*actions & SMFIF_SETSYMLIST);
    *steps &= asked;
    return TRUE;
}
