/* try_verdict.c - what the gate would do with a message, and why, in words */
#include "frame.h"
#include "rule_words.h"
#include "schoolgate/explain.h"
#include "try.h"

#include <string.h>

#define NEAR_MOST 5

static void put_headline(SgHtml *html, const SgVerdict *verdict)
{
    static const struct {
        SgSay say;
        const char *class;
    } headlines[SG_ACTIONS] = {
        [SG_ACTION_PASS] = {SG_SAY_TRY_PASS, "notice notice-good"},
        [SG_ACTION_LOG] = {SG_SAY_TRY_LOG, "notice"},
        [SG_ACTION_TAG] = {SG_SAY_TRY_TAG, "notice"},
        [SG_ACTION_NOTIFY] = {SG_SAY_TRY_NOTIFY, "notice"},
        [SG_ACTION_REJECT] = {SG_SAY_TRY_REJECT, "notice notice-bad"},
        [SG_ACTION_QUARANTINE] = {SG_SAY_TRY_HOLD, "notice notice-caution"},
    };

    sg_news(html, headlines[verdict->action].class, sg_words(headlines[verdict->action].say));
    sg_html_say_in(html, "p", "muted small", SG_SAY_TRY_NOTHING_STORED);
}

/* Findings ----------------------------------------------------------------------------------------
 */

static void put_reservation(SgHtml *html, const SgFinding *finding)
{
    SgSay say;

    if (finding->enforced == finding->action)
        return;
    if (finding->override_reason)
        say = SG_SAY_TRY_OVERRIDDEN;
    else if (finding->demoted)
        say = SG_SAY_TRY_DEMOTED;
    else if (finding->mode == SG_MODE_OBSERVE)
        say = SG_SAY_TRY_OBSERVED;
    else
        say = SG_SAY_TRY_LESS;
    sg_html_leaf(html, "p", sg_words(say), NULL);
}

static void put_title(const SgWebRequest *request, SgHtml *html, const SgFinding *finding)
{
    g_autofree char *path = g_strconcat("/rules/", finding->rule, NULL);
    g_autofree char *url = sg_url(request->console, path, NULL);

    sg_html_open(html, "h3", NULL);
    if (finding->kind == SG_FINDING_RULE)
        sg_html_leaf(html, "a", finding->title, "href", url, NULL);
    else
        sg_html_text(html, finding->title);
    sg_html_close(html, "h3");
}

static void put_finding(const SgWebRequest *request, SgHtml *html, const SgFinding *finding)
{
    g_autofree char *clause = sg_clause_words(finding->clause, finding->clause_title);

    sg_html_open(html, "section", "class", "card", NULL);
    put_title(request, html, finding);
    sg_html_open(html, "div", "class", "row-of", NULL);
    sg_put_rule_severity(html, finding->severity);
    sg_html_leaf(html, "span", clause, "class", "muted", NULL);
    sg_html_close(html, "div");
    sg_html_open(html, "p", "class", "mt-2", NULL);
    sg_html_say(html, SG_SAY_RULES_MAIL_IS, sg_action_words(finding->action), NULL);
    sg_html_close(html, "p");
    put_reservation(html, finding);
    if (finding->signals->len > 0)
        sg_html_say_in(html, "h4", "h4-plain", SG_SAY_TRY_SEEN);
    sg_put_rule_signals(html, sg_policy_find_rule(request->console->config->policy, finding->rule),
                        finding->signals);
    sg_html_close(html, "section");
}

/* What the sender would be told -------------------------------------------------------------------
 */

static void put_refusal(const SgWebRequest *request, SgHtml *html, const SgVerdict *verdict)
{
    const SgSchool *school = &request->console->config->school;
    g_autofree char *reference = g_strdup_printf("%s-TEST", school->reference);
    g_autoptr(SgRefusal) refusal =
        sg_refusal_new(verdict, SG_REFUSE_MESSAGE, reference, school->contact);

    for (char **line = refusal->lines; *line; line++)
        sg_html_leaf(html, "p", *line, NULL);
}

static void put_letter(SgHtml *html, const SgVerdict *verdict)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        const SgFinding *finding = verdict->findings->pdata[i];

        if (finding->enforced < SG_ACTION_NOTIFY && !(finding->notify && !finding->demoted))
            continue;
        if (finding->explain)
            sg_html_leaf(html, "p", finding->explain, NULL);
        if (finding->remedy)
            sg_html_leaf(html, "p", finding->remedy, NULL);
    }
}

static void put_told(const SgWebRequest *request, SgHtml *html, const SgVerdict *verdict)
{
    if (verdict->action < SG_ACTION_NOTIFY)
        return;
    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_TRY_TOLD);
    sg_html_open(html, "blockquote", "class", "letter", NULL);
    if (verdict->action == SG_ACTION_REJECT)
        put_refusal(request, html, verdict);
    else
        put_letter(html, verdict);
    sg_html_close(html, "blockquote");
    sg_html_close(html, "section");
}

/* Which rules came near ---------------------------------------------------------------------------
 */

static gboolean has_finding(const SgVerdict *verdict, const SgRule *rule)
{
    for (guint i = 0; i < verdict->findings->len; i++)
        if (strcmp(((const SgFinding *)verdict->findings->pdata[i])->rule, sg_rule_name(rule)) == 0)
            return TRUE;
    return FALSE;
}

static int share(const SgNearMiss *near)
{
    return near->need_points > 0 ? MIN(near->points, near->need_points) * 100 / near->need_points
                                 : 100;
}

static int nearest_first(gconstpointer left, gconstpointer right)
{
    return share(*(SgNearMiss *const *)right) - share(*(SgNearMiss *const *)left);
}

static void free_near(gpointer near)
{
    sg_near_miss_free(near);
}

/* All rules together may take no longer than the judging of one message. */
static GPtrArray *find_near(const SgConfig *config, const SgTrial *trial, gint64 when)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(free_near);
    gint64 end = g_get_monotonic_time() + (gint64)config->limits.judge_time * G_USEC_PER_SEC;

    for (guint i = 0; i < sg_policy_rule_count(config->policy); i++) {
        const SgRule *rule = sg_policy_rule(config->policy, i);
        SgNearMiss *near;

        if (g_get_monotonic_time() > end)
            break;
        if (has_finding(trial->verdict, rule))
            continue;
        near = sg_rule_near_miss(config->policy, rule, trial->message, trial->parties, when);
        if (near->positive > 0 && near->points > 0)
            g_ptr_array_add(all, near);
        else
            sg_near_miss_free(near);
    }
    g_ptr_array_sort(all, nearest_first);
    return all;
}

static void put_near(const SgWebRequest *request, SgHtml *html, const SgNearMiss *near)
{
    g_autofree char *path = g_strconcat("/rules/", sg_rule_name(near->rule), NULL);
    g_autofree char *url = sg_url(request->console, path, NULL);
    g_autofree char *points = g_strdup_printf("%d", near->points);
    g_autofree char *need = g_strdup_printf("%d", near->need_points);
    g_autofree char *seen = g_strdup_printf("%u", near->positive);
    g_autofree char *signals = g_strdup_printf("%u", near->need_signals);

    sg_html_open(html, "li", NULL);
    sg_html_leaf(html, "a", sg_rule_title(near->rule), "href", url, NULL);
    sg_html_text(html, ": ");
    sg_html_say(html, SG_SAY_TRY_NEAR_POINTS, points, need, seen, signals, NULL);
    if (*near->stopped_by) {
        sg_html_text(html, " ");
        sg_html_say(html, SG_SAY_TRY_NEAR_STOPPED, near->stopped_by, NULL);
    }
    sg_put_rule_signals(html, near->rule, near->signals);
    sg_html_close(html, "li");
}

static void put_all_near(const SgWebRequest *request, SgHtml *html, const SgConfig *config,
                         const SgTrial *trial, gint64 when)
{
    g_autoptr(GPtrArray) near = find_near(config, trial, when);

    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_TRY_NEAR);
    if (near->len == 0) {
        sg_html_say_in(html, "p", "muted", SG_SAY_TRY_NEAR_NONE);
    } else {
        sg_html_open(html, "ul", "class", "examples", NULL);
        for (guint i = 0; i < MIN(near->len, NEAR_MOST); i++)
            put_near(request, html, near->pdata[i]);
        sg_html_close(html, "ul");
    }
    sg_html_close(html, "section");
}

static void put_names(SgHtml *html, SgSay what, const GPtrArray *names)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", (const char *)names->pdata[i]);
    if (names->len == 0)
        return;
    sg_html_open(html, "p", "class", "muted small", NULL);
    sg_html_say(html, what, list->str, NULL);
    sg_html_close(html, "p");
}

void sg_try_put_verdict(const SgWebRequest *request, SgHtml *html, const SgConfig *config,
                        const SgTrial *trial, gint64 when)
{
    const SgVerdict *verdict = trial->verdict;

    put_headline(html, verdict);
    if (verdict->findings->len > 0)
        sg_html_say_in(html, "h2", NULL, SG_SAY_TRY_WHY);
    for (guint i = 0; i < verdict->findings->len; i++)
        put_finding(request, html, verdict->findings->pdata[i]);
    put_told(request, html, verdict);
    put_all_near(request, html, config, trial, when);
    put_names(html, SG_SAY_TRY_LIMITS, sg_message_limits_hit(trial->message));
    put_names(html, SG_SAY_TRY_DEFECTS, sg_message_defects(trial->message));
    sg_html_say_in(html, "h2", NULL, SG_SAY_TRY_AGAIN);
}
