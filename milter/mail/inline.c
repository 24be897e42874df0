/* inline.c - files that stand within plain text, in uuencode or yEnc, as before MIME
 *
 * Mail programs take them out of the text and show them as attachments. */
#include "mail_internal.h"

#define YENC_ESCAPE 64
#define YENC_SHIFT  42

/* A block of lines that is a file. */
typedef struct Block {
    gsize start; /* of its first line within the text */
    gsize end;   /* behind its last line */
    SgSpan name;
    SgSpan lines; /* of data */
    gboolean yenc;
} Block;

static gsize line_end(SgSpan text, gsize at)
{
    const char *newline = at < text.len ? memchr(text.at + at, '\n', text.len - at) : NULL;

    return newline ? (gsize)(newline - text.at) + 1 : text.len;
}

/* Where a line that begins with `mark` starts, at or behind `at`; text.len for nowhere. */
static gsize find_line(SgSpan text, gsize at, const char *mark)
{
    gsize len = strlen(mark);

    while (at < text.len) {
        const char *found = memmem(text.at + at, text.len - at, mark, len);
        if (!found)
            break;
        at = (gsize)(found - text.at);
        if (at == 0 || text.at[at - 1] == '\n')
            return at;
        at++;
    }
    return text.len;
}

/* "begin 644 name": three or four octal digits. */
static gboolean is_uu_begin(SgSpan line, SgSpan *name)
{
    gsize digits = 0;

    line = (SgSpan){line.at + 6, line.len - 6};
    while (digits < line.len && line.at[digits] >= '0' && line.at[digits] <= '7')
        digits++;
    if (digits < 3 || digits > 4 || digits >= line.len || line.at[digits] != ' ')
        return FALSE;
    *name = sg_span_trim((SgSpan){line.at + digits, line.len - digits});
    return name->len > 0;
}

static gboolean is_yenc_begin(SgSpan line, SgSpan *name)
{
    const char *at = memmem(line.at, line.len, "name=", 5);

    *name = (SgSpan){NULL, 0};
    if (at)
        *name = sg_span_trim((SgSpan){at + 5, line.len - (gsize)(at + 5 - line.at)});
    return at != NULL;
}

/* Whether lines can be what they claim; prose between the marks must not vanish from the text.
 * uuencode uses no small letters, and yEnc moves ASCII out of ASCII. */
static gboolean is_plausible(SgSpan lines, gboolean yenc)
{
    if (yenc)
        return !sg_ascii_only(lines);
    for (gsize i = 0; i < lines.len; i++) {
        guchar c = (guchar)lines.at[i];
        if (c > '`' || (c < ' ' && c != '\r' && c != '\n'))
            return FALSE;
    }
    return TRUE;
}

/* The next block at or behind `at`, of one kind; FALSE when there is none. */
static gboolean find_block(SgSpan text, gsize at, gboolean yenc, Block *block)
{
    const char *begin = yenc ? "=ybegin " : "begin ";
    const char *end = yenc ? "=yend" : "end";

    for (at = find_line(text, at, begin); at < text.len; at = find_line(text, at + 1, begin)) {
        gsize first = line_end(text, at);
        SgSpan line = {text.at + at, first - at};
        gsize last;

        if (!(yenc ? is_yenc_begin(line, &block->name) : is_uu_begin(line, &block->name)))
            continue;
        last = find_line(text, first, end);
        if (last == text.len)
            return FALSE;
        if (!is_plausible((SgSpan){text.at + first, last - first}, yenc)) {
            at = last;
            continue;
        }
        block->start = at;
        block->end = line_end(text, last);
        block->lines = (SgSpan){text.at + first, last - first};
        block->yenc = yenc;
        return TRUE;
    }
    return FALSE;
}

static GString *yenc_decode(SgSpan lines)
{
    GString *out = g_string_sized_new(lines.len);

    for (gsize at = 0; at < lines.len;) {
        gsize end = line_end(lines, at);

        if (sg_span_begins_ci((SgSpan){lines.at + at, end - at}, "=ypart"))
            at = end;
        for (; at < end; at++) {
            guchar byte = (guchar)lines.at[at];
            if (byte == '\r' || byte == '\n')
                continue;
            if (byte == '=' && at + 1 < end)
                byte = (guchar)(lines.at[++at] - YENC_ESCAPE);
            g_string_append_c(out, (char)(byte - YENC_SHIFT));
        }
    }
    return out;
}

/* For the helper; the text that the file was in will be gone by then. Takes ownership of `content`.
 */
static void keep_unread(SgMessage *message, SgAttachment *attachment, GString *content)
{
    GBytes *bytes = g_string_free_to_bytes(content);
    SgUnread unread = {.attachment = attachment, .encoding = ENCODING_NONE, .depth = 1};

    unread.body.at = g_bytes_get_data(bytes, &unread.body.len);
    g_ptr_array_add(message->keep, bytes);
    sg_file_add(message, attachment, unread.body, ENCODING_NONE);
    sg_unread_add(message, &unread);
}

static void take_block(SgMessage *message, const SgLeaf *leaf, const Block *block)
{
    gboolean broken;
    g_autoptr(GString) name = g_string_new(NULL);
    SgAttachment *attachment;
    const char *type;
    GString *content;

    sg_charset_decode(name, (SgSpan){block->name.at, MIN(block->name.len, 1024)}, NULL);
    type = sg_part_type_by_name(name->str);
    attachment = sg_message_add_attachment(
        message, g_strdup(name->str), type ? type : "application/octet-stream", block->lines.len);
    content = block->yenc ? yenc_decode(block->lines)
                          : sg_encoding_decode(ENCODING_UU_LINES, block->lines, &broken);
    if (!type) {
        keep_unread(message, attachment, content);
        return;
    }
    sg_leaf_read_text(message, &(SgLeaf){.body = {content->str, content->len},
                                         .type = type,
                                         .name = name->str,
                                         .attached = TRUE,
                                         .inside = leaf->inside});
    g_string_free(content, TRUE);
}

GString *sg_inline_files_take(SgMessage *message, const SgLeaf *leaf, SgSpan text)
{
    GString *left = NULL;
    gsize at = 0;
    Block uu, yenc;
    gboolean have_uu = find_block(text, 0, FALSE, &uu);
    gboolean have_yenc = find_block(text, 0, TRUE, &yenc);

    while (have_uu || have_yenc) {
        const Block *next = !have_yenc || (have_uu && uu.start < yenc.start) ? &uu : &yenc;
        gsize end = next->end;

        if (!left)
            left = g_string_sized_new(text.len);
        g_string_append_len(left, text.at + at, (gssize)(next->start - at));
        take_block(message, leaf, next);
        at = end;
        if (have_uu && uu.start < at)
            have_uu = find_block(text, at, FALSE, &uu);
        if (have_yenc && yenc.start < at)
            have_yenc = find_block(text, at, TRUE, &yenc);
    }
    if (left)
        g_string_append_len(left, text.at + at, (gssize)(text.len - at));
    return left;
}
