/* queue_order.c - see queue_internal.h: what comes first, and what is nearly the same. No database
 * here. */
#include "queue_internal.h"

#include <string.h>

#define ALIKE_WITHIN (14 * SG_DAY)

static int compare(gint64 one, gint64 other)
{
    return (one > other) - (one < other);
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const SgFound *one = *(SgFound *const *)a, *other = *(SgFound *const *)b;

    return one->at != other->at ? compare(other->at, one->at) : compare(other->number, one->number);
}

/* 0 is the most urgent. */
static guint urgency(const SgFound *found)
{
    return SG_SEVERITY_CRITICAL - MAX(found->severity, SG_SEVERITY_MEDIUM);
}

static int urgent_first(gconstpointer a, gconstpointer b)
{
    const SgFound *one = *(SgFound *const *)a, *other = *(SgFound *const *)b;

    if (urgency(one) != urgency(other))
        return compare(urgency(one), urgency(other));
    if (one->escalated != other->escalated)
        return one->escalated ? -1 : 1;
    return newest_first(b, a);
}

static int by_place(gconstpointer a, gconstpointer b)
{
    return compare((*(SgFound *const *)a)->place, (*(SgFound *const *)b)->place);
}

/* What stands before a subject that is answered or passed on, also several times. */
static const char *without_prefixes(const char *subject)
{
    static const char *const prefixes[] = {"re:", "fwd:", "fw:", "aw:", "wg:", "sv:", "tr:"};

    for (guint i = 0; i < G_N_ELEMENTS(prefixes);) {
        while (*subject == ' ')
            subject++;
        if (g_str_has_prefix(subject, prefixes[i])) {
            subject += strlen(prefixes[i]);
            i = 0;
        } else {
            i++;
        }
    }
    return subject;
}

/* Single spaces, and no numbers: "Order 4711 of  2 May" is like "Order 4712 of 12 May". */
static void append_subject(GString *key, const char *folded)
{
    gsize start = key->len;

    for (const char *at = without_prefixes(folded); *at; at++) {
        gboolean space = g_ascii_isspace(*at);

        if (g_ascii_isdigit(*at) || (space && (key->len == start || key->str[key->len - 1] == ' ')))
            continue;
        g_string_append_c(key, space ? ' ' : *at);
    }
    if (key->len > start && key->str[key->len - 1] == ' ')
        g_string_truncate(key, key->len - 1);
}

/* Those that have the same are alike. Where the subject says nothing only the same message is. */
static const char *key_of(const SgFound *found, GString *key, GString *folded)
{
    gsize start;

    g_string_assign(key, sg_search_fold(folded, found->sender));
    g_string_append_printf(key, "\n%s\n", found->rule ? found->rule : "");
    start = key->len;
    append_subject(key, sg_search_fold(folded, found->subject));
    if (key->len == start && *folded->str)
        g_string_append(key, folded->str);
    else if (key->len == start && found->digest)
        g_string_append(key, found->digest);
    else if (key->len == start)
        g_string_append_printf(key, "\n%" G_GINT64_FORMAT, found->number);
    return key->str;
}

static void end_cluster(SgFinder *finder, GPtrArray *cluster)
{
    g_ptr_array_sort(cluster, by_place);
    g_ptr_array_add(finder->clusters, cluster);
    for (guint i = 0; i < cluster->len; i++)
        ((SgFound *)cluster->pdata[i])->alike = cluster;
}

/* From the latest backwards: a year of the same every week is not one group. */
static void cut_by_time(SgFinder *finder, GPtrArray *same)
{
    GPtrArray *cluster = g_ptr_array_new();
    gint64 latest = 0;

    g_ptr_array_sort(same, newest_first);
    for (guint i = 0; i < same->len; i++) {
        SgFound *found = same->pdata[i];

        if (cluster->len > 0 && latest - found->at > ALIKE_WITHIN) {
            end_cluster(finder, cluster);
            cluster = g_ptr_array_new();
        }
        if (cluster->len == 0)
            latest = found->at;
        g_ptr_array_add(cluster, found);
    }
    end_cluster(finder, cluster);
}

static void group(SgFinder *finder)
{
    g_autoptr(GHashTable) same =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GString) key = g_string_new(NULL);
    g_autoptr(GString) folded = g_string_new(NULL);
    GHashTableIter each;
    gpointer members;

    for (guint i = 0; i < finder->found->len; i++) {
        SgFound *found = finder->found->pdata[i];
        GPtrArray *alike = g_hash_table_lookup(same, key_of(found, key, folded));

        if (!alike) {
            alike = g_ptr_array_new();
            g_hash_table_insert(same, g_strdup(key->str), alike);
        }
        g_ptr_array_add(alike, found);
    }
    g_hash_table_iter_init(&each, same);
    while (g_hash_table_iter_next(&each, NULL, &members))
        cut_by_time(finder, members);
}

void sg_finder_order(SgFinder *finder)
{
    g_ptr_array_sort(finder->found,
                     finder->filter->order == SG_QUEUE_URGENT ? urgent_first : newest_first);
    for (guint i = 0; i < finder->found->len; i++)
        ((SgFound *)finder->found->pdata[i])->place = i;
    group(finder);
}
