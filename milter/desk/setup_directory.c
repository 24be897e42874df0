/* setup_directory.c - what setup must know of a directory, the file of its password, and asking it
 * before anything is written; see setup_known.h */
#include "setup_known.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory_tell.h"
#include "options.h"
#include "safe_write.h"
#include "schoolgate/directory.h"

static gboolean is_set(const SgSetup *setup, SgAsked asked)
{
    g_autofree char *now = sg_setup_now(setup, asked);

    return now && *now;
}

/* Of one of several servers. */
static gboolean has_scheme(const SgSetup *setup, const char *scheme)
{
    g_autofree char *servers = sg_setup_now(setup, SG_ASKED_DIRECTORY);
    g_autofree char *small = servers ? g_ascii_strdown(servers, -1) : NULL;

    return small && strstr(small, scheme) != NULL;
}

gboolean sg_concerns_directory_block(const SgSetup *setup)
{
    return is_set(setup, SG_ASKED_DIRECTORY);
}

gboolean sg_concerns_start_tls(const SgSetup *setup)
{
    return has_scheme(setup, "ldap://");
}

gboolean sg_concerns_ca_file(const SgSetup *setup)
{
    g_autofree char *start_tls = sg_setup_now(setup, SG_ASKED_START_TLS);

    return has_scheme(setup, "ldaps://") ||
           (has_scheme(setup, "ldap://") && g_strcmp0(start_tls, "no") != 0);
}

gboolean sg_concerns_password(const SgSetup *setup)
{
    return is_set(setup, SG_ASKED_DIRECTORY) && is_set(setup, SG_ASKED_BIND_AS);
}

/* Proposals --------------------------------------------------------------------------------------
 */

char *sg_propose_start_tls(const SgSetup *setup)
{
    (void)setup;
    return g_strdup("yes");
}

/* As Active Directory and most others have it: the labels of the domain. */
char *sg_propose_base(const SgSetup *setup)
{
    g_autofree char *staff = sg_setup_now(setup, SG_ASKED_STAFF);
    g_autofree char *domain = g_strndup(staff ? staff : "", staff ? strcspn(staff, ", ") : 0);
    const char *bare = g_str_has_prefix(domain, "*.") ? domain + 2 : domain;
    g_auto(GStrv) labels = g_strsplit(bare, ".", -1);
    g_autofree char *joined = g_strjoinv(",dc=", labels);

    return *bare ? g_strconcat("dc=", joined, NULL) : NULL;
}

char *sg_propose_password_file(const SgSetup *setup)
{
    (void)setup;
    return g_strdup("directory.password");
}

char *sg_directory_whom(const char *answer)
{
    if (g_ascii_strncasecmp(answer, "ou=", 3) != 0)
        return g_strdup(answer);
    return g_strdup_printf("(objectClass=person)  below %s", answer);
}

/* Files ------------------------------------------------------------------------------------------
 */

gboolean sg_check_ca_file(SgSetup *setup, const char *answer, GError **error)
{
    g_autofree char *path = sg_path_beside(setup->path, answer);

    if (!*answer || sg_setup_is_as_it_was(setup, SG_ASKED_CA_FILE, answer) ||
        g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    return sg_setup_refuse(error, "there is no file '%s'", path);
}

static gboolean check_new_file(const SgSetup *setup, const char *path, GError **error)
{
    g_autofree char *above = NULL;

    if (!setup->asks)
        return sg_setup_refuse(error,
                               "there is no file '%s'; make it, with the password in its first "
                               "line, then: chown root:schoolgate %s; chmod 640 %s",
                               path, path, path);
    return sg_file_may_be_made(path, &above) ||
           sg_setup_refuse(error, "cannot make a file in '%s': %s", above, g_strerror(errno));
}

gboolean sg_check_password_file(SgSetup *setup, const char *answer, GError **error)
{
    g_autofree char *path = sg_path_beside(setup->path, answer);
    struct stat file;

    if (!*answer || (!setup->asks && sg_setup_is_as_it_was(setup, SG_ASKED_PASSWORD_FILE, answer)))
        return TRUE;
    if (stat(path, &file) != 0)
        return errno == ENOENT
                   ? check_new_file(setup, path, error)
                   : sg_setup_refuse(error, "cannot look at '%s': %s", path, g_strerror(errno));
    if (!S_ISREG(file.st_mode))
        return sg_setup_refuse(error, "'%s' is no file", path);
    return (file.st_mode & (S_IROTH | S_IWOTH)) == 0 ||
           sg_setup_refuse(error,
                           "anybody on this machine can use '%s', so that the password in it is "
                           "not taken: chmod o= %s",
                           path, path);
}

static char *password_path(const SgSetup *setup)
{
    g_autofree char *now = sg_setup_now(setup, SG_ASKED_PASSWORD_FILE);

    return now && *now && sg_concerns_password(setup) ? sg_path_beside(setup->path, now) : NULL;
}

gboolean sg_setup_needs_password(const SgSetup *setup)
{
    g_autofree char *path = password_path(setup);

    return path && !g_file_test(path, G_FILE_TEST_EXISTS);
}

char *sg_setup_write_password(const SgSetup *setup, const char *reader, GError **error)
{
    g_autofree char *path = password_path(setup);

    if (!path || !setup->password || !sg_file_make_secret(path, setup->password, reader, error))
        return NULL;
    return g_steal_pointer(&path);
}

/* Trying -----------------------------------------------------------------------------------------
 */

static SgBlock *find_block(const GPtrArray *blocks)
{
    for (guint i = 0; i < blocks->len; i++) {
        SgBlock *block = blocks->pdata[i];
        if (sg_span_is(block->head.keyword, "directory"))
            return block;
    }
    return NULL;
}

static void keep_first_error(gboolean is_error, const char *line, gpointer data)
{
    char **first = data;

    if (is_error && !*first)
        *first = g_strdup(line);
}

/* As the answers have it, and whatever else its block says. NULL having said what is wrong. */
static SgDirectory *read_directory(const SgSetup *setup)
{
    g_autofree char *text = g_strdup(setup->anew ? "" : setup->ground);
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *wrong = NULL;

    sg_setup_set_block(setup, SG_ASKED_DIRECTORY, &text);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GPtrArray) blocks = sg_blocks_read(setup->path, bytes, report);
    SgBlock *block = find_block(blocks);
    g_autoptr(SgDirectory) directory = block ? sg_directory_read(block, report) : NULL;
    sg_report_each(report, keep_first_error, &wrong);
    if (directory && !wrong)
        return g_steal_pointer(&directory);
    sg_complain("%s", wrong ? wrong : "the configuration names no directory");
    return NULL;
}

/* Where nobody else finds it: in memory that looks like a file. -1 on error. */
static int lend_password(const SgSetup *setup, SgDirectory *directory)
{
    int file = memfd_create("password", MFD_CLOEXEC);
    gsize len = strlen(setup->password);

    if (file < 0 || fchmod(file, 0600) != 0 || write(file, setup->password, len) != (gssize)len) {
        sg_complain("cannot keep the password: %s", g_strerror(errno));
        if (file >= 0)
            close(file);
        return -1;
    }
    g_free(directory->password_file);
    directory->password_file = g_strdup_printf("/proc/self/fd/%d", file);
    return file;
}

/* An answer that finds nobody is a wrong one, however well the directory has answered. */
static gboolean has_nobody(const SgDirectoryFound *found)
{
    gboolean nobody = FALSE;

    for (guint i = 0; i < found->roles->len; i++) {
        const SgDirectoryCount *count = found->roles->pdata[i];
        if (count->people > 0)
            continue;
        nobody = TRUE;
        sg_complain("nobody is found to be %s: look at who that is said to be, at the group's "
                    "members, and at 'base'",
                    count->name);
    }
    return nobody;
}

static SgTriedDirectory ask(const SgDirectory *directory)
{
    g_autoptr(GError) error = NULL;
    gint64 began = g_get_monotonic_time();
    g_autoptr(SgDirectoryFound) found = NULL;

    printf("\nAsking the directory ...\n");
    fflush(stdout);
    found = sg_directory_ask(directory, sg_directory_patience(directory, -1), &error);
    if (!found) {
        sg_directory_tell_trouble(directory, error);
        return g_error_matches(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_PASSWORD)
                   ? SG_TRIED_WRONG_PASSWORD
                   : SG_TRIED_WRONG;
    }
    sg_directory_tell(directory, found, g_get_monotonic_time() - began, SG_DIRECTORY_SHOW_COUNTS);
    fflush(stdout);
    return has_nobody(found) ? SG_TRIED_WRONG : SG_TRIED_RIGHT;
}

SgTriedDirectory sg_setup_try_directory(const SgSetup *setup)
{
    g_autoptr(SgDirectory) directory = read_directory(setup);
    SgTriedDirectory tried;
    int file = -1;

    if (!directory)
        return SG_TRIED_WRONG;
    if (setup->password && (file = lend_password(setup, directory)) < 0)
        return SG_TRIED_WRONG;
    tried = ask(directory);
    if (file >= 0)
        close(file);
    return tried;
}
