/* rule_language.c - the grammar of a `rule` block: its settings, beside the conditions that have
 * tables of their own. Whether the whole makes sense is rule_sense.c's. */
#include "policy_internal.h"

#define DEFAULT_LOOK_IN (1u << SG_TEXT_SUBJECT | 1u << SG_TEXT_BODY)

#define RULE(into) (((SgRuleReading *)(into))->rule)

static void read_condition(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgRuleReading *reading = into;
    const SgConditionKind *kind = sg_condition_kind_find(sg_span(self->name));
    SgCondition *condition = sg_condition_read(kind, cursor, reading->reader);

    if (condition)
        g_ptr_array_add(reading->rule->conditions, condition);
    if (kind == &sg_condition_direction)
        reading->rule->directed = TRUE;
}

/* A signal's or an exception's condition: a bare pattern is a `match`. */
static SgCondition *read_nested(SgCursor *cursor, SgRuleReader *reader, const char *what)
{
    SgSpan word;

    if (!sg_cursor_next_word(cursor, &word)) {
        sg_cursor_error_next(cursor, "%s needs a pattern between slashes, or a condition", what);
        return NULL;
    }
    if (word.at[0] == '/')
        return sg_condition_read(&sg_condition_match, cursor, reader);

    const SgConditionKind *kind = sg_condition_kind_find(word);
    if (kind) {
        sg_cursor_word(cursor, what, &word);
        return sg_condition_read(kind, cursor, reader);
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; sg_condition_kinds[i]; i++)
        g_ptr_array_add(names, (gpointer)sg_condition_kinds[i]->keyword);
    g_ptr_array_add(names, NULL);
    const char *meant = sg_suggest(word, (const char *const *)names->pdata);
    if (meant)
        sg_cursor_error_next(cursor, "unknown condition '%.*s'; did you mean '%s'?", (int)word.len,
                             word.at, meant);
    else
        sg_cursor_error_next(cursor,
                             "a pattern between slashes is expected here, such as /\\bwords\\b/");
    return NULL;
}

/* `signal 3 NAME`: the phrase of that name. */
static SgCondition *phrase_condition(SgSpan name, const SgCursor *cursor)
{
    SgCondition *condition = g_new0(SgCondition, 1);

    condition->kind = &sg_condition_phrase;
    condition->place = cursor->word;
    condition->data = sg_phrase_test_new(name, cursor->word);
    return condition;
}

static void free_signal(gpointer data)
{
    SgSignal *signal = data;

    g_free(signal->name);
    sg_condition_free(signal->condition);
    g_free(signal);
}

static gboolean begins_with_number(SgCursor *cursor)
{
    SgSpan word;

    if (!sg_cursor_next_word(cursor, &word))
        return FALSE;
    if (*word.at == '-')
        word = (SgSpan){word.at + 1, word.len - 1};
    return word.len > 0 && g_ascii_isdigit(*word.at);
}

static void read_signal(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgRuleReading *reading = into;
    gint64 points = 0;
    SgSpan name;

    (void)self;
    if (!begins_with_number(cursor)) {
        sg_cursor_error_next(cursor,
                             "a signal begins with its points and its name: write 'signal 3 "
                             "NAME /PATTERN/' (no space behind a minus)");
        return;
    }
    if (!sg_cursor_number(cursor, "a signal's points", -99, 99, &points))
        return;
    if (points == 0) {
        sg_cursor_error(cursor, "a signal of 0 points changes nothing");
        return;
    }
    if (!sg_cursor_word(cursor, "a signal's name", &name))
        return;
    if (name.at[0] == '/') {
        sg_cursor_error(cursor, "a signal has a name before its pattern: signal %d NAME /…/",
                        (int)points);
        return;
    }
    for (guint i = 0; i < reading->rule->signals->len; i++) {
        const SgSignal *other = reading->rule->signals->pdata[i];
        if (sg_span_is(name, other->name)) {
            sg_cursor_error(cursor, "this rule has a signal '%s' already", other->name);
            return;
        }
    }
    SgCondition *condition = sg_cursor_at_end(cursor)
                                 ? phrase_condition(name, cursor)
                                 : read_nested(cursor, reading->reader, "a signal");
    if (!condition)
        return;
    SgSignal *signal = g_new0(SgSignal, 1);
    signal->points = (int)points;
    signal->name = sg_span_dup(name);
    signal->condition = condition;
    g_ptr_array_add(reading->rule->signals, signal);
}

static void read_except(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgRuleReading *reading = into;
    SgCondition *condition = read_nested(cursor, reading->reader, "an exception");

    (void)self;
    if (condition)
        g_ptr_array_add(reading->rule->exceptions, condition);
}

/* `need 6 points`, `need 6 points from 2 signals`. */
static void read_need(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgRule *rule = RULE(into);
    gint64 points = 0, signals = 1;

    if (!sg_cursor_number(cursor, "the points needed", 1, 9999, &points))
        return;
    rule->need_place = cursor->word;
    if (!sg_cursor_take(cursor, "points") && !sg_cursor_take(cursor, "point")) {
        sg_cursor_error_next(cursor, "write '%s %s'", self->name, self->usage);
        return;
    }
    if (sg_cursor_take(cursor, "from")) {
        if (!sg_cursor_number(cursor, "the number of signals", 1, 99, &signals))
            return;
        if (!sg_cursor_take(cursor, "signals") && !sg_cursor_take(cursor, "signal")) {
            sg_cursor_error_next(cursor, "write '%s %s'", self->name, self->usage);
            return;
        }
    }
    rule->need_points = (int)points;
    rule->need_signals = (guint)signals;
}

static void read_clause(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgRule *rule = RULE(into);
    SgSpan first, second;

    (void)self;
    if (!sg_cursor_word(cursor, "a clause's number", &first))
        return;
    rule->clause_place = cursor->word;
    if (sg_cursor_next_word(cursor, &second)) {
        rule->policy = sg_span_dup(first);
        sg_cursor_word(cursor, "a clause's number", &second);
        rule->clause = sg_span_dup(second);
    } else {
        rule->clause = sg_span_dup(first);
    }
}

static void read_severity(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    int choice = sg_cursor_choice(cursor, self->name, sg_severity_names);

    if (choice >= 0)
        RULE(into)->severity = (SgSeverity)choice;
}

static void read_mode(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    int choice = sg_cursor_choice(cursor, self->name, sg_mode_names);

    if (choice >= 0)
        RULE(into)->mode = (SgMode)choice;
}

static void read_look_in(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgRule *rule = RULE(into);

    (void)self;
    rule->look_in = 0;
    do {
        int choice = sg_cursor_choice(cursor, "place to look in", sg_text_kind_names);
        if (choice < 0)
            return;
        rule->look_in |= 1u << choice;
    } while (sg_cursor_take_comma(cursor));
}

static gboolean read_alert_word(SgCursor *cursor, guint *alert)
{
    static const char *const choices[] = {"officer", "head", NULL};
    int choice = sg_cursor_choice(cursor, "person to alert", choices);

    if (choice >= 0)
        *alert |= choice == 0 ? SG_ALERT_OFFICER : SG_ALERT_HEAD;
    return choice >= 0;
}

static void read_alert(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    (void)self;
    do {
        if (!read_alert_word(cursor, &RULE(into)->alert))
            return;
    } while (sg_cursor_take_comma(cursor));
}

static gboolean read_one_action(SgRule *rule, SgCursor *cursor)
{
    static const char *const choices[] = {"log",        "tag",   "notify", "reject",
                                          "quarantine", "alert", NULL};
    static const SgAction actions[] = {SG_ACTION_LOG,    SG_ACTION_TAG,        SG_ACTION_NOTIFY,
                                       SG_ACTION_REJECT, SG_ACTION_QUARANTINE, SG_ACTION_PASS};
    int choice = sg_cursor_choice(cursor, "action", choices);

    if (choice < 0)
        return FALSE;
    if (actions[choice] == SG_ACTION_PASS)
        return read_alert_word(cursor, &rule->alert);
    if (actions[choice] == SG_ACTION_NOTIFY && !sg_cursor_take(cursor, "sender")) {
        sg_cursor_error_next(cursor, "write 'notify sender'");
        return FALSE;
    }
    if (actions[choice] == SG_ACTION_QUARANTINE)
        rule->hold_at_mta = sg_cursor_take(cursor, "mta");
    rule->tag |= actions[choice] == SG_ACTION_TAG;
    rule->notify |= actions[choice] == SG_ACTION_NOTIFY;
    rule->action = MAX(rule->action, actions[choice]);
    return TRUE;
}

static void read_action(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgRule *rule = RULE(into);

    (void)self;
    rule->action = SG_ACTION_PASS;
    do {
        SgAction before = rule->action;
        if (!read_one_action(rule, cursor))
            break;
        if (before == SG_ACTION_LOG && rule->action > SG_ACTION_LOG)
            sg_cursor_error(cursor, "'log' goes without saying beside a stricter action");
    } while (sg_cursor_take_comma(cursor));
    rule->action = MAX(rule->action, SG_ACTION_LOG);
}

static void read_override(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    (void)self;
    sg_cursor_yes_no(cursor, &RULE(into)->may_override);
    RULE(into)->override_place = cursor->word;
}

static void read_rule_text(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    sg_read_text(RULE(into), cursor, self);
}

static void read_prefix(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    sg_read_text(RULE(into), cursor, self);
    RULE(into)->prefix_place = cursor->word;
}

static void read_in_short(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    sg_read_text(RULE(into), cursor, self);
    RULE(into)->in_short_place = cursor->word;
}

static void read_example(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    char *text = sg_cursor_text(cursor, "an example");

    if (!text)
        return;
    SgExample *example = g_new0(SgExample, 1);
    example->hit = strcmp(self->name, "hit") == 0;
    example->text = text;
    example->place = cursor->word;
    g_ptr_array_add(RULE(into)->examples, example);
}

#define OF(field) G_STRUCT_OFFSET(SgRule, field)

static const SgSetting own_settings[] = {
    {"clause", "[POLICY] NUMBER", "the clause it keeps; without POLICY, of the first policy", FALSE,
     read_clause, 0},
    {"title", "TEXT", "what it is called when people read about it", FALSE, read_rule_text,
     OF(title)},
    {"in-short", "TEXT",
     "what happened, to go on from 'A member of staff wrote to a student and': 'sent a picture'; "
     "at most 80 characters",
     FALSE, read_in_short, OF(in_short)},
    {"severity", "low|medium|high|critical",
     "how grave it is (medium); critical ones are explained neutrally, without quoting", FALSE,
     read_severity, 0},
    {"mode", "enforce|observe", "observe: only log what would have happened (enforce)", FALSE,
     read_mode, 0},
    {"look-in", "subject, body, quoted, attachments, names, links, signature",
     "where patterns look (subject, body)", FALSE, read_look_in, 0},
    {"signal", "POINTS NAME /PATTERN/ | POINTS NAME CONDITION | POINTS PHRASE",
     "one thing that speaks for the rule, or with negative points against it", TRUE, read_signal,
     0},
    {"need", "NUMBER points [from NUMBER signals]", "how much must be seen before the rule applies",
     FALSE, read_need, 0},
    {"except", "CONDITION", "when it does not apply; recipients named by 'except to' are left out",
     TRUE, read_except, 0},
    {"action", "log | tag | notify sender | reject | quarantine [mta][, alert officer|head]",
     "what is done; the strictest of several rules wins (log)", FALSE, read_action, 0},
    {"alert", "officer|head[, ...]", "who is told at once", FALSE, read_alert, 0},
    {"override", "yes|no", "the sender may resend with a line 'School-business: <why>' (no)", FALSE,
     read_override, 0},
    {"subject-prefix", "TEXT", "with 'tag': put before the subject", FALSE, read_prefix,
     OF(subject_prefix)},
    {"explain", "TEXT", "what the sender is told: what was seen, in plain words", FALSE,
     read_rule_text, OF(explain)},
    {"remedy", "TEXT", "what the sender can do now", FALSE, read_rule_text, OF(remedy)},
    {"hit", "[[FACETS]] TEXT", "an example that the rule must catch; see 'facets'", TRUE,
     read_example, 0},
    {"miss", "[[FACETS]] TEXT", "an example that the rule must let pass", TRUE, read_example, 0},
};

static gpointer build_settings(gpointer unused)
{
    GArray *all = g_array_new(TRUE, TRUE, sizeof(SgSetting));

    (void)unused;
    g_array_append_vals(all, own_settings, G_N_ELEMENTS(own_settings));
    for (guint i = 0; sg_condition_kinds[i]; i++) {
        const SgConditionKind *kind = sg_condition_kinds[i];
        SgSetting setting = {kind->keyword, kind->usage, kind->help, TRUE, read_condition, 0};
        g_array_append_val(all, setting);
    }
    return g_array_free(all, FALSE);
}

const SgSetting *sg_rule_settings(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, build_settings, NULL);
}

static void free_condition(gpointer data)
{
    sg_condition_free(data);
}

static void free_example(gpointer data)
{
    g_free(((SgExample *)data)->text);
    g_free(data);
}

static SgRule *rule_new(const SgBlock *block)
{
    SgRule *rule = g_new0(SgRule, 1);

    rule->place = block->head.place;
    rule->severity = SG_SEVERITY_MEDIUM;
    rule->action = SG_ACTION_LOG;
    rule->look_in = DEFAULT_LOOK_IN;
    rule->conditions = g_ptr_array_new_with_free_func(free_condition);
    rule->exceptions = g_ptr_array_new_with_free_func(free_condition);
    rule->signals = g_ptr_array_new_with_free_func(free_signal);
    rule->examples = g_ptr_array_new_with_free_func(free_example);
    return rule;
}

void sg_rule_free(SgRule *rule)
{
    if (!rule)
        return;
    g_free(rule->name);
    g_free(rule->policy);
    g_free(rule->clause);
    g_free(rule->clause_title);
    g_free(rule->policy_version);
    g_free(rule->title);
    g_ptr_array_unref(rule->conditions);
    g_ptr_array_unref(rule->signals);
    g_ptr_array_unref(rule->exceptions);
    g_ptr_array_unref(rule->examples);
    g_free(rule->subject_prefix);
    g_free(rule->explain);
    g_free(rule->remedy);
    g_free(rule->in_short);
    g_free(rule);
}

/* Conditions about people cost nothing, texts most: the cheap ones are asked first. */
static int by_cost(gconstpointer left, gconstpointer right)
{
    const SgCondition *a = *(const SgCondition *const *)left;
    const SgCondition *b = *(const SgCondition *const *)right;

    if (a->kind->needs != b->kind->needs)
        return a->kind->needs < b->kind->needs ? -1 : 1;
    return a->place.line < b->place.line ? -1 : a->place.line > b->place.line;
}

SgRule *sg_rule_read(const SgBlock *block, SgRuleReader *reader, SgReport *report)
{
    SgRule *rule = rule_new(block);
    SgRuleReading reading = {rule, reader};
    SgCursor cursor = sg_line_cursor(&block->head, report);
    SgSpan name;

    if (sg_cursor_word(&cursor, "a rule's name", &name)) {
        rule->name = sg_span_dup(name);
        rule->place = cursor.word;
        if (!sg_cursor_at_end(&cursor))
            sg_cursor_error_next(&cursor, "a rule's name is one word, such as chain-letter");
    }
    if (rule->name && !g_regex_match_simple("^[a-z0-9][a-z0-9-]*$", rule->name, 0, 0))
        sg_cursor_error(&cursor, "a rule's name is made of small letters, digits and hyphens");
    sg_block_read_settings(block, sg_rule_settings(), &reading, report);
    g_ptr_array_sort(rule->conditions, by_cost);
    if (!rule->title)
        rule->title = g_strdup(rule->name);
    return rule;
}
