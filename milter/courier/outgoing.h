/* outgoing.h - an item of the outbox as a message ready for the mail server */
#pragma once

#include "schoolgate/notice.h"

/* The mail that `item` asks for. NULL with `error` where the record cannot be read, or has no such
 * message any more (SG_RECORD_ERROR_NOT_FOUND). */
SgMail *sg_courier_mail(const SgConfig *config, SgRecord *record, const SgOutboxItem *item,
                        gint64 now, GError **error);
