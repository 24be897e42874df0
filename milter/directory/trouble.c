/* trouble.c - what goes wrong with a directory, in words, and what is to be done about it. */
#include "directory_internal.h"

#define SAID_MAX 200 /* bytes of what a server says that are repeated */

GQuark sg_directory_error_quark(void)
{
    return g_quark_from_static_string("sg-directory-error-quark");
}

static const char *const cures[SG_DIRECTORY_ERRORS] = {
    [SG_DIRECTORY_ERROR_PASSWORD_FILE] =
        "make the 'password-file' readable for schoolgate's user only: chown root:schoolgate, "
        "chmod 640",
    [SG_DIRECTORY_ERROR_CONNECT] =
        "look whether the name and port of 'server' are right, and whether a firewall lets this "
        "machine through (389 for ldap://, 636 for ldaps://)",
    [SG_DIRECTORY_ERROR_TIMEOUT] =
        "the server is too busy or too far away, or a firewall drops what is sent to it; 'timeout' "
        "and 'longest' say how long is waited",
    [SG_DIRECTORY_ERROR_CERTIFICATE] =
        "put the certificate of the authority that has signed the server's into a file and name it "
        "by 'ca-file'; write in 'server' the name that stands in the certificate; look whether the "
        "certificate has expired: openssl s_client -connect HOST:636",
    [SG_DIRECTORY_ERROR_NO_START_TLS] =
        "the server does not offer StartTLS: write ldaps:// in 'server' and leave 'start-tls' out, "
        "or give the server a certificate",
    [SG_DIRECTORY_ERROR_PASSWORD] =
        "look whether 'bind-as' is that account's whole DN and the 'password-file' holds its "
        "password, in one line; an account may also be locked, or its password have expired",
    [SG_DIRECTORY_ERROR_RIGHTS] =
        "the account of 'bind-as' may not read there: give it the right to, or name another",
    [SG_DIRECTORY_ERROR_BASE] =
        "there is no such entry for this account: look at 'base', and at what stands behind "
        "'below'; ldapsearch -H URL -x -b '' -s base namingContexts tells the server's own bases",
    [SG_DIRECTORY_ERROR_SIZE] =
        "the server gives no more entries at once: let 'page' be 500 or fewer, or have the "
        "server's limit raised for this account",
    [SG_DIRECTORY_ERROR_MANY] =
        "narrow the filters, or raise 'size-most' if there are really so many",
    [SG_DIRECTORY_ERROR_NOBODY] =
        "look whether the filters match anybody, below 'base', and whether 'address' names the "
        "attribute that holds addresses",
    [SG_DIRECTORY_ERROR_SHRINK] =
        "look what has happened to the others ('schoolgate directory NAME --test'); if they have "
        "really left: 'schoolgate directory NAME --refresh --accept-loss'",
    [SG_DIRECTORY_ERROR_BUSY] = "try again in a minute",
    [SG_DIRECTORY_ERROR_COPY] =
        "look whether the disk is full, and whether schoolgate's user may write to the folder",
    [SG_DIRECTORY_ERROR_ENDED] = "try again",
    [SG_DIRECTORY_ERROR_SERVER] = "the log of the directory's server may say more",
};

const char *sg_directory_cure(const GError *error)
{
    return error->domain == SG_DIRECTORY_ERROR && error->code >= 0 &&
                   error->code < SG_DIRECTORY_ERRORS
               ? cures[error->code]
               : NULL;
}

static const struct {
    int ldap;
    SgDirectoryError ours;
} kinds[] = {
    {LDAP_SERVER_DOWN, SG_DIRECTORY_ERROR_CONNECT},
    {LDAP_CONNECT_ERROR, SG_DIRECTORY_ERROR_CONNECT},
    {LDAP_UNAVAILABLE, SG_DIRECTORY_ERROR_CONNECT},
    {LDAP_TIMEOUT, SG_DIRECTORY_ERROR_TIMEOUT},
    {LDAP_TIMELIMIT_EXCEEDED, SG_DIRECTORY_ERROR_TIMEOUT},
    {LDAP_INVALID_CREDENTIALS, SG_DIRECTORY_ERROR_PASSWORD},
    {LDAP_INAPPROPRIATE_AUTH, SG_DIRECTORY_ERROR_PASSWORD},
    {LDAP_UNWILLING_TO_PERFORM, SG_DIRECTORY_ERROR_PASSWORD},
    {LDAP_INSUFFICIENT_ACCESS, SG_DIRECTORY_ERROR_RIGHTS},
    {LDAP_STRONG_AUTH_REQUIRED, SG_DIRECTORY_ERROR_RIGHTS},
    {LDAP_OPERATIONS_ERROR, SG_DIRECTORY_ERROR_RIGHTS}, /* AD's, of who has not bound */
    {LDAP_NO_SUCH_OBJECT, SG_DIRECTORY_ERROR_BASE},
    {LDAP_INVALID_DN_SYNTAX, SG_DIRECTORY_ERROR_BASE},
    {LDAP_REFERRAL, SG_DIRECTORY_ERROR_BASE},
    {LDAP_SIZELIMIT_EXCEEDED, SG_DIRECTORY_ERROR_SIZE},
    {LDAP_ADMINLIMIT_EXCEEDED, SG_DIRECTORY_ERROR_SIZE},
};

static SgDirectoryError kind_of(int code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].ldap == code)
            return kinds[i].ours;
    return SG_DIRECTORY_ERROR_SERVER;
}

/* What the server says may be anything. */
static char *said(LDAP *ldap)
{
    char *text = NULL;
    char *shown;

    if (ldap)
        ldap_get_option(ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
    if (!text || !*text) {
        ldap_memfree(text);
        return NULL;
    }
    shown = g_utf8_make_valid(text, (gssize)MIN(strlen(text), (gsize)SAID_MAX));
    ldap_memfree(text);
    return g_strstrip(shown);
}

gboolean sg_ldap_fail(LDAP *ldap, int code, const char *attempt, GError **error)
{
    g_autofree char *text = said(ldap);

    g_set_error(error, SG_DIRECTORY_ERROR, (int)kind_of(code), "%s: %s%s%s%s", attempt,
                ldap_err2string(code), text ? " (" : "", text ? text : "", text ? ")" : "");
    return FALSE;
}
