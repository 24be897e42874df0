/* exempt.c - exempting mail from a rule on account of an incident: what and how long, then the
 * sentence that tells what will happen, then it is done */
#include "exempt_form.h"
#include "exempt_words.h"
#include "frame.h"
#include "pages.h"

static const char *const step_names[] = {"look", "change", "do", NULL};
typedef enum { STEP_LOOK, STEP_CHANGE, STEP_DO } Step;

/* A request, with the incident that it is about. */
typedef struct Exempting {
    const SgWebRequest *request;
    SgIncident *incident;
    SgCast *cast;
    char *sender;
    SgExemptWishes wishes;
} Exempting;

static void exempting_clear(Exempting *exempting)
{
    sg_incident_free(exempting->incident);
    sg_cast_free(exempting->cast);
    g_free(exempting->sender);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Exempting, exempting_clear)

/* The incident is looked at by way of the record, which puts that on the audit trail. */
static gboolean find(Exempting *exempting, GError **error)
{
    const SgWebRequest *request = exempting->request;
    SgExempt own = {.kind = SG_EXEMPT_SENDER};

    exempting->incident =
        sg_record_review(request->console->record, request->parts[0], request->reviewer,
                         SG_SIGHT_EXCERPTS, request->now, error);
    if (!exempting->incident)
        return FALSE;
    exempting->cast =
        sg_cast_new(sg_web_value(request->form, "names") ? SG_CAST_NAMES : sg_cast_wanted(request));
    exempting->sender = sg_exempt_sender_of(request, exempting->incident);
    own.value = exempting->sender;
    sg_exempt_add_to_cast(request, exempting->cast, &own);
    return sg_cast_shows(exempting->cast) == SG_CAST_ROLES ||
           sg_cast_reveal(request, exempting->incident->id, "exempt", error);
}

static SgHtml *begin(const Exempting *exempting)
{
    const SgWebRequest *request = exempting->request;
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_EXEMPT_TITLE));
    g_autofree char *path = g_strconcat("/incident/", exempting->incident->id, NULL);
    g_autofree char *url = sg_url(request->console, path, NULL);

    sg_html_open(html, "p", NULL);
    sg_html_open(html, "a", "href", url, NULL);
    sg_html_say(html, SG_SAY_EXEMPT_BACK, exempting->incident->id, NULL);
    sg_html_close(html, "a");
    sg_html_close(html, "p");
    sg_html_leaf(html, "h1", sg_words(SG_SAY_EXEMPT_TITLE), NULL);
    return html;
}

static void put_names_link(const Exempting *exempting, SgHtml *html)
{
    const SgWebRequest *request = exempting->request;
    g_autofree char *path = g_strdup_printf("/incident/%s/exempt", exempting->incident->id);
    g_autofree char *url = sg_url(request->console, path, "names", "1", NULL);

    if (sg_cast_shows(exempting->cast) == SG_CAST_NAMES)
        return;
    sg_html_open(html, "p", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_EXEMPT_SHOW_NAMES), "href", url, "class",
                 "btn btn-sm btn-quiet", NULL);
    sg_html_close(html, "p");
}

/* `wrong` is what is to be put right; NULL for nothing. */
static void show_form(const Exempting *exempting, SgWebReply *reply, const char *wrong)
{
    SgHtml *html = begin(exempting);
    g_autoptr(GPtrArray) rules = sg_exempt_rules_of(exempting->request, exempting->incident);

    if (wrong)
        sg_news_trouble(html, wrong);
    if (rules->len == 0) {
        sg_html_say_in(html, "p", NULL, SG_SAY_EXEMPT_NO_RULE);
    } else {
        sg_html_say_in(html, "p", "muted", SG_SAY_EXEMPT_ABOUT);
        put_names_link(exempting, html);
        sg_exempt_put_form(exempting->request, html, exempting->incident, exempting->cast,
                           &exempting->wishes);
    }
    sg_frame_end(exempting->request, html, reply);
    if (wrong)
        reply->status = 422;
}

void sg_page_exempt(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(Exempting) exempting = {.request = request};
    g_autoptr(GError) error = NULL;

    if (find(&exempting, &error))
        show_form(&exempting, reply, NULL);
    else
        sg_page_record_error(request, reply, error);
}

/* What was posted ---------------------------------------------------------------------------------
 */

/* Only what the form can ask for; NULL when it is all there, else what is missing. */
static const char *make_order(const Exempting *exempting, SgExempting *order)
{
    const SgWebRequest *request = exempting->request;
    const SgExemptWishes *wishes = &exempting->wishes;
    const SgConfig *config = request->console->config;
    const char *const values[SG_EXEMPT_KINDS] = {exempting->sender, wishes->group, wishes->words};
    const char *value = values[wishes->kind];
    const SgRule *rule = wishes->rule ? sg_policy_find_rule(config->policy, wishes->rule) : NULL;

    *order = (SgExempting){
        .what = {.rule = (char *)wishes->rule, .kind = wishes->kind, .value = (char *)value},
        .reason = wishes->reason,
        .incident = exempting->incident->id,
        .by = request->reviewer,
        .at = request->now,
        .policy = config->policy,
        .two_people = config->review.two_people,
    };
    if (!wishes->rule)
        return sg_words(SG_SAY_EXEMPT_MISSING_RULE);
    if (rule && !sg_exempt_may_from(request, rule))
        return sg_words(SG_SAY_EXEMPT_CRITICAL);
    if (!value || !*value)
        return sg_words(SG_SAY_EXEMPT_MISSING_WHAT);
    if (!sg_exempt_until(request, wishes, &order->what.until))
        return sg_words(SG_SAY_EXEMPT_MISSING_END);
    return wishes->reason ? NULL : sg_words(SG_SAY_EXEMPT_MISSING_REASON);
}

static void show_sentence(const Exempting *exempting, SgWebReply *reply, const SgExempting *order)
{
    const SgWebRequest *request = exempting->request;
    const SgRule *rule = sg_policy_find_rule(order->policy, order->what.rule);
    SgHtml *html = begin(exempting);
    g_autofree char *sentence = sg_exempt_sentence(request, exempting->cast, &order->what);
    g_autofree char *action = g_strdup_printf("/incident/%s/exempt", exempting->incident->id);

    sg_form_begin(request, html, action, "card form-narrow");
    sg_exempt_put_hidden(html, &exempting->wishes, exempting->cast);
    sg_html_leaf(html, "p", sentence, "class", "notice notice-caution", "role", "status", NULL);
    sg_html_say_in(html, "p", NULL, SG_SAY_EXEMPT_MEANS);
    if (sg_exempt_takes_two(request, rule))
        sg_html_say_in(html, "p", NULL, SG_SAY_EXEMPT_TAKES_TWO);
    sg_html_open(html, "p", NULL);
    sg_html_say(html, SG_SAY_EXEMPT_YOUR_REASON, order->reason, NULL);
    sg_html_close(html, "p");
    sg_html_open(html, "div", "class", "row-of", NULL);
    sg_html_leaf(html, "button", sg_words(SG_SAY_EXEMPT_DO), "class", "btn btn-primary", "name",
                 "step", "value", "do", NULL);
    sg_html_leaf(html, "button", sg_words(SG_SAY_EXEMPT_CHANGE), "class", "btn btn-quiet", "name",
                 "step", "value", "change", NULL);
    sg_html_close(html, "div");
    sg_html_close(html, "form");
    sg_frame_end(request, html, reply);
}

static void exempt(const Exempting *exempting, SgWebReply *reply, const SgExempting *order)
{
    const SgWebRequest *request = exempting->request;
    g_autoptr(GError) error = NULL;
    g_autofree char *url = NULL, *wrong = NULL;
    SgExempted made;

    if (sg_record_exempt(request->console->record, order, &made, &error)) {
        url = sg_url(request->console, "/exemptions", "done", made.waits ? "proposed" : "exempt",
                     NULL);
        sg_web_reply_go(reply, url);
    } else if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED)) {
        wrong = sg_exempt_objection_words(error);
        show_form(exempting, reply, wrong);
    } else {
        sg_page_record_error(request, reply, error);
    }
}

void sg_page_exempt_posted(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(Exempting) exempting = {.request = request};
    g_autoptr(GError) error = NULL;
    int step = sg_web_choice(request->form, "step", step_names);
    g_autofree char *objection = NULL, *spoken = NULL;
    SgExempting order;
    const char *wrong;

    if (!find(&exempting, &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    sg_exempt_read(request, &exempting.wishes);
    wrong = step == STEP_CHANGE ? NULL : make_order(&exempting, &order);
    if (wrong || step == STEP_CHANGE) {
        show_form(&exempting, reply, wrong);
        return;
    }
    objection = sg_exempt_objection(order.policy, &order.what);
    if (step == STEP_DO) {
        exempt(&exempting, reply, &order);
    } else if (objection) {
        spoken = sg_words_fill(SG_SAY_EXEMPT_OBJECTION, objection, NULL);
        show_form(&exempting, reply, spoken);
    } else {
        show_sentence(&exempting, reply, &order);
    }
}
