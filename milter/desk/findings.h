/* findings.h - how findings are shown, alike by scan and show, to people and to scripts */
#pragma once

#include "json.h"
#include "page.h"
#include "schoolgate/verdict.h"

SgStyle sg_action_style(SgAction action);

/* Each finding: clause and title, rule, action, then its signals with what they matched. */
void sg_findings_put(SgPage *page, const GPtrArray *findings);

/* `a@b (student, personal of student)`; `personal_of` is "" or NULL where there is none. */
void sg_findings_put_person(SgPage *page, const char *address, const char *role,
                            const char *personal_of);

/* Adds to the object at hand: rule, clause, title, severity, mode, action, points, signals and
 * policy. The caller begins and ends the object. */
void sg_finding_add_members(JsonBuilder *builder, const SgFinding *finding);
/* Adds an array `findings`: the same of each, and what is known only of one on record. */
void sg_findings_add_on_record(JsonBuilder *builder, const GPtrArray *findings);
