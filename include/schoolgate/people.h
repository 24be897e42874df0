/* people.h - who an address belongs to: its role, its groups, and what said so
 *
 * A snapshot is built once and never changes; any number of threads read it. A look-up is a hash
 * look-up (patterns are tried only for addresses that nothing else knows). */
#pragma once

#include "schoolgate/lexer.h"

#define SG_PEOPLE_ERROR (sg_people_error_quark())
GQuark sg_people_error_quark(void);
typedef enum { SG_PEOPLE_ERROR_FILE, SG_PEOPLE_ERROR_FULL } SgPeopleError;

/* Roles are few: a set of them is a word, and `from staff` one AND. */
#define SG_ROLES_MAX 64
typedef guint64 SgRoleSet;
typedef guint SgRole; /* index into the snapshot's roles */

/* The roles every school has; the configuration may add more behind them. */
enum {
    SG_ROLE_STAFF,
    SG_ROLE_STUDENT,
    SG_ROLE_FORMER_STUDENT,
    SG_ROLE_PARENT,
    SG_ROLE_GOVERNOR,
    SG_ROLE_VOLUNTEER,
    SG_ROLE_CONTRACTOR,
    SG_ROLE_OFFICIAL, /* shared school mailboxes: office, admissions */
    SG_ROLE_EXTERNAL, /* nobody we know */
    SG_ROLES_BUILTIN
};

/* What a school's configuration says of people, before it is loaded. */
typedef struct SgPeopleSpec SgPeopleSpec;
SgPeopleSpec *sg_people_spec_new(void);
void sg_people_spec_free(SgPeopleSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPeopleSpec, sg_people_spec_free)

/* Each reads one block of that kind: `role NAME`, `group NAME`, `people`, `export NAME`. */
void sg_people_read_role(SgPeopleSpec *spec, const SgBlock *block, SgReport *report);
void sg_people_read_group(SgPeopleSpec *spec, const SgBlock *block, SgReport *report);
void sg_people_read_people(SgPeopleSpec *spec, const SgBlock *block, SgReport *report);
void sg_people_read_export_block(SgPeopleSpec *spec, const SgBlock *block, SgReport *report);
extern const SgSetting sg_export_settings[];
extern const SgSetting sg_role_settings[];
extern const SgSetting sg_group_settings[];
extern const SgSetting sg_people_settings[];

/* Adds the copy that is kept of a directory, at `path`, to be read behind all files; it need not be
 * there. What it says gives way to what files say, and its groups add to theirs. `groups`
 * (NULL-terminated) are known even while nobody is in them. */
void sg_people_add_directory(SgPeopleSpec *spec, const char *name, const char *path,
                             const char *const *groups);
/* The first line of such a copy, with its end. What follows are lines of as many fields, as in any
 * CSV file of people: `groups`, `personal` and `members` are words with spaces between. */
#define SG_DIRECTORY_COPY_HEAD "role,address,groups,until,personal,members\n"

/* Reads the files that `spec` names and builds the snapshot. A line of a file that makes no sense
 * is a warning in `report` and is skipped; a file that cannot be read is an error there. Unknown
 * roles named in `includes` are errors. Returns NULL if and only if there was an error. */
typedef struct SgPeople SgPeople;
SgPeople *sg_people_load(const SgPeopleSpec *spec, SgReport *report);
SgPeople *sg_people_ref(SgPeople *people);
void sg_people_unref(SgPeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPeople, sg_people_unref)

guint sg_people_count(const SgPeople *people); /* addresses known one by one */

/* Role names. The set of a role holds itself and, down to the end, the roles it includes.
 * sg_people_role() returns FALSE for a name that is no role. */
gboolean sg_people_role(const SgPeople *people, SgSpan name, SgRole *role);
SgRoleSet sg_people_role_set(const SgPeople *people, SgRole role);
const char *sg_people_role_name(const SgPeople *people, SgRole role);
const char *const *sg_people_role_names(const SgPeople *people);  /* NULL-terminated */
const char *const *sg_people_group_names(const SgPeople *people); /* NULL-terminated, sorted */

/* The names of the roles in `roles`, in the snapshot's order: of const char *, borrowed. */
GPtrArray *sg_role_names(const SgPeople *people, SgRoleSet roles);
/* Likewise as one text, "staff, governor"; "" for the empty set. Free with g_free(). */
char *sg_role_list(const SgPeople *people, SgRoleSet roles);

/* What the snapshot was made of: the files that were read, alias files that others include among
 * them, in order; NULL-terminated, borrowed. */
const char *const *sg_people_files(const SgPeople *people);
/* What gives `role`: addresses one by one, and whole domains and patterns. */
typedef struct SgRoleSources {
    guint addresses;
    guint domains;
    guint patterns;
} SgRoleSources;
SgRoleSources sg_people_role_sources(const SgPeople *people, SgRole role);
/* The domains that have a role, "*.example" among them; in no order. Free with g_strfreev(). */
char **sg_people_domains(const SgPeople *people);

/* One address of an envelope (or of a From header), and who it is. Made by sg_people_party(), or
 * by hand in tests and examples; freed with sg_party_free(). */
typedef struct SgParty {
    char *address;         /* as it came, without angle brackets; what is not UTF-8 replaced */
    char *role_name;       /* of `role` */
    SgRole role;           /* the one to show: a list that holds students shows as student */
    SgRoleSet roles;       /* every role it stands for; a list stands for its members' roles */
    SgRoleSet personal_of; /* roles of those whose personal address this is; 0 for none */
    char **groups;         /* NULL-terminated, sorted; of a list, its members' too */
    char *source;  /* what decided, for people: "people.csv:12", "domain kingsmead.example" */
    guint members; /* addresses behind a list; 0 for a plain address */
} SgParty;

SgParty *sg_party_new(const char *address, SgRole role, const char *role_name);
void sg_party_free(SgParty *party);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgParty, sg_party_free)
gboolean sg_party_in_group(const SgParty *party, const char *group);

/* Who `address` is at `when` (seconds, UTC). `until` counts that whole day; then a student is a
 * former-student, and everybody else but a former-student is external.
 * The first that knows decides the role: the address itself (the configuration, then CSV), a list
 * of that name, the same without its tag, a pattern, the domain. Groups add up from all.
 * Accepts what an envelope or a header holds: angle brackets, any case, a plus tag, a quoted local
 * part, an IDN in either form. Never NULL: who is unknown is external. */
SgParty *sg_people_party(const SgPeople *people, const char *address, gint64 when);

/* `address` as an envelope has it, byte for byte, without the angle brackets around it. Free with
 * g_free(). */
char *sg_address_unbracketed(const char *address);

/* `address` as it is compared: lower case, no brackets, no source route, domain in ASCII form.
 * Always valid UTF-8. What is no address, or is longer than 1,000 bytes, comes out without a domain
 * and in quotes, so that it can be taken for nobody's. Free with g_free(). */
char *sg_address_normal(const char *address);

/* Likewise; NULL for what no mail server would take for one mailbox's address. Free with g_free().
 */
char *sg_address_valid(const char *address);

/* Likewise, without its tag: all addresses of one mailbox come out alike. Free with g_free(). */
char *sg_people_mailbox(const SgPeople *people, const char *address);

/* The other addresses that files of people list as personal ones of whoever has `address`, in
 * normal form, sorted; NULL-terminated, may be empty. Free with g_strfreev(). */
char **sg_people_personal(const SgPeople *people, const char *address);

typedef enum { SG_DIRECTION_OUTGOING, SG_DIRECTION_INCOMING } SgDirection;

/* An earlier message with the same words, by the same sender. */
typedef struct SgSending {
    gint64 when;
    guint recipients; /* members of lists counted */
} SgSending;

/* Everybody who has to do with one message. */
typedef struct SgParties {
    SgParty *sender;       /* the login if there is one, else the envelope sender */
    SgParty *envelope;     /* the envelope sender where `sender` is the login; else NULL */
    SgParty *author;       /* of the From header; NULL if there is none */
    GPtrArray *recipients; /* of SgParty, in envelope order */
    SgDirection direction; /* outgoing: authenticated, or from an inside network */
    gboolean authenticated;
    gboolean bounce;     /* null envelope sender */
    GArray *sent_before; /* of SgSending; NULL where nobody remembers */
} SgParties;

SgParties *sg_parties_new(SgDirection direction); /* with no one in it yet */
void sg_parties_free(SgParties *parties);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgParties, sg_parties_free)

/* The columns that the first line of a file of people names, as `export` would read it; empty when
 * it names none. NULL with `error` when it cannot be read. Free with g_strfreev(). */
char **sg_people_columns(const char *path, GError **error);
