/* exam_machine.c - what the machine must give: its time, and walls around the reader of attachments
 */
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include "doctor.h"
#include "schoolgate/confine.h"
#include "schoolgate/when.h"

#define AHEAD_MOST ((gint64)5 * 60)
#define PATIENCE   110 /* seconds */
#define SILENT     ((gint64)7 * 24 * 60 * 60)

/* The link behind /etc/localtime; NULL when it is none. */
static char *zone_of_machine(void)
{
    g_autofree char *link = g_file_read_link("/etc/localtime", NULL);
    const char *name = link ? strstr(link, "zoneinfo/") : NULL;

    return name ? g_strdup(name + strlen("zoneinfo/")) : NULL;
}

static void look_at_zone(SgPatient *patient)
{
    const char *ours = patient->config->school.time_zone;
    g_autofree char *theirs = zone_of_machine();
    g_autofree char *now = sg_when_local(patient->now, sg_policy_zone(patient->config->policy));

    if (!ours || strcmp(ours, "UTC") == 0) {
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "the school has no time zone: rules about school hours go by UTC, where it is "
                    "now %s",
                    now);
        sg_exam_cure(patient, "in the block 'school' write 'time-zone %s'",
                     theirs && !g_str_has_suffix(theirs, "UTC") ? theirs : "Europe/London");
        return;
    }
    sg_exam_say(patient, SG_EXAM_FINE, "at the school (%s) it is %s", ours, now);
}

static gboolean is_synchronised(void)
{
    struct timex state = {0};

    return adjtimex(&state) != TIME_ERROR;
}

static void look_at_clock(SgPatient *patient)
{
    gint64 first = 0, last = 0;
    g_autoptr(GError) error = NULL;

    if (!sg_record_times(patient->record, &first, &last, &error)) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
    } else if (last - patient->now > AHEAD_MOST) {
        g_autofree char *when = sg_when_local(last, sg_policy_zone(patient->config->policy));
        sg_exam_say(patient, SG_EXAM_PROBLEM,
                    "the record's last entry is of %s, which is yet to come: the clock was, or is, "
                    "wrong",
                    when);
        sg_exam_cure(patient,
                     "set the clock ('timedatectl'), and have it kept ('timedatectl set-ntp "
                     "true')");
    } else if (!is_synchronised()) {
        sg_exam_say(patient, SG_EXAM_NOTE,
                    "nothing keeps this machine's clock right, as far as the "
                    "kernel knows ('timedatectl')");
    } else {
        sg_exam_say(patient, SG_EXAM_FINE, "the clock is kept, and agrees with the record");
    }
}

/* Attachments
 * ---------------------------------------------------------------------------------------
 */

/* A small attachment, read as any other. */
static gboolean reads(SgExtractor *extractor, const SgLimits *limits, char **why)
{
    static const char letter[] = "{\\rtf1\\ansi schoolgate}";
    const SgExtractLimits left = {limits->archive_entries, limits->archive_output,
                                  limits->archive_depth, (guint64)limits->helper_seconds,
                                  limits->helper_memory};
    g_autoptr(GBytes) bytes = g_bytes_new_static(letter, strlen(letter));
    g_autoptr(GError) error = NULL;
    g_autoptr(SgPieces) pieces =
        sg_extractor_read(extractor, bytes, "letter.rtf", "application/rtf", &left, &error);

    if (pieces && pieces->faults->len == 0 && pieces->pieces->len > 0)
        return TRUE;
    *why = g_strdup(error                               ? error->message
                    : pieces && pieces->faults->len > 0 ? pieces->faults->pdata[0]
                                                        : "nothing came out");
    return FALSE;
}

static void look_at_attachments(SgPatient *patient)
{
    g_autofree char *why = NULL;

    if (!patient->extractor)
        why = g_strdup(patient->no_extractor);
    if (why || !reads(patient->extractor, &patient->config->limits, &why)) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "attachments cannot be read: %s", why);
        sg_exam_cure(patient, "the reader is locked in by seccomp: the kernel, a container or "
                              "systemd must let it ('dmesg', 'journalctl -u schoolgate')");
    } else if (sg_confine_support().landlock < 1) {
        sg_exam_say(patient, SG_EXAM_NOTE,
                    "attachments are read; this kernel has no landlock, so "
                    "that the reader is locked in by seccomp alone");
    } else {
        sg_exam_say(patient, SG_EXAM_FINE, "attachments are read by a process that is locked in");
    }
}

/* A mail server's patience for the end of a message is no longer (schoolgated(8)). */
static void look_at_patience(SgPatient *patient)
{
    gint64 seconds = patient->config->limits.helper_seconds;

    if (seconds <= PATIENCE) {
        sg_exam_say(patient, SG_EXAM_FINE,
                    "an attachment takes %" G_GINT64_FORMAT " s at most ('helper-seconds')",
                    seconds);
        return;
    }
    sg_exam_say(patient, SG_EXAM_WARNING,
                "reading one attachment may take %" G_GINT64_FORMAT
                " s: the mail server has no such patience, and takes schoolgate for dead",
                seconds);
    sg_exam_cure(
        patient,
        "in the block 'limits' let 'helper-seconds' be %d or less, or have the mail server "
        "wait longer (schoolgated(8), POSTFIX AND SENDMAIL)",
        PATIENCE);
}

/* Walls
 * ---------------------------------------------------------------------------------------------
 */

static void look_at_walls(SgPatient *patient)
{
    g_autofree char *gaps = sg_confine_gaps();
    SgConfineSupport support = sg_confine_support();
    gboolean little = support.landlock < 1 || !support.seccomp;

    if (!gaps) {
        sg_exam_say(patient, SG_EXAM_FINE, "this kernel confines each process to what it needs");
        return;
    }
    sg_exam_say(patient, little ? SG_EXAM_WARNING : SG_EXAM_NOTE,
                "this kernel cannot confine our processes wholly; it does not refuse them: %s",
                gaps);
    if (little)
        sg_exam_cure(patient, "let the kernel, or the container, have 'landlock' and 'seccomp'; a "
                              "newer kernel has more of both");
}

const SgExam sg_machine_exams[] = {
    {"time-zone", "whether the school's time is known", SG_NEEDS_CONFIG, look_at_zone},
    {"clock", "whether the clock agrees with the record", SG_NEEDS_CONFIG | SG_NEEDS_RECORD,
     look_at_clock},
    {"attachments", "whether attachments can be read, and safely", SG_NEEDS_CONFIG,
     look_at_attachments},
    {"attachment-time", "whether the mail server waits for attachments to be read", SG_NEEDS_CONFIG,
     look_at_patience},
    {"confinement", "what this kernel can refuse our processes", 0, look_at_walls},
    {0},
};
