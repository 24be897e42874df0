/* cfb.c - MS-CFB in memory. Chains may loop and entries may share sectors: steps are bounded by
 * the size of the file, and what is read costs each time. */
#include "cfb.h"

#define HEADER_TABLES 109 /* sectors of the allocation table that the header names itself */
#define LAST_SECTOR   0xfffffffau
#define NO_ENTRY      0xffffffffu
#define ENTRY_SIZE    128
#define MAX_ENTRIES   32768

struct SgCfb {
    SgSpan bytes;
    gsize sector;      /* bytes */
    gsize small;       /* bytes of a sector within the small stream */
    gsize cutoff;      /* shorter streams stand in the small stream */
    GArray *tables;    /* of guint32: the sectors of the allocation table */
    GArray *directory; /* of CfbEntry */
    GByteArray *small_table, *small_stream;
};

static SgSpan sector_at(const SgCfb *cfb, guint32 number)
{
    if (number >= LAST_SECTOR)
        return (SgSpan){NULL, 0};
    return sg_span_part(cfb->bytes, ((gsize)number + 1) * cfb->sector, cfb->sector);
}

static guint32 next_sector(const SgCfb *cfb, guint32 number)
{
    gsize each = cfb->sector / 4, table = number / each;

    if (table >= cfb->tables->len)
        return NO_ENTRY;
    return sg_span_u32(sector_at(cfb, g_array_index(cfb->tables, guint32, table)),
                       number % each * 4);
}

static void read_tables(SgCfb *cfb)
{
    gsize most = cfb->bytes.len / cfb->sector + 1, each = cfb->sector / 4 - 1;
    guint32 more = sg_span_u32(cfb->bytes, 68);

    for (guint i = 0; i < HEADER_TABLES; i++) {
        guint32 number = sg_span_u32(cfb->bytes, 76 + i * 4);
        if (number < LAST_SECTOR)
            g_array_append_val(cfb->tables, number);
    }
    for (gsize steps = 0; more < LAST_SECTOR && steps < most / each + 1; steps++) {
        SgSpan list = sector_at(cfb, more);

        for (gsize i = 0; i < each && list.len > 0; i++) {
            guint32 number = sg_span_u32(list, i * 4);
            if (number < LAST_SECTOR)
                g_array_append_val(cfb->tables, number);
        }
        more = list.len == cfb->sector ? sg_span_u32(list, each * 4) : NO_ENTRY;
    }
}

static GByteArray *read_chain(const SgCfb *cfb, guint32 start, gsize size)
{
    GByteArray *out = g_byte_array_new();
    gsize most = MIN(size, cfb->bytes.len);

    while (out->len < most) {
        SgSpan sector = sector_at(cfb, start);
        if (sector.len == 0)
            break;
        g_byte_array_append(out, (const guint8 *)sector.at,
                            (guint)MIN(sector.len, most - out->len));
        start = next_sector(cfb, start);
    }
    return out;
}

static GByteArray *read_small(const SgCfb *cfb, guint32 start, gsize size)
{
    SgSpan stream = {(const char *)cfb->small_stream->data, cfb->small_stream->len};
    SgSpan table = {(const char *)cfb->small_table->data, cfb->small_table->len};
    GByteArray *out = g_byte_array_new();

    while (out->len < size && start < LAST_SECTOR) {
        SgSpan part = sg_span_part(stream, (gsize)start * cfb->small, cfb->small);
        if (part.len == 0)
            break;
        g_byte_array_append(out, (const guint8 *)part.at, (guint)MIN(part.len, size - out->len));
        start = (gsize)start * 4 + 4 <= table.len ? sg_span_u32(table, (gsize)start * 4) : NO_ENTRY;
    }
    return out;
}

static void read_entry(SgCfb *cfb, SgSpan raw)
{
    gsize len = sg_span_u16(raw, 64);
    GString *name = g_string_new(NULL);
    SgCfbEntry entry = {NULL, (SgCfbKind)(guchar)raw.at[66], CFB_NONE, sg_span_u32(raw, 116),
                        sg_span_u32(raw, 120)};

    sg_plain_append_utf16le(name, sg_span_part(raw, 0, CLAMP(len, 2, 64) - 2));
    entry.name = g_string_free(name, FALSE);
    g_array_append_val(cfb->directory, entry);
}

/* Siblings are a tree, each with a child that is a tree: each is visited once. */
static void read_parents(SgCfb *cfb, SgSpan raw)
{
    g_autofree guint8 *seen = g_malloc0(cfb->directory->len);
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 first = 0;

    g_array_append_val(left, first);
    while (left->len > 0) {
        guint32 at = g_array_index(left, guint32, left->len - 1);
        SgCfbEntry *entry = &g_array_index(cfb->directory, SgCfbEntry, at);

        g_array_set_size(left, left->len - 1);
        for (guint i = 0; i < 3; i++) {
            guint32 next = sg_span_u32(raw, (gsize)at * ENTRY_SIZE + 68 + i * 4);

            if (next == 0 || next >= cfb->directory->len || seen[next])
                continue;
            seen[next] = 1;
            g_array_index(cfb->directory, SgCfbEntry, next).parent = i < 2 ? entry->parent : at;
            g_array_append_val(left, next);
        }
    }
}

static gboolean read_directory(SgCfb *cfb)
{
    g_autoptr(GByteArray) bytes =
        read_chain(cfb, sg_span_u32(cfb->bytes, 48), (gsize)MAX_ENTRIES * ENTRY_SIZE);
    SgSpan raw = {(const char *)bytes->data, bytes->len};
    const SgCfbEntry *root;

    for (gsize at = 0; at + ENTRY_SIZE <= raw.len; at += ENTRY_SIZE)
        read_entry(cfb, sg_span_part(raw, at, ENTRY_SIZE));
    if (cfb->directory->len == 0)
        return FALSE;
    read_parents(cfb, raw);
    root = sg_cfb_entry(cfb, 0);
    cfb->small_stream = read_chain(cfb, root->start, root->size);
    cfb->small_table = read_chain(cfb, sg_span_u32(cfb->bytes, 60), cfb->bytes.len);
    return TRUE;
}

SgCfb *sg_cfb_open(SgSpan bytes)
{
    g_autoptr(SgCfb) cfb = g_new0(SgCfb, 1);
    guint32 shift = sg_span_u16(bytes, 30), small = sg_span_u16(bytes, 32);

    cfb->tables = g_array_new(FALSE, FALSE, sizeof(guint32));
    cfb->directory = g_array_new(FALSE, FALSE, sizeof(SgCfbEntry));
    if ((shift != 9 && shift != 12) || small < 2 || small > shift)
        return NULL;
    cfb->bytes = bytes;
    cfb->sector = (gsize)1 << shift;
    cfb->small = (gsize)1 << small;
    cfb->cutoff = sg_span_u32(bytes, 56);
    read_tables(cfb);
    return read_directory(cfb) ? g_steal_pointer(&cfb) : NULL;
}

void sg_cfb_free(SgCfb *cfb)
{
    if (!cfb)
        return;
    for (guint i = 0; i < cfb->directory->len; i++)
        g_free(g_array_index(cfb->directory, SgCfbEntry, i).name);
    g_array_unref(cfb->directory);
    g_array_unref(cfb->tables);
    g_clear_pointer(&cfb->small_table, g_byte_array_unref);
    g_clear_pointer(&cfb->small_stream, g_byte_array_unref);
    g_free(cfb);
}

guint sg_cfb_count(const SgCfb *cfb)
{
    return cfb->directory->len;
}

const SgCfbEntry *sg_cfb_entry(const SgCfb *cfb, guint index)
{
    return &g_array_index(cfb->directory, SgCfbEntry, index);
}

guint sg_cfb_find(const SgCfb *cfb, const char *name, guint parent)
{
    for (guint i = 0; i < sg_cfb_count(cfb); i++) {
        const SgCfbEntry *entry = sg_cfb_entry(cfb, i);
        if (entry->kind == CFB_STREAM && (parent == CFB_NONE || entry->parent == parent) &&
            g_ascii_strcasecmp(entry->name, name) == 0)
            return i;
    }
    return CFB_NONE;
}

GByteArray *sg_cfb_read(SgReading *reading, const SgCfb *cfb, guint index)
{
    const SgCfbEntry *entry = index < sg_cfb_count(cfb) ? sg_cfb_entry(cfb, index) : NULL;
    gsize size;

    if (!entry || entry->kind != CFB_STREAM)
        return NULL;
    size = MIN(entry->size, cfb->bytes.len);
    if (!sg_reading_spend(reading, size + 1))
        return NULL;
    return size < cfb->cutoff ? read_small(cfb, entry->start, size)
                              : read_chain(cfb, entry->start, size);
}
