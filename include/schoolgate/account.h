/* account.h - who may sign in to web pages, and who has
 *
 * An account is the credentials of a `reviewer` of the configuration, of the same name: what that
 * person may do stands there (review.h), never here. Passwords are kept as yescrypt hashes, tokens
 * of sessions as SHA-256; a TOTP secret has to be kept as it is. Everything here that changes
 * something is on the audit trail in the same transaction. Any thread may call; `now` and `at` are
 * the caller's clock. */
#pragma once

#include "schoolgate/record.h"

#define SG_PASSWORD_LEAST 12  /* characters */
#define SG_PASSWORD_MOST  256 /* bytes of UTF-8, as typed and as normalised */

/* Whoever does something to an account, as the audit trail has them. */
typedef struct SgActor {
    const char *name;
    const char *role;
    gint64 at;
} SgActor;

typedef struct SgAccount {
    char *name;
    gboolean totp; /* a one-time code is asked for, too */
    gboolean disabled;
    gint64 created;
    gint64 changed;      /* its password, secret, or whether it is disabled */
    gint64 last_sign_in; /* 0: never */
    guint sessions;      /* that are open at the time of asking */
} SgAccount;
void sg_account_free(SgAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgAccount, sg_account_free)

/* Whether `password` will do for `name`: UTF-8, long enough, not too long, not the name. The error
 * (SG_RECORD_ERROR_REFUSED) says what is amiss, and never the password. */
gboolean sg_password_acceptable(const char *name, const char *password, GError **error);

/* A new TOTP secret, in base32. Free with g_free(). */
char *sg_account_new_secret(void);

/* Errors: REFUSED when there is one already, or the password will not do. `secret` is base32; NULL:
 * no code is asked for. */
gboolean sg_account_add(SgRecord *record, const char *name, const char *password,
                        const char *secret, const SgActor *by, GError **error);

/* Each of these but sg_account_enable() ends all sessions of the account. Each forgets what
 * sign-ins were refused under its name, so that nobody has to wait any more. NOT_FOUND when there
 * is no such account. */
gboolean sg_account_set_password(SgRecord *record, const char *name, const char *password,
                                 const SgActor *by, GError **error);
/* NULL: no code is asked for any more. */
gboolean sg_account_set_totp(SgRecord *record, const char *name, const char *secret,
                             const SgActor *by, GError **error);
gboolean sg_account_disable(SgRecord *record, const char *name, const SgActor *by, GError **error);
gboolean sg_account_enable(SgRecord *record, const char *name, const SgActor *by, GError **error);

/* Of SgAccount, by name. NULL on error. */
GPtrArray *sg_account_list(SgRecord *record, gint64 now, GError **error);

typedef struct SgSessionTimes {
    gint64 idle;     /* seconds without a request after which a session is over */
    gint64 absolute; /* and whatever is done with it */
} SgSessionTimes;
extern const SgSessionTimes sg_session_times; /* 30 minutes, 10 hours */

typedef struct SgSignIn {
    const char *name;
    const char *password;
    const char *code;   /* NULL or "": none was given */
    const char *client; /* the address it comes from; NULL: not known */
    const char *device; /* what a cookie of an earlier visit holds; NULL: nothing. See below */
    const char *role;   /* that the configuration gives `name`; NULL: it has no such reviewer, and
                           nobody gets in */
    gint64 now;
    gint64 *wait; /* gets the seconds to wait when it is THROTTLED; NULL: nobody asks */
} SgSignIn;

/* Returns the token of a new session, 43 characters that a cookie can hold; free with g_free(). On
 * error NULL: SIGN_IN, in words that are the same whatever was wrong, with the audit trail knowing
 * what; THROTTLED, saying when to try again; and others as the record has them. The same work is
 * done whether there is such an account or not.
 *
 * Guessing is slowed down by name and by address: five refusals are free, then each doubles the
 * wait, from five seconds to a quarter of an hour. What is tried meanwhile is not looked at, and
 * makes the wait no longer. A device or an address from which the account has signed in within 90
 * days is counted on its own, apart from both: no stranger keeps a person out of where they have
 * been. A stranger at the same address who knows the name can, while they go on, unless the
 * person's device is known; so can any stranger before the first sign-in: sg_account_enable() ends
 * the wait. A day without a refusal, and it is forgotten. */
char *sg_account_sign_in(SgRecord *record, const SgSignIn *attempt, const SgSessionTimes *times,
                         GError **error);

/* Whether whoever has signed in is still the person who knows the password, before something about
 * their account is changed. No code is asked for, and no session begins. Refusals count, and are
 * told, as those of sg_account_sign_in() are. */
gboolean sg_account_confirm(SgRecord *record, const SgSignIn *attempt, GError **error);

/* For a cookie that outlasts sessions, and is set before the first sign-in: 43 characters. Free
 * with g_free(). */
char *sg_account_new_device(void);

typedef struct SgSession {
    char *account;
    char *csrf; /* a secret of this session, for its forms; 43 characters */
    gint64 created;
    gint64 ends; /* at the latest */
} SgSession;
void sg_session_free(SgSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgSession, sg_session_free)

/* The session of that token. NULL, with no error set, when there is none, or it is over. Moves the
 * end of its idle time, at most every thirtieth part of that, unless the record cannot be written
 * to just now. */
SgSession *sg_session_find(SgRecord *record, const char *token, const SgSessionTimes *times,
                           gint64 now, GError **error);
/* Signs out. Where there is no such session nothing is done. */
gboolean sg_session_end(SgRecord *record, const char *token, const SgActor *by, GError **error);
/* Signs out everywhere. */
gboolean sg_session_end_all(SgRecord *record, const char *name, const SgActor *by, GError **error);
