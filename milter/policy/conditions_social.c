/* conditions_social.c - the condition `social`: somebody's name on a social platform, or a link to
 * it. */
#include "detectors.h"

#define HOST_MOST   40  /* bytes before a slash in which a host may stand */
#define LINK_MOST   200 /* bytes of a link that are looked at */
#define WORDS_AHEAD 6   /* between a platform's name and somebody's name there */

enum { SOCIAL_HANDLE = 1 << 0, SOCIAL_LINK = 1 << 1 };
static const char *const social_names[] = {"handle", "link", "any", NULL};
static const guint social_sets[] = {SOCIAL_HANDLE, SOCIAL_LINK, SOCIAL_HANDLE | SOCIAL_LINK};
static const char *const social_words[] = {
    "its text has somebody's name on a social platform",
    "it has a link to somebody's page on a social platform",
    "it has somebody's name on a social platform, or a link to it",
};

static gpointer read_social(SgCursor *cursor, SgRuleReader *reader)
{
    int choice = sg_cursor_choice(cursor, "social", social_names);

    (void)reader;
    return choice < 0 ? NULL : g_memdup2(&choice, sizeof choice);
}

/* Links ------------------------------------------------------------------------------------------
 */

static gboolean is_host_char(char c)
{
    return g_ascii_isalnum(c) || c == '.' || c == '-';
}

/* A host within the path of another address is not where it leads. */
static gboolean begins_link(SgSpan text, gsize start)
{
    return start == 0 || text.at[start - 1] != '/' || (start > 1 && text.at[start - 2] == '/');
}

/* The address whose path begins at `slash`; empty when there is none. */
static SgSpan link_around(SgSpan text, gsize slash, gsize *from)
{
    gsize start = slash;
    gsize end = slash;

    while (start > 0 && slash - start < HOST_MOST && is_host_char(text.at[start - 1]))
        start--;
    if (start == slash || !begins_link(text, start))
        return (SgSpan){text.at + slash, 0};
    while (end < text.len && end - slash < LINK_MOST && (guchar)text.at[end] > ' ' &&
           !strchr("<>\"`{}|\\^,;)(", text.at[end]))
        end++;
    while (end > slash && strchr(".!:'*]", text.at[end - 1]))
        end--;
    *from = start;
    return (SgSpan){text.at + start, end - start};
}

/* Links are texts of their own; in the other texts, an address without `https://` is none, but
 * people read it as one. */
static gboolean look_for_links(const SgText *text, gpointer data)
{
    SgSpan readable = sg_text_form(text, SG_FORM_READABLE);
    const char *end = readable.at + readable.len;
    gsize next_clock = 0;

    for (const char *at = readable.at; at < end; at++) {
        gsize from;
        at = memchr(at, '/', (gsize)(end - at));
        if (!at || !sg_judging_has_time(data, (gsize)(at - readable.at), &next_clock))
            return FALSE;
        SgSpan link = link_around(readable, (gsize)(at - readable.at), &from);
        if (link.len > 0 && sg_is_platform_link(link)) {
            sg_judging_saw(data, text, SG_FORM_READABLE, from, from + link.len);
            return TRUE;
        }
    }
    return FALSE;
}

/* Handles ----------------------------------------------------------------------------------------
 */

typedef struct Handle {
    gsize from;
    gsize to;
    gboolean marked; /* begins with @ */
    gboolean shaped; /* has what no word of a language has; */
    gboolean dotted; /* but perhaps only for want of a blank behind a full stop */
} Handle;

static gboolean is_handle_char(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '.' || c == '-' || c == '#';
}

static gboolean looks_like_host(SgSpan handle)
{
    static const char *const ends[] = {".com", ".co.uk", ".org", ".net", ".uk",  ".html", ".tv",
                                       ".gov", ".io",    ".edu", ".jpg", ".pdf", ".docx"};

    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        gsize len = strlen(ends[i]);
        if (handle.len > len && memcmp(handle.at + handle.len - len, ends[i], len) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A user name begins at `from`: letters with digits, an underscore or a dot within. `shaped` is
 * FALSE for what may as well be a word. */
static gboolean read_handle(SgSpan text, gsize from, Handle *handle)
{
    guint letters = 0, marks = 0, dots = 0, digits = 0, hyphens = 0;
    gsize to = from;

    handle->marked = from < text.len && text.at[from] == '@';
    from += handle->marked ? 1 : 0;
    for (to = from; to < text.len && to - from < 32 && is_handle_char(text.at[to]); to++)
        ;
    if (to < text.len && (is_handle_char(text.at[to]) || strchr("@/%=", text.at[to])))
        return FALSE;
    while (to > from && strchr(".-", text.at[to - 1]))
        to--;
    for (gsize i = from; i < to; i++) {
        letters += g_ascii_isalpha(text.at[i]) ? 1 : 0;
        digits += g_ascii_isdigit(text.at[i]) ? 1 : 0;
        marks += text.at[i] == '_' || text.at[i] == '#';
        dots += text.at[i] == '.';
        hyphens += text.at[i] == '-';
    }
    *handle = (Handle){.from = from, .to = to, .marked = handle->marked};
    handle->shaped = marks + digits + dots > 0 && hyphens == 0 && letters >= 2;
    handle->dotted = marks + digits == 0;
    return letters >= 1 && to - from >= 3 && !looks_like_host((SgSpan){text.at + from, to - from});
}

/* Words that stand between: `my insta user name is …`. */
static gboolean is_between(SgSpan word)
{
    static const char *const words[] = {
        "username", "user",   "name",  "handle", "account", "acc", "id",   "tag", "is", "it's",
        "its",      "called", "under", "as",     "at",      "im",  "i'm",  "on",  "me", "number",
        "and",      "add",    "too",   "chat",   "tok",     "my",  "mine", NULL};

    return sg_is_one_of(word, words);
}

/* Whether the handle ends what is said, so that a plain word is no longer the start of a sentence.
 */
static gboolean ends_there(const SgText *text, SgSpan folded, const Handle *handle)
{
    SgSpan shown = sg_text_readable_range(text, SG_FORM_FOLDED, handle->to, handle->to + 1);

    return handle->to >= folded.len || strchr(",;.!)/\"", folded.at[handle->to]) ||
           (shown.len > 0 && (shown.at[0] == '\n' || shown.at[0] == '\r'));
}

static gboolean is_no_name(SgSpan word)
{
    static const char *const words[] = {"private", "none", "yes",  "n/a",   "tbc",  "http", "https",
                                        "www",     "see",  "here", "below", "page", "link", NULL};

    return sg_is_one_of(word, words);
}

/* Behind a platform's name: `: abc`, ` is x_y9`, ` @name`, `whatsapp 07700 900123`. */
static gboolean handle_follows(const SgText *text, SgSpan folded, SgPlatform platform, gsize at,
                               Handle *handle)
{
    gboolean colon = FALSE;

    for (guint i = 0; i < WORDS_AHEAD && at < folded.len; i++) {
        SgWord word;
        SgNumber number;
        gsize start = at;
        if (!sg_next_word(folded, &at, &word) || word.gap.len > 4 ||
            memchr(word.gap.at, '.', word.gap.len) || memchr(word.gap.at, '?', word.gap.len) ||
            memchr(word.gap.at, '/', word.gap.len))
            return FALSE;
        colon |= memchr(word.gap.at, ':', word.gap.len) || memchr(word.gap.at, '=', word.gap.len);
        gboolean at_sign = word.gap.len > 0 && word.gap.at[word.gap.len - 1] == '@';
        gsize from = word.at - (at_sign ? 1 : 0);
        if (word.gap.len > 0 && word.gap.at[word.gap.len - 1] == '_')
            from = word.at - 1;
        if (sg_read_phone_number(folded, from, &number)) {
            *handle = (Handle){.from = from, .to = number.to};
            return TRUE;
        }
        if (read_handle(folded, from, handle) && handle->from >= start) {
            SgSpan name = {folded.at + handle->from, handle->to - handle->from};
            gboolean shaped = handle->shaped && (colon || i > 0 || !handle->dotted);
            if (handle->marked || (shaped && (colon || platform == SG_PLATFORM_SURE)))
                return TRUE;
            if (!is_between(word.text))
                return colon && !is_no_name(name) && ends_there(text, folded, handle);
        } else if (!is_between(word.text)) {
            return FALSE;
        }
    }
    return FALSE;
}

/* Behind a name with @: ` on tiktok`, ` on my snap`. */
static gboolean platform_follows(SgSpan folded, gsize at)
{
    static const char *const words[] = {"on", "over", "at", "my", "the", "for", NULL};

    for (guint i = 0; i < 4; i++) {
        SgWord word;
        if (!sg_next_word(folded, &at, &word) || word.gap.len > 3)
            return FALSE;
        if (sg_platform_of_word(word.text) != SG_PLATFORM_NONE)
            return i > 0 || memchr(word.gap.at, '(', word.gap.len);
        if (!sg_is_one_of(word.text, words))
            return FALSE;
    }
    return FALSE;
}

static gboolean handle_is_here(const SgText *text, SgSpan folded, const SgWord *word, gsize behind,
                               Handle *handle)
{
    SgPlatform platform = sg_platform_of_word(word->text);
    char before = word->at > 0 ? folded.at[word->at - 1] : ' ';
    char after = behind < folded.len ? folded.at[behind] : ' ';

    if (platform != SG_PLATFORM_NONE && !strchr("@./-_", before) && !strchr("@./-_", after))
        return handle_follows(text, folded, platform, behind, handle);
    char further = word->at > 1 ? folded.at[word->at - 2] : ' ';
    return before == '@' && !sg_is_word_char(further) && further != '.' && further != '_' &&
           read_handle(folded, word->at - 1, handle) && platform_follows(folded, handle->to);
}

static gboolean look_for_handles(const SgText *text, gpointer data)
{
    SgSpan folded = sg_text_form(text, SG_FORM_FOLDED);
    gsize next_clock = 0;
    SgWord word;

    for (gsize at = 0; sg_next_word(folded, &at, &word);) {
        Handle handle;
        if (!sg_judging_has_time(data, word.at, &next_clock))
            return FALSE;
        if (handle_is_here(text, folded, &word, at, &handle)) {
            sg_judging_saw(data, text, SG_FORM_FOLDED, MIN(word.at, handle.from), handle.to);
            return TRUE;
        }
    }
    return FALSE;
}

/* The condition ----------------------------------------------------------------------------------
 */

static gboolean search_social(const SgCondition *condition, SgJudging *judging)
{
    guint wanted = social_sets[*(const int *)condition->data];
    guint words = judging->look_in & ~(1u << SG_TEXT_LINK);

    return ((wanted & SOCIAL_LINK) &&
            sg_judging_look(judging, words | 1u << SG_TEXT_LINK, look_for_links, judging)) ||
           ((wanted & SOCIAL_HANDLE) && sg_judging_look(judging, words, look_for_handles, judging));
}

static gboolean judge_social(const SgCondition *condition, SgJudging *judging)
{
    return sg_judging_once(judging, condition, search_social);
}

static void describe_social(const SgCondition *condition, GString *out)
{
    g_string_append(out, social_words[*(const int *)condition->data]);
}

const SgConditionKind sg_condition_social = {
    .keyword = "social",
    .usage = "handle|link|any",
    .help = "handle: a name on a social platform, such as 'my insta is some_one9' or '@name on "
            "tiktok'. link: the address of somebody's page or of an invitation there, such as "
            "instagram.com/NAME, wa.me/NUMBER or discord.gg/CODE, also where it is no link but "
            "text; posts, help and home pages are none",
    .needs = SG_NEEDS_TEXT,
    .walks = TRUE,
    .read = read_social,
    .judge = judge_social,
    .describe = describe_social,
    .free = g_free,
    .opens_attachments = sg_look_in_opens_attachments,
};
