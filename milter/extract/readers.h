/* readers.h - what a reader of a file format is given, and how it hands over what it finds
 *
 * Readers run in the locked-in child only: they may allocate and compute, and nothing else. They
 * never trust a length, a count or a depth of the file; what they cannot read is a fault. */
#pragma once

#include "schoolgate/extract.h"

typedef struct SgReading SgReading;

/* One format, whole. Readers are asked in the order of the table; the first that knows it reads. */
typedef struct SgReader {
    const char *name; /* "docx" */
    gboolean (*knows)(SgSpan bytes, const char *name, const char *type);
    void (*read)(SgReading *reading, SgSpan bytes, const char *name, guint depth);
} SgReader;

extern const SgReader *const sg_readers[]; /* ended by NULL */

/* Finds the reader for `bytes` and lets it read; archives call this for what they hold. A file that
 * no reader knows holds no text: no piece, no fault. */
void sg_read_file(SgReading *reading, SgSpan bytes, const char *name, const char *type,
                  guint depth);

/* Hands over a piece. `origin` is prefixed with the archives around it. FALSE when the budget is
 * spent: the reader stops then (the fault has been noted). */
gboolean sg_reading_add(SgReading *reading, SgPieceKind kind, const char *origin, SgSpan bytes);
/* Counts bytes that were unpacked, or a file of an archive; FALSE when the budget is spent. */
gboolean sg_reading_spend(SgReading *reading, gsize bytes);
gboolean sg_reading_entry(SgReading *reading);
/* "encrypted", "broken", or the name of a limit. */
void sg_reading_fault(SgReading *reading, const char *fault);
/* Enters and leaves an archive, for origins; FALSE when it is too deep. */
gboolean sg_reading_enter(SgReading *reading, const char *name);
void sg_reading_leave(SgReading *reading);
guint64 sg_reading_bytes_left(const SgReading *reading);

/* For tests and fuzzers: a reading in this process, without the helper. */
SgReading *sg_reading_new(const SgExtractLimits *limits);
SgPieces *sg_reading_finish(SgReading *reading); /* frees the reading */

/* Loads what the libraries would otherwise load later, when no file may be opened any more: once,
 * in the zygote. */
void sg_readers_init(void);
