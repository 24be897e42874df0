/* pattern.c - compiles the patterns that addresses are told by. They are GLib's: few, short, and
 * tried only on addresses that nothing else knows. */
#include "people_internal.h"

/* Addresses come from the network: a pattern that backtracks without end must give up. */
#define STEP_LIMIT "(*LIMIT_MATCH=100000)"

static const struct Flag {
    char letter;
    GRegexCompileFlags flag;
} flags_known[] = {
    {'i', G_REGEX_CASELESS}, /* always so: an address is compared in lower case */
    {'s', G_REGEX_DOTALL},
    {'x', G_REGEX_EXTENDED},
};

static gboolean read_flags(const char *letters, SgPlace place, SgReport *report,
                           GRegexCompileFlags *flags)
{
    *flags = G_REGEX_CASELESS | G_REGEX_DOLLAR_ENDONLY;
    for (; *letters; letters++) {
        guint i = 0;
        while (i < G_N_ELEMENTS(flags_known) && flags_known[i].letter != *letters)
            i++;
        if (i == G_N_ELEMENTS(flags_known)) {
            sg_report_error(report, place, "unknown pattern flag '%.*s'; known are i, s and x",
                            (int)(g_utf8_next_char(letters) - letters), letters);
            return FALSE;
        }
        *flags |= flags_known[i].flag;
    }
    return TRUE;
}

/* GLib tells the offset only within its message: "… at char 3: missing )". */
static void complain(const GError *error, SgPlace place, SgReport *report)
{
    static const char mark[] = " at char ";
    const char *at = g_strrstr(error->message, mark);
    const char *why = error->message;

    place.width = 1;
    if (at) {
        char *behind = NULL;
        guint64 offset = g_ascii_strtoull(at + strlen(mark), &behind, 10);
        place.column += (guint)MIN(offset, G_MAXINT32);
        if (g_str_has_prefix(behind, ": "))
            why = behind + 2;
    }
    sg_report_error(report, place, "in this pattern: %s", why);
}

GRegex *sg_address_pattern(const char *pattern, const char *letters, SgPlace place,
                           SgReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GRegex) plain = NULL;
    GRegexCompileFlags flags;

    if (!read_flags(letters, place, report, &flags))
        return NULL;
    /* Compiled first as it is written, so that offsets are the author's. */
    plain = g_regex_new(pattern, flags, 0, &error);
    if (!plain) {
        complain(error, place, report);
        return NULL;
    }
    g_autofree char *limited = g_strconcat(STEP_LIMIT, pattern, NULL);
    GRegex *regex = g_regex_new(limited, flags | G_REGEX_OPTIMIZE, 0, &error);
    if (!regex) {
        complain(error, place, report);
        return NULL;
    }
    /* GLib 2.74 compiles for speed at the first match, without a lock: let that be here. */
    g_regex_match(regex, "", 0, NULL);
    return regex;
}
