/* exam_service.c - what runs: by which settings, how steadily, and the console */
#include <string.h>
#include <sys/stat.h>

#include "certificate.h"
#include "doctor.h"
#include "knock.h"
#include "ours.h"
#include "schoolgate/account.h"
#include "schoolgate/trail.h"
#include "schoolgate/when.h"

#define DAY          ((gint64)24 * 60 * 60)
#define STARTS_MANY  5
#define EXPIRES_SOON 30 /* days */

/* Settings in force
 * ---------------------------------------------------------------------------------
 */

/* The last entry of an action on the trail. */
typedef struct Entry {
    gint64 at; /* 0: there is none */
    char *detail;
    guint n; /* how many were read */
} Entry;

static void clear_entry(Entry *entry)
{
    g_clear_pointer(&entry->detail, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Entry, clear_entry)

static void take_entry(const SgAuditEntry *from, gpointer data)
{
    Entry *entry = data;

    if (entry->n++ > 0)
        return;
    entry->at = from->at;
    entry->detail = g_strdup(from->detail);
}

static gboolean read_entry(SgPatient *patient, const SgTrailFilter *filter, Entry *entry)
{
    g_autoptr(GError) error = NULL;
    SgTrailNext next;

    if (sg_trail_page(patient->record, filter, take_entry, entry, &next, &error))
        return TRUE;
    sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
    return FALSE;
}

static char *local(const SgPatient *patient, gint64 at)
{
    return sg_when_local(at, sg_policy_zone(patient->config->policy));
}

#define RELOAD "'systemctl reload schoolgate' puts it in force"

static void look_at_newer_people(SgPatient *patient, gint64 loaded)
{
    const char *const *files = sg_people_files(patient->config->people);
    struct stat file;

    for (guint i = 0; files[i]; i++) {
        if (stat(files[i], &file) != 0 || file.st_mtime <= loaded)
            continue;
        sg_exam_say(patient, SG_EXAM_WARNING, "'%s' has changed since it was last loaded",
                    files[i]);
        sg_exam_cure(patient, RELOAD);
    }
}

static void compare_settings(SgPatient *patient, const Entry *loaded, const Entry *refused)
{
    g_autofree char *at = local(patient, loaded->at);
    const char *digest = strstr(loaded->detail ? loaded->detail : "", "sha256=");
    g_autofree char *begin = g_strconcat(patient->config->path, " ", NULL);

    if (refused->at > loaded->at) {
        g_autofree char *when = local(patient, refused->at);
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "in force are the settings of %s: newer ones were refused on %s because of a "
                    "mistake in them",
                    at, when);
        sg_exam_cure(patient,
                     "'schoolgate check' shows the mistake, or that the service may not read "
                     "a file; then 'systemctl reload schoolgate'");
    } else if (loaded->detail && *loaded->detail == '/' && *begin == '/' &&
               !g_str_has_prefix(loaded->detail, begin)) {
        g_autofree char *other = g_strndup(loaded->detail, strcspn(loaded->detail, " "));
        sg_exam_say(patient, SG_EXAM_WARNING, "schoolgated goes by another file, '%s'", other);
        sg_exam_cure(patient, "ask about that one: 'schoolgate doctor -c %s'", other);
    } else if (digest && strcmp(digest + strlen("sha256="), patient->config->digest) != 0) {
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "the configuration has changed since it was loaded on %s", at);
        sg_exam_cure(patient, RELOAD);
    }
    look_at_newer_people(patient, loaded->at);
    if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "loaded on %s, and not changed since", at);
}

static void look_at_settings(SgPatient *patient)
{
    const SgTrailFilter was_loaded = {.action = "config-loaded", .most = 1};
    const SgTrailFilter was_refused = {.action = "config-refused", .most = 1};
    g_auto(Entry) loaded = {0}, refused = {0};

    if (!read_entry(patient, &was_loaded, &loaded) || !read_entry(patient, &was_refused, &refused))
        return;
    if (loaded.at == 0) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED,
                    "the record tells of no configuration that was loaded");
        return;
    }
    compare_settings(patient, &loaded, &refused);
}

static void look_at_starts(SgPatient *patient)
{
    const SgTrailFilter filter = {
        .action = "gate-started", .since = patient->now - DAY, .most = 100};
    g_auto(Entry) starts = {0};

    if (!read_entry(patient, &filter, &starts))
        return;
    if (starts.n < STARTS_MANY) {
        sg_exam_say(patient, SG_EXAM_FINE, "starts within a day: %u", starts.n);
        return;
    }
    sg_exam_say(patient, SG_EXAM_WARNING,
                "the part that judges mail was started %u times within a "
                "day",
                starts.n);
    sg_exam_cure(patient,
                 "unless that was you: 'journalctl -u schoolgate' says why it had stopped");
}

/* The console
 * ---------------------------------------------------------------------------------------
 */

static void look_at_console(SgPatient *patient)
{
    const SgConsoleSettings *console = &patient->config->console;
    g_auto(SgCall) call = {.ours = NULL};
    g_autoptr(GError) error = NULL;

    if (!console->wanted) {
        sg_exam_say(patient, SG_EXAM_FINE, "no console is wanted");
    } else if (sg_call(console->listen, SG_CALL_CONNECT, &call, &error)) {
        sg_exam_say(patient, SG_EXAM_FINE, "somebody answers at %s", console->listen);
    } else {
        sg_exam_say(patient, SG_EXAM_PROBLEM,
                    "nobody answers at %s, where the officer's pages are: %s", console->listen,
                    error->message);
        sg_exam_cure(patient, "'journalctl -u schoolgate' says why; another program may have the "
                              "port ('ss -ltnp')");
    }
}

static void look_at_accounts(SgPatient *patient)
{
    const SgConsoleSettings *console = &patient->config->console;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) accounts = NULL;

    if (!console->wanted || console->sign_on_header) {
        sg_exam_say(patient, SG_EXAM_FINE, "nobody signs in here");
        return;
    }
    accounts = sg_account_list(patient->record, patient->now, &error);
    if (!accounts) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
    } else if (accounts->len == 0) {
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "nobody can sign in to the console: no reviewer has an "
                    "account");
        sg_exam_cure(patient, "'schoolgate account add NAME', for each block 'reviewer NAME'");
    } else {
        sg_exam_say(patient, SG_EXAM_FINE, "accounts to sign in with: %u", accounts->len);
    }
}

static void look_at_certificate(SgPatient *patient)
{
    const char *path = patient->config->console.certificate;
    g_autoptr(GError) error = NULL;
    gint64 until = 0;

    if (!path) {
        sg_exam_say(patient, SG_EXAM_FINE, "the console has none of its own");
        return;
    }
    if (!sg_certificate_until(path, &until, &error)) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "the console's certificate cannot be read: %s",
                    error->message);
        sg_exam_cure(patient, "name a PEM file that '%s' may read as 'certificate'",
                     patient->config->gate.user ? patient->config->gate.user : "root");
        return;
    }
    g_autofree char *when = local(patient, until);
    gint64 days = (until - patient->now) / DAY;
    SgExamResult result = until <= patient->now ? SG_EXAM_PROBLEM
                          : days < EXPIRES_SOON ? SG_EXAM_WARNING
                                                : SG_EXAM_FINE;
    sg_exam_say(patient, result, "the console's certificate %s %s",
                until <= patient->now ? "has run out on" : "is good until", when);
    if (result != SG_EXAM_FINE)
        sg_exam_cure(patient, "renew it, put it at '%s', and 'systemctl reload schoolgate'", path);
}

const SgExam sg_service_exams[] = {
    {"settings-in-force", "whether the service goes by what is on disk",
     SG_NEEDS_CONFIG | SG_NEEDS_RECORD, look_at_settings},
    {"steadiness", "how often the service was started", SG_NEEDS_CONFIG | SG_NEEDS_RECORD,
     look_at_starts},
    {"console", "whether the officer's pages are there", SG_NEEDS_CONFIG, look_at_console},
    {"accounts", "whether anybody can sign in", SG_NEEDS_CONFIG | SG_NEEDS_RECORD,
     look_at_accounts},
    {"certificate", "until when the console's certificate is good", SG_NEEDS_CONFIG,
     look_at_certificate},
    {0},
};
