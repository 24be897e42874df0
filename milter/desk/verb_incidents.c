/* verb_incidents.c - lists what is on record, newest or most urgent first */
#include <string.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "reviewer.h"
#include "schoolgate/audit.h"
#include "schoolgate/queue.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "Lists incidents, newest first. An ID given to 'schoolgate show' shows the whole of one. "
    "States\n"
    "are passed, refused, held, held-mta, releasing, released, returning, returned, kept and\n"
    "discarded. Looking is put on record; what is about your own mail is left out.\n\n"
    "A search finds what has all of the words in its subject or its excerpts. With --group, "
    "incidents\n"
    "of one sender and rule, with the same subject but for Re:, Fwd: and numbers, within 14 days, "
    "are\n"
    "one line that tells how many there are.\n";

static const char *const headings[] = {"ID", "WHEN", "STATE", "FROM", "TO", "RULES", NULL};
static const char *const grouped_headings[] = {"ID", "WHEN",  "STATE", "FROM",
                                               "TO", "RULES", "ALIKE", NULL};

/* The options, and what they come to. */
typedef struct Wanted {
    char *state, *since, *clause, *severity, *rule, *role, *search, *as;
    char *policy; /* of the clause; may be NULL */
    gboolean json, urgent, group;
    int limit, page;
    SgQueueFilter filter; /* borrows from the options */
} Wanted;

static void wanted_clear(Wanted *wanted)
{
    g_free(wanted->state);
    g_free(wanted->since);
    g_free(wanted->clause);
    g_free(wanted->severity);
    g_free(wanted->rule);
    g_free(wanted->role);
    g_free(wanted->search);
    g_free(wanted->as);
    g_free(wanted->policy);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wanted, wanted_clear)

typedef struct Listing {
    SgQueue *queue;
    GPtrArray *incidents; /* of its rows, but for what was purged meanwhile */
} Listing;

static void listing_clear(Listing *listing)
{
    g_clear_pointer(&listing->queue, sg_queue_free);
    g_clear_pointer(&listing->incidents, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

#define ADDRESS_WIDTH 28

/* So that one long address does not push the other columns off the screen. */
static char *shorten(const char *text)
{
    if (g_utf8_validate(text, -1, NULL) && g_utf8_strlen(text, -1) > ADDRESS_WIDTH) {
        g_autofree char *start = g_utf8_substring(text, 0, ADDRESS_WIDTH - 3);
        return g_strdup_printf("%s...", start);
    }
    return g_strdup(text);
}

static char *recipients_cell(const SgIncident *incident)
{
    if (incident->recipients->len == 0)
        return g_strdup("-");

    const SgIncidentRecipient *first = incident->recipients->pdata[0];
    g_autofree char *address = shorten(first->address);
    g_autofree char *role = sg_incident_recipient_role(first);
    if (incident->recipients->len == 1)
        return g_strdup_printf("%s (%s)", address, role);
    return g_strdup_printf("%s (%s) +%u", address, role, incident->recipients->len - 1);
}

/* The rule that decided, and how many others applied. */
static char *rules_cell(const SgIncident *incident)
{
    if (incident->findings->len == 0)
        return g_strdup("-");

    const SgFinding *first = incident->findings->pdata[0];
    if (incident->findings->len == 1)
        return g_strdup(first->rule);
    return g_strdup_printf("%s +%u", first->rule, incident->findings->len - 1);
}

static void add_row(SgTable *table, const SgIncident *incident, const SgQueueRow *row,
                    gboolean grouped, GTimeZone *zone)
{
    g_autofree char *sender = shorten(*incident->sender ? incident->sender : "<>");

    /* The last one only where there is a column for it. */
    sg_table_add(table, (char *[]){g_strdup(incident->id), sg_when_local(incident->at, zone),
                                   g_strdup(sg_state_names[incident->state]),
                                   g_strdup_printf("%s (%s)", sender, incident->sender_role),
                                   recipients_cell(incident), rules_cell(incident),
                                   grouped ? g_strdup_printf("%u", row->alike->len) : NULL});
}

static void print_json(const SgIncident *incident, const SgQueueRow *row, gboolean grouped)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(GPtrArray) rules = g_ptr_array_new();

    for (guint i = 0; i < incident->findings->len; i++)
        g_ptr_array_add(rules, ((const SgFinding *)incident->findings->pdata[i])->rule);
    json_builder_begin_object(builder);
    sg_incident_add_members(builder, incident);
    sg_json_text_array(builder, "rules", rules);
    if (grouped)
        sg_json_text_array(builder, "alike", row->alike);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

/* What was asked for, which tells who was searched for; not what came of it. */
static char *describe(const Wanted *wanted, guint listed, guint left_out)
{
    GString *detail = g_string_new(NULL);
    const struct {
        const char *name, *value;
    } asked[] = {
        {"state", wanted->state},       {"since", wanted->since}, {"clause", wanted->clause},
        {"severity", wanted->severity}, {"rule", wanted->rule},   {"role", wanted->role},
        {"search", wanted->search},
    };

    g_string_append_printf(detail, "%u listed, %u left out", listed, left_out);
    for (guint i = 0; i < G_N_ELEMENTS(asked); i++)
        if (asked[i].value)
            g_string_append_printf(detail, "; %s %s", asked[i].name, asked[i].value);
    return g_string_free(detail, FALSE);
}

static gboolean put_on_record(SgRecord *record, const SgReviewer *reviewer, const char *action,
                              const char *detail, GError **error)
{
    g_autofree char *actor = sg_reviewer_on_trail(reviewer);
    const SgAuditEntry entry = {
        .at = sg_when_now(),
        .actor = actor,
        .role = sg_reviewer_role_names[reviewer->role],
        .action = action,
        .detail = detail,
    };

    return sg_record_audit(record, &entry, error);
}

/* NULL on error. That it was refused is on the trail as other attempts are. */
static SgQueue *ask(SgRecord *record, const SgReviewer *reviewer, const SgQueueFilter *filter,
                    GError **error)
{
    g_autoptr(GError) why = NULL;
    SgQueue *queue = sg_record_queue(record, filter, reviewer, &why);
    gboolean refused = g_error_matches(why, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN);

    if (queue)
        return queue;
    if (!refused || put_on_record(record, reviewer, "refused", "list: not theirs to do", error))
        g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

static gboolean find(const SgConfig *config, const SgReviewer *reviewer, const Wanted *wanted,
                     Listing *listing, GError **error)
{
    g_autoptr(SgRecord) record = sg_desk_record(config, error);
    g_autofree char *detail = NULL;

    if (!record || !(listing->queue = ask(record, reviewer, &wanted->filter, error)) ||
        !(listing->incidents = sg_queue_incidents(record, listing->queue, reviewer, error)))
        return FALSE;
    detail = describe(wanted, listing->incidents->len, listing->queue->left_out);
    if (!put_on_record(record, reviewer, "list", detail, error))
        return FALSE;
    if (listing->queue->left_out > 0)
        sg_complain("%u left out: mail from or to %s, which somebody else reviews",
                    listing->queue->left_out, reviewer->name);
    return TRUE;
}

static void put_page_number(const Wanted *wanted, const SgQueue *queue, SgPage *page)
{
    guint limit = wanted->filter.limit;

    if (wanted->page == 0)
        return;
    sg_page_format(page, SG_STYLE_DIM, "page %d of %u, %u in all", wanted->page,
                   MAX(1, (queue->rows_in_all + limit - 1) / limit), queue->rows_in_all);
    sg_page_end_line(page);
}

static void print(const Listing *listing, const Wanted *wanted, GTimeZone *zone)
{
    g_autoptr(SgTable) table = sg_table_new(wanted->group ? grouped_headings : headings);
    g_autoptr(SgPage) page = sg_page_new();

    for (guint i = 0, next = 0; i < listing->incidents->len; i++) {
        const SgIncident *incident = listing->incidents->pdata[i];
        const SgQueueRow *row;

        do
            row = listing->queue->rows->pdata[next++];
        while (strcmp(row->id, incident->id) != 0);
        if (wanted->json)
            print_json(incident, row, wanted->group);
        else
            add_row(table, incident, row, wanted->group, zone);
    }
    sg_table_put(table, page);
    if (!wanted->json)
        put_page_number(wanted, listing->queue, page);
    sg_page_flush(page);
}

static int list(const SgConfig *config, const Wanted *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = sg_desk_reviewer(config, wanted->as, &error);
    g_auto(Listing) listing = {0};

    if (!reviewer || !find(config, reviewer, wanted, &listing, &error))
        return sg_complain_of_record(error);
    print(&listing, wanted, sg_policy_zone(config->policy));
    return EX_OK;
}

/* `held,held-mta` as a set. FALSE, having said so, when one of them is unknown. */
static gboolean read_set(const SgVerb *self, const char *what, const char *words,
                         const char *const *names, guint *set)
{
    g_auto(GStrv) parts = words ? g_strsplit(words, ",", -1) : NULL;

    for (char **part = parts; part && *part; part++) {
        int choice = sg_choice(self, what, *part, names);

        if (choice < 0)
            return FALSE;
        *set |= 1U << choice;
    }
    return TRUE;
}

/* `2.6` of any policy, or `acceptable-use 4.1`. */
static void read_clause(Wanted *wanted)
{
    char *gap = wanted->clause ? strrchr(wanted->clause, ' ') : NULL;

    wanted->filter.clause = wanted->clause;
    if (!gap)
        return;
    wanted->filter.clause = gap + 1;
    wanted->policy = g_strndup(wanted->clause, (gsize)(gap - wanted->clause));
    wanted->filter.policy = wanted->policy;
}

static int make_sense(const SgVerb *self, Wanted *wanted)
{
    if (wanted->limit < 0)
        return sg_usage_error(self, "a limit of %d is less than none", wanted->limit);
    if (wanted->page < 0)
        return sg_usage_error(self, "there is no page %d; the first is 1", wanted->page);
    if (wanted->page > 0 && wanted->limit == 0)
        return sg_usage_error(self, "--page needs --limit, which tells how long a page is");
    if (!read_set(self, "state", wanted->state, sg_state_names, &wanted->filter.states) ||
        !read_set(self, "severity", wanted->severity, sg_severity_names,
                  &wanted->filter.severities))
        return EX_USAGE;
    read_clause(wanted);
    wanted->filter.rule = wanted->rule;
    wanted->filter.sender_role = wanted->role;
    wanted->filter.words = wanted->search;
    wanted->filter.order = wanted->urgent ? SG_QUEUE_URGENT : SG_QUEUE_NEWEST;
    wanted->filter.grouped = wanted->group;
    wanted->filter.limit = (guint)wanted->limit;
    wanted->filter.offset = wanted->filter.limit * (guint)MAX(wanted->page - 1, 0);
    return EX_OK;
}

static int run_incidents(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) words = NULL;
    g_auto(Wanted) wanted = {0};
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &wanted.state,
         "only in that state: held, kept and so on", "S"},
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &wanted.since,
         "only since 7d ago, or since 2026-11-21", "WHEN"},
        {"clause", 0, 0, G_OPTION_ARG_FILENAME, &wanted.clause,
         "only of that clause: 2.6, or 'acceptable-use 4.1'", "N"},
        {"severity", 0, 0, G_OPTION_ARG_FILENAME, &wanted.severity,
         "only low, medium, high or critical ones", "S"},
        {"rule", 0, 0, G_OPTION_ARG_FILENAME, &wanted.rule, "only what that rule found", "NAME"},
        {"role", 0, 0, G_OPTION_ARG_FILENAME, &wanted.role, "only from senders of that role", "R"},
        {"search", 0, 0, G_OPTION_ARG_FILENAME, &wanted.search, "only with all of these words",
         "TEXT"},
        {"urgent", 0, 0, G_OPTION_ARG_NONE, &wanted.urgent,
         "the most severe first, then what is escalated, then the oldest", NULL},
        {"group", 0, 0, G_OPTION_ARG_NONE, &wanted.group, "one line for those that are alike",
         NULL},
        {"limit", 0, 0, G_OPTION_ARG_INT, &wanted.limit, "at most so many; all by default", "N"},
        {"page", 0, 0, G_OPTION_ARG_INT, &wanted.page, "that page, each of --limit lines", "N"},
        SG_OPTION_JSON(&wanted.json),
        SG_OPTION_AS(&wanted.as),
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words)
        return sg_usage_error(self, "'%s' is one word too many", *words);
    if ((code = make_sense(self, &wanted)) != EX_OK)
        return code;
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    if (wanted.since && !sg_when_read_since(wanted.since, sg_policy_zone(config->policy),
                                            sg_when_now(), &wanted.filter.since, &error))
        return sg_usage_error(self, "%s", error->message);
    return list(config, &wanted);
}

const SgVerb sg_verb_incidents = {
    .name = "incidents",
    .usage = "[-c CONF] [--state S] [--since WHEN] [--clause N] [--severity S]\n"
             "                            [--rule NAME] [--role R] [--search TEXT] [--urgent] "
             "[--group]\n"
             "                            [--limit N [--page N]] [--json] [--as NAME]",
    .summary = "list what is on record, newest first",
    .run = run_incidents,
};
