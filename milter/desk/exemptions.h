/* exemptions.h - what is exempt from rules, as the desk tells of it */
#pragma once

#include "schoolgate/config.h"
#include "schoolgate/exemption.h"

/* How many stand against `rule` now; 0, too, where the record cannot be read. */
guint sg_desk_exemptions_from(const SgConfig *config, const char *rule);

/* "sender a@b", as far as they may see it. Free with g_free(). */
char *sg_exemption_what(const SgExemption *exemption, const SgReviewer *reviewer);
