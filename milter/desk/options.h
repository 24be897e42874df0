/* options.h - the words after a verb, and what is said when they make no sense */
#pragma once

#include "schoolgate/config.h"
#include "schoolgate/desk.h"

/* What stands at the end of a verb's options: the words that are no options. */
#define SG_OPTION_WORDS(words)                                                                     \
    {                                                                                              \
        G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, (words), NULL, NULL                 \
    }
#define SG_OPTION_CONFIG(path)                                                                     \
    {                                                                                              \
        "config", 'c', 0, G_OPTION_ARG_FILENAME, (path), "the configuration to go by", "CONF"      \
    }
#define SG_OPTION_JSON(wanted)                                                                     \
    {                                                                                              \
        "json", 0, 0, G_OPTION_ARG_NONE, (wanted), "print JSON, one object a line", NULL           \
    }

/* Reads `verb`'s options. Answers --help (`about` is its text behind the summary) and --version
 * itself. Returns FALSE when there is nothing left to do, with `code` for the exit. */
gboolean sg_options_read(const SgVerb *verb, const GOptionEntry *entries, const char *about,
                         int argc, char **argv, int *code);

/* Says on standard error what is wrong, and where help is. Returns EX_USAGE. */
int sg_usage_error(const SgVerb *verb, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* One line on standard error, led by the program's name; control characters spelt out. */
void sg_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* The index of `word` in `choices` (NULL-terminated). If it is none of them: -1, having said so
 * with a suggestion; `what` is its kind: "state". */
int sg_choice(const SgVerb *verb, const char *what, const char *word, const char *const *choices);

/* `; did you mean 'x'?` with the candidate nearest to `word`, or nothing. Free with g_free(). */
char *sg_did_you_mean(const char *word, const char *const *candidates);

/* The configuration at `path` or, when that is NULL, at $SCHOOLGATE_CONF, or where it is by
 * default. Returns NULL having shown on standard error what is wrong. */
SgConfig *sg_desk_config(const char *path);
/* Likewise, with the report left to the caller. */
SgConfig *sg_desk_config_report(const char *path, SgReport *report);
/* Shows `report` on standard error; nothing when it is empty. */
void sg_desk_show_report(const SgReport *report);
