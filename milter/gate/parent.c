/* parent.c - starts the gate, the reader of attachments, the courier, the console and the keeper of
 * directories' copies, starts them again when they die, and passes on what signals ask for. */
#include "parent.h"

#include "channel.h"
#include "confine.h"
#include "daemon.h"
#include "gate_internal.h"
#include "parent_internal.h"
#include "privileges.h"
#include "schoolgate/courier.h"
#include "schoolgate/gate.h"
#include "schoolgate/meter.h"
#include "schoolgate/pulse.h"
#include "socket.h"
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

/* In the new process: nothing of the parent's is kept but what it listens at, `channel`, and where
 * it asks for attachments to be read. Its own name and process group keep signals sent to
 * "schoolgated" or the terminal from it: libmilter stops at a hang-up. */
static int become_gate(SgParent *parent, int channel, pid_t parent_id)
{
    int kept[] = {channel, sg_extractor_file(parent->extractor), -1};

    sg_console_ward_clear(&parent->console);
    kept[2] = sg_socket_file();
    sg_duty_keep_only(kept, G_N_ELEMENTS(kept));
    sg_daemon_open_log(&parent->good->gate);
    sg_confine_child(parent_id);
    prctl(PR_SET_NAME, "schoolgate-gate", 0, 0, 0);
    setpgid(0, 0);
    unsetenv("NOTIFY_SOCKET");
    sg_reach_clear(&parent->reach);
    sg_config_unref(parent->pending);
    return sg_gate_run(parent->good, channel, parent->extractor);
}

/* TRUE in the new process only, with `code` for its exit. */
static gboolean start_gate(SgParent *parent, int *code)
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
    sg_reach_take(&parent->reach, parent->good);
    if (pid > 0)
        parent->channel = ends[0];
    return FALSE;
}

static void gate_has_died(SgParent *parent, int status)
{
    close(parent->channel);
    parent->channel = -1;
    /* It was loaded without error here, and the next gate starts from what we have. */
    sg_parent_settle(parent);
    if (parent->stopping || parent->reach.left) {
        sg_ward_has_ended(&parent->gate);
        return;
    }
    sg_ward_has_died(&parent->gate, status);
    sd_notify(0, "STATUS=the gate has died and is started again");
}

/* When all ends it is not waited for: it has nothing in hand that could be lost. */
static void directory_has_died(SgParent *parent, int status)
{
    if (parent->stopping)
        sg_ward_has_ended(&parent->directory.ward);
    else
        sg_duty_has_died(&parent->directory, status);
}

/* Without the gate what the courier has in hand would stay with the mail server, which would wait
 * for the gate in vain, and the courier for the mail server. */
static void end_gate_behind_courier(SgParent *parent)
{
    if (parent->courier.ward.pid > 0 && g_get_monotonic_time() < parent->end_gate_at)
        return;
    if (parent->gate.pid > 0)
        kill(parent->gate.pid, SIGTERM);
    parent->end_gate_at = SG_WARD_NEVER;
}

static void stop(SgParent *parent)
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
    sg_duty_ask(&parent->directory);
    end_gate_behind_courier(parent);
}

/* We have given up what starting it anew would take: only a service that is started anew has it. */
static void errands_have_died(SgParent *parent)
{
    parent->errands_pid = 0;
    if (parent->stopping)
        return;
    sg_log(LOG_ERR,
           "what runs the sendmail command (process %d) has died; schoolgated ends, so as "
           "to be started again with it",
           sg_errands_pid(parent->errands));
    parent->code = EX_OSERR;
    stop(parent);
}

static void reap(SgParent *parent)
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
        else if (pid == parent->directory.ward.pid)
            directory_has_died(parent, status);
        else if (pid == parent->errands_pid)
            errands_have_died(parent);
    }
}

static void hear_signals(SgParent *parent)
{
    struct signalfd_siginfo info;

    while (read(parent->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap(parent);
        else if (info.ssi_signo == SIGHUP)
            sg_parent_reload(parent);
        else
            stop(parent);
    }
}

static void hear_gate(SgParent *parent)
{
    SgWord word = sg_channel_hear(parent->channel);

    switch (word) {
    case SG_WORD_READY:
        if (!parent->ready)
            sg_parent_note_loaded(parent);
        if (!parent->ready)
            sg_log(LOG_INFO, "schoolgated " SG_VERSION " is ready at %s",
                   parent->good->gate.socket);
        sg_parent_say_news(parent);
        parent->ready = TRUE;
        sg_daemon_ready();
        sg_parent_say_ready();
        break;
    case SG_WORD_LOADED:
    case SG_WORD_REFUSED:
        sg_parent_hear_answer(parent, word);
        break;
    default:
        /* Its end is closed: it is dying, and SIGCHLD is on its way. */
        close(parent->channel);
        parent->channel = -1;
    }
}

/* All that it has said, as it may be dying: then its end is closed, and SIGCHLD is on its way. */
static void hear_directory(SgParent *parent)
{
    gboolean people = FALSE;
    SgWord word;

    do {
        word = sg_channel_hear_for(parent->directory.channel, 0);
        people |= word == SG_WORD_PEOPLE;
        if (word == SG_WORD_END)
            sg_duty_ask(&parent->directory);
    } while (word == SG_WORD_PEOPLE);
    if (people)
        sg_parent_reload_people(parent);
}

static int milliseconds_until(gint64 when)
{
    gint64 left = when - g_get_monotonic_time();

    if (when == SG_WARD_NEVER)
        return -1;
    return left > 0 ? (int)(left / 1000 + 1) : 0;
}

/* Who is to end is given time of its own. */
static gint64 listen_to_all(SgParent *parent)
{
    SgWard *const wards[] = {&parent->gate, &parent->reader, &parent->courier.ward,
                             &parent->console.duty.ward, &parent->directory.ward};

    return sg_listening_look(&parent->listening, wards, G_N_ELEMENTS(wards));
}

static void wait_for_something(SgParent *parent)
{
    struct pollfd files[] = {
        {.fd = parent->signals, .events = POLLIN},
        {.fd = parent->channel, .events = POLLIN}, /* -1 is left out by poll() */
        {.fd = parent->directory.channel, .events = POLLIN},
    };
    gint64 until = MIN(parent->gate.start_at, parent->reader.start_at);

    until = MIN(until, sg_watchdog_feed());
    if (!parent->stopping)
        until = MIN(until, listen_to_all(parent));
    if (parent->ready)
        until = MIN(until, parent->courier.ward.start_at);
    if (parent->ready && parent->good->console.wanted)
        until = MIN(until, parent->console.duty.ward.start_at);
    if (parent->ready && parent->good->directories->len > 0)
        until = MIN(until, parent->directory.ward.start_at);
    if (parent->stopping)
        until = g_get_monotonic_time() + KNOCK_EVERY;
    if (poll(files, G_N_ELEMENTS(files), milliseconds_until(until)) <= 0)
        return;
    if (files[1].revents)
        hear_gate(parent);
    if (files[2].revents)
        hear_directory(parent);
    if (files[0].revents)
        hear_signals(parent);
}

static gboolean others_are_left(const SgParent *parent)
{
    return parent->gate.pid > 0 || parent->courier.ward.pid > 0 ||
           parent->console.duty.ward.pid > 0;
}

/* What runs errands ends by itself, and is not waited for beyond all patience. */
static gboolean anybody_is_left(const SgParent *parent)
{
    return others_are_left(parent) || parent->directory.ward.pid > 0 ||
           (parent->errands_pid > 0 && parent->kill_at != SG_WARD_NEVER);
}

static void kill_ward(const SgWard *ward)
{
    if (ward->pid == 0)
        return;
    sg_log(LOG_WARNING, "%s does not stop; it is killed", ward->name);
    kill(ward->pid, SIGKILL);
}

static void hurry(SgParent *parent)
{
    if (!parent->stopping)
        return;
    if (parent->end_gate_at != SG_WARD_NEVER)
        end_gate_behind_courier(parent);
    else if (parent->gate.pid > 0)
        sg_socket_knock();
    if (!others_are_left(parent) && parent->directory.ward.pid > 0)
        kill(parent->directory.ward.pid, SIGKILL);
    if (!others_are_left(parent))
        g_clear_pointer(&parent->errands, sg_errands_free); /* now nobody can ask any more */
    if (g_get_monotonic_time() < parent->kill_at)
        return;
    kill_ward(&parent->gate);
    kill_ward(&parent->courier.ward);
    kill_ward(&parent->console.duty.ward);
    parent->kill_at = SG_WARD_NEVER;
}

/* What it was asked by a gate that has gone is nobody's any more. */
static void end_reader(SgParent *parent)
{
    if (parent->reader.pid > 0 && kill(parent->reader.pid, SIGKILL) == 0)
        waitpid(parent->reader.pid, NULL, 0);
    sg_extractor_stop(parent->extractor);
}

static int run_courier(SgConfig *config, int stop, gconstpointer data)
{
    return sg_courier_run(config, stop, sg_errands_file(data));
}

static gboolean start_courier(SgParent *parent, int *code)
{
    const SgDutyWork work = {
        .keep = {sg_errands_file(parent->errands), -1, -1, -1},
        .run = run_courier,
        .data = parent->errands,
    };

    return sg_duty_start(&parent->courier, parent->good, &work, code);
}

/* Courier, console and what asks directories come behind the gate, which makes the record when
 * there is none. TRUE in a new process only, which has done its work then. */
static gboolean start_duties(SgParent *parent, int *code)
{
    if (!parent->ready || parent->stopping)
        return FALSE;
    if (sg_ward_is_due(&parent->courier.ward) && start_courier(parent, code))
        return TRUE;
    if (sg_directory_ward_is_due(&parent->directory, parent->good) &&
        sg_directory_ward_start(&parent->directory, parent->good, code))
        return TRUE;
    return sg_console_ward_is_due(&parent->console, parent->good) &&
           sg_console_ward_start(&parent->console, parent->good, parent->extractor, code);
}

/* In a process that was forked for one duty, which has nothing to do with the rest. */
static void forget_others(SgParent *parent)
{
    sg_extractor_stop(parent->extractor);
    sg_errands_free(parent->errands);
    sg_reach_clear(&parent->reach);
    sg_config_unref(parent->pending);
}

static int supervise(SgParent *parent)
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
        sg_parent_go_on(parent);
        wait_for_something(parent);
        hurry(parent);
    }
    end_reader(parent);
    sg_socket_remove();
    sg_console_ward_clear(&parent->console);
    sg_reach_clear(&parent->reach);
    sg_config_unref(parent->good);
    sg_config_unref(parent->pending);
    close(parent->signals);
    sg_log(LOG_INFO, "stopped");
    return parent->code;
}

static int complain(int code, const GError *error)
{
    fprintf(stderr, "schoolgated: %s\n", error->message);
    return code;
}

static void watch_services(SgParent *parent)
{
    SgServices *services = parent->console.services;

    if (!services)
        return;
    parent->gate.service = &services->of[SG_SERVICE_GATE];
    parent->reader.service = &services->of[SG_SERVICE_EXTRACTOR];
    parent->courier.ward.service = &services->of[SG_SERVICE_COURIER];
    parent->directory.ward.service = &services->of[SG_SERVICE_DIRECTORY];
}

/* All that may fail while somebody is looking. */
static int prepare(SgParent *parent, const SgConfig *config)
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
    sg_warn_of_reload(config);
    if (getuid() == 0)
        fputs("schoolgated: warning: running as root; name a 'user' in the gate's settings\n",
              stderr);
    return EX_OK;
}

/* Before anything is given up: what is forked here has to be able to do what we then cannot. */
static void start_errands(SgParent *parent)
{
    const SgCourierSettings *courier = &parent->good->courier;

    if (courier->send_by != SG_SEND_BY_COMMAND)
        return;
    parent->errands = sg_errands_start(courier->command);
    parent->errands_pid = sg_errands_pid(parent->errands);
    if (parent->errands)
        sg_log(LOG_NOTICE,
               "'%s' is run by a process that is not confined, as it needs more than "
               "others have; 'send-with smtp' needs none",
               courier->command);
    else
        sg_log(LOG_ERR, "cannot start what runs the sendmail command: %s", g_strerror(errno));
}

int sg_parent_run(SgConfig *config, SgDaemon daemon)
{
    SgParent parent = {.good = config,
                       .channel = -1,
                       .gate = {.name = "the gate", .pulse = SG_PULSE_GATE},
                       .reader = {.name = "the reader of attachments", .pulse = SG_PULSE_EXTRACTOR},
                       .courier = {.ward = {.name = "the courier", .pulse = SG_PULSE_COURIER},
                                   .process = "schoolgate-cour",
                                   .channel = -1},
                       .console = {.duty = {.channel = -1}, .sockets = {-1, -1}},
                       .directory = SG_DIRECTORY_WARD,
                       .listening = {.patience = sg_watchdog_patience()},
                       .kill_at = SG_WARD_NEVER};
    int code;

    umask(077);
    sg_meter_open();
    sg_pulse_open();
    sg_raise_file_limit();
    code = prepare(&parent, config);
    if (code != EX_OK || (daemon == SG_BECOME_DAEMON &&
                          !sg_daemon_start(config->gate.log == SG_LOG_TO_STDERR, &code))) {
        sg_extractor_stop(parent.extractor);
        sg_config_unref(config);
        return code;
    }
    sg_daemon_open_log(&config->gate);
    parent.signals = take_signals();
    start_errands(&parent);
    sg_parent_confine();
    sg_parent_compile(config);
    return supervise(&parent);
}
