/* test_desk_incidents.c - what `incidents` and `show` tell of a record */

#include <json-glib/json-glib.h>

#include "desk_run.h"
#include "schoolgate/record.h"
#include "support.h"

#define JULY_1_1100 1782903600 /* 2026-07-01 11:00 UTC, noon in London */

static const char school[] = "school\n"
                             "    officer    online-safety@kingsmead.example\n"
                             "    time-zone  Europe/London\n"
                             "record\n"
                             "    database  record.db\n";

static const char held_bytes[] = "Subject: x\r\n\r\nwith a \0 in it\r\n";

typedef struct Office {
    char *folder, *conf, *held, *refused, *passed;
} Office;

static SgFinding *finding_of(const char *rule, SgAction action)
{
    SgFinding *finding = g_new0(SgFinding, 1);
    SgSignalHit *hit = g_new0(SgSignalHit, 1);

    finding->rule = g_strdup(rule);
    finding->title = g_strdup("A title");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("2.6");
    finding->clause_title = g_strdup("Chain letters");
    finding->severity = SG_SEVERITY_MEDIUM;
    finding->action = finding->enforced = action;
    finding->alert = SG_ALERT_OFFICER;
    finding->points = 4;
    finding->signals = sg_signal_hits_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    hit->name = g_strdup("asks-to-pass-on");
    hit->points = 4;
    hit->where = g_strdup("body");
    hit->excerpt = g_strdup("please forward this to friends");
    hit->excerpt_from = strlen("please ");
    hit->excerpt_to = strlen("please forward this");
    g_ptr_array_add(finding->signals, hit);
    return finding;
}

static void add_recipient(SgIncident *incident, const char *address, SgAction action)
{
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

    recipient->address = g_strdup(address);
    recipient->role = g_strdup("external");
    recipient->action = action;
    g_ptr_array_add(incident->recipients, recipient);
}

static SgIncident *incident_of(SgState state, SgAction action, const char *rule, gint64 at)
{
    SgIncident *incident = sg_incident_new();

    incident->at = at;
    incident->state = state;
    incident->action = action;
    incident->sender = g_strdup("d.price@kingsmead.example");
    incident->sender_role = g_strdup("staff");
    incident->subject = g_strdup("a \033[31m subject");
    incident->digest = g_strdup_printf("%064x", (guint)at);
    incident->size = 1234;
    g_ptr_array_add(incident->findings, finding_of(rule, action));
    return incident;
}

static char *add(SgRecord *record, SgIncident *incident)
{
    g_autoptr(SgIncident) own = incident;
    g_autoptr(GError) error = NULL;

    sg_record_add(record, own, "KM", &error);
    g_assert_no_error(error);
    return g_strdup(own->id);
}

static void add_held(Office *office, SgRecord *record)
{
    SgIncident *incident = incident_of(SG_STATE_HELD, SG_ACTION_QUARANTINE, "contact", JULY_1_1100);

    incident->message = g_bytes_new_static(held_bytes, sizeof held_bytes - 1);
    sg_incident_add_copy(incident, "kim@mail.example");
    add_recipient(incident, "kim@mail.example", SG_ACTION_QUARANTINE);
    add_recipient(incident, "parent@home.example", SG_ACTION_PASS);
    SgIncidentRecipient *kim = incident->recipients->pdata[0];
    kim->personal_of = g_strdup("student, parent");
    sg_incident_add_notice(incident, SG_NOTICE_ALERT, "online-safety@kingsmead.example");
    office->held = add(record, incident);
}

static void fill_record(Office *office)
{
    g_autofree char *path = g_build_filename(office->folder, "record.db", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(path, SG_RECORD_READ_WRITE, &error);

    g_assert_no_error(error);
    add_held(office, record);
    SgIncident *refused =
        incident_of(SG_STATE_REFUSED, SG_ACTION_REJECT, "chain-letter", JULY_1_1100 + 3600);
    add_recipient(refused, "all@home.example", SG_ACTION_REJECT);
    refused->reply = g_strdup("550-5.7.0 not sent\n550 5.7.0 ask the office");
    office->refused = add(record, refused);
    SgIncident *passed = incident_of(SG_STATE_PASSED, SG_ACTION_LOG, "counted", JULY_1_1100 + 7200);
    add_recipient(passed, "x@home.example", SG_ACTION_LOG);
    office->passed = add(record, passed);
}

static void open_office(Office *office, gconstpointer unused)
{
    (void)unused;
    office->folder = support_folder();
    office->conf = support_file(office->folder, "school.conf", school);
    fill_record(office);
}

static void close_office(Office *office, gconstpointer unused)
{
    (void)unused;
    support_folder_remove(office->folder);
    g_free(office->folder);
    g_free(office->conf);
    g_free(office->held);
    g_free(office->refused);
    g_free(office->passed);
}

/* What `schoolgate WORDS` writes to standard output, having ended with `code`. */
static GBytes *output_of(Office *office, int code, const char *words)
{
    g_autofree char *line =
        g_strdup_printf("schoolgate %s%s -c %s", words, *words ? "" : " ", office->conf);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);

    return desk_bytes(office->folder, code, STDOUT_FILENO, argv);
}

static char *text_of(Office *office, int code, const char *format, const char *word)
{
    g_autofree char *before = g_strdup(format);
    char *gap = strstr(before, "%s");
    g_autofree char *words = NULL;

    if (gap) {
        *gap = '\0';
        words = g_strconcat(before, word, gap + 2, NULL);
    }
    g_autoptr(GBytes) bytes = output_of(office, code, words ? words : before);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static guint lines_in(const char *text)
{
    guint lines = 0;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void test_list_is_newest_first_in_the_school_s_zone(Office *office, gconstpointer unused)
{
    g_autofree char *text = text_of(office, EX_OK, "incidents", NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    (void)unused;
    g_assert_cmpuint(lines_in(text), ==, 4);
    g_assert_true(g_str_has_prefix(lines[0], "ID "));
    g_assert_true(g_str_has_prefix(lines[1], office->passed));
    g_assert_true(g_str_has_prefix(lines[2], office->refused));
    g_assert_true(g_str_has_prefix(lines[3], office->held));
    support_assert_contains(lines[3], "2026-07-01 12:00 +0100");
    support_assert_contains(lines[3], "d.price@kingsmead.example (staff)");
    support_assert_contains(lines[3],
                            "kim@mail.example (external, personal of student, parent) +1");
    support_assert_contains(lines[3], "contact");
}

static void test_filters_narrow_the_list(Office *office, gconstpointer unused)
{
    static const struct {
        const char *words;
        guint incidents;
    } cases[] = {
        {"incidents --json --state held", 1},
        {"incidents --json --state held-mta", 0},
        {"incidents --json --rule counted", 1},
        {"incidents --json --rule nosuch", 0},
        {"incidents --json --limit 2", 2},
        {"incidents --json --limit 0", 3},
        {"incidents --json --since 2026-07-01T13:00", 2},
        {"incidents --json --since 2026-07-01T12:00Z", 2},
        {"incidents --json --since 2026-07-01", 3},
        {"incidents --json --since 2036-07-01", 0},
        {"incidents --json --state held,refused", 2},
        {"incidents --json --clause 2.6", 3},
        {"incidents --json --clause 2", 0},
        {"incidents --json --severity medium", 3},
        {"incidents --json --severity high,critical", 0},
        {"incidents --json --role staff", 3},
        {"incidents --json --role external", 0},
        {"incidents --json --search FORWARD", 3},
        {"incidents --json --search nosuch", 0},
        {"incidents --json --group", 3},
        {"incidents --json --limit 2 --page 2", 1},
        {"incidents --json --limit 2 --page 3", 0},
    };

    (void)unused;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = text_of(office, EX_OK, cases[i].words, NULL);
        if (lines_in(text) != cases[i].incidents)
            g_error("%s gave:\n%s", cases[i].words, text);
    }
}

static void test_urgent_ones_that_are_equally_so_are_listed_oldest_first(Office *office,
                                                                         gconstpointer unused)
{
    g_autofree char *text = text_of(office, EX_OK, "incidents --urgent --limit 2 --page 1", NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    (void)unused;
    g_assert_cmpuint(lines_in(text), ==, 4);
    g_assert_true(g_str_has_prefix(lines[1], office->held));
    g_assert_true(g_str_has_prefix(lines[2], office->refused));
    g_assert_cmpstr(lines[3], ==, "page 1 of 2, 3 in all");
}

static void test_alike_ones_are_one_line_that_counts_them(Office *office, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(office->folder, "record.db", NULL);
    g_autoptr(SgRecord) record = sg_record_open(path, SG_RECORD_READ_WRITE, NULL);
    SgIncident *again = incident_of(SG_STATE_PASSED, SG_ACTION_LOG, "counted", JULY_1_1100 + 7300);

    (void)unused;
    add_recipient(again, "y@home.example", SG_ACTION_LOG);
    g_autofree char *id = add(record, again);
    sg_record_close(g_steal_pointer(&record));
    g_autofree char *text = text_of(office, EX_OK, "incidents --group", NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *json = text_of(office, EX_OK, "incidents --group --limit 1 --json", NULL);
    g_autofree char *alike = g_strdup_printf("\"alike\":[\"%s\",\"%s\"]", id, office->passed);

    g_assert_cmpuint(lines_in(text), ==, 4);
    g_assert_true(g_str_has_suffix(lines[0], "ALIKE"));
    g_assert_true(g_str_has_prefix(lines[1], id));
    g_assert_true(g_str_has_suffix(lines[1], " 2"));
    g_assert_true(g_str_has_suffix(lines[2], " 1"));
    support_assert_contains(json, alike);
}

static void test_what_was_searched_for_is_on_the_trail(Office *office, gconstpointer unused)
{
    g_autofree char *listed =
        text_of(office, EX_OK, "incidents --state held --search forward", NULL);
    g_autofree char *trail = text_of(office, EX_OK, "audit list --json", NULL);

    (void)unused;
    support_assert_contains(listed, office->held);
    support_assert_contains(trail, "\"1 listed, 0 left out; state held; search forward\"");
    g_assert_null(strstr(trail, office->held));
}

static void test_a_page_needs_to_know_how_long_it_is(Office *office, gconstpointer unused)
{
    g_autofree char *no_length = text_of(office, EX_USAGE, "incidents --page 2", NULL);
    g_autofree char *no_page = text_of(office, EX_USAGE, "incidents --limit 2 --page -1", NULL);

    (void)unused;
    g_assert_cmpstr(no_length, ==, "");
    g_assert_cmpstr(no_page, ==, "");
}

static void test_an_empty_list_prints_nothing(Office *office, gconstpointer unused)
{
    g_autofree char *text = text_of(office, EX_OK, "incidents --rule nosuch", NULL);

    (void)unused;
    g_assert_cmpstr(text, ==, "");
}

static JsonObject *object_of(const char *line, JsonNode **root)
{
    g_autoptr(GError) error = NULL;

    *root = json_from_string(line, &error);
    g_assert_no_error(error);
    return json_node_get_object(*root);
}

static void test_json_of_one_incident_tells_all_in_utc(Office *office, gconstpointer unused)
{
    g_autofree char *text = text_of(office, EX_OK, "show --json %s", office->held);
    g_autoptr(JsonNode) root = NULL;
    JsonObject *incident = object_of(text, &root);
    JsonArray *recipients = json_object_get_array_member(incident, "recipients");
    JsonArray *kims =
        json_object_get_array_member(json_array_get_object_element(recipients, 0), "personal_of");
    JsonArray *nobodys =
        json_object_get_array_member(json_array_get_object_element(recipients, 1), "personal_of");
    JsonObject *finding =
        json_array_get_object_element(json_object_get_array_member(incident, "findings"), 0);
    JsonObject *notice =
        json_array_get_object_element(json_object_get_array_member(incident, "notices"), 0);

    (void)unused;
    g_assert_cmpuint(lines_in(text), ==, 1);
    g_assert_cmpstr(json_object_get_string_member(incident, "id"), ==, office->held);
    g_assert_cmpstr(json_object_get_string_member(incident, "at"), ==, "2026-07-01T11:00:00Z");
    g_assert_cmpstr(json_object_get_string_member(incident, "state"), ==, "held");
    g_assert_cmpstr(json_object_get_string_member(incident, "subject"), ==, "a \033[31m subject");
    g_assert_cmpint(json_object_get_int_member(incident, "size"), ==, 1234);
    g_assert_true(json_object_get_null_member(incident, "reply"));
    g_assert_cmpuint(json_array_get_length(recipients), ==, 2);
    g_assert_cmpuint(json_array_get_length(kims), ==, 2);
    g_assert_cmpstr(json_array_get_string_element(kims, 1), ==, "parent");
    g_assert_cmpuint(json_array_get_length(nobodys), ==, 0);
    g_assert_cmpstr(json_object_get_string_member(finding, "rule"), ==, "contact");
    g_assert_cmpstr(json_object_get_string_member(finding, "enforced"), ==, "quarantine");
    g_assert_cmpstr(json_object_get_string_member(notice, "kind"), ==, "alert");
}

static void test_show_tells_what_became_of_each_copy(Office *office, gconstpointer unused)
{
    g_autofree char *text = text_of(office, EX_OK, "show %s", office->held);

    (void)unused;
    support_assert_contains(text, ": held\n");
    support_assert_contains(text, "2026-07-01 12:00 +0100");
    support_assert_contains(text,
                            "kim@mail.example (external, personal of student, parent): held\n");
    support_assert_contains(text, "parent@home.example (external): delivered\n");
    support_assert_contains(text, "alert to online-safety@kingsmead.example");
    support_assert_contains(text, "2.6 A title: quarantine");
    support_assert_contains(text, "+4 asks-to-pass-on in body: please [forward this] to friends");
}

static void test_show_repeats_what_the_sender_was_told(Office *office, gconstpointer unused)
{
    g_autofree char *text = text_of(office, EX_OK, "show %s", office->refused);

    (void)unused;
    support_assert_contains(text, "all@home.example (external): refused\n");
    support_assert_contains(text, "      550-5.7.0 not sent\n      550 5.7.0 ask the office\n");
}

static void test_a_subject_cannot_play_tricks(Office *office, gconstpointer unused)
{
    g_autofree char *text = text_of(office, EX_OK, "show %s", office->held);

    (void)unused;
    support_assert_contains(text, "a \\x1b[31m subject");
    g_assert_null(strchr(text, '\033'));
}

static void test_an_id_may_be_written_small_and_without_hyphens(Office *office,
                                                                gconstpointer unused)
{
    g_autofree char *small = g_ascii_strdown(office->held, -1);
    g_auto(GStrv) parts = g_strsplit(small, "-", -1);
    g_autofree char *sloppy = g_strjoinv("", parts);
    g_autofree char *text = text_of(office, EX_OK, "show %s", sloppy);

    (void)unused;
    g_assert_true(g_str_has_prefix(text, office->held));
}

static void test_held_bytes_come_out_as_they_went_in(Office *office, gconstpointer unused)
{
    g_autofree char *words = g_strconcat("show --message ", office->held, NULL);
    g_autoptr(GBytes) bytes = output_of(office, EX_OK, words);
    g_autoptr(GBytes) wanted = g_bytes_new_static(held_bytes, sizeof held_bytes - 1);

    (void)unused;
    g_assert_true(g_bytes_equal(bytes, wanted));
}

static void test_what_is_not_there_is_said_to_be_missing(Office *office, gconstpointer unused)
{
    g_autofree char *unknown = text_of(office, EX_NOINPUT, "show KM-0000-0", NULL);
    g_autofree char *not_held = text_of(office, EX_NOINPUT, "show --message %s", office->refused);

    (void)unused;
    g_assert_cmpstr(unknown, ==, "");
    g_assert_cmpstr(not_held, ==, "");
}

static void test_without_a_record_the_verbs_say_so(Office *office, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(office->folder, "record.db", NULL);

    (void)unused;
    g_unlink(path);
    g_autofree char *list = text_of(office, EX_UNAVAILABLE, "incidents", NULL);
    g_autofree char *one = text_of(office, EX_UNAVAILABLE, "show %s", office->held);
    g_assert_cmpstr(list, ==, "");
    g_assert_cmpstr(one, ==, "");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void promise(const char *path, void (*test)(Office *, gconstpointer))
{
    g_test_add(path, Office, NULL, open_office, test, close_office);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    promise("/incidents/list", test_list_is_newest_first_in_the_school_s_zone);
    promise("/incidents/filters", test_filters_narrow_the_list);
    promise("/incidents/urgent", test_urgent_ones_that_are_equally_so_are_listed_oldest_first);
    promise("/incidents/alike", test_alike_ones_are_one_line_that_counts_them);
    promise("/incidents/trail", test_what_was_searched_for_is_on_the_trail);
    promise("/incidents/page", test_a_page_needs_to_know_how_long_it_is);
    promise("/incidents/none", test_an_empty_list_prints_nothing);
    promise("/show/json", test_json_of_one_incident_tells_all_in_utc);
    promise("/show/copies", test_show_tells_what_became_of_each_copy);
    promise("/show/reply", test_show_repeats_what_the_sender_was_told);
    promise("/show/hostile-subject", test_a_subject_cannot_play_tricks);
    promise("/show/sloppy-id", test_an_id_may_be_written_small_and_without_hyphens);
    promise("/show/message", test_held_bytes_come_out_as_they_went_in);
    promise("/show/missing", test_what_is_not_there_is_said_to_be_missing);
    promise("/show/no-record", test_without_a_record_the_verbs_say_so);
    return g_test_run();
}
