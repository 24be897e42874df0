/* incident.h - what is put on record about one message, and its line in the log */
#pragma once

#include "envelope.h"
#include "plan.h"

/* Everything that is known when the judge has spoken; all borrowed. */
typedef struct SgCase {
    const SgConfig *config;
    const SgClient *client;
    const SgEnvelope *envelope;
    const SgVerdict *verdict;
    const SgPlan *plan;
    const char *id;
    const char *queue_id; /* NULL when the MTA has given none yet */
    gint64 at;            /* when it was judged */
    SgMessage *message;   /* NULL for a recipient refused before the message was sent: */
    GBytes *raw;          /* then the case is of the envelope's last recipient alone */
    gsize header_size;
    const GArray *cuts; /* of SgCut: the sender's mark, which is not delivered; may be NULL */
} SgCase;

SgIncident *sg_incident_of(const SgCase *facts);

/* `id=KM-7F3Q-2 queue=… from=…`: key=value, nothing that came by mail can add to it. Free
 * with sg_log_line_free().
 */
SgLogLine *sg_incident_log_line(const SgIncident *incident);
