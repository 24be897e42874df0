/* plan_apply.c - a held message as it would have gone on: with its plan's header changes made. */
#include "plan.h"

#include <string.h>

/* The end of the header field that begins at `at`, its folded lines included. */
static gsize field_end(SgSpan headers, gsize at)
{
    do {
        const char *end = memchr(headers.at + at, '\n', headers.len - at);

        at = end ? (gsize)(end + 1 - headers.at) : headers.len;
    } while (at < headers.len && (headers.at[at] == ' ' || headers.at[at] == '\t'));
    return at;
}

static gboolean field_is(SgSpan headers, gsize at, const char *name)
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

/* Foreign headers were never taken in, so that only additions and new values are left to make. */
static const SgStep *replacement(const SgPlan *plan, SgSpan headers, gsize at)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const SgStep *step = plan->steps->pdata[i];

        if (step->kind == SG_STEP_SET_HEADER && field_is(headers, at, step->name))
            return step;
    }
    return NULL;
}

static gboolean changes_headers(const SgPlan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const SgStep *step = plan->steps->pdata[i];

        if (step->kind == SG_STEP_ADD_HEADER || step->kind == SG_STEP_SET_HEADER)
            return TRUE;
    }
    return FALSE;
}

static void append_headers(GByteArray *into, const SgPlan *plan, SgSpan headers)
{
    const SgStep *done = NULL;

    for (gsize at = 0, end; at < headers.len; at = end) {
        const SgStep *step = done ? NULL : replacement(plan, headers, at);

        end = field_end(headers, at);
        if (step)
            append_field(into, done = step);
        else
            g_byte_array_append(into, (const guint8 *)headers.at + at, (guint)(end - at));
    }
    for (guint i = 0; i < plan->steps->len; i++) {
        const SgStep *step = plan->steps->pdata[i];

        if (step->kind == SG_STEP_ADD_HEADER)
            append_field(into, step);
    }
}

GBytes *sg_plan_apply(const SgPlan *plan, GBytes *message, gsize header_size)
{
    gsize len;
    const guint8 *bytes = g_bytes_get_data(message, &len);
    GByteArray *changed;

    if (!changes_headers(plan))
        return g_bytes_ref(message);
    changed = g_byte_array_sized_new((guint)(len + 1024));
    append_headers(changed, plan, (SgSpan){(const char *)bytes, header_size});
    g_byte_array_append(changed, bytes + header_size, (guint)(len - header_size));
    return g_byte_array_free_to_bytes(changed);
}
