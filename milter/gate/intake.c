/* intake.c - puts the headers and the body that the MTA hands over back together. */
#include "intake.h"

#include "schoolgate/token.h"

#include <string.h>

#define OURS "X-Schoolgate"

SgIntake *sg_intake_new(guint64 memory, const char *folder)
{
    SgIntake *intake = g_new0(SgIntake, 1);

    intake->spool = sg_spool_new(memory, folder);
    intake->foreign = g_ptr_array_new_with_free_func(g_free);
    return intake;
}

void sg_intake_free(SgIntake *intake)
{
    if (!intake)
        return;
    sg_spool_free(intake->spool);
    g_ptr_array_unref(intake->foreign);
    g_free(intake->token);
    g_free(intake->subject);
    g_free(intake);
}

static gboolean is_ours(const char *name)
{
    gsize len = strlen(OURS);

    return g_ascii_strncasecmp(name, OURS, len) == 0 && (name[len] == '\0' || name[len] == '-');
}

static void append(SgIntake *intake, const char *string)
{
    sg_spool_append(intake->spool, string, strlen(string));
}

static void append_value(SgIntake *intake, const char *value)
{
    for (;;) {
        gsize len = strcspn(value, "\n");

        sg_spool_append(intake->spool, value,
                        len - (len > 0 && value[len - 1] == '\r' && value[len]));
        append(intake, "\r\n");
        if (value[len] == '\0')
            return;
        value += len + 1;
    }
}

void sg_intake_leave_out(SgIntake *intake, const char *name)
{
    g_ptr_array_add(intake->foreign, g_strdup(name));
}

void sg_intake_header(SgIntake *intake, const char *name, const char *value)
{
    if (is_ours(name)) {
        sg_intake_leave_out(intake, name);
        if (!intake->token && g_ascii_strcasecmp(name, SG_TOKEN_HEADER) == 0)
            intake->token = g_strdup(value);
        return;
    }
    if (!intake->subject && g_ascii_strcasecmp(name, "Subject") == 0)
        intake->subject = g_strdup(value);
    append(intake, name);
    append(intake, ":");
    append_value(intake, value);
}

static void end_headers(SgIntake *intake)
{
    if (intake->in_body)
        return;
    intake->in_body = TRUE;
    intake->header_size = sg_spool_size(intake->spool);
    append(intake, "\r\n");
}

void sg_intake_body(SgIntake *intake, const void *bytes, gsize len)
{
    end_headers(intake);
    sg_spool_append(intake->spool, bytes, len);
}

GBytes *sg_intake_finish(SgIntake *intake, GError **error)
{
    end_headers(intake);
    return sg_spool_finish(intake->spool, error);
}
