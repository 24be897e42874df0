/* texts.c - the letters, what each may have filled in, and whose words it has. */
#include "texts_internal.h"

#include <errno.h>
#include <stdio.h>

#define FILE_ENDING ".txt"

/* What may be filled in, by name; TRUE for what nobody should go without. */
#define INCIDENT                                                                                   \
    {"school", FALSE}, {"reference", TRUE}, {"date", FALSE}, {"clause", FALSE},                    \
        {"clause-title", FALSE},                                                                   \
    {                                                                                              \
        "title", FALSE                                                                             \
    }
#define TO_SENDER                                                                                  \
    INCIDENT, {"contact", TRUE}, {"subject", FALSE}, {"policy", FALSE}, {"policy-url", FALSE},     \
        {"explain", FALSE}, {"remedy", FALSE}, {"seen", FALSE}, {"sent-to", FALSE},                \
    {                                                                                              \
        "waiting-for", FALSE                                                                       \
    }
#define TO_REVIEWER                                                                                \
    INCIDENT, {"severity", FALSE}, {"state", FALSE}, {"console", FALSE},                           \
    {                                                                                              \
        "command", FALSE                                                                           \
    }
#define ABOUT_RULE                                                                                 \
    {"school", FALSE}, {"rule", TRUE}, {"title", FALSE}, {"clause", FALSE},                        \
        {"clause-title", FALSE}, {"holds", FALSE},                                                 \
    {                                                                                              \
        "released", FALSE                                                                          \
    }
#define THE_END                                                                                    \
    {                                                                                              \
        NULL, FALSE                                                                                \
    }

static const SgTextPlace held_places[] = {TO_SENDER, {"also", FALSE}, THE_END};
/* What was seen, and which clause it is about, has no place here. */
static const SgTextPlace held_critical_places[] = {
    {"school", FALSE},      {"reference", TRUE}, {"date", FALSE},
    {"contact", TRUE},      {"subject", FALSE},  {"sent-to", FALSE},
    {"waiting-for", FALSE}, {"also", FALSE},     THE_END,
};
static const SgTextPlace returned_places[] = {
    TO_SENDER,           {"reason", TRUE}, {"returned-for", FALSE},
    {"attached", FALSE}, {"lost", FALSE},  THE_END,
};
static const SgTextPlace undecided_places[] = {
    TO_SENDER, {"returned-for", FALSE}, {"attached", FALSE}, {"lost", FALSE}, THE_END,
};
static const SgTextPlace released_places[] = {
    TO_SENDER, {"released-to", FALSE}, {"also", FALSE}, THE_END};
static const SgTextPlace reviewer_places[] = {TO_REVIEWER, THE_END};
static const SgTextPlace rule_places[] = {ABOUT_RULE, THE_END};
static const SgTextPlace digest_places[] = {
    {"school", FALSE},   {"day", FALSE},      {"count", TRUE},    {"oldest", FALSE},
    {"reference", TRUE}, {"clause", FALSE},   {"title", FALSE},   {"clause-title", FALSE},
    {"age", FALSE},      {"severity", FALSE}, {"more", FALSE},    {"escalated", FALSE},
    {"failures", TRUE},  {"console", FALSE},  {"command", FALSE}, THE_END,
};
static const SgTextPlace quiet_places[] = {
    {"school", FALSE}, {"day", FALSE},     {"judged", FALSE},
    {"since", FALSE},  {"failures", TRUE}, THE_END,
};

const SgLetterKind sg_letter_kinds[] = {
    {"held", "to the sender: a message is held", held_places},
    {"held-critical", "likewise, where a critical rule holds it", held_critical_places},
    {"please-note", "to the sender: it was sent, but please note", held_places},
    {"returned", "to the sender: a reviewer sends it back", returned_places},
    {"returned-undecided", "to the sender: back, for nobody decided in time", undecided_places},
    {"released", "to the sender: it has gone on", released_places},
    {"alert", "to officer or head: a rule asks for it", reviewer_places},
    {"alert-stand-in", "likewise, where whoever would get it has a part in it", reviewer_places},
    {"escalated", "to the head: the officer asks for a decision", reviewer_places},
    {"undelivered", "to a reviewer: what was decided could not be sent", reviewer_places},
    {"overdue", "to a reviewer: undecided, and cannot be returned", reviewer_places},
    {"demoted", "to officer and postmaster: a rule only counts now", rule_places},
    {"imprecise", "likewise, of a critical rule, which stays in force", rule_places},
    {"digest", "to the officer, on school days: what is held", digest_places},
    {"digest-quiet", "likewise, when nothing is", quiet_places},
    {NULL, NULL, NULL},
};

const SgLetterKind *sg_letter_kind(const char *name)
{
    for (const SgLetterKind *kind = sg_letter_kinds; kind->name; kind++) {
        if (strcmp(kind->name, name) == 0)
            return kind;
    }
    return NULL;
}

/* Whose words -------------------------------------------------------------------------------------
 */

static SgTemplate *built_in(const SgLetterKind *kind)
{
    g_autoptr(SgReport) report = sg_report_new();
    const SgBuiltIn *text = sg_built_in;

    while (text->name && strcmp(text->name, kind->name) != 0)
        text++;
    g_assert(text->name);
    g_autoptr(GBytes) bytes = g_bytes_new_static(text->text, strlen(text->text));
    SgTemplate *template = sg_template_read(kind->name, bytes, kind->places, report);
    g_assert(template);
    return template;
}

/* No more of it than makes it too long. */
static GBytes *read_file(const char *path, GError **error)
{
    FILE *file = fopen(path, "re");
    g_autofree char *text = g_malloc(SG_TEMPLATE_MOST + 1);
    gsize size = file ? fread(text, 1, SG_TEMPLATE_MOST + 1, file) : 0;
    int why = !file || ferror(file) ? errno : 0;

    if (file)
        fclose(file);
    if (why == 0)
        return g_bytes_new_take(g_steal_pointer(&text), size);
    g_set_error_literal(error, G_FILE_ERROR, (int)g_file_error_from_errno(why), g_strerror(why));
    return NULL;
}

/* The school's own; NULL where there is none, or it is broken. */
static SgTemplate *own(const SgConfig *config, const SgLetterKind *kind, SgReport *report,
                       char **path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autofree char *name = g_strconcat(kind->name, FILE_ENDING, NULL);

    *path = NULL;
    if (!config->courier.texts)
        return NULL;
    g_autofree char *file = g_build_filename(config->courier.texts, name, NULL);
    bytes = read_file(file, &error);
    if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return NULL;
    *path = g_strdup(file);
    if (!error)
        return sg_template_read(file, bytes, kind->places, report);
    sg_report_error(report, (SgPlace){g_intern_string(file), 0, 0, 0}, "cannot read it: %s",
                    error->message);
    return NULL;
}

SgWordsFrom sg_letter_words(const SgConfig *config, const SgLetterKind *kind, SgReport *report,
                            char **path)
{
    g_autoptr(SgTemplate) template = own(config, kind, report, path);

    if (template)
        return SG_WORDS_OWN;
    return *path ? SG_WORDS_BROKEN : SG_WORDS_BUILT_IN;
}

static void log_line(gboolean is_error, const char *line, gpointer data)
{
    (void)data;
    if (is_error)
        sg_log(LOG_WARNING, "%s; the built-in text is used", line);
}

SgTemplate *sg_letter_template(const SgConfig *config, const SgLetterKind *kind)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *path = NULL;
    SgTemplate *template = own(config, kind, report, &path);

    if (template)
        return template;
    sg_report_each(report, log_line, NULL);
    return built_in(kind);
}

/* Checking ----------------------------------------------------------------------------------------
 */

static void complain_stray(const char *folder, const char *name, SgReport *report)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    const SgPlace place = {g_intern_string(path), 0, 0, 0};
    const char *meant;

    for (const SgLetterKind *kind = sg_letter_kinds; kind->name; kind++)
        g_ptr_array_add(names, g_strconcat(kind->name, FILE_ENDING, NULL));
    g_ptr_array_add(names, NULL);
    meant = sg_suggest(sg_span(name), (const char *const *)names->pdata);
    if (meant)
        sg_report_warning(report, place, "no letter has this name; did you mean '%s'?", meant);
    else
        sg_report_warning(report, place, "no letter has this name; see 'schoolgate texts'");
}

static void check_folder(const char *folder, SgReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    const char *name;

    if (!dir) {
        sg_report_error(report, (SgPlace){g_intern_string(folder), 0, 0, 0},
                        "the folder of texts cannot be read: %s", error->message);
        return;
    }
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *letter = g_strdup(name);

        if (!g_str_has_suffix(letter, FILE_ENDING))
            continue;
        letter[strlen(letter) - strlen(FILE_ENDING)] = '\0';
        if (!sg_letter_kind(letter))
            complain_stray(folder, name, report);
    }
}

void sg_letters_check(const SgConfig *config, SgReport *report)
{
    if (!config->courier.texts)
        return;
    check_folder(config->courier.texts, report);
    for (const SgLetterKind *kind = sg_letter_kinds; kind->name; kind++) {
        g_autofree char *path = NULL;

        sg_letter_words(config, kind, report, &path);
    }
}
