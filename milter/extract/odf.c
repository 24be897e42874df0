/* odf.c - OpenDocument text, sheets and slides: their content and styles, in a package or flat. */
#include "odf.h"
#include "package.h"

#define MAX_SPACES 100

struct SgOdf {
    SgReading *reading;
    char *origin;
    GString *text;
    GHashTable *hiding; /* names of styles whose text is not shown */
    char *style;        /* being defined */
    /* within one part */
    guint skip;          /* elements open since one that is not shown */
    guint shown;         /* paragraphs and headings that are open */
    guint cells;         /* likewise of tables */
    gboolean cell_begun; /* it has a paragraph already */
};

SgOdf *sg_odf_new(SgReading *reading, const char *origin)
{
    SgOdf *odf = g_new0(SgOdf, 1);

    odf->reading = reading;
    odf->origin = g_strdup(origin);
    odf->text = g_string_new(NULL);
    odf->hiding = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return odf;
}

void sg_odf_free(SgOdf *odf)
{
    sg_nested_text(odf->reading, odf->origin, odf->text);
    g_hash_table_unref(odf->hiding);
    g_free(odf->style);
    g_free(odf->origin);
    g_free(odf);
}

void sg_odf_begin_part(SgOdf *odf)
{
    odf->skip = odf->shown = odf->cells = 0;
    odf->cell_begun = FALSE;
}

static gboolean is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(name, *names) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_skipped(SgOdf *odf, const char *name, const SgXmlAttributes *attributes)
{
    static const char *const always[] = {
        "tracked-changes", "creator", "date", "sequence-decls", "meta", "script", NULL};
    g_autofree char *style = NULL;

    if (is_one_of(name, always))
        return TRUE;
    if (strcmp(name, "hidden-text") == 0 || strcmp(name, "hidden-paragraph") == 0)
        return !sg_xml_attribute_is(attributes, "is-hidden", "false");
    if (strcmp(name, "span") != 0 && strcmp(name, "p") != 0)
        return FALSE;
    style = sg_xml_attribute(attributes, "style-name");
    return style && g_hash_table_contains(odf->hiding, style);
}

static void begin_paragraph(SgOdf *odf)
{
    if (odf->cells > 0 && odf->cell_begun)
        g_string_append_c(odf->text, '\n');
    odf->cell_begun = TRUE;
    odf->shown++;
}

static void add_spaces(SgOdf *odf, const SgXmlAttributes *attributes)
{
    g_autofree char *count = sg_xml_attribute(attributes, "c");
    guint64 spaces = count ? g_ascii_strtoull(count, NULL, 10) : 1;

    for (guint64 i = 0; i < MIN(spaces, MAX_SPACES); i++)
        g_string_append_c(odf->text, ' ');
}

static void define_style(SgOdf *odf, const char *name, const SgXmlAttributes *attributes)
{
    if (strcmp(name, "style") == 0) {
        g_free(odf->style);
        odf->style = sg_xml_attribute(attributes, "name");
    } else if (strcmp(name, "text-properties") == 0 && odf->style &&
               sg_xml_attribute_is(attributes, "display", "none")) {
        g_hash_table_add(odf->hiding, g_steal_pointer(&odf->style));
    }
}

static void start(gpointer data, const char *name, const SgXmlAttributes *attributes)
{
    SgOdf *odf = data;

    if (odf->skip > 0 || is_skipped(odf, name, attributes)) {
        odf->skip++;
        return;
    }
    define_style(odf, name, attributes);
    if (strcmp(name, "p") == 0 || strcmp(name, "h") == 0) {
        begin_paragraph(odf);
    } else if (strcmp(name, "table-cell") == 0) {
        odf->cells++;
        odf->cell_begun = FALSE;
    } else if (strcmp(name, "s") == 0) {
        add_spaces(odf, attributes);
    } else if (strcmp(name, "tab") == 0) {
        g_string_append_c(odf->text, '\t');
    } else if (strcmp(name, "line-break") == 0) {
        g_string_append_c(odf->text, '\n');
    } else if (strcmp(name, "a") == 0) {
        g_autofree char *target = sg_xml_attribute(attributes, "href");
        sg_nested_link(odf->reading, odf->origin, sg_span(target));
    } else if (strcmp(name, "encryption-data") == 0) {
        sg_reading_fault(odf->reading, "encrypted");
    }
}

static void end(gpointer data, const char *name)
{
    SgOdf *odf = data;

    if (odf->skip > 0) {
        odf->skip--;
    } else if (strcmp(name, "p") == 0 || strcmp(name, "h") == 0) {
        odf->shown -= odf->shown > 0;
        if (odf->cells == 0)
            g_string_append_c(odf->text, '\n');
    } else if (strcmp(name, "table-cell") == 0) {
        odf->cells -= odf->cells > 0;
        g_string_append_c(odf->text, '\t');
    } else if (strcmp(name, "table-row") == 0) {
        g_string_append_c(odf->text, '\n');
    }
}

static void text(gpointer data, SgSpan characters)
{
    SgOdf *odf = data;

    if (odf->skip == 0 && odf->shown > 0)
        g_string_append_len(odf->text, characters.at, (gssize)characters.len);
}

const SgXmlEvents sg_odf_events = {start, end, text};

/* What tells of a document rather than being one. */
static gboolean begin(gpointer data, const char *part, SgXmlWalk *walk)
{
    static const char *const parts[] = {"content.xml", "styles.xml", "manifest.xml", NULL};

    (void)walk;
    sg_odf_begin_part(data);
    return sg_name_ends(part, parts);
}

static void end_part(gpointer data)
{
    (void)data;
}

void sg_odf_read(SgReading *reading, SgSpan zip, const char *name, guint depth)
{
    SgOdf *odf = sg_odf_new(reading, name);
    SgPackage package = {reading, zip, name, depth, &sg_odf_events, odf, begin, end_part};

    sg_package_read(&package, TRUE);
    sg_odf_free(odf);
}
