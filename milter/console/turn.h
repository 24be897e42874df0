/* turn.h - who may hash a password now: that takes a processor and some megabytes for a moment
 *
 * Two may at once. Pages are made by few threads, so that no more than one waits, and not for long;
 * the others are told to come again. */
#pragma once

#include <glib.h>

/* TRUE when it is one's turn; give it back then. FALSE: it is too busy. */
gboolean sg_turn_take(void);
void sg_turn_give_back(void);
