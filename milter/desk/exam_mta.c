/* exam_mta.c - what the mail server is told of us: does all mail come by, also when we are not
 * there
 */
#include <string.h>

#include "ours.h"

/* Mail that passes us by
 * ----------------------------------------------------------------------------
 */

static void say_sendmail(SgPatient *patient, const char *address)
{
    sg_exam_cure(patient,
                 "put this into sendmail.mc, make sendmail.cf anew, and restart Sendmail: "
                 "INPUT_MAIL_FILTER(`schoolgate', `S=%s, F=T, T=C:30s;S:30s;R:30s;E:5m')",
                 address);
}

/* A socket outside the queue folder is not found from a chroot: it must move first. */
static void say_chrooted(SgPatient *patient, const char *list)
{
    sg_exam_cure(
        patient,
        "it runs in a chroot: in the block 'gate' write 'socket "
        "unix:%s/schoolgate/milter.sock' and restart schoolgated, then 'postconf -e \"%s = "
        "unix:schoolgate/milter.sock\"' and 'postfix reload'",
        sg_mta_setting(patient->mta, "queue_directory"), list);
}

static void say_postfix(SgPatient *patient, const SgMtaService *service, const char *address)
{
    const char *list = service->by_network ? "smtpd_milters" : "non_smtpd_milters";
    const char *others = sg_mta_setting(patient->mta, list);

    if (service->own_milters)
        sg_exam_cure(
            patient,
            "in '%s/master.cf' take '-o %s=…' off the service '%s', or add '%s' to it, and "
            "'postfix reload'",
            sg_mta_place(patient->mta), list, service->name, address);
    else if (service->chrooted && g_str_has_prefix(address, "unix:/"))
        say_chrooted(patient, list);
    else
        sg_exam_cure(patient, "'postconf -e \"%s = %s%s%s\"' and 'postfix reload'", list, address,
                     *others ? ", " : "", others);
}

static void say_without(SgPatient *patient, const SgMtaService *service)
{
    g_autofree char *socket = sg_our_socket(patient->config);
    g_autofree char *address = sg_mta_address_for(patient->mta, socket);

    sg_exam_say(patient, SG_EXAM_PROBLEM,
                service->by_network
                    ? "mail that comes in by '%s' is not judged: its milters do not name schoolgate"
                    : "mail that programs hand to sendmail(1) ('%s') is not judged: its milters do "
                      "not name schoolgate",
                service->name);
    if (sg_mta_kind(patient->mta) == SG_MTA_SENDMAIL)
        say_sendmail(patient, address);
    else
        say_postfix(patient, service, address);
}

/* Postfix shows milters the envelope of such mail, and not a word of the message (MILTER_README).
 */
static void say_proxied(SgPatient *patient, const SgMtaService *service)
{
    sg_exam_say(
        patient, SG_EXAM_PROBLEM,
        "mail that comes in by '%s' is not judged: 'smtpd_proxy_filter' hands it to another "
        "filter before schoolgate is shown it; where that hands it back, nobody has logged "
        "in",
        service->name);
    sg_exam_cure(
        patient,
        "take 'smtpd_proxy_filter' off the service '%s' in '%s/master.cf' (or off main.cf), "
        "name that filter in 'content_filter' instead, and 'postfix reload'",
        service->name, sg_mta_place(patient->mta));
}

static void look_at_bypass(SgPatient *patient)
{
    g_auto(SgServicesSeen) services = sg_services_seen(patient);
    g_autofree char *with = sg_service_names(services.with);
    g_autofree char *back = sg_service_names(services.behind_filter);

    for (guint i = 0; i < services.without->len; i++)
        say_without(patient, services.without->pdata[i]);
    for (guint i = 0; i < services.off->len; i++) {
        const SgMtaService *service = services.off->pdata[i];

        sg_exam_say(patient, SG_EXAM_PROBLEM,
                    "mail that comes in by '%s' is not judged: "
                    "'receive_override_options' has 'no_milters'",
                    service->name);
        sg_exam_cure(patient,
                     "take 'no_milters' off the service '%s' in '%s/master.cf' (or off "
                     "main.cf), and 'postfix reload'",
                     service->name, sg_mta_place(patient->mta));
    }
    for (guint i = 0; i < services.proxied->len; i++)
        say_proxied(patient, services.proxied->pdata[i]);
    if (services.behind_filter->len > 0)
        sg_exam_say(patient, SG_EXAM_NOTE,
                    "%s asks no milter: right where a content filter hands back what has been "
                    "judged, and nothing else can reach that port",
                    back);
    if (services.with->len > 0)
        sg_exam_say(patient, SG_EXAM_FINE, "%s ask schoolgate", with);
    else if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "the mail server takes in no mail at all");
}

/* While we are not there
 * ----------------------------------------------------------------------------
 */

static const struct {
    SgExamResult result;
    const char *says;
} absents[] = {
    [SG_MTA_ABSENT_TEMPFAIL] = {SG_EXAM_FINE, "waits: its senders are asked to come back"},
    [SG_MTA_ABSENT_REJECT] = {SG_EXAM_WARNING, "is refused for good, at every restart as well"},
    [SG_MTA_ABSENT_QUARANTINE] = {SG_EXAM_WARNING,
                                  "is put on hold, and never judged when you release it"},
    [SG_MTA_ABSENT_PASS] = {SG_EXAM_PROBLEM, "passes unread"},
};

static void cure_absence(SgPatient *patient, const SgMtaMilter *milter)
{
    if (sg_mta_kind(patient->mta) == SG_MTA_SENDMAIL)
        sg_exam_cure(patient,
                     "in sendmail.mc add 'F=T' to the filter '%s' (INPUT_MAIL_FILTER), make "
                     "sendmail.cf anew, and restart Sendmail",
                     milter->name);
    else
        sg_exam_cure(patient, "'postconf -e milter_default_action=tempfail', take any "
                              "'default_action' beside our socket away, and 'postfix reload'");
}

static void look_at_one_absence(SgPatient *patient, const SgMtaService *service,
                                const SgMtaMilter *ours)
{
    if (absents[ours->absent].result == SG_EXAM_FINE)
        return;
    sg_exam_say(patient, absents[ours->absent].result,
                "while schoolgated is not there, mail that comes in by '%s' %s", service->name,
                absents[ours->absent].says);
    cure_absence(patient, ours);
}

static void look_at_absence(SgPatient *patient)
{
    g_autofree char *well = g_strdup_printf("while schoolgated is not there, mail %s",
                                            absents[SG_MTA_ABSENT_TEMPFAIL].says);

    sg_look_at_ours(patient, look_at_one_absence, well);
}

/* Patience and protocol
 * -----------------------------------------------------------------------------
 */

/* Reading attachments and judging come one after the other, at the end of the message. */
static gint64 longest_answer(const SgConfig *config)
{
    return config->limits.judge_time + config->limits.helper_seconds;
}

static void say_impatient(SgPatient *patient, const SgMtaService *service, gint64 waits)
{
    sg_exam_say(patient, SG_EXAM_WARNING,
                "'%s' waits %" G_GINT64_FORMAT
                " seconds for our answer to a message, which may take "
                "%" G_GINT64_FORMAT ": such mail comes again and again",
                service->name, waits, longest_answer(patient->config));
    if (sg_mta_kind(patient->mta) == SG_MTA_POSTFIX)
        sg_exam_cure(patient, "'postconf -e milter_content_timeout=300s' and 'postfix reload', or "
                              "lower 'judge-time' and 'helper-seconds' in the block 'limits'");
    else
        sg_exam_cure(patient, "write 'T=C:30s;S:30s;R:5m;E:5m' for the filter in sendmail.mc");
}

static void look_at_one_talk(SgPatient *patient, const SgMtaService *service,
                             const SgMtaMilter *ours)
{
    /* Sendmail gives each answer its R:, the end of a message as well. */
    gint64 waits = ours->name ? MIN(ours->command_time, ours->content_time) : ours->content_time;

    if (waits < longest_answer(patient->config))
        say_impatient(patient, service, waits);
    if (ours->protocol > 0 && ours->protocol < 6) {
        sg_exam_say(patient, SG_EXAM_PROBLEM,
                    "'%s' speaks version %d of the milter protocol with us, which lacks what "
                    "schoolgate needs",
                    service->name, ours->protocol);
        sg_exam_cure(patient, "'postconf -e milter_protocol=6' and 'postfix reload'");
    }
}

static void look_at_talk(SgPatient *patient)
{
    sg_look_at_ours(patient, look_at_one_talk, "the mail server waits long enough for our answers");
}

/* Copies and exceptions
 * -----------------------------------------------------------------------------
 */

static void look_at_side_doors(SgPatient *patient)
{
    static const struct {
        const char *setting, *says;
    } doors[] = {
        {"smtpd_milter_maps",
         "may send clients past schoolgate: see that each entry names our socket"},
        {"always_bcc", "adds a copy behind schoolgate's back: it gets what is held for others"},
        {"recipient_bcc_maps", "adds copies behind schoolgate's back: they get what is held for "
                               "others, when anybody still gets it"},
        {"sender_bcc_maps",
         "adds copies behind schoolgate's back: they get what is held for others, "
         "when anybody still gets it"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(doors); i++) {
        const char *value = sg_mta_setting(patient->mta, doors[i].setting);

        if (!value || !*value)
            continue;
        sg_exam_say(patient, SG_EXAM_NOTE, "'%s = %s' %s", doors[i].setting, value, doors[i].says);
    }
    if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "no copies are made, and no client is an exception");
}

static void look_at_size(SgPatient *patient)
{
    const char *name =
        sg_mta_kind(patient->mta) == SG_MTA_POSTFIX ? "message_size_limit" : "MaxMessageSize";
    const char *value = sg_mta_setting(patient->mta, name);
    guint64 most = value ? g_ascii_strtoull(value, NULL, 10) : 0;
    guint64 read = patient->config->limits.message_size;

    if (most > 0 && most <= read) {
        sg_exam_say(patient, SG_EXAM_FINE, "the mail server takes no message that is too large");
        return;
    }
    sg_exam_say(
        patient, SG_EXAM_WARNING,
        "the mail server takes messages of %s ('%s'), of which schoolgate reads %" G_GUINT64_FORMAT
        " bytes: larger ones are unscannable",
        most > 0 ? value : "any size", name, read);
    sg_exam_cure(patient,
                 "lower '%s' to %" G_GUINT64_FORMAT
                 ", or raise 'message-size' in the block 'limits'",
                 name, read);
}

const SgExam sg_mta_exams[] = {
    {"all-mail", "whether all mail comes by", SG_NEEDS_CONFIG | SG_NEEDS_MTA, look_at_bypass},
    {"absence", "what becomes of mail while schoolgated is not there",
     SG_NEEDS_CONFIG | SG_NEEDS_MTA, look_at_absence},
    {"patience", "whether the mail server speaks our language, and waits for answers",
     SG_NEEDS_CONFIG | SG_NEEDS_MTA, look_at_talk},
    {"side-doors", "copies and exceptions that the mail server makes",
     SG_NEEDS_CONFIG | SG_NEEDS_POSTFIX, look_at_side_doors},
    {"size", "messages that are larger than what is read", SG_NEEDS_CONFIG | SG_NEEDS_MTA,
     look_at_size},
    {0},
};
