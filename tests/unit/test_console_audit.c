/* test_console_audit.c - the page of the audit trail: who sees it, what of it, and that looking
 * leaves one trace a visit */
#include "../../milter/console/audit_wish.h"
#include "console_parts.h"

#define HOSTILE "<script>alert(1)</script> \"quoted\" &amp; \xe2\x80\xae"
#define LOOKS   "SELECT count(*) FROM audit WHERE action = 'audit-viewed'"

static void note(Office *office, const char *actor, const char *action, const char *incident,
                 const char *detail)
{
    g_autoptr(GError) error = NULL;
    const SgAuditEntry entry = {.at = NOON,
                                .actor = actor,
                                .role = "officer",
                                .action = action,
                                .incident = incident,
                                .detail = detail};

    sg_record_audit(office->console.record, &entry, &error);
    g_assert_no_error(error);
}

static void assert_status(Office *office, const char *who, const char *url, guint status)
{
    g_auto(Answer) answer = got(office, who, url);

    g_assert_cmpuint(answer.status, ==, status);
}

static void test_trail_is_for_those_who_decide_and_who_audit(Office *office, gconstpointer more)
{
    (void)more;
    assert_status(office, "khan", "/audit", 200);
    assert_status(office, "hill", "/audit", 200);
    assert_status(office, "books", "/audit", 200);
    assert_status(office, "post", "/audit", 403);
}

static void test_whoever_is_sent_away_is_shown_a_way_that_is_theirs(Office *office,
                                                                    gconstpointer more)
{
    g_auto(Answer) auditor = got(office, "books", "/rules");
    g_auto(Answer) postmaster = got(office, "post", "/audit");

    (void)more;
    support_assert_contains(auditor.body, "Go to the first page");
    support_assert_contains(postmaster.body, "Back to what is waiting");
}

static void test_file_is_for_head_and_auditor(Office *office, gconstpointer more)
{
    (void)more;
    assert_status(office, "hill", "/audit.csv", 200);
    assert_status(office, "books", "/audit.csv", 200);
    assert_status(office, "khan", "/audit.csv", 403);
    assert_status(office, "post", "/audit.csv", 403);
}

static void test_looking_leaves_one_trace_a_visit(Office *office, gconstpointer more)
{
    (void)more;
    assert_status(office, "khan", "/audit", 200);
    assert_status(office, "khan", "/audit?before=2", 200);
    office->now += 29 * 60;
    assert_status(office, "khan", "/audit", 200);
    g_assert_cmpint(count_in(office, LOOKS), ==, 1);
    assert_status(office, "books", "/audit", 200);
    g_assert_cmpint(count_in(office, LOOKS), ==, 2);
    office->now += 31 * 60;
    assert_status(office, "khan", "/audit", 200);
    g_assert_cmpint(count_in(office, LOOKS), ==, 3);
}

static void test_page_turned_to_at_once_is_a_visit_too(Office *office, gconstpointer more)
{
    (void)more;
    assert_status(office, "khan", "/audit?before=999", 200);
    g_assert_cmpint(count_in(office, LOOKS), ==, 1);
}

static void test_entries_are_told_in_words(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    note(office, "lowe", "escalate", "KM-7F3Q-2", "because");
    answer = got(office, "hill", "/audit");
    assert_shows(&answer, "<strong>lowe</strong> (online safety officer) passed to the head");
    assert_shows(&answer, "KM-7F3Q-2");
}

static void test_what_stands_in_an_entry_is_shown_inert(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    note(office, HOSTILE, HOSTILE, HOSTILE, HOSTILE);
    answer = got(office, "books", "/audit?who=" HOSTILE "&incident=" HOSTILE "&action=" HOSTILE);
    assert_hides(&answer, "<script>alert");
    assert_hides(&answer, "\xe2\x80\xae");
    answer_clear(&answer);
    answer = got(office, "books", "/audit");
    assert_shows(&answer, "&lt;script&gt;");
    assert_hides(&answer, "<script>alert");
    assert_hides(&answer, "\xe2\x80\xae");
}

static void test_what_others_wrote_of_ones_own_mail_is_withheld(Office *office, gconstpointer more)
{
    SgIncident *incident = held_of_size(10);
    g_auto(Answer) page = {0}, file = {0}, other = {0};
    g_autofree char *id = NULL;

    (void)more;
    add_recipient(incident, "head@kingsmead.example", SG_ACTION_QUARANTINE);
    id = added(office->console.record, incident);
    note(office, "khan", "note", id, "a word about the head");
    page = got(office, "hill", "/audit");
    assert_shows(&page, "about your own mail");
    assert_hides(&page, "a word about the head");
    file = got(office, "hill", "/audit.csv");
    assert_hides(&file, "a word about the head");
    support_assert_contains(file.body, ",yes,");
    other = got(office, "books", "/audit.csv");
    support_assert_contains(other.body, "a word about the head,,");
}

static void test_file_is_on_the_trail_and_starts_no_formula(Office *office, gconstpointer more)
{
    g_auto(Answer) file = {0};

    (void)more;
    note(office, "khan", "note", NULL, "=cmd|' /C calc'!A0");
    file = got(office, "books", "/audit.csv?action=note");
    support_assert_contains(file.body, ",'=cmd|");
    g_assert_cmpint(count_in(office, "SELECT count(*) FROM audit WHERE action = 'audit-exported'"
                                     " AND detail = 'export; action note'"),
                    ==, 1);
}

static void test_details_are_told_in_words_and_filed_as_they_are(Office *office, gconstpointer more)
{
    g_auto(Answer) page = {0}, file = {0};

    (void)more;
    note(office, "khan", "view", NULL, "message");
    note(office, "khan", "view", NULL, "metadata");
    note(office, "khan", "list", NULL, "15 listed, 2 left out; state held; clause 1.2; words a; b");
    note(office, "khan", "list", NULL, "7 listed, 0 left out; state held");
    note(office, "khan", "release", NULL, "held: Spoken with the sender");
    note(office, "khan", "keep", NULL, "A breach (copy for x@post.example, y@post.example)");
    note(office, "khan", "note", NULL, "held by her own account: 3 listed");
    note(office, "khan", "list", NULL, "99999999999999999999999 wanted");
    page = got(office, "hill", "/audit");
    assert_shows(&page, ">the whole message</div>");
    assert_shows(&page, ">what happened, without its text</div>");
    assert_shows(&page, ">15 on the page, 2 left out as their own mail, narrowed to clause 1.2, "
                        "words a; b</div>");
    assert_shows(&page, ">7 on the page</div>");
    assert_shows(&page, ">It was waiting. Reason: Spoken with the sender</div>");
    assert_shows(&page, ">held by her own account: 3 listed</div>");
    assert_shows(&page, ">99999999999999999999999 wanted</div>");
    assert_shows(&page, ">A breach (about 2 copies)</div>");
    assert_hides(&page, "post.example");
    file = got(office, "books", "/audit.csv");
    support_assert_contains(file.body, "copy for x@post.example, y@post.example");
    support_assert_contains(file.body, "7 listed, 0 left out; state held");
    support_assert_contains(file.body, "held: Spoken with the sender");
}

static void test_filter_narrows_page_and_its_links(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    for (guint i = 0; i < 60; i++)
        note(office, "lowe", "view", NULL, "wanted");
    note(office, "lowe", "release", NULL, "unwanted");
    answer = got(office, "hill", "/audit?action=view&from=2020-06-22&to=2020-06-22");
    assert_shows(&answer, "wanted");
    assert_hides(&answer, "unwanted");
    assert_shows(&answer, "action=view&amp;from=2020-06-22&amp;to=2020-06-22&amp;before=11");
    answer_clear(&answer);
    answer = got(office, "hill", "/audit?from=2020-06-23");
    assert_hides(&answer, "wanted");
    assert_shows(&answer, "There is no such entry.");
}

static void test_days_that_are_none_are_said_to_be(Office *office, gconstpointer more)
{
    static const char *const urls[] = {"/audit?from=yesterday", "/audit?from=2020-02-31",
                                       "/audit?from=2020-06-22&to=2020-06-21",
                                       "/audit?to=0000-00-00", "/audit?from=9999999999"};

    (void)more;
    for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
        g_auto(Answer) answer = got(office, "hill", urls[i]);

        assert_shows(&answer, "These days could not be understood");
    }
}

/* Whether it is whole
 * ------------------------------------------------------------------------------
 */

static void verify(Office *office)
{
    g_auto(Answer) answer = posted(office, "books", "/audit/verify", NULL);

    g_assert_cmpuint(answer.status, ==, 303);
    sg_trail_check_wait(office->console.trail_check, 60000);
}

static void test_whole_trail_is_said_to_be(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    note(office, "khan", "view", NULL, NULL);
    verify(office);
    note(office, "khan", "view", NULL, NULL);
    office->now = g_get_real_time() / G_USEC_PER_SEC;
    answer = got(office, "books", "/audit");
    assert_shows(&answer, "The trail is whole.");
    assert_shows(&answer, "up to entry 1.");
    assert_shows(&answer, "2 entries have been added since.");
}

static void test_broken_trail_is_said_to_be_and_where(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    note(office, "khan", "view", NULL, NULL);
    note(office, "khan", "view", NULL, NULL);
    change_in(office, "UPDATE audit SET actor = 'lowe' WHERE number = 2");
    verify(office);
    office->now = g_get_real_time() / G_USEC_PER_SEC;
    answer = got(office, "books", "/audit");
    assert_shows(&answer, "The trail is broken.");
    assert_shows(&answer, "entry 2 was changed or moved");
}

static void test_looking_verifies_once_a_day_and_not_each_time(Office *office, gconstpointer more)
{
    g_auto(SgTrailChecked) first = {0}, second = {0};

    (void)more;
    note(office, "khan", "view", NULL, NULL);
    office->now = g_get_real_time() / G_USEC_PER_SEC;
    assert_status(office, "books", "/audit", 200);
    sg_trail_check_wait(office->console.trail_check, 60000);
    note(office, "khan", "view", NULL, NULL);
    assert_status(office, "books", "/audit", 200);
    sg_trail_check_look(office->console.trail_check, &first);
    g_assert_cmpint(first.up_to, ==, 2);
    office->now += 25 * 60 * 60;
    assert_status(office, "books", "/audit", 200);
    sg_trail_check_wait(office->console.trail_check, 60000);
    sg_trail_check_look(office->console.trail_check, &second);
    g_assert_cmpint(second.up_to, ==, 4);
}

static void test_postmaster_cannot_have_it_verified(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = posted(office, "post", "/audit/verify", NULL);
    g_auto(SgTrailChecked) checked = {0};

    (void)more;
    sg_trail_check_wait(office->console.trail_check, 60000);
    sg_trail_check_look(office->console.trail_check, &checked);
    g_assert_cmpuint(answer.status, >=, 400);
    g_assert_cmpint(checked.at, ==, 0);
}

/* Adds what stands in quotes as the whole of an argument, or as one of two to choose from. */
static void add_quoted(GHashTable *actions, const char *code)
{
    g_autoptr(GRegex) quoted = g_regex_new("[=,?:(] *\"([a-z]+(?:-[a-z]+)*)\"", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_regex_match(quoted, code, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL))
        g_hash_table_add(actions, g_match_info_fetch(match, 1));
}

static void add_written(GHashTable *actions, const char *path)
{
    g_autofree char *source = NULL;
    g_autoptr(GRegex) writes =
        g_regex_new("\\.action =[^;,]*|"
                    "\\b(?:sg_account_|sg_exempting_|sg_)?(?:note|noted|audit)\\([^;{]*;|"
                    "\\b(?:put_on_record|leave_with_copies)\\([^;{]*;",
                    0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_assert_true(g_file_get_contents(path, &source, NULL, NULL));
    g_regex_match(writes, source, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *code = g_match_info_fetch(match, 0);
        add_quoted(actions, code);
    }
}

static GHashTable *actions_in_the_sources(void)
{
    static const char *const rooms[] = {"record", "gate", "courier", "desk", "console"};
    GHashTable *actions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(rooms); i++) {
        g_autofree char *folder = g_strconcat("milter/", rooms[i], NULL);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        g_assert_nonnull(dir);
        while ((name = g_dir_read_name(dir))) {
            g_autofree char *path = g_build_filename(folder, name, NULL);
            if (g_str_has_suffix(name, ".c"))
                add_written(actions, path);
        }
    }
    return actions;
}

static void test_whatever_is_written_to_the_trail_has_its_words(void)
{
    g_autoptr(GHashTable) actions = actions_in_the_sources();
    GHashTableIter each;
    gpointer action;

    /* Each of the ways in which they are written is known here. */
    g_assert_true(g_hash_table_contains(actions, "view"));
    g_assert_true(g_hash_table_contains(actions, "guard-warned"));
    g_assert_true(g_hash_table_contains(actions, "exempt-proposed"));
    g_assert_true(g_hash_table_contains(actions, "sign-out-everywhere"));
    g_assert_true(g_hash_table_contains(actions, "config-refused"));
    g_assert_true(g_hash_table_contains(actions, "given-up"));
    for (guint i = 0; i < SG_DECISIONS; i++)
        g_hash_table_add(actions, g_strdup(sg_decision_kind_names[i]));
    g_hash_table_iter_init(&each, actions);
    while (g_hash_table_iter_next(&each, &action, NULL))
        if (!sg_audit_action_words(action))
            g_error("the audit trail has no words for what is written as '%s'",
                    (const char *)action);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    add_part_test("/audit-page/roles", NULL, test_trail_is_for_those_who_decide_and_who_audit);
    add_part_test("/audit-page/sent-away", NULL,
                  test_whoever_is_sent_away_is_shown_a_way_that_is_theirs);
    add_part_test("/audit-page/file-roles", NULL, test_file_is_for_head_and_auditor);
    add_part_test("/audit-page/one-trace-a-visit", NULL, test_looking_leaves_one_trace_a_visit);
    add_part_test("/audit-page/page-turned-to-at-once", NULL,
                  test_page_turned_to_at_once_is_a_visit_too);
    g_test_add_func("/audit-page/words-for-all",
                    test_whatever_is_written_to_the_trail_has_its_words);
    add_part_test("/audit-page/words", NULL, test_entries_are_told_in_words);
    add_part_test("/audit-page/details", NULL,
                  test_details_are_told_in_words_and_filed_as_they_are);
    add_part_test("/audit-page/inert", NULL, test_what_stands_in_an_entry_is_shown_inert);
    add_part_test("/audit-page/withheld", NULL,
                  test_what_others_wrote_of_ones_own_mail_is_withheld);
    add_part_test("/audit-page/file", NULL, test_file_is_on_the_trail_and_starts_no_formula);
    add_part_test("/audit-page/filter", NULL, test_filter_narrows_page_and_its_links);
    add_part_test("/audit-page/wrong-days", NULL, test_days_that_are_none_are_said_to_be);
    add_part_test("/audit-page/whole", NULL, test_whole_trail_is_said_to_be);
    add_part_test("/audit-page/broken", NULL, test_broken_trail_is_said_to_be_and_where);
    add_part_test("/audit-page/once-a-day", NULL,
                  test_looking_verifies_once_a_day_and_not_each_time);
    add_part_test("/audit-page/verify-roles", NULL, test_postmaster_cannot_have_it_verified);
    return g_test_run();
}
