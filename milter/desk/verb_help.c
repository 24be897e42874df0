/* verb_help.c - help on a verb, and the manuals that the configuration's tables print of themselves
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "options.h"
#include "verbs.h"

static const char about[] =
    "Without a word the verbs are listed. 'rules' tells how rules are written, 'config' what the\n"
    "configuration may say; the options of the verb rules: 'schoolgate rules --help'.\n";

static int help_on(const char *word)
{
    gboolean rules = strcmp(word, "rules") == 0;

    if (rules || strcmp(word, "config") == 0) {
        g_autofree char *manual = rules ? sg_policy_language_help() : sg_config_help();
        fputs(manual, stdout);
        return EX_OK;
    }
    const SgVerb *verb = sg_verb_find(word);
    if (!verb)
        return sg_verb_unknown(word);

    char asked[] = "--help";
    char *words[] = {(char *)verb->name, asked, NULL};
    return verb->run(verb, 2, words);
}

static int run_help(const SgVerb *self, int argc, char **argv)
{
    g_auto(GStrv) words = NULL;
    const GOptionEntry entries[] = {
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (!words) {
        sg_verbs_print();
        return EX_OK;
    }
    if (words[1])
        return sg_usage_error(self, "'%s' is one word too many", words[1]);
    return help_on(words[0]);
}

const SgVerb sg_verb_help = {
    .name = "help",
    .usage = "[VERB | rules | config]",
    .summary = "help on a verb, the rule language or the configuration",
    .run = run_help,
};
