/* eval.c - measures a configuration's rules on a corpus of labelled mail
 *
 * Prints figures; writes what was missed and what was a false alarm, with the reasons, to a file.
 * Nothing of the corpus is kept but what those files quote. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "eval.h"
#include "schoolgate/when.h"

static const char about[] =
    "Judges the messages that FOLDER/labels.tsv names, all as mail from one member of staff to\n"
    "another, and compares the verdicts with the labels.\n"
    "\n"
    "labels.tsv is tab-separated; its first line names the columns:\n"
    "  file    the message, below FOLDER\n"
    "  labels  what a person found who read it, parted by commas: the labels that labels.conf\n"
    "          names, or none; with a ? where a fair reader may disagree; quoted where it holds "
    "for\n"
    "          quoted text only; - where nobody has read it\n"
    "  class   what sort of mail it is; without it the folder of the file (may be left out)\n"
    "  from    who sent it, if not --from: a role or an address (may be left out)\n"
    "  to      whom it goes to, if not --to: roles or addresses (may be left out)";

typedef struct Options {
    char *config;
    char *key;
    char *from;
    char *to;
    char *at;
    char *report;
    char *outcomes;
    char *compare;
    int threads;
    char **words;
} Options;

static void options_clear(Options *options)
{
    g_free(options->config);
    g_free(options->key);
    g_free(options->from);
    g_free(options->to);
    g_free(options->at);
    g_free(options->report);
    g_free(options->outcomes);
    g_free(options->compare);
    g_strfreev(options->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static int complain(int code, const char *message)
{
    fprintf(stderr, "eval: %s\n", message);
    return code;
}

static gboolean read_options(Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config, "the rules to measure", "CONF"},
        {"labels", 0, 0, G_OPTION_ARG_FILENAME, &options->key, "what the labels mean", "FILE"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &options->from,
         "who sends it: a role or an address (staff)", "WHO"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &options->to,
         "whom it goes to: likewise, parted by commas (staff)", "WHO"},
        {"at", 0, 0, G_OPTION_ARG_STRING, &options->at,
         "judge as at that time (2026-11-24T10:30, a school day)", "TIME"},
        {"report", 'o', 0, G_OPTION_ARG_FILENAME, &options->report,
         "where to write misses and false alarms", "FILE"},
        {"outcomes", 0, 0, G_OPTION_ARG_FILENAME, &options->outcomes,
         "where to write a line for each message", "FILE"},
        {"compare", 0, 0, G_OPTION_ARG_FILENAME, &options->compare,
         "the outcomes of an earlier run: list what differs", "FILE"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &options->threads, "one for each core", "N"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->words, NULL, "FOLDER"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, about);
    return g_option_context_parse(context, &argc, &argv, error);
}

static void set_defaults(Options *options)
{
    if (!options->from)
        options->from = g_strdup("staff");
    if (!options->to)
        options->to = g_strdup("staff");
    if (!options->at)
        options->at = g_strdup("2026-11-24T10:30");
    if (options->threads <= 0)
        options->threads = (int)g_get_num_processors();
}

static void show_report(const SgReport *report)
{
    g_autofree char *text = sg_report_text(report, FALSE);

    fputs(text, stderr);
}

static void check_recipients(const EvalRun *run, const char *who, SgPlace place, SgReport *report)
{
    g_autofree char *wrong = NULL;

    if (who && !eval_who_is_known(run->config->people, who, &wrong))
        sg_report_error(report, place, "'%s' is no role and no address", wrong);
}

static void check_sender(const EvalRun *run, const char *who, SgPlace place, SgReport *report)
{
    if (who && strchr(who, ','))
        sg_report_error(report, place, "a message is from one person, not from several");
    else
        check_recipients(run, who, place, report);
}

/* Roles are known only when the configuration has been loaded. */
static gboolean check_who(const EvalRun *run, const GPtrArray *mail, SgReport *report)
{
    const SgPlace options = {g_intern_string("--from, --to"), 0, 0, 0};

    check_sender(run, run->from, options, report);
    check_recipients(run, run->to, options, report);
    for (guint i = 0; i < mail->len; i++) {
        const EvalMail *one = mail->pdata[i];
        check_sender(run, one->from, one->place, report);
        check_recipients(run, one->to, one->place, report);
    }
    return sg_report_errors(report) == 0;
}

static gboolean write_file(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;

    if (!path || g_file_set_contents(path, text, -1, &error))
        return TRUE;
    complain(0, error->message);
    return FALSE;
}

static int report_all(const Options *options, const EvalRun *run, const GPtrArray *mail,
                      double seconds)
{
    g_autofree char *figures = eval_figures(run, mail, seconds);
    g_autofree char *lists = eval_lists(run->key, mail);
    g_autofree char *outcomes = eval_outcomes(mail);
    g_autofree char *earlier = NULL;
    g_autoptr(GError) error = NULL;

    fputs(figures, stdout);
    if (options->compare) {
        if (!g_file_get_contents(options->compare, &earlier, NULL, &error))
            return complain(EX_NOINPUT, error->message);
        g_autofree char *changes = eval_changes(run->key, mail, earlier);
        printf("\n%s", changes);
    }
    if (!write_file(options->report, lists) || !write_file(options->outcomes, outcomes))
        return EX_CANTCREAT;
    if (options->report)
        printf("\nMisses and false alarms, with reasons: %s\n", options->report);
    return EX_OK;
}

/* The helper is forked while there is one thread. */
static int measure(const Options *options, EvalRun *run, GPtrArray *mail)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgExtractor) extractor = NULL;

    if (sg_policy_reads_attachments(run->config->policy)) {
        extractor = sg_extractor_start(&error);
        if (!extractor)
            return complain(EX_UNAVAILABLE, error->message);
    }
    run->extractor = extractor;
    sg_mail_init();
    gint64 start = g_get_monotonic_time();
    eval_run(run, mail);
    return report_all(options, run, mail, (double)(g_get_monotonic_time() - start) / 1e6);
}

static int load_and_measure(const Options *options)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgConfig) config = sg_config_load(options->config, report);
    g_autoptr(EvalKey) key = config ? eval_key_load(options->key, report) : NULL;
    g_autoptr(GPtrArray) mail = key ? eval_corpus_load(options->words[0], key, report) : NULL;
    g_autoptr(GError) error = NULL;
    EvalRun run = {.config = config,
                   .key = key,
                   .folder = options->words[0],
                   .from = options->from,
                   .to = options->to,
                   .threads = (guint)options->threads};

    if (!mail || !check_who(&run, mail, report)) {
        show_report(report);
        return config ? EX_DATAERR : EX_CONFIG;
    }
    if (!sg_when_read(options->at, sg_policy_zone(config->policy), &run.when, &error))
        return complain(EX_USAGE, error->message);
    /* A second or two, which hundreds of messages repay; the verdicts are the same. */
    sg_policy_compile_patterns(config->policy);
    return measure(options, &run, mail);
}

int main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;

    if (!read_options(&options, argc, argv, &error))
        return complain(EX_USAGE, error->message);
    if (!options.words || g_strv_length(options.words) != 1)
        return complain(EX_USAGE, "name one FOLDER that holds labels.tsv; see --help");
    if (!options.config || !options.key)
        return complain(EX_USAGE, "name a configuration with --config and labels with --labels");
    set_defaults(&options);
    return load_and_measure(&options);
}
