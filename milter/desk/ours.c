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

char *sg_service_names(const GPtrArray *services)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < services->len; i++)
        g_string_append_printf(names, "%s'%s'", i ? ", " : "",
                               ((const SgMtaService *)services->pdata[i])->name);
    return g_string_free(names, FALSE);
}
