/* pattern_steps.c - counts what PCRE2 does with a pattern on a text. The interpreter tells before
 * every piece that it tries; what makes it give up early is turned off, as a hostile text would. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern_tree.h"

#include <pcre2.h>

struct SgStepCounter {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    guint steps;
};

static int count_step(pcre2_callout_block *block, void *data)
{
    SgStepCounter *counter = data;

    (void)block;
    counter->steps++;
    return counter->steps < SG_STEPS_MOST ? 0 : PCRE2_ERROR_CALLOUT;
}

SgStepCounter *sg_step_counter_new(const SgPattern *pattern)
{
    const char *source = sg_pattern_source(pattern);
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)source, strlen(source),
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C |
                                         PCRE2_NO_UTF_CHECK | PCRE2_AUTO_CALLOUT | PCRE2_ANCHORED |
                                         PCRE2_NO_START_OPTIMIZE | sg_pattern_options(pattern),
                                     &error, &offset, NULL);

    if (!code)
        return NULL;
    SgStepCounter *counter = g_new0(SgStepCounter, 1);
    counter->code = code;
    counter->data = pcre2_match_data_create(1, NULL);
    counter->context = pcre2_match_context_create(NULL);
    pcre2_set_callout(counter->context, count_step, counter);
    return counter;
}

void sg_step_counter_free(SgStepCounter *counter)
{
    if (!counter)
        return;
    pcre2_code_free(counter->code);
    pcre2_match_data_free(counter->data);
    pcre2_match_context_free(counter->context);
    g_free(counter);
}

guint sg_step_counter_run(SgStepCounter *counter, SgSpan text)
{
    counter->steps = 0;
    int count = pcre2_match(counter->code, (PCRE2_SPTR)text.at, text.len, 0, PCRE2_NO_UTF_CHECK,
                            counter->data, counter->context);

    if (count >= 0)
        return 0;
    return count == PCRE2_ERROR_NOMATCH ? counter->steps : SG_STEPS_MOST;
}
