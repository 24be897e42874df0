/* pattern_slow.c - repeats that can share out the same letters in very many ways: where the first
 * try fails, PCRE2 tries all the others. Looked for twice: in how the pattern is written, and by
 * trying texts that are made from it. */
#include "pattern_tree.h"

typedef struct Culprit {
    const SgNode *node;
    const char *what;
} Culprit;

/* What a group of one branch and one piece holds. */
static const SgNode *lone(const SgNode *node)
{
    while ((node->kind == SG_NODE_SEQUENCE || node->kind == SG_NODE_CHOICE) && !node->keeps &&
           node->children->len == 1)
        node = node->children->pdata[0];
    return node;
}

static gboolean is_endless(const SgNode *node)
{
    return node->kind == SG_NODE_REPEAT && node->most == SG_NODE_NO_END && !node->keeps &&
           lone(node->children->pdata[0])->kind != SG_NODE_EDGE;
}

/* Takes no text, and does not part what stands on its two sides. */
static gboolean may_be_missing(const SgNode *node)
{
    return sg_node_may_be_empty(node) && node->kind != SG_NODE_EDGE && node->kind != SG_NODE_OPAQUE;
}

static gboolean others_may_be_missing(const GPtrArray *children, guint but)
{
    for (guint i = 0; i < children->len; i++) {
        if (i != but && !may_be_missing(children->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

/* Whether all that `node` takes may come from one endless repeat within it. */
static gboolean may_be_endless_alone(const SgNode *node)
{
    if (is_endless(node))
        return TRUE;
    if (node->keeps || node->kind == SG_NODE_EDGE || node->kind == SG_NODE_OPAQUE)
        return FALSE;
    for (guint i = 0; i < node->children->len; i++) {
        if (may_be_endless_alone(node->children->pdata[i]) &&
            (node->kind != SG_NODE_SEQUENCE || others_may_be_missing(node->children, i)))
            return TRUE;
    }
    return FALSE;
}

/* An endless repeat of one set of characters, or NULL. */
static const SgNode *run_of(const SgNode *node)
{
    const SgNode *run = lone(node);

    return is_endless(run) && lone(run->children->pdata[0])->kind == SG_NODE_SET ? run : NULL;
}

static const SgCharSet *set_of(const SgNode *run)
{
    return &lone(run->children->pdata[0])->set;
}

static gboolean takes_anything(const SgNode *run)
{
    return sg_char_set_has(set_of(run), 'a') && sg_char_set_has(set_of(run), ' ') &&
           sg_char_set_has(set_of(run), '.');
}

static gboolean something_must_follow(const GPtrArray *children, guint from)
{
    for (guint i = from; i < children->len; i++) {
        if (!sg_node_may_be_empty(children->pdata[i]) ||
            lone(children->pdata[i])->kind == SG_NODE_EDGE)
            return TRUE;
    }
    return FALSE;
}

static void look_for_pairs(const SgNode *sequence, Culprit *culprit)
{
    const GPtrArray *children = sequence->children;

    for (guint i = 0; i < children->len && !culprit->node; i++) {
        const SgNode *first = run_of(children->pdata[i]);
        gboolean side_by_side = TRUE;
        for (guint j = i + 1; first && j < children->len && !culprit->node; j++) {
            const SgNode *second = run_of(children->pdata[j]);
            if (second && something_must_follow(children, j + 1)) {
                if (side_by_side && sg_char_set_meets(set_of(first), set_of(second)))
                    *culprit = (Culprit){second, "two repeats side by side can share out the same "
                                                 "letters in many ways"};
                else if (takes_anything(first) && takes_anything(second))
                    *culprit = (Culprit){second, "two gaps without an end can share out the same "
                                                 "text in many ways"};
            }
            side_by_side &= may_be_missing(children->pdata[j]);
        }
    }
}

static void look_at_writing(const SgNode *node, Culprit *culprit)
{
    if (is_endless(node) && may_be_endless_alone(node->children->pdata[0]))
        *culprit =
            (Culprit){node, "a repeat within a repeat can share out the same letters in many ways"};
    if (node->kind == SG_NODE_SEQUENCE)
        look_for_pairs(node, culprit);
    for (guint i = 0; i < node->children->len && !culprit->node; i++)
        look_at_writing(node->children->pdata[i], culprit);
}

void sg_node_check_slow(const SgNode *node, const SgPattern *pattern, SgReport *report)
{
    Culprit culprit = {NULL, "this repeat can share out the same letters in many ways"};
    g_autoptr(SgPump) pump = sg_pump_find(node, pattern);

    look_at_writing(node, &culprit);
    if (!pump && !culprit.node)
        return;
    g_autofree char *tried =
        pump ? g_strdup_printf(" (on '%s…' it takes %s%u steps for %u letters)", pump->text,
                               pump->steps >= SG_STEPS_MOST ? "more than " : "", pump->steps,
                               pump->letters)
             : g_strdup("");
    sg_report_warning(report,
                      sg_pattern_place(pattern, culprit.node ? culprit.node->at : pump->repeat->at),
                      "%s, so some texts take very long%s; give repeats an end, as in .{0,60}, or "
                      "begin each with something different",
                      culprit.what, tried);
}
