/* xmlwalk.h - XML as it comes: no tree, no entities but the five, nothing fetched, bounded depth */
#pragma once

#include "formats.h"

typedef struct SgXmlAttributes {
    int count;
    const unsigned char **at; /* libxml2's: five pointers for each */
} SgXmlAttributes;

/* Names are local names: prefixes and the versions of namespaces vary. */
typedef struct SgXmlEvents {
    void (*start)(gpointer data, const char *name, const SgXmlAttributes *attributes);
    void (*end)(gpointer data, const char *name);
    void (*text)(gpointer data, SgSpan text);
} SgXmlEvents;

typedef struct SgXmlWalk SgXmlWalk;

SgXmlWalk *sg_xml_walk_new(const SgXmlEvents *events, gpointer data);
/* FALSE when the rest is of no use: not well-formed, or stopped. */
gboolean sg_xml_walk_feed(SgXmlWalk *walk, SgSpan chunk);
/* An event's way to say that it has seen enough. */
void sg_xml_walk_stop(SgXmlWalk *walk);
/* Frees `walk`. TRUE when all was well-formed, or stopped on purpose. */
gboolean sg_xml_walk_end(SgXmlWalk *walk);

/* NULL when there is none; free it. */
char *sg_xml_attribute(const SgXmlAttributes *attributes, const char *name);
gboolean sg_xml_attribute_is(const SgXmlAttributes *attributes, const char *name,
                             const char *value);

/* After white space and a byte order mark, in UTF-8 or UTF-16, comes a tag. */
gboolean sg_xml_looks_like(SgSpan bytes);
