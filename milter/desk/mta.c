/* mta.c - what is the same of every mail server: its services and milters, and which of these is
 * ours */
#include "mta_internal.h"

#include <string.h>
#include <sys/stat.h>

const char *const sg_mta_kind_names[] = {"postfix", "sendmail", NULL};

GQuark sg_mta_error_quark(void)
{
    return g_quark_from_static_string("sg-mta-error-quark");
}

/* Building ----------------------------------------------------------------------------------------
 */

static void free_milter(gpointer data)
{
    SgMtaMilter *milter = data;

    g_free(milter->name);
    g_free(milter->address);
    g_free(milter);
}

static void free_service(gpointer data)
{
    SgMtaService *service = data;

    g_free(service->name);
    g_free(service->command);
    g_free(service->asking);
    g_ptr_array_unref(service->milters);
    g_free(service);
}

GPtrArray *sg_mta_milters_new(void)
{
    return g_ptr_array_new_with_free_func(free_milter);
}

SgMta *sg_mta_new(SgMtaKind kind, const char *place)
{
    SgMta *mta = g_new0(SgMta, 1);

    mta->kind = kind;
    mta->place = g_strdup(place);
    mta->settings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    mta->services = g_ptr_array_new_with_free_func(free_service);
    mta->network = sg_mta_milters_new();
    mta->local = sg_mta_milters_new();
    return mta;
}

void sg_mta_free(SgMta *mta)
{
    if (!mta)
        return;
    g_free(mta->place);
    g_hash_table_unref(mta->settings);
    g_ptr_array_unref(mta->services);
    g_ptr_array_unref(mta->network);
    g_ptr_array_unref(mta->local);
    g_free(mta);
}

SgMtaService *sg_mta_add_service(SgMta *mta, const char *name, const char *command)
{
    SgMtaService *service = g_new0(SgMtaService, 1);

    service->name = g_strdup(name);
    service->command = g_strdup(command);
    service->asking = g_strdup(name);
    service->milters = sg_mta_milters_new();
    g_ptr_array_add(mta->services, service);
    return service;
}

SgMtaMilter *sg_mta_milter_new(const char *name, const char *address)
{
    SgMtaMilter *milter = g_new0(SgMtaMilter, 1);

    milter->name = g_strdup(name);
    milter->address = g_strdup(address);
    return milter;
}

gint64 sg_mta_seconds(const char *text, gint64 unit, gint64 otherwise)
{
    static const char letters[] = "smhdw";
    static const gint64 sizes[] = {1, 60, 3600, 86400, 604800};
    gint64 sum = 0;

    if (!text || !g_ascii_isdigit(*text))
        return otherwise;
    while (g_ascii_isdigit(*text)) {
        char *end;
        gint64 number = g_ascii_strtoll(text, &end, 10);
        const char *letter = *end ? strchr(letters, *end) : NULL;

        sum += number * (letter ? sizes[letter - letters] : unit);
        text = letter ? end + 1 : end;
        if (!letter)
            break;
    }
    return *text ? otherwise : sum;
}

/* Reading -----------------------------------------------------------------------------------------
 */

SgMta *sg_mta_read(const SgMtaWish *wish, GError **error)
{
    g_autoptr(GError) none = NULL;
    int kind = wish->kind;

    if (kind == SG_MTA_ANY && wish->postfix_config)
        kind = SG_MTA_POSTFIX;
    if (kind == SG_MTA_ANY && wish->sendmail_cf)
        kind = SG_MTA_SENDMAIL;
    if (kind == SG_MTA_SENDMAIL)
        return sg_mta_read_sendmail(wish->sendmail_cf, error);
    if (kind == SG_MTA_POSTFIX)
        return sg_mta_read_postfix(wish->postfix_config, error);

    SgMta *mta = sg_mta_read_postfix(NULL, &none);
    if (!mta && g_error_matches(none, SG_MTA_ERROR, SG_MTA_ERROR_NONE)) {
        g_clear_error(&none);
        mta = sg_mta_read_sendmail(NULL, &none);
    }
    if (!mta && g_error_matches(none, SG_MTA_ERROR, SG_MTA_ERROR_NONE))
        g_set_error(error, SG_MTA_ERROR, SG_MTA_ERROR_NONE,
                    "no mail server is here: neither Postfix's 'postconf' nor '%s'",
                    SG_SENDMAIL_CF);
    else if (!mta)
        g_propagate_error(error, g_steal_pointer(&none));
    return mta;
}

SgMtaKind sg_mta_kind(const SgMta *mta)
{
    return mta->kind;
}

const char *sg_mta_place(const SgMta *mta)
{
    return mta->place;
}

const char *sg_mta_setting(const SgMta *mta, const char *name)
{
    return g_hash_table_lookup(mta->settings, name);
}

const char *sg_mta_service_setting(const SgMta *mta, const char *service, const char *name)
{
    g_autofree char *key = g_strdup_printf("%s/%s", service, name);
    const char *own = g_hash_table_lookup(mta->settings, key);

    return own ? own : sg_mta_setting(mta, name);
}

const GPtrArray *sg_mta_services(const SgMta *mta)
{
    return mta->services;
}

const GPtrArray *sg_mta_network_milters(const SgMta *mta)
{
    return mta->network;
}

const GPtrArray *sg_mta_local_milters(const SgMta *mta)
{
    return mta->local;
}

/* Sockets -----------------------------------------------------------------------------------------
 */

const char *sg_socket_path(const char *address)
{
    static const char *const prefixes[] = {"unix:", "local:"};

    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(address, prefixes[i]))
            return address + strlen(prefixes[i]);
    return *address == '/' ? address : NULL;
}

char *sg_mta_socket_path(const SgMta *mta, const SgMtaService *service, const SgMtaMilter *milter)
{
    const char *path = sg_socket_path(milter->address);
    const char *queue = sg_mta_setting(mta, "queue_directory");

    if (!path)
        return NULL;
    if (mta->kind == SG_MTA_POSTFIX && queue && (*path != '/' || (service && service->chrooted)))
        return g_build_filename(queue, path, NULL);
    return g_canonicalize_filename(path, "/");
}

static gboolean same_file(const char *one, const char *other)
{
    struct stat first, second;

    if (stat(one, &first) == 0 && stat(other, &second) == 0)
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    g_autofree char *plain_one = g_canonicalize_filename(one, "/");
    g_autofree char *plain_other = g_canonicalize_filename(other, "/");
    return strcmp(plain_one, plain_other) == 0;
}

gboolean sg_socket_port(const char *address, char **host, char **port)
{
    const char *first = strchr(address, ':');
    const char *rest, *at, *colon;

    if (!first || (!g_str_has_prefix(address, "inet:") && !g_str_has_prefix(address, "inet6:")))
        return FALSE;
    rest = first + 1;
    at = strchr(rest, '@');
    colon = strrchr(rest, ':');
    if (at) {
        *port = g_strndup(rest, (gsize)(at - rest));
        *host = g_strdup(at + 1);
    } else {
        *port = g_strdup(colon ? colon + 1 : rest);
        *host = colon ? g_strndup(rest, (gsize)(colon - rest)) : g_strdup("");
    }
    if (**host == '[' && g_str_has_suffix(*host, "]")) {
        memmove(*host, *host + 1, strlen(*host));
        (*host)[strlen(*host) - 1] = '\0';
    }
    return TRUE;
}

static gboolean is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
           strcmp(host, "::1") == 0;
}

static gboolean is_everywhere(const char *host)
{
    return *host == '\0' || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

static gboolean same_port(const char *theirs, const char *ours)
{
    g_autofree char *their_host = NULL, *their_port = NULL, *our_host = NULL, *our_port = NULL;

    if (!sg_socket_port(theirs, &their_host, &their_port) ||
        !sg_socket_port(ours, &our_host, &our_port))
        return FALSE;
    return strcmp(their_port, our_port) == 0 &&
           (g_ascii_strcasecmp(their_host, our_host) == 0 || is_everywhere(our_host) ||
            (is_loopback(their_host) && is_loopback(our_host)));
}

gboolean sg_mta_is_socket(const SgMta *mta, const SgMtaService *service, const SgMtaMilter *milter,
                          const char *socket)
{
    g_autofree char *theirs = NULL;
    const char *ours;

    if (same_port(milter->address, socket))
        return TRUE;
    ours = sg_socket_path(socket);
    theirs = sg_mta_socket_path(mta, service, milter);
    return ours && theirs && same_file(theirs, ours);
}

const SgMtaMilter *sg_mta_milter_at(const SgMta *mta, const SgMtaService *service,
                                    const char *socket)
{
    for (guint i = 0; !service->milters_off && i < service->milters->len; i++)
        if (sg_mta_is_socket(mta, service, service->milters->pdata[i], socket))
            return service->milters->pdata[i];
    return NULL;
}

/* Where `path` lies below `folder`; NULL when it does not. */
static const char *below(const char *path, const char *folder)
{
    gsize length = folder ? strlen(folder) : 0;

    while (length > 1 && folder[length - 1] == '/')
        length--;
    return length > 1 && strncmp(path, folder, length) == 0 && path[length] == '/'
               ? path + length + 1
               : NULL;
}

static char *address_of_port(const SgMta *mta, const char *host, const char *port)
{
    const char *reached = is_everywhere(host) ? "127.0.0.1" : host;
    gboolean six = strchr(reached, ':') != NULL;

    if (mta->kind == SG_MTA_SENDMAIL)
        return g_strdup_printf("%s:%s@%s", six ? "inet6" : "inet", port, reached);
    return g_strdup_printf(six ? "inet:[%s]:%s" : "inet:%s:%s", reached, port);
}

char *sg_mta_address_for(const SgMta *mta, const char *socket)
{
    g_autofree char *host = NULL, *port = NULL;
    const char *path, *inside;

    if (sg_socket_port(socket, &host, &port))
        return address_of_port(mta, host, port);
    path = sg_socket_path(socket);
    if (!path)
        return NULL;
    if (mta->kind == SG_MTA_SENDMAIL)
        return g_strconcat("local:", path, NULL);
    inside = below(path, sg_mta_setting(mta, "queue_directory"));
    return g_strconcat("unix:", inside ? inside : path, NULL);
}
