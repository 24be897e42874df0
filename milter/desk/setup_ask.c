/* setup_ask.c - setup's questions, one after the other: each with its help and a proposal, until
 * the answer makes sense */
#include "setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "page.h"
#include "schoolgate/lexer.h"
#include "secret.h"
#include "setup_known.h"

#define LINE_MOST 4096

static gboolean is_ended(GError **error)
{
    g_set_error_literal(error, SG_SETUP_ERROR, SG_SETUP_ERROR_ENDED,
                        isatty(STDIN_FILENO)
                            ? "there was no answer; nothing was changed"
                            : "there was no answer; nothing was changed; with --yes nothing is "
                              "asked, and options say it");
    return FALSE;
}

/* Without its end. NULL when there is none left, or it is beyond measure. Free with g_free(). */
static char *read_line(void)
{
    g_autofree char *line = g_malloc(LINE_MOST);

    fflush(stdout);
    if (!fgets(line, LINE_MOST, stdin)) {
        putchar('\n');
        return NULL;
    }
    if (!strchr(line, '\n') && !feof(stdin))
        return NULL;
    return g_strstrip(g_steal_pointer(&line));
}

static void put_help(SgPage *page, const char *help)
{
    g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

    for (char **line = lines; *line; line++) {
        sg_page_format(page, SG_STYLE_DIM, "  %s", *line);
        sg_page_end_line(page);
    }
}

static gboolean is_column(SgAsked asked)
{
    return asked == SG_ASKED_COLUMN || asked == SG_ASKED_ROLE_COLUMN ||
           asked == SG_ASKED_GROUPS_COLUMN || asked == SG_ASKED_UNTIL_COLUMN;
}

static void put_columns(SgPage *page, const SgSetup *setup)
{
    g_autofree char *columns = g_strjoinv(", ", setup->columns);

    sg_page_format(page, SG_STYLE_PLAIN, "  The file has: %s", columns);
    sg_page_end_line(page);
}

static void put_question(const SgSetup *setup, SgAsked asked, const char *proposal)
{
    const SgQuestion *question = &sg_questions[asked];
    g_autoptr(SgPage) page = sg_page_new();

    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_STRONG, "%c%s", g_ascii_toupper(*question->asks),
                   question->asks + 1);
    sg_page_end_line(page);
    put_help(page, question->help);
    if (is_column(asked) && setup->columns)
        put_columns(page, setup);
    if (proposal)
        sg_page_format(page, SG_STYLE_PLAIN, "  [%s] ", *proposal ? proposal : "none");
    else
        sg_page_put(page, SG_STYLE_PLAIN, "  > ");
    sg_page_flush(page);
}

static void put_wrong(const char *why)
{
    g_autoptr(SgPage) page = sg_page_new();

    sg_page_format(page, SG_STYLE_CAUTION, "  %s", why);
    sg_page_end_line(page);
    sg_page_flush(page);
}

/* Puts the question once. FALSE when there are no more answers. `line` gets what was typed; Enter
 * is the proposal. */
static gboolean hear(const SgSetup *setup, SgAsked asked, char **line, GError **error)
{
    g_autofree char *proposal = sg_setup_proposal(setup, asked);

    if (!proposal && sg_setup_may_be_none(setup, asked))
        proposal = g_strdup("");
    put_question(setup, asked, proposal);
    *line = read_line();
    if (!*line)
        return is_ended(error);
    if (!**line && proposal) {
        g_free(*line);
        *line = g_steal_pointer(&proposal);
    }
    return TRUE;
}

/* What was typed from the choice of ways on is proposed when it is asked again. */
static void go_back(SgSetup *setup, SgAsked *asked)
{
    for (SgAsked back = SG_ASKED_KNOWN_BY; back <= SG_ASKED_DIRECTORY_LAST; back++) {
        if (!setup->typed[back])
            continue;
        g_free(setup->earlier[back]);
        setup->earlier[back] = g_steal_pointer(&setup->answers[back]);
    }
    *asked = SG_ASKED_KNOWN_BY - 1;
}

/* Whoever has no such domain, pattern, file or directory after all. */
static gboolean is_wrong_way(const SgSetup *setup, SgAsked asked, const char *line)
{
    return sg_is_way(asked) && setup->typed[SG_ASKED_KNOWN_BY] &&
           g_ascii_strcasecmp(line, "none") == 0;
}

/* Until it makes sense. FALSE when there are no more answers. */
static gboolean ask(SgSetup *setup, SgAsked *asked, GError **error)
{
    for (;;) {
        g_autoptr(GError) why = NULL;
        g_autofree char *line = NULL;

        if (!hear(setup, *asked, &line, error))
            return FALSE;
        if (is_wrong_way(setup, *asked, line)) {
            put_wrong("then they are recognised in another way; in which one?");
            go_back(setup, asked);
            return TRUE;
        }
        if (sg_setup_answer(setup, *asked, line, &why)) {
            setup->typed[*asked] = TRUE;
            return TRUE;
        }
        put_wrong(why->message);
    }
}

static gboolean ask_for_password(SgSetup *setup, GError **error)
{
    g_autofree char *path = sg_path_beside(setup->path, setup->answers[SG_ASKED_PASSWORD_FILE]);
    g_autofree char *account = sg_setup_now(setup, SG_ASKED_BIND_AS);
    g_autoptr(SgPage) page = sg_page_new();

    sg_page_format(page, SG_STYLE_PLAIN,
                   "  '%s' is not there yet, and is made with the password of", path);
    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_PLAIN, "  %s, which is not shown as you type it.", account);
    sg_page_end_line(page);
    sg_page_flush(page);
    fflush(stdout);
    setup->password = sg_desk_ask_secret("  Password: ");
    return setup->password || is_ended(error);
}

/* What was typed is not for a file that is there. */
static gboolean see_to_password(SgSetup *setup, GError **error)
{
    if (!sg_setup_needs_password(setup))
        g_clear_pointer(&setup->password, sg_desk_secret_free);
    else if (!setup->password)
        return ask_for_password(setup, error);
    return TRUE;
}

/* Once more from the first question about it, with what was said for proposals. */
static void forget_directory(SgSetup *setup)
{
    for (SgAsked asked = SG_ASKED_DIRECTORY; asked <= SG_ASKED_DIRECTORY_LAST; asked++) {
        g_free(setup->earlier[asked]);
        setup->earlier[asked] = g_steal_pointer(&setup->answers[asked]);
    }
}

/* Whether the answers about the directory are to be given again. */
static gboolean try_directory(SgSetup *setup, gboolean *again, GError **error)
{
    SgSetupWord word;
    SgTriedDirectory tried;

    *again = FALSE;
    if (!sg_concerns_directory_block(setup))
        return TRUE;
    word = sg_setup_confirm("Ask the directory now, to see whether that is right? (yes or no)",
                            SG_SETUP_YES);
    tried = word == SG_SETUP_YES ? sg_setup_try_directory(setup) : SG_TRIED_RIGHT;
    if (tried == SG_TRIED_RIGHT)
        return word != SG_SETUP_NO_ANSWER || is_ended(error);
    if (tried == SG_TRIED_WRONG_PASSWORD)
        g_clear_pointer(&setup->password, sg_desk_secret_free);
    word = sg_setup_confirm("Answer the questions about the directory again? (yes or no)",
                            SG_SETUP_YES);
    *again = word == SG_SETUP_YES;
    return word != SG_SETUP_NO_ANSWER || is_ended(error);
}

/* What comes behind the question, asked or not. */
static gboolean follow_up(SgSetup *setup, SgAsked *asked, GError **error)
{
    gboolean again = FALSE;

    if (*asked == SG_ASKED_PASSWORD_FILE && setup->answers[*asked])
        return see_to_password(setup, error);
    if (*asked != SG_ASKED_DIRECTORY_LAST)
        return TRUE;
    if (!try_directory(setup, &again, error))
        return FALSE;
    if (again) {
        forget_directory(setup);
        *asked = SG_ASKED_DIRECTORY - 1;
    }
    return TRUE;
}

gboolean sg_setup_ask(SgSetup *setup, GError **error)
{
    /* A password that is read behind an answer must find its line there. */
    setvbuf(stdin, NULL, _IONBF, 0);
    for (SgAsked asked = 0; asked < SG_ASKED; asked++) {
        if (!setup->answers[asked] && sg_setup_concerns(setup, asked) && !ask(setup, &asked, error))
            return FALSE;
        if (!follow_up(setup, &asked, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean is_one_of(const char *line, const char *word, const char *letter)
{
    return g_ascii_strcasecmp(line, word) == 0 || g_ascii_strcasecmp(line, letter) == 0;
}

SgSetupWord sg_setup_confirm(const char *question, SgSetupWord otherwise)
{
    for (;;) {
        g_autofree char *line = NULL;

        printf("\n%s [%s] ", question, otherwise == SG_SETUP_YES ? "yes" : "no");
        line = read_line();
        if (!line)
            return SG_SETUP_NO_ANSWER;
        if (!*line)
            return otherwise;
        if (is_one_of(line, "yes", "y"))
            return SG_SETUP_YES;
        if (is_one_of(line, "no", "n"))
            return SG_SETUP_NO;
        put_wrong("write yes or no");
    }
}
