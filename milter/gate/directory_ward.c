/* directory_ward.c - forks the process that asks directories. */
#include "directory_ward.h"

#include "channel.h"

gboolean sg_directory_ward_is_due(const SgDuty *duty, const SgConfig *config)
{
    return config->directories->len > 0 && sg_ward_is_due(&duty->ward);
}

static void tell_parent(gpointer channel)
{
    sg_channel_say(GPOINTER_TO_INT(channel), SG_WORD_PEOPLE);
}

static int run(SgConfig *config, int stop, gconstpointer data)
{
    int code = sg_directory_run(config->directories, stop, tell_parent, GINT_TO_POINTER(stop));

    (void)data;
    sg_channel_say(stop, SG_WORD_END);
    sg_config_unref(config);
    return code;
}

/* Nobody looks up while a name is looked for, and addresses are tried one after the other. */
static gint64 longest_wait(const SgConfig *config)
{
    gint64 most = 0;

    for (guint i = 0; i < config->directories->len; i++)
        most = MAX(most, ((const SgDirectory *)config->directories->pdata[i])->timeout);
    return 3 * most * G_USEC_PER_SEC;
}

gboolean sg_directory_ward_start(SgDuty *duty, SgConfig *config, int *code)
{
    const SgDutyWork work = {.keep = {-1, -1, -1, -1}, .run = run};

    duty->ward.absorbed = longest_wait(config);
    return sg_duty_start(duty, config, &work, code);
}
