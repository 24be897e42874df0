/* pattern_sense.c - whether a pattern that is well written can also find something, and finds it in
 * good time: what `schoolgate check` warns of. */
#include "pattern_tree.h"

void sg_pattern_check(const SgPattern *pattern, SgReport *report)
{
    SgMatcher *matcher = sg_matcher_new(1000);
    g_autoptr(SgNode) tree = sg_node_parse(pattern);
    gsize from, to;

    if (sg_pattern_match(pattern, matcher, (SgSpan){"", 0}, SG_STRETCH_ALL, &from, &to) ==
        SG_MATCH_YES)
        sg_report_warning(report, sg_pattern_place(pattern, 0),
                          "this pattern also matches an empty text, so it always holds");
    sg_matcher_free(matcher);
    sg_node_check_form(tree, pattern, report);
    sg_node_check_slow(tree, pattern, report);
}
