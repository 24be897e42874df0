/* extract.h - the text inside attachments, read by a process that may do nothing else
 *
 * A helper process (a zygote, forked before there are threads) has no network, opens no file and
 * runs no program; for every attachment it forks a child that reads it and dies. What the child is
 * made to do by a hostile file ends there: its crash, its greed and its silence are faults of that
 * attachment. The caller gets pieces: stretches of text, HTML or mail, for the mail room to show.
 */
#pragma once

#include "schoolgate/span.h"

#include <sys/types.h>

#define SG_EXTRACT_ERROR (sg_extract_error_quark())
GQuark sg_extract_error_quark(void);
typedef enum {
    SG_EXTRACT_ERROR_START, /* the helper cannot be started */
    SG_EXTRACT_ERROR_DOWN,  /* the helper is not there; it is being started again */
} SgExtractError;

/* What one attachment may cost; each ends in a fault of the same name. */
typedef struct SgExtractLimits {
    guint64 archive_entries; /* files in all archives of a message together */
    guint64 archive_output;  /* bytes that come out of a message's attachments */
    guint64 archive_depth;   /* archives within archives */
    guint64 helper_seconds;  /* for one attachment */
    guint64 helper_memory;   /* bytes of address space */
} SgExtractLimits;

typedef enum {
    SG_PIECE_TEXT,
    SG_PIECE_HTML,
    SG_PIECE_MESSAGE,
    SG_PIECE_NAME,
    SG_PIECE_LINK
} SgPieceKind;

typedef struct SgPiece {
    SgPieceKind kind;
    char *origin;  /* "list.zip/letter.docx" */
    GBytes *bytes; /* TEXT, NAME, LINK: valid UTF-8; HTML and MESSAGE: as they stand in the file */
} SgPiece;

typedef struct SgPieces {
    GPtrArray *pieces; /* of SgPiece */
    GPtrArray
        *faults; /* of char *: "encrypted", "broken", "archive-entries", "helper-crashed", … */
    guint64 entries; /* spent of archive_entries */
    guint64 output;  /* spent of archive_output */
} SgPieces;

void sg_pieces_free(SgPieces *pieces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPieces, sg_pieces_free)

typedef struct SgExtractor SgExtractor;

/* Forks a keeper, which forks the zygote, and again should it die. Call while the process has one
 * thread. Any thread may use what is returned. */
SgExtractor *sg_extractor_start(GError **error);
void sg_extractor_stop(SgExtractor *extractor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgExtractor, sg_extractor_stop)

/* Reads one decoded attachment. `name` and `type` are hints and may be NULL or lies; `left` is what
 * the message may still spend. NULL only when the helper is down. */
SgPieces *sg_extractor_read(SgExtractor *extractor, GBytes *attachment, const char *name,
                            const char *type, const SgExtractLimits *left, GError **error);

/* For a process that supervises others itself, and so needs no keeper: an extractor without a
 * zygote, whose requests wait until there is one. All that were forked behind this share it. */
SgExtractor *sg_extractor_new(GError **error);
/* Forks its zygote. Returns the process id, or -1 with errno set; when that process ends, the next
 * one takes up where it was. Call while the process has one thread. */
pid_t sg_extractor_fork(const SgExtractor *extractor);
/* The file by which it is asked, for a process that keeps few open. */
int sg_extractor_file(const SgExtractor *extractor);
