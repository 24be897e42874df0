/* certificate.c - see certificate.h */
#include "certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define SIZE_MOST (1024 * 1024) /* bytes, with all of its chain */

static gboolean read_end(X509 *certificate, gint64 *until)
{
    struct tm time = {0};

    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1)
        return FALSE;
    *until = (gint64)timegm(&time);
    return TRUE;
}

/* A pipe would be waited for, and what has no end be read for ever. */
static gboolean is_of_that_kind(const char *path, GError **error)
{
    struct stat facts;

    if (stat(path, &facts) != 0 || (S_ISREG(facts.st_mode) && facts.st_size <= SIZE_MOST))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "'%s' holds no certificate (PEM)", path);
    return FALSE;
}

gboolean sg_certificate_until(const char *path, gint64 *until, GError **error)
{
    g_autofree char *text = NULL;
    gsize size = 0;

    if (!is_of_that_kind(path, error) || !g_file_get_contents(path, &text, &size, error))
        return FALSE;
    BIO *bytes = BIO_new_mem_buf(text, (int)size);
    X509 *certificate = bytes ? PEM_read_bio_X509(bytes, NULL, NULL, NULL) : NULL;
    gboolean read = certificate && read_end(certificate, until);
    X509_free(certificate);
    BIO_free(bytes);
    if (!read)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "'%s' holds no certificate (PEM)",
                    path);
    return read;
}
