/* conditions_table.c - the condition `table`: lists of pupils with their dates of birth or classes.
 *
 * A row is a line: HTML tables are rendered with a line a row and tabs between cells, spreadsheets
 * likewise, and CSV is as it is. */
#include "class_list.h"

#define ROW_BYTES 600 /* a longer line is no row of a list that people read */
#define SHOWN     80  /* characters of a row that are shown */

typedef struct Table Table;

typedef struct TableKind {
    const char *name;
    const char *what;
    gint64 over; /* when not said */
    gboolean (*is_row)(Table *table, SgSpan line);
} TableKind;

/* A search under way, in one text. */
struct Table {
    const TableKind *kind;
    gint64 over;
    SgJudging *judging;
    gboolean headed;       /* the heading of a class list has been seen */
    gboolean birth_headed; /* a heading such as DOB has been seen */
    gint64 rows;
};

/* births -----------------------------------------------------------------------------------------
 */

/* Without what leads from a name to a date, and numbers before the name: `1. Ann Lee (born`. */
static SgSpan without_trimmings(SgSpan text)
{
    static const char *const words[] = {"dob", "d.o.b", "born", "birth", "of", "date", "on"};
    gboolean more = TRUE;

    while (text.len > 0 && !g_ascii_isalpha(text.at[0]) && (guchar)text.at[0] < 0x80)
        text = (SgSpan){text.at + 1, text.len - 1};
    while (more) {
        while (text.len > 0 && !g_ascii_isalpha(text.at[text.len - 1]) &&
               (guchar)text.at[text.len - 1] < 0x80)
            text.len--;
        more = FALSE;
        for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
            gsize len = strlen(words[i]);
            if (text.len <= len || g_ascii_isalpha(text.at[text.len - len - 1]) ||
                g_ascii_strncasecmp(text.at + text.len - len, words[i], len) != 0)
                continue;
            text.len -= len;
            more = TRUE;
        }
    }
    return text;
}

static gboolean part_has_name(SgSpan part)
{
    SgRow row;

    if (sg_is_name(without_trimmings(part)))
        return TRUE;
    sg_row_cut(part, &row);
    return sg_row_has_name(&row);
}

/* When somebody wrote or something lasted: `3/9/2019 10:15`, `1/9/2019 to 30/9/2019`. */
static gboolean is_other_date(SgSpan line, gsize to)
{
    gsize at = to;

    while (at < line.len && strchr(" ,-\t", line.at[at]))
        at++;
    SgSpan rest = {line.at + at, line.len - at};
    if (rest.len == 0 || at == to)
        return FALSE;
    if (g_ascii_strncasecmp(rest.at, "to ", MIN(rest.len, 3)) == 0 ||
        g_ascii_strncasecmp(rest.at, "at ", MIN(rest.len, 3)) == 0)
        return TRUE;
    gsize digits = 0;
    while (digits < rest.len && digits < 2 && g_ascii_isdigit(rest.at[digits]))
        digits++;
    return digits > 0 && digits + 2 < rest.len && rest.at[digits] == ':' &&
           g_ascii_isdigit(rest.at[digits + 1]);
}

/* An earlier date in the row: the one before is when something began. */
static gboolean is_end_of_range(SgSpan line, gsize at)
{
    while (at > 0 && line.at[at - 1] == ' ')
        at--;
    return at >= 3 && g_ascii_strncasecmp(line.at + at - 3, " to", 3) == 0;
}

/* Where the word before the digits at `at` begins, which may be a month; `at` when there is none.
 */
static gsize before_day(SgSpan line, gsize at)
{
    gsize from = at;

    while (from > 0 && line.at[from - 1] == ' ')
        from--;
    while (from > 0 && at - from < 12 && g_ascii_isalpha(line.at[from - 1]))
        from--;
    return from;
}

static gboolean is_birth_at(Table *table, SgSpan line, gsize from, gsize *to)
{
    GDate date;

    return (from == 0 || !sg_is_word_char(line.at[from - 1])) &&
           sg_read_date(line, from, to, &date) &&
           sg_date_is_of_pupil(&date, table->judging->when) && sg_number_ends(line, *to) &&
           !is_other_date(line, *to) && !is_end_of_range(line, from) &&
           (part_has_name((SgSpan){line.at, from}) ||
            part_has_name((SgSpan){line.at + *to, line.len - *to}));
}

/* A name, and a date as a spreadsheet keeps it. */
static gboolean is_spreadsheet_row(const Table *table, SgSpan line)
{
    SgRow row;

    sg_row_cut(line, &row);
    for (guint i = 0; i < row.count; i++) {
        if (sg_is_serial_birth_date(row.cells[i], table->judging->when))
            return sg_row_has_name(&row);
    }
    return FALSE;
}

static void note_birth_heading(Table *table, SgSpan line)
{
    SgRow row;

    sg_row_cut(line, &row);
    table->birth_headed |= sg_has_birth_heading(&row);
}

static gboolean is_birth_row(Table *table, SgSpan line)
{
    gsize to;

    if (!table->birth_headed)
        note_birth_heading(table, line);
    else if (is_spreadsheet_row(table, line))
        return TRUE;
    for (gsize at = sg_next_digits(line, 0); at < line.len; at = sg_next_digits(line, at + 1)) {
        if (is_birth_at(table, line, at, &to) ||
            is_birth_at(table, line, before_day(line, at), &to))
            return TRUE;
    }
    return FALSE;
}

/* class-list -------------------------------------------------------------------------------------
 */

/* `Ann Lee 9B`, `Ann Lee (Year 9)`: a name and one more thing, with nothing between but a blank. */
static gboolean is_name_and_group(SgSpan line, gint64 when)
{
    gsize at = line.len;

    while (at > 0 && strchr(" )].", line.at[at - 1]))
        at--;
    gsize end = at;
    for (guint words = 0; words < 2 && at > 0; words++) {
        while (at > 0 && line.at[at - 1] != ' ' && line.at[at - 1] != '(')
            at--;
        if (sg_is_pupil_cell((SgSpan){line.at + at, end - at}, when) &&
            sg_is_name(without_trimmings((SgSpan){line.at, at})))
            return TRUE;
        at -= at > 0;
    }
    return FALSE;
}

static gboolean is_class_row(Table *table, SgSpan line)
{
    gint64 when = table->judging->when;
    SgRow row;

    sg_row_cut(line, &row);
    table->birth_headed |= sg_has_birth_heading(&row);
    if (sg_is_class_heading(&row)) {
        table->headed = TRUE;
        return FALSE;
    }
    if (row.count < 2)
        return is_name_and_group(line, when);
    if (!sg_row_has_name(&row))
        return FALSE;
    for (guint i = 0; i < row.count; i++) {
        if (sg_is_pupil_cell(row.cells[i], when) ||
            (table->birth_headed && sg_is_serial_birth_date(row.cells[i], when)) ||
            (table->headed && sg_is_mark_cell(row.cells[i])))
            return TRUE;
    }
    return FALSE;
}

/* The condition ----------------------------------------------------------------------------------
 */

static const TableKind kinds[] = {
    {"births", "a name beside a pupil's date of birth", 4, is_birth_row},
    {"class-list", "a name beside what a class list says of a pupil", 9, is_class_row},
};

typedef struct TableTest {
    const TableKind *kind;
    gint64 over;
} TableTest;

static gpointer read_table(SgCursor *cursor, SgRuleReader *reader)
{
    const char *names[G_N_ELEMENTS(kinds) + 1] = {NULL};

    (void)reader;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        names[i] = kinds[i].name;
    int choice = sg_cursor_choice(cursor, "kind of table", names);
    if (choice < 0)
        return NULL;
    TableTest test = {&kinds[choice], kinds[choice].over};
    return sg_cursor_over(cursor, &test.over) ? g_memdup2(&test, sizeof test) : NULL;
}

/* Of every word its first letter stays: enough to find the row again for whoever has the file. */
static char *masked_row(SgSpan line)
{
    GString *out = g_string_new(NULL);
    gboolean within = FALSE;
    guint shown = 0;

    for (const char *c = line.at; c < line.at + line.len && shown < SHOWN;
         c = g_utf8_next_char(c), shown++) {
        gunichar code = g_utf8_get_char(c);
        gboolean letter = g_unichar_isalpha(code);
        if (g_unichar_isdigit(code) || (letter && within))
            g_string_append_c(out, '*');
        else
            g_string_append_unichar(out, g_unichar_isspace(code) ? ' ' : code);
        within = letter;
    }
    return g_string_free(out, FALSE);
}

static void saw_row(Table *table, const SgText *text, SgSpan line)
{
    g_autofree char *row = masked_row(line);
    g_autofree char *where =
        g_strdup_printf("%s, %" G_GINT64_FORMAT " rows or more", sg_text_origin(text), table->rows);

    sg_judging_saw_value(table->judging, where, row);
}

static gboolean look_for_rows(const SgText *text, gpointer data)
{
    Table *table = data;
    SgSpan rest = sg_text_form(text, SG_FORM_READABLE);
    const char *start = rest.at;
    gsize next_clock = 0;

    table->rows = 0;
    table->headed = table->birth_headed = FALSE;
    while (rest.len > 0 &&
           sg_judging_has_time(table->judging, (gsize)(rest.at - start), &next_clock)) {
        SgSpan line = sg_span_take_line(&rest);

        if (line.len > ROW_BYTES || !table->kind->is_row(table, line))
            continue;
        if (++table->rows > table->over) {
            saw_row(table, text, line);
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean search_table(const SgCondition *condition, SgJudging *judging)
{
    const TableTest *test = condition->data;
    Table table = {.kind = test->kind, .over = test->over, .judging = judging};

    return sg_judging_look(judging, judging->look_in, look_for_rows, &table);
}

static gboolean judge_table(const SgCondition *condition, SgJudging *judging)
{
    return sg_judging_once(judging, condition, search_table);
}

static void describe_table(const SgCondition *condition, GString *out)
{
    const TableTest *test = condition->data;

    g_string_append_printf(out, "it has a list with more than %" G_GINT64_FORMAT " rows of %s",
                           test->over, test->kind->what);
}

const SgConditionKind sg_condition_table = {
    .keyword = "table",
    .usage = "births|class-list [over NUMBER]",
    .help = "a list of pupils, in a table, a spreadsheet or lines of text. births: more than so "
            "many (4) rows of a name beside a date of birth of 3 to 19 years ago. class-list: more "
            "than so many (9) rows of a name beside a form, year group, UPN, date of birth or a "
            "code such as FSM; marks count under headings such as surname and form. Names are "
            "known by their capitals",
    .needs = SG_NEEDS_TEXT,
    .walks = TRUE,
    .read = read_table,
    .judge = judge_table,
    .describe = describe_table,
    .free = g_free,
    .opens_attachments = sg_look_in_opens_attachments,
};
