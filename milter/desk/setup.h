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
    SG_ASKED_STUDENTS,
    SG_ASKED_PATTERN,
    SG_ASKED_PEOPLE,
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
    char *answers[SG_ASKED]; /* NULL: not answered; "": none */
    char *user;              /* what nobody is asked, but options may say; NULL: as it is */
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
    const char *help;                       /* one line */
    SgConfKey key;                          /* block NULL: not in the configuration */
    gboolean optional;                      /* "none" is an answer */
    gboolean known;                         /* the proposal can be taken without asking */
    char *(*propose)(const SgSetup *setup); /* NULL, or returns NULL: nothing */
    /* Beyond what the configuration's own reader finds; may be NULL, and is told of "" as well. */
    gboolean (*check)(SgSetup *setup, const char *answer, GError **error);
} SgQuestion;
extern const SgQuestion sg_questions[SG_ASKED];

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
/* Asks for a yes; anything else, and no answer, is a no. */
gboolean sg_setup_confirm(const char *question);

/* The configuration with the answers. Free with g_free(). */
char *sg_setup_text(const SgSetup *setup);
