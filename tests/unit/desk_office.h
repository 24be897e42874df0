/* desk_office.h - a record with held mail, and deciding about it at the command line */
#pragma once

#include "desk_run.h"
#include "schoolgate/review.h"
#include "support.h"

#define KIM    "kim@students.kingsmead.example"
#define PARENT "parent@home.example"
#define SENDER "d.price@kingsmead.example"

static const char school[] = "school\n    officer online-safety@kingsmead.example\n"
                             "    head head@kingsmead.example\n    time-zone Europe/London\n"
                             "record\n    database record.db\n"
                             "gate\n    login-domain kingsmead.example\n";

G_GNUC_UNUSED static const char reviewers[] =
    "reviewer khan\n    address a.khan@kingsmead.example\n"
    "reviewer lowe\n    address b.lowe@kingsmead.example\n"
    "reviewer hill\n    role head\n    address head@kingsmead.example\n"
    "reviewer post\n    role postmaster\n"
    "reviewer books\n    role auditor\n";

typedef struct Office {
    char *folder, *conf;
    SgRecord *record;
} Office;

G_GNUC_UNUSED static void write_conf(Office *office, const char *more)
{
    g_autofree char *text = g_strconcat(school, more, NULL);

    g_free(office->conf);
    office->conf = support_file(office->folder, "school.conf", text);
}

G_GNUC_UNUSED static void open_office(Office *office, gconstpointer more)
{
    g_autofree char *path = NULL;

    office->folder = support_folder();
    write_conf(office, more ? more : "");
    path = g_build_filename(office->folder, "record.db", NULL);
    office->record = sg_record_open(path, SG_RECORD_READ_WRITE, NULL);
    g_assert_nonnull(office->record);
    g_unsetenv("SUDO_USER");
}

G_GNUC_UNUSED static void close_office(Office *office, gconstpointer unused)
{
    (void)unused;
    sg_record_close(office->record);
    support_folder_remove(office->folder);
    g_free(office->folder);
    g_free(office->conf);
}

G_GNUC_UNUSED static void add_recipient(SgIncident *incident, const char *address)
{
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

    recipient->address = g_strdup(address);
    recipient->role = g_strdup("external");
    recipient->action = SG_ACTION_QUARANTINE;
    g_ptr_array_add(incident->recipients, recipient);
    sg_incident_add_copy(incident, address);
}

G_GNUC_UNUSED static void add_finding(SgIncident *incident)
{
    SgFinding *finding = g_new0(SgFinding, 1);
    SgSignalHit *hit = g_new0(SgSignalHit, 1);

    finding->rule = g_strdup("contact");
    finding->title = g_strdup("A title");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("1.2");
    finding->clause_title = g_strdup("Students");
    finding->severity = SG_SEVERITY_CRITICAL;
    finding->action = finding->enforced = SG_ACTION_QUARANTINE;
    finding->signals = sg_signal_hits_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    hit->name = g_strdup("secret");
    hit->points = 3;
    hit->where = g_strdup("body");
    hit->excerpt = g_strdup("our little secret");
    hit->excerpt_to = 3;
    g_ptr_array_add(finding->signals, hit);
    g_ptr_array_add(incident->findings, finding);
}

/* Held for Kim and a parent, of `sender`. */
G_GNUC_UNUSED static char *hold_of(Office *office, const char *sender)
{
    g_autoptr(SgIncident) incident = sg_incident_new();
    g_autoptr(GError) error = NULL;

    incident->at = 1782903600;
    incident->state = SG_STATE_HELD;
    incident->action = SG_ACTION_QUARANTINE;
    incident->sender = g_strdup(sender);
    incident->sender_role = g_strdup("staff");
    incident->subject = g_strdup("Our trip");
    incident->return_to = g_strdup(sender);
    incident->message = g_bytes_new_static("Subject: Our trip\n\nx\n", 21);
    add_recipient(incident, KIM);
    add_recipient(incident, PARENT);
    add_finding(incident);
    sg_record_add(office->record, incident, "KM", &error);
    g_assert_no_error(error);
    return g_strdup(incident->id);
}

G_GNUC_UNUSED static char *hold(Office *office)
{
    return hold_of(office, SENDER);
}

/* What `schoolgate WORDS -c CONF` writes to standard output, having ended with `code`; `%s` in the
 * words is `id`. */
G_GNUC_UNUSED static char *said(Office *office, int code, const char *words, const char *id)
{
    g_auto(GStrv) parts = g_strsplit(words, "%s", -1);
    g_autofree char *whole = g_strjoinv(id, parts);
    g_autofree char *line = g_strdup_printf("schoolgate %s -c %s", whole, office->conf);

    return desk_text(office->folder, code, line);
}

G_GNUC_UNUSED static void assert_says(Office *office, const char *words, const char *id,
                                      const char *expected)
{
    g_autofree char *text = said(office, EX_OK, words, id);
    g_auto(GStrv) parts = g_strsplit(expected, "%s", -1);
    g_autofree char *line = g_strjoinv(id, parts);

    g_assert_cmpstr(text, ==, line);
}

/* The record takes no decision by it, and nothing is shown. */
G_GNUC_UNUSED static void assert_fails(Office *office, int code, const char *words, const char *id)
{
    g_autofree char *text = said(office, code, words, id);

    g_assert_cmpstr(text, ==, "");
}

G_GNUC_UNUSED static SgState state_of(Office *office, const char *id)
{
    g_autoptr(SgIncident) incident = sg_record_load(office->record, id, NULL);

    g_assert_nonnull(incident);
    return incident->state;
}
