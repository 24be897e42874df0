/* totp.h - one-time codes by the clock (RFC 6238), as authenticator apps show them
 *
 * SHA-1, six digits, thirty seconds: what every app knows. Secrets are base32 text (RFC 4648).
 * Pure: any thread may call. */
#pragma once

#include <glib.h>

#define SG_TOTP_SECRET_BYTES 20
#define SG_TOTP_PERIOD       30 /* seconds a step */

/* Capitals and digits, without padding. Free with g_free(). */
char *sg_base32(const guint8 *bytes, gsize n);
/* The bytes of `text`, in any case, with or without spaces, hyphens and padding; NULL when it is no
 * base32. Free with g_free(). */
guint8 *sg_base32_bytes(const char *text, gsize *n);

/* The code of that step, a step being so many periods since 1970: 0 to 999999. */
guint sg_totp_code(const guint8 *secret, gsize n, guint64 step);

typedef enum {
    SG_TOTP_WRONG,
    SG_TOTP_USED,  /* right, but of the step that was last used, or one before it */
    SG_TOTP_FRESH, /* right */
} SgTotpFinding;

/* What `code` (six digits; spaces do not matter; NULL is wrong) is at `now`, give or take one step.
 * `last` is the last step that was used, 0 for none; `step` is set to the one found. Takes the same
 * time whatever the code. */
SgTotpFinding sg_totp_check(const char *secret, const char *code, gint64 now, gint64 last,
                            gint64 *step);

/* What an app reads, as text or as a picture: otpauth://totp/…. Free with g_free(). */
char *sg_totp_uri(const char *secret, const char *issuer, const char *account);
