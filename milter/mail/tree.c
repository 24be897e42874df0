/* tree.c - the first reading of a message: its parts as GMime finds them, without a copy
 *
 * GMime is exact where a message is: it gives one reading, and says what it found odd. Then, and
 * where it left bytes unread, the message is read a second time by structure.c, which follows what
 * other programs would make of it. Header texts are decoded by us in both (GMime 3.2.13 loses what
 * follows a padded encoded word, and is slow on thousands of them). */
#include "mail_internal.h"

#include <gmime/gmime.h>

/* More than ordinary mail holds, and little enough for GMime to take no noticeable time. */
#define DASHES_MOST        20000
#define ENCODED_WORDS_MOST 2000
#define HEADER_MOST        (256 * 1024)

typedef struct Tree {
    const SgSource *source;
    const guint8 *buffer; /* what GMime's streams stand on */
    gsize end;            /* of the last content seen: offset */
    gboolean odd;
} Tree;

void sg_tree_init(void)
{
    g_mime_init();
}

static gboolean costs_too_much(const SgSource *source, const SgFields *top)
{
    const char *at = source->whole.at;
    const char *end = at + source->whole.len;
    guint words = 0;

    if (source->dashes->len > DASHES_MOST || source->whole.len - top->body.len > HEADER_MOST)
        return TRUE;
    while (words <= ENCODED_WORDS_MOST && (at = memmem(at, (gsize)(end - at), "=?", 2))) {
        words++;
        at += 2;
    }
    return words > ENCODED_WORDS_MOST;
}

/* What is common in good mail, and what we decode ourselves, is not odd. */
static void note_warning(gint64 offset, GMimeParserWarning warning, const gchar *item,
                         gpointer data)
{
    Tree *tree = data;

    (void)offset;
    (void)item;
    if (warning != GMIME_WARN_UNENCODED_8BIT_HEADER &&
        warning != GMIME_WARN_INVALID_RFC2047_HEADER_VALUE &&
        warning != GMIME_WARN_INVALID_ADDRESS_LIST)
        tree->odd = TRUE;
}

static SgFields fields_of(GMimeHeaderList *list)
{
    SgFields fields = {.fields = g_array_new(FALSE, FALSE, sizeof(SgField)), .blank_found = TRUE};
    int count = g_mime_header_list_get_count(list);

    for (int i = 0; i < count; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        SgField field = {sg_span(g_mime_header_get_name(header)),
                         sg_span(g_mime_header_get_raw_value(header))};
        g_array_append_val(fields.fields, field);
    }
    return fields;
}

/* The bytes of a part's content as they stand in the message; FALSE when they do not. */
static gboolean content_of(Tree *tree, GMimePart *part, SgSpan *content)
{
    GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
    GMimeStream *stream = wrapper ? g_mime_data_wrapper_get_stream(wrapper) : NULL;
    gint64 start, stop;

    *content = (SgSpan){tree->source->whole.at, 0};
    if (!stream || !GMIME_IS_STREAM_MEM(stream) || !GMIME_STREAM_MEM(stream)->buffer ||
        GMIME_STREAM_MEM(stream)->buffer->data != tree->buffer)
        return FALSE;
    start = stream->bound_start;
    stop = stream->bound_end < 0 ? (gint64)tree->source->whole.len : stream->bound_end;
    if (start < 0 || start > stop || stop > (gint64)tree->source->whole.len)
        return FALSE;
    *content = (SgSpan){tree->source->whole.at + start, (gsize)(stop - start)};
    tree->end = MAX(tree->end, (gsize)stop);
    return TRUE;
}

static gboolean count_part(Tree *tree, SgWithin within)
{
    SgMessage *message = tree->source->message;

    if (within.depth > message->limits.depth) {
        sg_message_limit(message, "depth");
        return FALSE;
    }
    if (++message->parts > message->limits.parts) {
        sg_message_limit(message, "parts");
        return FALSE;
    }
    return TRUE;
}

static void read_object(Tree *tree, GMimeObject *object, SgWithin within);

static gboolean has_text(const char *text)
{
    return text && sg_span_trim(sg_span(text)).len > 0;
}

static void read_multipart(Tree *tree, GMimeMultipart *multipart, SgWithin within)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
    int count = g_mime_multipart_get_count(multipart);

    within.depth++;
    within.digest = type && g_mime_content_type_is_type(type, "multipart", "digest");
    if (count == 0 || has_text(g_mime_multipart_get_epilogue(multipart)))
        tree->odd = TRUE;
    for (int i = 0; i < count; i++)
        read_object(tree, g_mime_multipart_get_part(multipart, i), within);
}

/* An encoded attached message is not decoded by GMime; the second reading does. */
static gboolean is_encoded(GMimeObject *object)
{
    const char *encoding = g_mime_object_get_header(object, "Content-Transfer-Encoding");

    return encoding && (strcasestr(encoding, "base64") || strcasestr(encoding, "quoted"));
}

static void read_attached(Tree *tree, GMimeMessagePart *part, SgWithin within)
{
    GMimeMessage *inner = g_mime_message_part_get_message(part);
    GMimeObject *body = inner ? g_mime_message_get_mime_part(inner) : NULL;
    SgFields fields;
    gint64 start = 0;

    if (!body || is_encoded(GMIME_OBJECT(part))) {
        tree->odd = TRUE;
        return;
    }
    fields = fields_of(g_mime_object_get_header_list(GMIME_OBJECT(inner)));
    if (fields.fields->len > 0)
        start = g_mime_header_get_offset(g_mime_header_list_get_header_at(
            g_mime_object_get_header_list(GMIME_OBJECT(inner)), 0));
    within.depth++;
    within.digest = FALSE;
    within.attached = TRUE;
    sg_shown_fields_read(tree->source->message, &fields, within);
    sg_fields_clear(&fields);
    read_object(tree, body, within);

    fields = fields_of(g_mime_object_get_header_list(GMIME_OBJECT(part)));
    if (start >= 0 && (gsize)start <= tree->end)
        fields.body = (SgSpan){tree->source->whole.at + start, tree->end - (gsize)start};
    sg_part_add_attached_message(tree->source->message, &fields);
    sg_fields_clear(&fields);
}

static void read_leaf(Tree *tree, GMimePart *part, SgWithin within)
{
    SgFields fields = fields_of(g_mime_object_get_header_list(GMIME_OBJECT(part)));

    if (content_of(tree, part, &fields.body))
        sg_part_read_body(tree->source, &fields, within);
    else
        tree->odd = TRUE;
    sg_fields_clear(&fields);
}

static void read_object(Tree *tree, GMimeObject *object, SgWithin within)
{
    if (!count_part(tree, within))
        return;
    if (GMIME_IS_MULTIPART(object))
        read_multipart(tree, GMIME_MULTIPART(object), within);
    else if (GMIME_IS_MESSAGE_PART(object))
        read_attached(tree, GMIME_MESSAGE_PART(object), within);
    else if (GMIME_IS_PART(object))
        read_leaf(tree, GMIME_PART(object), within);
    else
        tree->odd = TRUE; /* message/partial and what GMime may learn yet */
}

/* The stream borrows the message's bytes: GMime neither copies nor frees them. */
static GMimeMessage *parse(Tree *tree, GByteArray *borrowed)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    GMimeParserOptions *options = g_mime_parser_options_new();
    GMimeMessage *message;
    GMimeParser *parser;

    /* In this order: what the stream was born with is freed only while it owns its buffer. */
    g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), borrowed);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    g_mime_parser_options_set_warning_callback(options, note_warning, tree);
    parser = g_mime_parser_new_with_stream(stream);
    message = g_mime_parser_construct_message(parser, options);
    g_object_unref(parser);
    g_mime_parser_options_free(options);
    g_object_unref(stream);
    return message;
}

gboolean sg_tree_read(const SgSource *source, const SgFields *top, SgWithin within)
{
    GByteArray borrowed = {(guint8 *)source->whole.at, (guint)source->whole.len};
    Tree tree = {.source = source, .buffer = borrowed.data};
    GMimeMessage *message;

    if (source->whole.len > G_MAXINT32 || costs_too_much(source, top))
        return FALSE;
    message = parse(&tree, &borrowed);
    if (!message)
        return FALSE;
    if (top->stray.len > 0 || !top->blank_found)
        tree.odd = TRUE;
    if (g_mime_message_get_mime_part(message))
        read_object(&tree, g_mime_message_get_mime_part(message), within);
    else
        tree.odd = TRUE;
    g_object_unref(message);
    return !tree.odd;
}
