/* daemon.c - a background process whose starter waits until it is ready. */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static int starter = -1; /* writing end of its pipe */

static int wait_until_ready(int end)
{
    char byte;
    ssize_t got;

    do
        got = read(end, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? EX_OK : EX_UNAVAILABLE;
}

static void leave_terminal(gboolean keep_errors)
{
    int null = open("/dev/null", O_RDWR);

    setsid();
    if (chdir("/") != 0 || null < 0)
        return;
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (!keep_errors)
        dup2(null, STDERR_FILENO);
    if (null > STDERR_FILENO)
        close(null);
}

gboolean sg_daemon_start(gboolean keep_errors, int *code)
{
    int ends[2] = {-1, -1};
    pid_t pid = pipe(ends) == 0 ? fork() : -1;

    if (pid < 0) {
        perror("schoolgated: cannot go into the background");
        *code = EX_OSERR;
        return FALSE;
    }
    if (pid > 0) {
        close(ends[1]);
        *code = wait_until_ready(ends[0]);
        return FALSE;
    }
    close(ends[0]);
    starter = ends[1];
    fcntl(starter, F_SETFD, FD_CLOEXEC);
    leave_terminal(keep_errors);
    return TRUE;
}

void sg_daemon_ready(void)
{
    if (starter < 0)
        return;
    if (write(starter, "y", 1) != 1)
        perror("schoolgated: cannot tell who started it that it is ready");
    sg_daemon_forget();
}

void sg_daemon_forget(void)
{
    if (starter >= 0)
        close(starter);
    starter = -1;
}

void sg_daemon_open_log(const SgGateSettings *gate)
{
    sg_log_open("schoolgated", gate->log, gate->log_form);
    if (gate->log == SG_LOG_TO_STDERR && gate->log_form == SG_LOG_AS_TEXT)
        openlog("schoolgated", LOG_PID | LOG_PERROR, LOG_MAIL);
}
