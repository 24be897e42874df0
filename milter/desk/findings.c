/* findings.c - see findings.h */
#include "findings.h"

SgStyle sg_action_style(SgAction action)
{
    if (action == SG_ACTION_PASS || action == SG_ACTION_LOG)
        return SG_STYLE_GOOD;
    return action < SG_ACTION_REJECT ? SG_STYLE_CAUTION : SG_STYLE_BAD;
}

void sg_findings_put_person(SgPage *page, const char *address, const char *role,
                            const char *personal_of)
{
    gboolean personal = personal_of && *personal_of;

    sg_page_put(page, SG_STYLE_PLAIN, *address ? address : "<>");
    sg_page_format(page, SG_STYLE_DIM, " (%s%s%s)", role, personal ? ", personal of " : "",
                   personal ? personal_of : "");
}

static void put_excerpt(SgPage *page, const SgSignalHit *hit)
{
    gsize len = strlen(hit->excerpt);
    gsize to = MIN(hit->excerpt_to, len);
    gsize from = MIN(hit->excerpt_from, to);
    g_autofree char *before = g_strndup(hit->excerpt, from);
    g_autofree char *match = g_strndup(hit->excerpt + from, to - from);

    sg_page_put(page, SG_STYLE_PLAIN, before);
    sg_page_put(page, SG_STYLE_MARKED, match);
    sg_page_put(page, SG_STYLE_PLAIN, hit->excerpt + to);
}

static void put_signal(SgPage *page, const SgSignalHit *hit)
{
    sg_page_format(page, SG_STYLE_PLAIN, "      %+d %s", hit->points, hit->name);
    if (hit->where)
        sg_page_format(page, SG_STYLE_DIM, " in %s", hit->where);
    if (hit->excerpt) {
        sg_page_put(page, SG_STYLE_PLAIN, ": ");
        put_excerpt(page, hit);
    }
    sg_page_end_line(page);
}

/* `reject`, or what becomes of it: `reject, observed only`. A rule that is demoted is observed,
 * too. */
static void put_action(SgPage *page, const SgFinding *finding)
{
    sg_page_put(page, sg_action_style(finding->enforced), sg_action_names[finding->action]);
    if (finding->override_reason)
        sg_page_format(page, SG_STYLE_DIM, ", overridden by the sender: %s",
                       finding->override_reason);
    else if (finding->demoted)
        sg_page_put(page, SG_STYLE_DIM, ", only logged: the rule was demoted");
    else if (finding->mode == SG_MODE_OBSERVE)
        sg_page_put(page, SG_STYLE_DIM, ", observed only");
    else if (finding->enforced != finding->action)
        sg_page_format(page, SG_STYLE_DIM, ", done: %s", sg_action_names[finding->enforced]);
}

static void put_finding(SgPage *page, const SgFinding *finding)
{
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    if (*finding->clause)
        sg_page_format(page, SG_STYLE_STRONG, "%s ", finding->clause);
    sg_page_put(page, SG_STYLE_STRONG, finding->title);
    sg_page_put(page, SG_STYLE_PLAIN, ": ");
    put_action(page, finding);
    sg_page_end_line(page);

    if (*finding->clause_title) {
        sg_page_format(page, SG_STYLE_DIM, "      clause %s, %s (%s %s)", finding->clause,
                       finding->clause_title, finding->policy, finding->policy_version);
        sg_page_end_line(page);
    }
    sg_page_format(page, SG_STYLE_DIM, "      rule %s, severity %s", finding->rule,
                   sg_severity_names[finding->severity]);
    if (finding->signals->len > 0)
        sg_page_format(page, SG_STYLE_DIM, ", %d points", finding->points);
    sg_page_end_line(page);
    for (guint i = 0; i < finding->signals->len; i++)
        put_signal(page, finding->signals->pdata[i]);
}

void sg_findings_put(SgPage *page, const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        put_finding(page, findings->pdata[i]);
}

static void add_signals(JsonBuilder *builder, const GPtrArray *hits)
{
    sg_json_begin_array(builder, "signals");
    for (guint i = 0; i < hits->len; i++) {
        const SgSignalHit *hit = hits->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "name", hit->name);
        sg_json_number(builder, "points", hit->points);
        sg_json_text(builder, "where", hit->where);
        sg_json_text(builder, "excerpt", hit->excerpt);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

void sg_finding_add_members(JsonBuilder *builder, const SgFinding *finding)
{
    sg_json_text(builder, "rule", finding->rule);
    sg_json_text(builder, "clause", finding->clause);
    sg_json_text(builder, "title", finding->title);
    sg_json_text(builder, "severity", sg_severity_names[finding->severity]);
    sg_json_text(builder, "mode", sg_mode_names[finding->mode]);
    sg_json_text(builder, "action", sg_action_names[finding->action]);
    sg_json_number(builder, "points", finding->points);
    add_signals(builder, finding->signals);
    sg_json_text(builder, "policy", finding->policy);
}

static void add_alerts(JsonBuilder *builder, guint alert)
{
    const char *names[3] = {NULL};
    guint count = 0;

    if (alert & SG_ALERT_OFFICER)
        names[count++] = "officer";
    if (alert & SG_ALERT_HEAD)
        names[count++] = "head";
    sg_json_texts(builder, "alert", names);
}

static void add_on_record(JsonBuilder *builder, const SgFinding *finding)
{
    json_builder_begin_object(builder);
    sg_finding_add_members(builder, finding);
    sg_json_text(builder, "policy_version", finding->policy_version);
    sg_json_text(builder, "clause_title", finding->clause_title);
    sg_json_text(builder, "enforced", sg_action_names[finding->enforced]);
    sg_json_yes_no(builder, "demoted", finding->demoted);
    sg_json_text(builder, "override_reason", finding->override_reason);
    add_alerts(builder, finding->alert);
    json_builder_end_object(builder);
}

void sg_findings_add_on_record(JsonBuilder *builder, const GPtrArray *findings)
{
    sg_json_begin_array(builder, "findings");
    for (guint i = 0; i < findings->len; i++)
        add_on_record(builder, findings->pdata[i]);
    json_builder_end_array(builder);
}
