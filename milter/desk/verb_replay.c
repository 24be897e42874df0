/* verb_replay.c - what a changed policy would do otherwise, to files or to what is held */
#include <sysexits.h>

#include "difference.h"
#include "incident.h"
#include "options.h"
#include "reviewer.h"
#include "schoolgate/audit.h"
#include "schoolgate/when.h"
#include "trial.h"
#include "verbs.h"

static const char about[] =
    "CONF is the changed configuration. Each PATH, a file or a folder, is judged by it and by the\n"
    "one in force, or the one of --against; envelope and time are as for 'schoolgate scan'.\n"
    "With --held, or without a PATH, what is held in the record of CONF is judged: the old side "
    "is\n"
    "what was decided when it was held, the new side CONF with the envelope and the time of then.\n"
    "Summed up first, then told for each message that would fare otherwise. Nothing is changed;\n"
    "that what is held was looked at is put on the audit trail.\n";

typedef struct Replay {
    const SgVerb *verb;
    char *changed_path, *against_path;
    SgTrialWords words;
    SgTrialEnvelope envelope; /* of files */
    char **paths;
    gboolean held, json;
    SgConfig *changed, *against; /* the latter for files only */
    SgExtractor *extractor;
    guint counts[SG_DIFFERENCES];
    GPtrArray *differences; /* of SgDifference */
} Replay;

static void free_difference(gpointer data)
{
    sg_difference_free(data);
}

static void replay_clear(Replay *replay)
{
    g_free(replay->changed_path);
    g_free(replay->against_path);
    sg_trial_words_clear(&replay->words);
    g_strfreev(replay->paths);
    g_clear_pointer(&replay->changed, sg_config_unref);
    g_clear_pointer(&replay->against, sg_config_unref);
    sg_extractor_stop(replay->extractor);
    g_ptr_array_unref(replay->differences);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Replay, replay_clear)

static void compare(Replay *replay, const char *name, const SgSide *before, const SgSide *after)
{
    SgDifference *difference = sg_difference_new(name, before, after);

    replay->counts[difference->kind]++;
    if (difference->kind == SG_DIFFERENCE_NONE)
        sg_difference_free(difference);
    else
        g_ptr_array_add(replay->differences, difference);
}

/* Files -------------------------------------------------------------------------------------------
 */

static int replay_file(const char *file, gpointer data)
{
    Replay *replay = data;
    const SgConfig *roomier =
        replay->changed->limits.message_size > replay->against->limits.message_size
            ? replay->changed
            : replay->against;
    g_autoptr(GBytes) raw = sg_trial_read(roomier, file);
    g_auto(SgTrial) before = {0}, after = {0};
    int code = raw ? EX_OK : EX_NOINPUT;

    if (code == EX_OK)
        code = sg_trial_judge(replay->against, replay->extractor, &replay->envelope, file, raw,
                              &before);
    if (code == EX_OK)
        code = sg_trial_judge(replay->changed, replay->extractor, &replay->envelope, file, raw,
                              &after);
    if (code != EX_OK)
        return code;
    SgSide old = sg_side_of(before.verdict), new = sg_side_of(after.verdict);
    compare(replay, file, &old, &new);
    return EX_OK;
}

static int replay_files(Replay *replay)
{
    g_autoptr(GError) error = NULL;
    int code;

    replay->envelope = (SgTrialEnvelope){.sender = replay->words.from,
                                         .recipients = (const char *const *)replay->words.to,
                                         .login = replay->words.login};
    replay->against = sg_desk_config(replay->against_path);
    if (!replay->against)
        return EX_CONFIG;
    sg_config_use_compiled(replay->against);
    if (!sg_trial_time(&replay->words, replay->changed, &replay->envelope.when, &error))
        return sg_usage_error(replay->verb, "%s", error->message);
    code = sg_trial_start(replay->against, &replay->extractor);
    if (code != EX_OK)
        return code;
    return sg_trial_each_file(replay->paths, replay_file, replay);
}

/* What is held ------------------------------------------------------------------------------------
 */

/* The envelope's recipients (NULL-terminated, borrowed) and what became of each copy. */
static void split_recipients(const SgIncident *incident, GPtrArray *addresses, GArray *actions)
{
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];

        g_ptr_array_add(addresses, recipient->address);
        g_array_append_val(actions, recipient->action);
    }
    g_ptr_array_add(addresses, NULL);
}

static int replay_incident(Replay *replay, SgRecord *record, const SgIncident *incident)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    g_autoptr(GArray) actions = g_array_new(FALSE, FALSE, sizeof(SgAction));
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) raw = sg_record_message(record, incident->id, &error);
    g_auto(SgTrial) after = {0};
    int code;

    if (!raw) {
        sg_complain("%s", error->message);
        return EX_UNAVAILABLE;
    }
    split_recipients(incident, addresses, actions);
    SgTrialEnvelope envelope = {.sender = incident->sender,
                                .recipients = (const char *const *)addresses->pdata,
                                .login = incident->login,
                                .when = incident->at};
    code = sg_trial_judge(replay->changed, replay->extractor, &envelope, incident->id, raw, &after);
    if (code != EX_OK)
        return code;
    SgSide old = {incident->action, incident->findings, actions};
    SgSide new = sg_side_of(after.verdict);
    compare(replay, incident->id, &old, &new);
    return EX_OK;
}

/* What is held is read here, by a program or not: that is on the trail first. */
static gboolean put_on_record(SgRecord *record, const SgConfig *config, guint held, GError **error)
{
    SgOperator who = sg_desk_operator(config);
    g_autofree char *detail = g_strdup_printf("%u held", held);
    const SgAuditEntry entry = {.at = sg_when_now(),
                                .actor = who.name,
                                .role = who.role,
                                .action = "replay",
                                .detail = detail};

    return sg_record_audit(record, &entry, error);
}

static int replay_held(Replay *replay)
{
    const SgIncidentFilter held = {.state = SG_STATE_HELD};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_desk_record(replay->changed, &error);
    g_autoptr(GPtrArray) incidents = record ? sg_record_list(record, &held, &error) : NULL;
    int code = EX_OK;

    if (!incidents || !put_on_record(record, replay->changed, incidents->len, &error))
        return sg_complain_of_record(error);
    for (guint i = 0; i < incidents->len; i++)
        code = sg_trial_graver(code, replay_incident(replay, record, incidents->pdata[i]));
    return code;
}

/* Both --------------------------------------------------------------------------------------------
 */

static void tell(const Replay *replay)
{
    g_autoptr(SgPage) page = sg_page_new();
    g_autofree char *summary = sg_difference_judged(replay->counts) == 0
                                   ? g_strdup("there was no message to judge")
                                   : sg_difference_summary(replay->counts);

    sg_page_put(page, SG_STYLE_STRONG, summary);
    sg_page_end_line(page);
    for (guint i = 0; i < replay->differences->len; i++)
        sg_difference_put(page, replay->differences->pdata[i]);
    sg_page_flush(page);
}

static void print_json(const Replay *replay)
{
    sg_difference_print_counts(replay->counts);
    for (guint i = 0; i < replay->differences->len; i++)
        sg_difference_print(replay->differences->pdata[i], replay->held ? "id" : "file");
}

static int replay_all(Replay *replay)
{
    int code;

    replay->changed = sg_desk_config(replay->changed_path);
    if (!replay->changed)
        return EX_CONFIG;
    sg_config_use_compiled(replay->changed);
    code = sg_trial_start(replay->changed, &replay->extractor);
    if (code != EX_OK)
        return code;
    sg_mail_init();
    code = replay->held ? replay_held(replay) : replay_files(replay);
    if (code != EX_OK && sg_difference_judged(replay->counts) == 0)
        return code; /* what could not be judged is not "as before" */
    if (replay->json)
        print_json(replay);
    else
        tell(replay);
    return code;
}

/* NULL, or what is wrong with the words together. */
static const char *contradiction(const Replay *replay)
{
    const SgTrialWords *words = &replay->words;

    if (replay->held && replay->paths)
        return "--held and a PATH do not go together";
    if (replay->held && (words->from || words->to || words->login || words->at))
        return "what is held has its own envelope and time";
    if (replay->held && replay->against_path)
        return "what is held is compared with what was decided then: --against is for a PATH";
    if (!replay->held && !replay->changed_path && !replay->against_path)
        return "nothing to compare: name the changed configuration with -c";
    return NULL;
}

static int run_replay(const SgVerb *self, int argc, char **argv)
{
    g_auto(Replay)
        replay = {.verb = self, .differences = g_ptr_array_new_with_free_func(free_difference)};
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&replay.changed_path),
        {"held", 0, 0, G_OPTION_ARG_NONE, &replay.held, "judge what is held in the record", NULL},
        {"against", 0, 0, G_OPTION_ARG_FILENAME, &replay.against_path,
         "compare with this one, not the one in force", "CONF"},
        SG_OPTION_FROM(&replay.words),
        SG_OPTION_TO(&replay.words),
        SG_OPTION_LOGIN(&replay.words),
        SG_OPTION_AT(&replay.words),
        SG_OPTION_JSON(&replay.json),
        SG_OPTION_WORDS(&replay.paths),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    const char *wrong;
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    replay.held |= !replay.paths;
    wrong = contradiction(&replay);
    return wrong ? sg_usage_error(self, "%s", wrong) : replay_all(&replay);
}

const SgVerb sg_verb_replay = {
    .name = "replay",
    .usage = "[-c CONF] [--held | PATH...] [--against CONF] [--from A] [--to A]...\n"
             "       [--login USER] [--at TIME] [--json]",
    .summary = "tell what a changed policy would do otherwise",
    .run = run_replay,
};
