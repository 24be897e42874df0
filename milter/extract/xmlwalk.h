/* xmlwalk.h - XML as it comes: no tree, no entities but the five, nothing fetched, bounded depth */
#pragma once

#include "formats.h"

typedef struct XmlAttributes {
    int count;
    const unsigned char **at; /* libxml2's: five pointers for each */
} XmlAttributes;

/* Names are local names: prefixes and the versions of namespaces vary. */
typedef struct XmlEvents {
    void (*start)(gpointer data, const char *name, const XmlAttributes *attributes);
    void (*end)(gpointer data, const char *name);
    void (*text)(gpointer data, SgSpan text);
} XmlEvents;

typedef struct XmlWalk XmlWalk;

XmlWalk *xml_walk_new(const XmlEvents *events, gpointer data);
/* FALSE when the rest is of no use: not well-formed, or stopped. */
gboolean xml_walk_feed(XmlWalk *walk, SgSpan chunk);
/* An event's way to say that it has seen enough. */
void xml_walk_stop(XmlWalk *walk);
/* Frees `walk`. TRUE when all was well-formed, or stopped on purpose. */
gboolean xml_walk_end(XmlWalk *walk);

/* NULL when there is none; free it. */
char *xml_attribute(const XmlAttributes *attributes, const char *name);
gboolean xml_attribute_is(const XmlAttributes *attributes, const char *name, const char *value);

/* After white space and a byte order mark, in UTF-8 or UTF-16, comes a tag. */
gboolean xml_looks_like(SgSpan bytes);
