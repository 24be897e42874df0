/* account_builders.h - accounts, and those who sign in to them, as the tests need them */
#pragma once

#include "record_builders.h"
#include "schoolgate/account.h"
#include "schoolgate/totp.h"

#include <stdatomic.h>

#define PASSWORD "nine green bottles"
#define SECRET   "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
#define OFFICE   "192.0.2.10"
#define STRANGER "203.0.113.66"

static const SgActor root_at_noon = {"root", "operator", NOON};

G_GNUC_UNUSED static void add_account(SgRecord *record, const char *name, const char *secret)
{
    g_autoptr(GError) error = NULL;

    sg_account_add(record, name, PASSWORD, secret, &root_at_noon, &error);
    g_assert_no_error(error);
}

/* Whoever knows the password, from the office at noon. */
G_GNUC_UNUSED static SgSignIn khan(void)
{
    return (SgSignIn){
        .name = "khan", .password = PASSWORD, .client = OFFICE, .role = "officer", .now = NOON};
}

G_GNUC_UNUSED static SgSignIn wrong(SgSignIn attempt)
{
    attempt.password = "ten green bottles, or so";
    return attempt;
}

G_GNUC_UNUSED static SgSignIn from(SgSignIn attempt, const char *client)
{
    attempt.client = client;
    return attempt;
}

G_GNUC_UNUSED static SgSignIn at(SgSignIn attempt, gint64 now)
{
    attempt.now = now;
    return attempt;
}

G_GNUC_UNUSED static SgSignIn as(SgSignIn attempt, const char *name)
{
    attempt.name = name;
    return attempt;
}

/* The token; frees it with g_free(). */
G_GNUC_UNUSED static char *let_in(SgRecord *record, SgSignIn attempt)
{
    g_autoptr(GError) error = NULL;
    char *token = sg_account_sign_in(record, &attempt, &sg_session_times, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(strlen(token), ==, 43);
    return token;
}

G_GNUC_UNUSED static void get_in(SgRecord *record, SgSignIn attempt)
{
    g_free(let_in(record, attempt));
}

/* Expects a refusal; returns whether it was by the throttle, not having looked. */
G_GNUC_UNUSED static gboolean is_throttled(SgRecord *record, SgSignIn attempt)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sg_account_sign_in(record, &attempt, &sg_session_times, &error));
    if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_THROTTLED))
        return TRUE;
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_SIGN_IN);
    g_assert_cmpstr(error->message, ==, "name, password or code is not right");
    return FALSE;
}

G_GNUC_UNUSED static void keep_out(SgRecord *record, SgSignIn attempt)
{
    g_assert_false(is_throttled(record, attempt));
}

G_GNUC_UNUSED static void append_entry(const SgAuditEntry *entry, gpointer text)
{
    g_string_append_printf(text, "%s (%s) %s: %s\n", entry->actor, entry->role, entry->action,
                           entry->detail ? entry->detail : "");
}

/* The audit trail, a line each. Free with g_free(). */
G_GNUC_UNUSED static char *trail(SgRecord *record)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    sg_audit_each(record, 0, append_entry, text, &error);
    g_assert_no_error(error);
    return g_string_free(text, FALSE);
}

G_GNUC_UNUSED static void assert_trail_ends(SgRecord *record, const char *line)
{
    g_autofree char *text = trail(record);
    g_autofree char *end = g_strconcat(line, "\n", NULL);

    if (!g_str_has_suffix(text, end))
        g_error("'%s' is not the end of:\n%s", line, text);
}

/* What several threads try at once. */
typedef struct Rush {
    SgRecord *record;
    SgSignIn attempt;
    atomic_int in, refused, throttled;
} Rush;

G_GNUC_UNUSED static gpointer try_once(gpointer data)
{
    Rush *rush = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *token =
        sg_account_sign_in(rush->record, &rush->attempt, &sg_session_times, &error);

    if (token)
        atomic_fetch_add(&rush->in, 1);
    else if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_THROTTLED))
        atomic_fetch_add(&rush->throttled, 1);
    else if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_SIGN_IN))
        atomic_fetch_add(&rush->refused, 1);
    return NULL;
}

G_GNUC_UNUSED static void rush_in(Rush *rush, guint n)
{
    GThread *threads[16];

    g_assert_cmpuint(n, <=, G_N_ELEMENTS(threads));
    for (guint i = 0; i < n; i++)
        threads[i] = g_thread_new("rush", try_once, rush);
    for (guint i = 0; i < n; i++)
        g_thread_join(threads[i]);
}
