/* exempt.c - mail that a rule does not apply to, because a person said so, until some day */
#include "policy_internal.h"

#include <string.h>

const char *const sg_exempt_kind_names[] = {"sender", "group", "phrase", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_exempt_kind_names) == SG_EXEMPT_KINDS + 1);

/* What makes sense ------------------------------------------------------------------------------
 */

static char *did_you_mean(const char *what, const char *word, const char *const *known)
{
    const char *meant = sg_suggest(sg_span(word), known);

    return meant ? g_strdup_printf("there is no %s '%s'; did you mean '%s'?", what, word, meant)
                 : g_strdup_printf("there is no %s '%s'", what, word);
}

static char *no_such_rule(const SgPolicy *policy, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < policy->rules->len; i++)
        g_ptr_array_add(names, ((const SgRule *)policy->rules->pdata[i])->name);
    g_ptr_array_add(names, NULL);
    return did_you_mean("rule", name, (const char *const *)names->pdata);
}

/* In normal form what is no address has no domain, or nothing between quotes before it. */
static char *object_to_sender(const SgPolicy *policy, const SgExempt *exempt)
{
    g_autofree char *mailbox = sg_exempt_normal_value(policy, exempt);
    const char *at = strrchr(mailbox, '@');

    if (at && at[1] && !g_str_has_suffix(mailbox, "\"") && !g_str_has_prefix(mailbox, "\"\"@"))
        return NULL;
    return g_strdup_printf("'%s' is no address", exempt->value);
}

static char *object_to_group(const SgPolicy *policy, const SgExempt *exempt)
{
    const char *const *known = sg_people_group_names(policy->people);

    return g_strv_contains(known, exempt->value) ? NULL
                                                 : did_you_mean("group", exempt->value, known);
}

static char *object_to_phrase(const SgPolicy *policy, const SgExempt *exempt)
{
    const SgRule *rule = sg_policy_find_rule(policy, exempt->rule);
    g_autofree char *words = sg_exempt_normal_value(policy, exempt);
    g_autofree char *folded = sg_text_fold(words);
    guint letters = 0;

    for (const char *at = folded; *at; at = g_utf8_next_char(at))
        letters += g_unichar_isalnum(g_utf8_get_char(at)) ? 1 : 0;
    if (letters < SG_EXEMPT_PHRASE_LEAST)
        return g_strdup_printf("too much mail would be exempt by so short a phrase: it takes at "
                               "least %d letters or digits",
                               SG_EXEMPT_PHRASE_LEAST);
    if (g_utf8_strlen(words, -1) > SG_EXEMPT_PHRASE_MOST)
        return g_strdup_printf("a phrase has at most %d characters", SG_EXEMPT_PHRASE_MOST);
    if (sg_rule_is_for_recipients(policy, rule))
        return g_strdup_printf("rule '%s' refuses before there is a text: exempt a sender or a "
                               "group",
                               rule->name);
    return NULL;
}

static char *normal_words(const SgPolicy *policy, const char *value)
{
    (void)policy;
    return g_strstrip(g_utf8_make_valid(value, -1));
}

static char *normal_address(const SgPolicy *policy, const char *value)
{
    return sg_people_mailbox(policy->people, value);
}

static const struct {
    char *(*object)(const SgPolicy *policy, const SgExempt *exempt);
    char *(*normal)(const SgPolicy *policy, const char *value);
} kinds[SG_EXEMPT_KINDS] = {
    [SG_EXEMPT_SENDER] = {object_to_sender, normal_address},
    [SG_EXEMPT_GROUP] = {object_to_group, normal_words},
    [SG_EXEMPT_PHRASE] = {object_to_phrase, normal_words},
};

char *sg_exempt_objection(const SgPolicy *policy, const SgExempt *exempt)
{
    if (!sg_policy_find_rule(policy, exempt->rule))
        return no_such_rule(policy, exempt->rule);
    return kinds[exempt->kind].object(policy, exempt);
}

char *sg_exempt_normal_value(const SgPolicy *policy, const SgExempt *exempt)
{
    return kinds[exempt->kind].normal(policy, exempt->value);
}

/* A policy that knows what is exempt ------------------------------------------------------------
 */

static void free_exempt(gpointer data)
{
    SgExempt *exempt = data;

    g_free(exempt->rule);
    g_free(exempt->value);
    g_free(exempt);
}

static void free_exempts(gpointer data)
{
    g_ptr_array_unref(data);
}

/* With its value as it is compared. */
static SgExempt *copy(const SgPolicy *policy, const SgExempt *exempt)
{
    SgExempt *own = g_memdup2(exempt, sizeof *exempt);

    own->rule = g_strdup(exempt->rule);
    own->value = sg_exempt_normal_value(policy, exempt);
    if (own->kind == SG_EXEMPT_PHRASE) {
        char *folded = sg_text_fold(own->value);
        g_free(own->value);
        own->value = folded;
    }
    return own;
}

static void add(GHashTable *table, const SgPolicy *policy, const SgExempt *exempt)
{
    const SgRule *rule = sg_policy_find_rule(policy, exempt->rule);
    GPtrArray *exempts = g_hash_table_lookup(table, rule);

    if (!exempts) {
        exempts = g_ptr_array_new_with_free_func(free_exempt);
        g_hash_table_insert(table, (gpointer)rule, exempts);
    }
    g_ptr_array_add(exempts, copy(policy, exempt));
}

/* An officer may have exempted mail from a rule that has become critical since. An empty phrase
 * would stand everywhere. */
gboolean sg_exempt_is_valid(const SgPolicy *policy, const SgExempt *exempt)
{
    const SgRule *rule = sg_policy_find_rule(policy, exempt->rule);

    return rule && *exempt->value && (exempt->by_head || rule->severity != SG_SEVERITY_CRITICAL);
}

SgPolicy *sg_policy_with_exemptions(SgPolicy *policy, const SgExempt *const *exempts, guint n)
{
    SgPolicy *exempting = sg_policy_variant(policy);
    GHashTable *table = g_hash_table_new_full(NULL, NULL, NULL, free_exempts);

    for (guint i = 0; i < n; i++) {
        if (sg_exempt_is_valid(exempting, exempts[i]))
            add(table, exempting, exempts[i]);
    }
    g_clear_pointer(&exempting->exempt, g_hash_table_unref);
    exempting->exempt = table;
    return exempting;
}

/* Judging by it ---------------------------------------------------------------------------------
 */

static const GPtrArray *exempts_of(const SgRule *rule, const SgJudging *judging)
{
    return judging->policy->exempt ? g_hash_table_lookup(judging->policy->exempt, rule) : NULL;
}

static gboolean is_from(const SgExempt *exempt, const SgJudging *judging)
{
    const SgParty *sender = judging->parties->sender;

    if (!sender || exempt->kind == SG_EXEMPT_PHRASE)
        return FALSE;
    if (exempt->kind == SG_EXEMPT_GROUP)
        return sg_party_in_group(sender, exempt->value);
    g_autofree char *mailbox = sg_people_mailbox(judging->policy->people, sender->address);
    return strcmp(mailbox, exempt->value) == 0;
}

/* A word goes on where letters or digits stand on both sides. */
static gboolean is_within_word(SgSpan text, const char *at)
{
    const char *before = g_utf8_find_prev_char(text.at, at);

    return before && at < text.at + text.len && g_unichar_isalnum(g_utf8_get_char(before)) &&
           g_unichar_isalnum(g_utf8_get_char(at));
}

static gboolean stands_in(const char *phrase, SgSpan text)
{
    gsize length = strlen(phrase);
    const char *from = text.at, *end = text.at + text.len;

    while (length > 0 && from < end && (from = memmem(from, (gsize)(end - from), phrase, length))) {
        if (!is_within_word(text, from) && !is_within_word(text, from + length))
            return TRUE;
        from++;
    }
    return FALSE;
}

static gboolean has_phrase(const SgExempt *exempt, const SgJudging *judging)
{
    const GPtrArray *texts;

    if (exempt->kind != SG_EXEMPT_PHRASE || !judging->message)
        return FALSE;
    texts = sg_message_texts(judging->message);
    for (guint i = 0; i < texts->len; i++) {
        const SgText *text = texts->pdata[i];

        if ((judging->look_in & (1U << sg_text_kind(text))) &&
            stands_in(exempt->value, sg_text_form(text, SG_FORM_FOLDED)))
            return TRUE;
    }
    return FALSE;
}

typedef gboolean (*Holds)(const SgExempt *exempt, const SgJudging *judging);

static const SgExempt *first_of(const SgRule *rule, const SgJudging *judging, Holds holds)
{
    const GPtrArray *exempts = exempts_of(rule, judging);

    for (guint i = 0; exempts && i < exempts->len; i++) {
        const SgExempt *exempt = exempts->pdata[i];

        if (judging->when < exempt->until && holds(exempt, judging))
            return exempt;
    }
    return NULL;
}

const SgExempt *sg_exempt_by_sender(const SgRule *rule, const SgJudging *judging)
{
    return first_of(rule, judging, is_from);
}

const SgExempt *sg_exempt_by_phrase(const SgRule *rule, const SgJudging *judging)
{
    return first_of(rule, judging, has_phrase);
}
