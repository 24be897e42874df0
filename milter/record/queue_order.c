/* queue_order.c - see queue_internal.h: what comes first, and what is nearly the same. No database
 * here. */
#include "queue_internal.h"

#include <string.h>

#define ALIKE_WITHIN (14 * SG_DAY)
#define PREFIX_MOST  4 /* letters, with the colon */

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

/* Most often there is nothing to do, and sorting takes long even of what is sorted. */
static void sort(GPtrArray *all, GCompareFunc order)
{
    for (guint i = 1; i < all->len; i++)
        if (order(&all->pdata[i - 1], &all->pdata[i]) > 0) {
            g_ptr_array_sort(all, order);
            return;
        }
}

/* What stands before a subject that is answered or passed on, also several times. */
static const char *without_prefixes(const char *subject)
{
    static const char *const prefixes[] = {"re:", "fwd:", "fw:", "aw:", "wg:", "sv:", "tr:"};

    for (guint i = 0; i < G_N_ELEMENTS(prefixes);) {
        while (*subject == ' ')
            subject++;
        if (i == 0 && !memchr(subject, ':', strnlen(subject, PREFIX_MOST)))
            break;
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

/* While those of one sender, rule and subject are put together, and how these are written. */
typedef struct Grouping {
    SgFinder *finder;
    GHashTable *senders; /* a sender's text -> the same without capitals, at one place each */
    GHashTable *latest;  /* a set of SgFound: the latest of each cluster that may still grow */
    GString *key;
    GString *folded;
} Grouping;

static void grouping_clear(Grouping *grouping)
{
    g_hash_table_unref(grouping->senders);
    g_hash_table_unref(grouping->latest);
    g_string_free(grouping->key, TRUE);
    g_string_free(grouping->folded, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Grouping, grouping_clear)

static const char *folded_sender(Grouping *grouping, const char *sender)
{
    const char *folded = g_hash_table_lookup(grouping->senders, sender);

    if (!folded) {
        folded = g_string_chunk_insert_const(grouping->finder->texts,
                                             sg_search_fold(grouping->folded, sender));
        g_hash_table_insert(grouping->senders, (gpointer)sender, (gpointer)folded);
    }
    return folded;
}

/* Where the subject says nothing only the same message is alike. */
static const char *subject_key(Grouping *grouping, const SgFound *found)
{
    GString *key = grouping->key;
    const char *folded = sg_search_fold(grouping->folded, found->subject);

    g_string_truncate(key, 0);
    append_subject(key, folded);
    if (key->len == 0 && *folded)
        g_string_append(key, folded);
    else if (key->len == 0 && found->digest)
        g_string_append(key, found->digest);
    else if (key->len == 0)
        g_string_append_printf(key, "\n%" G_GINT64_FORMAT, found->number);
    return key->str;
}

static guint hash_of(gconstpointer data)
{
    const SgFound *found = data;

    return g_str_hash(found->subject_key) ^ g_direct_hash(found->sender_key) * 31 ^
           g_direct_hash(found->rule);
}

static gboolean is_alike(gconstpointer a, gconstpointer b)
{
    const SgFound *one = a, *other = b;

    return one->sender_key == other->sender_key && one->rule == other->rule &&
           strcmp(one->subject_key, other->subject_key) == 0;
}

/* From the latest backwards: a year of the same every week is not one cluster. */
static void find_cluster(Grouping *grouping, SgFound *found)
{
    SgFound *latest;

    found->sender_key = folded_sender(grouping, found->sender);
    found->subject_key = subject_key(grouping, found);
    latest = g_hash_table_lookup(grouping->latest, found);
    if (latest && latest->at - found->at <= ALIKE_WITHIN) {
        found->cluster = latest;
        return;
    }
    found->subject_key =
        latest ? latest->subject_key
               : g_string_chunk_insert_len(grouping->finder->texts, grouping->key->str,
                                           (gssize)grouping->key->len);
    found->cluster = found;
    g_hash_table_add(grouping->latest, found);
}

/* The cluster's chain is in the queue's order. */
static void append_to_cluster(SgFound *found)
{
    SgFound *cluster = found->cluster;

    if (cluster->first)
        cluster->last->next = found;
    else
        cluster->first = found;
    cluster->last = found;
}

static void group(SgFinder *finder, const GPtrArray *by_time)
{
    g_auto(Grouping) grouping = {.finder = finder,
                                 .senders = g_hash_table_new(NULL, NULL),
                                 .latest = g_hash_table_new(hash_of, is_alike),
                                 .key = g_string_new(NULL),
                                 .folded = g_string_new(NULL)};

    for (guint i = 0; i < by_time->len; i++) {
        find_cluster(&grouping, by_time->pdata[i]);
        if (by_time == finder->found)
            append_to_cluster(by_time->pdata[i]);
    }
    for (guint i = 0; by_time != finder->found && i < finder->found->len; i++)
        append_to_cluster(finder->found->pdata[i]);
}

/* Most often what was found last is the newest. */
static void turn_round(GPtrArray *all)
{
    for (guint i = 0; i < all->len / 2; i++) {
        gpointer one = all->pdata[i];

        all->pdata[i] = all->pdata[all->len - 1 - i];
        all->pdata[all->len - 1 - i] = one;
    }
}

static void put_newest_first(GPtrArray *all)
{
    turn_round(all);
    sort(all, newest_first);
}

void sg_finder_order(SgFinder *finder)
{
    g_autoptr(GPtrArray) by_time = NULL;

    put_newest_first(finder->found);
    if (finder->filter->order == SG_QUEUE_URGENT) {
        by_time = g_ptr_array_copy(finder->found, NULL, NULL);
        g_ptr_array_sort(finder->found, urgent_first);
    }
    group(finder, by_time ? by_time : finder->found);
}
