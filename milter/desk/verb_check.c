/* verb_check.c - is the configuration sound, and does every rule keep its own examples */
#include <stdio.h>
#include <sysexits.h>

#include "checking.h"
#include "demotions.h"
#include "options.h"
#include "page.h"
#include "verbs.h"

static const char about[] =
    "Reads the configuration and all it names, the school's own texts among it, and runs every\n"
    "rule's own hit and miss examples.\n"
    "Warns of what surprises: patterns that can never match, take for ever, stand twice, or that\n"
    "no example shows to find anything; rules that one phrase can fire.\n"
    "Where the record can be read, rules that the guard has demoted are named as well.\n"
    "Errors and warnings go to standard error as FILE:LINE:COLUMN. The exit code is 78 when there\n"
    "is an error.\n";

/* What the guard has found is no fault of the configuration, but whoever looks after it must know.
 */
static void put_demotions(const SgConfig *config)
{
    g_autoptr(GPtrArray) demotions = sg_desk_demotions(config);
    g_autoptr(SgPage) page = sg_page_new();

    for (guint i = 0; i < demotions->len; i++) {
        const SgDemotion *demotion = demotions->pdata[i];
        g_autofree char *note = sg_demotion_note(demotion, sg_policy_zone(config->policy));

        if (!sg_policy_find_rule(config->policy, demotion->rule))
            continue;
        sg_page_format(page, SG_STYLE_CAUTION, "rule %s: %s", demotion->rule, note);
        sg_page_end_line(page);
    }
    sg_page_flush(page);
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
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words)
        return sg_usage_error(self, "'%s' is one word too many; is it the CONF of -c?", *words);

    g_autoptr(SgConfig) config = sg_desk_config_report(path, report);
    g_autofree char *summary = sg_desk_check(config, report);
    sg_desk_show_report(report);
    if (config)
        put_demotions(config);
    puts(summary);
    return sg_report_errors(report) > 0 ? EX_CONFIG : EX_OK;
}

const SgVerb sg_verb_check = {
    .name = "check",
    .usage = "[-c CONF]",
    .summary = "check the configuration, the rules and their examples",
    .run = run_check,
};
