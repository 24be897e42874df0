/* person.c - what an entry says of one person: addresses, and when the account ends. */
#include "directory_internal.h"

#define DAY               ((gint64)24 * 60 * 60)
#define FILETIME_IN_1970  G_GINT64_CONSTANT(11644473600) /* seconds between 1601 and 1970 */
#define FILETIME_A_SECOND 10000000
#define YEAR_9999         G_GINT64_CONSTANT(253402300799)

/* Ends -------------------------------------------------------------------------------------------
 */

/* An account that ends at midnight was good on the day before: its last second counts. */
static gboolean take_end(gint64 when, char day[11])
{
    if (when > YEAR_9999) {
        *day = '\0';
        return TRUE;
    }
    g_autoptr(GDateTime) last = g_date_time_new_from_unix_utc(when - 1);
    g_autofree char *text = last ? g_date_time_format(last, "%Y-%m-%d") : NULL;
    if (!text || strlen(text) != 10)
        return FALSE;
    memcpy(day, text, 11);
    return TRUE;
}

static gboolean take_day(int year, int month, int date, char day[11])
{
    g_autoptr(GDateTime) time = g_date_time_new_utc(year, month, date, 0, 0, 0);

    return time && take_end(g_date_time_to_unix(time) + DAY, day);
}

static int digits(const char *text, int count)
{
    int number = 0;

    for (int i = 0; i < count; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

/* Z, +01, -0330. Anything else would be looked for as a file, where GLib keeps its time zones and,
 * by an absolute path, anywhere. */
static GTimeZone *zone_of(const char *text)
{
    gsize len = strspn(text + (*text != '\0'), "0123456789");

    if (strcmp(text, "Z") == 0)
        return g_time_zone_new_utc();
    if (!strchr("+-", *text) || (len != 2 && len != 4) || text[len + 1] != '\0')
        return NULL;
    return g_time_zone_new_identifier(text);
}

/* 20260731235959Z, 20260731235959.0Z, 20260731235959+0100 */
static gboolean take_generalized(const char *text, char day[11])
{
    g_autoptr(GTimeZone) zone = NULL;
    g_autoptr(GDateTime) time = NULL;
    const char *behind = text + 14;

    if (*behind == '.' || *behind == ',')
        behind += 1 + strspn(behind + 1, "0123456789");
    zone = zone_of(behind);
    if (zone)
        time = g_date_time_new(zone, digits(text, 4), digits(text + 4, 2), digits(text + 6, 2),
                               digits(text + 8, 2), digits(text + 10, 2), digits(text + 12, 2));
    return time && take_end(g_date_time_to_unix(time), day);
}

/* Short numbers are days since 1970, as in shadowExpire; long ones Active Directory's, where 0 and
 * the largest mean never. */
static gboolean take_number(const char *text, gsize len, char day[11])
{
    gint64 number = (gint64)g_ascii_strtoull(text, NULL, 10);

    *day = '\0';
    if (len == 8 && take_day(digits(text, 4), digits(text + 4, 2), digits(text + 6, 2), day))
        return TRUE;
    if (number == 0 || len > 18)
        return len <= 19;
    if (len <= 6)
        return take_end((number + 1) * DAY, day);
    return len >= 17 && take_end(number / FILETIME_A_SECOND - FILETIME_IN_1970, day);
}

gboolean sg_until_read(const char *value, char day[11])
{
    gsize len = strspn(value, "0123456789");

    *day = '\0';
    if (value[len] == '\0' && len > 0)
        return take_number(value, len, day);
    if (strcmp(value, "-1") == 0)
        return TRUE;
    if (len == 14)
        return take_generalized(value, day);
    if (len == 4 && strlen(value) == 10 && value[4] == '-' && value[7] == '-' &&
        strspn(value + 5, "0123456789") == 2 && strspn(value + 8, "0123456789") == 2)
        return take_day(digits(value, 4), digits(value + 5, 2), digits(value + 8, 2), day);
    return FALSE;
}

/* Addresses --------------------------------------------------------------------------------------
 */

/* Active Directory leads addresses by their kind: SMTP: for the main one, smtp: for others, and
 * X500:, SIP: and the like for what is none. NULL for those. */
static const char *without_kind(const char *value, gboolean *is_main)
{
    gsize kind = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    *is_main = FALSE;
    if (kind == 0 || value[kind] != ':')
        return value;
    if (kind != 4 || g_ascii_strncasecmp(value, "smtp", 4) != 0)
        return NULL;
    *is_main = value[0] == 'S' && value[1] == 'M';
    return value + 5;
}

static gboolean has(const GPtrArray *texts, const char *text)
{
    for (guint i = 0; i < texts->len; i++)
        if (strcmp(texts->pdata[i], text) == 0)
            return TRUE;
    return FALSE;
}

/* An attribute such as `mail` that is free of kinds names the main address, too: what stands first
 * stays first, but for one that says SMTP:. */
static void take_address(GPtrArray *addresses, const char *value, guint *odd)
{
    gboolean is_main;
    const char *text = without_kind(value, &is_main);
    g_autofree char *valid = text ? sg_address_valid(text) : NULL;

    if (!text)
        return;
    /* Words between spaces are addresses of their own where the copy is read. */
    if (!valid || strpbrk(valid, " \t\r\n,;")) {
        ++*odd;
        return;
    }
    if (has(addresses, valid))
        return;
    if (addresses->len >= SG_ADDRESSES_MAX)
        ++*odd;
    else
        g_ptr_array_insert(addresses, is_main ? 0 : -1, g_steal_pointer(&valid));
}

GPtrArray *sg_entry_addresses(const SgEntry *entry, const GPtrArray *attributes, guint *odd)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < attributes->len; i++) {
        const GPtrArray *values = sg_entry_values(entry, attributes->pdata[i]);
        for (guint j = 0; values && j < values->len; j++)
            take_address(addresses, values->pdata[j], odd);
    }
    return addresses;
}

SgFoundPerson *sg_found_person_new(const SgDirectory *directory, const SgEntry *entry, guint *odd)
{
    SgFoundPerson *person = g_new0(SgFoundPerson, 1);
    const char *until = directory->until ? sg_entry_value(entry, directory->until) : NULL;

    person->addresses = sg_entry_addresses(entry, directory->address, odd);
    person->personal = sg_entry_addresses(entry, directory->personal, odd);
    person->groups = g_ptr_array_new();
    if (until && !sg_until_read(until, person->until))
        ++*odd;
    return person;
}

void sg_found_person_free(SgFoundPerson *person)
{
    g_ptr_array_unref(person->addresses);
    g_ptr_array_unref(person->personal);
    g_ptr_array_unref(person->groups);
    g_free(person);
}
