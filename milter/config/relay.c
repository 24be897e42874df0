/* relay.c - the block about a mail system elsewhere that sends its users' mail through ours */
#include "config_internal.h"

#include <string.h>

/* Networks this wide hold more than one school's mail system; in bits, of IPv4 and IPv6. */
#define WIDE_IPV4 8
#define WIDE_IPV6 16

/* Reading -----------------------------------------------------------------------------------------
 */

static void read_from(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    sg_config_read_networks(((SgRelay *)into)->from, cursor, self);
}

/* What goes between the relay and us is taken out of the mail, so it can be no field that mail
 * programs, mail servers or rules read. */
static gboolean may_be_taken_out(const char *field)
{
    static const char *const names[] = {"From",
                                        "Sender",
                                        "Reply-To",
                                        "To",
                                        "Cc",
                                        "Bcc",
                                        "Subject",
                                        "Date",
                                        "Message-ID",
                                        "In-Reply-To",
                                        "References",
                                        "Received",
                                        "Return-Path",
                                        "Comments",
                                        "Keywords",
                                        "Errors-To",
                                        "School-business",
                                        "Thread-Topic",
                                        "DKIM-Signature"};
    static const char *const beginnings[] = {"Content-", "MIME-", "Resent-",
                                             "List-",    "ARC-",  "X-Schoolgate"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_ascii_strcasecmp(field, names[i]) == 0)
            return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        if (g_ascii_strncasecmp(field, beginnings[i], strlen(beginnings[i])) == 0)
            return FALSE;
    }
    return TRUE;
}

/* NULL, with a complaint, when it is no field that a relay may speak to us by. */
static char *read_field(SgCursor *cursor)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, "the name of a header field", &word))
        return NULL;
    g_autofree char *field = sg_span_dup(word);
    for (const char *c = field; *c; c++) {
        if (*c == ':' || !g_ascii_isgraph(*c)) {
            sg_cursor_error(
                cursor, "'%s' is no header field; write it as X-Sent-By, without a colon", field);
            return NULL;
        }
    }
    if (!may_be_taken_out(field)) {
        sg_cursor_error(cursor,
                        "'%s' cannot serve for this: it would be taken out of all mail from the "
                        "relay; have it add a field of its own, such as X-Sent-By",
                        field);
        return NULL;
    }
    return g_steal_pointer(&field);
}

static void read_login(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"envelope", "header", NULL};
    SgRelay *relay = into;
    int choice = sg_cursor_choice(cursor, self->name, choices);

    relay->login_given = TRUE;
    if (choice != 1)
        return;
    g_free(relay->login_field);
    relay->login_field = read_field(cursor);
}

static void read_tenant(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgRelay *relay = into;

    (void)self;
    g_free(relay->tenant_field);
    relay->tenant_field = read_field(cursor);
    if (!relay->tenant_field)
        return;
    g_free(relay->tenant_value);
    relay->tenant_value = sg_cursor_text(cursor, "the field's value");
    if (!relay->tenant_value)
        g_clear_pointer(&relay->tenant_field, g_free);
}

/* In the form in which addresses are compared. */
static void read_domains(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    do {
        if (!sg_cursor_word(cursor, self->usage, &word))
            return;
        gboolean below = sg_span_begins(word, "*.");
        g_autofree char *text = sg_span_dup(below ? (SgSpan){word.at + 2, word.len - 2} : word);
        g_autofree char *address = g_strconcat("x@", text, NULL);
        g_autofree char *normal = sg_address_normal(address);
        if (strchr(text, '@') || !g_str_has_prefix(normal, "x@") || !normal[2])
            sg_cursor_error(cursor,
                            "'%.*s' is no domain; write 'kingsmead.example', or "
                            "'*.kingsmead.example' for every domain below it",
                            (int)word.len, word.at);
        else
            g_ptr_array_add(((SgRelay *)into)->domains,
                            g_strconcat(below ? "*." : "", normal + 2, NULL));
    } while (sg_cursor_take_comma(cursor));
}

static void read_unknown(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"tempfail", "reject", "judge", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgRelay *)into)->unknown = (SgRelayUnknown)choice;
}

#define OF(field) G_STRUCT_OFFSET(SgRelay, field)

const SgSetting sg_relay_settings[] = {
    {"from", "NETWORK[, ...]", "the addresses from which it connects; must be there", TRUE,
     read_from, 0},
    {"listener", "NAME",
     "only mail that comes in at the mail server's port of that name counts as the relay's: "
     "Postfix's milter_macro_daemon_name for that service, Sendmail's Name in DaemonPortOptions "
     "(any port)",
     FALSE, sg_read_word, OF(listener)},
    {"certificate", "NAME[, ...]",
     "it shows a TLS client certificate whose common name is one of these, and which the mail "
     "server trusts (none is asked for)",
     TRUE, sg_read_words, OF(certificates)},
    {"tenant", "FIELD VALUE",
     "all its mail has exactly one header field of that name, with that value, which other "
     "customers of the same cloud cannot write or do not know (none is asked for)",
     FALSE, read_tenant, 0},
    {"login", "envelope | header FIELD",
     "what tells the user who has logged in there: the envelope's sender, or the address in a "
     "header field; must be said",
     FALSE, read_login, 0},
    {"domains", "DOMAIN[, ...]",
     "what it may speak for; mail from any other sender that comes by it is from outside; must be "
     "there",
     TRUE, read_domains, 0},
    {"unknown", "tempfail|reject|judge",
     "what becomes of mail from one of these domains whose user cannot be told, or where "
     "certificate or tenant is missing; judge takes the envelope's sender, as one who has not "
     "logged in (tempfail)",
     FALSE, read_unknown, 0},
    {0},
};

/* Checking ----------------------------------------------------------------------------------------
 */

static void check_complete(const SgRelay *relay, SgReport *report)
{
    if (relay->from->len == 0)
        sg_report_error(report, relay->place,
                        "relay '%s' needs 'from': the addresses from which it connects",
                        relay->name);
    if (relay->domains->len == 0)
        sg_report_error(report, relay->place,
                        "relay '%s' needs 'domains': whose mail it sends, such as "
                        "kingsmead.example",
                        relay->name);
    if (!relay->login_given)
        sg_report_error(report, relay->place,
                        "relay '%s' needs 'login': write 'login envelope', or 'login header "
                        "X-Sent-By'",
                        relay->name);
    if (relay->login_field && relay->tenant_field &&
        g_ascii_strcasecmp(relay->login_field, relay->tenant_field) == 0)
        sg_report_error(report, relay->place,
                        "relay '%s' has one field for both 'login' and 'tenant'", relay->name);
}

static gboolean is_wide(GInetAddressMask *mask)
{
    gboolean six = g_inet_address_mask_get_family(mask) == G_SOCKET_FAMILY_IPV6;

    return g_inet_address_mask_get_length(mask) < (six ? WIDE_IPV6 : WIDE_IPV4);
}

static gboolean is_one_address(GInetAddressMask *mask)
{
    gboolean six = g_inet_address_mask_get_family(mask) == G_SOCKET_FAMILY_IPV6;

    return g_inet_address_mask_get_length(mask) == (six ? 128 : 32);
}

static gboolean overlap(GInetAddressMask *one, GInetAddressMask *other)
{
    return g_inet_address_mask_matches(one, g_inet_address_mask_get_address(other)) ||
           g_inet_address_mask_matches(other, g_inet_address_mask_get_address(one));
}

/* Of a header anybody may write, an address alone proves little; of the envelope, which the relay
 * itself has written, one address may be enough. */
static void check_proof(const SgRelay *relay, SgReport *report)
{
    gboolean narrow = !relay->login_field;

    if (relay->certificates->len > 0 || relay->tenant_field)
        return;
    for (guint i = 0; i < relay->from->len; i++)
        narrow = narrow && is_one_address(relay->from->pdata[i]);
    if (!narrow)
        sg_report_warning(report, relay->place,
                          "relay '%s' is trusted for its addresses alone: whoever can send from "
                          "there, such as other customers of the same cloud, can write as anybody "
                          "of its domains; add 'tenant', or 'certificate'",
                          relay->name);
}

static void check_networks(const SgRelay *relay, const GPtrArray *inside, SgReport *report)
{
    for (guint i = 0; i < relay->from->len; i++) {
        g_autofree char *from = g_inet_address_mask_to_string(relay->from->pdata[i]);

        if (is_wide(relay->from->pdata[i]))
            sg_report_warning(report, relay->place,
                              "relay '%s' is taken to connect from all over the world (%s); name "
                              "its own networks",
                              relay->name, from);
        for (guint j = 0; j < inside->len; j++) {
            g_autofree char *within = g_inet_address_mask_to_string(inside->pdata[j]);

            if (overlap(relay->from->pdata[i], inside->pdata[j]))
                sg_report_warning(report, relay->place,
                                  "relay '%s' (%s) and 'inside' (%s) overlap: there mail is "
                                  "outgoing only as the relay's",
                                  relay->name, from, within);
        }
    }
}

void sg_config_check_relays(SgLoading *loading)
{
    const SgConfig *config = loading->config;

    for (guint i = 0; i < config->relays->len; i++) {
        const SgRelay *relay = config->relays->pdata[i];

        check_complete(relay, loading->report);
        check_proof(relay, loading->report);
        check_networks(relay, config->gate.inside, loading->report);
    }
}

const SgRelay *sg_config_relay(const SgConfig *config, const char *name)
{
    for (guint i = 0; i < config->relays->len; i++) {
        const SgRelay *relay = config->relays->pdata[i];

        if (strcmp(relay->name, name) == 0)
            return relay;
    }
    return NULL;
}

void sg_config_read_relay(SgLoading *loading, const SgBlock *block)
{
    SgCursor cursor = sg_line_cursor(&block->head, loading->report);
    SgSpan word;

    if (!sg_cursor_word(&cursor, "the relay's name", &word))
        return;
    g_autofree char *name = sg_span_dup(word);
    if (sg_config_relay(loading->config, name))
        sg_cursor_error(&cursor, "there is a relay '%s' already", name);
    if (!sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "nothing more is expected here");
    SgRelay *relay = sg_relay_new(name);
    relay->place = block->head.place;
    g_ptr_array_add(loading->config->relays, relay);
    sg_block_read_settings(block, sg_relay_settings, relay, loading->report);
}
