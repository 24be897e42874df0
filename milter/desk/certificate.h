/* certificate.h - until when a certificate is good */
#pragma once

#include <glib.h>

/* Reads the first certificate of a PEM file. FALSE, with `error`, when there is none that can be
 * read. `until` is seconds, UTC. */
gboolean sg_certificate_until(const char *path, gint64 *until, GError **error);
