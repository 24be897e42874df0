/* incident_builders.h - held mail as the tests of the incident page look at it */
#pragma once

#include "console_builders.h"

#define PARENT  "parent@home.example"
#define SUBJECT "Our trip"
#define BODY    "Hello Kim.\r\nPlease add  me on Snap, it is our little secret.\r\n"
#define MESSAGE                                                                                    \
    "From: " TEACHER "\r\nTo: " PUPIL "\r\nSubject: " SUBJECT                                      \
    "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" BODY

G_GNUC_UNUSED static void replace_text(char **text, const char *by)
{
    g_free(*text);
    *text = g_strdup(by);
}

G_GNUC_UNUSED static void see(SgFinding *finding, const char *name, int points, const char *where,
                              const char *excerpt, const char *match)
{
    SgSignalHit *hit = g_new0(SgSignalHit, 1);
    const char *at = excerpt && match ? strstr(excerpt, match) : NULL;

    hit->name = g_strdup(name);
    hit->points = points;
    hit->where = g_strdup(where);
    hit->excerpt = g_strdup(excerpt);
    hit->excerpt_from = at ? (gsize)(at - excerpt) : 0;
    hit->excerpt_to = at ? hit->excerpt_from + strlen(match) : 0;
    g_ptr_array_add(finding->signals, hit);
}

G_GNUC_UNUSED static SgFinding *find_contact(SgIncident *incident)
{
    SgFinding *finding = add_finding(incident, "contact");

    finding->title = g_strdup("Private contact");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("1.2");
    finding->clause_title = g_strdup("Staff and students");
    finding->severity = SG_SEVERITY_HIGH;
    finding->action = finding->enforced = SG_ACTION_QUARANTINE;
    finding->points = 4;
    return finding;
}

/* Held for the pupil, of a teacher who can have it back; nothing has been seen in it yet. */
G_GNUC_UNUSED static SgIncident *held_letter(const char *message)
{
    SgIncident *incident = held(message, strlen(message));

    g_ptr_array_set_size(incident->findings, 0);
    g_free(incident->subject);
    incident->subject = g_strdup(SUBJECT);
    incident->return_to = g_strdup(TEACHER);
    find_contact(incident);
    return incident;
}

G_GNUC_UNUSED static SgFinding *finding_of(SgIncident *incident)
{
    return incident->findings->pdata[0];
}

/* With three signals, one of which speaks against it. */
G_GNUC_UNUSED static SgIncident *suspicious_letter(void)
{
    SgIncident *incident = held_letter(MESSAGE);

    see(finding_of(incident), "add-me", 3, "body", "Please add me on Snap", "add me");
    see(finding_of(incident), "secret", 2, "body", "it is our little secret.", "our little secret");
    see(finding_of(incident), "kind-word", -1, "body", "Hello Kim.", "Hello");
    return incident;
}

G_GNUC_UNUSED static SgIncident *letter_for_two(void)
{
    SgIncident *incident = suspicious_letter();

    add_recipient(incident, PARENT, SG_ACTION_QUARANTINE);
    sg_incident_add_copy(incident, PARENT);
    return incident;
}

G_GNUC_UNUSED static char *page_of(const char *id, const char *more)
{
    return g_strconcat("/incident/", id, more, NULL);
}

/* What `who` sees of it; `more` stands behind its number, "" for nothing. */
G_GNUC_UNUSED static Answer looked(Office *office, const char *who, const char *id,
                                   const char *more)
{
    g_autofree char *url = page_of(id, more);

    return got(office, who, url);
}

G_GNUC_UNUSED static gint64 asked_of(Office *office, const char *sql)
{
    sqlite3 *db = database_in(office->on.folder);
    gint64 answer = ask(db, sql);

    sqlite3_close(db);
    return answer;
}

G_GNUC_UNUSED static SgState state_of(Office *office, const char *id, guint copy)
{
    g_autoptr(SgIncident) incident = loaded(office->on.record, id);

    return ((const SgCopy *)incident->copies->pdata[copy])->state;
}
