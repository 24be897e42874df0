/* detect.h - one condition on one message, for tests of what detectors see */
#pragma once

#include "school.h"

#include <time.h>

/* Wednesday 14 January 2026, noon: what was born in 2012 is 13. */
#define DETECT_AT 1768392000

/* The verdict of a rule that has nothing but `condition`, looking in subject, body and quotes. */
static inline SgVerdict *detect(const char *condition, const char *subject, const char *body)
{
    g_autofree char *text = g_strdup_printf("rule r\n    clause 2.6\n    look-in subject, body, "
                                            "quoted, attachments\n    %s\n",
                                            condition);
    School school = school_of(text);
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", NULL);
    g_autoptr(SgMessage) message = message_with(&school, subject, body);
    SgVerdict *verdict = sg_judge(school.policy, message, parties, DETECT_AT);

    school_done(&school);
    return verdict;
}

static inline gboolean detects(const char *condition, const char *body)
{
    g_autoptr(SgVerdict) verdict = detect(condition, "x", body);

    return verdict->findings->len > 0;
}

/* What is shown of what was seen. Free with g_free(). */
static inline char *detected(const char *condition, const char *body)
{
    g_autoptr(SgVerdict) verdict = detect(condition, "x", body);

    g_assert_cmpuint(verdict->findings->len, ==, 1);
    const SgFinding *finding = verdict->findings->pdata[0];
    g_assert_cmpint(finding->kind, ==, SG_FINDING_RULE);
    return g_strdup(((const SgSignalHit *)finding->signals->pdata[0])->excerpt);
}

/* Each line of `bodies` by itself; NULL ends. */
#define assert_each_detected(condition, ...)                                                       \
    for (const char *const *body = (const char *const[]){__VA_ARGS__, NULL}; *body; body++)        \
        if (!detects(condition, *body))                                                            \
    g_error("'%s' overlooks: %s", condition, *body)
#define assert_none_detected(condition, ...)                                                       \
    for (const char *const *body = (const char *const[]){__VA_ARGS__, NULL}; *body; body++)        \
        if (detects(condition, *body))                                                             \
    g_error("'%s' wrongly sees: %s", condition, *body)

/* CPU seconds that judging a body of `size` bytes of `piece` over and over takes. */
static inline double seconds_for(const char *condition, const char *piece, gsize size)
{
    g_autoptr(GString) body = g_string_sized_new(size + 100);

    while (body->len < size)
        g_string_append(body, piece);
    gint64 before = clock();
    g_autoptr(SgVerdict) verdict = detect(condition, "x", body->str);
    return (double)(clock() - before) / CLOCKS_PER_SEC;
}
