/* rfc2047.c - header values as mail programs show them
 *
 * Ours, because the usual library loses what follows a padded B word. Neighbouring words of one
 * charset are joined as bytes before they are decoded, so that a character may be split between
 * them. Every byte is looked at a fixed number of times. */
#include "mail_internal.h"

/* More than any program shows; the limit on the size of headers has the say before that. */
#define VALUE_MAX   (256 * 1024)
#define CHARSET_MAX 64

typedef struct Word {
    SgSpan charset;
    char encoding; /* 'b' or 'q' */
    SgSpan text;
    const char *end;
} Word;

/* Neighbouring encoded words of one charset. */
typedef struct Run {
    char charset[CHARSET_MAX + 1]; /* empty: no run is open */
    GString *bytes;
    guint32 base64;
} Run;

/* Reads the encoded word at `at`, which begins with "=?". */
static gboolean read_word(const char *at, const char *end, Word *word)
{
    const char *charset = at + 2;
    const char *mark = charset;
    const char *text;

    while (mark < end && *mark != '?' && mark - charset < 2 * CHARSET_MAX &&
           !g_ascii_isspace(*mark))
        mark++;
    if (end - mark < 3 || *mark != '?' || mark[2] != '?' || mark == charset)
        return FALSE;
    word->encoding = g_ascii_tolower(mark[1]);
    if (word->encoding != 'b' && word->encoding != 'q')
        return FALSE;
    word->charset = (SgSpan){charset, (gsize)(mark - charset)};
    text = mark + 3;
    for (mark = text; mark + 1 < end; mark++) {
        if (mark[0] == '?' && mark[1] == '=') {
            word->text = (SgSpan){text, (gsize)(mark - text)};
            word->end = mark + 2;
            return TRUE;
        }
        if (mark[0] == '=' && mark[1] == '?' && mark > text && mark + 2 < end && mark[2] != '=')
            break; /* the next word begins: this one never ends */
    }
    return FALSE;
}

static void end_run(GString *out, Run *run)
{
    if (!run->charset[0])
        return;
    sg_base64_end(run->bytes, &run->base64);
    sg_charset_decode(out, (SgSpan){run->bytes->str, run->bytes->len}, run->charset);
    g_string_truncate(run->bytes, 0);
    run->charset[0] = '\0';
}

static void add_word(GString *out, Run *run, const Word *word)
{
    char charset[CHARSET_MAX + 1];
    const char *star = memchr(word->charset.at, '*', word->charset.len); /* *language, RFC 2231 */
    gsize len = star ? (gsize)(star - word->charset.at) : word->charset.len;
    gboolean broken;

    len = MIN(len, CHARSET_MAX);
    memcpy(charset, word->charset.at, len);
    charset[len] = '\0';
    if (g_ascii_strcasecmp(charset, run->charset) != 0) {
        end_run(out, run);
        memcpy(run->charset, len > 0 ? charset : "?", MAX(len, 1) + 1);
    }
    if (word->encoding == 'q') {
        sg_base64_end(run->bytes, &run->base64);
        sg_qp_word_add(run->bytes, word->text);
    } else {
        sg_base64_add(run->bytes, word->text, &run->base64, &broken);
    }
}

static gboolean all_blank(const char *from, const char *to)
{
    while (from < to && g_ascii_isspace(*from))
        from++;
    return from == to;
}

static void decode_line(GString *out, SgSpan line)
{
    const char *end = line.at + line.len;
    const char *plain = line.at; /* what has not been written yet */
    Run run = {.bytes = g_string_new(NULL)};

    for (const char *at = line.at; at + 1 < end;) {
        Word word;

        if (at[0] != '=' || at[1] != '?' || !read_word(at, end, &word)) {
            at++;
            continue;
        }
        if (!run.charset[0] || !all_blank(plain, at)) {
            end_run(out, &run);
            sg_charset_decode(out, (SgSpan){plain, (gsize)(at - plain)}, NULL);
        }
        add_word(out, &run, &word);
        plain = at = word.end;
    }
    end_run(out, &run);
    sg_charset_decode(out, (SgSpan){plain, (gsize)(end - plain)}, NULL);
    g_string_free(run.bytes, TRUE);
}

/* Encoded words may hold line ends and NULs, which a header's value cannot. */
static char *without_controls(GString *value)
{
    gsize to = 0;

    for (gsize i = 0; i < value->len; i++) {
        char c = value->str[i];
        if (c != '\0')
            value->str[to++] = (guchar)c < ' ' && c != '\x1b' ? ' ' : c;
    }
    g_string_truncate(value, to);
    return g_strstrip(g_string_free(value, FALSE));
}

char *sg_header_decode(const char *raw)
{
    g_autofree char *line = sg_value_unfold((SgSpan){raw, strnlen(raw, VALUE_MAX)});
    SgSpan span = sg_span(line);
    GString *out;

    if (sg_ascii_only(span) && !strstr(line, "=?"))
        return g_steal_pointer(&line);
    out = g_string_sized_new(span.len);
    decode_line(out, span);
    return without_controls(out);
}
