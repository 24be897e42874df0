/* verb_check.c - is the configuration sound, and does every rule keep its own examples */
#include <stdio.h>
#include <sysexits.h>

#include "demotions.h"
#include "mailfile.h"
#include "options.h"
#include "page.h"
#include "schoolgate/texts.h"
#include "verbs.h"

static const char about[] =
    "Reads the configuration and all it names, the school's own texts among it, and runs every\n"
    "rule's own hit and miss examples.\n"
    "Warns of what surprises: patterns that can never match, take for ever, stand twice, or that\n"
    "no example shows to find anything; rules that one phrase can fire.\n"
    "Where the record can be read, rules that the guard has demoted are named as well.\n"
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

/* Examples ----------------------------------------------------------------------------------------
 */

typedef struct Aid {
    const SgConfig *config;
    SgExtractor *extractor; /* started when the first example wants it */
} Aid;

static GBytes *read_file(const char *path, gpointer data, GError **error)
{
    const Aid *aid = data;

    return sg_mailfile_read(path, aid->config->limits.message_size, error);
}

static gboolean read_attachments(SgMessage *message, gpointer data, GError **error)
{
    Aid *aid = data;

    if (!aid->extractor)
        aid->extractor = sg_extractor_start(error);
    return aid->extractor && sg_message_read_attachments(message, aid->extractor, error);
}

static guint check_policy(const SgConfig *config, SgReport *report)
{
    Aid aid = {.config = config};
    const SgExampleAids aids = {read_file, read_attachments, &aid};

    sg_mail_init();
    guint examples = sg_policy_check_with(config->policy, &config->limits, &aids, report);
    sg_extractor_stop(aid.extractor);
    return examples;
}

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
    g_autoptr(GString) summary = g_string_new(NULL);
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words)
        return sg_usage_error(self, "'%s' is one word too many; is it the CONF of -c?", *words);

    g_autoptr(SgConfig) config = sg_desk_config_report(path, report);
    if (config) {
        guint examples = check_policy(config, report);

        sg_letters_check(config, report);
        add_count(summary, "checked ", sg_policy_rule_count(config->policy), "rule");
        add_count(summary, ", ", examples, "example");
    }
    add_troubles(summary, config ? ", " : "", report);
    sg_desk_show_report(report);
    if (config)
        put_demotions(config);
    puts(summary->str);
    return sg_report_errors(report) > 0 ? EX_CONFIG : EX_OK;
}

const SgVerb sg_verb_check = {
    .name = "check",
    .usage = "[-c CONF]",
    .summary = "check the configuration, the rules and their examples",
    .run = run_check,
};
