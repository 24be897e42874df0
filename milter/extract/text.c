/* text.c - plain text, and the files that old programs write into it. */
#include "formats.h"

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    static const char *const names[] = {".txt", ".csv", ".md", ".log", ".text", ".tsv", NULL};

    return sg_plain_looks_like(bytes) || sg_name_ends(name, names) ||
           sg_type_is(type, "text/plain") || sg_type_is(type, "text/csv");
}

static void read_text(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    if (!sg_nested_text(reading, name, sg_plain_utf8(bytes)))
        return;
    sg_inline_files(reading, bytes, name, depth);
}

const SgReader sg_reader_text = {"text", knows, read_text};
