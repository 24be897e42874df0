/* gate.c - the process that answers the MTA: libmilter's threads, and one that reloads and keeps an
 * eye on what the record says of rules: which are demoted, and what mail is exempt from them. */
#include "gate_internal.h"

#include "channel.h"
#include "confine.h"
#include "schoolgate/gate.h"
#include "schoolgate/meter.h"
#include "schoolgate/pulse.h"
#include "schoolgate/when.h"
#include "tracing.h"
#include "watch.h"

#include <malloc.h>
#include <pthread.h>
#include <sysexits.h>
#include <unistd.h>

#define LOOK_EVERY          1    /* seconds, for what is to be heeded at once */
#define MESSAGES_REMEMBERED 4096 /* for rules about repetition */
#define LARGE_MESSAGE       ((gsize)256 * 1024)

static struct {
    pthread_rwlock_t open; /* held for reading by whoever is at work, for writing from the end on */
    pthread_mutex_t lock;  /* of config */
    SgConfig *config;
    SgStore *store;
    SgWatch *watch; /* the control thread's, once there is one, as is what follows */
    gint64 looked;  /* for demotions: monotonic microseconds */
    SgSlots *slots;
    SgExtractor *extractor;
    SgSentLately *history;
    int channel;
} gate = {.open = PTHREAD_RWLOCK_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER};

SgConfig *sg_gate_config(void)
{
    SgConfig *config;

    pthread_mutex_lock(&gate.lock);
    config = sg_config_ref(gate.config);
    pthread_mutex_unlock(&gate.lock);
    return config;
}

SgStore *sg_gate_store(void)
{
    return gate.store;
}

SgSlots *sg_gate_slots(void)
{
    return gate.slots;
}

SgExtractor *sg_gate_extractor(void)
{
    return gate.extractor;
}

SgSentLately *sg_gate_history(void)
{
    return gate.history;
}

void sg_gate_enter(void)
{
    pthread_rwlock_rdlock(&gate.open);
}

void sg_gate_leave(void)
{
    pthread_rwlock_unlock(&gate.open);
}

static void log_entry(gboolean is_error, const char *line, gpointer data)
{
    (void)data;
    sg_log(is_error ? LOG_ERR : LOG_WARNING, "%s", line);
}

void sg_gate_log_report(const SgReport *report)
{
    sg_report_each(report, log_entry, NULL);
}

static gboolean keep(char **to, const char *from)
{
    if (g_strcmp0(*to, from) == 0)
        return FALSE;
    g_free(*to);
    *to = g_strdup(from);
    return TRUE;
}

const char *sg_gate_keep_fixed(const SgConfig *from, SgConfig *to)
{
    const char *changed = NULL;

    if (to->gate.log != from->gate.log)
        changed = "log";
    if (to->gate.log_form != from->gate.log_form)
        changed = "log-format";
    if (to->gate.socket_mode != from->gate.socket_mode)
        changed = "socket-mode";
    to->gate.log = from->gate.log;
    to->gate.log_form = from->gate.log_form;
    to->gate.socket_mode = from->gate.socket_mode;
    if (keep(&to->gate.socket_group, from->gate.socket_group))
        changed = "socket-group";
    if (keep(&to->gate.user, from->gate.user))
        changed = "user";
    if (keep(&to->database, from->database))
        changed = "database";
    if (keep(&to->gate.socket, from->gate.socket))
        changed = "socket";
    if (to->console.wanted != from->console.wanted)
        changed = "console";
    to->console.wanted = from->console.wanted;
    if (keep(&to->console.listen, from->console.listen))
        changed = "listen";
    if (keep(&to->console.metrics, from->console.metrics))
        changed = "metrics";
    return changed;
}

static void adopt(SgConfig *config)
{
    SgConfig *old;

    pthread_mutex_lock(&gate.lock);
    old = gate.config;
    gate.config = config;
    pthread_mutex_unlock(&gate.lock);
    sg_slots_resize(gate.slots, config->gate.concurrency);
    sg_config_unref(old);
}

/* TRUE when other rules are demoted than before. */
static gboolean look_for_demotions(const SgConfig *config)
{
    gate.looked = g_get_monotonic_time();
    return sg_watch_look(gate.watch, gate.store, config);
}

static gboolean is_time_for_demotions(const SgConfig *config)
{
    return g_get_monotonic_time() - gate.looked >= config->guard.look_every * G_TIME_SPAN_SECOND;
}

static gboolean look_for_exemptions(void)
{
    return sg_watch_look_for_exemptions(gate.watch, gate.store, sg_when_now());
}

static void look_into_record(const SgConfig *config)
{
    sg_gate_enter();
    look_for_demotions(config);
    look_for_exemptions();
    sg_gate_leave();
}

static SgWord reload(void)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(gate.config->path, report);

    if (!config) {
        sg_gate_log_report(report);
        return SG_WORD_REFUSED;
    }
    sg_gate_keep_fixed(gate.config, config);
    sg_config_compile(config, NULL); /* as the parent has done just now, and has complained */
    look_into_record(config);
    sg_tracing_begin(&config->gate);
    adopt(sg_watch_apply(gate.watch, config));
    return SG_WORD_LOADED;
}

static SgWord reload_people(void)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_with_people(gate.config, report);

    if (!config) {
        sg_gate_log_report(report);
        return SG_WORD_REFUSED;
    }
    adopt(sg_watch_apply(gate.watch, config));
    return SG_WORD_LOADED;
}

static void look_for_changes(void)
{
    gboolean changed;

    sg_meter_measure_process(SG_METERED_GATE);
    sg_tracing_look();
    sg_gate_enter();
    changed = look_for_exemptions();
    if (is_time_for_demotions(gate.config))
        changed |= look_for_demotions(gate.config);
    sg_gate_leave();
    if (changed)
        adopt(sg_watch_apply(gate.watch, sg_config_ref(gate.config)));
}

/* Such as a record that was put back from a backup. The parent starts another gate. */
static void end_if_kept_out(void)
{
    static gboolean ending;

    if (ending || !sg_gate_is_kept_out(gate.config))
        return;
    ending = TRUE;
    sg_log(LOG_WARNING, "a folder of the gate's has been replaced; it ends, to be started again");
    smfi_stop();
}

static void audit(const char *action, const char *detail)
{
    sg_gate_enter();
    sg_store_audit(gate.store, action, detail);
    sg_gate_leave();
}

static void audit_config(void)
{
    g_autofree char *detail =
        g_strdup_printf("%s sha256=%s", gate.config->path, gate.config->digest);

    audit("config-loaded", detail);
}

static void audit_refused(void)
{
    g_autofree char *detail = g_strdup_printf("%s has errors; in force is sha256=%s",
                                              gate.config->path, gate.config->digest);

    audit("config-refused", detail);
}

/* The parent, and whoever waits for it, hears first: the trail may have to wait for the disk. */
static void reload_and_audit(void)
{
    SgWord word = reload();

    sg_channel_say(gate.channel, word);
    if (word == SG_WORD_LOADED)
        audit_config();
    else
        audit_refused();
}

/* Only this thread replaces the configuration, so that it may read the pointer without the lock. */
static gpointer listen_to_parent(gpointer data)
{
    SgWord word;

    audit("gate-started", "schoolgated " SG_VERSION);
    audit_config();
    while ((word = sg_channel_hear_for(gate.channel, LOOK_EVERY)) != SG_WORD_NONE) {
        sg_pulse_beat();
        if (word == SG_WORD_RELOAD)
            reload_and_audit();
        else if (word == SG_WORD_REFUSED)
            audit_refused();
        else if (word == SG_WORD_PEOPLE)
            sg_channel_say(gate.channel, reload_people());
        else
            look_for_changes();
        end_if_kept_out();
    }
    return data;
}

/* Large messages come from the kernel and go back to it: the process stays as small as it was. */
static void keep_memory_flat(void)
{
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    mallopt(M_ARENA_MAX, 4);
}

/* What a large message has scattered over the heap in small pieces goes back as well. */
void sg_gate_give_memory_back(gsize message_size)
{
    if (message_size >= LARGE_MESSAGE)
        malloc_trim(0);
}

int sg_gate_run(SgConfig *config, int channel, SgExtractor *extractor)
{
    int result;

    sg_log_process("gate");
    sg_meter_confine(SG_METER_OF_SERVICE);
    sg_pulse_take(SG_PULSE_GATE);
    keep_memory_flat();
    sg_meter_set(SG_METER_CONNECTIONS, 0, 0); /* those of a gate that was killed are gone */
    gate.config = config;
    gate.channel = channel;
    gate.extractor = extractor;
    /* Signals stay blocked, as in the parent: libmilter takes its own by sigwait(), and no
     * other thread may be killed by them. */
    gate.slots = sg_slots_new(config->gate.concurrency);
    gate.history = sg_sent_lately_new(MESSAGES_REMEMBERED);
    sg_mail_init();
    sg_meter_measure_process(SG_METERED_GATE);
    sg_gate_confine(config);
    gate.store = sg_store_new(config->database);
    gate.watch = sg_watch_new();
    look_into_record(config);
    sg_tracing_begin(&config->gate);
    adopt(sg_watch_apply(gate.watch, sg_config_ref(config)));
    g_thread_unref(g_thread_new("control", listen_to_parent, NULL));
    sg_channel_say(channel, SG_WORD_READY);

    result = smfi_main();
    /* libmilter does not wait for its threads. Those that are judging finish first; any that come
     * later wait here until the process ends, and the MTA keeps what was not answered. */
    pthread_rwlock_wrlock(&gate.open);
    sg_store_close(gate.store);
    return result == MI_SUCCESS ? EX_OK : EX_SOFTWARE;
}
