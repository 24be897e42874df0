/* test_desk_setup_terminal.c - setup as a postmaster meets it: questions at a terminal, answers
 * that are mistyped, and a change of mind. */
#include "terminal.h"

#include <glib/gstdio.h>

typedef struct Fixture {
    char *folder;
    char *path;
    Terminal terminal;
} Fixture;

static const char rules[] =
    "policy p\n    version 1\n    clause 1 A\n"
    "rule r\n    clause 1\n    title R\n    from staff\n    look-in body\n"
    "    signal 4 a /\\bforward this\\b/\n    signal 4 b /\\bbad luck\\b/\n    need 6 points\n"
    "    action reject\n    explain No.\n    hit Forward this or bad luck.\n    miss Hello.\n";

static void begin(Fixture *fixture, gconstpointer data)
{
    g_autofree char *sample = support_read("rules/schoolgate.conf");

    (void)data;
    fixture->folder = support_folder();
    g_free(support_file(fixture->folder, "schoolgate.conf", sample));
    g_free(support_file(fixture->folder, "a.rules", rules));
    fixture->path = g_build_filename(fixture->folder, "school.conf", NULL);
    g_setenv("TERM", "dumb", TRUE);
    const char *const words[] = {"schoolgate", "setup",         "-c",    fixture->path,
                                 "--rules",    fixture->folder, "--mta", "none",
                                 "--state",    fixture->folder, NULL};
    terminal_start(&fixture->terminal, words);
}

static void end(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_string_free(fixture->terminal.shown, TRUE);
    support_folder_remove(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->folder);
}

/* Waits for the question and types the answer, with Enter. */
static void reply(Fixture *f, const char *question, const char *answer)
{
    g_autofree char *keys = g_strconcat(answer, "\r", NULL);

    terminal_wait(&f->terminal, question);
    terminal_wait(&f->terminal, "\r\n  "); /* the help, */
    terminal_wait(&f->terminal, "\r\n  "); /* and where to type */
    terminal_type(&f->terminal, keys);
}

static void answer_as_proposed_after_the_officer(Fixture *f)
{
    reply(f, "The head teacher's address", "");
    reply(f, "The postmaster's address", "");
    reply(f, "The school's time zone", "Europe/London");
    reply(f, "Where the mail server reaches schoolgate", "");
    reply(f, "The school's own networks", "");
    reply(f, "Observe or enforce", "");
}

static void answer_all(Fixture *f)
{
    reply(f, "The school's name", "Hillside School");
    reply(f, "Two or three capitals for it", "");
    reply(f, "The domains of staff's addresses", "hillside.example");
    reply(f, "How students are recognised", "");
    reply(f, "The domains of students' addresses", "");
    reply(f, "The online safety officer's address", "safe@hillside.example");
    answer_as_proposed_after_the_officer(f);
}

static void test_the_interview_ends_in_a_configuration(Fixture *f, gconstpointer data)
{
    (void)data;
    answer_all(f);
    terminal_wait(&f->terminal, "+    name       Hillside School");
    terminal_wait(&f->terminal, "checked 1 rule, 2 examples, 0 warnings");
    terminal_wait(&f->terminal, "Write this? (yes or no) [no] ");
    g_assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
    terminal_type(&f->terminal, "yse\r");
    terminal_wait(&f->terminal, "write yes or no");
    terminal_wait(&f->terminal, "Write this? (yes or no) [no] ");
    g_assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
    terminal_type(&f->terminal, "yes\r");
    terminal_wait(&f->terminal, "Send two test messages to the officer? (yes or no) [no] ");
    terminal_type(&f->terminal, "\r");
    g_assert_cmpint(terminal_end(&f->terminal), ==, 0);
    g_autofree char *text = support_read(f->path);
    support_assert_contains(text, "mode observe\n");
    support_assert_contains(text, "    reference  HS\n");
    support_assert_contains(text, "    domain  students.hillside.example\n");
    support_assert_contains(text, "    postmaster postmaster@hillside.example\n");
    support_assert_contains(text, "    # head       ");
}

static void test_a_mistyped_answer_is_told_the_cure_and_asked_for_again(Fixture *f,
                                                                        gconstpointer data)
{
    (void)data;
    reply(f, "The school's name", "");
    terminal_wait(&f->terminal, "this cannot be left out");
    reply(f, "The school's name", "Hillside School");
    reply(f, "Two or three capitals for it", "hill");
    terminal_wait(&f->terminal, "two or three capital letters");
    reply(f, "Two or three capitals for it", "HI");
    reply(f, "The domains of staff's addresses", "hillside.example");
    reply(f, "How students are recognised", "none");
    terminal_wait(&f->terminal, "then nothing tells students from others");
    reply(f, "How students are recognised", "file");
    reply(f, "A CSV file of people", "none");
    terminal_wait(&f->terminal, "in which one?");
    reply(f, "How students are recognised", "pattern");
    reply(f, "A pattern of students' addresses", "/^s[0-9]+@hillside\\.example$/");
    reply(f, "The online safety officer's address", "safe");
    terminal_wait(&f->terminal, "did you mean 'safe@hillside.example'?");
    reply(f, "The online safety officer's address", "safe@hillside.example");
    answer_as_proposed_after_the_officer(f);
    terminal_wait(&f->terminal, "+    pattern /^s[0-9]+@hillside\\.example$/");
    terminal_wait(&f->terminal, "Write this? ");
    terminal_type(&f->terminal, "no\r");
    terminal_wait(&f->terminal, "nothing was changed");
    g_assert_cmpint(terminal_end(&f->terminal), ==, 0);
    g_assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
}

static void test_ctrl_c_leaves_everything_as_it_was(Fixture *f, gconstpointer data)
{
    (void)data;
    reply(f, "The school's name", "Hillside School");
    terminal_wait(&f->terminal, "Two or three capitals for it");
    terminal_type(&f->terminal, "\003");
    g_assert_cmpint(terminal_end(&f->terminal), ==, 128 + SIGINT);
    support_assert_contains(f->terminal.shown->str, "nothing was changed");
    g_assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
}

/* As far as the password. */
static void answer_about_directory(Fixture *f)
{
    reply(f, "The school's name", "Hillside School");
    reply(f, "Two or three capitals for it", "");
    reply(f, "The domains of staff's addresses", "hillside.example");
    reply(f, "How students are recognised", "directory");
    reply(f, "The directory's server", "ldaps://dc1.hillside.example");
    reply(f, "The certificate of the authority", "");
    reply(f, "Where in the directory to look", "");
    reply(f, "The account that asks", "cn=schoolgate,dc=hillside,dc=example");
    reply(f, "The file with that account's password", "secret");
    terminal_wait(&f->terminal, "is made with the password of");
    terminal_wait(&f->terminal, "Password: ");
}

static void test_a_password_is_typed_unseen_and_kept_for_few_to_read(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->folder, "secret", NULL);
    GStatBuf file;

    (void)data;
    answer_about_directory(f);
    terminal_type(&f->terminal, "mind-the-gap\r");
    reply(f, "Who is a student there", "(department=Year*)");
    reply(f, "Who is staff there", "");
    reply(f, "Who is a parent there", "");
    terminal_wait(&f->terminal, "Ask the directory now, to see whether that is right? ");
    terminal_type(&f->terminal, "no\r");
    reply(f, "The online safety officer's address", "safe@hillside.example");
    answer_as_proposed_after_the_officer(f);
    terminal_wait(&f->terminal, "+    password-file  secret");
    terminal_wait(&f->terminal, "Write this? (yes or no) [no] ");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    terminal_type(&f->terminal, "yes\r");
    terminal_wait(&f->terminal, "Send two test messages to the officer? ");
    terminal_type(&f->terminal, "\r");
    g_assert_cmpint(terminal_end(&f->terminal), ==, 0);
    g_assert_null(strstr(f->terminal.shown->str, "mind-the-gap"));
    g_autofree char *secret = support_read(path);
    g_assert_cmpstr(secret, ==, "mind-the-gap\n");
    g_assert_cmpint(g_stat(path, &file), ==, 0);
    g_assert_cmpuint(file.st_mode & 0137, ==, 0);
}

static void test_ctrl_c_at_the_password_leaves_everything_as_it_was(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->folder, "secret", NULL);

    (void)data;
    answer_about_directory(f);
    terminal_type(&f->terminal, "mind-\003");
    g_assert_cmpint(terminal_end(&f->terminal), ==, 128 + SIGINT);
    support_assert_contains(f->terminal.shown->str, "nothing was changed");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
}

static void test_ctrl_c_instead_of_a_yes_leaves_everything_as_it_was(Fixture *f, gconstpointer data)
{
    (void)data;
    answer_all(f);
    terminal_wait(&f->terminal, "Write this? ");
    terminal_type(&f->terminal, "ye\003");
    g_assert_cmpint(terminal_end(&f->terminal), ==, 128 + SIGINT);
    g_assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
}

static void test_ctrl_c_after_the_yes_ends_it_with_what_was_agreed_to_in_place(Fixture *f,
                                                                               gconstpointer data)
{
    (void)data;
    answer_all(f);
    terminal_wait(&f->terminal, "Write this? ");
    terminal_type(&f->terminal, "yes\r");
    terminal_wait(&f->terminal, "Send two test messages to the officer? ");
    terminal_type(&f->terminal, "\003");
    g_assert_cmpint(terminal_end(&f->terminal), ==, 128 + SIGINT);
    g_assert_true(g_file_test(f->path, G_FILE_TEST_EXISTS));
}

static void test_the_end_of_input_is_no_answer(Fixture *f, gconstpointer data)
{
    (void)data;
    terminal_wait(&f->terminal, "The school's name");
    terminal_type(&f->terminal, "\004");
    g_assert_cmpint(terminal_end(&f->terminal), ==, 66);
    support_assert_contains(f->terminal.shown->str, "there was no answer; nothing was changed");
}

#define PROMISE(name) g_test_add("/setup-terminal/" #name, Fixture, NULL, begin, test_##name, end)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(the_interview_ends_in_a_configuration);
    PROMISE(a_mistyped_answer_is_told_the_cure_and_asked_for_again);
    PROMISE(ctrl_c_leaves_everything_as_it_was);
    PROMISE(a_password_is_typed_unseen_and_kept_for_few_to_read);
    PROMISE(ctrl_c_at_the_password_leaves_everything_as_it_was);
    PROMISE(ctrl_c_instead_of_a_yes_leaves_everything_as_it_was);
    PROMISE(ctrl_c_after_the_yes_ends_it_with_what_was_agreed_to_in_place);
    PROMISE(the_end_of_input_is_no_answer);
    return g_test_run();
}
