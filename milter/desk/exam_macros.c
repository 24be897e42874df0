/* exam_macros.c - what the mail server tells us of clients besides the commands of SMTP: who has
 * logged in, at which port, with which certificate
 *
 * schoolgate asks for the macros that it needs, and both mail servers go by that rather than by
 * lists of their own (milter_mail_macros, confMILTER_MACROS_ENVFROM). What remains to be amiss is
 * what they are: made up for all, or never there. */
#include <string.h>

#include "ours.h"

static gboolean is_yes(const SgPatient *patient, const SgMtaService *service, const char *name)
{
    return g_strcmp0(sg_mta_service_setting(patient->mta, service->name, name), "yes") == 0;
}

/* Made up for all
 * ----------------------------------------------------------------------------
 */

/* The end of a word of milter_macro_defaults, which may have words within braces. */
static gsize word_length(const char *text)
{
    gsize length = 0;

    for (int depth = 0; text[length] && (depth > 0 || !strchr(", \t\r\n", text[length])); length++)
        depth += (text[length] == '{') - (text[length] == '}' && depth > 0);
    return length;
}

/* Of `{auth_authen}=somebody`, `auth_authen=somebody` or `{ {auth_authen} = somebody }`. */
static gboolean gives(const char *word, const char *macro, char **value)
{
    const char *at = word + strspn(word, "{ \t");

    if (!g_str_has_prefix(at, macro))
        return FALSE;
    at += strlen(macro);
    at += strspn(at, "} \t");
    if (*at != '=')
        return FALSE;
    *value = g_strstrip(g_strdup(at + 1));
    if (*word == '{' && g_str_has_suffix(word, "}") && g_str_has_suffix(*value, "}"))
        (*value)[strlen(*value) - 1] = '\0';
    g_strchomp(*value);
    return TRUE;
}

/* The value that `macro` has in all mail; NULL when it has none. `rest` is what Postfix's setting
 * is without it. Free both with g_free(). */
static char *made_up(const char *defaults, const char *macro, char **rest)
{
    g_autoptr(GString) others = g_string_new(NULL);
    g_autofree char *value = NULL;

    while (*(defaults += strspn(defaults, ", \t\r\n"))) {
        gsize length = word_length(defaults);
        g_autofree char *word = g_strndup(defaults, length);
        g_autofree char *given = NULL;

        if (gives(word, macro, &given)) {
            g_free(value);
            value = g_steal_pointer(&given);
        } else {
            g_string_append_printf(others, "%s%s", others->len ? ", " : "", word);
        }
        defaults += length;
    }
    *rest = g_strdup(others->str);
    return g_steal_pointer(&value);
}

static void cure_made_up(SgPatient *patient, const SgMtaService *service, const char *macro,
                         const char *rest)
{
    g_autofree char *own = g_strdup_printf("%s/milter_macro_defaults", service->asking);

    if (sg_mta_kind(patient->mta) == SG_MTA_SENDMAIL)
        sg_exam_cure(patient,
                     "take the line 'D{%s}…' out of sendmail.mc, make sendmail.cf anew, and "
                     "restart Sendmail",
                     macro);
    else if (sg_mta_setting(patient->mta, own))
        sg_exam_cure(patient,
                     "in '%s/master.cf' take '%s' out of '-o milter_macro_defaults=…' of the "
                     "service '%s', and 'postfix reload'",
                     sg_mta_place(patient->mta), macro, service->asking);
    else
        sg_exam_cure(patient, "'postconf -e \"milter_macro_defaults = %s\"' and 'postfix reload'",
                     rest);
}

static char *given_to_all(const SgPatient *patient, const SgMtaService *service, const char *macro,
                          char **rest)
{
    g_autofree char *line = g_strdup_printf("D{%s}", macro);
    const char *defaults;

    *rest = NULL;
    if (sg_mta_kind(patient->mta) == SG_MTA_SENDMAIL)
        return g_strdup(sg_mta_setting(patient->mta, line));
    defaults = sg_mta_service_setting(patient->mta, service->asking, "milter_macro_defaults");
    return made_up(defaults ? defaults : "", macro, rest);
}

static void look_at_one_login(SgPatient *patient, const SgMtaService *service,
                              const SgMtaMilter *ours)
{
    g_autofree char *rest = NULL;
    g_autofree char *login = given_to_all(patient, service, "auth_authen", &rest);

    (void)ours;
    if (!login || !*login)
        return;
    sg_exam_say(patient, SG_EXAM_PROBLEM,
                "whoever has not logged in counts as '%s' in mail that comes in by '%s': "
                "{auth_authen} is set for all of it",
                login, service->name);
    cure_made_up(patient, service, "auth_authen", rest);
}

/* Where certificates count: Sendmail sets these itself, of each connection. */
static void look_at_made_up_certificate(SgPatient *patient, const SgMtaService *service)
{
    static const char *const macros[] = {"cert_subject", "cn_subject", "verify"};

    for (gsize i = 0; i < G_N_ELEMENTS(macros); i++) {
        g_autofree char *rest = NULL;
        g_autofree char *value = given_to_all(patient, service, macros[i], &rest);

        if (!value || sg_mta_kind(patient->mta) != SG_MTA_POSTFIX)
            continue;
        sg_exam_say(patient, SG_EXAM_PROBLEM,
                    "what schoolgate knows of a client's certificate is made up in mail that comes "
                    "in by '%s': {%s} is '%s' for all of it",
                    service->name, macros[i], value);
        cure_made_up(patient, service, macros[i], rest);
    }
}

/* Never there
 * --------------------------------------------------------------------------------
 */

/* The name by which we are told of the port. */
static const char *called(const SgPatient *patient, const SgMtaService *service)
{
    return sg_mta_kind(patient->mta) == SG_MTA_SENDMAIL
               ? service->name
               : sg_mta_service_setting(patient->mta, service->asking, "milter_macro_daemon_name");
}

static gboolean may_take_from(const SgPatient *patient, const SgMtaService *service,
                              const SgRelay *relay)
{
    return service->by_network &&
           (!relay->listener || g_strcmp0(called(patient, service), relay->listener) == 0);
}

static gboolean has_tls(const SgPatient *patient, const SgMtaService *service)
{
    const char *level =
        sg_mta_service_setting(patient->mta, service->name, "smtpd_tls_security_level");

    return g_strcmp0(level, "may") == 0 || g_strcmp0(level, "encrypt") == 0 ||
           is_yes(patient, service, "smtpd_use_tls") ||
           is_yes(patient, service, "smtpd_enforce_tls") ||
           is_yes(patient, service, "smtpd_tls_wrappermode");
}

/* Sendmail asks wherever it has a certificate of its own, unless it is told not to. */
static gboolean asks_for_certificate(const SgPatient *patient, const SgMtaService *service)
{
    const char *options = sg_mta_setting(patient->mta, "TLSSrvOptions");

    if (sg_mta_kind(patient->mta) == SG_MTA_SENDMAIL)
        return sg_mta_setting(patient->mta, "ServerCertFile") && !(options && strchr(options, 'V'));
    return has_tls(patient, service) && (is_yes(patient, service, "smtpd_tls_ask_ccert") ||
                                         is_yes(patient, service, "smtpd_tls_req_ccert"));
}

static void say_no_listener(SgPatient *patient, const SgRelay *relay)
{
    sg_exam_say(patient, SG_EXAM_PROBLEM,
                "what comes by the relay '%s' counts as a stranger's, or as this machine's "
                "neighbour's: no service that asks schoolgate calls itself '%s', its 'listener'",
                relay->name, relay->listener);
    if (sg_mta_kind(patient->mta) == SG_MTA_SENDMAIL)
        sg_exam_cure(patient,
                     "in sendmail.mc give the port that it connects to that name, "
                     "DAEMON_OPTIONS(`Name=%s, …'), make sendmail.cf anew, and restart Sendmail",
                     relay->listener);
    else
        sg_exam_cure(patient,
                     "in '%s/master.cf' add '-o milter_macro_daemon_name=%s' to the service that "
                     "it connects to, and 'postfix reload'",
                     sg_mta_place(patient->mta), relay->listener);
}

static void say_no_certificate(SgPatient *patient, const SgRelay *relay,
                               const SgMtaService *service)
{
    static const char *const becomes[] = {[SG_RELAY_TEMPFAIL] = "deferred",
                                          [SG_RELAY_REJECT] = "refused",
                                          [SG_RELAY_JUDGE] = "judged as a stranger's"};

    sg_exam_say(patient, SG_EXAM_PROBLEM,
                "all mail of the relay '%s' is %s: '%s' asks clients for no certificate, so that "
                "schoolgate is told of none",
                relay->name, becomes[relay->unknown], service->name);
    if (sg_mta_kind(patient->mta) == SG_MTA_SENDMAIL)
        sg_exam_cure(patient, "in sendmail.mc define `confSERVER_CERT' and `confSERVER_KEY', take "
                              "the V out of `confTLS_SRV_OPTIONS', make sendmail.cf anew, and "
                              "restart Sendmail");
    else
        sg_exam_cure(patient,
                     "in '%s/master.cf' add '-o smtpd_tls_security_level=encrypt -o "
                     "smtpd_tls_ask_ccert=yes' to the service '%s', and 'postfix reload'",
                     sg_mta_place(patient->mta), service->name);
}

static void look_at_relay(SgPatient *patient, const SgServicesSeen *services, const SgRelay *relay)
{
    const SgMtaService *without = NULL;
    gboolean asked = FALSE;

    for (guint i = 0; i < services->with->len; i++) {
        const SgMtaService *service = services->with->pdata[i];

        if (!may_take_from(patient, service, relay))
            continue;
        if (relay->certificates->len > 0)
            look_at_made_up_certificate(patient, service);
        if (asks_for_certificate(patient, service))
            asked = TRUE;
        else
            without = service;
    }
    if (!asked && !without && relay->listener)
        say_no_listener(patient, relay);
    else if (!asked && without && relay->certificates->len > 0)
        say_no_certificate(patient, relay, without);
}

static void look_at_relays(SgPatient *patient)
{
    g_auto(SgServicesSeen) services = sg_services_seen(patient);

    for (guint i = 0; services.with->len > 0 && i < patient->config->relays->len; i++)
        look_at_relay(patient, &services, patient->config->relays->pdata[i]);
}

/* A school whose users all log in elsewhere needs none; Sendmail does not say it in one place. */
static void look_at_logins(SgPatient *patient)
{
    g_auto(SgServicesSeen) services = sg_services_seen(patient);

    if (sg_mta_kind(patient->mta) != SG_MTA_POSTFIX || services.with->len == 0)
        return;
    for (guint i = 0; i < services.with->len; i++)
        if (is_yes(patient, services.with->pdata[i], "smtpd_sasl_auth_enable"))
            return;
    sg_exam_say(patient, SG_EXAM_NOTE,
                "nobody can log in at a service that asks schoolgate ('smtpd_sasl_auth_enable'): "
                "from 'inside', senders are whom their mail programs say");
}

static void look_at_macros(SgPatient *patient)
{
    look_at_relays(patient);
    look_at_logins(patient);
    sg_look_at_ours(patient, look_at_one_login,
                    "the mail server tells schoolgate what that asks for, whatever its own lists "
                    "of macros are");
}

const SgExam sg_macros_exams[] = {
    {"macros", "whether the mail server says who has logged in, and by which relay mail comes",
     SG_NEEDS_CONFIG | SG_NEEDS_MTA, look_at_macros},
    {0},
};
