/* package.c - the parts of an office document: XML is walked, what is embedded is read as a file
 * of its own; pictures, fonts and the like are passed over. */
#include "package.h"

/* Binary things in office documents that hold no text a reader sees. */
static gboolean is_furniture(const char *name, SgSpan head)
{
    static const char *const endings[] = {
        ".emf", ".wmf", ".fntdata", ".odttf",       ".jpeg",    ".jpg", ".png", "vbaproject.bin",
        ".wdp", ".ttf", ".sigs",    "layout-cache", "mimetype", ".rdf", ".gif", NULL};

    return is_media(head) || name_ends(name, endings) ||
           span_find(sg_span(name), "printerSettings") >= 0;
}

static gboolean is_page(SgSpan head)
{
    SgSpan first = span_part(head, 0, 1024);

    return span_find(first, "<html") >= 0 || span_find(first, "<!doctype html") >= 0;
}

static void walk_part(const Package *package, Unpack *unpack, SgSpan head)
{
    XmlWalk *walk = xml_walk_new(package->events, package->data);

    if (!package->begin(package->data, unpack_name(unpack), walk)) {
        xml_walk_stop(walk);
        xml_walk_end(walk);
        return;
    }
    while (head.len > 0 && xml_walk_feed(walk, head))
        head = unpack_read(unpack);
    if (!xml_walk_end(walk))
        sg_reading_fault(package->reading, "broken");
    package->end(package->data);
}

static void read_embedded(const Package *package, Unpack *unpack, SgSpan head)
{
    g_autoptr(GByteArray) whole = unpack_rest(unpack, head);

    if (!whole || !sg_reading_entry(package->reading) ||
        !sg_reading_enter(package->reading, package->name))
        return;
    sg_read_file(package->reading, (SgSpan){(const char *)whole->data, whole->len},
                 unpack_name(unpack), NULL, package->depth + 1);
    sg_reading_leave(package->reading);
}

void package_read(const Package *package, gboolean embedded)
{
    g_autoptr(Unpack) unpack = unpack_open(package->reading, UNPACK_ZIP, package->zip);

    while (sg_reading_bytes_left(package->reading) > 0 && unpack_next(unpack)) {
        SgSpan head;

        if (unpack_is_encrypted(unpack)) {
            sg_reading_fault(package->reading, "encrypted");
            continue;
        }
        /* Not even looked at: reading it twice would cost twice. */
        if (!embedded && !package->begin(package->data, unpack_name(unpack), NULL))
            continue;
        head = unpack_read(unpack);
        if (xml_looks_like(head) && !is_page(head))
            walk_part(package, unpack, head);
        else if (embedded && head.len > 0 && !is_furniture(unpack_name(unpack), head))
            read_embedded(package, unpack, head);
    }
}
