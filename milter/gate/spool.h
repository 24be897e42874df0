/* spool.h - takes a message in: in memory up to a cap, then in a file that has no name
 *
 * One thread at a time. After the first failure everything further is dropped, and
 * sg_spool_finish() says what went wrong. */
#pragma once

#include <glib.h>

#define SG_SPOOL_ERROR (sg_spool_error_quark())
GQuark sg_spool_error_quark(void);
typedef enum { SG_SPOOL_ERROR_MEMORY, SG_SPOOL_ERROR_FILE } SgSpoolError;

typedef struct SgSpool SgSpool;

/* Up to `memory` bytes are kept in memory, more goes to an unlinked file in `folder`, which is
 * copied. Never fails: nothing is opened before it is needed. */
SgSpool *sg_spool_new(guint64 memory, const char *folder);
void sg_spool_free(SgSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgSpool, sg_spool_free)

void sg_spool_append(SgSpool *spool, const void *bytes, gsize len);
gsize sg_spool_size(const SgSpool *spool); /* of what was appended, failed or not */

/* All that was appended, or NULL with `error`. The spool is empty afterwards; the bytes do not need
 * it. A file is mapped, not read. Free with g_bytes_unref(). */
GBytes *sg_spool_finish(SgSpool *spool, GError **error);
