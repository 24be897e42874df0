/* test_policy_exempt.c - mail that a rule does not apply to, because a person has said so */
#include "school.h"

#define JANUARY_5 ((gint64)1767614400) /* when judged() judges */
#define LATER     (JANUARY_5 + 1)

#define RULES                                                                                      \
    "rule contact\n"                                                                               \
    "    clause 1.2\n"                                                                             \
    "    from staff\n"                                                                             \
    "    match /friends/\n"                                                                        \
    "    action quarantine, alert officer\n"                                                       \
    "rule other\n"                                                                                 \
    "    clause 1.2\n"                                                                             \
    "    from staff\n"                                                                             \
    "    match /join/\n"                                                                           \
    "    action quarantine\n"                                                                      \
    "rule grooming\n"                                                                              \
    "    clause 1.2\n"                                                                             \
    "    severity critical\n"                                                                      \
    "    from staff\n"                                                                             \
    "    match /secret/\n"                                                                         \
    "    action quarantine\n"                                                                      \
    "rule body-only\n"                                                                             \
    "    clause 1.2\n"                                                                             \
    "    from staff\n"                                                                             \
    "    look-in body\n"                                                                           \
    "    match /lottery/\n"                                                                        \
    "    action quarantine\n"                                                                      \
    "rule no-mail-to-parents\n"                                                                    \
    "    clause 1.2\n"                                                                             \
    "    from staff\n"                                                                             \
    "    to parent\n"                                                                              \
    "    action reject\n"                                                                          \
    "    explain Not to parents.\n"

#define SENDER "someone@staff.example" /* of from_to(…, "staff", …) */

static SgExempt exempt_of(const char *rule, SgExemptKind kind, const char *value)
{
    return (SgExempt){(char *)rule, kind, (char *)value, LATER, FALSE};
}

/* The school of RULES, where that is exempt. */
static School exempting(SgExempt exempt)
{
    School school = school_of(RULES);
    const SgExempt *one = &exempt;
    SgPolicy *policy = sg_policy_with_exemptions(school.policy, &one, 1);

    sg_policy_unref(school.policy);
    school.policy = policy;
    return school;
}

/* How many findings a staff member's message to a student leaves. */
static guint found(const School *school, const char *subject, const char *body)
{
    g_autoptr(SgVerdict) verdict =
        judged(school, from_to(school, "staff", "student", NULL), subject, body);

    return verdict->findings->len;
}

static guint found_where(SgExempt exempt, const char *subject, const char *body)
{
    School school = exempting(exempt);
    guint n = found(&school, subject, body);

    school_done(&school);
    return n;
}

static guint found_with_phrase(const char *phrase, const char *body)
{
    return found_where(exempt_of("contact", SG_EXEMPT_PHRASE, phrase), "Hello", body);
}

static void test_exempt_sender_leaves_no_finding_by_that_rule_alone(void)
{
    School school = exempting(exempt_of("contact", SG_EXEMPT_SENDER, "Someone+club@STAFF.example"));

    g_assert_cmpuint(found(&school, "Hello", "Let us be friends."), ==, 0);
    g_assert_cmpuint(found(&school, "Hello", "Let us be friends, join us."), ==, 1);
    school_done(&school);
}

static void test_other_senders_are_judged_as_before(void)
{
    g_assert_cmpuint(found_where(exempt_of("contact", SG_EXEMPT_SENDER, "someone@else.example"),
                                 "Hello", "friends"),
                     ==, 1);
    g_assert_cmpuint(found_where(exempt_of("contact", SG_EXEMPT_SENDER, ""), "Hello", "friends"),
                     ==, 1);
}

static void test_senders_tag_does_not_matter(void)
{
    School school = exempting(exempt_of("contact", SG_EXEMPT_SENDER, SENDER));
    SgParties *parties = from_to(&school, "staff", "student", NULL);

    g_free(parties->sender->address);
    parties->sender->address = g_strdup("someone+trip@staff.example");
    g_autoptr(SgVerdict) verdict = judged(&school, parties, "Hello", "friends");
    g_assert_cmpuint(verdict->findings->len, ==, 0);
    school_done(&school);
}

static void test_who_is_in_an_exempt_group_is_exempt(void)
{
    School school = exempting(exempt_of("contact", SG_EXEMPT_GROUP, "newsletter"));
    SgParties *parties = from_to(&school, "staff", "student", NULL);

    g_assert_cmpuint(found(&school, "Hello", "friends"), ==, 1);
    g_strfreev(parties->sender->groups);
    parties->sender->groups = g_strsplit("newsletter", " ", -1);
    g_autoptr(SgVerdict) verdict = judged(&school, parties, "Hello", "friends");
    g_assert_cmpuint(verdict->findings->len, ==, 0);
    school_done(&school);
}

static void test_phrase_is_found_folded_and_at_word_boundaries(void)
{
    g_assert_cmpuint(found_with_phrase("Friends of  Kingsmead", "FRIENDS of\r\nKingsm\xc3\xa9"
                                                                "ad meet."),
                     ==, 0);
    g_assert_cmpuint(found_with_phrase("friends of king", "friends of kingsmead"), ==, 1);
    g_assert_cmpuint(found_with_phrase("riends of kingsmead", "friends of kingsmead"), ==, 1);
    g_assert_cmpuint(found_with_phrase("friends of king", "friends of kingsmead, friends of king."),
                     ==, 0);
    g_assert_cmpuint(found_with_phrase("friends.*kingsmead", "friends of kingsmead"), ==, 1);
    g_assert_cmpuint(found_with_phrase("   ", "friends of kingsmead"), ==, 1);
}

static void test_phrase_counts_only_where_the_rule_looks(void)
{
    SgExempt exempt = exempt_of("body-only", SG_EXEMPT_PHRASE, "staff lottery");

    g_assert_cmpuint(found_where(exempt, "Staff lottery", "The lottery is on."), ==, 1);
    g_assert_cmpuint(found_where(exempt, "Hello", "The staff lottery is on."), ==, 0);
}

static void test_it_ends_with_its_time(void)
{
    SgExempt exempt = exempt_of("contact", SG_EXEMPT_SENDER, SENDER);

    exempt.until = JANUARY_5;
    g_assert_cmpuint(found_where(exempt, "Hello", "friends"), ==, 1);
}

static void test_critical_rule_heeds_only_the_head(void)
{
    SgExempt exempt = exempt_of("grooming", SG_EXEMPT_SENDER, SENDER);

    g_assert_cmpuint(found_where(exempt, "Hello", "a secret"), ==, 1);
    exempt.by_head = TRUE;
    g_assert_cmpuint(found_where(exempt, "Hello", "a secret"), ==, 0);
}

static void test_rule_that_is_gone_does_no_harm(void)
{
    g_assert_cmpuint(
        found_where(exempt_of("long-gone", SG_EXEMPT_SENDER, SENDER), "Hello", "friends"), ==, 1);
}

static gboolean refuses_recipient(const School *school, gint64 when)
{
    g_autoptr(SgParties) parties = from_to(school, "staff", "parent", NULL);
    g_autoptr(SgVerdict) verdict = sg_judge_recipient(school->policy, parties, 0, when);

    return verdict != NULL;
}

static void test_exempt_sender_is_refused_no_recipient(void)
{
    School school = exempting(exempt_of("no-mail-to-parents", SG_EXEMPT_SENDER, SENDER));

    g_assert_false(refuses_recipient(&school, JANUARY_5));
    g_assert_true(refuses_recipient(&school, LATER));
    school_done(&school);
    school = exempting(exempt_of("no-mail-to-parents", SG_EXEMPT_SENDER, "x@staff.example"));
    g_assert_true(refuses_recipient(&school, JANUARY_5));
    school_done(&school);
}

static void test_it_goes_together_with_demotion_in_either_order(void)
{
    static const char *const demoted[] = {"other", NULL};
    SgExempt exempt = exempt_of("contact", SG_EXEMPT_SENDER, SENDER);
    const SgExempt *one = &exempt;
    School school = school_of(RULES);
    g_autoptr(SgPolicy) base = g_steal_pointer(&school.policy);
    g_autoptr(SgPolicy) demoting = sg_policy_with_demoted(base, demoted);
    g_autoptr(SgPolicy) exempted = sg_policy_with_exemptions(base, &one, 1);
    SgPolicy *both[] = {sg_policy_with_exemptions(demoting, &one, 1),
                        sg_policy_with_demoted(exempted, demoted)};

    for (guint i = 0; i < G_N_ELEMENTS(both); i++) {
        school.policy = both[i];
        g_autoptr(SgVerdict) verdict =
            judged(&school, from_to(&school, "staff", "student", NULL), "Hello", "join friends");
        g_assert_cmpuint(verdict->findings->len, ==, 1);
        g_assert_true(((SgFinding *)verdict->findings->pdata[0])->demoted);
        sg_policy_unref(both[i]);
    }
    school.policy = g_steal_pointer(&base);
    g_assert_cmpuint(found(&school, "Hello", "join friends"), ==, 2); /* itself is unchanged */
    school_done(&school);
}

static void test_compiled_patterns_serve_it_unchanged(void)
{
    SgExempt exempt = exempt_of("contact", SG_EXEMPT_PHRASE, "friends of kingsmead");
    const SgExempt *one = &exempt;
    School school = school_of(RULES);
    g_autoptr(SgPolicy) base = g_steal_pointer(&school.policy);

    sg_policy_compile_patterns(base);
    school.policy = sg_policy_with_exemptions(base, &one, 1);
    g_assert_cmpuint(found(&school, "Hello", "The friends of Kingsmead meet."), ==, 0);
    g_assert_cmpuint(found(&school, "Hello", "Friends, join."), ==, 2);
    school_done(&school);
}

static char *near_miss_of(SgExempt exempt)
{
    School school = exempting(exempt);
    g_autoptr(SgParties) parties = from_to(&school, "staff", "student", NULL);
    g_autoptr(SgMessage) message = message_with(&school, "Hello", "Friends of Kingsmead");
    g_autoptr(SgNearMiss) near = sg_rule_near_miss(
        school.policy, sg_policy_find_rule(school.policy, "contact"), message, parties, JANUARY_5);
    char *stopped_by = g_strdup(near->stopped_by);

    school_done(&school);
    return stopped_by;
}

static void test_near_miss_says_what_is_exempt(void)
{
    g_autofree char *sender = near_miss_of(exempt_of("contact", SG_EXEMPT_SENDER, SENDER));
    g_autofree char *phrase =
        near_miss_of(exempt_of("contact", SG_EXEMPT_PHRASE, "Friends of Kingsmead"));

    g_assert_cmpstr(sender, ==, "exempt: sender " SENDER);
    g_assert_cmpstr(phrase, ==, "exempt: phrase friends of kingsmead");
}

static void test_what_makes_no_sense_is_said(void)
{
    static const struct {
        SgExempt exempt;
        const char *why;
    } cases[] = {
        {{(char *)"contcat", SG_EXEMPT_SENDER, (char *)SENDER, 0, FALSE},
         "there is no rule 'contcat'; did you mean 'contact'?"},
        {{(char *)"contact", SG_EXEMPT_SENDER, (char *)"", 0, FALSE}, "'' is no address"},
        {{(char *)"contact", SG_EXEMPT_SENDER, (char *)"a@", 0, FALSE}, "'a@' is no address"},
        {{(char *)"contact", SG_EXEMPT_SENDER, (char *)"@a.example", 0, FALSE},
         "'@a.example' is no address"},
        {{(char *)"contact", SG_EXEMPT_SENDER, (char *)"staff", 0, FALSE}, "'staff' is no address"},
        {{(char *)"contact", SG_EXEMPT_GROUP, (char *)"newsleter", 0, FALSE},
         "there is no group 'newsleter'; did you mean 'newsletter'?"},
        {{(char *)"contact", SG_EXEMPT_PHRASE, (char *)"  a - b - c - d!!  ", 0, FALSE},
         "at least 8 letters or digits"},
        {{(char *)"no-mail-to-parents", SG_EXEMPT_PHRASE, (char *)"friends of kingsmead", 0, FALSE},
         "refuses before there is a text"},
        {{(char *)"contact", SG_EXEMPT_PHRASE, (char *)"friends of kingsmead", 0, FALSE}, NULL},
        {{(char *)"contact", SG_EXEMPT_SENDER, (char *)SENDER, 0, FALSE}, NULL},
        {{(char *)"contact", SG_EXEMPT_GROUP, (char *)"newsletter", 0, FALSE}, NULL},
    };
    School school = school_of(RULES);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *objection = sg_exempt_objection(school.policy, &cases[i].exempt);

        if (cases[i].why)
            support_assert_contains(objection, cases[i].why);
        else
            g_assert_null(objection);
    }
    school_done(&school);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/exempt/" #name, test_##name)
    PROMISE(exempt_sender_leaves_no_finding_by_that_rule_alone);
    PROMISE(other_senders_are_judged_as_before);
    PROMISE(senders_tag_does_not_matter);
    PROMISE(who_is_in_an_exempt_group_is_exempt);
    PROMISE(phrase_is_found_folded_and_at_word_boundaries);
    PROMISE(phrase_counts_only_where_the_rule_looks);
    PROMISE(it_ends_with_its_time);
    PROMISE(critical_rule_heeds_only_the_head);
    PROMISE(rule_that_is_gone_does_no_harm);
    PROMISE(exempt_sender_is_refused_no_recipient);
    PROMISE(it_goes_together_with_demotion_in_either_order);
    PROMISE(compiled_patterns_serve_it_unchanged);
    PROMISE(near_miss_says_what_is_exempt);
    PROMISE(what_makes_no_sense_is_said);
    return g_test_run();
}
