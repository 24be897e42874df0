/* mta_internal.h - what mta.c and the two readers of a mail server's configuration share */
#pragma once

#include "mta.h"

struct SgMta {
    SgMtaKind kind;
    char *place;
    GHashTable *settings; /* name -> value; of Postfix also "service/name" -> value */
    GPtrArray *services;  /* of SgMtaService */
    GPtrArray *network;   /* of SgMtaMilter */
    GPtrArray *local;
};

SgMta *sg_mta_new(SgMtaKind kind, const char *place);
SgMtaService *sg_mta_add_service(SgMta *mta, const char *name, const char *command);
SgMtaMilter *sg_mta_milter_new(const char *name, const char *address);
GPtrArray *sg_mta_milters_new(void);

/* `5m`, `30s`, `1h30m`; a number alone counts `unit` seconds. `otherwise` for what is none. */
gint64 sg_mta_seconds(const char *text, gint64 unit, gint64 otherwise);

/* NULL on error (SG_MTA_ERROR). */
SgMta *sg_mta_read_postfix(const char *folder, GError **error);
SgMta *sg_mta_read_sendmail(const char *path, GError **error);
/* Of the text behind an X in sendmail.cf: `schoolgate, S=local:/run/x, F=T`. */
SgMtaMilter *sg_mta_sendmail_milter(const char *text);
