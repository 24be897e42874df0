/* config.h - a whole configuration: schoolgate.conf, what it includes, and the people it names
 *
 * Loaded at once and never changed: a reload makes a new one, and a message in flight keeps the one
 * it started with. Any number of threads may read it. */
#pragma once

#include "schoolgate/directory.h"
#include "schoolgate/log.h"
#include "schoolgate/policy.h"
#include "schoolgate/relay.h"
#include "schoolgate/retention.h"
#include "schoolgate/review.h"

#include <gio/gio.h>

/* What is done with mail that could not be dealt with. */
typedef enum { SG_FAILURE_TEMPFAIL, SG_FAILURE_PASS } SgFailure;

typedef enum { SG_SCOPE_OUTGOING, SG_SCOPE_EVERYTHING } SgScope;

typedef struct SgSchool {
    char *name;
    char *reference;  /* two or three capitals that begin every incident's number */
    char *officer;    /* address */
    char *head;       /* address; may be NULL */
    char *successor;  /* who decides when officer and head are concerned; may be NULL */
    char *postmaster; /* address; the officer's by default */
    char *contact;    /* whom a refusal says to ask; the officer's address by default */
    char *time_zone;  /* name, for times that are shown */
} SgSchool;

typedef struct SgGateSettings {
    char *socket; /* as libmilter takes it: unix:/path, inet:port@host, inet6:port@host */
    guint socket_mode;
    char *socket_group; /* NULL: the group of `user` */
    char *user;         /* NULL: stay who we are */
    SgScope judge;
    GPtrArray *inside;    /* of GInetAddressMask: whence mail is outgoing without a login */
    char *login_domain;   /* added to a login without one; NULL: none */
    guint64 concurrency;  /* messages judged at once */
    gint64 turn;          /* seconds: for so long one waits until it is judged */
    guint64 spool_memory; /* bytes of a message kept in memory; more goes to an unlinked file */
    char *spool;          /* folder for those files */
    char *cache;          /* folder for compiled patterns; NULL: the one of the database */
    SgLogTo log;
    SgLogForm log_form;
    guint64 trace_messages; /* that are traced, from the load on; 0: none */
    char *trace_from;       /* of this sender only; NULL: of all */
} SgGateSettings;

typedef struct SgFailures {
    SgFailure store;  /* the record cannot be written */
    SgFailure spool;  /* no memory or no disk to take the message in */
    SgFailure helper; /* the process that reads attachments is not there */
    SgAction limit;   /* a limit was reached: the message is unscannable */
} SgFailures;

typedef enum { SG_SEND_BY_COMMAND, SG_SEND_BY_SMTP } SgSendBy;

typedef struct SgCourierSettings {
    SgSendBy send_by;
    char *command;        /* path of a sendmail command, Postfix's or Sendmail's */
    char *smtp;           /* HOST:PORT; NULL for by command */
    char *from;           /* the address that notices come from; the officer's by default */
    char *texts;          /* folder of texts that replace the built-in ones; NULL: none */
    gint64 notice_every;  /* a sender is told of the same rule at most once within; seconds */
    gint64 give_up_after; /* seconds of trying */
    gint64 token_valid;   /* seconds that the MTA has to bring a released message past the gate */
    gboolean tell_release;
    gboolean digest;
    guint digest_at; /* minutes after midnight, in the school's zone, on school days */
} SgCourierSettings;

/* The officer's web pages. */
typedef struct SgConsoleSettings {
    gboolean wanted;   /* there is such a block; otherwise nothing is served */
    char *listen;      /* ADDRESS:PORT; of this machine alone, unless there is a certificate;
                          NULL: there are no pages */
    char *metrics;     /* ADDRESS:PORT of what monitoring reads; NULL: nowhere */
    char *certificate; /* paths of PEM files; NULL: no TLS */
    char *key;
    char *address;        /* URL that people type in; NULL: where we listen */
    GPtrArray *proxies;   /* of GInetAddressMask: the web servers that stand in front */
    char *sign_on_header; /* in which these say who has signed in; NULL: people sign in here */
    char *sign_out;       /* URL where they sign out of that; NULL: not known */
    gboolean names_shown; /* FALSE: roles, until somebody asks for names */
    gint64 idle;          /* seconds, as SgSessionTimes has them */
    gint64 longest;
} SgConsoleSettings;

typedef struct SgReviewSettings {
    gint64 undo; /* seconds within which a decision can be undone */
    gboolean two_people;
} SgReviewSettings;

typedef struct SgConfig {
    char *path;
    char *digest; /* SHA-256, hexadecimal, of that file and all it includes, in order */
    SgSchool school;
    SgGateSettings gate;
    SgFailures failures;
    SgLimits limits;
    SgGuard guard;
    char *database;
    SgCourierSettings courier;
    SgReviewSettings review;
    SgConsoleSettings console;
    SgRetention retention;
    GPtrArray *reviewers;   /* of SgReviewer */
    GPtrArray *files;       /* all that it was read from: interned names */
    GPtrArray *relays;      /* of SgRelay */
    GPtrArray *directories; /* of SgDirectory */
    const char *waits_for;  /* a directory without a copy, without which nobody is judged; NULL */
    SgPeople *people;
    SgPolicy *policy;
    /*< private >*/
    SgPeopleSpec *people_spec;
    gint references;
    struct SgConfig *base;
} SgConfig;

/* Loads `path` and all it names. Returns NULL if and only if `report` has errors; warnings may
 * stand in `report` either way. */
SgConfig *sg_config_load(const char *path, SgReport *report);
/* The same as if `text` stood in the file at `path`, which need not be there: to look at a
 * configuration before it is written. */
SgConfig *sg_config_load_text(const char *path, GBytes *text, SgReport *report);
SgConfig *sg_config_ref(SgConfig *config);
void sg_config_unref(SgConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgConfig, sg_config_unref)

/* `config` with another policy, and all else as it is: shared, so that neither may be changed any
 * more. Takes ownership of `policy`. Free with sg_config_unref(). */
SgConfig *sg_config_with_policy(SgConfig *config, SgPolicy *policy);

/* `config` with its people read again from the files and directories that it names: the rest is as
 * it was loaded, whatever has been written since. NULL when `report` has errors. Free with
 * sg_config_unref(). */
SgConfig *sg_config_with_people(SgConfig *config, SgReport *report);

/* Whom the guard alerts: postmaster and officer, each address once. NULL-terminated, for
 * sg_record_decide(). Free with g_free(); the addresses are borrowed. */
const char **sg_config_guard_alert(const SgConfig *config);

/* The relay of that name, or NULL. Borrowed. */
const SgRelay *sg_config_relay(const SgConfig *config, const char *name);

/* The reviewer of that name, or who has that login on this machine. NULL for none. Borrowed. */
const SgReviewer *sg_config_reviewer(const SgConfig *config, const char *name);

/* Whether whoever has `address` (as a reviewer: any of their addresses and logins) is the
 * incident's sender or one of its recipients. A list's members are not known here. */
gboolean sg_config_concerns(const SgConfig *config, const SgIncident *incident,
                            const char *address);

typedef enum { SG_ASK_OFFICER, SG_ASK_HEAD } SgAsk;

/* Who is told of `incident` where officer or head would be: whoever of officer (not for
 * SG_ASK_HEAD), head and successor is named and not concerned by it comes first; else the
 * postmaster. NULL when all of them are concerned. Borrowed. */
const char *sg_config_reviewer_for(const SgConfig *config, const SgIncident *incident, SgAsk ask);

/* The same, as SgTellWhom: `config` is an SgConfig. */
const char *sg_config_officer_for(const SgIncident *incident, gconstpointer config);
const char *sg_config_head_for(const SgIncident *incident, gconstpointer config);

/* What sg_record_decide() goes by. `alert` is sg_config_guard_alert()'s, and outlives the rules. */
SgReviewRules sg_config_review_rules(const SgConfig *config, const char *const *alert);

/* `ADDRESS:PORT` as the console listens there; NULL when it is none. Free with g_object_unref(). */
GSocketAddress *sg_console_address(const char *text);

/* Where people's browsers find `path`, such as "/incident/KM-7F3Q-2", for a letter to them. NULL
 * when there is no console, or only this machine's own browser would find it. Free with g_free().
 */
char *sg_console_link(const SgConsoleSettings *console, const char *path);

/* Judging is many times quicker with patterns that are compiled together, which takes a while where
 * they are many; the result is kept in a file. Verdicts are the same without. To be called before
 * other threads have `config`. */

/* Takes them from the file; FALSE when none there is for just these patterns. */
gboolean sg_config_use_compiled(SgConfig *config);
/* Does so, or compiles them and keeps them. FALSE, with `error`, when they cannot be kept: they are
 * used all the same. */
gboolean sg_config_compile(SgConfig *config, GError **error);

/* Where the configuration is when nothing says otherwise: /etc/schoolgate/schoolgate.conf. */
const char *sg_config_default_path(void);

/* Every kind of block with its settings, as a text manual. Free with g_free(). */
char *sg_config_help(void);

/* A file that the configuration names; what is wrong is said without its name. */
GBytes *sg_config_file(const char *path, GError **error);
