/* reach.c - see reach.h */
#include "reach.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUPS_MOST 256

static SgUser *user_of(const struct passwd *entry)
{
    SgUser *user = g_new0(SgUser, 1);
    gid_t groups[GROUPS_MOST];
    int n = GROUPS_MOST;

    user->name = g_strdup(entry->pw_name);
    user->uid = entry->pw_uid;
    user->groups = g_array_new(FALSE, FALSE, sizeof(gid_t));
    if (getgrouplist(entry->pw_name, entry->pw_gid, groups, &n) < 0)
        n = GROUPS_MOST;
    g_array_append_vals(user->groups, groups, (guint)n);
    return user;
}

SgUser *sg_user_find(const char *name)
{
    const struct passwd *entry = getpwnam(name);

    return entry ? user_of(entry) : NULL;
}

SgUser *sg_user_self(void)
{
    const struct passwd *entry = getpwuid(geteuid());
    SgUser *user;
    gid_t group = getegid();

    if (entry)
        return user_of(entry);
    user = g_new0(SgUser, 1);
    user->name = g_strdup_printf("%u", (guint)geteuid());
    user->uid = geteuid();
    user->groups = g_array_new(FALSE, FALSE, sizeof(gid_t));
    g_array_append_val(user->groups, group);
    return user;
}

void sg_user_free(SgUser *user)
{
    if (!user)
        return;
    g_free(user->name);
    g_array_unref(user->groups);
    g_free(user);
}

char *sg_user_group_name(const SgUser *user)
{
    gid_t main_group = g_array_index(user->groups, gid_t, 0);
    const struct group *group = getgrgid(main_group);

    return group ? g_strdup(group->gr_name) : g_strdup_printf("%u", (guint)main_group);
}

gboolean sg_user_has_group(const SgUser *user, gid_t group)
{
    for (guint i = 0; i < user->groups->len; i++)
        if (g_array_index(user->groups, gid_t, i) == group)
            return TRUE;
    return FALSE;
}

static char *owner_text(const struct stat *file)
{
    const struct passwd *owner = getpwuid(file->st_uid);
    const struct group *group = getgrgid(file->st_gid);
    g_autofree char *uid = g_strdup_printf("%u", (guint)file->st_uid);
    g_autofree char *gid = g_strdup_printf("%u", (guint)file->st_gid);

    return g_strdup_printf("owner %s, group %s, mode %04o", owner ? owner->pw_name : uid,
                           group ? group->gr_name : gid, (guint)file->st_mode & 07777);
}

/* The bits that count are those of the first class that fits, as the kernel has it. */
static gboolean may(const SgUser *user, const struct stat *file, guint how)
{
    guint mode = (guint)file->st_mode;

    if (user->uid == 0)
        return TRUE;
    if (user->uid == file->st_uid)
        return (mode >> 6 & how) == how;
    return ((sg_user_has_group(user, file->st_gid) ? mode >> 3 : mode) & how) == how;
}

static char *obstacle_at(const SgUser *user, const char *path, guint how)
{
    struct stat file;

    if (stat(path, &file) != 0)
        return g_strdup_printf("'%s': %s", path, g_strerror(errno));
    if (may(user, &file, how))
        return NULL;
    g_autofree char *whose = owner_text(&file);
    return g_strdup_printf("'%s' (%s) does not let '%s' %s", path, whose, user->name,
                           S_ISDIR(file.st_mode) && !(how & ~1u) ? "in"
                           : how & SG_REACH_WRITE                ? "write"
                                                                 : "read");
}

gboolean sg_reach_can_tell(const char *path)
{
    struct stat file;

    return stat(path, &file) == 0 || errno != EACCES;
}

char *sg_reach_obstacle(const SgUser *user, const char *from, const char *path, int how)
{
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    gsize skip = g_str_has_prefix(whole, from) ? strlen(from) : 0;

    for (char *slash = strchr(whole + MIN(skip, strlen(whole)), '/'); slash;
         slash = strchr(slash + 1, '/')) {
        g_autofree char *folder = g_strndup(whole, MAX((gsize)(slash - whole), 1));
        char *obstacle =
            g_strcmp0(folder, from) == 0 ? NULL : obstacle_at(user, folder, SG_REACH_ENTER);

        if (obstacle)
            return obstacle;
    }
    return obstacle_at(user, whole, (guint)how);
}
