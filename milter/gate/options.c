/* options.c - reads schoolgated's command line. */
#include "options.h"

#include "schoolgate/config.h"

#include <stdio.h>
#include <sysexits.h>

void sg_gate_options_clear(SgGateOptions *options)
{
    g_clear_pointer(&options->config, g_free);
}

static GOptionContext *context_new(SgGateOptions *options, gboolean *help, gboolean *version)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config, "the configuration to go by",
         "CONF"},
        {"foreground", 'f', 0, G_OPTION_ARG_NONE, &options->foreground,
         "stay in the foreground, as a service manager wants it", NULL},
        {"test", 't', 0, G_OPTION_ARG_NONE, &options->only_test, "check the configuration and exit",
         NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, version, "print the version and exit", NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, help, "print this and exit", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new(NULL);

    /* GLib's own --help would end the program. */
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, "Judges mail that passes through Postfix or Sendmail.");
    return context;
}

static gboolean finish(int *code, int with)
{
    *code = with;
    return FALSE;
}

static void make_absolute(SgGateOptions *options)
{
    char *given = options->config;

    /* A daemon leaves the folder that it was started in. */
    options->config = g_canonicalize_filename(given ? given : sg_config_default_path(), NULL);
    g_free(given);
}

gboolean sg_gate_options_read(SgGateOptions *options, int argc, char **argv, int *code)
{
    gboolean help = FALSE, version = FALSE;
    g_autoptr(GError) error = NULL;

    *options = (SgGateOptions){0};
    g_autoptr(GOptionContext) context = context_new(options, &help, &version);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
        fprintf(stderr, "schoolgated: %s; 'schoolgated --help' lists the options\n",
                error ? error->message : "it takes options only");
        return finish(code, EX_USAGE);
    }
    if (help) {
        g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
        fputs(text, stdout);
        return finish(code, EX_OK);
    }
    if (version) {
        puts("schoolgated " SG_VERSION);
        return finish(code, EX_OK);
    }
    make_absolute(options);
    return TRUE;
}
