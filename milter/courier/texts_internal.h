/* texts_internal.h - the words of a letter, and what is filled into them */
#pragma once

#include "built_in.h"
#include "schoolgate/notice.h"
#include "template.h"

/* The school's own words, or the built-in ones: never NULL. What is wrong with the school's own
 * goes to the log. */
SgTemplate *sg_letter_template(const SgConfig *config, const SgLetterKind *kind);

/* facts.c: which letter is to be written, and what stands in it */
const SgLetterKind *sg_facts_letter(const SgNoticeFacts *facts);
SgValues *sg_facts_values(const SgNoticeFacts *facts);
gboolean sg_facts_to_sender(const SgNoticeFacts *facts);
/* How a reviewer gets to `path` of the console: as "console", or else what to type as "command". */
void sg_values_add_way(SgValues *values, const SgConfig *config, const char *path,
                       const char *command);

/* digest.c */
GPtrArray *sg_digest_shown(const SgNoticeFacts *facts); /* of SgIncident: what does not concern the
                                                           addressee, most urgent first; borrowed */
void sg_digest_values(SgValues *values, const SgNoticeFacts *facts);

/* dates.c */
typedef enum { SG_DAY, SG_DAY_AND_TIME } SgTimeAs;
/* In the school's zone. */
void sg_values_add_time(SgValues *values, const char *name, const SgConfig *config, gint64 at,
                        SgTimeAs as);

/* `facts->item` as a letter. */
SgLetterText sg_facts_letter_text(const SgNoticeFacts *facts);
