/* package.h - a zip that is one document: its XML parts walked, what is embedded read */
#pragma once

#include "unpack.h"
#include "xmlwalk.h"

typedef struct SgPackage {
    SgReading *reading;
    SgSpan zip;
    const char *name;
    guint depth;
    const SgXmlEvents *events;
    gpointer data; /* of the events */
    /* Called around each XML part; begin says FALSE for one that is not wanted. */
    gboolean (*begin)(gpointer data, const char *part, SgXmlWalk *walk);
    void (*end)(gpointer data);
} SgPackage;

/* Walks only the XML parts that `begin` wants; with `embedded`, reads other files, too. */
void sg_package_read(const SgPackage *package, gboolean embedded);
