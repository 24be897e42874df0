/* directory_ward.h - the process that keeps directories' copies fresh, as the parent's child */
#pragma once

#include "duty.h"

#define SG_DIRECTORY_WARD                                                                          \
    {                                                                                              \
        .ward = {.name = "the keeper of directories", .pulse = SG_PULSE_DIRECTORY},                \
        .process = "schoolgate-dir", .channel = -1                                                 \
    }

/* Whether there is a directory, the process is not there, and its time to start has come. */
gboolean sg_directory_ward_is_due(const SgDuty *duty, const SgConfig *config);

/* As sg_duty_start(). It says SG_WORD_PEOPLE whenever a copy is another, and
 * SG_WORD_END when it wants another process to go on. */
gboolean sg_directory_ward_start(SgDuty *duty, SgConfig *config, int *code);
