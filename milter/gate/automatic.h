/* automatic.h - mail that a program has sent by itself */
#pragma once

#include "schoolgate/config.h"

/* Whether its headers say that no person wrote it for those who get it: answers of programs, lists,
 * bulk mail. */
gboolean sg_is_automatic(const SgMessage *message);

/* Whether it answers a notice of ours: what it answers, or refers to, has a Message-ID of ours, or
 * its subject names an incident. Programs that say nothing of themselves answer so as well. */
gboolean sg_answers_a_notice(const SgMessage *message, const SgConfig *config);
