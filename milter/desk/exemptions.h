/* exemptions.h - what is exempt from rules, as the desk tells of it */
#pragma once

#include "schoolgate/config.h"
#include "schoolgate/exemption.h"

/* How many stand against `rule` now; 0, too, where the record cannot be read. */
guint sg_desk_exemptions_from(const SgConfig *config, const char *rule);

/* Reads the day on which an exemption ends, which counts whole, or the time. */
gboolean sg_exemption_read_until(const char *text, GTimeZone *zone, gint64 *until, GError **error);
/* "standing", "ended" or "expired"; "void" when its rule is gone, or has become critical. */
const char *sg_exemption_state(const SgExemption *exemption, const SgPolicy *policy, gint64 now);
/* A phrase may be a message's text, which not every reviewer may see. */
gboolean sg_exemption_may_see(const SgExemption *exemption, const SgReviewer *reviewer);
/* "sender a@b", as far as they may see it. Free with g_free(). */
char *sg_exemption_what(const SgExemption *exemption, const SgReviewer *reviewer);
