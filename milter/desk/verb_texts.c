/* verb_texts.c - the letters that schoolgate writes, and whose words each has */
#include <sysexits.h>

#include "options.h"
#include "page.h"
#include "schoolgate/texts.h"
#include "verbs.h"

static const char about[] =
    "Lists the letters that schoolgate writes, when each is sent, and whether its words are built\n"
    "in or the school's own, from the folder that the setting 'texts' of 'courier' names. With a\n"
    "NAME: that letter, as it would be about a made-up message. The exit code is 78 when a text "
    "of\n"
    "the school's own is broken; the built-in one is then used.\n";

static const char *const from_names[] = {
    [SG_WORDS_BUILT_IN] = "built-in",
    [SG_WORDS_OWN] = "own",
    [SG_WORDS_BROKEN] = "broken",
};

static void list(const SgConfig *config, SgReport *report)
{
    static const char *const headings[] = {"LETTER", "WORDS", "WHEN", "FILE", NULL};
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();

    for (const SgLetterKind *kind = sg_letter_kinds; kind->name; kind++) {
        char *path = NULL;
        SgWordsFrom from = sg_letter_words(config, kind, report, &path);
        char *const cells[] = {g_strdup(kind->name), g_strdup(from_names[from]),
                               g_strdup(kind->when), path ? path : g_strdup("")};

        sg_table_add(table, cells);
    }
    sg_table_put(table, page);
    sg_page_flush(page);
}

static void show(const SgConfig *config, const SgLetterKind *kind, gboolean html)
{
    g_auto(SgLetterText) text = sg_letter_sample(config, kind);
    g_autoptr(SgPage) page = sg_page_new();

    if (html) {
        sg_page_lines(page, SG_STYLE_PLAIN, "", text.html);
    } else {
        sg_page_format(page, SG_STYLE_STRONG, "Subject: %s", text.subject);
        sg_page_end_line(page);
        sg_page_end_line(page);
        sg_page_lines(page, SG_STYLE_PLAIN, "", text.plain);
    }
    sg_page_flush(page);
}

static const SgLetterKind *letter_named(const SgVerb *self, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (const SgLetterKind *kind = sg_letter_kinds; kind->name; kind++)
        g_ptr_array_add(names, (gpointer)kind->name);
    g_ptr_array_add(names, NULL);
    int found = sg_choice(self, "letter", name, (const char *const *)names->pdata);
    return found < 0 ? NULL : &sg_letter_kinds[found];
}

/* What is wrong with a text is said before its built-in words are shown. */
static void look_at(const SgConfig *config, const SgLetterKind *kind, gboolean html,
                    SgReport *report)
{
    g_autofree char *path = NULL;

    if (!kind) {
        list(config, report);
        return;
    }
    sg_letter_words(config, kind, report, &path);
    show(config, kind, html);
}

static int run_texts(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) words = NULL;
    gboolean html = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"html", 0, 0, G_OPTION_ARG_NONE, &html, "show the letter's HTML", NULL},
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(SgReport) report = sg_report_new();
    const SgLetterKind *kind = NULL;
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words && words[1])
        return sg_usage_error(self, "'%s' is one word too many", words[1]);
    if (html && !words)
        return sg_usage_error(self, "say which letter: NAME");
    if (words && !(kind = letter_named(self, *words)))
        return EX_USAGE;
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    look_at(config, kind, html, report);
    sg_desk_show_report(report);
    return sg_report_errors(report) > 0 ? EX_CONFIG : EX_OK;
}

const SgVerb sg_verb_texts = {
    .name = "texts",
    .usage = "[-c CONF] [--html] [NAME]",
    .summary = "list the letters that are sent, or show one",
    .run = run_texts,
};
