/* conf_text.h - changes single settings in the text of a schoolgate.conf, and nothing else of it
 *
 * What is not asked for stays as it is, byte by byte: comments, blank lines, the order, the space
 * between a setting and its value. To set what is set already changes nothing. Pure. */
#pragma once

#include <glib.h>

typedef enum {
    SG_CONF_TEXT, /* runs to the end of the line, with all that is in it */
    SG_CONF_WORD, /* a comment may stand behind it */
    SG_CONF_LIST, /* likewise; parted by commas, or on several lines */
} SgConfKind;

/* Which setting: of the first block that has it where there are several. */
typedef struct SgConfKey {
    const char *block; /* as its head line begins: "school", "role staff", "mode" */
    /* NULL: what stands behind the block's keyword itself, `mode observe`. Of two words, `role
     * student`, the second one is the value's first, and no part of what is got and set. */
    const char *setting;
    SgConfKind kind;
} SgConfKey;

/* What the text says; NULL when it says nothing. A list's lines are joined by ", ". Free with
 * g_free(). */
char *sg_conf_text_get(const char *text, const SgConfKey *key);

/* The text with that value, on one line; a block that is not there is added at the end. NULL for
 * `value`: without the setting. Free with g_free(). */
char *sg_conf_text_set(const char *text, const SgConfKey *key, const char *value);

/* The text with every line of that setting made a comment. Free with g_free(). */
char *sg_conf_text_comment_out(const char *text, const SgConfKey *key);

/* The head of the first block of that keyword, "directory kingsmead"; NULL when there is none. Free
 * with g_free(). */
char *sg_conf_text_block(const char *text, const char *keyword);

/* The text with a block behind its end. `lines` is pairs of setting and value, NULL-terminated.
 * Free with g_free(). */
char *sg_conf_text_append(const char *text, const char *head, const char *const *lines);
