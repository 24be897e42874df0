/* courier_ward.c - forks the courier, and has it end; what it does is in its own room. */
#include "courier_ward.h"

#include "channel.h"
#include "daemon.h"
#include "privileges.h"
#include "schoolgate/courier.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHANNEL 3 /* the first file behind the standard ones */

/* Nothing of the parent's is kept, least of all what is open between the parent and its other
 * children, or the socket. */
static gboolean keep_only(int channel)
{
    closelog();
    sg_daemon_forget();
    if (channel != CHANNEL && dup2(channel, CHANNEL) < 0)
        return FALSE;
    close_range(CHANNEL + 1, ~0U, 0);
    return fcntl(CHANNEL, F_SETFD, FD_CLOEXEC) == 0;
}

/* Postfix's sendmail command runs one that belongs to a group which may write into the queue: a
 * process without the right to new privileges could not hand anything over. */
static SgPrivileges privileges_for(const SgConfig *config)
{
    return config->courier.send_by == SG_SEND_BY_COMMAND ? SG_MAY_GAIN_PRIVILEGES
                                                         : SG_NO_NEW_PRIVILEGES;
}

static int become_courier(SgConfig *config, int channel, pid_t parent)
{
    sg_confine_child(parent, privileges_for(config));
    if (!keep_only(channel))
        return EXIT_FAILURE;
    sg_log_open("schoolgated", config->gate.log, FALSE);
    prctl(PR_SET_NAME, "schoolgate-cour", 0, 0, 0);
    setpgid(0, 0);
    unsetenv("NOTIFY_SOCKET");
    return sg_courier_run(config, CHANNEL);
}

gboolean sg_courier_ward_start(SgCourierWard *courier, SgConfig *config, int *code)
{
    int ends[2];
    pid_t self = getpid();
    pid_t pid = -1;

    if (sg_channel_open(ends)) {
        pid = fork();
        if (pid == 0) {
            *code = become_courier(config, ends[1], self);
            return TRUE;
        }
        close(ends[1]);
        courier->channel = ends[0];
    }
    sg_ward_was_forked(&courier->ward, pid);
    if (pid <= 0 && courier->channel >= 0) {
        close(courier->channel);
        courier->channel = -1;
    }
    return FALSE;
}

/* Said rather than shown by closing our end: a gate that was forked since has that open too. */
void sg_courier_ward_ask(SgCourierWard *courier)
{
    if (courier->channel < 0)
        return;
    sg_channel_say(courier->channel, SG_WORD_END);
    close(courier->channel);
    courier->channel = -1;
}

void sg_courier_ward_has_died(SgCourierWard *courier, int status)
{
    gboolean asked = courier->channel < 0;

    if (!asked)
        close(courier->channel);
    courier->channel = -1;
    if (!asked || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        sg_ward_has_died(&courier->ward, status);
        return;
    }
    courier->ward.pid = 0;
    courier->ward.start_at = 0;
}
