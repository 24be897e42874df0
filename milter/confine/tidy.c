/* tidy.c - see tidy.h. */
#include "schoolgate/tidy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES_MOST 8

static int by_number(const void *one, const void *other)
{
    return *(const int *)one - *(const int *)other;
}

void sg_files_keep(const int *files, gsize count)
{
    int kept[FILES_MOST];
    int next = STDERR_FILENO + 1;

    g_assert(count <= FILES_MOST);
    memcpy(kept, files, count * sizeof *kept);
    qsort(kept, count, sizeof *kept, by_number);
    for (gsize i = 0; i < count; i++) {
        if (kept[i] > next)
            close_range((guint)next, (guint)kept[i] - 1, 0);
        next = MAX(next, kept[i] + 1);
    }
    close_range((guint)next, ~0U, 0);
}

void sg_files_hush(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0)
        return;
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (null > STDERR_FILENO)
        close(null);
}

gboolean sg_limit(int what, guint64 soft, guint64 hard)
{
    struct rlimit now;
    struct rlimit wanted;

    if (getrlimit((__rlimit_resource_t)what, &now) != 0)
        return FALSE;
    wanted.rlim_max = MIN(now.rlim_max, hard);
    wanted.rlim_cur = MIN(wanted.rlim_max, soft);
    return setrlimit((__rlimit_resource_t)what, &wanted) == 0;
}

void sg_limit_harm(void)
{
    static const int harmful[] = {RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_RTPRIO,
                                  RLIMIT_NICE};

    for (gsize i = 0; i < G_N_ELEMENTS(harmful); i++)
        sg_limit(harmful[i], 0, 0);
}

void sg_environment_tidy(void)
{
    /* Of the C library, GLib, OpenSSL, curl, SQLite, ICU and libxml2; a trailing * stands for any
     * ending. */
    static const char *const surprising[] = {
        "LD_*",      "GLIBC_TUNABLES", "GCONV_PATH",  "GETCONF_DIR", "HOSTALIASES",  "LOCALDOMAIN",
        "LOCPATH",   "MALLOC_*",       "NLSPATH",     "RES_OPTIONS", "RESOLV_*",     "TMPDIR",
        "TZDIR",     "G_MESSAGES_*",   "G_DEBUG",     "GIO_*",       "GSETTINGS_*",  "OPENSSL_*",
        "SSL_*",     "SSLKEYLOGFILE",  "CURL_*",      "NETRC",       "HOME",         "XDG_*",
        "SQLITE_*",  "ICU_*",          "XML_*",       "SGML_*",      "FONTCONFIG_*", "LDAP*",
        "ALL_PROXY", "HTTP_PROXY",     "HTTPS_PROXY", "all_proxy",   "http_proxy",   "https_proxy",
        "no_proxy",  "NO_PROXY",       "BASH_ENV",    "ENV",
    };
    g_auto(GStrv) names = g_listenv();

    for (gsize i = 0; i < G_N_ELEMENTS(surprising); i++)
        for (char **name = names; *name; name++)
            if (g_pattern_match_simple(surprising[i], *name))
                g_unsetenv(*name);
}
