/* table.c - the rows of tables in readable text, and names of people by their shape alone. */
#include "detectors.h"

#define NAME_WORDS 4
#define NAME_BYTES 48

/* Rows -------------------------------------------------------------------------------------------
 */

/* Where the cell that begins at `at` ends, and where the next one begins. */
static gsize cell_end(SgSpan line, gsize at, char separator, gsize *next)
{
    gsize width = separator == ' ' ? 2 : 1; /* one blank parts words, not cells */
    const char *from = line.at + at;
    const char *end = separator == ' ' ? memmem(from, line.len - at, "  ", width)
                                       : memchr(from, separator, line.len - at);

    *next = end ? (gsize)(end - line.at) + width : line.len + 1;
    return end ? (gsize)(end - line.at) : line.len;
}

static char separator_of(SgSpan line)
{
    static const char separators[] = "\t|;,";

    for (const char *c = separators; *c; c++) {
        if (memchr(line.at, *c, line.len))
            return *c;
    }
    return ' ';
}

static gboolean is_edge(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '"' || c == '\'';
}

static SgSpan trimmed(SgSpan cell)
{
    while (cell.len > 0 && is_edge(cell.at[0]))
        cell = (SgSpan){cell.at + 1, cell.len - 1};
    while (cell.len > 0 && is_edge(cell.at[cell.len - 1]))
        cell.len--;
    return cell;
}

void sg_row_cut(SgSpan line, SgRow *row)
{
    line = trimmed(line);
    row->count = 0;
    if (line.len == 0)
        return;
    char separator = separator_of(line);
    for (gsize at = 0, next; at <= line.len && row->count < SG_CELLS_MAX; at = next) {
        gsize end = cell_end(line, at, separator, &next);
        SgSpan cell = trimmed((SgSpan){line.at + at, end - at});
        if (cell.len > 0)
            row->cells[row->count++] = cell;
    }
}

/* Names ------------------------------------------------------------------------------------------
 */

/* Words with a capital that stand in tables and are nobody's name. */
static gboolean is_other_word(SgSpan word)
{
    static const char *const others[] = {
        "monday",  "tuesday", "wednesday", "thursday",  "friday",    "saturday", "sunday",
        "mon",     "tue",     "tues",      "wed",       "thu",       "thur",     "thurs",
        "fri",     "sat",     "sun",       "january",   "february",  "march",    "april",
        "june",    "july",    "august",    "september", "october",   "november", "december",
        "jan",     "feb",     "mar",       "apr",       "jun",       "jul",      "aug",
        "sep",     "sept",    "oct",       "nov",       "dec",       "year",     "class",
        "form",    "group",   "name",      "date",      "total",     "room",     "time",
        "subject", "surname", "forename",  "term",      "week",      "page",     "school",
        "from",    "to",      "sent",      "re",        "dear",      "the",      "of",
        "and",     "for",     "on",        "at",        "in",        "a",        "no",
        "birth",   "born",    "house",     "street",    "road",      "lane",     "close",
        "avenue",  "hall",    "maths",     "english",   "science",   "history",  "art",
        "music",   "french",  "german",    "spanish",   "geography", "yes",      "start",
        "end",     "day",     "issue",     "version",   "updated",   "created",  "modified",
        "invoice", "order",   "number",    "price",     "due",       "paid",     "amount",
        NULL};
    char small[16];

    if (word.len >= sizeof small)
        return FALSE;
    for (gsize i = 0; i < word.len; i++)
        small[i] = g_ascii_tolower(word.at[i]);
    small[word.len] = '\0';
    return g_strv_contains(others, small);
}

/* Between a forename and a surname: small words of names from many countries. */
static gboolean is_particle(SgSpan word)
{
    static const char *const particles[] = {
        "de",  "da",  "dos", "del",  "della", "di", "du", "la", "le", "van", "von",
        "der", "den", "bin", "bint", "ibn",   "al", "el", "ap", "o'", "mac", NULL};

    for (guint i = 0; particles[i]; i++) {
        if (sg_span_is(word, particles[i]))
            return TRUE;
    }
    return FALSE;
}

typedef enum { WORD_OTHER, WORD_INITIAL, WORD_NAME } NameWord;

/* A capital, then letters, hyphens and apostrophes: Smith-Jones, O'Neill, ŁUKASZ. */
static NameWord name_word(SgSpan word)
{
    const char *end = word.at + word.len;
    gboolean first = TRUE;
    guint letters = 0;

    if (word.len > 0 && word.at[word.len - 1] == '.' && word.len <= 3)
        word.len--, end--;
    for (const char *c = word.at; c < end; c = g_utf8_next_char(c)) {
        gunichar code = g_utf8_get_char(c);
        if (first ? !g_unichar_isupper(code)
                  : !g_unichar_isalpha(code) && code != '-' && code != '\'' && code != 0x2019)
            return WORD_OTHER;
        letters += g_unichar_isalpha(code) ? 1 : 0;
        first = FALSE;
    }
    if (letters == 0 || is_other_word(word))
        return WORD_OTHER;
    return letters == 1 ? WORD_INITIAL : WORD_NAME;
}

gboolean sg_is_name_part(SgSpan text)
{
    text = trimmed(text);
    return text.len > 0 && text.len <= NAME_BYTES && name_word(text) == WORD_NAME;
}

/* Takes the word at the start of `text` off it. */
static SgSpan take_word(SgSpan *text)
{
    gsize len = 0;

    while (len < text->len && text->at[len] != ' ')
        len++;
    SgSpan word = {text->at, len};
    while (len < text->len && text->at[len] == ' ')
        len++;
    *text = (SgSpan){text->at + len, text->len - len};
    return word;
}

static gboolean is_name_in_order(SgSpan text, guint least)
{
    guint words = 0, names = 0;

    while (text.len > 0) {
        SgSpan word = take_word(&text);
        NameWord what = name_word(word);
        if (++words > NAME_WORDS || (what == WORD_OTHER && (words == 1 || !is_particle(word))))
            return FALSE;
        names += what == WORD_NAME;
    }
    return words >= least && names >= 1;
}

gboolean sg_is_name(SgSpan text)
{
    text = trimmed(text);
    if (text.len < 4 || text.len > NAME_BYTES)
        return FALSE;
    const char *comma = memchr(text.at, ',', text.len);
    if (!comma)
        return is_name_in_order(text, 2);
    SgSpan surname = {text.at, (gsize)(comma - text.at)};
    SgSpan forename = trimmed((SgSpan){comma + 1, text.len - surname.len - 1});
    return is_name_in_order(surname, 1) && is_name_in_order(forename, 1);
}

gboolean sg_row_has_name(const SgRow *row)
{
    for (guint i = 0; i < row->count; i++) {
        if (sg_is_name(row->cells[i]))
            return TRUE;
        if (i + 1 < row->count && sg_is_name_part(row->cells[i]) &&
            sg_is_name_part(row->cells[i + 1]))
            return TRUE;
    }
    return FALSE;
}
