/* verb_report.c - what became of mail that broke rules, in numbers */
#include <stdio.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "reviewer.h"
#include "schoolgate/audit.h"
#include "schoolgate/figures_report.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "Counts what is on record: how much was passed, refused and held, what was decided and how\n"
    "soon, by clause, rule, role of the sender, week and outcome; and which rules are most often\n"
    "overruled. Nobody is named, but with --overrides: who sent how much on as school business.\n"
    "What was removed from the record counts no more. HTML is one page, fit to print.\n";

static const struct {
    const char *name;
    char *(*make)(const SgFiguresReport *report);
} forms[] = {
    {"text", sg_figures_text},
    {"html", sg_figures_html},
    {"csv", sg_figures_csv},
    {"json", sg_figures_json},
};
static const char *const form_names[] = {"text", "html", "csv", "json", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(form_names) == G_N_ELEMENTS(forms) + 1);

/* What names people is on the trail before it is shown. */
static gboolean put_on_trail(const SgConfig *config, gint64 at, GError **error)
{
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_WRITE, error);
    SgOperator who = sg_desk_operator(config);
    const SgAuditEntry entry = {
        .at = at, .actor = who.name, .role = who.role, .action = "report-overrides"};

    return record && sg_record_audit(record, &entry, error);
}

static int print(const SgConfig *config, SgFiguresReport *report, guint form)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_ONLY, &error);

    if (!record || !sg_figures_report_read(report, config, record, &error))
        return sg_complain_of_record(error);
    if (report->names_people && !put_on_trail(config, report->made, &error))
        return sg_complain_of_record(error);
    g_autofree char *text = forms[form].make(report);
    fputs(text, stdout);
    return EX_OK;
}

/* FALSE with `error`: a word that is no time, or an end before the beginning. */
static gboolean read_times(SgFiguresReport *report, const char *since, const char *until,
                           GTimeZone *zone, GError **error)
{
    if (since && !sg_when_read_since(since, zone, report->made, &report->since, error))
        return FALSE;
    if (until && !sg_when_read_since(until, zone, report->made, &report->until, error))
        return FALSE;
    if (!until || report->until > report->since)
        return TRUE;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--until is not after %s",
                since ? "--since" : "the beginning");
    return FALSE;
}

static int run_report(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *since = NULL, *until = NULL, *by = NULL, *format = NULL;
    g_auto(GStrv) words = NULL;
    g_auto(SgFiguresReport) report = {.by = -1, .made = sg_when_now()};
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &since, "only since 90d ago, or since 2026-09-01",
         "WHEN"},
        {"until", 0, 0, G_OPTION_ARG_FILENAME, &until, "only before then", "WHEN"},
        {"by", 0, 0, G_OPTION_ARG_FILENAME, &by, "only by clause, rule, role, week or outcome",
         "GROUP"},
        {"format", 0, 0, G_OPTION_ARG_FILENAME, &format, "text (the default), html, csv or json",
         "FORM"},
        {"overrides", 0, 0, G_OPTION_ARG_NONE, &report.names_people,
         "also who used School-business, and how often: this names people", NULL},
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    int code, form = 0;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words)
        return sg_usage_error(self, "'%s' is one word too many", *words);
    if (by && (report.by = sg_choice(self, "group", by, sg_figures_by_names)) < 0)
        return EX_USAGE;
    if (format && (form = sg_choice(self, "format", format, form_names)) < 0)
        return EX_USAGE;
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    if (!read_times(&report, since, until, sg_policy_zone(config->policy), &error))
        return sg_usage_error(self, "%s", error->message);
    return print(config, &report, (guint)form);
}

const SgVerb sg_verb_report = {
    .name = "report",
    .usage = "[-c CONF] [--since WHEN] [--until WHEN] [--by GROUP] [--format FORM]\n"
             "                         [--overrides]",
    .summary = "count what became of mail, by clause, rule, role, week and outcome",
    .run = run_report,
};
