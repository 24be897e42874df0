/* people_internal.h - what the files of this room share: the insides of a snapshot, the builder
 * that fills it, and the readers of people's files, which take bytes so that tests and fuzzers
 * need no file */
#pragma once

#include "schoolgate/people.h"

#define SG_ADDRESS_MAX      1000 /* bytes of an address that are read */
#define SG_DOMAIN_MAX       253  /* RFC 1035: longer is no domain */
#define SG_FILE_MAX         (64 * 1024 * 1024)
#define SG_COMPLAINTS_MAX   100        /* warnings about one file */
#define SG_INCLUDES_MAX     1000       /* files that alias files include, all together */
#define SG_LIST_MEMBERS_MAX 100000     /* addresses behind one list */
#define SG_LIST_STEPS_MAX   5000000    /* members of all lists together */
#define SG_ROLE_NONE        G_MAXUINT8 /* nothing here says a role */
#define SG_FOREVER          G_MAXINT64

/* address.c - an address taken apart. */
typedef struct SgAddress {
    char *local;       /* what the local part says: unquoted, folded, valid UTF-8 */
    char *domain;      /* valid, lower case, ASCII form; NULL: none */
    gboolean local_ok; /* the local part is written as RFC 5321 or RFC 6531 has it */
} SgAddress;

/* Never fails: what is no address has no domain, or its local part is not "ok". */
void sg_address_read(SgAddress *address, SgSpan text);
void sg_address_clear(SgAddress *address);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgAddress, sg_address_clear)
/* The first `len` bytes of `local`, quoted where it needs it, at `domain` (may be NULL). */
char *sg_address_join(const char *local, gsize len, const char *domain);
/* The address without what follows the first `delimiter` of its local part; NULL when there is
 * none. */
char *sg_address_untagged(const SgAddress *address, char delimiter);
/* `text` without angle brackets and what is around them; valid UTF-8, otherwise as it came. */
char *sg_address_bare(const char *text);
/* NULL when nothing is left. */
char *sg_domain_normal(SgSpan text);
gboolean sg_domain_is_valid(const char *domain);

/* Where something was said. */
typedef struct SgOrigin {
    const char *what; /* "domain kingsmead.example"; NULL for a line of a file of people */
    const char *file; /* interned */
    guint line;
} SgOrigin;

char *sg_origin_text(SgOrigin origin);

/* Small things that live as long as the snapshot. */
typedef struct SgArena {
    GPtrArray *blocks;
    gsize left;
} SgArena;

void sg_arena_init(SgArena *arena);
void sg_arena_clear(SgArena *arena);
gpointer sg_arena_new0(SgArena *arena, gsize size);

typedef struct SgMembership {
    const char *group; /* one pointer per name in a snapshot */
    struct SgMembership *next;
} SgMembership;

/* Somebody who has given an address as another one of theirs. */
typedef struct SgOwner {
    const struct SgPerson *person;
    SgOrigin origin;
    struct SgOwner *next;
} SgOwner;

/* How many of those behind a list hold a role. */
typedef struct SgTally {
    SgRole role;
    guint lasting; /* without an end */
    GArray *ends;  /* gint64, sorted: when the others cease to hold it */
} SgTally;

typedef struct SgList {
    SgOrigin origin;
    guint index;
    guint members;
    GArray *roles;     /* of SgTally, of members */
    GArray *owners;    /* of SgTally, of those whose personal address a member is */
    GPtrArray *groups; /* names, borrowed from the snapshot */
} SgList;

/* What is known of one address. */
typedef struct SgPerson {
    const char *address;
    SgOrigin origin; /* of role and end; file NULL: neither role nor line of its own */
    guint8 role;     /* or SG_ROLE_NONE */
    gboolean listed; /* a line of a CSV file is about it */
    gint64 end;      /* the first second after `until`, or SG_FOREVER */
    SgMembership *groups;
    SgOwner *owners;
    SgList *list;
} SgPerson;

typedef struct SgDomain {
    SgOrigin origin;
    guint8 role; /* or SG_ROLE_NONE: only groups */
    SgMembership *groups;
} SgDomain;

typedef struct SgPattern {
    GRegex *regex;
    SgOrigin origin;
    SgRole role;
} SgPattern;

struct SgPeople {
    gatomicrefcount references;
    GStringChunk *strings;
    SgArena arena;
    GPtrArray *roles; /* names, and a NULL */
    SgRoleSet sets[SG_ROLES_MAX];
    GHashTable *persons; /* normal address -> SgPerson */
    GHashTable *domains; /* "kingsmead.example", "*.example" -> SgDomain */
    GArray *patterns;    /* of SgPattern, in the order of trying */
    GPtrArray *lists;    /* of SgList */
    GPtrArray *groups;   /* names, sorted, and a NULL */
    GPtrArray *files;    /* paths of those that were read, and a NULL */
    guint count;
    char delimiter; /* NUL: none */
};

SgPeople *sg_people_new(void);
SgList *sg_list_new(SgOrigin origin, guint index);
void sg_list_free(SgList *list);
const char *sg_people_string(SgPeople *people, const char *string);

/* sources.c */
void sg_people_add_file(SgPeople *people, const char *path);

/* What says who an address is, and for how long. */
typedef struct SgStanding {
    const SgPerson *exact; /* of the address as it is; NULL: unknown */
    const SgPerson *plain; /* of the address without its tag; NULL: no tag, or unknown */
    const SgList *list;    /* not NULL: its members decide */
    SgRole role;
    gint64 end;
    SgOrigin origin; /* file NULL: nothing names it */
} SgStanding;

/* `except` is passed over: a list that names itself means the mailbox of that name. */
void sg_people_decide(const SgPeople *people, const SgAddress *address, const SgList *except,
                      SgStanding *standing);
/* Adds every group of the address, a name maybe more than once. */
void sg_people_gather_groups(const SgPeople *people, const SgAddress *address,
                             const SgStanding *standing, GPtrArray *groups);

/* people_file.c - a file of people while it is read. */
typedef struct SgPeopleFile {
    const char *name; /* interned */
    GBytes *text;
    const char *at; /* behind a byte order mark */
    const char *end;
    SgReport *report;
    guint complaints;
} SgPeopleFile;

/* A regular file of at most SG_FILE_MAX bytes. NULL with `error` in SG_PEOPLE_ERROR otherwise. */
GBytes *sg_people_file_bytes(const char *path, GError **error);
void sg_people_file_init(SgPeopleFile *file, const char *name, GBytes *text, SgReport *report);
/* Says how many complaints were left out. */
void sg_people_file_done(SgPeopleFile *file);
/* A warning about the text at `where`, which lies within the file. */
void sg_people_file_warn(SgPeopleFile *file, SgSpan where, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* An error about the file. */
void sg_people_file_fail(SgPeopleFile *file, SgSpan where, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* FALSE with a warning when `lines` hold a NUL or are not UTF-8. */
gboolean sg_people_file_is_text(SgPeopleFile *file, SgSpan lines);
/* `span` as a message may show it: without control characters, cut at 60 characters. g_free() it.
 */
char *sg_people_shown(SgSpan span);

/* csv.c - records and fields. */
typedef struct SgCsvField {
    gsize value; /* where in SgCsv.values it begins, NUL-terminated */
    SgSpan raw;
} SgCsvField;

typedef struct SgCsv {
    const char *at;
    const char *end;
    char separator; /* a comma */
    guint next_line;
    guint line; /* in which the record begins */
    SgSpan raw; /* the record */
    GString *values;
    GArray *fields;    /* of SgCsvField */
    const char *fault; /* why the record cannot be read, or NULL */
    SgSpan fault_at;
} SgCsv;

void sg_csv_init(SgCsv *csv, const char *at, const char *end);
void sg_csv_clear(SgCsv *csv);
/* Reads one record that is not empty; FALSE at the end. After a fault reading goes on in the line
 * below the record's first, so that a stray quote costs one line. */
gboolean sg_csv_next(SgCsv *csv);
const char *sg_csv_value(const SgCsv *csv, guint field);

/* load.c - a snapshot while it is filled. */
typedef struct SgDraft {
    SgList *list;
    GPtrArray *targets; /* normal addresses, owned */
    GPtrArray *nested;  /* of SgList: the files it includes */
} SgDraft;

/* An included file that is not yet read. */
typedef struct SgInclude {
    SgList *list;
    char *path;
    char *domain;
    SgPlace place; /* what names it */
} SgInclude;

typedef struct SgPeopleBuilder {
    SgPeople *people;
    SgReport *report;
    GHashTable *groups;   /* set of the snapshot's names */
    GArray *drafts;       /* of SgDraft, by SgList.index */
    GHashTable *included; /* path and domain -> SgList */
    GPtrArray *waiting;   /* of SgInclude */
} SgPeopleBuilder;

/* With the built-in roles, and a snapshot of nobody. */
SgPeopleBuilder *sg_people_builder_new(SgReport *report);
void sg_people_builder_free(SgPeopleBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPeopleBuilder, sg_people_builder_free)
/* Expands lists and sorts names. What is asked of the builder afterwards is undefined. */
SgPeople *sg_people_builder_finish(SgPeopleBuilder *builder);
/* The person of that normal address, made when there is none. */
SgPerson *sg_people_builder_person(SgPeopleBuilder *builder, const char *address);
void sg_people_builder_join(SgPeopleBuilder *builder, SgMembership **groups, const char *name);
/* A new list with no targets. */
SgList *sg_people_builder_list(SgPeopleBuilder *builder, SgOrigin origin);
SgDraft *sg_people_builder_draft(SgPeopleBuilder *builder, const SgList *list);

/* Each reads one file's text into the builder. */
void sg_people_read_csv(SgPeopleBuilder *builder, const char *name, GBytes *text);
/* Likewise of the copy of a directory, `what` it is called where it decides. */
void sg_people_read_copy(SgPeopleBuilder *builder, const char *name, GBytes *text,
                         const char *what);
void sg_people_read_aliases(SgPeopleBuilder *builder, const char *name, GBytes *text,
                            const char *domain);
void sg_people_read_virtual(SgPeopleBuilder *builder, const char *name, GBytes *text);
/* Likewise of what a school's system has exported; see export.c. */
typedef struct SgExportSpec SgExportSpec;
void sg_people_read_export(SgPeopleBuilder *builder, const SgExportSpec *export, GBytes *text);
/* Lists by the names of files in a folder, each with an address a line. */
void sg_people_read_members(SgPeopleBuilder *builder, const char *path, const char *name,
                            GBytes *text);
void sg_people_read_folder(SgPeopleBuilder *builder, const char *path, const char *domain,
                           SgPlace place);
/* `personal` belongs to `owner`, as `origin` says. */
void sg_people_builder_own(SgPeopleBuilder *builder, const char *personal, const SgPerson *owner,
                           SgOrigin origin);
/* Reads the files that alias files have included so far, and what those include. */
void sg_people_read_includes(SgPeopleBuilder *builder);
void sg_include_free(SgInclude *include);

/* lists.c - who is behind each list. */
void sg_people_expand_lists(SgPeopleBuilder *builder);

/* spec.c - what the configuration says, as it was written. */
typedef struct SgNamed {
    char *text;
    SgPlace place;
} SgNamed;

typedef struct SgPatternSpec {
    GRegex *regex;
    char *shown;
    SgPlace place;
} SgPatternSpec;

/* A role or a group; only a role has includes and patterns. */
typedef struct SgCircleSpec {
    char *name;
    GArray *includes; /* of SgNamed, each of them */
    GArray *domains;
    GArray *addresses;
    GArray *patterns; /* of SgPatternSpec */
} SgCircleSpec;

typedef enum {
    SG_FILE_CSV,
    SG_FILE_ALIASES,
    SG_FILE_VIRTUAL,
    SG_FILE_FOLDER,
    SG_FILE_EXPORT,
    SG_FILE_DIRECTORY,
} SgFileKind;

typedef struct SgFileSpec {
    SgFileKind kind;
    char *path;
    char *domain; /* of aliases and folders */
    SgExportSpec *export;
    char *name; /* of a directory */
    SgPlace place;
} SgFileSpec;

/* export_spec.c - how the columns of an export are meant. */
typedef enum { SG_DATES_YEAR_FIRST, SG_DATES_DAY_FIRST, SG_DATES_MONTH_FIRST } SgDates;

/* `Teacher` in the column means `staff`. */
typedef struct SgRoleValue {
    char *role;
    char *value; /* casefolded */
    SgPlace place;
} SgRoleValue;

struct SgExportSpec {
    char *path;
    GPtrArray *address; /* names of columns, as these three */
    GPtrArray *groups;
    GPtrArray *personal;
    char *role_column; /* NULL: none */
    char *until;       /* likewise */
    SgNamed role;      /* of whoever has no other; text NULL: nobody */
    GArray *values;    /* of SgRoleValue */
    SgDates dates;
    char separator; /* NUL: the one that the first line has most of */
    char *encoding; /* NULL: found out */
};
void sg_export_spec_free(SgExportSpec *spec);

/* day.c - the first second behind that day, in UTC. FALSE when it is none. */
gboolean sg_day_read(const char *text, SgDates dates, gint64 *end);

struct SgPeopleSpec {
    GPtrArray *roles;  /* of SgCircleSpec; the built-in ones first */
    GPtrArray *groups; /* of SgCircleSpec */
    GArray *files;     /* of SgFileSpec */
    char delimiter;
};

extern const char *const sg_builtin_roles[]; /* by SG_ROLE_…, NULL-terminated */

/* pattern.c - compiles a pattern for addresses, or complains at the place of its fault. */
GRegex *sg_address_pattern(const char *pattern, const char *flags, SgPlace place, SgReport *report);
