/* detectors.c - what all detectors share: the texts they walk through, the time they may take, and
 * the answers that several rules want. */
#include "detectors.h"

#define CLOCK_EVERY ((gsize)64 * 1024) /* bytes walked between two looks at the clock */

gboolean sg_cursor_over(SgCursor *cursor, gint64 *over)
{
    if (!sg_cursor_take(cursor, "over"))
        return TRUE;
    return sg_cursor_number(cursor, "how many are still allowed", 0, 9999, over);
}

gboolean sg_judging_look(SgJudging *judging, guint kinds, SgLook look, gpointer data)
{
    const GPtrArray *texts = sg_message_texts(judging->message);

    for (guint i = 0; i < texts->len; i++) {
        const SgText *text = texts->pdata[i];
        if ((kinds & 1u << sg_text_kind(text)) && look(text, data))
            return TRUE;
    }
    return FALSE;
}

typedef struct Answer {
    gboolean holds;
    char *where;
    char *excerpt;
    gsize from;
    gsize to;
} Answer;

static void answer_free(gpointer data)
{
    Answer *answer = data;

    g_free(answer->where);
    g_free(answer->excerpt);
    g_free(answer);
}

static Answer *answer_of(const SgJudging *judging, gboolean holds)
{
    Answer *answer = g_new0(Answer, 1);

    answer->holds = holds;
    if (holds) {
        answer->where = g_strdup(judging->where);
        answer->excerpt = g_strdup(judging->excerpt);
        answer->from = judging->excerpt_from;
        answer->to = judging->excerpt_to;
    }
    return answer;
}

static gboolean give_answer(SgJudging *judging, const Answer *answer)
{
    if (answer->holds) {
        g_free(judging->where);
        g_free(judging->excerpt);
        judging->where = g_strdup(answer->where);
        judging->excerpt = g_strdup(answer->excerpt);
        judging->excerpt_from = answer->from;
        judging->excerpt_to = answer->to;
    }
    return answer->holds;
}

/* Two conditions are alike when they are described alike. */
gboolean sg_judging_once(SgJudging *judging, const SgCondition *condition,
                         gboolean (*judge)(const SgCondition *condition, SgJudging *judging))
{
    g_autoptr(GString) key = g_string_new(NULL);

    g_string_append_printf(key, "%x ", judging->look_in);
    condition->kind->describe(condition, key);
    if (!judging->answers)
        judging->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answer_free);
    const Answer *answer = g_hash_table_lookup(judging->answers, key->str);
    if (answer)
        return give_answer(judging, answer);
    gboolean holds = judge(condition, judging);
    g_hash_table_insert(judging->answers, g_strdup(key->str), answer_of(judging, holds));
    return holds;
}

gsize sg_next_digits(SgSpan text, gsize at)
{
    while (at < text.len && g_ascii_isdigit(text.at[at]) && at > 0 &&
           g_ascii_isdigit(text.at[at - 1]))
        at++;
    while (at < text.len && (guchar)(text.at[at] - '0') > 9)
        at++;
    return at;
}

gboolean sg_judging_look_at_clock(SgJudging *judging, gsize at, gsize *next)
{
    *next = at + CLOCK_EVERY;
    if (g_get_monotonic_time() <= judging->deadline)
        return TRUE;
    sg_judging_unscannable(judging, "judge-time");
    return FALSE;
}
