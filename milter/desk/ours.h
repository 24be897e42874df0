/* ours.h - which of a mail server's milters is schoolgate, as its configuration has the socket */
#pragma once

#include "doctor.h"

/* The socket of the configuration, its path absolute. Free with g_free(). */
char *sg_our_socket(const SgConfig *config);

/* Ours among the milters of `service`, be they in use or not; also one that would be ours, but for
 * a chroot in which its path leads elsewhere: `astray` then. NULL for none. Borrowed. */
const SgMtaMilter *sg_our_milter(const SgMta *mta, const SgMtaService *service, const char *socket,
                                 gboolean *astray);

/* The services of the mail server, by what they have to do with us. Of SgMtaService; borrowed. */
typedef struct SgServicesSeen {
    GPtrArray *without; /* mail of theirs passes us by */
    GPtrArray *behind_filter;
    GPtrArray *off;
    GPtrArray *proxied; /* asks us, but hands messages to another filter unseen */
    GPtrArray *with;
} SgServicesSeen;
SgServicesSeen sg_services_seen(const SgPatient *patient);
void sg_services_clear(SgServicesSeen *services);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgServicesSeen, sg_services_clear)

/* Has `look` see what each service that asks us does with us. `well` is said when nothing is amiss
 * with any. */
void sg_look_at_ours(SgPatient *patient,
                     void (*look)(SgPatient *, const SgMtaService *, const SgMtaMilter *ours),
                     const char *well);

/* `smtp/inet, submission/inet`, of services. Free with g_free(). */
char *sg_service_names(const GPtrArray *services);
