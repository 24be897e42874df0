/* channel.h - the few words that parent, gate and courier have for each other, over a socket pair
 *
 * One word is one packet of one byte, so that none is ever half read. */
#pragma once

#include <glib.h>

typedef enum {
    SG_WORD_NONE = 0,      /* the other side has gone */
    SG_WORD_SILENCE = 1,   /* never said: nothing was heard */
    SG_WORD_RELOAD = 'r',  /* parent: load the configuration */
    SG_WORD_READY = 'y',   /* gate: about to take connections */
    SG_WORD_LOADED = 'l',  /* gate: goes by the new configuration */
    SG_WORD_REFUSED = 'n', /* gate: keeps the old one; parent: it had errors, so keep yours */
    SG_WORD_PEOPLE = 'p',  /* parent: read who is who again; keeper of directories: it is new */
    SG_WORD_END = 'e', /* parent: finish what is in hand, and end; keeper of directories: I end */
} SgWord;

/* Both ends close on exec. FALSE with errno set when there are no descriptors left. */
gboolean sg_channel_open(int ends[2]);
/* FALSE when the other side has gone. */
gboolean sg_channel_say(int end, SgWord word);
/* Waits for a word. */
SgWord sg_channel_hear(int end);
/* Likewise, but answers SG_WORD_SILENCE when that many seconds have passed. */
SgWord sg_channel_hear_for(int end, gint64 seconds);
