/* privileges.h - who the service runs as, and whether that user can do its work */
#pragma once

#include "schoolgate/config.h"

#include <sys/types.h>

#define SG_PRIVILEGES_ERROR (sg_privileges_error_quark())
GQuark sg_privileges_error_quark(void);
typedef enum { SG_PRIVILEGES_ERROR_UNKNOWN, SG_PRIVILEGES_ERROR_DENIED } SgPrivilegesError;

typedef struct SgIdentity {
    char *name; /* NULL: whoever we are already */
    uid_t uid;
    gid_t gid;
    gid_t socket_group;
} SgIdentity;

/* Looks up the user and the group that `settings` name. Clear with sg_identity_clear(). */
gboolean sg_identity_find(const SgGateSettings *settings, SgIdentity *identity, GError **error);
void sg_identity_clear(SgIdentity *identity);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgIdentity, sg_identity_clear)

/* Becomes that user, for good. */
gboolean sg_identity_assume(const SgIdentity *identity, GError **error);

/* Whether we, as we are now, can create files in the spool and in the record's folder, and write
 * those of the record that are there. */
gboolean sg_folders_usable(const SgConfig *config, GError **error);
/* Says on standard error when we, as we are now, could not read the configuration again. */
void sg_warn_of_reload(const SgConfig *config);

/* What every child of ours gives up: core dumps, a life longer than its parent's, and new
 * privileges. */
void sg_confine_child(pid_t parent);
/* As many descriptors as the system lets us have, within reason. */
void sg_raise_file_limit(void);
