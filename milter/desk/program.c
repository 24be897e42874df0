/* program.c - see program.h */
#include "program.h"

#include <gio/gio.h>
#include <string.h>

static const char *const system_folders[] = {"/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin",
                                             "/usr/local/bin"};

GQuark sg_program_error_quark(void)
{
    return g_quark_from_static_string("sg-program-error-quark");
}

char *sg_program_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(system_folders); i++) {
        g_autofree char *path = g_build_filename(system_folders[i], name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer(&path);
    }
    return g_find_program_in_path(name);
}

typedef struct Asked {
    GSubprocess *process;
    GMainContext *context;
    GCancellable *late;
    gboolean done;
    GBytes *output;
    GBytes *complaint;
    GError *error;
} Asked;

static void clear_asked(Asked *asked)
{
    g_clear_object(&asked->process);
    g_clear_object(&asked->late);
    g_clear_pointer(&asked->context, g_main_context_unref);
    g_clear_pointer(&asked->output, g_bytes_unref);
    g_clear_pointer(&asked->complaint, g_bytes_unref);
    g_clear_error(&asked->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, clear_asked)

static char *text_of(GBytes *bytes)
{
    gsize size = 0;
    const char *at = bytes ? g_bytes_get_data(bytes, &size) : NULL;

    return at ? g_utf8_make_valid(at, (gssize)size) : g_strdup("");
}

static gboolean give_up(gpointer data)
{
    Asked *asked = data;

    g_cancellable_cancel(asked->late);
    return G_SOURCE_REMOVE;
}

static void take_answer(GObject *process, GAsyncResult *result, gpointer data)
{
    Asked *asked = data;

    g_subprocess_communicate_finish(G_SUBPROCESS(process), result, &asked->output,
                                    &asked->complaint, &asked->error);
    asked->done = TRUE;
}

static gboolean start(Asked *asked, const char *const *words, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr(GError) why = NULL;

    g_subprocess_launcher_setenv(launcher, "LC_ALL", "C", TRUE);
    asked->process = g_subprocess_launcher_spawnv(launcher, words, &why);
    if (!asked->process)
        g_set_error(error, SG_PROGRAM_ERROR, SG_PROGRAM_ERROR_START, "cannot run '%s': %s",
                    words[0], why->message);
    return asked->process != NULL;
}

static void await(Asked *asked, guint seconds)
{
    g_autoptr(GSource) timer = g_timeout_source_new_seconds(seconds);

    asked->late = g_cancellable_new();
    g_source_set_callback(timer, give_up, asked, NULL);
    g_source_attach(timer, asked->context);
    g_subprocess_communicate_async(asked->process, NULL, asked->late, take_answer, asked);
    while (!asked->done)
        g_main_context_iteration(asked->context, TRUE);
    g_source_destroy(timer);
}

/* What it says last is why it ended; what comes before are warnings. */
static char *last_line(GBytes *complaint)
{
    g_autofree char *text = text_of(complaint);
    char *line;

    g_strchomp(text);
    line = strrchr(text, '\n');
    return g_strdup(line ? line + 1 : text);
}

static gboolean ended_well(const Asked *asked, const char *program, guint seconds, GError **error)
{
    g_autofree char *why = last_line(asked->complaint);

    if (asked->error) {
        g_subprocess_force_exit(asked->process);
        g_set_error(error, SG_PROGRAM_ERROR, SG_PROGRAM_ERROR_TIME,
                    "'%s' has not answered within %u seconds", program, seconds);
        return FALSE;
    }
    if (g_subprocess_get_successful(asked->process))
        return TRUE;
    g_set_error(error, SG_PROGRAM_ERROR, SG_PROGRAM_ERROR_EXIT, "'%s' has failed%s%s", program,
                *why ? ": " : "", why);
    return FALSE;
}

char *sg_program_output(const char *const *words, guint seconds, GError **error)
{
    g_auto(Asked) asked = {.context = g_main_context_new()};
    gboolean well;

    g_main_context_push_thread_default(asked.context);
    well = start(&asked, words, error);
    if (well) {
        await(&asked, seconds);
        well = ended_well(&asked, words[0], seconds, error);
    }
    g_main_context_pop_thread_default(asked.context);
    return well ? text_of(asked.output) : NULL;
}
