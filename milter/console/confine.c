/* confine.c - the console's confinement; see confine.h. */
#include "confine.h"

#include "schoolgate/confine.h"
#include "schoolgate/console.h"

#include <time.h>

/* Rules are tried there, whose patterns are compiled. */
static const SgConfinement confinement = {
    .process = "the console",
    .may = SG_MAY_OPEN_FILES | SG_MAY_MAP_CODE | SG_MAY_HAVE_THREADS | SG_MAY_TALK | SG_MAY_LOG |
           SG_MAY_ACCEPT | SG_HOLDS_TCP | SG_SEES_TIMES | SG_SEES_LIBRARIES,
};

gboolean sg_console_confine(const SgConfig *config, GError **error)
{
    g_autofree char *record = g_path_get_dirname(config->database);
    g_autofree char *settings = g_path_get_dirname(config->path);
    const SgConsoleSettings *console = &config->console;
    const SgPlaceAt places[] = {
        {record, SG_PLACE_KEEP},
        {settings, SG_PLACE_READ},
        {console->certificate ? console->certificate : settings, SG_PLACE_READ},
        {console->key ? console->key : settings, SG_PLACE_READ},
        {NULL, SG_PLACE_READ},
    };
    g_autoptr(GError) why = NULL;

    tzset(); /* the log's times are this machine's, whose settings are out of reach from here on */
    if (sg_confine(&confinement, places, NULL, &why))
        return TRUE;
    g_set_error(error, SG_CONSOLE_ERROR, SG_CONSOLE_ERROR_START, "cannot lock itself in: %s",
                why->message);
    return FALSE;
}
