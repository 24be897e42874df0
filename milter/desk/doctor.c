/* doctor.c - makes the examinations, one table after the other; see doctor.h */
#include "doctor.h"

const char *const sg_exam_result_names[] = {"fine",    "note",    "not examined",
                                            "warning", "problem", NULL};

static const SgExam *const tables[] = {
    sg_config_exams, sg_people_exams,  sg_directory_exams, sg_socket_exams,
    sg_mta_exams,    sg_order_exams,   sg_macros_exams,    sg_send_exams,
    sg_record_exams, sg_service_exams, sg_machine_exams,
};

static void free_found(gpointer data)
{
    SgFound *found = data;

    g_free(found->seen);
    g_free(found->cure);
    g_free(found);
}

static SgFound *last_of(const SgPatient *patient)
{
    return patient->found->pdata[patient->found->len - 1];
}

void sg_exam_say(SgPatient *patient, SgExamResult result, const char *format, ...)
{
    SgFound *found = g_new0(SgFound, 1);
    va_list values;

    va_start(values, format);
    found->exam = patient->at;
    found->result = result;
    found->seen = g_strdup_vprintf(format, values);
    va_end(values);
    g_ptr_array_add(patient->found, found);
}

void sg_exam_cure(SgPatient *patient, const char *format, ...)
{
    SgFound *found = last_of(patient);
    va_list values;

    va_start(values, format);
    g_free(found->cure);
    found->cure = g_strdup_vprintf(format, values);
    va_end(values);
}

gboolean sg_exam_found_worse(const SgPatient *patient, SgExamResult result)
{
    for (guint i = 0; i < patient->found->len; i++) {
        const SgFound *found = patient->found->pdata[i];

        if (found->exam == patient->at && found->result > result)
            return TRUE;
    }
    return FALSE;
}

/* Says why the examination cannot be made; FALSE when nothing is in its way. */
static gboolean is_prevented(SgPatient *patient)
{
    int needs = patient->at->needs;

    if (needs & SG_NEEDS_CONFIG && !patient->config)
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "the configuration could not be loaded");
    else if (needs & (SG_NEEDS_MTA | SG_NEEDS_POSTFIX) && patient->mta_left_out)
        sg_exam_say(patient, SG_EXAM_NOTE, "left out, as '--mta none' says");
    else if (needs & (SG_NEEDS_MTA | SG_NEEDS_POSTFIX) && !patient->mta)
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", patient->no_mta);
    else if (needs & SG_NEEDS_POSTFIX && sg_mta_kind(patient->mta) != SG_MTA_POSTFIX)
        sg_exam_say(patient, SG_EXAM_NOTE, "only of Postfix is this examined");
    else if (needs & SG_NEEDS_RECORD && !patient->record)
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", patient->no_record);
    else
        return FALSE;
    return TRUE;
}

/* GLib's sort of pointer arrays keeps the order of what is equal only since 2.76. */
static void sort(GPtrArray *found)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();

    for (int result = SG_EXAM_RESULTS - 1; result >= 0; result--)
        for (guint i = 0; i < found->len; i++)
            if ((int)((const SgFound *)found->pdata[i])->result == result)
                g_ptr_array_add(sorted, found->pdata[i]);
    for (guint i = 0; i < found->len; i++)
        found->pdata[i] = sorted->pdata[i];
}

GPtrArray *sg_doctor_examine(SgPatient *patient)
{
    patient->found = g_ptr_array_new_with_free_func(free_found);
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const SgExam *exam = tables[i]; exam->name; exam++) {
            patient->at = exam;
            if (!is_prevented(patient))
                exam->look(patient);
        }
    sort(patient->found);
    return g_steal_pointer(&patient->found);
}

guint sg_doctor_count(void)
{
    guint n = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const SgExam *exam = tables[i]; exam->name; exam++)
            n++;
    return n;
}
