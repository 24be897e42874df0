/* scrub.c - see scrub.h. SQLite's own file functions do all the work; only those that write to a
 * database, and that let go of it as memory, are led through here. The layout of pages is that of
 * SQLite's documented file format. */
#include "scrub.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#define FILE_HEADER   100 /* bytes before the first page's own header */
#define SIZE_MAX_PAGE 65536

/* Pages that hold a part of a long value, or list free ones, begin with the number of another page.
 * As long as the database has less than 128 GB that begins with a zero byte, which no page of a
 * table does. */
#define PAGES_MAX ((gint64)1 << 25)

static guint read16(const guchar *at)
{
    return (guint)at[0] << 8 | at[1];
}

/* Length of the header of a table's or index's page; 0 for another kind of page. */
static gsize header_length(guchar type)
{
    switch (type) {
    case 2: /* inner pages, which have a pointer more: of an index, */
    case 5: /* and of a table */
        return 12;
    case 10: /* leaves, likewise */
    case 13:
        return 8;
    default:
        return 0;
    }
}

/* Where a database gives free pages back, these say whose each page is; they have no header. */
static gboolean is_pointer_map(gsize size, gint64 number)
{
    return number >= 2 && (number - 2) % (gint64)(size / 5 + 1) == 0;
}

static gboolean is_zero(const guchar *at, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (at[i] != 0)
            return FALSE;
    return TRUE;
}

gboolean sg_scrub_page(guchar *page, gsize size, gint64 number)
{
    gsize start = number == 1 ? FILE_HEADER : 0;
    gsize header = header_length(page[start]);
    gsize from, to;

    if (header == 0 || is_pointer_map(size, number))
        return FALSE;
    from = start + header + (gsize)2 * read16(page + start + 3); /* behind pointers to the cells, */
    to = read16(page + start + 5);                               /* up to the first of the cells */
    if (to == 0)
        to = SIZE_MAX_PAGE;
    if (from >= to || to > size || is_zero(page + from, to - from))
        return FALSE;
    memset(page + from, 0, to - from);
    return TRUE;
}

/* SQLite's functions for one kind of file, and those that it is made to use instead. */
typedef struct Methods {
    sqlite3_io_methods ours; /* first: a file points to it */
    const sqlite3_io_methods *theirs;
} Methods;

static const sqlite3_io_methods *theirs_of(sqlite3_file *file)
{
    return ((const Methods *)(const void *)file->pMethods)->theirs;
}

static gboolean is_too_large(sqlite3_file *file, gint64 page_size)
{
    sqlite3_int64 size = 0;

    return theirs_of(file)->xFileSize(file, &size) != SQLITE_OK || size / page_size >= PAGES_MAX;
}

static int write_scrubbed(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    const sqlite3_io_methods *theirs = theirs_of(file);
    guchar page[SIZE_MAX_PAGE];

    /* Whole pages only: that is how SQLite writes but for the file's first bytes. */
    if (length < 512 || length > SIZE_MAX_PAGE || (length & (length - 1)) != 0 ||
        offset % length != 0)
        return theirs->xWrite(file, bytes, length, offset);
    memcpy(page, bytes, (gsize)length);
    if (sg_scrub_page(page, (gsize)length, offset / length + 1) && !is_too_large(file, length))
        return theirs->xWrite(file, page, length, offset);
    return theirs->xWrite(file, bytes, length, offset);
}

static struct {
    sqlite3_vfs ours;
    sqlite3_vfs *theirs;
    pthread_mutex_t lock; /* of what follows */
    Methods methods;
    gboolean registered;
} scrub = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The size that a file had when it was last let go of as memory: it stands behind what SQLite knows
 * of the file. */
static sqlite3_int64 *mapped_size(sqlite3_file *file)
{
    return (sqlite3_int64 *)(void *)((char *)file + scrub.theirs->szOsFile);
}

/* After each commit of somebody else's SQLite lets go of all of the file, lest it was cut short and
 * made longer again meanwhile, which some systems do not follow. Linux does: what is mapped is what
 * the file holds. As long as it has its length the mapping is kept, and with it the pages that are
 * known to the processor. */
static int keep_mapped(sqlite3_file *file, sqlite3_int64 offset, void *bytes)
{
    const sqlite3_io_methods *theirs = theirs_of(file);
    sqlite3_int64 size = 0;

    if (!bytes && theirs->xFileSize(file, &size) == SQLITE_OK) {
        if (size == *mapped_size(file))
            return SQLITE_OK;
        *mapped_size(file) = size;
    }
    return theirs->xUnfetch(file, offset, bytes);
}

/* There is one kind of file but on file systems without locks, which a record cannot be on. */
static const sqlite3_io_methods *methods_for(const sqlite3_io_methods *theirs)
{
    const sqlite3_io_methods *ours = theirs;

    pthread_mutex_lock(&scrub.lock);
    if (!scrub.methods.theirs) {
        scrub.methods.ours = *theirs;
        scrub.methods.ours.xWrite = write_scrubbed;
        if (theirs->iVersion >= 3) /* since which files are mapped */
            scrub.methods.ours.xUnfetch = keep_mapped;
        scrub.methods.theirs = theirs;
    }
    if (scrub.methods.theirs == theirs)
        ours = &scrub.methods.ours;
    pthread_mutex_unlock(&scrub.lock);
    return ours;
}

static int open_scrubbed(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                         int *out_flags)
{
    int code = scrub.theirs->xOpen(scrub.theirs, name, file, flags, out_flags);

    (void)vfs;
    *mapped_size(file) = -1;
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) && file->pMethods)
        file->pMethods = methods_for(file->pMethods);
    return code;
}

static void register_vfs(void)
{
    scrub.theirs = sqlite3_vfs_find(NULL);
    if (!scrub.theirs)
        return;
    scrub.ours = *scrub.theirs;
    scrub.ours.zName = "schoolgate";
    scrub.ours.szOsFile += (int)sizeof(sqlite3_int64);
    scrub.ours.pNext = NULL;
    scrub.ours.xOpen = open_scrubbed;
    scrub.registered = sqlite3_vfs_register(&scrub.ours, 0) == SQLITE_OK;
}

const char *sg_scrub_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, register_vfs);
    return scrub.registered ? scrub.ours.zName : NULL;
}
