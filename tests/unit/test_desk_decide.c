/* test_desk_decide.c - the verbs by which held mail is decided about, and what they say */
#include "desk_office.h"

static void test_each_verb_does_what_it_says(Office *office, gconstpointer unused)
{
    static const struct {
        const char *verb, *says;
        SgState state;
    } cases[] = {
        {"release", "%s: on its way to 2 recipients\n", SG_STATE_RELEASING},
        {"return", "%s: on its way back to its sender (copy for 2 recipients)\n",
         SG_STATE_RETURNING},
        {"not-a-breach", "%s: no breach: on its way to 2 recipients\n", SG_STATE_RELEASING},
        {"note", "%s: noted\n", SG_STATE_HELD},
        {"escalate", "%s: the head decides now\n", SG_STATE_HELD},
    };
    (void)unused;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *id = hold(office);
        g_autofree char *words = g_strconcat(cases[i].verb, " %s --reason fine", NULL);

        assert_says(office, words, id, cases[i].says);
        g_assert_cmpint(state_of(office, id), ==, cases[i].state);
    }
}

static void test_what_can_be_undone_says_until_when(Office *office, gconstpointer unused)
{
    static const struct {
        const char *verb;
        SgState state;
    } cases[] = {{"release --undoable", SG_STATE_RELEASING},
                 {"return --undoable", SG_STATE_RETURNING},
                 {"not-a-breach --undoable", SG_STATE_RELEASING},
                 {"discard", SG_STATE_DISCARDED},
                 {"keep", SG_STATE_KEPT}};
    (void)unused;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *id = hold(office);
        g_autofree char *words = g_strconcat(cases[i].verb, " %s --reason fine", NULL);
        g_autofree char *text = said(office, EX_OK, words, id);

        g_assert_true(
            g_regex_match_simple("; can be undone until [0-2]\\d:[0-5]\\d\n$", text, 0, 0));
        g_assert_cmpint(state_of(office, id), ==, cases[i].state);
        assert_says(office, "undo %s --reason slip", id,
                    "%s: taken back (copy for 2 recipients)\n");
        g_assert_cmpint(state_of(office, id), ==, SG_STATE_HELD);
    }
}

static void test_only_the_copies_asked_for(Office *office, gconstpointer unused)
{
    g_autofree char *id = hold(office);
    (void)unused;

    assert_fails(office, EX_DATAERR, "release %s --reason fine --to " KIM " --to no@home.example",
                 id);
    assert_says(office, "release %s --reason fine --to " PARENT, id,
                "%s: on its way to 1 recipient\n");
    g_autofree char *text = said(office, EX_OK, "show %s", id);
    support_assert_contains(text, KIM " (external): held\n");
    support_assert_contains(text, PARENT " (external): held, on its way\n");
    assert_fails(office, EX_DATAERR, "release %s --reason fine --to " PARENT, id);
}

static void test_of_several_each_is_tried_and_the_worst_is_told(Office *office,
                                                                gconstpointer unused)
{
    g_autofree char *first = hold(office), *last = hold(office);
    g_autofree char *words =
        g_strdup_printf("discard %s KM-0000-0 %s --reason enough", first, last);
    (void)unused;

    g_free(said(office, EX_NOINPUT, words, ""));
    g_assert_cmpint(state_of(office, first), ==, SG_STATE_DISCARDED);
    g_assert_cmpint(state_of(office, last), ==, SG_STATE_DISCARDED);
}

static void test_a_legal_hold_is_begun_and_ended(Office *office, gconstpointer unused)
{
    g_autofree char *id = hold(office);
    (void)unused;

    g_free(said(office, EX_OK, "legal-hold %s --reason court", id));
    g_autofree char *held = said(office, EX_OK, "show --json %s", id);
    support_assert_contains(held, "\"legal_hold\":true");
    g_free(said(office, EX_OK, "legal-hold %s --end --reason over", id));
    g_autofree char *ended = said(office, EX_OK, "show --json %s", id);
    support_assert_contains(ended, "\"legal_hold\":false");
    g_free(said(office, EX_OK, "keep %s --reason proof", id));
    g_free(said(office, EX_OK, "reopen %s --reason doubt", id));
    g_assert_cmpint(state_of(office, id), ==, SG_STATE_HELD);
}

static void test_words_that_make_no_sense_change_nothing(Office *office, gconstpointer unused)
{
    static const char *const words[] = {"release %s",
                                        "release --reason fine",
                                        "release %s --reason=",
                                        ("note %s --reason fine --to " KIM),
                                        "keep %s --reason fine --undoable",
                                        "keep %s --reason fine --end"};
    g_autofree char *id = hold(office);
    (void)unused;

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        assert_fails(office, EX_USAGE, words[i], id);
    assert_fails(office, EX_NOINPUT, "note KM-0000-0 --reason fine", id);
    g_autoptr(SgIncident) incident = sg_record_load(office->record, id, NULL);
    g_assert_cmpuint(incident->decisions->len, ==, 0);
}

static void test_show_tells_all_that_was_decided(Office *office, gconstpointer unused)
{
    g_autofree char *id = hold(office);
    (void)unused;

    g_free(said(office, EX_OK, "discard %s --reason slip", id));
    g_free(said(office, EX_OK, "undo %s --reason wrong", id));
    g_free(said(office, EX_OK, "keep %s --reason breach --to " KIM, id));
    g_free(said(office, EX_OK, "release %s --reason fine --undoable", id));
    g_free(said(office, EX_OK, "escalate %s --reason urgent", id));
    g_autofree char *text = said(office, EX_OK, "show %s", id);
    support_assert_contains(text, ", undone: slip\n");
    support_assert_contains(text, KIM " (external): kept as a breach\n");
    support_assert_contains(text, "found        a breach\n");
    support_assert_contains(text, "escalated    the head decides\n");
    support_assert_contains(text, "notice       release: waiting\n");
    support_assert_contains(text, "notice       alert to head@kingsmead.example: waiting\n");

    g_autofree char *json = said(office, EX_OK, "show --json %s", id);
    support_assert_contains(json, "\"copies\":[{\"address\":\"" KIM "\",\"state\":\"kept\"},"
                                  "{\"address\":\"" PARENT "\",\"state\":\"releasing\"}]");
    support_assert_contains(json, "\"reason\":\"breach\",\"recipients\":[\"" KIM "\"],"
                                  "\"proposed\":false,\"waits\":false,\"undone\":false}");
    support_assert_contains(json, "\"judged\":\"breach\",\"escalated\":true,\"legal_hold\":false");
}

static void test_lists_narrow_down_to_any_state(Office *office, gconstpointer unused)
{
    g_autofree char *kept = hold(office), *still = hold(office);
    (void)unused;

    g_free(said(office, EX_OK, "keep %s --reason breach", kept));
    g_autofree char *list = said(office, EX_OK, "incidents --state kept", "");
    support_assert_contains(list, kept);
    g_assert_null(strstr(list, still));
    assert_fails(office, EX_USAGE, "incidents --state nowhere", "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name, more)                                                                        \
    g_test_add("/desk/" #name, Office, more, open_office, test_##name, close_office)
    PROMISE(each_verb_does_what_it_says, NULL);
    PROMISE(what_can_be_undone_says_until_when, NULL);
    PROMISE(only_the_copies_asked_for, NULL);
    PROMISE(of_several_each_is_tried_and_the_worst_is_told, NULL);
    PROMISE(a_legal_hold_is_begun_and_ended, NULL);
    PROMISE(words_that_make_no_sense_change_nothing, NULL);
    PROMISE(show_tells_all_that_was_decided, NULL);
    PROMISE(lists_narrow_down_to_any_state, NULL);
    return g_test_run();
}
