/* confine.c - the courier's confinement; see confine.h. */
#include "confine.h"

#include "schoolgate/confine.h"
#include "schoolgate/log.h"
#include "schoolgate/tidy.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define DNS_PORT   53
#define FILES_MOST 256

static const SgConfinement by_smtp = {
    .process = "the courier",
    .may = SG_MAY_OPEN_FILES | SG_MAY_MAP_CODE | SG_MAY_HAVE_THREADS | SG_MAY_TALK | SG_MAY_LOG |
           SG_MAY_CONNECT_OUT | SG_SEES_TIMES | SG_SEES_LIBRARIES | SG_SEES_NAMES,
};

static char *kept; /* the record's folder, as it was when the courier was confined */

static char *record_marks(const SgConfig *config)
{
    g_autofree char *record = g_path_get_dirname(config->database);
    const SgPlaceAt places[] = {{record, SG_PLACE_KEEP}, {NULL, SG_PLACE_READ}};

    return sg_places_marks(places);
}

gboolean sg_courier_is_kept_out(const SgConfig *config)
{
    g_autofree char *now = kept ? record_marks(config) : NULL;

    return g_strcmp0(now, kept) != 0;
}

void sg_courier_confine(const SgConfig *config)
{
    g_autofree char *record = g_path_get_dirname(config->database);
    const char *texts = config->courier.texts;
    const char *port = config->courier.smtp ? strrchr(config->courier.smtp, ':') : NULL;
    const SgPlaceAt places[] = {
        {record, SG_PLACE_KEEP},
        {texts ? texts : record, texts ? SG_PLACE_READ : SG_PLACE_KEEP},
        {NULL, SG_PLACE_READ},
    };
    const guint16 ports[] = {port ? (guint16)g_ascii_strtoull(port + 1, NULL, 10) : 0, DNS_PORT, 0};
    g_autoptr(GError) error = NULL;

    sg_limit(RLIMIT_NOFILE, FILES_MOST, FILES_MOST);
    if (config->courier.send_by != SG_SEND_BY_SMTP)
        return;
    tzset();
    kept = record_marks(config);
    if (!sg_confine(&by_smtp, places, ports, &error))
        sg_log(LOG_WARNING, "%s; it works without", error->message);
}
