/* confine.c - the confinements of gate and parent, and whether a gate reaches what a new
 * configuration names. */
#include "confine.h"

#include "schoolgate/confine.h"
#include "socket.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

/* What gates, consoles and couriers have in common. */
#define SERVING                                                                                    \
    (SG_MAY_OPEN_FILES | SG_MAY_MAP_CODE | SG_MAY_HAVE_THREADS | SG_MAY_TALK | SG_MAY_LOG |        \
     SG_MAY_ACCEPT | SG_SEES_TIMES | SG_SEES_LIBRARIES)

static const SgConfinement gate = {.process = "the gate", .may = SERVING};

/* The console's sockets are opened anew when it has died. */
static const SgConfinement parent = {
    .process = "schoolgated",
    .may = SERVING | SG_MAY_CONNECT_LOCAL | SG_MAY_CONNECT_OUT | SG_MAY_LISTEN | SG_MAY_FORK |
           SG_MAY_SIGNAL | SG_MAY_CONFINE | SG_MAY_ABSTRACT,
};

/* Places ------------------------------------------------------------------------------------------
 */

static void add_place(GArray *places, const char *path, SgPlaceHow how)
{
    const SgPlaceAt place = {g_intern_string(path), how};

    for (guint i = 0; i < places->len; i++)
        if (g_array_index(places, SgPlaceAt, i).path == place.path)
            return;
    g_array_append_val(places, place);
}

/* `/etc`, where an aliases file may lie, is too much to be read for the sake of one file. */
static gboolean is_folder_of_all_sorts(const char *folder)
{
    return strchr(folder + 1, '/') == NULL;
}

/* As copies of directories are, whose folder is made later. */
static gboolean is_below_kept(const GArray *places, const char *path)
{
    for (guint i = 0; i < places->len; i++) {
        const SgPlaceAt *place = &g_array_index(places, SgPlaceAt, i);
        gsize len = strlen(place->path);
        if (place->how == SG_PLACE_KEEP && strncmp(path, place->path, len) == 0 && path[len] == '/')
            return TRUE;
    }
    return FALSE;
}

static void add_file(GArray *places, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (is_below_kept(places, path))
        return;
    add_place(places, is_folder_of_all_sorts(folder) ? path : folder, SG_PLACE_READ);
}

/* A file that is replaced, as editors do, is found in its folder again. */
static void add_config_file(GArray *places, const char *path)
{
    char *real = realpath(path, NULL);

    if (g_path_is_absolute(path))
        add_file(places, path);
    if (real)
        add_file(places, real);
    free(real);
}

static const SgPlaceAt *list_of(const GArray *places)
{
    return (const SgPlaceAt *)(gconstpointer)places->data;
}

/* Of SgPlaceAt, ended by NULL, as all of them. */
static GArray *kept_places(const SgConfig *config)
{
    GArray *places = g_array_new(TRUE, TRUE, sizeof(SgPlaceAt));
    g_autofree char *record = g_path_get_dirname(config->database);

    add_place(places, record, SG_PLACE_KEEP);
    add_place(places, config->gate.spool, SG_PLACE_KEEP);
    if (config->gate.cache)
        add_place(places, config->gate.cache, SG_PLACE_KEEP);
    return places;
}

static GArray *places_of(const SgConfig *config)
{
    GArray *places = kept_places(config);

    for (guint i = 0; i < config->files->len; i++)
        add_config_file(places, config->files->pdata[i]);
    return places;
}

static char *marks_of(const SgConfig *config)
{
    g_autoptr(GArray) places = places_of(config);

    return sg_places_marks(list_of(places));
}

void sg_reach_take(SgReach *reach, const SgConfig *config)
{
    sg_reach_clear(reach);
    reach->places = marks_of(config);
}

gboolean sg_reach_leave(SgReach *reach, const SgConfig *config, pid_t gate_id)
{
    g_autofree char *marks = marks_of(config);

    if (gate_id <= 0 || g_strcmp0(reach->places, marks) == 0)
        return FALSE;
    sg_log(LOG_NOTICE, "the gate is started again, as the new configuration has files or folders "
                       "that the running one is kept from");
    reach->left = TRUE;
    kill(gate_id, SIGTERM);
    sg_socket_knock();
    return TRUE;
}

void sg_reach_clear(SgReach *reach)
{
    g_free(reach->places);
    *reach = (SgReach){0};
}

/* Processes ---------------------------------------------------------------------------------------
 */

static void enter(const SgConfinement *what, const SgPlaceAt *places)
{
    g_autoptr(GError) error = NULL;

    tzset();
    if (!sg_confine(what, places, NULL, &error))
        sg_log(LOG_WARNING, "%s; it works without", error->message);
}

static char *kept; /* by a gate, as it was when that was confined */

static char *kept_marks(const SgConfig *config)
{
    g_autoptr(GArray) places = kept_places(config);

    return sg_places_marks(list_of(places));
}

void sg_gate_confine(const SgConfig *config)
{
    g_autoptr(GArray) places = places_of(config);
    SgConfinement what = gate;

    if (g_str_has_prefix(config->gate.socket, "inet"))
        what.may |= SG_HOLDS_TCP;
    enter(&what, list_of(places));
    g_free(kept);
    kept = kept_marks(config);
}

gboolean sg_gate_is_kept_out(const SgConfig *config)
{
    g_autofree char *now = kept_marks(config);

    return g_strcmp0(now, kept) != 0;
}

static void say_gaps(void)
{
    g_autofree char *gaps = sg_confine_gaps();
    SgConfineSupport support = sg_confine_support();
    gboolean little = support.landlock == 0 || !support.seccomp;

    if (gaps)
        sg_log(little ? LOG_WARNING : LOG_NOTICE,
               "this kernel cannot confine our processes wholly; it does not refuse them: %s",
               gaps);
}

void sg_parent_confine(void)
{
    static const SgPlaceAt everywhere[] = {{"/", SG_PLACE_MAKE}, {NULL, SG_PLACE_READ}};

#ifndef __SANITIZE_ADDRESS__ /* whose leak checker attaches to the process */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    say_gaps();
    enter(&parent, everywhere);
}
