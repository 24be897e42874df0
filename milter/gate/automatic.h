/* automatic.h - mail that a program has sent by itself */
#pragma once

#include "schoolgate/message.h"

/* Whether its headers say that no person wrote it for those who get it: answers of programs, lists,
 * bulk mail. */
gboolean sg_is_automatic(const SgMessage *message);
