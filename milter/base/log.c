/* log.c - writes lines to syslog or standard error, safe against what came by mail. */
#include "schoolgate/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIELD_MOST 200

static struct {
    SgLogTo to;
    gboolean debug;
} state = {SG_LOG_TO_STDERR, FALSE};

void sg_log_open(const char *program, SgLogTo to, gboolean debug)
{
    state.to = to;
    state.debug = debug;
    closelog();
    if (to == SG_LOG_TO_SYSLOG)
        openlog(program, LOG_PID | LOG_NDELAY, LOG_MAIL);
}

static GString *without_controls(const char *text)
{
    GString *clean = g_string_sized_new(strlen(text) + 8);

    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c < 0x20 || *c == 0x7f)
            g_string_append_printf(clean, "\\x%02x", *c);
        else
            g_string_append_c(clean, (char)*c);
    }
    return clean;
}

void sg_log(int priority, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    if (priority == LOG_DEBUG && !state.debug)
        return;
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);

    g_autoptr(GString) line = without_controls(text);
    if (state.to == SG_LOG_TO_SYSLOG) {
        syslog(priority, "%s", line->str);
        return;
    }
    /* One write, so that lines of several threads do not mix. */
    g_autofree char *whole = g_strdup_printf("<%d>%s\n", priority, line->str);
    gsize len = strlen(whole);
    if (write(STDERR_FILENO, whole, len) != (gssize)len)
        return; /* nowhere left to complain */
}

void sg_log_field(GString *line, const char *key, const char *value)
{
    gsize kept = 0;

    if (line->len > 0)
        g_string_append_c(line, ' ');
    g_string_append_printf(line, "%s=", key);
    if (!value || !*value) {
        g_string_append_c(line, '-');
        return;
    }
    for (const unsigned char *c = (const unsigned char *)value; *c && kept < FIELD_MOST;
         c++, kept++) {
        if (*c <= 0x20 || *c >= 0x7f || strchr("\"'\\=%", *c))
            g_string_append_printf(line, "%%%02X", *c);
        else
            g_string_append_c(line, (char)*c);
    }
}
