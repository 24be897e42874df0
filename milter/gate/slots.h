/* slots.h - how many messages are judged at once; the others wait their turn
 *
 * libmilter has no cap of its own. Any thread may call. */
#pragma once

#include <glib.h>

typedef struct SgSlots SgSlots;

SgSlots *sg_slots_new(guint64 most);
void sg_slots_free(SgSlots *slots); /* all must have been given back */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgSlots, sg_slots_free)

/* Takes a slot, waiting up to `patience` microseconds for one. FALSE when none came free. */
gboolean sg_slots_take(SgSlots *slots, gint64 patience);
void sg_slots_give(SgSlots *slots);

/* A smaller number takes effect as slots are given back. */
void sg_slots_resize(SgSlots *slots, guint64 most);
