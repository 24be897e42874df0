/* trial.c - see trial.h */
#include "trial.h"

#include <sysexits.h>

#include "mailfile.h"
#include "options.h"
#include "schoolgate/when.h"

void sg_trial_words_clear(SgTrialWords *words)
{
    g_free(words->from);
    g_free(words->login);
    g_free(words->at);
    g_free(words->relay);
    g_strfreev(words->to);
}

gboolean sg_trial_time(const SgTrialWords *words, const SgConfig *config, gint64 *when,
                       GError **error)
{
    *when = sg_when_now();
    return !words->at || sg_when_read(words->at, sg_policy_zone(config->policy), when, error);
}

int sg_trial_start(const SgConfig *config, SgExtractor **extractor)
{
    g_autoptr(GError) error = NULL;

    if (*extractor || !sg_policy_reads_attachments(config->policy))
        return EX_OK;
    *extractor = sg_extractor_start(&error);
    if (*extractor)
        return EX_OK;
    sg_complain("%s", error->message);
    return EX_UNAVAILABLE;
}

int sg_trial_judge(const SgConfig *config, SgExtractor *extractor, const SgTrialEnvelope *envelope,
                   const char *name, GBytes *raw, SgTrial *trial)
{
    g_autoptr(GError) error = NULL;

    if (sg_trial_run(config, extractor, envelope, raw, trial, &error))
        return EX_OK;
    if (g_error_matches(error, SG_TRIAL_ERROR, SG_TRIAL_ERROR_NO_MAIL)) {
        sg_complain("cannot read '%s' as mail: %s", name, error->message);
        return EX_DATAERR;
    }
    sg_complain("cannot judge '%s': %s", name, error->message);
    return g_error_matches(error, SG_TRIAL_ERROR, SG_TRIAL_ERROR_RELAY) ? EX_NOPERM
                                                                        : EX_UNAVAILABLE;
}

GBytes *sg_trial_read(const SgConfig *config, const char *file)
{
    g_autoptr(GError) error = NULL;
    GBytes *raw = sg_mailfile_read(file, config->limits.message_size, &error);

    if (!raw)
        sg_complain("%s", error->message);
    return raw;
}

int sg_trial_graver(int code, int other)
{
    return MAX(code, other);
}

int sg_trial_each_file(char *const *paths, int (*try)(const char *file, gpointer data),
                       gpointer data)
{
    int code = EX_OK;

    for (; *paths; paths++) {
        g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;

        if (!sg_mailfile_find(*paths, files, &error)) {
            sg_complain("%s", error->message);
            code = sg_trial_graver(code, EX_NOINPUT);
        }
        for (guint i = 0; i < files->len; i++)
            code = sg_trial_graver(code, try(files->pdata[i], data));
    }
    return code;
}
