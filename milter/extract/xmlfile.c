/* xmlfile.c - XML that stands by itself: flat office documents by their elements, other XML by all
 * its text. */
#include "odf.h"
#include "office.h"

/* Text of any XML, a line for each element. */
static void generic_start(gpointer data, const char *name, const SgXmlAttributes *attributes)
{
    (void)data;
    (void)name;
    (void)attributes;
}

static void generic_end(gpointer data, const char *name)
{
    GString *out = data;

    (void)name;
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
}

static void generic_text(gpointer data, SgSpan text)
{
    g_string_append_len(data, text.at, (gssize)text.len);
}

static gboolean walk(SgSpan bytes, const SgXmlEvents *events, gpointer data, SgOffice *office)
{
    SgXmlWalk *walker = sg_xml_walk_new(events, data);

    if (office)
        sg_office_begin_part(office, walker);
    sg_xml_walk_feed(walker, bytes);
    return sg_xml_walk_end(walker);
}

static gboolean mentions(SgSpan bytes, const char *what)
{
    return sg_span_find(sg_span_part(bytes, 0, 4096), what) >= 0;
}

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    static const char *const names[] = {".xml", ".fodt", ".fods", ".fodp", NULL};

    return sg_xml_looks_like(bytes) &&
           (sg_span_starts(sg_span_trim_left(bytes), "<?xml") || sg_name_ends(name, names) ||
            sg_type_is(type, "text/xml") || sg_type_is(type, "application/xml"));
}

static gboolean read_office(SgReading *reading, SgSpan bytes, const char *name)
{
    SgOffice *office = sg_office_new(reading, name);
    gboolean well = walk(bytes, &sg_office_events, office, office);

    sg_office_free(office);
    return well;
}

static gboolean read_odf(SgReading *reading, SgSpan bytes, const char *name)
{
    SgOdf *odf = sg_odf_new(reading, name);
    gboolean well = walk(bytes, &sg_odf_events, odf, NULL);

    sg_odf_free(odf);
    return well;
}

static void read_generic(SgReading *reading, SgSpan bytes, const char *name)
{
    static const SgXmlEvents events = {generic_start, generic_end, generic_text};
    GString *out = g_string_new(NULL);

    /* A program that cannot make sense of it shows it as it is. */
    if (!walk(bytes, &events, out, NULL)) {
        g_string_free(out, TRUE);
        out = sg_plain_utf8(bytes);
    }
    sg_nested_text(reading, name, out);
}

static void read_xml(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    gboolean well = TRUE;

    (void)depth;
    if (mentions(bytes, "urn:oasis:names:tc:opendocument"))
        well = read_odf(reading, bytes, name);
    else if (mentions(bytes, "schemas.microsoft.com/office") ||
             mentions(bytes, "schemas-microsoft-com:office") ||
             mentions(bytes, "schemas.openxmlformats.org"))
        well = read_office(reading, bytes, name);
    else
        read_generic(reading, bytes, name);
    if (!well)
        sg_reading_fault(reading, "broken");
}

const SgReader sg_reader_xml = {"xml", knows, read_xml};
