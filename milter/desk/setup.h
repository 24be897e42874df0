/* setup.h - what setup asks a postmaster, and the configuration that comes of the answers
 *
 * Each question is an entry of one table: the option that answers it, its words, what it sets. What
 * is proposed is what the configuration says now, else what this machine tells. Nothing here writes
 * a file. */
#pragma once

#include "conf_text.h"
#include "mta.h"

#define SG_SETUP_ERROR (sg_setup_error_quark())
GQuark sg_setup_error_quark(void);
typedef enum {
    SG_SETUP_ERROR_ANSWER,  /* it makes no sense; the message says what would */
    SG_SETUP_ERROR_MISSING, /* an option is missing; the message names it */
    SG_SETUP_ERROR_FILE,    /* no sample, or a file that cannot be read or written */
    SG_SETUP_ERROR_ENDED,   /* there are no more answers */
} SgSetupError;

typedef enum {
    SG_ASKED_NAME,
    SG_ASKED_REFERENCE,
    SG_ASKED_STAFF,
    SG_ASKED_KNOWN_BY, /* which of the following are asked */
    SG_ASKED_STUDENTS,
    SG_ASKED_PATTERN,
    SG_ASKED_PEOPLE,
    SG_ASKED_COLUMN, /* of a file with columns of its own: where the addresses are, */
    SG_ASKED_ROLE_COLUMN,
    SG_ASKED_ROLE_STUDENT, /* what that column says */
    SG_ASKED_ROLE_STAFF,
    SG_ASKED_ROLE_PARENT,
    SG_ASKED_ROLE, /* of everybody */
    SG_ASKED_GROUPS_COLUMN,
    SG_ASKED_UNTIL_COLUMN,
    SG_ASKED_DATES,
    SG_ASKED_DIRECTORY,
    SG_ASKED_START_TLS,
    SG_ASKED_CA_FILE,
    SG_ASKED_BASE,
    SG_ASKED_BIND_AS,
    SG_ASKED_PASSWORD_FILE,
    SG_ASKED_DIRECTORY_STUDENTS,
    SG_ASKED_DIRECTORY_STAFF,
    SG_ASKED_DIRECTORY_PARENTS,
    SG_ASKED_OFFICER,
    SG_ASKED_HEAD,
    SG_ASKED_POSTMASTER,
    SG_ASKED_ZONE,
    SG_ASKED_MTA,
    SG_ASKED_SOCKET,
    SG_ASKED_INSIDE,
    SG_ASKED_MODE,
    SG_ASKED
} SgAsked;
#define SG_ASKED_DIRECTORY_LAST SG_ASKED_DIRECTORY_PARENTS

typedef struct SgSetup {
    char *path;    /* of the configuration; absolute */
    char *old;     /* what stands there; NULL: nothing */
    gboolean anew; /* nothing does, or the sample as it came: begin with that */
    char *sample;  /* path; NULL unless `anew` */
    char *ground;  /* the text that the answers change */
    char *rules;   /* folder of rules, where that is not the configuration's own; may be NULL */
    char *postfix_config; /* as SgMtaWish has it; may be NULL */
    char *sendmail_cf;
    SgMta *mta; /* the mail server of this machine; NULL: none was found, or none is wanted */
    char *export_block;    /* "export people", or the head of the first that is there */
    char *directory_block; /* likewise */
    gboolean asks;         /* somebody is there to be asked */
    char **columns;        /* of the file of people, where it has columns of its own; may be NULL */
    char *password;        /* typed, for a file that is not there yet; NULL: none was */
    char *answers[SG_ASKED];  /* NULL: not answered; "": none */
    gboolean typed[SG_ASKED]; /* rather than said by an option */
    char *earlier[SG_ASKED];  /* what is proposed when it is asked again; mostly NULL */
    char *user;               /* what nobody is asked, but options may say; NULL: as it is */
    char *state;
    char *send_with;
} SgSetup;
void sg_setup_clear(SgSetup *setup);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgSetup, sg_setup_clear)

/* Reads what is there: `path`, the sample and the mail server. `rules` and the places of the mail
 * server have been set by the caller, or not. */
gboolean sg_setup_read(SgSetup *setup, GError **error);

typedef struct SgQuestion {
    const char *option;                     /* "staff-domain", for --staff-domain */
    const char *value;                      /* what follows it: "DOMAIN, ..." */
    const char *asks;                       /* "The domains of staff's addresses" */
    const char *help;                       /* one line, or several */
    SgConfKey key;                          /* block NULL: not in the configuration */
    gboolean optional;                      /* "none" is an answer */
    gboolean known;                         /* the proposal can be taken without asking */
    char *(*propose)(const SgSetup *setup); /* NULL, or returns NULL: nothing */
    /* Beyond what the configuration's own reader finds; may be NULL, and is told of "" as well. */
    gboolean (*check)(SgSetup *setup, const char *answer, GError **error);
    /* Whether it is of any concern, by the answers before it; NULL: always. */
    gboolean (*concerns)(const SgSetup *setup);
} SgQuestion;
extern const SgQuestion sg_questions[SG_ASKED];

/* Whether it must be asked. */
gboolean sg_setup_concerns(const SgSetup *setup, SgAsked asked);
/* Whether "none" will do for an answer. */
gboolean sg_setup_may_be_none(const SgSetup *setup, SgAsked asked);
/* What holds: the answer or, as long as there is none, what the configuration says. NULL or "" for
 * nothing. Free with g_free(). */
char *sg_setup_now(const SgSetup *setup, SgAsked asked);

/* What stands in the configuration, unless that begins anew; NULL for nothing. Free with g_free().
 */
char *sg_setup_current(const SgSetup *setup, SgAsked asked);
/* That, or what this machine tells; NULL for nothing. Free with g_free(). */
char *sg_setup_proposal(const SgSetup *setup, SgAsked asked);
/* Takes `answer` ("none" where that is one) if it makes sense. */
gboolean sg_setup_answer(SgSetup *setup, SgAsked asked, const char *answer, GError **error);
/* Answers all that was not: as it is, or as this machine tells. The error names every option that
 * is missing. */
gboolean sg_setup_answer_rest(SgSetup *setup, GError **error);
/* Asks all that was not answered, on standard output and input. */
gboolean sg_setup_ask(SgSetup *setup, GError **error);
typedef enum { SG_SETUP_NO, SG_SETUP_YES, SG_SETUP_NO_ANSWER } SgSetupWord;
/* Asks for a yes or a no, until it gets one; Enter is `otherwise`. */
SgSetupWord sg_setup_confirm(const char *question, SgSetupWord otherwise);

/* The configuration with the answers. Free with g_free(). */
char *sg_setup_text(const SgSetup *setup);
