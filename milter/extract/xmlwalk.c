/* xmlwalk.c - libxml2's push parser with three events and without everything that could be abused:
 * no handler takes entity declarations, so that there are none to expand. */
#include "xmlwalk.h"

#include <libxml/parser.h>

/* libxml2 compares each attribute with all before it. */
#define MAX_ATTRIBUTES 1000

struct SgXmlWalk {
    xmlSAXHandler sax;
    xmlParserCtxtPtr parser;
    const SgXmlEvents *events;
    gpointer data;
    gboolean stopped;
    gboolean refused; /* it asks for more than an honest document does */
    guint attributes; /* since the last "<", which stands in no attribute */
    gboolean after_equals;
};

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespaces, const xmlChar **declared, int attributes, int defaulted,
                     const xmlChar **at)
{
    SgXmlWalk *walk = context;

    (void)prefix;
    (void)uri;
    (void)namespaces;
    (void)declared;
    (void)defaulted;
    if (!walk->stopped)
        walk->events->start(walk->data, (const char *)name, &(SgXmlAttributes){attributes, at});
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    SgXmlWalk *walk = context;

    (void)prefix;
    (void)uri;
    if (!walk->stopped)
        walk->events->end(walk->data, (const char *)name);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    SgXmlWalk *walk = context;

    if (!walk->stopped && len > 0)
        walk->events->text(walk->data, (SgSpan){(const char *)text, (gsize)len});
}

static void refuse(SgXmlWalk *walk)
{
    walk->stopped = walk->refused = TRUE;
}

/* No office program writes declarations of its own; the push parser reads long ones over and over.
 * Old OpenDocument names a DTD, which nobody fetches. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *public_id,
                       const xmlChar *system_id)
{
    SgXmlWalk *walk = context;

    (void)name;
    (void)public_id;
    (void)system_id;
    if (*walk->parser->input->cur != '[')
        return;
    refuse(walk);
    xmlStopParser(walk->parser);
}

/* Counts before the parser does; in UTF-16 there are NULs between. */
static gboolean has_sane_tags(SgXmlWalk *walk, SgSpan chunk)
{
    for (gsize i = 0; i < chunk.len; i++) {
        char c = chunk.at[i];

        if (c == '<')
            walk->attributes = 0;
        else if (walk->after_equals && (c == '"' || c == '\'') &&
                 ++walk->attributes > MAX_ATTRIBUTES)
            return FALSE;
        if (c != '\0' && !g_ascii_isspace(c))
            walk->after_equals = c == '=';
    }
    return TRUE;
}

SgXmlWalk *sg_xml_walk_new(const SgXmlEvents *events, gpointer data)
{
    SgXmlWalk *walk = g_new0(SgXmlWalk, 1);

    walk->sax.initialized = XML_SAX2_MAGIC;
    walk->sax.startElementNs = on_start;
    walk->sax.endElementNs = on_end;
    walk->sax.characters = on_text;
    walk->sax.ignorableWhitespace = on_text;
    walk->sax.cdataBlock = on_text;
    walk->sax.internalSubset = on_doctype;
    walk->events = events;
    walk->data = data;
    walk->parser = xmlCreatePushParserCtxt(&walk->sax, walk, NULL, 0, NULL);
    if (walk->parser)
        xmlCtxtUseOptions(walk->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    return walk;
}

gboolean sg_xml_walk_feed(SgXmlWalk *walk, SgSpan chunk)
{
    /* In stretches: the push parser looks again and again at what is not yet complete. */
    while (walk->parser && !walk->stopped && chunk.len > 0) {
        SgSpan stretch = sg_span_part(chunk, 0, 65536);
        if (!has_sane_tags(walk, stretch))
            refuse(walk);
        else if (xmlParseChunk(walk->parser, stretch.at, (int)stretch.len, 0) != 0)
            return FALSE;
        chunk = sg_span_part(chunk, stretch.len, chunk.len);
    }
    return walk->parser && !walk->stopped;
}

void sg_xml_walk_stop(SgXmlWalk *walk)
{
    walk->stopped = TRUE;
}

gboolean sg_xml_walk_end(SgXmlWalk *walk)
{
    gboolean well = walk->stopped && !walk->refused;

    if (walk->parser) {
        well = well || (!walk->refused && xmlParseChunk(walk->parser, NULL, 0, 1) == 0 &&
                        walk->parser->wellFormed);
        if (walk->parser->myDoc)
            xmlFreeDoc(walk->parser->myDoc);
        xmlFreeParserCtxt(walk->parser);
    }
    g_free(walk);
    return well;
}

/* libxml2 2.9 leaves "&amp;" as "&#38;" where it does not replace entities. */
static char *with_ampersands(const char *value, gsize len)
{
    GString *out = g_string_new_len(value, (gssize)len);

    g_string_replace(out, "&#38;", "&", 0);
    return g_string_free(out, FALSE);
}

char *sg_xml_attribute(const SgXmlAttributes *attributes, const char *name)
{
    for (int i = 0; i < attributes->count; i++) {
        const unsigned char **at = attributes->at + (gsize)i * 5;
        if (strcmp((const char *)at[0], name) == 0)
            return with_ampersands((const char *)at[3], (gsize)(at[4] - at[3]));
    }
    return NULL;
}

gboolean sg_xml_attribute_is(const SgXmlAttributes *attributes, const char *name, const char *value)
{
    g_autofree char *found = sg_xml_attribute(attributes, name);

    return found && strcmp(found, value) == 0;
}

gboolean sg_xml_looks_like(SgSpan bytes)
{
    SgSpan rest = sg_span_trim_left(bytes);

    if (SPAN_HAS(bytes, 0, "\xff\xfe<\0") || SPAN_HAS(bytes, 0, "\xfe\xff\0<") ||
        SPAN_HAS(bytes, 0, "<\0") || SPAN_HAS(bytes, 0, "\0<"))
        return TRUE;
    return rest.len > 1 && rest.at[0] == '<' &&
           (g_ascii_isalpha(rest.at[1]) || rest.at[1] == '?' || rest.at[1] == '!');
}
