/* headline.h - an incident in one plain English sentence, for whoever opens it
 *
 * "A member of staff wrote to a student's personal address and gave a user name on a social
 * network." Who wrote to whom is by roles, as they are on record; what happened is in the words of
 * the rule. No name, address or word of the message is in it. */
#pragma once

#include "schoolgate/record.h"

/* One line, with its full stop, of the incident's leading finding. To whom: those recipients whom
 * that finding is about, at most two kinds of them by what they are; of more, how many they are and
 * how many students are among them. A list counts as its members where it has to be counted. Where
 * the rule has no words for what happened, its title stands instead.
 * Pure, and never NULL. Free with g_free(). */
char *sg_incident_headline(const SgIncident *incident);
