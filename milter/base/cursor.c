/* cursor.c - reads words, numbers, texts and patterns from the rest of a line. */
#include "schoolgate/lexer.h"

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_to(SgCursor *cursor, const char *to)
{
    cursor->place.column += (guint)g_utf8_strlen(cursor->at, to - cursor->at);
    cursor->at = to;
}

static void skip_blanks(SgCursor *cursor)
{
    const char *to = cursor->at;

    while (to < cursor->end && is_blank(*to))
        to++;
    skip_to(cursor, to);
}

/* A `#` is a comment only behind white space, and the cursor stands behind it or at the start. */
gboolean sg_cursor_at_end(SgCursor *cursor)
{
    gboolean behind_blank = cursor->place.column == 1 || is_blank(cursor->at[-1]);
    const char *before = cursor->at;

    skip_blanks(cursor);
    if (cursor->at == cursor->end)
        return TRUE;
    return *cursor->at == '#' && (behind_blank || cursor->at > before);
}

static SgSpan peek(SgCursor *cursor)
{
    if (sg_cursor_at_end(cursor))
        return (SgSpan){cursor->at, 0};

    const char *stop = cursor->at;
    while (stop < cursor->end && !is_blank(*stop) && *stop != ',')
        stop++;
    return (SgSpan){cursor->at, (gsize)(stop - cursor->at)};
}

/* Where a complaint about something missing or odd belongs: the next word, or just behind all. */
static SgPlace next_place(SgCursor *cursor)
{
    SgSpan word = peek(cursor);
    SgPlace place = cursor->place;

    place.width = (guint)g_utf8_strlen(word.at, (gssize)word.len);
    return place;
}

gboolean sg_cursor_next_word(SgCursor *cursor, SgSpan *word)
{
    *word = peek(cursor);
    return word->len > 0;
}

static void take(SgCursor *cursor, SgSpan word)
{
    cursor->word = cursor->place;
    cursor->word.width = (guint)g_utf8_strlen(word.at, (gssize)word.len);
    skip_to(cursor, word.at + word.len);
}

gboolean sg_cursor_word(SgCursor *cursor, const char *what, SgSpan *word)
{
    *word = peek(cursor);
    if (word->len == 0) {
        sg_cursor_error_next(cursor, "%s is missing here", what);
        return FALSE;
    }
    take(cursor, *word);
    return TRUE;
}

gboolean sg_cursor_take(SgCursor *cursor, const char *keyword)
{
    SgSpan word = peek(cursor);

    if (!sg_span_is(word, keyword))
        return FALSE;
    take(cursor, word);
    return TRUE;
}

gboolean sg_cursor_take_comma(SgCursor *cursor)
{
    if (sg_cursor_at_end(cursor) || *cursor->at != ',')
        return FALSE;
    take(cursor, (SgSpan){cursor->at, 1});
    return TRUE;
}

/* Digits, then letters; FALSE without digits or when the number does not fit. */
static gboolean split_number(SgSpan word, guint64 *number, SgSpan *unit)
{
    gsize digits = 0;

    *number = 0;
    for (; digits < word.len && g_ascii_isdigit(word.at[digits]); digits++) {
        if (!g_uint64_checked_mul(number, *number, 10) ||
            !g_uint64_checked_add(number, *number, (guint64)(word.at[digits] - '0')))
            return FALSE;
    }
    *unit = (SgSpan){word.at + digits, word.len - digits};
    return digits > 0;
}

gboolean sg_cursor_number(SgCursor *cursor, const char *what, gint64 least, gint64 most,
                          gint64 *number)
{
    SgSpan word, unit, digits;
    guint64 value = 0;

    if (!sg_cursor_word(cursor, what, &word))
        return FALSE;
    gboolean minus = *word.at == '-';
    digits = minus ? (SgSpan){word.at + 1, word.len - 1} : word;
    if (!split_number(digits, &value, &unit) || unit.len > 0 || value > G_MAXINT64) {
        sg_cursor_error(cursor, "%s must be a whole number", what);
        return FALSE;
    }
    *number = minus ? -(gint64)value : (gint64)value;
    if (*number < least || *number > most) {
        sg_cursor_error(cursor, "%s must be between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT,
                        what, least, most);
        return FALSE;
    }
    return TRUE;
}

typedef struct Unit {
    const char *name;
    guint64 factor;
} Unit;

static gboolean number_with_unit(SgCursor *cursor, const char *what, const char *example,
                                 const Unit *units, guint64 *value)
{
    SgSpan word, unit;

    if (!sg_cursor_word(cursor, what, &word))
        return FALSE;
    if (split_number(word, value, &unit)) {
        for (; units->name; units++) {
            if (sg_span_is(unit, units->name) &&
                g_uint64_checked_mul(value, *value, units->factor) && *value <= G_MAXINT64)
                return TRUE;
        }
    }
    sg_cursor_error(cursor, "%s must be a number with a unit, such as %s", what, example);
    return FALSE;
}

gboolean sg_cursor_size(SgCursor *cursor, guint64 *bytes)
{
    static const Unit units[] = {{"", 1},
                                 {"K", G_GUINT64_CONSTANT(1) << 10},
                                 {"M", G_GUINT64_CONSTANT(1) << 20},
                                 {"G", G_GUINT64_CONSTANT(1) << 30},
                                 {NULL, 0}};

    return number_with_unit(cursor, "a size", "500K, 5M or 1G", units, bytes);
}

gboolean sg_cursor_duration(SgCursor *cursor, gint64 *seconds)
{
    static const Unit units[] = {{"s", 1},         {"m", 60},          {"h", 3600}, {"d", 86400},
                                 {"w", 7 * 86400}, {"y", 365 * 86400}, {NULL, 0}};
    guint64 value = 0;

    if (!number_with_unit(cursor, "a length of time", "30s, 5m, 12h or 14d", units, &value))
        return FALSE;
    *seconds = (gint64)value;
    return TRUE;
}

gboolean sg_cursor_date(SgCursor *cursor, GDate *date)
{
    SgSpan word;
    guint64 parts[3];
    SgSpan rest;

    if (!sg_cursor_word(cursor, "a date", &word))
        return FALSE;
    rest = word;
    for (guint i = 0; i < 3; i++) {
        if (!split_number(rest, &parts[i], &rest) || parts[i] > 9999 ||
            (i < 2 && (rest.len == 0 || *rest.at != '-')) || (i == 2 && rest.len > 0)) {
            sg_cursor_error(cursor, "a date is written year-month-day, such as 2026-09-01");
            return FALSE;
        }
        if (i < 2)
            rest = (SgSpan){rest.at + 1, rest.len - 1};
    }
    if (!g_date_valid_dmy((GDateDay)MIN(parts[2], 99), (GDateMonth)MIN(parts[1], 99),
                          (GDateYear)parts[0])) {
        sg_cursor_error(cursor, "there is no such date as %.*s", (int)word.len, word.at);
        return FALSE;
    }
    g_date_clear(date, 1);
    g_date_set_dmy(date, (GDateDay)parts[2], (GDateMonth)parts[1], (GDateYear)parts[0]);
    return TRUE;
}

int sg_cursor_choice(SgCursor *cursor, const char *what, const char *const *choices)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, what, &word))
        return -1;
    for (int i = 0; choices[i]; i++) {
        if (sg_span_is(word, choices[i]))
            return i;
    }
    g_autofree char *all = g_strjoinv(", ", (char **)choices);
    const char *meant = sg_suggest(word, choices);
    if (meant)
        sg_cursor_error(cursor, "unknown %s '%.*s'; did you mean '%s'?", what, (int)word.len,
                        word.at, meant);
    else
        sg_cursor_error(cursor, "unknown %s '%.*s'; it is one of: %s", what, (int)word.len, word.at,
                        all);
    return -1;
}

gboolean sg_cursor_yes_no(SgCursor *cursor, gboolean *yes)
{
    static const char *const choices[] = {"no", "yes", NULL};
    int choice = sg_cursor_choice(cursor, "answer", choices);

    if (choice >= 0)
        *yes = choice;
    return choice >= 0;
}

char *sg_cursor_text(SgCursor *cursor, const char *what)
{
    skip_blanks(cursor);
    if (cursor->at == cursor->end) {
        sg_cursor_error_next(cursor, "%s is missing here", what);
        return NULL;
    }
    SgSpan text = {cursor->at, (gsize)(cursor->end - cursor->at)};
    take(cursor, text);
    return sg_span_dup(text);
}

gboolean sg_cursor_pattern(SgCursor *cursor, char **pattern, SgPlace *place, char **flags)
{
    skip_blanks(cursor);
    if (cursor->at == cursor->end || *cursor->at != '/') {
        sg_cursor_error_next(cursor, "a pattern is missing here; it is written between slashes: "
                                     "/\\bwords\\b/");
        return FALSE;
    }
    const char *last = cursor->end - 1;
    while (last > cursor->at && *last != '/')
        last--;
    if (last == cursor->at) {
        sg_cursor_error_next(cursor, "the pattern has no closing slash");
        return FALSE;
    }
    const char *from = cursor->at + 1;
    const char *stop = last + 1;
    while (stop < cursor->end && !is_blank(*stop) && *stop != ',')
        stop++;
    *pattern = g_strndup(from, (gsize)(last - from));
    *flags = g_strndup(last + 1, (gsize)(stop - last - 1));
    skip_to(cursor, from);
    *place = cursor->place;
    place->width = (guint)g_utf8_strlen(from, last - from);
    cursor->word = *place;
    skip_to(cursor, stop);
    return TRUE;
}

void sg_cursor_error(SgCursor *cursor, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    sg_report_error(cursor->report, cursor->word, "%s", message);
}

void sg_cursor_error_next(SgCursor *cursor, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    sg_report_error(cursor->report, next_place(cursor), "%s", message);
}
