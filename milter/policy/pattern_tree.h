/* pattern_tree.h - a pattern taken apart, to reason about what it can find and how long that takes
 *
 * Only as much of PCRE2's syntax is understood as that needs; what is not becomes SG_NODE_OPAQUE,
 * of which nothing is said. PCRE2 has compiled the pattern before, so nothing here complains. */
#pragma once

#include "policy_internal.h"

/* Characters: the ASCII ones each, the others by whether some may stand in a form of text. */
typedef struct SgCharSet {
    guint64 ascii[2];
    guint others; /* 1 << SgForm: there are some that such a text may have */
} SgCharSet;

void sg_char_set_add(SgCharSet *set, gunichar character);
void sg_char_set_add_range(SgCharSet *set, gunichar from, gunichar to);
/* The class that a letter behind a backslash names: d D w W s S h H v V N R X. FALSE: it names
 * none.
 */
gboolean sg_char_set_add_class(SgCharSet *set, char letter);
/* `\p{name}`, or `[:name:]`; one that is not known may be anything. */
void sg_char_set_add_property(SgCharSet *set, SgSpan name, gboolean negated);
void sg_char_set_add_all(SgCharSet *set);
void sg_char_set_merge(SgCharSet *set, const SgCharSet *other);
void sg_char_set_both_cases(SgCharSet *set);
void sg_char_set_negate(SgCharSet *set);
gboolean sg_char_set_has(const SgCharSet *set, guint c);
/* What of `set` may stand in texts of `form`. */
SgCharSet sg_char_set_within(const SgCharSet *set, SgForm form);
gboolean sg_char_set_is_empty(const SgCharSet *set);
gboolean sg_char_set_is(const SgCharSet *set, char only);
gboolean sg_char_set_meets(const SgCharSet *set, const SgCharSet *other);

typedef enum {
    SG_NODE_SET,      /* one character */
    SG_NODE_SEQUENCE, /* children one behind the other */
    SG_NODE_CHOICE,   /* one of its children */
    SG_NODE_REPEAT,   /* its child, `least` to `most` times */
    SG_NODE_EDGE,     /* takes no text: \b ^ $, or a look-around with its content as child */
    SG_NODE_OPAQUE,   /* may be anything */
} SgNodeKind;

#define SG_NODE_NO_END G_MAXUINT

typedef struct SgNode {
    SgNodeKind kind;
    gsize at; /* offset in the pattern's source */
    GPtrArray *children;
    SgCharSet set;
    gunichar only; /* the character, where it is written as such; 0: a class */
    guint least, most;
    gboolean keeps; /* possessive or atomic: gives nothing back */
    char edge;      /* b B ^ $, or ( for a look-around */
    gboolean lines; /* ^ and $ under the flag m */
} SgNode;

SgNode *sg_node_parse(const SgPattern *pattern);
void sg_node_free(SgNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgNode, sg_node_free)

/* Whether it can do without any text. */
gboolean sg_node_may_be_empty(const SgNode *node);

/* pattern_form.c: what the text that it is matched against can never have. */
void sg_node_check_form(const SgNode *node, const SgPattern *pattern, SgReport *report);

/* pattern_slow.c: repeats that can share out the same letters in very many ways. */
void sg_node_check_slow(const SgNode *node, const SgPattern *pattern, SgReport *report);

/* pattern_steps.c: what is tried on PCRE2 itself. */
typedef struct SgStepCounter SgStepCounter;
/* NULL when the pattern cannot be counted. */
SgStepCounter *sg_step_counter_new(const SgPattern *pattern);
void sg_step_counter_free(SgStepCounter *counter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgStepCounter, sg_step_counter_free)
#define SG_STEPS_MOST 1000000 /* as limits.h has it for mail */
/* The steps that a match at the start of `text` takes, up to SG_STEPS_MOST; 0 when it is found. */
guint sg_step_counter_run(SgStepCounter *counter, SgSpan text);

/* pattern_pump.c: a text made from the pattern on which it takes too many steps. */
typedef struct SgPump {
    const SgNode *repeat; /* that which was fed; borrowed from the tree */
    char *text;           /* how such a text begins */
    guint letters;
    guint steps;
} SgPump;
SgPump *sg_pump_find(const SgNode *node, const SgPattern *pattern); /* NULL: none was found */
void sg_pump_free(SgPump *pump);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPump, sg_pump_free)
