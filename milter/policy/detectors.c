/* detectors.c - what all detectors share: the texts they walk through, the time they may take, and
 * what is shown of what they found. */
#include "detectors.h"

#define CLOCK_EVERY ((gsize)64 * 1024) /* bytes walked between two looks at the clock */
#define KEPT        2                  /* letters or digits that stay readable */

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

/* Within [from, to) all letters and digits but the last `kept` ones become stars; outside, digits.
 */
static void mask(char *excerpt, gsize from, gsize to)
{
    guint kept = 0;

    for (gsize i = strlen(excerpt); i > 0; i--) {
        char *c = &excerpt[i - 1];
        gboolean within = i > from && i <= to;
        if (within && g_ascii_isalnum(*c) && kept < KEPT)
            kept++;
        else if (within ? g_ascii_isalnum(*c) : g_ascii_isdigit(*c))
            *c = '*';
    }
}

void sg_judging_saw_masked(SgJudging *judging, const SgText *text, SgForm form, gsize from,
                           gsize to)
{
    sg_judging_saw(judging, text, form, from, to);
    mask(judging->excerpt, judging->excerpt_from, judging->excerpt_to);
}
