/* test_desk_decide.c - the verbs that decide about held mail, and who may do so from a terminal */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "schoolgate/desk.h"
#include "schoolgate/review.h"
#include "support.h"

#define KIM    "kim@students.kingsmead.example"
#define PARENT "parent@home.example"
#define SENDER "d.price@kingsmead.example"

static const char school[] = "school\n    officer online-safety@kingsmead.example\n"
                             "    head head@kingsmead.example\n    time-zone Europe/London\n"
                             "record\n    database record.db\n"
                             "gate\n    login-domain kingsmead.example\n";

static const char reviewers[] = "reviewer khan\n    address a.khan@kingsmead.example\n"
                                "reviewer lowe\n    address b.lowe@kingsmead.example\n"
                                "reviewer hill\n    role head\n    address head@kingsmead.example\n"
                                "reviewer post\n    role postmaster\n"
                                "reviewer books\n    role auditor\n";

typedef struct Office {
    char *folder, *conf;
    SgRecord *record;
} Office;

static void write_conf(Office *office, const char *more)
{
    g_autofree char *text = g_strconcat(school, more, NULL);

    g_free(office->conf);
    office->conf = support_file(office->folder, "school.conf", text);
}

static void open_office(Office *office, gconstpointer more)
{
    g_autofree char *path = NULL;

    office->folder = support_folder();
    write_conf(office, more ? more : "");
    path = g_build_filename(office->folder, "record.db", NULL);
    office->record = sg_record_open(path, SG_RECORD_READ_WRITE, NULL);
    g_assert_nonnull(office->record);
    g_unsetenv("SUDO_USER");
}

static void close_office(Office *office, gconstpointer unused)
{
    (void)unused;
    sg_record_close(office->record);
    support_folder_remove(office->folder);
    g_free(office->folder);
    g_free(office->conf);
}

static void add_recipient(SgIncident *incident, const char *address)
{
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

    recipient->address = g_strdup(address);
    recipient->role = g_strdup("external");
    recipient->action = SG_ACTION_QUARANTINE;
    g_ptr_array_add(incident->recipients, recipient);
    sg_incident_add_copy(incident, address);
}

static void add_finding(SgIncident *incident)
{
    SgFinding *finding = g_new0(SgFinding, 1);
    SgSignalHit *hit = g_new0(SgSignalHit, 1);

    finding->rule = g_strdup("contact");
    finding->title = g_strdup("A title");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("1.2");
    finding->clause_title = g_strdup("Students");
    finding->severity = SG_SEVERITY_CRITICAL;
    finding->action = finding->enforced = SG_ACTION_QUARANTINE;
    finding->signals = sg_signal_hits_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    hit->name = g_strdup("secret");
    hit->points = 3;
    hit->where = g_strdup("body");
    hit->excerpt = g_strdup("our little secret");
    hit->excerpt_to = 3;
    g_ptr_array_add(finding->signals, hit);
    g_ptr_array_add(incident->findings, finding);
}

/* Held for Kim and a parent, of `sender`. */
static char *hold_of(Office *office, const char *sender)
{
    g_autoptr(SgIncident) incident = sg_incident_new();
    g_autoptr(GError) error = NULL;

    incident->at = 1782903600;
    incident->state = SG_STATE_HELD;
    incident->action = SG_ACTION_QUARANTINE;
    incident->sender = g_strdup(sender);
    incident->sender_role = g_strdup("staff");
    incident->subject = g_strdup("Our trip");
    incident->return_to = g_strdup(sender);
    incident->message = g_bytes_new_static("Subject: Our trip\n\nx\n", 21);
    add_recipient(incident, KIM);
    add_recipient(incident, PARENT);
    add_finding(incident);
    sg_record_add(office->record, incident, "KM", &error);
    g_assert_no_error(error);
    return g_strdup(incident->id);
}

static char *hold(Office *office)
{
    return hold_of(office, SENDER);
}

/* What `schoolgate WORDS -c CONF` writes to standard output, having ended with `code`; `%s` in the
 * words is `id`. */
static char *said(Office *office, int code, const char *words, const char *id)
{
    g_auto(GStrv) parts = g_strsplit(words, "%s", -1);
    g_autofree char *whole = g_strjoinv(id, parts);
    g_autofree char *line = g_strdup_printf("schoolgate %s -c %s", whole, office->conf);
    g_autofree char *path = g_build_filename(office->folder, "output", NULL);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    char *text;

    fflush(stdout);
    int terminal = dup(STDOUT_FILENO);
    int file = g_open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(file, STDOUT_FILENO);
    close(file);
    /* GOption takes what it reads out of the array. */
    g_autofree char **own = g_memdup2(argv, sizeof *argv * (g_strv_length(argv) + 1));
    int ended = sg_desk_main((int)g_strv_length(argv), own);
    dup2(terminal, STDOUT_FILENO);
    close(terminal);
    if (ended != code)
        g_error("'%s' ended with %d, not %d", whole, ended, code);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void assert_says(Office *office, const char *words, const char *id, const char *expected)
{
    g_autofree char *text = said(office, EX_OK, words, id);
    g_auto(GStrv) parts = g_strsplit(expected, "%s", -1);
    g_autofree char *line = g_strjoinv(id, parts);

    g_assert_cmpstr(text, ==, line);
}

/* The record takes no decision by it, and nothing is shown. */
static void assert_fails(Office *office, int code, const char *words, const char *id)
{
    g_autofree char *text = said(office, code, words, id);

    g_assert_cmpstr(text, ==, "");
}

static SgState state_of(Office *office, const char *id)
{
    g_autoptr(SgIncident) incident = sg_record_load(office->record, id, NULL);

    g_assert_nonnull(incident);
    return incident->state;
}

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
                                        "note %s --reason fine --to " KIM,
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
    g_autofree char *id = hold(office);
    (void)unused;

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
    support_assert_contains(text, KIM " (external): kept as evidence\n");
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
    static const char two[] = "reviewer khan\n    address a.khan@kingsmead.example\n"
                              "reviewer lowe\n    address b.lowe@kingsmead.example\n"
                              "review\n    critical-needs two\n";

    g_test_init(&argc, &argv, NULL);
#define PROMISE(name, more)                                                                        \
    g_test_add("/desk/" #name, Office, more, open_office, test_##name, close_office)
    PROMISE(each_verb_does_what_it_says, NULL);
    PROMISE(what_can_be_undone_says_until_when, NULL);
    PROMISE(only_the_copies_asked_for, NULL);
    PROMISE(of_several_each_is_tried_and_the_worst_is_told, NULL);
    PROMISE(a_legal_hold_is_begun_and_ended, NULL);
    PROMISE(words_that_make_no_sense_change_nothing, NULL);
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
    PROMISE(show_tells_all_that_was_decided, NULL);
    PROMISE(lists_narrow_down_to_any_state, NULL);
    return g_test_run();
}
