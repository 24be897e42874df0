/* verb_exempt.c - exempts mail from a rule until some day, lists what is exempt, and ends that */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "exemptions.h"
#include "incident.h"
#include "options.h"
#include "page.h"
#include "reviewer.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "'add' exempts mail from one rule: that of a sender, of a group of senders, or with a phrase "
    "in\n"
    "it. The filter heeds it within a second or so, and finds nothing by that rule in such mail,\n"
    "until the exemption ends: when the day --until is over, a year ahead at most, or by 'end\n"
    "NUMBER'. A phrase is plain words, of 8 letters or digits at least; whoever writes them is\n"
    "exempt. From critical rules only the head exempts, and nobody exempts their own mail; where\n"
    "critical mail takes two people, so does that: it stands when another says the same. 'list'\n"
    "shows what stands, with --all also what has ended; looking is put on record.\n";

static const char *const headings[] = {"NUMBER", "RULE", "EXEMPT", "UNTIL",
                                       "STATE",  "BY",   "REASON", NULL};

/* All that may be typed. */
typedef struct Typed {
    char **words;
    char *rule, *value[SG_EXEMPT_KINDS];
    char *until, *reason, *incident, *as;
    gboolean all, json;
} Typed;

static void typed_clear(Typed *typed)
{
    g_strfreev(typed->words);
    g_free(typed->rule);
    for (guint i = 0; i < SG_EXEMPT_KINDS; i++)
        g_free(typed->value[i]);
    g_free(typed->until);
    g_free(typed->reason);
    g_free(typed->incident);
    g_free(typed->as);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Typed, typed_clear)

/* Listing ---------------------------------------------------------------------------------------
 */

static const char *state_name(const SgExemption *exemption, const SgPolicy *policy, gint64 now)
{
    return sg_exemption_state_names[sg_exemption_state(exemption, policy, now)];
}

static char *state_cell(const SgExemption *exemption, gint64 now, const SgPolicy *policy)
{
    if (!exemption->ended)
        return g_strdup(state_name(exemption, policy, now));
    g_autofree char *when = sg_when_local(exemption->ended, sg_policy_zone(policy));
    return *exemption->ended_reason ? g_strdup_printf("ended %s by %s: %s", when,
                                                      exemption->ended_by, exemption->ended_reason)
                                    : g_strdup_printf("ended %s by %s", when, exemption->ended_by);
}

static char *reason_cell(const SgExemption *exemption)
{
    if (!*exemption->reason)
        return g_strdup(exemption->incident ? exemption->incident : "");
    return exemption->incident ? g_strdup_printf("%s (%s)", exemption->reason, exemption->incident)
                               : g_strdup(exemption->reason);
}

static void add_row(SgTable *table, const SgExemption *exemption, const SgReviewer *reviewer,
                    gint64 now, const SgPolicy *policy)
{
    sg_table_add(table,
                 (char *[]){g_strdup_printf("%" G_GINT64_FORMAT, exemption->number),
                            g_strdup(exemption->what.rule), sg_exemption_what(exemption, reviewer),
                            sg_when_local(exemption->what.until, sg_policy_zone(policy)),
                            state_cell(exemption, now, policy), g_strdup(exemption->by),
                            reason_cell(exemption)});
}

static void print_json(const SgExemption *exemption, const SgReviewer *reviewer, gint64 now,
                       const SgPolicy *policy)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *created = sg_when_utc(exemption->created);
    g_autofree char *until = sg_when_utc(exemption->what.until);
    g_autofree char *ended = exemption->ended ? sg_when_utc(exemption->ended) : NULL;
    gboolean seen = sg_exemption_may_see(exemption, reviewer);

    json_builder_begin_object(builder);
    sg_json_number(builder, "number", exemption->number);
    sg_json_text(builder, "rule", exemption->what.rule);
    sg_json_text(builder, "kind", sg_exempt_kind_names[exemption->what.kind]);
    sg_json_text(builder, "value", seen ? exemption->what.value : NULL);
    sg_json_text(builder, "until", until);
    sg_json_text(builder, "state", state_name(exemption, policy, now));
    sg_json_text(builder, "reason", exemption->reason);
    sg_json_text(builder, "incident", exemption->incident);
    sg_json_text(builder, "by", exemption->by);
    sg_json_text(builder, "role", exemption->role);
    sg_json_text(builder, "seconded_by", exemption->seconded_by);
    sg_json_text(builder, "created", created);
    sg_json_text(builder, "ended", ended);
    sg_json_text(builder, "ended_by", exemption->ended_by);
    sg_json_text(builder, "ended_reason", exemption->ended_reason);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static GPtrArray *exemptions_of(const SgConfig *config, SgExemptions which,
                                const SgReviewer *reviewer, gint64 now, GError **error)
{
    g_autoptr(SgRecord) record = sg_desk_record(config, error);

    return record ? sg_record_review_exemptions(record, which, reviewer, now, error) : NULL;
}

static int list(const SgConfig *config, const Typed *typed)
{
    gint64 now = sg_when_now();
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = sg_desk_reviewer(config, typed->as, &error);
    g_autoptr(GPtrArray) exemptions =
        reviewer ? exemptions_of(config, typed->all ? SG_EXEMPTIONS_ALL : SG_EXEMPTIONS_OPEN,
                                 reviewer, now, &error)
                 : NULL;
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();

    if (!exemptions)
        return sg_complain_of_record(error);
    for (guint i = 0; i < exemptions->len; i++) {
        if (typed->json)
            print_json(exemptions->pdata[i], reviewer, now, config->policy);
        else
            add_row(table, exemptions->pdata[i], reviewer, now, config->policy);
    }
    sg_table_put(table, page);
    sg_page_flush(page);
    if (!typed->json && exemptions->len == 0)
        puts("no mail is exempt from any rule");
    return EX_OK;
}

/* Adding and ending -----------------------------------------------------------------------------
 */

static SgExemptKind kind_of(const Typed *typed)
{
    SgExemptKind kind = SG_EXEMPT_SENDER;

    while (kind + 1 < SG_EXEMPT_KINDS && !typed->value[kind])
        kind++;
    return kind;
}

static int add(const SgConfig *config, const Typed *typed)
{
    GTimeZone *zone = sg_policy_zone(config->policy);
    SgExemptKind kind = kind_of(typed);
    SgExempting order = {.what = {.rule = typed->rule, .kind = kind, .value = typed->value[kind]},
                         .reason = typed->reason,
                         .incident = typed->incident,
                         .at = sg_when_now(),
                         .policy = config->policy,
                         .two_people = config->review.two_people};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = NULL;
    g_autoptr(SgRecord) record = NULL;
    SgExempted exempted;

    if (!sg_exemption_read_until(typed->until, zone, &order.what.until, &error))
        return sg_usage_error(&sg_verb_exempt, "%s", error->message);
    reviewer = sg_desk_reviewer(config, typed->as, &error);
    record = reviewer ? sg_desk_record(config, &error) : NULL;
    order.by = reviewer;
    if (!record || !sg_record_exempt(record, &order, &exempted, &error))
        return sg_complain_of_record(error);
    g_autofree char *until = sg_when_local(order.what.until, zone);
    if (exempted.waits)
        printf("exemption %" G_GINT64_FORMAT " is on record, until %s; it stands when a second "
               "person says the same\n",
               exempted.number, until);
    else
        printf("exemption %" G_GINT64_FORMAT " stands until %s; the gate heeds it within a second "
               "or so\n",
               exempted.number, until);
    return EX_OK;
}

static int end(const SgConfig *config, const Typed *typed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = NULL;
    g_autoptr(SgRecord) record = NULL;
    gint64 number = 0;

    if (!g_ascii_string_to_signed(typed->words[1], 10, 1, G_MAXINT64, &number, NULL))
        return sg_usage_error(&sg_verb_exempt, "'%s' is no number of an exemption",
                              typed->words[1]);
    reviewer = sg_desk_reviewer(config, typed->as, &error);
    record = reviewer ? sg_desk_record(config, &error) : NULL;
    if (!record ||
        !sg_record_end_exemption(record, number, reviewer, sg_when_now(), typed->reason, &error))
        return sg_complain_of_record(error);
    printf("exemption %" G_GINT64_FORMAT " has ended; the gate heeds it within a second or so\n",
           number);
    return EX_OK;
}

/* Words -----------------------------------------------------------------------------------------
 */

static guint values_of(const Typed *typed)
{
    guint n = 0;

    for (guint i = 0; i < SG_EXEMPT_KINDS; i++)
        n += typed->value[i] ? 1 : 0;
    return n;
}

static gboolean has_reason(const Typed *typed)
{
    return typed->reason && *typed->reason;
}

static gboolean describes(const Typed *typed)
{
    return typed->rule || values_of(typed) > 0 || typed->until || typed->incident;
}

static const char *wrong_add(const Typed *typed)
{
    if (typed->words[1])
        return "'add' takes no word: say what is exempt by options";
    if (!typed->rule)
        return "exempt from which rule? No --rule given";
    if (values_of(typed) != 1)
        return "say what is exempt, by one of --sender, --group and --phrase";
    if (!typed->until)
        return "say when it ends: --until DATE";
    if (typed->all || typed->json)
        return "--all and --json go with 'list'";
    return has_reason(typed) ? NULL : "say why: --reason TEXT";
}

static const char *wrong_list(const Typed *typed)
{
    if (typed->words[1])
        return "'list' takes no word";
    return describes(typed) || typed->reason ? "with 'list' go --all, --json and --as only" : NULL;
}

static const char *wrong_end(const Typed *typed)
{
    if (!typed->words[1])
        return "end which exemption? No NUMBER given; see 'exempt list'";
    if (typed->words[2])
        return "one exemption at a time: there is a word too many";
    if (describes(typed) || typed->all || typed->json)
        return "with 'end NUMBER' go --reason and --as only";
    return has_reason(typed) ? NULL : "say why: --reason TEXT";
}

static const char *const deed_names[] = {"add", "list", "end", NULL};
static const struct {
    const char *(*wrong)(const Typed *typed); /* NULL, or what is wrong with the words */
    int (*run)(const SgConfig *config, const Typed *typed);
} deeds[] = {{wrong_add, add}, {wrong_list, list}, {wrong_end, end}};

static int run_typed(const SgVerb *self, const char *path, const Typed *typed)
{
    int deed;

    if (!typed->words)
        return sg_usage_error(self, "say which: add, list or end");
    deed = sg_choice(self, "word", typed->words[0], deed_names);
    if (deed < 0)
        return EX_USAGE;
    const char *wrong = deeds[deed].wrong(typed);
    if (wrong)
        return sg_usage_error(self, "%s", wrong);
    g_autoptr(SgConfig) config = sg_desk_config(path);
    return config ? deeds[deed].run(config, typed) : EX_CONFIG;
}

static int run_exempt(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(Typed) typed = {0};
    char **value = typed.value;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"rule", 0, 0, G_OPTION_ARG_FILENAME, &typed.rule, "the rule that is not to apply", "NAME"},
        {"sender", 0, 0, G_OPTION_ARG_FILENAME, &value[SG_EXEMPT_SENDER], "to mail from there",
         "ADDRESS"},
        {"group", 0, 0, G_OPTION_ARG_FILENAME, &value[SG_EXEMPT_GROUP],
         "to mail from senders in that group", "NAME"},
        {"phrase", 0, 0, G_OPTION_ARG_FILENAME, &value[SG_EXEMPT_PHRASE],
         "to mail in which these words stand", "TEXT"},
        {"until", 0, 0, G_OPTION_ARG_FILENAME, &typed.until, "the last day of it: 2026-11-21",
         "DATE"},
        {"reason", 0, 0, G_OPTION_ARG_FILENAME, &typed.reason, "why", "TEXT"},
        {"incident", 0, 0, G_OPTION_ARG_FILENAME, &typed.incident, "what led to it", "ID"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &typed.all, "list those that have ended, too", NULL},
        SG_OPTION_JSON(&typed.json),
        SG_OPTION_AS(&typed.as),
        SG_OPTION_WORDS(&typed.words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    return run_typed(self, path, &typed);
}

const SgVerb sg_verb_exempt = {
    .name = "exempt",
    .usage = "[-c CONF] list [--all] [--json] [--as NAME]\n"
             "       schoolgate exempt add --rule NAME (--sender ADDRESS | --group NAME | --phrase "
             "TEXT)\n"
             "           --until DATE --reason TEXT [--incident ID] [--as NAME]\n"
             "       schoolgate exempt end NUMBER --reason TEXT [--as NAME]",
    .summary = "exempt mail from a rule until some day, list that, or end it",
    .run = run_exempt,
};
