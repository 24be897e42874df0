/* verb_decide.c - the verbs by which people decide about what was held, all in one manner */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "page.h"
#include "reviewer.h"
#include "schoolgate/when.h"
#include "verbs.h"

typedef struct Asked {
    char *path, *reason, *as;
    char **recipients, **ids;
    gboolean undoable, end;
} Asked;

static void asked_clear(Asked *asked)
{
    g_free(asked->path);
    g_free(asked->reason);
    g_free(asked->as);
    g_strfreev(asked->recipients);
    g_strfreev(asked->ids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* What each decision says of itself: `done` when it moved copies, `found` when there were none to
 * move. */
typedef struct Manner {
    gboolean for_some; /* takes --to */
    gboolean sends;    /* takes --undoable */
    gboolean ends;     /* takes --end */
    const char *done;
    const char *found;
    const char *about;
} Manner;

#define IDS                                                                                        \
    "An ID may be written in small letters and without hyphens; several are decided alike.\n"
#define LEAVES "What is sent leaves at once; with --undoable, when that can no longer be undone.\n"

static const Manner manners[SG_DECISIONS] = {
    [SG_DECISION_RELEASE] =
        {.for_some = TRUE,
         .sends = TRUE,
         .done = "on its way to %s",
         .about =
             "Sends held messages on to their recipients, just as they were sent.\n" LEAVES IDS},
    [SG_DECISION_RETURN] =
        {.for_some = TRUE,
         .sends = TRUE,
         .done = "on its way back to its sender (copy for %s)",
         .about = "Sends held messages back to their sender, with the reason as a note: write it "
                  "for the sender.\n" LEAVES IDS},
    [SG_DECISION_DISCARD] =
        {.for_some = TRUE,
         .done = "discarded (copy for %s)",
         .about =
             "Held messages go nowhere; their text is deleted once that cannot be undone.\n" IDS},
    [SG_DECISION_KEEP] =
        {.for_some = TRUE,
         .done = "kept, found to be a breach (copy for %s)",
         .found = "found to be a breach",
         .about = "The message was a breach. What is held of it goes nowhere, and its text is "
                  "kept.\nMail that has gone, or was refused, can be found a breach too.\n" IDS},
    [SG_DECISION_ESCALATE] = {.found = "the head decides now",
                              .about = "The head is told, and decides from now on.\n" IDS},
    [SG_DECISION_NOT_A_BREACH] =
        {.for_some = TRUE,
         .sends = TRUE,
         .done = "no breach: on its way to %s",
         .found = "found to be no breach",
         .about = "The message was no breach: its rules were wrong. What is held of it is sent "
                  "on.\n" LEAVES IDS},
    [SG_DECISION_NOTE] = {.found = "noted",
                          .about = "Puts the reason on record, and changes nothing.\n" IDS},
    [SG_DECISION_REOPEN] =
        {.for_some = TRUE,
         .done = "held again (copy for %s)",
         .about =
             "What was returned, kept or discarded is held again, while its text is there.\n" IDS},
    [SG_DECISION_LEGAL_HOLD] =
        {.ends = TRUE,
         .found = "nothing of it is deleted from now on",
         .about = "Nothing of the incident is deleted or returned when its time is over; --end "
                  "ends that.\n" IDS},
    [SG_DECISION_END_LEGAL_HOLD] = {.found = "it is deleted in its time again"},
    [SG_DECISION_UNDO] =
        {.done = "taken back (copy for %s)",
         .found = "taken back",
         .about = "Takes the latest decision back that still can be: within the time that 'review' "
                  "gives, and\nbefore anything has left.\n" IDS},
};

static char *recipients_in_words(guint copies)
{
    return copies == 1 ? g_strdup("1 recipient") : g_strdup_printf("%u recipients", copies);
}

static void put_done(SgPage *page, const Manner *manner, const SgDecided *decided)
{
    g_autofree char *recipients = recipients_in_words(decided->copies);
    const char *gap = manner->done ? strstr(manner->done, "%s") : NULL;

    if (decided->copies == 0 || !gap) {
        sg_page_put(page, SG_STYLE_PLAIN, manner->found ? manner->found : "done");
        return;
    }
    sg_page_format(page, SG_STYLE_PLAIN, "%.*s%s%s", (int)(gap - manner->done), manner->done,
                   recipients, gap + strlen("%s"));
}

static void say(SgDecisionKind kind, const SgDecided *decided, GTimeZone *zone)
{
    g_autoptr(SgPage) page = sg_page_new();

    sg_page_format(page, SG_STYLE_STRONG, "%s: ", decided->id);
    if (decided->waits_for_another)
        sg_page_put(page, SG_STYLE_CAUTION,
                    "critical: nothing happens until a second person decides the same");
    else
        put_done(page, &manners[kind], decided);
    if (decided->undo_until > 0) {
        g_autofree char *until = sg_when_clock(decided->undo_until, zone);

        sg_page_format(page, SG_STYLE_DIM, "; can be undone until %s", until);
    }
    sg_page_end_line(page);
    sg_page_flush(page);
}

static int decide(const SgConfig *config, const Asked *asked, SgDecisionKind kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = sg_desk_reviewer(config, asked->as, &error);
    g_autoptr(SgRecord) record = reviewer ? sg_desk_record(config, &error) : NULL;
    g_autofree const char **alert = sg_config_guard_alert(config);
    const SgReviewRules rules = sg_config_review_rules(config, alert);
    const SgDecision decision = {
        .kind = kind,
        .at = sg_when_now(),
        .by = reviewer,
        .reason = asked->reason,
        .recipients = (const char *const *)asked->recipients,
        .at_once = manners[kind].sends && !asked->undoable,
    };
    int worst = EX_OK;

    if (!record)
        return sg_complain_of_record(error);
    for (char **id = asked->ids; *id; id++) {
        g_autoptr(GError) why = NULL;
        SgDecided decided = {0};
        int code = EX_OK;

        if (sg_record_decide(record, *id, &decision, &rules, &decided, &why))
            say(kind, &decided, sg_policy_zone(config->policy));
        else
            code = sg_complain_of_record(why);
        worst = MAX(worst, code);
    }
    return worst;
}

#define OPTIONS_MAX 10

/* The options of the verb at hand: what does not go with a decision is no option of it. */
static void list_options(GOptionEntry entries[OPTIONS_MAX], const Manner *manner, Asked *asked)
{
    const GOptionEntry common[] = {
        SG_OPTION_CONFIG(&asked->path),
        {"reason", 0, 0, G_OPTION_ARG_FILENAME, &asked->reason, "why; it is put on record", "TEXT"},
    };
    const GOptionEntry to = {"to",
                             0,
                             0,
                             G_OPTION_ARG_FILENAME_ARRAY,
                             &asked->recipients,
                             "only that recipient's copy; may be repeated",
                             "ADDRESS"};
    const GOptionEntry undoable = {
        "undoable", 0, 0, G_OPTION_ARG_NONE, &asked->undoable, "wait while it can be undone", NULL};
    const GOptionEntry end = {"end", 0, 0, G_OPTION_ARG_NONE, &asked->end, "end the legal hold",
                              NULL};
    const GOptionEntry as = SG_OPTION_AS(&asked->as), words = SG_OPTION_WORDS(&asked->ids);
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS(common); i++)
        entries[n++] = common[i];
    if (manner->for_some)
        entries[n++] = to;
    if (manner->sends)
        entries[n++] = undoable;
    if (manner->ends)
        entries[n++] = end;
    entries[n++] = as;
    entries[n] = words;
}

static int run_decide(const SgVerb *self, int argc, char **argv)
{
    GOptionEntry entries[OPTIONS_MAX] = {0};
    g_auto(Asked) asked = {0};
    guint kind = 0;
    int code;

    while (strcmp(sg_decision_kind_names[kind], self->name) != 0)
        kind++; /* each verb has a decision's name */
    list_options(entries, &manners[kind], &asked);
    if (!sg_options_read(self, entries, manners[kind].about, argc, argv, &code))
        return code;
    if (!asked.ids)
        return sg_usage_error(self, "no ID given");
    if (!asked.reason || !*asked.reason)
        return sg_usage_error(self, "say why: --reason TEXT");
    g_autoptr(SgConfig) config = sg_desk_config(asked.path);
    if (!config)
        return EX_CONFIG;
    return decide(config, &asked, asked.end ? SG_DECISION_END_LEGAL_HOLD : (SgDecisionKind)kind);
}

#define FOR_ALL  "[-c CONF] ID... --reason TEXT [--as NAME]"
#define FOR_SOME "[-c CONF] ID... --reason TEXT [--to A]... [--as NAME]"
#define SENDING  "[-c CONF] ID... --reason TEXT [--to A]... [--undoable] [--as NAME]"
#define ENDING   "[-c CONF] ID... --reason TEXT [--end] [--as NAME]"

const SgVerb sg_verb_release = {"release", SENDING, "send held messages on", run_decide};
const SgVerb sg_verb_return = {"return", SENDING, "send held messages back to their sender",
                               run_decide};
const SgVerb sg_verb_discard = {"discard", FOR_SOME, "drop held messages", run_decide};
const SgVerb sg_verb_keep = {"keep", FOR_SOME, "find a message to be a breach, and keep it",
                             run_decide};
const SgVerb sg_verb_escalate = {"escalate", FOR_ALL, "pass an incident to the head", run_decide};
const SgVerb sg_verb_not_a_breach = {"not-a-breach", SENDING,
                                     "find a message to be no breach, and send it on", run_decide};
const SgVerb sg_verb_note = {"note", FOR_ALL, "put a note on record with an incident", run_decide};
const SgVerb sg_verb_reopen = {"reopen", FOR_SOME, "open again what was decided", run_decide};
const SgVerb sg_verb_undo = {"undo", FOR_ALL, "take the latest decision back", run_decide};
const SgVerb sg_verb_legal_hold = {"legal-hold", ENDING,
                                   "keep an incident from being deleted, or end that", run_decide};
