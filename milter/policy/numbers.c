/* numbers.c - numbers with an inner order, read where they begin: pupil, National Insurance, NHS,
 * card and telephone numbers, and postcodes. */
#include "detectors.h"

/* Around numbers
 * -----------------------------------------------------------------------------------
 */

static char at_or_nul(SgSpan text, gsize at)
{
    return at < text.len ? text.at[at] : '\0';
}

gboolean sg_number_may_begin(SgSpan text, gsize from)
{
    char before = from > 0 ? text.at[from - 1] : ' ';
    char further = from > 1 ? text.at[from - 2] : ' ';

    if (g_ascii_isalnum(before) || (before != '\0' && strchr("/=&_%@$\\~", before)))
        return FALSE;
    if (before == '-' && g_ascii_isalnum(further))
        return FALSE;
    return !((before == '.' || before == ',') && g_ascii_isdigit(further));
}

gboolean sg_number_ends(SgSpan text, gsize to)
{
    char after = at_or_nul(text, to);

    if (g_ascii_isalnum(after) || (after != '\0' && strchr("/=&_%@$\\~", after)))
        return FALSE;
    if (after == '-')
        return !g_ascii_isalnum(at_or_nul(text, to + 1));
    return !((after == '.' || after == ',') && g_ascii_isdigit(at_or_nul(text, to + 1)));
}

static gsize digits_from(SgSpan text, gsize from, gsize most)
{
    gsize len = 0;

    while (len < most && g_ascii_isdigit(at_or_nul(text, from + len)))
        len++;
    return len;
}

/* Takes groups of digits as long as `lengths` says, such as "4444", with the same blank or hyphen
 * between all. */
static gboolean take_groups(SgSpan text, gsize from, const char *lengths, SgNumber *number)
{
    char separator = '\0';
    gsize at = from;
    gsize len = 0;

    for (const char *group = lengths; *group; group++) {
        gsize wanted = (gsize)(*group - '0');
        if (group > lengths) {
            char c = at_or_nul(text, at++);
            if ((c != ' ' && c != '-') || (separator && c != separator))
                return FALSE;
            separator = c;
        }
        if (digits_from(text, at, wanted) != wanted)
            return FALSE;
        memcpy(number->value + len, text.at + at, wanted);
        len += wanted;
        at += wanted;
    }
    number->value[len] = '\0';
    number->to = at;
    number->spaced = separator != '\0';
    return TRUE;
}

static gboolean read_groups(SgSpan text, gsize from, const char *lengths, SgNumber *number)
{
    return take_groups(text, from, lengths, number) && sg_number_ends(text, number->to);
}

/* Reads digits without anything between, `least` to `most` of them. */
static gboolean read_run(SgSpan text, gsize from, gsize least, gsize most, SgNumber *number)
{
    gsize len = digits_from(text, from, most + 1);

    if (len < least || len > most)
        return FALSE;
    memcpy(number->value, text.at + from, len);
    number->value[len] = '\0';
    number->to = from + len;
    number->spaced = FALSE;
    return sg_number_ends(text, number->to);
}

static gboolean all_alike(const char *digits)
{
    return strspn(digits, (char[]){digits[0], '\0'}) == strlen(digits);
}

/* Pupils
 * -------------------------------------------------------------------------------------------
 */

static const char check_letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ"; /* for remainders 0 to 22 */

/* The Unique Pupil Number: a check letter, then twelve digits, of which a temporary number has a
 * letter for the last. Each place counts by its weight, 2 to 13, modulo 23. */
gboolean sg_read_pupil_number(SgSpan text, gsize from, SgNumber *number)
{
    guint sum = 0;

    if (digits_from(text, from + 1, 11) != 11)
        return FALSE;
    for (gsize i = 0; i < 13; i++)
        number->value[i] = g_ascii_toupper(at_or_nul(text, from + i));
    number->value[13] = '\0';
    number->to = from + 13;
    number->spaced = FALSE;
    for (guint i = 1; i < 13; i++) {
        const char *letter = strchr(check_letters, number->value[i]);
        if (g_ascii_isdigit(number->value[i]))
            sum += (guint)(number->value[i] - '0') * (i + 1);
        else if (letter && *letter)
            sum += (guint)(letter - check_letters) * (i + 1);
        else
            return FALSE;
    }
    return number->value[0] == check_letters[sum % 23] && !all_alike(number->value + 1) &&
           sg_number_ends(text, number->to);
}

/* National Insurance
 * -------------------------------------------------------------------------------
 */

static gboolean is_insurance_prefix(char first, char second)
{
    static const char *const never[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ", NULL};
    const char both[] = {first, second, '\0'};

    return g_ascii_isupper(first) && g_ascii_isupper(second) && !strchr("DFIQUV", first) &&
           !strchr("DFIOQUV", second) && !g_strv_contains(never, both);
}

gboolean sg_read_national_insurance(SgSpan text, gsize from, SgNumber *number)
{
    static const char *const layouts[] = {"222", "6"};
    char first = g_ascii_toupper(at_or_nul(text, from));
    char second = g_ascii_toupper(at_or_nul(text, from + 1));
    gsize at = from + 2;

    if (!is_insurance_prefix(first, second))
        return FALSE;
    gboolean gap = at_or_nul(text, at) == ' ' || at_or_nul(text, at) == '-';
    at += gap ? 1 : 0;
    for (guint i = 0; i < G_N_ELEMENTS(layouts); i++) {
        SgNumber digits;
        if (!take_groups(text, at, layouts[i], &digits))
            continue;
        gsize last = digits.to;
        gboolean gap_last = at_or_nul(text, last) == ' ' || at_or_nul(text, last) == '-';
        last += gap_last ? 1 : 0;
        char suffix = g_ascii_toupper(at_or_nul(text, last));
        if (suffix < 'A' || suffix > 'D' || all_alike(digits.value))
            continue;
        g_snprintf(number->value, sizeof number->value, "%c%c%s%c", first, second, digits.value,
                   suffix);
        number->to = last + 1;
        number->spaced = gap || gap_last || digits.spaced;
        return sg_number_ends(text, number->to);
    }
    return FALSE;
}

/* NHS
 * ----------------------------------------------------------------------------------------------
 */

static gboolean checks_mod_11(const char *digits)
{
    guint sum = 0;

    for (guint i = 0; i < 9; i++)
        sum += (guint)(digits[i] - '0') * (10 - i);
    guint check = (11 - sum % 11) % 11;
    return check == (guint)(digits[9] - '0');
}

gboolean sg_read_nhs_number(SgSpan text, gsize from, SgNumber *number)
{
    return (read_groups(text, from, "334", number) || read_run(text, from, 10, 10, number)) &&
           checks_mod_11(number->value) && !all_alike(number->value);
}

/* Cards
 * --------------------------------------------------------------------------------------------
 */

/* Who issues them, by their first digits, and how many digits those have. */
static const struct {
    guint from, to; /* first digits, padded to four */
    guint lengths;  /* 1 << number of digits */
} issuers[] = {
    {4000, 4999, 1u << 13 | 1u << 16 | 1u << 19},            /* Visa */
    {5100, 5599, 1u << 16},                                  /* Mastercard */
    {2221, 2720, 1u << 16},                                  /* Mastercard */
    {3400, 3499, 1u << 15},                                  /* American Express */
    {3700, 3799, 1u << 15},                                  /* American Express */
    {3000, 3059, 1u << 14},                                  /* Diners Club */
    {3600, 3699, 1u << 14},                                  /* Diners Club */
    {3528, 3589, 1u << 16},                                  /* JCB */
    {6011, 6011, 1u << 16},                                  /* Discover */
    {6440, 6599, 1u << 16},                                  /* Discover */
    {5018, 5038, 1u << 16 | 1u << 18 | 1u << 19},            /* Maestro */
    {6304, 6304, 1u << 16 | 1u << 18 | 1u << 19},            /* Maestro */
    {6759, 6763, 1u << 16 | 1u << 18 | 1u << 19},            /* Maestro */
    {6200, 6299, 1u << 16 | 1u << 17 | 1u << 18 | 1u << 19}, /* UnionPay */
};

static gboolean is_of_issuer(const char *digits)
{
    gsize len = strlen(digits);
    guint first = 0;

    for (guint i = 0; i < 4; i++)
        first = first * 10 + (guint)(digits[i] - '0');
    for (guint i = 0; i < G_N_ELEMENTS(issuers); i++) {
        if (first >= issuers[i].from && first <= issuers[i].to && (issuers[i].lengths & 1u << len))
            return TRUE;
    }
    return FALSE;
}

/* Luhn's check, ISO/IEC 7812-1. */
static gboolean checks_luhn(const char *digits)
{
    gsize len = strlen(digits);
    guint sum = 0;

    for (gsize i = 0; i < len; i++) {
        guint digit = (guint)(digits[len - 1 - i] - '0');
        if (i % 2 == 1)
            digit *= 2;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

/* 4000 0000 0000 0002 is nobody's card, and round sums look like it. */
static gboolean is_mostly_noughts(const char *digits)
{
    gsize noughts = 0;

    for (const char *c = digits; *c; c++)
        noughts += *c == '0';
    return noughts * 3 > strlen(digits) * 2;
}

/* Behind `GB29 `: the number of a bank account, in groups of four as well. */
static gboolean is_in_account_number(SgSpan text, gsize from)
{
    return from >= 5 && text.at[from - 1] == ' ' && g_ascii_isdigit(text.at[from - 2]) &&
           g_ascii_isdigit(text.at[from - 3]) && g_ascii_isalpha(text.at[from - 4]) &&
           g_ascii_isalpha(text.at[from - 5]);
}

gboolean sg_read_card_number(SgSpan text, gsize from, SgNumber *number)
{
    static const char *const layouts[] = {"44443", "4444", "465", "464"};
    gboolean read = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(layouts) && !read; i++)
        read = read_groups(text, from, layouts[i], number);
    return (read || read_run(text, from, 13, 19, number)) && is_of_issuer(number->value) &&
           checks_luhn(number->value) && !is_mostly_noughts(number->value) &&
           !is_in_account_number(text, from);
}

/* Telephones
 * ---------------------------------------------------------------------------------------
 */

#define NATIONAL_DIGITS 10 /* behind the leading 0 */

/* The digits behind 0 or +44 as Ofcom gives them out; not those that are paid for by the caller. */
static gboolean is_national(const char *digits)
{
    switch (digits[0]) {
    case '1':
        return digits[1] != '0';
    case '2':
        return strchr("03489", digits[1]) != NULL;
    case '3':
        return strchr("0347", digits[1]) != NULL;
    case '7':
        return strchr("1234578", digits[1]) || digits[1] == '9' || g_str_has_prefix(digits, "7624");
    case '8':
        return g_str_has_prefix(digits, "800") || g_str_has_prefix(digits, "808");
    default:
        return FALSE;
    }
}

/* Behind +44, 0044, or their likes: where the national digits begin; 0 when it is none of them. */
static gsize behind_country(SgSpan text, gsize from)
{
    static const char *const codes[] = {"+44", "0044", "(+44)"};

    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        gsize len = strlen(codes[i]);
        if (from + len > text.len || memcmp(text.at + from, codes[i], len) != 0)
            continue;
        gsize at = from + len;
        at += at_or_nul(text, at) == ' ' || at_or_nul(text, at) == '-';
        if (at + 3 <= text.len && memcmp(text.at + at, "(0)", 3) == 0)
            at += 3;
        at += at_or_nul(text, at) == ' ' || at_or_nul(text, at) == '-';
        at += at_or_nul(text, at) == '0';
        return at;
    }
    return 0;
}

/* Collects digits with at most two of `.-() ` between groups of two and more. */
static gboolean read_national(SgSpan text, gsize at, SgNumber *number)
{
    gsize len = 1;
    gsize group = 0;
    gsize gap = 0;

    number->value[0] = '0';
    for (; len <= NATIONAL_DIGITS; at++) {
        char c = at_or_nul(text, at);
        if (g_ascii_isdigit(c)) {
            number->value[len++] = c;
            group++;
            gap = 0;
        } else if (c != '\0' && strchr(" -.)", c) && gap < 2 && (gap > 0 || group >= 2)) {
            gap++;
            group = 0;
            number->spaced = TRUE;
        } else {
            return FALSE;
        }
    }
    number->value[len] = '\0';
    number->to = at;
    return group >= 2 && is_national(number->value + 1) && !all_alike(number->value + 1) &&
           sg_number_ends(text, at);
}

gboolean sg_read_phone_number(SgSpan text, gsize from, SgNumber *number)
{
    gsize at = behind_country(text, from);

    number->spaced = FALSE;
    if (at > 0)
        return read_national(text, at, number);
    at = from + (at_or_nul(text, from) == '(');
    if (at_or_nul(text, at) != '0')
        return FALSE;
    return read_national(text, at + 1, number);
}

/* Postcodes
 * ----------------------------------------------------------------------------------------
 */

static gboolean is_post_area(const char *letters)
{
    static const char *const areas[] = {
        "AB", "AL", "B",  "BA", "BB", "BD", "BH", "BL", "BN", "BR", "BS", "BT", "CA", "CB",
        "CF", "CH", "CM", "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL",
        "DN", "DT", "DY", "E",  "EC", "EH", "EN", "EX", "FK", "FY", "G",  "GL", "GU", "GY",
        "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IM", "IP", "IV", "JE", "KA",
        "KT", "KW", "KY", "L",  "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M",  "ME", "MK",
        "ML", "N",  "NE", "NG", "NN", "NP", "NR", "NW", "OL", "OX", "PA", "PE", "PH", "PL",
        "PO", "PR", "RG", "RH", "RM", "S",  "SA", "SE", "SG", "SK", "SL", "SM", "SN", "SO",
        "SP", "SR", "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW",
        "UB", "W",  "WA", "WC", "WD", "WF", "WN", "WR", "WS", "WV", "YO", "ZE", NULL};

    return g_strv_contains(areas, letters);
}

gboolean sg_read_postcode(SgSpan text, gsize from, SgNumber *number)
{
    char area[3] = "";
    gsize at = from;
    gsize len = 0;

    while (len < 2 && g_ascii_isalpha(at_or_nul(text, at)))
        area[len++] = g_ascii_toupper(at_or_nul(text, at++));
    if (!g_ascii_isdigit(at_or_nul(text, at)) || !is_post_area(area))
        return FALSE;
    at++;
    if (g_ascii_isalnum(at_or_nul(text, at)))
        at++;
    /* In `M1 1AA` the district is one digit, in `M11AA` it was read too far. */
    number->spaced = at_or_nul(text, at) == ' ';
    if (!number->spaced && !g_ascii_isdigit(at_or_nul(text, at)))
        at--;
    gsize inward = at + (number->spaced ? 1 : 0);
    if (!g_ascii_isdigit(at_or_nul(text, inward)))
        return FALSE;
    for (gsize i = inward + 1; i < inward + 3; i++) {
        if (!g_ascii_isalpha(at_or_nul(text, i)) ||
            strchr("CIKMOV", g_ascii_toupper(at_or_nul(text, i))))
            return FALSE;
    }
    g_snprintf(number->value, sizeof number->value, "%.*s%.3s", (int)(at - from), text.at + from,
               text.at + inward);
    for (char *c = number->value; *c; c++)
        *c = g_ascii_toupper(*c);
    number->to = inward + 3;
    return sg_number_ends(text, number->to);
}
