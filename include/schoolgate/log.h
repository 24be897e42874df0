/* log.h - one line to syslog (facility mail) or to standard error
 *
 * Lines hold no message text and no secret. Any thread may log at any time after sg_log_open(). */
#pragma once

#include <glib.h>
#include <syslog.h>

typedef enum { SG_LOG_TO_SYSLOG, SG_LOG_TO_STDERR } SgLogTo;

/* `program` must live for ever. Before the first call lines go to standard error. */
void sg_log_open(const char *program, SgLogTo to, gboolean debug);

/* `priority` is LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO or LOG_DEBUG. Control characters are
 * written as \xNN, so that nothing that came by mail can begin a line of its own. To standard error
 * the line is led by "<N>", N the priority, as systemd's journal expects. */
void sg_log(int priority, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Appends ` key=value` (without the space at the start of a line). White space, quotes,
 * backslashes, `=` and bytes outside printable ASCII within `value` become %XX, so that a line can
 * be cut at spaces and `=`. NULL or empty is written as `-`. At most 200 bytes of `value` are kept.
 */
void sg_log_field(GString *line, const char *key, const char *value);
