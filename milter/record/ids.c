/* ids.c - see ids.h. Drawing an incident's id, checking one that was typed; no database here. */
#include "ids.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define BASE       ((guint)sizeof SG_ID_ALPHABET - 1)
#define DIGITS     8 /* at the front of the alphabet */
#define KEY_MAX    16
#define PREFIX_MIN 2
#define PREFIX_MAX 3

void sg_id_random(guint8 *bytes, gsize n)
{
    while (n > 0) {
        ssize_t got = getrandom(bytes, n, 0);

        if (got < 0 && errno != EINTR)
            g_error("cannot draw random bytes: %s", g_strerror(errno)); /* Linux before 3.17 */
        if (got > 0) {
            bytes += got;
            n -= (gsize)got;
        }
    }
}

gboolean sg_id_prefix_ok(const char *prefix)
{
    gsize len = prefix ? strlen(prefix) : 0;

    if (len < PREFIX_MIN || len > PREFIX_MAX)
        return FALSE;
    return strspn(prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == len;
}

/* The check character is the sum of the others' places in the alphabet, each times its position.
 * The positions differ from one another, and from the check's own -1, so a swap changes the sum
 * too. */
static char check_character(const char *drawn, gsize length)
{
    guint sum = 0;

    for (gsize i = 0; i < length; i++)
        sum += (guint)(i + 1) * (guint)(strchr(SG_ID_ALPHABET, drawn[i]) - SG_ID_ALPHABET);
    return SG_ID_ALPHABET[sum % BASE];
}

static char draw_character(SgRandom random)
{
    guint8 byte;

    do
        random(&byte, 1);
    while (byte >= 256 / BASE * BASE); /* else the first of the alphabet would come more often */
    return SG_ID_ALPHABET[byte % BASE];
}

static gboolean spells(const char *drawn, guint length)
{
    guint letters = 0;

    for (guint i = 0; i < length; i++) {
        letters = g_ascii_isalpha(drawn[i]) ? letters + 1 : 0;
        if (letters == 3)
            return TRUE;
    }
    return FALSE;
}

char *sg_id_new(const char *prefix, guint length, SgRandom random)
{
    char drawn[SG_ID_LONG + 1] = "";

    g_return_val_if_fail(length <= SG_ID_LONG, NULL);
    do
        for (guint i = 0; i < length; i++)
            drawn[i] = draw_character(random);
    while (spells(drawn, length));
    return g_strdup_printf("%s-%s-%c", prefix, drawn, check_character(drawn, length));
}

guint64 sg_id_space(guint length)
{
    guint64 after_digit = 1, after_letter = 0, after_two_letters = 0;

    for (guint i = 0; i < length; i++) {
        guint64 all = after_digit + after_letter + after_two_letters;

        after_two_letters = after_letter * (BASE - DIGITS);
        after_letter = after_digit * (BASE - DIGITS);
        after_digit = all * DIGITS;
    }
    return after_digit + after_letter + after_two_letters;
}

guint sg_id_length(guint64 used)
{
    return used > sg_id_space(SG_ID_SHORT) / 3 ? SG_ID_LONG : SG_ID_SHORT;
}

char *sg_id_key(const char *typed)
{
    char key[KEY_MAX + 1] = "";
    gsize len = 0;

    for (; *typed; typed++) {
        if (*typed == '-' || g_ascii_isspace(*typed))
            continue;
        if (!g_ascii_isalnum(*typed) || len == KEY_MAX)
            return NULL;
        key[len++] = g_ascii_toupper(*typed);
    }
    return g_strdup(key);
}

/* Whether `key` ends in `length` drawn characters and their check, after a prefix. */
static gboolean fits(const char *key, gsize length)
{
    gsize len = strlen(key);
    const char *drawn;

    if (len < PREFIX_MIN + length + 1 || len > PREFIX_MAX + length + 1)
        return FALSE;
    drawn = key + len - length - 1;
    if (strspn(drawn, SG_ID_ALPHABET) != length + 1)
        return FALSE;
    return drawn[length] == check_character(drawn, length);
}

gboolean sg_id_key_fits(const char *key)
{
    return fits(key, SG_ID_SHORT) || fits(key, SG_ID_LONG);
}
