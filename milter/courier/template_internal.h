/* template_internal.h - a text as template.c has read it, for fill.c */
#pragma once

#include "template.h"

/* Either words of the text, or a place to fill in. */
typedef struct SgTextPiece {
    char *literal;
    char *place;
} SgTextPiece;

/* A paragraph, or an item of a list. */
typedef struct SgBlockOfText {
    gboolean item;
    GPtrArray *pieces; /* of SgTextPiece */
} SgBlockOfText;

struct SgTemplate {
    SgBlockOfText *subject;
    GPtrArray *blocks; /* of SgBlockOfText */
};
