/* plan_apply.c - a held message as it would have gone on: with its plan's changes made. */
#include "plan.h"
#include "plan_fields.h"

#include <string.h>

gsize sg_field_end(SgSpan headers, gsize at)
{
    do {
        const char *end = memchr(headers.at + at, '\n', headers.len - at);

        at = end ? (gsize)(end + 1 - headers.at) : headers.len;
    } while (at < headers.len && (headers.at[at] == ' ' || headers.at[at] == '\t'));
    return at;
}

gboolean sg_field_is(SgSpan headers, gsize at, const char *name)
{
    gsize len = strlen(name);

    return headers.len - at > len && headers.at[at + len] == ':' &&
           g_ascii_strncasecmp(headers.at + at, name, len) == 0;
}

static void append_field(GByteArray *into, const SgStep *step)
{
    g_auto(GStrv) lines = g_strsplit(step->value, "\n", -1);
    g_autofree char *value = g_strjoinv("\r\n", lines);
    g_autofree char *field = g_strconcat(step->name, ":", value, "\r\n", NULL);

    g_byte_array_append(into, (const guint8 *)field, (guint)strlen(field));
}

/* The step that is about the header at `at`. Deletions are of all of a name: foreign headers were
 * never taken in, and of School-Business none stays. */
static const SgStep *change_of(const SgPlan *plan, SgSpan headers, gsize at)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const SgStep *step = plan->steps->pdata[i];

        if ((step->kind == SG_STEP_SET_HEADER || step->kind == SG_STEP_DELETE_HEADER) &&
            sg_field_is(headers, at, step->name))
            return step;
    }
    return NULL;
}

static const SgStep *new_body(const SgPlan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const SgStep *step = plan->steps->pdata[i];

        if (step->kind == SG_STEP_REPLACE_BODY)
            return step;
    }
    return NULL;
}

static gboolean changes_message(const SgPlan *plan)
{
    static const gboolean changes[] = {
        [SG_STEP_ADD_HEADER] = TRUE,        [SG_STEP_SET_HEADER] = TRUE,
        [SG_STEP_DELETE_HEADER] = TRUE,     [SG_STEP_REPLACE_BODY] = TRUE,
        [SG_STEP_DELETE_RECIPIENT] = FALSE, [SG_STEP_HOLD_AT_MTA] = FALSE,
    };

    for (guint i = 0; i < plan->steps->len; i++) {
        if (changes[((const SgStep *)plan->steps->pdata[i])->kind])
            return TRUE;
    }
    return FALSE;
}

static void append_headers(GByteArray *into, const SgPlan *plan, SgSpan headers)
{
    g_autoptr(GHashTable) set = g_hash_table_new(NULL, NULL); /* steps: only the first of a name */

    for (gsize at = 0, end; at < headers.len; at = end) {
        const SgStep *step = change_of(plan, headers, at);

        end = sg_field_end(headers, at);
        if (step && step->kind == SG_STEP_DELETE_HEADER)
            continue;
        if (step && g_hash_table_add(set, (gpointer)step))
            append_field(into, step);
        else
            g_byte_array_append(into, (const guint8 *)headers.at + at, (guint)(end - at));
    }
    for (guint i = 0; i < plan->steps->len; i++) {
        const SgStep *step = plan->steps->pdata[i];

        if (step->kind == SG_STEP_ADD_HEADER)
            append_field(into, step);
    }
}

static void append_body(GByteArray *into, const SgPlan *plan, SgSpan body)
{
    const SgStep *step = new_body(plan);

    if (step) {
        g_byte_array_append(into, (const guint8 *)"\r\n", 2);
        body = sg_span_of_bytes(step->body);
    }
    g_byte_array_append(into, (const guint8 *)body.at, (guint)body.len);
}

GBytes *sg_plan_apply(const SgPlan *plan, GBytes *message, gsize header_size)
{
    SgSpan bytes = sg_span_of_bytes(message);
    GByteArray *changed;

    if (!changes_message(plan))
        return g_bytes_ref(message);
    changed = g_byte_array_sized_new((guint)(bytes.len + 1024));
    append_headers(changed, plan, (SgSpan){bytes.at, header_size});
    append_body(changed, plan, (SgSpan){bytes.at + header_size, bytes.len - header_size});
    return g_byte_array_free_to_bytes(changed);
}
