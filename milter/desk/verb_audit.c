/* verb_audit.c - the audit trail: whether it is whole, what stands in it */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "page.h"
#include "reviewer.h"
#include "schoolgate/trail.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "verify  reads the whole trail: exit 0 when nothing was changed, removed, swapped or cut off,\n"
    "        65 otherwise, and where. --head also looks for an entry that was noted earlier; the\n"
    "        service puts one into the log each day: audit head=N:HASH.\n"
    "list    shows the entries, oldest first.\n"
    "export  prints them for a script, with number and hash. Both are on the trail themselves.\n";

typedef struct Wishes {
    const char *head, *since; /* NULL: not given */
    gboolean json;
    gint64 from; /* what `since` says; 0: from the beginning */
} Wishes;

static int verify(const SgConfig *config, const Wishes *wishes)
{
    g_autoptr(GError) error = NULL;
    g_auto(SgAuditReport) report = {0};
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_ONLY, &error);

    if (!record || !sg_audit_verify(record, wishes->head, &report, &error))
        return sg_complain_of_record(error);
    if (!report.intact) {
        printf("the audit trail is broken: %s\n", report.broken);
        printf("up to there it is intact: %" G_GUINT64_FORMAT " entries, head %s\n", report.entries,
               report.head);
        return EX_DATAERR;
    }
    printf("the audit trail is intact: %" G_GUINT64_FORMAT " entries, head %s\n", report.entries,
           report.head);
    if (report.too_old)
        puts("the head that was given is of an entry that is kept no longer: not compared");
    return EX_OK;
}

/* What somebody reads of the trail. */
typedef struct Reading {
    SgTrailReader *reader;
    SgTable *table; /* NULL: it is printed as JSON */
    GTimeZone *zone;
} Reading;

static void print_entry(const SgAuditEntry *entry, const Reading *reading)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *at = sg_when_utc(entry->at);
    gboolean withheld = sg_trail_withholds(reading->reader, entry);

    json_builder_begin_object(builder);
    sg_json_number(builder, "number", entry->number);
    sg_json_text(builder, "at", at);
    sg_json_text(builder, "actor", entry->actor);
    sg_json_text(builder, "role", entry->role);
    sg_json_text(builder, "action", entry->action);
    sg_json_text(builder, "incident", entry->incident);
    sg_json_text(builder, "detail", withheld ? NULL : entry->detail);
    if (withheld && entry->detail)
        sg_json_yes_no(builder, "withheld", TRUE);
    sg_json_text(builder, "hash", entry->hash);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static const char *const headings[] = {"NUMBER", "WHEN",     "WHO",    "ROLE",
                                       "ACTION", "INCIDENT", "DETAIL", NULL};

static char *cell(const char *text)
{
    return g_strdup(text && *text ? text : "-");
}

static void add_row(const SgAuditEntry *entry, const Reading *reading)
{
    gboolean withheld = entry->detail && sg_trail_withholds(reading->reader, entry);

    sg_table_add(reading->table,
                 (char *[]){g_strdup_printf("%" G_GINT64_FORMAT, entry->number),
                            sg_when_local(entry->at, reading->zone), cell(entry->actor),
                            cell(entry->role), cell(entry->action), cell(entry->incident),
                            cell(withheld ? "(your own mail)" : entry->detail)});
}

static void tell(const SgAuditEntry *entry, gpointer data)
{
    const Reading *reading = data;

    if (reading->table)
        add_row(entry, reading);
    else
        print_entry(entry, reading);
}

static gboolean note(SgRecord *record, const SgConfig *config, const char *what,
                     const Wishes *wishes, GError **error)
{
    SgOperator who = sg_desk_operator(config);
    g_autofree char *from = wishes->from ? sg_when_utc(wishes->from) : NULL;
    g_autofree char *detail = g_strconcat(what, from ? " since " : "", from, NULL);
    const SgAuditEntry entry = {.at = sg_when_now(),
                                .actor = who.name,
                                .role = who.role,
                                .action = "audit-exported",
                                .detail = detail};

    return sg_record_audit(record, &entry, error);
}

/* A record that is not there must not be made by whoever types this. What cannot be noted is not
 * shown. */
static SgRecord *open_noted(const SgConfig *config, const char *what, const Wishes *wishes,
                            GError **error)
{
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_ONLY, error);

    if (!record)
        return NULL;
    sg_record_close(g_steal_pointer(&record));
    record = sg_record_open(config->database, SG_RECORD_READ_WRITE, error);
    return record && note(record, config, what, wishes, error) ? g_steal_pointer(&record) : NULL;
}

static int show(const SgConfig *config, const char *what, const Wishes *wishes, gboolean json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = open_noted(config, what, wishes, &error);
    /* Of somebody who is no reviewer nothing is known. */
    g_autoptr(SgReviewer) who = sg_desk_reviewer(config, NULL, NULL);
    g_autoptr(SgTrailReader) reader = sg_trail_reader_new(record, who);
    g_autoptr(SgTable) table = json ? NULL : sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();
    Reading reading = {reader, table, sg_policy_zone(config->policy)};

    if (!record || !sg_audit_each(record, wishes->from, tell, &reading, &error))
        return sg_complain_of_record(error);
    if (table)
        sg_table_put(table, page);
    sg_page_flush(page);
    return EX_OK;
}

static int list(const SgConfig *config, const Wishes *wishes)
{
    return show(config, "list", wishes, wishes->json);
}

static int export(const SgConfig *config, const Wishes *wishes)
{
    return show(config, "export", wishes, TRUE);
}

static const struct {
    const char *word;
    gboolean head, since, json; /* may be given with it */
    int (*run)(const SgConfig *config, const Wishes *wishes);
} tasks[] = {
    {"verify", TRUE, FALSE, FALSE, verify},
    {"list", FALSE, TRUE, TRUE, list},
    {"export", FALSE, TRUE, TRUE, export},
};

static int find_task(const SgVerb *self, char **words)
{
    const char *const names[] = {tasks[0].word, tasks[1].word, tasks[2].word, NULL};

    G_STATIC_ASSERT(G_N_ELEMENTS(tasks) == 3);
    if (!words) {
        sg_usage_error(self, "say which: verify, list or export");
        return -1;
    }
    if (words[1]) {
        sg_usage_error(self, "'%s' is one word too many", words[1]);
        return -1;
    }
    return sg_choice(self, "task", words[0], names);
}

/* NULL, or what does not go with that task. */
static const char *contradiction(const Wishes *wishes, int task)
{
    if (wishes->head && !tasks[task].head)
        return "--head";
    if (wishes->since && !tasks[task].since)
        return "--since";
    return wishes->json && !tasks[task].json ? "--json" : NULL;
}

static int run_task(const SgVerb *self, int task, const char *path, Wishes *wishes)
{
    g_autoptr(GError) error = NULL;
    const char *wrong = contradiction(wishes, task);

    if (wrong)
        return sg_usage_error(self, "%s does not go with '%s'", wrong, tasks[task].word);
    if (wishes->head && !sg_audit_is_head(wishes->head))
        return sg_usage_error(self, "'%s' is not N:HASH, as the log has it", wishes->head);
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    if (wishes->since && !sg_when_read_since(wishes->since, sg_policy_zone(config->policy),
                                             sg_when_now(), &wishes->from, &error))
        return sg_usage_error(self, "%s", error->message);
    return tasks[task].run(config, wishes);
}

static int run_audit(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *head = NULL, *since = NULL;
    g_auto(GStrv) words = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"head", 0, 0, G_OPTION_ARG_FILENAME, &head, "verify: this one must be there", "N:HASH"},
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &since, "only since 7d ago, or since 2026-11-21",
         "WHEN"},
        SG_OPTION_JSON(&json),
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code, task;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    task = find_task(self, words);
    if (task < 0)
        return EX_USAGE;
    return run_task(self, task, path, &(Wishes){.head = head, .since = since, .json = json});
}

const SgVerb sg_verb_audit = {
    .name = "audit",
    .usage = "[-c CONF] verify [--head N:HASH] | list|export [--since WHEN] [--json]",
    .summary = "see that the audit trail is whole, or read it",
    .run = run_audit,
};
