/* trace.c - what a trace says of people, of a message and of a verdict; see trace.h */
#include "schoolgate/trace.h"

/* Names of rules that go into one line: syslog takes no more than a few thousand bytes. */
#define NAMES_MOST 20

SgTrace *sg_trace_new(void (*put)(const SgLogLine *line, gpointer data), gpointer data)
{
    SgTrace *trace = g_new0(SgTrace, 1);

    g_snprintf(trace->id, sizeof trace->id, "%08x", g_random_int());
    trace->put = put;
    trace->data = data;
    return trace;
}

SgLogLine *sg_trace_line(const SgTrace *trace, const char *step)
{
    SgLogLine *line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_TRACE, trace->id);
    sg_log_line_text(line, SG_FIELD_STEP, step);
    return line;
}

void sg_trace_put(const SgTrace *trace, SgLogLine *line)
{
    trace->put(line, trace->data);
    sg_log_line_free(line);
}

static void add_items(SgLogLine *line, SgField field, const GPtrArray *items)
{
    if (items->len == 0)
        sg_log_line_item(line, field, NULL);
    for (guint i = 0; i < items->len; i++)
        sg_log_line_item(line, field, items->pdata[i]);
}

/* People ------------------------------------------------------------------------------------------
 */

static void trace_party(const SgTrace *trace, const char *who, const SgParty *party)
{
    SgLogLine *line = sg_trace_line(trace, "party");

    sg_log_line_text(line, SG_FIELD_WHO, who);
    sg_log_line_text(line, SG_FIELD_ADDRESS, party->address);
    sg_log_line_text(line, SG_FIELD_ROLE, party->role_name);
    sg_log_line_text(line, SG_FIELD_SOURCE, party->source);
    for (char **group = party->groups; group && *group; group++)
        sg_log_line_item(line, SG_FIELD_GROUPS, *group);
    if (party->members > 0)
        sg_log_line_number(line, SG_FIELD_MEMBERS, party->members);
    sg_trace_put(trace, line);
}

void sg_trace_parties(const SgTrace *trace, const SgParties *parties)
{
    if (!trace)
        return;
    trace_party(trace, "sender", parties->sender);
    if (parties->author)
        trace_party(trace, "author", parties->author);
    for (guint i = 0; i < parties->recipients->len; i++)
        trace_party(trace, "recipient", parties->recipients->pdata[i]);
}

/* The message -------------------------------------------------------------------------------------
 */

static void trace_text(const SgTrace *trace, const SgText *text)
{
    SgLogLine *line = sg_trace_line(trace, "text");

    sg_log_line_text(line, SG_FIELD_KIND, sg_text_kind_names[sg_text_kind(text)]);
    sg_log_line_number(line, SG_FIELD_SIZE, (gint64)sg_text_form(text, SG_FORM_READABLE).len);
    sg_log_line_number(line, SG_FIELD_FOLDED, (gint64)sg_text_form(text, SG_FORM_FOLDED).len);
    sg_trace_put(trace, line);
}

static void trace_attachment(const SgTrace *trace, const SgAttachment *attachment)
{
    SgLogLine *line = sg_trace_line(trace, "attachment");
    const char *result = attachment->read_in > 0 ? "read" : "not-asked";

    sg_log_line_text(line, SG_FIELD_TYPE, attachment->type);
    sg_log_line_number(line, SG_FIELD_SIZE, (gint64)attachment->size);
    sg_log_line_text(line, SG_FIELD_RESULT,
                     attachment->unreadable ? attachment->unreadable : result);
    sg_log_line_number(line, SG_FIELD_PIECES, attachment->pieces);
    sg_log_line_number(line, SG_FIELD_US, attachment->read_in);
    sg_trace_put(trace, line);
}

void sg_trace_message(const SgTrace *trace, SgMessage *message)
{
    SgLogLine *line;

    if (!trace)
        return;
    line = sg_trace_line(trace, "message");
    sg_log_line_number(line, SG_FIELD_SIZE, (gint64)sg_message_size(message));
    sg_log_line_number(line, SG_FIELD_HEADERS, sg_message_headers(message)->len);
    add_items(line, SG_FIELD_DEFECTS, sg_message_defects(message));
    add_items(line, SG_FIELD_LIMITS, sg_message_limits_hit(message));
    sg_trace_put(trace, line);
    for (guint i = 0; i < sg_message_attachments(message)->len; i++)
        trace_attachment(trace, sg_message_attachments(message)->pdata[i]);
    for (guint i = 0; i < sg_message_texts(message)->len; i++)
        trace_text(trace, sg_message_texts(message)->pdata[i]);
}

/* The verdict -------------------------------------------------------------------------------------
 */

/* By the people alone, or by one pass, most rules are left out: of them a name is enough. */
static gboolean was_looked_at(const SgRuleAccount *account)
{
    return account->result != SG_RULE_NOT_CONCERNED && account->result != SG_RULE_NOT_SEEN;
}

static void trace_rule(const SgTrace *trace, const SgRuleAccount *account)
{
    SgLogLine *line = sg_trace_line(trace, "rule");

    sg_log_line_item(line, SG_FIELD_RULE, sg_rule_name(account->rule));
    sg_log_line_text(line, SG_FIELD_RESULT, sg_rule_result_names[account->result]);
    if (account->by)
        sg_log_line_text(line, SG_FIELD_BY, account->by);
    sg_log_line_number(line, SG_FIELD_POINTS, account->points);
    sg_log_line_number(line, SG_FIELD_NEED, sg_rule_need_points(account->rule));
    add_items(line, SG_FIELD_SIGNALS, account->signals);
    sg_trace_put(trace, line);
}

static gboolean is_alike(const SgRuleAccount *account, SgRuleResult result, const char *by)
{
    return account->result == result && g_strcmp0(account->by, by) == 0;
}

/* The rules that were left out for the same reason as the one at `first`. */
static void trace_left_out(const SgTrace *trace, const GPtrArray *accounts, guint first,
                           GHashTable *done)
{
    const SgRuleAccount *example = accounts->pdata[first];
    SgLogLine *line = NULL;
    guint names = 0;

    for (guint i = first; i < accounts->len; i++) {
        const SgRuleAccount *account = accounts->pdata[i];

        if (!is_alike(account, example->result, example->by))
            continue;
        g_hash_table_add(done, (gpointer)account);
        if (names++ % NAMES_MOST == 0) {
            if (line)
                sg_trace_put(trace, line);
            line = sg_trace_line(trace, "left-out");
            sg_log_line_text(line, SG_FIELD_RESULT, sg_rule_result_names[account->result]);
            if (account->by)
                sg_log_line_text(line, SG_FIELD_BY, account->by);
        }
        sg_log_line_item(line, SG_FIELD_RULE, sg_rule_name(account->rule));
    }
    sg_trace_put(trace, line);
}

static void trace_rules(const SgTrace *trace, const GPtrArray *accounts)
{
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);

    for (guint i = 0; accounts && i < accounts->len; i++) {
        if (was_looked_at(accounts->pdata[i]))
            trace_rule(trace, accounts->pdata[i]);
        else if (!g_hash_table_contains(done, accounts->pdata[i]))
            trace_left_out(trace, accounts, i, done);
    }
}

static void trace_copies(const SgTrace *trace, const SgVerdict *verdict, const SgParties *parties)
{
    for (guint i = 0; i < verdict->recipients->len && i < parties->recipients->len; i++) {
        const SgParty *party = parties->recipients->pdata[i];
        SgLogLine *line = sg_trace_line(trace, "copy");

        sg_log_line_text(line, SG_FIELD_TO, party->address);
        sg_log_line_text(line, SG_FIELD_ACTION,
                         sg_action_names[g_array_index(verdict->recipients, SgAction, i)]);
        sg_trace_put(trace, line);
    }
}

void sg_trace_verdict(const SgTrace *trace, const GPtrArray *accounts, const SgVerdict *verdict,
                      const SgParties *parties)
{
    SgLogLine *line;

    if (!trace)
        return;
    trace_rules(trace, accounts);
    line = sg_trace_line(trace, "verdict");
    sg_log_line_text(line, SG_FIELD_ACTION, sg_action_names[verdict->action]);
    if (verdict->findings->len == 0)
        sg_log_line_item(line, SG_FIELD_RULE, NULL);
    for (guint i = 0; i < verdict->findings->len; i++)
        sg_log_line_item(line, SG_FIELD_RULE,
                         ((const SgFinding *)verdict->findings->pdata[i])->rule);
    sg_trace_put(trace, line);
    trace_copies(trace, verdict, parties);
}

void sg_trace_times(const SgTrace *trace, const SgStopwatch *watch)
{
    for (guint stage = 0; trace && stage < SG_STAGES; stage++) {
        SgLogLine *line;

        if (!(watch->entered & 1u << stage))
            continue;
        line = sg_trace_line(trace, "time");
        sg_log_line_text(line, SG_FIELD_STAGE, sg_stage_names[stage]);
        sg_log_line_number(line, SG_FIELD_US, watch->spent[stage]);
        sg_trace_put(trace, line);
    }
}
