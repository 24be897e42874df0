/* notice_builders.h - a notice of each kind, and the letter that comes of it */
#pragma once

#include "schoolgate/notice.h"
#include "schoolgate/texts.h"
#include "support.h"

#include <glib/gstdio.h>

#define SENT     ((gint64)1795602720) /* Wednesday, 25 November 2026, 10:32 UTC */
#define DAY      ((gint64)24 * 60 * 60)
#define OFFICER  "online-safety@kingsmead.example"
#define HEAD     "head@kingsmead.example"
#define TEACHER  "r.okafor@kingsmead.example"
#define PUPIL    "j.field@students.kingsmead.example"
#define PARENT   "m.field@home.example"
#define SUBJECT  "Good luck to all of us"
#define ORIGINAL "From: R Okafor <" TEACHER ">\r\nSubject: " SUBJECT "\r\n\r\nSeven years.\r\n"

static const char school_text[] =
    "school\n"
    "    name Kingsmead School\n"
    "    reference KM\n"
    "    officer " OFFICER "\n"
    "    head " HEAD "\n"
    "    time-zone Europe/London\n"
    "role staff\n"
    "    domain kingsmead.example\n"
    "policy social-media\n"
    "    title Social Networking and Media Policy\n"
    "    version June 2020\n"
    "    url https://intranet.kingsmead.example/policies/social-media\n"
    "    clause 2.6 Chain letters, spam and solicitations\n"
    "rule chain-letter\n"
    "    clause 2.6\n"
    "    title Chain letter\n"
    "    from staff\n"
    "    match /\\bseven years\\b/\n"
    "    size over 1\n"
    "    action quarantine\n"
    "    explain It looks like a chain letter.\n";

/* `more` stands behind it; `texts` are files of a folder "texts", NAME, WORDS, ..., NULL. */
G_GNUC_UNUSED static SgConfig *school_with(const char *more, const char *const *texts)
{
    g_autofree char *folder = support_folder();
    g_autofree char *text = g_strconcat(school_text, more, NULL);
    g_autofree char *path = support_file(folder, "schoolgate.conf", text);
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);
    g_autofree char *complaints = sg_report_text(report, FALSE);

    if (!config)
        g_error("the test's configuration is wrong:\n%s", complaints);
    for (; texts && *texts; texts += 2)
        g_free(support_file(folder, texts[0], texts[1]));
    if (!texts)
        support_folder_remove(folder);
    return config;
}

G_GNUC_UNUSED static void add_recipient(SgIncident *incident, const char *address)
{
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

    recipient->address = g_strdup(address);
    recipient->role = g_strdup("student");
    g_ptr_array_add(incident->recipients, recipient);
}

G_GNUC_UNUSED static void add_seen(SgFinding *finding, const char *words)
{
    SgSignalHit *hit = g_new0(SgSignalHit, 1);

    hit->name = g_strdup("luck-or-harm");
    hit->points = 3;
    hit->excerpt = g_strdup_printf("or %s for you", words);
    hit->excerpt_from = 3;
    hit->excerpt_to = 3 + strlen(words);
    g_ptr_array_add(finding->signals, hit);
}

G_GNUC_UNUSED static SgFinding *add_finding(SgIncident *incident, SgSeverity severity)
{
    SgFinding *finding = g_new0(SgFinding, 1);

    finding->rule = g_strdup("chain-letter");
    finding->title = g_strdup("Chain letter");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("2.6");
    finding->clause_title = g_strdup("Chain letters, spam and solicitations");
    finding->severity = severity;
    finding->action = finding->enforced = SG_ACTION_QUARANTINE;
    finding->alert = SG_ALERT_OFFICER;
    finding->explain = g_strdup("This looks like a chain letter: it asks people to pass it on.");
    finding->remedy = g_strdup("Take that part out and send it again.");
    finding->signals = sg_signal_hits_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    add_seen(finding, "seven years of bad luck");
    add_seen(finding, "forward this to ten friends");
    g_ptr_array_add(incident->findings, finding);
    return finding;
}

/* One notice, and all it may be about. */
typedef struct Affair {
    SgConfig *config;
    SgOutboxItem item;
    SgIncident *incident;
    GPtrArray *waiting;
    SgDemotion demotion;
    SgNoticeFacts facts;
} Affair;

static void free_incident(gpointer incident)
{
    sg_incident_free(incident);
}

G_GNUC_UNUSED static SgIncident *incident_of(const char *id, SgSeverity severity, gint64 at)
{
    SgIncident *incident = sg_incident_new();

    incident->id = g_strdup(id);
    incident->at = at;
    incident->state = SG_STATE_HELD;
    incident->sender = g_strdup(TEACHER);
    incident->subject = g_strdup(SUBJECT);
    incident->message_id = g_strdup("<letter@kingsmead.example>");
    add_recipient(incident, PUPIL);
    add_finding(incident, severity);
    sg_incident_add_copy(incident, PUPIL);
    return incident;
}

G_GNUC_UNUSED static void affair_set_up(Affair *affair, SgNoticeKind kind, const char *to)
{
    if (!affair->config)
        affair->config = school_with("", NULL);
    affair->incident = incident_of("KM-7F3Q-2", SG_SEVERITY_MEDIUM, SENT);
    affair->waiting = g_ptr_array_new_with_free_func(free_incident);
    affair->demotion = (SgDemotion){.rule = (char *)"chain-letter", .holds = 20, .released = 13};
    affair->item = (SgOutboxItem){.number = 17,
                                  .kind = kind,
                                  .incident = affair->incident->id,
                                  .rule = (char *)"chain-letter",
                                  .to = (char *)to};
    affair->facts = (SgNoticeFacts){.config = affair->config,
                                    .item = &affair->item,
                                    .incident = affair->incident,
                                    .demotion = &affair->demotion,
                                    .waiting = affair->waiting,
                                    .now = SENT + DAY};
}

static void affair_tear_down(Affair *affair)
{
    sg_incident_free(affair->incident);
    g_ptr_array_unref(affair->waiting);
    sg_config_unref(affair->config);
    g_clear_pointer(&affair->facts.message, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Affair, affair_tear_down)

G_GNUC_UNUSED static SgFinding *finding_in(const Affair *affair)
{
    return affair->incident->findings->pdata[0];
}

G_GNUC_UNUSED static SgCopy *copy_in(const Affair *affair, guint i)
{
    return affair->incident->copies->pdata[i];
}

/* The letter as its reader has it: subject, and the plain or the HTML part as it was sent. */
G_GNUC_UNUSED static SgMessage *read_mail(const Affair *affair)
{
    g_autoptr(SgMail) mail = sg_notice_mail(&affair->facts);

    return sg_message_new(mail->bytes, &affair->config->limits);
}

/* Bytes of the part of that type, decoded. */
static char *part_of(const char *mail, const char *type)
{
    const char *part = strstr(mail, type);
    const char *body = part ? strstr(part, "\r\n\r\n") : NULL;
    const char *end = body ? strstr(body, "\r\n--=_") : NULL;
    GString *text = g_string_new(NULL);

    g_assert_nonnull(end);
    for (const char *c = body + 4; c < end; c++) {
        if (*c == '=' && c[1] == '\r') {
            c += 2;
        } else if (*c == '=') {
            g_string_append_c(text,
                              (char)(g_ascii_xdigit_value(c[1]) * 16 + g_ascii_xdigit_value(c[2])));
            c += 2;
        } else if (*c != '\r') {
            g_string_append_c(text, *c);
        }
    }
    return g_string_free(text, FALSE);
}

G_GNUC_UNUSED static char *letter_of(const Affair *affair, const char *type)
{
    g_autoptr(SgMail) mail = sg_notice_mail(&affair->facts);
    g_autofree char *bytes = sg_span_dup(sg_span_of_bytes(mail->bytes));
    g_autoptr(SgMessage) message = sg_message_new(mail->bytes, &affair->config->limits);
    g_autofree char *text = part_of(bytes, type);

    return g_strdup_printf("Subject: %s\n\n%s", sg_message_header(message, "Subject"), text);
}

G_GNUC_UNUSED static void assert_golden_as(const Affair *affair, const char *type,
                                           const char *situation)
{
    g_autofree char *path = g_strdup_printf("tests/golden/%s.txt", situation);
    g_autofree char *letter = letter_of(affair, type);

    if (g_strcmp0(g_getenv("SCHOOLGATE_GOLDEN"), "write") == 0)
        g_assert_true(g_file_set_contents(path, letter, -1, NULL));
    g_autofree char *expected = support_read(path);
    g_assert_cmpstr(letter, ==, expected);
}

G_GNUC_UNUSED static void assert_golden(const Affair *affair, const char *situation)
{
    assert_golden_as(affair, "text/plain", situation);
}
