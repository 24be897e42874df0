/* directory.h - who is who, asked of LDAP or Active Directory
 *
 * Only this room knows libldap. A directory is asked in the background, by a process of its own or
 * by the command line; what it says is kept as a copy on disk, which people.h reads like any other
 * file. Mail is judged by the copy: nobody waits for the directory, and while it is away the last
 * good copy stands. A copy is replaced whole or not at all. */
#pragma once

#include "schoolgate/lexer.h"

#define SG_DIRECTORY_ERROR (sg_directory_error_quark())
GQuark sg_directory_error_quark(void);
typedef enum {
    SG_DIRECTORY_ERROR_PASSWORD_FILE, /* it cannot be read, or others can read it */
    SG_DIRECTORY_ERROR_CONNECT,       /* nobody answers there */
    SG_DIRECTORY_ERROR_TIMEOUT,
    SG_DIRECTORY_ERROR_CERTIFICATE, /* it cannot be trusted, or TLS fails otherwise */
    SG_DIRECTORY_ERROR_NO_START_TLS,
    SG_DIRECTORY_ERROR_PASSWORD, /* the bind is refused */
    SG_DIRECTORY_ERROR_RIGHTS,
    SG_DIRECTORY_ERROR_BASE, /* `base`, or what stands behind `below`, is not there */
    SG_DIRECTORY_ERROR_SIZE, /* the server gives no more entries at once */
    SG_DIRECTORY_ERROR_MANY, /* more than `size-most`, or than a copy can hold */
    SG_DIRECTORY_ERROR_NOBODY,
    SG_DIRECTORY_ERROR_SHRINK, /* far fewer people than before */
    SG_DIRECTORY_ERROR_BUSY,   /* somebody else refreshes it just now */
    SG_DIRECTORY_ERROR_COPY,   /* the copy cannot be written */
    SG_DIRECTORY_ERROR_ENDED,  /* we were asked to end */
    SG_DIRECTORY_ERROR_SERVER, /* anything else that it says */
    SG_DIRECTORY_ERRORS
} SgDirectoryError;

/* What is to be done about `error`, a sentence; NULL when it is not of this domain. */
const char *sg_directory_cure(const GError *error);

/* Whom a role or a group is about: entries that match, or those whom a group names. */
typedef struct SgDirectoryTarget {
    char *name;   /* of the role or group; NULL where entries are named by themselves */
    char *filter; /* NULL: `dn` */
    char *below;  /* where to look; NULL: at the base */
    char *dn;     /* of a group */
    SgPlace place;
} SgDirectoryTarget;

typedef enum { SG_NESTED_WALK, SG_NESTED_IN_CHAIN, SG_NESTED_NO } SgDirectoryNesting;

/* Which file a copy was, when somebody looked; all 0: there was none. */
typedef struct SgDirectoryMark {
    guint64 inode;
    gint64 size;
    gint64 seconds;
    gint64 nanoseconds;
} SgDirectoryMark;

/* One directory, as its block says. Read once, then never changed but for `folder` and `loaded`. */
typedef struct SgDirectory {
    char *name;
    SgPlace place;
    char *digest;           /* of all that the block says */
    char *folder;           /* where its copy is; NULL until sg_directory_set_folder() */
    SgDirectoryMark loaded; /* that who is who was last read from */
    GPtrArray *servers;
    gboolean start_tls;
    char *ca_file;
    char *bind_as;
    char *password_file;
    char *base;
    GPtrArray *roles;  /* of SgDirectoryTarget, these four */
    GPtrArray *groups; /* one named group each */
    GPtrArray *every;  /* groups named by their own entries */
    GPtrArray *lists;  /* groups that have an address */
    GPtrArray *address;
    GPtrArray *personal;
    GPtrArray *members; /* attributes that name a group's members, or a person's groups */
    char *until;        /* NULL: nobody's account ends */
    SgDirectoryNesting nested;
    gint64 refresh; /* seconds, as the next three */
    gint64 timeout;
    gint64 longest; /* of a whole refresh */
    gint64 stale_after;
    guint page; /* entries; 0: all at once */
    guint64 size_most;
    guint shrink_most; /* percent */
    gboolean start_without_copy;
} SgDirectory;

extern const SgSetting sg_directory_settings[];

/* Reads a block `directory NAME`. What is wrong goes to `report`; what is returned can be freed
 * and asked for its names all the same. */
SgDirectory *sg_directory_read(const SgBlock *block, SgReport *report);
void sg_directory_free(SgDirectory *directory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgDirectory, sg_directory_free)

/* The folder of all directories' copies, which need not be there yet. */
void sg_directory_set_folder(SgDirectory *directory, const char *folder);
/* Of the copy, as people.h reads it. Free with g_free(). */
char *sg_directory_copy_path(const SgDirectory *directory);
gboolean sg_directory_has_copy(const SgDirectory *directory);
SgDirectoryMark sg_directory_mark(const SgDirectory *directory);
gboolean sg_directory_mark_is(SgDirectoryMark one, SgDirectoryMark other);
/* The groups that exist by the configuration alone, NULL-terminated. Free with g_free(); the names
 * are borrowed. */
const char **sg_directory_group_names(const SgDirectory *directory);

/* How it is with a copy, for whoever wants to tell: times are seconds, UTC; 0: never. */
typedef struct SgDirectoryState {
    gint64 tried;
    gint64 succeeded;
    gint64 changed;  /* when what it says was last other than before */
    gint64 failures; /* since the last success */
    char *error;     /* of the last try; NULL: it went well */
    char *cure;      /* what is to be done about that; may be NULL */
    char *server;    /* that answered last; NULL: none has */
    char *digest;    /* of the block that it was asked by */
    guint people;
    guint addresses;
    guint lists;
    guint groups;
    gint64 took; /* milliseconds */
} SgDirectoryState;

/* Never fails: of a directory that nobody has asked, all is 0. */
void sg_directory_state_read(const SgDirectory *directory, SgDirectoryState *state);
void sg_directory_state_clear(SgDirectoryState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgDirectoryState, sg_directory_state_clear)

/* Whether its copy is older at `now` than the configuration has it, or was never there. */
gboolean sg_directory_is_stale(const SgDirectory *directory, const SgDirectoryState *state,
                               gint64 now);

/* How long somebody waits: until `stop` can be read from, -1 for none. */
typedef struct SgDirectoryPatience {
    gint64 deadline; /* monotonic, microseconds */
    int stop;
} SgDirectoryPatience;
SgDirectoryPatience sg_directory_patience(const SgDirectory *directory, int stop);

/* What a directory says. Free with sg_directory_found_free(). */
typedef struct SgDirectoryCount {
    char *name;
    guint people;
} SgDirectoryCount;

typedef struct SgDirectoryFound {
    GPtrArray *roles;  /* of SgDirectoryCount, in the block's order */
    GPtrArray *groups; /* likewise, by name */
    GPtrArray *notes;  /* of char *: what was odd, and left out */
    GString *copy;     /* as the file is */
    char *server;
    guint people;
    guint addresses;
    guint lists;
} SgDirectoryFound;
void sg_directory_found_free(SgDirectoryFound *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgDirectoryFound, sg_directory_found_free)

/* Asks the directory: the first of its servers that answers. Changes nothing. NULL with `error`. */
SgDirectoryFound *sg_directory_ask(const SgDirectory *directory, SgDirectoryPatience patience,
                                   GError **error);

/* FALSE, with `error`, when taking `found` for the copy would lose more people than may be lost at
 * once: from the whole, or from any role. */
gboolean sg_directory_may_replace(const SgDirectory *directory, const SgDirectoryFound *found,
                                  GError **error);

typedef enum { SG_DIRECTORY_GUARDED, SG_DIRECTORY_ACCEPT_LOSS } SgDirectoryLoss;

/* Asks, and replaces the copy on disk, whose state is kept beside it, also of a failure. On
 * failure the copy stays as it was. `found` may be NULL; otherwise free what it gets. */
gboolean sg_directory_refresh(const SgDirectory *directory, SgDirectoryLoss loss,
                              SgDirectoryPatience patience, SgDirectoryFound **found,
                              GError **error);

/* Refreshes `directories` (of SgDirectory) when each is due, until `stop` can be read from, or its
 * other end is closed. Calls `changed` whenever a copy on disk is another than was last read, be it
 * by us or by somebody else. For a process of its own, with one thread, which confines itself: it
 * returns as well when one of its files is another than when it began, which only a new process
 * could read. Returns the exit code. */
int sg_directory_run(const GPtrArray *directories, int stop, void (*changed)(gpointer data),
                     gpointer data);
