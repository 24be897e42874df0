/* dates.c - days and times as people write them, in the school's zone */
#include "texts_internal.h"

#include "schoolgate/when.h"

/* In English whatever the locale, as the rest of what the program says. */
void sg_values_add_time(SgValues *values, const char *name, const SgConfig *config, gint64 at,
                        SgTimeAs as)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    g_autoptr(GDateTime) local = sg_when_in(at, sg_policy_zone(config->policy));
    g_autofree char *day =
        g_strdup_printf("%s, %d %s %d", days[g_date_time_get_day_of_week(local) - 1],
                        g_date_time_get_day_of_month(local),
                        months[g_date_time_get_month(local) - 1], g_date_time_get_year(local));

    if (as == SG_DAY)
        sg_values_add(values, name, day);
    else
        sg_values_add_format(values, name, "%s, %02d:%02d", day, g_date_time_get_hour(local),
                             g_date_time_get_minute(local));
}
