/* protocol.h - what caller and helper say to each other
 *
 * A request is one packet on a socket pair that all callers share: limits and hints, with two
 * descriptors: the attachment, sealed in memory, and one end of a socket pair of this request's
 * own. Down that one come records, a packet each so that none is ever half sent: pieces and faults
 * as the child finds them, what it has spent, and at last, from the zygote, how the child ended.
 * When it closes without that, the zygote has died. The caller believes nothing of what a child
 * sends.
 */
#pragma once

#include "reading.h"

#define SG_HINT_MAX 255 /* bytes of a name or type that are handed over */

typedef struct SgRequest {
    SgExtractLimits limits;
    char name[SG_HINT_MAX + 1]; /* "" for none */
    char type[SG_HINT_MAX + 1];
} SgRequest;

typedef struct SgRequestFiles {
    int attachment;
    int reply;
} SgRequestFiles;

/* FALSE with errno set. The descriptors stay the caller's. */
gboolean sg_request_send(int socket, const SgRequest *request, SgRequestFiles files);
/* Waits for a request: 1 for one, whose descriptors are the caller's then; 0 when nobody can ask
 * any more; -1 for something else, which is to be passed over. */
int sg_request_receive(int socket, SgRequest *request, SgRequestFiles *files);

/* Behind the kinds of SgPieceKind. */
typedef enum {
    SG_RECORD_MORE = SG_PIECE_LINK + 1, /* the next bytes of the piece before */
    SG_RECORD_FAULT,                    /* its name */
    SG_RECORD_SPENT,                    /* an SgSpent */
    SG_RECORD_END,                      /* an SgEnding, from the zygote */
} SgRecordKind;

typedef enum { SG_ENDED_WELL, SG_ENDED_CRASHED, SG_ENDED_LATE, SG_ENDED_GREEDY } SgEnding;

typedef struct SgSpent {
    guint64 entries;
    guint64 output;
} SgSpent;

typedef struct SgRecordHead {
    guint32 kind;
    guint32 origin; /* bytes of it that follow */
    guint64 total;  /* bytes of the piece, of which as many follow as the packet holds */
} SgRecordHead;

#define SG_RECORD_MAX (sizeof(SgRecordHead) + 48 * 1024)
#define SG_ORIGIN_MAX 8192

/* Sends a record, in several packets when it is long. FALSE when nobody listens any more. */
gboolean sg_record_send(int reply, guint32 kind, SgSpan origin, SgSpan bytes);
/* Says how a child has ended. Does not wait: FALSE with errno EAGAIN when there is no room yet. */
gboolean sg_record_send_end(int reply, SgEnding ending);

/* Reads records from `reply` into `pieces` until the end, but not beyond the monotonic time
 * `until`. FALSE when the zygote has gone; a child that makes no sense, or goes beyond `limits`, is
 * a fault and the end. */
gboolean sg_records_read(int reply, const SgExtractLimits *limits, gint64 until, SgPieces *pieces);
