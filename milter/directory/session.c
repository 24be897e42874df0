/* session.c - opens a connection to one server: encrypted, its certificate demanded, and bound. No
 * wait is without an end. */
#include "directory_internal.h"

#include "schoolgate/pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <openldap.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_UP_EVERY 200 /* ms: whether we are to end */
#define PASSWORD_MAX  1024

/* Waiting ----------------------------------------------------------------------------------------
 */

static gboolean is_to_end(const SgDirectoryPatience *patience)
{
    struct pollfd file = {.fd = patience->stop, .events = POLLIN};

    return patience->stop >= 0 && poll(&file, 1, 0) > 0;
}

static void say_late(const SgConnection *connection, GError **error)
{
    gboolean all = g_get_monotonic_time() >= connection->patience.deadline;

    g_set_error_literal(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_TIMEOUT,
                        all ? "it took too long in all ('longest')"
                            : "no answer in time ('timeout')");
}

static void say_lost(const SgConnection *connection, GError **error)
{
    int code = LDAP_SERVER_DOWN;

    ldap_get_option(connection->ldap, LDAP_OPT_RESULT_CODE, &code);
    if (sg_watchdog_has_bitten(connection->watchdog))
        say_late(connection, error);
    else
        sg_ldap_fail(NULL, code, "the connection is lost", error);
}

LDAPMessage *sg_session_wait(SgConnection *connection, int id, int all, GError **error)
{
    gint64 until = MIN(g_get_monotonic_time() + connection->directory->timeout * G_USEC_PER_SEC,
                       connection->patience.deadline);
    LDAPMessage *message = NULL;

    for (;;) {
        struct timeval moment = {.tv_usec = LOOK_UP_EVERY * 1000};
        int got;

        sg_pulse_beat();
        got = ldap_result(connection->ldap, id, all, &moment, &message);
        if (got > 0)
            return message;
        if (got < 0) {
            say_lost(connection, error);
            return NULL;
        }
        if (is_to_end(&connection->patience)) {
            g_set_error_literal(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_ENDED,
                                "stopped in the middle");
            break;
        }
        if (g_get_monotonic_time() >= until) {
            say_late(connection, error);
            break;
        }
    }
    ldap_abandon_ext(connection->ldap, id, NULL, NULL);
    return NULL;
}

/* TRUE when `id` was answered by success. */
static gboolean succeeded(SgConnection *connection, int id, const char *attempt, GError **error)
{
    LDAPMessage *message = sg_session_wait(connection, id, LDAP_MSG_ALL, error);
    int code = LDAP_OTHER;

    if (!message) {
        g_prefix_error(error, "%s: ", attempt);
        return FALSE;
    }
    int parsed = ldap_parse_result(connection->ldap, message, &code, NULL, NULL, NULL, NULL, 1);
    if (parsed != LDAP_SUCCESS)
        code = parsed;
    return code == LDAP_SUCCESS || sg_ldap_fail(connection->ldap, code, attempt, error);
}

/* Passwords --------------------------------------------------------------------------------------
 */

static gboolean refuse_file(const char *path, const char *why, GError **error)
{
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_PASSWORD_FILE,
                "cannot use the password in '%s': %s", path, why);
    return FALSE;
}

/* The first line of the file. */
static gboolean read_password(const char *path, char password[PASSWORD_MAX], GError **error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat facts;

    if (file < 0)
        return refuse_file(path, g_strerror(errno), error);
    gboolean mine = fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) &&
                    (facts.st_mode & (S_IROTH | S_IWOTH)) == 0;
    ssize_t got = mine ? read(file, password, PASSWORD_MAX - 1) : 0;
    close(file);
    if (!mine)
        return refuse_file(path, "others can read it, or it is no file", error);
    password[MAX(got, 0)] = '\0';
    password[strcspn(password, "\r\n")] = '\0';
    /* Servers take no password for "anybody", and say that all is well. */
    return *password || refuse_file(path, "its first line is empty", error);
}

static gboolean bind_with(SgConnection *connection, const char *password, GError **error)
{
    const char *name = connection->directory->bind_as;
    struct berval credential = {.bv_val = (char *)password, .bv_len = strlen(password)};
    g_autofree char *attempt =
        name ? g_strdup_printf("cannot bind as '%s'", name) : g_strdup("cannot bind as nobody");
    int id = 0;
    int code = ldap_sasl_bind(connection->ldap, name ? name : "", LDAP_SASL_SIMPLE, &credential,
                              NULL, NULL, &id);

    if (code != LDAP_SUCCESS)
        return sg_ldap_fail(NULL, code, attempt, error);
    return succeeded(connection, id, attempt, error);
}

static gboolean bind_session(SgConnection *connection, GError **error)
{
    const char *path = connection->directory->password_file;
    char password[PASSWORD_MAX] = "";
    gboolean bound =
        (!path || read_password(path, password, error)) && bind_with(connection, password, error);

    explicit_bzero(password, sizeof password);
    return bound;
}

/* Encryption -------------------------------------------------------------------------------------
 */

static gboolean set(LDAP *ldap, int option, int value)
{
    return ldap_set_option(ldap, option, &value) == LDAP_OPT_SUCCESS;
}

static gboolean demand_certificate(SgConnection *connection, GError **error)
{
    const char *trust = connection->directory->ca_file;
    LDAP *ldap = connection->ldap;

    if (access(trust, R_OK) == 0 && set(ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_HARD) &&
        ldap_set_option(ldap, LDAP_OPT_X_TLS_CACERTFILE, trust) == LDAP_OPT_SUCCESS &&
        set(ldap, LDAP_OPT_X_TLS_PROTOCOL_MIN, LDAP_OPT_X_TLS_PROTOCOL_TLS1_2) &&
        set(ldap, LDAP_OPT_X_TLS_NEWCTX, 0))
        return TRUE;
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_CERTIFICATE,
                "cannot read certificates from '%s'", trust);
    return FALSE;
}

/* The name is compared as well. The library seldom says what is wrong. */
static gboolean install_tls(SgConnection *connection, GError **error)
{
    int code;

    if (!demand_certificate(connection, error))
        return FALSE;
    code = ldap_install_tls(connection->ldap);
    if (code == LDAP_SUCCESS)
        return TRUE;
    if (sg_watchdog_has_bitten(connection->watchdog))
        say_late(connection, error);
    else
        g_set_error_literal(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_CERTIFICATE,
                            "TLS fails: its certificate is not trusted, has expired, or is of "
                            "another name; or it is no TLS that is spoken there");
    return FALSE;
}

static gboolean start_tls(SgConnection *connection, GError **error)
{
    g_autoptr(GError) why = NULL;
    int id = 0;
    int code = ldap_start_tls(connection->ldap, NULL, NULL, &id);

    if (code != LDAP_SUCCESS)
        return sg_ldap_fail(NULL, code, "cannot start TLS", error);
    if (succeeded(connection, id, "cannot start TLS", &why))
        return install_tls(connection, error);
    /* Whatever it answers, but for no answer, it does not want to. */
    if (why->code != SG_DIRECTORY_ERROR_TIMEOUT && why->code != SG_DIRECTORY_ERROR_ENDED)
        why->code = SG_DIRECTORY_ERROR_NO_START_TLS;
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

static gboolean encrypt(SgConnection *connection, const char *server, GError **error)
{
    if (g_ascii_strncasecmp(server, "ldaps:", 6) == 0)
        return install_tls(connection, error);
    return !connection->directory->start_tls || g_ascii_strncasecmp(server, "ldap:", 5) != 0 ||
           start_tls(connection, error);
}

/* Sessions ---------------------------------------------------------------------------------------
 */

/* References to other servers are not followed, nor aliases. */
static gboolean harden(LDAP *ldap)
{
    ber_len_t most = SG_MESSAGE_MAX;
    Sockbuf *socket = NULL;
    gboolean done = set(ldap, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3) &&
                    set(ldap, LDAP_OPT_DEREF, LDAP_DEREF_NEVER) &&
                    set(ldap, LDAP_OPT_SIZELIMIT, 0) &&
                    ldap_set_option(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
                    ldap_set_option(ldap, LDAP_OPT_RESTART, LDAP_OPT_ON) == LDAP_OPT_SUCCESS;

    if (!done || ldap_get_option(ldap, LDAP_OPT_SOCKBUF, &socket) != LDAP_OPT_SUCCESS || !socket)
        return FALSE;
    ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_MAX_INCOMING, &most);
    return TRUE;
}

/* Nothing is left to ldap.conf, which may ask for less. */
static gboolean begin(SgConnection *connection, int socket, const char *server, GError **error)
{
    int kind = g_ascii_strncasecmp(server, "ldapi:", 6) == 0 ? LDAP_PROTO_IPC : LDAP_PROTO_TCP;

    g_setenv("LDAPNOINIT", "1", TRUE);
    if (ldap_init_fd(socket, kind, server, &connection->ldap) != LDAP_SUCCESS) {
        close(socket);
        connection->ldap = NULL;
    }
    if (connection->ldap && harden(connection->ldap))
        return TRUE;
    g_set_error_literal(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_SERVER,
                        "cannot make a connection safe");
    return FALSE;
}

/* Once it is encrypted a read may find less than a whole message: it must not wait for the rest. */
static gboolean converse(SgConnection *connection, int socket, const char *server, GError **error)
{
    if (!begin(connection, socket, server, error) || !encrypt(connection, server, error))
        return FALSE;
    g_unix_set_fd_nonblocking(socket, TRUE, NULL);
    sg_watchdog_until(connection->watchdog, connection->patience.deadline);
    return bind_session(connection, error);
}

gboolean sg_session_open(SgConnection *connection, const char *server, GError **error)
{
    gint64 seconds = connection->directory->timeout;
    int socket = sg_dial(server, seconds, error);

    if (socket < 0)
        return FALSE;
    connection->watchdog =
        sg_watchdog_new(socket, MIN(g_get_monotonic_time() + seconds * G_USEC_PER_SEC,
                                    connection->patience.deadline));
    if (converse(connection, socket, server, error))
        return TRUE;
    sg_session_close(connection);
    return FALSE;
}

/* The watchdog first: the socket's number may be another's at once. */
void sg_session_close(SgConnection *connection)
{
    g_clear_pointer(&connection->watchdog, sg_watchdog_free);
    if (connection->ldap)
        ldap_unbind_ext(connection->ldap, NULL, NULL);
    connection->ldap = NULL;
}
