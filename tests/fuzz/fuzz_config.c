/* fuzz_config.c - any bytes as a configuration file: read, reported, and where they make a policy,
 * checked with their own examples. */
#include "schoolgate/policy.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static SgPeople *people_of(const GPtrArray *blocks, SgReport *report)
{
    g_autoptr(SgPeopleSpec) spec = sg_people_spec_new();

    for (guint i = 0; i < blocks->len; i++) {
        const SgBlock *block = blocks->pdata[i];
        if (sg_span_is(block->head.keyword, "role"))
            sg_people_read_role(spec, block, report);
        if (sg_span_is(block->head.keyword, "group"))
            sg_people_read_group(spec, block, report);
    }
    return sg_people_load(spec, report);
}

/* Whatever file a list names holds the input itself. */
static const uint8_t *input; /* borrowed for one run */
static size_t input_size;

static GBytes *read_input(const char *path, GError **error)
{
    (void)path, (void)error;
    return g_bytes_new(input, input_size);
}

static SgPolicy *policy_of(const GPtrArray *blocks, SgPeople *people, SgLimits *limits,
                           SgReport *report)
{
    g_autoptr(SgPolicyBuilder) builder = sg_policy_builder_new(people);

    for (guint i = 0; i < blocks->len; i++) {
        const SgBlock *block = blocks->pdata[i];
        if (sg_span_is(block->head.keyword, "policy"))
            sg_policy_builder_read_policy(builder, block, report);
        if (sg_span_is(block->head.keyword, "phrase"))
            sg_policy_builder_read_phrase(builder, block, report);
        if (sg_span_is(block->head.keyword, "list"))
            sg_policy_builder_read_list(builder, block, read_input, report);
        if (sg_span_is(block->head.keyword, "rule"))
            sg_policy_builder_read_rule(builder, block, report);
        if (sg_span_is(block->head.keyword, "limits"))
            sg_block_read_settings(block, sg_limits_settings, limits, report);
    }
    const SgPolicyOptions options = {
        .unscannable = SG_ACTION_REJECT, .pattern_steps = 1000, .judge_time = 1, .recipients = 100};
    return sg_policy_builder_finish(builder, &options, sg_calendar_new(), report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(GBytes) text = g_bytes_new(data, size);
    g_autoptr(GPtrArray) blocks = sg_blocks_read("fuzz", text, report);
    SgLimits limits, small;

    input = data;
    input_size = size;
    sg_mail_init();
    sg_limits_init(&limits);
    g_autoptr(SgPeople) people = people_of(blocks, report);
    g_autoptr(SgPolicy) policy = people ? policy_of(blocks, people, &limits, report) : NULL;
    sg_limits_init(&small);
    if (policy)
        sg_policy_check(policy, &small, report);
    for (guint i = 0; policy && i < sg_policy_rule_count(policy); i++)
        g_free(sg_rule_describe(sg_policy_rule(policy, i)));
    /* A policy is refused if and only if something was said against it. */
    if (people && !policy && sg_report_errors(report) == 0)
        __builtin_trap();
    g_free(sg_report_text(report, TRUE));
    return 0;
}
