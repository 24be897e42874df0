/* parent.c - starts the gate, the reader of attachments, the courier and the console, starts them
 * again when they die, and passes on what signals ask for. */
#include "parent.h"

#include "channel.h"
#include "console_ward.h"
#include "daemon.h"
#include "gate_internal.h"
#include "privileges.h"
#include "schoolgate/courier.h"
#include "schoolgate/gate.h"
#include "schoolgate/when.h"
#include "socket.h"
#include "ward.h"
#include "watchdog.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define SECOND        G_USEC_PER_SEC
#define STOP_PATIENCE (30 * SECOND)
/* Of which so long the gate goes on for the courier, whose last message comes by it. */
#define LAST_MESSAGE (20 * SECOND)
#define KNOCK_EVERY  (SECOND / 10)

typedef struct Parent {
    SgConfig *good;    /* what the next gate starts from */
    SgConfig *pending; /* loaded, but the gate has not said yet that it goes by it */
    int signals;
    int channel; /* to the gate */
    SgWard gate;
    SgWard reader;          /* the zygote that the gate asks what attachments hold */
    SgExtractor *extractor; /* made before both, and shared by them */
    SgDuty courier;
    SgConsoleWard console;
    gint64 end_gate_at; /* on the monotonic clock, as the next */
    gint64 kill_at;
    gboolean stopping;
    gboolean ready;
} Parent;

static int take_signals(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t set;

    sigfillset(&set);
    for (guint i = 0; i < G_N_ELEMENTS(crashes); i++)
        sigdelset(&set, crashes[i]);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* In the new process: nothing of the parent's is kept but the listening socket and `channel`. Its
 * own name and process group keep signals sent to "schoolgated" or the terminal from it: libmilter
 * stops at a hang-up. */
static int become_gate(Parent *parent, int channel, pid_t parent_id)
{
    close(parent->signals);
    sg_console_ward_clear(&parent->console);
    sg_daemon_forget();
    sg_confine_child(parent_id, SG_NO_NEW_PRIVILEGES);
    prctl(PR_SET_NAME, "schoolgate-gate", 0, 0, 0);
    setpgid(0, 0);
    unsetenv("NOTIFY_SOCKET");
    sg_config_unref(parent->pending);
    return sg_gate_run(parent->good, channel, parent->extractor);
}

/* TRUE in the new process only, with `code` for its exit. */
static gboolean start_gate(Parent *parent, int *code)
{
    int ends[2];
    pid_t self = getpid();
    pid_t pid = -1;

    if (sg_channel_open(ends)) {
        pid = fork();
        if (pid == 0) {
            close(ends[0]);
            *code = become_gate(parent, ends[1], self);
            return TRUE;
        }
        close(ends[1]);
    }
    sg_ward_was_forked(&parent->gate, pid);
    if (pid > 0)
        parent->channel = ends[0];
    return FALSE;
}

static void note_loaded(Parent *parent)
{
    SgServices *services = parent->console.services;

    if (!services)
        return;
    if (services->loaded != 0)
        services->reloads++;
    services->loaded = sg_when_now();
    services->refused = 0;
}

static void settle_pending(Parent *parent)
{
    if (!parent->pending)
        return;
    sg_config_unref(parent->good);
    parent->good = g_steal_pointer(&parent->pending);
    sg_duty_ask(&parent->courier); /* the next ones go by the new configuration */
    sg_duty_ask(&parent->console.duty);
    note_loaded(parent);
}

static void gate_has_died(Parent *parent, int status)
{
    close(parent->channel);
    parent->channel = -1;
    /* It was loaded without error here, and the next gate starts from what we have. */
    settle_pending(parent);
    if (parent->stopping) {
        sg_ward_has_ended(&parent->gate);
        return;
    }
    sg_ward_has_died(&parent->gate, status);
    sd_notify(0, "STATUS=the gate has died and is started again");
}

static void reap(Parent *parent)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == parent->gate.pid)
            gate_has_died(parent, status);
        else if (pid == parent->reader.pid)
            sg_ward_has_died(&parent->reader, status);
        else if (pid == parent->courier.ward.pid)
            sg_duty_has_died(&parent->courier, status);
        else if (pid == parent->console.duty.ward.pid)
            sg_duty_has_died(&parent->console.duty, status);
    }
}

static void say_reloading(void)
{
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
}

static void say_ready(void)
{
    sd_notify(0, "READY=1\nSTATUS=judging mail");
}

static void keep_old(const Parent *parent, const char *why)
{
    if (parent->console.services)
        parent->console.services->refused = sg_when_now();
    sg_log(LOG_ERR, "kept the old configuration: %s", why);
    sd_notify(0, "READY=1\nSTATUS=judging mail by the old configuration: the new one has errors");
}

/* Here rather than in the gate, which judges meanwhile by what it has. */
static void compile_patterns(SgConfig *config)
{
    g_autoptr(GError) error = NULL;

    if (!sg_config_compile(config, &error))
        sg_log(LOG_NOTICE, "patterns are compiled anew at every start: %s", error->message);
}

/* Loaded here first: a gate that is forked tomorrow must start from something good. */
static void reload(Parent *parent)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config;
    const char *changed;

    say_reloading();
    config = sg_config_load(parent->good->path, report);
    sg_gate_log_report(report);
    if (!config) {
        keep_old(parent, "the new one has errors");
        if (parent->gate.pid > 0)
            sg_channel_say(parent->channel, SG_WORD_REFUSED); /* for the audit trail */
        return;
    }
    changed = sg_gate_keep_fixed(parent->good, config);
    if (changed)
        sg_log(LOG_WARNING, "'%s' has changed: that takes effect only with a restart", changed);
    compile_patterns(config);
    sg_config_unref(parent->pending);
    parent->pending = config;
    if (parent->gate.pid == 0 || !sg_channel_say(parent->channel, SG_WORD_RELOAD))
        settle_pending(parent);
}

/* Without the gate what the courier has in hand would stay with the mail server, which would wait
 * for the gate in vain, and the courier for the mail server. */
static void end_gate_behind_courier(Parent *parent)
{
    if (parent->courier.ward.pid > 0 && g_get_monotonic_time() < parent->end_gate_at)
        return;
    if (parent->gate.pid > 0)
        kill(parent->gate.pid, SIGTERM);
    parent->end_gate_at = SG_WARD_NEVER;
}

static void stop(Parent *parent)
{
    if (parent->stopping)
        return;
    parent->stopping = TRUE;
    parent->end_gate_at = g_get_monotonic_time() + LAST_MESSAGE;
    parent->kill_at = g_get_monotonic_time() + STOP_PATIENCE;
    sg_log(LOG_INFO, "stopping");
    sd_notify(0, "STOPPING=1\nSTATUS=finishing what was begun");
    sg_duty_ask(&parent->courier);
    sg_duty_ask(&parent->console.duty);
    end_gate_behind_courier(parent);
}

static void hear_signals(Parent *parent)
{
    struct signalfd_siginfo info;

    while (read(parent->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap(parent);
        else if (info.ssi_signo == SIGHUP)
            reload(parent);
        else
            stop(parent);
    }
}

static void hear_gate(Parent *parent)
{
    switch (sg_channel_hear(parent->channel)) {
    case SG_WORD_READY:
        if (!parent->ready)
            note_loaded(parent);
        if (!parent->ready)
            sg_log(LOG_INFO, "schoolgated " SG_VERSION " is ready at %s",
                   parent->good->gate.socket);
        parent->ready = TRUE;
        sg_daemon_ready();
        say_ready();
        break;
    case SG_WORD_LOADED:
        settle_pending(parent);
        sg_log(LOG_NOTICE, "the configuration was loaded again");
        say_ready();
        break;
    case SG_WORD_REFUSED:
        g_clear_pointer(&parent->pending, sg_config_unref);
        keep_old(parent, "the gate could not load the new one");
        break;
    default:
        /* Its end is closed: it is dying, and SIGCHLD is on its way. */
        close(parent->channel);
        parent->channel = -1;
    }
}

static int milliseconds_until(gint64 when)
{
    gint64 left = when - g_get_monotonic_time();

    if (when == SG_WARD_NEVER)
        return -1;
    return left > 0 ? (int)(left / 1000 + 1) : 0;
}

static void wait_for_something(Parent *parent)
{
    struct pollfd files[] = {
        {.fd = parent->signals, .events = POLLIN},
        {.fd = parent->channel, .events = POLLIN}, /* -1 is left out by poll() */
    };
    gint64 until = MIN(parent->gate.start_at, parent->reader.start_at);

    until = MIN(until, sg_watchdog_feed());
    if (parent->ready)
        until = MIN(until, parent->courier.ward.start_at);
    if (parent->ready && parent->good->console.wanted)
        until = MIN(until, parent->console.duty.ward.start_at);

    if (parent->stopping)
        until = g_get_monotonic_time() + KNOCK_EVERY;

    if (poll(files, G_N_ELEMENTS(files), milliseconds_until(until)) <= 0)
        return;
    if (files[1].revents)
        hear_gate(parent);
    if (files[0].revents)
        hear_signals(parent);
}

static void kill_ward(const SgWard *ward)
{
    if (ward->pid == 0)
        return;
    sg_log(LOG_WARNING, "%s does not stop; it is killed", ward->name);
    kill(ward->pid, SIGKILL);
}

static void hurry(Parent *parent)
{
    if (!parent->stopping)
        return;
    if (parent->end_gate_at != SG_WARD_NEVER)
        end_gate_behind_courier(parent);
    else if (parent->gate.pid > 0)
        sg_socket_knock();
    if (g_get_monotonic_time() < parent->kill_at)
        return;
    kill_ward(&parent->gate);
    kill_ward(&parent->courier.ward);
    kill_ward(&parent->console.duty.ward);
    parent->kill_at = SG_WARD_NEVER;
}

/* What it was asked by a gate that has gone is nobody's any more. */
static void end_reader(Parent *parent)
{
    if (parent->reader.pid > 0 && kill(parent->reader.pid, SIGKILL) == 0)
        waitpid(parent->reader.pid, NULL, 0);
    sg_extractor_stop(parent->extractor);
}

static gboolean anybody_is_left(const Parent *parent)
{
    return parent->gate.pid > 0 || parent->courier.ward.pid > 0 ||
           parent->console.duty.ward.pid > 0;
}

static int run_courier(SgConfig *config, int stop, gconstpointer data)
{
    (void)data;
    return sg_courier_run(config, stop);
}

/* Postfix's sendmail command runs one that belongs to a group which may write into the queue: a
 * process without the right to new privileges could not hand anything over. */
static gboolean start_courier(Parent *parent, int *code)
{
    const SgDutyWork work = {
        .privileges = parent->good->courier.send_by == SG_SEND_BY_COMMAND ? SG_MAY_GAIN_PRIVILEGES
                                                                          : SG_NO_NEW_PRIVILEGES,
        .keep = {-1, -1, -1, -1},
        .run = run_courier,
    };

    return sg_duty_start(&parent->courier, parent->good, &work, code);
}

/* Courier and console come behind the gate, which makes the record when there is none. TRUE in a
 * new process only, which has done its work then. */
static gboolean start_duties(Parent *parent, int *code)
{
    if (!parent->ready || parent->stopping)
        return FALSE;
    if (sg_ward_is_due(&parent->courier.ward) && start_courier(parent, code))
        return TRUE;
    return sg_console_ward_is_due(&parent->console, parent->good) &&
           sg_console_ward_start(&parent->console, parent->good, parent->extractor, code);
}

/* In a process that was forked for one duty, which has nothing to do with the rest. */
static void forget_others(Parent *parent)
{
    sg_extractor_stop(parent->extractor);
    sg_config_unref(parent->pending);
}

static int supervise(Parent *parent)
{
    int code;

    while (!parent->stopping || anybody_is_left(parent)) {
        if (sg_ward_is_due(&parent->reader))
            sg_ward_was_forked(&parent->reader, sg_extractor_fork(parent->extractor));
        if (!parent->stopping && sg_ward_is_due(&parent->gate) && start_gate(parent, &code))
            return code;
        if (start_duties(parent, &code)) {
            forget_others(parent);
            return code;
        }
        wait_for_something(parent);
        hurry(parent);
    }
    end_reader(parent);
    sg_socket_remove();
    sg_console_ward_clear(&parent->console);
    sg_config_unref(parent->good);
    sg_config_unref(parent->pending);
    close(parent->signals);
    sg_log(LOG_INFO, "stopped");
    return EX_OK;
}

static int complain(int code, const GError *error)
{
    fprintf(stderr, "schoolgated: %s\n", error->message);
    return code;
}

static void watch_services(Parent *parent)
{
    SgServices *services = parent->console.services;

    if (!services)
        return;
    parent->gate.service = &services->of[SG_SERVICE_GATE];
    parent->reader.service = &services->of[SG_SERVICE_EXTRACTOR];
    parent->courier.ward.service = &services->of[SG_SERVICE_COURIER];
}

/* All that may fail while somebody is looking. */
static int prepare(Parent *parent, const SgConfig *config)
{
    g_auto(SgIdentity) identity = {0};
    g_autoptr(GError) error = NULL;

    if (!sg_identity_find(&config->gate, &identity, &error))
        return complain(EX_NOUSER, error);
    /* Before the socket is there, as it takes a moment: who finds the socket may tell us to stop.
     */
    parent->extractor = sg_extractor_new(&error);
    if (!parent->extractor)
        return complain(EX_OSERR, error);
    if (!sg_socket_open(&config->gate, identity.uid, identity.socket_group, &error))
        return complain(EX_UNAVAILABLE, error);
    sg_console_ward_init(&parent->console, config);
    watch_services(parent);
    if (!sg_identity_assume(&identity, &error) || !sg_folders_usable(config, &error)) {
        sg_socket_remove();
        return complain(EX_NOPERM, error);
    }
    if (getuid() == 0)
        fputs("schoolgated: warning: running as root; name a 'user' in the gate's settings\n",
              stderr);
    return EX_OK;
}

int sg_parent_run(SgConfig *config, SgDaemon daemon)
{
    Parent parent = {
        .good = config,
        .channel = -1,
        .gate = {.name = "the gate"},
        .reader = {.name = "the reader of attachments"},
        .courier = {.ward = {.name = "the courier"}, .process = "schoolgate-cour", .channel = -1},
        .console = {.duty = {.channel = -1}, .sockets = {-1, -1}},
        .kill_at = SG_WARD_NEVER};
    gboolean to_stderr = config->gate.log == SG_LOG_TO_STDERR;
    int code;

    umask(077);
    sg_raise_file_limit();
    code = prepare(&parent, config);
    if (code != EX_OK || (daemon == SG_BECOME_DAEMON && !sg_daemon_start(to_stderr, &code))) {
        sg_extractor_stop(parent.extractor);
        sg_config_unref(config);
        return code;
    }
    sg_log_open("schoolgated", config->gate.log, FALSE);
    if (to_stderr) /* libmilter knows only syslog: what it says goes to both */
        openlog("schoolgated", LOG_PID | LOG_PERROR, LOG_MAIL);
    parent.signals = take_signals();
    compile_patterns(config);
    return supervise(&parent);
}
