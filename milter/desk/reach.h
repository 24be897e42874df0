/* reach.h - whether another user may use a file, by the modes of it and of every folder above it
 *
 * Asked without becoming that user, which only root could. Access lists (ACL) and the like are not
 * seen. */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct SgUser {
    char *name;
    uid_t uid;
    GArray *groups; /* of gid_t, the main one first */
} SgUser;

/* NULL when there is no such user. Free with sg_user_free(). */
SgUser *sg_user_find(const char *name);
/* Whoever runs this process. */
SgUser *sg_user_self(void);
void sg_user_free(SgUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgUser, sg_user_free)
/* Of the main one. Free with g_free(). */
char *sg_user_group_name(const SgUser *user);
gboolean sg_user_has_group(const SgUser *user, gid_t group);

typedef enum { SG_REACH_READ = 4, SG_REACH_WRITE = 2, SG_REACH_ENTER = 1 } SgReach;

/* Whether we ourselves can see `path` well enough to tell; root always can. */
gboolean sg_reach_can_tell(const char *path);

/* NULL when `user` may do all of `how` with `path`; else what is in the way, in words that name the
 * file or folder and its owner: "'/var/lib/x' (owner root, group root, mode 0700) lets 'postfix'
 * not in". The folders from below `from` on are looked at: "/" for all. Free with g_free(). */
char *sg_reach_obstacle(const SgUser *user, const char *from, const char *path, int how);
