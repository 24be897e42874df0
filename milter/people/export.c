/* export.c - reads a file as a school's system, or a spreadsheet, has exported it: columns of any
 * name, in the order, letters and dates that are its own. */
#include "people_internal.h"

typedef struct Export {
    const SgExportSpec *spec;
    SgPeopleBuilder *builder;
    SgPeopleFile file;
    SgCsv csv;
    guint width;
    GArray *address; /* int, fields, as these three */
    GArray *groups;
    GArray *personal;
    int role; /* -1: none */
    int until;
    guint without; /* lines that have no address */
} Export;

/* Letters ----------------------------------------------------------------------------------------
 */

/* Spreadsheets that do not write UTF-8 write what Windows has in western Europe. */
static const char *encoding_of(const SgExportSpec *spec, SgSpan all)
{
    if (all.len >= 2 && (memcmp(all.at, "\xff\xfe", 2) == 0 || memcmp(all.at, "\xfe\xff", 2) == 0))
        return "UTF-16";
    if (spec->encoding)
        return g_str_equal(spec->encoding, "utf-8") ? NULL : spec->encoding;
    return g_utf8_validate(all.at, (gssize)all.len, NULL) ? NULL : "WINDOWS-1252";
}

static GBytes *as_utf8(const SgExportSpec *spec, GBytes *text, GError **error)
{
    SgSpan all = sg_span_of_bytes(text);
    const char *encoding = encoding_of(spec, all);
    char *converted;
    gsize len;

    if (!encoding)
        return g_bytes_ref(text);
    converted = g_convert(all.at, (gssize)all.len, "UTF-8", encoding, NULL, &len, error);
    return converted ? g_bytes_new_take(converted, len) : NULL;
}

/* The first line ---------------------------------------------------------------------------------
 */

static char separator_of(SgSpan line)
{
    static const char candidates[] = ",;\t";
    guint counts[3] = {0};
    guint best = 0;
    gboolean quoted = FALSE;

    for (gsize i = 0; i < line.len; i++) {
        const char *found = line.at[i] ? strchr(candidates, line.at[i]) : NULL;
        if (line.at[i] == '"')
            quoted = !quoted;
        else if (!quoted && found)
            counts[found - candidates]++;
    }
    for (guint i = 1; i < G_N_ELEMENTS(counts); i++)
        if (counts[i] > counts[best])
            best = i;
    return candidates[best];
}

/* `sep=;` is how a spreadsheet tells another. */
static void choose_separator(Export *export)
{
    SgSpan rest = {export->csv.at, (gsize)(export->csv.end - export->csv.at)};
    SgSpan line = sg_span_take_line(&rest);

    if (sg_span_begins(line, "sep=") && line.len >= 5 && strchr(",;\t|", line.at[4])) {
        export->csv.separator = line.at[4];
        export->csv.at = rest.at;
        export->csv.next_line++;
    } else {
        export->csv.separator = separator_of(line);
    }
    if (export->spec->separator)
        export->csv.separator = export->spec->separator;
}

static gboolean is_same(const char *one, const char *other)
{
    g_autofree char *left = g_utf8_casefold(one, -1);
    g_autofree char *right = g_utf8_casefold(other, -1);

    return strcmp(g_strstrip(left), g_strstrip(right)) == 0;
}

static char *columns_there(const Export *export)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < export->width && names->len < 300; i++) {
        g_autofree char *shown = sg_people_shown(sg_span(sg_csv_value(&export->csv, i)));
        g_string_append_printf(names, "%s'%s'", i ? ", " : "", shown);
    }
    return g_string_free(names, FALSE);
}

/* -1 with an error when there is none: what is exported has changed, and must not be guessed at. */
static int find_column(Export *export, const char *name)
{
    for (guint i = 0; i < export->width; i++)
        if (is_same(sg_csv_value(&export->csv, i), name))
            return (int)i;
    g_autofree char *there = columns_there(export);
    sg_people_file_fail(&export->file, export->csv.raw, "there is no column '%s', only %s", name,
                        there);
    return -1;
}

static gboolean find_columns(Export *export, const GPtrArray *names, GArray *into)
{
    gboolean all = TRUE;

    for (guint i = 0; i < names->len; i++) {
        int column = find_column(export, names->pdata[i]);
        all &= column >= 0;
        g_array_append_val(into, column);
    }
    return all;
}

static gboolean find_one(Export *export, const char *name, int *column)
{
    *column = name ? find_column(export, name) : -1;
    return !name || *column >= 0;
}

/* An empty file is an error: a failed export must not make strangers of all. */
static gboolean read_header(Export *export)
{
    const SgExportSpec *spec = export->spec;
    SgSpan first = {export->file.at, 0};

    if (!sg_csv_next(&export->csv)) {
        sg_people_file_fail(&export->file, first,
                            "the file is empty; its first line must name the columns");
        return FALSE;
    }
    if (export->csv.fault ||
        !g_utf8_validate(export->csv.raw.at, (gssize) export->csv.raw.len, NULL)) {
        sg_people_file_fail(&export->file, first, "cannot read the names of columns");
        return FALSE;
    }
    export->width = export->csv.fields->len;
    gboolean found = find_columns(export, spec->address, export->address);
    found &= find_columns(export, spec->groups, export->groups);
    found &= find_columns(export, spec->personal, export->personal);
    found &= find_one(export, spec->role_column, &export->role);
    found &= find_one(export, spec->until, &export->until);
    return found;
}

/* Lines ------------------------------------------------------------------------------------------
 */

static const char *value_at(const Export *export, int field)
{
    return field < 0 ? "" : sg_csv_value(&export->csv, (guint)field);
}

static SgSpan place_of(const Export *export, int field)
{
    return g_array_index(export->csv.fields, SgCsvField, (guint)field).raw;
}

static gboolean find_role(const Export *export, const char *name, guint8 *role)
{
    SgRole found;

    if (!sg_people_role(export->builder->people, sg_span(name), &found))
        return FALSE;
    *role = (guint8)found;
    return TRUE;
}

/* What its own words mean, then a role's name, then the role of everybody. */
static gboolean read_role(Export *export, guint8 *role)
{
    const SgExportSpec *spec = export->spec;
    const char *text = value_at(export, export->role);
    g_autofree char *value = g_utf8_casefold(text, -1);

    *role = SG_ROLE_NONE;
    for (guint i = 0; i < spec->values->len; i++) {
        const SgRoleValue *known = &g_array_index(spec->values, SgRoleValue, i);
        if (strcmp(known->value, value) == 0)
            return find_role(export, known->role, role);
    }
    if ((*value && find_role(export, value, role)) ||
        (spec->role.text && find_role(export, spec->role.text, role)) || !*value)
        return TRUE;
    g_autofree char *shown = sg_people_shown(sg_span(text));
    sg_people_file_warn(&export->file, place_of(export, export->role),
                        "no 'role-value' tells which role '%s' is; line skipped", shown);
    return FALSE;
}

static gboolean read_until(Export *export, gint64 *end)
{
    const char *text = value_at(export, export->until);

    *end = SG_FOREVER;
    if (!*text || sg_day_read(text, export->spec->dates, end))
        return TRUE;
    g_autofree char *shown = sg_people_shown(sg_span(text));
    sg_people_file_warn(&export->file, place_of(export, export->until),
                        "'%s' is no date as 'dates' has it; line skipped", shown);
    return FALSE;
}

/* `Year 9, 9A` are the groups year-9 and 9a. */
static void read_groups(Export *export, SgPerson *person)
{
    for (guint i = 0; i < export->groups->len; i++) {
        const char *cell = value_at(export, g_array_index(export->groups, int, i));
        g_auto(GStrv) names = g_strsplit_set(cell, ",;", -1);
        for (char **name = names; *name; name++) {
            g_autofree char *small = g_utf8_strdown(g_strstrip(*name), -1);
            g_strdelimit(small, " \t\r\n", '-');
            if (*small)
                sg_people_builder_join(export->builder, &person->groups, small);
        }
    }
}

/* The addresses in `columns`, in normal form. */
static GPtrArray *read_addresses(Export *export, const GArray *columns)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < columns->len; i++) {
        int column = g_array_index(columns, int, i);
        g_auto(GStrv) words = g_strsplit_set(value_at(export, column), " ,;\t\r\n", -1);
        for (char **word = words; *word; word++) {
            char *normal = **word ? sg_address_valid(*word) : NULL;
            if (normal)
                g_ptr_array_add(found, normal);
            else if (**word)
                sg_people_file_warn(&export->file, place_of(export, column),
                                    "this is no address; it is left out");
        }
    }
    return found;
}

static void add_person(Export *export, const char *address, guint8 role, gint64 end,
                       const GPtrArray *personal)
{
    SgPerson *person = sg_people_builder_person(export->builder, address);
    const SgOrigin origin = {.file = export->file.name, .line = export->csv.line};

    if (person->listed) {
        sg_people_file_warn(&export->file, export->csv.raw, "'%s' is known already; left out",
                            address);
        return;
    }
    person->listed = TRUE;
    if (person->role == SG_ROLE_NONE) {
        person->role = role;
        person->end = end;
        person->origin = origin;
    }
    read_groups(export, person);
    for (guint i = 0; i < personal->len; i++)
        sg_people_builder_own(export->builder, personal->pdata[i], person, origin);
}

static void read_person(Export *export)
{
    g_autoptr(GPtrArray) addresses = read_addresses(export, export->address);
    g_autoptr(GPtrArray) personal = NULL;
    guint8 role;
    gint64 end;

    if (addresses->len == 0) {
        export->without++;
        return;
    }
    if (!read_role(export, &role) || !read_until(export, &end))
        return;
    personal = read_addresses(export, export->personal);
    for (guint i = 0; i < addresses->len; i++)
        add_person(export, addresses->pdata[i], role, end, personal);
}

static void read_lines(Export *export)
{
    while (sg_csv_next(&export->csv)) {
        if (!sg_people_file_is_text(&export->file, export->csv.raw))
            continue;
        if (export->csv.fault)
            sg_people_file_warn(&export->file, export->csv.fault_at, "%s; line skipped",
                                export->csv.fault);
        else if (export->csv.fields->len != export->width)
            sg_people_file_warn(&export->file, export->csv.raw,
                                "%u fields, where the first line has %u; line skipped",
                                export->csv.fields->len, export->width);
        else
            read_person(export);
    }
    if (export->without > 0)
        sg_people_file_warn(&export->file, (SgSpan){export->file.at, 0},
                            "lines without an address, which are left out: %u", export->without);
}

/* All of it --------------------------------------------------------------------------------------
 */

static gboolean check_role(Export *export, const char *name, SgPlace place)
{
    guint8 role;

    if (!name || find_role(export, name, &role))
        return TRUE;
    sg_report_error(export->builder->report, place, "unknown role '%s'", name);
    return FALSE;
}

/* What a block says of roles is checked here, where all of those are known. */
static gboolean check_roles(Export *export)
{
    const SgExportSpec *spec = export->spec;
    gboolean good = check_role(export, spec->role.text, spec->role.place);

    for (guint i = 0; i < spec->values->len; i++) {
        const SgRoleValue *value = &g_array_index(spec->values, SgRoleValue, i);
        good &= check_role(export, value->role, value->place);
    }
    return good;
}

static void read_text(Export *export, GBytes *text)
{
    sg_people_file_init(&export->file, export->spec->path, text, export->builder->report);
    sg_csv_init(&export->csv, export->file.at, export->file.end);
    choose_separator(export);
    if (read_header(export))
        read_lines(export);
    sg_csv_clear(&export->csv);
    sg_people_file_done(&export->file);
}

void sg_people_read_export(SgPeopleBuilder *builder, const SgExportSpec *spec, GBytes *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) readable = as_utf8(spec, text, &error);
    g_autoptr(GArray) address = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GArray) personal = g_array_new(FALSE, FALSE, sizeof(int));
    Export export = {.spec = spec,
                     .builder = builder,
                     .address = address,
                     .groups = groups,
                     .personal = personal};

    if (error)
        sg_report_error(builder->report, (SgPlace){.file = g_intern_string(spec->path)},
                        "its letters cannot be read: %s", error->message);
    else if (check_roles(&export))
        read_text(&export, readable);
}

/* Columns of a file that no block tells of yet
 * ------------------------------------------------------ */

char **sg_people_columns(const char *path, GError **error)
{
    const SgExportSpec nothing = {0};
    g_autoptr(GBytes) text = sg_people_file_bytes(path, error);
    g_autoptr(GBytes) readable = text ? as_utf8(&nothing, text, error) : NULL;
    g_autoptr(SgReport) unheard = sg_report_new();
    g_autoptr(GStrvBuilder) columns = g_strv_builder_new();
    Export export = {.spec = &nothing};

    if (!readable)
        return NULL;
    if (memchr(sg_span_of_bytes(readable).at, '\0', g_bytes_get_size(readable))) {
        g_set_error(error, SG_PEOPLE_ERROR, SG_PEOPLE_ERROR_FILE,
                    "'%s' is no text; save the spreadsheet as CSV", path);
        return NULL;
    }
    sg_people_file_init(&export.file, path, readable, unheard);
    sg_csv_init(&export.csv, export.file.at, export.file.end);
    choose_separator(&export);
    if (sg_csv_next(&export.csv) && !export.csv.fault)
        for (guint i = 0; i < export.csv.fields->len; i++) {
            g_autofree char *shown = sg_people_shown(sg_span(sg_csv_value(&export.csv, i)));
            g_strv_builder_add(columns, shown);
        }
    sg_csv_clear(&export.csv);
    sg_people_file_done(&export.file);
    return g_strv_builder_end(columns);
}
