/* query.h - incidents as they are read back, for the questions that record.h offers */
#pragma once

#include "record_internal.h"

/* Which incidents, and in what order: what follows "SELECT … FROM incident". */
typedef struct SgSelection {
    const char *clauses;
    const char *values[2]; /* bound as texts, in order; NULL for none */
} SgSelection;

typedef enum { SG_WITHOUT_SIGNALS, SG_WITH_SIGNALS } SgDetail;

/* The incidents and all that belongs to them but the messages' bytes, of one snapshot: one query
 * for the incidents and one for each kind of thing that belongs to them, however many there are.
 * The caller holds the record's lock. NULL on error. */
GPtrArray *sg_incidents_read(sqlite3 *db, const SgSelection *selection, SgDetail detail,
                             GError **error);
/* The same within a transaction of the caller's. */
GPtrArray *sg_incidents_read_within(sqlite3 *db, const SgSelection *selection, SgDetail detail,
                                    GError **error);
