/* office_file.c - documents of Word, Excel and PowerPoint in their zip. */
#include "office.h"
#include "package.h"

typedef struct OfficeFile {
    SgOffice *office;
    gboolean strings; /* this pass reads the shared strings and nothing else */
} OfficeFile;

static void on_start(gpointer data, const char *name, const SgXmlAttributes *attributes)
{
    sg_office_events.start(((OfficeFile *)data)->office, name, attributes);
}

static void on_end(gpointer data, const char *name)
{
    sg_office_events.end(((OfficeFile *)data)->office, name);
}

static void on_text(gpointer data, SgSpan text)
{
    sg_office_events.text(((OfficeFile *)data)->office, text);
}

static gboolean begin(gpointer data, const char *part, SgXmlWalk *walk)
{
    static const char *const tables[] = {"sharedStrings.xml", NULL};
    OfficeFile *file = data;

    /* Data that fields may show, and what is known of the file; neither is on a page. */
    if (file->strings != sg_name_ends(part, tables) || g_str_has_prefix(part, "customXml/") ||
        g_str_has_prefix(part, "docProps/"))
        return FALSE;
    if (walk)
        sg_office_begin_part(file->office, walk);
    return TRUE;
}

static void end(gpointer data)
{
    sg_office_end_part(((OfficeFile *)data)->office);
}

void sg_office_read(SgReading *reading, SgSpan zip, const char *name, guint depth)
{
    static const SgXmlEvents events = {on_start, on_end, on_text};
    OfficeFile file = {sg_office_new(reading, name), TRUE};
    SgPackage package = {reading, zip, name, depth, &events, &file, begin, end};

    sg_office_collect_strings(file.office, TRUE);
    sg_package_read(&package, FALSE);
    sg_office_collect_strings(file.office, FALSE);
    file.strings = FALSE;
    sg_package_read(&package, TRUE);
    sg_office_free(file.office);
}
