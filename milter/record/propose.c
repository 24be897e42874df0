/* propose.c - critical mail takes two people: the first proposes, the second makes it so. No state
 * changes here; what takes effect does so in decide.c. */
#include "deciding.h"

#include <string.h>

static gboolean takes_two(const SgDeciding *deciding)
{
    const GPtrArray *findings = deciding->incident->findings;

    if (!deciding->rules->two_people || !deciding->step->two_people || deciding->moves->len == 0 ||
        deciding->decision->by->role == SG_REVIEWER_SYSTEM)
        return FALSE;
    for (guint i = 0; i < findings->len; i++)
        if (((const SgFinding *)findings->pdata[i])->severity == SG_SEVERITY_CRITICAL)
            return TRUE;
    return FALSE;
}

/* The positions of the copies that a proposal is about: "0,2". NULL on error. */
static char *copies_of(const SgDeciding *deciding, gint64 proposal, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "SELECT coalesce(group_concat(position), '') FROM (SELECT position"
                       " FROM decision_copy WHERE decision = ? ORDER BY position)",
                       error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);

    if (!statement)
        return NULL;
    sg_bind_integer(&bind, proposal);
    return sg_sql_step(statement, error) == SQLITE_ROW ? sg_row_string(&row) : NULL;
}

static char *our_copies(const SgDeciding *deciding)
{
    GString *positions = g_string_new(NULL);

    for (guint i = 0; i < deciding->moves->len; i++)
        g_string_append_printf(positions, "%s%u", i > 0 ? "," : "",
                               g_array_index(deciding->moves, SgMove, i).position);
    return g_string_free(positions, FALSE);
}

/* The proposal that waits for just this decision; NULL for none. FALSE on error. */
static gboolean find(const SgDeciding *deciding, const SgTaken **found, GError **error)
{
    const GPtrArray *decisions = deciding->incident->decisions;
    g_autofree char *ours = our_copies(deciding);

    for (guint i = 0; i < decisions->len; i++) {
        const SgTaken *taken = decisions->pdata[i];

        if (!taken->waits || taken->kind != deciding->decision->kind)
            continue;
        g_autofree char *theirs = copies_of(deciding, taken->number, error);
        if (!theirs)
            return FALSE;
        if (strcmp(ours, theirs) == 0)
            *found = taken;
    }
    return TRUE;
}

gboolean sg_propose_weigh(const SgDeciding *deciding, gboolean *waits, const SgTaken **confirmed,
                          GError **error)
{
    if (!takes_two(deciding))
        return TRUE;
    if (!find(deciding, confirmed, error))
        return FALSE;
    *waits = !*confirmed;
    if (!*confirmed || strcmp((*confirmed)->actor, deciding->decision->by->name) != 0)
        return TRUE;
    return sg_decision_refuse(deciding, SG_RECORD_ERROR_REFUSED,
                              "it is critical, and waits for a second person to decide the same; "
                              "you were the first",
                              error);
}

gboolean sg_propose_end(const SgDeciding *deciding, GError **error)
{
    static const char sql[] =
        "UPDATE decision SET undone_by = ?2 WHERE incident = ?1 AND proposed = 1"
        " AND undone_by IS NULL AND number <> ?2 AND EXISTS (SELECT 1 FROM decision_copy AS theirs"
        " JOIN decision_copy AS ours ON ours.position = theirs.position"
        " WHERE theirs.decision = decision.number AND ours.decision = ?2)";

    return sg_deciding_run(deciding, sql, deciding->incident_number, deciding->number, error);
}
