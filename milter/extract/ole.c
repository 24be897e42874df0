/* ole.c - stub */
#include "formats.h"
static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    (void)name;
    (void)type;
    return SPAN_HAS(bytes, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
}
static void read_ole(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    (void)bytes;(void)name;(void)depth;
    sg_reading_fault(reading, "unreadable-format");
}
const SgReader sg_reader_ole = {"ole", knows, read_ole};
