/* test_console_rules.c - the pages of the rules, and of trying a message on them */
#include "console_builders.h"
#include "schoolgate/exemption.h"

#define POLICY                                                                                     \
    "role staff\n    domain kingsmead.example\n"                                                   \
    "role student\n    domain students.kingsmead.example\n"                                        \
    "policy social-media\n    version June 2020\n    title Social Networking\n"                    \
    "    clause 1.2 Networks\n    clause 2.6 Letters\n"                                            \
    "    clause 3.1 Training\n    not-by-mail 3.1 It is about lessons.\n"                          \
    "rule chain-letter\n    clause 2.6\n    title Chain letter\n    from staff\n"                  \
    "    signal 3 asks /pass it on/\n    signal 3 luck /bad luck/\n    need 6 points from 2 "      \
    "signals\n"                                                                                    \
    "    action reject\n    explain It looks like a chain letter.\n"                               \
    "    remedy Say it in your own words.\n"                                                       \
    "    hit Pass it on, or bad luck will come.\n    miss Pass.\n"                                 \
    "rule jokes\n    clause 2.6\n    title <script>alert(1)</script>\n    mode observe\n"          \
    "    from staff\n    match /joke/\n    action notify sender\n    explain A joke.\n"            \
    "    hit a joke\n    miss a jest\n"

static void demote(Office *office)
{
    sqlite3 *db = database_in(office->on.folder);

    execute(db, "INSERT INTO demotion (rule, state, since, holds, released)"
                " VALUES ('chain-letter', 'demoted', 1592827200, 10, 9)");
    sqlite3_close(db);
}

static void exempt_teacher(Office *office)
{
    SgExempting order = {
        .what = {.rule = (char *)"chain-letter", .value = (char *)TEACHER, .until = NOON + 60},
        .reason = "the choir",
        .by = sg_config_reviewer(office->console.config, "khan"),
        .at = NOON,
        .policy = office->console.config->policy};
    SgExempted made;

    g_assert_true(sg_record_exempt(office->on.record, &order, &made, NULL));
}

/* Rules ------------------------------------------------------------------------------------------
 */

static void test_every_clause_is_there_with_its_rules(Office *office, gconstpointer u)
{
    g_auto(Answer) page = got(office, "khan", "/rules");
    (void)u;

    assert_shows(&page, "2.6 Letters");
    assert_shows(&page, "Chain letter");
    assert_shows(&page, "Such mail is refused, and the sender is told why.");
    assert_shows(&page, "only observes");
    assert_shows(&page, "No rule looks after this clause.");
    assert_shows(&page, "No rule, because mail cannot touch this clause: It is about lessons.");
    assert_shows(&page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_hides(&page, "<script>alert");
}

static void test_search_narrows_the_list(Office *office, gconstpointer u)
{
    g_auto(Answer) found = got(office, "post", "/rules?q=CHAIN%20refused");
    g_auto(Answer) none = got(office, "post", "/rules?q=%22%3E%3Cscript%3E");
    g_auto(Answer) observing = got(office, "post", "/rules?show=observing");
    (void)u;

    assert_shows(&found, "Chain letter");
    assert_shows(&found, "1 of 2 rules.");
    assert_hides(&found, "1.2 Networks");
    assert_shows(&none, "0 of 2 rules.");
    assert_shows(&none, "value=\"&quot;&gt;&lt;script&gt;\"");
    assert_shows(&observing, "1 of 2 rules.");
    assert_hides(&observing, "Chain letter");
}

static void test_what_a_rule_has_done_is_counted(Office *office, gconstpointer u)
{
    SgIncident *incident = refused("Hello");
    ((SgFinding *)incident->findings->pdata[0])->action = SG_ACTION_REJECT;
    ((SgFinding *)incident->findings->pdata[0])->enforced = SG_ACTION_REJECT;
    g_autofree char *id = added(office->on.record, incident);
    (void)u;

    demote(office);
    exempt_teacher(office);
    g_auto(Answer) page = got(office, "khan", "/rules");
    assert_shows(&page, "<strong>1</strong> seen");
    assert_shows(&page, "<strong>1</strong> refused");
    assert_shows(&page, "set aside: it was wrong too often");
    assert_shows(&page, "1 exemption");
    office->now += 91 * (gint64)24 * 60 * 60;
    g_auto(Answer) later = got(office, "khan", "/rules");
    assert_hides(&later, "<strong>1</strong> seen");
}

static void test_one_rule_is_told_in_plain_words(Office *office, gconstpointer u)
{
    g_autofree char *id = added(office->on.record, refused("Secret subject"));
    (void)u;

    demote(office);
    exempt_teacher(office);
    g_auto(Answer) page = got(office, "khan", "/rules/chain-letter");
    assert_shows(&page, "<li><span>it is sent by staff</span></li>");
    assert_shows(&page, "It acts from 6 points, out of at least 2 signs.");
    assert_shows(&page, "<span class=\"points\">+3</span> <span class=\"sentence\">its text has "
                        "/bad luck/</span>");
    assert_shows(&page, "<dt>Where it looks</dt><dd>subject, body</dd>");
    assert_hides(&page, "A message is meant when");
    assert_shows(&page, "It looks like a chain letter.");
    assert_shows(&page, "Say it in your own words.");
    assert_shows(&page, "Pass it on, or bad luck will come.");
    assert_shows(&page, "9 of the last 10 messages that it held were let go");
    assert_shows(&page, "Some mail is exempt from this rule.");
    assert_shows(&page, "/exemptions?rule=chain-letter");
    assert_shows(&page, "/?rule=chain-letter");
    assert_shows(&page, id);
    assert_shows(&page, "from a member of staff");
    assert_hides(&page, "Secret subject");
    assert_hides(&page, TEACHER);
}

static void test_there_is_no_page_of_a_rule_that_is_not_there(Office *office, gconstpointer u)
{
    g_auto(Answer) page = got(office, "khan", "/rules/%3Cscript%3E");
    (void)u;

    g_assert_cmpuint(page.status, ==, 404);
    assert_hides(&page, "<script>");
}

static void test_auditors_see_no_rules_and_try_nothing(Office *office, gconstpointer u)
{
    static const char *const paths[] = {"/rules", "/rules/chain-letter", "/try"};
    (void)u;

    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_auto(Answer) page = got(office, "books", paths[i]);
        g_assert_cmpuint(page.status, ==, 403);
    }
    g_autoptr(SgExchange) exchange = begun(office, "books", SG_WEB_POST, "/try");
    g_auto(Answer) tried = answered(exchange);
    g_assert_cmpuint(tried.status, ==, 403);
}

/* Trying -----------------------------------------------------------------------------------------
 */

#define LETTER "Pass it on, or bad luck will come."

static void test_a_text_is_judged_as_the_gate_would(Office *office, gconstpointer u)
{
    g_auto(Answer) page = posted(office, "khan", "/try", "scene", "0", "text",
                                 "\r\nLines\r\n" LETTER, "subject", "Hello", NULL);
    (void)u;

    assert_shows(&page, "It would be refused. Nobody would receive it");
    assert_shows(&page, "<mark>Pass it on</mark>");
    assert_shows(&page, "It looks like a chain letter.");
    assert_shows(&page, "-TEST");
    assert_shows(&page, "Nothing of this has been stored or sent.");
    assert_shows(&page, ">\n\nLines\n" LETTER "</textarea>");
    assert_shows(&page, "value=\"Hello\"");
}

static void test_who_writes_to_whom_decides(Office *office, gconstpointer u)
{
    g_auto(Answer) by_student = posted(office, "khan", "/try", "scene", "5", "text", LETTER, NULL);
    g_auto(Answer) by_address = posted(office, "khan", "/try", "scene", "8", "text", LETTER, "from",
                                       TEACHER, "to", "<" PUPIL ">; x@y.example", NULL);
    (void)u;

    assert_shows(&by_student, "It would be delivered. No rule finds anything in it.");
    assert_shows(&by_student, "What kept it from applying:");
    assert_shows(&by_address, "It would be refused.");
    assert_shows(&by_address, "value=\"&lt;" PUPIL "&gt;; x@y.example\"");
}

static void test_a_rule_that_came_near_is_named(Office *office, gconstpointer u)
{
    g_auto(Answer) page = posted(office, "khan", "/try", "text", "Pass it on", NULL);
    (void)u;

    assert_shows(&page, "It would be delivered. No rule finds anything in it.");
    assert_shows(&page, "3 of 6 points, from 1 of 2 signs.");
}

static void test_what_is_demoted_or_exempt_now_counts(Office *office, gconstpointer u)
{
    (void)u;
    exempt_teacher(office);
    g_auto(Answer) exempt = posted(office, "khan", "/try", "scene", "8", "text", LETTER, "from",
                                   TEACHER, "to", PUPIL, NULL);
    assert_shows(&exempt, "It would be delivered. No rule finds anything in it.");
    demote(office);
    g_auto(Answer) demoted = posted(office, "khan", "/try", "scene", "0", "text", LETTER, NULL);
    assert_shows(&demoted, "It would be delivered, and put on record.");
    assert_shows(&demoted, "the rule is set aside at present");
}

static void test_a_file_is_judged_by_its_own_headers(Office *office, gconstpointer u)
{
    static const char mail[] =
        "From: " TEACHER "\r\nTo: " PUPIL "\r\nSubject: x\r\n\r\n" LETTER "\r\n";
    g_autoptr(SgExchange) exchange = begun(office, "post", SG_WEB_POST, "/try");
    (void)u;

    sg_exchange_field(exchange, "csrf", exchange->access.csrf);
    sg_exchange_field(exchange, "scene", "5");
    sg_exchange_bytes(exchange, mail, strlen(mail));
    g_auto(Answer) page = answered(exchange);
    assert_shows(&page, "It would be refused.");
}

static void test_hostile_text_is_inert_and_makes_no_header(Office *office, gconstpointer u)
{
    g_auto(Answer) page =
        posted(office, "khan", "/try", "scene", "8", "text",
               "</textarea><script>alert(1)</script> pass it on, bad luck \xe2\x80\xae", "subject",
               "x\r\nFrom: " PUPIL "\r\n\r\n\"'><b>", "from", TEACHER, "to", PUPIL, NULL);
    (void)u;

    assert_shows(&page, "It would be refused.");
    assert_hides(&page, "<script>alert");
    assert_hides(&page, "<b>");
    assert_hides(&page, "\xe2\x80\xae");
}

static void test_what_is_missing_is_said(Office *office, gconstpointer u)
{
    static const struct {
        const char *scene, *text, *at, *says;
    } cases[] = {
        {"8", "Hello", NULL, "give an address in both From and To"},
        {"0", NULL, NULL, "There is nothing to try yet"},
        {"0", "Hello", "soon", "That is no time"},
    };
    (void)u;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Answer) page = posted(office, "khan", "/try", "scene", cases[i].scene, "at",
                                     cases[i].at ? cases[i].at : "", "text",
                                     cases[i].text ? cases[i].text : "", NULL);
        g_assert_cmpuint(page.status, ==, 422);
        support_assert_contains(page.body, cases[i].says);
    }
}

static void test_trying_leaves_nothing_behind(Office *office, gconstpointer u)
{
    sqlite3 *db = database_in(office->on.folder);
    (void)u;

    g_auto(Answer) page = posted(office, "khan", "/try", "scene", "0", "text", LETTER, NULL);
    assert_shows(&page, "It would be refused.");
    g_assert_cmpint(ask(db, "SELECT count(*) FROM incident"), ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM outbox"), ==, 0);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit"), ==, 0);
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
#define PROMISE(name) add_page_test("/console/rules/" #name, POLICY, test_##name)
    PROMISE(every_clause_is_there_with_its_rules);
    PROMISE(search_narrows_the_list);
    PROMISE(what_a_rule_has_done_is_counted);
    PROMISE(one_rule_is_told_in_plain_words);
    PROMISE(there_is_no_page_of_a_rule_that_is_not_there);
    PROMISE(auditors_see_no_rules_and_try_nothing);
    PROMISE(a_text_is_judged_as_the_gate_would);
    PROMISE(who_writes_to_whom_decides);
    PROMISE(a_rule_that_came_near_is_named);
    PROMISE(what_is_demoted_or_exempt_now_counts);
    PROMISE(a_file_is_judged_by_its_own_headers);
    PROMISE(hostile_text_is_inert_and_makes_no_header);
    PROMISE(what_is_missing_is_said);
    PROMISE(trying_leaves_nothing_behind);
    return g_test_run();
}
