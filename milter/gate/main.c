/* main.c - from the command line to a running service: options, then configuration, then parent. */
#include "options.h"
#include "parent.h"
#include "schoolgate/gate.h"
#include "schoolgate/tidy.h"

#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static SgConfig *load(const char *path)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);
    g_autofree char *text = sg_report_text(report, isatty(STDERR_FILENO));

    fputs(text, stderr);
    return config;
}

/* What others left open is none of ours, and might keep them waiting for us; where they left not
 * even the standard files, none of our sockets may take their place. */
static void tidy_files(void)
{
    int file;

    closefrom(STDERR_FILENO + 1);
    do
        file = open("/dev/null", O_RDWR);
    while (file >= 0 && file <= STDERR_FILENO);
    if (file >= 0)
        close(file);
}

/* GLib before 2.76 has an allocator of its own for small things, which never gives memory back: one
 * hostile message, and the gate is thirty megabytes larger for ever. It is told to use malloc by
 * the environment only, and before main(), so that the program is started once more with that set.
 * Where that fails it runs as it is. */
static void use_one_allocator(char **argv)
{
    g_autofree char *self = NULL;

    if (glib_check_version(2, 76, 0) == NULL || g_getenv("G_SLICE"))
        return;
    self = g_file_read_link("/proc/self/exe", NULL); /* by its own name, which tools look for */
    if (self && g_setenv("G_SLICE", "always-malloc", FALSE))
        execv(self, argv);
}

int sg_gate_main(int argc, char **argv)
{
    g_auto(SgGateOptions) options = {0};
    g_autoptr(SgConfig) config = NULL;
    int code;

    use_one_allocator(argv);
    tidy_files();
    sg_environment_tidy();
    sg_limit_harm();
    if (!sg_gate_options_read(&options, argc, argv, &code))
        return code;
    config = load(options.config);
    if (!config)
        return EX_CONFIG;
    if (options.only_test) {
        printf("%s: the configuration is good\n", options.config);
        return EX_OK;
    }
    return sg_parent_run(g_steal_pointer(&config),
                         options.foreground ? SG_STAY_IN_FOREGROUND : SG_BECOME_DAEMON);
}
