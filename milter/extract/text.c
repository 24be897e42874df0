/* text.c - plain text, and the files that old programs write into it. */
#include "formats.h"

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    static const char *const names[] = {".txt", ".csv", ".md", ".log", ".text", ".tsv", NULL};

    return plain_looks_like(bytes) || name_ends(name, names) || type_is(type, "text/plain") ||
           type_is(type, "text/csv");
}

static void read_text(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    if (!nested_text(reading, name, plain_utf8(bytes)))
        return;
    inline_files(reading, bytes, name, depth);
}

const SgReader sg_reader_text = {"text", knows, read_text};
