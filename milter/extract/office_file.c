/* office_file.c - documents of Word, Excel and PowerPoint in their zip. */
#include "office.h"
#include "package.h"

typedef struct OfficeFile {
    Office *office;
    gboolean strings; /* this pass reads the shared strings and nothing else */
} OfficeFile;

static void on_start(gpointer data, const char *name, const XmlAttributes *attributes)
{
    office_events.start(((OfficeFile *)data)->office, name, attributes);
}

static void on_end(gpointer data, const char *name)
{
    office_events.end(((OfficeFile *)data)->office, name);
}

static void on_text(gpointer data, SgSpan text)
{
    office_events.text(((OfficeFile *)data)->office, text);
}

static gboolean begin(gpointer data, const char *part, XmlWalk *walk)
{
    static const char *const tables[] = {"sharedStrings.xml", NULL};
    OfficeFile *file = data;

    /* Data that fields may show, and what is known of the file; neither is on a page. */
    if (file->strings != name_ends(part, tables) || g_str_has_prefix(part, "customXml/") ||
        g_str_has_prefix(part, "docProps/"))
        return FALSE;
    if (walk)
        office_begin_part(file->office, walk);
    return TRUE;
}

static void end(gpointer data)
{
    office_end_part(((OfficeFile *)data)->office);
}

void office_read(SgReading *reading, SgSpan zip, const char *name, guint depth)
{
    static const XmlEvents events = {on_start, on_end, on_text};
    OfficeFile file = {office_new(reading, name), TRUE};
    Package package = {reading, zip, name, depth, &events, &file, begin, end};

    office_collect_strings(file.office, TRUE);
    package_read(&package, FALSE);
    office_collect_strings(file.office, FALSE);
    file.strings = FALSE;
    package_read(&package, TRUE);
    office_free(file.office);
}
