/* operator.h - who types, as the audit trail has it */
#pragma once

#include "schoolgate/config.h"

typedef struct SgOperator {
    const char *name; /* of this machine's user, or of the reviewer who has that login */
    const char *role; /* "operator" for who is no reviewer */
} SgOperator;

/* Borrowed from `config` and the environment. */
SgOperator sg_operator(const SgConfig *config);
