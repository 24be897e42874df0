/* sendmail_mc.c - see sendmail_mc.h */
#include "sendmail_mc.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "mta_internal.h"

#define PID_FILE "/var/run/sendmail.pid" /* Sendmail's own default */

/* By what a line is known, and the line. */
static const struct {
    const char *mark;
    const char *line;
} features[] = {
    /* Else an address such as jo%home.example@kingsmead.example is another one once it is judged.
     */
    {"nopercenthack", "FEATURE(`nopercenthack', `nospecial')dnl"},
    {"nouucp", "FEATURE(`nouucp', `nospecial')dnl"},
};

char *sg_sendmail_source(const SgMta *mta)
{
    const char *cf = sg_mta_place(mta);
    g_autofree char *bare =
        g_str_has_suffix(cf, ".cf") ? g_strndup(cf, strlen(cf) - strlen(".cf")) : g_strdup(cf);
    g_autofree char *mc = g_strconcat(bare, ".mc", NULL);

    return g_file_test(mc, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&mc) : NULL;
}

/* Lines ------------------------------------------------------------------------------------------
 */

/* R is more than judging one message takes, E more than that and the time for which schoolgate lets
 * a message wait for its turn. */
static char *filter_line(const SgMta *mta, const char *socket)
{
    g_autofree char *address = sg_mta_address_for(mta, socket);

    return g_strdup_printf(
        "INPUT_MAIL_FILTER(`schoolgate', `S=%s, F=T, T=C:30s;S:30s;R:2m;E:5m')dnl",
        address ? address : socket);
}

char *sg_sendmail_lines(const SgMta *mta, const char *socket)
{
    g_autofree char *filter = filter_line(mta, socket);
    GString *lines = g_string_new(filter);

    g_string_append_c(lines, '\n');
    for (gsize i = 0; i < G_N_ELEMENTS(features); i++)
        g_string_append_printf(lines, "%s\n", features[i].line);
    return g_string_free(lines, FALSE);
}

/* Whether m4 calls `macro` there: what stands behind dnl or # it does not read. */
static gboolean calls(const char *line, const char *macro)
{
    while (g_ascii_isspace(*line))
        line++;
    return g_str_has_prefix(line, macro) && line[strlen(macro)] == '(';
}

static gboolean has_feature(char **lines, const char *mark)
{
    for (; *lines; lines++)
        if (calls(*lines, "FEATURE") && strstr(*lines, mark))
            return TRUE;
    return FALSE;
}

/* Of INPUT_MAIL_FILTER(`name', `S=..., F=T')dnl that which sendmail.cf has behind its X. NULL for
 * another line. Free with g_free(). */
static char *filter_of(const char *line)
{
    g_autofree char *text = NULL;
    char *close;

    if (!calls(line, "INPUT_MAIL_FILTER") && !calls(line, "MAIL_FILTER"))
        return NULL;
    text = g_strdup(strchr(line, '(') + 1);
    close = strrchr(text, ')');
    if (close)
        *close = '\0';
    g_auto(GStrv) parts = g_strsplit_set(text, "`'", -1);
    return g_strjoinv("", parts);
}

typedef enum { NOT_OURS, OURS, OURS_BUT_WRONG } Whose;

static Whose whose(const SgMta *mta, const char *line, const char *socket)
{
    g_autofree char *filter = filter_of(line);
    g_autoptr(GPtrArray) milters = sg_mta_milters_new();

    if (!filter)
        return NOT_OURS;
    SgMtaMilter *milter = sg_mta_sendmail_milter(filter);
    g_ptr_array_add(milters, milter);
    if (sg_mta_is_socket(mta, NULL, milter, socket))
        return milter->absent == SG_MTA_ABSENT_PASS ? OURS_BUT_WRONG : OURS;
    return g_strcmp0(milter->name, "schoolgate") == 0 ? OURS_BUT_WRONG : NOT_OURS;
}

/* The line before which ours belong. */
static guint place_for(char **lines)
{
    guint count = g_strv_length(lines);

    for (guint i = 0; i < count; i++)
        if (calls(lines[i], "INPUT_MAIL_FILTER") || calls(lines[i], "MAIL_FILTER"))
            return i;
    for (guint i = 0; i < count; i++)
        if (calls(lines[i], "MAILER"))
            return i;
    return count > 0 && !*lines[count - 1] ? count - 1 : count;
}

static gboolean has_ours(const SgMta *mta, char **lines, const char *socket)
{
    for (; *lines; lines++)
        if (whose(mta, *lines, socket) == OURS)
            return TRUE;
    return FALSE;
}

static void add_missing(GPtrArray *into, const SgMta *mta, char **lines, const char *socket)
{
    if (!has_ours(mta, lines, socket))
        g_ptr_array_add(into, filter_line(mta, socket));
    for (gsize i = 0; i < G_N_ELEMENTS(features); i++)
        if (!has_feature(lines, features[i].mark))
            g_ptr_array_add(into, g_strdup(features[i].line));
}

char *sg_sendmail_with(const SgMta *mta, const char *mc, const char *socket)
{
    g_auto(GStrv) lines = g_strsplit(mc, "\n", -1);
    g_autoptr(GPtrArray) then = g_ptr_array_new_with_free_func(g_free);
    guint place = place_for(lines), count = g_strv_length(lines);

    for (guint i = 0; i <= count; i++) {
        if (i == place)
            add_missing(then, mta, lines, socket);
        if (i < count && whose(mta, lines[i], socket) != OURS_BUT_WRONG)
            g_ptr_array_add(then, g_strdup(lines[i]));
    }
    g_ptr_array_add(then, NULL);
    return g_strjoinv("\n", (char **)then->pdata);
}

gboolean sg_sendmail_leaves_us_out(const char *mc)
{
    g_auto(GStrv) lines = g_strsplit(mc, "\n", -1);

    for (char **line = lines; *line; line++)
        if (calls(*line, "define") && strstr(*line, "confINPUT_MAIL_FILTERS"))
            return strstr(*line, "schoolgate") == NULL;
    return FALSE;
}

/* Commands ---------------------------------------------------------------------------------------
 */

char *sg_sendmail_commands(const SgMta *mta)
{
    g_autofree char *mc = sg_sendmail_source(mta);
    g_autofree char *folder = g_path_get_dirname(sg_mta_place(mta));
    g_autofree char *makefile = g_build_filename(folder, "Makefile", NULL);
    g_autofree char *from = mc ? g_path_get_basename(mc) : g_strdup("sendmail.mc");
    g_autofree char *to = g_path_get_basename(sg_mta_place(mta));

    if (g_file_test(makefile, G_FILE_TEST_EXISTS))
        return g_strdup_printf("make -C %s\nsystemctl restart sendmail\n", folder);
    return g_strdup_printf("cd %s && m4 %s > %s\nsystemctl restart sendmail\n", folder, from, to);
}

static gboolean is_running(const char *pid_file)
{
    g_autofree char *text = NULL;
    gint64 pid;

    if (!g_file_get_contents(pid_file, &text, NULL, NULL))
        return FALSE;
    pid = g_ascii_strtoll(text, NULL, 10);
    return pid > 0 && pid <= G_MAXINT && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static gboolean is_newer(const struct stat *one, const struct stat *other)
{
    if (one->st_mtim.tv_sec != other->st_mtim.tv_sec)
        return one->st_mtim.tv_sec > other->st_mtim.tv_sec;
    return one->st_mtim.tv_nsec > other->st_mtim.tv_nsec;
}

/* It writes its number when it starts. */
gboolean sg_sendmail_is_outdated(const SgMta *mta)
{
    const char *set = sg_mta_setting(mta, "PidFile");
    const char *pid_file = set ? set : PID_FILE;
    struct stat cf, started;

    return stat(sg_mta_place(mta), &cf) == 0 && stat(pid_file, &started) == 0 &&
           is_running(pid_file) && is_newer(&cf, &started);
}
