/* package.c - the parts of an office document: XML is walked, what is embedded is read as a file
 * of its own; pictures, fonts and the like are passed over. */
#include "package.h"

/* Binary things in office documents that hold no text a reader sees. */
static gboolean is_furniture(const char *name, SgSpan head)
{
    static const char *const endings[] = {
        ".emf", ".wmf", ".fntdata", ".odttf",       ".jpeg",    ".jpg", ".png", "vbaproject.bin",
        ".wdp", ".ttf", ".sigs",    "layout-cache", "mimetype", ".rdf", ".gif", NULL};

    return sg_is_media(head) || sg_name_ends(name, endings) ||
           sg_span_find(sg_span(name), "printerSettings") >= 0;
}

static gboolean is_page(SgSpan head)
{
    SgSpan first = sg_span_part(head, 0, 1024);

    return sg_span_find(first, "<html") >= 0 || sg_span_find(first, "<!doctype html") >= 0;
}

static void walk_part(const SgPackage *package, SgUnpack *unpack, SgSpan head)
{
    SgXmlWalk *walk = sg_xml_walk_new(package->events, package->data);

    if (!package->begin(package->data, sg_unpack_name(unpack), walk)) {
        sg_xml_walk_stop(walk);
        sg_xml_walk_end(walk);
        return;
    }
    while (head.len > 0 && sg_xml_walk_feed(walk, head))
        head = sg_unpack_read(unpack);
    if (!sg_xml_walk_end(walk))
        sg_reading_fault(package->reading, "broken");
    package->end(package->data);
}

static void read_embedded(const SgPackage *package, SgUnpack *unpack, SgSpan head)
{
    g_autoptr(GByteArray) whole = sg_unpack_rest(unpack, head);

    if (!whole || !sg_reading_entry(package->reading) ||
        !sg_reading_enter(package->reading, package->name))
        return;
    sg_read_file(package->reading, (SgSpan){(const char *)whole->data, whole->len},
                 sg_unpack_name(unpack), NULL, package->depth + 1);
    sg_reading_leave(package->reading);
}

void sg_package_read(const SgPackage *package, gboolean embedded)
{
    g_autoptr(SgUnpack) unpack = sg_unpack_open(package->reading, UNPACK_ZIP, package->zip);

    while (sg_reading_bytes_left(package->reading) > 0 && sg_unpack_next(unpack)) {
        SgSpan head;

        if (sg_unpack_is_encrypted(unpack)) {
            sg_reading_fault(package->reading, "encrypted");
            continue;
        }
        /* Not even looked at: reading it twice would cost twice. */
        if (!embedded && !package->begin(package->data, sg_unpack_name(unpack), NULL))
            continue;
        head = sg_unpack_read(unpack);
        if (sg_xml_looks_like(head) && !is_page(head))
            walk_part(package, unpack, head);
        else if (embedded && head.len > 0 && !is_furniture(sg_unpack_name(unpack), head))
            read_embedded(package, unpack, head);
    }
}
