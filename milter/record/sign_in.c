/* sign_in.c - signing in: one way for everybody, whether there is such an account or not
 *
 * A refusal is counted first and taken back when it was none, and no transaction is open while a
 * password is hashed: the mail server waits for neither. */
#include "account_internal.h"
#include "schoolgate/totp.h"

typedef struct Attempt {
    const SgSignIn *said;
    const SgSessionTimes *times;
    SgThrottle throttle;
    SgCredentials account;
    gint64 wait;     /* seconds: it is not looked at */
    const char *why; /* it is refused; NULL: it is not */
    gint64 step;     /* of the code */
    char *token;
} Attempt;

/* Who asks is on the trail by name only where there is such an account: what else was typed may
 * have been a password. */
static gboolean note(sqlite3 *db, const Attempt *attempt, const char *action, const char *why,
                     GError **error)
{
    const char *client = attempt->said->client ? attempt->said->client : "unknown";
    g_autofree char *detail = why ? g_strdup_printf("from %.64s: %s", client, why)
                                  : g_strdup_printf("from %.64s", client);
    gboolean is_one = attempt->account.number != 0;
    const SgAuditEntry entry = {.at = attempt->said->now,
                                .actor = is_one ? attempt->said->name : "unknown",
                                .role =
                                    is_one && attempt->said->role ? attempt->said->role : "nobody",
                                .action = action,
                                .detail = detail};

    return sg_audit_insert(db, &entry, error);
}

/* One entry a wait, however often it is tried meanwhile. */
static gboolean tell_of_wait(sqlite3 *db, const Attempt *attempt, GError **error)
{
    g_autofree char *why = g_strdup_printf(
        "too many attempts, not looked at for %" G_GINT64_FORMAT " s", attempt->wait);

    return sg_throttle_told(db, &attempt->throttle, error) &&
           note(db, attempt, "sign-in-refused", why, error);
}

static gboolean look(sqlite3 *db, Attempt *attempt, gboolean *told, GError **error)
{
    const SgSignIn *said = attempt->said;

    sg_credentials_clear(&attempt->account);
    attempt->account = (SgCredentials){0};
    if (!sg_credentials_read(db, said->name, &attempt->account, error) ||
        !sg_throttle_meet(db, &attempt->throttle, attempt->account.number, said->now, error))
        return FALSE;
    attempt->wait = sg_throttle_wait(db, &attempt->throttle, said->now, told, error);
    return attempt->wait >= 0;
}

static gboolean charge(sqlite3 *db, void *data, GError **error)
{
    Attempt *attempt = data;
    gboolean told = FALSE;

    if (!look(db, attempt, &told, error))
        return FALSE;
    if (attempt->wait > 0)
        return told || tell_of_wait(db, attempt, error);
    return sg_throttle_charge(db, &attempt->throttle, attempt->said->now, error);
}

/* Who only tries again while they have to wait writes nothing. */
static gboolean admit(SgRecord *record, Attempt *attempt, GError **error)
{
    gboolean told = FALSE, looked;

    pthread_mutex_lock(&record->lock);
    looked = look(record->reader, attempt, &told, error);
    pthread_mutex_unlock(&record->lock);
    if (!looked)
        return FALSE;
    return (attempt->wait > 0 && told) || sg_record_write(record, charge, attempt, error);
}

static const char *find_fault_of_password(const Attempt *attempt)
{
    const SgCredentials *account = &attempt->account;
    gboolean matches = sg_password_matches(attempt->said->password, account->hash);

    if (account->number == 0)
        return "no such account";
    if (!matches)
        return "wrong password";
    return account->disabled ? "the account is disabled" : NULL;
}

/* All is looked at, whatever was found before. */
static const char *find_fault(Attempt *attempt)
{
    static const char nobody[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"; /* as long as a secret */
    const SgCredentials *account = &attempt->account;
    const SgSignIn *said = attempt->said;
    gboolean matches = sg_password_matches(said->password, account->hash);
    SgTotpFinding code = sg_totp_check(account->secret ? account->secret : nobody, said->code,
                                       said->now, account->last_step, &attempt->step);

    if (account->number == 0)
        return "no such account";
    if (!matches)
        return "wrong password";
    if (account->secret && (!said->code || !*said->code))
        return "no code";
    if (account->secret && code == SG_TOTP_WRONG)
        return "wrong code";
    if (account->secret && code == SG_TOTP_USED)
        return "the code was used before";
    if (account->disabled)
        return "the account is disabled";
    return said->role ? NULL : "no reviewer of that name is configured";
}

/* Only if nothing about the account has changed since it was looked at: another may have used the
 * code, somebody may have changed the password. */
static gboolean take(sqlite3 *db, const Attempt *attempt, gboolean *taken, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "UPDATE account SET last_sign_in = ?, last_step = ? WHERE number = ?"
                       " AND password = ? AND secret IS ? AND disabled = 0 AND last_step <= ?",
                       error);
    const SgCredentials *account = &attempt->account;
    gint64 step = account->secret ? attempt->step : account->last_step;
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, attempt->said->now);
    sg_bind_integer(&bind, step);
    sg_bind_integer(&bind, account->number);
    sg_bind_string(&bind, account->hash);
    sg_bind_string(&bind, account->secret);
    sg_bind_integer(&bind, account->secret ? step - 1 : step);
    if (!sg_bind_run(&bind, "sign in to", error))
        return FALSE;
    *taken = sqlite3_changes(db) > 0;
    return TRUE;
}

static gboolean let_in(sqlite3 *db, Attempt *attempt, GError **error)
{
    const SgSignIn *said = attempt->said;

    return sg_session_insert(db, attempt->token, attempt->account.number, attempt->times, said->now,
                             error) &&
           sg_throttle_forgive(db, &attempt->throttle, attempt->account.number, said->now, error) &&
           note(db, attempt, "sign-in", NULL, error);
}

static gboolean settle(sqlite3 *db, void *data, GError **error)
{
    Attempt *attempt = data;
    gboolean taken = FALSE;

    if (!attempt->why && !take(db, attempt, &taken, error))
        return FALSE;
    if (taken)
        return let_in(db, attempt, error);
    if (!attempt->why)
        attempt->why = "the code was used, or the account changed, at the same moment";
    return note(db, attempt, "sign-in-refused", attempt->why, error);
}

static gboolean settle_confirmation(sqlite3 *db, void *data, GError **error)
{
    const Attempt *attempt = data;

    if (attempt->why)
        return note(db, attempt, "password-refused", attempt->why, error);
    return sg_throttle_forgive(db, &attempt->throttle, attempt->account.number, attempt->said->now,
                               error);
}

static void clear_attempt(Attempt *attempt)
{
    sg_throttle_clear(&attempt->throttle);
    sg_credentials_clear(&attempt->account);
    g_free(attempt->token);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attempt, clear_attempt)

static void too_often(const Attempt *attempt, GError **error)
{
    if (attempt->said->wait)
        *attempt->said->wait = attempt->wait;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_THROTTLED,
                "too many attempts: try again in %" G_GINT64_FORMAT " seconds", attempt->wait);
}

char *sg_account_sign_in(SgRecord *record, const SgSignIn *said, const SgSessionTimes *times,
                         GError **error)
{
    g_auto(Attempt) attempt = {.said = said,
                               .times = times,
                               .throttle = sg_throttle_of(said),
                               .token = sg_session_token_new()};

    if (!admit(record, &attempt, error))
        return NULL;
    if (attempt.wait > 0) {
        too_often(&attempt, error);
        return NULL;
    }
    attempt.why = find_fault(&attempt);
    if (!sg_record_write(record, settle, &attempt, error))
        return NULL;
    if (!attempt.why)
        return g_steal_pointer(&attempt.token);
    g_set_error_literal(error, SG_RECORD_ERROR, SG_RECORD_ERROR_SIGN_IN,
                        "name, password or code is not right");
    return NULL;
}

gboolean sg_account_confirm(SgRecord *record, const SgSignIn *said, GError **error)
{
    g_auto(Attempt) attempt = {.said = said, .throttle = sg_throttle_of(said)};

    if (!admit(record, &attempt, error))
        return FALSE;
    if (attempt.wait > 0) {
        too_often(&attempt, error);
        return FALSE;
    }
    attempt.why = find_fault_of_password(&attempt);
    if (!sg_record_write(record, settle_confirmation, &attempt, error))
        return FALSE;
    if (!attempt.why)
        return TRUE;
    g_set_error_literal(error, SG_RECORD_ERROR, SG_RECORD_ERROR_SIGN_IN,
                        "the password is not right");
    return FALSE;
}
