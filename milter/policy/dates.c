/* dates.c - full dates as people write them in Britain, and whether a pupil was born then. */
#include "detectors.h"

#include <time.h>

#define YOUNGEST 3
#define OLDEST   19

static const char *const months[] = {"january",   "february", "march",    "april",
                                     "may",       "june",     "july",     "august",
                                     "september", "october",  "november", "december"};

/* Reads one to `most` digits; returns how many. */
static gsize read_digits(SgSpan text, gsize at, gsize most, guint *value)
{
    gsize len = 0;

    *value = 0;
    while (len < most && at + len < text.len && g_ascii_isdigit(text.at[at + len]))
        *value = *value * 10 + (guint)(text.at[at + len++] - '0');
    if (at + len < text.len && g_ascii_isdigit(text.at[at + len]))
        return 0;
    return len;
}

static char char_at(SgSpan text, gsize at)
{
    return at < text.len ? text.at[at] : '\0';
}

/* A month's name, or its first three letters or more; a dot may follow. Returns its length. */
static gsize read_month(SgSpan text, gsize at, guint *month)
{
    gsize len = 0;

    while (len < 10 && g_ascii_isalpha(char_at(text, at + len)))
        len++;
    for (guint i = 0; len >= 3 && i < 12; i++) {
        if (g_ascii_tolower(text.at[at]) == g_ascii_tolower(months[i][0]) &&
            len <= strlen(months[i]) && g_ascii_strncasecmp(text.at + at, months[i], len) == 0) {
            *month = i + 1;
            return len + (char_at(text, at + len) == '.');
        }
    }
    return 0;
}

/* Years of two digits are of this century: it is pupils we look for. */
static gboolean set_date(GDate *date, guint day, guint month, guint year)
{
    if (year < 100)
        year += 2000;
    if (month < 1 || month > 12 || year < 1900 || year > 2199 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    g_date_clear(date, 1);
    g_date_set_dmy(date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return TRUE;
}

/* Between two parts of a date in digits. */
static gboolean is_mark(char c)
{
    return c == '/' || c == '-' || c == '.';
}

static gsize skip_gap(SgSpan text, gsize at)
{
    gsize start = at;

    while (at < text.len && at - start < 2 && strchr(" ,-", text.at[at]))
        at++;
    return at;
}

static gsize read_year(SgSpan text, gsize at, guint *year)
{
    gsize len = read_digits(text, at, 4, year);

    return len == 2 || len == 4 ? len : 0;
}

/* 03/09/2012 and 2012-09-03. */
static gboolean read_in_digits(SgSpan text, gsize from, gsize *to, GDate *date)
{
    guint parts[3];
    gsize lengths[3];
    gsize at = from;
    char mark = '\0';

    for (guint i = 0; i < 3; i++) {
        if (i > 0 && (!is_mark(char_at(text, at)) || (mark && char_at(text, at) != mark)))
            return FALSE;
        if (i > 0)
            mark = char_at(text, at++);
        lengths[i] = read_digits(text, at, 4, &parts[i]);
        if (lengths[i] == 0)
            return FALSE;
        at += lengths[i];
    }
    *to = at;
    if (lengths[0] == 4 && lengths[1] == 2 && lengths[2] == 2)
        return set_date(date, parts[2], parts[1], parts[0]);
    return lengths[0] <= 2 && lengths[1] <= 2 && (lengths[2] == 2 || lengths[2] == 4) &&
           set_date(date, parts[0], parts[1], parts[2]);
}

/* 3 September 2012, 3rd of Sept. 2012, 3-Sep-12. */
static gboolean read_day_first(SgSpan text, gsize from, gsize *to, GDate *date)
{
    static const char *const endings[] = {"st", "nd", "rd", "th"};
    guint day, month, year;
    gsize len = read_digits(text, from, 2, &day);
    gsize at = from + len;

    if (len == 0)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (at + 2 <= text.len && g_ascii_strncasecmp(text.at + at, endings[i], 2) == 0 &&
            !g_ascii_isalpha(char_at(text, at + 2))) {
            at += 2;
            break;
        }
    }
    at = skip_gap(text, at);
    if (at + 3 <= text.len && g_ascii_strncasecmp(text.at + at, "of ", 3) == 0)
        at += 3;
    len = read_month(text, at, &month);
    if (len == 0)
        return FALSE;
    at = skip_gap(text, at + len);
    len = read_year(text, at, &year);
    *to = at + len;
    return len > 0 && set_date(date, day, month, year);
}

/* September 3, 2012. */
static gboolean read_month_first(SgSpan text, gsize from, gsize *to, GDate *date)
{
    guint day, month, year;
    gsize len = read_month(text, from, &month);
    gsize at = skip_gap(text, from + len);

    if (len == 0)
        return FALSE;
    len = read_digits(text, at, 2, &day);
    if (len == 0)
        return FALSE;
    at = skip_gap(text, at + len);
    len = read_digits(text, at, 4, &year);
    *to = at + len;
    return len == 4 && set_date(date, day, month, year);
}

gboolean sg_read_date(SgSpan text, gsize from, gsize *to, GDate *date)
{
    if (!g_ascii_isdigit(char_at(text, from)))
        return read_month_first(text, from, to, date);
    return read_in_digits(text, from, to, date) || read_day_first(text, from, to, date);
}

static gint years_between(const GDate *born, const struct tm *today)
{
    gint years = today->tm_year + 1900 - (gint)g_date_get_year(born);
    gint month = today->tm_mon + 1 - (gint)g_date_get_month(born);
    gint day = today->tm_mday - (gint)g_date_get_day(born);

    return years - (month < 0 || (month == 0 && day < 0));
}

gboolean sg_date_is_of_pupil(const GDate *born, gint64 when)
{
    time_t seconds = (time_t)when;
    struct tm today;

    gmtime_r(&seconds, &today);
    gint age = years_between(born, &today);
    return age >= YOUNGEST && age <= OLDEST;
}
