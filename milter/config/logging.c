/* logging.c - the settings of the gate that say what the log gets, and how */
#include "config_internal.h"

#define TRACE_MOST 10000

void sg_config_read_log(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"syslog", "stderr", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgConfig *)into)->gate.log = (SgLogTo)choice;
}

void sg_config_read_log_form(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"text", "json", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgConfig *)into)->gate.log_form = (SgLogForm)choice;
}

void sg_config_read_trace(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgConfig *config = into;
    gint64 messages;

    if (!sg_cursor_number(cursor, "a number of messages", 1, TRACE_MOST, &messages))
        return;
    if (!sg_cursor_take(cursor, "messages")) {
        sg_cursor_error_next(cursor, "write '%s %s'", self->name, self->usage);
        return;
    }
    config->gate.trace_messages = (guint64)messages;
    if (sg_cursor_take(cursor, "from"))
        sg_config_read_address(config, cursor, self);
}
