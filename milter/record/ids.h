/* ids.h - the numbers by which people name an incident: "KM-7F3Q-2"
 *
 * The school's prefix, four drawn characters (six in a crowded record), one check character. They
 * are read out on the telephone and written on paper, so the alphabet keeps one of each pair that
 * is mistaken for the other, by eye or by ear. It has 19 characters, a prime, so that the check
 * character finds every single wrong character and every two neighbours that changed places. */
#pragma once

#include <glib.h>

/* Without 0 O D, 1 I L J, Z (like 2), S (5), G (6), B (8), V (Y), N (M), P (T), and vowels. */
#define SG_ID_ALPHABET "23456789CFHKMQRTWXY"
#define SG_ID_SHORT    4
#define SG_ID_LONG     6 /* with 5, length would not tell where a prefix of two or three ends */

/* Where the drawn characters come from; sg_id_random() but in tests. */
typedef void (*SgRandom)(guint8 *bytes, gsize n);
void sg_id_random(guint8 *bytes, gsize n);

/* Two or three capitals? */
gboolean sg_id_prefix_ok(const char *prefix);

/* A new id with `length` drawn characters, of which no three letters stand together: so none spells
 * anything. Free with g_free(). */
char *sg_id_new(const char *prefix, guint length, SgRandom random);

/* How many ids of `length` drawn characters there are under one prefix. */
guint64 sg_id_space(guint length);
/* How many characters to draw where `used` incidents are recorded: so that two in three are free.
 */
guint sg_id_length(guint64 used);

/* What was typed, in capitals and without hyphens and spaces: how an incident is looked up. NULL
 * when it is far too long or has other characters than letters and digits. Free with g_free(). */
char *sg_id_key(const char *typed);
/* Whether `key` could be an id: its check character fits. */
gboolean sg_id_key_fits(const char *key);
