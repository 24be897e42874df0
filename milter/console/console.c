/* console.c - the console's process: from a configuration to pages that are served, until it is
 * told to stop */
#include "confine.h"
#include "http.h"
#include "monitor.h"
#include "queue_outcome.h"
#include "schoolgate/log.h"
#include "schoolgate/meter.h"
#include "schoolgate/outbox.h"
#include "schoolgate/pulse.h"
#include "schoolgate/when.h"
#include "trail_check.h"
#include "visits.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define LOOK_EVERY 1000 /* milliseconds */

/* The path of `address` without the slash at its end. */
static char *base_of(const char *address)
{
    g_autoptr(GUri) uri = address ? g_uri_parse(address, G_URI_FLAGS_NONE, NULL) : NULL;
    char *path = g_strdup(uri ? g_uri_get_path(uri) : "");
    gsize len = strlen(path);

    while (len > 0 && path[len - 1] == '/')
        path[--len] = '\0';
    return path;
}

static void console_clear(SgConsole *console)
{
    sg_trail_check_free(console->trail_check);
    sg_visits_free(console->trail_visits);
    sg_outcomes_free(console->outcomes);
    g_clear_pointer(&console->record, sg_record_close);
    g_clear_pointer(&console->secret, g_bytes_unref);
    g_free(console->base);
    sg_config_unref(console->config);
}

static gboolean console_prepare(SgConsole *console, GError **error)
{
    const SgConsoleSettings *settings = &console->config->console;

    sg_mail_init();
    if (!sg_console_confine(console->config, error))
        return FALSE;
    console->base = base_of(settings->address);
    console->secure = settings->certificate != NULL ||
                      (settings->address && g_str_has_prefix(settings->address, "https:"));
    console->started = sg_when_now();
    console->record = sg_record_open(console->config->database, SG_RECORD_READ_WRITE, error);
    if (!console->record)
        return FALSE;
    console->trail_check = sg_trail_check_new(console->record);
    console->trail_visits = sg_visits_new();
    console->outcomes = sg_outcomes_new();
    console->secret = sg_record_secret(console->record, "console", error);
    return console->secret != NULL;
}

/* Either may be NULL: it is not wanted. */
typedef struct Servers {
    SgMonitor *monitor;
    SgHttp *http;
} Servers;

static void serve_until(const Servers *servers, int stop)
{
    struct pollfd file = {.fd = stop, .events = POLLIN};
    int ready;

    do {
        sg_pulse_beat();
        ready = poll(&file, 1, LOOK_EVERY);
        if (servers->http)
            sg_http_tidy(servers->http);
    } while (ready == 0 || (ready < 0 && errno == EINTR));
}

static gboolean start_servers(SgConsole *console, const SgConsoleSockets *sockets, Servers *servers,
                              GError **error)
{
    if (sockets->metrics >= 0) {
        servers->monitor = sg_monitor_start(console, sockets->metrics, error);
        if (!servers->monitor)
            return FALSE;
    }
    if (sockets->pages < 0)
        return TRUE;
    servers->http = sg_http_start(console, sockets->pages, &sg_http_limits, error);
    if (!servers->http)
        sg_monitor_stop(servers->monitor);
    return servers->http != NULL;
}

static void say_where(const SgConsoleSettings *settings)
{
    if (!settings->listen)
        sg_log(LOG_INFO, "monitoring is at %s, and there are no pages", settings->metrics);
    else
        sg_log(LOG_INFO, "the console is at %s",
               settings->address ? settings->address : settings->listen);
}

static int fail(SgConsole *console, const GError *error)
{
    sg_log(LOG_ERR, "the console cannot start: %s", error->message);
    console_clear(console);
    return EX_UNAVAILABLE;
}

int sg_console_run(const SgConsoleStart *start)
{
    SgConsole console = {
        .config = start->config,
        .extractor = start->extractor,
        .services = start->services,
    };
    g_autoptr(GError) error = NULL;
    Servers servers = {NULL, NULL};

    sg_log_process("console");
    sg_meter_confine(SG_METER_OF_CONSOLE);
    sg_pulse_take(SG_PULSE_CONSOLE);
    if (!console_prepare(&console, &error) ||
        !start_servers(&console, &start->sockets, &servers, &error))
        return fail(&console, error);
    say_where(&console.config->console);
    serve_until(&servers, start->stop);
    if (servers.http)
        sg_http_stop(servers.http);
    sg_monitor_stop(servers.monitor);
    console_clear(&console);
    return EXIT_SUCCESS;
}
