/* confine.c - the confinement of what asks directories; see confine.h. */
#include "confine.h"

#include "directory_internal.h"
#include "schoolgate/confine.h"
#include "schoolgate/log.h"
#include "schoolgate/tidy.h"

#include <sys/resource.h>
#include <time.h>

#define DNS_PORT   53
#define FILES_MOST 256

/* TLS and what looks names up load libraries late. */
static const SgConfinement keeper = {
    .process = "the keeper of directories",
    .may = SG_MAY_OPEN_FILES | SG_MAY_MAP_CODE | SG_MAY_HAVE_THREADS | SG_MAY_TALK | SG_MAY_LOG |
           SG_SEES_TIMES | SG_SEES_LIBRARIES,
};

/* Of all servers together: what `may` besides, and which ports. */
static guint look_at_server(const char *server, GArray *ports)
{
    LDAPURLDesc *url = NULL;
    guint may = SG_MAY_CONNECT_OUT | SG_SEES_NAMES;
    guint16 port;

    if (ldap_url_parse(server, &url) != LDAP_URL_SUCCESS)
        return 0;
    port = sg_url_port(url);
    if (sg_url_is_here(url))
        may = SG_MAY_CONNECT_LOCAL;
    else
        g_array_append_val(ports, port);
    ldap_free_urldesc(url);
    return may;
}

static guint look_at_servers(const GPtrArray *directories, GArray *ports)
{
    const guint16 dns = DNS_PORT;
    guint may = 0;

    for (guint i = 0; i < directories->len; i++) {
        const SgDirectory *directory = directories->pdata[i];
        for (guint j = 0; j < directory->servers->len; j++)
            may |= look_at_server(directory->servers->pdata[j], ports);
    }
    g_array_append_val(ports, dns);
    return may;
}

static void add_place(GArray *places, const char *path, SgPlaceHow how)
{
    const SgPlaceAt place = {path, how};

    if (path)
        g_array_append_val(places, place);
}

/* Of SgPlaceAt, ended by NULL; the paths are the directories'. */
static GArray *places_of(const GPtrArray *directories)
{
    GArray *places = g_array_new(TRUE, TRUE, sizeof(SgPlaceAt));

    for (guint i = 0; i < directories->len; i++) {
        const SgDirectory *directory = directories->pdata[i];
        add_place(places, directory->folder, SG_PLACE_KEEP);
        add_place(places, directory->ca_file, SG_PLACE_READ);
        add_place(places, directory->password_file, SG_PLACE_READ);
    }
    return places;
}

static const SgPlaceAt *list_of(const GArray *places)
{
    return (const SgPlaceAt *)(gconstpointer)places->data;
}

static char *kept; /* its places, as they were when it was confined; NULL: it never was */

static void make_folders(const GPtrArray *directories)
{
    for (guint i = 0; i < directories->len; i++) {
        const SgDirectory *directory = directories->pdata[i];
        g_autoptr(GError) error = NULL;
        if (!sg_copy_make_folder(directory, &error))
            sg_log(LOG_ERR, "directory %s: %s", directory->name, error->message);
    }
}

void sg_directory_confine(const GPtrArray *directories)
{
    g_autoptr(GArray) ports = g_array_new(TRUE, TRUE, sizeof(guint16));
    g_autoptr(GArray) places = places_of(directories);
    g_autoptr(GError) error = NULL;
    SgConfinement what = keeper;

    sg_limit(RLIMIT_NOFILE, FILES_MOST, FILES_MOST);
    what.may |= look_at_servers(directories, ports);
    make_folders(directories);
    tzset();
    g_free(kept);
    kept = sg_places_marks(list_of(places));
    if (!sg_confine(&what, list_of(places), (const guint16 *)(gconstpointer)ports->data, &error))
        sg_log(LOG_WARNING, "%s; it works without", error->message);
}

gboolean sg_directory_is_kept_out(const GPtrArray *directories)
{
    g_autoptr(GArray) places = kept ? places_of(directories) : NULL;
    g_autofree char *now = places ? sg_places_marks(list_of(places)) : NULL;

    return g_strcmp0(now, kept) != 0;
}
