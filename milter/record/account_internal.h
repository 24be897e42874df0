/* account_internal.h - what accounts, sign-ins and sessions know of one another */
#pragma once

#include "record_internal.h"
#include "schoolgate/account.h"

/* password.c */
/* The hash of an acceptable password, with a new salt. NULL on error. Free with g_free(). */
char *sg_password_hash(const char *password, GError **error);
/* Whether `password` has that hash. With NULL as the hash as much is done, and the answer is no. */
gboolean sg_password_matches(const char *password, const char *hash);

/* session_token.c */
/* 256 random bits, as 43 characters of base64url. Free with g_free(). */
char *sg_session_token_new(void);
/* SHA-256, hexadecimal. Free with g_free(). */
char *sg_session_token_digest(const char *token);

/* account.c: an account as a sign-in needs it. */
typedef struct SgCredentials {
    gint64 number; /* 0: there is no such account */
    char *hash, *secret;
    gint64 last_step;
    gboolean disabled;
} SgCredentials;
void sg_credentials_clear(SgCredentials *credentials);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgCredentials, sg_credentials_clear)
/* FALSE only when it could not be read. */
gboolean sg_credentials_read(sqlite3 *db, const char *name, SgCredentials *credentials,
                             GError **error);
/* Within a transaction: an entry about the account. `what` may be NULL. */
gboolean sg_account_note(sqlite3 *db, const SgActor *by, const char *action, const char *name,
                         const char *what, GError **error);

/* throttle.c: by whom refusals are counted. */
typedef struct SgThrottle {
    char *account;     /* digest of the name that was typed */
    char *client;      /* IPv6 by its /64, which is one customer's */
    char *device;      /* digest; NULL: not known */
    const char *known; /* one of these two, from which the account has signed in: counted apart */
} SgThrottle;
SgThrottle sg_throttle_of(const SgSignIn *said);
void sg_throttle_clear(SgThrottle *throttle);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgThrottle, sg_throttle_clear)
/* Finds out whether device or client is known to that account. */
gboolean sg_throttle_meet(sqlite3 *db, SgThrottle *throttle, gint64 account, gint64 now,
                          GError **error);
/* Seconds to wait; 0: none. `told`: the audit trail knows of it already. -1 on error. */
gint64 sg_throttle_wait(sqlite3 *db, const SgThrottle *throttle, gint64 now, gboolean *told,
                        GError **error);
/* The next three within a transaction. The wait is on the trail. */
gboolean sg_throttle_told(sqlite3 *db, const SgThrottle *throttle, GError **error);
/* Counts a refusal, before it is known whether it is one: those that try at once do not slip by. */
gboolean sg_throttle_charge(sqlite3 *db, const SgThrottle *throttle, gint64 now, GError **error);
/* It was none: takes it back, and knows device and client from now on. */
gboolean sg_throttle_forgive(sqlite3 *db, const SgThrottle *throttle, gint64 account, gint64 now,
                             GError **error);
/* Forgets all that stands against `name`, from wherever. */
gboolean sg_throttle_forget(sqlite3 *db, const char *name, GError **error);

/* session.c, within a transaction. */
gboolean sg_session_insert(sqlite3 *db, const char *token, gint64 account,
                           const SgSessionTimes *times, gint64 now, GError **error);
gboolean sg_session_delete_all(sqlite3 *db, gint64 account, GError **error);
