/* governors.c - a page to be printed for the school's governors: plain sentences, few numbers, and
 * nobody who could be known by them */
#include "frame.h"
#include "pages.h"
#include "ranges.h"
#include "schoolgate/figures_report.h"
#include "schoolgate/retention.h"
#include "trail_check.h"

#include <string.h>

/* Of a clause or a role, fewer than that may be one person whom people know. */
#define FEW      5
#define MOST     3 /* clauses that are named */
#define DAY      ((gint64)24 * 60 * 60)
#define A_MOMENT 300 /* milliseconds */

/* All that the page tells. */
typedef struct Telling {
    SgDays days;
    SgFiguresReport report;
    SgFigures *before;    /* of as many days before them */
    GPtrArray *demotions; /* of SgDemotion */
    gint64 purged;        /* when last; 0: never */
} Telling;

static void telling_clear(Telling *telling)
{
    sg_figures_report_clear(&telling->report);
    g_clear_pointer(&telling->before, sg_figures_free);
    g_clear_pointer(&telling->demotions, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Telling, telling_clear)

static char *number(guint64 n)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, n);
}

static char *few(guint64 n)
{
    return n > 0 && n < FEW ? g_strdup(sg_words(SG_SAY_GOVERNORS_FEW)) : number(n);
}

static char *days_text(gint64 seconds)
{
    return sg_words_count((guint64)(seconds / DAY), SG_SAY_GOVERNORS_DAY, SG_SAY_GOVERNORS_DAYS);
}

static char *wait_text(gint64 seconds)
{
    gint64 hours = (seconds + 30 * 60) / (60 * 60);

    if (hours < 1)
        return g_strdup(sg_words(SG_SAY_GOVERNORS_HOUR_LESS));
    if (hours < 48)
        return sg_words_count((guint64)hours, SG_SAY_GOVERNORS_HOUR, SG_SAY_GOVERNORS_HOURS);
    return days_text(seconds);
}

static void begin(SgHtml *html, SgSay title)
{
    sg_html_leaf(html, "h2", sg_words(title), NULL);
}

static void put_list(SgHtml *html, SgSay say, const GPtrArray *items)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autofree char *text = NULL;

    for (guint i = 0; i < items->len; i++)
        g_ptr_array_add(all, items->pdata[i]);
    g_ptr_array_add(all, NULL);
    text = g_strjoinv("; ", (char **)all->pdata);
    sg_html_say(html, say, text, NULL);
}

/* What happened -----------------------------------------------------------------------------------
 */

/* Within a tenth it is about as many. */
static void put_trend(SgHtml *html, guint64 now, guint64 before, gint64 seconds)
{
    g_autofree char *days = number((guint64)((seconds + DAY / 2) / DAY)), *were = number(before);
    SgSay say = SG_SAY_GOVERNORS_ALIKE;

    if (now < FEW || before < FEW) {
        sg_html_say(html, SG_SAY_GOVERNORS_NO_TREND, days, NULL);
        return;
    }
    if (now * 10 > before * 11)
        say = SG_SAY_GOVERNORS_MORE;
    else if (now * 11 < before * 10)
        say = SG_SAY_GOVERNORS_FEWER;
    sg_html_say(html, say, days, were, NULL);
}

static void put_happened(SgHtml *html, const Telling *telling)
{
    const SgFiguresReport *report = &telling->report;
    const SgFigure *total = report->figures->total;
    g_autofree char *judged = number(report->figures->counts[SG_COUNT_JUDGED]);
    g_autofree char *incidents = few(total->incidents), *passed = few(total->passed);
    g_autofree char *refused = few(total->refused), *held = few(total->held);

    sg_html_open(html, "p", NULL);
    sg_html_say(html, SG_SAY_GOVERNORS_JUDGED, judged, NULL);
    sg_html_text(html, " ");
    sg_html_say(html, SG_SAY_GOVERNORS_INCIDENTS, incidents, passed, refused, held, NULL);
    sg_html_text(html, " ");
    put_trend(html, total->incidents, telling->before->total->incidents,
              report->until - report->since);
    sg_html_close(html, "p");
}

static int most_first(gconstpointer left, gconstpointer right)
{
    const SgFigure *a = *(const SgFigure *const *)left, *b = *(const SgFigure *const *)right;

    return a->incidents == b->incidents ? strcmp(a->key, b->key)
                                        : (a->incidents < b->incidents) * 2 - 1;
}

/* Those that are named are not few; what is few is not named, so that nothing can be reckoned from
 * the rest. Of SgFigure, borrowed, most first. */
static GPtrArray *nameable(const GPtrArray *figures)
{
    GPtrArray *named = g_ptr_array_new();

    for (guint i = 0; i < figures->len; i++) {
        SgFigure *figure = figures->pdata[i];
        if (figure->incidents >= FEW && *figure->key)
            g_ptr_array_add(named, figure);
    }
    g_ptr_array_sort(named, most_first);
    return named;
}

static void put_clauses(SgHtml *html, const SgFigures *figures)
{
    g_autoptr(GPtrArray) named = nameable(figures->by[SG_BY_CLAUSE]);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    sg_html_open(html, "p", NULL);
    for (guint i = 0; i < named->len && i < MOST; i++) {
        const SgFigure *clause = named->pdata[i];
        g_autofree char *n = number(clause->incidents);
        const char *title = clause->title && *clause->title ? clause->title : clause->key;

        g_ptr_array_add(texts, sg_words_fill(SG_SAY_GOVERNORS_CLAUSE_ONE, title, n, NULL));
    }
    if (texts->len > 0)
        put_list(html, SG_SAY_GOVERNORS_CLAUSES, texts);
    if (named->len <= MOST) {
        sg_html_text(html, " ");
        sg_html_say(
            html, texts->len > 0 ? SG_SAY_GOVERNORS_CLAUSES_FEW : SG_SAY_GOVERNORS_CLAUSES_ALL_FEW,
            NULL);
    }
    sg_html_close(html, "p");
}

static void put_roles(SgHtml *html, const SgFigures *figures)
{
    g_autoptr(GPtrArray) named = nameable(figures->by[SG_BY_ROLE]);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < named->len; i++) {
        const SgFigure *role = named->pdata[i];
        g_autofree char *n = number(role->incidents);

        g_ptr_array_add(texts, sg_words_fill(SG_SAY_GOVERNORS_ROLE_ONE, role->key, n, NULL));
    }
    if (texts->len == 0)
        return;
    sg_html_open(html, "p", NULL);
    put_list(html, SG_SAY_GOVERNORS_ROLES, texts);
    sg_html_close(html, "p");
}

/* What was done -----------------------------------------------------------------------------------
 */

static void put_decided(SgHtml *html, const SgFigure *total)
{
    g_autofree char *released = few(total->released), *returned = few(total->returned);
    g_autofree char *kept = few(total->kept), *discarded = few(total->discarded);
    g_autofree char *undecided = few(total->undecided);

    sg_html_open(html, "p", NULL);
    sg_html_say(html, SG_SAY_GOVERNORS_DECIDED, released, returned, kept, discarded, undecided,
                NULL);
    if (total->median >= 0) {
        g_autofree char *half = wait_text(total->median), *most = wait_text(total->ninetieth);

        sg_html_text(html, " ");
        sg_html_say(html, SG_SAY_GOVERNORS_SPEED, half, most, NULL);
    }
    sg_html_close(html, "p");
}

static gboolean is_within(const SgFiguresReport *report, gint64 at)
{
    return at > 0 && at >= report->since && (report->until == 0 || at < report->until);
}

static void put_rules(SgHtml *html, const Telling *telling)
{
    guint64 found = 0, mended = 0;

    for (guint i = 0; i < telling->demotions->len; i++) {
        const SgDemotion *demotion = telling->demotions->pdata[i];

        found += (guint64)is_within(&telling->report, demotion->since);
        mended += (guint64)is_within(&telling->report, demotion->restored);
    }
    g_autofree char *out = number(found), *back = number(mended);
    sg_html_open(html, "p", NULL);
    if (found + mended == 0)
        sg_html_say(html, SG_SAY_GOVERNORS_RULES_NONE, NULL);
    else
        sg_html_say(html, SG_SAY_GOVERNORS_RULES, out, back, NULL);
    sg_html_close(html, "p");
}

static void put_kept(const SgWebRequest *request, SgHtml *html, gint64 purged)
{
    const SgRetention *retention = &request->console->config->retention;
    g_autofree char *log = days_text(retention->log), *upheld = days_text(retention->upheld);
    g_autofree char *released = days_text(retention->released);
    g_autofree char *audit = days_text(retention->audit);
    g_autofree char *at = sg_time_text(request, purged);

    sg_html_open(html, "p", NULL);
    sg_html_say(html, SG_SAY_GOVERNORS_KEPT, log, upheld, released, audit, NULL);
    sg_html_text(html, " ");
    if (retention->legal_hold)
        sg_html_say(html, SG_SAY_GOVERNORS_KEPT_HOLD, NULL);
    else if (purged > 0)
        sg_html_say(html, SG_SAY_GOVERNORS_PURGED, at, NULL);
    else
        sg_html_say(html, SG_SAY_GOVERNORS_NEVER_PURGED, NULL);
    sg_html_close(html, "p");
}

static void put_trail(const SgWebRequest *request, SgHtml *html)
{
    SgTrailCheck *check = request->console->trail_check;
    g_auto(SgTrailChecked) checked = {0};
    g_autofree char *at = NULL;

    sg_trail_check_refresh(check, request->now, A_MOMENT, &checked);
    at = sg_time_text(request, checked.at);
    sg_html_open(html, "p", NULL);
    sg_html_say(html, SG_SAY_GOVERNORS_TRAIL, NULL);
    sg_html_text(html, " ");
    if (checked.at == 0 || checked.failed)
        sg_html_say(html, SG_SAY_GOVERNORS_TRAIL_UNKNOWN, NULL);
    else
        sg_html_say(html,
                    checked.intact ? SG_SAY_GOVERNORS_TRAIL_INTACT : SG_SAY_GOVERNORS_TRAIL_BROKEN,
                    at, NULL);
    sg_html_close(html, "p");
}

/* The page ----------------------------------------------------------------------------------------
 */

static void put_head(const SgWebRequest *request, SgHtml *html, const Telling *telling)
{
    const SgFiguresReport *report = &telling->report;
    GDate first, last;

    sg_html_leaf(html, "h1", sg_words(SG_SAY_GOVERNORS_TITLE), NULL);
    sg_put_ranges(request, html, "/governors", &telling->days);
    sg_html_say_in(html, "p", "muted not-on-paper", SG_SAY_GOVERNORS_PRINT);
    sg_day_of(request, report->since, &first);
    sg_day_of(request, report->until - 1, &last);
    g_autofree char *from = sg_day_text(&first), *to = sg_day_text(&last);
    sg_html_open(html, "p", NULL);
    sg_html_open(html, "strong", NULL);
    sg_html_say(html, SG_SAY_GOVERNORS_RANGE, report->school, from, to, NULL);
    sg_html_close(html, "strong");
    sg_html_close(html, "p");
    sg_html_say_in(html, "p", NULL, SG_SAY_GOVERNORS_ABOUT);
}

static void show(const SgWebRequest *request, SgWebReply *reply, const Telling *telling)
{
    const SgFigures *figures = telling->report.figures;
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_GOVERNORS_TITLE));

    sg_html_open(html, "article", "class", "card governors", NULL);
    put_head(request, html, telling);
    begin(html, SG_SAY_GOVERNORS_HAPPENED);
    put_happened(html, telling);
    put_clauses(html, figures);
    put_roles(html, figures);
    begin(html, SG_SAY_GOVERNORS_DECIDED_TITLE);
    put_decided(html, figures->total);
    begin(html, SG_SAY_GOVERNORS_RULES_TITLE);
    put_rules(html, telling);
    begin(html, SG_SAY_GOVERNORS_KEPT_TITLE);
    put_kept(request, html, telling->purged);
    begin(html, SG_SAY_GOVERNORS_TRAIL_TITLE);
    put_trail(request, html);
    sg_html_close(html, "article");
    sg_frame_end(request, html, reply);
}

/* The time must have two ends to be compared with the one before. */
static void find_days(const SgWebRequest *request, SgDays *days)
{
    sg_range_read(request, SG_RANGE_TERM, days);
    if (days->since == 0 || days->until == 0)
        sg_range_days(request, SG_RANGE_YEAR, days);
}

/* What cannot be read is not told as if there were none. */
static gboolean find(const SgWebRequest *request, Telling *telling, GError **error)
{
    const SgConsole *console = request->console;
    const SgDays *days = &telling->days;

    find_days(request, &telling->days);
    telling->report = (SgFiguresReport){
        .by = -1, .made = request->now, .since = days->since, .until = days->until};
    if (!sg_figures_report_read(&telling->report, console->config, console->record, error))
        return FALSE;
    telling->before = sg_record_figures(console->record, MAX(2 * days->since - days->until, 1),
                                        days->since, telling->report.zone, error);
    if (!telling->before)
        return FALSE;
    telling->demotions = sg_record_demotions(console->record, SG_DEMOTIONS_ALL, error);
    if (!telling->demotions)
        return FALSE;
    telling->purged = sg_record_last(console->record, "purge", error);
    return telling->purged >= 0;
}

void sg_page_governors(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(Telling) telling = {0};
    g_autoptr(GError) error = NULL;

    if (find(request, &telling, &error))
        show(request, reply, &telling);
    else
        sg_page_record_error(request, reply, error);
}
