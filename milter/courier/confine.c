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

/* In either way of sending. */
#define WORKING                                                                                    \
    (SG_MAY_OPEN_FILES | SG_MAY_MAP_CODE | SG_MAY_HAVE_THREADS | SG_MAY_TALK | SG_MAY_LOG |        \
     SG_SEES_TIMES | SG_SEES_LIBRARIES)

static const SgConfinement by_smtp = {
    .process = "the courier",
    .may = WORKING | SG_MAY_CONNECT_OUT | SG_SEES_NAMES,
};

/* It asks another process to run the command. */
static const SgConfinement by_command = {.process = "the courier", .may = WORKING};

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
    gboolean smtp = config->courier.send_by == SG_SEND_BY_SMTP;
    g_autoptr(GError) error = NULL;

    sg_limit(RLIMIT_NOFILE, FILES_MOST, FILES_MOST);
    tzset();
    kept = record_marks(config);
    if (!sg_confine(smtp ? &by_smtp : &by_command, places, smtp ? ports : NULL, &error))
        sg_log(LOG_WARNING, "%s; it works without", error->message);
}
