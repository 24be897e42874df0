/* console_ward.c - opens the console's sockets, shares memory with it, and forks it. */
#include "console_ward.h"

#include "schoolgate/log.h"

#include <sys/mman.h>
#include <unistd.h>

static gboolean listen_at(SgConsoleWard *console, const SgConfig *config)
{
    g_autoptr(GError) error = NULL;

    if (sg_console_listen(&config->console, &console->sockets, &error))
        return TRUE;
    sg_log(LOG_ERR, "the console is not there: %s", error->message);
    return FALSE;
}

void sg_console_ward_init(SgConsoleWard *console, const SgConfig *config)
{
    void *shared =
        mmap(NULL, sizeof(SgServices), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    *console = (SgConsoleWard){
        .duty = {.ward = {.name = "the console", .pulse = SG_PULSE_CONSOLE},
                 .process = "schoolgate-web",
                 .channel = -1},
        .sockets = {.pages = -1, .metrics = -1},
        .services = shared == MAP_FAILED ? NULL : shared,
    };
    if (console->services)
        console->duty.ward.service = &console->services->of[SG_SERVICE_CONSOLE];
    if (config->console.wanted)
        listen_at(console, config);
}

void sg_console_ward_clear(SgConsoleWard *console)
{
    if (console->sockets.pages >= 0)
        close(console->sockets.pages);
    if (console->sockets.metrics >= 0)
        close(console->sockets.metrics);
    if (console->services)
        munmap(console->services, sizeof *console->services);
}

gboolean sg_console_ward_is_due(const SgConsoleWard *console, const SgConfig *config)
{
    return config->console.wanted && sg_ward_is_due(&console->duty.ward);
}

typedef struct Work {
    const SgConsoleWard *console;
    SgExtractor *extractor;
} Work;

static int run(SgConfig *config, int stop, gconstpointer data)
{
    const Work *work = data;
    const SgConsoleStart start = {
        .config = config,
        .sockets = work->console->sockets,
        .extractor = work->extractor,
        .services = work->console->services,
        .stop = stop,
    };

    return sg_console_run(&start);
}

gboolean sg_console_ward_start(SgConsoleWard *console, SgConfig *config, SgExtractor *extractor,
                               int *code)
{
    const Work with = {console, extractor};
    SgDutyWork work = {.run = run, .data = &with};

    if (!listen_at(console, config)) {
        sg_ward_was_put_off(&console->duty.ward);
        return FALSE;
    }
    work.keep[0] = console->sockets.pages;
    work.keep[1] = console->sockets.metrics;
    work.keep[2] = sg_extractor_file(extractor);
    work.keep[3] = -1;
    return sg_duty_start(&console->duty, config, &work, code);
}
