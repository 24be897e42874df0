/* ole.c - OLE files by what streams they have: Word, Excel and PowerPoint of old, Outlook's
 * messages, packages around other files, and documents encrypted whole. */
#include "ole.h"

#include "mapi.h"

#define PROPERTY_STREAM "__substg1.0_"

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    (void)name;
    (void)type;
    return SPAN_HAS(bytes, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
}

static SgSpan span_of(const GByteArray *bytes)
{
    return bytes ? (SgSpan){(const char *)bytes->data, bytes->len} : (SgSpan){NULL, 0};
}

/* "__substg1.0_1000001F": which property, and of what type. */
static gboolean property_of(const SgCfbEntry *entry, guint *id, guint *type)
{
    guint64 tag;

    if (entry->kind != CFB_STREAM || !g_str_has_prefix(entry->name, PROPERTY_STREAM))
        return FALSE;
    tag = g_ascii_strtoull(entry->name + strlen(PROPERTY_STREAM), NULL, 16);
    *id = (guint)(tag >> 16 & 0xffff);
    *type = (guint)(tag & 0xffff);
    return TRUE;
}

static char *attachment_name(const SgOle *ole, guint storage)
{
    static const char *const streams[] = {"3707001F", "3707001E", "3704001F", "3704001E"};

    for (guint i = 0; i < G_N_ELEMENTS(streams); i++) {
        g_autofree char *stream = g_strconcat(PROPERTY_STREAM, streams[i], NULL);
        guint index = sg_cfb_find(ole->cfb, stream, storage);
        g_autoptr(GByteArray) value = sg_cfb_read(ole->reading, ole->cfb, index);

        if (value)
            return g_string_free(sg_mapi_string(span_of(value), i % 2 ? MAPI_STRING8 : MAPI_STRING),
                                 FALSE);
    }
    return NULL;
}

/* Messages within the message stand in the same directory, so that all are found here. */
static gboolean read_message(const SgOle *ole)
{
    gboolean is_message = FALSE;
    guint id, type;

    for (guint i = 0; i < sg_cfb_count(ole->cfb); i++) {
        g_autoptr(GByteArray) value = NULL;
        g_autofree char *name = NULL;

        if (!property_of(sg_cfb_entry(ole->cfb, i), &id, &type))
            continue;
        is_message = TRUE;
        if (id != MAPI_SUBJECT && id != MAPI_BODY && id != MAPI_BODY_RTF && id != MAPI_BODY_HTML &&
            id != MAPI_DATA)
            continue;
        value = sg_cfb_read(ole->reading, ole->cfb, i);
        if (!value)
            break;
        if (id != MAPI_DATA) {
            sg_mapi_read(ole->reading, id, type, span_of(value), ole->name, ole->depth);
            continue;
        }
        name = attachment_name(ole, sg_cfb_entry(ole->cfb, i)->parent);
        if (!sg_nested_read(ole->reading, ole->name, span_of(value), name, NULL, ole->depth))
            break;
    }
    return is_message;
}

/* The string that ends in a NUL at `*at`, and past it. */
static char *take_string(SgSpan bytes, gsize *at)
{
    SgSpan rest = sg_span_part(bytes, *at, bytes.len);
    const char *end = rest.len ? memchr(rest.at, '\0', rest.len) : NULL;
    gsize len = end ? (gsize)(end - rest.at) : rest.len;
    GString *valid = sg_plain_utf8(sg_span_part(rest, 0, len));

    *at += len + 1;
    return g_string_free(valid, FALSE);
}

/* Any file, put into a document: size, flags, label, path, more, path again, size, bytes. */
static void read_native(const SgOle *ole, SgSpan bytes)
{
    gsize at = 6;
    g_autofree char *label = take_string(bytes, &at);
    g_autofree char *path = take_string(bytes, &at);

    at += 4;
    at += (gsize)sg_span_u32(bytes, at) + 4;
    sg_nested_read(ole->reading, ole->name, sg_span_part(bytes, at + 4, sg_span_u32(bytes, at)),
                   *label ? label : path, NULL, ole->depth);
}

static gboolean read_package(const SgOle *ole)
{
    guint native = sg_cfb_find(ole->cfb, "\001Ole10Native", CFB_NONE);
    guint whole = sg_cfb_find(ole->cfb, "Package", CFB_NONE);
    g_autoptr(GByteArray) bytes = NULL;

    if (native == CFB_NONE && whole == CFB_NONE)
        return FALSE;
    bytes = sg_cfb_read(ole->reading, ole->cfb, native != CFB_NONE ? native : whole);
    if (bytes && native != CFB_NONE)
        read_native(ole, span_of(bytes));
    else if (bytes)
        sg_nested_read(ole->reading, ole->name, span_of(bytes), NULL, NULL, ole->depth);
    return TRUE;
}

static gboolean has(const SgOle *ole, const char *stream)
{
    return sg_cfb_find(ole->cfb, stream, CFB_NONE) != CFB_NONE;
}

static void read_ole(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    g_autoptr(SgCfb) cfb = sg_cfb_open(bytes);
    SgOle ole = {reading, cfb, name, depth};

    if (!cfb)
        sg_reading_fault(reading, "broken");
    else if (has(&ole, "EncryptedPackage") || has(&ole, "EncryptedSummary"))
        sg_reading_fault(reading, "encrypted");
    /* An object of another program, within a document, is shown as a picture. */
    else if (!sg_ole_word(&ole) && !sg_ole_sheet(&ole) && !sg_ole_slides(&ole) &&
             !read_package(&ole) && !read_message(&ole) && !has(&ole, "\001Ole"))
        sg_reading_fault(reading, "unreadable-format");
}

const SgReader sg_reader_ole = {"ole", knows, read_ole};
