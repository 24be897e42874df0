/* rule_words.c - see rule_words.h */
#include "rule_words.h"

#include "frame.h"

#include <string.h>

const char *sg_action_words(SgAction action)
{
    static const SgSay says[SG_ACTIONS] = {
        [SG_ACTION_PASS] = SG_SAY_ACTION_PASS,     [SG_ACTION_LOG] = SG_SAY_ACTION_LOG,
        [SG_ACTION_TAG] = SG_SAY_ACTION_TAG,       [SG_ACTION_NOTIFY] = SG_SAY_ACTION_NOTIFY,
        [SG_ACTION_REJECT] = SG_SAY_ACTION_REJECT, [SG_ACTION_QUARANTINE] = SG_SAY_ACTION_HOLD,
    };

    return sg_words(says[action]);
}

void sg_put_rule_severity(SgHtml *html, SgSeverity severity)
{
    g_autofree char *class = g_strdup_printf("chip chip-%s", sg_severity_names[severity]);

    sg_html_leaf(html, "span", sg_severity_words(severity), "class", class, NULL);
}

char *sg_clause_words(const char *number, const char *title)
{
    return g_strconcat(number, *number && *title ? " " : "", title, NULL);
}

static void put_excerpt(SgHtml *html, const SgSignalHit *hit)
{
    gsize len = strlen(hit->excerpt);
    gsize to = MIN(hit->excerpt_to, len);
    gsize from = MIN(hit->excerpt_from, to);

    sg_html_open(html, "q", "class", "excerpt", NULL);
    sg_html_text_len(html, hit->excerpt, from);
    sg_html_open(html, "mark", NULL);
    sg_html_text_len(html, hit->excerpt + from, to - from);
    sg_html_close(html, "mark");
    sg_html_text(html, hit->excerpt + to);
    sg_html_close(html, "q");
}

char *sg_signal_words(const SgRule *rule, const char *name)
{
    char *words = rule ? sg_rule_signal_words(rule, name) : NULL;

    if (!words)
        words = g_strdelimit(g_strdup(name), "-_", ' ');
    *words = g_ascii_toupper(*words);
    return words;
}

void sg_put_rule_points(SgHtml *html, int points)
{
    sg_html_open(html, "span", "class", "points", NULL);
    sg_html_format(html, "%s%d", points < 0 ? "\xe2\x88\x92" : "+", ABS(points));
    sg_html_close(html, "span");
}

static void put_signal(SgHtml *html, const SgRule *rule, const SgSignalHit *hit)
{
    g_autofree char *name = sg_signal_words(rule, hit->name);

    sg_html_open(html, "li", NULL);
    sg_put_rule_points(html, hit->points);
    sg_html_open(html, "span", NULL);
    sg_html_leaf(html, "span", name, "class", "signal-name", NULL);
    if (hit->where) {
        sg_html_open(html, "span", "class", "muted small", NULL);
        sg_html_text(html, " ");
        sg_html_say(html, SG_SAY_INCIDENT_IN, hit->where, NULL);
        sg_html_close(html, "span");
    }
    if (hit->excerpt)
        put_excerpt(html, hit);
    sg_html_close(html, "span");
    sg_html_close(html, "li");
}

void sg_put_rule_signals(SgHtml *html, const SgRule *rule, const GPtrArray *signals)
{
    if (signals->len == 0)
        return;
    sg_html_open(html, "ul", "class", "weighed", NULL);
    for (guint i = 0; i < signals->len; i++)
        put_signal(html, rule, signals->pdata[i]);
    sg_html_close(html, "ul");
}
