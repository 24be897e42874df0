/* cfb.h - OLE's file system in a file, which old office documents and Outlook's messages are */
#pragma once

#include "formats.h"

#define CFB_NONE G_MAXUINT

typedef enum { CFB_STORAGE = 1, CFB_STREAM = 2, CFB_ROOT = 5 } SgCfbKind;

typedef struct SgCfbEntry {
    char *name; /* UTF-8 */
    SgCfbKind kind;
    guint parent; /* its place in the directory, or CFB_NONE */
    guint32 start;
    gsize size;
} SgCfbEntry;

typedef struct SgCfb SgCfb;

/* NULL when it has no directory that can be read. Borrows `bytes`. */
SgCfb *sg_cfb_open(SgSpan bytes);
void sg_cfb_free(SgCfb *cfb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgCfb, sg_cfb_free)

guint sg_cfb_count(const SgCfb *cfb);
const SgCfbEntry *sg_cfb_entry(const SgCfb *cfb, guint index);
/* The first stream of that name within `parent` (CFB_NONE: anywhere); CFB_NONE: there is none. */
guint sg_cfb_find(const SgCfb *cfb, const char *name, guint parent);
/* As much of a stream as there is. NULL: no such stream, or the budget is spent. */
GByteArray *sg_cfb_read(SgReading *reading, const SgCfb *cfb, guint index);
