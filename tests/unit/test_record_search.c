/* test_record_search.c - what a search of the queue finds, and what counts as nearly the same */
#include "queue_builders.h"

static void test_a_filter_s_quotes_are_only_text(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    add(fixture->record, refused("x"));
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.rule = "x') OR ('1' = '1"}), ==, 0);
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.words = "%"}), ==, 0);
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.words = "' OR 1 --"}), ==, 0);
}

static void test_a_search_wants_every_word_in_subject_or_excerpts(Fixture *fixture,
                                                                  gconstpointer unused)
{
    static const struct {
        const char *words;
        guint incidents;
    } cases[] = {
        {"cafe", 1},       {"CAFÉ", 1},  {"cafe\xcc\x81", 1},     {"snapchat", 1},
        {"snap  cafe", 1}, {"don't", 1}, {"don\xe2\x80\x99t", 1}, {"café luck", 0},
        {"luck", 1},       {"  ", 2},    {"strasse", 1},          {"privet", 0},
        {"привет", 1},
    };
    SgIncident *incident = letter("At the Café, ПРИВЕТ", SG_SEVERITY_HIGH, NOON);
    SgFinding *second = add_finding(incident, "another");

    (void)unused;
    replace(&((SgSignalHit *)leading(incident)->signals->pdata[0])->excerpt,
            "my SnapChat name, Große Straße");
    add_signal(second, "no-text", 1, NULL);
    add_signal(second, "secret", 1, "don\xe2\x80\x99t tell");
    add(fixture->record, incident);
    add(fixture->record, refused("Other"));
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint incidents = count_of(fixture, (SgQueueFilter){.words = cases[i].words});

        if (incidents != cases[i].incidents)
            g_error("'%s' found %u", cases[i].words, incidents);
    }
}

static void test_counts_are_of_what_was_found(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    add(fixture->record, letter("needle", SG_SEVERITY_LOW, NOON));
    add(fixture->record, letter("hay", SG_SEVERITY_HIGH, NOON));
    add(fixture->record, letter("hay", SG_SEVERITY_HIGH, NOON));
    g_autoptr(SgQueue) searched = asked(fixture, (SgQueueFilter){.words = "needle"});
    g_autoptr(SgQueue) severe =
        asked(fixture, (SgQueueFilter){.severities = 1U << SG_SEVERITY_HIGH});

    g_assert_cmpuint(searched->by_state[SG_STATE_HELD], ==, 1);
    g_assert_cmpuint(((SgClauseCount *)searched->by_clause->pdata[0])->incidents, ==, 1);
    g_assert_cmpuint(severe->by_state[SG_STATE_HELD], ==, 2);
    g_assert_cmpuint(((SgClauseCount *)severe->by_clause->pdata[0])->incidents, ==, 2);
}

/* One among many is looked up, many are read one after the other: both find the same. */
static void test_a_search_finds_one_among_many(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    for (guint i = 0; i < 30; i++) {
        if (i % 15 == 0)
            add(fixture->record, letter("needle", SG_SEVERITY_LOW, NOON + i));
        add(fixture->record, refused("hay"));
    }
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.words = "luck"}), ==, 32);
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.states = STATE(HELD), .words = "luck"}), ==,
                     2);
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.states = STATE(HELD), .words = "hay"}), ==,
                     0);
}

static void test_near_duplicates_are_one_row_that_names_them_all(Fixture *fixture,
                                                                 gconstpointer unused)
{
    (void)unused;
    g_autofree char *first = added(fixture->record, letter("Trip 12", SG_SEVERITY_LOW, NOON));
    g_autofree char *urgent =
        added(fixture->record, letter("RE: Fwd:  trip  7", SG_SEVERITY_HIGH, NOON + DAY));
    SgIncident *stranger = letter("Trip 12", SG_SEVERITY_LOW, NOON + 1);
    replace(&stranger->sender, "d.price@kingsmead.example");
    add(fixture->record, stranger);
    SgIncident *other_rule = letter("Trip 12", SG_SEVERITY_LOW, NOON + 2);
    replace(&leading(other_rule)->rule, "other-rule");
    add(fixture->record, other_rule);
    add(fixture->record, letter("Trips", SG_SEVERITY_LOW, NOON + 3));

    g_autoptr(SgQueue) queue =
        asked(fixture, (SgQueueFilter){.grouped = TRUE, .order = SG_QUEUE_URGENT});
    g_assert_cmpuint(queue->incidents, ==, 5);
    g_assert_cmpuint(queue->rows_in_all, ==, 4);
    g_assert_cmpstr(row(queue, 0)->id, ==, urgent);
    g_assert_cmpuint(row(queue, 0)->alike->len, ==, 2);
    g_assert_cmpstr(row(queue, 0)->alike->pdata[0], ==, urgent);
    g_assert_cmpstr(row(queue, 0)->alike->pdata[1], ==, first);
    g_assert_cmpuint(row(queue, 1)->alike->len, ==, 1);
}

static void test_what_is_more_than_two_weeks_apart_is_not_alike(Fixture *fixture,
                                                                gconstpointer unused)
{
    (void)unused;
    add(fixture->record, letter("Trip", SG_SEVERITY_LOW, NOON));
    add(fixture->record, letter("Trip", SG_SEVERITY_LOW, NOON + 14 * DAY));
    add(fixture->record, letter("Club", SG_SEVERITY_LOW, NOON));
    add(fixture->record, letter("Club", SG_SEVERITY_LOW, NOON + 14 * DAY + 1));
    g_autoptr(SgQueue) queue = asked(fixture, (SgQueueFilter){.grouped = TRUE});
    g_autofree char *found = subjects(queue);

    g_assert_cmpstr(found, ==, "Club, Trip, Club");
    g_assert_cmpuint(row(queue, 0)->alike->len, ==, 1);
    g_assert_cmpuint(row(queue, 1)->alike->len, ==, 2);
}

static void test_without_a_subject_only_the_same_message_is_alike(Fixture *fixture,
                                                                  gconstpointer unused)
{
    static const char *const digests[] = {"aa", "aa", "bb", NULL, NULL};

    (void)unused;
    for (guint i = 0; i < G_N_ELEMENTS(digests); i++) {
        SgIncident *incident = letter("", SG_SEVERITY_LOW, NOON + i);
        incident->digest = g_strdup(digests[i]);
        add(fixture->record, incident);
    }
    add(fixture->record, letter("12", SG_SEVERITY_LOW, NOON));
    add(fixture->record, letter("13", SG_SEVERITY_LOW, NOON));
    g_autoptr(SgQueue) queue = asked(fixture, (SgQueueFilter){.grouped = TRUE});
    g_assert_cmpuint(queue->incidents, ==, 7);
    g_assert_cmpuint(queue->rows_in_all, ==, 6);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/queue/quotes", test_a_filter_s_quotes_are_only_text);
    add_test("/queue/search", test_a_search_wants_every_word_in_subject_or_excerpts);
    add_test("/queue/search-many", test_a_search_finds_one_among_many);
    add_test("/queue/search-counts", test_counts_are_of_what_was_found);
    add_test("/queue/alike", test_near_duplicates_are_one_row_that_names_them_all);
    add_test("/queue/alike-time", test_what_is_more_than_two_weeks_apart_is_not_alike);
    add_test("/queue/alike-nothing", test_without_a_subject_only_the_same_message_is_alike);
    return g_test_run();
}
