/* gate_internal.h - the gate process: what its sessions share, and how it is run
 *
 * libmilter's callbacks carry no pointer of ours but a connection's own, so that the process's one
 * gate is found through these functions. Any thread may call them. */
#pragma once

#include "history.h"
#include "schoolgate/config.h"
#include "slots.h"
#include "store.h"

#include <libmilter/mfapi.h>

/* The configuration that mail is judged by from now on. Give back with sg_config_unref(). */
SgConfig *sg_gate_config(void);
SgStore *sg_gate_store(void);
SgSlots *sg_gate_slots(void);
SgExtractor *sg_gate_extractor(void);
SgSentLately *sg_gate_history(void);

/* After a message of that many bytes has been dealt with. */
void sg_gate_give_memory_back(gsize message_size);

/* Around all use of the store and the slots: the gate does not end in between. */
void sg_gate_enter(void);
void sg_gate_leave(void);

/* What libmilter is told of us; defined with the session. */
extern const struct smfiDesc sg_session_milter;

/* Runs the gate in this process, which was forked for it, until it is told to stop. Takes ownership
 * of `config` and of `channel`, its end of the pair, and borrows `extractor`, whose zygote is the
 * parent's business. Returns the process's exit code. */
int sg_gate_run(SgConfig *config, int channel, SgExtractor *extractor);

/* Gives `to`, which nobody else has yet, what a running service keeps of `from`: its socket, user,
 * database and log. Returns the name of a setting that has changed among them, or NULL. */
const char *sg_gate_keep_fixed(const SgConfig *from, SgConfig *to);

/* Puts each entry of `report` into the log. */
void sg_gate_log_report(const SgReport *report);
