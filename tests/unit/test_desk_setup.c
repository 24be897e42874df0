/* test_desk_setup.c - what setup proposes, takes for an answer, makes of the sample, and how it
 * writes. The whole of it at a terminal is in test_desk_setup_terminal.c. */
#include "../../milter/desk/safe_write.h"
#include "../../milter/desk/setup_plan.h"
#include "../../milter/desk/setup_propose.h"
#include "golden.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
    char *folder;
    SgSetup setup;
} Fixture;

/* A folder with the sample and a rule, and no configuration yet. */
static void begin(Fixture *fixture, gconstpointer data)
{
    g_autofree char *sample = support_read("rules/schoolgate.conf");
    const char *main_cf = data;
    g_autoptr(GError) error = NULL;

    fixture->folder = support_folder();
    g_free(support_file(fixture->folder, "schoolgate.conf", sample));
    g_free(support_file(fixture->folder, "a.rules", "policy p\n    version 1\n    clause 1 A\n"));
    fixture->setup.path = g_build_filename(fixture->folder, "school.conf", NULL);
    fixture->setup.rules = g_strdup(fixture->folder);
    if (main_cf) {
        g_free(support_file(fixture->folder, "main.cf", main_cf));
        g_free(support_file(fixture->folder, "master.cf", ""));
        fixture->setup.postfix_config = g_strdup(fixture->folder);
    }
    g_assert_true(sg_setup_read(&fixture->setup, &error));
    g_assert_no_error(error);
}

static void end(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sg_setup_clear(&fixture->setup);
    support_folder_remove(fixture->folder);
    g_free(fixture->folder);
}

static void answer(Fixture *f, SgAsked asked, const char *text)
{
    g_autoptr(GError) error = NULL;

    sg_setup_answer(&f->setup, asked, text, &error);
    g_assert_no_error(error);
}

static void assert_refused(Fixture *f, SgAsked asked, const char *text, const char *words)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(sg_setup_answer(&f->setup, asked, text, &error));
    g_assert_error(error, SG_SETUP_ERROR, SG_SETUP_ERROR_ANSWER);
    support_assert_contains(error->message, words);
}

static void answer_rest(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    sg_setup_answer_rest(&f->setup, &error);
    g_assert_no_error(error);
}

static void answer_all(Fixture *f)
{
    answer(f, SG_ASKED_NAME, "Hillside School");
    answer(f, SG_ASKED_REFERENCE, "HS");
    answer(f, SG_ASKED_STAFF, "hillside.example, *.hillside.example");
    answer(f, SG_ASKED_KNOWN_BY, "pattern");
    answer(f, SG_ASKED_PATTERN, "/^[0-9]{2}[a-z]+@hillside\\.example$/");
    answer(f, SG_ASKED_OFFICER, "safe@hillside.example");
    answer(f, SG_ASKED_HEAD, "none");
    answer(f, SG_ASKED_POSTMASTER, "it@hillside.example");
    answer(f, SG_ASKED_ZONE, "Europe/London");
    answer(f, SG_ASKED_MTA, "none");
    answer(f, SG_ASKED_SOCKET, "unix:/run/schoolgate/milter.sock");
    answer(f, SG_ASKED_INSIDE, "127.0.0.0/8, 10.9.0.0/16");
    answer(f, SG_ASKED_MODE, "observe");
    answer_rest(f);
}

static void answer_all_by_directory(Fixture *f)
{
    g_autofree char *password = support_file(f->folder, "secret", "mind-the-gap\n");

    g_chmod(password, 0640);
    for (SgAsked asked = SG_ASKED_KNOWN_BY; asked <= SG_ASKED_DIRECTORY_LAST; asked++)
        g_clear_pointer(&f->setup.answers[asked], g_free);
    answer(f, SG_ASKED_KNOWN_BY, "directory");
    answer(f, SG_ASKED_DIRECTORY, "ldap://dc1.hillside.example, ldap://dc2.hillside.example");
    answer(f, SG_ASKED_BASE, "dc=hillside,dc=example");
    answer(f, SG_ASKED_BIND_AS, "cn=schoolgate,dc=hillside,dc=example");
    answer(f, SG_ASKED_PASSWORD_FILE, password);
    answer(f, SG_ASKED_DIRECTORY_STUDENTS, "OU=Pupils,DC=hillside,DC=example");
    answer(f, SG_ASKED_DIRECTORY_STAFF, "cn=teachers,dc=hillside,dc=example");
    answer_rest(f);
}

static void test_the_sample_becomes_the_schools_own(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    answer_all(f);
    g_autofree char *text = sg_setup_text(&f->setup);
    g_autofree char *diff = sg_setup_diff("the sample", f->setup.ground, "yours", text, &error);
    g_assert_no_error(error);
    assert_golden("setup-new.txt", diff);
}

static void test_a_school_that_knows_its_people_by_a_directory(Fixture *f, gconstpointer data)
{
    static const char block[] =
        "\ndirectory school\n"
        "    server         ldap://dc1.hillside.example, ldap://dc2.hillside.example\n"
        "    start-tls      yes\n"
        "    base           dc=hillside,dc=example\n"
        "    bind-as        cn=schoolgate,dc=hillside,dc=example\n";
    static const char roles[] =
        "    role student   (objectClass=person)  below OU=Pupils,DC=hillside,DC=example\n"
        "    role staff     cn=teachers,dc=hillside,dc=example\n";

    (void)data;
    answer_all(f);
    answer_all_by_directory(f);
    g_autofree char *text = sg_setup_text(&f->setup);
    support_assert_contains(text, block);
    g_assert_true(g_str_has_suffix(text, roles));
    support_assert_contains(text, "    # domain  students.kingsmead.example\n");
    g_assert_null(strstr(text, "mind-the-gap"));
}

/* An option that is asked for before the one it hangs on. */
static void test_what_belongs_to_no_directory_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_refused(f, SG_ASKED_BASE, "dc=x", "it goes with --directory");
    answer(f, SG_ASKED_DIRECTORY, "ldaps://dc1.hillside.example");
    assert_refused(f, SG_ASKED_START_TLS, "yes", "with another server");
    assert_refused(f, SG_ASKED_PASSWORD_FILE, "secret", "--directory-bind-as");
    assert_refused(f, SG_ASKED_DIRECTORY_STUDENTS, "none", "cannot be left out");
    assert_refused(f, SG_ASKED_COLUMN, "Mail", "--people");
}

static void test_a_password_is_for_few_to_read_and_takes_no_files_place(Fixture *f,
                                                                        gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->folder, "deep", "secret", NULL);
    g_autoptr(GError) error = NULL;
    struct stat file;

    (void)data;
    g_assert_true(sg_file_make_secret(path, "mind-the-gap", "no-such-user", &error));
    g_assert_no_error(error);
    g_assert_cmpint(stat(path, &file), ==, 0);
    g_assert_cmpuint(file.st_mode & 07777, ==, 0600);
    g_assert_false(sg_file_make_secret(path, "another", NULL, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
    g_autofree char *text = support_read(path);
    g_assert_cmpstr(text, ==, "mind-the-gap\n");
}

static void test_nobody_of_the_sample_is_left_in_force(Fixture *f, gconstpointer data)
{
    (void)data;
    answer_all(f);
    g_autofree char *text = sg_setup_text(&f->setup);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        g_strstrip(*line);
        if (**line != '#' && strstr(*line, "kingsmead"))
            g_error("still there: %s", *line);
    }
}

static void test_the_same_answers_again_change_nothing(Fixture *f, gconstpointer data)
{
    g_auto(SgSetup) again = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    answer_all(f);
    g_autofree char *text = sg_setup_text(&f->setup);
    g_free(support_file(f->folder, "school.conf", text));
    again.path = g_strdup(f->setup.path);
    g_assert_true(sg_setup_read(&again, &error));
    for (SgAsked asked = 0; asked < SG_ASKED; asked++)
        if (sg_setup_concerns(&again, asked))
            sg_setup_answer(&again, asked,
                            *f->setup.answers[asked] ? f->setup.answers[asked] : "none", &error);
    g_assert_no_error(error);
    g_autofree char *second = sg_setup_text(&again);
    g_autofree char *diff = sg_setup_diff("one", text, "two", second, &error);
    g_assert_cmpstr(second, ==, text);
    g_assert_cmpstr(diff, ==, "");
}

static void test_what_is_there_is_proposed_again(Fixture *f, gconstpointer data)
{
    g_auto(SgSetup) again = {0};

    (void)data;
    g_free(support_file(f->folder, "school.conf",
                        "mode enforce # now\nschool\n    name  The # School\n"
                        "role staff\n    domain  a.example\n    domain  b.example\n"));
    again.path = g_strdup(f->setup.path);
    g_assert_true(sg_setup_read(&again, NULL));
    g_autofree char *mode = sg_setup_proposal(&again, SG_ASKED_MODE);
    g_autofree char *name = sg_setup_proposal(&again, SG_ASKED_NAME);
    g_autofree char *staff = sg_setup_proposal(&again, SG_ASKED_STAFF);
    g_assert_cmpstr(mode, ==, "enforce");
    g_assert_cmpstr(name, ==, "The # School");
    g_assert_cmpstr(staff, ==, "a.example, b.example");
    g_assert_null(sg_setup_proposal(&again, SG_ASKED_HEAD));
}

/* A postmaster who has copied the sample has not said anything yet. */
static void test_the_sample_as_it_came_is_no_configuration(Fixture *f, gconstpointer data)
{
    g_auto(SgSetup) again = {0};

    (void)data;
    again.rules = g_strdup(f->folder);
    again.path = g_build_filename(f->folder, "copied.conf", NULL);
    g_free(support_file(f->folder, "copied.conf", f->setup.ground));
    g_assert_true(sg_setup_read(&again, NULL));
    g_assert_true(again.anew);
    g_assert_null(sg_setup_current(&again, SG_ASKED_NAME));
}

static void test_a_file_that_is_no_text_is_left_alone(Fixture *f, gconstpointer data)
{
    g_auto(SgSetup) again = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    again.path = g_build_filename(f->folder, "binary.conf", NULL);
    g_assert_true(g_file_set_contents(again.path, "mode\0observe", 12, NULL));
    g_assert_false(sg_setup_read(&again, &error));
    g_assert_error(error, SG_SETUP_ERROR, SG_SETUP_ERROR_FILE);
}

static void test_answers_that_make_no_sense_are_told_what_would(Fixture *f, gconstpointer data)
{
    (void)data;
    answer(f, SG_ASKED_STAFF, "hillside.example");
    assert_refused(f, SG_ASKED_NAME, "  ", "cannot be left out");
    assert_refused(f, SG_ASKED_NAME, "one\nmode enforce", "one line");
    assert_refused(f, SG_ASKED_NAME, "\xff", "UTF-8");
    assert_refused(f, SG_ASKED_REFERENCE, "hillside", "two or three capital letters");
    assert_refused(f, SG_ASKED_STAFF, "jo@hillside.example", "did you mean 'hillside.example'?");
    assert_refused(f, SG_ASKED_STAFF, "hillside..example", "is no domain");
    assert_refused(f, SG_ASKED_STAFF, "a.example b.example", "comma");
    assert_refused(f, SG_ASKED_PATTERN, "[0-9]+@", "/");
    assert_refused(f, SG_ASKED_PATTERN, "/(/", "pattern");
    assert_refused(f, SG_ASKED_PEOPLE, "nobody.csv", "nobody.csv");
    assert_refused(f, SG_ASKED_KNOWN_BY, "dirctory", "did you mean 'directory'?");
    assert_refused(f, SG_ASKED_STUDENTS, "hillside.example", "does not tell students from them");
    assert_refused(f, SG_ASKED_OFFICER, "safe", "did you mean 'safe@hillside.example'?");
    assert_refused(f, SG_ASKED_OFFICER, "none", "no mail address");
    assert_refused(f, SG_ASKED_OFFICER, "a@b.example #c", "comment");
    assert_refused(f, SG_ASKED_ZONE, "Europe/Lodnon", "no time zone 'Europe/Lodnon'");
    assert_refused(f, SG_ASKED_MTA, "posfix", "did you mean 'postfix'?");
    assert_refused(f, SG_ASKED_SOCKET, "/run/x", "a socket is written unix:");
    assert_refused(f, SG_ASKED_INSIDE, "10.0.0.0/99", "10.0.0.0/99");
    assert_refused(f, SG_ASKED_MODE, "enforced", "enforce");
    g_assert_null(f->setup.answers[SG_ASKED_NAME]);
}

static void test_something_must_tell_students_from_others(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_refused(f, SG_ASKED_KNOWN_BY, "none", "tells students from others");
    answer(f, SG_ASKED_KNOWN_BY, "domain, directory");
    assert_refused(f, SG_ASKED_STUDENTS, "none", "cannot be left out");
    assert_refused(f, SG_ASKED_PATTERN, "/x/", "people are to be known by domain, directory");
    answer(f, SG_ASKED_STUDENTS, "students.hillside.example");
    assert_refused(f, SG_ASKED_DIRECTORY, "none", "cannot be left out");
}

static void test_without_questions_every_missing_option_is_named(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    answer(f, SG_ASKED_NAME, "Hillside School");
    answer(f, SG_ASKED_ZONE, "UTC");
    g_assert_false(sg_setup_answer_rest(&f->setup, &error));
    g_assert_error(error, SG_SETUP_ERROR, SG_SETUP_ERROR_MISSING);
    support_assert_contains(error->message, ": --staff-domain, --student-domain (or "
                                            "--student-pattern, or --people, or --directory), "
                                            "--officer");
    g_assert_cmpstr(f->setup.answers[SG_ASKED_REFERENCE], ==, "HS");
    g_assert_cmpstr(f->setup.answers[SG_ASKED_MODE], ==, "observe");
}

static void assert_proposed(char *got, const char *want)
{
    g_assert_cmpstr(got, ==, want);
    g_free(got);
}

static const char postfix[] = "compatibility_level = 3.6\nmydomain = hillside.example\n"
                              "queue_directory = /var/spool/postfix-school\n"
                              "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128 "
                              "hash:/etc/postfix/more 10.1.0.0/16\n";

static void test_postfix_tells_domain_networks_and_socket(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_proposed(sg_propose_mta(&f->setup), "postfix");
    assert_proposed(sg_propose_staff(&f->setup), "hillside.example");
    assert_proposed(sg_propose_inside(&f->setup), "127.0.0.0/8, ::1/128, 10.1.0.0/16");
    assert_proposed(sg_propose_socket(&f->setup),
                    "unix:/var/spool/postfix-school/schoolgate/milter.sock");
}

static void test_without_a_mail_server_there_are_proposals_all_the_same(Fixture *f,
                                                                        gconstpointer data)
{
    (void)data;
    answer(f, SG_ASKED_MTA, "none");
    assert_proposed(sg_propose_mta(&f->setup), "none");
    assert_proposed(sg_propose_inside(&f->setup), "127.0.0.0/8, ::1");
    assert_proposed(sg_propose_socket(&f->setup), "unix:/run/schoolgate/milter.sock");
    answer(f, SG_ASKED_STAFF, "*.hillside.example, other.example");
    assert_proposed(sg_propose_officer(&f->setup), "online-safety@hillside.example");
    answer(f, SG_ASKED_NAME, "Academy of Hillside Upper Lane");
    assert_proposed(sg_propose_reference(&f->setup), "AHU");
    answer(f, SG_ASKED_NAME, "Hillside");
    assert_proposed(sg_propose_reference(&f->setup), "HI");
    answer(f, SG_ASKED_NAME,
           "\xc3\x89"
           "cole");
    assert_proposed(sg_propose_reference(&f->setup), NULL);
}

/* Writing -----------------------------------------------------------------------------------------
 */

static mode_t mode_of(const char *path)
{
    struct stat status;

    g_assert_cmpint(stat(path, &status), ==, 0);
    return status.st_mode & 07777;
}

static guint files_in(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;

    while (g_dir_read_name(dir))
        count++;
    return count;
}

static void test_a_file_is_replaced_with_its_mode_and_nothing_else_is_left(Fixture *f,
                                                                           gconstpointer data)
{
    g_autofree char *path = support_file(f->folder, "x.conf", "old");
    g_autofree char *link = g_build_filename(f->folder, "link.conf", NULL);
    guint files = files_in(f->folder);
    g_autoptr(GError) error = NULL;

    (void)data;
    g_chmod(path, 0604);
    g_assert_cmpint(symlink("x.conf", link), ==, 0);
    g_assert_true(sg_file_replace(link, "new", NULL, &error));
    g_assert_no_error(error);
    g_autofree char *text = support_read(path);
    g_assert_cmpstr(text, ==, "new");
    g_assert_cmpuint(mode_of(path), ==, 0604);
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_assert_cmpuint(files_in(f->folder), ==, files + 1);
}

static void test_a_new_file_is_not_for_everybody(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->folder, "deep", "new.conf", NULL);

    (void)data;
    g_assert_true(sg_file_replace(path, "new", NULL, NULL));
    g_assert_cmpuint(mode_of(path), ==, 0640);
}

static void test_what_cannot_be_written_leaves_what_was_there(Fixture *f, gconstpointer data)
{
    g_autofree char *plain = support_file(f->folder, "plain", "a file, no folder");
    g_autofree char *path = g_build_filename(plain, "x.conf", NULL);
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_false(sg_file_replace(path, "new", NULL, &error));
    support_assert_contains(error->message, plain);
    g_autofree char *text = support_read(plain);
    g_assert_cmpstr(text, ==, "a file, no folder");
}

static void test_a_copy_keeps_words_and_mode(Fixture *f, gconstpointer data)
{
    g_autofree char *path = support_file(f->folder, "x.conf", "as it was");
    g_autoptr(GError) error = NULL;

    (void)data;
    g_chmod(path, 0600);
    g_autofree char *copy = sg_file_keep_copy(path, &error);
    g_assert_no_error(error);
    g_autofree char *text = support_read(copy);
    g_assert_cmpstr(text, ==, "as it was");
    g_assert_cmpuint(mode_of(copy), ==, 0600);
    g_assert_true(g_regex_match_simple("/x\\.conf\\.before-[0-9]{8}-[0-9]{6}$", copy, 0, 0));
}

#define PROMISE_OF(name, main_cf)                                                                  \
    g_test_add("/setup/" #name, Fixture, main_cf, begin, test_##name, end)
#define PROMISE(name) PROMISE_OF(name, NULL)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(the_sample_becomes_the_schools_own);
    PROMISE(a_school_that_knows_its_people_by_a_directory);
    PROMISE(what_belongs_to_no_directory_is_refused);
    PROMISE(a_password_is_for_few_to_read_and_takes_no_files_place);
    PROMISE(nobody_of_the_sample_is_left_in_force);
    PROMISE(the_same_answers_again_change_nothing);
    PROMISE(what_is_there_is_proposed_again);
    PROMISE(the_sample_as_it_came_is_no_configuration);
    PROMISE(a_file_that_is_no_text_is_left_alone);
    PROMISE(answers_that_make_no_sense_are_told_what_would);
    PROMISE(something_must_tell_students_from_others);
    PROMISE(without_questions_every_missing_option_is_named);
    PROMISE_OF(postfix_tells_domain_networks_and_socket, postfix);
    PROMISE(without_a_mail_server_there_are_proposals_all_the_same);
    PROMISE(a_file_is_replaced_with_its_mode_and_nothing_else_is_left);
    PROMISE(a_new_file_is_not_for_everybody);
    PROMISE(what_cannot_be_written_leaves_what_was_there);
    PROMISE(a_copy_keeps_words_and_mode);
    return g_test_run();
}
