/* shown.h - text that came by mail, made safe to be looked at */
#pragma once

#include <glib.h>

/* Whether it is seen when it is shown. Format characters are those that are not, yet change what
 * is: bidi controls, zero-width joiners, soft hyphens, tags. */
gboolean sg_char_is_shown(gunichar c);

/* `text` as valid UTF-8 on one line, without control, format and separator characters, which become
 * \xNN or \u{N}. Free with g_free(). */
char *sg_text_spelt_out(const char *text);
