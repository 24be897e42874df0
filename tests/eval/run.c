/* run.c - judges the mail of a corpus, a message to a thread at a time */
#include <pthread.h>
#include <string.h>

#include "../../milter/desk/mailfile.h"
#include "eval.h"

typedef struct Work {
    const EvalRun *run;
    const GPtrArray *mail;
    gint next; /* atomic */
} Work;

/* A role stands for a person who has it and of whom nothing else is known. */
static SgParty *party_of(const EvalRun *run, const char *who, guint number)
{
    const SgPeople *people = run->config->people;
    SgRole role;

    if (strchr(who, '@') || !sg_people_role(people, sg_span(who), &role))
        return sg_people_party(people, who, run->when);
    g_autofree char *address = g_strdup_printf("%s.%u@school.example", who, number);
    return sg_party_new(address, role, sg_people_role_name(people, role));
}

gboolean eval_who_is_known(const SgPeople *people, const char *who, char **wrong)
{
    g_auto(GStrv) words = g_strsplit(who, ",", -1);
    SgRole role;

    for (char **word = words; *word; word++) {
        g_strstrip(*word);
        if (strchr(*word, '@') || sg_people_role(people, sg_span(*word), &role))
            continue;
        *wrong = g_strescape(*word, NULL);
        return FALSE;
    }
    return TRUE;
}

/* The author is whom it is from: what the header says belongs to the corpus, not to the school. */
static SgParties *parties_of(const EvalRun *run, const EvalMail *mail)
{
    SgParties *parties = sg_parties_new(SG_DIRECTION_OUTGOING);
    const char *from = mail->from ? mail->from : run->from;
    g_auto(GStrv) to = g_strsplit(mail->to ? mail->to : run->to, ",", -1);

    parties->authenticated = TRUE;
    parties->sender = party_of(run, from, 1);
    parties->author = party_of(run, from, 1);
    for (guint i = 0; to[i]; i++)
        g_ptr_array_add(parties->recipients, party_of(run, g_strstrip(to[i]), i + 2));
    return parties;
}

/* Negative: `a` is nearer to a finding than `b`. */
static int compare_nearness(const SgNearMiss *a, const SgNearMiss *b)
{
    gboolean a_stopped = *a->stopped_by != '\0', b_stopped = *b->stopped_by != '\0';
    int a_lacks = MAX(0, a->need_points - a->points), b_lacks = MAX(0, b->need_points - b->points);

    if (a_stopped != b_stopped)
        return a_stopped - b_stopped;
    if (a_lacks != b_lacks)
        return a_lacks - b_lacks;
    return (int)b->signals->len - (int)a->signals->len;
}

static SgNearMiss *nearest(const EvalRun *run, EvalSet label, SgMessage *message,
                           const SgParties *parties)
{
    const SgPolicy *policy = run->config->policy;
    SgNearMiss *best = NULL;

    for (guint i = 0; i < sg_policy_rule_count(policy); i++) {
        const SgRule *rule = sg_policy_rule(policy, i);
        if (!(eval_key_rule(run->key, sg_rule_name(rule)) & label) ||
            sg_rule_action(rule) <= SG_ACTION_LOG)
            continue;
        SgNearMiss *near = sg_rule_near_miss(policy, rule, message, parties, run->when);
        if (best && compare_nearness(best, near) <= 0) {
            sg_near_miss_free(near);
        } else {
            sg_near_miss_free(best);
            best = near;
        }
    }
    return best;
}

static void note_verdict(const EvalRun *run, EvalMail *mail)
{
    for (guint i = 0; i < mail->verdict->findings->len; i++) {
        const SgFinding *finding = mail->verdict->findings->pdata[i];
        if (!eval_acts(finding))
            continue;
        mail->flagged = TRUE;
        mail->clause |= strcmp(finding->clause, run->key->clause) == 0;
        mail->answered |= eval_key_rule(run->key, finding->rule);
    }
}

/* One rule may be the nearest for several labels, and is noted once. */
static void add_near_miss(GPtrArray *list, SgNearMiss *near)
{
    for (guint i = 0; near && i < list->len; i++) {
        if (((SgNearMiss *)list->pdata[i])->rule == near->rule)
            g_clear_pointer(&near, sg_near_miss_free);
    }
    if (near)
        g_ptr_array_add(list, near);
}

static void note_near_misses(const EvalRun *run, EvalMail *mail, SgMessage *message,
                             const SgParties *parties)
{
    EvalSet missed = eval_missed(run->key, mail);

    for (guint i = 0; i < run->key->labels; i++) {
        if (missed >> i & 1)
            add_near_miss(mail->near, nearest(run, (EvalSet)1 << i, message, parties));
    }
}

static void judge(const EvalRun *run, EvalMail *mail)
{
    g_autofree char *path = g_build_filename(run->folder, mail->file, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) raw = sg_mailfile_read(path, run->config->limits.message_size, &error);
    gint64 start = g_get_monotonic_time();

    if (!raw) {
        mail->trouble = g_strdup(error->message);
        return;
    }
    g_autoptr(SgMessage) message = sg_message_new(raw, &run->config->limits);
    if (run->extractor && !sg_message_read_attachments(message, run->extractor, &error)) {
        mail->trouble = g_strdup(error->message);
        return;
    }
    g_autoptr(SgParties) parties = parties_of(run, mail);
    gint64 read = g_get_monotonic_time();
    mail->verdict = sg_judge(run->config->policy, message, parties, run->when);
    mail->read_time = read - start;
    mail->judge_time = g_get_monotonic_time() - read;
    note_verdict(run, mail);
    note_near_misses(run, mail, message, parties);
}

static void *work(void *data)
{
    Work *shared = data;

    for (;;) {
        gint at = g_atomic_int_add(&shared->next, 1);
        if ((guint)at >= shared->mail->len)
            return NULL;
        judge(shared->run, shared->mail->pdata[at]);
    }
}

/* The calling thread works as well, so that it gets done even where no thread can be had. */
void eval_run(const EvalRun *run, GPtrArray *mail)
{
    Work shared = {run, mail, 0};
    g_autofree pthread_t *threads = g_new(pthread_t, run->threads);
    guint started = 0;

    while (started + 1 < run->threads &&
           pthread_create(&threads[started], NULL, work, &shared) == 0)
        started++;
    work(&shared);
    for (guint i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}
