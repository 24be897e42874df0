/* conditions_people.c - conditions about who writes to whom: from, envelope, to, author, direction,
 * recipients. */
#include "policy_internal.h"

static gpointer read_who(SgCursor *cursor, SgRuleReader *reader)
{
    return sg_who_read(cursor, reader);
}

static void free_who(gpointer data)
{
    sg_who_free(data);
}

/* from ------------------------------------------------------------------------------------------
 */

static gboolean judge_from(const SgCondition *condition, SgJudging *judging)
{
    return sg_who_is(condition->data, judging->parties->sender);
}

static void describe_from(const SgCondition *condition, GString *out)
{
    g_string_append(out, "it is sent by ");
    sg_who_describe(condition->data, out);
}

const SgConditionKind sg_condition_from = {
    .keyword = "from",
    .usage = "WHO[, WHO...]",
    .help =
        "who sends it, by login or envelope: a role, group NAME, address ADDRESS, list NAME, any",
    .needs = SG_NEEDS_PEOPLE,
    .read = read_who,
    .judge = judge_from,
    .describe = describe_from,
    .free = free_who,
};

/* envelope --------------------------------------------------------------------------------------
 */

static gboolean judge_envelope(const SgCondition *condition, SgJudging *judging)
{
    const SgParties *parties = judging->parties;

    return sg_who_is(condition->data, parties->envelope ? parties->envelope : parties->sender);
}

static void describe_envelope(const SgCondition *condition, GString *out)
{
    g_string_append(out, "its envelope names as sender ");
    sg_who_describe(condition->data, out);
}

const SgConditionKind sg_condition_envelope = {
    .keyword = "envelope",
    .usage = "WHO[, WHO...]",
    .help = "whom its envelope names as sender, whoever has logged in",
    .needs = SG_NEEDS_PEOPLE,
    .read = read_who,
    .judge = judge_envelope,
    .describe = describe_envelope,
    .free = free_who,
};

/* to --------------------------------------------------------------------------------------------
 */

static gboolean judge_to(const SgCondition *condition, SgJudging *judging)
{
    const GPtrArray *recipients = judging->parties->recipients;
    gboolean any = FALSE;

    for (guint i = 0; i < recipients->len; i++) {
        gboolean is = sg_who_is(condition->data, recipients->pdata[i]);
        g_array_index(judging->matched, gboolean, i) = is;
        any |= is;
    }
    return any;
}

static void describe_to(const SgCondition *condition, GString *out)
{
    g_string_append(out, "it goes to ");
    sg_who_describe(condition->data, out);
}

const SgConditionKind sg_condition_to = {
    .keyword = "to",
    .usage = "WHO[, WHO...]",
    .help = "whom it goes to; the rule is about those recipients: a role, personal of ROLE, "
            "group NAME, address ADDRESS, list NAME, any",
    .needs = SG_NEEDS_PEOPLE,
    .per_recipient = TRUE,
    .read = read_who,
    .judge = judge_to,
    .describe = describe_to,
    .free = free_who,
};

/* author ----------------------------------------------------------------------------------------
 */

static gboolean judge_author(const SgCondition *condition, SgJudging *judging)
{
    return judging->parties->author && sg_who_is(condition->data, judging->parties->author);
}

static void describe_author(const SgCondition *condition, GString *out)
{
    g_string_append(out, "its From line names ");
    sg_who_describe(condition->data, out);
}

const SgConditionKind sg_condition_author = {
    .keyword = "author",
    .usage = "WHO[, WHO...]",
    .help = "whom its From line names, whoever sends it",
    .needs = SG_NEEDS_MESSAGE,
    .read = read_who,
    .judge = judge_author,
    .describe = describe_author,
    .free = free_who,
};

/* direction -------------------------------------------------------------------------------------
 */

typedef enum { TOWARDS_OUTGOING, TOWARDS_INCOMING, TOWARDS_INTERNAL, TOWARDS_ANY } Towards;
static const char *const towards_names[] = {"outgoing", "incoming", "internal", "any", NULL};
static const char *const towards_words[] = {"it is sent from within the school",
                                            "it comes from outside", "it stays within the school",
                                            "it is sent or received"};

static gpointer read_direction(SgCursor *cursor, SgRuleReader *reader)
{
    int choice = sg_cursor_choice(cursor, "direction", towards_names);

    (void)reader;
    return choice < 0 ? NULL : g_memdup2(&choice, sizeof choice);
}

static gboolean all_inside(const SgParties *parties)
{
    for (guint i = 0; i < parties->recipients->len; i++) {
        const SgParty *party = parties->recipients->pdata[i];
        if (party->role == SG_ROLE_EXTERNAL)
            return FALSE;
    }
    return TRUE;
}

static gboolean judge_direction(const SgCondition *condition, SgJudging *judging)
{
    const SgParties *parties = judging->parties;

    switch ((Towards) * (const int *)condition->data) {
    case TOWARDS_OUTGOING:
        return parties->direction == SG_DIRECTION_OUTGOING;
    case TOWARDS_INCOMING:
        return parties->direction == SG_DIRECTION_INCOMING;
    case TOWARDS_INTERNAL:
        return parties->direction == SG_DIRECTION_OUTGOING && all_inside(parties);
    case TOWARDS_ANY:
        break;
    }
    return TRUE;
}

static void describe_direction(const SgCondition *condition, GString *out)
{
    g_string_append(out, towards_words[*(const int *)condition->data]);
}

const SgConditionKind sg_condition_direction = {
    .keyword = "direction",
    .usage = "outgoing|incoming|internal|any",
    .help = "which way it goes; outgoing when not said. Incoming needs 'judge everything' in gate",
    .needs = SG_NEEDS_MESSAGE, /* internal depends on all recipients */
    .read = read_direction,
    .judge = judge_direction,
    .describe = describe_direction,
    .free = g_free,
};

/* recipients over N -----------------------------------------------------------------------------
 */

static gpointer read_recipients(SgCursor *cursor, SgRuleReader *reader)
{
    gint64 number = 0;

    (void)reader;
    if (!sg_cursor_take(cursor, "over")) {
        sg_cursor_error_next(cursor, "write 'recipients over NUMBER'");
        return NULL;
    }
    if (!sg_cursor_number(cursor, "the number of recipients", 1, G_MAXINT32, &number))
        return NULL;
    return g_memdup2(&number, sizeof number);
}

/* A list counts as its members. */
static gboolean judge_recipients(const SgCondition *condition, SgJudging *judging)
{
    const GPtrArray *recipients = judging->parties->recipients;
    gint64 count = 0;

    for (guint i = 0; i < recipients->len; i++)
        count += MAX(1, ((const SgParty *)recipients->pdata[i])->members);
    return count > *(const gint64 *)condition->data;
}

static void describe_recipients(const SgCondition *condition, GString *out)
{
    g_string_append_printf(out, "it has more than %" G_GINT64_FORMAT " recipients",
                           *(const gint64 *)condition->data);
}

const SgConditionKind sg_condition_recipients = {
    .keyword = "recipients",
    .usage = "over NUMBER",
    .help = "how many people get it, members of lists counted",
    .needs = SG_NEEDS_MESSAGE,
    .read = read_recipients,
    .judge = judge_recipients,
    .describe = describe_recipients,
    .free = g_free,
};
