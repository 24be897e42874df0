/* limits.c - the list of limits, their defaults, and the grammar of the `limits` block. */
#include "schoolgate/limits.h"

#define KIB (G_GUINT64_CONSTANT(1) << 10)
#define MIB (G_GUINT64_CONSTANT(1) << 20)

void sg_limits_init(SgLimits *limits)
{
    *limits = (SgLimits){
        .message_size = 64 * MIB,
        .header_size = MIB,
        .headers = 1000,
        .parts = 500,
        .depth = 50,
        .text_size = 8 * MIB,
        .html_tokens = 500000,
        .attachments = 300,
        .recipients = 5000,
        .pattern_steps = 1000000,
        .judge_time = 30,
        .archive_entries = 2000,
        .archive_output = 64 * MIB,
        .archive_depth = 5,
        .helper_seconds = 5,
        .helper_memory = 256 * MIB,
    };
}

#define OF(field) G_STRUCT_OFFSET(SgLimits, field)

const SgSetting sg_limits_settings[] = {
    {"message-size", "SIZE", "bytes of a message (64M)", FALSE, sg_read_size, OF(message_size)},
    {"header-size", "SIZE", "bytes of all its headers together (1M)", FALSE, sg_read_size,
     OF(header_size)},
    {"headers", "NUMBER", "header fields (1000)", FALSE, sg_read_count, OF(headers)},
    {"parts", "NUMBER", "MIME parts (500)", FALSE, sg_read_count, OF(parts)},
    {"depth", "NUMBER", "nesting of MIME parts (50)", FALSE, sg_read_count, OF(depth)},
    {"text-size", "SIZE", "bytes of decoded text, all parts together (8M)", FALSE, sg_read_size,
     OF(text_size)},
    {"html-tokens", "NUMBER", "tags, texts and comments of one HTML part (500000)", FALSE,
     sg_read_count, OF(html_tokens)},
    {"attachments", "NUMBER", "attachments of a message (300)", FALSE, sg_read_count,
     OF(attachments)},
    {"recipients", "NUMBER", "recipients of a message (5000)", FALSE, sg_read_count,
     OF(recipients)},
    {"pattern-steps", "NUMBER", "steps of one pattern on one text (1000000)", FALSE, sg_read_count,
     OF(pattern_steps)},
    {"judge-time", "DURATION", "time to judge one message (30s)", FALSE, sg_read_duration,
     OF(judge_time)},
    {"archive-entries", "NUMBER", "files in all archives of a message together (2000)", FALSE,
     sg_read_count, OF(archive_entries)},
    {"archive-output", "SIZE", "bytes that come out of a message's attachments (64M)", FALSE,
     sg_read_size, OF(archive_output)},
    {"archive-depth", "NUMBER", "archives within archives (5)", FALSE, sg_read_count,
     OF(archive_depth)},
    {"helper-seconds", "DURATION", "time to read a message's attachments (5s)", FALSE,
     sg_read_duration, OF(helper_seconds)},
    {"helper-memory", "SIZE", "memory that reading one attachment may take (256M)", FALSE,
     sg_read_size, OF(helper_memory)},
    {0},
};
