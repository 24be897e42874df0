/* export_spec.c - reads a block `export NAME`: which columns of a school system's file mean what.
 */
#include "people_internal.h"

static void role_value_clear(gpointer data)
{
    SgRoleValue *value = data;

    g_free(value->role);
    g_free(value->value);
}

static SgExportSpec *export_spec_new(void)
{
    SgExportSpec *spec = g_new0(SgExportSpec, 1);

    spec->address = g_ptr_array_new_with_free_func(g_free);
    spec->groups = g_ptr_array_new_with_free_func(g_free);
    spec->personal = g_ptr_array_new_with_free_func(g_free);
    spec->values = g_array_new(FALSE, FALSE, sizeof(SgRoleValue));
    g_array_set_clear_func(spec->values, role_value_clear);
    return spec;
}

void sg_export_spec_free(SgExportSpec *spec)
{
    if (!spec)
        return;
    g_free(spec->path);
    g_ptr_array_unref(spec->address);
    g_ptr_array_unref(spec->groups);
    g_ptr_array_unref(spec->personal);
    g_free(spec->role_column);
    g_free(spec->until);
    g_free(spec->role.text);
    g_array_unref(spec->values);
    g_free(spec->encoding);
    g_free(spec);
}

static void read_column(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    char *name = sg_cursor_text(cursor, "a column's name");

    if (name)
        g_ptr_array_add(G_STRUCT_MEMBER(GPtrArray *, into, self->offset), name);
}

static void read_role(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgExportSpec *spec = into;
    SgSpan word;

    (void)self;
    if (!sg_cursor_word(cursor, "a role", &word))
        return;
    g_free(spec->role.text);
    spec->role = (SgNamed){sg_span_dup(word), cursor->word};
}

static void read_role_value(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    (void)self;
    if (!sg_cursor_word(cursor, "a role", &word))
        return;
    SgPlace place = cursor->word;
    g_autofree char *text = sg_cursor_text(cursor, "what the column says");
    if (!text)
        return;
    SgRoleValue value = {sg_span_dup(word), g_utf8_casefold(text, -1), place};
    g_array_append_val(((SgExportSpec *)into)->values, value);
}

static void read_dates(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"year-first", "day-first", "month-first", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgExportSpec *)into)->dates = (SgDates)choice;
}

static void read_separator(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"comma", "semicolon", "tab", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgExportSpec *)into)->separator = ",;\t"[choice];
}

static void read_encoding(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"utf-8", "windows-1252", "utf-16", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice < 0)
        return;
    g_free(((SgExportSpec *)into)->encoding);
    ((SgExportSpec *)into)->encoding = g_strdup(choices[choice]);
}

#define OF(field) G_STRUCT_OFFSET(SgExportSpec, field)

const SgSetting sg_export_settings[] = {
    {"file", "PATH", "the file, whose first line names its columns", FALSE, sg_read_path, OF(path)},
    {"address", "COLUMN", "the column of somebody's address; of several each counts", TRUE,
     read_column, OF(address)},
    {"role-column", "COLUMN",
     "the column that tells the role, by the role's name or by a 'role-value'", FALSE, sg_read_text,
     OF(role_column)},
    {"role-value", "ROLE TEXT", "what that column says of somebody who has the role", TRUE,
     read_role_value, 0},
    {"role", "ROLE", "the role of everybody of whom no column tells one", FALSE, read_role, 0},
    {"groups", "COLUMN", "a column that names groups, such as a form or a year", TRUE, read_column,
     OF(groups)},
    {"until", "COLUMN", "the column with the last day", FALSE, sg_read_text, OF(until)},
    {"personal", "COLUMN", "a column with somebody's personal addresses", TRUE, read_column,
     OF(personal)},
    {"dates", "year-first|day-first|month-first",
     "how days are written: 2026-07-31, 31/07/2026 or 07/31/2026 (year-first)", FALSE, read_dates,
     0},
    {"separator", "comma|semicolon|tab", "what stands between columns (found out)", FALSE,
     read_separator, 0},
    {"encoding", "utf-8|windows-1252|utf-16", "how its letters are written (found out)", FALSE,
     read_encoding, 0},
    {0},
};

static gboolean is_whole(const SgExportSpec *spec, const SgBlock *block, SgReport *report)
{
    guint errors = sg_report_errors(report);

    if (!spec->path)
        sg_report_error(report, block->head.place, "no 'file' is named");
    if (spec->address->len == 0)
        sg_report_error(report, block->head.place,
                        "no 'address' names the column that holds addresses");
    if (spec->values->len > 0 && !spec->role_column)
        sg_report_error(report, block->head.place,
                        "a 'role-value' needs a 'role-column' that it stands in");
    return sg_report_errors(report) == errors;
}

void sg_people_read_export_block(SgPeopleSpec *spec, const SgBlock *block, SgReport *report)
{
    SgCursor cursor = sg_line_cursor(&block->head, report);
    SgExportSpec *export = export_spec_new();
    guint errors = sg_report_errors(report);
    SgSpan word;

    if (sg_cursor_word(&cursor, "the export's name", &word) && !sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "nothing more is expected here");
    sg_block_read_settings(block, sg_export_settings, export, report);
    if (sg_report_errors(report) > errors || !is_whole(export, block, report)) {
        sg_export_spec_free(export);
        return;
    }
    SgFileSpec file = {.kind = SG_FILE_EXPORT,
                       .path = g_strdup(export->path),
                       .export = export,
                       .place = block->head.place};
    g_array_append_val(spec->files, file);
}
