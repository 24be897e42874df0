/* setup_diff.c - how the configuration would differ from what is there; see setup_plan.h */
#include "setup_plan.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "page.h"
#include "program.h"

/* diff reads one of the two from its standard input, the other from memory that looks like a file.
 */
static int memory_file(const char *text, GError **error)
{
    int file = memfd_create("now", MFD_CLOEXEC);
    gsize len = strlen(text);

    if (file >= 0 && write(file, text, len) == (gssize)len && lseek(file, 0, SEEK_SET) == 0)
        return file;
    g_set_error(error, SG_SETUP_ERROR, SG_SETUP_ERROR_FILE, "cannot compare: %s",
                g_strerror(errno));
    if (file >= 0)
        close(file);
    return -1;
}

/* Exit code 1 is diff's word for a difference. */
static char *answer_of(GSubprocess *process, const char *then, GError **error)
{
    g_autofree char *diff = NULL;

    if (!g_subprocess_communicate_utf8(process, then, NULL, &diff, NULL, error))
        return NULL;
    if (g_subprocess_get_if_exited(process) && g_subprocess_get_exit_status(process) <= 1)
        return g_steal_pointer(&diff);
    g_set_error_literal(error, SG_SETUP_ERROR, SG_SETUP_ERROR_FILE, "diff has failed");
    return NULL;
}

char *sg_setup_diff(const char *now_name, const char *now, const char *then_name, const char *then,
                    GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    g_autofree char *diff = sg_program_find("diff");
    const char *words[] = {diff,      "-u", "--label",   now_name, "--label",
                           then_name, "--", "/dev/fd/3", "-",      NULL};
    int file = memory_file(now, error);

    if (file < 0)
        return NULL;
    g_subprocess_launcher_take_fd(launcher, file, 3);
    if (!diff) {
        g_set_error_literal(error, SG_SETUP_ERROR, SG_SETUP_ERROR_FILE,
                            "there is no program 'diff' here (package diffutils)");
        return NULL;
    }
    g_autoptr(GSubprocess) process = g_subprocess_launcher_spawnv(launcher, words, error);
    return process ? answer_of(process, then, error) : NULL;
}

static SgStyle style_of(const char *line)
{
    if (g_str_has_prefix(line, "---") || g_str_has_prefix(line, "+++"))
        return SG_STYLE_STRONG;
    switch (*line) {
    case '+':
        return SG_STYLE_GOOD;
    case '-':
        return SG_STYLE_BAD;
    case '@':
        return SG_STYLE_DIM;
    default:
        return SG_STYLE_PLAIN;
    }
}

void sg_setup_show_diff(const char *diff)
{
    g_auto(GStrv) lines = g_strsplit(diff, "\n", -1);
    g_autoptr(SgPage) page = sg_page_new();

    for (char **line = lines; line[0] && (line[1] || *line[0]); line++) {
        sg_page_put(page, style_of(*line), *line);
        sg_page_end_line(page);
    }
    sg_page_flush(page);
}
