/* school.h - a small school for tests of judging: policies from text, messages and envelopes by
 * role. Included by the tests that need it; not linked into tests of the rooms below. */
#pragma once

#include "schoolgate/policy.h"
#include "support.h"

/* A policy that lists the clauses tests cite, before the rules in a test's own text. */
#define SCHOOL_POLICY                                                                              \
    "policy social-media\n"                                                                        \
    "    title    Social Networking and Media Policy\n"                                            \
    "    version  June 2020\n"                                                                     \
    "    clause 1.2  Staff, students and social networks\n"                                        \
    "    clause 2.6  Chain letters, spam and solicitations\n"                                      \
    "group newsletter\n"                                                                           \
    "    address office@kingsmead.example\n"

typedef struct School {
    SgReport *report;
    SgPeople *people;
    SgPolicy *policy; /* NULL when the text has errors */
    SgLimits limits;
    SgMode mode;
} School;

static inline SgPeople *school_people(const GPtrArray *blocks, SgReport *report)
{
    g_autoptr(SgPeopleSpec) spec = sg_people_spec_new();

    for (guint i = 0; i < blocks->len; i++) {
        const SgBlock *block = blocks->pdata[i];
        if (sg_span_is(block->head.keyword, "role"))
            sg_people_read_role(spec, block, report);
        if (sg_span_is(block->head.keyword, "group"))
            sg_people_read_group(spec, block, report);
    }
    return sg_people_load(spec, report);
}

/* The only file that lists of tests can name. */
#define SCHOOL_LIST_FILE "publishing.txt"
#define SCHOOL_LIST                                                                                \
    "# where posts go\n\npost.blog.example   # a blog\r\n*@wall.example\npost@*\n"                 \
    "news@paper.example\n"                                                                         \
    "709E80C88487A2411E1EE4DFB9F22A861492D20C4765150C0C794ABD70F8147C *three noughts.bin\n"

static inline GBytes *school_file(const char *path, GError **error)
{
    if (g_str_has_suffix(path, SCHOOL_LIST_FILE))
        return g_bytes_new_static(SCHOOL_LIST, strlen(SCHOOL_LIST));
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "No such file or directory");
    return NULL;
}

/* Reads `text` behind SCHOOL_POLICY; `calendar` may be NULL and is taken. `seconds` may be taken by
 * one judging. */
static inline School school_within(const char *text, SgMode mode, SgCalendar *calendar,
                                   gint64 seconds)
{
    School school = {.report = sg_report_new(), .mode = mode};
    g_autofree char *whole = g_strconcat(SCHOOL_POLICY, text, NULL);
    g_autoptr(GBytes) bytes = g_bytes_new(whole, strlen(whole));
    g_autoptr(GPtrArray) blocks = sg_blocks_read("school", bytes, school.report);

    sg_mail_init();
    sg_limits_init(&school.limits);
    if (seconds)
        school.limits.judge_time = seconds;
    school.people = school_people(blocks, school.report);
    g_autoptr(SgPolicyBuilder) builder = sg_policy_builder_new(school.people);
    for (guint i = 0; i < blocks->len; i++) {
        const SgBlock *block = blocks->pdata[i];
        if (sg_span_is(block->head.keyword, "policy"))
            sg_policy_builder_read_policy(builder, block, school.report);
        if (sg_span_is(block->head.keyword, "phrase"))
            sg_policy_builder_read_phrase(builder, block, school.report);
        if (sg_span_is(block->head.keyword, "list"))
            sg_policy_builder_read_list(builder, block, school_file, school.report);
        if (sg_span_is(block->head.keyword, "rule"))
            sg_policy_builder_read_rule(builder, block, school.report);
    }
    const SgPolicyOptions options = {.mode = mode,
                                     .unscannable = SG_ACTION_QUARANTINE,
                                     .pattern_steps = school.limits.pattern_steps,
                                     .judge_time = school.limits.judge_time,
                                     .recipients = school.limits.recipients};
    school.policy = sg_policy_builder_finish(
        builder, &options, calendar ? calendar : sg_calendar_new(), school.report);
    return school;
}

static inline School school_with(const char *text, SgMode mode, SgCalendar *calendar)
{
    return school_within(text, mode, calendar, 0);
}

static inline School school_of(const char *text)
{
    School school = school_with(text, SG_MODE_ENFORCE, NULL);

    if (!school.policy) {
        g_autofree char *errors = sg_report_text(school.report, FALSE);
        g_error("the test's policy has errors:\n%s", errors);
    }
    return school;
}

static inline void school_done(School *school)
{
    g_clear_pointer(&school->policy, sg_policy_unref);
    g_clear_pointer(&school->people, sg_people_unref);
    g_clear_pointer(&school->report, sg_report_free);
}

static inline SgParty *party_of(const School *school, const char *role_name)
{
    const char *space = strchr(role_name, ' ');
    const char *name = space ? space + 1 : role_name;
    g_autofree char *address = g_strdup_printf("someone@%s.example", name);
    SgRole role = SG_ROLE_EXTERNAL;

    g_assert_true(sg_people_role(school->people, sg_span(name), &role));
    if (!space)
        return sg_party_new(address, role, name);
    SgParty *party = sg_party_new("someone@webmail.example", SG_ROLE_EXTERNAL, "external");
    party->personal_of = (SgRoleSet)1 << role;
    return party;
}

/* Role names, the last NULL: sender, then recipients. "personal student" is a personal address. */
static inline SgParties *from_to(const School *school, const char *from, ...)
{
    SgParties *parties = sg_parties_new(SG_DIRECTION_OUTGOING);
    va_list args;

    parties->authenticated = TRUE;
    parties->sender = party_of(school, from);
    parties->author = party_of(school, from);
    va_start(args, from);
    for (const char *to; (to = va_arg(args, const char *));)
        g_ptr_array_add(parties->recipients, party_of(school, to));
    va_end(args);
    return parties;
}

static inline SgMessage *message_with(const School *school, const char *subject, const char *body)
{
    g_autofree char *mail = g_strdup_printf("From: <someone@kingsmead.example>\r\nSubject: %s\r\n"
                                            "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
                                            subject, body);
    g_autoptr(GBytes) bytes = g_bytes_new(mail, strlen(mail));

    return sg_message_new(bytes, &school->limits);
}

/* Judges a plain message at noon of 5 January 2026, UTC; takes ownership of `parties`. */
static inline SgVerdict *judged(const School *school, SgParties *parties, const char *subject,
                                const char *body)
{
    g_autoptr(SgParties) own = parties;
    g_autoptr(SgMessage) message = message_with(school, subject, body);

    return sg_judge(school->policy, message, own, 1767614400);
}

static inline SgAction action_for(const SgVerdict *verdict, guint recipient)
{
    g_assert_cmpuint(recipient, <, verdict->recipients->len);
    return g_array_index(verdict->recipients, SgAction, recipient);
}
