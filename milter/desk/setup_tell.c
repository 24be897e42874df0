/* setup_tell.c - what became of the two test messages, in a postmaster's words; see setup_try.h */
#include <sysexits.h>

#include "knock.h"
#include "page.h"
#include "sendmail_mc.h"
#include "setup_try.h"

static const struct {
    const char *harmless;
    const char *caught;
    SgStyle style;
    int code;
} ends[] = {
    [SG_TRY_CAUGHT] = {"stopped by schoolgate", "caught by schoolgate, as it should be",
                       SG_STYLE_GOOD, EX_OK},
    [SG_TRY_SEEN] = {"passed by schoolgate",
                     "passed by schoolgate, which put it on record and did not stop it",
                     SG_STYLE_GOOD, EX_OK},
    [SG_TRY_PASSED] = {"passed by schoolgate", "passed by schoolgate", SG_STYLE_GOOD, EX_OK},
    [SG_TRY_BYPASSED] = {"BYPASSED schoolgate: delivered, and not judged",
                         "BYPASSED schoolgate: delivered, and not judged", SG_STYLE_BAD, EX_CONFIG},
    [SG_TRY_UNKNOWN] = {"delivered; whether schoolgate has seen it is not known",
                        "delivered; whether schoolgate has seen it is not known", SG_STYLE_CAUTION,
                        EX_UNAVAILABLE},
    [SG_TRY_DEFERRED] = {"deferred: the mail server asks to come again later",
                         "deferred: the mail server asks to come again later", SG_STYLE_BAD,
                         EX_TEMPFAIL},
    [SG_TRY_REFUSED] = {"refused by the mail server itself", "refused by the mail server itself",
                        SG_STYLE_BAD, EX_UNAVAILABLE},
    [SG_TRY_NO_SERVER] = {"not sent: no mail server answers", "not sent: no mail server answers",
                          SG_STYLE_BAD, EX_UNAVAILABLE},
};

static void put_try(SgPage *page, const char *name, const char *end, const SgTry *try)
{
    sg_page_format(page, SG_STYLE_PLAIN, "  %s ", name);
    sg_page_put(page, ends[try->end].style, end);
    if (try->incident)
        sg_page_format(page, SG_STYLE_PLAIN, " (%s)", try->incident);
    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_DIM, "      the mail server said: %s", try->words);
    sg_page_end_line(page);
}

static void put_cure(SgPage *page, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void put_cure(SgPage *page, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sg_page_format(page, SG_STYLE_CAUTION, "  -> %s", text);
    sg_page_end_line(page);
}

/* Why --------------------------------------------------------------------------------------------
 */

static const SgMtaMilter *our_milter(const SgConfig *config, const SgMta *mta)
{
    const GPtrArray *milters = sg_mta_network_milters(mta);

    for (guint i = 0; i < milters->len; i++)
        if (sg_mta_is_socket(mta, NULL, milters->pdata[i], config->gate.socket))
            return milters->pdata[i];
    return NULL;
}

static gboolean this_machine_is_inside(const SgConfig *config)
{
    g_autoptr(GInetAddress) here = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);

    for (guint i = 0; i < config->gate.inside->len; i++)
        if (g_inet_address_mask_matches(config->gate.inside->pdata[i], here))
            return TRUE;
    return config->gate.judge == SG_SCOPE_EVERYTHING;
}

/* Says what stands in the way at our own socket. FALSE when nothing does. */
static gboolean put_socket_trouble(SgPage *page, const SgConfig *config)
{
    g_auto(SgKnock) knock = {0};

    sg_knock(config->gate.socket, &knock);
    if (knock.answer == SG_KNOCK_NOBODY)
        put_cure(page,
                 "schoolgate does not listen on '%s' (%s); start it: systemctl enable --now "
                 "schoolgate",
                 config->gate.socket, knock.why);
    else if (knock.answer == SG_KNOCK_STRANGE)
        put_cure(page, "what listens on '%s' is not schoolgate: %s", config->gate.socket,
                 knock.why);
    return knock.answer == SG_KNOCK_NOBODY || knock.answer == SG_KNOCK_STRANGE;
}

static void explain_deferral(SgPage *page, const SgConfig *config)
{
    if (!put_socket_trouble(page, config))
        put_cure(page,
                 "schoolgate listens on '%s': 'schoolgate doctor' tells whether the mail "
                 "server may connect there, its log why it asks to wait",
                 config->gate.socket);
    put_cure(page, "no mail is lost: senders keep it and come again");
}

static void explain_bypass(SgPage *page, const SgConfig *config, const SgMta *mta)
{
    const SgMtaMilter *ours = mta ? our_milter(config, mta) : NULL;

    if (mta && !ours && sg_mta_kind(mta) == SG_MTA_POSTFIX)
        put_cure(page,
                 "smtpd_milters of Postfix does not name '%s': schoolgate setup --change-mta "
                 "adds it",
                 config->gate.socket);
    else if (mta && !ours)
        put_cure(page,
                 "'%s' has no filter at '%s': add the lines that schoolgate setup shows to the .mc "
                 "file it is made of",
                 sg_mta_place(mta), config->gate.socket);
    else if (mta && sg_mta_kind(mta) == SG_MTA_SENDMAIL && sg_sendmail_is_outdated(mta))
        put_cure(page,
                 "the Sendmail that runs is older than '%s', which names schoolgate: systemctl "
                 "restart sendmail",
                 sg_mta_place(mta));
    if (ours && ours->absent == SG_MTA_ABSENT_PASS)
        put_cure(page, "the mail server lets mail go unread while schoolgate is not there: "
                       "milter_default_action = tempfail, or F=T for Sendmail");
    if (put_socket_trouble(page, config))
        return;
    if (!this_machine_is_inside(config))
        put_cure(page,
                 "mail from this machine is not the school's: 'inside' does not hold 127.0.0.1");
    else if (!mta || ours)
        put_cure(page,
                 "the schoolgate that runs may have another configuration than '%s', or the "
                 "mail server another list for this port: systemctl reload schoolgate",
                 config->path);
}

static void explain(SgPage *page, const SgTries *tries, const SgConfig *config, const SgMta *mta)
{
    switch (tries->caught.end) {
    case SG_TRY_DEFERRED:
        explain_deferral(page, config);
        break;
    case SG_TRY_BYPASSED:
        explain_bypass(page, config, mta);
        break;
    case SG_TRY_UNKNOWN:
        put_cure(page, "%s", tries->why ? tries->why : "the record says nothing");
        break;
    case SG_TRY_NO_SERVER:
        put_cure(page, "is it running, and is 'send-with' in '%s' where it listens?", config->path);
        break;
    default:
        break;
    }
    if (tries->harmless.end == SG_TRY_CAUGHT)
        put_cure(page, "a rule of yours stops a message that should pass; schoolgate show %s",
                 tries->harmless.incident ? tries->harmless.incident : "tells which");
}

int sg_tries_tell(const SgTries *tries, const SgConfig *config, const SgMta *mta)
{
    g_autoptr(SgPage) page = sg_page_new();

    sg_page_format(page, SG_STYLE_STRONG, "Two test messages from %s to %s", tries->sender,
                   tries->recipient);
    sg_page_end_line(page);
    put_try(page, "a harmless one:", ends[tries->harmless.end].harmless, &tries->harmless);
    put_try(page, "a chain letter:", ends[tries->caught.end].caught, &tries->caught);
    explain(page, tries, config, mta);
    sg_page_flush(page);
    if (tries->harmless.end == SG_TRY_CAUGHT)
        return EX_CONFIG;
    return MAX(ends[tries->harmless.end].code, ends[tries->caught.end].code);
}
