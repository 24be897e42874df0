/* policy.c - gathers `policy` and `rule` blocks, and makes of them a policy that never changes. */
#include "policy_internal.h"

struct SgPolicyBuilder {
    SgRuleReader reader;
    GPtrArray *school_policies; /* of SgSchoolPolicy */
    GPtrArray *phrases;         /* of SgPhrase */
    GHashTable *phrase_names;   /* name -> SgPhrase, borrowed */
    GPtrArray *rules;           /* of SgRule */
    GHashTable *names;          /* name -> SgRule, borrowed */
};

static void clause_free(gpointer data)
{
    SgClause *clause = data;

    g_free(clause->number);
    g_free(clause->title);
    g_free(clause->not_by_mail);
    g_free(clause);
}

static void school_policy_free(gpointer data)
{
    SgSchoolPolicy *policy = data;

    g_free(policy->name);
    g_free(policy->title);
    g_free(policy->version);
    g_free(policy->url);
    g_ptr_array_unref(policy->clauses);
    g_free(policy);
}

static void group_use_free(gpointer data)
{
    g_free(((SgGroupUse *)data)->name);
    g_free(data);
}

static void phrase_free(gpointer data)
{
    sg_phrase_free(data);
}

static void list_free(gpointer data)
{
    sg_named_list_free(data);
}

static void rule_free(gpointer data)
{
    sg_rule_free(data);
}

SgPolicyBuilder *sg_policy_builder_new(SgPeople *people)
{
    SgPolicyBuilder *builder = g_new0(SgPolicyBuilder, 1);

    builder->reader.people = sg_people_ref(people);
    builder->reader.group_uses = g_ptr_array_new_with_free_func(group_use_free);
    builder->reader.lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, list_free);
    builder->school_policies = g_ptr_array_new_with_free_func(school_policy_free);
    builder->phrases = g_ptr_array_new_with_free_func(phrase_free);
    builder->phrase_names = g_hash_table_new(g_str_hash, g_str_equal);
    builder->rules = g_ptr_array_new_with_free_func(rule_free);
    builder->names = g_hash_table_new(g_str_hash, g_str_equal);
    return builder;
}

void sg_policy_builder_free(SgPolicyBuilder *builder)
{
    if (!builder)
        return;
    sg_people_unref(builder->reader.people);
    g_ptr_array_unref(builder->reader.group_uses);
    g_hash_table_unref(builder->reader.lists);
    g_ptr_array_unref(builder->school_policies);
    g_ptr_array_unref(builder->phrases);
    g_hash_table_unref(builder->phrase_names);
    g_ptr_array_unref(builder->rules);
    g_hash_table_unref(builder->names);
    g_free(builder);
}

/* The `policy` block ------------------------------------------------------------------------------
 */

static SgClause *find_clause(const SgSchoolPolicy *policy, const char *number)
{
    for (guint i = 0; i < policy->clauses->len; i++) {
        SgClause *clause = policy->clauses->pdata[i];
        if (strcmp(clause->number, number) == 0)
            return clause;
    }
    return NULL;
}

static void read_policy_clause(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSchoolPolicy *policy = into;
    SgSpan number;

    (void)self;
    if (!sg_cursor_word(cursor, "a clause's number", &number))
        return;
    g_autofree char *name = sg_span_dup(number);
    if (find_clause(policy, name)) {
        sg_cursor_error(cursor, "clause %s is listed already", name);
        return;
    }
    char *title = sg_cursor_text(cursor, "the clause's title");
    if (!title)
        return;
    SgClause *clause = g_new0(SgClause, 1);
    clause->number = g_steal_pointer(&name);
    clause->title = title;
    g_ptr_array_add(policy->clauses, clause);
}

/* Below the clause that it is about, as people read a list. */
static void read_not_by_mail(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan number;

    (void)self;
    if (!sg_cursor_word(cursor, "a clause's number", &number))
        return;
    g_autofree char *name = sg_span_dup(number);
    SgClause *clause = find_clause(into, name);
    if (!clause) {
        sg_cursor_error(cursor, "no clause %s is listed above; write 'clause %s TITLE' first", name,
                        name);
        return;
    }
    if (clause->not_by_mail) {
        sg_cursor_error(cursor, "why no mail can touch clause %s is said already", name);
        return;
    }
    clause->not_by_mail = sg_cursor_text(cursor, "the reason why no mail can touch it");
}

static void read_review(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    (void)self;
    sg_cursor_date(cursor, &((SgSchoolPolicy *)into)->review_due);
}

#define OF(field) G_STRUCT_OFFSET(SgSchoolPolicy, field)

const SgSetting sg_policy_settings[] = {
    {"title", "TEXT", "the policy's full title, as staff know it", FALSE, sg_read_text, OF(title)},
    {"version", "TEXT", "which edition: kept with every incident", FALSE, sg_read_text,
     OF(version)},
    {"review-due", "DATE", "when the school means to look at it again", FALSE, read_review, 0},
    {"url", "TEXT", "where staff can read it", FALSE, sg_read_text, OF(url)},
    {"clause", "NUMBER TEXT", "a clause that rules may cite, with its title", TRUE,
     read_policy_clause, 0},
    {"not-by-mail", "NUMBER TEXT", "a clause listed above that no mail can touch, with the reason",
     TRUE, read_not_by_mail, 0},
    {0},
};

static const SgSchoolPolicy *find_school_policy(const GPtrArray *policies, const char *name)
{
    for (guint i = 0; i < policies->len; i++) {
        const SgSchoolPolicy *policy = policies->pdata[i];
        if (strcmp(policy->name, name) == 0)
            return policy;
    }
    return NULL;
}

void sg_policy_builder_read_policy(SgPolicyBuilder *builder, const SgBlock *block, SgReport *report)
{
    SgSchoolPolicy *policy = g_new0(SgSchoolPolicy, 1);
    SgCursor cursor = sg_line_cursor(&block->head, report);
    SgSpan name;

    policy->clauses = g_ptr_array_new_with_free_func(clause_free);
    if (sg_cursor_word(&cursor, "a policy's name", &name))
        policy->name = sg_span_dup(name);
    if (policy->name && !sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "a policy's name is one word, such as social-media");
    if (policy->name && find_school_policy(builder->school_policies, policy->name))
        sg_cursor_error(&cursor, "there is a policy '%s' already", policy->name);
    sg_block_read_settings(block, sg_policy_settings, policy, report);
    if (!policy->name) {
        school_policy_free(policy);
        return;
    }
    if (!policy->title)
        policy->title = g_strdup(policy->name);
    g_ptr_array_add(builder->school_policies, policy);
}

/* Phrases -----------------------------------------------------------------------------------------
 */

void sg_policy_builder_read_phrase(SgPolicyBuilder *builder, const SgBlock *block, SgReport *report)
{
    SgPhrase *phrase = sg_phrase_read(block, report);

    if (!phrase)
        return;
    const SgPhrase *other = g_hash_table_lookup(builder->phrase_names, sg_phrase_name(phrase));
    if (other)
        sg_report_error(report, sg_phrase_place(phrase), "there is a phrase '%s' already, at %s:%u",
                        sg_phrase_name(phrase), sg_phrase_place(other).file,
                        sg_phrase_place(other).line);
    else
        g_hash_table_insert(builder->phrase_names, (gpointer)sg_phrase_name(phrase), phrase);
    g_ptr_array_add(builder->phrases, phrase);
}

typedef struct Linking {
    GHashTable *phrases;
    SgReport *report;
} Linking;

static void link_phrase(const SgCondition *condition, gpointer data)
{
    const Linking *linking = data;

    sg_condition_link_phrases(condition, linking->phrases, linking->report);
}

void sg_policy_builder_read_list(SgPolicyBuilder *builder, const SgBlock *block, SgFileReader read,
                                 SgReport *report)
{
    sg_named_list_read(builder->reader.lists, block, read, report);
}

/* Rules -------------------------------------------------------------------------------------------
 */

void sg_policy_builder_read_rule(SgPolicyBuilder *builder, const SgBlock *block, SgReport *report)
{
    guint errors = sg_report_errors(report);
    SgRule *rule = sg_rule_read(block, &builder->reader, report);
    gboolean read_whole = sg_report_errors(report) == errors;
    const SgRule *other = rule->name ? g_hash_table_lookup(builder->names, rule->name) : NULL;

    if (!rule->name) {
        sg_rule_free(rule);
        return;
    }
    if (other)
        sg_report_error(report, rule->place, "there is a rule '%s' already, at %s:%u", rule->name,
                        other->place.file, other->place.line);
    else
        g_hash_table_insert(builder->names, rule->name, rule);
    sg_rule_check_sense(rule, read_whole, report);
    g_ptr_array_add(builder->rules, rule);
}

static void complain_clause(const SgRule *rule, const SgSchoolPolicy *policy, SgReport *report)
{
    g_autoptr(GPtrArray) numbers = g_ptr_array_new();

    for (guint i = 0; i < policy->clauses->len; i++)
        g_ptr_array_add(numbers, ((const SgClause *)policy->clauses->pdata[i])->number);
    g_ptr_array_add(numbers, NULL);
    g_autofree char *all = g_strjoinv(", ", (char **)numbers->pdata);
    sg_report_error(report, rule->clause_place,
                    "policy '%s' lists no clause %s; it has: %s (titles: 'schoolgate coverage')",
                    policy->name, rule->clause, *all ? all : "none");
}

static void link_clause(SgRule *rule, const GPtrArray *policies, SgReport *report)
{
    const SgSchoolPolicy *policy;

    if (!rule->clause)
        return; /* said already */
    if (policies->len == 0) {
        sg_report_error(report, rule->clause_place,
                        "no policy lists clause %s: there is no 'policy' block", rule->clause);
        return;
    }
    policy = rule->policy ? find_school_policy(policies, rule->policy) : policies->pdata[0];
    if (!policy) {
        sg_report_error(report, rule->clause_place, "there is no policy '%s'", rule->policy);
        return;
    }
    const SgClause *clause = find_clause(policy, rule->clause);
    if (!clause) {
        complain_clause(rule, policy, report);
        return;
    }
    if (clause->not_by_mail)
        sg_report_warning(report, rule->clause_place,
                          "policy '%s' says that no mail can touch clause %s (%s); take its "
                          "'not-by-mail' out, or cite another clause",
                          policy->name, clause->number, clause->not_by_mail);
    if (!rule->policy)
        rule->policy = g_strdup(policy->name);
    rule->clause_title = g_strdup(clause->title);
    rule->policy_version = g_strdup(policy->version ? policy->version : "");
}

static void check_groups(const SgPolicyBuilder *builder, SgReport *report)
{
    const char *const *known = sg_people_group_names(builder->reader.people);

    for (guint i = 0; i < builder->reader.group_uses->len; i++) {
        const SgGroupUse *use = builder->reader.group_uses->pdata[i];
        if (g_strv_contains(known, use->name))
            continue;
        const char *meant = sg_suggest(sg_span(use->name), known);
        if (meant)
            sg_report_error(report, use->place, "unknown group '%s'; did you mean '%s'?", use->name,
                            meant);
        else
            sg_report_error(report, use->place,
                            "unknown group '%s'; no 'group' block and no line of a people file "
                            "names it",
                            use->name);
    }
}

SgPolicy *sg_policy_builder_finish(SgPolicyBuilder *builder, const SgPolicyOptions *options,
                                   SgCalendar *calendar, SgReport *report)
{
    g_autoptr(SgCalendar) own_calendar = calendar;
    Linking linking = {builder->phrase_names, report};

    for (guint i = 0; i < builder->rules->len; i++) {
        link_clause(builder->rules->pdata[i], builder->school_policies, report);
        sg_rule_each_condition(builder->rules->pdata[i], link_phrase, &linking);
    }
    check_groups(builder, report);
    sg_named_lists_check(builder->reader.lists, report);
    if (sg_report_errors(report) > 0)
        return NULL;

    SgPolicy *policy = g_new0(SgPolicy, 1);
    policy->references = 1;
    policy->people = sg_people_ref(builder->reader.people);
    policy->calendar = g_steal_pointer(&own_calendar);
    policy->options = *options;
    policy->school_policies = g_ptr_array_ref(builder->school_policies);
    policy->phrases = g_ptr_array_ref(builder->phrases);
    policy->lists = g_hash_table_ref(builder->reader.lists);
    policy->rules = g_ptr_array_ref(builder->rules);
    for (guint i = 0; i < policy->rules->len; i++) {
        policy->judges_recipients |= sg_rule_is_for_recipients(policy, policy->rules->pdata[i]);
        policy->reads_attachments |= sg_rule_reads_attachments(policy->rules->pdata[i]);
        policy->repeats_within =
            MAX(policy->repeats_within, sg_rule_repeats_within(policy->rules->pdata[i]));
    }
    sg_policy_gather_patterns(policy);
    return policy;
}

SgPolicy *sg_policy_ref(SgPolicy *policy)
{
    g_atomic_int_inc(&policy->references);
    return policy;
}

void sg_policy_unref(SgPolicy *policy)
{
    if (!policy || !g_atomic_int_dec_and_test(&policy->references))
        return;
    if (policy->base) {
        sg_policy_free_variant(policy);
        return;
    }
    sg_people_unref(policy->people);
    sg_calendar_free(policy->calendar);
    sg_prefilter_free(policy->prefilter);
    sg_hints_free(policy->hints);
    g_ptr_array_unref(policy->patterns);
    g_ptr_array_unref(policy->audiences);
    g_ptr_array_unref(policy->school_policies);
    g_ptr_array_unref(policy->phrases);
    g_hash_table_unref(policy->lists);
    g_ptr_array_unref(policy->rules);
    g_free(policy);
}

const GPtrArray *sg_policy_school_policies(const SgPolicy *policy)
{
    return policy->school_policies;
}

gboolean sg_policy_judges_recipients(const SgPolicy *policy)
{
    return policy->judges_recipients;
}

gboolean sg_policy_reads_attachments(const SgPolicy *policy)
{
    return policy->reads_attachments;
}

gint64 sg_policy_repeats_within(const SgPolicy *policy)
{
    return policy->repeats_within;
}

GTimeZone *sg_policy_zone(const SgPolicy *policy)
{
    return policy->calendar->zone;
}

SgMode sg_policy_mode(const SgPolicy *policy)
{
    return policy->options.mode;
}

SgPeople *sg_policy_people(const SgPolicy *policy)
{
    return policy->people;
}
