/* verb_scan.c - judges messages in files, by the same functions as the gate, and says why */
#include <stdio.h>
#include <sysexits.h>

#include "findings.h"
#include "options.h"
#include "schoolgate/explain.h"
#include "trial.h"
#include "verbs.h"

static const char about[] =
    "A PATH is a file, a folder of which every file is judged, or - for standard input.\n"
    "Without --from and --to the envelope is taken from the headers: From, or else Sender, and\n"
    "To, Cc and Bcc. The message counts as leaving the school by an authenticated connection.\n"
    "With --relay it counts as having come by that relay: its header fields or its envelope tell\n"
    "the user.\n"
    "TIME is in the school's zone unless it ends in an offset, such as Z or +01:00; it may also\n"
    "be seconds since 1970.\n"
    "What --trace writes is explained in schoolgate-log(7).\n"
    "The exit code is 0 when all were judged, 65 when one is no mail, 66 when one cannot be\n"
    "read, 69 when attachments cannot be read, 77 when the relay's mail would not be judged, 78\n"
    "when the configuration is wrong.\n";

typedef struct Scan {
    const SgVerb *verb;
    char *config_path;
    SgTrialWords words;
    char **paths;
    gboolean json, trace;
    SgConfig *config;
    SgExtractor *extractor; /* NULL when no rule asks what attachments hold */
    SgTrialEnvelope envelope;
    SgPage *page;
    guint judged, counts[SG_ACTIONS];
} Scan;

typedef struct Judged {
    const char *file;
    SgTrial trial;
    char *reply; /* what the sender would be told; NULL when not refused */
} Judged;

static void judged_clear(Judged *judged)
{
    sg_trial_clear(&judged->trial);
    g_free(judged->reply);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Judged, judged_clear)

static SgAction recipient_action(const SgVerdict *verdict, guint index)
{
    return index < verdict->recipients->len ? g_array_index(verdict->recipients, SgAction, index)
                                            : verdict->action;
}

static void put_people(Scan *scan, const Judged *judged)
{
    const SgParties *parties = judged->trial.parties;
    const SgPeople *people = scan->config->people;

    sg_page_put(scan->page, SG_STYLE_DIM, "  from ");
    g_autofree char *whose = sg_role_list(people, parties->sender->personal_of);
    sg_findings_put_person(scan->page, parties->sender->address, parties->sender->role_name, whose);
    sg_page_end_line(scan->page);
    for (guint i = 0; i < parties->recipients->len; i++) {
        const SgParty *party = parties->recipients->pdata[i];
        SgAction action = recipient_action(judged->trial.verdict, i);
        g_autofree char *of = sg_role_list(people, party->personal_of);
        sg_page_put(scan->page, SG_STYLE_DIM, "  to   ");
        sg_findings_put_person(scan->page, party->address, party->role_name, of);
        if (judged->trial.verdict->findings->len > 0)
            sg_page_format(scan->page, sg_action_style(action), " %s", sg_action_names[action]);
        sg_page_end_line(scan->page);
    }
}

static void put_names(SgPage *page, const char *what, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++) {
        sg_page_format(page, SG_STYLE_CAUTION, "  %s: %s", what, (const char *)names->pdata[i]);
        sg_page_end_line(page);
    }
}

static void put_judged(Scan *scan, const Judged *judged)
{
    SgPage *page = scan->page;
    SgAction action = judged->trial.verdict->action;

    sg_page_format(page, SG_STYLE_STRONG, "%s: ", judged->file);
    sg_page_put(page, sg_action_style(action), sg_action_names[action]);
    sg_page_end_line(page);
    put_people(scan, judged);
    sg_findings_put(page, judged->trial.verdict->findings);
    put_names(page, "limit reached", sg_message_limits_hit(judged->trial.message));
    put_names(page, "malformed", sg_message_defects(judged->trial.message));
    if (judged->reply) {
        sg_page_put(page, SG_STYLE_DIM, "  the sender is told");
        sg_page_end_line(page);
        sg_page_lines(page, SG_STYLE_PLAIN, "      ", judged->reply);
    }
    sg_page_flush(page);
}

static void add_recipients(JsonBuilder *builder, const Judged *judged, const SgPeople *people)
{
    sg_json_begin_array(builder, "recipients");
    for (guint i = 0; i < judged->trial.parties->recipients->len; i++) {
        const SgParty *party = judged->trial.parties->recipients->pdata[i];
        g_autoptr(GPtrArray) of = sg_role_names(people, party->personal_of);
        json_builder_begin_object(builder);
        sg_json_text(builder, "address", party->address);
        sg_json_text(builder, "role", party->role_name);
        sg_json_text(builder, "action",
                     sg_action_names[recipient_action(judged->trial.verdict, i)]);
        sg_json_text_array(builder, "personal_of", of);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void print_json(const Scan *scan, const Judged *judged)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    const GPtrArray *findings = judged->trial.verdict->findings;

    json_builder_begin_object(builder);
    sg_json_text(builder, "file", judged->file);
    sg_json_text(builder, "action", sg_action_names[judged->trial.verdict->action]);
    sg_json_begin_object(builder, "sender");
    sg_json_text(builder, "address", judged->trial.parties->sender->address);
    sg_json_text(builder, "role", judged->trial.parties->sender->role_name);
    json_builder_end_object(builder);
    add_recipients(builder, judged, scan->config->people);
    sg_json_begin_array(builder, "findings");
    for (guint i = 0; i < findings->len; i++) {
        json_builder_begin_object(builder);
        sg_finding_add_members(builder, findings->pdata[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    sg_json_text_array(builder, "defects", sg_message_defects(judged->trial.message));
    sg_json_text_array(builder, "limits", sg_message_limits_hit(judged->trial.message));
    sg_json_text(builder, "reply", judged->reply);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

/* A refusal cites its incident's number; what is only tried out has none. */
static char *refusal_text(const SgConfig *config, const SgVerdict *verdict)
{
    if (verdict->action != SG_ACTION_REJECT)
        return NULL;

    g_autofree char *reference = g_strdup_printf("%s-TEST", config->school.reference);
    g_autoptr(SgRefusal) refusal =
        sg_refusal_new(verdict, SG_REFUSE_MESSAGE, reference, config->school.contact);
    return sg_refusal_text(refusal);
}

/* Apart from what is found, which others may read by program. */
static void print_trace(const SgLogLine *line, gpointer data)
{
    g_autofree char *text = sg_log_line_as_text(line);

    (void)data;
    fprintf(stderr, "%s\n", text);
}

static int scan_file(const char *file, gpointer data)
{
    Scan *scan = data;
    g_autoptr(GBytes) raw = sg_trial_read(scan->config, file);
    g_autoptr(SgTrace) trace = scan->trace ? sg_trace_new(print_trace, NULL) : NULL;
    g_auto(Judged) judged = {.file = file, .trial = {.trace = trace}};
    int code;

    if (!raw)
        return EX_NOINPUT;
    code = sg_trial_judge(scan->config, scan->extractor, &scan->envelope, file, raw, &judged.trial);
    if (code != EX_OK)
        return code;
    judged.reply = refusal_text(scan->config, judged.trial.verdict);
    scan->judged++;
    scan->counts[judged.trial.verdict->action]++;
    if (scan->json)
        print_json(scan, &judged);
    else
        put_judged(scan, &judged);
    return EX_OK;
}

static void put_counts(Scan *scan)
{
    sg_page_format(scan->page, SG_STYLE_STRONG, "%u messages", scan->judged);
    for (guint action = 0, said = 0; action < SG_ACTIONS; action++)
        if (scan->counts[action] > 0)
            sg_page_format(scan->page, SG_STYLE_PLAIN, "%s %u %s", said++ ? "," : ":",
                           scan->counts[action], sg_action_names[action]);
    sg_page_end_line(scan->page);
    sg_page_flush(scan->page);
}

static int scan_paths(Scan *scan)
{
    g_autoptr(GError) error = NULL;
    int code;

    scan->envelope = (SgTrialEnvelope){
        .sender = scan->words.from,
        .recipients = (const char *const *)scan->words.to,
        .login = scan->words.login,
        .relay = scan->words.relay ? sg_config_relay(scan->config, scan->words.relay) : NULL};
    if (scan->words.relay && !scan->envelope.relay)
        return sg_usage_error(scan->verb, "the configuration has no relay '%s'", scan->words.relay);
    if (!sg_trial_time(&scan->words, scan->config, &scan->envelope.when, &error))
        return sg_usage_error(scan->verb, "%s", error->message);
    code = sg_trial_start(scan->config, &scan->extractor);
    if (code != EX_OK)
        return code;
    sg_mail_init();
    /* What the service has compiled; to do it here would take longer than most folders do. */
    sg_config_use_compiled(scan->config);
    code = sg_trial_each_file(scan->paths, scan_file, scan);
    if (!scan->json && scan->judged > 1)
        put_counts(scan);
    return code;
}

static void scan_clear(Scan *scan)
{
    g_free(scan->config_path);
    sg_trial_words_clear(&scan->words);
    g_strfreev(scan->paths);
    g_clear_pointer(&scan->config, sg_config_unref);
    sg_extractor_stop(scan->extractor);
    sg_page_free(scan->page);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scan, scan_clear)

static int run_scan(const SgVerb *self, int argc, char **argv)
{
    g_auto(Scan) scan = {.verb = self, .page = sg_page_new()};
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&scan.config_path),
        SG_OPTION_FROM(&scan.words),
        SG_OPTION_TO(&scan.words),
        SG_OPTION_LOGIN(&scan.words),
        SG_OPTION_RELAY(&scan.words),
        SG_OPTION_AT(&scan.words),
        SG_OPTION_JSON(&scan.json),
        {"trace", 0, 0, G_OPTION_ARG_NONE, &scan.trace,
         "say on standard error why each rule held or not", NULL},
        SG_OPTION_WORDS(&scan.paths),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (!scan.paths)
        return sg_usage_error(self, "no PATH given");
    scan.config = sg_desk_config(scan.config_path);
    return scan.config ? scan_paths(&scan) : EX_CONFIG;
}

const SgVerb sg_verb_scan = {
    .name = "scan",
    .usage = "[-c CONF] [--from A] [--to A]... [--login USER] [--relay NAME]\n"
             "                       [--at TIME] [--json] [--trace] PATH...",
    .summary = "judge messages in files as the gate would, and say why",
    .run = run_scan,
};
