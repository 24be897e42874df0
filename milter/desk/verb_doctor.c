/* verb_doctor.c - what is wrong here, and what to do about it */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "checking.h"
#include "doctor.h"
#include "json.h"
#include "options.h"
#include "page.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "Examines the configuration, the people it knows, the socket, what Postfix or Sendmail is "
    "told,\n"
    "the record, the service and the machine, and says what to do about what it finds. Nothing is\n"
    "changed. Ask as root: what cannot be examined is told as such.\n"
    "The exit code is 1 when there is a problem, 2 when there is none but something could not be\n"
    "examined, and else 0: warnings and notes alone are no problem.\n";

#define EXIT_PROBLEM      1
#define EXIT_NOT_EXAMINED 2
#define MARGIN            9

/* Showing
 * -------------------------------------------------------------------------------------------
 */

static const SgStyle styles[SG_EXAM_RESULTS] = {
    [SG_EXAM_FINE] = SG_STYLE_GOOD,
    [SG_EXAM_NOTE] = SG_STYLE_PLAIN,
    [SG_EXAM_NOT_EXAMINED] = SG_STYLE_CAUTION,
    [SG_EXAM_WARNING] = SG_STYLE_CAUTION,
    [SG_EXAM_PROBLEM] = SG_STYLE_BAD,
};

/* `name, name, name`: those that could not be made for one reason are told together. */
static char *names_of(const GPtrArray *all, guint *at)
{
    const SgFound *first = all->pdata[*at];
    GString *names = g_string_new(first->exam->name);

    while (first->result == SG_EXAM_NOT_EXAMINED && *at + 1 < all->len) {
        const SgFound *next = all->pdata[*at + 1];

        if (next->result != first->result || strcmp(next->seen, first->seen) != 0 || next->cure)
            break;
        g_string_append_printf(names, ", %s", next->exam->name);
        ++*at;
    }
    return g_string_free(names, FALSE);
}

/* Of the one at `*at`, and of those behind it that say the same. */
static void put_found(SgPage *page, const GPtrArray *all, guint *at)
{
    const SgFound *found = all->pdata[*at];
    g_autofree char *names = names_of(all, at);

    sg_page_pad(page, styles[found->result],
                found->result == SG_EXAM_NOT_EXAMINED ? "unknown"
                                                      : sg_exam_result_names[found->result],
                MARGIN);
    sg_page_format(page, SG_STYLE_STRONG, "%s: ", names);
    sg_page_put(page, SG_STYLE_PLAIN, found->seen);
    sg_page_end_line(page);
    if (!found->cure)
        return;
    sg_page_pad(page, SG_STYLE_PLAIN, "", MARGIN);
    sg_page_format(page, SG_STYLE_PLAIN, "-> %s", found->cure);
    sg_page_end_line(page);
}

static void count_results(const GPtrArray *all, guint counts[SG_EXAM_RESULTS])
{
    for (guint i = 0; i < all->len; i++)
        counts[((const SgFound *)all->pdata[i])->result]++;
}

static void put_all(const GPtrArray *all)
{
    g_autoptr(SgPage) page = sg_page_new();
    guint counts[SG_EXAM_RESULTS] = {0};

    for (guint i = 0; i < all->len; i++)
        put_found(page, all, &i);
    count_results(all, counts);
    sg_page_end_line(page);
    sg_page_format(page, SG_STYLE_STRONG,
                   "%u examinations: problems %u, warnings %u, not examined %u, notes %u",
                   sg_doctor_count(), counts[SG_EXAM_PROBLEM], counts[SG_EXAM_WARNING],
                   counts[SG_EXAM_NOT_EXAMINED], counts[SG_EXAM_NOTE]);
    sg_page_end_line(page);
    sg_page_flush(page);
}

static void print_json(const GPtrArray *all)
{
    for (guint i = 0; i < all->len; i++) {
        const SgFound *found = all->pdata[i];
        g_autoptr(JsonBuilder) builder = json_builder_new();

        json_builder_begin_object(builder);
        sg_json_text(builder, "examination", found->exam->name);
        sg_json_text(builder, "about", found->exam->about);
        sg_json_text(builder, "result", sg_exam_result_names[found->result]);
        sg_json_text(builder, "seen", found->seen);
        sg_json_text(builder, "cure", found->cure);
        json_builder_end_object(builder);
        sg_json_print(builder);
    }
}

/* The patient
 * ---------------------------------------------------------------------------------------
 */

/* First of all, while this process has one thread. */
static void start_extractor(SgPatient *patient)
{
    g_autoptr(GError) error = NULL;

    patient->extractor = sg_extractor_start(&error);
    if (!patient->extractor)
        patient->no_extractor = g_strdup(error->message);
}

static void load_config(SgPatient *patient, const char *path)
{
    const char *here = path ? path : g_getenv("SCHOOLGATE_CONF");

    patient->config_path = here && *here ? here : sg_config_default_path();
    patient->report = sg_report_new();
    patient->config = sg_desk_config_report(path, patient->report);
    g_free(sg_desk_check(patient->config, patient->report)); /* the summary is not told */
}

static void open_record(SgPatient *patient)
{
    g_autoptr(GError) error = NULL;

    if (!patient->config)
        return;
    patient->record = sg_record_open(patient->config->database, SG_RECORD_READ_ONLY, &error);
    if (!patient->record)
        patient->no_record = g_strdup(error->message);
}

static void read_mta(SgPatient *patient, const SgMtaWish *wish)
{
    g_autoptr(GError) error = NULL;

    if (patient->mta_left_out)
        return;
    patient->mta = sg_mta_read(wish, &error);
    if (!patient->mta)
        patient->no_mta = g_strdup(error->message);
}

static void clear_patient(SgPatient *patient)
{
    sg_extractor_stop(patient->extractor);
    sg_record_close(patient->record);
    sg_config_unref(patient->config);
    sg_report_free(patient->report);
    sg_mta_free(patient->mta);
    g_free(patient->no_record);
    g_free(patient->no_mta);
    g_free(patient->no_extractor);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgPatient, clear_patient)

static int exit_code(const GPtrArray *all)
{
    guint counts[SG_EXAM_RESULTS] = {0};

    count_results(all, counts);
    if (counts[SG_EXAM_PROBLEM] > 0)
        return EXIT_PROBLEM;
    return counts[SG_EXAM_NOT_EXAMINED] > 0 ? EXIT_NOT_EXAMINED : EX_OK;
}

static int examine(SgPatient *patient, const char *path, const SgMtaWish *wish, gboolean json)
{
    start_extractor(patient);
    load_config(patient, path);
    open_record(patient);
    read_mta(patient, wish);
    g_autoptr(GPtrArray) all = sg_doctor_examine(patient);
    if (json)
        print_json(all);
    else
        put_all(all);
    return exit_code(all);
}

/* Which mail server; FALSE, having said so, when there is none of that name. */
static gboolean choose_mta(const SgVerb *verb, const char *word, SgMtaWish *wish,
                           SgPatient *patient)
{
    static const char *const choices[] = {"postfix", "sendmail", "none", NULL};
    int choice = word ? sg_choice(verb, "mail server", word, choices) : SG_MTA_ANY;

    if (word && choice < 0)
        return FALSE;
    patient->mta_left_out = choice == SG_MTA_KINDS;
    wish->kind = choice;
    return TRUE;
}

static int run_doctor(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *folder = NULL, *cf = NULL, *mta = NULL;
    g_auto(GStrv) words = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"mta", 0, 0, G_OPTION_ARG_STRING, &mta, "postfix, sendmail or none; else what is there",
         "NAME"},
        {"postfix-config", 0, 0, G_OPTION_ARG_FILENAME, &folder,
         "the folder of Postfix's main.cf and master.cf", "DIR"},
        {"sendmail-cf", 0, 0, G_OPTION_ARG_FILENAME, &cf, "Sendmail's sendmail.cf", "FILE"},
        SG_OPTION_JSON(&json),
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_auto(SgPatient) patient = {.now = sg_when_now()};
    SgMtaWish wish = {SG_MTA_ANY, NULL, NULL};
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words)
        return sg_usage_error(self, "'%s' is one word too many; is it the CONF of -c?", *words);
    if (!choose_mta(self, mta, &wish, &patient))
        return EX_USAGE;
    wish.postfix_config = folder;
    wish.sendmail_cf = cf;
    return examine(&patient, path, &wish, json);
}

const SgVerb sg_verb_doctor = {
    .name = "doctor",
    .usage = "[-c CONF] [--mta NAME] [--postfix-config DIR] [--sendmail-cf FILE] [--json]",
    .summary = "find out what is wrong here, and what to do about it",
    .run = run_doctor,
};
