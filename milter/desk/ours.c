/* ours.c - see ours.h */
#include "ours.h"

#include <string.h>

char *sg_our_socket(const SgConfig *config)
{
    const char *path = sg_socket_path(config->gate.socket);
    g_autofree char *whole = path ? g_canonicalize_filename(path, NULL) : NULL;

    return whole ? g_strconcat("unix:", whole, NULL) : g_strdup(config->gate.socket);
}

static gboolean goes_astray(const SgMta *mta, const SgMtaService *service,
                            const SgMtaMilter *milter, const char *socket)
{
    return service->chrooted && sg_mta_is_socket(mta, NULL, milter, socket);
}

const SgMtaMilter *sg_our_milter(const SgMta *mta, const SgMtaService *service, const char *socket,
                                 gboolean *astray)
{
    for (guint i = 0; i < service->milters->len; i++) {
        const SgMtaMilter *milter = service->milters->pdata[i];

        *astray = FALSE;
        if (sg_mta_is_socket(mta, service, milter, socket))
            return milter;
        *astray = goes_astray(mta, service, milter, socket);
        if (*astray)
            return milter;
    }
    return NULL;
}

/* A port of this machine alone, where a content filter hands back what came in elsewhere. */
static gboolean takes_back_filtered(const SgMtaService *service)
{
    return service->milters_off && (g_str_has_prefix(service->name, "127.") ||
                                    g_str_has_prefix(service->name, "localhost:") ||
                                    g_str_has_prefix(service->name, "[::1]:"));
}

static gboolean is_proxied(const SgMta *mta, const SgMtaService *service)
{
    const char *filter = sg_mta_service_setting(mta, service->name, "smtpd_proxy_filter");

    return service->by_network && filter && *filter;
}

SgServicesSeen sg_services_seen(const SgPatient *patient)
{
    g_autofree char *socket = sg_our_socket(patient->config);
    const GPtrArray *all = sg_mta_services(patient->mta);
    SgServicesSeen services = {g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new(),
                               g_ptr_array_new(), g_ptr_array_new()};

    for (guint i = 0; i < all->len; i++) {
        SgMtaService *service = all->pdata[i];
        gboolean astray = FALSE;

        if (takes_back_filtered(service))
            g_ptr_array_add(services.behind_filter, service);
        else if (service->milters_off)
            g_ptr_array_add(services.off, service);
        else if (!sg_our_milter(patient->mta, service, socket, &astray))
            g_ptr_array_add(services.without, service);
        else
            g_ptr_array_add(is_proxied(patient->mta, service) ? services.proxied : services.with,
                            service);
    }
    return services;
}

void sg_services_clear(SgServicesSeen *services)
{
    g_ptr_array_unref(services->without);
    g_ptr_array_unref(services->behind_filter);
    g_ptr_array_unref(services->off);
    g_ptr_array_unref(services->proxied);
    g_ptr_array_unref(services->with);
}

void sg_look_at_ours(SgPatient *patient,
                     void (*look)(SgPatient *, const SgMtaService *, const SgMtaMilter *ours),
                     const char *well)
{
    g_auto(SgServicesSeen) services = sg_services_seen(patient);
    g_autofree char *socket = sg_our_socket(patient->config);

    for (guint i = 0; i < services.with->len; i++) {
        const SgMtaService *service = services.with->pdata[i];
        gboolean astray = FALSE;

        look(patient, service, sg_our_milter(patient->mta, service, socket, &astray));
    }
    if (services.with->len == 0)
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "no service of the mail server asks schoolgate");
    else if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "%s", well);
}

char *sg_service_names(const GPtrArray *services)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < services->len; i++)
        g_string_append_printf(names, "%s'%s'", i ? ", " : "",
                               ((const SgMtaService *)services->pdata[i])->name);
    return g_string_free(names, FALSE);
}
