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

gboolean sg_directory_ward_start(SgDuty *duty, SgConfig *config, int *code)
{
    const SgDutyWork work = {.keep = {-1, -1, -1, -1}, .run = run};

    return sg_duty_start(duty, config, &work, code);
}
