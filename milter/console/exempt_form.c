/* exempt_form.c - see exempt_form.h */
#include "exempt_form.h"

#include "days.h"
#include "exempt_words.h"
#include "frame.h"
#include "rule_words.h"
#include "schoolgate/when.h"

#include <string.h>

static const struct {
    const char *name;
    SgSay say;
} ends[] = {{"month", SG_SAY_EXEMPT_END_MONTH},
            {"term", SG_SAY_EXEMPT_END_TERM},
            {"year", SG_SAY_EXEMPT_END_YEAR},
            {"day", SG_SAY_EXEMPT_END_DAY}};

void sg_exempt_read(const SgWebRequest *request, SgExemptWishes *wishes)
{
    const SgWebForm *form = request->form;
    int kind = sg_web_choice(form, "what", sg_exempt_kind_names);

    *wishes = (SgExemptWishes){
        .rule = sg_web_value(form, "rule"),
        .kind = kind < 0 ? SG_EXEMPT_SENDER : (SgExemptKind)kind,
        .group = sg_web_value(form, "group"),
        .words = sg_web_value(form, "words"),
        .end = sg_web_value(form, "end"),
        .day = sg_web_value(form, "day"),
        .reason = sg_web_value(form, "reason"),
    };
}

void sg_exempt_put_hidden(SgHtml *html, const SgExemptWishes *wishes, const SgCast *cast)
{
    const struct {
        const char *name, *value;
    } fields[] = {
        {"rule", wishes->rule},     {"what", sg_exempt_kind_names[wishes->kind]},
        {"group", wishes->group},   {"words", wishes->words},
        {"end", wishes->end},       {"day", wishes->day},
        {"reason", wishes->reason}, {"names", sg_cast_shows(cast) == SG_CAST_NAMES ? "1" : NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (fields[i].value)
            sg_form_hidden(html, fields[i].name, fields[i].value);
}

char *sg_exempt_sender_of(const SgWebRequest *request, const SgIncident *incident)
{
    const char *domain = request->console->config->gate.login_domain;

    if (!incident->login)
        return g_strdup(incident->sender);
    if (strchr(incident->login, '@'))
        return g_strdup(incident->login);
    return domain ? g_strconcat(incident->login, "@", domain, NULL) : g_strdup(incident->sender);
}

gboolean sg_exempt_takes_two(const SgWebRequest *request, const SgRule *rule)
{
    return request->console->config->review.two_people &&
           sg_rule_severity(rule) == SG_SEVERITY_CRITICAL;
}

gboolean sg_exempt_may_from(const SgWebRequest *request, const SgRule *rule)
{
    return sg_rule_severity(rule) != SG_SEVERITY_CRITICAL ||
           request->reviewer->role == SG_REVIEWER_HEAD || sg_exempt_takes_two(request, rule);
}

GPtrArray *sg_exempt_rules_of(const SgWebRequest *request, const SgIncident *incident)
{
    GPtrArray *rules = g_ptr_array_new();

    for (guint i = 0; i < incident->findings->len; i++) {
        const SgFinding *finding = incident->findings->pdata[i];
        const SgRule *rule = sg_policy_find_rule(request->console->config->policy, finding->rule);

        if (rule && !g_ptr_array_find(rules, rule, NULL))
            g_ptr_array_add(rules, (gpointer)rule);
    }
    return rules;
}

/* When it ends ------------------------------------------------------------------------------------
 */

static gboolean term_at_hand(const SgWebRequest *request, SgTerm *term)
{
    GDate today;

    sg_day_of(request, request->now, &today);
    return g_date_valid(&today) &&
           sg_policy_coming_term(request->console->config->policy, &today, term);
}

/* The last day, as a date field has it; NULL when there is none. Free with g_free(). */
static char *last_day(const SgWebRequest *request, const char *end, const char *day)
{
    const SgPolicy *policy = request->console->config->policy;
    g_autoptr(GDateTime) today = sg_when_in(request->now, sg_policy_zone(policy));
    g_autoptr(GDateTime) last = NULL;
    SgTerm term;

    if (g_strcmp0(end, "day") == 0)
        return g_strdup(day);
    if (g_strcmp0(end, "term") == 0)
        return term_at_hand(request, &term)
                   ? g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&term.to),
                                     (int)g_date_get_month(&term.to), g_date_get_day(&term.to))
                   : NULL;
    if (g_strcmp0(end, "month") == 0)
        last = g_date_time_add_months(today, 1);
    else if (g_strcmp0(end, "year") == 0)
        last = g_date_time_add_full(today, 1, 0, -1, 0, 0, 0);
    return last ? g_date_time_format(last, "%Y-%m-%d") : NULL;
}

gboolean sg_exempt_until(const SgWebRequest *request, const SgExemptWishes *wishes, gint64 *until)
{
    g_autofree char *day = last_day(request, wishes->end, wishes->day);

    return day && sg_exemption_read_until(day, sg_policy_zone(request->console->config->policy),
                                          until, NULL);
}

/* How it looks ------------------------------------------------------------------------------------
 */

static void put_radio(SgHtml *html, const char *name, const char *value, const char *label,
                      gboolean chosen)
{
    g_autofree char *id = g_strdup_printf("%s-%s", name, value);

    sg_html_open(html, "div", "class", "choice", NULL);
    sg_html_open(html, "input", "class", "form-check-input", "type", "radio", "id", id, "name",
                 name, "value", value, "required", "", "checked", chosen ? "" : NULL, NULL);
    sg_html_leaf(html, "label", label, "for", id, NULL);
    sg_html_close(html, "div");
}

static void begin_choices(SgHtml *html, SgSay legend)
{
    sg_html_open(html, "fieldset", "class", "field", NULL);
    sg_html_say_in(html, "legend", NULL, legend);
}

static const SgFinding *finding_of(const SgIncident *incident, const SgRule *rule)
{
    for (guint i = 0; i < incident->findings->len; i++)
        if (strcmp(((const SgFinding *)incident->findings->pdata[i])->rule, sg_rule_name(rule)) ==
            0)
            return incident->findings->pdata[i];
    return NULL;
}

static void put_rule(const SgWebRequest *request, SgHtml *html, const SgRule *rule, gboolean chosen)
{
    if (sg_exempt_may_from(request, rule)) {
        put_radio(html, "rule", sg_rule_name(rule), sg_rule_title(rule), chosen);
        return;
    }
    sg_html_open(html, "p", "class", "notice", NULL);
    sg_html_say(html, SG_SAY_EXEMPT_HEAD_ONLY, sg_rule_title(rule), NULL);
    sg_html_close(html, "p");
}

static void put_rules(const SgWebRequest *request, SgHtml *html, const SgIncident *incident,
                      const SgExemptWishes *wishes)
{
    g_autoptr(GPtrArray) rules = sg_exempt_rules_of(request, incident);

    begin_choices(html, SG_SAY_EXEMPT_WHICH_RULE);
    for (guint i = 0; i < rules->len; i++) {
        const SgRule *rule = rules->pdata[i];
        gboolean chosen =
            wishes->rule ? strcmp(wishes->rule, sg_rule_name(rule)) == 0 : rules->len == 1;

        put_rule(request, html, rule, chosen);
        sg_put_rule_signals(html, rule, finding_of(incident, rule)->signals);
    }
    sg_html_close(html, "fieldset");
}

static void put_groups(const SgWebRequest *request, SgHtml *html, const char *chosen)
{
    const char *const *groups = sg_people_group_names(request->console->config->people);

    sg_html_open(html, "select", "class", "form-select nested", "name", "group", "aria-label",
                 sg_words(SG_SAY_EXEMPT_GROUP_NAME), NULL);
    for (; *groups; groups++)
        sg_html_leaf(html, "option", *groups, "value", *groups, "selected",
                     g_strcmp0(*groups, chosen) == 0 ? "" : NULL, NULL);
    sg_html_close(html, "select");
}

static void put_what(const SgWebRequest *request, SgHtml *html, const SgIncident *incident,
                     SgCast *cast, const SgExemptWishes *wishes)
{
    g_autofree char *sender = sg_exempt_sender_of(request, incident);
    const SgExempt own = {.kind = SG_EXEMPT_SENDER, .value = sender};
    g_autofree char *from = sg_exempt_what_words(cast, &own);

    begin_choices(html, SG_SAY_EXEMPT_WHAT);
    if (*sender) /* a bounce has none */
        put_radio(html, "what", "sender", from, wishes->kind == SG_EXEMPT_SENDER);
    if (*sg_people_group_names(request->console->config->people)) {
        put_radio(html, "what", "group", sg_words(SG_SAY_EXEMPT_WHAT_GROUP),
                  wishes->kind == SG_EXEMPT_GROUP);
        put_groups(request, html, wishes->group);
    }
    put_radio(html, "what", "phrase", sg_words(SG_SAY_EXEMPT_WHAT_WORDS),
              wishes->kind == SG_EXEMPT_PHRASE);
    sg_html_open(html, "input", "class", "form-control nested", "name", "words", "aria-label",
                 sg_words(SG_SAY_EXEMPT_WORDS), "aria-describedby", "words-help", "value",
                 wishes->words, "maxlength", G_STRINGIFY(SG_EXEMPT_PHRASE_MOST), NULL);
    sg_html_leaf(html, "p", sg_words(SG_SAY_EXEMPT_WORDS_HELP), "class", "muted small nested", "id",
                 "words-help", NULL);
    sg_html_close(html, "fieldset");
}

static void put_end(const SgWebRequest *request, SgHtml *html, const SgExemptWishes *wishes)
{
    SgTerm term;

    begin_choices(html, SG_SAY_EXEMPT_UNTIL);
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (strcmp(ends[i].name, "term") == 0 && !term_at_hand(request, &term))
            continue;
        put_radio(html, "end", ends[i].name, sg_words(ends[i].say),
                  g_strcmp0(wishes->end, ends[i].name) == 0);
    }
    sg_html_open(html, "input", "class", "form-control nested", "type", "date", "name", "day",
                 "aria-label", sg_words(SG_SAY_EXEMPT_DAY), "value", wishes->day, NULL);
    sg_html_close(html, "fieldset");
}

void sg_exempt_put_form(const SgWebRequest *request, SgHtml *html, const SgIncident *incident,
                        SgCast *cast, const SgExemptWishes *wishes)
{
    g_autofree char *action = g_strdup_printf("/incident/%s/exempt", incident->id);

    sg_form_begin(request, html, action, "card form-narrow");
    if (sg_cast_shows(cast) == SG_CAST_NAMES)
        sg_form_hidden(html, "names", "1");
    put_rules(request, html, incident, wishes);
    put_what(request, html, incident, cast, wishes);
    put_end(request, html, wishes);
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_EXEMPT_REASON), "for", "reason", NULL);
    sg_html_open(html, "input", "class", "form-control", "id", "reason", "name", "reason",
                 "required", "", "value", wishes->reason, "autocomplete", "off", NULL);
    sg_html_close(html, "div");
    sg_html_leaf(html, "button", sg_words(SG_SAY_EXEMPT_NEXT), "class", "btn btn-primary", "name",
                 "step", "value", "look", NULL);
    sg_html_close(html, "form");
}
