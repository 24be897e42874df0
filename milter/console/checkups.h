/* checkups.h - what is looked at to say whether the service is well, and what is to be done if it
 * is not: one table, for the page about health and for monitoring */
#pragma once

#include "schoolgate/health.h"
#include "vitals.h"
#include "words.h"

typedef struct SgDiagnosis {
    SgHealthLevel level;
    char *says;
    const char *advice; /* NULL where nothing is to be done */
} SgDiagnosis;
void sg_diagnosis_clear(SgDiagnosis *diagnosis);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgDiagnosis, sg_diagnosis_clear)

typedef struct SgCheckup {
    SgSay name;
    const char *word; /* for monitoring */
    int of;           /* for `look` */
    void (*look)(const SgVitals *vitals, int of, SgDiagnosis *diagnosis);
} SgCheckup;
#define SG_CHECKUPS 13
extern const SgCheckup sg_checkups[SG_CHECKUPS];
