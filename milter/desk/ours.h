/* ours.h - which of a mail server's milters is schoolgate, as its configuration has the socket */
#pragma once

#include "doctor.h"

/* The socket of the configuration, its path absolute. Free with g_free(). */
char *sg_our_socket(const SgConfig *config);

/* Ours among the milters of `service`, be they in use or not; also one that would be ours, but for
 * a chroot in which its path leads elsewhere: `astray` then. NULL for none. Borrowed. */
const SgMtaMilter *sg_our_milter(const SgMta *mta, const SgMtaService *service, const char *socket,
                                 gboolean *astray);

/* `smtp/inet, submission/inet`, of services. Free with g_free(). */
char *sg_service_names(const GPtrArray *services);
