/* confine.h - what gate and parent give up; schoolgate/confine.h says how that holds
 *
 * Mail matters more than walls: where the kernel does not let one be put up, the log says so and
 * the process works without. */
#pragma once

#include "schoolgate/config.h"

/* For the gate, before it has threads: it reads the folders that the configuration's files are in,
 * keeps the record, spooled messages and compiled patterns, and answers whoever comes by the socket
 * that is open. */
void sg_gate_confine(const SgConfig *config);

/* Whether a folder that the gate keeps is another one since: only a new gate reaches that. */
gboolean sg_gate_is_kept_out(const SgConfig *config);

/* For the parent, before it has children. What it may not do none of them may, so that it keeps
 * what they need and confine themselves from; nothing runs a program. Says what this kernel lacks.
 */
void sg_parent_confine(void);

/* What a running gate reaches, as it was when it was started. */
typedef struct SgReach {
    char *places;
    gboolean left; /* it was asked to end, as it cannot reach what it is to read */
} SgReach;

/* A gate is being started by `config`. */
void sg_reach_take(SgReach *reach, const SgConfig *config);
/* Asks the gate to end when `config` has files or folders that it does not reach. */
gboolean sg_reach_leave(SgReach *reach, const SgConfig *config, pid_t gate);
void sg_reach_clear(SgReach *reach);
