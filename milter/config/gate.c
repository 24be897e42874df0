/* gate.c - the block `gate`: how the mail server reaches us, and which mail is judged */
#include "config_internal.h"

#include <gio/gio.h>
#include <string.h>

static void read_socket(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgConfig *config = into;
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *socket = sg_span_dup(word);
    gboolean unix_socket = g_str_has_prefix(socket, "unix:");
    gboolean inet = g_regex_match_simple("^inet6?:[0-9]{1,5}(@.+)?$", socket, 0, 0);
    if (!inet && !(unix_socket && socket[strlen("unix:")])) {
        sg_cursor_error(cursor, "a socket is written unix:/run/schoolgate/milter.sock or "
                                "inet:8891@127.0.0.1");
        return;
    }
    g_free(config->gate.socket);
    if (unix_socket) {
        g_autofree char *path = sg_path_beside(cursor->place.file, socket + strlen("unix:"));
        config->gate.socket = g_strconcat("unix:", path, NULL);
    } else {
        config->gate.socket = g_steal_pointer(&socket);
    }
}

static void read_socket_mode(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    (void)self;
    if (!sg_cursor_word(cursor, "a mode such as 0660", &word))
        return;
    guint mode = 0;
    gboolean good = word.len >= 3 && word.len <= 4;
    for (gsize i = 0; i < word.len && good; i++) {
        good = word.at[i] >= '0' && word.at[i] <= '7';
        mode = mode * 8 + (guint)(word.at[i] - '0');
    }
    if (!good || mode > 0777)
        sg_cursor_error(cursor, "a mode is three or four digits from 0 to 7, such as 0660");
    else
        ((SgConfig *)into)->gate.socket_mode = mode;
}

static void read_scope(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"outgoing", "everything", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgConfig *)into)->gate.judge = (SgScope)choice;
}

void sg_config_read_networks(GPtrArray *into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    do {
        if (!sg_cursor_word(cursor, self->usage, &word))
            return;
        g_autofree char *text = sg_span_dup(word);
        g_autoptr(GError) error = NULL;
        GInetAddressMask *mask = g_inet_address_mask_new_from_string(text, &error);
        if (mask)
            g_ptr_array_add(into, mask);
        else
            sg_cursor_error(cursor, "'%s' is no network; write 10.0.0.0/8 or 2001:db8::/32", text);
    } while (sg_cursor_take_comma(cursor));
}

static void read_inside(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    GPtrArray *inside = ((SgConfig *)into)->gate.inside;

    g_ptr_array_set_size(inside, 0);
    sg_config_read_networks(inside, cursor, self);
}

#define OF(field) G_STRUCT_OFFSET(SgConfig, field)

const SgSetting sg_gate_settings[] = {
    {"socket", "unix:PATH | inet:PORT@HOST | inet6:PORT@HOST",
     "where the mail server finds the filter (unix:/run/schoolgate/milter.sock)", FALSE,
     read_socket, 0},
    {"socket-mode", "MODE", "who may use a unix socket (0660)", FALSE, read_socket_mode, 0},
    {"socket-group", "GROUP", "the group of a unix socket, such as postfix", FALSE, sg_read_word,
     OF(gate.socket_group)},
    {"user", "USER", "who schoolgated becomes once its socket is open", FALSE, sg_read_word,
     OF(gate.user)},
    {"judge", "outgoing|everything", "which mail is looked at (outgoing)", FALSE, read_scope, 0},
    {"inside", "NETWORK[, ...]", "from where mail is outgoing without a login (127.0.0.0/8, ::1)",
     FALSE, read_inside, 0},
    {"login-domain", "DOMAIN", "added to a login that has no domain, to make it an address", FALSE,
     sg_read_word, OF(gate.login_domain)},
    {"concurrency", "NUMBER", "messages judged at the same time (4)", FALSE, sg_read_count,
     OF(gate.concurrency)},
    {"turn", "DURATION",
     "how long a message waits for its turn to be judged, and is then deferred; keep it a minute "
     "shorter than what the mail server waits for us in all (4m)",
     FALSE, sg_read_duration, OF(gate.turn)},
    {"spool-memory", "SIZE", "how much of a message is kept in memory; more goes to a file (1M)",
     FALSE, sg_read_size, OF(gate.spool_memory)},
    {"spool", "FOLDER", "the folder for those files (/var/lib/schoolgate/spool)", FALSE,
     sg_read_path, OF(gate.spool)},
    {"cache", "FOLDER",
     "for the patterns of all rules, once compiled together (where the record's database is)",
     FALSE, sg_read_path, OF(gate.cache)},
    {"log", "syslog|stderr", "where log lines go (syslog)", FALSE, sg_config_read_log, 0},
    {"log-format", "text|json", "how they are written: for people, or a line of JSON each (text)",
     FALSE, sg_config_read_log_form, 0},
    {"trace", "NUMBER messages [from ADDRESS]",
     "for so many messages, and for an hour at most, the log says what every room makes of each, "
     "and so names who writes to whom (none)",
     FALSE, sg_config_read_trace, OF(gate.trace_from)},
    {0},
};

void sg_gate_defaults(SgConfig *config)
{
    config->gate.socket = g_strdup("unix:/run/schoolgate/milter.sock");
    config->gate.socket_mode = 0660;
    config->gate.inside = g_ptr_array_new_with_free_func(g_object_unref);
    g_ptr_array_add(config->gate.inside, g_inet_address_mask_new_from_string("127.0.0.0/8", NULL));
    g_ptr_array_add(config->gate.inside, g_inet_address_mask_new_from_string("::1", NULL));
    config->gate.concurrency = 4;
    config->gate.turn = 4 * 60;
    config->gate.spool_memory = 1024 * 1024;
    config->gate.spool = g_strdup("/var/lib/schoolgate/spool");
}

void sg_gate_clear(SgConfig *config)
{
    g_free(config->gate.socket);
    g_free(config->gate.socket_group);
    g_free(config->gate.user);
    g_free(config->gate.login_domain);
    g_free(config->gate.spool);
    g_free(config->gate.cache);
    g_free(config->gate.trace_from);
    g_clear_pointer(&config->gate.inside, g_ptr_array_unref);
}
