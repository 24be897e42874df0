/* base32.c - bytes as text that people can type (RFC 4648), for the secrets in totp.h */
#include "schoolgate/totp.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

char *sg_base32(const guint8 *bytes, gsize n)
{
    GString *text = g_string_new(NULL);
    guint32 pending = 0;
    guint bits = 0;

    for (gsize i = 0; i < n; i++) {
        pending = pending << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            g_string_append_c(text, alphabet[pending >> (bits - 5) & 31]);
    }
    if (bits > 0)
        g_string_append_c(text, alphabet[pending << (5 - bits) & 31]);
    return g_string_free(text, FALSE);
}

/* -1 for a character that is not of the alphabet. */
static int value_of(char c)
{
    const char *at = c ? strchr(alphabet, g_ascii_toupper(c)) : NULL;

    return at ? (int)(at - alphabet) : -1;
}

guint8 *sg_base32_bytes(const char *text, gsize *n)
{
    g_autofree guint8 *bytes = g_malloc(strlen(text) + 1);
    guint32 pending = 0;
    guint bits = 0;

    *n = 0;
    for (; *text && *text != '='; text++) {
        int value = value_of(*text);

        if (*text == ' ' || *text == '-')
            continue;
        if (value < 0)
            return NULL;
        pending = pending << 5 | (guint32)value;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes[(*n)++] = (guint8)(pending >> bits);
        }
    }
    return text[strspn(text, "= ")] ? NULL : g_steal_pointer(&bytes);
}
