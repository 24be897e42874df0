/* test_desk_keep.c - the verbs about what is kept: purge, and the audit trail */

#include "desk_run.h"
#include "purge_builders.h"

static const char school[] =
    "school\n    officer " OFFICER "\n    time-zone Europe/London\n"
    "record\n    database record.db\n"
    "role staff\n    domain kingsmead.example\n"
    "policy social-media\n    version June 2020\n    clause 1.2 Students\n";

/* What `schoolgate WORDS -c CONF` writes to standard output, having ended with `code`. */
static char *output_of(Fixture *fixture, int code, const char *words)
{
    g_autofree char *conf = support_file(fixture->folder, "school.conf", school);
    g_autofree char *line = g_strdup_printf("schoolgate %s -c %s", words, conf);

    return desk_text(fixture->folder, code, line);
}

static void assert_says(Fixture *fixture, int code, const char *words, const char *said)
{
    g_autofree char *output = output_of(fixture, code, words);

    support_assert_contains(output, said);
}

static void note(Fixture *fixture, const char *action, const char *detail)
{
    g_autoptr(GError) error = NULL;
    SgAuditEntry entry = {.at = NOON,
                          .actor = "m.lane",
                          .role = "officer",
                          .action = action,
                          .incident = "KM-2222-2",
                          .detail = detail};

    sg_record_audit(fixture->record, &entry, &error);
    g_assert_no_error(error);
}

static void test_a_whole_trail_is_said_to_be(Fixture *fixture, gconstpointer data)
{
    g_autofree char *head = NULL, *words = NULL, *said = NULL;

    (void)data;
    note(fixture, "view", "excerpts");
    note(fixture, "release", NULL);
    head = sg_audit_head(fixture->record, NULL);
    words = g_strdup_printf("audit verify --head %s", head);
    said = g_strdup_printf("the audit trail is intact: 2 entries, head %s\n", head);
    assert_says(fixture, EX_OK, words, said);
    assert_says(fixture, EX_OK, "audit verify", said);
}

static void test_a_broken_trail_is_said_to_be_and_where(Fixture *fixture, gconstpointer data)
{
    g_autofree char *head = NULL, *words = NULL;

    (void)data;
    note(fixture, "view", "excerpts");
    note(fixture, "release", NULL);
    head = sg_audit_head(fixture->record, NULL);
    words = g_strdup_printf("audit verify --head %s", head);
    sql(fixture->folder, "DELETE FROM audit WHERE number = 2;"
                         "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'audit'");
    assert_says(
        fixture, EX_DATAERR, words,
        "the audit trail is broken: the end was cut off: entry 2 was noted, but the last is "
        "1\n");
    sql(fixture->folder, "UPDATE audit SET actor = 'nobody'");
    assert_says(fixture, EX_DATAERR, "audit verify",
                "the audit trail is broken: entry 1 was changed or moved\n");
}

static void test_who_reads_the_trail_is_on_it(Fixture *fixture, gconstpointer data)
{
    g_autofree char *question =
        g_strdup_printf("SELECT count(*) FROM audit WHERE actor = '%s' AND role = 'officer' AND"
                        " action = 'audit-exported' AND detail IN"
                        " ('list', 'export', 'list since 2020-06-22T11:00:00Z')",
                        g_get_user_name());

    (void)data;
    note(fixture, "view", "an \033[2J excerpt");
    assert_says(fixture, EX_OK, "audit list", "2020-06-22 13:00 +0100  m.lane  officer  view");
    assert_says(fixture, EX_OK, "audit list", "an \\x1b[2J excerpt");
    assert_says(fixture, EX_OK, "audit list --since 2020-06-22T12:00",
                "audit-exported  -          list since 2020-06-22T11:00:00Z");
    assert_says(fixture, EX_OK, "audit export",
                "{\"number\":1,\"at\":\"2020-06-22T12:00:00Z\",\"actor\":\"m.lane\",\"role\":"
                "\"officer\",\"action\":\"view\",\"incident\":\"KM-2222-2\",\"detail\":\"an "
                "\\u001b[2J excerpt\",\"hash\":\"");
    assert_says(fixture, EX_OK, "audit list --json --since 1h", "\"action\":\"audit-exported\"");
    g_assert_cmpint(answer(fixture->folder, question), ==, 4);
    assert_says(fixture, EX_OK, "audit verify", "intact: 6 entries");
}

static void test_words_that_make_no_sense_are_refused(Fixture *fixture, gconstpointer data)
{
    static const char *const wrong[] = {
        "audit",
        "audit verify list",
        "audit read",
        "audit verify --head 12",
        "audit verify --since 7d",
        "audit verify --json",
        "audit list --head 0:",
        "audit list --since yesterday",
        "purge now",
    };

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_free(output_of(fixture, EX_USAGE, wrong[i]));
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM audit"), ==, 0);
}

static void test_a_purge_is_foretold_and_done_in_plain_words(Fixture *fixture, gconstpointer data)
{
    g_autofree char *question =
        g_strdup_printf("SELECT count(*) FROM audit WHERE actor = '%s'", g_get_user_name());

    (void)data;
    add(fixture->record, refused("A letter"));
    add(fixture->record, refused("Another"));
    g_free(held_since(fixture->record, NOON, "Undecided"));
    add(fixture->record, held_of_size(9));
    g_autofree char *foretold = output_of(fixture, EX_OK, "purge --dry-run");
    g_assert_cmpstr(foretold, ==,
                    "2 incidents: would be deleted\n"
                    "1 undecided message: would go back to the sender\n"
                    "1 undecided message with nobody to return it to: the officer would be told\n");
    assert_says(fixture, EX_OK, "purge --dry-run --json",
                "{\"dry_run\":true,\"done\":true,\"incidents\":2,\"messages\":0,\"returned\":1,"
                "\"overdue\":1,\"exemptions\":0,\"audit\":0,\"kept\":0}\n");
    g_assert_cmpint(answer(fixture->folder, question), ==, 0);
    g_autofree char *done = output_of(fixture, EX_OK, "purge");
    g_assert_cmpstr(done, ==,
                    "2 incidents: deleted\n"
                    "1 undecided message: on its way back to the sender\n"
                    "1 undecided message with nobody to return it to: the officer is told\n");
    g_assert_cmpint(answer(fixture->folder, question), ==, 2);
    assert_says(fixture, EX_OK, "purge", "there is nothing to delete or to return\n");
}

static void test_without_a_record_none_is_made(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->folder, "record.db", NULL);
    static const char *const words[] = {"purge", "purge --dry-run", "audit verify", "audit list",
                                        "audit export"};

    (void)data;
    sg_record_close(g_steal_pointer(&fixture->record));
    g_assert_cmpint(g_unlink(path), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        g_free(output_of(fixture, EX_UNAVAILABLE, words[i]));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_unsetenv("SUDO_USER");
#define PROMISE(name) add_test("/desk/keep/" #name, test_##name)
    PROMISE(a_whole_trail_is_said_to_be);
    PROMISE(a_broken_trail_is_said_to_be_and_where);
    PROMISE(who_reads_the_trail_is_on_it);
    PROMISE(words_that_make_no_sense_are_refused);
    PROMISE(a_purge_is_foretold_and_done_in_plain_words);
    PROMISE(without_a_record_none_is_made);
    return g_test_run();
}
