/* conditions_forwarded.c - the conditions `forwarded` and `addresses`: what a message has collected
 * on its way through many hands. */
#include "detectors.h"

#define LOOKED_IN    (1u << SG_TEXT_BODY | 1u << SG_TEXT_QUOTED)
#define MARK_BYTES   120 /* a mark is a short line */
#define BELOW_MARK   5   /* lines in which the header that a mark announces begins */
#define HEADER_LINES 8   /* in which the header above a forwarded message has its parts */

/* forwarded over N -------------------------------------------------------------------------------
 */

/* How many times it has been passed on, by each sign of that. */
typedef struct Passed {
    SgJudging *judging;
    gint64 body;
    gint64 quoted;
} Passed;

/* Without what quoting puts before it, and no more of it than a mark is long. */
static SgSpan take_line(SgSpan *rest)
{
    SgSpan line = sg_span_take_line(rest);

    while (line.len > 0 && strchr(" \t\r>|*", line.at[0]))
        line = (SgSpan){line.at + 1, line.len - 1};
    line.len = MIN(line.len, MARK_BYTES);
    return line;
}

/* `-----Original Message-----`, `Begin forwarded message:`, `---- Forwarded by Ann on …`. */
static gboolean is_mark(SgSpan line)
{
    if (sg_span_begins(line, "begin forwarded message"))
        return TRUE;
    return line.len > 4 && line.at[0] == '-' &&
           (sg_span_holds(line, "original message") || sg_span_holds(line, "forwarded message") ||
            sg_span_holds(line, "forwarded by") || sg_span_holds(line, "original appointment"));
}

/* "From:" with "Sent:" or "Date:" and "Subject:" or "To:" in the lines below. */
static gboolean is_header(SgSpan line, SgSpan rest)
{
    gboolean dated = FALSE, addressed = FALSE;

    if (!sg_span_begins(line, "from:"))
        return FALSE;
    for (guint i = 0; i < HEADER_LINES && rest.len > 0; i++) {
        SgSpan next = take_line(&rest);
        if (sg_span_begins(next, "from:"))
            return FALSE;
        dated |= sg_span_begins(next, "sent:") || sg_span_begins(next, "date:");
        addressed |= sg_span_begins(next, "subject:") || sg_span_begins(next, "to:");
    }
    return dated && addressed;
}

/* A mark and the header below it are one forwarding. */
static gint64 count_headers(SgJudging *judging, SgSpan text)
{
    SgSpan rest = text;
    gint64 count = 0;
    guint since_mark = BELOW_MARK;
    gsize next_clock = 0;

    while (rest.len > 0 && sg_judging_has_time(judging, (gsize)(rest.at - text.at), &next_clock)) {
        SgSpan line = take_line(&rest);
        since_mark++;
        if (is_mark(line)) {
            count++;
            since_mark = 0;
        } else if (is_header(line, rest)) {
            count += since_mark >= BELOW_MARK;
            since_mark = BELOW_MARK;
        }
    }
    return count;
}

/* Alternatives say the same twice: of each kind of text the one with most counts. */
static gboolean count_in_text(const SgText *text, gpointer data)
{
    Passed *passed = data;
    gint64 count = count_headers(passed->judging, sg_text_form(text, SG_FORM_READABLE));
    gint64 *most = sg_text_kind(text) == SG_TEXT_BODY ? &passed->body : &passed->quoted;

    *most = MAX(*most, count);
    return FALSE;
}

/* `Fw: Fwd: FW:` and the same in a few other languages, answers in between. */
static gint64 count_in_subject(const char *subject)
{
    static const char *const marks[] = {"fwd", "fw", "tr", "wg"};
    static const char *const answers[] = {"re", "aw", "sv"};
    gint64 count = 0;

    for (gboolean more = TRUE; more;) {
        more = FALSE;
        subject += strspn(subject, " [(");
        for (guint i = 0; i < G_N_ELEMENTS(marks) + G_N_ELEMENTS(answers) && !more; i++) {
            gboolean is_forward = i < G_N_ELEMENTS(marks);
            const char *mark = is_forward ? marks[i] : answers[i - G_N_ELEMENTS(marks)];
            gsize len = strlen(mark);
            if (g_ascii_strncasecmp(subject, mark, len) != 0 || subject[len] != ':')
                continue;
            subject += len + 1;
            count += is_forward;
            more = TRUE;
        }
    }
    return count;
}

static gpointer read_over(SgCursor *cursor, const char *what, gint64 least)
{
    gint64 number = 0;

    if (!sg_cursor_take(cursor, "over")) {
        sg_cursor_error_next(cursor, "write '%s over NUMBER'", what);
        return NULL;
    }
    if (!sg_cursor_number(cursor, "this number", least, 9999, &number))
        return NULL;
    return g_memdup2(&number, sizeof number);
}

static gpointer read_forwarded(SgCursor *cursor, SgRuleReader *reader)
{
    (void)reader;
    return read_over(cursor, "forwarded", 0);
}

static gboolean search_forwarded(const SgCondition *condition, SgJudging *judging)
{
    const char *subject = sg_message_header(judging->message, "Subject");
    Passed passed = {.judging = judging};
    gint64 in_subject = subject ? count_in_subject(subject) : 0;
    gint64 over = *(const gint64 *)condition->data;

    sg_judging_look(judging, LOOKED_IN, count_in_text, &passed);
    gint64 depth =
        MAX(MAX(in_subject, passed.body + passed.quoted), sg_message_quote_depth(judging->message));
    if (depth <= over)
        return FALSE;
    g_autofree char *times = g_strdup_printf("passed on %" G_GINT64_FORMAT " times", depth);
    sg_judging_saw_value(judging, depth == in_subject ? "subject" : "body", times);
    return TRUE;
}

static gboolean judge_forwarded(const SgCondition *condition, SgJudging *judging)
{
    return sg_judging_once(judging, condition, search_forwarded);
}

static void describe_forwarded(const SgCondition *condition, GString *out)
{
    g_string_append_printf(out, "it has been passed on more than %" G_GINT64_FORMAT " times",
                           *(const gint64 *)condition->data);
}

const SgConditionKind sg_condition_forwarded = {
    .keyword = "forwarded",
    .usage = "over NUMBER",
    .help = "how many times it has been passed on, as far as can be seen: Fwd: before Fwd: in the "
            "subject, one forwarded message in another, or quotes within quotes",
    .needs = SG_NEEDS_TEXT,
    .walks = TRUE,
    .read = read_forwarded,
    .judge = judge_forwarded,
    .describe = describe_forwarded,
    .free = g_free,
};

/* addresses over N -------------------------------------------------------------------------------
 */

#define ADDRESS_MOST 100

typedef struct Addresses {
    SgJudging *judging;
    GHashTable *seen; /* of char * */
    gint64 over;
} Addresses;

static gboolean is_address_char(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("._-+'", c));
}

/* The address around the @ at `at`; FALSE when there is none. */
static gboolean address_around(SgSpan text, gsize at, gsize *from, gsize *to)
{
    gboolean dot = FALSE;

    for (*from = at; *from > 0 && at - *from < ADDRESS_MOST && is_address_char(text.at[*from - 1]);)
        (*from)--;
    for (*to = at + 1; *to < text.len && *to - at < ADDRESS_MOST &&
                       (g_ascii_isalnum(text.at[*to]) || strchr(".-", text.at[*to]));
         (*to)++)
        dot |= text.at[*to] == '.' && *to > at + 1 && *to + 1 < text.len &&
               g_ascii_isalnum(text.at[*to + 1]);
    while (*to > at && strchr(".-", text.at[*to - 1]))
        (*to)--;
    return *from < at && dot;
}

static gboolean look_for_addresses(const SgText *text, gpointer data)
{
    Addresses *addresses = data;
    SgSpan folded = sg_text_form(text, SG_FORM_FOLDED);
    gsize next_clock = 0;

    for (gsize at = 0; at < folded.len; at++) {
        const char *found = memchr(folded.at + at, '@', folded.len - at);
        gsize from, to;
        if (!found)
            return FALSE;
        at = (gsize)(found - folded.at);
        if (!sg_judging_has_time(addresses->judging, at, &next_clock))
            return FALSE;
        if (!address_around(folded, at, &from, &to))
            continue;
        g_hash_table_add(addresses->seen, g_strndup(folded.at + from, to - from));
        if (g_hash_table_size(addresses->seen) > addresses->over) {
            sg_judging_saw(addresses->judging, text, SG_FORM_FOLDED, from, to);
            return TRUE;
        }
    }
    return FALSE;
}

static gpointer read_addresses(SgCursor *cursor, SgRuleReader *reader)
{
    (void)reader;
    return read_over(cursor, "addresses", 0);
}

static gboolean search_addresses(const SgCondition *condition, SgJudging *judging)
{
    Addresses addresses = {.judging = judging, .over = *(const gint64 *)condition->data};

    addresses.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean holds = sg_judging_look(judging, LOOKED_IN, look_for_addresses, &addresses);
    g_hash_table_unref(addresses.seen);
    return holds;
}

static gboolean judge_addresses(const SgCondition *condition, SgJudging *judging)
{
    return sg_judging_once(judging, condition, search_addresses);
}

static void describe_addresses(const SgCondition *condition, GString *out)
{
    g_string_append_printf(
        out, "more than %" G_GINT64_FORMAT " different mail addresses stand in its text",
        *(const gint64 *)condition->data);
}

const SgConditionKind sg_condition_addresses = {
    .keyword = "addresses",
    .usage = "over NUMBER",
    .help = "how many different mail addresses stand in what the sender wrote and quotes",
    .needs = SG_NEEDS_TEXT,
    .walks = TRUE,
    .read = read_addresses,
    .judge = judge_addresses,
    .describe = describe_addresses,
    .free = g_free,
};
