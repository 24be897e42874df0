/* incident.h - one incident as a page sees it, and the parts that such pages are made of
 *
 * The incident page and the case file show the same; only pages of this room's own include it. */
#pragma once

#include "frame.h"
#include "highlight.h"
#include "schoolgate/message.h"
#include "who.h"

/* So many signals of a finding are shown, so many texts of a message, and so many bytes of one text
 * before the rest is asked for, and even then. */
#define SG_SIGNALS_SHOWN ((guint)40)
#define SG_TEXTS_SHOWN   ((guint)60)
#define SG_TEXT_BRIEFLY  ((gsize)16 * 1024)
#define SG_TEXT_WHOLE    ((gsize)1024 * 1024)

/* A signal that is shown, with the number that leads from it to its place in the text. */
typedef struct SgSeen {
    const SgFinding *finding;
    const SgSignalHit *hit;
    guint number;    /* from 1, over all findings */
    gboolean marked; /* it stands marked in a text that is shown */
} SgSeen;

/* A text of the message that is shown. */
typedef struct SgPassage {
    const SgText *text;
    SgSpan shown;       /* as much of it as is shown */
    gboolean cut;       /* there is more */
    GArray *highlights; /* of SgHighlight, within what is shown */
} SgPassage;

typedef enum { SG_ON_SCREEN, SG_ON_PAPER } SgMedium;

typedef struct SgIncidentView {
    const SgWebRequest *request;
    SgMedium medium;
    SgIncident *incident;
    SgSight sight;
    SgCast *cast;
    SgMessage *message;   /* NULL where there is no text, or it is not for them */
    guint files;          /* attachments that stand in the message itself, first among all */
    gboolean helper_down; /* what is in attachments could not be read */
    gboolean whole;       /* long texts were asked for */
    GPtrArray *seen;      /* of SgSeen */
    GPtrArray *passages;  /* of SgPassage, as they stand in the message */
    guint more_passages;  /* that are not shown */
} SgIncidentView;

/* Looks at the incident that the path names, as whoever asks may see it; that is on the audit trail
 * then, and so is it when names are shown. */
gboolean sg_incident_view_open(SgIncidentView *view, const SgWebRequest *request, SgMedium medium,
                               GError **error);
void sg_incident_view_clear(SgIncidentView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgIncidentView, sg_incident_view_clear)

/* The page for what could not be shown or done. */
void sg_incident_trouble(const SgWebRequest *request, SgWebReply *reply, const GError *error);

/* The finding that decided what was done; NULL where there is none. */
const SgFinding *sg_incident_leading(const SgIncident *incident);
gboolean sg_incident_is_critical(const SgIncident *incident);
/* Whether some of it waits to be decided. */
gboolean sg_incident_waits(const SgIncident *incident);
/* "/incident/KM-7F3Q-2/headers"; `what` may be "". Free with g_free(). */
char *sg_incident_path(const SgIncident *incident, const char *what);

/* How many bytes of `text` are at most `most`, in whole characters. */
gsize sg_cut_at(SgSpan text, gsize most);
/* Text with a part of it marked; the marks lead to the signals of their numbers. */
void sg_put_excerpt(SgHtml *html, const SgSignalHit *hit);

/* Parts, each a section with a heading of its own, in the order in which they stand. Where one
 * returns FALSE the record could not be read, and the page cannot be ended. */
void sg_put_incident_top(SgHtml *html, const SgIncidentView *view);
void sg_put_incident_decisions(SgHtml *html, const SgIncidentView *view); /* forms */
gboolean sg_put_incident_why(SgHtml *html, const SgIncidentView *view, GError **error);
void sg_put_incident_text(SgHtml *html, const SgIncidentView *view);
void sg_put_incident_files(SgHtml *html, const SgIncidentView *view);
gboolean sg_put_incident_history(SgHtml *html, const SgIncidentView *view, GError **error);
/* Within the history: what else is on record of the same people, and of the same rule. */
gboolean sg_put_incident_earlier(SgHtml *html, const SgIncidentView *view, GError **error);
/* What was decided just now, or waits for a second person, above all else. */
void sg_put_incident_news(SgHtml *html, const SgIncidentView *view);
