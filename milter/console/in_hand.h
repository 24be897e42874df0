/* in_hand.h - how many bytes uploads and large replies hold, of all requests together
 *
 * The gate is on the same machine: however many people send and fetch at once, they share what one
 * or two of them may have. Any thread may call. */
#pragma once

#include <glib.h>

/* FALSE, with nothing taken, when with these there would be more than `most` in hand; what is alone
 * there may be more. */
gboolean sg_in_hand_take(guint64 bytes, guint64 most);
void sg_in_hand_give_back(guint64 bytes);
