/* state.c - what an incident as a whole is, from what became of its copies */
#include "record_internal.h"

/* The first state that any copy is in is the incident's. Mail that the MTA holds is settled once
 * somebody has judged it: we cannot know what becomes of it there. Once settled it stays so, from
 * then on. */
gboolean sg_incident_update_state(sqlite3 *db, gint64 incident, gint64 at, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "WITH mine AS (SELECT state FROM copy WHERE incident = ?1),"
                       " open AS (SELECT EXISTS (SELECT 1 FROM mine"
                       "  WHERE state IN ('held', 'releasing', 'returning')) AS yes)"
                       " UPDATE incident SET state = coalesce((SELECT mine.state FROM mine"
                       "  ORDER BY CASE mine.state WHEN 'held' THEN 0 WHEN 'releasing' THEN 1"
                       "   WHEN 'returning' THEN 2 WHEN 'released' THEN 3 WHEN 'returned' THEN 4"
                       "   WHEN 'kept' THEN 5 ELSE 6 END LIMIT 1), state),"
                       " settled = CASE WHEN (SELECT yes FROM open)"
                       "   OR (state = 'held-mta' AND judged = 'open') THEN 0"
                       "  WHEN settled > 0 THEN settled ELSE ?2 END"
                       " WHERE number = ?1",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, incident);
    sg_bind_integer(&bind, at);
    return sg_bind_run(&bind, "write to", error);
}
