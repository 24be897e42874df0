/* landlock.h - which files are reached, and which ports connected to; allocates nothing to enter */
#pragma once

#include "schoolgate/confine.h"

/* The first version that knows ports: Linux 6.7. */
#define SG_LANDLOCK_WITH_PORTS 4

/* The kernel's version; 0 when there is none. */
int sg_landlock_version(void);

/* A handle on the rules, to be closed; -1 when the kernel has no landlock, -2 with `error`. */
int sg_landlock_make(const SgConfinement *what, const SgPlaceAt *places, const guint16 *ports,
                     GError **error);

/* FALSE with errno set. The process must have given up new privileges. */
gboolean sg_landlock_enter(int rules);
