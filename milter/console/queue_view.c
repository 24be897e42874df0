/* queue_view.c - see queue_view.h */
#include "queue_view.h"

#include "frame.h"

#include <stdlib.h>
#include <string.h>

#define DAY       ((gint64)24 * 60 * 60)
#define PAGE_MOST 1000000

const char *const sg_view_names[SG_VIEW_FIELDS] = {
    "state", "clause", "severity", "rule", "from", "to", "age", "mark", "each", "words",
};

static const SgViewChoice states[] = {
    {"held", SG_SAY_STATE_HELD},           {"held-mta", SG_SAY_STATE_HELD_MTA},
    {"releasing", SG_SAY_STATE_RELEASING}, {"released", SG_SAY_STATE_RELEASED},
    {"returning", SG_SAY_STATE_RETURNING}, {"returned", SG_SAY_STATE_RETURNED},
    {"kept", SG_SAY_STATE_KEPT},           {"discarded", SG_SAY_STATE_DISCARDED},
    {"refused", SG_SAY_STATE_REFUSED},     {"passed", SG_SAY_STATE_PASSED},
    {"all", SG_SAY_QUEUE_STATE_ALL},       {NULL, 0},
};

static const SgViewChoice severities[] = {
    {"critical", SG_SAY_QUEUE_SEVERITY_CRITICAL},
    {"high", SG_SAY_QUEUE_SEVERITY_HIGH},
    {"medium", SG_SAY_QUEUE_SEVERITY_MEDIUM},
    {NULL, 0},
};

static const SgViewChoice age_choices[] = {
    {"day", SG_SAY_QUEUE_AGE_DAY},
    {"week", SG_SAY_QUEUE_AGE_WEEK},
    {"month", SG_SAY_QUEUE_AGE_MONTH},
    {"over-day", SG_SAY_QUEUE_AGE_OVER_DAY},
    {"over-3-days", SG_SAY_QUEUE_AGE_OVER_3_DAYS},
    {"over-week", SG_SAY_QUEUE_AGE_OVER_WEEK},
    {NULL, 0},
};

static const SgViewChoice marks[] = {
    {"escalated", SG_SAY_QUEUE_MARK_ESCALATED},
    {"not-escalated", SG_SAY_QUEUE_MARK_NOT_ESCALATED},
    {"second", SG_SAY_QUEUE_MARK_SECOND},
    {"mine", SG_SAY_QUEUE_MARK_MINE},
    {"legal-hold", SG_SAY_QUEUE_MARK_LEGAL_HOLD},
    {NULL, 0},
};

static const struct {
    const char *value;
    gint64 newer, older; /* than so many seconds; 0: any */
} ages[] = {
    {"day", DAY, 0},      {"week", 7 * DAY, 0},        {"month", 30 * DAY, 0},
    {"over-day", 0, DAY}, {"over-3-days", 0, 3 * DAY}, {"over-week", 0, 7 * DAY},
};

const SgViewChoice *const sg_view_choices[SG_VIEW_FIELDS] = {
    [SG_VIEW_STATE] = states,
    [SG_VIEW_SEVERITY] = severities,
    [SG_VIEW_AGE] = age_choices,
    [SG_VIEW_MARK] = marks,
};

void sg_queue_view_clear(SgQueueView *view)
{
    g_clear_pointer(&view->policy, g_free);
}

/* Filter -----------------------------------------------------------------------------------------
 */

static gboolean is_offered(SgViewField field, const char *value)
{
    const SgViewChoice *choice = sg_view_choices[field];

    if (g_utf8_strlen(value, -1) > SG_VIEW_LONG)
        return FALSE;
    while (choice && choice->value && strcmp(choice->value, value) != 0)
        choice++;
    return !choice || choice->value;
}

static void read_state(SgQueueView *view)
{
    const char *state = view->values[SG_VIEW_STATE];
    guint held = 1U << SG_STATE_HELD;

    for (guint i = 0; state && sg_state_names[i]; i++)
        if (strcmp(state, sg_state_names[i]) == 0)
            view->filter.states = 1U << i;
    if (!state)
        view->filter.states = held;
    view->filter.order = view->filter.states == held ? SG_QUEUE_URGENT : SG_QUEUE_NEWEST;
}

static void read_severity(SgQueueView *view)
{
    const char *least = view->values[SG_VIEW_SEVERITY];

    for (guint i = 0; least && sg_severity_names[i]; i++)
        if (view->filter.severities || strcmp(least, sg_severity_names[i]) == 0)
            view->filter.severities |= 1U << i;
}

static void read_clause(SgQueueView *view)
{
    const char *clause = view->values[SG_VIEW_CLAUSE];
    const char *gap = clause ? strrchr(clause, ' ') : NULL;

    view->filter.clause = gap ? gap + 1 : clause;
    view->policy = gap ? g_strndup(clause, (gsize)(gap - clause)) : NULL;
    view->filter.policy = view->policy;
}

static void read_age(SgQueueView *view, gint64 now)
{
    const char *age = view->values[SG_VIEW_AGE];

    for (guint i = 0; age && i < G_N_ELEMENTS(ages); i++)
        if (strcmp(age, ages[i].value) == 0) {
            view->filter.since = ages[i].newer ? now - ages[i].newer : 0;
            view->filter.until = ages[i].older ? now - ages[i].older : 0;
        }
}

static void read_mark(SgQueueView *view, const SgReviewer *reviewer)
{
    const char *mark = view->values[SG_VIEW_MARK];

    if (g_strcmp0(mark, "escalated") == 0)
        view->filter.escalated = SG_QUEUE_ONLY;
    else if (g_strcmp0(mark, "not-escalated") == 0)
        view->filter.escalated = SG_QUEUE_WITHOUT;
    else if (g_strcmp0(mark, "second") == 0)
        view->filter.proposed = SG_QUEUE_ONLY;
    else if (g_strcmp0(mark, "mine") == 0)
        view->filter.decided_by = reviewer->name;
    else if (g_strcmp0(mark, "legal-hold") == 0)
        view->filter.legal_hold = SG_QUEUE_ONLY;
}

void sg_queue_view_read(SgQueueView *view, const SgWebRequest *request, const SgWebForm *form)
{
    const char *page = sg_web_value(form, "page");
    guint64 number;

    *view = (SgQueueView){.page = 1};
    for (guint i = 0; i < SG_VIEW_FIELDS; i++) {
        const char *value = sg_web_value(form, sg_view_names[i]);
        view->values[i] = value && is_offered(i, value) ? value : NULL;
    }
    if (g_strcmp0(view->values[SG_VIEW_STATE], states[0].value) == 0)
        view->values[SG_VIEW_STATE] = NULL;
    if (!sg_reviewer_reads_text(request->reviewer))
        view->values[SG_VIEW_WORDS] = NULL;
    if (page && g_ascii_string_to_unsigned(page, 10, 1, PAGE_MOST, &number, NULL))
        view->page = (guint)number;
    read_state(view);
    read_severity(view);
    read_clause(view);
    read_age(view, request->now);
    read_mark(view, request->reviewer);
    view->filter.rule = view->values[SG_VIEW_RULE];
    view->filter.sender_role = view->values[SG_VIEW_FROM];
    view->filter.recipient_role = view->values[SG_VIEW_TO];
    view->filter.words = view->values[SG_VIEW_WORDS];
    view->filter.grouped = view->values[SG_VIEW_EACH] == NULL;
    view->filter.limit = SG_VIEW_ROWS;
    view->filter.offset = (view->page - 1) * SG_VIEW_ROWS;
}

gboolean sg_queue_view_is_all_waiting(const SgQueueView *view)
{
    for (guint i = 0; i < SG_VIEW_FIELDS; i++)
        if (view->values[i] && i != SG_VIEW_EACH && i != SG_VIEW_STATE)
            return FALSE;
    return view->filter.states == 1U << SG_STATE_HELD;
}

/* Addresses, fields and words --------------------------------------------------------------------
 */

static void add_page(GString *url, guint page)
{
    g_autofree char *number = g_strdup_printf("%u", page);

    if (page > 1)
        sg_url_add(url, "page", number);
}

char *sg_queue_view_url(const SgConsole *console, const SgQueueView *view, SgViewField field,
                        const char *value, guint page)
{
    g_autofree char *path = sg_url(console, "/", NULL);
    GString *url = g_string_new(path);

    for (guint i = 0; i < SG_VIEW_FIELDS; i++) {
        const char *given = i == field ? value : view->values[i];
        if (given)
            sg_url_add(url, sg_view_names[i], given);
    }
    add_page(url, page);
    return g_string_free(url, FALSE);
}

char *sg_queue_view_back(const SgConsole *console, const SgQueueView *view, const char *notice)
{
    g_autofree char *path =
        sg_queue_view_url(console, view, SG_VIEW_STATE, view->values[SG_VIEW_STATE], view->page);
    GString *url = g_string_new(path);

    if (notice)
        sg_url_add(url, "notice", notice);
    return g_string_free(url, FALSE);
}

void sg_queue_view_put_fields(SgHtml *html, const SgQueueView *view)
{
    g_autofree char *page = g_strdup_printf("%u", view->page);

    for (guint i = 0; i < SG_VIEW_FIELDS; i++)
        if (view->values[i])
            sg_form_hidden(html, sg_view_names[i], view->values[i]);
    if (view->page > 1)
        sg_form_hidden(html, "page", page);
}

char *sg_queue_view_detail(const SgQueueView *view, guint listed, guint left_out)
{
    GString *detail = g_string_new(NULL);

    g_string_append_printf(detail, "%u listed, %u left out; state %s", listed, left_out,
                           view->values[SG_VIEW_STATE] ? view->values[SG_VIEW_STATE]
                                                       : states[0].value);
    for (guint i = SG_VIEW_STATE + 1; i < SG_VIEW_FIELDS; i++)
        if (view->values[i])
            g_string_append_printf(detail, "; %s %s", sg_view_names[i], view->values[i]);
    return g_string_free(detail, FALSE);
}
