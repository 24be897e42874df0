/* test_console_decide.c - deciding on the page of an incident: two taps, a reason on record, and a
 * way back. */
#include "incident_builders.h"

static Answer decided(Office *office, const char *who, const char *id, const char *kind,
                      const char *name, const char *value)
{
    g_autofree char *url = page_of(id, "/decide");

    return posted(office, who, url, "kind", kind, name, value, NULL);
}

static void assert_leads_to(const Answer *answer, const char *id, const char *query)
{
    g_autofree char *url = page_of(id, query);

    if (answer->status != 303)
        g_error("%u: %s", answer->status, answer->body);
    g_assert_cmpstr(answer->location, ==, url);
}

static char *reason_of(Office *office, const char *id)
{
    g_autoptr(SgIncident) incident = loaded(office->on.record, id);

    g_assert_cmpuint(incident->decisions->len, >, 0);
    return g_strdup(((SgTaken *)incident->decisions->pdata[incident->decisions->len - 1])->reason);
}

static guint decisions_on(Office *office, const char *id)
{
    g_autoptr(SgIncident) incident = loaded(office->on.record, id);

    return incident->decisions->len;
}

static void test_a_reason_of_ours_releases_it_and_can_be_undone(Office *office,
                                                                gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) answer = decided(office, "khan", id, "release", "quick", "0");
    g_autofree char *reason = reason_of(office, id);

    (void)unused;
    assert_leads_to(&answer, id, "?done=release");
    g_assert_cmpint(state_of(office, id, 0), ==, SG_STATE_RELEASING);
    g_assert_cmpstr(reason, ==, "I know about it, and it is fine to send");
    g_auto(Answer) page = looked(office, "khan", id, "?done=release");
    assert_shows(&page, "Release, decided by khan. The message leaves at 13:05.");
    assert_shows(&page, "Nothing else is waiting");
    g_auto(Answer) undone = decided(office, "khan", id, "undo", "quick", "0");
    assert_leads_to(&undone, id, "?done=undo");
    g_auto(Answer) after = looked(office, "khan", id, "?done=undo");
    assert_shows(&after, "Taken back");
    assert_hides(&after, "leaves at");
    g_assert_cmpint(state_of(office, id, 0), ==, SG_STATE_HELD);
}

static void test_undo_is_offered_only_while_there_is_time(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) answer = decided(office, "khan", id, "keep", "quick", "0");

    (void)unused;
    assert_leads_to(&answer, id, "?done=keep");
    g_auto(Answer) at_once = looked(office, "khan", id, "?done=keep");
    assert_shows(&at_once, "role=\"status\" tabindex=\"-1\" autofocus");
    g_auto(Answer) again = looked(office, "khan", id, "");
    assert_hides(&again, "autofocus");
    office->now += 301;
    g_auto(Answer) page = looked(office, "khan", id, "?done=keep");
    assert_hides(&page, "you can undo that");
    g_auto(Answer) late = decided(office, "khan", id, "undo", "quick", "0");
    g_assert_cmpuint(late.status, ==, 409);
    support_assert_contains(late.body, "That is not possible any more");
}

static void test_own_words_are_a_reason(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) answer =
        decided(office, "khan", id, "keep", "reason", " <b>He did it again</b> ");
    g_autofree char *reason = reason_of(office, id);

    (void)unused;
    assert_leads_to(&answer, id, "?done=keep");
    g_assert_cmpstr(reason, ==, "<b>He did it again</b>");
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_shows(&page, "&lt;b&gt;He did it again");
}

static void test_without_a_reason_nothing_is_decided(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_autofree char *long_reason = g_strnfill(2001, 'x');
    g_auto(Answer) none = decided(office, "khan", id, "release", "reason", "   ");
    g_auto(Answer) no_such = decided(office, "khan", id, "release", "quick", "3");
    g_auto(Answer) too_long = decided(office, "khan", id, "release", "reason", long_reason);

    (void)unused;
    assert_leads_to(&none, id, "?trouble=reason&kind=release");
    assert_leads_to(&no_such, id, "?trouble=reason&kind=release");
    assert_leads_to(&too_long, id, "?trouble=long&kind=release");
    g_assert_cmpuint(decisions_on(office, id), ==, 0);
    g_auto(Answer) page = looked(office, "khan", id, "?trouble=reason&kind=release");
    assert_shows(&page, "id=\"trouble\" role=\"alert\" tabindex=\"-1\" autofocus");
    assert_shows(&page, "a reason is needed");
    assert_shows(&page, "id=\"release\" open");
    assert_shows(&page, "aria-invalid=\"true\" aria-describedby=\"trouble\"");
    assert_hides(&page, "id=\"keep\" open");
}

static void test_what_makes_no_sense_is_refused(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) kind = decided(office, "khan", id, "explode", "quick", "0");
    g_auto(Answer) same = decided(office, "khan", id, "release", "same", "1");
    g_auto(Answer) lost = decided(office, "khan", "KM-XXXX-X", "release", "quick", "0");

    (void)unused;
    g_assert_cmpuint(kind.status, ==, 400);
    g_assert_cmpuint(same.status, ==, 400);
    g_assert_cmpuint(lost.status, ==, 404);
    g_assert_cmpuint(decisions_on(office, id), ==, 0);
}

/* Copies ------------------------------------------------------------------------------------------
 */

static void test_some_copies_can_be_chosen(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, letter_for_two());
    g_autofree char *url = page_of(id, "/decide");
    g_auto(Answer) page = looked(office, "khan", id, "");
    g_auto(Answer) answer = posted(office, "khan", url, "kind", "release", "some", "1", "copy", "1",
                                   "quick", "0", NULL);

    (void)unused;
    assert_shows(&page, "Whose copies?");
    assert_hides(&page, PARENT);
    assert_leads_to(&answer, id, "?done=release");
    g_assert_cmpint(state_of(office, id, 0), ==, SG_STATE_HELD);
    g_assert_cmpint(state_of(office, id, 1), ==, SG_STATE_RELEASING);
}

static void test_no_copy_is_not_all_copies(Office *office, gconstpointer unused)
{
    static const char *const copies[] = {"", "2", "-1", "1x", "99999999999999999999"};
    g_autofree char *id = added(office->on.record, letter_for_two());
    g_autofree char *url = page_of(id, "/decide");

    (void)unused;
    for (gsize i = 0; i < G_N_ELEMENTS(copies); i++) {
        g_auto(Answer) answer = posted(office, "khan", url, "kind", "release", "some", "1", "copy",
                                       copies[i], "quick", "0", NULL);
        assert_leads_to(&answer, id, "?trouble=copies&kind=release");
    }
    g_assert_cmpuint(decisions_on(office, id), ==, 0);
}

static void test_one_copy_is_no_choice(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) page = looked(office, "khan", id, "");

    (void)unused;
    assert_hides(&page, "Whose copies?");
}

/* Who --------------------------------------------------------------------------------------------
 */

static void test_nobody_else_decides(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) postmaster = decided(office, "post", id, "release", "quick", "0");
    g_auto(Answer) auditor = decided(office, "books", id, "release", "quick", "0");

    (void)unused;
    g_assert_cmpuint(postmaster.status, ==, 403);
    g_assert_cmpuint(auditor.status, ==, 403);
    g_assert_cmpint(state_of(office, id, 0), ==, SG_STATE_HELD);
}

static void test_nobody_decides_what_concerns_themself(Office *office, gconstpointer unused)
{
    SgIncident *incident = suspicious_letter();

    (void)unused;
    g_free(incident->sender);
    incident->sender = g_strdup("a.khan@kingsmead.example");
    g_autofree char *id = added(office->on.record, incident);
    g_auto(Answer) answer = decided(office, "khan", id, "release", "quick", "0");
    g_assert_cmpuint(answer.status, ==, 403);
    support_assert_contains(answer.body, "The head decides");
    g_assert_cmpint(state_of(office, id, 0), ==, SG_STATE_HELD);
}

static void test_what_is_escalated_is_the_heads(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) answer = decided(office, "khan", id, "escalate", "quick", "0");

    (void)unused;
    assert_leads_to(&answer, id, "?done=escalate");
    g_auto(Answer) officer = looked(office, "khan", id, "?done=escalate");
    assert_shows(&officer, "The head is told.");
    assert_hides(&officer, "you can undo that"); /* the alert leaves at once */
    assert_shows(&officer, "passed to the head, who decides");
    assert_hides(&officer, "value=\"release\"");
    g_auto(Answer) head = looked(office, "hill", id, "");
    assert_shows(&head, "value=\"release\"");
    g_auto(Answer) refused_one = decided(office, "khan", id, "release", "quick", "0");
    g_assert_cmpuint(refused_one.status, ==, 403);
}

static void test_critical_mail_waits_for_a_second_person(Office *office, gconstpointer unused)
{
    SgIncident *incident = letter_for_two();

    (void)unused;
    finding_of(incident)->severity = SG_SEVERITY_CRITICAL;
    g_autofree char *id = added(office->on.record, incident);
    g_autofree char *url = page_of(id, "/decide");
    g_auto(Answer) before = looked(office, "khan", id, "");
    assert_shows(&before, "takes two people");
    g_auto(Answer) first =
        posted(office, "khan", url, "kind", "return", "some", "1", "copy", "0", "quick", "0", NULL);
    assert_leads_to(&first, id, "?done=return");
    g_assert_cmpint(state_of(office, id, 0), ==, SG_STATE_HELD);
    g_auto(Answer) own = looked(office, "khan", id, "?done=return");
    assert_shows(&own, "nothing happens until a second person decides the same");
    assert_hides(&own, "I decide the same");
    g_auto(Answer) other = looked(office, "lowe", id, "");
    assert_shows(&other, "khan has decided: Return with a note");
    assert_shows(&other, "I decide the same");
    g_auto(Answer) second = posted(office, "lowe", url, "same", "1", NULL);
    assert_leads_to(&second, id, "?done=return");
    g_assert_cmpint(state_of(office, id, 0), ==, SG_STATE_RETURNING);
    g_assert_cmpint(state_of(office, id, 1), ==, SG_STATE_HELD);
    /* The sender gets to read what the first one wrote to them. */
    g_autofree char *reason = reason_of(office, id);
    g_assert_cmpstr(reason, ==, "Please use the student's school address for this.");
}

/* What is offered --------------------------------------------------------------------------------
 */

static void test_the_page_says_which_reasons_the_sender_reads(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) page = looked(office, "khan", id, "");
    const char *back = strstr(page.body, "value=\"return\"");

    (void)unused;
    g_assert_nonnull(back);
    support_assert_contains(strstr(back, "Choose a"), "Choose a note. The sender reads it");
    assert_shows(&page, "the sender does not read it");
}

static void test_what_cannot_be_returned_is_not_offered_to_be(Office *office, gconstpointer unused)
{
    SgIncident *incident = suspicious_letter();

    (void)unused;
    g_clear_pointer(&incident->return_to, g_free);
    g_autofree char *id = added(office->on.record, incident);
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_hides(&page, "value=\"return\"");
    assert_shows(&page, "It cannot be returned");
}

static void test_what_is_settled_can_be_opened_again_or_kept_from_deletion(Office *office,
                                                                           gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) kept = decided(office, "khan", id, "keep", "quick", "0");

    (void)unused;
    assert_leads_to(&kept, id, "?done=keep");
    office->now += 1000;
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_shows(&page, "found to be a breach");
    assert_shows(&page, "value=\"reopen\"");
    assert_hides(&page, "value=\"release\"");
    g_auto(Answer) hold = decided(office, "khan", id, "legal-hold", "quick", "1");
    assert_leads_to(&hold, id, "?done=legal-hold");
    g_auto(Answer) under = looked(office, "khan", id, "");
    assert_shows(&under, "value=\"end-legal-hold\"");
    assert_hides(&under, "value=\"legal-hold\"");
    g_auto(Answer) open = decided(office, "khan", id, "reopen", "quick", "0");
    assert_leads_to(&open, id, "?done=reopen");
    g_assert_cmpint(state_of(office, id, 0), ==, SG_STATE_HELD);
}

static void test_the_next_one_is_the_most_urgent_that_waits(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    SgIncident *urgent = suspicious_letter();

    (void)unused;
    finding_of(urgent)->severity = SG_SEVERITY_CRITICAL;
    urgent->at += 60;
    g_free(added(office->on.record, suspicious_letter()));
    g_autofree char *next = added(office->on.record, urgent);
    g_autofree char *link =
        g_strdup_printf("href=\"/incident/%s\" class=\"btn btn-primary\"", next);
    g_auto(Answer) answer = decided(office, "khan", id, "discard", "quick", "0");
    assert_leads_to(&answer, id, "?done=discard");
    g_auto(Answer) page = looked(office, "khan", id, "?done=discard");
    assert_shows(&page, link);
    assert_shows(&page, "Next waiting");
}

static void test_no_text_of_the_address_is_shown(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, suspicious_letter());
    g_auto(Answer) page = looked(office, "khan", id, "?done=Wickedness&trouble=Wickedness");
    g_auto(Answer) lie = looked(office, "khan", id, "?done=release");

    (void)unused;
    assert_shows(&page, "Decide");
    assert_hides(&page, "Wickedness");
    assert_hides(&lie, "leaves at"); /* nobody has decided so */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    add_page_test("/console/decide/release", NULL,
                  test_a_reason_of_ours_releases_it_and_can_be_undone);
    add_page_test("/console/decide/late", NULL, test_undo_is_offered_only_while_there_is_time);
    add_page_test("/console/decide/own-words", NULL, test_own_words_are_a_reason);
    add_page_test("/console/decide/no-reason", NULL, test_without_a_reason_nothing_is_decided);
    add_page_test("/console/decide/nonsense", NULL, test_what_makes_no_sense_is_refused);
    add_page_test("/console/decide/copies", NULL, test_some_copies_can_be_chosen);
    add_page_test("/console/decide/no-copy", NULL, test_no_copy_is_not_all_copies);
    add_page_test("/console/decide/one-copy", NULL, test_one_copy_is_no_choice);
    add_page_test("/console/decide/others", NULL, test_nobody_else_decides);
    add_page_test("/console/decide/themself", NULL, test_nobody_decides_what_concerns_themself);
    add_page_test("/console/decide/escalated", NULL, test_what_is_escalated_is_the_heads);
    add_page_test("/console/decide/two-people", "review\n    critical-needs two\n",
                  test_critical_mail_waits_for_a_second_person);
    add_page_test("/console/decide/told", NULL, test_the_page_says_which_reasons_the_sender_reads);
    add_page_test("/console/decide/no-return", NULL,
                  test_what_cannot_be_returned_is_not_offered_to_be);
    add_page_test("/console/decide/settled", NULL,
                  test_what_is_settled_can_be_opened_again_or_kept_from_deletion);
    add_page_test("/console/decide/next", NULL, test_the_next_one_is_the_most_urgent_that_waits);
    add_page_test("/console/decide/reflected", NULL, test_no_text_of_the_address_is_shown);
    return g_test_run();
}
