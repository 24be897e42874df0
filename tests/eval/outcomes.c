/* outcomes.c - a line for each message, and what differs between two runs */
#include <string.h>

#include "eval.h"

static int by_text(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The rules that acted, in the order of the alphabet; `-` when none did. */
static char *rules_of(const EvalMail *mail)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new();

    for (guint i = 0; mail->verdict && i < mail->verdict->findings->len; i++) {
        const SgFinding *finding = mail->verdict->findings->pdata[i];
        if (eval_acts(finding))
            g_ptr_array_add(rules, finding->rule);
    }
    if (rules->len == 0)
        return g_strdup("-");
    g_ptr_array_sort(rules, by_text);
    g_ptr_array_add(rules, NULL);
    return g_strjoinv(",", (char **)rules->pdata);
}

static const char *action_of(const EvalMail *mail)
{
    SgAction strictest = SG_ACTION_PASS;

    for (guint i = 0; mail->verdict && i < mail->verdict->findings->len; i++)
        strictest = MAX(strictest, ((SgFinding *)mail->verdict->findings->pdata[i])->action);
    return mail->verdict ? sg_action_names[strictest] : "not-judged";
}

char *eval_outcomes(const GPtrArray *mail)
{
    GString *out = g_string_new("file\tclass\tlabels\taction\trules\n");

    for (guint i = 0; i < mail->len; i++) {
        const EvalMail *one = mail->pdata[i];
        g_autofree char *rules = rules_of(one);
        g_string_append_printf(out, "%s\t%s\t%s\t%s\t%s\n", one->file, one->class, one->labels,
                               action_of(one), rules);
    }
    return g_string_free(out, FALSE);
}

/* file → rules, of an earlier run. */
static GHashTable *earlier_rules(const char *earlier)
{
    GHashTable *rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(earlier, "\n", -1);

    for (char **line = lines; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, "\t", -1);
        if (g_strv_length(cells) >= 5)
            g_hash_table_insert(rules, g_strdup(cells[0]), g_strdup(cells[4]));
    }
    return rules;
}

/* For better or worse, where the labels say which. */
static const char *judgement(const EvalKey *key, const EvalMail *mail, gboolean was, gboolean is)
{
    gboolean labelled = mail->reading == EVAL_LABELLED && mail->firm;
    gboolean none = eval_is_ordinary(key, mail) || eval_is_hard(key, mail);

    if (was == is || (!labelled && !none))
        return "changed";
    return is == labelled ? "better" : "WORSE";
}

char *eval_changes(const EvalKey *key, const GPtrArray *mail, const char *earlier)
{
    g_autoptr(GHashTable) rules = earlier_rules(earlier);
    g_autoptr(GString) list = g_string_new(NULL);
    guint number = 0;

    for (guint i = 0; i < mail->len; i++) {
        const EvalMail *one = mail->pdata[i];
        const char *before = g_hash_table_lookup(rules, one->file);
        g_autofree char *now = rules_of(one);
        if (!before || strcmp(before, now) == 0)
            continue;
        number++;
        g_string_append_printf(list, "  %-7s %s  [%s]  %s, now %s\n",
                               judgement(key, one, strcmp(before, "-") != 0, strcmp(now, "-") != 0),
                               one->file, one->labels, before, now);
    }
    return g_strdup_printf("Since the earlier run: %u messages differ\n%s", number, list->str);
}
