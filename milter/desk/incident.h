/* incident.h - how an incident is shown to scripts, alike by incidents and show */
#pragma once

#include "findings.h"
#include "schoolgate/config.h"

/* Adds to the object at hand what both verbs tell of `incident`: all but its findings, its reply
 * and its notices. The caller begins and ends the object. */
void sg_incident_add_members(JsonBuilder *builder, const SgIncident *incident);
/* Adds an array `copies`: what became of each that is, or was, held. */
void sg_incident_add_copies(JsonBuilder *builder, const GPtrArray *copies);

/* What is known of a recipient: "external, personal of student". Free with g_free(). */
char *sg_incident_recipient_role(const SgIncidentRecipient *recipient);

/* The whole of it for a person, times in `zone`. */
void sg_incident_put(SgPage *page, const SgIncident *incident, GTimeZone *zone);

/* The record, to be written to. Looks before it opens: a record that is not there is not made, and
 * an old one not upgraded, by whoever types this. */
SgRecord *sg_desk_record(const SgConfig *config, GError **error);

/* Says what was amiss with the record, or with what was asked of it. Returns the exit code that
 * fits. */
int sg_complain_of_record(const GError *error);
