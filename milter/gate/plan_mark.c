/* plan_mark.c - from the cuts that take the mark of school business out of a message to the steps
 * that an MTA can take. */
#include "plan.h"
#include "plan_fields.h"

/* Bytes of [start, end) that are cut. */
static gsize cut_within(const GArray *cuts, gsize start, gsize end)
{
    gsize sum = 0;

    for (guint i = 0; i < cuts->len; i++) {
        const SgCut *cut = &g_array_index(cuts, SgCut, i);
        gsize from = CLAMP(cut->start, start, end);

        sum += CLAMP(cut->start + cut->len, from, end) - from;
    }
    return sum;
}

/* What is left of the value of the field [start, end): folds as LF, without the last line end. */
static char *value_left(const SgMarked *marked, SgSpan bytes, gsize start, gsize end)
{
    GByteArray *kept = g_byte_array_new();
    const char *colon = memchr(bytes.at + start, ':', end - start);
    g_autoptr(GString) value = NULL;

    sg_cuts_keep(kept, bytes, (gsize)(colon + 1 - bytes.at), end, marked->cuts);
    value = g_string_new_len((const char *)kept->data, kept->len);
    g_byte_array_unref(kept);
    g_string_replace(value, "\r\n", "\n", 0);
    if (g_str_has_suffix(value->str, "\n"))
        g_string_truncate(value, value->len - 1);
    return g_strdup(value->str);
}

static void plan_body(SgPlan *plan, const SgMarked *marked, SgSpan bytes)
{
    gsize start = marked->header_size + strlen("\r\n");
    GByteArray *kept;
    SgStep *step;

    if (start > bytes.len || cut_within(marked->cuts, start, bytes.len) == 0)
        return;
    kept = g_byte_array_sized_new((guint)(bytes.len - start));
    sg_cuts_keep(kept, bytes, start, bytes.len, marked->cuts);
    sg_plan_add_step(plan, SG_STEP_REPLACE_BODY, NULL, 0, NULL);
    step = plan->steps->pdata[plan->steps->len - 1];
    step->body = g_byte_array_free_to_bytes(kept);
}

char *sg_plan_cut_mark(SgPlan *plan, const SgMarked *marked)
{
    SgSpan bytes = sg_span_of_bytes(marked->message);
    SgSpan headers = {bytes.at, marked->header_size};
    char *subject = NULL;
    guint whole = 0;

    for (gsize at = 0, end; at < headers.len; at = end) {
        gsize gone;

        end = sg_field_end(headers, at);
        gone = cut_within(marked->cuts, at, end);
        if (gone == end - at)
            whole++;
        else if (gone > 0 && sg_field_is(headers, at, "Subject"))
            subject = value_left(marked, bytes, at, end);
        else if (gone > 0)
            sg_plan_add_step(plan, SG_STEP_SET_HEADER, "Thread-Topic", 1,
                             value_left(marked, bytes, at, end));
    }
    /* From the last backward: a deletion renumbers those behind it. */
    for (; whole > 0; whole--)
        sg_plan_add_step(plan, SG_STEP_DELETE_HEADER, SG_BUSINESS_HEADER, whole, NULL);
    plan_body(plan, marked, bytes);
    return subject;
}
