/* fuzz_detect.c - any text, looked at by every detector: nothing is read that is not there, and
 * what is shown is text, with the match within it. */
#include "schoolgate/policy.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RULE(name, condition)                                                                      \
    "rule " name "\n    clause 1\n    look-in subject, body, quoted, names\n    " condition "\n"

static const char policy_text[] = "policy p\n    clause 1 x\n"
                                  "list some\n    entry x.example, instagram.com, post@*\n" /* */
    RULE("a", "number pupil") RULE("b", "number national-insurance") RULE("c", "number nhs")
        RULE("d", "number card over 1") RULE("e", "number phone") RULE("f", "number postcode")
            RULE("g", "number birth-date") RULE("h", "table births over 0")
                RULE("i", "table class-list over 0") RULE("j", "social handle")
                    RULE("k", "social link") RULE("l", "chain head-count")
                        RULE("m", "chain deadline") RULE("n", "chain ladder")
                            RULE("o", "forwarded over 1") RULE("p", "addresses over 1")
                                RULE("q", "link listed some");

static GBytes *no_file(const char *path, GError **error)
{
    (void)path;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "none");
    return NULL;
}

static SgPolicy *policy_new(const SgLimits *limits)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(GBytes) text = g_bytes_new_static(policy_text, sizeof policy_text - 1);
    g_autoptr(GPtrArray) blocks = sg_blocks_read("fuzz", text, report);
    g_autoptr(SgPeopleSpec) spec = sg_people_spec_new();
    g_autoptr(SgPeople) people = sg_people_load(spec, report);
    g_autoptr(SgPolicyBuilder) builder = sg_policy_builder_new(people);
    const SgPolicyOptions options = {.unscannable = SG_ACTION_LOG,
                                     .pattern_steps = limits->pattern_steps,
                                     .judge_time = limits->judge_time,
                                     .recipients = limits->recipients};

    for (guint i = 0; i < blocks->len; i++) {
        const SgBlock *block = blocks->pdata[i];
        if (sg_span_is(block->head.keyword, "policy"))
            sg_policy_builder_read_policy(builder, block, report);
        else if (sg_span_is(block->head.keyword, "list"))
            sg_policy_builder_read_list(builder, block, no_file, report);
        else
            sg_policy_builder_read_rule(builder, block, report);
    }
    return sg_policy_builder_finish(builder, &options, sg_calendar_new(), report);
}

static SgMessage *message_of(const uint8_t *data, size_t size, const SgLimits *limits)
{
    GString *mail =
        g_string_new("From: <a@x.example>\nContent-Type: text/plain; charset=utf-8\n\n");

    g_string_append_len(mail, (const char *)data, (gssize)size);
    g_autoptr(GBytes) bytes = g_string_free_to_bytes(mail);
    return sg_message_new(bytes, limits);
}

static void assert_shown_well(const SgSignalHit *hit)
{
    if (!hit->excerpt)
        return;
    g_assert_true(g_utf8_validate(hit->excerpt, -1, NULL));
    g_assert_cmpuint(hit->excerpt_from, <=, hit->excerpt_to);
    g_assert_cmpuint(hit->excerpt_to, <=, strlen(hit->excerpt));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static SgPolicy *policy;
    static SgLimits limits;

    if (!policy) {
        sg_mail_init();
        sg_limits_init(&limits);
        policy = policy_new(&limits);
        g_assert_nonnull(policy);
    }
    g_autoptr(SgMessage) message = message_of(data, size, &limits);
    g_autoptr(SgParties) parties = sg_parties_new(SG_DIRECTION_OUTGOING);
    parties->sender = sg_party_new("a@x.example", SG_ROLE_STAFF, "staff");
    g_autoptr(SgVerdict) verdict = sg_judge(policy, message, parties, 1768392000);
    for (guint i = 0; i < verdict->findings->len; i++) {
        const SgFinding *finding = verdict->findings->pdata[i];
        for (guint j = 0; j < finding->signals->len; j++)
            assert_shown_well(finding->signals->pdata[j]);
    }
    return 0;
}
