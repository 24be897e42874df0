/* exam_record.c - the record: is it whole, whose files are they, is there room, and does what waits
 * in it get anywhere */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "doctor.h"
#include "reach.h"
#include "schoolgate/audit.h"
#include "schoolgate/health.h"
#include "schoolgate/retention.h"
#include "schoolgate/when.h"

#define DAY ((gint64)24 * 60 * 60)

static SgExamResult result_of(SgHealthLevel level)
{
    return level == SG_HEALTH_GOOD   ? SG_EXAM_FINE
           : level == SG_HEALTH_LOOK ? SG_EXAM_WARNING
                                     : SG_EXAM_PROBLEM;
}

/* The file
 * ------------------------------------------------------------------------------------------
 */

static void look_at_record(SgPatient *patient)
{
    const char *path = patient->config->database;
    g_autoptr(GError) error = NULL;
    g_autofree char *fault = NULL;

    if (access(path, R_OK) != 0 && errno == EACCES) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "'%s' may not be read by who asks", path);
        sg_exam_cure(patient, "ask again as root");
    } else if (access(path, F_OK) != 0) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "there is no record '%s' yet", path);
        sg_exam_cure(patient, "schoolgated makes it when it is first started");
    } else if (!patient->record) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "%s", patient->no_record);
        sg_exam_cure(patient, "a record of an earlier version is brought up to date when "
                              "schoolgated starts; of a later one, install that version again");
    } else if (!sg_record_examine(patient->record, &fault, &error)) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "%s", error->message);
        sg_exam_cure(patient, "see whether the disk works ('dmesg'), and restore the record from a "
                              "copy");
    } else if (fault) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "the record '%s' is damaged: %s", path, fault);
        sg_exam_cure(patient, "stop schoolgated, keep the file, and restore the last good copy");
    } else {
        sg_exam_say(patient, SG_EXAM_FINE, "'%s' is whole", path);
    }
}

static void say_wrong_owner(SgPatient *patient, const char *obstacle)
{
    const char *name = patient->config->gate.user;
    g_autofree char *folder = g_path_get_dirname(patient->config->database);

    sg_exam_say(patient, SG_EXAM_PROBLEM, "schoolgated cannot write what it must: %s", obstacle);
    sg_exam_cure(patient,
                 "'chown -R %s: %s %s', and restart schoolgated: nothing of it may be run "
                 "as root",
                 name, folder, patient->config->gate.spool);
}

/* FALSE, having said so, when `user` may not. What is not there is none of ours. */
static gboolean may_use(SgPatient *patient, const SgUser *user, const char *path, int how)
{
    g_autofree char *obstacle =
        g_file_test(path, G_FILE_TEST_EXISTS) ? sg_reach_obstacle(user, "/", path, how) : NULL;

    if (obstacle)
        say_wrong_owner(patient, obstacle);
    return !obstacle;
}

static void look_for_readers(SgPatient *patient, const char *path)
{
    struct stat file;

    if (stat(path, &file) != 0 || (file.st_mode & 077) == 0)
        return;
    sg_exam_say(patient, SG_EXAM_WARNING, "others than its owner may read or write '%s'", path);
    sg_exam_cure(patient, "'chmod 600 %s'", path);
}

static void look_at_ownership(SgPatient *patient)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    const SgConfig *config = patient->config;
    const char *name = config->gate.user;
    g_autoptr(SgUser) user = name ? sg_user_find(name) : sg_user_self();
    g_autofree char *folder = g_path_get_dirname(config->database);
    const int folder_use = SG_REACH_READ | SG_REACH_WRITE | SG_REACH_ENTER;

    if (!user) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "there is no user '%s' on this machine", name);
        return;
    }
    if (!sg_reach_can_tell(config->database) || !sg_reach_can_tell(config->gate.spool)) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED,
                    "the record's folder may not be seen by who asks");
        sg_exam_cure(patient, "ask again as root");
        return;
    }
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "there is no folder '%s' for the record", folder);
        sg_exam_cure(patient, "'install -d -o %s -m 700 %s'", user->name, folder);
        return;
    }
    gboolean usable =
        may_use(patient, user, folder, folder_use) &&
        may_use(patient, user, config->gate.spool, folder_use) &&
        (!config->gate.cache || may_use(patient, user, config->gate.cache, folder_use));
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = g_strconcat(config->database, endings[i], NULL);

        usable = usable && may_use(patient, user, path, SG_REACH_READ | SG_REACH_WRITE);
        look_for_readers(patient, path);
    }
    if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "only '%s' may read and write the record", user->name);
}

static void look_at_trail(SgPatient *patient)
{
    g_auto(SgAuditReport) report = {0};
    g_autoptr(GError) error = NULL;

    if (!sg_audit_verify(patient->record, NULL, &report, &error)) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
    } else if (!report.intact) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "the audit trail is broken: %s", report.broken);
        sg_exam_cure(patient,
                     "somebody has changed the record past schoolgate: keep a copy of it as "
                     "it is, and find out who could write to it");
    } else {
        sg_exam_say(patient, SG_EXAM_FINE, "%" G_GUINT64_FORMAT " entries, each as it was written",
                    report.entries);
    }
}

/* Room
 * ----------------------------------------------------------------------------------------------
 */

static gint64 free_at(const char *folder)
{
    struct statvfs disk;

    return statvfs(folder, &disk) == 0 ? (gint64)disk.f_bavail * (gint64)disk.f_frsize : -1;
}

/* ", enough for N days as the record has grown", or nothing: it has to be a fortnight old. */
static char *days_left(const SgPatient *patient, gint64 free_bytes)
{
    gint64 first = 0, last = 0;
    SgFileFacts facts;

    sg_file_facts_read(patient->config->database, &facts);
    if (!patient->record || !sg_record_times(patient->record, &first, &last, NULL) || first == 0 ||
        patient->now - first < 14 * DAY || facts.database_bytes <= 0)
        return g_strdup("");
    gint64 days = (patient->now - first) / DAY;
    gint64 a_day = MAX(facts.database_bytes / days, 1);
    return g_strdup_printf(", enough for %" G_GINT64_FORMAT " days as the record has grown",
                           free_bytes / a_day);
}

/* `growth` is what else is known of it. */
static void look_at_room(SgPatient *patient, const char *what, const char *folder,
                         const char *growth)
{
    gint64 free_bytes = free_at(folder);
    g_autofree char *size =
        g_format_size_full((guint64)MAX(free_bytes, 0), G_FORMAT_SIZE_IEC_UNITS);
    SgExamResult result = result_of(sg_health_of_disk(free_bytes));

    if (free_bytes < 0) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "room for the %s in '%s' is not known", what,
                    folder);
        return;
    }
    sg_exam_say(patient, result, "%s free for the %s in '%s'%s", size, what, folder, growth);
    if (result != SG_EXAM_FINE)
        sg_exam_cure(patient,
                     "make room: without it nothing can be put on record, and mail waits at "
                     "the mail server");
}

static void look_at_disk(SgPatient *patient)
{
    g_autofree char *folder = g_path_get_dirname(patient->config->database);

    g_autofree char *days = days_left(patient, free_at(folder));

    look_at_room(patient, "record", folder, days);
    if (g_file_test(patient->config->gate.spool, G_FILE_TEST_IS_DIR))
        look_at_room(patient, "spool", patient->config->gate.spool, "");
    if (patient->config->gate.cache)
        look_at_room(patient, "cache", patient->config->gate.cache, "");
}

/* What waits
 * ----------------------------------------------------------------------------------------
 */

static void say_outbox(SgPatient *patient, const SgGauge *gauge)
{
    SgExamResult result = result_of(sg_health_of_outbox(gauge, patient->now));
    gboolean late = sg_outbox_is_late(gauge, patient->now);

    if (late)
        sg_exam_say(patient, result,
                    "%" G_GUINT64_FORMAT " messages of ours wait to be sent, and the "
                    "first is late",
                    gauge->outbox_waiting);
    else if (result != SG_EXAM_FINE)
        sg_exam_say(patient, result,
                    "%" G_GUINT64_FORMAT " messages of ours could not be sent, and "
                    "were given up",
                    gauge->outbox_failed);
    else
        sg_exam_say(patient, SG_EXAM_FINE,
                    "%" G_GUINT64_FORMAT " messages wait to be sent; none is "
                    "late",
                    gauge->outbox_waiting);
    if (result != SG_EXAM_FINE)
        sg_exam_cure(patient, "the log says what the mail server answered ('journalctl -u "
                              "schoolgate'); see the examination 'sending'");
}

static void say_waiting(SgPatient *patient, const SgGauge *gauge)
{
    SgExamResult result = result_of(sg_health_of_waiting(gauge, patient->now));
    g_autofree char *oldest =
        sg_when_local(gauge->oldest_waiting, sg_policy_zone(patient->config->policy));

    if (gauge->waiting == 0) {
        sg_exam_say(patient, SG_EXAM_FINE, "no held message waits for a decision");
        return;
    }
    sg_exam_say(patient, result,
                "%" G_GUINT64_FORMAT " held messages wait for a decision, since %s", gauge->waiting,
                oldest);
    if (result != SG_EXAM_FINE)
        sg_exam_cure(patient, "remind officer or head; 'schoolgate incidents --state held' lists "
                              "them");
}

static void with_gauge(SgPatient *patient, void (*say)(SgPatient *, const SgGauge *))
{
    g_auto(SgGauge) gauge = {.waiting = 0};
    g_autoptr(GError) error = NULL;

    if (sg_record_gauge(patient->record, patient->now, &gauge, &error))
        say(patient, &gauge);
    else
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
}

static void look_at_outbox(SgPatient *patient)
{
    with_gauge(patient, say_outbox);
}

static void look_at_waiting(SgPatient *patient)
{
    with_gauge(patient, say_waiting);
}

static void look_at_retention(SgPatient *patient)
{
    g_autoptr(GError) error = NULL;
    gint64 purged = sg_record_last(patient->record, "purge", &error), first = 0, last = 0;

    if (purged < 0 || !sg_record_times(patient->record, &first, &last, &error)) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
    } else if (patient->config->retention.legal_hold) {
        sg_exam_say(patient, SG_EXAM_NOTE, "nothing is deleted: all is under a legal hold");
    } else if (sg_health_of_purge(purged > 0  ? purged
                                  : first > 0 ? first
                                              : patient->now,
                                  patient->now) != SG_HEALTH_GOOD) {
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "what is kept no longer has not been deleted for days");
        sg_exam_cure(patient, "see in the log why, or do it now: 'schoolgate purge'");
    } else {
        sg_exam_say(patient, SG_EXAM_FINE, "what is kept no longer is deleted every day");
    }
}

const SgExam sg_record_exams[] = {
    {"record", "whether the record is whole and of this version", SG_NEEDS_CONFIG, look_at_record},
    {"ownership", "whether the service may write its files, and nobody else", SG_NEEDS_CONFIG,
     look_at_ownership},
    {"audit-trail", "whether the audit trail is as it was written",
     SG_NEEDS_CONFIG | SG_NEEDS_RECORD, look_at_trail},
    {"disk", "room for record and spool", SG_NEEDS_CONFIG, look_at_disk},
    {"outbox", "whether notices and released mail go out", SG_NEEDS_CONFIG | SG_NEEDS_RECORD,
     look_at_outbox},
    {"waiting", "whether held mail is decided about", SG_NEEDS_CONFIG | SG_NEEDS_RECORD,
     look_at_waiting},
    {"retention", "whether what is kept no longer is deleted", SG_NEEDS_CONFIG | SG_NEEDS_RECORD,
     look_at_retention},
    {0},
};
