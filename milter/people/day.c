/* day.c - days as files write them. */
#include "people_internal.h"

/* Up to `most` digits; -1 when there is none. */
static int take_number(const char **at, int most)
{
    int number = 0;
    int count = 0;

    for (; count < most && g_ascii_isdigit(**at); count++)
        number = number * 10 + (*(*at)++ - '0');
    return count > 0 && !g_ascii_isdigit(**at) ? number : -1;
}

/* That whole day still counts, in UTC. */
static gint64 end_of(const GDate *date)
{
    GDate epoch;

    g_date_clear(&epoch, 1);
    g_date_set_dmy(&epoch, 1, G_DATE_JANUARY, 1970);
    return ((gint64)g_date_days_between(&epoch, date) + 1) * 24 * 60 * 60;
}

gboolean sg_day_read(const char *text, SgDates dates, gint64 *end)
{
    static const int places[][3] = {/* of year, month and day */
                                    [SG_DATES_YEAR_FIRST] = {0, 1, 2},
                                    [SG_DATES_DAY_FIRST] = {2, 1, 0},
                                    [SG_DATES_MONTH_FIRST] = {2, 0, 1}};
    const int *place = places[dates];
    int numbers[3];
    GDate date;

    for (int i = 0; i < 3; i++) {
        if (i > 0 && (!*text || !strchr("/-.", *text++)))
            return FALSE;
        numbers[i] = take_number(&text, i == place[0] ? 4 : 2);
        if (numbers[i] < 0)
            return FALSE;
    }
    GDateYear year = (GDateYear)numbers[place[0]];
    GDateMonth month = (GDateMonth)numbers[place[1]];
    GDateDay day = (GDateDay)numbers[place[2]];
    /* A time of day behind it, as databases write one, is passed over. */
    if ((*text && *text != ' ' && *text != 'T') || year < 1900 ||
        !g_date_valid_dmy(day, month, year))
        return FALSE;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, day, month, year);
    *end = end_of(&date);
    return TRUE;
}
