/* totp.c - see totp.h */
#include "schoolgate/totp.h"

#include <openssl/crypto.h>
#include <string.h>

#define DIGITS  6
#define MODULUS 1000000
#define WINDOW  1 /* steps that a phone's clock may be ahead or behind */

/* RFC 4226, 5.3. */
guint sg_totp_code(const guint8 *secret, gsize n, guint64 step)
{
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA1, secret, n);
    guint64 counter = GUINT64_TO_BE(step);
    guint8 mac[20];
    gsize length = sizeof mac;
    guint32 number;

    g_hmac_update(hmac, (const guchar *)&counter, sizeof counter);
    g_hmac_get_digest(hmac, mac, &length);
    memcpy(&number, mac + (mac[sizeof mac - 1] & 15), sizeof number);
    return (GUINT32_FROM_BE(number) & 0x7fffffff) % MODULUS;
}

/* Six digits of `code`, without its spaces; FALSE, and six zeros, when it is anything else. */
static gboolean read_code(const char *code, char digits[DIGITS + 1])
{
    guint n = 0;

    for (; code && *code && n <= DIGITS; code++) {
        if (*code == ' ')
            continue;
        if (!g_ascii_isdigit(*code) || n == DIGITS) {
            n = DIGITS + 1;
            break;
        }
        digits[n++] = *code;
    }
    if (n != DIGITS)
        memset(digits, '0', DIGITS);
    digits[DIGITS] = '\0';
    return n == DIGITS;
}

SgTotpFinding sg_totp_check(const char *secret, const char *code, gint64 now, gint64 last,
                            gint64 *step)
{
    gsize n = 0;
    g_autofree guint8 *bytes = sg_base32_bytes(secret, &n);
    char given[DIGITS + 1], right[DIGITS + 1];
    gboolean readable = read_code(code, given);
    SgTotpFinding finding = SG_TOTP_WRONG;

    for (gint64 at = now / SG_TOTP_PERIOD - WINDOW; at <= now / SG_TOTP_PERIOD + WINDOW; at++) {
        g_snprintf(right, sizeof right, "%06u", sg_totp_code(bytes, n, (guint64)at) % MODULUS);
        if (CRYPTO_memcmp(given, right, DIGITS) != 0 || !readable || n == 0)
            continue;
        finding = at > last ? SG_TOTP_FRESH : MAX(finding, SG_TOTP_USED);
        *step = at;
    }
    return finding;
}

char *sg_totp_uri(const char *secret, const char *issuer, const char *account)
{
    g_autofree char *school = g_uri_escape_string(issuer, NULL, FALSE);
    g_autofree char *name = g_uri_escape_string(account, NULL, FALSE);

    return g_strdup_printf("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d"
                           "&period=%d",
                           school, name, secret, school, DIGITS, SG_TOTP_PERIOD);
}
