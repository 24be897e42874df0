/* reading.h - what the process side needs of a reading: where its pieces go
 *
 * The child hands each piece on as soon as it is found, so that what was read before a crash or a
 * timeout is judged all the same. */
#pragma once

#include "readers.h"

typedef struct SgReadingSink {
    /* FALSE when nobody listens any more: the reading stops. `origin` and `bytes` are borrowed. */
    gboolean (*piece)(gpointer data, SgPieceKind kind, const char *origin, SgSpan bytes);
    void (*fault)(gpointer data, const char *fault);
    gpointer data;
} SgReadingSink;

/* A reading whose pieces and faults go to `sink` instead of being collected. `sink` is borrowed. */
SgReading *sg_reading_new_into(const SgExtractLimits *limits, const SgReadingSink *sink);

SgPieces *sg_pieces_new(void);
/* Copies `origin` and `bytes`. */
void sg_pieces_add(SgPieces *pieces, SgPieceKind kind, const char *origin, SgSpan bytes);
/* Takes ownership of `bytes`. */
void sg_pieces_take(SgPieces *pieces, SgPieceKind kind, const char *origin, GBytes *bytes);
/* Notes a fault once. */
void sg_pieces_fault(SgPieces *pieces, const char *fault);
