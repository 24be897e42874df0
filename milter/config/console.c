/* console.c - the block that says where the officer's web pages are served, and to whom */
#include "config_internal.h"

#include <gio/gio.h>
#include <string.h>

/* HOST:PORT with an address for HOST, so that nothing is looked up. */
static void read_listen(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *text = sg_span_dup(word);
    g_autoptr(GSocketAddress) address = sg_console_address(text);
    if (!address) {
        sg_cursor_error(cursor, "write ADDRESS:PORT, such as 127.0.0.1:8025 or [::1]:8025");
        return;
    }
    char **field = (char **)((char *)into + self->offset);
    g_free(*field);
    *field = g_steal_pointer(&text);
}

/* For who wants only to be monitored. */
static void read_pages(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    if (!sg_cursor_take(cursor, "none")) {
        read_listen(into, cursor, self);
        return;
    }
    g_clear_pointer(&((SgConsoleSettings *)into)->listen, g_free);
}

/* Whether it is a path that goes into addresses as it stands: nothing in it needs escaping, and it
 * neither climbs nor names another host. */
static gboolean is_plain_path(const char *path)
{
    return g_regex_match_simple("^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?$", path, 0, 0);
}

static gboolean is_web_address(GUri *uri)
{
    const char *scheme = g_uri_get_scheme(uri);

    return (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0) && g_uri_get_host(uri) &&
           *g_uri_get_host(uri);
}

static void read_address(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgConsoleSettings *console = into;
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *text = sg_span_dup(word);
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_ENCODED_PATH, NULL);
    if (!uri || !is_web_address(uri) || g_uri_get_query(uri) || g_uri_get_fragment(uri) ||
        g_uri_get_userinfo(uri) || !is_plain_path(g_uri_get_path(uri))) {
        sg_cursor_error(cursor, "write where people find the pages, such as "
                                "https://mail.kingsmead.example/schoolgate");
        return;
    }
    g_free(console->address);
    console->address = g_steal_pointer(&text);
}

/* It becomes a link on every page. */
static void read_sign_out(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgConsoleSettings *console = into;
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *text = sg_span_dup(word);
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    if (*text != '/' && (!uri || !is_web_address(uri))) {
        sg_cursor_error(cursor, "write the page where people sign out, such as "
                                "https://id.kingsmead.example/sign-out or /sign-out");
        return;
    }
    g_free(console->sign_out);
    console->sign_out = g_steal_pointer(&text);
}

static void read_proxies(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgConsoleSettings *console = into;
    SgSpan word;

    while (sg_cursor_word(cursor, self->usage, &word)) {
        g_autofree char *text = sg_span_dup(word);
        GInetAddressMask *mask = g_inet_address_mask_new_from_string(text, NULL);
        if (mask)
            g_ptr_array_add(console->proxies, mask);
        if (!mask)
            sg_cursor_error(cursor, "'%s' is no address, such as 127.0.0.1 or 10.20.0.0/16", text);
        else if (g_inet_address_mask_get_length(mask) == 0)
            sg_cursor_error(cursor, "'%s' would believe everybody", text);
        if (!sg_cursor_take_comma(cursor))
            return;
    }
}

/* A name as RFC 9110 section 5.1 has it. */
static void read_header(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgConsoleSettings *console = into;
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *text = sg_span_dup(word);
    if (!g_regex_match_simple("^[A-Za-z0-9-]+$", text, 0, 0)) {
        sg_cursor_error(cursor, "write a header's name, such as X-Remote-User");
        return;
    }
    g_free(console->sign_on_header);
    console->sign_on_header = g_steal_pointer(&text);
}

static void read_names(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"on-request", "shown", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgConsoleSettings *)into)->names_shown = choice == 1;
}

#define OF(field) G_STRUCT_OFFSET(SgConsoleSettings, field)

const SgSetting sg_console_settings[] = {
    {"listen", "ADDRESS:PORT | none",
     "where the pages are served; none: nowhere, for who wants 'metrics' alone (127.0.0.1:8025)",
     FALSE, read_pages, OF(listen)},
    {"metrics", "ADDRESS:PORT",
     "where monitoring finds /healthz and /metrics, which name nobody (nowhere)", FALSE,
     read_listen, OF(metrics)},
    {"certificate", "FILE", "a TLS certificate with its chain, PEM; without it no TLS", FALSE,
     sg_read_path, OF(certificate)},
    {"key", "FILE", "its private key, PEM; the gate's 'user' must be able to read both files",
     FALSE, sg_read_path, OF(key)},
    {"address", "URL", "what people type in to find the pages, when a web server stands in front",
     FALSE, read_address, 0},
    {"proxies", "ADDRESS[/BITS][, ...]", "the web servers in front, whose headers are believed",
     TRUE, read_proxies, 0},
    {"sign-on-header", "NAME",
     "the header in which those web servers say who has signed in with them; without it people "
     "sign in on a page of the console",
     FALSE, read_header, 0},
    {"sign-out", "URL", "where people sign out of that", FALSE, read_sign_out, 0},
    {"names", "on-request|shown",
     "people appear by their roles until somebody asks for their names, which is put on record "
     "(on-request)",
     FALSE, read_names, 0},
    {"sign-out-after", "DURATION", "people are signed out after doing nothing for so long (30m)",
     FALSE, sg_read_duration, OF(idle)},
    {"session-longest", "DURATION", "and after so long whatever they do (10h)", FALSE,
     sg_read_duration, OF(longest)},
    {0},
};

void sg_console_defaults(SgConsoleSettings *console)
{
    *console = (SgConsoleSettings){
        .listen = g_strdup("127.0.0.1:8025"),
        .proxies = g_ptr_array_new_with_free_func(g_object_unref),
        .idle = 30 * 60,
        .longest = (gint64)10 * 60 * 60,
    };
}

void sg_console_clear(SgConsoleSettings *console)
{
    g_free(console->listen);
    g_free(console->metrics);
    g_free(console->certificate);
    g_free(console->key);
    g_free(console->address);
    g_free(console->sign_on_header);
    g_free(console->sign_out);
    g_clear_pointer(&console->proxies, g_ptr_array_unref);
}

GSocketAddress *sg_console_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    gboolean bracketed = *text == '[' && colon && colon > text + 1 && colon[-1] == ']';
    guint64 port;

    if (!colon || (!bracketed && memchr(text, ':', (gsize)(colon - text))) ||
        !g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
        return NULL;
    g_autofree char *host = bracketed ? g_strndup(text + 1, (gsize)(colon - text) - 2)
                                      : g_strndup(text, (gsize)(colon - text));
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
    return address ? g_inet_socket_address_new(address, (guint16)port) : NULL;
}

static gboolean is_loopback(const char *listen)
{
    g_autoptr(GSocketAddress) address = sg_console_address(listen);

    return address && g_inet_address_get_is_loopback(
                          g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

/* A web server in front that people do not reach by TLS. */
static gboolean is_in_clear_text(const char *address)
{
    g_autoptr(GUri) uri = address ? g_uri_parse(address, G_URI_FLAGS_NONE, NULL) : NULL;
    g_autoptr(GInetAddress) host = NULL;

    if (!uri || strcmp(g_uri_get_scheme(uri), "https") == 0)
        return FALSE;
    host = g_inet_address_new_from_string(g_uri_get_host(uri));
    return !(host && g_inet_address_get_is_loopback(host)) &&
           strcmp(g_uri_get_host(uri), "localhost") != 0;
}

/* Neither "this machine" nor "any of its addresses" leads there from another one. */
static gboolean leads_here(const char *host)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);

    if (!address)
        return strcmp(host, "localhost") != 0;
    return !g_inet_address_get_is_loopback(address) && !g_inet_address_get_is_any(address);
}

char *sg_console_link(const SgConsoleSettings *console, const char *path)
{
    if (!console->wanted || !console->listen)
        return NULL;
    g_autofree char *base = console->address ? g_strdup(console->address)
                                             : g_strconcat("https://", console->listen, NULL);
    g_autoptr(GUri) uri = g_uri_parse(base, G_URI_FLAGS_ENCODED_PATH, NULL);

    if (!uri || !leads_here(g_uri_get_host(uri)))
        return NULL;
    if (g_str_has_suffix(base, "/"))
        base[strlen(base) - 1] = '\0';
    return g_strconcat(base, path, NULL);
}

/* Passwords and held mail go over no network in clear text. */
void sg_console_check(const SgConsoleSettings *console, SgPlace place, SgReport *report)
{
    if (!console->certificate != !console->key)
        sg_report_error(report, place, "'certificate' and 'key' go together");
    if (!console->listen && !console->metrics)
        sg_report_error(report, place,
                        "with 'listen none' nothing is served unless 'metrics' says where");
    if (console->listen && !console->certificate && !is_loopback(console->listen))
        sg_report_error(report, place,
                        "the console may only listen on this machine's own address, such as "
                        "127.0.0.1:8025, unless it has a 'certificate' and a 'key'");
    if (is_in_clear_text(console->address))
        sg_report_error(report, place,
                        "begin the 'address' with https: passwords and held mail go to people's "
                        "browsers");
    if (console->sign_on_header && console->proxies->len == 0)
        sg_report_error(report, place,
                        "say whose 'sign-on-header' is believed: name the 'proxies'");
    if (console->sign_on_header && !console->address)
        sg_report_error(report, place, "with a 'sign-on-header' the 'address' is needed, too");
    if (console->idle < 60 || console->longest < console->idle)
        sg_report_error(report, place,
                        "'sign-out-after' is at least 1m, and no longer than "
                        "'session-longest'");
}
