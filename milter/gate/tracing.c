/* tracing.c - see tracing.h */
#include "tracing.h"

#include "outcome.h"

#include <pthread.h>

static struct {
    pthread_mutex_t lock;
    guint64 left; /* 0: nothing is traced */
    gint64 until; /* monotonic microseconds */
    char *from;   /* in normal form; NULL: whoever it is from */
} tracing = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void set_left(guint64 left)
{
    tracing.left = left;
    sg_meter_set(SG_METER_TRACING, 0, (gint64)left);
}

void sg_tracing_begin(const SgGateSettings *settings)
{
    pthread_mutex_lock(&tracing.lock);
    if (tracing.left > 0 && settings->trace_messages == 0)
        sg_log(LOG_WARNING, "tracing is off: the configuration asks for it no more");
    g_free(tracing.from);
    tracing.from = settings->trace_from ? sg_address_normal(settings->trace_from) : NULL;
    tracing.until = g_get_monotonic_time() + SG_TRACING_LONGEST * G_USEC_PER_SEC;
    set_left(settings->trace_messages);
    if (tracing.left > 0)
        sg_log(
            LOG_WARNING,
            "tracing is ON: the log names who writes to whom, of the next %" G_GUINT64_FORMAT
            " messages%s%s, for an hour at most; take 'trace' out of the configuration to end it",
            tracing.left, tracing.from ? " from " : "", tracing.from ? tracing.from : "");
    pthread_mutex_unlock(&tracing.lock);
}

static void end(const char *why)
{
    set_left(0);
    sg_log(LOG_WARNING, "tracing is off: %s", why);
}

static void end_in_time(void)
{
    if (tracing.left > 0 && g_get_monotonic_time() >= tracing.until)
        end("its hour is over");
}

void sg_tracing_look(void)
{
    pthread_mutex_lock(&tracing.lock);
    end_in_time();
    pthread_mutex_unlock(&tracing.lock);
}

static gboolean is_from(const char *address)
{
    g_autofree char *normal = address ? sg_address_normal(address) : NULL;

    return normal && g_str_equal(normal, tracing.from);
}

/* The one who has logged in may not be who the envelope says. */
static gboolean is_wanted(const SgEnvelope *envelope)
{
    return !tracing.from || is_from(envelope->sender) || is_from(envelope->login) ||
           is_from(envelope->parties->sender->address);
}

static void put(const SgLogLine *line, gpointer data)
{
    (void)data;
    sg_log_line_send(line, LOG_DEBUG);
}

SgTrace *sg_tracing_of(const SgEnvelope *envelope)
{
    SgTrace *trace = NULL;

    pthread_mutex_lock(&tracing.lock);
    end_in_time();
    if (tracing.left > 0 && is_wanted(envelope)) {
        trace = sg_trace_new(put, NULL);
        if (tracing.left > 1)
            set_left(tracing.left - 1);
        else
            end("so many messages were asked for");
    }
    pthread_mutex_unlock(&tracing.lock);
    return trace;
}

void sg_tracing_envelope(const SgTrace *trace, const SgLetter *letter)
{
    const SgEnvelope *envelope = letter->envelope;
    SgLogLine *line;

    if (!trace)
        return;
    line = sg_trace_line(trace, "envelope");
    sg_log_line_text(line, SG_FIELD_CLIENT, letter->client->address);
    sg_log_line_text(line, SG_FIELD_LOGIN, envelope->login);
    sg_log_line_text(line, SG_FIELD_FROM, envelope->sender);
    sg_log_line_text(line, SG_FIELD_DIRECTION,
                     envelope->parties->direction == SG_DIRECTION_OUTGOING ? "outgoing"
                                                                           : "incoming");
    sg_trace_put(trace, line);
}

static void add_steps(SgLogLine *line, const SgPlan *plan)
{
    if (plan->steps->len == 0)
        sg_log_line_item(line, SG_FIELD_STEPS, NULL);
    for (guint i = 0; i < plan->steps->len; i++)
        sg_log_line_item(line, SG_FIELD_STEPS,
                         sg_outcome_step_names[((const SgStep *)plan->steps->pdata[i])->kind]);
}

void sg_tracing_plan(const SgTrace *trace, const SgPlan *plan, const char *id)
{
    static const char *const answers[] = {[SG_ANSWER_ACCEPT] = "accept",
                                          [SG_ANSWER_REFUSE] = "refuse",
                                          [SG_ANSWER_DISCARD] = "discard"};
    SgLogLine *line;

    if (!trace)
        return;
    line = sg_trace_line(trace, "plan");
    sg_log_line_text(line, SG_FIELD_ID, id);
    sg_log_line_text(line, SG_FIELD_STATE, sg_state_names[plan->state]);
    sg_log_line_text(line, SG_FIELD_ANSWER, answers[plan->answer]);
    add_steps(line, plan);
    sg_trace_put(trace, line);
}

static const char *answer_name(sfsistat answer)
{
    switch (answer) {
    case SMFIS_ACCEPT:
        return "accept";
    case SMFIS_REJECT:
        return "refuse";
    case SMFIS_DISCARD:
        return "discard";
    case SMFIS_TEMPFAIL:
        return "defer";
    default:
        return "continue";
    }
}

void sg_tracing_answer(const SgTrace *trace, sfsistat answer, const char *queue_id)
{
    SgLogLine *line;

    if (!trace)
        return;
    line = sg_trace_line(trace, "answer");
    sg_log_line_text(line, SG_FIELD_QUEUE, queue_id);
    sg_log_line_text(line, SG_FIELD_ANSWER, answer_name(answer));
    sg_trace_put(trace, line);
}
