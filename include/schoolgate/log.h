/* log.h - one line to syslog (facility mail) or to standard error, as text or as JSON
 *
 * Lines hold no message text and no secret. Any thread may log at any time after sg_log_open().
 *
 * A line has words for people, or fields for programs, or both. Which fields there are stands in
 * one table, so that none is written that is not documented: schoolgate-log(7). */
#pragma once

#include <glib.h>
#include <syslog.h>

typedef enum { SG_LOG_TO_SYSLOG, SG_LOG_TO_STDERR } SgLogTo;
typedef enum { SG_LOG_AS_TEXT, SG_LOG_AS_JSON } SgLogForm;

/* `program` must live for ever. Before the first call lines go to standard error, as text. */
void sg_log_open(const char *program, SgLogTo to, SgLogForm form);
/* What this process is called in JSON: "gate". Must live for ever. */
void sg_log_process(const char *name);

/* `priority` is LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO or LOG_DEBUG. Control characters are
 * written as \xNN, so that nothing that came by mail can begin a line of its own. To standard error
 * a line of text is led by "<N>", N the priority, as systemd's journal expects. */
void sg_log(int priority, const char *format, ...) G_GNUC_PRINTF(2, 3);

typedef enum {
    SG_FIELD_ID,
    SG_FIELD_QUEUE,
    SG_FIELD_FROM,
    SG_FIELD_ROLE,
    SG_FIELD_TO,
    SG_FIELD_OTHERS,
    SG_FIELD_RULE,
    SG_FIELD_CLAUSE,
    SG_FIELD_ACTION,
    SG_FIELD_POINTS,
    SG_FIELD_STATE,
    SG_FIELD_WOULD,
    SG_FIELD_TOKEN,
    SG_FIELD_KIND,
    SG_FIELD_ATTEMPTS,
    SG_FIELD_WORDS,
    /* of traces */
    SG_FIELD_TRACE,
    SG_FIELD_STEP,
    SG_FIELD_CLIENT,
    SG_FIELD_LOGIN,
    SG_FIELD_DIRECTION,
    SG_FIELD_WHO,
    SG_FIELD_ADDRESS,
    SG_FIELD_SOURCE,
    SG_FIELD_GROUPS,
    SG_FIELD_MEMBERS,
    SG_FIELD_SIZE,
    SG_FIELD_FOLDED,
    SG_FIELD_HEADERS,
    SG_FIELD_DEFECTS,
    SG_FIELD_LIMITS,
    SG_FIELD_TYPE,
    SG_FIELD_RESULT,
    SG_FIELD_PIECES,
    SG_FIELD_BY,
    SG_FIELD_NEED,
    SG_FIELD_SIGNALS,
    SG_FIELD_ANSWER,
    SG_FIELD_STEPS,
    SG_FIELD_STAGE,
    SG_FIELD_US,
    SG_FIELDS
} SgField;

typedef enum { SG_FIELD_IS_TEXT, SG_FIELD_IS_NUMBER, SG_FIELD_IS_LIST } SgFieldType;

typedef struct SgFieldKind {
    const char *name;
    SgFieldType type;
} SgFieldKind;
extern const SgFieldKind sg_field_kinds[SG_FIELDS];

/* One line in the making. */
typedef struct SgLogLine SgLogLine;
SgLogLine *sg_log_line_new(void);
void sg_log_line_free(SgLogLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgLogLine, sg_log_line_free)

/* Add a field of that type, in the order in which they are to stand. Of a text at most 200 bytes
 * are kept; NULL or empty is nothing: `-` in text, null in JSON. */
void sg_log_line_text(SgLogLine *line, SgField field, const char *value);
void sg_log_line_number(SgLogLine *line, SgField field, gint64 value);
/* Adds to the list that the line's last field is, or begins one. NULL begins an empty one. */
void sg_log_line_item(SgLogLine *line, SgField field, const char *value);
/* The words behind its fields. */
void sg_log_line_say(SgLogLine *line, const char *format, ...) G_GNUC_PRINTF(2, 3);

void sg_log_line_send(const SgLogLine *line, int priority);

/* `id=KM-7F3Q-2 queue=… rule=one,two: words`. White space, quotes, backslashes, commas within
 * items,
 * `=` and bytes outside printable ASCII within values are %XX, so that a line can be cut at spaces
 * and `=`. Free with g_free(). */
char *sg_log_line_as_text(const SgLogLine *line);
/* Appends `"id":"KM-7F3Q-2","queue":…,"message":"words"` to an object that has members, each led
 * by a comma. */
void sg_log_line_append_json(const SgLogLine *line, GString *json);
