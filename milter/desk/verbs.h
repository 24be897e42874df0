/* verbs.h - the verbs, for the table that lists them */
#pragma once

#include "schoolgate/desk.h"

extern const SgVerb sg_verb_setup;
extern const SgVerb sg_verb_scan;
extern const SgVerb sg_verb_replay;
extern const SgVerb sg_verb_view;
extern const SgVerb sg_verb_check;
extern const SgVerb sg_verb_doctor;
extern const SgVerb sg_verb_who;
extern const SgVerb sg_verb_directory;
extern const SgVerb sg_verb_rules;
extern const SgVerb sg_verb_coverage;
extern const SgVerb sg_verb_guard;
extern const SgVerb sg_verb_exempt;
extern const SgVerb sg_verb_texts;
extern const SgVerb sg_verb_incidents;
extern const SgVerb sg_verb_show;
extern const SgVerb sg_verb_report;
extern const SgVerb sg_verb_subject_access;
extern const SgVerb sg_verb_release;
extern const SgVerb sg_verb_return;
extern const SgVerb sg_verb_discard;
extern const SgVerb sg_verb_keep;
extern const SgVerb sg_verb_not_a_breach;
extern const SgVerb sg_verb_escalate;
extern const SgVerb sg_verb_note;
extern const SgVerb sg_verb_reopen;
extern const SgVerb sg_verb_undo;
extern const SgVerb sg_verb_legal_hold;
extern const SgVerb sg_verb_purge;
extern const SgVerb sg_verb_audit;
extern const SgVerb sg_verb_account;
extern const SgVerb sg_verb_help;

/* NULL when there is no such verb. */
const SgVerb *sg_verb_find(const char *name);
/* Says on standard error that there is no verb `name`, with a suggestion. Returns EX_USAGE. */
int sg_verb_unknown(const char *name);
/* The program and its verbs, as `schoolgate --help` prints them. */
void sg_verbs_print(void);
