/* test_console_incident.c - the page of one incident: what is told of it, to whom, and that nothing
 * which came by mail does anything there. */
#include "incident_builders.h"

static void test_it_says_what_happened_to_whom_and_why(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) page = looked(office, "khan", id, "");

    (void)unused;
    assert_shows(&page, "<h1>A member of staff wrote to a student");
    assert_shows(&page, "severity: high");
    assert_shows(&page, "1.2 Staff and students");
    assert_shows(&page, "<span class=\"who\">a student</span>: <strong>waiting</strong>");
    assert_shows(&page, "What speaks for it");
    assert_shows(&page, "What speaks against it");
    assert_shows(&page, "\xe2\x88\x92"
                        "1 point");
    assert_shows(&page, "Please <mark>add me</mark> on Snap");
}

static void test_signals_and_their_places_lead_to_each_other(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) page = looked(office, "khan", id, "");

    (void)unused;
    assert_shows(&page, "Please <mark>add  me<sup><a id=\"mark-1\" href=\"#signal-1\"");
    assert_shows(&page, "<li id=\"signal-1\"");
    assert_shows(&page, "href=\"#mark-1\"");
    assert_shows(&page, "<mark>our little secret<sup><a id=\"mark-2\"");
}

static void test_people_are_roles_until_names_are_asked_for(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, held_letter("Subject: x\r\n\r\nHello\r\n"));
    g_auto(Answer) roles = looked(office, "khan", id, "");
    g_autofree char *reveal = page_of(id, "/reveal"), *names_url = page_of(id, "?names=1");
    g_auto(Answer) asked = posted(office, "khan", reveal, NULL);

    (void)unused;
    assert_hides(&roles, PUPIL);
    assert_hides(&roles, TEACHER);
    g_assert_cmpuint(asked.status, ==, 303);
    g_assert_cmpstr(asked.location, ==, names_url);
    g_auto(Answer) names = got(office, "khan", names_url);
    assert_shows(&names, PUPIL);
    assert_shows(&names, TEACHER);
    g_assert_cmpint(asked_of(office, "SELECT count(*) FROM audit WHERE action = 'reveal-names'"),
                    ==, 2);
    g_assert_cmpint(asked_of(office, "SELECT count(*) FROM audit WHERE detail LIKE '%@%'"), ==, 0);
}

static void test_where_names_are_always_shown_nobody_asks_for_them(Office *office,
                                                                   gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());

    (void)unused;
    office->console.config->console.names_shown = TRUE;
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_shows(&page, PUPIL);
    assert_hides(&page, "Show names");
    g_assert_cmpint(asked_of(office, "SELECT count(*) FROM audit WHERE action = 'reveal-names'"),
                    ==, 0);
}

static void test_looking_is_on_the_trail_as_what_was_seen(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) one = looked(office, "khan", id, "");
    g_auto(Answer) other = looked(office, "post", id, "");

    (void)unused;
    g_assert_cmpuint(one.status + other.status, ==, 400);
    g_assert_cmpint(asked_of(office, "SELECT count(*) FROM audit WHERE action = 'view' AND actor = "
                                     "'khan' AND detail = 'message'"),
                    ==, 1);
    g_assert_cmpint(asked_of(office, "SELECT count(*) FROM audit WHERE action = 'view' AND actor = "
                                     "'post' AND detail = 'metadata'"),
                    ==, 1);
}

static void test_a_postmaster_sees_no_text(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    const SgDecision note = {
        SG_DECISION_NOTE,        NOON, sg_config_reviewer(office->console.config, "khan"),
        "they meet at the pier", NULL, FALSE};
    g_autoptr(GError) error = NULL;

    (void)unused;
    sg_record_decide(office->on.record, id, &note, &(SgReviewRules){.undo = 300}, NULL, &error);
    g_assert_no_error(error);
    g_auto(Answer) page = looked(office, "post", id, "");
    assert_shows(&page, "<strong>Add me</strong>");
    assert_hides(&page, SUBJECT);
    assert_hides(&page, "Snap");
    assert_hides(&page, "secret.");
    assert_hides(&page, "the pier");
    assert_hides(&page, "/decide");
    g_auto(Answer) headers = looked(office, "post", id, "/headers");
    g_assert_cmpuint(headers.status, ==, 403);
    g_auto(Answer) file = looked(office, "post", id, "/attachment/1");
    g_assert_cmpuint(file.status, ==, 403);
    g_auto(Answer) record = looked(office, "post", id, "/case");
    assert_hides(&record, "Snap");
}

static void test_an_auditor_sees_no_incident(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) page = looked(office, "books", id, "");

    (void)unused;
    g_assert_cmpuint(page.status, ==, 403);
    assert_hides(&page, "Private contact");
}

static void test_whom_it_concerns_learns_only_who_decides(Office *office, gconstpointer unused)
{
    SgIncident *incident = suspicious_letter();

    (void)unused;
    g_free(incident->sender);
    incident->sender = g_strdup("a.khan@kingsmead.example");
    g_autofree char *id = added(office->on.record, incident);
    g_auto(Answer) page = looked(office, "khan", id, "");
    g_auto(Answer) record = looked(office, "khan", id, "/case");
    g_auto(Answer) headers = looked(office, "khan", id, "/headers");
    g_assert_cmpuint(page.status, ==, 403);
    support_assert_contains(page.body, "The head decides");
    assert_hides(&page, "Snap");
    assert_hides(&page, "Private contact");
    g_assert_cmpuint(record.status, ==, 403);
    g_assert_cmpuint(headers.status, ==, 403);
}

static void test_what_is_not_there_is_not_found(Office *office, gconstpointer unused)
{
    g_auto(Answer) page = looked(office, "khan", "KM-XXXX-X", "");
    g_auto(Answer) nonsense = looked(office, "khan", "<script>", "");

    (void)unused;
    g_assert_cmpuint(page.status, ==, 404);
    g_assert_cmpuint(nonsense.status, ==, 404);
    assert_hides(&nonsense, "<script>x");
}

static void test_mail_that_was_not_kept_says_so(Office *office, gconstpointer unused)
{
    SgIncident *incident = refused("Good luck");

    (void)unused;
    see(finding_of(incident), "chain", 3, "body", "send this to ten friends", "ten friends");
    g_autofree char *id = added(office->on.record, incident);
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_shows(&page, "its text was never kept");
    assert_shows(&page, "send this to <mark>ten friends</mark>");
    assert_shows(&page, "Good luck");
    assert_hides(&page, "href=\"#mark-");
}

static void test_what_others_found_and_observed_stands_below(Office *office, gconstpointer unused)
{
    SgIncident *incident = suspicious_letter();
    SgFinding *finding = add_finding(incident, "tried-out");

    (void)unused;
    finding->title = g_strdup("Working time");
    finding->mode = SG_MODE_OBSERVE;
    finding->enforced = SG_ACTION_LOG;
    g_autofree char *id = added(office->on.record, incident);
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_shows(&page, "Also seen:");
    assert_shows(&page, "<h3>Working time</h3>");
    assert_shows(&page, "being tried out");
}

/* Long ones ---------------------------------------------------------------------------------------
 */

static void test_a_long_text_is_cut_and_the_rest_can_be_had(Office *office, gconstpointer unused)
{
    GString *message = g_string_new("Subject: x\r\n\r\n");

    (void)unused;
    for (guint i = 0; i < 3000; i++)
        g_string_append(message, "Blah blah blah.\r\n");
    g_string_append(message, "THE VERY END\r\n");
    g_autofree char *id = added(office->on.record, held_letter(message->str));
    g_string_free(message, TRUE);
    g_auto(Answer) brief = looked(office, "khan", id, "");
    assert_hides(&brief, "THE VERY END");
    assert_shows(&brief, "Only the first 16.0");
    assert_shows(&brief, "?whole=1");
    g_auto(Answer) whole = looked(office, "khan", id, "?whole=1");
    assert_shows(&whole, "THE VERY END");
}

static void test_thousands_of_signals_do_not_flood_the_page(Office *office, gconstpointer unused)
{
    SgIncident *incident = held_letter(MESSAGE);

    (void)unused;
    for (guint i = 0; i < 10000; i++)
        see(finding_of(incident), "add-me", 1, "body", "Please add me on Snap", "add me");
    g_autofree char *id = added(office->on.record, incident);
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_shows(&page, "and 9960 more things of this kind");
    g_assert_cmpuint(strlen(page.body), <, 200 * 1024);
}

static void test_of_hundreds_of_recipients_those_who_wait_are_seen(Office *office,
                                                                   gconstpointer unused)
{
    SgIncident *incident = suspicious_letter();

    (void)unused;
    for (guint i = 0; i < 300; i++) {
        g_autofree char *address = g_strdup_printf("s%u@students.kingsmead.example", i);
        add_recipient(incident, address, SG_ACTION_LOG);
    }
    add_recipient(incident, "last@students.kingsmead.example", SG_ACTION_QUARANTINE);
    sg_incident_add_copy(incident, "last@students.kingsmead.example");
    g_autofree char *id = added(office->on.record, incident);
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_shows(&page, "and 300 more");
    assert_shows(&page, "student 301");
    assert_in_order(&page, "<span class=\"who\">student 302</span>: <strong>waiting</strong>",
                    "and 300 more");
}

/* For paper ---------------------------------------------------------------------------------------
 */

static void test_a_case_file_has_all_and_nothing_to_press(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) page = looked(office, "khan", id, "/case");

    (void)unused;
    assert_shows(&page, "Made by khan (online safety officer) on Mon 22 Jun 2020, 13:00");
    assert_shows(&page, "Private contact");
    assert_shows(&page, "What the sender wrote");
    assert_shows(&page, "Decisions and notes");
    assert_hides(&page, "/decide");
    assert_hides(&page, "/reveal");
    assert_hides(&page, PUPIL "<");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    add_page_test("/console/incident/told", NULL, test_it_says_what_happened_to_whom_and_why);
    add_page_test("/console/incident/marks", NULL,
                  test_signals_and_their_places_lead_to_each_other);
    add_page_test("/console/incident/names", NULL, test_people_are_roles_until_names_are_asked_for);
    add_page_test("/console/incident/names-always", NULL,
                  test_where_names_are_always_shown_nobody_asks_for_them);
    add_page_test("/console/incident/trail", NULL, test_looking_is_on_the_trail_as_what_was_seen);
    add_page_test("/console/incident/postmaster", NULL, test_a_postmaster_sees_no_text);
    add_page_test("/console/incident/auditor", NULL, test_an_auditor_sees_no_incident);
    add_page_test("/console/incident/own", NULL, test_whom_it_concerns_learns_only_who_decides);
    add_page_test("/console/incident/absent", NULL, test_what_is_not_there_is_not_found);
    add_page_test("/console/incident/not-kept", NULL, test_mail_that_was_not_kept_says_so);
    add_page_test("/console/incident/also", NULL, test_what_others_found_and_observed_stands_below);
    add_page_test("/console/incident/long", NULL, test_a_long_text_is_cut_and_the_rest_can_be_had);
    add_page_test("/console/incident/signals", NULL,
                  test_thousands_of_signals_do_not_flood_the_page);
    add_page_test("/console/incident/recipients", NULL,
                  test_of_hundreds_of_recipients_those_who_wait_are_seen);
    add_page_test("/console/incident/case", NULL, test_a_case_file_has_all_and_nothing_to_press);
    return g_test_run();
}
