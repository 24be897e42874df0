/* gate.h - schoolgated: the parent that supervises, and the gate that answers the MTA
 *
 * Only this room knows libmilter. The parent reads the configuration, opens the milter socket,
 * gives up its privileges, forks the gate, restarts it when it dies, and takes the signals
 * (HUP: reload, TERM and INT: stop). It never reads mail. The socket stays open in the parent, so
 * that the MTA finds a full queue rather than a closed door while the gate is restarted. */
#pragma once

#include "schoolgate/config.h"
#include "schoolgate/record.h"

/* What `schoolgated` does with its arguments. Only main() calls it; returns the exit code. */
int sg_gate_main(int argc, char **argv);
