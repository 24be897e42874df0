/* verb_check.c - is the configuration sound, and does every rule keep its own examples */
#include <stdio.h>
#include <sysexits.h>

#include "options.h"
#include "schoolgate/message.h"
#include "verbs.h"

static const char about[] =
    "Reads the configuration and all it names, and runs every rule's own hit and miss examples.\n"
    "Errors and warnings go to standard error as FILE:LINE:COLUMN. The exit code is 78 when there\n"
    "is an error.\n";

static void add_count(GString *summary, const char *before, guint count, const char *what)
{
    g_string_append_printf(summary, "%s%u %s%s", before, count, what, count == 1 ? "" : "s");
}

static void add_troubles(GString *summary, const char *before, const SgReport *report)
{
    if (sg_report_errors(report) > 0) {
        add_count(summary, before, sg_report_errors(report), "error");
        before = ", ";
    }
    add_count(summary, before, sg_report_warnings(report), "warning");
}

static int run_check(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) words = NULL;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(GString) summary = g_string_new(NULL);
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words)
        return sg_usage_error(self, "'%s' is one word too many; is it the CONF of -c?", *words);

    g_autoptr(SgConfig) config = sg_desk_config_report(path, report);
    if (config) {
        sg_mail_init();
        guint examples = sg_policy_check(config->policy, &config->limits, report);
        add_count(summary, "checked ", sg_policy_rule_count(config->policy), "rule");
        add_count(summary, ", ", examples, "example");
    }
    add_troubles(summary, config ? ", " : "", report);
    sg_desk_show_report(report);
    puts(summary->str);
    return sg_report_errors(report) > 0 ? EX_CONFIG : EX_OK;
}

const SgVerb sg_verb_check = {
    .name = "check",
    .usage = "[-c CONF]",
    .summary = "check the configuration, the rules and their examples",
    .run = run_check,
};
