/* test_gate_plan.c - what the gate promises of turning a verdict into what is done */
#include "gate_builders.h"

static const char *const two[] = {"<a@b.example>", "<c@d.example>", NULL};

static SgPlan *plan_of(const SgVerdict *verdict, const char *const *foreign, const char *subject,
                       const SgMarked *marked)
{
    g_autoptr(GPtrArray) recipients = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    SgPlanFacts facts = {"KM-7F3Q-2", "the office", recipients, names, subject, marked};

    for (guint i = 0; two[i]; i++)
        g_ptr_array_add(recipients, (char *)two[i]);
    for (guint i = 0; foreign && foreign[i]; i++)
        g_ptr_array_add(names, (char *)foreign[i]);
    return sg_plan_new(verdict, SG_REFUSE_MESSAGE, &facts);
}

static SgPlan *plan_for(const SgVerdict *verdict, const char *const *foreign, const char *subject)
{
    return plan_of(verdict, foreign, subject, NULL);
}

/* The steps in one line, such as "add X-Schoolgate: id=…; remove <a@b.example>". */
static char *steps_of(const SgPlan *plan)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < plan->steps->len; i++) {
        const SgStep *step = plan->steps->pdata[i];

        if (i > 0)
            g_string_append(text, "; ");
        if (step->kind == SG_STEP_ADD_HEADER)
            g_string_append_printf(text, "add %s:%s", step->name, step->value);
        else if (step->kind == SG_STEP_SET_HEADER)
            g_string_append_printf(text, "set %s %u:%s", step->name, step->index, step->value);
        else if (step->kind == SG_STEP_DELETE_HEADER)
            g_string_append_printf(text, "delete %s %u", step->name, step->index);
        else if (step->kind == SG_STEP_DELETE_RECIPIENT)
            g_string_append_printf(text, "remove %s", step->value);
        else if (step->kind == SG_STEP_REPLACE_BODY)
            g_string_append_printf(text, "body '%.*s'", (int)g_bytes_get_size(step->body),
                                   (const char *)g_bytes_get_data(step->body, NULL));
        else
            g_string_append_printf(text, "hold %s", step->value);
    }
    return g_string_free(text, FALSE);
}

static void assert_plan(const SgPlan *plan, const char *steps, SgAnswer answer, SgState state)
{
    g_autofree char *got = steps_of(plan);

    g_assert_cmpstr(got, ==, steps);
    g_assert_cmpint(plan->answer, ==, answer);
    g_assert_cmpint(plan->state, ==, state);
}

static void test_logged_message_goes_on_untouched(void)
{
    g_autoptr(SgVerdict) verdict = verdict_of(finding_of("r", SG_ACTION_LOG), 2, 3);
    g_autoptr(SgPlan) plan = plan_for(verdict, NULL, " Hi");

    assert_plan(plan, "", SG_ANSWER_ACCEPT, SG_STATE_PASSED);
}

static void test_foreign_headers_are_deleted_from_the_last_backward(void)
{
    static const char *const foreign[] = {"X-Schoolgate", "X-Schoolgate-A", "x-schoolgate", NULL};
    g_autoptr(SgPlan) plan = plan_for(NULL, foreign, NULL);

    assert_plan(plan, "delete x-schoolgate 2; delete X-Schoolgate-A 1; delete X-Schoolgate 1",
                SG_ANSWER_ACCEPT, SG_STATE_PASSED);
}

static void test_tag_names_incident_rule_and_clause(void)
{
    g_autoptr(SgVerdict) verdict = verdict_of(finding_of("sofa", SG_ACTION_TAG), 2, 3);
    g_autoptr(SgPlan) plan = NULL;

    g_ptr_array_add(verdict->findings, finding_of("prize", SG_ACTION_TAG));
    plan = plan_for(verdict, NULL, " Hi");
    assert_plan(plan,
                "add X-Schoolgate: id=KM-7F3Q-2; rule=sofa; clause=2.6; "
                "add X-Schoolgate: id=KM-7F3Q-2; rule=prize; clause=2.6",
                SG_ANSWER_ACCEPT, SG_STATE_PASSED);
}

static SgPlan *plan_with_prefix(const char *prefix, const char *subject)
{
    SgFinding *finding = finding_of("sofa", SG_ACTION_TAG);
    g_autoptr(SgVerdict) verdict = verdict_of(finding, 2, 3);
    SgPlan *plan;

    finding->subject_prefix = g_strdup(prefix);
    plan = plan_for(verdict, NULL, subject);
    g_ptr_array_remove_index(plan->steps, 0); /* the tag, which is not looked at here */
    return plan;
}

static void assert_subject(const char *prefix, const char *subject, const char *steps)
{
    g_autoptr(SgPlan) plan = plan_with_prefix(prefix, subject);
    g_autofree char *got = steps_of(plan);

    g_assert_cmpstr(got, ==, steps);
}

static void test_subject_prefix_comes_before_the_subject_once(void)
{
    assert_subject("[sale]", " Sofa", "set Subject 1: [sale] Sofa");
    assert_subject("[sale]", " Sofa\n\tand chair", "set Subject 1: [sale] Sofa\n\tand chair");
    assert_subject("[sale]", " [sale] Sofa", "");
    assert_subject("[sale]", NULL, "add Subject: [sale]");
    assert_subject("[sale]", "", "set Subject 1: [sale]");
    assert_subject("[é]", " =?UTF-8?Q?x?=", "set Subject 1: =?UTF-8?B?W8OpXSA=?= =?UTF-8?Q?x?=");
    assert_subject("[é]", " Sofa", "set Subject 1: =?UTF-8?B?W8OpXQ==?= Sofa");
}

static void test_observed_tag_only_leaves_its_incident(void)
{
    SgFinding *finding = finding_of("sofa", SG_ACTION_TAG);

    finding->enforced = SG_ACTION_LOG;
    finding->tag = TRUE;
    g_autoptr(SgVerdict) verdict = verdict_of(finding, 2, 3);
    g_autoptr(SgPlan) plan = plan_for(verdict, NULL, " Hi");
    assert_plan(plan, "", SG_ANSWER_ACCEPT, SG_STATE_PASSED);
}

static void test_refusal_names_the_incident(void)
{
    g_autoptr(SgVerdict) verdict = verdict_of(finding_of("r", SG_ACTION_REJECT), 2, 3);
    g_autoptr(SgPlan) plan = plan_for(verdict, NULL, NULL);

    assert_plan(plan, "", SG_ANSWER_REFUSE, SG_STATE_REFUSED);
    support_assert_contains(plan->refusal->lines[0], "KM-7F3Q-2");
}

static void test_held_recipients_are_removed_and_the_others_served(void)
{
    g_autoptr(SgVerdict) verdict = verdict_of(finding_of("r", SG_ACTION_QUARANTINE), 2, 2);
    g_autoptr(SgPlan) plan = plan_for(verdict, NULL, NULL);

    assert_plan(plan, "remove <c@d.example>", SG_ANSWER_ACCEPT, SG_STATE_HELD);
}

static void test_message_held_for_all_is_taken_from_the_mta(void)
{
    g_autoptr(SgVerdict) verdict = verdict_of(finding_of("r", SG_ACTION_QUARANTINE), 2, 3);
    g_autoptr(SgPlan) plan = plan_for(verdict, NULL, NULL);

    g_assert_cmpint(plan->answer, ==, SG_ANSWER_DISCARD);
    g_assert_cmpint(plan->state, ==, SG_STATE_HELD);
}

static void test_quarantine_mta_leaves_recipients_to_the_mta(void)
{
    SgFinding *finding = finding_of("r", SG_ACTION_QUARANTINE);

    finding->hold_at_mta = TRUE;
    g_autoptr(SgVerdict) verdict = verdict_of(finding, 2, 3);
    g_autoptr(SgPlan) plan = plan_for(verdict, NULL, NULL);
    assert_plan(plan, "hold schoolgate KM-7F3Q-2", SG_ANSWER_ACCEPT, SG_STATE_HELD_MTA);
}

static char *applied(const SgPlan *plan, const char *headers, const char *body)
{
    g_autofree char *whole = g_strconcat(headers, "\r\n", body, NULL);
    g_autoptr(GBytes) message = g_bytes_new(whole, strlen(whole));
    g_autoptr(GBytes) changed = sg_plan_apply(plan, message, strlen(headers));

    return g_strndup(g_bytes_get_data(changed, NULL), g_bytes_get_size(changed));
}

static void test_held_bytes_have_the_header_changes(void)
{
    SgFinding *finding = finding_of("sofa", SG_ACTION_TAG);

    finding->subject_prefix = g_strdup("[sale]");
    g_autoptr(SgVerdict) verdict = verdict_of(finding, 2, 3);
    g_autoptr(SgPlan) plan = plan_for(verdict, NULL, " Sofa\n\tand chair");
    g_autofree char *text =
        applied(plan, "From: a@b\r\nSUBJECT: Sofa\r\n\tand chair\r\nsubject: two\r\n",
                "Subject: not this\r\n");
    g_assert_cmpstr(text, ==,
                    "From: a@b\r\nSubject: [sale] Sofa\r\n\tand chair\r\nsubject: two\r\n"
                    "X-Schoolgate: id=KM-7F3Q-2; rule=sofa; clause=2.6\r\n\r\n"
                    "Subject: not this\r\n");
}

static void test_held_bytes_without_changes_are_not_copied(void)
{
    g_autoptr(SgVerdict) verdict = verdict_of(finding_of("r", SG_ACTION_QUARANTINE), 2, 3);
    g_autoptr(SgPlan) plan = plan_for(verdict, NULL, NULL);
    g_autoptr(GBytes) message = g_bytes_new_static("A: b\r\n\r\n", 8);
    g_autoptr(GBytes) same = sg_plan_apply(plan, message, 6);

    g_assert_true(same == message);
}

/* A message that bears the mark in every place, and what of it is cut. */
#define MARKED_HEADERS                                                                             \
    "From: a@b\r\nSchool-Business: x\r\nSubject: [School-business: x] So\r\n\tfa\r\n"              \
    "school-business: y\r\nThread-Topic: [School-business: x] Sofa\r\n"
#define MARKED MARKED_HEADERS "\r\nSchool-business: x\r\nHi\r\n"

typedef struct Marked {
    GBytes *message;
    GArray *cuts;
    SgMarked marked;
} Marked;

static void cut_out(Marked *marked, const char *words)
{
    const char *start = g_bytes_get_data(marked->message, NULL);
    SgCut cut = {(gsize)(strstr(start, words) - start), strlen(words)};

    g_array_append_val(marked->cuts, cut);
}

static Marked marked_new(void)
{
    Marked marked = {g_bytes_new_static(MARKED, strlen(MARKED)),
                     g_array_new(FALSE, FALSE, sizeof(SgCut)),
                     {NULL, strlen(MARKED_HEADERS), NULL}};

    marked.marked.message = marked.message;
    marked.marked.cuts = marked.cuts;
    cut_out(&marked, "School-Business: x\r\n");
    cut_out(&marked, "[School-business: x] ");
    cut_out(&marked, "school-business: y\r\n");
    cut_out(&marked, "[School-business: x] Sofa");
    g_array_index(marked.cuts, SgCut, 3).len -= strlen("Sofa");
    cut_out(&marked, "School-business: x\r\n");
    return marked;
}

static void marked_done(Marked *marked)
{
    g_array_unref(marked->cuts);
    g_bytes_unref(marked->message);
}

static SgFinding *overridden_finding(void)
{
    SgFinding *finding = finding_of("sofa", SG_ACTION_REJECT);

    finding->enforced = SG_ACTION_LOG;
    finding->override_reason = g_strdup("x");
    return finding;
}

static void test_mark_of_school_business_is_taken_out(void)
{
    Marked marked = marked_new();
    g_autoptr(SgVerdict) verdict = verdict_of(overridden_finding(), 2, 3);
    g_autoptr(SgPlan) plan =
        plan_of(verdict, NULL, " [School-business: x] So\n\tfa", &marked.marked);

    g_assert_true(sg_verdict_is_overridden(verdict));
    assert_plan(plan,
                "set Thread-Topic 1: Sofa; delete School-Business 2; delete School-Business 1; "
                "body 'Hi\r\n'; "
                "set Subject 1: So\n\tfa",
                SG_ANSWER_ACCEPT, SG_STATE_PASSED);
    marked_done(&marked);
}

static void test_subject_prefix_goes_before_what_the_mark_leaves(void)
{
    SgFinding *finding = finding_of("sofa", SG_ACTION_TAG);
    Marked marked = marked_new();

    finding->subject_prefix = g_strdup("[sale]");
    g_autoptr(SgVerdict) verdict = verdict_of(finding, 2, 3);
    g_autoptr(SgPlan) plan =
        plan_of(verdict, NULL, " [School-business: x] So\n\tfa", &marked.marked);
    g_autofree char *steps = steps_of(plan);
    g_assert_true(g_str_has_suffix(steps, "; set Subject 1: [sale] So\n\tfa"));
    marked_done(&marked);
}

/* Another rule has held it: what is kept is what would have gone on. */
static void test_held_bytes_are_without_the_mark(void)
{
    Marked marked = marked_new();
    g_autoptr(SgVerdict) verdict = verdict_of(finding_of("r", SG_ACTION_QUARANTINE), 2, 3);
    g_autoptr(SgPlan) plan =
        plan_of(verdict, NULL, " [School-business: x] So\n\tfa", &marked.marked);
    g_autoptr(GBytes) held = sg_plan_apply(plan, marked.message, marked.marked.header_size);
    GByteArray *kept = g_byte_array_new();

    sg_cuts_keep(kept, sg_span(MARKED), 0, strlen(MARKED), marked.cuts);
    g_assert_cmpmem(g_bytes_get_data(held, NULL), g_bytes_get_size(held), kept->data, kept->len);
    g_assert_cmpint(plan->answer, ==, SG_ANSWER_DISCARD);
    g_byte_array_unref(kept);
    marked_done(&marked);
}

static void test_body_that_is_all_mark_is_replaced_by_none(void)
{
    static const char message[] = "A: b\r\n\r\nSchool-business: x\r\n";
    g_autoptr(GBytes) raw = g_bytes_new_static(message, strlen(message));
    g_autoptr(GArray) cuts = g_array_new(FALSE, FALSE, sizeof(SgCut));
    SgMarked marked = {raw, 6, cuts};
    SgCut cut = {8, strlen(message) - 8};

    g_array_append_val(cuts, cut);
    g_autoptr(SgVerdict) verdict = verdict_of(overridden_finding(), 2, 3);
    g_autoptr(SgPlan) plan = plan_of(verdict, NULL, NULL, &marked);
    assert_plan(plan, "body ''", SG_ANSWER_ACCEPT, SG_STATE_PASSED);
    g_autoptr(GBytes) applied_to = sg_plan_apply(plan, raw, 6);
    g_assert_cmpmem(g_bytes_get_data(applied_to, NULL), g_bytes_get_size(applied_to), message, 8);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gate/plan/logged_message_goes_on_untouched",
                    test_logged_message_goes_on_untouched);
    g_test_add_func("/gate/plan/foreign_headers_are_deleted_from_the_last_backward",
                    test_foreign_headers_are_deleted_from_the_last_backward);
    g_test_add_func("/gate/plan/tag_names_incident_rule_and_clause",
                    test_tag_names_incident_rule_and_clause);
    g_test_add_func("/gate/plan/subject_prefix_comes_before_the_subject_once",
                    test_subject_prefix_comes_before_the_subject_once);
    g_test_add_func("/gate/plan/observed_tag_only_leaves_its_incident",
                    test_observed_tag_only_leaves_its_incident);
    g_test_add_func("/gate/plan/refusal_names_the_incident", test_refusal_names_the_incident);
    g_test_add_func("/gate/plan/held_recipients_are_removed_and_the_others_served",
                    test_held_recipients_are_removed_and_the_others_served);
    g_test_add_func("/gate/plan/message_held_for_all_is_taken_from_the_mta",
                    test_message_held_for_all_is_taken_from_the_mta);
    g_test_add_func("/gate/plan/quarantine_mta_leaves_recipients_to_the_mta",
                    test_quarantine_mta_leaves_recipients_to_the_mta);
    g_test_add_func("/gate/plan/held_bytes_have_the_header_changes",
                    test_held_bytes_have_the_header_changes);
    g_test_add_func("/gate/plan/held_bytes_without_changes_are_not_copied",
                    test_held_bytes_without_changes_are_not_copied);
    g_test_add_func("/gate/plan/mark_of_school_business_is_taken_out",
                    test_mark_of_school_business_is_taken_out);
    g_test_add_func("/gate/plan/subject_prefix_goes_before_what_the_mark_leaves",
                    test_subject_prefix_goes_before_what_the_mark_leaves);
    g_test_add_func("/gate/plan/held_bytes_are_without_the_mark",
                    test_held_bytes_are_without_the_mark);
    g_test_add_func("/gate/plan/body_that_is_all_mark_is_replaced_by_none",
                    test_body_that_is_all_mark_is_replaced_by_none);
    return g_test_run();
}
