/* audit_wish.c - see audit_wish.h */
#include "audit_wish.h"

#include "words.h"

#include <string.h>

#define LONGEST 200 /* characters; nothing on the trail that can be looked for is longer */

/* NULL when there is none, or it is too long. */
static const char *given(const SgWebRequest *request, const char *name)
{
    const char *value = sg_web_value(request->query, name);

    return value && g_utf8_strlen(value, -1) <= LONGEST ? value : NULL;
}

void sg_audit_wish_read(const SgWebRequest *request, SgAuditWish *wish)
{
    const char *before = sg_web_value(request->query, "before");
    guint64 number = 0;

    *wish = (SgAuditWish){0};
    sg_days_read(request, &wish->days);
    if (before)
        g_ascii_string_to_unsigned(before, 10, 1, G_MAXINT64, &number, NULL);
    wish->filter = (SgTrailFilter){
        .action = given(request, "action"),
        .actor = given(request, "who"),
        .incident = given(request, "incident"),
        .since = wish->days.since,
        .until = wish->days.until,
        .before = (gint64)number,
    };
}

char *sg_audit_wish_url(const SgWebRequest *request, const char *path, const SgAuditWish *wish,
                        gint64 before)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, before);

    return sg_url(
        request->console, path, "action", wish->filter.action, "who", wish->filter.actor,
        "incident", wish->filter.incident, "from", *wish->days.from ? wish->days.from : NULL, "to",
        *wish->days.to ? wish->days.to : NULL, "before", before > 0 ? number : NULL, NULL);
}

static const struct {
    const char *action;
    SgSay words;
} actions[] = {
    {"account-add", SG_SAY_TRAIL_ACCOUNT_ADD},
    {"account-disable", SG_SAY_TRAIL_ACCOUNT_DISABLE},
    {"account-enable", SG_SAY_TRAIL_ACCOUNT_ENABLE},
    {"account-password", SG_SAY_TRAIL_ACCOUNT_PASSWORD},
    {"account-totp", SG_SAY_TRAIL_ACCOUNT_TOTP},
    {"audit-exported", SG_SAY_TRAIL_AUDIT_EXPORTED},
    {"audit-purged", SG_SAY_TRAIL_AUDIT_PURGED},
    {"audit-viewed", SG_SAY_TRAIL_AUDIT_VIEWED},
    {"config-loaded", SG_SAY_TRAIL_CONFIG_LOADED},
    {"config-refused", SG_SAY_TRAIL_CONFIG_REFUSED},
    {"discard", SG_SAY_TRAIL_DISCARD},
    {"download", SG_SAY_TRAIL_DOWNLOAD},
    {"end-legal-hold", SG_SAY_TRAIL_END_LEGAL_HOLD},
    {"escalate", SG_SAY_TRAIL_ESCALATE},
    {"exempt", SG_SAY_TRAIL_EXEMPT},
    {"exempt-end", SG_SAY_TRAIL_EXEMPT_END},
    {"exempt-list", SG_SAY_TRAIL_EXEMPT_LIST},
    {"exempt-proposed", SG_SAY_TRAIL_EXEMPT_PROPOSED},
    {"gate-started", SG_SAY_TRAIL_GATE_STARTED},
    {"given-up", SG_SAY_TRAIL_GIVEN_UP},
    {"guard-demoted", SG_SAY_TRAIL_GUARD_DEMOTED},
    {"guard-restore", SG_SAY_TRAIL_GUARD_RESTORE},
    {"guard-warned", SG_SAY_TRAIL_GUARD_WARNED},
    {"keep", SG_SAY_TRAIL_KEEP},
    {"legal-hold", SG_SAY_TRAIL_LEGAL_HOLD},
    {"list", SG_SAY_TRAIL_LIST},
    {"not-a-breach", SG_SAY_TRAIL_NOT_A_BREACH},
    {"note", SG_SAY_TRAIL_NOTE},
    {"password-refused", SG_SAY_TRAIL_PASSWORD_REFUSED},
    {"purge", SG_SAY_TRAIL_PURGE},
    {"refused", SG_SAY_TRAIL_REFUSED},
    {"release", SG_SAY_TRAIL_RELEASE},
    {"reopen", SG_SAY_TRAIL_REOPEN},
    {"replay", SG_SAY_TRAIL_REPLAY},
    {"report-overrides", SG_SAY_TRAIL_REPORT_OVERRIDES},
    {"return", SG_SAY_TRAIL_RETURN},
    {"reveal-names", SG_SAY_TRAIL_REVEAL_NAMES},
    {"sent", SG_SAY_TRAIL_SENT},
    {"sign-in", SG_SAY_TRAIL_SIGN_IN},
    {"sign-in-refused", SG_SAY_TRAIL_SIGN_IN_REFUSED},
    {"sign-out", SG_SAY_TRAIL_SIGN_OUT},
    {"sign-out-everywhere", SG_SAY_TRAIL_SIGN_OUT_EVERYWHERE},
    {"subject-access", SG_SAY_TRAIL_SUBJECT_ACCESS},
    {"token-refused", SG_SAY_TRAIL_TOKEN_REFUSED},
    {"undo", SG_SAY_TRAIL_UNDO},
    {"view", SG_SAY_TRAIL_VIEW},
};

const char *sg_audit_action_words(const char *action)
{
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].action, action) == 0)
            return sg_words(actions[i].words);
    return NULL;
}
