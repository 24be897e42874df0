/* values.h - values as fill.c reads them */
#pragma once

#include "template.h"

typedef struct SgValue {
    char *text;
    gboolean foreign; /* came by mail */
} SgValue;

/* Of SgValue; NULL for none. Borrowed. */
const GPtrArray *sg_values_of(const SgValues *values, const char *name);
