/* purge_builders.h - incidents as they are when their time runs out, and purging them */
#pragma once

#include "record_builders.h"
#include "schoolgate/retention.h"

#define DAYS(n) ((gint64)(n)*24 * 60 * 60)
#define UNDO    300

static const SgRetention retention = {.log = DAYS(90),
                                      .undecided = DAYS(14),
                                      .released = DAYS(14),
                                      .upheld = DAYS(180),
                                      .audit = DAYS(730)};

G_GNUC_UNUSED static SgPurging purging_at(gint64 now)
{
    return (SgPurging){.retention = &retention,
                       .undo = UNDO,
                       .officer = OFFICER,
                       .actor = "schoolgate",
                       .role = "schoolgate",
                       .now = now};
}

G_GNUC_UNUSED static SgPurged purge_as(SgRecord *record, const SgPurging *purging)
{
    g_autoptr(GError) error = NULL;
    SgPurged purged;

    sg_record_purge(record, purging, &purged, &error);
    g_assert_no_error(error);
    return purged;
}

G_GNUC_UNUSED static SgPurged purge_at(SgRecord *record, gint64 now)
{
    SgPurging purging = purging_at(now);

    return purge_as(record, &purging);
}

G_GNUC_UNUSED static void sql(const char *folder, const char *format, ...) G_GNUC_PRINTF(2, 3);
G_GNUC_UNUSED static void sql(const char *folder, const char *format, ...)
{
    sqlite3 *db = database_in(folder);
    g_autofree char *text = NULL;
    va_list values;

    va_start(values, format);
    text = g_strdup_vprintf(format, values);
    va_end(values);
    sqlite3_busy_timeout(db, 5000);
    execute(db, text);
    sqlite3_close(db);
}

G_GNUC_UNUSED static gint64 answer(const char *folder, const char *question)
{
    sqlite3 *db = database_in(folder);
    gint64 number = ask(db, question);

    sqlite3_close(db);
    return number;
}

/* A held message of that text, since `at`. */
G_GNUC_UNUSED static char *held_since(SgRecord *record, gint64 at, const char *text)
{
    SgIncident *incident = held(text, strlen(text));

    incident->at = at;
    incident->return_to = g_strdup(TEACHER);
    return added(record, incident);
}

/* Held at noon, and settled so at noon. */
G_GNUC_UNUSED static char *settled(Fixture *fixture, SgState state, SgJudged judged)
{
    char *id = held_since(fixture->record, NOON, "Meet me behind the gym.");

    sql(fixture->folder,
        "UPDATE incident SET state = '%s', judged = '%s', settled = %" G_GINT64_FORMAT
        " WHERE id = '%s';"
        "UPDATE copy SET state = '%s' WHERE incident = (SELECT number FROM incident"
        " WHERE id = '%s')",
        sg_state_names[state], sg_judged_names[judged], NOON, id, sg_state_names[state], id);
    return id;
}

G_GNUC_UNUSED static gboolean has_incident(SgRecord *record, const char *id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgIncident) incident = sg_record_load(record, id, &error);

    if (!incident)
        g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
    return incident != NULL;
}

G_GNUC_UNUSED static gboolean has_text(SgRecord *record, const char *id)
{
    g_autoptr(GBytes) bytes = sg_record_message(record, id, NULL);

    return bytes != NULL;
}
