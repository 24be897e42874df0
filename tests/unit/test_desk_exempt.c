/* test_desk_exempt.c - exempting mail from a rule at a terminal: who may, and what is shown */

#include "../../milter/desk/exemptions.h"
#include "desk_run.h"
#include "support.h"

static const char school[] =
    "school\n    officer online-safety@kingsmead.example\n    time-zone Europe/London\n"
    "record\n    database record.db\n"
    "reviewer khan\n    address a.khan@kingsmead.example\n"
    "reviewer hill\n    role head\n    address head@kingsmead.example\n"
    "reviewer post\n    role postmaster\n"
    "role staff\n    domain kingsmead.example\n"
    "group newsletter\n    address office@kingsmead.example\n"
    "policy social-media\n    version June 2020\n    clause 2.6 Letters\n"
    "rule chain-letter\n    clause 2.6\n    title Chain letter\n    from staff\n"
    "    match /pass it on/\n    action reject\n    explain It looks like a chain letter.\n"
    "    hit Pass it on.\n    miss Pass.\n"
    "rule grooming\n    clause 2.6\n    title A secret\n    severity critical\n    from staff\n"
    "    match /our secret/\n    action quarantine\n    hit our secret\n    miss a secret\n";

typedef struct Office {
    char *folder, *conf, *day;
    SgRecord *record;
} Office;

static void open_office(Office *office, gconstpointer unused)
{
    g_autofree char *path = NULL;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) later = g_date_time_add_days(now, 30);
    (void)unused;

    office->folder = support_folder();
    office->conf = support_file(office->folder, "school.conf", school);
    office->day = g_date_time_format(later, "%Y-%m-%d");
    path = g_build_filename(office->folder, "record.db", NULL);
    office->record = sg_record_open(path, SG_RECORD_READ_WRITE, NULL);
    g_assert_nonnull(office->record);
}

static void close_office(Office *office, gconstpointer unused)
{
    (void)unused;
    sg_record_close(office->record);
    support_folder_remove(office->folder);
    g_free(office->folder);
    g_free(office->conf);
    g_free(office->day);
}

/* What `schoolgate exempt WORDS -c CONF` writes to that stream, having ended with `code`. Words are
 * parted by spaces, `_` is a space within one, and DAY the day in thirty days. */
static char *said(Office *office, int code, int stream, const char *words)
{
    g_autofree char *line = g_strdup_printf("schoolgate exempt %s -c %s", words, office->conf);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);

    for (char **word = argv; *word; word++) {
        if (strcmp(*word, "DAY") == 0) {
            g_free(*word);
            *word = g_strdup(office->day);
        } else if (!g_str_has_prefix(*word, "/")) {
            g_strdelimit(*word, "_", ' ');
        }
    }
    g_autoptr(GBytes) bytes = desk_bytes(office->folder, code, stream, argv);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void does(Office *office, const char *words, const char *expected)
{
    g_autofree char *text = said(office, EX_OK, STDOUT_FILENO, words);

    support_assert_contains(text, expected);
}

static void fails(Office *office, int code, const char *words, const char *why)
{
    g_autofree char *text = said(office, code, STDERR_FILENO, words);

    support_assert_contains(text, why);
}

#define ADD    "add --rule chain-letter --until DAY --reason the_choir's_tour "
#define OF_ONE "--sender d.price@kingsmead.example "

static void test_what_is_added_is_listed_until_it_is_ended(Office *office, gconstpointer unused)
{
    (void)unused;
    does(office, "list --as khan", "no mail is exempt from any rule\n");
    does(office, ADD OF_ONE "--as khan", "exemption 1 stands until ");
    does(office, "list --as khan", "sender d.price@kingsmead.example");
    does(office, "list --json --as khan",
         "{\"number\":1,\"rule\":\"chain-letter\",\"kind\":\"sender\","
         "\"value\":\"d.price@kingsmead.example\",\"until\":\"");
    does(office, "end 1 --reason over --as khan", "exemption 1 has ended");
    does(office, "list --as khan", "no mail is exempt from any rule\n");
    does(office, "list --all --as khan", "by khan: over");
    does(office, "list --all --json --as khan",
         "\"state\":\"ended\",\"reason\":\"the choir's tour\",\"incident\":null,\"by\":\"khan\","
         "\"role\":\"officer\"");
}

static void test_looking_is_put_on_record(Office *office, gconstpointer unused)
{
    g_autofree char *line = g_strdup_printf("schoolgate audit list -c %s", office->conf);
    (void)unused;

    does(office, ADD OF_ONE "--as khan", "exemption 1");
    does(office, "list --as khan", "d.price@kingsmead.example");
    g_autofree char *trail = desk_text(office->folder, EX_OK, line);
    support_assert_contains(trail, "exempt-list");
}

static void test_from_a_critical_rule_two_exempt_where_the_school_says_so(Office *office,
                                                                          gconstpointer unused)
{
    g_autofree char *two = g_strconcat(school, "review\n    critical-needs two\n", NULL);
    const char *grooming = "add --rule grooming " OF_ONE "--until DAY --reason the_choir ";
    g_autofree char *by_head = g_strconcat(grooming, "--as hill", NULL);
    g_autofree char *by_officer = g_strconcat(grooming, "--as khan", NULL);
    (void)unused;

    g_free(support_file(office->folder, "school.conf", two));
    does(office, by_head, "it stands when a second person says the same");
    does(office, "list --json --as khan", "\"state\":\"waiting\"");
    fails(office, EX_DATAERR, by_head, "you were the first");
    does(office, by_officer, "exemption 1 stands until ");
    does(office, "list --json --as khan",
         "\"state\":\"standing\",\"reason\":\"the choir\",\"incident\":null,\"by\":\"hill\"");
    does(office, "list --json --as khan", "\"seconded_by\":\"khan\"");
}

static void test_postmaster_sees_no_phrase_and_exempts_nothing(Office *office, gconstpointer unused)
{
    (void)unused;
    does(office, ADD "--phrase the_choir's_tour --as khan", "exemption 1");
    does(office, "list --as khan", "phrase the choir's tour");
    does(office, "list --as post", "a phrase");
    does(office, "list --json --as post", "\"kind\":\"phrase\",\"value\":null");
    fails(office, EX_NOPERM, ADD OF_ONE "--as post",
          "post is here as postmaster, who may not exempt mail from a rule");
    fails(office, EX_NOPERM, "end 1 --reason over --as post", "may not end an exemption");
}

static void test_what_may_not_be_is_refused(Office *office, gconstpointer unused)
{
    (void)unused;
    fails(office, EX_NOPERM, ADD "--sender a.khan@kingsmead.example --as khan", "their own mail");
    fails(office, EX_NOPERM,
          "add --rule grooming " OF_ONE "--until DAY --reason the_choir --as khan",
          "only the head");
    does(office, "add --rule grooming " OF_ONE "--until DAY --reason the_choir --as hill",
         "exemption 1");
    fails(office, EX_NOINPUT, "add --rule chain-leter " OF_ONE "--until DAY --reason x --as khan",
          "did you mean 'chain-letter'?");
    fails(office, EX_DATAERR, ADD "--group newsleter --as khan", "did you mean 'newsletter'?");
    fails(office, EX_DATAERR,
          "add --rule chain-letter " OF_ONE "--until 2126-01-01 --reason x --as khan",
          "a year at most");
    fails(office, EX_DATAERR,
          "add --rule chain-letter " OF_ONE "--until 2026-01-01 --reason x --as khan",
          "over already");
    fails(office, EX_NOINPUT, ADD OF_ONE "--incident KM-2222-2 --as khan", "KM-2222-2");
    fails(office, EX_NOINPUT, "end 9 --reason x --as khan", "there is no exemption 9");
}

static void test_what_an_officer_exempted_from_a_rule_now_critical_is_void(Office *office,
                                                                           gconstpointer unused)
{
    (void)unused;
    does(office, ADD OF_ONE "--as khan", "exemption 1");
    does(office, "list --json --as khan", "\"state\":\"standing\"");
    g_auto(GStrv) parts = g_strsplit(school, "title Chain letter\n", -1);
    g_autofree char *critical = g_strjoinv("title Chain letter\n    severity critical\n", parts);
    g_free(support_file(office->folder, "school.conf", critical));
    does(office, "list --json --as khan", "\"state\":\"void\"");
}

static void test_words_that_make_no_sense_are_told(Office *office, gconstpointer unused)
{
    static const struct {
        const char *words, *why;
    } cases[] = {
        {"lst", "did you mean 'list'?"},
        {ADD "--as khan", "one of --sender, --group and --phrase"},
        {ADD OF_ONE "--group newsletter", "one of --sender, --group and --phrase"},
        {"add " OF_ONE "--until DAY --reason x", "No --rule given"},
        {"add --rule x " OF_ONE "--reason x", "--until DATE"},
        {"add --rule x " OF_ONE "--until DAY", "say why"},
        {"add --rule x " OF_ONE "--until soon --reason x", "soon"},
        {"add more " OF_ONE, "takes no word"},
        {"list --rule x", "with 'list' go"},
        {"end", "No NUMBER given"},
        {"end one --reason x", "no number of an exemption"},
        {"end 1", "say why"},
        {"end 1 2 --reason x", "one exemption at a time"},
        {"end 1 --all --reason x", "with 'end NUMBER' go"},
    };
    (void)unused;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        fails(office, EX_USAGE, cases[i].words, cases[i].why);
}

static void test_the_last_day_counts_whole(Office *office, gconstpointer unused)
{
    g_autoptr(GTimeZone) london = g_time_zone_new_identifier("Europe/London");
    g_autoptr(GError) error = NULL;
    gint64 day = 0, short_day = 0, time = 0;
    (void)office;
    (void)unused;

    g_assert_true(sg_exemption_read_until("2026-11-21", london, &day, &error));
    g_assert_cmpint(day, ==, 1795305600); /* 2026-11-22 00:00 UTC */
    /* Of 23 hours. */
    g_assert_true(sg_exemption_read_until("2026-03-29", london, &short_day, &error));
    g_assert_cmpint(short_day, ==, 1774825200); /* 2026-03-29 23:00 UTC */
    g_assert_true(sg_exemption_read_until("2026-11-21T12:00", london, &time, &error));
    g_assert_cmpint(time, ==, 1795262400);
    g_assert_false(sg_exemption_read_until("tomorrow", london, &time, &error));
}

static void test_rule_tells_how_much_is_exempt(Office *office, gconstpointer unused)
{
    g_autofree char *line = g_strdup_printf("schoolgate rules chain-letter -c %s", office->conf);
    (void)unused;

    does(office, ADD OF_ONE "--as khan", "exemption 1");
    g_autofree char *text = desk_text(office->folder, EX_OK, line);
    support_assert_contains(text, "some mail is exempt: 1 in 'schoolgate exempt list'");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name)                                                                              \
    g_test_add("/desk/exempt/" #name, Office, NULL, open_office, test_##name, close_office)
    PROMISE(what_is_added_is_listed_until_it_is_ended);
    PROMISE(looking_is_put_on_record);
    PROMISE(from_a_critical_rule_two_exempt_where_the_school_says_so);
    PROMISE(postmaster_sees_no_phrase_and_exempts_nothing);
    PROMISE(what_may_not_be_is_refused);
    PROMISE(what_an_officer_exempted_from_a_rule_now_critical_is_void);
    PROMISE(words_that_make_no_sense_are_told);
    PROMISE(the_last_day_counts_whole);
    PROMISE(rule_tells_how_much_is_exempt);
    return g_test_run();
}
