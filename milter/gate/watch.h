/* watch.h - what the record says that changes judging, as the gate last saw it: rules that are
 * demoted, and mail that is exempt from rules
 *
 * Used by one thread at a time. */
#pragma once

#include "schoolgate/config.h"
#include "store.h"

typedef struct SgWatch SgWatch;
SgWatch *sg_watch_new(void);
void sg_watch_free(SgWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgWatch, sg_watch_free)

/* Looks into the record, and puts into the log what has changed since the last time. Returns
 * whether anything has. While the record cannot be read all stays as it was; where the guard of
 * `config` is off, no rule is demoted. */
gboolean sg_watch_look(SgWatch *watch, SgStore *store, const SgConfig *config);

/* Likewise for exemptions, those that are over at `now` included. The record is read only when
 * somebody has written to it since: this can be asked every second. */
gboolean sg_watch_look_for_exemptions(SgWatch *watch, SgStore *store, gint64 now);

/* `config` with the rules demoted, and the mail exempt, that were last seen to be. Takes ownership
 * of it; free the answer with sg_config_unref(). */
SgConfig *sg_watch_apply(const SgWatch *watch, SgConfig *config);
