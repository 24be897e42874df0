/* part.c - what one part is: parts of its own, a message, a text, or an attachment
 *
 * Where fields are repeated or contradict each other, every reading that some mail program takes is
 * followed. Recursion is bounded by the limit on depth, work by the limit on parts. */
#include "mail_internal.h"

/* Further readings of ambiguous parts that are followed; each may double what is below it. */
#define READINGS_MAX 64

/* The encodings that the fields name: a set of 1 << Encoding. */
static guint encodings_named(const SgFields *fields)
{
    guint set = 0;

    for (guint i = 0; i < fields->fields->len; i++) {
        const SgField *field = &g_array_index(fields->fields, SgField, i);
        g_autoptr(SgParams) value = NULL;

        if (!sg_span_is_ci(field->name, "Content-Transfer-Encoding"))
            continue;
        value = sg_params_parse(field->value);
        if (strcmp(value->value, "base64") == 0)
            set |= 1 << ENCODING_BASE64;
        else if (g_str_has_suffix(value->value,
                                  "base64")) /* x-base64 and the like: some decode it */
            set |= 1 << ENCODING_BASE64 | 1 << ENCODING_NONE;
        else if (strcmp(value->value, "quoted-printable") == 0)
            set |= 1 << ENCODING_QP;
        else if (strstr(value->value, "uue") || strstr(value->value, "uuencode"))
            set |= 1 << ENCODING_UU;
        else
            set |= 1 << ENCODING_NONE;
    }
    return set;
}

/* Whether a body that is said to be base64 is. Clear text, which some senders say it of, has blanks
 * within its lines and makes no text when decoded. */
static gboolean looks_like_base64(SgSpan body)
{
    gboolean blanks = FALSE;
    gboolean broken;
    gsize odd = 0;
    GString *decoded;

    body = sg_span_trim(body);
    body.len = MIN(body.len, 400);
    for (gsize i = 0; i + 1 < body.len && !blanks; i++)
        blanks = (body.at[i] == ' ' || body.at[i] == '\t') && g_ascii_isgraph(body.at[i + 1]);
    if (!blanks)
        return TRUE;
    decoded = sg_encoding_decode(ENCODING_BASE64, body, &broken);
    for (gsize i = 0; i < decoded->len; i++)
        odd += !g_ascii_isprint(decoded->str[i]) && !g_ascii_isspace(decoded->str[i]);
    g_string_free(decoded, TRUE);
    return odd * 4 < body.len;
}

/* Which of the encodings named are worth reading, as a set. */
static guint encodings_to_read(SgMessage *message, const SgFields *fields)
{
    guint set = encodings_named(fields);
    gboolean several = (set & (set - 1)) != 0;

    if (set == 0)
        return 1 << ENCODING_NONE;
    if (several)
        sg_message_defect(message, "encoding-repeated");
    if ((set & (1 << ENCODING_BASE64)) && !looks_like_base64(fields->body))
        return (set & ~(1u << ENCODING_BASE64)) | (1 << ENCODING_NONE);
    if (several && (set & (1 << ENCODING_BASE64)))
        set &= ~(1u << ENCODING_NONE);
    return set;
}

static SgSpan field_value(const SgFields *fields, const char *name)
{
    for (guint i = 0; i < fields->fields->len; i++) {
        const SgField *field = &g_array_index(fields->fields, SgField, i);
        if (sg_span_is_ci(field->name, name))
            return field->value;
    }
    return (SgSpan){NULL, 0};
}

static SgSpan last_field_value(const SgFields *fields, const char *name)
{
    for (guint i = fields->fields->len; i > 0; i--) {
        const SgField *field = &g_array_index(fields->fields, SgField, i - 1);
        if (sg_span_is_ci(field->name, name))
            return field->value;
    }
    return (SgSpan){NULL, 0};
}

/* What is shown of a part that says it has parts and has none: its text. */
static void read_unsplit(const SgSource *source, SgSpan body, SgEncoding encoding, SgWithin within)
{
    SgSpan start = sg_span_trim(body);
    SgLeaf leaf = {.body = body, .encoding = encoding, .inside = within.attached};

    leaf.type = start.len > 0 && start.at[0] == '<' ? "text/html" : "text/plain";
    sg_message_defect(source->message, "boundary-missing");
    sg_leaf_read_text(source->message, &leaf);
}

static guint split_by_declared(const SgSource *source, SgSpan body, const SgParams *type,
                               SgWithin within)
{
    const char *first = sg_params_first(type, "boundary");
    const char *last = sg_params_last(type, "boundary");
    guint count = 0;

    if (!first)
        return 0;
    count = sg_split(source, body, first, within);
    if (strcmp(first, last) != 0) {
        sg_message_defect(source->message, "boundary-repeated");
        count += sg_split(source, body, last, within);
    }
    return count;
}

static void read_multipart(const SgSource *source, SgSpan body, const SgParams *type,
                           SgEncoding encoding, SgWithin within)
{
    SgWithin inner = within;
    SgSpan guess;

    inner.depth++;
    inner.digest = strcmp(type->value, "multipart/digest") == 0;
    if (encoding == ENCODING_NONE && split_by_declared(source, body, type, inner) > 0)
        return;
    if (encoding != ENCODING_NONE) {
        SgSource decoded = sg_source_decoded(source, body, encoding);
        guint count = split_by_declared(&decoded, decoded.whole, type, inner);

        g_array_unref(decoded.dashes);
        if (count > 0 || split_by_declared(source, body, type, inner) > 0)
            return;
    }
    guess = sg_guess_boundary(source, body);
    if (guess.len > 0)
        sg_split_by(source, body, guess, MATCH_EXACT, inner);
    read_unsplit(source, body, encoding, within);
}

void sg_part_read_message(const SgSource *source, SgSpan bytes, SgWithin within)
{
    SgFieldLimits limits = {source->message->limits.headers, source->message->limits.header_size};
    SgFields fields;

    if (within.depth >= source->message->limits.depth) {
        sg_message_limit(source->message, "depth");
        return;
    }
    sg_fields_read(&fields, bytes, &limits);
    if (fields.limit)
        sg_message_limit(source->message, fields.limit);
    within.depth++;
    within.digest = FALSE;
    within.attached = TRUE;
    sg_shown_fields_read(source->message, &fields, within);
    sg_part_read_body(source, &fields, within);
    sg_fields_clear(&fields);
}

static void read_message(const SgSource *source, SgSpan body, SgEncoding encoding, SgWithin within)
{
    if (encoding == ENCODING_NONE) {
        sg_part_read_message(source, body, within);
    } else {
        SgSource decoded = sg_source_decoded(source, body, encoding);

        sg_part_read_message(&decoded, decoded.whole, within);
        g_array_unref(decoded.dashes);
    }
}

/* How a part is named and placed. */
typedef struct Placement {
    char *name;        /* decoded, or NULL */
    gboolean attached; /* by its disposition, or because it is named and not said to be inline */
} Placement;

/* Adds each name of a part: programs differ in which one they show. The first is returned. */
static const char *add_names(SgMessage *message, const SgParams *params, const char *name,
                             const char *best)
{
    for (guint i = 0; params && i < params->names->len; i++) {
        const char *value = g_ptr_array_index(params->values, i);

        if (strcmp(g_ptr_array_index(params->names, i), name) != 0 || !*value)
            continue;
        sg_message_add_text(message, SG_TEXT_NAME, "attachment name", g_string_new(value));
        best = best ? best : value;
    }
    return best;
}

static Placement placement_of(SgMessage *message, const SgFields *fields, const SgParams *type)
{
    g_autoptr(SgParams) disposition = sg_params_parse(field_value(fields, "Content-Disposition"));
    const char *name = add_names(message, disposition, "filename", NULL);
    Placement placement;

    name = add_names(message, disposition, "name", name);
    name = add_names(message, type, "name", name);
    name = add_names(message, type, "filename", name);
    sg_shown_description_read(message, fields);
    placement.name = g_strdup(name);
    placement.attached = strcmp(disposition->value, "attachment") == 0 ||
                         (placement.name && strcmp(disposition->value, "inline") != 0);
    return placement;
}

const char *sg_part_type_by_name(const char *name)
{
    static const struct {
        const char *suffix;
        const char *type;
    } known[] = {
        {".txt", "text/plain"},       {".text", "text/plain"},    {".csv", "text/csv"},
        {".htm", "text/html"},        {".html", "text/html"},     {".xhtml", "text/html"},
        {".md", "text/plain"},        {".ics", "text/calendar"},  {".vcf", "text/vcard"},
        {".log", "text/plain"},       {".eml", "message/rfc822"}, {".mht", "message/rfc822"},
        {".mhtml", "message/rfc822"},
    };
    gsize len = name ? strlen(name) : 0;

    for (gsize i = 0; name && i < G_N_ELEMENTS(known); i++) {
        gsize suffix = strlen(known[i].suffix);
        if (len >= suffix && g_ascii_strcasecmp(name + len - suffix, known[i].suffix) == 0)
            return known[i].type;
    }
    return NULL;
}

static gboolean holds_message(const char *type)
{
    static const char *const types[] = {
        "message/rfc822",         "message/global",      "message/news",
        "message/partial",        "text/rfc822-headers", "message/rfc822-headers",
        "message/global-headers", "application/rfc822",  NULL};

    return g_strv_contains(types, type);
}

static gboolean holds_text(const char *type)
{
    static const char *const others[] = {"application/xml", "application/json", "application/text",
                                         NULL};

    return g_str_has_prefix(type, "text/") || g_str_has_prefix(type, "message/") ||
           g_str_has_suffix(type, "+xml") || g_strv_contains(others, type);
}

/* The type to read a part as: what is declared, made sense of. */
static const char *effective_type(const SgParams *type, const Placement *placement, SgWithin within)
{
    const char *by_name;

    if (g_str_has_prefix(type->value, "multipart") && sg_params_first(type, "boundary"))
        return "multipart/mixed";
    if (!strchr(type->value, '/'))
        return within.digest ? "message/rfc822" : "text/plain";
    if (holds_text(type->value) || g_str_has_prefix(type->value, "multipart/"))
        return type->value;
    by_name = sg_part_type_by_name(placement->name);
    return by_name ? by_name : type->value;
}

static void read_text(const SgSource *source, const SgFields *fields, const SgParams *type,
                      const char *as, const Placement *placement, SgWithin within)
{
    guint encodings = encodings_to_read(source->message, fields);
    SgLeaf leaf = {.body = fields->body,
                   .type = as,
                   .params = type,
                   .name = placement->name,
                   .attached = placement->attached || within.attached,
                   .inside = within.attached};

    SgAttachment *attachment = NULL;
    if (placement->attached)
        attachment = sg_message_add_attachment(source->message, g_strdup(placement->name), as,
                                               fields->body.len);
    for (guint encoding = 0; encoding < ENCODINGS; encoding++) {
        leaf.encoding = encoding;
        if (!(encodings & (1u << encoding)))
            continue;
        sg_file_add(source->message, attachment, fields->body, leaf.encoding);
        sg_leaf_read_text(source->message, &leaf);
    }
}

/* The one encoding that is undone for what holds parts or a message. */
static SgEncoding encoding_of(const SgFields *fields)
{
    guint set = encodings_named(fields);

    if ((set & (1 << ENCODING_BASE64)) && looks_like_base64(fields->body))
        return ENCODING_BASE64;
    return set & (1 << ENCODING_QP) ? ENCODING_QP : ENCODING_NONE;
}

/* Lists an attachment that is not read here, in every way in which it may be decoded. */
static void add_unread(const SgSource *source, const SgFields *fields, const Placement *placement,
                       const char *as, SgWithin within)
{
    guint encodings = encodings_to_read(source->message, fields);
    SgAttachment *attachment =
        sg_message_add_attachment(source->message, g_strdup(placement->name), as, fields->body.len);

    for (guint encoding = 0; encoding < ENCODINGS; encoding++) {
        if (!(encodings & (1u << encoding)))
            continue;
        sg_file_add(source->message, attachment, fields->body, (SgEncoding)encoding);
        sg_unread_add(source->message,
                      &(SgUnread){attachment, fields->body, (SgEncoding)encoding, within.depth});
    }
}

/* Reads a part as what `type` says it is. */
static void read_as(const SgSource *source, const SgFields *fields, const SgParams *type,
                    SgWithin within)
{
    Placement placement = placement_of(source->message, fields, type);
    const char *as = effective_type(type, &placement, within);

    if (g_str_has_prefix(as, "multipart/")) {
        read_multipart(source, fields->body, type, encoding_of(fields), within);
    } else if (holds_message(as)) {
        if (strcmp(as, "text/rfc822-headers") != 0)
            sg_message_add_attachment(source->message, g_strdup(placement.name), as,
                                      fields->body.len);
        read_message(source, fields->body, encoding_of(fields), within);
    } else if (holds_text(as) && strcmp(as, "text/rtf") != 0) {
        read_text(source, fields, type, as, &placement, within);
        if (sg_named_as_document(placement.name))
            add_unread(source, fields, &placement, as, within);
    } else {
        add_unread(source, fields, &placement, as, within);
    }
    g_free(placement.name);
}

void sg_part_add_attached_message(SgMessage *message, const SgFields *fields)
{
    g_autoptr(SgParams) type = sg_params_parse(field_value(fields, "Content-Type"));
    Placement placement = placement_of(message, fields, type);

    sg_message_add_attachment(message, placement.name, "message/rfc822", fields->body.len);
}

/* Lines among the fields that are none: some programs begin the body there. */
static void read_stray(const SgSource *source, const SgFields *fields, SgWithin within)
{
    SgLeaf leaf = {.body = fields->stray, .type = "text/plain", .inside = within.attached};

    sg_message_defect(source->message, "stray-line-in-header");
    sg_leaf_read_text(source->message, &leaf);
}

static gboolean may_reread(SgMessage *message)
{
    if (message->readings >= READINGS_MAX) {
        sg_message_limit(message, "parts");
        return FALSE;
    }
    message->readings++;
    return TRUE;
}

void sg_part_read_body(const SgSource *source, const SgFields *fields, SgWithin within)
{
    SgSpan first = field_value(fields, "Content-Type");
    SgSpan last = last_field_value(fields, "Content-Type");
    g_autoptr(SgParams) type = sg_params_parse(first);

    if (fields->stray.len > 0)
        read_stray(source, fields, within);
    read_as(source, fields, type, within);
    if (last.at != first.at && may_reread(source->message)) {
        g_autoptr(SgParams) other = sg_params_parse(last);

        sg_message_defect(source->message, "type-repeated");
        read_as(source, fields, other, within);
    }
}

void sg_part_read(const SgSource *source, SgSpan bytes, SgWithin within)
{
    SgMessage *message = source->message;
    SgFieldLimits limits = {message->limits.headers, message->limits.header_size};
    SgFields fields;

    if (++message->parts > message->limits.parts) {
        sg_message_limit(message, "parts");
        return;
    }
    if (within.depth > message->limits.depth) {
        sg_message_limit(message, "depth");
        return;
    }
    sg_fields_read(&fields, bytes, &limits);
    if (fields.limit)
        sg_message_limit(message, fields.limit);
    sg_part_read_body(source, &fields, within);
    sg_fields_clear(&fields);
}

void sg_message_read_parts(SgMessage *message, const SgFields *top)
{
    SgSource source = {.message = message, .whole = message->bytes};
    SgWithin within = {.depth = 1};

    source.dashes = sg_find_dashes(source.whole);
    if (top->limit)
        sg_message_limit(message, top->limit);
    if (!top->blank_found && top->body.len > 0)
        sg_message_defect(message, "header-unended");
    sg_shown_fields_read(message, top, within);
    if (!sg_tree_read(&source, top, within)) {
        sg_message_read_again(message);
        message->parts++;
        sg_part_read_body(&source, top, within);
    }
    g_array_unref(source.dashes);
}
