/* metrics.h - what monitoring is told: numbers in Prometheus' text format, and whether the service
 * is well, in a word or a few. Nobody is named, and no text of mail is told. */
#pragma once

#include "vitals.h"

/* The text format, version 0.0.4. Free with g_string_free(). */
GString *sg_metrics_text(const SgVitals *vitals);

/* "ok", or the words of what is broken, each on a line. Free with g_string_free(). */
GString *sg_metrics_health(const SgVitals *vitals, gboolean *well);
