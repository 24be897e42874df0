/* incident.h - how an incident is shown to scripts, alike by incidents and show */
#pragma once

#include "findings.h"
#include "schoolgate/record.h"

/* Adds to the object at hand what both verbs tell of `incident`: all but its findings, its reply
 * and its notices. The caller begins and ends the object. */
void sg_incident_add_members(JsonBuilder *builder, const SgIncident *incident);

/* Says what was amiss with the record. Returns the exit code that fits. */
int sg_complain_of_record(const GError *error);
