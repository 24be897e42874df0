/* demotions.h - rules that were found imprecise, as the desk tells of them */
#pragma once

#include "schoolgate/config.h"

/* What stands against the rules (of SgDemotion). Empty, and no complaint, where the record cannot
 * be read, and where the guard is off. */
GPtrArray *sg_desk_demotions(const SgConfig *config);

/* "demoted to log since …: 14 of its last 20 holds were released; …", with what puts it in force
 * again. Free with g_free(). */
char *sg_demotion_note(const SgDemotion *demotion, GTimeZone *zone);
