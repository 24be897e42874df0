/* guard.c - the block that says when a rule is found imprecise */
#include "config_internal.h"

#include <stdlib.h>
#include <string.h>

static void read_share(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    if (!sg_cursor_take(cursor, "over")) {
        sg_cursor_error_next(cursor, "write '%s %s'", self->name, self->usage);
        return;
    }
    if (!sg_cursor_word(cursor, "a share such as 50%", &word))
        return;
    g_autofree char *text = sg_span_dup(word);
    char *end = text;
    gulong percent = g_ascii_isdigit(*text) ? strtoul(text, &end, 10) : 100;
    if (strcmp(end, "%") != 0 || percent > 99)
        sg_cursor_error(cursor, "a share is written 0%% to 99%%, such as 50%%");
    else
        ((SgGuard *)into)->released = (guint)percent;
}

static void read_look_every(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    gint64 seconds = 0;

    (void)self;
    if (!sg_cursor_duration(cursor, &seconds))
        return;
    if (seconds < 1 || seconds > 24 * 60 * 60)
        sg_cursor_error(cursor, "this is from 1s to 24h");
    else
        ((SgGuard *)into)->look_every = seconds;
}

#define OF(field) G_STRUCT_OFFSET(SgGuard, field)

const SgSetting sg_guard_settings[] = {
    {"demote", "yes|no",
     "a rule whose holds are mostly released acts as 'log' until the postmaster restores it; of a "
     "critical rule the postmaster is only warned (yes)",
     FALSE, sg_read_yes_no, OF(demote)},
    {"holds", "NUMBER", "so many decided holds of the rule are looked at, the latest ones (20)",
     FALSE, sg_read_count, OF(holds)},
    {"released", "over SHARE", "more of them released, or found to be no breach, is too many (50%)",
     FALSE, read_share, 0},
    {"look-every", "DURATION",
     "how soon the filter knows of a rule that was demoted or restored (30s)", FALSE,
     read_look_every, 0},
    {0},
};

void sg_guard_defaults(SgGuard *guard)
{
    *guard = (SgGuard){.demote = TRUE, .holds = 20, .released = 50, .look_every = 30};
}
