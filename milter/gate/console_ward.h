/* console_ward.h - the console as the parent's child, and what the parent lets it see */
#pragma once

#include "duty.h"

typedef struct SgConsoleWard {
    SgDuty duty;
    SgConsoleSockets sockets;
    SgServices *services; /* in memory that its process sees as well */
} SgConsoleWard;

/* Before privileges are given up: opens what listens, should `config` want a console. What cannot
 * be opened keeps no mail waiting: that is logged, and tried again at each start. */
void sg_console_ward_init(SgConsoleWard *console, const SgConfig *config);
void sg_console_ward_clear(SgConsoleWard *console);

/* Whether it is wanted, not there, and its time to start has come. */
gboolean sg_console_ward_is_due(const SgConsoleWard *console, const SgConfig *config);

/* As sg_duty_start(). */
gboolean sg_console_ward_start(SgConsoleWard *console, SgConfig *config, SgExtractor *extractor,
                               int *code);
