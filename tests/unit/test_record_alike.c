/* test_record_alike.c - which messages of the queue are alike: tried with many, as by chance but
 * the same every time, against the plain way, which goes from the latest backwards */
#include "queue_builders.h"

#include <string.h>

#define INCIDENTS 300
#define FORTNIGHT (14 * DAY)

/* Those with the same number are the same. */
static const struct {
    const char *text;
    guint is;
} subjects_of[] =
    {
        {"Trip to Whitby", 1},
        {"Re: TRIP to  Whitby", 1},
        {"Fwd: Re: trip to whitby 12", 1},
        {"tr: Trip to Whitby", 1},
        {"Trip: to Whitby", 2},
        {"12", 3},
        {"13", 4},
        {"Re: 12", 5},
        {"Re:", 6},
        {"Caf\xc3\xa9", 7},
        {"Cafe", 7},
        {"sv:wg: cafe", 7},
        {"Report: what is late", 8},
},
  senders_of[] = {
      {TEACHER, 1},
      {"R.Okafor@kingsmead.example", 1},
      {"t.ash@kingsmead.example", 2},
};

static guint draw(guint32 *chance, guint of)
{
    *chance = *chance * 1664525U + 1013904223U;
    return (*chance >> 8) % of;
}

/* What an incident is, by its id. */
typedef struct Plain {
    char *id;
    gint64 at;
    char *kind;    /* those of the same may be alike */
    guint cluster; /* which the plain way finds */
} Plain;

static void plain_free(void *data)
{
    g_free(((Plain *)data)->id);
    g_free(((Plain *)data)->kind);
    g_free(data);
}

static Plain *add_any(SgRecord *record, guint32 *chance)
{
    guint subject = draw(chance, G_N_ELEMENTS(subjects_of));
    guint sender = draw(chance, G_N_ELEMENTS(senders_of));
    const char *rule = draw(chance, 4) ? "contact" : "secret";
    SgIncident *incident = letter(subjects_of[subject].text, (SgSeverity)draw(chance, 4),
                                  NOON + draw(chance, 90) * DAY + draw(chance, 2));
    Plain *plain = g_new0(Plain, 1);

    replace(&incident->sender, senders_of[sender].text);
    replace(&((SgFinding *)incident->findings->pdata[0])->rule, rule);
    plain->at = incident->at;
    plain->kind = g_strdup_printf("%u %u %s", subjects_of[subject].is, senders_of[sender].is, rule);
    plain->id = added(record, incident);
    return plain;
}

static Plain *plain_of(const GPtrArray *all, const char *id)
{
    for (guint i = 0; i < all->len; i++)
        if (strcmp(((Plain *)all->pdata[i])->id, id) == 0)
            return all->pdata[i];
    g_assert_not_reached();
}

static void find_clusters(const GPtrArray *all, const SgQueue *newest_first)
{
    g_autoptr(GHashTable) latest = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < newest_first->rows->len; i++) {
        Plain *plain = plain_of(all, row(newest_first, i)->id);
        const Plain *of = g_hash_table_lookup(latest, plain->kind);

        if (of && of->at - plain->at <= FORTNIGHT) {
            plain->cluster = of->cluster;
            continue;
        }
        plain->cluster = i;
        g_hash_table_insert(latest, plain->kind, plain);
    }
}

/* Each cluster where its first one stands in `each`, with all of it in that order. */
static char *plainly(const GPtrArray *all, const SgQueue *each)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < each->rows->len; i++) {
        guint cluster = plain_of(all, row(each, i)->id)->cluster;

        if (!g_hash_table_add(done, GUINT_TO_POINTER(cluster)))
            continue;
        for (guint j = i; j < each->rows->len; j++)
            if (plain_of(all, row(each, j)->id)->cluster == cluster)
                g_string_append_printf(text, "%s ", row(each, j)->id);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static char *by_queue(const SgQueue *grouped)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < grouped->rows->len; i++) {
        const GPtrArray *alike = row(grouped, i)->alike;

        g_assert_cmpstr(row(grouped, i)->id, ==, alike->pdata[0]);
        for (guint j = 0; j < alike->len; j++)
            g_string_append_printf(text, "%s ", (const char *)alike->pdata[j]);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void test_those_are_alike_that_the_plain_way_finds(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(plain_free);
    guint32 chance = 5;

    (void)unused;
    for (guint i = 0; i < INCIDENTS; i++)
        g_ptr_array_add(all, add_any(fixture->record, &chance));
    g_autoptr(SgQueue) newest = asked(fixture, (SgQueueFilter){.order = SG_QUEUE_NEWEST});
    find_clusters(all, newest);
    for (guint order = 0; order < 2; order++) {
        SgQueueFilter filter = {.order = order ? SG_QUEUE_URGENT : SG_QUEUE_NEWEST};
        g_autoptr(SgQueue) each = asked(fixture, filter);
        filter.grouped = TRUE;
        g_autoptr(SgQueue) grouped = asked(fixture, filter);
        g_autofree char *wanted = plainly(all, each), *got = by_queue(grouped);

        g_assert_cmpuint(each->rows->len, ==, INCIDENTS);
        g_assert_cmpuint(grouped->rows->len, <, INCIDENTS * 2 / 3);
        g_assert_cmpstr(got, ==, wanted);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/queue/alike", test_those_are_alike_that_the_plain_way_finds);
    return g_test_run();
}
