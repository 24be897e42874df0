/* test_desk_who_decides.c - who may see and decide what at the command line */
#include "desk_office.h"

static void test_without_reviewers_whoever_is_here_is_the_officer(Office *office,
                                                                  gconstpointer unused)
{
    g_autofree char *id = hold(office);
    g_autofree char *by = g_strdup_printf(" note by %s (officer): seen\n", g_get_user_name());
    g_autofree char *us = g_strdup_printf("%s@kingsmead.example", g_get_user_name());
    g_autofree char *ours = hold_of(office, us);
    (void)unused;

    g_free(said(office, EX_OK, "note %s --reason seen", id));
    g_autofree char *text = said(office, EX_OK, "show %s", id);
    support_assert_contains(text, by);
    assert_fails(office, EX_NOPERM, "release %s --reason mine", ours);
    assert_fails(office, EX_NOPERM, "show %s", ours);
    assert_fails(office, EX_NOPERM, "show --message %s", ours);
    g_autofree char *list = said(office, EX_OK, "incidents --json", "");
    support_assert_contains(list, id);
    g_assert_null(strstr(list, ours));
    assert_fails(office, EX_NOPERM, "show --as khan %s", id); /* there is none */
}

static void test_who_is_named_nowhere_decides_nothing(Office *office, gconstpointer unused)
{
    g_autofree char *id = hold(office);
    (void)unused;

    assert_fails(office, EX_NOPERM, "release %s --reason fine", id);
    assert_fails(office, EX_NOPERM, "show %s", id);
    assert_fails(office, EX_NOPERM, "incidents", id);
    assert_fails(office, EX_NOPERM, "release %s --reason fine --as nobody", id);
    g_assert_cmpint(state_of(office, id), ==, SG_STATE_HELD);
}

static void test_a_login_tells_who_somebody_is(Office *office, gconstpointer unused)
{
    g_autofree char *id = hold(office);
    g_autofree char *more =
        g_strdup_printf("reviewer khan\n    address a.khan@kingsmead.example\n    login x, %s\n",
                        g_get_user_name());
    (void)unused;

    write_conf(office, more);
    g_free(said(office, EX_OK, "note %s --reason seen", id));
    g_autofree char *text = said(office, EX_OK, "show %s", id);
    support_assert_contains(text, " note by khan (officer): seen\n");
}

static void test_a_reviewer_s_own_mail_is_for_somebody_else(Office *office, gconstpointer unused)
{
    g_autofree char *own = hold_of(office, "A.Khan@kingsmead.example");
    (void)unused;

    assert_fails(office, EX_NOPERM, "discard %s --reason nothing --as khan", own);
    assert_fails(office, EX_NOPERM, "show %s --as khan", own);
    g_free(said(office, EX_OK, "show %s --as hill", own));
    g_free(said(office, EX_OK, "discard %s --reason seen --as hill", own));
}

static void test_a_limit_counts_what_is_shown_not_what_is_left_out(Office *office,
                                                                   gconstpointer unused)
{
    g_autofree char *theirs = hold(office), *older = hold(office);
    (void)unused;

    for (guint i = 0; i < 5; i++)
        g_free(hold_of(office, "a.khan@kingsmead.example"));
    g_autofree char *one = said(office, EX_OK, "incidents --limit 1 --json --as khan", "");
    g_autofree char *two = said(office, EX_OK, "incidents --limit 2 --json --as khan", "");
    g_autofree char *nine = said(office, EX_OK, "incidents --limit 9 --json --as khan", "");
    support_assert_contains(one, older);
    g_assert_null(strstr(one, theirs));
    support_assert_contains(two, theirs);
    g_assert_cmpstr(nine, ==, two);
}

static void test_replaying_what_is_held_is_on_the_audit_trail(Office *office, gconstpointer unused)
{
    (void)unused;

    g_free(hold(office));
    g_free(said(office, EX_OK, "replay --held", ""));
    g_autofree char *trail = said(office, EX_OK, "audit export", "");
    support_assert_contains(trail, "\"action\":\"replay\",\"incident\":null,\"detail\":\"1 held\"");
}

static void test_a_postmaster_sees_no_text_and_an_auditor_no_incident(Office *office,
                                                                      gconstpointer unused)
{
    static const char *const words[] = {"show %s --as post", "show --json %s --as post",
                                        "incidents --as post", "incidents --json --as post"};
    g_autofree char *id = hold(office);
    (void)unused;

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *text = said(office, EX_OK, words[i], id);

        support_assert_contains(text, id);
        g_assert_null(strstr(text, "trip"));
        g_assert_null(strstr(text, "little secret"));
    }
    assert_fails(office, EX_NOPERM, "show --message %s --as post", id);
    assert_fails(office, EX_NOPERM, "release %s --reason fine --as post", id);
    assert_fails(office, EX_NOPERM, "show %s --as books", id);
    assert_fails(office, EX_NOPERM, "incidents --as books", id);
    assert_fails(office, EX_NOPERM, "incidents --search trip --as post", id);
    g_autofree char *trail = said(office, EX_OK, "audit list", id);
    support_assert_contains(trail, "list: not theirs to do");
    g_assert_null(strstr(trail, "search trip"));
    assert_fails(office, EX_NOPERM, "guard restore contact --reason fine --as books", id);
}

static void test_a_head_with_a_part_in_it_is_not_told_that_it_was_escalated(Office *office,
                                                                            gconstpointer unused)
{
    g_autofree char *own = hold_of(office, "head@kingsmead.example");
    (void)unused;

    g_free(said(office, EX_OK, "escalate %s --reason look --as khan", own));
    g_autofree char *text = said(office, EX_OK, "show %s --as khan", own);
    g_assert_null(strstr(text, "alert to head@kingsmead.example"));
}

static void test_what_others_wrote_of_a_reviewer_s_mail_is_not_on_their_trail(Office *office,
                                                                              gconstpointer unused)
{
    g_autofree char *us = g_strdup_printf("%s@kingsmead.example", g_get_user_name());
    g_autofree char *own = hold_of(office, us), *other = hold(office);
    g_autofree char *more = g_strdup_printf("reviewer us\n    address %s\n    login %s\n"
                                            "reviewer hill\n    role head\n"
                                            "    address head@kingsmead.example\n",
                                            us, g_get_user_name());
    (void)unused;

    write_conf(office, more);
    g_free(said(office, EX_OK, "keep %s --reason serious --as hill", own));
    g_free(said(office, EX_OK, "note %s --reason harmless --as hill", other));
    g_autofree char *list = said(office, EX_OK, "audit list", "");
    g_autofree char *json = said(office, EX_OK, "audit export", "");
    support_assert_contains(list, "(your own mail)");
    support_assert_contains(list, "harmless");
    g_assert_null(strstr(list, "serious"));
    support_assert_contains(json, "\"detail\":null,\"withheld\":true,");
    g_assert_null(strstr(json, "serious"));
}

static void test_an_id_is_told_as_it_is_on_record_however_it_was_typed(Office *office,
                                                                       gconstpointer unused)
{
    g_autofree char *id = hold(office);
    g_autofree char *sloppy = g_ascii_strdown(id, -1);
    g_autofree char *expected = g_strdup_printf("%s: noted\n", id);
    (void)unused;

    g_autofree char *text = said(office, EX_OK, "note %s --reason seen", sloppy);
    g_assert_cmpstr(text, ==, expected);
}

static void test_critical_mail_waits_for_a_second_person(Office *office, gconstpointer unused)
{
    g_autofree char *id = hold(office);
    (void)unused;

    g_autofree char *first = said(office, EX_OK, "release %s --reason fine --as khan", id);
    support_assert_contains(first, ": critical: nothing happens until a second person decides");
    g_assert_cmpint(state_of(office, id), ==, SG_STATE_HELD);
    assert_fails(office, EX_DATAERR, "release %s --reason fine --as khan", id);
    assert_says(office, "release %s --reason fine --as lowe", id,
                "%s: on its way to 2 recipients\n");
    g_autofree char *text = said(office, EX_OK, "show %s --as khan", id);
    support_assert_contains(text,
                            " release by khan (officer) for " KIM ", " PARENT ", proposed: fine\n");
    g_autofree char *trail = said(office, EX_OK, "audit list", "");
    support_assert_contains(trail, "khan (typed by "); /* whoever runs this is not khan */
}

int main(int argc, char **argv)
{
    static const char two[] = "reviewer khan\n    address a.khan@kingsmead.example\n"
                              "reviewer lowe\n    address b.lowe@kingsmead.example\n"
                              "review\n    critical-needs two\n";

    g_test_init(&argc, &argv, NULL);
#define PROMISE(name, more)                                                                        \
    g_test_add("/desk/" #name, Office, more, open_office, test_##name, close_office)
    PROMISE(without_reviewers_whoever_is_here_is_the_officer, NULL);
    PROMISE(who_is_named_nowhere_decides_nothing, reviewers);
    PROMISE(a_login_tells_who_somebody_is, NULL);
    PROMISE(a_reviewer_s_own_mail_is_for_somebody_else, reviewers);
    PROMISE(a_limit_counts_what_is_shown_not_what_is_left_out, reviewers);
    PROMISE(replaying_what_is_held_is_on_the_audit_trail, NULL);
    PROMISE(a_head_with_a_part_in_it_is_not_told_that_it_was_escalated, reviewers);
    PROMISE(what_others_wrote_of_a_reviewer_s_mail_is_not_on_their_trail, NULL);
    PROMISE(an_id_is_told_as_it_is_on_record_however_it_was_typed, NULL);
    PROMISE(a_postmaster_sees_no_text_and_an_auditor_no_incident, reviewers);
    PROMISE(critical_mail_waits_for_a_second_person, two);
    return g_test_run();
}
