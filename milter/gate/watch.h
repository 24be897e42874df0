/* watch.h - the rules that the record says are demoted, as the gate last saw them
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

/* `config` with the rules demoted that were last seen to be. Takes ownership of it; free the answer
 * with sg_config_unref(). */
SgConfig *sg_watch_apply(const SgWatch *watch, SgConfig *config);
