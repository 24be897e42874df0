/* mta_change.c - see mta_change.h */
#include "mta_change.h"

#include <string.h>

#include "program.h"
#include "safe_write.h"

#define PATIENCE 60 /* seconds; postfix reload waits for its master */

static void change_free(gpointer data)
{
    SgMtaChange *change = data;

    g_free(change->now);
    g_free(change->then);
    g_free(change);
}

/* `postconf -c FOLDER WORDS…`; `words` is NULL-terminated. Free with g_free(). */
static char *run(const SgMta *mta, const char *program, const char *const *words, GError **error)
{
    g_autofree char *path = sg_program_find(program);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    if (!path) {
        g_set_error(error, SG_MTA_ERROR, SG_MTA_ERROR_NONE, "there is no program '%s' here",
                    program);
        return NULL;
    }
    g_ptr_array_add(argv, path);
    g_ptr_array_add(argv, (gpointer) "-c");
    g_ptr_array_add(argv, (gpointer)sg_mta_place(mta));
    for (; *words; words++)
        g_ptr_array_add(argv, (gpointer)*words);
    g_ptr_array_add(argv, NULL);
    return sg_program_output((const char *const *)argv->pdata, PATIENCE, error);
}

/* As written, to be written again: sg_mta_setting() has the $names filled in. */
static char *value_as_written(const SgMta *mta, const char *name, GError **error)
{
    const char *const words[] = {"-h", name, NULL};
    char *value = run(mta, "postconf", words, error);

    return value ? g_strstrip(value) : NULL;
}

static char *with_ours(const SgMta *mta, const GPtrArray *milters, const char *socket,
                       const char *now)
{
    g_autofree char *ours = NULL;

    for (guint i = 0; i < milters->len; i++)
        if (sg_mta_is_socket(mta, NULL, milters->pdata[i], socket))
            return g_strdup(now);
    ours = sg_mta_address_for(mta, socket);
    return g_strconcat(ours, *now ? ", " : "", now, NULL);
}

static char *for_network(const SgMta *mta, const char *socket, const char *now)
{
    return with_ours(mta, sg_mta_network_milters(mta), socket, now);
}

/* Where it is the other list by its name, what is added there is added here. */
static char *for_local(const SgMta *mta, const char *socket, const char *now)
{
    if (strstr(now, "$smtpd_milters") || strstr(now, "${smtpd_milters}"))
        return g_strdup(now);
    return with_ours(mta, sg_mta_local_milters(mta), socket, now);
}

static char *for_absence(const SgMta *mta, const char *socket, const char *now)
{
    (void)mta, (void)socket, (void)now;
    return g_strdup("tempfail");
}

static char *for_protocol(const SgMta *mta, const char *socket, const char *now)
{
    (void)mta, (void)socket, (void)now;
    return g_strdup("6");
}

static const struct {
    const char *name;
    char *(*then)(const SgMta *mta, const char *socket, const char *now);
} lines[] = {
    {"smtpd_milters", for_network},
    {"non_smtpd_milters", for_local},
    {"milter_default_action", for_absence},
    {"milter_protocol", for_protocol},
};

GPtrArray *sg_mta_changes(const SgMta *mta, const char *socket, GError **error)
{
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func(change_free);

    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *now = value_as_written(mta, lines[i].name, error);
        SgMtaChange *change;

        if (!now)
            return NULL;
        change = g_new0(SgMtaChange, 1);
        change->name = lines[i].name;
        change->then = lines[i].then(mta, socket, now);
        change->now = g_steal_pointer(&now);
        if (strcmp(change->now, change->then) == 0)
            change_free(change);
        else
            g_ptr_array_add(changes, change);
    }
    return g_steal_pointer(&changes);
}

char *sg_mta_command(const SgMta *mta, const GPtrArray *changes)
{
    GString *command = g_string_new("postconf");

    if (strcmp(sg_mta_place(mta), "/etc/postfix") != 0)
        g_string_append_printf(command, " -c %s", sg_mta_place(mta));
    g_string_append(command, " -e");
    for (guint i = 0; i < changes->len; i++) {
        const SgMtaChange *change = changes->pdata[i];
        g_autofree char *line = g_strdup_printf("%s = %s", change->name, change->then);
        g_autofree char *quoted = g_shell_quote(line);
        g_string_append_printf(command, " %s", quoted);
    }
    return g_string_free(command, FALSE);
}

static gboolean edit(const SgMta *mta, const GPtrArray *changes, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(words, g_strdup("-e"));
    for (guint i = 0; i < changes->len; i++) {
        const SgMtaChange *change = changes->pdata[i];
        g_ptr_array_add(words, g_strdup_printf("%s = %s", change->name, change->then));
    }
    g_ptr_array_add(words, NULL);
    g_autofree char *said = run(mta, "postconf", (const char *const *)words->pdata, error);
    return said != NULL;
}

static gboolean is_fine(const SgMta *mta, GError **error)
{
    static const char *const check[] = {"check", NULL};
    g_autofree char *said = run(mta, "postfix", check, error);

    return said != NULL;
}

char *sg_mta_change(const SgMta *mta, const GPtrArray *changes, GError **error)
{
    g_autofree char *path = g_build_filename(sg_mta_place(mta), "main.cf", NULL);
    g_autofree char *before = NULL;
    char *copy;

    if (!g_file_get_contents(path, &before, NULL, error))
        return NULL;
    copy = sg_file_keep_copy(path, error);
    if (!copy)
        return NULL;
    if (edit(mta, changes, error) && is_fine(mta, error))
        return copy;
    sg_file_replace(path, before, NULL, NULL);
    g_free(copy);
    return NULL;
}

gboolean sg_mta_reload(const SgMta *mta, GError **error)
{
    static const char *const reload[] = {"reload", NULL};
    g_autofree char *said = run(mta, "postfix", reload, error);

    return said != NULL;
}
