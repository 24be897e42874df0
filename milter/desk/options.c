/* options.c - see options.h */
#include "options.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "page.h"
#include "schoolgate/shown.h"

void sg_complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *safe = sg_text_spelt_out(text);
    fprintf(stderr, "schoolgate: %s\n", safe);
}

int sg_usage_error(const SgVerb *verb, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sg_complain("%s: %s; see 'schoolgate %s --help'", verb->name, text, verb->name);
    return EX_USAGE;
}

char *sg_did_you_mean(const char *word, const char *const *candidates)
{
    const char *nearest = sg_suggest(sg_span(word), candidates);

    return nearest ? g_strdup_printf("; did you mean '%s'?", nearest) : g_strdup("");
}

int sg_choice(const SgVerb *verb, const char *what, const char *word, const char *const *choices)
{
    for (int i = 0; choices[i]; i++)
        if (strcmp(word, choices[i]) == 0)
            return i;
    g_autofree char *all = g_strjoinv(", ", (char **)choices);
    g_autofree char *hint = sg_did_you_mean(word, choices);
    sg_complain("%s: no %s '%s'%s (there are: %s)", verb->name, what, word, hint, all);
    return -1;
}

static char *option_heading(const GOptionEntry *entry)
{
    g_autofree char *letter =
        entry->short_name ? g_strdup_printf("-%c, ", entry->short_name) : g_strdup("    ");
    const char *equals = entry->arg_description ? "=" : "";
    const char *value = entry->arg_description ? entry->arg_description : "";

    return g_strdup_printf("  %s--%s%s%s", letter, entry->long_name, equals, value);
}

static void append_options(GString *help, const GOptionEntry *entries)
{
    for (; entries->long_name; entries++) {
        if (!*entries->long_name)
            continue; /* G_OPTION_REMAINING: the usage line tells */
        g_autofree char *heading = option_heading(entries);
        g_string_append_printf(help, "%-22s  %s\n", heading, entries->description);
    }
}

static void print_help(const SgVerb *verb, const GOptionEntry *entries, const GOptionEntry *common,
                       const char *about)
{
    g_autoptr(GString) help = g_string_new(NULL);

    g_string_append_printf(help, "usage: schoolgate %s%s%s\n", verb->name, *verb->usage ? " " : "",
                           verb->usage);
    g_string_append_printf(help, "%s: %s\n\n", verb->name, verb->summary);
    if (about)
        g_string_append_printf(help, "%s\n", about);
    append_options(help, entries);
    append_options(help, common);
    fputs(help->str, stdout);
}

/* ` (did you mean --json?)`, or nothing. Free with g_free(). */
static char *option_hint(const GError *error, const GOptionEntry *entries)
{
    const char *given = strstr(error->message, "--");
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (!given || !g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
        return g_strdup("");
    for (; entries->long_name; entries++)
        g_ptr_array_add(names, (gpointer)entries->long_name);
    g_ptr_array_add(names, NULL);
    const char *nearest = sg_suggest(sg_span(given + 2), (const char *const *)names->pdata);
    return nearest && *nearest ? g_strdup_printf(" (did you mean --%s?)", nearest) : g_strdup("");
}

/* GLib begins its messages with a capital; ours begin with none. */
static int complain_of_options(const SgVerb *verb, const GError *error, const GOptionEntry *entries)
{
    g_autofree char *text = g_strdup(error->message);
    g_autofree char *hint = option_hint(error, entries);

    text[0] = g_ascii_tolower(text[0]);
    return sg_usage_error(verb, "%s%s", text, hint);
}

gboolean sg_options_read(const SgVerb *verb, const GOptionEntry *entries, const char *about,
                         int argc, char **argv, int *code)
{
    gboolean help = FALSE, version = FALSE;
    const GOptionEntry common[] = {
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, "show this help", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &version, "show the version", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    g_option_context_set_help_enabled(context, FALSE); /* GLib's own would end the program */
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_main_entries(context, common, NULL);
    *code = EX_OK;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        *code = complain_of_options(verb, error, entries);
        return FALSE;
    }
    if (version)
        puts("schoolgate " SG_VERSION);
    else if (help)
        print_help(verb, entries, common, about);
    return !version && !help;
}

SgConfig *sg_desk_config_report(const char *path, SgReport *report)
{
    const char *here = path ? path : g_getenv("SCHOOLGATE_CONF");

    return sg_config_load(here && *here ? here : sg_config_default_path(), report);
}

SgConfig *sg_desk_config(const char *path)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_desk_config_report(path, report);

    if (!config)
        sg_desk_show_report(report);
    return config;
}

void sg_desk_show_report(const SgReport *report)
{
    const char *no_colour = g_getenv("NO_COLOR");
    gboolean colour = isatty(STDERR_FILENO) && !(no_colour && *no_colour);
    g_autofree char *text = sg_report_text(report, colour);

    fputs(text, stderr);
}
