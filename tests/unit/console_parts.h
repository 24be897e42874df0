/* console_parts.h - an office whose console has what only a running one has: the verification of
 * the trail, visits and counts of requests */
#pragma once

#include "../../milter/console/trail_check.h"
#include "../../milter/console/visits.h"
#include "console_builders.h"

G_GNUC_UNUSED static void open_whole_office(Office *office, gconstpointer more)
{
    open_office(office, more);
    office->console.trail_check = sg_trail_check_new(office->console.record);
    office->console.trail_visits = sg_visits_new();
}

G_GNUC_UNUSED static void close_whole_office(Office *office, gconstpointer more)
{
    sg_trail_check_free(office->console.trail_check);
    sg_visits_free(office->console.trail_visits);
    close_office(office, more);
}

G_GNUC_UNUSED static void add_part_test(const char *path, const char *more,
                                        void (*test)(Office *, gconstpointer))
{
    g_test_add(path, Office, more, open_whole_office, test, close_whole_office);
}

G_GNUC_UNUSED static gint64 count_in(Office *office, const char *sql)
{
    sqlite3 *db = database_in(office->on.folder);
    gint64 answer = ask(db, sql);

    sqlite3_close(db);
    return answer;
}

G_GNUC_UNUSED static void change_in(Office *office, const char *sql)
{
    sqlite3 *db = database_in(office->on.folder);

    execute(db, sql);
    sqlite3_close(db);
}
