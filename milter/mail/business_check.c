/* business_check.c - whether a message is read as before, less the mark of school business. */
#include "business_internal.h"

#include <string.h>

char *sg_business_mark(const SgMessage *message)
{
    char *mark = NULL;

    for (guint i = 0; i < message->texts->len; i++) {
        const SgText *text = message->texts->pdata[i];
        SgSpan line;

        if (sg_text_kind(text) != SG_TEXT_BODY)
            continue;
        line = sg_business_line(sg_text_form(text, SG_FORM_READABLE));
        if (line.len == 0)
            continue;
        g_autofree char *words = sg_business_collapse(line);
        if (!mark || strlen(words) > strlen(mark)) {
            g_free(mark);
            mark = g_steal_pointer(&words);
        }
    }
    return mark;
}

static gsize blank_at(SgSpan text, gsize at)
{
    gsize next = at;
    gint32 c = at < text.len ? sg_utf8_next(text, &next) : -1;

    return c >= 0 && g_unichar_isspace((gunichar)c) ? next - at : 0;
}

static SgSpan without_lead(SgSpan text)
{
    for (gsize len; (len = blank_at(text, 0)) > 0;)
        text = (SgSpan){text.at + len, text.len - len};
    return text;
}

/* What follows the mark at the beginning of `text`: FALSE when the mark does not stand there, or
 * does not end with a line. */
static gboolean behind_mark(SgSpan text, const char *mark, SgSpan *rest)
{
    gsize at = 0;
    gboolean ended = FALSE;

    text = without_lead(text);
    for (const char *m = mark; *m; m++) {
        gsize blank = *m == ' ' ? blank_at(text, at) : 0;

        if (*m == ' ' && blank == 0)
            return FALSE;
        if (*m != ' ' && (at >= text.len || text.at[at] != *m))
            return FALSE;
        at += *m == ' ' ? blank : 1;
        while (*m == ' ' && (blank = blank_at(text, at)) > 0)
            at += blank;
    }
    for (gsize blank; !ended && (blank = blank_at(text, at)) > 0; at += blank)
        ended = text.at[at] == '\n';
    *rest = without_lead((SgSpan){text.at + at, text.len - at});
    return ended || at == text.len;
}

static char *without_tags(SgSpan subject)
{
    g_autoptr(GString) left = g_string_new(NULL);

    for (SgSpan tag; (tag = sg_business_tag(subject)).len > 0;) {
        gsize before = (gsize)(tag.at - subject.at);

        g_string_append_len(left, subject.at, (gssize)before);
        subject = (SgSpan){tag.at + tag.len, subject.len - before - tag.len};
    }
    g_string_append_len(left, subject.at, (gssize)subject.len);
    return sg_business_collapse((SgSpan){left->str, left->len});
}

/* A text as it is to be in the end. FALSE when the mark cannot be taken from it. White space that
 * it begins with does not count. */
static gboolean expected(const SgText *text, const char *mark, GString *into)
{
    SgSpan readable = sg_text_form(text, SG_FORM_READABLE);
    SgSpan rest = without_lead(readable);

    if (sg_text_kind(text) == SG_TEXT_SUBJECT || sg_business_is_subject(sg_text_origin(text))) {
        g_autofree char *subject = without_tags(readable);

        g_string_append(into, subject);
        return TRUE;
    }
    if (mark && sg_text_kind(text) == SG_TEXT_BODY && sg_business_line(readable).len > 0 &&
        !behind_mark(readable, mark, &rest))
        return FALSE;
    g_string_append_len(into, rest.at, (gssize)rest.len);
    return TRUE;
}

static void free_string(gpointer string)
{
    g_string_free(string, TRUE);
}

/* All texts but links, each once, none blank. NULL when the mark cannot be taken from one. */
static GPtrArray *texts_of(const SgMessage *message, const char *mark)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(free_string);
    g_autoptr(GHashTable) seen =
        g_hash_table_new((GHashFunc)g_string_hash, (GEqualFunc)g_string_equal);

    for (guint i = 0; i < message->texts->len; i++) {
        const SgText *text = message->texts->pdata[i];
        GString *whole;
        gsize head;

        if (sg_text_kind(text) == SG_TEXT_LINK)
            continue;
        whole = g_string_new(NULL);
        g_string_printf(whole, "%d %s\n", (int)sg_text_kind(text), sg_text_origin(text));
        head = whole->len;
        if (!expected(text, mark, whole)) {
            free_string(whole);
            return NULL;
        }
        if (whole->len == head || g_hash_table_contains(seen, whole)) {
            free_string(whole);
            continue;
        }
        g_hash_table_add(seen, whole);
        g_ptr_array_add(texts, whole);
    }
    return g_steal_pointer(&texts);
}

static gboolean same_texts(const SgMessage *before, const SgMessage *after, const char *mark)
{
    g_autoptr(GPtrArray) wanted = texts_of(before, mark);
    g_autoptr(GPtrArray) got = texts_of(after, NULL);

    if (!wanted || !got || wanted->len != got->len)
        return FALSE;
    for (guint i = 0; i < wanted->len; i++) {
        if (!g_string_equal(wanted->pdata[i], got->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

static GHashTable *links_of(const SgMessage *message)
{
    GHashTable *links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < message->texts->len; i++) {
        const SgText *text = message->texts->pdata[i];

        if (sg_text_kind(text) == SG_TEXT_LINK)
            g_hash_table_add(links, sg_span_dup(sg_text_form(text, SG_FORM_READABLE)));
    }
    return links;
}

/* A link within the mark may go with it; none may come. */
static gboolean same_links(const SgMessage *before, const SgMessage *after, const char *mark)
{
    g_autoptr(GHashTable) wanted = links_of(before);
    g_autoptr(GHashTable) got = links_of(after);
    GHashTableIter iter;
    gpointer link;

    g_hash_table_iter_init(&iter, wanted);
    while (g_hash_table_iter_next(&iter, &link, NULL)) {
        if (!g_hash_table_remove(got, link) && !(mark && strstr(mark, link)))
            return FALSE;
    }
    return g_hash_table_size(got) == 0;
}

static gboolean same_attachments(const SgMessage *before, const SgMessage *after)
{
    if (before->attachments->len != after->attachments->len)
        return FALSE;
    for (guint i = 0; i < before->attachments->len; i++) {
        const SgAttachment *a = before->attachments->pdata[i];
        const SgAttachment *b = after->attachments->pdata[i];

        if (a->size != b->size || strcmp(a->type, b->type) != 0 || g_strcmp0(a->name, b->name) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean same_header(const SgHeader *before, const SgHeader *after)
{
    if (strcmp(before->name, after->name) != 0)
        return FALSE;
    if (!sg_business_is_subject(before->name))
        return strcmp(before->raw, after->raw) == 0;
    g_autofree char *wanted = without_tags(sg_span(before->decoded));
    g_autofree char *got = without_tags(sg_span(after->decoded));
    return strcmp(wanted, got) == 0 && sg_business_tag(sg_span(after->decoded)).len == 0;
}

static gboolean same_headers(const SgMessage *before, const SgMessage *after)
{
    guint next = 0;

    for (guint i = 0; i < before->headers->len; i++) {
        const SgHeader *header = before->headers->pdata[i];

        if (g_ascii_strcasecmp(header->name, SG_BUSINESS_HEADER) == 0)
            continue;
        if (next >= after->headers->len || !same_header(header, after->headers->pdata[next++]))
            return FALSE;
    }
    return next == after->headers->len;
}

gboolean sg_business_is_gone(const SgMessage *before, const SgMessage *after, const char *mark)
{
    return same_headers(before, after) && same_attachments(before, after) &&
           before->quote_depth == after->quote_depth && before->forward == after->forward &&
           same_texts(before, after, mark) && same_links(before, after, mark);
}
