/* compose.c - see compose.h. Written by hand: what is attached must come back byte for byte, and
 * what is automatic should be the same bytes each time it is made. */
#include "schoolgate/compose.h"

#include "mail_internal.h"

#define LINE_MOST    76  /* bytes of a line that we write */
#define WORD_MOST    42  /* bytes of text in one encoded word: 56 in base64, 68 with its frame */
#define LINE_ALLOWED 998 /* RFC 5322, section 2.1.1 */
#define SUBJECT_MOST 400 /* bytes; longer ones are no subjects */

/* Headers -----------------------------------------------------------------------------------------
 */

/* Valid UTF-8 in one line: control characters, and what separates lines in Unicode, are spaces. */
static char *one_line(const char *value)
{
    g_autofree char *valid = g_utf8_make_valid(value ? value : "", -1);
    GString *line = g_string_sized_new(strlen(valid));

    for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
        gunichar unicode = g_utf8_get_char(c);

        if (g_unichar_iscntrl(unicode) || unicode == 0x2028 || unicode == 0x2029)
            g_string_append_c(line, ' ');
        else
            g_string_append_unichar(line, unicode);
    }
    return g_strstrip(g_string_free(line, FALSE));
}

/* What stands between angle brackets: nothing that ends it, and no space outside quotes. */
static char *bare_address(const char *value)
{
    g_autofree char *line = one_line(value);
    GString *address = g_string_new(NULL);
    gboolean quoted = FALSE;

    for (const char *c = line; *c; c++) {
        if (*c == '"')
            quoted = !quoted;
        if (*c != '<' && *c != '>' && (quoted || *c != ' '))
            g_string_append_c(address, *c);
    }
    return g_string_free(address, FALSE);
}

static gboolean is_ascii(const char *text)
{
    return sg_ascii_only(sg_span(text));
}

/* Takes the first of `text` that fit into an encoded word: whole characters. */
static gsize word_length(const char *text)
{
    const char *end = text;

    while (*end && g_utf8_next_char(end) - text <= WORD_MOST)
        end = g_utf8_next_char(end);
    return (gsize)(end - text);
}

/* RFC 2047: words of base64, each of whole characters. */
static void append_encoded(GString *out, const char *text)
{
    while (*text) {
        gsize length = word_length(text);
        g_autofree char *base64 = g_base64_encode((const guchar *)text, length);

        text += length;
        g_string_append_printf(out, "=?UTF-8?B?%s?=%s", base64, *text ? "\r\n " : "");
    }
}

/* A word of ASCII that a reader would take for an encoded one, or that no line can hold. */
static gboolean needs_encoding(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    if (!is_ascii(text) || strstr(text, "=?"))
        return TRUE;
    for (char **word = words; *word; word++) {
        if (strlen(*word) > LINE_MOST - 10)
            return TRUE;
    }
    return FALSE;
}

/* Folded at spaces, so that each line is short enough; the first has `column` bytes already. */
static void append_folded(GString *out, const char *text, gsize column)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (char **word = words; *word; word++) {
        gsize length = strlen(*word);

        if (**word == '\0')
            continue;
        if (column + 1 + length > LINE_MOST && word != words) {
            g_string_append(out, "\r\n");
            column = 0;
        }
        g_string_append_printf(out, " %s", *word);
        column += 1 + length;
    }
}

static void clip(char *line, gsize most)
{
    char *end = line + most;

    if (strlen(line) <= most)
        return;
    while (((guchar)*end & 0xc0) == 0x80)
        end--;
    *end = '\0';
}

static void add_text_header(GString *out, const char *name, const char *value)
{
    g_autofree char *line = one_line(value);

    clip(line, SUBJECT_MOST);
    g_string_append_printf(out, "%s:", name);
    if (needs_encoding(line)) {
        g_string_append_c(out, ' ');
        append_encoded(out, line);
    } else {
        append_folded(out, line, strlen(name) + 1);
    }
    g_string_append(out, "\r\n");
}

/* A display name stands in quotes, which hold anything but quotes and backslashes. */
static void add_address_header(GString *out, const char *name, const char *person,
                               const char *value)
{
    g_autofree char *address = bare_address(value);
    g_autofree char *line = one_line(person);

    g_string_append_printf(out, "%s:", name);
    g_strdelimit(line, "\"\\", '\'');
    gboolean encoded = needs_encoding(line) || strlen(line) > WORD_MOST;
    if (*line && encoded) {
        g_string_append_c(out, ' ');
        append_encoded(out, line);
    } else if (*line) {
        g_string_append_printf(out, " \"%s\"", line);
    }
    if (strlen(name) + strlen(line) + strlen(address) + 8 > LINE_MOST || encoded)
        g_string_append(out, "\r\n");
    g_string_append_printf(out, " <%s>\r\n", address);
}

/* A Message-ID, or nothing when it is none: one that came by mail may be anything. */
static void add_id_header(GString *out, const char *name, const char *value)
{
    gsize length = value ? strlen(value) : 0;

    if (length < 5 || length > 250 || value[0] != '<' || value[length - 1] != '>')
        return;
    for (gsize i = 1; i + 1 < length; i++) {
        if (!g_ascii_isgraph(value[i]) || value[i] == '<' || value[i] == '>')
            return;
    }
    g_string_append_printf(out, "%s:%s %s\r\n", name,
                           strlen(name) + length + 3 > LINE_MOST ? "\r\n" : "", value);
}

/* Names of days and months are English in every locale (RFC 5322, section 3.3). */
static void add_date(GString *out, const SgDraft *draft)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(draft->date);
    g_autoptr(GDateTime) local =
        draft->zone ? g_date_time_to_timezone(utc, draft->zone) : g_date_time_ref(utc);
    g_autofree char *rest = g_date_time_format(local, "%Y %H:%M:%S %z");

    g_string_append_printf(
        out, "Date: %s, %d %s %s\r\n", days[g_date_time_get_day_of_week(local) - 1],
        g_date_time_get_day_of_month(local), months[g_date_time_get_month(local) - 1], rest);
}

/* No Precedence: with `bulk` some mailboxes hide what a person is to read; whoever heeds it heeds
 * Auto-Submitted or the null envelope sender as well (RFC 3834, sections 2 and 3.1.8). */
static void add_headers(GString *out, const SgDraft *draft)
{
    add_address_header(out, "From", draft->from_name, draft->from);
    add_address_header(out, "To", NULL, draft->to);
    if (draft->reply_to)
        add_address_header(out, "Reply-To", NULL, draft->reply_to);
    add_text_header(out, "Subject", draft->subject);
    add_date(out, draft);
    add_id_header(out, "Message-ID", draft->message_id);
    add_id_header(out, "In-Reply-To", draft->about);
    add_id_header(out, "References", draft->about);
    g_string_append_printf(out, "Auto-Submitted: %s\r\n",
                           draft->automatic == SG_AUTO_REPLIED ? "auto-replied" : "auto-generated");
    g_string_append(out, "X-Auto-Response-Suppress: All\r\n");
    g_string_append(out, "MIME-Version: 1.0\r\n");
}

/* Parts -------------------------------------------------------------------------------------------
 */

static gboolean is_plain(guchar c, gboolean at_end)
{
    return (c > 32 && c < 127 && c != '=') || ((c == ' ' || c == '\t') && !at_end);
}

/* One line in quoted-printable, without its line end. A dot, and "From ", alone at the start of a
 * line are what some servers change. */
static void append_quoted_line(GString *out, SgSpan line)
{
    gsize column = 0;

    for (gsize i = 0; i < line.len; i++) {
        guchar c = (guchar)line.at[i];
        gboolean tempting = column == 0 && (c == '.' || c == 'F');
        gboolean plain = is_plain(c, i + 1 == line.len) && !tempting;
        gsize width = plain ? 1 : 3;

        if (column + width > LINE_MOST - 1) {
            g_string_append(out, "=\r\n");
            column = 0;
            plain = plain && c != '.' && c != 'F';
            width = plain ? 1 : 3;
        }
        if (plain)
            g_string_append_c(out, (char)c);
        else
            g_string_append_printf(out, "=%02X", c);
        column += width;
    }
}

static void append_quoted(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    SgSpan rest = sg_span(valid);

    while (rest.len > 0) {
        SgSpan line = sg_span_take_line(&rest);

        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        append_quoted_line(out, line);
        g_string_append(out, "\r\n");
    }
}

static void add_text_part(GString *out, const char *type, const char *text)
{
    g_string_append_printf(out,
                           "Content-Type: text/%s; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                           type);
    append_quoted(out, text);
}

/* Whether mail servers carry these lines as they are: ended by CRLF, none too long, no NUL. */
static gboolean travels_as_it_is(SgSpan bytes)
{
    gsize line = 0;

    for (gsize i = 0; i < bytes.len; i++) {
        gboolean ends = bytes.at[i] == '\r' && i + 1 < bytes.len && bytes.at[i + 1] == '\n';

        if (ends) {
            i++;
            line = 0;
        } else if (bytes.at[i] == '\0' || bytes.at[i] == '\r' || bytes.at[i] == '\n' ||
                   ++line > LINE_ALLOWED) {
            return FALSE;
        }
    }
    return TRUE;
}

static void append_base64(GString *out, SgSpan bytes)
{
    for (gsize i = 0; i < bytes.len; i += 57) {
        g_autofree char *line =
            g_base64_encode((const guchar *)bytes.at + i, MIN(57, bytes.len - i));

        g_string_append_printf(out, "%s\r\n", line);
    }
}

static void add_original(GString *out, SgSpan bytes, gboolean as_it_is)
{
    if (as_it_is) {
        g_string_append(out, "Content-Type: message/rfc822\r\n"
                             "Content-Disposition: attachment; filename=\"message.eml\"\r\n");
        g_string_append_printf(out, "Content-Transfer-Encoding: %s\r\n\r\n",
                               sg_ascii_only(bytes) ? "7bit" : "8bit");
        g_string_append_len(out, bytes.at, (gssize)bytes.len);
        g_string_append(out, "\r\n"); /* is of the boundary, not of what stands before it */
        return;
    }
    g_string_append(out, "Content-Type: application/octet-stream; name=\"message.eml\"\r\n"
                         "Content-Disposition: attachment; filename=\"message.eml\"\r\n"
                         "Content-Transfer-Encoding: base64\r\n\r\n");
    append_base64(out, bytes);
}

/* A boundary that stands in none of the parts: their own sum, which nobody can put into them. */
static char *boundary_of(const SgDraft *draft, const char *which)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    SgSpan original = draft->original ? sg_span_of_bytes(draft->original) : sg_span("");

    g_checksum_update(sum, (const guchar *)which, (gssize)strlen(which) + 1);
    g_checksum_update(sum, (const guchar *)draft->text, (gssize)strlen(draft->text) + 1);
    if (draft->html)
        g_checksum_update(sum, (const guchar *)draft->html, (gssize)strlen(draft->html) + 1);
    g_checksum_update(sum, (const guchar *)original.at, (gssize)original.len);
    /* "=_" stands in no quoted-printable line. */
    char *boundary = g_strdup_printf("=_%.32s", g_checksum_get_string(sum));
    g_checksum_free(sum);
    return boundary;
}

static void add_texts(GString *out, const SgDraft *draft)
{
    if (!draft->html) {
        add_text_part(out, "plain", draft->text);
        return;
    }
    g_autofree char *boundary = boundary_of(draft, "texts");
    g_string_append_printf(
        out, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n", boundary,
        boundary);
    add_text_part(out, "plain", draft->text);
    g_string_append_printf(out, "\r\n--%s\r\n", boundary);
    add_text_part(out, "html", draft->html);
    g_string_append_printf(out, "\r\n--%s--\r\n", boundary);
}

static void add_parts(GString *out, const SgDraft *draft)
{
    SgSpan bytes = sg_span_of_bytes(draft->original);
    gboolean as_it_is = travels_as_it_is(bytes);
    g_autofree char *boundary = boundary_of(draft, "parts");

    g_string_append_printf(out, "Content-Type: multipart/mixed;\r\n boundary=\"%s\"\r\n", boundary);
    if (as_it_is && !sg_ascii_only(bytes))
        g_string_append(out, "Content-Transfer-Encoding: 8bit\r\n");
    g_string_append_printf(out, "\r\n--%s\r\n", boundary);
    add_texts(out, draft);
    g_string_append_printf(out, "\r\n--%s\r\n", boundary);
    add_original(out, bytes, as_it_is);
    g_string_append_printf(out, "--%s--\r\n", boundary);
}

GBytes *sg_compose(const SgDraft *draft)
{
    GString *out = g_string_new(NULL);

    add_headers(out, draft);
    if (draft->original)
        add_parts(out, draft);
    else
        add_texts(out, draft);
    return g_string_free_to_bytes(out);
}
