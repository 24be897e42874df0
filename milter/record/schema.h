/* schema.h - the record's tables, and how an older record becomes a current one */
#pragma once

#include "sql.h"

/* In the file's header, where file(1) and we can see whose it is: "SGrd". */
#define SG_SCHEMA_APPLICATION_ID 0x53477264

/* Step N, as SQL, leads from version N to version N + 1; a new record begins at version 0. A step
 * that has been released is never changed: a further one is added. NULL-terminated. */
extern const char *const sg_schema_steps[];

/* The version of the record that `db` has open; 0 for an empty file. An error
 * (SG_RECORD_ERROR_OPEN) when it is no database, or somebody else's. Reads only. */
gboolean sg_schema_version(sqlite3 *db, gint64 *version, GError **error);

/* Brings the record to the version after the last of `steps`, each step in a transaction of its
 * own. An error of code SG_RECORD_ERROR_NEWER when it is beyond that already. */
gboolean sg_schema_upgrade(sqlite3 *db, const char *const *steps, GError **error);

/* For those who may not upgrade: an error unless the record is of exactly that version. */
gboolean sg_schema_require(sqlite3 *db, const char *const *steps, GError **error);
