/* courier.c - the block that says how notices and released mail are sent */
#include "config_internal.h"

#include <stdio.h>
#include <string.h>

static void read_send_with(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"sendmail", "smtp", NULL};
    SgCourierSettings *courier = into;
    int choice = sg_cursor_choice(cursor, self->name, choices);
    SgSpan word;

    if (choice < 0)
        return;
    courier->send_by = (SgSendBy)choice;
    if (!sg_cursor_word(cursor, choice == 0 ? "the path of the command" : "HOST:PORT", &word))
        return;
    g_autofree char *text = sg_span_dup(word);
    if (choice == 0 && !g_path_is_absolute(text))
        sg_cursor_error(cursor, "write the whole path, such as /usr/sbin/sendmail");
    if (choice == 1 &&
        !g_regex_match_simple("^(\\[[0-9A-Fa-f:.]+\\]|[^:]+):[0-9]{1,5}$", text, 0, 0))
        sg_cursor_error(cursor, "write HOST:PORT, such as 127.0.0.1:25");
    char **into_text = choice == 0 ? &courier->command : &courier->smtp;
    g_free(*into_text);
    *into_text = g_steal_pointer(&text);
}

static void read_digest(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgCourierSettings *courier = into;
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *text = sg_span_dup(word);
    guint hours = 0, minutes = 0;
    courier->digest = strcmp(text, "no") != 0;
    if (!courier->digest)
        return;
    if (!g_regex_match_simple("^[0-9]{2}:[0-9]{2}$", text, 0, 0) ||
        sscanf(text, "%2u:%2u", &hours, &minutes) != 2 || hours > 23 || minutes > 59)
        sg_cursor_error(cursor, "write a time such as 07:30, or no");
    else
        courier->digest_at = hours * 60 + minutes;
}

/* A mail server that is slow for a moment only must not have it held a second time. */
static void read_release_valid(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    gint64 seconds = 0;

    (void)self;
    if (!sg_cursor_duration(cursor, &seconds))
        return;
    if (seconds < 60 * 60)
        sg_cursor_error(cursor, "this is at least 1h: mail that comes later is held again");
    else
        ((SgCourierSettings *)into)->token_valid = seconds;
}

#define OF(field) G_STRUCT_OFFSET(SgCourierSettings, field)

const SgSetting sg_courier_settings[] = {
    {"send-with", "sendmail PATH | smtp HOST:PORT",
     "how mail is handed to the mail server (smtp 127.0.0.1:25)", FALSE, read_send_with, 0},
    {"from", "ADDRESS", "the address that notices come from (the officer's address)", FALSE,
     sg_config_read_address, OF(from)},
    {"texts", "FOLDER", "texts that replace the built-in ones; see schoolgate-texts(5)", FALSE,
     sg_read_path, OF(texts)},
    {"notice-every", "DURATION",
     "a sender gets at most one notice about the same rule within this time; what is due sooner "
     "waits, and comes as one (1h)",
     FALSE, sg_read_duration, OF(notice_every)},
    {"tell-release", "yes|no", "the sender is told when held mail has gone on (yes)", FALSE,
     sg_read_yes_no, OF(tell_release)},
    {"give-up-after", "DURATION",
     "how long the mail server may go on refusing what is to be sent (5d)", FALSE, sg_read_duration,
     OF(give_up_after)},
    {"release-valid", "DURATION",
     "how long the mail server may take to bring released mail past the gate (7d)", FALSE,
     read_release_valid, 0},
    {"digest", "HH:MM | no",
     "when the officer is told what is held, on school days, also when that is nothing (07:30)",
     FALSE, read_digest, 0},
    {0},
};

void sg_courier_defaults(SgCourierSettings *courier)
{
    *courier = (SgCourierSettings){
        .send_by = SG_SEND_BY_SMTP,
        .smtp = g_strdup("127.0.0.1:25"),
        .notice_every = 60 * 60,
        .give_up_after = 5 * 24 * 60 * 60,
        .token_valid = 7 * 24 * 60 * 60,
        .tell_release = TRUE,
        .digest = TRUE,
        .digest_at = 7 * 60 + 30,
    };
}

void sg_courier_clear(SgCourierSettings *courier)
{
    g_free(courier->command);
    g_free(courier->smtp);
    g_free(courier->from);
    g_free(courier->texts);
}
