/* trial.h - trying messages in files: what scan and replay have in common, from the words on the
 * command line to the exit code */
#pragma once

#include "schoolgate/trial.h"

/* The envelope as words on the command line; what is not given is NULL. */
typedef struct SgTrialWords {
    char *from, *login, *at, *relay;
    char **to;
} SgTrialWords;
void sg_trial_words_clear(SgTrialWords *words);

#define SG_OPTION_FROM(words)                                                                      \
    {                                                                                              \
        "from", 0, 0, G_OPTION_ARG_FILENAME, &(words)->from, "envelope sender; '' for a bounce",   \
            "A"                                                                                    \
    }
#define SG_OPTION_TO(words)                                                                        \
    {                                                                                              \
        "to", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(words)->to,                                     \
            "envelope recipient; may be repeated", "A"                                             \
    }
#define SG_OPTION_LOGIN(words)                                                                     \
    {                                                                                              \
        "login", 0, 0, G_OPTION_ARG_FILENAME, &(words)->login, "who has authenticated", "USER"     \
    }
#define SG_OPTION_RELAY(words)                                                                     \
    {                                                                                              \
        "relay", 0, 0, G_OPTION_ARG_FILENAME, &(words)->relay,                                     \
            "as if it came by that relay of the configuration", "NAME"                             \
    }
#define SG_OPTION_AT(words)                                                                        \
    {                                                                                              \
        "at", 0, 0, G_OPTION_ARG_FILENAME, &(words)->at,                                           \
            "judge as at that time, such as 2026-11-21T23:10", "TIME"                              \
    }

/* The time that `words` ask for, or now. FALSE with `error` when it makes no sense. */
gboolean sg_trial_time(const SgTrialWords *words, const SgConfig *config, gint64 *when,
                       GError **error);

/* Starts `extractor`, unless it has been or no rule of `config` asks what attachments hold. Returns
 * EX_OK, or another exit code having said why. */
int sg_trial_start(const SgConfig *config, SgExtractor **extractor);

/* Judges the message in `raw`, which complaints call `name`, and fills `trial`. Returns EX_OK, or
 * EX_DATAERR, EX_UNAVAILABLE or EX_NOPERM having said why. */
int sg_trial_judge(const SgConfig *config, SgExtractor *extractor, const SgTrialEnvelope *envelope,
                   const char *name, GBytes *raw, SgTrial *trial);

/* What is in `file` (`-`: standard input), up to the limit of `config`; NULL having said why. */
GBytes *sg_trial_read(const SgConfig *config, const char *file);

/* Calls `try` for every file that `paths` (NULL-terminated) name, and in the folders that they
 * name. Returns the gravest of its exit codes, or EX_NOINPUT where a path leads nowhere. */
int sg_trial_each_file(char *const *paths, int (*try)(const char *file, gpointer data),
                       gpointer data);

/* Of two exit codes the one that weighs more: what cannot be read more than what is no mail. */
int sg_trial_graver(int code, int other);
