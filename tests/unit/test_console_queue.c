/* test_console_queue.c - the page on which people land: what waits for them, and what it says */
#include "console_builders.h"
#include "schoolgate/audit.h"
#include "schoolgate/queue.h"

static void replace(char **text, const char *by)
{
    g_free(*text);
    *text = g_strdup(by);
}

/* Held by a rule of clause 1.2. */
static SgIncident *letter(const char *subject, SgSeverity severity, gint64 at)
{
    SgIncident *incident = held("x", 1);
    SgFinding *finding = incident->findings->pdata[0];

    replace(&incident->subject, subject);
    incident->at = at;
    finding->severity = severity;
    finding->enforced = SG_ACTION_QUARANTINE;
    finding->policy = g_strdup("social-media");
    finding->clause = g_strdup("1.2");
    finding->clause_title = g_strdup("Staff and students");
    finding->title = g_strdup("Private contact");
    return incident;
}

static void put(Office *office, const char *subject, SgSeverity severity, gint64 at)
{
    add(office->on.record, letter(subject, severity, at));
}

static guint times(const char *text, const char *needle)
{
    guint n = 0;

    for (const char *at = text; (at = strstr(at, needle)); at += strlen(needle))
        n++;
    return n;
}

static void test_what_waits_is_listed_the_most_urgent_first(Office *office, gconstpointer data)
{
    (void)data;
    put(office, "netball", SG_SEVERITY_LOW, NOON - 7200);
    put(office, "snapchat", SG_SEVERITY_CRITICAL, NOON - 3600);
    g_auto(Answer) page = got(office, "khan", "/");

    assert_shows(&page, "<h1>2 messages are waiting</h1>");
    assert_shows(&page, "<span class=\"chip chip-critical\">critical</span>");
    assert_shows(&page, "Clause 1.2 <span class=\"queue-clause-title\">Staff and students</span>");
    assert_shows(&page, ">1 h</time>");
    assert_shows(&page, "Made for khan (online safety officer) on Mon 22 Jun 2020, 13:00.");
    g_assert_true(strstr(page.body, "snapchat") < strstr(page.body, "netball"));
}

static void test_what_is_only_looked_for_is_not_said_to_be_all_that_waits(Office *office,
                                                                          gconstpointer data)
{
    (void)data;
    put(office, "netball", SG_SEVERITY_LOW, NOON - 7200);
    put(office, "snapchat", SG_SEVERITY_CRITICAL, NOON - 3600);
    g_auto(Answer) none = got(office, "khan", "/?words=zebra");
    g_auto(Answer) some = got(office, "khan", "/?words=netball");
    g_auto(Answer) each = got(office, "khan", "/?each=1");

    assert_shows(&none, "<h1>Nothing found</h1>");
    assert_shows(&some, "<h1>1 message found</h1>");
    assert_shows(&each, "<h1>2 messages are waiting</h1>");
}

static void test_each_leads_to_its_incident_in_one_sentence(Office *office, gconstpointer data)
{
    g_autofree char *id = added(office->on.record, letter("x", SG_SEVERITY_LOW, NOON));
    g_autofree char *link =
        g_strdup_printf("<a href=\"/incident/%s\" aria-describedby=\"subject-%s\">", id, id);

    (void)data;
    g_auto(Answer) page = got(office, "khan", "/");
    assert_shows(&page, link);
    assert_shows(&page, "A member of staff wrote to a student: private contact.</a></h2>");
}

static void test_nobody_is_named_until_somebody_asks(Office *office, gconstpointer data)
{
    (void)data;
    put(office, "x", SG_SEVERITY_LOW, NOON);
    g_auto(Answer) roles = got(office, "khan", "/");
    assert_hides(&roles, TEACHER);
    assert_hides(&roles, PUPIL);
    assert_shows(&roles, "href=\"/?names=1\"");

    g_auto(Answer) names = got(office, "khan", "/?names=1");
    assert_shows(&names, TEACHER);
    assert_shows(&names, PUPIL);
}

static void test_a_postmaster_sees_no_text_and_decides_nothing(Office *office, gconstpointer data)
{
    (void)data;
    put(office, "the secret subject", SG_SEVERITY_LOW, NOON);
    g_auto(Answer) page = got(office, "post", "/?words=secret");

    assert_shows(&page, "1 message is waiting");
    assert_hides(&page, "the secret subject");
    assert_hides(&page, "type=\"search\"");
    assert_hides(&page, "name=\"decision\"");
    assert_hides(&page, "name=\"id\"");
}

static void test_one_s_own_mail_is_left_out_and_counted(Office *office, gconstpointer data)
{
    SgIncident *own = letter("about myself", SG_SEVERITY_LOW, NOON);

    (void)data;
    replace(&own->sender, "a.khan@kingsmead.example");
    add(office->on.record, own);
    g_auto(Answer) mine = got(office, "khan", "/");
    assert_shows(&mine, "<h1>Nothing is waiting</h1>");
    assert_shows(&mine, "1 is left out");
    assert_hides(&mine, "about myself");
    g_auto(Answer) theirs = got(office, "lowe", "/");
    assert_shows(&theirs, "about myself");
}

static void test_what_came_by_mail_is_inert(Office *office, gconstpointer data)
{
    SgIncident *evil =
        letter("<script>alert('1')</script> \"\xe2\x80\xae x", SG_SEVERITY_LOW, NOON);
    SgFinding *finding = evil->findings->pdata[0];

    (void)data;
    replace(&evil->sender, "<b onload='x'>@kingsmead.example");
    replace(&finding->title, "<i>title</i>");
    replace(&finding->clause_title, "\"><u>");
    replace(&finding->policy, "a\"><s>");
    add(office->on.record, evil);
    g_auto(Answer) page = got(office, "khan", "/?names=1&rule=%22%3E%3Cscript%3E");
    assert_hides(&page, "<script>");
    g_auto(Answer) all = got(office, "khan", "/?names=1");
    assert_shows(&all, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &quot;\xef\xbf\xbd x");
    assert_shows(&all, "&lt;i&gt;title&lt;/i&gt;");
    assert_hides(&all, "<script>");
    assert_hides(&all, "<b onload");
    assert_hides(&all, "<u>");
    assert_hides(&all, "<s>");
}

static void test_what_is_alike_is_one_row_that_is_decided_whole(Office *office, gconstpointer data)
{
    g_autofree char *first = added(office->on.record, letter("Ann", SG_SEVERITY_LOW, NOON - 9));
    g_autofree char *second = added(office->on.record, letter("Re: Ann", SG_SEVERITY_LOW, NOON));
    g_autofree char *both = g_strdup_printf("value=\"%s %s\"", first, second);
    g_autofree char *alone = g_strdup_printf("value=\"%s\"", second);

    (void)data;
    g_auto(Answer) grouped = got(office, "khan", "/");
    assert_shows(&grouped, "<h1>2 messages are waiting</h1>");
    assert_shows(&grouped, "<summary>2 alike</summary>");
    assert_shows(&grouped, both);
    g_auto(Answer) each = got(office, "khan", "/?each=yes");
    assert_hides(&each, "2 alike");
    assert_shows(&each, alone);
}

static void test_filters_stay_in_every_address_of_the_page(Office *office, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 51; i++) {
        g_autofree char *subject = g_strdup_printf("%c%c", 'a' + i % 26, 'a' + i / 26);
        put(office, subject, SG_SEVERITY_HIGH, NOON - i);
    }
    g_auto(Answer) page = got(office, "khan", "/?severity=high&from=staff&age=day");

    assert_shows(&page, "Page 1 of 2");
    assert_shows(&page, "href=\"/?severity=high&amp;from=staff&amp;age=day&amp;page=2\"");
    assert_shows(&page, "href=\"/?clause=social-media%201.2&amp;severity=high&amp;from=staff&amp;"
                        "age=day\"");
    assert_shows(&page, "type=\"hidden\" name=\"severity\" value=\"high\"");
    assert_shows(&page, "<option value=\"high\" selected=\"\">");
    g_assert_cmpuint(times(page.body, "queue-headline"), ==, 50);
    g_auto(Answer) last = got(office, "khan", "/?severity=high&page=9");
    assert_shows(&last, "Page 2 of 2");
    g_assert_cmpuint(times(last.body, "queue-headline"), ==, 1);
}

static void test_a_clause_is_a_link_that_says_whether_it_is_chosen(Office *office,
                                                                   gconstpointer data)
{
    SgIncident *other = letter("other", SG_SEVERITY_LOW, NOON);
    SgFinding *finding = other->findings->pdata[0];

    (void)data;
    replace(&finding->clause, "2.6");
    add(office->on.record, other);
    put(office, "x", SG_SEVERITY_LOW, NOON);
    g_auto(Answer) page = got(office, "khan", "/?clause=social-media%202.6");
    assert_shows(&page, "<a href=\"/?clause=social-media%202.6\" aria-current=\"true\">");
    assert_shows(&page, "<a href=\"/?clause=social-media%201.2\">");
    assert_shows(&page, "<h1>1 message found</h1>");
}

static void test_states_are_counted_where_all_are_asked_for(Office *office, gconstpointer data)
{
    (void)data;
    put(office, "x", SG_SEVERITY_LOW, NOON);
    add(office->on.record, refused("gone"));
    g_auto(Answer) all = got(office, "khan", "/?state=all");
    assert_shows(&all, "aria-label=\"By what became of it\"");
    assert_shows(&all,
                 "<a href=\"/?state=refused\"><span class=\"queue-clause-name\">refused</span>"
                 " <span class=\"queue-count\">1</span></a>");
    g_auto(Answer) held_only = got(office, "khan", "/");
    assert_hides(&held_only, "By what became of it");
}

static void test_what_is_in_force_can_be_dropped_one_by_one(Office *office, gconstpointer data)
{
    (void)data;
    g_auto(Answer) page = got(office, "khan", "/?severity=high&words=cafe&mark=nonsense");
    assert_shows(&page, "<a href=\"/?severity=high\"><span class=\"visually-hidden\">Drop the "
                        "filter</span> Words: cafe ");
    assert_shows(&page, "</span> How serious: high or critical ");
    assert_hides(&page, "nonsense");
}

static void test_what_is_too_long_is_not_asked_for(Office *office, gconstpointer data)
{
    g_autofree char *words = g_strnfill(201, 'a');
    g_autofree char *url = g_strconcat("/?words=", words, NULL);

    (void)data;
    put(office, "x", SG_SEVERITY_LOW, NOON);
    g_auto(Answer) page = got(office, "khan", url);
    assert_shows(&page, "<h1>1 message is waiting</h1>");
    assert_hides(&page, words);
}

static void test_each_filter_finds_only_what_it_names(Office *office, gconstpointer data)
{
    static const struct {
        const char *query;
        gboolean finds;
    } cases[] = {
        {"state=held", TRUE},       {"state=refused", FALSE},     {"state=all", TRUE},
        {"severity=medium", TRUE},  {"severity=critical", FALSE}, {"rule=chain-letter", TRUE},
        {"rule=other", FALSE},      {"from=staff", TRUE},         {"from=student", FALSE},
        {"to=student", TRUE},       {"to=parent", FALSE},         {"age=day", FALSE},
        {"age=week", TRUE},         {"age=over-day", TRUE},       {"age=over-3-days", FALSE},
        {"mark=escalated", FALSE},  {"mark=not-escalated", TRUE}, {"mark=second", FALSE},
        {"mark=mine", FALSE},       {"mark=legal-hold", FALSE},   {"words=unterrichtsplan", FALSE},
        {"words=cafe+luck", FALSE}, {"words=cafe%20luck", TRUE},  {"state=nonsense", TRUE},
    };

    (void)data;
    put(office, "Caf\xc3\xa9", SG_SEVERITY_HIGH, NOON - (gint64)2 * 24 * 60 * 60);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *url = g_strconcat("/?", cases[i].query, NULL);
        g_auto(Answer) page = got(office, "khan", url);

        g_assert_cmpuint(page.status, ==, 200);
        if ((times(page.body, "queue-headline") > 0) != cases[i].finds)
            g_error("'%s' finds %s", cases[i].query, cases[i].finds ? "nothing" : "something");
    }
}

static void test_nothing_waiting_and_nothing_found_are_told_apart(Office *office,
                                                                  gconstpointer data)
{
    (void)data;
    add(office->on.record, refused("gone"));
    g_auto(Answer) quiet = got(office, "khan", "/");
    assert_shows(&quiet, "<h1>Nothing is waiting</h1>");
    assert_shows(&quiet, "The last one with anything to note was sent on");
    assert_hides(&quiet, "No message matches");
    g_auto(Answer) none = got(office, "khan", "/?severity=critical&state=all");
    assert_shows(&none, "No message matches what you asked for.");
    assert_shows(&none, "<a href=\"/\">Show everything that is waiting</a>");
    assert_hides(&none, "checked today");
}

static void test_a_quiet_day_says_how_much_was_checked(Office *office, gconstpointer data)
{
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO counter (day, name, n) VALUES (%" G_GINT64_FORMAT ", '%s', 3)",
                        NOON - NOON % (24 * 60 * 60), sg_count_names[SG_COUNT_JUDGED]);

    (void)data;
    g_auto(Answer) none = got(office, "khan", "/");
    assert_shows(&none, "No message has been checked yet today.");
    sqlite3 *db = database_in(office->on.folder);
    execute(db, sql);
    sqlite3_close(db);
    g_auto(Answer) some = got(office, "khan", "/");
    assert_shows(&some, "3 messages have been checked today.");
    assert_hides(&some, "No message has been checked");
}

static void test_nobody_is_reassured_while_no_mail_is_judged(Office *office, gconstpointer data)
{
    SgServices services = {0};

    (void)data;
    office->console.services = &services;
    g_auto(Answer) page = got(office, "khan", "/");
    assert_shows(&page, "Mail is not being checked at the moment.");
    assert_hides(&page, "checked today");
    services.of[SG_SERVICE_GATE].started = NOON;
    g_auto(Answer) better = got(office, "khan", "/");
    assert_hides(&better, "Mail is not being checked");
}

/* Audit ------------------------------------------------------------------------------------------
 */

static void count_entry(const SgAuditEntry *entry, gpointer data)
{
    GString *trail = data;

    g_string_append_printf(trail, "%s: %s\n", entry->action, entry->detail ? entry->detail : "");
}

static char *trail_of(Office *office)
{
    GString *trail = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    sg_audit_each(office->on.record, 0, count_entry, trail, &error);
    g_assert_no_error(error);
    return g_string_free(trail, FALSE);
}

static void test_looking_is_on_the_trail_and_counting_is_not(Office *office, gconstpointer data)
{
    (void)data;
    put(office, "x", SG_SEVERITY_CRITICAL, NOON);
    put(office, "y", SG_SEVERITY_LOW, NOON);
    g_auto(Answer) live = got(office, "khan", "/live");
    g_assert_cmpstr(live.body, ==, "{\"waiting\":2,\"urgent\":1}\n");
    g_autofree char *before = trail_of(office);
    g_assert_cmpstr(before, ==, "");

    g_auto(Answer) page = got(office, "khan", "/?words=x");
    g_autofree char *after = trail_of(office);
    g_assert_cmpstr(after, ==, "list: 1 listed, 0 left out; state held; words x\n");
    g_auto(Answer) names = got(office, "khan", "/?names=1");
    g_autofree char *named = trail_of(office);
    support_assert_contains(named, "reveal-names: 2 listed");
}

static void test_an_auditor_is_not_shown_the_queue(Office *office, gconstpointer data)
{
    (void)data;
    put(office, "x", SG_SEVERITY_LOW, NOON);
    g_auto(Answer) page = got(office, "books", "/");
    g_auto(Answer) live = got(office, "books", "/live");

    g_assert_cmpuint(page.status, !=, 200);
    assert_hides(&page, "queue-headline");
    g_assert_cmpuint(live.status, ==, 403);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_page_test("/queue/urgent", NULL, test_what_waits_is_listed_the_most_urgent_first);
    add_page_test("/queue/only-some", NULL,
                  test_what_is_only_looked_for_is_not_said_to_be_all_that_waits);
    add_page_test("/queue/headline", NULL, test_each_leads_to_its_incident_in_one_sentence);
    add_page_test("/queue/names", NULL, test_nobody_is_named_until_somebody_asks);
    add_page_test("/queue/postmaster", NULL, test_a_postmaster_sees_no_text_and_decides_nothing);
    add_page_test("/queue/own-mail", NULL, test_one_s_own_mail_is_left_out_and_counted);
    add_page_test("/queue/inert", NULL, test_what_came_by_mail_is_inert);
    add_page_test("/queue/alike", NULL, test_what_is_alike_is_one_row_that_is_decided_whole);
    add_page_test("/queue/filters-stay", NULL, test_filters_stay_in_every_address_of_the_page);
    add_page_test("/queue/clauses", NULL, test_a_clause_is_a_link_that_says_whether_it_is_chosen);
    add_page_test("/queue/states", NULL, test_states_are_counted_where_all_are_asked_for);
    add_page_test("/queue/in-force", NULL, test_what_is_in_force_can_be_dropped_one_by_one);
    add_page_test("/queue/too-long", NULL, test_what_is_too_long_is_not_asked_for);
    add_page_test("/queue/filters", NULL, test_each_filter_finds_only_what_it_names);
    add_page_test("/queue/quiet", NULL, test_nothing_waiting_and_nothing_found_are_told_apart);
    add_page_test("/queue/quiet-day", NULL, test_a_quiet_day_says_how_much_was_checked);
    add_page_test("/queue/not-judging", NULL, test_nobody_is_reassured_while_no_mail_is_judged);
    add_page_test("/queue/trail", NULL, test_looking_is_on_the_trail_and_counting_is_not);
    add_page_test("/queue/auditor", NULL, test_an_auditor_is_not_shown_the_queue);
    return g_test_run();
}
