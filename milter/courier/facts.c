/* facts.c - which letter a notice is, and what is known to stand in it. */
#include "texts_internal.h"

#define SUBJECT_MOST   80 /* characters of what came by mail */
#define SEEN_MOST      60
#define ADDRESS_MOST   80
#define SEEN_SHOWN     2
#define ADDRESSES_MOST 20
#define ATTACHED       "message.eml"

/* Which letter ------------------------------------------------------------------------------------
 */

static gboolean takes_effect(const SgFinding *finding)
{
    return finding->mode == SG_MODE_ENFORCE && !finding->override_reason;
}

/* Of severe matters a sender is told neither what was seen nor what it is about. */
static gboolean is_critical(const SgIncident *incident)
{
    for (guint i = 0; incident && i < incident->findings->len; i++) {
        const SgFinding *finding = incident->findings->pdata[i];

        if (takes_effect(finding) && finding->severity == SG_SEVERITY_CRITICAL)
            return TRUE;
    }
    return FALSE;
}

static const char *held_letter(const SgNoticeFacts *facts)
{
    /* The notice may have waited for others, and a person have been quicker. */
    if (facts->incident && facts->incident->state == SG_STATE_RELEASED)
        return "released";
    return is_critical(facts->incident) ? "held-critical" : "held";
}

static const char *returned_letter(const SgNoticeFacts *facts)
{
    const char *by = facts->item->decided_by;

    return by && strcmp(by, sg_reviewer_role_names[SG_REVIEWER_SYSTEM]) != 0 ? "returned"
                                                                             : "returned-undecided";
}

/* Whoever is neither the officer nor a head whom the rule asked for stands in for somebody. */
static const char *alert_letter(const SgNoticeFacts *facts)
{
    const SgSchool *school = &facts->config->school;
    const char *to = facts->item->to;
    guint asked = 0;

    if (facts->item->decided_by)
        return "escalated";
    for (guint i = 0; facts->incident && i < facts->incident->findings->len; i++)
        asked |= ((const SgFinding *)facts->incident->findings->pdata[i])->alert;
    if (g_ascii_strcasecmp(to, school->officer) == 0)
        return "alert";
    if ((asked & SG_ALERT_HEAD) && school->head && g_ascii_strcasecmp(to, school->head) == 0)
        return "alert";
    return "alert-stand-in";
}

static const char *digest_letter(const SgNoticeFacts *facts)
{
    g_autoptr(GPtrArray) shown = sg_digest_shown(facts);

    return shown->len > 0 ? "digest" : "digest-quiet";
}

static const char *name_of_kind(const SgNoticeFacts *facts)
{
    return sg_notice_kind_names[facts->item->kind];
}

/* How each kind of notice is worded. A release is the message itself. */
static const struct {
    const char *(*letter)(const SgNoticeFacts *facts);
    gboolean to_sender;
    gboolean about_rule;
} wordings[SG_NOTICES] = {
    [SG_NOTICE_PLEASE_NOTE] = {name_of_kind, TRUE, FALSE},
    [SG_NOTICE_HELD] = {held_letter, TRUE, FALSE},
    [SG_NOTICE_ALERT] = {alert_letter, FALSE, FALSE},
    [SG_NOTICE_DEMOTED] = {name_of_kind, FALSE, TRUE},
    [SG_NOTICE_IMPRECISE] = {name_of_kind, FALSE, TRUE},
    [SG_NOTICE_RELEASED] = {name_of_kind, TRUE, FALSE},
    [SG_NOTICE_RETURN] = {returned_letter, TRUE, FALSE},
    [SG_NOTICE_UNDELIVERED] = {name_of_kind, FALSE, FALSE},
    [SG_NOTICE_OVERDUE] = {name_of_kind, FALSE, FALSE},
    [SG_NOTICE_DIGEST] = {digest_letter, FALSE, FALSE},
};

const SgLetterKind *sg_facts_letter(const SgNoticeFacts *facts)
{
    g_assert(wordings[facts->item->kind].letter);
    return sg_letter_kind(wordings[facts->item->kind].letter(facts));
}

gboolean sg_facts_to_sender(const SgNoticeFacts *facts)
{
    return wordings[facts->item->kind].to_sender;
}

/* The incident ------------------------------------------------------------------------------------
 */

static const SgFinding *leading(const SgIncident *incident, const char *rule)
{
    for (guint i = 0; rule && i < incident->findings->len; i++) {
        const SgFinding *finding = incident->findings->pdata[i];

        if (strcmp(finding->rule, rule) == 0)
            return finding;
    }
    return incident->findings->len > 0 ? incident->findings->pdata[0] : NULL;
}

static const SgSchoolPolicy *policy_of(const SgConfig *config, const SgFinding *finding)
{
    const GPtrArray *policies = sg_policy_school_policies(config->policy);

    for (guint i = 0; i < policies->len; i++) {
        const SgSchoolPolicy *policy = policies->pdata[i];

        if (g_strcmp0(policy->name, finding->policy) == 0)
            return policy;
    }
    return NULL;
}

static void add_clause(SgValues *values, const SgFinding *finding)
{
    gboolean cited = finding->clause && *finding->clause;

    sg_values_add(values, "clause", finding->clause);
    sg_values_add(values, "clause-title", finding->clause_title);
    /* An alert says no more than the clause, where there is one. */
    sg_values_add(values, "title", cited ? NULL : finding->title);
}

/* What the rule's author says to the sender; of what no rule held, why it could not be judged. */
static void add_words(SgValues *values, const SgFinding *finding)
{
    gboolean unchecked = finding->kind == SG_FINDING_UNSCANNABLE;

    if (finding->explain || !unchecked)
        sg_values_add(values, "explain", finding->explain);
    else
        sg_values_add_format(values, "explain", "%s.", finding->title);
    sg_values_add(values, "remedy", finding->remedy);
}

static void add_policy(SgValues *values, const SgConfig *config, const SgFinding *finding)
{
    const SgSchoolPolicy *policy = policy_of(config, finding);

    sg_values_add(values, "clause", finding->clause);
    sg_values_add(values, "clause-title", finding->clause_title);
    sg_values_add(values, "title", finding->title);
    sg_values_add(values, "policy", policy ? policy->title : NULL);
    sg_values_add(values, "policy-url", policy ? policy->url : NULL);
}

/* What was matched, in quotes: enough to find it in one's own message. */
static void add_seen(SgValues *values, const SgFinding *finding)
{
    guint shown = 0;

    for (guint i = 0; i < finding->signals->len && shown < SEEN_SHOWN; i++) {
        const SgSignalHit *hit = finding->signals->pdata[i];

        if (!hit->excerpt || hit->points < 0 || hit->excerpt_to <= hit->excerpt_from ||
            hit->excerpt_to > strlen(hit->excerpt))
            continue;
        g_autofree char *match =
            g_strndup(hit->excerpt + hit->excerpt_from, hit->excerpt_to - hit->excerpt_from);
        g_autofree char *clean = sg_value_clean(match, SEEN_MOST);
        g_autofree char *quoted = g_strdup_printf("“%s”", clean);
        sg_values_add_foreign(values, "seen", quoted, SEEN_MOST + 2);
        shown++;
    }
}

/* Recipients --------------------------------------------------------------------------------------
 */

/* Addresses, in one value. */
typedef struct Names {
    GString *list;
    guint count;
} Names;

static void add_name(Names *names, const char *address)
{
    if (names->count++ < ADDRESSES_MOST)
        g_string_append_printf(names->list, "%s%s", names->list->len > 0 ? ", " : "", address);
}

static void put_names(SgValues *values, const char *place, Names *names)
{
    if (names->count > ADDRESSES_MOST)
        g_string_append_printf(names->list, ", … (+%u)", names->count - ADDRESSES_MOST);
    sg_values_add_foreign(values, place, names->list->str, (ADDRESSES_MOST + 1) * ADDRESS_MOST);
    g_string_free(names->list, TRUE);
}

static const SgCopy *copy_of(const SgIncident *incident, const char *address)
{
    for (guint i = 0; i < incident->copies->len; i++) {
        const SgCopy *copy = incident->copies->pdata[i];

        if (strcmp(copy->address, address) == 0)
            return copy;
    }
    return NULL;
}

/* The state of the copies that the letter itself is about, where the item does not name them. */
static SgState state_told_of(const SgNoticeFacts *facts)
{
    if (facts->item->kind == SG_NOTICE_RETURN)
        return SG_STATE_RETURNING;
    if (facts->item->kind == SG_NOTICE_RELEASED || facts->incident->state == SG_STATE_RELEASED)
        return SG_STATE_RELEASED;
    return SG_STATES;
}

static gboolean is_told_of(const SgNoticeFacts *facts, const SgCopy *copy)
{
    const char *const *named = (const char *const *)facts->item->copies;

    if (named && *named)
        return g_strv_contains(named, copy->address);
    return copy->state == state_told_of(facts);
}

/* Not what a person has kept or discarded meanwhile: of that nothing is said. */
static gboolean waits(const SgCopy *copy)
{
    return copy->state == SG_STATE_HELD || copy->state == SG_STATE_RELEASING ||
           copy->state == SG_STATE_RETURNING;
}

/* Who has got theirs, and whose copy waits. */
static void add_copies(SgValues *values, const SgNoticeFacts *facts)
{
    const SgIncident *incident = facts->incident;
    gboolean returns = facts->item->kind == SG_NOTICE_RETURN;
    Names sent = {g_string_new(NULL), 0}, waiting = {g_string_new(NULL), 0};
    Names told = {g_string_new(NULL), 0};

    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];

        /* The mail server holds a message as a whole. */
        if (!copy_of(incident, recipient->address))
            add_name(incident->state == SG_STATE_HELD_MTA ? &waiting : &sent, recipient->address);
    }
    for (guint i = 0; i < incident->copies->len; i++) {
        const SgCopy *copy = incident->copies->pdata[i];

        if (is_told_of(facts, copy))
            add_name(&told, copy->address);
        else if (copy->state == SG_STATE_RELEASED)
            add_name(&sent, copy->address);
        else if (waits(copy))
            add_name(&waiting, copy->address);
    }
    put_names(values, "sent-to", &sent);
    put_names(values, "waiting-for", &waiting);
    put_names(values, returns ? "returned-for" : "released-to", &told);
}

/* Values ------------------------------------------------------------------------------------------
 */

/* Nothing where the letter tells of a release that overtook it: the others may still be held. */
static void add_also(SgValues *values, const SgNoticeFacts *facts)
{
    if (facts->item->kind == SG_NOTICE_HELD && facts->incident->state == SG_STATE_RELEASED)
        return;
    for (char **also = facts->item->also; also && *also; also++)
        sg_values_add(values, "also", *also);
}

static void add_sender_values(SgValues *values, const SgNoticeFacts *facts)
{
    const SgFinding *finding = leading(facts->incident, facts->item->rule);

    sg_values_add(values, "contact", facts->config->school.contact);
    sg_values_add_foreign(values, "subject", facts->incident->subject, SUBJECT_MOST);
    add_copies(values, facts);
    add_also(values, facts);
    gboolean critical = is_critical(facts->incident);
    /* A note without any words of its rule would say nothing at all. */
    if (finding && (!critical || facts->item->kind == SG_NOTICE_PLEASE_NOTE))
        add_words(values, finding);
    if (finding && !critical) {
        add_policy(values, facts->config, finding);
        add_seen(values, finding);
    }
    if (facts->item->kind != SG_NOTICE_RETURN)
        return;
    sg_values_add(values, "reason", facts->item->reason);
    sg_values_add(values, facts->message ? "attached" : "lost",
                  facts->message ? ATTACHED : facts->incident->id);
}

/* For whoever knows nothing of our states. */
static const char *const state_words[SG_STATES] = {
    [SG_STATE_PASSED] = "delivered",
    [SG_STATE_REFUSED] = "refused",
    [SG_STATE_HELD] = "held",
    [SG_STATE_HELD_MTA] = "held by the mail server",
    [SG_STATE_RELEASING] = "held, on its way",
    [SG_STATE_RELEASED] = "sent on",
    [SG_STATE_RETURNING] = "held, on its way back to its sender",
    [SG_STATE_RETURNED] = "returned to its sender",
    [SG_STATE_KEPT] = "kept as a breach",
    [SG_STATE_DISCARDED] = "discarded",
};

void sg_values_add_way(SgValues *values, const SgConfig *config, const char *path,
                       const char *command)
{
    g_autofree char *link = sg_console_link(&config->console, path);

    sg_values_add(values, "console", link);
    sg_values_add(values, "command", link ? NULL : command);
}

/* Nothing here may come from the message. */
static void add_reviewer_values(SgValues *values, const SgNoticeFacts *facts)
{
    const SgIncident *incident = facts->incident;
    const SgFinding *finding = leading(incident, facts->item->rule);
    g_autofree char *path = g_strconcat("/incident/", incident->id, NULL);
    g_autofree char *command = g_strconcat("schoolgate show ", incident->id, NULL);

    sg_values_add_way(values, facts->config, path, command);
    sg_values_add(values, "state", state_words[incident->state]);
    if (!finding)
        return;
    add_clause(values, finding);
    sg_values_add(values, "severity", sg_severity_names[finding->severity]);
}

static void add_incident_values(SgValues *values, const SgNoticeFacts *facts)
{
    sg_values_add(values, "reference", facts->incident->id);
    sg_values_add_time(values, "date", facts->config, facts->incident->at, SG_DAY_AND_TIME);
    if (sg_facts_to_sender(facts))
        add_sender_values(values, facts);
    else
        add_reviewer_values(values, facts);
}

static void add_rule_values(SgValues *values, const SgNoticeFacts *facts)
{
    const char *name = facts->item->rule ? facts->item->rule
                       : facts->demotion ? facts->demotion->rule
                                         : "";
    const SgRule *rule = sg_policy_find_rule(facts->config->policy, name);

    sg_values_add(values, "rule", name);
    if (rule) {
        sg_values_add(values, "title", sg_rule_title(rule));
        sg_values_add(values, "clause", sg_rule_clause(rule));
        sg_values_add(values, "clause-title", sg_rule_clause_title(rule));
    }
    if (!facts->demotion)
        return;
    sg_values_add_format(values, "holds", "%" G_GUINT64_FORMAT, facts->demotion->holds);
    sg_values_add_format(values, "released", "%" G_GUINT64_FORMAT, facts->demotion->released);
}

SgValues *sg_facts_values(const SgNoticeFacts *facts)
{
    SgValues *values = sg_values_new();

    sg_values_add(values, "school", facts->config->school.name);
    if (facts->item->kind == SG_NOTICE_DIGEST)
        sg_digest_values(values, facts);
    else if (wordings[facts->item->kind].about_rule)
        add_rule_values(values, facts);
    else if (facts->incident)
        add_incident_values(values, facts);
    return values;
}
