/* listening.h - the parent listens for signs of life of its children */
#pragma once

#include "ward.h"

typedef struct SgListening {
    gint64
        patience; /* microseconds after which one that is silent is killed; told after a quarter */
    gint64 due;   /* monotonic: when to look next */
} SgListening;

/* Looks at `wards` when that is due. Returns when it is next due. */
gint64 sg_listening_look(SgListening *listening, SgWard *const *wards, guint n);
