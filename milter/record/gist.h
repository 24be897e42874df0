/* gist.h - what lists and figures ask of a finding
 *
 * A school's rules make a few hundred different ones, so that each is stored once, in a table of
 * its own, and findings have its number: hundreds of thousands of them are read in no time from an
 * index that holds nothing else. Nothing of a message is in there. */
#pragma once

#include "record_internal.h"

/* Of two gists of the same SgGists the same text is at the same place. */
typedef struct SgGist {
    const char *rule;
    const char *title; /* may be NULL, as may be the next three */
    const char *policy;
    const char *clause;
    const char *clause_title;
    SgSeverity severity;
    SgMode mode;
    SgAction enforced;
    gboolean overridden; /* by the sender */
} SgGist;

/* All there are, as `db` sees them. NULL on error. */
typedef struct SgGists SgGists;
SgGists *sg_gists_read(sqlite3 *db, GError **error);
void sg_gists_free(SgGists *gists);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgGists, sg_gists_free)
/* Borrowed; an error for a number that none has. */
const SgGist *sg_gists_get(const SgGists *gists, gint64 number, GError **error);

/* The statements by which findings get theirs, prepared once. */
typedef struct SgGistKeeper {
    sqlite3_stmt *find;
    sqlite3_stmt *add;
} SgGistKeeper;
gboolean sg_gist_keeper_prepare(SgGistKeeper *keeper, sqlite3 *db, GError **error);
void sg_gist_keeper_clear(SgGistKeeper *keeper);
/* The number of `finding`'s gist, which is stored should there be none like it. */
gboolean sg_gist_keeper_number(SgGistKeeper *keeper, const SgFinding *finding, gint64 *number,
                               GError **error);
