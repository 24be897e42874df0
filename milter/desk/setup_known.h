/* setup_known.h - how people are known: by domain, pattern, file or directory; which of setup's
 * questions that leaves, and what their answers must be
 *
 * Those of a file and of a directory are about a block of the configuration each: a family. */
#pragma once

#include "setup.h"

gboolean sg_setup_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* setup_answer.c - whether the configuration's own reader takes `answer` for that setting, within
 * what was answered before. */
gboolean sg_setup_can_be_read(const SgSetup *setup, SgAsked asked, const char *answer,
                              GError **error);
/* Whether it is what the configuration says already. */
gboolean sg_setup_is_as_it_was(const SgSetup *setup, SgAsked asked, const char *answer);

/* setup_people.c - ways of knowing people, and files of them. */

/* "domain, directory": by what was answered, or stands in the configuration; NULL: by nothing. Free
 * with g_free(). */
char *sg_known_by_told(const SgSetup *setup);
/* That, else by domain. */
char *sg_propose_known_by(const SgSetup *setup);
/* Whether `asked` is one of the ways. */
gboolean sg_is_way(SgAsked asked);
/* Whether that is so, and KNOWN_BY names another one as well. */
gboolean sg_known_otherwise(const SgSetup *setup, SgAsked asked);
/* Whether `asked` is such a way, and KNOWN_BY was answered and does not name it. */
gboolean sg_known_by_others_only(const SgSetup *setup, SgAsked asked);
gboolean sg_check_known_by(SgSetup *setup, const char *answer, GError **error);
gboolean sg_check_people(SgSetup *setup, const char *answer, GError **error);

gboolean sg_concerns_students(const SgSetup *setup);
gboolean sg_concerns_pattern(const SgSetup *setup);
gboolean sg_concerns_people(const SgSetup *setup);
gboolean sg_concerns_column(const SgSetup *setup);
gboolean sg_concerns_mapped(const SgSetup *setup); /* the file has columns of its own */
gboolean sg_concerns_role_words(const SgSetup *setup);
gboolean sg_concerns_dates(const SgSetup *setup);
gboolean sg_concerns_directory(const SgSetup *setup);

/* setup_directory.c - what a directory must be asked with. */
gboolean sg_concerns_directory_block(const SgSetup *setup);
gboolean sg_concerns_start_tls(const SgSetup *setup);
gboolean sg_concerns_ca_file(const SgSetup *setup);
gboolean sg_concerns_password(const SgSetup *setup);
gboolean sg_check_ca_file(SgSetup *setup, const char *answer, GError **error);
gboolean sg_check_password_file(SgSetup *setup, const char *answer, GError **error);
char *sg_propose_start_tls(const SgSetup *setup);
char *sg_propose_base(const SgSetup *setup);
char *sg_propose_password_file(const SgSetup *setup);
/* An organisational unit is no group: those below it are meant. Free with g_free(). */
char *sg_directory_whom(const char *answer);

/* Whether the password is to be in a file that is not there yet. */
gboolean sg_setup_needs_password(const SgSetup *setup);
/* Writes what was typed to its file, which was not there; for `reader`, a user, to read. Returns
 * its path; NULL without an error when nothing was typed. Free with g_free(). */
char *sg_setup_write_password(const SgSetup *setup, const char *reader, GError **error);
typedef enum {
    SG_TRIED_RIGHT,
    SG_TRIED_WRONG, /* it failed, or nobody has one of its roles */
    SG_TRIED_WRONG_PASSWORD,
} SgTriedDirectory;
/* Asks the directory of the answers, and says what it found or what failed and its cure. */
SgTriedDirectory sg_setup_try_directory(const SgSetup *setup);

/* setup_block.c - a family's lines. */

/* TRUE for those about a file with columns of its own, or about a directory. */
gboolean sg_setup_is_of_export(SgAsked asked);
gboolean sg_setup_is_of_directory(SgAsked asked);
/* Where the answer belongs within its block; for PEOPLE, in that of a file with its own columns. */
SgConfKey sg_setup_block_key(const SgSetup *setup, SgAsked asked);
/* Whether its block does not stand in the configuration yet. */
gboolean sg_setup_is_new_block(const SgSetup *setup, SgAsked asked);
/* Sets all that was answered of the family of `first`, in `text`, which is replaced. */
void sg_setup_set_block(const SgSetup *setup, SgAsked first, char **text);
