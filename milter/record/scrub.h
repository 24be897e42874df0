/* scrub.h - keeps what was deleted from lingering where no table knows of it
 *
 * SQLite's secure_delete overwrites a value where it stands. When it moves values from one page of
 * a table to another, as tables grow and shrink, a copy may stay behind in the part of the page
 * that is in use no longer; nothing overwrites that. So whatever is written to the database itself
 * goes through here, and that part of each page is written as zeros.
 *
 * As it is the way to the file it does one more thing: a file that is read as memory stays so when
 * others write to it. */
#pragma once

#include <glib.h>

/* The name to open a database by; registered with SQLite at the first call. NULL when it cannot be:
 * SQLite's own is used then. */
const char *sg_scrub_vfs(void);

/* Writes zeros over the unused middle of `page`, which is the `number`th of its database, should it
 * be one of a table or an index. Returns whether that changed anything. */
gboolean sg_scrub_page(guchar *page, gsize size, gint64 number);
