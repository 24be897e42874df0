/* verbs.c - the table of verbs, and finding one in it */
#include "verbs.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "options.h"

/* In the order of the help. clang-format would lay them out in columns. */
/* clang-format off */
const SgVerb *const sg_verbs[] = {
    &sg_verb_setup, /* help lists them in this order */
    &sg_verb_scan,
    &sg_verb_view,
    &sg_verb_replay,
    &sg_verb_check,
    &sg_verb_doctor,
    &sg_verb_who,
    &sg_verb_directory,
    &sg_verb_rules,
    &sg_verb_coverage,
    &sg_verb_guard,
    &sg_verb_exempt,
    &sg_verb_texts,
    &sg_verb_incidents,
    &sg_verb_show,
    &sg_verb_release,
    &sg_verb_return,
    &sg_verb_discard,
    &sg_verb_keep,
    &sg_verb_not_a_breach,
    &sg_verb_escalate,
    &sg_verb_note,
    &sg_verb_reopen,
    &sg_verb_undo,
    &sg_verb_legal_hold,
    &sg_verb_report,
    &sg_verb_subject_access,
    &sg_verb_purge,
    &sg_verb_audit,
    &sg_verb_account,
    &sg_verb_help,
    NULL,
};
/* clang-format on */

const SgVerb *sg_verb_find(const char *name)
{
    for (const SgVerb *const *verb = sg_verbs; *verb; verb++)
        if (strcmp((*verb)->name, name) == 0)
            return *verb;
    return NULL;
}

int sg_verb_unknown(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (const SgVerb *const *verb = sg_verbs; *verb; verb++)
        g_ptr_array_add(names, (gpointer)(*verb)->name);
    g_ptr_array_add(names, NULL);
    g_autofree char *hint = sg_did_you_mean(name, (const char *const *)names->pdata);
    sg_complain("no verb '%s'%s%s", name, hint, *hint ? "" : "; see 'schoolgate help'");
    return EX_USAGE;
}

void sg_verbs_print(void)
{
    puts("usage: schoolgate VERB [OPTION...] [WORD...]\n"
         "The command line of schoolgate, which keeps a school's mail within its policy.\n");
    for (const SgVerb *const *verb = sg_verbs; *verb; verb++)
        printf("  %-14s  %s\n", (*verb)->name, (*verb)->summary);
    puts("\n'schoolgate help VERB' tells more of one, 'schoolgate help rules' how rules are\n"
         "written, 'schoolgate help config' what the configuration may say.");
}
