/* directory_internal.h - what the files of this room share: entries as they come, and where they
 * come from, so that what is made of them can be tested without a server */
#pragma once

#include "schoolgate/directory.h"
#include "schoolgate/people.h"

#include <ldap.h>

#define SG_VALUE_MAX     ((gsize)4096)             /* bytes of a value that is looked at */
#define SG_VALUES_MAX    100000                    /* of one attribute of one entry */
#define SG_ADDRESSES_MAX 100                       /* of one person */
#define SG_MESSAGE_MAX   (16 * 1024 * 1024)        /* bytes that a server may say at once */
#define SG_COPY_MAX      ((gsize)60 * 1024 * 1024) /* people.h reads no more */
#define SG_LISTED_MAX    1000000                   /* addresses behind all lists */
#define SG_NESTING_MAX   50
#define SG_MEMBER_OF     "memberof"
#define SG_MEMBER_UID    "memberuid"

/* An entry: attributes by their names in lower case, without options; values are UTF-8 text without
 * NULs. */
typedef struct SgEntry {
    char *dn;
    GHashTable *values; /* char * -> GPtrArray of char * */
} SgEntry;

SgEntry *sg_entry_new(const char *dn);
void sg_entry_free(SgEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgEntry, sg_entry_free)
/* FALSE when the value is no text, too long, or one too many: it is left out. */
gboolean sg_entry_add(SgEntry *entry, const char *attribute, const char *value, gsize len);
/* NULL when it has none. */
const GPtrArray *sg_entry_values(const SgEntry *entry, const char *attribute);
const char *sg_entry_value(const SgEntry *entry, const char *attribute);

/* `member;range=0-1499`: the attribute's name in lower case, without options, and where the next
 * piece begins; 0 when there is none. Free with g_free(). */
char *sg_attribute_read(const char *description, guint *next);

/* `dn` as it is compared. Free with g_free(). */
char *sg_dn_key(const char *dn);
/* `value` as it may stand in a filter. Free with g_free(). */
char *sg_filter_value(const char *value);

/* Where entries come from. */
typedef struct SgSource SgSource;
struct SgSource {
    /* Calls `each` for every entry; `attributes` is NULL-terminated. A base that is not there is an
     * error, but for SG_LOOK_AT_ONE: then there is no entry. */
    gboolean (*search)(SgSource *source, const char *base, int scope, const char *filter,
                       const char *const *attributes,
                       void (*each)(const SgEntry *entry, gpointer data), gpointer data,
                       GError **error);
};
#define SG_LOOK_BELOW  LDAP_SCOPE_SUBTREE
#define SG_LOOK_AT_ONE LDAP_SCOPE_BASE

/* connection.c - a server, asked in time. NULL with `error`. */
typedef struct SgConnection {
    SgSource source;
    const SgDirectory *directory;
    SgDirectoryPatience patience;
    LDAP *ldap;
    struct SgWatchdog *watchdog;
    guint64 entries; /* so far */
    guint odd;       /* values that were left out */
} SgConnection;

/* To the first of the directory's servers that answers, bound. `server` is borrowed. */
SgConnection *sg_connection_new(const SgDirectory *directory, SgDirectoryPatience patience,
                                const char **server, GError **error);
void sg_connection_free(SgConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgConnection, sg_connection_free)

/* trouble.c - what LDAP's codes mean to a postmaster. Always FALSE. */
gboolean sg_ldap_fail(LDAP *ldap, int code, const char *attempt, GError **error);

/* session.c - opens a session with `server`: TLS, then who we are. On failure it is closed again.
 */
gboolean sg_session_open(SgConnection *connection, const char *server, GError **error);
void sg_session_close(SgConnection *connection);
/* Waits for what is said of `id`: the next message, or with LDAP_MSG_ALL all of them. NULL with
 * `error`. */
LDAPMessage *sg_session_wait(SgConnection *connection, int id, int all, GError **error);

/* dial.c - a socket that is connected to the server of `url` within `seconds`; -1 with `error`. It
 * blocks. */
int sg_dial(const char *url, gint64 seconds, GError **error);
/* Whether that is a socket of this machine, which has a path; else its port. */
gboolean sg_url_is_here(const LDAPURLDesc *url);
guint16 sg_url_port(const LDAPURLDesc *url);

/* watchdog.c - cuts a socket off when its time is over, whoever waits for it. */
typedef struct SgWatchdog SgWatchdog;
SgWatchdog *sg_watchdog_new(int socket, gint64 until); /* monotonic, microseconds */
/* Other times from now on. */
void sg_watchdog_until(SgWatchdog *watchdog, gint64 until);
gboolean sg_watchdog_has_bitten(SgWatchdog *watchdog);
void sg_watchdog_free(SgWatchdog *watchdog);

/* target.c - reads `FILTER [below DN]` or `DN` behind a setting's other words. */
SgDirectoryTarget *sg_target_read(SgCursor *cursor, char *name);
void sg_target_free(SgDirectoryTarget *target);

/* filter.c - whether `filter` is one. */
gboolean sg_filter_is_good(const char *filter);

/* person.c - what an entry says of somebody. */
typedef struct SgFoundPerson {
    const char *role; /* borrowed; NULL: only groups */
    GPtrArray *addresses;
    GPtrArray *personal;
    GPtrArray *groups; /* const char *, borrowed */
    char until[11];    /* 2026-07-31, or "" */
} SgFoundPerson;

SgFoundPerson *sg_found_person_new(const SgDirectory *directory, const SgEntry *entry, guint *odd);
void sg_found_person_free(SgFoundPerson *person);
/* The addresses that an entry has in `attributes`, the primary one first. */
GPtrArray *sg_entry_addresses(const SgEntry *entry, const GPtrArray *attributes, guint *odd);
/* The last day on which an account with that end counts: of AD's 100 ns since 1601, of generalized
 * time, of a date, or of days since 1970. FALSE: it makes no sense. "" in `day`: it never ends. */
gboolean sg_until_read(const char *value, char day[11]);

/* harvest.c - what all entries together say. */
typedef struct SgFoundList {
    char *address;
    GPtrArray *members; /* char *, owned, each once */
} SgFoundList;

typedef struct SgHarvest {
    const SgDirectory *directory;
    SgSource *source;
    GPtrArray *attributes; /* asked of every entry, and a NULL */
    GPtrArray *persons;    /* of SgFoundPerson, owned, in the order of finding */
    GHashTable *by_dn;     /* key -> SgFoundPerson; NULL: neither person nor group */
    GHashTable *by_uid;    /* in lower case -> SgFoundPerson; NULL: there is none */
    GHashTable *nodes;     /* key -> SgGroupNode: groups */
    GHashTable *held_by;   /* key of a group -> GPtrArray of DNs, by memberOf */
    GPtrArray *holders;    /* DNs of those groups, in the order of finding */
    GPtrArray *lists;      /* of SgFoundList */
    GHashTable *names;     /* set of names of groups */
    guint listed;          /* addresses behind all lists */
    guint odd;             /* values that made no sense */
    guint lost;            /* members that are not there */
    guint deep;            /* groups nested too deeply */
} SgHarvest;

gboolean sg_harvest_take(SgHarvest *harvest, GError **error);
void sg_harvest_init(SgHarvest *harvest, const SgDirectory *directory, SgSource *source);
void sg_harvest_clear(SgHarvest *harvest);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgHarvest, sg_harvest_clear)
/* Notes what an entry is: somebody, or a group. What is known stays as it is. The person is
 * returned if it is one. */
SgFoundPerson *sg_harvest_note(SgHarvest *harvest, const SgEntry *entry);
/* Whether an entry is a group, though maybe an empty one. */
gboolean sg_entry_is_group(const SgHarvest *harvest, const SgEntry *entry);
const char *sg_harvest_name(SgHarvest *harvest, const char *name);

/* members.c - who is in a group, through groups in groups. */
typedef struct SgGroupNode {
    GPtrArray *members; /* DNs, owned */
    GPtrArray *uids;    /* owned */
} SgGroupNode;
SgGroupNode *sg_group_node_new(const SgHarvest *harvest, const SgEntry *entry);
void sg_group_node_free(SgGroupNode *node);
/* A set of SgFoundPerson, of the group at `dn`; NULL with `error`. One that is not there has no
 * members. */
GHashTable *sg_group_members(SgHarvest *harvest, const char *dn, GError **error);
/* Looks at the groups that people are said to be in, and those that these are in. */
gboolean sg_groups_of_people(SgHarvest *harvest, GError **error);

/* found.c - the copy's text, and the counts. NULL with `error` when it would be too large. */
SgDirectoryFound *sg_found_new(const SgHarvest *harvest, GError **error);

/* copy.c - the files of a directory. */
char *sg_directory_file(const SgDirectory *directory, const char *ending);
/* Addresses by role, of the text of a copy: char * -> guint. */
GHashTable *sg_copy_counts(const char *text, gsize len);
gboolean sg_copy_make_folder(const SgDirectory *directory, GError **error);
/* Replaced whole, and on disk when this returns. */
gboolean sg_copy_replace(const char *path, const char *text, gsize len, GError **error);
/* Of the copy that is there; NULL: none. */
GBytes *sg_copy_read(const SgDirectory *directory);
/* A lock that ends with the process or with close(); -1 with `error`. */
int sg_copy_lock(const SgDirectory *directory, GError **error);

/* state.c */
void sg_state_write(const SgDirectory *directory, const SgDirectoryState *state);
