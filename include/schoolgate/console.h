/* console.h - the officer's web pages, served by a process of their own
 *
 * Only this room knows HTTP. The process has no right to run a program, and reads attachments only
 * through the extractor. Whoever asks for a page must have signed in, and have the role for it. */
#pragma once

#include "schoolgate/config.h"

/* What the parent knows of its processes, in memory that it shares with the console: the parent
 * alone writes. Times are seconds, UTC. */
typedef struct SgService {
    gint64 started;  /* 0: it is not there */
    gint64 restarts; /* because it had died, since the parent was started */
    gint64 silent;   /* since when it is known to give no sign of life; 0: it gives some */
} SgService;

typedef enum {
    SG_SERVICE_GATE,
    SG_SERVICE_EXTRACTOR,
    SG_SERVICE_COURIER,
    SG_SERVICE_CONSOLE,
    SG_SERVICE_DIRECTORY, /* only where there is a directory to be asked */
    SG_SERVICES
} SgServiceKind;

typedef struct SgServices {
    SgService of[SG_SERVICES];
    gint64 loaded;  /* when the configuration that is in force was loaded */
    gint64 refused; /* when one was refused after that; 0: none was */
} SgServices;

/* Sockets that listen; -1 for none. They stay with the parent, so that nobody finds the door closed
 * while the console is started again. */
typedef struct SgConsoleSockets {
    int pages;
    int metrics;
} SgConsoleSockets;

#define SG_CONSOLE_ERROR (sg_console_error_quark())
GQuark sg_console_error_quark(void);
typedef enum { SG_CONSOLE_ERROR_LISTEN, SG_CONSOLE_ERROR_START } SgConsoleError;

/* Opens those that are not open yet. On error those that are stay open. */
gboolean sg_console_listen(const SgConsoleSettings *settings, SgConsoleSockets *sockets,
                           GError **error);

/* All borrowed but `config`, which sg_console_run() takes over. */
typedef struct SgConsoleStart {
    SgConfig *config;
    SgConsoleSockets sockets;
    SgExtractor *extractor;
    const SgServices *services; /* NULL: nobody knows */
    int stop;
} SgConsoleStart;

/* Serves until `stop` can be read from, or its other end is closed; pages in hand are finished
 * first. For a process of its own, which has no record open and one thread. Returns the exit code.
 */
int sg_console_run(const SgConsoleStart *start);
