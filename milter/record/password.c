/* password.c - passwords: which will do, hashing them, comparing. No database here. */
#include "account_internal.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <string.h>

#define PREFIX     "$y$" /* yescrypt, at the library's cost */
#define SALT_BYTES 16

typedef char Secret; /* is overwritten before it is freed */

static void wipe(Secret *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, wipe)

/* One spelling of what is one text to people: keyboards differ. NULL when it is no UTF-8 or too
 * long. */
static char *normalised(const char *password)
{
    g_autoptr(Secret) nfc = NULL;

    if (strlen(password) > SG_PASSWORD_MOST)
        return NULL;
    nfc = g_utf8_normalize(password, -1, G_NORMALIZE_NFC);
    return nfc && strlen(nfc) <= SG_PASSWORD_MOST ? g_steal_pointer(&nfc) : NULL;
}

static gboolean refuse(const char *why, GError **error)
{
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED, "this password will not do: %s",
                why);
    return FALSE;
}

static gboolean is_name(const char *password, const char *name)
{
    g_autofree char *one = g_utf8_casefold(password, -1);
    g_autofree char *other = g_utf8_casefold(name, -1);

    return strcmp(one, other) == 0;
}

gboolean sg_password_acceptable(const char *name, const char *password, GError **error)
{
    g_autoptr(Secret) nfc = normalised(password);

    if (strlen(password) > SG_PASSWORD_MOST)
        return refuse("it is longer than 256 bytes", error);
    if (!g_utf8_validate(password, -1, NULL))
        return refuse("it is not UTF-8", error);
    if (!nfc)
        return refuse("it is longer than 256 bytes", error);
    if (g_utf8_strlen(nfc, -1) < SG_PASSWORD_LEAST)
        return refuse("it has fewer than 12 characters", error);
    if (is_name(nfc, name))
        return refuse("it is the name", error);
    return TRUE;
}

/* A new salt with the parameters, as crypt(3) takes it. */
static gboolean make_setting(char setting[CRYPT_GENSALT_OUTPUT_SIZE])
{
    guint8 salt[SALT_BYTES];

    sg_id_random(salt, sizeof salt);
    return crypt_gensalt_rn(PREFIX, 0, (const char *)salt, sizeof salt, setting,
                            CRYPT_GENSALT_OUTPUT_SIZE) != NULL;
}

/* NULL when `setting` is none. */
static char *hash_with(const char *password, const char *setting)
{
    struct crypt_data *data = g_new0(struct crypt_data, 1); /* large */
    const char *hash = crypt_r(password, setting, data);
    char *own = hash && hash[0] != '*' ? g_strdup(hash) : NULL;

    explicit_bzero(data, sizeof *data);
    g_free(data);
    return own;
}

char *sg_password_hash(const char *password, GError **error)
{
    g_autoptr(Secret) nfc = normalised(password);
    char setting[CRYPT_GENSALT_OUTPUT_SIZE] = "";
    char *hash = NULL;

    if (nfc && make_setting(setting))
        hash = hash_with(nfc, setting);
    if (!hash)
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE,
                    "cannot hash a password: libcrypt has no yescrypt");
    return hash;
}

/* Where there is no hash, or no password that could be one's, another is hashed in its place: who
 * waits for the answer learns nothing. */
gboolean sg_password_matches(const char *password, const char *hash)
{
    g_autoptr(Secret) nfc = normalised(password);
    char setting[CRYPT_GENSALT_OUTPUT_SIZE] = "";
    gboolean made = make_setting(setting);
    g_autofree char *found = hash_with(nfc ? nfc : "", hash ? hash : setting);

    if (!made || !nfc || !hash || !found || strlen(found) != strlen(hash))
        return FALSE;
    return CRYPTO_memcmp(found, hash, strlen(hash)) == 0;
}
