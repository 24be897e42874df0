/* conditions_repeated.c - the condition `repeated`: the same words by the same sender to many
 * people in a short time. What was sent before is the caller's to know: judging remembers nothing.
 */
#include "policy_internal.h"

typedef struct RepeatTest {
    gint64 over;
    gint64 within; /* seconds */
} RepeatTest;

static gpointer read_repeated(SgCursor *cursor, SgRuleReader *reader)
{
    RepeatTest test = {0, 0};

    (void)reader;
    if (!sg_cursor_take(cursor, "over")) {
        sg_cursor_error_next(cursor, "write 'repeated over NUMBER within DURATION'");
        return NULL;
    }
    if (!sg_cursor_number(cursor, "the number of recipients", 1, 100000, &test.over))
        return NULL;
    if (!sg_cursor_take(cursor, "within")) {
        sg_cursor_error_next(cursor, "write 'repeated over NUMBER within DURATION', such as "
                                     "'repeated over 40 within 30m'");
        return NULL;
    }
    if (!sg_cursor_duration(cursor, &test.within))
        return NULL;
    if (test.within < 1 || test.within > SG_REPEATS_WITHIN_MOST) {
        sg_cursor_error(cursor, "what was sent is remembered for a day at most: write up to 24h");
        return NULL;
    }
    return g_memdup2(&test, sizeof test);
}

/* A list counts as its members. */
static gint64 recipients_of(const SgParties *parties)
{
    gint64 count = 0;

    for (guint i = 0; i < parties->recipients->len; i++)
        count += MAX(1, ((const SgParty *)parties->recipients->pdata[i])->members);
    return count;
}

static gboolean judge_repeated(const SgCondition *condition, SgJudging *judging)
{
    const RepeatTest *test = condition->data;
    const GArray *earlier = judging->parties->sent_before;
    gint64 count = recipients_of(judging->parties);
    guint times = 1;

    for (guint i = 0; earlier && i < earlier->len; i++) {
        const SgSending *sending = &g_array_index(earlier, SgSending, i);
        if (sending->when < judging->when - test->within || sending->when > judging->when)
            continue;
        count += sending->recipients;
        times++;
    }
    if (count <= test->over)
        return FALSE;
    g_autofree char *seen =
        g_strdup_printf("sent %u times, to %" G_GINT64_FORMAT " people", times, count);
    sg_judging_saw_value(judging, "message", seen);
    return TRUE;
}

static void describe_repeated(const SgCondition *condition, GString *out)
{
    const RepeatTest *test = condition->data;

    g_string_append_printf(out,
                           "the same words go to more than %" G_GINT64_FORMAT
                           " people within %" G_GINT64_FORMAT " minutes",
                           test->over, (test->within + 59) / 60);
}

gint64 sg_repeated_within(const SgCondition *condition)
{
    return condition->kind == &sg_condition_repeated ? ((const RepeatTest *)condition->data)->within
                                                     : 0;
}

const SgConditionKind sg_condition_repeated = {
    .keyword = "repeated",
    .usage = "over NUMBER within DURATION",
    .help = "how many people get the same words from the same sender within a time such as 30m, "
            "in one message or several. Counted since the service started, 24h at most; a message "
            "of a few words is not counted",
    .needs = SG_NEEDS_MESSAGE,
    .read = read_repeated,
    .judge = judge_repeated,
    .describe = describe_repeated,
    .free = g_free,
};
