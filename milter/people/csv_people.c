/* csv_people.c - what the columns of a CSV file of people mean: address, role, groups, until,
 * personal and members. A line that makes no sense is complained of and skipped; the others count.
 */
#include "people_internal.h"

enum { ADDRESS, ROLE, GROUPS, UNTIL, PERSONAL, MEMBERS, COLUMNS };
static const char *const column_names[] = {"address",  "role",    "groups", "until",
                                           "personal", "members", NULL};

typedef struct Reading {
    SgPeopleBuilder *builder;
    SgPeopleFile file;
    SgCsv csv;
    int columns[COLUMNS]; /* which field holds each; -1: none */
    guint width;          /* fields of the header */
    const char *copy_of;  /* the directory that this is a copy of, interned; NULL: a file */
} Reading;

static SgSpan raw_of(const Reading *reading, guint field)
{
    return g_array_index(reading->csv.fields, SgCsvField, field).raw;
}

/* Empty where the file has no such column. */
static const char *value_of(const Reading *reading, int column)
{
    int field = reading->columns[column];

    return field < 0 ? "" : sg_csv_value(&reading->csv, (guint)field);
}

static SgSpan place_of(const Reading *reading, int column)
{
    return raw_of(reading, (guint)reading->columns[column]);
}

static void complain(Reading *reading, int column, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void complain(Reading *reading, int column, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    sg_people_file_warn(&reading->file, place_of(reading, column), "%s", message);
}

static int column_of(const char *name)
{
    g_autofree char *small = g_ascii_strdown(name, -1);
    g_strstrip(small);

    for (int i = 0; i < COLUMNS; i++) {
        if (strcmp(small, column_names[i]) == 0)
            return i;
    }
    return -1;
}

static void warn_unknown(Reading *reading, guint first, const GString *names)
{
    const char *meant = sg_suggest(sg_span(sg_csv_value(&reading->csv, first)), column_names);

    if (meant)
        sg_people_file_warn(&reading->file, raw_of(reading, first),
                            "unknown columns are ignored: %s; did you mean '%s'?", names->str,
                            meant);
    else
        sg_people_file_warn(&reading->file, raw_of(reading, first),
                            "unknown columns are ignored: %s", names->str);
}

static gboolean place_column(Reading *reading, guint field, int column)
{
    if (reading->columns[column] >= 0) {
        sg_people_file_fail(&reading->file, raw_of(reading, field),
                            "the column '%s' is there twice", column_names[column]);
        return FALSE;
    }
    reading->columns[column] = (int)field;
    return TRUE;
}

/* What a spreadsheet writes where the comma is for decimals, or for "text"; NUL for neither. */
static char other_separator(SgSpan header)
{
    return memchr(header.at, ';', header.len)    ? ';'
           : memchr(header.at, '\t', header.len) ? '\t'
                                                 : 0;
}

static void complain_of_header(Reading *reading)
{
    char separator = other_separator(reading->csv.raw);

    if (separator && reading->width == 1)
        sg_people_file_fail(&reading->file, reading->csv.raw,
                            "the columns are parted by %s; part them by commas (in Excel, save as "
                            "'CSV UTF-8', with a comma as the list separator)",
                            separator == ';' ? "';'" : "tabs");
    else
        sg_people_file_fail(&reading->file, reading->csv.raw,
                            "the first line must name the columns, of which one is 'address'; "
                            "known are: address, role, groups, until, personal, members");
}

static gboolean read_columns(Reading *reading)
{
    g_autoptr(GString) unknown = g_string_new(NULL);
    guint first_unknown = 0;

    reading->width = reading->csv.fields->len;
    for (guint i = 0; i < reading->width; i++) {
        int column = column_of(sg_csv_value(&reading->csv, i));
        if (column >= 0 && !place_column(reading, i, column))
            return FALSE;
        if (column >= 0 || !*sg_csv_value(&reading->csv, i))
            continue;
        g_autofree char *name = sg_people_shown(sg_span(sg_csv_value(&reading->csv, i)));
        if (unknown->len == 0)
            first_unknown = i;
        if (unknown->len < 200)
            g_string_append_printf(unknown, "%s'%s'", unknown->len ? ", " : "", name);
    }
    if (reading->columns[ADDRESS] < 0) {
        complain_of_header(reading);
        return FALSE;
    }
    if (unknown->len > 0)
        warn_unknown(reading, first_unknown, unknown);
    return TRUE;
}

/* An empty file is an error: a failed export must not make strangers of all. */
static gboolean read_header(Reading *reading)
{
    SgSpan all = {reading->file.at, (gsize)(reading->file.end - reading->file.at)};

    if (!sg_csv_next(&reading->csv)) {
        sg_people_file_fail(&reading->file, (SgSpan){all.at, 0},
                            "the file is empty; its first line must name the columns");
        return FALSE;
    }
    if (reading->csv.fault ||
        !g_utf8_validate(reading->csv.raw.at, (gssize)reading->csv.raw.len, NULL)) {
        sg_people_file_fail(&reading->file, reading->csv.raw,
                            "cannot read the names of columns: %s",
                            reading->csv.fault ? reading->csv.fault
                                               : "the file is not UTF-8; save it as 'CSV UTF-8'");
        return FALSE;
    }
    return read_columns(reading);
}

static gboolean read_address(Reading *reading, char **normal)
{
    g_auto(SgAddress) address = {0};
    const char *text = value_of(reading, ADDRESS);

    if (!*text) {
        complain(reading, ADDRESS, "no address; line skipped");
        return FALSE;
    }
    sg_address_read(&address, sg_span(text));
    if (!address.local_ok || !address.domain) {
        g_autofree char *shown = sg_people_shown(sg_span(text));
        complain(reading, ADDRESS, "'%s' is no address%s; line skipped", shown,
                 strchr(text, '@') ? "" : ", it has no domain");
        return FALSE;
    }
    *normal = sg_address_join(address.local, strlen(address.local), address.domain);
    return TRUE;
}

static gboolean read_role(Reading *reading, guint8 *role)
{
    const SgPeople *people = reading->builder->people;
    const char *const *names = sg_people_role_names(people);
    g_autofree char *name = g_utf8_strdown(value_of(reading, ROLE), -1);
    SgRole found;

    *role = SG_ROLE_NONE;
    if (!*name)
        return TRUE;
    if (sg_people_role(people, sg_span(name), &found)) {
        *role = (guint8)found;
        return TRUE;
    }
    g_autofree char *shown = sg_people_shown(sg_span(name));
    const char *meant = sg_suggest(sg_span(name), names);
    if (meant)
        complain(reading, ROLE, "unknown role '%s'; did you mean '%s'? line skipped", shown, meant);
    else
        complain(reading, ROLE, "unknown role '%s'; line skipped", shown);
    return FALSE;
}

static gboolean read_until(Reading *reading, gint64 *end)
{
    const char *text = value_of(reading, UNTIL);

    *end = SG_FOREVER;
    if (!*text ||
        (strlen(text) == 10 && text[4] == '-' && sg_day_read(text, SG_DATES_YEAR_FIRST, end)))
        return TRUE;
    g_autofree char *shown = sg_people_shown(sg_span(text));
    complain(reading, UNTIL,
             "'%s' is no date; write year-month-day, such as 2026-07-31; line skipped", shown);
    return FALSE;
}

static gboolean is_new(Reading *reading, const SgPerson *person)
{
    if (!person->listed || reading->copy_of)
        return TRUE;
    g_autofree char *shown = sg_people_shown(sg_span(person->address));
    /* What the configuration says has taken the place of the line's origin. */
    if (person->origin.what)
        complain(reading, ADDRESS, "'%s' is listed twice; line skipped", shown);
    else
        complain(reading, ADDRESS, "'%s' is already in %s:%u; line skipped", shown,
                 person->origin.file, person->origin.line);
    return FALSE;
}

static gboolean is_between_words(char c)
{
    return g_ascii_isspace(c) || c == ';' || c == ',';
}

/* Takes the next word of a list off `*list`. */
static gboolean next_word(const char **list, SgSpan *word)
{
    const char *at = *list;

    while (*at && is_between_words(*at))
        at++;
    const char *from = at;
    while (*at && !is_between_words(*at))
        at++;
    *list = at;
    *word = (SgSpan){from, (gsize)(at - from)};
    return word->len > 0;
}

static void read_groups(Reading *reading, SgPerson *person)
{
    const char *list = value_of(reading, GROUPS);
    SgSpan word;

    while (next_word(&list, &word)) {
        g_autofree char *name = g_utf8_strdown(word.at, (gssize)word.len);
        sg_people_builder_join(reading->builder, &person->groups, name);
    }
}

static SgOrigin origin_of(const Reading *reading)
{
    return (SgOrigin){reading->copy_of, reading->file.name, reading->csv.line};
}

/* The addresses of a cell, in normal form. */
static GPtrArray *read_addresses(Reading *reading, int column)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    const char *list = value_of(reading, column);
    SgSpan word;

    while (next_word(&list, &word)) {
        g_autofree char *text = sg_span_dup(word);
        char *normal = sg_address_valid(text);
        if (normal) {
            g_ptr_array_add(found, normal);
            continue;
        }
        g_autofree char *shown = sg_people_shown(word);
        complain(reading, column, "'%s' is no address; it is left out", shown);
    }
    return found;
}

static void read_personal(Reading *reading, const SgPerson *owner)
{
    g_autoptr(GPtrArray) addresses = read_addresses(reading, PERSONAL);

    for (guint i = 0; i < addresses->len; i++)
        sg_people_builder_own(reading->builder, addresses->pdata[i], owner, origin_of(reading));
}

static void read_members(Reading *reading, SgPerson *person)
{
    g_autoptr(GPtrArray) members = read_addresses(reading, MEMBERS);

    if (members->len == 0)
        return;
    if (person->list) {
        if (!reading->copy_of)
            complain(reading, MEMBERS, "who is behind '%s' is in %s:%u already; left out",
                     person->address, person->list->origin.file, person->list->origin.line);
        return;
    }
    person->list = sg_people_builder_list(reading->builder, origin_of(reading));
    SgDraft *draft = sg_people_builder_draft(reading->builder, person->list);
    g_ptr_array_unref(draft->targets);
    draft->targets = g_steal_pointer(&members);
}

static void read_person(Reading *reading)
{
    g_autofree char *address = NULL;
    guint8 role;
    gint64 end;

    if (!read_address(reading, &address) || !read_role(reading, &role) ||
        !read_until(reading, &end))
        return;
    SgPerson *person = sg_people_builder_person(reading->builder, address);
    if (!is_new(reading, person))
        return;
    /* Where the configuration gives the role, it wins, and a file over a directory. */
    if (person->role == SG_ROLE_NONE && (!person->listed || role != SG_ROLE_NONE)) {
        person->role = role;
        person->origin = origin_of(reading);
        person->end = MIN(person->end, end);
    }
    person->listed = TRUE;
    read_groups(reading, person);
    read_personal(reading, person);
    read_members(reading, person);
}

static void read_line(Reading *reading)
{
    const SgCsv *csv = &reading->csv;

    if (!sg_people_file_is_text(&reading->file, csv->raw))
        return;
    if (csv->fault)
        sg_people_file_warn(&reading->file, csv->fault_at, "%s; line skipped", csv->fault);
    else if (csv->fields->len != reading->width)
        sg_people_file_warn(&reading->file, csv->raw,
                            "%u fields, where the first line has %u; line skipped",
                            csv->fields->len, reading->width);
    else
        read_person(reading);
}

static void read_all(Reading *reading, const char *name, GBytes *text)
{
    for (int i = 0; i < COLUMNS; i++)
        reading->columns[i] = -1;
    sg_people_file_init(&reading->file, name, text, reading->builder->report);
    sg_csv_init(&reading->csv, reading->file.at, reading->file.end);
    if (read_header(reading)) {
        while (sg_csv_next(&reading->csv))
            read_line(reading);
    }
    sg_csv_clear(&reading->csv);
    sg_people_file_done(&reading->file);
}

void sg_people_read_csv(SgPeopleBuilder *builder, const char *name, GBytes *text)
{
    Reading reading = {.builder = builder};

    read_all(&reading, name, text);
}

void sg_people_read_copy(SgPeopleBuilder *builder, const char *name, GBytes *text, const char *what)
{
    Reading reading = {.builder = builder, .copy_of = g_intern_string(what)};

    read_all(&reading, name, text);
}
