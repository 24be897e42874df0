/* sendmail_mc.h - Sendmail's .mc file, of which its sendmail.cf is made: what schoolgate needs
 * there
 *
 * It is only read: what belongs there is for a person to write. */
#pragma once

#include "mta.h"

/* The .mc file beside sendmail.cf, of the same name; NULL where there is none. Free with g_free().
 */
char *sg_sendmail_source(const SgMta *mta);

/* The lines that schoolgate needs at `socket` (as in schoolgate.conf), as contrib/sendmail has
 * them. Free with g_free(). */
char *sg_sendmail_lines(const SgMta *mta, const char *socket);

/* The text `mc` with those of these lines that are missing, ahead of other filters and of the first
 * mailer. A line of ours for another socket, or one that lets mail pass unread, is replaced. Where
 * nothing is missing it is the same text. Free with g_free(). */
char *sg_sendmail_with(const SgMta *mta, const char *mc, const char *socket);

/* Whether `mc` says by confINPUT_MAIL_FILTERS which filters are asked, without schoolgate: then a
 * line for it is not enough. */
gboolean sg_sendmail_leaves_us_out(const char *mc);

/* The commands that make sendmail.cf of it and start Sendmail anew, one a line. Free with g_free().
 */
char *sg_sendmail_commands(const SgMta *mta);

/* Whether the Sendmail that runs was started before its sendmail.cf was made. FALSE where that is
 * not known. */
gboolean sg_sendmail_is_outdated(const SgMta *mta);
