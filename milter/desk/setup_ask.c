/* setup_ask.c - setup's questions, one after the other: each with its help and a proposal, until
 * the answer makes sense */
#include "setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "page.h"

#define LINE_MOST 4096

static gboolean is_ended(GError **error)
{
    g_set_error_literal(error, SG_SETUP_ERROR, SG_SETUP_ERROR_ENDED,
                        "there was no answer; nothing was changed");
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

static void put_question(const SgQuestion *question, const char *proposal)
{
    g_autoptr(SgPage) page = sg_page_new();

    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_STRONG, "%c%s", g_ascii_toupper(*question->asks),
                   question->asks + 1);
    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_DIM, "  %s", question->help);
    sg_page_end_line(page);
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

/* Takes Enter for the proposal. FALSE when there are no more answers. */
static gboolean ask(SgSetup *setup, SgAsked asked, GError **error)
{
    const SgQuestion *question = &sg_questions[asked];
    g_autofree char *proposal = sg_setup_proposal(setup, asked);

    if (!proposal && question->optional)
        proposal = g_strdup("");
    for (;;) {
        g_autoptr(GError) why = NULL;
        g_autofree char *line = NULL;

        put_question(question, proposal);
        line = read_line();
        if (!line)
            return is_ended(error);
        if (sg_setup_answer(setup, asked, !*line && proposal ? proposal : line, &why))
            return TRUE;
        put_wrong(why->message);
    }
}

gboolean sg_setup_ask(SgSetup *setup, GError **error)
{
    for (SgAsked asked = 0; asked < SG_ASKED; asked++)
        if (!setup->answers[asked] && !ask(setup, asked, error))
            return FALSE;
    return TRUE;
}

gboolean sg_setup_confirm(const char *question)
{
    g_autofree char *line = NULL;

    printf("\n%s [no] ", question);
    line = read_line();
    return line && (g_ascii_strcasecmp(line, "yes") == 0 || g_ascii_strcasecmp(line, "y") == 0);
}
