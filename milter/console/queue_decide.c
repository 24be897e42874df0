/* queue_decide.c - deciding about several messages at once, and taking that back */
#include "frame.h"
#include "pages.h"
#include "queue_offer.h"
#include "queue_view.h"
#include "schoolgate/log.h"

#include <string.h>

const SgManyOffer sg_many_offers[SG_OFFERS] = {
    {SG_DECISION_RELEASE, SG_SAY_DECIDE_RELEASE, SG_SAY_QUEUE_RELEASED_ONE,
     SG_SAY_QUEUE_RELEASED_SEVERAL, SG_SAY_QUEUE_WANTS_RELEASE},
    {SG_DECISION_NOT_A_BREACH, SG_SAY_DECIDE_NOT_A_BREACH, SG_SAY_QUEUE_CLEARED_ONE,
     SG_SAY_QUEUE_CLEARED_SEVERAL, SG_SAY_QUEUE_WANTS_NOT_A_BREACH},
    {SG_DECISION_RETURN, SG_SAY_DECIDE_RETURN, SG_SAY_QUEUE_RETURNED_ONE,
     SG_SAY_QUEUE_RETURNED_SEVERAL, SG_SAY_QUEUE_WANTS_RETURN},
    {SG_DECISION_KEEP, SG_SAY_DECIDE_KEEP, SG_SAY_QUEUE_KEPT_ONE, SG_SAY_QUEUE_KEPT_SEVERAL,
     SG_SAY_QUEUE_WANTS_KEEP},
    {SG_DECISION_DISCARD, SG_SAY_DECIDE_DISCARD, SG_SAY_QUEUE_DISCARDED_ONE,
     SG_SAY_QUEUE_DISCARDED_SEVERAL, SG_SAY_QUEUE_WANTS_DISCARD},
    {SG_DECISION_ESCALATE, SG_SAY_DECIDE_ESCALATE, SG_SAY_QUEUE_ESCALATED_ONE,
     SG_SAY_QUEUE_ESCALATED_SEVERAL, SG_SAY_QUEUE_WANTS_ESCALATE},
};

const SgManyOffer *sg_many_offer_of(SgDecisionKind kind)
{
    for (guint i = 0; i < SG_OFFERS; i++)
        if (sg_many_offers[i].kind == kind)
            return &sg_many_offers[i];
    return NULL;
}

/* Those that are alike stand in one field, parted by spaces. Each once. */
static GPtrArray *read_ids(const SgWebForm *form)
{
    g_autoptr(GPtrArray) values = sg_web_values(form, "id");
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < values->len; i++) {
        g_auto(GStrv) parts = g_strsplit(values->pdata[i], " ", -1);

        for (char **part = parts; *part; part++) {
            char *id = **part ? g_strdup(*part) : NULL;

            if (!id || g_hash_table_contains(seen, id)) {
                g_free(id);
                continue;
            }
            g_hash_table_add(seen, id);
            g_ptr_array_add(ids, id);
        }
    }
    return ids;
}

static void hinder(SgOutcome *outcome, SgSay why)
{
    outcome->hindered = TRUE;
    outcome->hindrance = why;
}

static void decide_one(const SgWebRequest *request, const char *id, const SgDecision *decision,
                       const SgReviewRules *rules, SgOutcome *outcome)
{
    g_autoptr(GError) error = NULL;
    SgDecided decided = {0};

    if (sg_record_decide(request->console->record, id, decision, rules, &decided, &error)) {
        sg_outcome_add(outcome, decided.id, &decided);
        return;
    }
    if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE) ||
        g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ))
        sg_log(LOG_ERR, "the console could not put a decision on record: %s", error->message);
    sg_outcome_add_refused(outcome, *decided.id ? decided.id : id, error);
}

static void decide_all(const SgWebRequest *request, const GPtrArray *ids, const char *reason,
                       SgOutcome *outcome)
{
    const SgConfig *config = request->console->config;
    g_autofree const char **alert = sg_config_guard_alert(config);
    const SgReviewRules rules = sg_config_review_rules(config, alert);
    const SgDecision decision = {
        .kind = outcome->kind, .at = request->now, .by = request->reviewer, .reason = reason};

    if (ids->len == 0)
        hinder(outcome, SG_SAY_QUEUE_NONE_SELECTED);
    else if (ids->len > SG_DECIDED_MOST)
        hinder(outcome, SG_SAY_QUEUE_TOO_MANY);
    else if (!reason)
        hinder(outcome, SG_SAY_QUEUE_NO_REASON);
    else
        for (guint i = 0; i < ids->len; i++)
            decide_one(request, ids->pdata[i], &decision, &rules, outcome);
}

static void decide_and_go(const SgWebRequest *request, SgWebReply *reply, SgDecisionKind kind,
                          const char *reason)
{
    g_autoptr(GPtrArray) ids = read_ids(request->form);
    SgOutcome *outcome = sg_outcome_new(kind);
    g_auto(SgQueueView) view = {0};
    g_autofree char *token = NULL, *url = NULL;

    decide_all(request, ids, reason, outcome);
    token = sg_outcome_keep(request, outcome);
    sg_queue_view_read(&view, request, request->form);
    url = sg_queue_view_back(request->console, &view, token);
    sg_web_reply_go(reply, url);
}

void sg_page_decide_many(const SgWebRequest *request, SgWebReply *reply)
{
    int kind = sg_web_choice(request->form, "decision", sg_decision_kind_names);

    if (kind < 0 || !sg_many_offer_of((SgDecisionKind)kind))
        sg_page_bad_request(request, reply);
    else
        decide_and_go(request, reply, (SgDecisionKind)kind, sg_web_value(request->form, "reason"));
}

void sg_page_undo_many(const SgWebRequest *request, SgWebReply *reply)
{
    decide_and_go(request, reply, SG_DECISION_UNDO, sg_words(SG_SAY_QUEUE_UNDO_REASON));
}
