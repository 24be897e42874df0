/* setup_mta.h - setup's part that is about the mail server: what must change, said and done */
#pragma once

#include "schoolgate/config.h"
#include "setup.h"

/* What Postfix must be told: of SgMtaChange, empty where nothing must change, NULL where there is
 * no Postfix, or on error. Free with g_ptr_array_unref(). */
GPtrArray *sg_setup_mta_changes(const SgSetup *setup, const SgConfig *config, GError **error);

/* Says on standard output what would change in the mail server or, of Sendmail, what to write
 * where. `changes` may be NULL. */
void sg_setup_show_mta(const SgSetup *setup, const SgConfig *config, const GPtrArray *changes);
/* The command that makes the changes, for a person to type. */
void sg_setup_show_command(const SgSetup *setup, const GPtrArray *changes);

/* Makes them, and has Postfix read its configuration again. Returns an exit code, having said what
 * was done. */
int sg_setup_change_mta(SgSetup *setup, const SgConfig *config, const GPtrArray *changes);

/* setup_sendmail.c - the same of Sendmail, of which nothing is changed. */
void sg_setup_show_sendmail(const SgSetup *setup, const SgConfig *config);
/* Whether its sendmail.cf has each of its daemons ask schoolgate, and lets none pass mail unread;
 * and the Sendmail that runs, as far as is known, has read that. */
gboolean sg_setup_sendmail_is_told(const SgSetup *setup, const SgConfig *config);
