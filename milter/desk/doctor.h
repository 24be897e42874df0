/* doctor.h - what `schoolgate doctor` examines: each examination is one const entry, and each says
 * what it has seen and what to do about it
 *
 * Much may be broken when it is asked: what an examination needs and is not there makes it
 * "not examined", with the reason; that never counts as fine. Nothing is changed. */
#pragma once

#include "mta.h"
#include "schoolgate/config.h"

/* Worst last. */
typedef enum {
    SG_EXAM_FINE,
    SG_EXAM_NOTE,         /* worth knowing; nothing needs to be done */
    SG_EXAM_NOT_EXAMINED, /* for the reason it gives */
    SG_EXAM_WARNING,      /* works, but not for long, or not as it should */
    SG_EXAM_PROBLEM,      /* mail passes unread, waits, or is lost to review */
    SG_EXAM_RESULTS
} SgExamResult;
extern const char *const sg_exam_result_names[]; /* "fine", "note", …; NULL-terminated */

typedef struct SgFound {
    const struct SgExam *exam;
    SgExamResult result;
    char *seen;
    char *cure; /* NULL where nothing is to be done */
} SgFound;

/* Whom we examine. What is NULL could not be had, for the reason beside it. */
typedef struct SgPatient {
    const char *config_path;
    SgReport *report; /* of loading it, and of `check` */
    SgConfig *config;
    SgRecord *record;
    char *no_record;
    SgMta *mta;
    char *no_mta;
    gboolean mta_left_out; /* it was not to be looked at */
    SgExtractor *extractor;
    char *no_extractor;
    gint64 now;
    /*< private >*/
    const struct SgExam *at;
    GPtrArray *found; /* of SgFound */
} SgPatient;

typedef enum {
    SG_NEEDS_CONFIG = 1 << 0,
    SG_NEEDS_RECORD = 1 << 1,
    SG_NEEDS_MTA = 1 << 2,
    SG_NEEDS_POSTFIX = 1 << 3, /* and nothing is to be said of another */
} SgExamNeeds;

typedef struct SgExam {
    const char *name;  /* for people and scripts; in doctor.c's table for each file */
    const char *about; /* what it looks at */
    int needs;
    /* Says at least one thing by sg_exam_say(). */
    void (*look)(SgPatient *patient);
} SgExam;

/* What an examination has seen; `cure` as in SgFound, for what is worse than fine. */
void sg_exam_say(SgPatient *patient, SgExamResult result, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* What to do about what was said last. */
void sg_exam_cure(SgPatient *patient, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Whether this examination has said anything worse than `result`. */
gboolean sg_exam_found_worse(const SgPatient *patient, SgExamResult result);

/* Each file's, in order; ends with a NULL name. */
extern const SgExam sg_config_exams[];    /* the configuration and its rules */
extern const SgExam sg_people_exams[];    /* who is known */
extern const SgExam sg_directory_exams[]; /* what is known of people by LDAP */
extern const SgExam sg_socket_exams[];    /* the way from the mail server to us */
extern const SgExam sg_mta_exams[];       /* what the mail server is told */
extern const SgExam sg_order_exams[];     /* who is asked before us */
extern const SgExam sg_macros_exams[];    /* what it tells us of clients */
extern const SgExam sg_send_exams[];      /* the way from us to the mail server */
extern const SgExam sg_record_exams[];    /* the record and its files */
extern const SgExam sg_service_exams[];   /* what runs */
extern const SgExam sg_machine_exams[];   /* what the machine is */

/* Makes all of them, in order. Returns of SgFound, worst first; g_ptr_array_unref() it. */
GPtrArray *sg_doctor_examine(SgPatient *patient);
/* How many examinations there are. */
guint sg_doctor_count(void);
