/* log.c - writes lines to syslog or standard error, safe against what came by mail. */
#include "schoolgate/log.h"

#include "json_text.h"
#include "schoolgate/meter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
    SgLogTo to;
    SgLogForm form;
    const char *process;
} state = {SG_LOG_TO_STDERR, SG_LOG_AS_TEXT, "parent"};

void sg_log_open(const char *program, SgLogTo to, SgLogForm form)
{
    state.to = to;
    state.form = form;
    closelog();
    if (to == SG_LOG_TO_SYSLOG)
        openlog(program, LOG_PID | LOG_NDELAY, LOG_MAIL);
}

void sg_log_process(const char *name)
{
    state.process = name;
}

/* Members that every object has. */
static GString *begin_object(int priority)
{
    static const char *const levels[] = {"emerg",   "alert",  "crit", "error",
                                         "warning", "notice", "info", "debug"};
    GString *json = g_string_sized_new(256);
    gint64 now = g_get_real_time();
    time_t seconds = (time_t)(now / G_USEC_PER_SEC);
    char date[32] = "";
    struct tm parts;

    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &parts));
    g_string_append_printf(json, "{\"time\":\"%s.%03dZ\",\"level\":\"%s\"", date,
                           (int)(now % G_USEC_PER_SEC / 1000), levels[priority & LOG_PRIMASK]);
    g_string_append_printf(json, ",\"process\":\"%s\",\"pid\":%d", state.process, (int)getpid());
    return json;
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

static GString *written(const SgLogLine *line, int priority)
{
    g_autofree char *text = NULL;
    GString *json;

    if (state.form == SG_LOG_AS_TEXT) {
        text = sg_log_line_as_text(line);
        return without_controls(text);
    }
    json = begin_object(priority);
    sg_log_line_append_json(line, json);
    return g_string_append_c(json, '}');
}

void sg_log_line_send(const SgLogLine *line, int priority)
{
    GString *whole = written(line, priority);
    g_autofree char *lead = state.form == SG_LOG_AS_TEXT ? g_strdup_printf("<%d>", priority) : NULL;

    sg_meter_add(SG_METER_LOG_LINES, (guint)priority & LOG_PRIMASK, 1);
    if (state.to == SG_LOG_TO_SYSLOG) {
        syslog(priority, "%s", whole->str);
    } else {
        /* One write, so that lines of several threads do not mix. */
        g_string_prepend(whole, lead ? lead : "");
        g_string_append_c(whole, '\n');
        if (write(STDERR_FILENO, whole->str, whole->len) != (gssize)whole->len)
            (void)whole; /* nowhere left to complain */
    }
    g_string_free(whole, TRUE);
}

void sg_log(int priority, const char *format, ...)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    sg_log_line_say(line, "%s", text);
    sg_log_line_send(line, priority);
}
