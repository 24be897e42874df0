/* cfb.h - OLE's file system in a file, which old office documents and Outlook's messages are */
#pragma once

#include "formats.h"

#define CFB_NONE G_MAXUINT

typedef enum { CFB_STORAGE = 1, CFB_STREAM = 2, CFB_ROOT = 5 } CfbKind;

typedef struct CfbEntry {
    char *name; /* UTF-8 */
    CfbKind kind;
    guint parent; /* its place in the directory, or CFB_NONE */
    guint32 start;
    gsize size;
} CfbEntry;

typedef struct Cfb Cfb;

/* NULL when it has no directory that can be read. Borrows `bytes`. */
Cfb *cfb_open(SgSpan bytes);
void cfb_free(Cfb *cfb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cfb, cfb_free)

guint cfb_count(const Cfb *cfb);
const CfbEntry *cfb_entry(const Cfb *cfb, guint index);
/* The first stream of that name within `parent` (CFB_NONE: anywhere); CFB_NONE: there is none. */
guint cfb_find(const Cfb *cfb, const char *name, guint parent);
/* As much of a stream as there is. NULL: no such stream, or the budget is spent. */
GByteArray *cfb_read(SgReading *reading, const Cfb *cfb, guint index);
