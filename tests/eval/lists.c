/* lists.c - every miss and every false alarm with its reasons, for who writes the rules */
#include "../../milter/desk/page.h"
#include "eval.h"
#include "schoolgate/shown.h"

static void put_heading(GString *out, const char *heading, guint number)
{
    g_string_append_printf(out, "%s== %s: %u\n", out->len ? "\n" : "", heading, number);
}

static void put_mail(GString *out, const EvalMail *mail)
{
    g_autofree char *file = sg_text_spelt_out(mail->file);

    g_string_append_printf(out, "\n%s  [%s]\n", file, mail->labels);
}

/* `    +3 luck-or-harm in body: or have [bad luck]`, safe to show on a terminal. */
static void put_signal(GString *out, const SgSignalHit *hit)
{
    const char *text = hit->excerpt;
    g_autofree char *where = hit->where ? sg_text_spelt_out(hit->where) : NULL;

    g_string_append_printf(out, "    %+d %s", hit->points, hit->name);
    if (where)
        g_string_append_printf(out, " in %s", where);
    if (text) {
        gsize len = strlen(text), to = MIN(hit->excerpt_to, len), from = MIN(hit->excerpt_from, to);
        g_autofree char *marked = g_strdup_printf("%.*s[%.*s]%s", (int)from, text, (int)(to - from),
                                                  text + from, text + to);
        g_autofree char *safe = sg_text_spelt_out(marked);
        g_string_append_printf(out, ": %s", safe);
    }
    g_string_append_c(out, '\n');
}

static void put_signals(GString *out, const GPtrArray *signals)
{
    for (guint i = 0; i < signals->len; i++)
        put_signal(out, signals->pdata[i]);
}

/* Reached, but stopped by a condition or an exception: that is said as well. */
static void put_near_miss(GString *out, const SgNearMiss *near)
{
    g_autofree char *stopped = sg_text_spelt_out(near->stopped_by);

    g_string_append_printf(out, "  nearest was %s: %d of %d points", sg_rule_name(near->rule),
                           near->points, near->need_points);
    if (near->positive < near->need_signals)
        g_string_append_printf(out, ", %u of %u signals", near->positive, near->need_signals);
    g_string_append_printf(out, "%s%s\n", *stopped ? "; " : "", stopped);
    put_signals(out, near->signals);
}

static void put_findings(GString *out, const EvalMail *mail, const char *lead)
{
    for (guint i = 0; mail->verdict && i < mail->verdict->findings->len; i++) {
        const SgFinding *finding = mail->verdict->findings->pdata[i];
        if (!eval_acts(finding))
            continue;
        g_string_append_printf(out, "  %s%s: %s, %d points\n", lead, finding->rule,
                               sg_action_names[finding->action], finding->points);
        put_signals(out, finding->signals);
    }
}

static void put_labels(GString *out, const EvalKey *key, EvalSet set)
{
    for (guint i = 0; i < key->labels; i++)
        if (set >> i & 1)
            g_string_append_printf(out, " %s", ((EvalTarget *)key->targets->pdata[i])->name);
}

typedef gboolean (*Which)(const EvalKey *key, const EvalMail *mail);

static gboolean is_missed(const EvalKey *key, const EvalMail *mail)
{
    return mail->verdict && mail->reading == EVAL_LABELLED && eval_missed(key, mail) &&
           !mail->clause;
}

static gboolean is_missed_by_its_own(const EvalKey *key, const EvalMail *mail)
{
    return mail->verdict && mail->reading == EVAL_LABELLED && eval_missed(key, mail) &&
           mail->clause;
}

static gboolean is_missed_unread(const EvalKey *key, const EvalMail *mail)
{
    return mail->verdict && mail->reading == EVAL_UNREAD && eval_missed(key, mail) && !mail->clause;
}

static gboolean is_false_alarm(const EvalKey *key, const EvalMail *mail)
{
    return mail->flagged && (eval_is_ordinary(key, mail) || eval_is_hard(key, mail));
}

static gboolean is_flagged_unread(const EvalKey *key, const EvalMail *mail)
{
    return mail->flagged && eval_is_unread_ordinary(key, mail);
}

static gboolean is_trouble(const EvalKey *key, const EvalMail *mail)
{
    (void)key;
    return mail->trouble != NULL;
}

static void put_miss(GString *out, const EvalKey *key, const EvalMail *mail)
{
    put_mail(out, mail);
    g_string_append(out, "  missed:");
    put_labels(out, key, eval_missed(key, mail));
    g_string_append_c(out, '\n');
    for (guint i = 0; i < mail->near->len; i++)
        put_near_miss(out, mail->near->pdata[i]);
    put_findings(out, mail, "caught instead by ");
}

static void put_false_alarm(GString *out, const EvalKey *key, const EvalMail *mail)
{
    (void)key;
    put_mail(out, mail);
    put_findings(out, mail, "");
}

static void put_trouble(GString *out, const EvalKey *key, const EvalMail *mail)
{
    (void)key;
    put_mail(out, mail);
    g_string_append_printf(out, "  %s\n", mail->trouble);
}

static const struct {
    const char *heading;
    Which which;
    void (*put)(GString *out, const EvalKey *key, const EvalMail *mail);
} lists[] = {
    {"Misses", is_missed, put_miss},
    {"Caught, but not by a rule for each of its labels", is_missed_by_its_own, put_miss},
    {"False alarms", is_false_alarm, put_false_alarm},
    {"Flagged, and presumed ordinary though nobody has read it", is_flagged_unread,
     put_false_alarm},
    {"Misses among what nobody has read", is_missed_unread, put_miss},
    {"Not judged", is_trouble, put_trouble},
};

char *eval_lists(const EvalKey *key, const GPtrArray *mail)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GString) list = g_string_new(NULL);
        guint number = 0;
        for (guint j = 0; j < mail->len; j++) {
            if (!lists[i].which(key, mail->pdata[j]))
                continue;
            lists[i].put(list, key, mail->pdata[j]);
            number++;
        }
        put_heading(out, lists[i].heading, number);
        g_string_append(out, list->str);
    }
    return g_string_free(out, FALSE);
}
