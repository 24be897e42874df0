/* reviewer.h - who is at the keyboard, as the configuration knows them */
#pragma once

#include "schoolgate/config.h"

/* For the options of the verbs that look into the record. */
#define SG_OPTION_AS(name)                                                                         \
    {                                                                                              \
        "as", 0, 0, G_OPTION_ARG_FILENAME, (name),                                                 \
            "act as that reviewer (root and the record's owner only)", "NAME"                      \
    }

/* The reviewer who has this login (behind sudo: the one who called it) or, for root and the owner
 * of the record, the one of name `as`; that may be NULL. Where the configuration names no
 * reviewers, whoever we are is the officer. An error (SG_RECORD_ERROR_FORBIDDEN) when we are
 * nobody, and when the record is not to be found. Free with sg_reviewer_free(). */
SgReviewer *sg_desk_reviewer(const SgConfig *config, const char *as, GError **error);

/* Who types, as the audit trail has it, for what takes no reviewer. */
typedef struct SgOperator {
    const char *name; /* of this machine's user, or of the reviewer who has that login */
    const char *role; /* "operator" for who is no reviewer, where there are some */
} SgOperator;
/* Borrowed from `config` and the environment. */
SgOperator sg_desk_operator(const SgConfig *config);
