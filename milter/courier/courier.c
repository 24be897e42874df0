/* courier.c - takes one item of the outbox after the other in hand, has it sent, and puts on record
 * what became of it. */
#include "schoolgate/courier.h"
#include "schoolgate/meter.h"
#include "schoolgate/pulse.h"
#include "schoolgate/when.h"

#include "confine.h"
#include "daily.h"
#include "outgoing.h"
#include "schoolgate/sender.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sysexits.h>
#include <unistd.h>

#define FIRST_PAUSE   30 /* seconds after which an item is tried again: doubled each time, up to */
#define LONGEST_PAUSE (60 * 60)

#define IDLE_MS      1000 /* how often the outbox is looked into */
#define TROUBLE_MS   5000 /* and when there is trouble with the record */
#define DAILY_EVERY  60   /* seconds */
#define SETTLE_TRIES 10   /* once it is to stop, of putting on record what the mail server took */

typedef struct Courier {
    SgConfig *config;
    int stop;
    int lock;
    SgRecord *record;
    SgSender *sender;
    char *trouble; /* what was last logged of the record; NULL while all is well */
    gint64 daily_at;
} Courier;

/* TRUE when it is time to end. */
static gboolean wait_or_stop(const Courier *courier, int milliseconds)
{
    struct pollfd file = {.fd = courier->stop, .events = POLLIN};

    sg_pulse_beat();
    return poll(&file, 1, milliseconds) > 0;
}

/* The same trouble is logged once, however often it is met. */
static void note_trouble(Courier *courier, const GError *error)
{
    if (g_strcmp0(courier->trouble, error->message) == 0)
        return;
    sg_log(LOG_ERR, "nothing can be sent for now: %s", error->message);
    g_free(courier->trouble);
    courier->trouble = g_strdup(error->message);
}

static void note_that_all_is_well(Courier *courier)
{
    if (!courier->trouble)
        return;
    sg_log(LOG_NOTICE, "the courier is at work again");
    g_clear_pointer(&courier->trouble, g_free);
}

static int open_lock(const Courier *courier)
{
    g_autofree char *path = g_strconcat(courier->config->database, "-courier.lock", NULL);

    return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* Lets go of it only when the process ends. FALSE when told to stop before it was there. */
static gboolean get_lock(Courier *courier)
{
    gboolean told = FALSE;

    for (;;) {
        if (courier->lock < 0)
            courier->lock = open_lock(courier);
        if (courier->lock >= 0 && flock(courier->lock, LOCK_EX | LOCK_NB) == 0)
            return TRUE;
        if (!told && courier->lock >= 0)
            sg_log(LOG_WARNING, "another courier works on '%s'; this one waits",
                   courier->config->database);
        else if (!told)
            sg_log(LOG_ERR, "cannot lock '%s-courier.lock': %s", courier->config->database,
                   g_strerror(errno));
        told = TRUE;
        if (wait_or_stop(courier, IDLE_MS))
            return FALSE;
    }
}

/* What was in hand when a courier died is nobody's: we are the only one. */
static gboolean open_record(Courier *courier, GError **error)
{
    guint items = 0;
    g_autoptr(SgRecord) record =
        sg_record_open(courier->config->database, SG_RECORD_READ_WRITE, error);

    if (!record || !sg_outbox_recover(record, &items, error))
        return FALSE;
    if (items > 0)
        sg_log(LOG_NOTICE, "what was in hand when the courier last ended is sent now: %u", items);
    courier->record = g_steal_pointer(&record);
    return TRUE;
}

static gboolean get_record(Courier *courier)
{
    for (;;) {
        g_autoptr(GError) error = NULL;

        if (open_record(courier, &error)) {
            note_that_all_is_well(courier);
            return TRUE;
        }
        note_trouble(courier, error);
        if (wait_or_stop(courier, TROUBLE_MS) || sg_courier_is_kept_out(courier->config))
            return FALSE;
    }
}

static void log_item(int priority, const SgOutboxItem *item, const char *state, const char *words)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_ID, item->incident);
    sg_log_line_text(line, SG_FIELD_KIND, sg_notice_kind_names[item->kind]);
    sg_log_line_text(line, SG_FIELD_STATE, state);
    sg_log_line_number(line, SG_FIELD_ATTEMPTS, item->attempts);
    sg_log_line_text(line, SG_FIELD_WORDS, words);
    sg_log_line_send(line, priority);
}

static void log_words(const SgOutboxItem *item, const char *words)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_ID, item->incident);
    sg_log_line_text(line, SG_FIELD_KIND, sg_notice_kind_names[item->kind]);
    sg_log_line_say(line, "%s", words);
    sg_log_line_send(line, LOG_ERR);
}

static gint64 pause_after(guint attempts)
{
    gint64 pause = FIRST_PAUSE;

    for (guint i = 1; i < attempts && pause < LONGEST_PAUSE; i++)
        pause *= 2;
    return MIN(pause, LONGEST_PAUSE);
}

/* For how long an item has been tried, whatever the clock says: the sum of its pauses. */
static gint64 tried_for(guint attempts)
{
    gint64 tried = 0;

    for (guint i = 1; i < attempts; i++)
        tried += pause_after(i);
    return tried;
}

/* What is to become of an item, now that the mail server has answered. */
typedef enum { ENDS_SENT, ENDS_LATER, ENDS_SPLIT, ENDS_GIVEN_UP } Ending;
static const char *const ending_names[] = {[ENDS_SENT] = "sent",
                                           [ENDS_LATER] = "later",
                                           [ENDS_SPLIT] = "split",
                                           [ENDS_GIVEN_UP] = "failed"};

static Ending ending_of(const Courier *courier, const SgOutboxItem *item, SgHandedHow how)
{
    gboolean old =
        item->attempts > 1 && tried_for(item->attempts) >= courier->config->courier.give_up_after;

    if (how == SG_HANDED_OVER)
        return ENDS_SENT;
    if (how == SG_HANDED_LATER && !old)
        return ENDS_LATER;
    /* One recipient whom the mail server refuses does not keep the others from their mail. */
    if (item->kind == SG_NOTICE_RELEASE && g_strv_length(item->copies) > 1)
        return ENDS_SPLIT;
    return ENDS_GIVEN_UP;
}

/* Whoever is told of it has no part in it. */
static gboolean give_up(const Courier *courier, const SgOutboxItem *item, const char *words,
                        GError **error)
{
    const char *whom = courier->config->school.officer;

    if (item->incident) {
        g_autoptr(SgIncident) incident = sg_record_load(courier->record, item->incident, error);

        if (!incident)
            return FALSE;
        whom = sg_config_officer_for(incident, courier->config);
    }
    return sg_outbox_give_up(courier->record, item, sg_when_now(), words, whom, error);
}

static gboolean put_on_record(const Courier *courier, const SgOutboxItem *item, Ending ending,
                              const char *words, GError **error)
{
    const SgConfig *config = courier->config;
    gint64 now = sg_when_now();

    switch (ending) {
    case ENDS_SENT:
        return sg_outbox_sent(courier->record, item, now, words,
                              config->courier.tell_release ? SG_TELL_SENDER : SG_TELL_NOBODY,
                              error);
    case ENDS_LATER:
        return sg_outbox_later(courier->record, item, now + pause_after(item->attempts), words,
                               error);
    case ENDS_SPLIT:
        return sg_outbox_split(courier->record, item, now, error);
    case ENDS_GIVEN_UP:
        return give_up(courier, item, words, error);
    }
    g_return_val_if_reached(TRUE);
}

/* Until that is on record nothing else is done: an item that was sent must not be sent again. An
 * item that the record no longer knows to be in our hand is not ours to write of. */
static void settle(Courier *courier, const SgOutboxItem *item, Ending ending, const char *words)
{
    for (guint tries = 0;;) {
        g_autoptr(GError) error = NULL;

        if (put_on_record(courier, item, ending, words, &error)) {
            note_that_all_is_well(courier);
            return;
        }
        note_trouble(courier, error);
        if (error->code == SG_RECORD_ERROR_REFUSED)
            return;
        if (!wait_or_stop(courier, IDLE_MS))
            continue;
        g_usleep(G_USEC_PER_SEC / 2);
        if (++tries < SETTLE_TRIES)
            continue;
        if (ending == ENDS_SENT)
            log_words(item, "sent, but that cannot be put on record; it will be sent again");
        return;
    }
}

static void log_ending(const SgOutboxItem *item, Ending ending, const char *words)
{
    log_item(ending == ENDS_SENT ? LOG_NOTICE : LOG_WARNING, item, ending_names[ending], words);
    if (ending == ENDS_GIVEN_UP)
        log_words(item, "the courier gives up on this");
}

/* A message that is no longer there cannot be sent, and never will be. */
static SgHanded hand_over(Courier *courier, const SgOutboxItem *item)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgMail) mail =
        sg_courier_mail(courier->config, courier->record, item, sg_when_now(), &error);

    if (mail)
        return sg_sender_send(courier->sender, mail);
    return (SgHanded){error->code == SG_RECORD_ERROR_NOT_FOUND ? SG_HANDED_REFUSED
                                                               : SG_HANDED_LATER,
                      g_strdup(error->message)};
}

static void deal_with(Courier *courier, const SgOutboxItem *item)
{
    gint64 began = g_get_monotonic_time();
    g_auto(SgHanded) handed = hand_over(courier, item);
    Ending ending;

    if (handed.how == SG_HANDED_CUT)
        return; /* the next courier finds it in hand, as if we had died */
    ending = ending_of(courier, item, handed.how);
    const char *const named[SG_METER_LABELS] = {sg_notice_kind_names[item->kind],
                                                ending_names[ending]};

    sg_meter_observe(SG_METER_SEND_SECONDS, 0, g_get_monotonic_time() - began);
    sg_meter_add_named(SG_METER_SENDS, named);
    settle(courier, item, ending, handed.words);
    log_ending(item, ending, handed.words);
}

/* Milliseconds until the next look. */
static int send_next(Courier *courier)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgOutboxItem) item = NULL;

    if (!sg_outbox_take(courier->record, sg_when_now(), courier->config->courier.notice_every,
                        &item, &error)) {
        note_trouble(courier, error);
        return TROUBLE_MS;
    }
    note_that_all_is_well(courier);
    if (!item)
        return IDLE_MS;
    deal_with(courier, item);
    return 0;
}

static void work(Courier *courier)
{
    int pause = 0;

    while (!wait_or_stop(courier, pause)) {
        if (g_get_monotonic_time() >= courier->daily_at) {
            sg_daily_work(courier->config, courier->record, sg_when_now(), courier->stop);
            sg_meter_measure_process(SG_METERED_COURIER);
            courier->daily_at = g_get_monotonic_time() + DAILY_EVERY * G_USEC_PER_SEC;
        }
        pause = send_next(courier);
    }
}

int sg_courier_run(SgConfig *config, int stop, int errands)
{
    Courier courier = {.config = config, .stop = stop, .lock = -1};

    sg_log_process("courier");
    sg_meter_confine(SG_METER_OF_SERVICE);
    sg_pulse_take(SG_PULSE_COURIER);
    sg_meter_measure_process(SG_METERED_COURIER);
    sg_courier_confine(config);
    courier.sender = sg_sender_new(&config->courier, errands, stop);
    if (get_lock(&courier) && get_record(&courier))
        work(&courier);
    sg_record_close(courier.record);
    sg_sender_free(courier.sender);
    if (courier.lock >= 0)
        close(courier.lock);
    g_free(courier.trouble);
    sg_config_unref(config);
    return EX_OK;
}
