/* tnef.c - winmail.dat: the message and the attachments that Outlook wraps up (MS-OXTNEF). */
#include "mapi.h"

enum {
    ATTRIBUTE_SUBJECT = 0x18004,
    ATTRIBUTE_BODY = 0x2800c,
    ATTRIBUTE_PROPERTIES = 0x69003,
    ATTRIBUTE_ATTACH_BEGIN = 0x69002,
    ATTRIBUTE_ATTACH_DATA = 0x6800f,
    ATTRIBUTE_ATTACH_TITLE = 0x18010,
    ATTRIBUTE_ATTACH_PROPERTIES = 0x69005,
};

/* More properties than any message has; a count is not believed beyond it. */
#define MAX_PROPERTIES 10000

typedef struct Attached {
    SgSpan data;
    gboolean object; /* a message, after the 16 bytes of its class */
    char *name;
} Attached;

typedef struct Tnef {
    SgReading *reading;
    const char *name;
    guint depth;
    Attached attached;
} Tnef;

typedef struct Property {
    guint id, type;
    SgSpan value;
} Property;

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    (void)name;
    (void)type;
    return SPAN_HAS(bytes, 0, "\x78\x9f\x3e\x22");
}

/* Takes `len` bytes and their padding from `rest`. FALSE: there are not so many. */
static gboolean take(SgSpan *rest, gsize len, SgSpan *taken)
{
    if (len > rest->len)
        return FALSE;
    *taken = (SgSpan){rest->at, len};
    *rest = sg_span_part(*rest, (len + 3) & ~(gsize)3, rest->len);
    return TRUE;
}

static gboolean take_u32(SgSpan *rest, guint32 *number)
{
    SgSpan taken;

    if (!take(rest, 4, &taken))
        return FALSE;
    *number = sg_span_u32(taken, 0);
    return TRUE;
}

static gboolean take_counted(SgSpan *rest, SgSpan *taken)
{
    guint32 len;

    return take_u32(rest, &len) && take(rest, len, taken);
}

/* The size of a type whose values all have one; 0 for those that say it. */
static gsize fixed_size(guint type)
{
    switch (type) {
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x0a:
    case 0x0b:
        return 4;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x14:
    case 0x40:
        return 8;
    case 0x48:
        return 16;
    default:
        return 0;
    }
}

static gboolean skip_name(SgSpan *rest)
{
    SgSpan taken;
    guint32 kind;

    if (!take(rest, 16, &taken) || !take_u32(rest, &kind))
        return FALSE;
    return kind == 0 ? take(rest, 4, &taken) : take_counted(rest, &taken);
}

/* Of many values the last is kept: no property that is shown has more than one. */
static gboolean next_property(SgSpan *rest, Property *property)
{
    gsize size;
    guint32 tag, count = 1;

    if (!take_u32(rest, &tag))
        return FALSE;
    *property = (Property){tag >> 16, tag & 0xffff, {NULL, 0}};
    if (property->id >= 0x8000 && !skip_name(rest))
        return FALSE;
    size = fixed_size(property->type & 0xefff);
    if ((size == 0 || property->type & 0x1000) && !take_u32(rest, &count))
        return FALSE;
    for (; count > 0; count--) {
        if (size ? !take(rest, size, &property->value) : !take_counted(rest, &property->value))
            return FALSE;
    }
    return TRUE;
}

static void set_name(Tnef *tnef, SgSpan value, guint type)
{
    g_free(tnef->attached.name);
    tnef->attached.name = g_string_free(sg_mapi_string(value, type), FALSE);
}

static void attached_property(Tnef *tnef, const Property *property)
{
    if (property->id == MAPI_LONG_NAME || (property->id == MAPI_FILE_NAME && !tnef->attached.name))
        set_name(tnef, property->value, property->type);
    if (property->id != MAPI_DATA)
        return;
    tnef->attached.object = property->type == MAPI_OBJECT;
    tnef->attached.data = property->value;
}

/* FALSE: they break off. */
static gboolean read_properties(Tnef *tnef, SgSpan rest, gboolean of_attachment)
{
    Property property;
    guint32 count;

    if (!take_u32(&rest, &count))
        return FALSE;
    for (guint32 i = 0; i < MIN(count, MAX_PROPERTIES); i++) {
        if (!next_property(&rest, &property))
            return FALSE;
        if (of_attachment)
            attached_property(tnef, &property);
        else
            sg_mapi_read(tnef->reading, property.id, property.type, property.value, tnef->name,
                         tnef->depth);
    }
    return TRUE;
}

/* FALSE: the budget is spent. */
static gboolean finish_attached(Tnef *tnef)
{
    Attached *attached = &tnef->attached;
    gboolean go_on = TRUE;

    if (attached->object && attached->data.len > 16)
        attached->data = sg_span_part(attached->data, 16, attached->data.len);
    if (attached->data.len > 0 || attached->name)
        go_on = sg_nested_read(tnef->reading, tnef->name, attached->data, attached->name, NULL,
                               tnef->depth);
    g_free(attached->name);
    *attached = (Attached){0};
    return go_on;
}

/* FALSE: nothing more is to be read. */
static gboolean read_attribute(Tnef *tnef, guint32 id, SgSpan value)
{
    gboolean whole = TRUE;

    switch (id) {
    case ATTRIBUTE_SUBJECT:
    case ATTRIBUTE_BODY:
        sg_nested_text(tnef->reading, tnef->name, sg_mapi_string(value, MAPI_STRING8));
        break;
    case ATTRIBUTE_PROPERTIES:
        whole = read_properties(tnef, value, FALSE);
        break;
    case ATTRIBUTE_ATTACH_BEGIN:
        return finish_attached(tnef);
    case ATTRIBUTE_ATTACH_DATA:
        tnef->attached.data = value;
        break;
    case ATTRIBUTE_ATTACH_TITLE:
        set_name(tnef, value, MAPI_STRING8);
        break;
    case ATTRIBUTE_ATTACH_PROPERTIES:
        whole = read_properties(tnef, value, TRUE);
        break;
    default:
        break;
    }
    if (!whole)
        sg_reading_fault(tnef->reading, "broken");
    return sg_reading_bytes_left(tnef->reading) > 0;
}

/* An attribute: level, id, length, value, checksum. */
static void read_tnef(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    Tnef tnef = {reading, name, depth, {{NULL, 0}, FALSE, NULL}};
    SgSpan rest = sg_span_part(bytes, 6, bytes.len);

    while (rest.len >= 9) {
        guint32 id = sg_span_u32(rest, 1);
        gsize len = sg_span_u32(rest, 5);
        SgSpan value = sg_span_part(rest, 9, len);

        if (!read_attribute(&tnef, id, value))
            break;
        if (value.len < len)
            sg_reading_fault(reading, "broken");
        rest = sg_span_part(rest, 9 + len + 2, rest.len);
    }
    finish_attached(&tnef);
}

const SgReader sg_reader_tnef = {"tnef", knows, read_tnef};
