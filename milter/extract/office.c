/* office.c - WordprocessingML, SpreadsheetML and DrawingML by the local names of their elements:
 * transitional, strict and 2003 spellings, in a package or flat, differ in little else. */
#include "office.h"

typedef enum {
    E_OTHER,
    E_SKIP,   /* nobody sees what is in it */
    E_TEXT,   /* its characters are shown */
    E_BLOCK,  /* ends a line */
    E_RUN,    /* may be hidden */
    E_VANISH, /* hides its run */
    E_TAB,    /* a mark within text */
    E_BREAK,  /* likewise */
    E_CELL,   /* of a sheet */
    E_VALUE,  /* of a cell or a chart */
    E_STRING, /* one of the shared strings */
    E_SHEET,  /* named in the workbook */
    E_LINK,   /* a relationship */
    E_FIELD,  /* an instruction, whose arguments may be a link */
    E_FIELD_MARK,
    E_SIMPLE_FIELD,
    E_SHAPE,       /* on a slide */
    E_MASTER,      /* the root of a slide's background */
    E_PLACEHOLDER, /* on a master, a mere prompt */
    E_WORD_ART,
    E_STOP, /* a part that is not shown */
} Element;

/* Sorted by name, for bsearch(). */
static const struct {
    const char *name;
    Element element;
} elements[] = {
    {"Cell", E_BREAK},
    {"Data", E_TEXT},
    {"Fallback", E_SKIP},
    {"Relationship", E_LINK},
    {"Row", E_BLOCK},
    {"br", E_BREAK},
    {"c", E_CELL},
    {"comment", E_BLOCK},
    {"cr", E_BREAK},
    {"evenFooter", E_TEXT},
    {"evenHeader", E_TEXT},
    {"fld", E_RUN},
    {"fldChar", E_FIELD_MARK},
    {"fldSimple", E_SIMPLE_FIELD},
    {"glossaryDocument", E_STOP},
    {"handoutMaster", E_MASTER},
    {"instrText", E_FIELD},
    {"moveFrom", E_SKIP},
    {"notesMaster", E_MASTER},
    {"oddFooter", E_TEXT},
    {"oddHeader", E_TEXT},
    {"p", E_BLOCK},
    {"ph", E_PLACEHOLDER},
    {"r", E_RUN},
    {"rPh", E_SKIP},
    {"row", E_BLOCK},
    {"sheet", E_SHEET},
    {"si", E_STRING},
    {"sldLayout", E_MASTER},
    {"sldMaster", E_MASTER},
    {"sp", E_SHAPE},
    {"t", E_TEXT},
    {"tab", E_TAB},
    {"tabs", E_SKIP},
    {"text", E_TEXT},
    {"textpath", E_WORD_ART},
    {"v", E_VALUE},
    {"vanish", E_VANISH},
};

struct SgOffice {
    SgReading *reading;
    char *origin;
    GString *text;
    GString *instruction; /* of the field being read */
    GString *strings;     /* shared by all sheets, one after the other */
    GArray *string_ends;  /* of gsize */
    SgXmlWalk *walk;
    gboolean collecting;
    /* within one part */
    guint skip;  /* elements open since one that is not shown */
    guint shown; /* E_TEXT and E_VALUE that are open */
    guint in_field;
    gsize run_start; /* of `text`, where the run began */
    gboolean in_run, hidden, master, cell, shared;
    gsize shape_start;
    gboolean placeholder;
    GString *index; /* characters of a cell that names a shared string */
};

static Element element_of(const char *name)
{
    gsize low = 0, high = G_N_ELEMENTS(elements);

    while (low < high) {
        gsize middle = (low + high) / 2;
        int order = strcmp(name, elements[middle].name);
        if (order == 0)
            return elements[middle].element;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return E_OTHER;
}

SgOffice *sg_office_new(SgReading *reading, const char *origin)
{
    SgOffice *office = g_new0(SgOffice, 1);

    office->reading = reading;
    office->origin = g_strdup(origin);
    office->text = g_string_new(NULL);
    office->instruction = g_string_new(NULL);
    office->strings = g_string_new(NULL);
    office->string_ends = g_array_new(FALSE, FALSE, sizeof(gsize));
    office->index = g_string_new(NULL);
    return office;
}

void sg_office_free(SgOffice *office)
{
    sg_nested_text(office->reading, office->origin, office->text);
    g_free(office->origin);
    g_string_free(office->instruction, TRUE);
    g_string_free(office->strings, TRUE);
    g_string_free(office->index, TRUE);
    g_array_unref(office->string_ends);
    g_free(office);
}

void sg_office_collect_strings(SgOffice *office, gboolean collect)
{
    office->collecting = collect;
}

void sg_office_begin_part(SgOffice *office, SgXmlWalk *walk)
{
    office->walk = walk;
    office->skip = office->shown = office->in_field = 0;
    office->in_run = office->hidden = office->master = office->cell = office->shared = FALSE;
    office->placeholder = FALSE;
    g_string_truncate(office->instruction, 0);
    g_string_truncate(office->index, 0);
}

void sg_office_end_part(SgOffice *office)
{
    GString *text = office->text;

    if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
}

static void begin_run(SgOffice *office)
{
    office->in_run = TRUE;
    office->hidden = FALSE;
    office->run_start = office->text->len;
}

static void end_run(SgOffice *office)
{
    if (office->hidden && office->text->len > office->run_start)
        g_string_truncate(office->text, office->run_start);
    office->in_run = office->hidden = FALSE;
}

static void add_attribute(SgOffice *office, const SgXmlAttributes *attributes, const char *name)
{
    g_autofree char *value = sg_xml_attribute(attributes, name);

    if (value)
        g_string_append_printf(office->text, "%s\n", value);
}

static void add_relationship(SgOffice *office, const SgXmlAttributes *attributes)
{
    g_autofree char *type = sg_xml_attribute(attributes, "Type");
    g_autofree char *target = sg_xml_attribute(attributes, "Target");

    if (type && target && g_str_has_suffix(type, "/hyperlink") &&
        sg_xml_attribute_is(attributes, "TargetMode", "External"))
        sg_nested_link(office->reading, office->origin, sg_span(target));
}

static void end_field(SgOffice *office)
{
    if (office->instruction->len > 0)
        sg_nested_field(office->reading, office->origin,
                        (SgSpan){office->instruction->str, office->instruction->len});
    g_string_truncate(office->instruction, 0);
}

static void add_simple_field(SgOffice *office, const SgXmlAttributes *attributes)
{
    g_autofree char *instruction = sg_xml_attribute(attributes, "instr");

    if (instruction)
        sg_nested_field(office->reading, office->origin, sg_span(instruction));
}

static gboolean is_off(const SgXmlAttributes *attributes)
{
    return sg_xml_attribute_is(attributes, "val", "0") ||
           sg_xml_attribute_is(attributes, "val", "false") ||
           sg_xml_attribute_is(attributes, "val", "off");
}

static void start(gpointer data, const char *name, const SgXmlAttributes *attributes)
{
    SgOffice *office = data;
    Element element = element_of(name);

    if (office->skip > 0 || element == E_SKIP) {
        office->skip++;
        return;
    }
    switch (element) {
    case E_TEXT:
        office->shown++;
        break;
    case E_VALUE:
        office->shown++;
        g_string_truncate(office->index, 0);
        break;
    case E_RUN:
        begin_run(office);
        break;
    case E_VANISH:
        office->hidden = office->in_run && !is_off(attributes);
        break;
    case E_TAB:
        g_string_append_c(office->text, '\t');
        break;
    case E_CELL:
        office->cell = TRUE;
        office->shared = sg_xml_attribute_is(attributes, "t", "s");
        break;
    case E_SHEET:
        add_attribute(office, attributes, "name");
        break;
    case E_LINK:
        add_relationship(office, attributes);
        break;
    case E_FIELD:
        office->in_field++;
        break;
    case E_FIELD_MARK:
        end_field(office);
        break;
    case E_SIMPLE_FIELD:
        add_simple_field(office, attributes);
        break;
    case E_MASTER:
        office->master = TRUE;
        break;
    case E_SHAPE:
        office->shape_start = office->text->len;
        office->placeholder = FALSE;
        break;
    case E_PLACEHOLDER:
        office->placeholder = office->master;
        break;
    case E_WORD_ART:
        add_attribute(office, attributes, "string");
        break;
    case E_STOP:
        sg_xml_walk_stop(office->walk);
        break;
    default:
        break;
    }
}

/* The same string may be named by every cell, so that it costs each time. */
static void add_shared_string(SgOffice *office)
{
    guint64 number = g_ascii_strtoull(office->index->str, NULL, 10);
    gsize begin, end;

    if (number >= office->string_ends->len)
        return;
    begin = number ? g_array_index(office->string_ends, gsize, number - 1) : 0;
    end = g_array_index(office->string_ends, gsize, number);
    if (!sg_reading_spend(office->reading, end - begin)) {
        sg_xml_walk_stop(office->walk);
        return;
    }
    g_string_append_len(office->text, office->strings->str + begin, (gssize)(end - begin));
}

static void end_string(SgOffice *office)
{
    gsize end = office->strings->len;

    if (office->collecting)
        g_array_append_val(office->string_ends, end);
    else
        g_string_append_c(office->text, '\n');
}

static void end(gpointer data, const char *name)
{
    SgOffice *office = data;

    if (office->skip > 0) {
        office->skip--;
        return;
    }
    switch (element_of(name)) {
    case E_TEXT:
        office->shown -= office->shown > 0;
        break;
    case E_VALUE:
        office->shown -= office->shown > 0;
        if (office->cell && office->shared)
            add_shared_string(office);
        else if (!office->cell)
            g_string_append_c(office->text, '\n');
        break;
    case E_RUN:
        end_run(office);
        break;
    case E_CELL:
        office->cell = office->shared = FALSE;
        g_string_append_c(office->text, '\t');
        break;
    case E_BREAK:
        g_string_append_c(office->text, *name == 'C' ? '\t' : '\n');
        break;
    case E_BLOCK:
        g_string_append_c(office->text, '\n');
        break;
    case E_STRING:
        end_string(office);
        break;
    case E_FIELD:
        office->in_field -= office->in_field > 0;
        break;
    case E_SHAPE:
        if (office->placeholder && office->text->len > office->shape_start)
            g_string_truncate(office->text, office->shape_start);
        office->placeholder = FALSE;
        break;
    default:
        break;
    }
}

static void text(gpointer data, SgSpan characters)
{
    SgOffice *office = data;
    GString *out = office->text;

    if (office->skip > 0)
        return;
    if (office->in_field > 0)
        out = office->instruction;
    else if (office->shown == 0)
        return;
    else if (office->cell && office->shared)
        out = office->index;
    else if (office->collecting)
        out = office->strings;
    g_string_append_len(out, characters.at, (gssize)characters.len);
}

const SgXmlEvents sg_office_events = {start, end, text};
