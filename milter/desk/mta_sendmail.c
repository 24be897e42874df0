/* mta_sendmail.c - what Sendmail is told, as its sendmail.cf says: the lines O, X and D */
#include "mta_internal.h"

#include <string.h>

/* sendmail.cf goes on where a line begins with white space. */
static GPtrArray *whole_lines(const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) raw = g_strsplit(text, "\n", -1);

    for (char **line = raw; *line; line++) {
        gboolean more = g_ascii_isspace(**line) && lines->len > 0;
        char *last = more ? lines->pdata[lines->len - 1] : NULL;

        g_strchomp(*line);
        if (more)
            lines->pdata[lines->len - 1] = g_strconcat(last, " ", g_strchug(*line), NULL);
        else
            g_ptr_array_add(lines, g_strdup(*line));
        g_free(last);
    }
    return lines;
}

/* `Letter=value` or `Name=value` among fields parted by commas, by the first letter, as Sendmail
 * itself reads them. NULL when there is none. Free with g_free(). */
static char *field_of(const char *text, char letter)
{
    g_auto(GStrv) fields = g_strsplit(text, ",", -1);

    for (char **field = fields; *field; field++) {
        char *equals = strchr(g_strstrip(*field), '=');

        if (equals && **field == letter)
            return g_strstrip(g_strdup(equals + 1));
    }
    return NULL;
}

static SgMtaAbsent absent_of(const char *flags)
{
    if (flags && strpbrk(flags, "T4"))
        return SG_MTA_ABSENT_TEMPFAIL;
    return flags && strchr(flags, 'R') ? SG_MTA_ABSENT_REJECT : SG_MTA_ABSENT_PASS;
}

/* One of `T=C:5m;S:10s;R:10s;E:5m`. */
static gint64 time_of(const char *times, char letter, gint64 otherwise)
{
    g_auto(GStrv) parts = g_strsplit(times ? times : "", ";", -1);

    for (char **part = parts; *part; part++)
        if (*g_strstrip(*part) == letter && (*part)[1] == ':')
            return sg_mta_seconds(*part + 2, 1, otherwise);
    return otherwise;
}

/* The text behind the X: `schoolgate, S=local:/run/schoolgate/milter.sock, F=T, T=R:2m`. */
SgMtaMilter *sg_mta_sendmail_milter(const char *text)
{
    g_autofree char *name = g_strstrip(g_strndup(text, strcspn(text, ",")));
    g_autofree char *address = field_of(text, 'S'), *flags = field_of(text, 'F'),
                    *times = field_of(text, 'T');
    SgMtaMilter *milter = sg_mta_milter_new(name, address ? address : "");

    milter->absent = absent_of(flags);
    milter->connect_time = time_of(times, 'C', 300);
    milter->command_time = time_of(times, 'R', 10);
    milter->content_time = time_of(times, 'E', 300);
    return milter;
}

static void keep_option(SgMta *mta, const char *text)
{
    const char *equals = strchr(text, '=');

    if (!equals)
        return;
    char *name = g_strstrip(g_strndup(text, (gsize)(equals - text)));
    g_hash_table_replace(mta->settings, name, g_strstrip(g_strdup(equals + 1)));
}

/* `DZ8.17.1.9`, `D{auth_authen}somebody`: kept as "DZ" and "D{auth_authen}". */
static void keep_macro(SgMta *mta, const char *text)
{
    gsize name = *text == '{' ? strcspn(text, "}") + 1 : 1;

    if (name <= strlen(text))
        g_hash_table_replace(mta->settings, g_strdup_printf("D%.*s", (int)name, text),
                             g_strstrip(g_strdup(text + name)));
}

/* The milters that `names` lists, parted by `separators`; one that no X line explains is none. */
static void add_milters(const GPtrArray *lines, const char *names, const char *separators,
                        GPtrArray *milters)
{
    g_auto(GStrv) list = g_strsplit_set(names ? names : "", separators, -1);

    for (char **name = list; *name; name++) {
        g_autofree char *begin = g_strdup_printf("X%s,", g_strstrip(*name));

        for (guint i = 0; **name && i < lines->len; i++)
            if (g_str_has_prefix(lines->pdata[i], begin))
                g_ptr_array_add(milters, sg_mta_sendmail_milter((const char *)lines->pdata[i] + 1));
    }
}

/* One daemon of `O DaemonPortOptions=Name=MTA, Port=smtp, InputMailFilters=a;b`. */
static void add_daemon(SgMta *mta, const GPtrArray *lines, const char *options)
{
    g_autofree char *name = field_of(options, 'N'), *own = field_of(options, 'I');
    SgMtaService *service = sg_mta_add_service(mta, name ? name : "MTA", "sendmail");

    service->by_network = TRUE;
    service->own_milters = own != NULL;
    add_milters(lines, own ? own : sg_mta_setting(mta, "InputMailFilters"), own ? ";" : ",",
                service->milters);
}

static void read_lines(SgMta *mta, const GPtrArray *lines)
{
    for (guint i = 0; i < lines->len; i++) {
        const char *line = lines->pdata[i];

        if (g_str_has_prefix(line, "O "))
            keep_option(mta, line + 2);
        else if (*line == 'D')
            keep_macro(mta, line + 1);
    }
}

SgMta *sg_mta_read_sendmail(const char *path, GError **error)
{
    static const char daemon[] = "O DaemonPortOptions=";
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;

    path = path ? path : SG_SENDMAIL_CF;
    if (!g_file_get_contents(path, &text, NULL, &why)) {
        gboolean none = g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        g_set_error(error, SG_MTA_ERROR, none ? SG_MTA_ERROR_NONE : SG_MTA_ERROR_UNREADABLE,
                    "cannot read what Sendmail is told: %s", why->message);
        return NULL;
    }
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GPtrArray) lines = whole_lines(valid);
    g_autoptr(SgMta) mta = sg_mta_new(SG_MTA_SENDMAIL, path);
    read_lines(mta, lines);
    /* What sendmail(1) hands in goes to a daemon of the same list, by SMTP. */
    add_milters(lines, sg_mta_setting(mta, "InputMailFilters"), ",", mta->network);
    add_milters(lines, sg_mta_setting(mta, "InputMailFilters"), ",", mta->local);
    for (guint i = 0; i < lines->len; i++)
        if (g_str_has_prefix(lines->pdata[i], daemon))
            add_daemon(mta, lines, (const char *)lines->pdata[i] + strlen(daemon));
    if (mta->services->len == 0)
        add_daemon(mta, lines, "");
    return g_steal_pointer(&mta);
}
