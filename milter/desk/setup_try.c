/* setup_try.c - sends the two messages and finds out what became of them; see setup_try.h */
#include "setup_try.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "schoolgate/business.h"
#include "schoolgate/record.h"
#include "schoolgate/sender.h"
#include "schoolgate/trial.h"
#include "schoolgate/when.h"

#define SKEW 600 /* seconds: a mail server may take its time */

/* What a refusal of ours begins with, behind its codes. */
#define OUR_WORDS " Not sent: "

static const char harmless_text[] = "Subject: schoolgate test, harmless: this one should arrive\r\n"
                                    "\r\n"
                                    "This message was sent by 'schoolgate setup', to see that mail "
                                    "which breaks no rule goes on.\r\n"
                                    "Nothing needs to be done about it.\r\n";

static const char caught_text[] =
    "Subject: schoolgate test, a chain letter: stopped where rules are enforced\r\n"
    "\r\n"
    "This message was sent by 'schoolgate setup', to see that a rule catches what follows.\r\n"
    "Nothing needs to be done about it. Do not act on it:\r\n"
    "\r\n"
    "Forward this to ten friends tonight or have seven years of bad luck.\r\n";

void sg_tries_clear(SgTries *tries)
{
    g_free(tries->sender);
    g_free(tries->recipient);
    g_free(tries->harmless.words);
    g_free(tries->harmless.incident);
    g_free(tries->caught.words);
    g_free(tries->caught.incident);
    g_free(tries->why);
}

static char *new_message_id(const char *sender)
{
    const char *at = strrchr(sender, '@');
    g_autofree char *random = g_uuid_string_random();

    return g_strdup_printf("<schoolgate-test.%s@%s>", random, at ? at + 1 : "localhost");
}

static SgMail *compose(const SgTries *tries, const char *id, const char *text)
{
    SgMail *mail = g_new0(SgMail, 1);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(sg_when_now());
    g_autofree char *date = g_date_time_format(now, "%a, %d %b %Y %H:%M:%S +0000");
    char *whole = g_strdup_printf("From: %s\r\nTo: %s\r\nDate: %s\r\nMessage-ID: %s\r\n"
                                  "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                                  "%s",
                                  tries->sender, tries->recipient, date, id, text);

    mail->from = g_strdup(tries->sender);
    mail->to = g_new0(char *, 2);
    mail->to[0] = g_strdup(tries->recipient);
    mail->bytes = g_bytes_new_take(whole, strlen(whole));
    return mail;
}

/* Whether a rule would find anything in it, enforced or not. */
static gboolean would_be_found(const SgConfig *config, const SgMail *mail)
{
    const SgTrialEnvelope envelope = {
        .sender = mail->from, .recipients = (const char *const *)mail->to, .when = sg_when_now()};
    g_auto(SgTrial) trial = {0};

    return sg_trial_run(config, NULL, &envelope, mail->bytes, &trial, NULL) &&
           trial.verdict->findings->len > 0;
}

/* The postmaster, unless rules leave that address alone. */
static void choose_people(SgTries *tries, const SgConfig *config)
{
    const SgSchool *school = &config->school;

    tries->recipient = g_strdup(school->officer);
    tries->sender = g_strdup(school->postmaster);
    g_autoptr(SgMail) mail = compose(tries, "<x@localhost>", caught_text);
    if (would_be_found(config, mail))
        return;
    g_free(tries->sender);
    tries->sender = g_strdup(school->officer);
}

/* What became of them -----------------------------------------------------------------------------
 */

static SgTryEnd end_of(const SgHanded *handed)
{
    gboolean of_server = g_ascii_isdigit(*handed->words);

    if (handed->how == SG_HANDED_OVER)
        return SG_TRY_UNKNOWN; /* until the record has been asked */
    if (handed->how == SG_HANDED_LATER)
        return of_server ? SG_TRY_DEFERRED : SG_TRY_NO_SERVER;
    return strstr(handed->words, OUR_WORDS) ? SG_TRY_CAUGHT : SG_TRY_REFUSED;
}

static void send(SgTry *try, SgSender *sender, const SgMail *mail)
{
    g_auto(SgHanded) handed = sg_sender_send(sender, mail);

    try->end = end_of(&handed);
    try->words = g_strdup(handed.words);
}

static void take_incident(SgTry *try, const SgIncident *incident)
{
    try->incident = g_strdup(incident->id);
    if (try->end == SG_TRY_UNKNOWN)
        try->end = incident->state == SG_STATE_PASSED ? SG_TRY_SEEN : SG_TRY_CAUGHT;
}

/* Before schoolgated has run for the first time there is none. That it cannot be seen is another
 * thing, and proves nothing. */
static gboolean is_no_record(const SgConfig *config)
{
    return g_access(config->database, F_OK) != 0 && errno == ENOENT;
}

/* FALSE with `why` when the record cannot be asked. */
static gboolean find_incident(SgTry *try, const SgConfig *config, const char *id, char **why)
{
    const SgIncidentFilter filter = {.state = -1, .since = sg_when_now() - SKEW};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = NULL;
    g_autoptr(GPtrArray) incidents = NULL;

    if (is_no_record(config))
        return TRUE;
    record = sg_record_open(config->database, SG_RECORD_READ_ONLY, &error);
    if (record)
        incidents = sg_record_list(record, &filter, &error);
    if (!incidents) {
        *why = g_strdup(error->message);
        return FALSE;
    }
    for (guint i = 0; i < incidents->len; i++) {
        const SgIncident *incident = incidents->pdata[i];
        if (g_strcmp0(incident->message_id, id) == 0)
            take_incident(try, incident);
    }
    return TRUE;
}

/* Of the chain letter the record must speak; of the harmless one it does not, but it went by the
 * same way a moment before. */
static void conclude(SgTries *tries, gboolean asked)
{
    SgTry *caught = &tries->caught, *harmless = &tries->harmless;

    if (caught->end == SG_TRY_UNKNOWN && asked)
        caught->end = SG_TRY_BYPASSED;
    if (harmless->end != SG_TRY_UNKNOWN)
        return;
    if (caught->end == SG_TRY_CAUGHT || caught->end == SG_TRY_SEEN)
        harmless->end = SG_TRY_PASSED;
    else if (caught->end == SG_TRY_BYPASSED)
        harmless->end = SG_TRY_BYPASSED;
}

void sg_tries_send(SgTries *tries, const SgConfig *config)
{
    g_autoptr(SgSender) sender = sg_sender_new(&config->courier, -1, -1);
    gboolean found, asked;

    choose_people(tries, config);
    g_autofree char *harmless_id = new_message_id(tries->sender);
    g_autofree char *caught_id = new_message_id(tries->sender);
    g_autoptr(SgMail) harmless = compose(tries, harmless_id, harmless_text);
    g_autoptr(SgMail) caught = compose(tries, caught_id, caught_text);
    found = would_be_found(config, caught);
    send(&tries->harmless, sender, harmless);
    send(&tries->caught, sender, caught);
    asked = find_incident(&tries->caught, config, caught_id, &tries->why);
    if (!found && asked && !tries->caught.incident)
        tries->why = g_strdup("no rule of yours finds anything in the chain letter");
    conclude(tries, asked && (found || tries->caught.incident));
}
