/* subject.h - one person, and what is held on them, ready to be handed over
 *
 * What concerns them mostly concerns others, too: senders, recipients, whoever is named in a text.
 * The school must weigh that. Others' addresses are marked, or can be replaced by their roles;
 * names in texts are not known. Those who decided are told by their roles. */
#pragma once

#include "json.h"
#include "page.h"
#include "schoolgate/config.h"
#include "schoolgate/exemption.h"
#include "schoolgate/subject.h"

typedef struct SgSubject {
    const SgConfig *config;
    gint64 made;
    gboolean redact;      /* others' addresses are replaced by their roles */
    GPtrArray *addresses; /* of char *: theirs, in normal form, in the order given */
    GPtrArray *left_out;  /* of char *: personal ones, according to files of people */
    GHashTable *mailboxes;
    GPtrArray *incidents;  /* of SgIncident, oldest first */
    GPtrArray *traces;     /* of SgTrace */
    GPtrArray *exemptions; /* of SgExemption: their mail, by their address, newest first */
    GPtrArray *messages;   /* of char *: numbers of incidents whose message was written */
} SgSubject;

SgSubject *sg_subject_new(const SgConfig *config, gint64 made);
void sg_subject_free(SgSubject *subject);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgSubject, sg_subject_free)

/* FALSE for what is no address. With `personal` those that files of people list as theirs, too;
 * otherwise they are noted as left out. */
gboolean sg_subject_add(SgSubject *subject, const char *address, gboolean personal);
/* Whether `address`, or login, is one of theirs, however it is written. */
gboolean sg_subject_is(const SgSubject *subject, const char *address);
/* What is on record; replaces others' addresses where that is wanted. */
gboolean sg_subject_read(SgSubject *subject, SgRecord *record, GError **error);

/* What they are to an incident: "sender", "recipient", or both. Free with g_free(). */
char *sg_subject_part(const SgSubject *subject, const SgIncident *incident);
/* How long an incident, and its text, is kept. Likewise. */
char *sg_subject_kept(const SgSubject *subject, const SgIncident *incident);

/* All of it, for reading and for scripts (one object a line). Free with g_free(). */
char *sg_subject_text(const SgSubject *subject);
char *sg_subject_json(const SgSubject *subject);

/* subject_redact.c: replaces in `incident` all addresses but theirs by roles, in texts as well. */
void sg_subject_redact(const SgSubject *subject, SgIncident *incident);
/* Likewise in a text of `when`, which may be NULL. */
void sg_subject_redact_text(const SgSubject *subject, char **text, gint64 when);
