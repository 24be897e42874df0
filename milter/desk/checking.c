/* checking.c - see checking.h */
#include "checking.h"

#include "mailfile.h"
#include "schoolgate/texts.h"

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

char *sg_desk_check(const SgConfig *config, SgReport *report)
{
    g_autoptr(GString) summary = g_string_new(NULL);

    if (config) {
        guint examples = check_policy(config, report);

        sg_letters_check(config, report);
        add_count(summary, "checked ", sg_policy_rule_count(config->policy), "rule");
        add_count(summary, ", ", examples, "example");
    }
    add_troubles(summary, config ? ", " : "", report);
    return g_strdup(summary->str);
}
