/* reading.c - one reading of an attachment: its budget, its pieces and faults, and where in the
 * archives it stands. */
#include "reading.h"

/* What a piece costs beside its bytes, so that a million empty cells or links cost something. */
#define PIECE_COST 64
/* Longer names tell a person nothing, and nesting would multiply them. */
#define MAX_NAME 255

struct SgReading {
    SgExtractLimits limits;
    const SgReadingSink *sink; /* NULL: collect */
    SgPieces *pieces;
    guint64 unpacked; /* bytes, by sg_reading_spend() */
    guint64 handed;   /* bytes, of pieces */
    GString *prefix;  /* "list.zip/inner.zip/" */
    GArray *marks;    /* of gsize: how long the prefix was before each archive */
    gboolean spent;   /* a limit was reached, or nobody listens: nothing more is taken */
};

SgReading *sg_reading_new_into(const SgExtractLimits *limits, const SgReadingSink *sink)
{
    SgReading *reading = g_new0(SgReading, 1);

    reading->limits = *limits;
    reading->sink = sink;
    reading->pieces = sg_pieces_new();
    reading->prefix = g_string_new(NULL);
    reading->marks = g_array_new(FALSE, FALSE, sizeof(gsize));
    return reading;
}

SgReading *sg_reading_new(const SgExtractLimits *limits)
{
    return sg_reading_new_into(limits, NULL);
}

SgPieces *sg_reading_finish(SgReading *reading)
{
    SgPieces *pieces = reading->pieces;

    pieces->output = MAX(reading->unpacked, reading->handed);
    g_string_free(reading->prefix, TRUE);
    g_array_unref(reading->marks);
    g_free(reading);
    return pieces;
}

void sg_reading_fault(SgReading *reading, const char *fault)
{
    if (g_ptr_array_find_with_equal_func(reading->pieces->faults, fault, g_str_equal, NULL))
        return;
    sg_pieces_fault(reading->pieces, fault);
    if (reading->sink)
        reading->sink->fault(reading->sink->data, fault);
}

static gboolean limit_reached(SgReading *reading, const char *limit)
{
    reading->spent = TRUE;
    sg_reading_fault(reading, limit);
    return FALSE;
}

/* Adds `bytes` to `counter`, which may never pass archive_output; no sum can overflow. */
static gboolean spend(SgReading *reading, guint64 *counter, gsize bytes)
{
    if (reading->spent)
        return FALSE;
    if (bytes > reading->limits.archive_output - *counter)
        return limit_reached(reading, "archive-output");
    *counter += bytes;
    return TRUE;
}

gboolean sg_reading_spend(SgReading *reading, gsize bytes)
{
    return spend(reading, &reading->unpacked, bytes);
}

gboolean sg_reading_entry(SgReading *reading)
{
    if (reading->spent)
        return FALSE;
    if (reading->pieces->entries >= reading->limits.archive_entries)
        return limit_reached(reading, "archive-entries");
    reading->pieces->entries++;
    return TRUE;
}

guint64 sg_reading_bytes_left(const SgReading *reading)
{
    return reading->spent ? 0 : reading->limits.archive_output - reading->unpacked;
}

/* Names come from the file: valid UTF-8 and of a sane length from here on. */
static char *safe_name(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name ? name : "", -1);

    if (strlen(valid) > MAX_NAME)
        *g_utf8_find_prev_char(valid, valid + MAX_NAME + 1) = '\0';
    return g_steal_pointer(&valid);
}

gboolean sg_reading_add(SgReading *reading, SgPieceKind kind, const char *origin, SgSpan bytes)
{
    g_autofree char *name = safe_name(origin);
    g_autofree char *full = g_strconcat(reading->prefix->str, name, NULL);

    if (bytes.len == 0)
        return !reading->spent;
    if (!spend(reading, &reading->handed, PIECE_COST + strlen(full)) ||
        !spend(reading, &reading->handed, bytes.len))
        return FALSE;
    if (!reading->sink)
        sg_pieces_add(reading->pieces, kind, full, bytes);
    else if (!reading->sink->piece(reading->sink->data, kind, full, bytes))
        reading->spent = TRUE;
    return !reading->spent;
}

gboolean sg_reading_enter(SgReading *reading, const char *name)
{
    g_autofree char *safe = safe_name(name);
    gsize mark = reading->prefix->len;

    if (reading->spent)
        return FALSE;
    /* Not a spent budget: what lies beside the archive that is too deep is still read. */
    if (reading->marks->len >= reading->limits.archive_depth) {
        sg_reading_fault(reading, "archive-depth");
        return FALSE;
    }
    g_array_append_val(reading->marks, mark);
    g_string_append_printf(reading->prefix, "%s/", safe);
    return TRUE;
}

void sg_reading_leave(SgReading *reading)
{
    g_return_if_fail(reading->marks->len > 0);
    g_string_truncate(reading->prefix,
                      g_array_index(reading->marks, gsize, reading->marks->len - 1));
    g_array_set_size(reading->marks, reading->marks->len - 1);
}
