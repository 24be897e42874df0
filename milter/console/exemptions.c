/* exemptions.c - what is exempt from rules, agreeing to what waits for a second person, and ending
 * it */
#include "exempt_words.h"
#include "frame.h"
#include "pages.h"
#include "routes.h"

#include <string.h>

#define DAY       ((gint64)24 * 60 * 60)
#define SOON_DAYS 7

static const char *const which_names[] = {"standing", "ended", NULL};
typedef enum { WHICH_STANDING, WHICH_ENDED } Which;

typedef struct Listing {
    const SgWebRequest *request;
    GPtrArray *all; /* of SgExemption */
    SgCast *cast;
    Which which;
    const char *rule; /* NULL: all */
} Listing;

static void listing_clear(Listing *listing)
{
    g_clear_pointer(&listing->all, g_ptr_array_unref);
    sg_cast_free(listing->cast);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

static SgExemptionState state_of(const Listing *listing, const SgExemption *exemption)
{
    return sg_exemption_state(exemption, listing->request->console->config->policy,
                              listing->request->now);
}

static gboolean is_over(SgExemptionState state)
{
    return state == SG_EXEMPTION_ENDED || state == SG_EXEMPTION_EXPIRED;
}

static gboolean is_wanted(const Listing *listing, const SgExemption *exemption)
{
    if (listing->rule && strcmp(listing->rule, exemption->what.rule) != 0)
        return FALSE;
    return is_over(state_of(listing, exemption)) == (listing->which == WHICH_ENDED);
}

static gboolean find(Listing *listing, GError **error)
{
    const SgWebRequest *request = listing->request;
    g_autofree char *what = NULL;
    guint shown = 0;

    listing->all = sg_record_review_exemptions(request->console->record,
                                               listing->which == WHICH_ENDED ? SG_EXEMPTIONS_ALL
                                                                             : SG_EXEMPTIONS_OPEN,
                                               request->reviewer, request->now, error);
    if (!listing->all)
        return FALSE;
    listing->cast = sg_cast_new(sg_cast_wanted(request));
    for (guint i = 0; i < listing->all->len; i++) {
        const SgExemption *exemption = listing->all->pdata[i];

        if (!is_wanted(listing, exemption))
            continue;
        sg_exempt_add_to_cast(request, listing->cast, &exemption->what);
        shown++;
    }
    what = g_strdup_printf("%u exemptions", shown);
    return sg_cast_shows(listing->cast) == SG_CAST_ROLES ||
           sg_cast_reveal(request, NULL, what, error);
}

/* One -------------------------------------------------------------------------------------------
 */

static void put_expiry(const SgWebRequest *request, SgHtml *html, const SgExemption *exemption)
{
    gint64 left = (exemption->what.until - request->now + DAY - 1) / DAY;

    if (left > SOON_DAYS)
        return;
    g_autofree char *text =
        sg_words_count((guint64)left, SG_SAY_EXEMPT_EXPIRES_ONE, SG_SAY_EXEMPT_EXPIRES_SEVERAL);
    sg_html_leaf(html, "span", text, "class", "chip chip-high", NULL);
}

static void put_chips(const Listing *listing, SgHtml *html, const SgExemption *exemption)
{
    static const struct {
        SgSay say;
        const char *class;
    } chips[] = {
        [SG_EXEMPTION_STANDS] = {SG_SAY_EXEMPT_STANDS, "chip chip-good"},
        [SG_EXEMPTION_WAITS] = {SG_SAY_EXEMPT_WAITS, "chip chip-high"},
        [SG_EXEMPTION_VOID] = {SG_SAY_EXEMPT_VOID, "chip"},
        [SG_EXEMPTION_EXPIRED] = {SG_SAY_EXEMPT_EXPIRED, "chip"},
        [SG_EXEMPTION_ENDED] = {SG_SAY_EXEMPT_ENDED, "chip"},
    };
    const SgWebRequest *request = listing->request;
    SgExemptionState state = state_of(listing, exemption);

    sg_html_open(html, "div", "class", "row-of mb-2", NULL);
    sg_html_say_in(html, "span", chips[state].class, chips[state].say);
    if (!is_over(state))
        put_expiry(request, html, exemption);
    if (sg_exempt_concerns(request->console->config->policy, &exemption->what, request->reviewer,
                           request->now))
        sg_html_say_in(html, "span", "chip chip-medium", SG_SAY_EXEMPT_OWN);
    sg_html_close(html, "div");
}

static void put_incident(const SgWebRequest *request, SgHtml *html, const char *id)
{
    sg_html_say_in(html, "dt", NULL, SG_SAY_EXEMPT_FROM_INCIDENT);
    sg_html_open(html, "dd", NULL);
    sg_put_incident_link(request, html, id);
    sg_html_close(html, "dd");
}

static void put_facts(const Listing *listing, SgHtml *html, const SgExemption *exemption)
{
    const SgWebRequest *request = listing->request;
    g_autofree char *day = sg_exempt_last_day(request, exemption->what.until);
    g_autofree char *created = sg_time_text(request, exemption->created);
    g_autofree char *by = exemption->seconded_by
                              ? sg_words_fill(SG_SAY_EXEMPT_BY_TWO, exemption->by,
                                              exemption->seconded_by, created, NULL)
                              : sg_words_fill(SG_SAY_EXEMPT_BY_ONE, exemption->by, created, NULL);

    sg_html_open(html, "dl", "class", "facts", NULL);
    sg_put_fact(html, SG_SAY_EXEMPT_UNTIL_FACT, day);
    if (*exemption->reason) /* or it is not for them */
        sg_put_fact(html, SG_SAY_EXEMPT_WHY, exemption->reason);
    sg_put_fact(html, SG_SAY_EXEMPT_BY, by);
    if (exemption->incident)
        put_incident(request, html, exemption->incident);
    if (exemption->ended) {
        g_autofree char *ended = sg_time_text(request, exemption->ended);
        g_autofree char *how = sg_words_fill(
            *exemption->ended_reason ? SG_SAY_EXEMPT_ENDED_BY : SG_SAY_EXEMPT_ENDED_BY_ONLY,
            exemption->ended_by, ended, exemption->ended_reason, NULL);
        sg_put_fact(html, SG_SAY_EXEMPT_ENDED_FACT, how);
    }
    sg_html_close(html, "dl");
}

/* A form that takes a reason and does one thing to it. */
static void put_form(const SgWebRequest *request, SgHtml *html, const SgExemption *exemption,
                     const char *verb, SgSay summary, SgSay button)
{
    g_autofree char *action =
        g_strdup_printf("/exemptions/%" G_GINT64_FORMAT "/%s", exemption->number, verb);
    g_autofree char *id = g_strdup_printf("%s-%" G_GINT64_FORMAT, verb, exemption->number);

    sg_html_open(html, "details", "class", "not-on-paper", NULL);
    sg_html_say_in(html, "summary", NULL, summary);
    sg_form_begin(request, html, action, NULL);
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_EXEMPT_REASON), "for", id, NULL);
    sg_html_open(html, "input", "class", "form-control", "id", id, "name", "reason", "required", "",
                 NULL);
    sg_html_close(html, "div");
    sg_html_leaf(html, "button", sg_words(button), "class", "btn btn-quiet", NULL);
    sg_html_close(html, "form");
    sg_html_close(html, "details");
}

static void put_forms(const Listing *listing, SgHtml *html, const SgExemption *exemption)
{
    const SgWebRequest *request = listing->request;
    SgExemptionState state = state_of(listing, exemption);

    if (is_over(state) || !sg_web_may(request->reviewer, SG_WEB_POST, "/exemptions/1/end"))
        return;
    if (state == SG_EXEMPTION_WAITS && strcmp(exemption->by, request->reviewer->name) != 0)
        put_form(request, html, exemption, "agree", SG_SAY_EXEMPT_AGREE, SG_SAY_EXEMPT_AGREE_DO);
    put_form(request, html, exemption, "end", SG_SAY_EXEMPT_END_IT, SG_SAY_EXEMPT_END_DO);
}

static void put_one(const Listing *listing, SgHtml *html, const SgExemption *exemption)
{
    const SgWebRequest *request = listing->request;
    g_autofree char *what = sg_exempt_what_words(listing->cast, &exemption->what);
    g_autofree char *path = g_strconcat("/rules/", exemption->what.rule, NULL);
    g_autofree char *url = sg_url(request->console, path, NULL);

    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_leaf(html, "h2", what, "class", "sentence", NULL);
    sg_html_open(html, "p", NULL);
    sg_html_text(html, sg_words(SG_SAY_EXEMPT_FROM_RULE));
    sg_html_text(html, " ");
    sg_html_leaf(html, "a", sg_exempt_rule_title(request, exemption->what.rule), "href", url, NULL);
    sg_html_close(html, "p");
    put_chips(listing, html, exemption);
    put_facts(listing, html, exemption);
    put_forms(listing, html, exemption);
    sg_html_close(html, "section");
}

/* All -------------------------------------------------------------------------------------------
 */

static void put_done(const SgWebRequest *request, SgHtml *html)
{
    static const char *const names[] = {"exempt", "proposed", "ended", NULL};
    static const SgSay says[] = {SG_SAY_EXEMPT_DONE, SG_SAY_EXEMPT_DONE_PROPOSED,
                                 SG_SAY_EXEMPT_DONE_ENDED};
    int done = sg_web_choice(request->query, "done", names);

    if (done >= 0)
        sg_news(html, "notice notice-good", sg_words(says[done]));
}

/* A link to this page with one wish changed. */
static void put_link(const Listing *listing, SgHtml *html, Which which, SgSay say)
{
    g_autofree char *url =
        sg_url(listing->request->console, "/exemptions", "show", which_names[which], "rule",
               listing->rule, "names", sg_web_value(listing->request->query, "names"), NULL);

    sg_html_leaf(html, "a", sg_words(say), "href", url, "class", "btn btn-sm btn-quiet",
                 "aria-current", which == listing->which ? "true" : NULL, NULL);
}

static void put_links(const Listing *listing, SgHtml *html)
{
    g_autofree char *names =
        sg_url(listing->request->console, "/exemptions", "show", which_names[listing->which],
               "rule", listing->rule, "names", "1", NULL);

    sg_html_open(html, "div", "class", "row-of mb-3 not-on-paper", NULL);
    put_link(listing, html, WHICH_STANDING, SG_SAY_EXEMPT_SHOW_STANDING);
    put_link(listing, html, WHICH_ENDED, SG_SAY_EXEMPT_SHOW_ENDED);
    if (sg_cast_shows(listing->cast) == SG_CAST_ROLES)
        sg_html_leaf(html, "a", sg_words(SG_SAY_EXEMPT_SHOW_NAMES), "href", names, "class",
                     "btn btn-sm btn-quiet", NULL);
    sg_html_close(html, "div");
}

void sg_page_exemptions(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(Listing) listing = {.request = request, .rule = sg_web_value(request->query, "rule")};
    int which = sg_web_choice(request->query, "show", which_names);
    g_autoptr(GError) error = NULL;
    guint shown = 0;
    SgHtml *html;

    listing.which = which < 0 ? WHICH_STANDING : (Which)which;
    if (!find(&listing, &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    html = sg_frame_begin(request, sg_words(SG_SAY_EXEMPTIONS_TITLE));
    sg_html_leaf(html, "h1", sg_words(SG_SAY_EXEMPTIONS_TITLE), NULL);
    put_done(request, html);
    sg_html_say_in(html, "p", "muted", SG_SAY_EXEMPTIONS_ABOUT);
    put_links(&listing, html);
    for (guint i = 0; i < listing.all->len; i++) {
        if (!is_wanted(&listing, listing.all->pdata[i]))
            continue;
        put_one(&listing, html, listing.all->pdata[i]);
        shown++;
    }
    if (shown == 0)
        sg_html_say_in(html, "p", NULL,
                       listing.which == WHICH_ENDED ? SG_SAY_EXEMPTIONS_NONE_ENDED
                                                    : SG_SAY_EXEMPTIONS_NONE);
    sg_frame_end(request, html, reply);
}

/* Agreeing and ending -----------------------------------------------------------------------------
 */

static gboolean read_number(const SgWebRequest *request, gint64 *number)
{
    return g_ascii_string_to_signed(request->parts[0], 10, 1, G_MAXINT64, number, NULL);
}

static void go_on(const SgWebRequest *request, SgWebReply *reply, const char *done)
{
    g_autofree char *url = sg_url(request->console, "/exemptions", "done", done, NULL);

    sg_web_reply_go(reply, url);
}

static const SgExemption *numbered(const GPtrArray *all, gint64 number)
{
    for (guint i = 0; i < all->len; i++)
        if (((const SgExemption *)all->pdata[i])->number == number)
            return all->pdata[i];
    return NULL;
}

/* The second person says the same as the first. */
static gboolean agree(const SgWebRequest *request, const SgExemption *first, SgExempted *made,
                      GError **error)
{
    const SgConfig *config = request->console->config;
    const SgExempting order = {
        .what = first->what,
        .reason = sg_web_value(request->form, "reason"),
        .incident = first->incident,
        .by = request->reviewer,
        .at = request->now,
        .policy = config->policy,
        .two_people = config->review.two_people,
    };

    return sg_record_exempt(request->console->record, &order, made, error);
}

void sg_page_exemption_agreed(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) open =
        sg_record_exemptions(request->console->record, SG_EXEMPTIONS_OPEN, request->now, &error);
    const SgExemption *first = NULL;
    SgExempted made;
    gint64 number;

    if (open && read_number(request, &number))
        first = numbered(open, number);
    if (!open)
        sg_page_record_error(request, reply, error);
    else if (!first || !first->waits)
        sg_page_not_found(request, reply);
    else if (agree(request, first, &made, &error))
        go_on(request, reply, made.waits ? "proposed" : "exempt");
    else
        sg_page_record_error(request, reply, error);
}

void sg_page_exemption_ended(const SgWebRequest *request, SgWebReply *reply)
{
    const char *reason = sg_web_value(request->form, "reason");
    g_autoptr(GError) error = NULL;
    gint64 number;

    if (!read_number(request, &number))
        sg_page_not_found(request, reply);
    else if (sg_record_end_exemption(request->console->record, number, request->reviewer,
                                     request->now, reason ? reason : "", &error))
        go_on(request, reply, "ended");
    else
        sg_page_record_error(request, reply, error);
}
