/* figures_gather.c - see figures_internal.h: incidents into groups, and groups into order. No
 * database here. */
#include "figures_internal.h"

#include <string.h>

const char *const sg_figures_by_names[] = {"clause", "rule", "role", "week", "outcome", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_figures_by_names) == SG_BYS + 1);

/* What a state counts as. What is on its way counts as there. */
static const struct {
    const char *outcome;
    gsize count; /* where in SgFigure */
    gboolean held;
} fates[SG_STATES] = {
    [SG_STATE_PASSED] = {"passed", G_STRUCT_OFFSET(SgFigure, passed), FALSE},
    [SG_STATE_REFUSED] = {"refused", G_STRUCT_OFFSET(SgFigure, refused), FALSE},
    [SG_STATE_HELD] = {"held", G_STRUCT_OFFSET(SgFigure, undecided), TRUE},
    [SG_STATE_HELD_MTA] = {"held", G_STRUCT_OFFSET(SgFigure, undecided), TRUE},
    [SG_STATE_RELEASING] = {"released", G_STRUCT_OFFSET(SgFigure, released), TRUE},
    [SG_STATE_RELEASED] = {"released", G_STRUCT_OFFSET(SgFigure, released), TRUE},
    [SG_STATE_RETURNING] = {"returned", G_STRUCT_OFFSET(SgFigure, returned), TRUE},
    [SG_STATE_RETURNED] = {"returned", G_STRUCT_OFFSET(SgFigure, returned), TRUE},
    [SG_STATE_KEPT] = {"kept", G_STRUCT_OFFSET(SgFigure, kept), TRUE},
    [SG_STATE_DISCARDED] = {"discarded", G_STRUCT_OFFSET(SgFigure, discarded), TRUE},
};
static const char *const outcomes[] = {"passed",   "refused", "held",      "released",
                                       "returned", "kept",    "discarded", NULL};

/* A group that the incident at hand is in. */
typedef struct Touched {
    SgFigure *figure;
    gboolean in_force, held, overridden;
} Touched;

/* Where findings of a gist count, and the latest incident that has one. */
typedef struct Sort {
    const SgGist *gist;
    SgFigure *rule, *clause;
    gint64 at;   /* of that incident */
    guint64 nth; /* of all findings, among those of incidents that are no later */
} Sort;

struct SgGathering {
    GTimeZone *zone;
    GPtrArray *figures[SG_BYS]; /* of SgFigure */
    GHashTable *groups[SG_BYS]; /* the same, by name */
    SgFigure *total;
    GHashTable *sorts;       /* SgGist -> Sort */
    guint64 findings;        /* so far */
    GArray *touched;         /* of Touched: clauses and rules of the incident at hand */
    GHashTable *weeks;       /* number of the Monday -> SgFigure; borrowed */
    GString *name;           /* that is looked up */
    SgIncidentSeen incident; /* at hand, */
    SgFigure *role;          /* and its role's figure; NULL: none is */
};

static void figure_free(void *data)
{
    SgFigure *figure = data;

    if (!figure)
        return;
    g_free(figure->key);
    g_free(figure->policy);
    g_free(figure->title);
    if (figure->waits)
        g_array_unref(figure->waits);
    g_free(figure);
}

static SgFigure *figure_new(const char *key)
{
    SgFigure *figure = g_new0(SgFigure, 1);

    figure->key = g_strdup(key);
    figure->waits = g_array_new(FALSE, FALSE, sizeof(gint64));
    return figure;
}

SgGathering *sg_gathering_new(GTimeZone *zone)
{
    SgGathering *gathering = g_new0(SgGathering, 1);

    gathering->zone = g_time_zone_ref(zone);
    for (guint by = 0; by < SG_BYS; by++) {
        gathering->figures[by] = g_ptr_array_new_with_free_func(figure_free);
        gathering->groups[by] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    gathering->total = figure_new("total");
    gathering->sorts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    gathering->touched = g_array_new(FALSE, FALSE, sizeof(Touched));
    gathering->weeks = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    gathering->name = g_string_new(NULL);
    return gathering;
}

void sg_gathering_free(SgGathering *gathering)
{
    if (!gathering)
        return;
    g_time_zone_unref(gathering->zone);
    for (guint by = 0; by < SG_BYS; by++) {
        g_hash_table_unref(gathering->groups[by]);
        g_clear_pointer(&gathering->figures[by], g_ptr_array_unref);
    }
    figure_free(gathering->total);
    g_hash_table_unref(gathering->sorts);
    g_array_unref(gathering->touched);
    g_hash_table_unref(gathering->weeks);
    g_string_free(gathering->name, TRUE);
    g_free(gathering);
}

static SgFigure *group_of(SgGathering *gathering, SgFiguresBy by, const char *name, const char *key)
{
    SgFigure *figure = g_hash_table_lookup(gathering->groups[by], name);

    if (figure)
        return figure;
    figure = figure_new(key);
    g_ptr_array_add(gathering->figures[by], figure);
    g_hash_table_insert(gathering->groups[by], g_strdup(name), figure);
    return figure;
}

/* Days are counted since 1 January 1970, which was a Thursday. By the clock on the wall: a week in
 * which it is changed has an hour more or less. */
static SgFigure *week_of(SgGathering *gathering, gint64 at)
{
    int interval = g_time_zone_find_interval(gathering->zone, G_TIME_TYPE_UNIVERSAL, at);
    gint64 wall = at + g_time_zone_get_offset(gathering->zone, MAX(interval, 0));
    gint64 day = wall / SG_DAY - (wall % SG_DAY < 0);
    gint64 monday = day - ((day + 3) % 7 + 7) % 7;
    SgFigure *week = g_hash_table_lookup(gathering->weeks, &monday);

    if (week)
        return week;
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(monday * SG_DAY);
    g_autofree char *name = date ? g_date_time_format(date, "%Y-%m-%d") : g_strdup("?");
    week = group_of(gathering, SG_BY_WEEK, name, name);
    g_hash_table_insert(gathering->weeks, g_memdup2(&monday, sizeof monday), week);
    return week;
}

#define UNDECIDED G_STRUCT_OFFSET(SgFigure, undecided)
#define RELEASED  G_STRUCT_OFFSET(SgFigure, released)

/* Of what is in the mail server's queue it is not known what became of it once it is decided. */
static void count_fate(SgFigure *figure, const SgIncidentSeen *incident)
{
    gsize count = fates[incident->state].count;

    if (count != UNDECIDED || !incident->settled)
        ++*(guint64 *)G_STRUCT_MEMBER_P(figure, count);
}

static gboolean was_let_go(const SgIncidentSeen *incident)
{
    return incident->not_a_breach || fates[incident->state].count == RELEASED;
}

/* `in` says what the group has to do with it: of all of the incident, or of one rule's part. */
static void add(const SgIncidentSeen *incident, const Touched *in)
{
    SgFigure *figure = in->figure;
    gboolean held = fates[incident->state].held;

    if (!in->in_force) {
        figure->observed++;
        return;
    }
    figure->incidents++;
    figure->held += held ? 1 : 0;
    count_fate(figure, incident);
    figure->not_a_breach += incident->not_a_breach ? 1 : 0;
    figure->overridden += in->overridden ? 1 : 0;
    if (!held || !in->held)
        return;
    if (incident->settled) {
        figure->decided++;
        figure->let_go += was_let_go(incident) ? 1 : 0;
    }
    if (incident->decided_at > 0) {
        gint64 wait = MAX(0, incident->decided_at - incident->at);
        g_array_append_val(figure->waits, wait);
    }
}

static void finish_incident(SgGathering *gathering)
{
    const SgIncidentSeen *incident = &gathering->incident;
    const char *outcome = fates[incident->state].outcome;
    Touched whole = {.held = TRUE};

    if (!gathering->role)
        return;
    for (guint i = 0; i < gathering->touched->len; i++) {
        const Touched *one = &g_array_index(gathering->touched, Touched, i);
        whole.in_force |= one->in_force;
        whole.overridden |= one->overridden;
        add(incident, one);
    }
    SgFigure *figures[] = {gathering->total, gathering->role, week_of(gathering, incident->at),
                           group_of(gathering, SG_BY_OUTCOME, outcome, outcome)};
    for (guint i = 0; i < G_N_ELEMENTS(figures); i++) {
        whole.figure = figures[i];
        add(incident, &whole);
    }
    gathering->role = NULL;
    g_array_set_size(gathering->touched, 0);
}

void sg_gathering_incident(SgGathering *gathering, const SgIncidentSeen *incident, const char *role)
{
    finish_incident(gathering);
    gathering->incident = *incident;
    gathering->role = group_of(gathering, SG_BY_ROLE, role, role);
}

/* Several findings of one incident may be of one clause. */
static void touch(SgGathering *gathering, SgFigure *figure, const SgGist *gist)
{
    Touched fresh = {.figure = figure}, *one = NULL;

    for (guint i = 0; i < gathering->touched->len && !one; i++)
        if (g_array_index(gathering->touched, Touched, i).figure == figure)
            one = &g_array_index(gathering->touched, Touched, i);
    if (!one) {
        g_array_append_val(gathering->touched, fresh);
        one = &g_array_index(gathering->touched, Touched, gathering->touched->len - 1);
    }
    one->in_force |= gist->mode != SG_MODE_OBSERVE;
    one->held |= gist->enforced == SG_ACTION_QUARANTINE;
    one->overridden |= gist->overridden;
}

static Sort *sort_of(SgGathering *gathering, const SgGist *gist)
{
    const char *policy = gist->policy ? gist->policy : "";
    const char *clause = gist->clause ? gist->clause : "";
    Sort *sort = g_hash_table_lookup(gathering->sorts, gist);

    if (sort)
        return sort;
    sort = g_new0(Sort, 1);
    sort->gist = gist;
    sort->at = G_MININT64;
    sort->rule = group_of(gathering, SG_BY_RULE, gist->rule, gist->rule);
    g_string_printf(gathering->name, "%s\n%s", policy, clause);
    sort->clause = group_of(gathering, SG_BY_CLAUSE, gathering->name->str, clause);
    if (!sort->clause->policy)
        sort->clause->policy = g_strdup(policy);
    g_hash_table_insert(gathering->sorts, (gpointer)gist, sort);
    return sort;
}

void sg_gathering_finding(SgGathering *gathering, const SgGist *gist)
{
    Sort *sort = sort_of(gathering, gist);

    gathering->findings++;
    if (gathering->incident.at >= sort->at) {
        sort->at = gathering->incident.at;
        sort->nth = gathering->findings;
    }
    touch(gathering, sort->rule, gist);
    touch(gathering, sort->clause, gist);
}

static int earliest_first(gconstpointer left, gconstpointer right)
{
    const Sort *a = *(const Sort *const *)left, *b = *(const Sort *const *)right;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->nth > b->nth) - (a->nth < b->nth);
}

static void describe(SgFigure *figure, const char *title)
{
    if (!title)
        return;
    g_free(figure->title);
    figure->title = g_strdup(title);
}

/* By the latest finding of each that has a title: rules are given others. */
static void describe_all(SgGathering *gathering)
{
    g_autoptr(GPtrArray) sorts = g_ptr_array_new();
    GHashTableIter each;
    gpointer sort;

    g_hash_table_iter_init(&each, gathering->sorts);
    while (g_hash_table_iter_next(&each, NULL, &sort))
        g_ptr_array_add(sorts, sort);
    g_ptr_array_sort(sorts, earliest_first);
    for (guint i = 0; i < sorts->len; i++) {
        const Sort *one = sorts->pdata[i];

        describe(one->rule, one->gist->title);
        describe(one->clause, one->gist->clause_title);
    }
}

static int by_length(gconstpointer left, gconstpointer right)
{
    gint64 a = *(const gint64 *)left, b = *(const gint64 *)right;

    return (a > b) - (a < b);
}

/* The smallest that `percent` in a hundred do not exceed. */
static gint64 percentile(const GArray *sorted, guint percent)
{
    guint rank = (sorted->len * percent + 99) / 100;

    return sorted->len == 0 ? -1 : g_array_index(sorted, gint64, MAX(rank, 1) - 1);
}

static void sum_up(SgFigure *figure)
{
    g_array_sort(figure->waits, by_length);
    figure->median = percentile(figure->waits, 50);
    figure->ninetieth = percentile(figure->waits, 90);
    g_clear_pointer(&figure->waits, g_array_unref);
}

/* 2.10 stands behind 2.9. */
static int by_number(const char *a, const char *b)
{
    while (*a && *b) {
        char *a_end, *b_end;
        guint64 a_number = g_ascii_strtoull(a, &a_end, 10);
        guint64 b_number = g_ascii_strtoull(b, &b_end, 10);

        if (a_end != a && b_end != b) {
            if (a_number != b_number)
                return a_number < b_number ? -1 : 1;
            a = a_end;
            b = b_end;
        } else if (*a != *b) {
            return *a < *b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
    return (*a != '\0') - (*b != '\0');
}

static const SgFigure *at(gconstpointer place)
{
    return *(const SgFigure *const *)place;
}

static int in_policy(gconstpointer left, gconstpointer right)
{
    int policies = strcmp(at(left)->policy, at(right)->policy);

    return policies ? policies : by_number(at(left)->key, at(right)->key);
}

static int by_incidents(gconstpointer left, gconstpointer right)
{
    const SgFigure *a = at(left), *b = at(right);

    if (a->incidents != b->incidents)
        return a->incidents < b->incidents ? 1 : -1;
    if (a->observed != b->observed)
        return a->observed < b->observed ? 1 : -1;
    return strcmp(a->key, b->key);
}

static int in_time(gconstpointer left, gconstpointer right)
{
    return strcmp(at(left)->key, at(right)->key);
}

static int by_outcome(gconstpointer left, gconstpointer right)
{
    return sg_name_index(outcomes, at(left)->key) - sg_name_index(outcomes, at(right)->key);
}

static const GCompareFunc orders[SG_BYS] = {
    [SG_BY_CLAUSE] = in_policy, [SG_BY_RULE] = by_incidents,  [SG_BY_ROLE] = by_incidents,
    [SG_BY_WEEK] = in_time,     [SG_BY_OUTCOME] = by_outcome,
};

SgFigures *sg_gathering_finish(SgGathering *gathering)
{
    SgFigures *figures = g_new0(SgFigures, 1);

    finish_incident(gathering);
    describe_all(gathering);
    sum_up(gathering->total);
    figures->total = g_steal_pointer(&gathering->total);
    for (guint by = 0; by < SG_BYS; by++) {
        GPtrArray *group = figures->by[by] = g_steal_pointer(&gathering->figures[by]);

        for (guint i = 0; i < group->len; i++)
            sum_up(group->pdata[i]);
        g_ptr_array_sort(group, orders[by]);
    }
    return figures;
}

void sg_figures_free(SgFigures *figures)
{
    if (!figures)
        return;
    figure_free(figures->total);
    for (guint by = 0; by < SG_BYS; by++)
        g_ptr_array_unref(figures->by[by]);
    g_free(figures);
}
