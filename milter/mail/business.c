/* business.c - the mark of school business: what it looks like, and where it is cut out of a
 * message. Of the headers here; business_body.c does the body. */
#include "business_internal.h"

#define NOTHING ((SgSpan){NULL, 0})

SgSpan sg_business_line(SgSpan text)
{
    SgSpan line;

    while (text.len > 0 && g_ascii_isspace(*text.at))
        text = (SgSpan){text.at + 1, text.len - 1};
    line = sg_span_take_line(&text);
    return sg_span_begins(line, SG_BUSINESS_WORD) ? line : NOTHING;
}

SgSpan sg_business_tag(SgSpan subject)
{
    const char *end = subject.at + subject.len;

    for (const char *open = subject.at; open < end; open++) {
        SgSpan inside;
        const char *close;

        open = memchr(open, '[', (gsize)(end - open));
        if (!open)
            break;
        inside = (SgSpan){open + 1, (gsize)(end - open - 1)};
        close = inside.len > 0 ? memchr(inside.at, ']', inside.len) : NULL;
        if (close && sg_span_begins(inside, SG_BUSINESS_WORD))
            return (SgSpan){open, (gsize)(close + 1 - open)};
    }
    return NOTHING;
}

char *sg_business_collapse(SgSpan text)
{
    GString *out = g_string_sized_new(text.len);
    gboolean space = FALSE;

    for (gsize at = 0; at < text.len;) {
        gsize start = at;
        gint32 c = sg_utf8_next(text, &at);

        if (c < 0 || c == 0 || g_unichar_isspace((gunichar)c)) {
            space = out->len > 0;
            continue;
        }
        if (space)
            g_string_append_c(out, ' ');
        space = FALSE;
        g_string_append_len(out, text.at + start, (gssize)(at - start));
    }
    return g_string_free(out, FALSE);
}

void sg_cut_add(GArray *cuts, gsize start, gsize end)
{
    SgCut cut = {start, end - start};

    if (end > start)
        g_array_append_val(cuts, cut);
}

void sg_cuts_keep(GByteArray *into, SgSpan bytes, gsize start, gsize end, const GArray *cuts)
{
    gsize at = start;

    for (guint i = 0; i < cuts->len; i++) {
        const SgCut *cut = &g_array_index(cuts, SgCut, i);
        gsize stop = CLAMP(cut->start, at, end);

        g_byte_array_append(into, (const guint8 *)bytes.at + at, (guint)(stop - at));
        at = CLAMP(cut->start + cut->len, stop, end);
    }
    g_byte_array_append(into, (const guint8 *)bytes.at + at, (guint)(end - at));
}

/* Headers -----------------------------------------------------------------------------------------
 */

/* What these fields vouch for must stay as it is. */
static gboolean vouches(const SgField *field)
{
    static const char *const names[] = {
        "DKIM-Signature",          "DomainKey-Signature", "ARC-Seal",      "ARC-Message-Signature",
        "X-Google-DKIM-Signature", "Content-MD5",         "Content-Length"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (sg_span_is_ci(field->name, names[i]))
            return TRUE;
    }
    return FALSE;
}

static void cut_field(SgSpan raw, const SgField *field, GArray *cuts)
{
    gsize end = (gsize)(field->value.at + field->value.len - raw.at);

    if (end < raw.len && raw.at[end] == '\r')
        end++;
    if (end < raw.len && raw.at[end] == '\n')
        end++;
    sg_cut_add(cuts, (gsize)(field->name.at - raw.at), end);
}

/* A tag goes with the white space behind it, or, where it is the last word, with that before it:
 * folds are white space too, and no line of a header may be left blank. The first space stays. */
static void cut_tag(SgSpan raw, SgSpan value, SgSpan tag, GArray *cuts)
{
    const char *start = tag.at;
    const char *end = tag.at + tag.len;
    const char *value_end = value.at + value.len;

    if (start == value.at || g_ascii_isspace(start[-1])) {
        while (end < value_end && g_ascii_isspace(*end))
            end++;
    }
    if (end == value_end) {
        while (start > value.at + 1 && g_ascii_isspace(start[-1]))
            start--;
    }
    sg_cut_add(cuts, (gsize)(start - raw.at), (gsize)(end - raw.at));
}

static void cut_tags(SgSpan raw, SgSpan value, GArray *cuts)
{
    SgSpan rest = value;

    for (SgSpan tag; (tag = sg_business_tag(rest)).len > 0;) {
        guint before = cuts->len;

        cut_tag(raw, value, tag, cuts);
        rest.at = tag.at + tag.len;
        rest.len = (gsize)(value.at + value.len - rest.at);
        /* Two tags side by side would claim the space between them twice. */
        if (before > 0) {
            SgCut *last = &g_array_index(cuts, SgCut, before - 1);
            SgCut *this = &g_array_index(cuts, SgCut, before);
            gsize reached = last->start + last->len;

            if (this->start < reached) {
                this->len -= MIN(this->len, reached - this->start);
                this->start = reached;
            }
        }
    }
}

/* Some programs end a line at a CR by itself. */
static gboolean has_lone_cr(SgSpan bytes)
{
    for (gsize i = 0; i < bytes.len; i++) {
        if (bytes.at[i] == '\r' && (i + 1 == bytes.len || bytes.at[i + 1] != '\n'))
            return TRUE;
    }
    return FALSE;
}

gboolean sg_business_is_subject(const char *name)
{
    return g_ascii_strcasecmp(name, "Subject") == 0 ||
           g_ascii_strcasecmp(name, "Thread-Topic") == 0;
}

static gboolean cut_fields(SgSpan raw, const SgFields *fields, GArray *cuts)
{
    guint subjects = 0;
    guint topics = 0;

    for (guint i = 0; i < fields->fields->len; i++) {
        const SgField *field = &g_array_index(fields->fields, SgField, i);
        g_autofree char *name = sg_span_dup(field->name);

        if (vouches(field))
            return FALSE;
        if (sg_span_is_ci(field->name, SG_BUSINESS_HEADER))
            cut_field(raw, field, cuts);
        subjects += sg_span_is_ci(field->name, "Subject") ? 1 : 0;
        topics += sg_span_is_ci(field->name, "Thread-Topic") ? 1 : 0;
        if (sg_business_is_subject(name))
            cut_tags(raw, field->value, cuts);
    }
    return subjects <= 1 && topics <= 1;
}

static gboolean cut_headers(SgSpan raw, gsize header_size, const SgLimits *limits, GArray *cuts)
{
    SgFieldLimits most = {limits->headers, limits->header_size};
    SgFields fields;
    gboolean safe;

    if (header_size > raw.len || has_lone_cr((SgSpan){raw.at, header_size}))
        return FALSE;
    sg_fields_read(&fields, raw, &most);
    safe = fields.blank_found && fields.stray.len == 0 && !fields.limit &&
           fields.body.at > raw.at + header_size && fields.body.at <= raw.at + header_size + 2 &&
           cut_fields(raw, &fields, cuts);
    sg_fields_clear(&fields);
    return safe;
}

/* The whole message -------------------------------------------------------------------------------
 */

static gboolean is_sealed(const SgMessage *message)
{
    for (guint i = 0; i < message->attachments->len; i++) {
        const SgAttachment *attachment = message->attachments->pdata[i];

        if (strstr(attachment->type, "pkcs7") || strstr(attachment->type, "pgp"))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_odd(const SgMessage *message)
{
    return message->defects->len > 0 || message->limits_hit->len > 0;
}

static int by_start(gconstpointer left, gconstpointer right)
{
    gsize a = ((const SgCut *)left)->start;
    gsize b = ((const SgCut *)right)->start;

    return a < b ? -1 : a > b;
}

static gboolean are_apart(const GArray *cuts)
{
    for (guint i = 1; i < cuts->len; i++) {
        const SgCut *before = &g_array_index(cuts, SgCut, i - 1);

        if (before->start + before->len > g_array_index(cuts, SgCut, i).start)
            return FALSE;
    }
    return TRUE;
}

/* What stood on either side of a cut is one line now. */
static gboolean lines_stay_short(SgSpan raw, const GArray *cuts)
{
    for (guint i = 0; i < cuts->len; i++) {
        const SgCut *cut = &g_array_index(cuts, SgCut, i);
        gsize start = cut->start;
        gsize end = cut->start + cut->len;

        while (start > 0 && raw.at[start - 1] != '\n')
            start--;
        while (end < raw.len && raw.at[end] != '\n')
            end++;
        if (start < cut->start && end > cut->start + cut->len && end - start - cut->len > LINE_MOST)
            return FALSE;
    }
    return TRUE;
}

static gboolean holds(SgSpan raw, const SgMessage *before, const char *mark, const GArray *cuts,
                      const SgLimits *limits)
{
    GByteArray *kept = g_byte_array_sized_new((guint)raw.len);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(SgMessage) after = NULL;

    sg_cuts_keep(kept, raw, 0, raw.len, cuts);
    bytes = g_byte_array_free_to_bytes(kept);
    after = sg_message_new(bytes, limits);
    return !is_odd(after) && sg_business_is_gone(before, after, mark);
}

GArray *sg_business_cuts(GBytes *raw, gsize header_size, const SgLimits *limits)
{
    g_autoptr(GArray) cuts = g_array_new(FALSE, FALSE, sizeof(SgCut));
    g_autoptr(SgMessage) before = sg_message_new(raw, limits);
    g_autofree char *mark = sg_business_mark(before);
    SgSpan bytes = sg_span_of_bytes(raw);

    if (is_odd(before) || is_sealed(before) || bytes.len > G_MAXINT32 ||
        !cut_headers(bytes, header_size, limits, cuts) ||
        !sg_business_cut_body(before, mark, cuts) || cuts->len == 0)
        return NULL;
    g_array_sort(cuts, by_start);
    if (!are_apart(cuts) || !lines_stay_short(bytes, cuts) ||
        !holds(bytes, before, mark, cuts, limits))
        return NULL;
    return g_steal_pointer(&cuts);
}
