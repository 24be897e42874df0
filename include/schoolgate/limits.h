/* limits.h - every limit, by name, with its default
 *
 * Reaching a limit makes a message unscannable under the limit's name; it never makes it clean.
 * Each default is one that ordinary school mail does not meet. */
#pragma once

#include "schoolgate/lexer.h"

typedef struct SgLimits {
    guint64 message_size;  /* bytes of a message that are read */
    guint64 header_size;   /* bytes of all headers of the message together */
    guint64 headers;       /* header fields */
    guint64 parts;         /* MIME parts */
    guint64 depth;         /* nesting of MIME parts */
    guint64 text_size;     /* bytes of decoded text, all texts together */
    guint64 html_tokens;   /* tags, texts and comments of one HTML part */
    guint64 attachments;   /* attachments of a message */
    guint64 recipients;    /* recipients after lists are expanded */
    guint64 pattern_steps; /* PCRE2 match limit for one pattern on one text */
    gint64 judge_time;     /* seconds that judging one message may take */

    /* What reading a message's attachments may cost. */
    guint64 archive_entries; /* files in all its archives together */
    guint64 archive_output;  /* bytes that come out of them, all together */
    guint64 archive_depth;   /* archives within archives */
    gint64 helper_seconds;   /* for all its attachments together */
    guint64 helper_memory;   /* bytes of memory for one attachment */
} SgLimits;

void sg_limits_init(SgLimits *limits);

/* The grammar of the `limits` block, which is also their list: into an SgLimits. */
extern const SgSetting sg_limits_settings[];
