/* conditions_link.c - the condition `link`: where the message's links lead. */
#include "policy_internal.h"

typedef struct LinkTest {
    SgPattern *pattern;      /* or */
    const SgNamedList *list; /* of hosts */
} LinkTest;

static void free_link(gpointer data)
{
    LinkTest *test = data;

    sg_pattern_free(test->pattern);
    g_free(test);
}

static gpointer read_link(SgCursor *cursor, SgRuleReader *reader)
{
    LinkTest *test = g_new0(LinkTest, 1);

    if (sg_cursor_take(cursor, "listed"))
        test->list = sg_named_list_use(cursor, reader);
    else
        test->pattern = sg_pattern_read_for_names(cursor);
    if (test->list || test->pattern)
        return test;
    free_link(test);
    return NULL;
}

/* The host of `https://somebody@host:443/path`, `mailto:a@host`, `www.host/path`. */
static SgSpan host_of(SgSpan link)
{
    const char *scheme = link.len > 0 ? memmem(link.at, link.len, "://", 3) : NULL;
    gsize start = scheme ? (gsize)(scheme + 3 - link.at) : 0;
    gsize end = start;

    while (end < link.len && !strchr("/?#\\", link.at[end]))
        end++;
    for (gsize i = start; i < end; i++) {
        if (link.at[i] == '@')
            start = i + 1;
    }
    SgSpan host = {link.at + start, end - start};
    const char *port = host.len > 0 ? memchr(host.at, ':', host.len) : NULL;
    if (port)
        host.len = (gsize)(port - host.at);
    return host;
}

static gboolean judge_listed(const SgNamedList *list, SgJudging *judging)
{
    const GPtrArray *texts = sg_message_texts(judging->message);

    for (guint i = 0; i < texts->len; i++) {
        const SgText *text = texts->pdata[i];
        if (sg_text_kind(text) != SG_TEXT_LINK)
            continue;
        SgSpan link = sg_text_form(text, SG_FORM_READABLE);
        SgSpan span = host_of(link);
        g_autofree char *host = sg_span_dup(span);
        if (!sg_named_list_has_host(list, host))
            continue;
        gsize from = (gsize)(span.at - link.at);
        sg_judging_saw(judging, text, SG_FORM_READABLE, from, from + span.len);
        return TRUE;
    }
    return FALSE;
}

static gboolean judge_link(const SgCondition *condition, SgJudging *judging)
{
    const LinkTest *test = condition->data;

    return test->list ? judge_listed(test->list, judging)
                      : sg_judging_match_texts(judging, test->pattern, 1u << SG_TEXT_LINK);
}

static void describe_link(const SgCondition *condition, GString *out)
{
    const LinkTest *test = condition->data;

    if (test->list)
        g_string_append_printf(out, "it has a link to a place of the list '%s'",
                               sg_named_list_name(test->list));
    else
        g_string_append_printf(out, "it has a link like /%s/", sg_pattern_source(test->pattern));
}

static const SgPattern *link_pattern(const SgCondition *condition, guint index)
{
    return index == 0 ? ((const LinkTest *)condition->data)->pattern : NULL;
}

static guint looks_in_links(const SgCondition *condition, guint look_in)
{
    (void)look_in;
    return ((const LinkTest *)condition->data)->pattern ? 1u << SG_TEXT_LINK : 0;
}

const SgConditionKind sg_condition_link = {
    .keyword = "link",
    .usage = "/PATTERN/ | listed LIST",
    .help = "where one of its links leads, whatever the case; or that its host is in a list",
    .needs = SG_NEEDS_TEXT,
    .read = read_link,
    .judge = judge_link,
    .describe = describe_link,
    .free = free_link,
    .pattern = link_pattern,
    .looks_in = looks_in_links,
    .opens_attachments = sg_look_in_opens_attachments,
};
