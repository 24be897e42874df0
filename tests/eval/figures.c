/* figures.c - what the outcomes come to: how much is caught, how much is right, how many false
 * alarms, which rules are noisy, how long it took */
#include <math.h>
#include <string.h>

#include "eval.h"

#define NOISIEST 10

typedef struct Share {
    guint hits;
    guint of;
} Share;

static void count(Share *share, gboolean hit)
{
    share->of++;
    share->hits += hit ? 1 : 0;
}

/* Wilson's interval for a share, at 95 %: sound for few messages, and for none or all of them. */
static void wilson(Share share, double *low, double *high)
{
    const double z = 1.959964, n = share.of, p = share.hits / n;
    const double middle = p + z * z / (2 * n);
    const double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double whole = 1 + z * z / n;

    *low = MAX(0, (middle - half) / whole);
    *high = MIN(1, (middle + half) / whole);
}

static void end_line(GString *out)
{
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

/* `  55  93.2 ( 83.8 -  97.3)`, in parts of `scale`. */
static void put_share(GString *out, Share share, double scale)
{
    double low, high;

    if (share.of == 0) {
        g_string_append_printf(out, "  %5s %22s", "-", "");
        return;
    }
    wilson(share, &low, &high);
    g_string_append_printf(out, "  %5u %6.1f (%5.1f - %5.1f)", share.hits,
                           scale * share.hits / share.of, scale * low, scale * high);
}

static void put_goal(GString *out, Share share, double scale, double goal, gboolean at_least)
{
    double reached = share.of ? scale * share.hits / share.of : 0;
    gboolean met = at_least ? reached >= goal : reached <= goal;

    if (goal < 0 || share.of == 0)
        return;
    g_string_append_printf(out, "  %s %g: %s", at_least ? "at least" : "at most", goal,
                           met ? "met" : "MISSED");
}

/* Caught ------------------------------------------------------------------------------------------
 */

typedef struct Caught {
    Share own;    /* by a rule for that label */
    Share clause; /* by any rule of the labels' clause */
} Caught;

static void put_caught(GString *out, const char *name, Caught caught, double goal)
{
    g_string_append_printf(out, "  %-20s %5u", name, caught.own.of);
    put_share(out, caught.own, 100);
    put_share(out, caught.clause, 100);
    put_goal(out, caught.own, 100, goal, TRUE);
    end_line(out);
}

static Caught caught_of(const GPtrArray *mail, const EvalTarget *target)
{
    Caught caught = {0};

    for (guint i = 0; i < mail->len; i++) {
        const EvalMail *one = mail->pdata[i];
        if (one->reading != EVAL_LABELLED || !(one->firm & target->set))
            continue;
        /* Several together are caught by a rule for any of them. */
        EvalSet wanted = target->patterns->len > 0 ? one->firm & target->set : target->set;
        count(&caught.own, (one->answered & wanted) != 0);
        count(&caught.clause, one->clause);
    }
    return caught;
}

static Caught caught_unread(const GPtrArray *mail, const EvalAssumed *assumed)
{
    Caught caught = {0};

    for (guint i = 0; i < mail->len; i++) {
        const EvalMail *one = mail->pdata[i];
        if (one->reading != EVAL_UNREAD || strcmp(one->class, assumed->class) != 0)
            continue;
        count(&caught.own, one->answered >> assumed->label & 1);
        count(&caught.clause, one->clause);
    }
    return caught;
}

static void put_all_caught(GString *out, const EvalKey *key, const GPtrArray *mail)
{
    g_string_append_printf(out,
                           "Caught: percent of the mail that is so labelled (95 %% interval)\n"
                           "  %-20s %5s  %-28s  by any rule of clause %s\n",
                           "label", "mail", "by rules for that label", key->clause);
    for (guint i = 0; i < key->targets->len; i++) {
        const EvalTarget *target = key->targets->pdata[i];
        put_caught(out, target->name, caught_of(mail, target), target->goal);
    }
    for (guint i = 0; i < key->assumed->len; i++) {
        const EvalAssumed *assumed = &g_array_index(key->assumed, EvalAssumed, i);
        const EvalTarget *target = key->targets->pdata[assumed->label];
        if (i == 0)
            g_string_append(out,
                            "  nobody has read these; most likely the label after the slash:\n");
        g_autofree char *name = g_strdup_printf("%s/%s", assumed->class, target->name);
        put_caught(out, name, caught_unread(mail, assumed), -1);
    }
}

/* Right -------------------------------------------------------------------------------------------
 */

/* Of the mail that was read: what was so labelled, what was labelled otherwise, what as none. */
typedef struct Tally {
    guint right;
    guint other;
    guint none;
    guint unread;
} Tally;

static void tally(Tally *sum, const EvalKey *key, const EvalMail *mail, EvalSet labels)
{
    gboolean none = mail->reading == EVAL_NONE || eval_is_hard(key, mail);

    if (none)
        sum->none++;
    else if (mail->reading == EVAL_UNREAD)
        sum->unread++;
    else if (mail->reading == EVAL_UNSURE || (mail->unsure & labels && !(mail->firm & labels)))
        return;
    else if (mail->firm & labels)
        sum->right++;
    else
        sum->other++;
}

static void put_tally(GString *out, const char *name, guint width, const Tally *sum)
{
    const Share share = {sum->right, sum->right + sum->other + sum->none};

    g_string_append_printf(out, "  %-*s %6u %6u %6u", (int)width, name, sum->other, sum->none,
                           sum->unread);
    put_share(out, share, 100);
    end_line(out);
}

static void put_precision(GString *out, const EvalKey *key, const GPtrArray *mail)
{
    g_string_append_printf(out,
                           "\nRight: percent of what rules for a label caught (95 %% interval)\n"
                           "  %-16s %6s %6s %6s  right\n",
                           "label", "other", "none", "unread");
    for (guint i = 0; i < key->labels; i++) {
        const EvalTarget *target = key->targets->pdata[i];
        Tally sum = {0};
        for (guint j = 0; j < mail->len; j++) {
            const EvalMail *one = mail->pdata[j];
            if (one->answered & target->set)
                tally(&sum, key, one, target->set);
        }
        put_tally(out, target->name, 16, &sum);
    }
}

/* False alarms ------------------------------------------------------------------------------------
 */

static void put_false(GString *out, const char *name, Share share, double goal)
{
    g_string_append_printf(out, "  %-28s %5u", name, share.of);
    put_share(out, share, 1000);
    put_goal(out, share, 1000, goal, FALSE);
    end_line(out);
}

/* The classes of mail for which `is` holds, each with its share flagged; then all of it. */
static void put_false_by_class(GString *out, const EvalKey *key, const GPtrArray *mail,
                               gboolean (*is)(const EvalKey *key, const EvalMail *mail),
                               const char *what, double goal)
{
    g_autoptr(GPtrArray) classes = g_ptr_array_new();
    g_autoptr(GArray) shares = g_array_new(FALSE, TRUE, sizeof(Share));
    Share all = {0};

    for (guint i = 0; i < mail->len; i++) {
        const EvalMail *one = mail->pdata[i];
        guint at = 0;
        if (!is(key, one))
            continue;
        while (at < classes->len && strcmp(classes->pdata[at], one->class) != 0)
            at++;
        if (at == classes->len) {
            g_ptr_array_add(classes, one->class);
            g_array_set_size(shares, at + 1);
        }
        count(&g_array_index(shares, Share, at), one->flagged);
        count(&all, one->flagged);
    }
    put_false(out, what, all, goal);
    for (guint i = 0; i < classes->len && classes->len > 1; i++) {
        g_autofree char *name = g_strdup_printf("    %s", (char *)classes->pdata[i]);
        put_false(out, name, g_array_index(shares, Share, i), -1);
    }
}

static void put_false_alarms(GString *out, const EvalKey *key, const GPtrArray *mail)
{
    g_string_append_printf(out,
                           "\nFalse alarms: per thousand (95 %% interval), by any rule above log\n"
                           "  %-28s %5s\n",
                           "", "mail");
    put_false_by_class(out, key, mail, eval_is_ordinary, "ordinary, read: none",
                       key->ordinary_goal);
    put_false_by_class(out, key, mail, eval_is_hard, "hard: talk about such things",
                       key->hard_goal);
    put_false_by_class(out, key, mail, eval_is_unread_ordinary, "unread, presumed ordinary", -1);
}

/* Rules -------------------------------------------------------------------------------------------
 */

typedef struct Noise {
    const char *rule;
    Tally tally;
    guint presumed; /* of unread ordinary mail */
    guint hits;
} Noise;

static Noise *noise_of(GPtrArray *noises, const char *rule)
{
    for (guint i = 0; i < noises->len; i++) {
        Noise *noise = noises->pdata[i];
        if (strcmp(noise->rule, rule) == 0)
            return noise;
    }
    Noise *noise = g_new0(Noise, 1);
    noise->rule = rule;
    g_ptr_array_add(noises, noise);
    return noise;
}

static int by_noise(gconstpointer left, gconstpointer right)
{
    const Noise *a = *(const Noise *const *)left, *b = *(const Noise *const *)right;

    if (a->tally.none != b->tally.none)
        return a->tally.none < b->tally.none ? 1 : -1;
    if (a->presumed != b->presumed)
        return a->presumed < b->presumed ? 1 : -1;
    return strcmp(a->rule, b->rule);
}

static void note_noise(GPtrArray *noises, const EvalKey *key, const EvalMail *mail)
{
    for (guint i = 0; mail->verdict && i < mail->verdict->findings->len; i++) {
        const SgFinding *finding = mail->verdict->findings->pdata[i];
        if (!eval_acts(finding))
            continue;
        Noise *noise = noise_of(noises, finding->rule);
        noise->hits++;
        noise->presumed += eval_is_unread_ordinary(key, mail) ? 1 : 0;
        tally(&noise->tally, key, mail, eval_key_rule(key, finding->rule));
    }
}

static void put_noisiest(GString *out, const EvalKey *key, const GPtrArray *mail)
{
    g_autoptr(GPtrArray) noises = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < mail->len; i++)
        note_noise(noises, key, mail->pdata[i]);
    g_ptr_array_sort(noises, by_noise);
    g_string_append_printf(out,
                           "\nNoisiest rules: hits on mail labelled none, or hard, or presumed "
                           "ordinary; percent right\n"
                           "  %-28s %5s %8s  %6s %6s %6s  right\n",
                           "rule", "hits", "presumed", "other", "none", "unread");
    for (guint i = 0; i < noises->len && i < NOISIEST; i++) {
        const Noise *noise = noises->pdata[i];
        g_autofree char *name =
            g_strdup_printf("%-28s %5u %8u ", noise->rule, noise->hits, noise->presumed);
        put_tally(out, name, 28, &noise->tally);
    }
}

/* Time --------------------------------------------------------------------------------------------
 */

static int by_size(gconstpointer left, gconstpointer right)
{
    const gint64 a = *(const gint64 *)left, b = *(const gint64 *)right;

    return (a > b) - (a < b);
}

static double milliseconds(const GArray *times, guint at)
{
    return (double)g_array_index(times, gint64, at) / 1000;
}

static void put_times(GString *out, const char *what, GArray *times)
{
    const guint half = times->len / 2, most = times->len - times->len / 100;
    double sum = 0;

    if (times->len == 0)
        return;
    for (guint i = 0; i < times->len; i++)
        sum += milliseconds(times, i);
    g_array_sort(times, by_size);
    g_string_append_printf(out,
                           "  %-8s mean %.2f, median %.2f, 99 in 100 up to %.2f, longest %.2f\n",
                           what, sum / times->len, milliseconds(times, half),
                           milliseconds(times, most - 1), milliseconds(times, times->len - 1));
}

static void put_time(GString *out, const EvalRun *run, const GPtrArray *mail, double seconds)
{
    g_autoptr(GArray) reading = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GArray) judging = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (guint i = 0; i < mail->len; i++) {
        const EvalMail *one = mail->pdata[i];
        if (!one->verdict)
            continue;
        g_array_append_val(reading, one->read_time);
        g_array_append_val(judging, one->judge_time);
    }
    g_string_append_printf(out,
                           "\nTime: milliseconds a message, %u rules, %u threads, %.1f s in all\n",
                           sg_policy_rule_count(run->config->policy), run->threads, seconds);
    put_times(out, "reading", reading);
    put_times(out, "judging", judging);
}

/* Whole -------------------------------------------------------------------------------------------
 */

static void put_heading(GString *out, const EvalRun *run, const GPtrArray *mail)
{
    guint judged = 0, read = 0, unsure = 0, elsewhere = 0;

    for (guint i = 0; i < mail->len; i++) {
        const EvalMail *one = mail->pdata[i];
        judged += one->verdict ? 1 : 0;
        read += one->reading != EVAL_UNREAD ? 1 : 0;
        unsure += one->reading == EVAL_UNSURE || one->unsure ? 1 : 0;
        elsewhere += one->from || one->to ? 1 : 0;
    }
    g_string_append_printf(out,
                           "%u messages, from %s to %s%s; people have read %u, and are unsure of "
                           "%u\n",
                           judged, run->from, run->to,
                           elsewhere ? " unless the corpus says otherwise" : "", read, unsure);
    if (judged < mail->len)
        g_string_append_printf(out, "%u messages could not be judged\n", mail->len - judged);
    g_string_append_c(out, '\n');
}

char *eval_figures(const EvalRun *run, const GPtrArray *mail, double seconds)
{
    GString *out = g_string_new(NULL);

    put_heading(out, run, mail);
    put_all_caught(out, run->key, mail);
    put_precision(out, run->key, mail);
    put_false_alarms(out, run->key, mail);
    put_noisiest(out, run->key, mail);
    put_time(out, run, mail, seconds);
    return g_string_free(out, FALSE);
}
