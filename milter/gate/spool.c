/* spool.c - bytes of a message in memory, and in an unlinked file when there are many. */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIRST_BUFFER 16384

struct SgSpool {
    guint64 memory_most;
    char *folder;
    char *buffer;
    gsize capacity; /* of buffer */
    gsize buffered;
    gsize size;
    int file; /* -1 while all is in memory */
    GError *error;
};

GQuark sg_spool_error_quark(void)
{
    return g_quark_from_static_string("sg-spool-error-quark");
}

SgSpool *sg_spool_new(guint64 memory, const char *folder)
{
    SgSpool *spool = g_new0(SgSpool, 1);

    spool->memory_most = memory;
    spool->folder = g_strdup(folder);
    spool->file = -1;
    return spool;
}

static void empty(SgSpool *spool)
{
    g_clear_pointer(&spool->buffer, g_free);
    spool->capacity = spool->buffered = 0;
    if (spool->file >= 0)
        close(spool->file);
    spool->file = -1;
}

void sg_spool_free(SgSpool *spool)
{
    if (!spool)
        return;
    empty(spool);
    g_clear_error(&spool->error);
    g_free(spool->folder);
    g_free(spool);
}

gsize sg_spool_size(const SgSpool *spool)
{
    return spool->size;
}

static void fail(SgSpool *spool, SgSpoolError code, const char *attempt, int why)
{
    g_set_error(&spool->error, SG_SPOOL_ERROR, (gint)code, "%s '%s': %s", attempt, spool->folder,
                g_strerror(why));
    empty(spool);
}

/* Network file systems know no O_TMPFILE. */
static int open_unnamed(const char *folder)
{
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return file;
    g_autofree char *name = g_build_filename(folder, "message-XXXXXX", NULL);
    file = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        unlink(name);
    return file;
}

static gboolean write_all(SgSpool *spool, const char *bytes, gsize len)
{
    while (len > 0) {
        ssize_t written = write(spool->file, bytes, len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            fail(spool, SG_SPOOL_ERROR_FILE, "cannot write a message to a file in", errno);
            return FALSE;
        }
        bytes += written;
        len -= (gsize)written;
    }
    return TRUE;
}

static gboolean flush(SgSpool *spool)
{
    if (spool->file < 0)
        spool->file = open_unnamed(spool->folder);
    if (spool->file < 0) {
        fail(spool, SG_SPOOL_ERROR_FILE, "cannot create a file for a message in", errno);
        return FALSE;
    }
    if (!write_all(spool, spool->buffer, spool->buffered))
        return FALSE;
    spool->buffered = 0;
    return TRUE;
}

/* Makes room for `len` more bytes, within the cap. FALSE when they belong into the file. */
static gboolean make_room(SgSpool *spool, gsize len)
{
    gsize wanted = spool->buffered + len;
    gsize capacity = MAX(spool->capacity, FIRST_BUFFER);

    if (wanted <= spool->capacity)
        return TRUE;
    if (spool->file >= 0 || wanted > spool->memory_most)
        return FALSE;
    while (capacity < wanted)
        capacity *= 2;
    /* Where memory is short, the file is the way out. */
    char *buffer = g_try_realloc(spool->buffer, capacity);
    if (!buffer)
        return FALSE;
    spool->buffer = buffer;
    spool->capacity = capacity;
    return TRUE;
}

void sg_spool_append(SgSpool *spool, const void *bytes, gsize len)
{
    spool->size += len;
    if (spool->error || len == 0)
        return;
    if (make_room(spool, len)) {
        memcpy(spool->buffer + spool->buffered, bytes, len);
        spool->buffered += len;
        return;
    }
    /* From here on the buffer only gathers small pieces into larger writes. */
    if (!flush(spool))
        return;
    if (len > spool->capacity) {
        write_all(spool, bytes, len);
        return;
    }
    memcpy(spool->buffer, bytes, len);
    spool->buffered = len;
}

typedef struct Mapping {
    gpointer at;
    gsize len;
} Mapping;

static void unmap(gpointer data)
{
    Mapping *mapping = data;

    munmap(mapping->at, mapping->len);
    g_free(mapping);
}

static GBytes *map_file(SgSpool *spool)
{
    gpointer at = mmap(NULL, spool->size, PROT_READ, MAP_PRIVATE, spool->file, 0);

    if (at == MAP_FAILED) {
        fail(spool, SG_SPOOL_ERROR_MEMORY, "cannot map a message from a file in", errno);
        return NULL;
    }
    Mapping *mapping = g_new(Mapping, 1);
    *mapping = (Mapping){at, spool->size};
    return g_bytes_new_with_free_func(at, spool->size, unmap, mapping);
}

GBytes *sg_spool_finish(SgSpool *spool, GError **error)
{
    GBytes *all = NULL;

    if (!spool->error && spool->file < 0) {
        all = g_bytes_new_take(g_steal_pointer(&spool->buffer), spool->buffered);
    } else if (!spool->error && flush(spool)) {
        all = map_file(spool);
    }
    if (!all)
        g_propagate_error(error, g_steal_pointer(&spool->error));
    empty(spool);
    spool->size = 0;
    return all;
}
