/* outcome.c - a plan's steps as calls of libmilter. */
#include "outcome.h"

#include "schoolgate/log.h"

/* Bytes of a body that are handed over at once; libmilter takes 65535. */
#define BODY_CHUNK 32768

/* libmilter reads a reply as a format. */
static char *doubled_percents(const char *line)
{
    GString *doubled = g_string_new(line);

    g_string_replace(doubled, "%", "%%", 0);
    return g_string_free(doubled, FALSE);
}

sfsistat sg_outcome_refuse(SMFICTX *ctx, const SgRefusal *refusal)
{
    char *lines[SG_REFUSAL_LINES_MAX] = {NULL};
    int done;

    for (guint i = 0; i < SG_REFUSAL_LINES_MAX && refusal->lines[i]; i++)
        lines[i] = doubled_percents(refusal->lines[i]);
    done = smfi_setmlreply(ctx, refusal->code, refusal->enhanced, lines[0], lines[1], lines[2],
                           lines[3], lines[4], NULL);
    for (guint i = 0; i < SG_REFUSAL_LINES_MAX; i++)
        g_free(lines[i]);
    if (done != MI_SUCCESS)
        sg_log(LOG_ERR, "libmilter does not take the words of a refusal; the MTA uses its own");
    return refusal->code[0] == '4' ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}

const char *const sg_outcome_step_names[] = {
    [SG_STEP_ADD_HEADER] = "add a header",
    [SG_STEP_SET_HEADER] = "change a header",
    [SG_STEP_DELETE_HEADER] = "delete a header",
    [SG_STEP_DELETE_RECIPIENT] = "take a recipient off the message",
    [SG_STEP_REPLACE_BODY] = "replace the body",
    [SG_STEP_HOLD_AT_MTA] = "put the message into its hold queue",
};

/* An empty body has to be said as well. */
static int replace_body(SMFICTX *ctx, GBytes *body)
{
    SgSpan left = sg_span_of_bytes(body);
    int done;

    do {
        gsize len = MIN(left.len, BODY_CHUNK);

        done = smfi_replacebody(ctx, (unsigned char *)left.at, (int)len);
        left = (SgSpan){left.at + len, left.len - len};
    } while (done == MI_SUCCESS && left.len > 0);
    return done;
}

static int take(SMFICTX *ctx, const SgStep *step)
{
    switch (step->kind) {
    case SG_STEP_ADD_HEADER:
        return smfi_addheader(ctx, step->name, step->value);
    case SG_STEP_SET_HEADER:
        return smfi_chgheader(ctx, step->name, (int)step->index, step->value);
    case SG_STEP_DELETE_HEADER:
        return smfi_chgheader(ctx, step->name, (int)step->index, NULL);
    case SG_STEP_DELETE_RECIPIENT:
        return smfi_delrcpt(ctx, step->value);
    case SG_STEP_REPLACE_BODY:
        return replace_body(ctx, step->body);
    case SG_STEP_HOLD_AT_MTA:
        return smfi_quarantine(ctx, step->value);
    }
    g_return_val_if_reached(MI_FAILURE);
}

static void log_refused_step(const SgPlan *plan, const SgStep *step, const char *id)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_ID, id);
    sg_log_line_say(line, "the MTA did not let us %s; the message is deferred%s",
                    sg_outcome_step_names[step->kind],
                    plan->state == SG_STATE_HELD ? ", and will be held a second time" : "");
    sg_log_line_send(line, LOG_ERR);
}

static gboolean take_steps(SMFICTX *ctx, const SgPlan *plan, const char *id)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const SgStep *step = plan->steps->pdata[i];

        if (take(ctx, step) == MI_SUCCESS)
            continue;
        log_refused_step(plan, step, id);
        return FALSE;
    }
    return TRUE;
}

sfsistat sg_outcome_carry_out(SMFICTX *ctx, const SgPlan *plan, const char *id)
{
    switch (plan->answer) {
    case SG_ANSWER_REFUSE:
        return sg_outcome_refuse(ctx, plan->refusal);
    case SG_ANSWER_DISCARD:
        return SMFIS_DISCARD;
    case SG_ANSWER_ACCEPT:
        return take_steps(ctx, plan, id) ? SMFIS_ACCEPT : SMFIS_TEMPFAIL;
    }
    g_return_val_if_reached(SMFIS_TEMPFAIL);
}
