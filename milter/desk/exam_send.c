/* exam_send.c - the way back: what schoolgate sends must reach the mail server, and count as ours
 */
#include <gio/gio.h>
#include <string.h>

#include "knock.h"
#include "ours.h"

static gboolean is_inside(const SgConfig *config, GInetAddress *address)
{
    for (guint i = 0; i < config->gate.inside->len; i++)
        if (g_inet_address_mask_matches(config->gate.inside->pdata[i], address))
            return TRUE;
    return FALSE;
}

static void look_at_command(SgPatient *patient)
{
    const char *command = patient->config->courier.command;

    if (g_file_test(command, G_FILE_TEST_IS_EXECUTABLE) &&
        !g_file_test(command, G_FILE_TEST_IS_DIR)) {
        sg_exam_say(patient, SG_EXAM_FINE, "mail is handed to '%s', which is there", command);
        return;
    }
    sg_exam_say(patient, SG_EXAM_PROBLEM,
                "notices and released mail cannot be sent: '%s' is no program that can be run",
                command);
    sg_exam_cure(patient, "in the block 'courier' write 'send-with smtp 127.0.0.1:25', or the path "
                          "of the sendmail command, as 'command -v sendmail' says");
}

static void look_at_call(SgPatient *patient, const SgCall *call)
{
    const char *smtp = patient->config->courier.smtp;
    g_autoptr(GInetAddress) ours = g_inet_address_new_from_string(call->ours);

    if (!g_str_has_prefix(call->greeting, "220")) {
        g_autofree char *valid = g_utf8_make_valid(call->greeting, -1);
        sg_exam_say(patient, SG_EXAM_PROBLEM, "%s does not take mail: it says '%.60s'", smtp,
                    valid);
        sg_exam_cure(patient,
                     "see in the mail server's log why, or name another server: 'send-with "
                     "smtp HOST:PORT'");
    } else if (!ours || !is_inside(patient->config, ours)) {
        sg_exam_say(patient, SG_EXAM_PROBLEM,
                    "what schoolgate sends comes from %s, which is not 'inside': notices count as "
                    "mail from elsewhere, and released mail is held again",
                    call->ours);
        sg_exam_cure(patient, "in the block 'gate' add %s to 'inside'", call->ours);
    } else if (strcmp(call->ours, call->theirs) != 0 && !g_inet_address_get_is_loopback(ours)) {
        sg_exam_say(
            patient, SG_EXAM_NOTE,
            "mail is handed to %s, another machine: what is released passes only where that "
            "one asks this schoolgate",
            smtp);
    } else {
        sg_exam_say(patient, SG_EXAM_FINE, "%s takes mail from %s, which is 'inside'", smtp,
                    call->ours);
    }
}

/* Whether that service of Postfix listens where HOST:PORT is: services are named by port, or by the
 * port's name. */
static gboolean listens_at(const SgMtaService *service, const char *smtp)
{
    static const struct {
        const char *port, *name;
    } named[] = {{"25", "smtp"}, {"587", "submission"}, {"465", "smtps"}, {"465", "submissions"}};
    const char *port = strrchr(smtp, ':') + 1;
    g_autofree char *place = g_strndup(service->name, strcspn(service->name, "/"));
    const char *colon = strrchr(place, ':');
    const char *own = colon ? colon + 1 : place;
    gboolean same = strcmp(own, port) == 0;

    for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
        same = same || (strcmp(named[i].port, port) == 0 && strcmp(named[i].name, own) == 0);
    return same && strcmp(service->command, "smtpd") == 0;
}

/* What is released passes by a token in a header, which the gate checks, and takes off. */
static void look_at_return(SgPatient *patient)
{
    const GPtrArray *services = patient->mta ? sg_mta_services(patient->mta) : NULL;
    g_autofree char *socket = sg_our_socket(patient->config);
    const char *smtp = patient->config->courier.smtp;

    for (guint i = 0; services && i < services->len; i++) {
        const SgMtaService *service = services->pdata[i];
        gboolean astray = FALSE;

        if (!listens_at(service, smtp) ||
            !(service->milters_off || !sg_our_milter(patient->mta, service, socket, &astray)))
            continue;
        sg_exam_say(
            patient, SG_EXAM_PROBLEM,
            "schoolgate sends by %s, where '%s' does not ask schoolgate: released mail keeps "
            "the header that lets it pass",
            smtp, service->name);
        sg_exam_cure(patient,
                     "in the block 'courier' name a port whose service asks schoolgate, such "
                     "as 'send-with smtp 127.0.0.1:25'");
    }
}

static void look_at_courier(SgPatient *patient)
{
    const SgCourierSettings *courier = &patient->config->courier;
    g_auto(SgCall) call = {.ours = NULL};
    g_autoptr(GError) error = NULL;

    if (courier->send_by == SG_SEND_BY_COMMAND) {
        look_at_command(patient);
    } else if (sg_call(courier->smtp, SG_CALL_HEAR_GREETING, &call, &error)) {
        look_at_call(patient, &call);
        look_at_return(patient);
    } else {
        sg_exam_say(patient, SG_EXAM_PROBLEM,
                    "notices and released mail cannot be sent: no mail server answers at %s: %s",
                    courier->smtp, error->message);
        sg_exam_cure(patient,
                     "start it, or in the block 'courier' name the one that takes mail from "
                     "this machine: 'send-with smtp HOST:PORT'");
    }
}

/* Networks
 * ------------------------------------------------------------------------------------------
 */

static gboolean covers(const GInetAddressMask *mask, GInetAddressMask *network)
{
    return g_inet_address_mask_get_length((GInetAddressMask *)mask) <=
               g_inet_address_mask_get_length(network) &&
           g_inet_address_mask_matches((GInetAddressMask *)mask,
                                       g_inet_address_mask_get_address(network));
}

static gboolean is_covered(const GPtrArray *masks, GInetAddressMask *network)
{
    for (guint i = 0; i < masks->len; i++)
        if (covers(masks->pdata[i], network))
            return TRUE;
    return FALSE;
}

static gboolean is_one_machine(GInetAddressMask *network)
{
    guint bits = g_inet_address_mask_get_family(network) == G_SOCKET_FAMILY_IPV4 ? 32 : 128;

    return g_inet_address_mask_get_length(network) == bits;
}

/* Postfix writes [::1]/128, and ::ffff:127.0.0.0/104 for what is 127.0.0.0/8. NULL for what is no
 * network, such as a table or an exception. */
static GInetAddressMask *network_of(const char *word)
{
    static const char mapped[] = "::ffff:";
    g_auto(GStrv) parts = g_strsplit_set(word, "[]", -1);
    g_autofree char *plain = g_strjoinv("", parts);
    const char *slash = strchr(plain, '/');

    if (!g_str_has_prefix(plain, mapped) || !strchr(plain, '.') || !slash)
        return g_inet_address_mask_new_from_string(plain, NULL);
    const char *address = plain + strlen(mapped);
    g_autofree char *four = g_strdup_printf("%.*s/%" G_GINT64_FORMAT, (int)(slash - address),
                                            address, g_ascii_strtoll(slash + 1, NULL, 10) - 96);
    return g_inet_address_mask_new_from_string(four, NULL);
}

/* What could not be read is added to `unread`. */
static GPtrArray *networks_of(const char *value, GString *unread)
{
    GPtrArray *networks = g_ptr_array_new_with_free_func(g_object_unref);
    g_auto(GStrv) words = g_strsplit_set(value ? value : "", ", \t", -1);

    for (char **word = words; *word; word++) {
        GInetAddressMask *mask = **word ? network_of(*word) : NULL;

        if (mask)
            g_ptr_array_add(networks, mask);
        else if (**word)
            g_string_append_printf(unread, "%s'%s'", unread->len ? ", " : "", *word);
    }
    return networks;
}

static void compare_networks(SgPatient *patient, const GPtrArray *relayed)
{
    const GPtrArray *inside = patient->config->gate.inside;

    for (guint i = 0; i < relayed->len; i++) {
        g_autofree char *text = g_inet_address_mask_to_string(relayed->pdata[i]);

        if (is_covered(inside, relayed->pdata[i]))
            continue;
        sg_exam_say(patient, is_one_machine(relayed->pdata[i]) ? SG_EXAM_NOTE : SG_EXAM_WARNING,
                    "Postfix takes mail from %s without a login ('mynetworks'), but that is not "
                    "'inside': such mail is not judged",
                    text);
        sg_exam_cure(patient, "in the block 'gate' add %s to 'inside', or take it off 'mynetworks'",
                     text);
    }
    for (guint i = 0; i < inside->len; i++) {
        g_autofree char *text = g_inet_address_mask_to_string(inside->pdata[i]);

        if (g_inet_address_mask_get_length(inside->pdata[i]) != 0)
            continue;
        sg_exam_say(
            patient, SG_EXAM_WARNING,
            "'inside' holds %s, the whole world: mail from anywhere is judged as sent by the "
            "school",
            text);
        sg_exam_cure(patient, "in the block 'gate' name the school's own networks");
    }
}

static void look_at_networks(SgPatient *patient)
{
    g_autoptr(GString) unread = g_string_new(NULL);
    g_autoptr(GPtrArray) relayed = networks_of(sg_mta_setting(patient->mta, "mynetworks"), unread);

    compare_networks(patient, relayed);
    if (unread->len > 0)
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED,
                    "'mynetworks' holds %s: see for yourself that "
                    "'inside' in schoolgate.conf has the same",
                    unread->str);
    if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE,
                    "all networks that Postfix takes mail from without a login are 'inside'");
}

const SgExam sg_send_exams[] = {
    {"sending", "whether notices and released mail can be sent", SG_NEEDS_CONFIG, look_at_courier},
    {"networks", "whether mail that needs no login is judged", SG_NEEDS_CONFIG | SG_NEEDS_POSTFIX,
     look_at_networks},
    {0},
};
