/* class_list.c - what the columns of a class list look like: their headings, and the cells beside a
 * pupil's name. */
#include "class_list.h"

#define CELL_BYTES 24

/* A cell as a small-letter string for looking up; FALSE when it is too long to be one. */
static gboolean small_cell(SgSpan cell, char small[CELL_BYTES])
{
    if (cell.len == 0 || cell.len >= CELL_BYTES)
        return FALSE;
    for (gsize i = 0; i < cell.len; i++)
        small[i] = g_ascii_tolower(cell.at[i]);
    small[cell.len] = '\0';
    return TRUE;
}

/* Headings ---------------------------------------------------------------------------------------
 */

gboolean sg_is_class_heading(const SgRow *row)
{
    static const char *const pupil[] = {
        "forename",   "forenames",   "surname",        "first name",    "last name", "pupil",
        "pupil name", "student",     "student name",   "legal surname", "firstname", "lastname",
        "legal name", "chosen name", "preferred name", "pupils",        "students",  "candidate",
        NULL};
    static const char *const class[] = {"form",      "tutor",         "tutor group",   "reg",
                                        "reg group", "registration",  "class",         "year group",
                                        "upn",       "sen",           "send",          "fsm",
                                        "pp",        "eal",           "sen status",    "house",
                                        "yr",        "year",          "dob",           "d.o.b",
                                        "d.o.b.",    "date of birth", "pupil premium", NULL};
    static const char *const other[] = {
        "name",   "full name", "grade",  "mark",    "marks",      "score",      "result",
        "target", "effort",    "level",  "gender",  "attendance", "attainment", "behaviour",
        "sex",    "predicted", "grades", "comment", NULL};
    guint pupils = 0, classes = 0, others = 0;

    for (guint i = 0; i < row->count; i++) {
        char small[CELL_BYTES];
        if (!small_cell(row->cells[i], small))
            continue;
        pupils += g_strv_contains(pupil, small) ? 1 : 0;
        classes += g_strv_contains(class, small) ? 1 : 0;
        others += g_strv_contains(other, small) ? 1 : 0;
    }
    return pupils + classes + others >= 2 && pupils + classes > 0 && (pupils > 0 || others > 0);
}

gboolean sg_has_birth_heading(const SgRow *row)
{
    static const char *const words[] = {"dob", "d.o.b", "birth", "born"};

    for (guint i = 0; i < row->count && row->count > 1; i++) {
        char small[CELL_BYTES];
        if (!small_cell(row->cells[i], small))
            continue;
        for (guint j = 0; j < G_N_ELEMENTS(words); j++) {
            if (strstr(small, words[j]))
                return TRUE;
        }
    }
    return FALSE;
}

/* Cells ------------------------------------------------------------------------------------------
 */

static gsize digits_at(SgSpan cell, gsize at, guint *value)
{
    gsize len = 0;

    *value = 0;
    while (len < 3 && at + len < cell.len && g_ascii_isdigit(cell.at[at + len]))
        *value = *value * 10 + (guint)(cell.at[at + len++] - '0');
    return len;
}

/* Measures and ordinals look like tutor groups. */
static gboolean is_unit(SgSpan letters)
{
    static const char *const units[] = {"AM",  "PM", "KG", "GB", "MB", "KB", "ST", "ND",
                                        "RD",  "TH", "KM", "CM", "MM", "ML", "TB", "GMT",
                                        "BST", "PT", "FT", "IN", "HR", "M",  "K",  NULL};

    for (guint i = 0; units[i]; i++) {
        if (sg_span_is(letters, units[i]))
            return TRUE;
    }
    return FALSE;
}

/* 9B, 10XY, 7-BLU, 11A1. */
static gboolean is_tutor_group(SgSpan cell)
{
    guint year, set;
    gsize at = digits_at(cell, 0, &year);

    if (at == 0 || year < 1 || year > 13 || cell.len > 7)
        return FALSE;
    at += at < cell.len && (cell.at[at] == '-' || cell.at[at] == '/' || cell.at[at] == '.');
    gsize letters = at;
    while (at < cell.len && g_ascii_isupper(cell.at[at]))
        at++;
    if (at == letters || at - letters > 3 || is_unit((SgSpan){cell.at + letters, at - letters}))
        return FALSE;
    gsize digits = digits_at(cell, at, &set);
    return digits <= 1 && at + digits == cell.len;
}

/* Year 9, Yr 10, Y7A. */
static gboolean is_year_group(SgSpan cell)
{
    static const char *const words[] = {"year ", "yr ", "yr", "y"};
    char small[CELL_BYTES];
    guint year;

    if (!small_cell(cell, small))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!g_str_has_prefix(small, words[i]))
            continue;
        gsize at = strlen(words[i]);
        gsize digits = digits_at(cell, at, &year);
        at += digits;
        gsize left = cell.len - at;
        return digits > 0 && year >= 1 && year <= 13 && left <= 2 &&
               (left == 0 || g_ascii_isalpha(cell.at[at]));
    }
    return FALSE;
}

static gboolean is_need(SgSpan cell)
{
    static const char *const codes[] = {
        "SEN",  "SEND", "FSM",   "FSM6",  "PP",          "EAL", "LAC",           "CLA",
        "EHCP", "EHC",  "SEN K", "SEN E", "SEN Support", "CIN", "Pupil Premium", NULL};

    for (guint i = 0; codes[i] && cell.len > 0; i++) {
        if (cell.at[0] == codes[i][0] && sg_span_is(cell, codes[i]))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_birth_date(SgSpan cell, gint64 when)
{
    GDate date;
    gsize to;

    return cell.len <= CELL_BYTES && sg_read_date(cell, 0, &to, &date) && to == cell.len &&
           sg_date_is_of_pupil(&date, when);
}

/* Spreadsheets keep a date as days since 30 December 1899. */
gboolean sg_is_serial_birth_date(SgSpan cell, gint64 when)
{
    guint days = 0;
    GDate date;

    if (cell.len != 5)
        return FALSE;
    for (gsize i = 0; i < cell.len; i++) {
        if (!g_ascii_isdigit(cell.at[i]))
            return FALSE;
        days = days * 10 + (guint)(cell.at[i] - '0');
    }
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, 30, G_DATE_DECEMBER, 1899);
    g_date_add_days(&date, days);
    return sg_date_is_of_pupil(&date, when);
}

gboolean sg_is_pupil_cell(SgSpan cell, gint64 when)
{
    SgNumber number;

    return is_tutor_group(cell) || is_year_group(cell) || is_need(cell) ||
           is_birth_date(cell, when) || (cell.len == 13 && sg_read_pupil_number(cell, 0, &number));
}

/* A grade, a mark or a tick, which only a heading tells from anything else: A*, B+, 7, 56%, 17/20,
 * Y. */
gboolean sg_is_mark_cell(SgSpan cell)
{
    guint number, of;
    gsize at = digits_at(cell, 0, &number);

    if (at == 0)
        return (cell.len == 1 && strchr("ABCDEFGUKNPMY", cell.at[0])) ||
               (cell.len == 2 && strchr("ABCDEFG", cell.at[0]) && strchr("*+-=", cell.at[1]));
    if (number > 100)
        return FALSE;
    if (at == cell.len)
        return TRUE;
    if (cell.len == at + 1)
        return strchr("%+-=", cell.at[at]) != NULL;
    gsize digits = cell.at[at] == '/' ? digits_at(cell, at + 1, &of) : 0;
    return digits > 0 && at + 1 + digits == cell.len;
}
