/* business_body.c - where the mark of school business stands in a body: in plain messages, and as
 * the first line of each version of the text in those of several parts.
 *
 * Stricter than the readers of mail: what is not exactly as RFC 2046 has it is left alone. */
#include "business_internal.h"

#define DEPTH_MOST   8
#define WINDOW       (256 * 1024) /* bytes of a text in which its first line must end */
#define WRAPPED_MOST 16           /* lines of plain text that the line may take */

typedef struct Looking {
    const SgMessage *message;
    const char *mark;
    GArray *cuts;
    guint with;    /* versions of the text that have the line, */
    guint without; /* and others */
} Looking;

/* One part, as strictly read. */
typedef struct Part {
    SgSpan body;
    SgParams *type;
    SgEncoding encoding;
    gboolean encoded; /* in a way that nothing is cut from */
    gboolean is_text; /* not said to be a file */
} Part;

/* The beginning of a text, decoded. */
typedef struct Decoded {
    GString *text;
    GArray *from; /* of gsize: where each byte comes from in the message, and where the last ends */
} Decoded;

static void decoded_clear(Decoded *decoded)
{
    g_string_free(decoded->text, TRUE);
    g_array_unref(decoded->from);
}

/* The length of a soft line break at `at`, which ends in a line feed; 0 when there is none. */
static gsize soft_break(SgSpan body, gsize at)
{
    gsize end = at + 1;

    if (body.at[at] != '=')
        return 0;
    while (end < body.len && strchr(" \t\r", body.at[end]))
        end++;
    return end < body.len && body.at[end] == '\n' ? end + 1 - at : 0;
}

/* FALSE when something stands there that is no quoted-printable. */
static gboolean decode(Decoded *into, SgSpan body, SgEncoding encoding, gsize offset)
{
    gsize at = 0;

    while (at < body.len && at < WINDOW) {
        gsize from = offset + at;
        gsize soft = encoding == ENCODING_QP ? soft_break(body, at) : 0;
        gsize taken = encoding == ENCODING_QP && body.at[at] == '=' ? 3 : 1;
        int high = 0;
        int low = 0;

        if (soft > 0) {
            at += soft;
            continue;
        }
        if (taken == 3) {
            high = at + 2 < body.len ? g_ascii_xdigit_value(body.at[at + 1]) : -1;
            low = at + 2 < body.len ? g_ascii_xdigit_value(body.at[at + 2]) : -1;
        }
        if (high < 0 || low < 0)
            return FALSE;
        g_string_append_c(into->text, taken == 3 ? (char)(high * 16 + low) : body.at[at]);
        g_array_append_val(into->from, from);
        at += taken;
    }
    offset += at;
    g_array_append_val(into->from, offset);
    return TRUE;
}

/* Cuts [start, end) of what was decoded. Where a line of quoted-printable would become too long
 * because its soft break goes, that stays. */
static void cut_decoded(Looking *looking, const Decoded *decoded, SgEncoding encoding, gsize start,
                        gsize end)
{
    SgSpan raw = looking->message->bytes;
    gsize from = g_array_index(decoded->from, gsize, start);
    gsize to = g_array_index(decoded->from, gsize, end);
    gsize soft_end = to;

    if (encoding == ENCODING_QP && from > 0 && raw.at[from - 1] != '\n') {
        while (soft_end > from && raw.at[soft_end - 1] != '\n')
            soft_end--;
        for (gsize at = from; at < soft_end; at++) {
            gsize len = soft_break(raw, at);

            if (len > 0 && at + len == soft_end) {
                sg_cut_add(looking->cuts, from, at);
                sg_cut_add(looking->cuts, soft_end, to);
                return;
            }
        }
    }
    sg_cut_add(looking->cuts, from, to);
}

/* Whether `text`, in the charset of its part, is the line. */
static gboolean is_mark(SgSpan text, const Part *part, const char *mark)
{
    g_autoptr(GString) readable = g_string_new(NULL);

    sg_charset_decode(readable, text, sg_params_first(part->type, "charset"));
    g_autofree char *words = sg_business_collapse((SgSpan){readable->str, readable->len});
    return strcmp(words, mark) == 0;
}

/* The line as it may be wrapped in plain text. */
static gboolean plain_line(const Looking *looking, const Part *part, SgSpan text, gsize *start,
                           gsize *end)
{
    SgSpan rest = text;
    SgSpan line = {text.at, 0};

    while (rest.len > 0 && sg_span_trim(line).len == 0)
        line = sg_span_take_line(&rest);
    if (sg_business_line(line).len == 0)
        return FALSE;
    *start = (gsize)(line.at - text.at);
    for (guint i = 0; i < WRAPPED_MOST; i++) {
        *end = (gsize)(rest.at - text.at);
        if (is_mark((SgSpan){line.at, *end - *start}, part, looking->mark))
            return TRUE;
        sg_span_take_line(&rest);
    }
    return FALSE;
}

static gboolean holds_pgp(SgSpan body)
{
    return body.len > 0 && memmem(body.at, body.len, "-----BEGIN PGP", 14);
}

/* FALSE when the part must stay as it is. */
static gboolean cut_text(Looking *looking, const Part *part, gboolean html)
{
    Decoded decoded = {g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(gsize))};
    gsize start = 0;
    gsize end = 0;
    gboolean found;
    SgSpan text;

    found = looking->mark && !part->encoded &&
            decode(&decoded, part->body, part->encoding,
                   (gsize)(part->body.at - looking->message->bytes.at));
    text = (SgSpan){decoded.text->str, decoded.text->len};
    found = found && (html ? sg_business_html_line(text, &start, &end)
                           : plain_line(looking, part, text, &start, &end));
    if (found) {
        looking->with++;
        cut_decoded(looking, &decoded, part->encoding, start, end);
    } else {
        looking->without++;
    }
    decoded_clear(&decoded);
    return !holds_pgp(part->body);
}

/* Parts -------------------------------------------------------------------------------------------
 */

/* The value of the only field of that name, an empty span when there is none. */
static gboolean only_value(const SgFields *fields, const char *name, SgSpan *value)
{
    guint count = 0;

    *value = (SgSpan){"", 0};
    for (guint i = 0; i < fields->fields->len; i++) {
        const SgField *field = &g_array_index(fields->fields, SgField, i);

        if (sg_span_is_ci(field->name, name)) {
            *value = field->value;
            count++;
        }
    }
    return count <= 1;
}

static void read_encoding(Part *part, SgSpan value)
{
    g_autoptr(SgParams) named = sg_params_parse(value);
    static const char *const plain[] = {"", "7bit", "8bit", "binary", NULL};

    part->encoding = strcmp(named->value, "quoted-printable") == 0 ? ENCODING_QP : ENCODING_NONE;
    part->encoded = part->encoding == ENCODING_NONE && !g_strv_contains(plain, named->value);
}

/* FALSE when the fields are not what they should be. Free `type` in either case. */
static gboolean read_part(Part *part, const SgFields *fields)
{
    SgSpan type, encoding, disposition, sum;
    gboolean once = only_value(fields, "Content-Type", &type) &&
                    only_value(fields, "Content-Transfer-Encoding", &encoding) &&
                    only_value(fields, "Content-Disposition", &disposition) &&
                    only_value(fields, "Content-MD5", &sum);

    *part = (Part){.body = fields->body};
    if (!once || sum.len > 0 || !fields->blank_found || fields->stray.len > 0 || fields->limit)
        return FALSE;
    part->type = sg_params_parse(type.len > 0 ? type : sg_span("text/plain"));
    g_autoptr(SgParams) placed = sg_params_parse(disposition);
    part->is_text = (!*placed->value || strcmp(placed->value, "inline") == 0) &&
                    !sg_params_first(placed, "filename") && !sg_params_first(part->type, "name");
    read_encoding(part, encoding);
    return TRUE;
}

typedef enum { DELIMITS_NOT, DELIMITS_NEXT, DELIMITS_LAST, DELIMITS_ODDLY } Delimits;

static Delimits delimits(SgSpan line, SgSpan boundary)
{
    SgSpan after;

    if (line.len < boundary.len + 2 || memcmp(line.at, "--", 2) != 0 ||
        memcmp(line.at + 2, boundary.at, boundary.len) != 0)
        return DELIMITS_NOT;
    after = (SgSpan){line.at + 2 + boundary.len, line.len - 2 - boundary.len};
    if (sg_span_trim(after).len == 0)
        return DELIMITS_NEXT;
    return sg_span_begins(after, "--") && sg_span_trim(after).len == 2 ? DELIMITS_LAST
                                                                       : DELIMITS_ODDLY;
}

static SgSpan without_line_end(SgSpan bytes)
{
    if (bytes.len > 0 && bytes.at[bytes.len - 1] == '\n')
        bytes.len--;
    if (bytes.len > 0 && bytes.at[bytes.len - 1] == '\r')
        bytes.len--;
    return bytes;
}

/* The parts of a multipart, as an array of SgSpan; NULL when there is any doubt. */
static GArray *split(SgSpan body, const char *boundary)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(SgSpan));
    SgSpan rest = body;
    const char *open = NULL;
    gboolean closed = FALSE;

    if (!boundary || !*boundary)
        return NULL;
    while (rest.len > 0) {
        SgSpan line = sg_span_take_line(&rest);
        Delimits is = delimits(line, sg_span(boundary));

        if (is == DELIMITS_NOT)
            continue;
        if (is == DELIMITS_ODDLY || closed || (is == DELIMITS_LAST && !open))
            return NULL;
        if (open) {
            SgSpan part = without_line_end((SgSpan){open, (gsize)(line.at - open)});
            g_array_append_val(parts, part);
        }
        open = rest.at;
        closed = is == DELIMITS_LAST;
    }
    return closed && parts->len > 0 ? g_steal_pointer(&parts) : NULL;
}

static gboolean cut_part(Looking *looking, SgSpan bytes, guint depth);

/* Every version of the text counts in an alternative, in other multiparts the first part. */
static gboolean cut_multipart(Looking *looking, const Part *part, guint depth)
{
    gboolean versions = strcmp(part->type->value, "multipart/alternative") == 0;
    g_autoptr(GArray) parts = NULL;

    if (part->encoding != ENCODING_NONE || part->encoded)
        return FALSE;
    if (!versions && strcmp(part->type->value, "multipart/mixed") != 0 &&
        strcmp(part->type->value, "multipart/related") != 0)
        return FALSE;
    parts = split(part->body, sg_params_first(part->type, "boundary"));
    for (guint i = 0; parts && i < (versions ? parts->len : 1); i++) {
        if (!cut_part(looking, g_array_index(parts, SgSpan, i), depth + 1))
            return FALSE;
    }
    return parts != NULL;
}

static gboolean cut_as(Looking *looking, const Part *part, guint depth)
{
    const char *type = part->type->value;

    if (g_str_has_prefix(type, "multipart/"))
        return depth < DEPTH_MOST && cut_multipart(looking, part, depth);
    if (part->is_text && strcmp(type, "text/plain") == 0)
        return cut_text(looking, part, FALSE);
    if (part->is_text && strcmp(type, "text/html") == 0)
        return cut_text(looking, part, TRUE);
    looking->without++;
    return TRUE;
}

static gboolean cut_part(Looking *looking, SgSpan bytes, guint depth)
{
    SgFieldLimits limits = {looking->message->limits.headers, looking->message->limits.header_size};
    SgFields fields;
    Part part;
    gboolean safe;

    sg_fields_read(&fields, bytes, &limits);
    safe = read_part(&part, &fields) && cut_as(looking, &part, depth);
    sg_params_free(part.type);
    sg_fields_clear(&fields);
    return safe;
}

gboolean sg_business_cut_body(const SgMessage *message, const char *mark, GArray *cuts)
{
    Looking looking = {.message = message, .mark = mark, .cuts = cuts};

    return cut_part(&looking, message->bytes, 0) && (looking.with == 0 || looking.without == 0) &&
           (looking.with > 0) == (mark != NULL);
}
