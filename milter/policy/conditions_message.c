/* conditions_message.c - conditions about the message: match, header, attachment, size. */
#include "detectors.h"

/* match -----------------------------------------------------------------------------------------
 */

static gpointer read_pattern(SgCursor *cursor, SgRuleReader *reader)
{
    (void)reader;
    return sg_pattern_read(cursor);
}

static void free_pattern(gpointer data)
{
    sg_pattern_free(data);
}

static const SgPattern *own_pattern(const SgCondition *condition, guint index)
{
    return index == 0 ? condition->data : NULL;
}

static gboolean judge_match(const SgCondition *condition, SgJudging *judging)
{
    return sg_judging_match_texts(judging, condition->data, judging->look_in);
}

static void describe_pattern(const char *what, const SgPattern *pattern, GString *out)
{
    g_string_append_printf(out, "%s /%s/", what, sg_pattern_source(pattern));
}

static void describe_match(const SgCondition *condition, GString *out)
{
    describe_pattern("its text has", condition->data, out);
}

const SgConditionKind sg_condition_match = {
    .keyword = "match",
    .usage = "/PATTERN/[ismx] [raw|squeezed]",
    .help = "what its text says, in the places that look-in names. Text is folded (lower case, no "
            "accents, single spaces) unless 'raw' or 'squeezed' (letters and digits only) is said",
    .needs = SG_NEEDS_TEXT,
    .read = read_pattern,
    .judge = judge_match,
    .describe = describe_match,
    .free = free_pattern,
    .pattern = own_pattern,
    .looks_in = sg_look_in_itself,
    .opens_attachments = sg_look_in_opens_attachments,
};

/* header NAME /…/ -------------------------------------------------------------------------------
 */

typedef struct HeaderTest {
    char *name;
    SgPattern *pattern;
} HeaderTest;

static void free_header(gpointer data)
{
    HeaderTest *test = data;

    g_free(test->name);
    sg_pattern_free(test->pattern);
    g_free(test);
}

static gpointer read_header(SgCursor *cursor, SgRuleReader *reader)
{
    SgSpan name;
    HeaderTest *test = g_new0(HeaderTest, 1);

    (void)reader;
    if (sg_cursor_word(cursor, "a header's name", &name)) {
        test->name = sg_span_dup(name);
        test->pattern = sg_pattern_read_for_names(cursor);
        if (test->pattern)
            return test;
    }
    free_header(test);
    return NULL;
}

static gboolean judge_header(const SgCondition *condition, SgJudging *judging)
{
    const HeaderTest *test = condition->data;
    const GPtrArray *headers = sg_message_headers(judging->message);

    for (guint i = 0; i < headers->len; i++) {
        const SgHeader *header = headers->pdata[i];
        gsize from, to;
        if (g_ascii_strcasecmp(header->name, test->name) != 0)
            continue;
        if (sg_judging_match(judging, test->pattern, sg_span(header->decoded), &from, &to)) {
            g_autofree char *where = g_strdup_printf("header %s", header->name);
            sg_judging_saw_value(judging, where, header->decoded);
            return TRUE;
        }
    }
    return FALSE;
}

static void describe_header(const SgCondition *condition, GString *out)
{
    const HeaderTest *test = condition->data;

    g_string_append_printf(out, "its header %s has /%s/", test->name,
                           sg_pattern_source(test->pattern));
}

static const SgPattern *header_pattern(const SgCondition *condition, guint index)
{
    return index == 0 ? ((const HeaderTest *)condition->data)->pattern : NULL;
}

const SgConditionKind sg_condition_header = {
    .keyword = "header",
    .usage = "NAME /PATTERN/",
    .help = "what a header says once decoded, whatever the case",
    .needs = SG_NEEDS_MESSAGE,
    .read = read_header,
    .judge = judge_header,
    .describe = describe_header,
    .free = free_header,
    .pattern = header_pattern,
};

/* attachment name /…/, type image/…, unreadable, listed NAME --------------------------------------
 */

typedef struct AttachmentTest {
    SgPattern *name;         /* or */
    char *type;              /* "image/png", "image/" for image/…; or */
    gboolean unreadable;     /* encrypted, broken, or of no known form; or */
    const SgNamedList *list; /* of sums */
} AttachmentTest;

static void free_attachment(gpointer data)
{
    AttachmentTest *test = data;

    sg_pattern_free(test->name);
    g_free(test->type);
    g_free(test);
}

static gboolean read_type(SgCursor *cursor, AttachmentTest *test)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, "a type, such as image/*", &word))
        return FALSE;
    g_autofree char *type = sg_span_dup(word);
    if (*type == '/' || !strchr(type, '/')) {
        sg_cursor_error(cursor,
                        "a type is no pattern but two words, such as image/* or application/pdf");
        return FALSE;
    }
    if (g_str_has_suffix(type, "/*"))
        type[strlen(type) - 1] = '\0';
    test->type = g_ascii_strdown(type, -1);
    return TRUE;
}

static gpointer read_attachment(SgCursor *cursor, SgRuleReader *reader)
{
    AttachmentTest *test = g_new0(AttachmentTest, 1);
    gboolean good = FALSE;

    if (sg_cursor_take(cursor, "name"))
        good = (test->name = sg_pattern_read_for_names(cursor)) != NULL;
    else if (sg_cursor_take(cursor, "type"))
        good = read_type(cursor, test);
    else if (sg_cursor_take(cursor, "unreadable"))
        good = test->unreadable = TRUE;
    else if (sg_cursor_take(cursor, "listed"))
        good = (test->list = sg_named_list_use(cursor, reader)) != NULL;
    else
        sg_cursor_error_next(cursor, "write 'attachment name /PATTERN/', 'attachment type TYPE', "
                                     "'attachment unreadable' or 'attachment listed LIST'");
    if (good)
        return test;
    free_attachment(test);
    return NULL;
}

static gboolean is_type(const AttachmentTest *test, const char *type)
{
    return g_str_has_suffix(test->type, "/") ? g_str_has_prefix(type, test->type)
                                             : strcmp(type, test->type) == 0;
}

/* Each way in which it may be decoded has its own sum. */
static gboolean is_listed(const SgNamedList *list, const SgAttachment *attachment,
                          SgJudging *judging)
{
    const GPtrArray *sums;
    gsize next_clock = 0;

    if (!sg_judging_has_time(judging, 0, &next_clock))
        return FALSE;
    sums = sg_message_attachment_sums(judging->message, attachment);
    for (guint i = 0; i < sums->len; i++) {
        if (sg_named_list_has_sum(list, sums->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_like(const AttachmentTest *test, const SgAttachment *attachment,
                        SgJudging *judging)
{
    const char *name = attachment->name ? attachment->name : "";
    gsize from, to;

    if (test->unreadable)
        return attachment->unreadable != NULL;
    if (test->list)
        return is_listed(test->list, attachment, judging);
    if (test->type)
        return is_type(test, attachment->type);
    return sg_judging_match(judging, test->name, sg_span(name), &from, &to);
}

static void saw_attachment(const AttachmentTest *test, const SgAttachment *attachment,
                           SgJudging *judging)
{
    const char *named = attachment->name && *attachment->name ? attachment->name : attachment->type;
    g_autofree char *where = NULL;

    if (test->unreadable)
        where = g_strdup_printf("attachment, %s", attachment->unreadable);
    else if (test->list)
        where = g_strdup_printf("attachment, listed in '%s'", sg_named_list_name(test->list));
    else
        where = g_strdup(test->type ? "attachment" : "attachment name");
    sg_judging_saw_value(judging, where, named);
}

static gboolean judge_attachment(const SgCondition *condition, SgJudging *judging)
{
    const AttachmentTest *test = condition->data;
    const GPtrArray *attachments = sg_message_attachments(judging->message);

    for (guint i = 0; i < attachments->len; i++) {
        if (is_like(test, attachments->pdata[i], judging)) {
            saw_attachment(test, attachments->pdata[i], judging);
            return TRUE;
        }
    }
    return FALSE;
}

static void describe_attachment(const SgCondition *condition, GString *out)
{
    const AttachmentTest *test = condition->data;

    if (test->name)
        describe_pattern("an attachment's name has", test->name, out);
    else if (test->unreadable)
        g_string_append(out, "it has an attachment that cannot be read");
    else if (test->list)
        g_string_append_printf(out, "it has an attachment of the list '%s'",
                               sg_named_list_name(test->list));
    else
        g_string_append_printf(out, "it has an attachment of type %s%s", test->type,
                               g_str_has_suffix(test->type, "/") ? "*" : "");
}

static gboolean asks_for_content(const SgCondition *condition, guint look_in)
{
    (void)look_in;
    return ((const AttachmentTest *)condition->data)->unreadable;
}

static const SgPattern *attachment_pattern(const SgCondition *condition, guint index)
{
    return index == 0 ? ((const AttachmentTest *)condition->data)->name : NULL;
}

const SgConditionKind sg_condition_attachment = {
    .keyword = "attachment",
    .usage = "name /PATTERN/ | type TYPE | unreadable | listed LIST",
    .help = "an attachment's name, whatever the case, its type (image/*, application/pdf), that it "
            "cannot be read because it is encrypted or broken, or that the SHA-256 of the file is "
            "in a list (not of files within archives)",
    .needs = SG_NEEDS_MESSAGE,
    .read = read_attachment,
    .judge = judge_attachment,
    .describe = describe_attachment,
    .free = free_attachment,
    .pattern = attachment_pattern,
    .opens_attachments = asks_for_content,
};

/* size over N -----------------------------------------------------------------------------------
 */

static gpointer read_size(SgCursor *cursor, SgRuleReader *reader)
{
    guint64 bytes = 0;

    (void)reader;
    if (!sg_cursor_take(cursor, "over")) {
        sg_cursor_error_next(cursor, "write 'size over SIZE', such as 'size over 5M'");
        return NULL;
    }
    return sg_cursor_size(cursor, &bytes) ? g_memdup2(&bytes, sizeof bytes) : NULL;
}

static gboolean judge_size(const SgCondition *condition, SgJudging *judging)
{
    return sg_message_size(judging->message) > *(const guint64 *)condition->data;
}

static void describe_size(const SgCondition *condition, GString *out)
{
    g_autofree char *size =
        g_format_size_full(*(const guint64 *)condition->data, G_FORMAT_SIZE_IEC_UNITS);

    g_string_append_printf(out, "it is larger than %s", size);
}

const SgConditionKind sg_condition_size = {
    .keyword = "size",
    .usage = "over SIZE",
    .help = "how large the whole message is: 500K, 5M",
    .needs = SG_NEEDS_MESSAGE,
    .read = read_size,
    .judge = judge_size,
    .describe = describe_size,
    .free = g_free,
};
