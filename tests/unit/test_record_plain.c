/* test_record_plain.c - the queue finds by indexes and tables what the plain way finds by looking
 * at every incident: tried with many filters, as by chance but the same every time */
#include "../../milter/record/queue_internal.h"
#include "queue_builders.h"

#include <string.h>

#define INCIDENTS 250
#define FILTERS   600

#define TEN  "abcdefghij"
#define LONG TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* Several ways to write the same few people, and others who nearly are. */
static const char *const names[] = {
    "a.khan@kingsmead.example",
    "A.Khan@Kingsmead.Example",
    "a.khan+club@kingsmead.example",
    "\"a.khan\"@kingsmead.example",
    "b.khan@kingsmead.example",
    "a.khan@kingsmead.example.",
    "t.ash@kingsmead.example",
    "T.ASH@kingsmead.example",
    "\xc3\x89lan@kingsmead.example",
    "\xc3\xa9lan@kingsmead.example",
    "\"a..khan\"@kingsmead.example",
    "a..khan@kingsmead.example",
    "<a.khan@kingsmead.example>",
    "al\xe9n@kingsmead.example",
    "",
    "A.KHAN+Club@kingsmead.example",
    "a.khan@",
    "a.khan",
    "A.Khan",
    "@a.khan@kingsmead.example",
    "a.khan@kingsmead.example@t.example",
    "a.khan.@kingsmead.example",
    "a.khan@kingsmead..example",
    "a.khan@.kingsmead.example",
    "o'brien@kingsmead.example",
    "O'Brien@kingsmead.example",
    "a.khan@kingsmead.example..",
    " a.khan@kingsmead.example",
    "a-b_c@kingsmead-school.example",
    "A-B_C@Kingsmead-School.Example",
    "bounces+1-a.khan=kingsmead.example@lists.example",
    "khan@a.khan",
    "_a.khan@kingsmead.example",
    "_A.khan@kingsmead.example",
    "-a.khan",
    LONG "@kingsmead.example",
    LONG LONG LONG LONG LONG LONG,
    LONG LONG LONG LONG LONG LONG "@kingsmead.example",
};
static const char *const logins[] = {"khan",
                                     "KHAN",
                                     "t.ash",
                                     "ash",
                                     "a khan",
                                     "A Khan",
                                     "\xc3\x89lan",
                                     "\xc3\xa9lan",
                                     "khan@a",
                                     "o'brien",
                                     "a.khan.",
                                     "a..khan",
                                     "a.khan+x",
                                     LONG LONG LONG LONG LONG LONG,
                                     "a.khan@kingsmead.example",
                                     ""};
static const char *const texts[] = {"Caf\xc3\xa9 on Friday",    "CAFE",
                                    "don\xe2\x80\x99t tell",    "Re: trip",
                                    "bad \xff bytes of Whitby", ""};
static const char *const words[] = {"cafe", "friday", "don't", "WHITBY trip", "  ", "a"};
static const char *const clauses[] = {"1.2", "1.3", "2.2"};
static const char *const rules[] = {"contact", "secret", "gift"};

typedef struct Chance {
    guint32 state;
} Chance;

static guint draw(Chance *chance, guint of)
{
    chance->state = chance->state * 1664525U + 1013904223U;
    return (chance->state >> 8) % of;
}

#define ONE_OF(chance, list) ((list)[draw(chance, G_N_ELEMENTS(list))])

static SgIncident *any_incident(Chance *chance)
{
    static const SgState states[] = {SG_STATE_REFUSED, SG_STATE_PASSED, SG_STATE_HELD};
    SgIncident *incident =
        letter(ONE_OF(chance, texts), (SgSeverity)draw(chance, 4), NOON + draw(chance, 50));
    guint findings = draw(chance, 3);

    incident->state = ONE_OF(chance, states);
    replace(&incident->sender, ONE_OF(chance, names));
    replace(&incident->sender_role, draw(chance, 2) ? "staff" : "student");
    incident->login = draw(chance, 2) ? g_strdup(ONE_OF(chance, logins)) : NULL;
    for (guint i = draw(chance, 3); i > 0; i--)
        add_recipient(incident, ONE_OF(chance, names), SG_ACTION_PASS);
    sg_incident_add_copy(incident, ONE_OF(chance, names));
    for (guint i = 0; i < findings; i++) {
        SgFinding *finding = add_finding(incident, ONE_OF(chance, rules));

        replace(&finding->clause, ONE_OF(chance, clauses));
        finding->severity = (SgSeverity)draw(chance, 4);
        finding->enforced = draw(chance, 2) ? SG_ACTION_LOG : SG_ACTION_REJECT;
        add_signal(finding, "signal", 1, draw(chance, 3) ? ONE_OF(chance, texts) : NULL);
    }
    return incident;
}

static SgQueueFilter any_filter(Chance *chance)
{
    SgQueueFilter filter = {.states = draw(chance, 2) ? STATE(HELD) : 0};

    filter.severities = draw(chance, 4) ? 0 : 1 + draw(chance, 15);
    filter.clause = draw(chance, 4) ? NULL : ONE_OF(chance, clauses);
    filter.rule = draw(chance, 4) ? NULL : ONE_OF(chance, rules);
    filter.sender_role = draw(chance, 4) ? NULL : "staff";
    filter.address = draw(chance, 3) ? NULL : ONE_OF(chance, names);
    filter.words = draw(chance, 2) ? NULL : ONE_OF(chance, words);
    filter.since = draw(chance, 2) ? 0 : NOON + draw(chance, 50);
    filter.until = draw(chance, 2) ? 0 : NOON + draw(chance, 50);
    return filter;
}

static gboolean has_clause(const SgIncident *incident, const char *clause)
{
    for (guint i = 0; i < incident->findings->len; i++)
        if (g_strcmp0(((const SgFinding *)incident->findings->pdata[i])->clause, clause) == 0)
            return TRUE;
    return FALSE;
}

static gboolean has_rule(const SgIncident *incident, const char *rule)
{
    for (guint i = 0; i < incident->findings->len; i++)
        if (g_strcmp0(((const SgFinding *)incident->findings->pdata[i])->rule, rule) == 0)
            return TRUE;
    return FALSE;
}

static gboolean has_severity(const SgIncident *incident, guint severities)
{
    guint highest[2] = {0}, n[2] = {0}; /* of what only logs, and of what was enforced */

    for (guint i = 0; i < incident->findings->len; i++) {
        const SgFinding *finding = incident->findings->pdata[i];
        guint which = finding->enforced > SG_ACTION_LOG;

        highest[which] = MAX(highest[which], (guint)finding->severity);
        n[which]++;
    }
    return n[0] + n[1] > 0 && severities & (1U << highest[n[1] > 0]);
}

static gboolean has_address(const SgIncident *incident, const char *address)
{
    g_autoptr(SgReviewer) somebody = sg_reviewer_new("", SG_REVIEWER_OFFICER);

    sg_reviewer_add_address(somebody, address);
    return *address && sg_incident_concerns(incident, somebody);
}

static gboolean stands_in(const char *text, const char *word)
{
    g_autoptr(GString) folded = g_string_new(NULL);

    return text && strstr(sg_search_fold(folded, text), word);
}

static gboolean has_word(const SgIncident *incident, const char *word)
{
    if (stands_in(incident->subject, word))
        return TRUE;
    for (guint i = 0; i < incident->findings->len; i++) {
        const GPtrArray *signals = ((const SgFinding *)incident->findings->pdata[i])->signals;

        for (guint j = 0; j < signals->len; j++)
            if (stands_in(((const SgSignalHit *)signals->pdata[j])->excerpt, word))
                return TRUE;
    }
    return FALSE;
}

static gboolean has_words(const SgIncident *incident, const char *text)
{
    g_autoptr(GString) folded = g_string_new(NULL);
    g_auto(GStrv) each = g_strsplit(sg_search_fold(folded, text), " ", -1);

    for (char **word = each; *word; word++)
        if (**word && !has_word(incident, *word))
            return FALSE;
    return TRUE;
}

static gboolean is_in_scope(const SgIncident *incident, const SgQueueFilter *filter)
{
    return (filter->states == 0 || filter->states & (1U << incident->state)) &&
           incident->at >= filter->since && (filter->until == 0 || incident->at < filter->until);
}

static gboolean passes(const SgIncident *incident, const SgQueueFilter *filter)
{
    return (filter->severities == 0 || has_severity(incident, filter->severities)) &&
           (!filter->clause || has_clause(incident, filter->clause)) &&
           (!filter->rule || has_rule(incident, filter->rule)) &&
           (!filter->sender_role || g_str_equal(incident->sender_role, filter->sender_role)) &&
           (!filter->address || has_address(incident, filter->address)) &&
           (!filter->words || has_words(incident, filter->words));
}

/* Ids of what passes, newest first, and how much is left out. `all` is newest first. */
static char *plainly(const GPtrArray *all, const SgQueueFilter *filter, const SgReviewer *by)
{
    GString *ids = g_string_new(NULL);
    guint left_out = 0;

    for (guint i = 0; i < all->len; i++) {
        const SgIncident *incident = all->pdata[i];

        if (!is_in_scope(incident, filter))
            continue;
        if (sg_incident_concerns(incident, by))
            left_out++;
        else if (passes(incident, filter))
            g_string_append_printf(ids, "%s ", incident->id);
    }
    g_string_append_printf(ids, "without %u", left_out);
    return g_string_free(ids, FALSE);
}

static char *by_queue(Fixture *fixture, const SgQueueFilter *filter, const SgReviewer *by)
{
    g_autoptr(SgQueue) queue = asked_by(fixture, *filter, by);
    GString *ids = g_string_new(NULL);

    for (guint i = 0; i < queue->rows->len; i++)
        g_string_append_printf(ids, "%s ", row(queue, i)->id);
    g_string_append_printf(ids, "without %u", queue->left_out);
    return g_string_free(ids, FALSE);
}

static char *clauses_of(guint incidents, const GPtrArray *counts)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u:", incidents);
    for (guint i = 0; i < counts->len; i++) {
        const SgClauseCount *count = counts->pdata[i];

        g_string_append_printf(text, " %s %s %s %u", count->policy, count->clause, count->title,
                               count->incidents);
    }
    return g_string_free(text, FALSE);
}

static void assert_any_clause(Fixture *fixture, SgQueueFilter filter, const SgReviewer *by)
{
    g_autoptr(SgQueue) queue = asked_by(fixture, filter, by);

    if (!filter.clause) {
        g_assert_null(queue->any_clause);
        return;
    }
    filter.clause = NULL;
    g_autoptr(SgQueue) without = asked_by(fixture, filter, by);
    g_autofree char *wanted = clauses_of(without->incidents, without->by_clause);
    g_autofree char *got = clauses_of(queue->of_any_clause, queue->any_clause);
    g_assert_cmpstr(got, ==, wanted);
}

/* Whole, newest first. */
static GPtrArray *all_of(SgRecord *record)
{
    g_autoptr(GPtrArray) light = listed(record, (SgIncidentFilter){.state = -1});
    GPtrArray *whole = g_ptr_array_new_with_free_func((GDestroyNotify)sg_incident_free);

    for (guint i = 0; i < light->len; i++)
        g_ptr_array_add(whole, loaded(record, ((const SgIncident *)light->pdata[i])->id));
    return whole;
}

static SgReviewer *any_reviewer(Chance *chance)
{
    SgReviewer *by = sg_reviewer_new("khan", SG_REVIEWER_OFFICER);

    for (guint i = draw(chance, 3); i > 0; i--)
        sg_reviewer_add_address(by, ONE_OF(chance, names));
    if (draw(chance, 2))
        sg_reviewer_add_login(by, ONE_OF(chance, logins));
    return by;
}

static void test_the_queue_is_what_the_plain_way_finds(Fixture *fixture, gconstpointer unused)
{
    Chance chance = {7};
    guint found = 0, left_out = 0;

    (void)unused;
    for (guint i = 0; i < INCIDENTS; i++)
        add(fixture->record, any_incident(&chance));
    g_autoptr(GPtrArray) all = all_of(fixture->record);
    for (guint i = 0; i < FILTERS; i++) {
        SgQueueFilter filter = any_filter(&chance);
        g_autoptr(SgReviewer) by = any_reviewer(&chance);
        g_autofree char *wanted = plainly(all, &filter, by);
        g_autofree char *got = by_queue(fixture, &filter, by);

        g_assert_cmpstr(got, ==, wanted);
        assert_any_clause(fixture, filter, by);
        found += *got != 'w';
        left_out += !g_str_has_suffix(got, "without 0");
    }
    g_assert_cmpuint(found, >, FILTERS / 4); /* the comparison was of something */
    g_assert_cmpuint(left_out, >, FILTERS / 4);
}

/* Whatever findings have, and whatever is not stored in the end. */
static void test_what_lists_ask_of_a_finding_is_what_it_has(Fixture *fixture, gconstpointer unused)
{
    static const char *const titles[] = {"A rule", "a rule", "\xc3\x89lan", "bad \xff bytes"};
    sqlite3 *db = database_in(fixture->folder);
    Chance chance = {11};
    gint64 all = 0;

    (void)unused;
    for (guint i = 0; i < INCIDENTS; i++) {
        SgIncident *incident = any_incident(&chance);

        for (guint j = 0; j < incident->findings->len; j++) {
            SgFinding *finding = incident->findings->pdata[j];

            finding->mode = draw(&chance, 2) ? SG_MODE_OBSERVE : SG_MODE_ENFORCE;
            replace(&finding->title, draw(&chance, 4) ? ONE_OF(&chance, titles) : NULL);
            replace(&finding->clause_title, draw(&chance, 4) ? ONE_OF(&chance, titles) : NULL);
            replace(&finding->policy, draw(&chance, 2) ? "media" : NULL);
            replace(&finding->override_reason, draw(&chance, 4) ? NULL : ONE_OF(&chance, texts));
            finding->enforced = draw(&chance, 50) ? finding->enforced : (SgAction)99;
        }
        sg_record_add(fixture->record, incident, "KM", NULL);
        sg_incident_free(incident);
    }
    all = ask(db, "SELECT count(*) FROM finding");
    g_assert_cmpint(all, >, INCIDENTS);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM incident"), <, INCIDENTS);
    g_assert_cmpint(ask(db, NOT_AS_THEIR_GIST), ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM (SELECT DISTINCT rule, title, policy, clause,"
                            " clause_title, severity, mode, enforced, overridden FROM gist)"),
                    ==, ask(db, "SELECT count(*) FROM gist"));
    sqlite3_close(db);
}

/* What a letter becomes does not depend on those beside it, nor on where in a text it stands. */
static void test_a_text_is_folded_as_its_letters_are(void)
{
    static const char *const letters[] = {"A",
                                          "z",
                                          "Z",
                                          "@",
                                          "[",
                                          "`",
                                          "{",
                                          "\xc3\x89",
                                          "\xc3\x9f",
                                          "\xd0\x9f",
                                          "\xe2\x80\x99",
                                          "\xcc\x81",
                                          "\xef\xac\x81",
                                          " "};
    Chance chance = {3};
    g_autoptr(GString) folded = g_string_new(NULL);

    for (guint i = 0; i < 2000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GString) wanted = g_string_new(NULL);
        gboolean ascii = draw(&chance, 2);

        for (guint n = draw(&chance, 40); n > 0; n--) {
            const char *letter = letters[draw(&chance, ascii ? 7 : G_N_ELEMENTS(letters))];

            g_string_append(text, letter);
            g_string_append(wanted, sg_search_fold(folded, letter));
        }
        g_assert_cmpstr(sg_search_fold(folded, text->str), ==, wanted->str);
    }
    g_assert_cmpstr(sg_search_fold(folded, "AZ@[`{az\x7f 09 AZ@[`{"), ==, "az@[`{az\x7f 09 az@[`{");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/queue/plain", test_the_queue_is_what_the_plain_way_finds);
    add_test("/queue/gists", test_what_lists_ask_of_a_finding_is_what_it_has);
    g_test_add_func("/queue/fold", test_a_text_is_folded_as_its_letters_are);
    return g_test_run();
}
