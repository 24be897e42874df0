/* duty.c - forks a child for one duty, and has it end; what it does is in its own room. */
#include "duty.h"

#include "channel.h"
#include "daemon.h"
#include "schoolgate/tidy.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

void sg_duty_keep_only(const int *files, gsize count)
{
    closelog();
    sg_daemon_forget();
    sg_files_keep(files, count);
    sg_files_hush();
}

static int become(const SgDuty *duty, SgConfig *config, const SgDutyWork *work, int channel,
                  pid_t parent)
{
    int kept[SG_DUTY_KEEPS + 1];

    sg_confine_child(parent);
    memcpy(kept, work->keep, sizeof work->keep);
    kept[SG_DUTY_KEEPS] = channel;
    sg_duty_keep_only(kept, G_N_ELEMENTS(kept));
    sg_log_open("schoolgated", config->gate.log, config->gate.log_form);
    prctl(PR_SET_NAME, duty->process, 0, 0, 0);
    setpgid(0, 0);
    unsetenv("NOTIFY_SOCKET");
    return work->run(config, channel, work->data);
}

gboolean sg_duty_start(SgDuty *duty, SgConfig *config, const SgDutyWork *work, int *code)
{
    int ends[2];
    pid_t self = getpid();
    pid_t pid = -1;

    if (sg_channel_open(ends)) {
        pid = fork();
        if (pid == 0) {
            *code = become(duty, config, work, ends[1], self);
            return TRUE;
        }
        close(ends[1]);
        duty->channel = ends[0];
    }
    sg_ward_was_forked(&duty->ward, pid);
    if (pid <= 0 && duty->channel >= 0) {
        close(duty->channel);
        duty->channel = -1;
    }
    return FALSE;
}

/* Said rather than shown by closing our end: a gate that was forked since has that open too. */
void sg_duty_ask(SgDuty *duty)
{
    if (duty->channel < 0)
        return;
    sg_channel_say(duty->channel, SG_WORD_END);
    close(duty->channel);
    duty->channel = -1;
}

void sg_duty_has_died(SgDuty *duty, int status)
{
    gboolean asked = duty->channel < 0;

    if (!asked)
        close(duty->channel);
    duty->channel = -1;
    if (!asked || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        sg_ward_has_died(&duty->ward, status);
        return;
    }
    sg_ward_has_ended(&duty->ward);
}
