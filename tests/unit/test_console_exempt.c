/* test_console_exempt.c - the pages on which mail is exempt from a rule, and on which that is seen
 * and ended */
#include "console_builders.h"
#include "schoolgate/exemption.h"

#define POLICY                                                                                     \
    "role staff\n    domain kingsmead.example\n"                                                   \
    "role student\n    domain students.kingsmead.example\n"                                        \
    "group newsletter\n    address office@kingsmead.example\n"                                     \
    "policy social-media\n    version June 2020\n    clause 2.6 Letters\n"                         \
    "rule chain-letter\n    clause 2.6\n    title Chain letter\n    from staff\n"                  \
    "    match /pass it on/\n    action reject\n    explain It looks like one.\n"                  \
    "    hit Pass it on.\n    miss Pass.\n"                                                        \
    "rule grooming\n    clause 2.6\n    title A secret\n    severity critical\n    from staff\n"   \
    "    match /our secret/\n    action quarantine\n    hit our secret\n    miss a secret\n"

#define TWO POLICY "review\n    critical-needs two\n"

static char *page_of(const char *id)
{
    return g_strdup_printf("/incident/%s/exempt", id);
}

static SgIncident *by_rule(const char *rule)
{
    SgIncident *incident = refused("Hello");
    SgFinding *finding = incident->findings->pdata[0];

    g_free(finding->rule);
    finding->rule = g_strdup(rule);
    return incident;
}

static guint standing(Office *office)
{
    g_autoptr(GPtrArray) all =
        sg_record_exemptions(office->on.record, SG_EXEMPTIONS_STANDING, office->now, NULL);

    return all->len;
}

static gint64 on_trail(Office *office, const char *action)
{
    sqlite3 *db = database_in(office->on.folder);
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM audit WHERE action = '%s'", action);
    gint64 n = ask(db, sql);

    sqlite3_close(db);
    return n;
}

/* `who` exempts the sender from a rule on account of the incident, with `step` pressed. */
static Answer pressed(Office *office, const char *who, const char *id, const char *rule,
                      const char *step)
{
    g_autofree char *page = page_of(id);

    return posted(office, who, page, "rule", rule, "what", "sender", "end", "month", "reason",
                  "the choir's tour", "step", step, NULL);
}

static void test_the_form_shows_what_can_be_exempt(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_autofree char *url = page_of(id);
    g_auto(Answer) page = got(office, "khan", url);
    (void)u;

    assert_shows(&page, "Chain letter");
    assert_shows(&page, "mail from a member of staff");
    assert_shows(&page, "newsletter");
    assert_hides(&page, TEACHER);
    assert_hides(&page, "end of term");
    g_assert_cmpint(on_trail(office, "view"), ==, 1);
}

static void test_names_are_shown_when_asked_for(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_autofree char *url = page_of(id), *named = g_strconcat(url, "?names=1", NULL);
    g_auto(Answer) page = got(office, "khan", named);
    g_auto(Answer) sentence =
        posted(office, "khan", url, "rule", "chain-letter", "what", "sender", "end", "month",
               "reason", "x", "names", "1", "step", "look", NULL);
    (void)u;

    assert_shows(&page, "mail from " TEACHER " (a member of staff)");
    assert_shows(&sentence, TEACHER);
    g_assert_cmpint(on_trail(office, "reveal-names"), ==, 2);
}

static void test_a_sentence_says_what_will_happen_before_it_does(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_auto(Answer) page = pressed(office, "khan", id, "chain-letter", "look");
    (void)u;

    assert_shows(&page, "From now on, mail from a member of staff is no longer checked by the rule "
                        "“Chain letter”, until Wed 22 Jul 2020 is over.");
    assert_shows(&page, "the choir&#39;s tour");
    g_assert_cmpuint(standing(office), ==, 0);
    g_auto(Answer) change = pressed(office, "khan", id, "chain-letter", "change");
    assert_shows(&change, "value=\"the choir&#39;s tour\"");
    g_assert_cmpuint(standing(office), ==, 0);
}

static void test_confirmed_it_stands(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_auto(Answer) done = pressed(office, "khan", id, "chain-letter", "do");
    (void)u;

    g_assert_cmpuint(done.status, ==, 303);
    g_assert_cmpstr(done.location, ==, "/exemptions?done=exempt");
    g_assert_cmpuint(standing(office), ==, 1);
    g_auto(Answer) list = got(office, "khan", done.location);
    assert_shows(&list, "It holds within a second or two.");
    assert_shows(&list, "mail from a member of staff");
    assert_shows(&list, "Wed 22 Jul 2020");
    assert_shows(&list, "the choir&#39;s tour");
    assert_shows(&list, id);
    g_auto(Answer) again = pressed(office, "khan", id, "chain-letter", "do");
    g_assert_cmpuint(again.status, ==, 422);
    support_assert_contains(again.body, "says so already");
}

static void test_what_is_missing_is_said(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_autofree char *url = page_of(id);
    static const struct {
        const char *rule, *what, *words, *end, *day, *reason, *says;
    } cases[] = {
        {"", "sender", "", "month", "", "x", "Choose from which rule."},
        {"chain-letter", "phrase", "", "month", "", "x", "Say what is exempt"},
        {"chain-letter", "phrase", "luck", "month", "", "x", "at least 8"},
        {"chain-letter", "sender", "", "", "", "x", "Say until when."},
        {"chain-letter", "sender", "", "day", "soon", "x", "Say until when."},
        {"chain-letter", "sender", "", "month", "", "", "Say why."},
        {"chain-leter", "sender", "", "month", "", "x", "did you mean &#39;chain-letter&#39;?"},
    };
    (void)u;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Answer) page =
            posted(office, "khan", url, "rule", cases[i].rule, "what", cases[i].what, "words",
                   cases[i].words, "end", cases[i].end, "day", cases[i].day, "reason",
                   cases[i].reason, "step", "look", NULL);
        g_assert_cmpuint(page.status, ==, 422);
        support_assert_contains(page.body, cases[i].says);
    }
    g_auto(Answer) far =
        posted(office, "khan", url, "rule", "chain-letter", "what", "sender", "end", "day", "day",
               "2022-01-01", "reason", "x", "step", "do", NULL);
    g_assert_cmpuint(far.status, ==, 422);
    support_assert_contains(far.body, "a year at most");
    g_assert_cmpuint(standing(office), ==, 0);
}

static void test_a_year_is_within_what_there_can_be(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_autofree char *url = page_of(id);
    (void)u;

    office->now += 86399 - 43200; /* the last second of the day, in London 0:59 of the next */
    g_auto(Answer) done =
        posted(office, "khan", url, "rule", "chain-letter", "what", "group", "group", "newsletter",
               "end", "year", "reason", "x", "step", "do", NULL);
    g_assert_cmpuint(done.status, ==, 303);
}

static void test_the_sender_of_a_bounce_cannot_be_exempt(Office *office, gconstpointer u)
{
    SgIncident *incident = refused("Hello");

    g_free(incident->sender);
    incident->sender = g_strdup("");
    g_autofree char *id = added(office->on.record, incident);
    g_autofree char *url = page_of(id);
    g_auto(Answer) page = got(office, "khan", url);
    g_auto(Answer) done = pressed(office, "khan", id, "chain-letter", "do");
    (void)u;

    assert_hides(&page, "what-sender");
    g_assert_cmpuint(done.status, ==, 422);
    g_assert_cmpuint(standing(office), ==, 0);
}

static void test_hostile_texts_of_the_incident_are_inert(Office *office, gconstpointer u)
{
    SgIncident *incident = refused("<script>alert(1)</script>");
    SgFinding *finding = incident->findings->pdata[0];

    add_signal(finding, "<b>name", 3, "x\"><script>alert(2)</script>\xe2\x80\xae");
    g_autofree char *id = added(office->on.record, incident);
    g_autofree char *url = page_of(id);
    g_auto(Answer) page = got(office, "khan", url);
    (void)u;

    assert_shows(&page, "&lt;b&gt;name");
    assert_hides(&page, "<script>alert");
    assert_hides(&page, "\xe2\x80\xae");
}

static void test_nobody_exempts_on_account_of_their_own_mail(Office *office, gconstpointer u)
{
    SgIncident *incident = refused("Hello");

    g_free(incident->sender);
    incident->sender = g_strdup("a.khan@kingsmead.example");
    g_autofree char *id = added(office->on.record, incident);
    g_autofree char *url = page_of(id);
    g_auto(Answer) page = got(office, "khan", url);
    g_auto(Answer) done = pressed(office, "khan", id, "chain-letter", "do");
    (void)u;

    g_assert_cmpuint(page.status, ==, 403);
    g_assert_cmpuint(done.status, ==, 403);
    g_auto(Answer) other = pressed(office, "lowe", id, "chain-letter", "do");
    g_assert_cmpuint(other.status, ==, 303);
    g_auto(Answer) list = got(office, "khan", "/exemptions");
    assert_shows(&list, "this is your own mail");
}

/* What who may not send it gets, before anything of a form is read. */
static void assert_not_theirs(Office *office, const char *who, const char *url)
{
    g_autoptr(SgExchange) exchange = begun(office, who, SG_WEB_POST, url);
    g_auto(Answer) answer = answered(exchange);

    g_assert_cmpuint(answer.status, ==, 403);
}

static void test_only_deciders_exempt_and_end(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_autofree char *url = page_of(id);
    g_auto(Answer) form = got(office, "post", url);
    g_auto(Answer) list = got(office, "books", "/exemptions");
    (void)u;

    g_assert_cmpuint(form.status, ==, 403);
    assert_not_theirs(office, "post", url);
    assert_not_theirs(office, "post", "/exemptions/1/end");
    assert_not_theirs(office, "post", "/exemptions/1/agree");
    g_assert_cmpuint(list.status, ==, 403);
}

static void test_only_the_head_exempts_from_a_critical_rule(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, by_rule("grooming"));
    g_auto(Answer) officer = pressed(office, "khan", id, "grooming", "do");
    (void)u;

    g_assert_cmpuint(officer.status, ==, 422);
    support_assert_contains(officer.body, "only the head can exempt mail from it");
    assert_hides(&officer, "value=\"grooming\"");
    g_assert_cmpuint(standing(office), ==, 0);
    g_auto(Answer) head = pressed(office, "hill", id, "grooming", "do");
    g_assert_cmpuint(head.status, ==, 303);
    g_assert_cmpuint(standing(office), ==, 1);
}

static void test_where_two_are_needed_the_second_agrees(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, by_rule("grooming"));
    g_auto(Answer) sentence = pressed(office, "khan", id, "grooming", "look");
    g_auto(Answer) first = pressed(office, "khan", id, "grooming", "do");
    (void)u;

    assert_shows(&sentence, "nothing changes until a second person agrees");
    g_assert_cmpstr(first.location, ==, "/exemptions?done=proposed");
    g_assert_cmpuint(standing(office), ==, 0);
    g_auto(Answer) own = got(office, "khan", "/exemptions");
    assert_shows(&own, "waits for a second person");
    assert_hides(&own, "/exemptions/1/agree");
    g_auto(Answer) theirs = got(office, "hill", "/exemptions");
    assert_shows(&theirs, "/exemptions/1/agree");
    g_auto(Answer) self = posted(office, "khan", "/exemptions/1/agree", "reason", "x", NULL);
    g_assert_cmpuint(self.status, ==, 409);
    g_auto(Answer) other = posted(office, "lowe", "/exemptions/1/agree", "reason", "x", NULL);
    g_assert_cmpuint(other.status, ==, 403);
    g_assert_cmpuint(standing(office), ==, 0);
    g_auto(Answer) head = posted(office, "hill", "/exemptions/1/agree", "reason", "x", NULL);
    g_assert_cmpuint(head.status, ==, 303);
    g_assert_cmpuint(standing(office), ==, 1);
    g_auto(Answer) list = got(office, "hill", "/exemptions");
    assert_shows(&list, "khan and hill");
    g_auto(Answer) late = posted(office, "hill", "/exemptions/1/agree", "reason", "x", NULL);
    g_assert_cmpuint(late.status, ==, 404);
}

static void test_looking_is_on_the_trail_and_shows_the_postmaster_no_words(Office *office,
                                                                           gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_autofree char *url = page_of(id);
    g_auto(Answer) done =
        posted(office, "khan", url, "rule", "chain-letter", "what", "phrase", "words",
               "<b>the choir's tour", "end", "month", "reason", "<i>x", "step", "do", NULL);
    g_auto(Answer) ours = got(office, "khan", "/exemptions");
    g_auto(Answer) theirs = got(office, "post", "/exemptions?names=1");
    (void)u;

    g_assert_cmpuint(done.status, ==, 303);
    assert_shows(&ours, "choir");
    assert_hides(&ours, "<i>");
    assert_hides(&theirs, "choir");
    assert_hides(&theirs, "&lt;i&gt;x");
    assert_shows(&ours, "&lt;i&gt;x");
    assert_shows(&theirs, "mail with certain words");
    assert_hides(&theirs, "/exemptions/1/end");
    g_auto(Answer) ended = posted(office, "hill", "/exemptions/1/end", "reason", "no tour", NULL);
    g_auto(Answer) after = got(office, "post", "/exemptions?show=ended");
    g_assert_cmpuint(ended.status, ==, 303);
    assert_shows(&after, "by hill");
    assert_hides(&after, "no tour");
    g_assert_cmpint(on_trail(office, "exempt-list"), ==, 3);
    g_assert_cmpint(on_trail(office, "reveal-names"), ==, 1);
}

static void test_one_is_ended_with_a_reason(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_auto(Answer) done = pressed(office, "khan", id, "chain-letter", "do");
    g_auto(Answer) no_reason = posted(office, "hill", "/exemptions/1/end", "reason", " ", NULL);
    g_auto(Answer) ended = posted(office, "hill", "/exemptions/1/end", "reason", "over", NULL);
    g_auto(Answer) none = posted(office, "hill", "/exemptions/x/end", "reason", "over", NULL);
    (void)u;

    g_assert_cmpuint(no_reason.status, ==, 409);
    g_assert_cmpstr(ended.location, ==, "/exemptions?done=ended");
    g_assert_cmpuint(none.status, ==, 404);
    g_auto(Answer) now = got(office, "khan", "/exemptions");
    assert_shows(&now, "No mail is exempt from any rule.");
    g_auto(Answer) past = got(office, "khan", "/exemptions?show=ended");
    assert_shows(&past, "by hill, Mon 22 Jun 2020, 13:00: over");
}

static void test_what_ends_soon_is_marked(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Hello"));
    g_autofree char *url = page_of(id);
    g_auto(Answer) done =
        posted(office, "khan", url, "rule", "chain-letter", "what", "sender", "end", "day", "day",
               "2020-06-24", "reason", "x", "step", "do", NULL);
    g_auto(Answer) list = got(office, "khan", "/exemptions");
    g_auto(Answer) other = got(office, "khan", "/exemptions?rule=grooming");
    (void)u;

    g_assert_cmpuint(done.status, ==, 303);
    assert_shows(&list, "expires in 3 days");
    assert_hides(&other, "expires in 3 days");
    office->now += 3 * 86400;
    g_auto(Answer) past = got(office, "khan", "/exemptions?show=ended");
    assert_shows(&past, "its time is over");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
#define PROMISE(name) add_page_test("/console/exempt/" #name, POLICY, test_##name)
    PROMISE(the_form_shows_what_can_be_exempt);
    PROMISE(names_are_shown_when_asked_for);
    PROMISE(a_sentence_says_what_will_happen_before_it_does);
    PROMISE(confirmed_it_stands);
    PROMISE(what_is_missing_is_said);
    PROMISE(a_year_is_within_what_there_can_be);
    PROMISE(the_sender_of_a_bounce_cannot_be_exempt);
    PROMISE(hostile_texts_of_the_incident_are_inert);
    PROMISE(nobody_exempts_on_account_of_their_own_mail);
    PROMISE(only_deciders_exempt_and_end);
    PROMISE(only_the_head_exempts_from_a_critical_rule);
    PROMISE(looking_is_on_the_trail_and_shows_the_postmaster_no_words);
    PROMISE(one_is_ended_with_a_reason);
    PROMISE(what_ends_soon_is_marked);
    add_page_test("/console/exempt/where_two_are_needed_the_second_agrees", TWO,
                  test_where_two_are_needed_the_second_agrees);
    return g_test_run();
}
