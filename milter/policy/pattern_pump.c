/* pattern_pump.c - texts made from a pattern to try its patience: what leads up to a repeat, then
 * what the repeat takes, again and again. */
#include "pattern_tree.h"

#define VARIANTS_MOST  24
#define FEWEST_LETTERS 150
#define EFFORT_MOST    5000000 /* steps for one pattern */
#define AGAIN_WIDTH    8       /* of a text that is shown: as much of what is said again */
#define TEXT_MOST      2000
#define FOLLOW_MOST    60

/* Repeats of so many times are tried though they have an end. */
#define MANY_TIMES 10

typedef struct Pump {
    SgStepCounter *counter;
    GString *letters; /* one ASCII character of each kind that the pattern tells apart */
    guint length;     /* letters of a text, the first time; then twice as many */
    guint64 effort;   /* steps spent */
    SgPump *found;
} Pump;

/* What stands behind a node: in its own sequence, then in those around it. */
typedef struct Rest {
    const SgNode *sequence;
    guint next;
    const struct Rest *outer;
} Rest;

/* The letters that tell sets apart ----------------------------------------------------------------
 */

/* `ends`: how much text all repeats that have an end take together. */
static void gather_sets(const SgNode *node, GPtrArray *sets, guint *ends)
{
    if (node->kind == SG_NODE_SET)
        g_ptr_array_add(sets, (gpointer)&node->set);
    if (node->kind == SG_NODE_REPEAT && node->most <= 1000)
        *ends = MIN(*ends + node->most, 1000);
    for (guint i = 0; i < node->children->len; i++)
        gather_sets(node->children->pdata[i], sets, ends);
}

static guint sets_with(const GPtrArray *sets, guint c)
{
    guint count = 0;

    for (guint i = 0; i < sets->len; i++)
        count += sg_char_set_has(sets->pdata[i], c) ? 1 : 0;
    return count;
}

static gboolean are_told_apart(const GPtrArray *sets, guint a, guint b)
{
    for (guint i = 0; i < sets->len; i++) {
        if (sg_char_set_has(sets->pdata[i], a) != sg_char_set_has(sets->pdata[i], b))
            return TRUE;
    }
    return FALSE;
}

/* Those first that most sets have: what several repeats can take is what they can share out. */
static void insert_letter(GString *letters, const GPtrArray *sets, guint c)
{
    gsize at = letters->len;

    for (gsize i = 0; i < letters->len; i++) {
        if (!are_told_apart(sets, (guchar)letters->str[i], c))
            return;
    }
    while (at > 0 && sets_with(sets, (guchar)letters->str[at - 1]) < sets_with(sets, c))
        at--;
    g_string_insert_c(letters, (gssize)at, (char)c);
}

static GString *telling_letters(const GPtrArray *sets)
{
    GString *letters = g_string_new(NULL);

    for (guint c = 'a'; c <= 'z'; c++)
        insert_letter(letters, sets, c);
    for (guint c = ' '; c < 'a'; c++)
        insert_letter(letters, sets, c);
    for (guint c = '{'; c <= '~'; c++)
        insert_letter(letters, sets, c);
    insert_letter(letters, sets, '\n');
    return letters;
}

/* Texts that a node takes -------------------------------------------------------------------------
 */

static GPtrArray *variants_of(const Pump *pump, const SgNode *node, gboolean sparing);

static void add_variant(GPtrArray *variants, char *text)
{
    if (variants->len < VARIANTS_MOST)
        g_ptr_array_add(variants, text);
    else
        g_free(text);
}

static void add_set_variants(const Pump *pump, const SgNode *node, GPtrArray *variants)
{
    if (node->only >= 128) {
        char text[7] = "";
        text[g_unichar_to_utf8(node->only, text)] = '\0';
        add_variant(variants, g_strdup(text));
    }
    for (const char *c = pump->letters->str; *c; c++) {
        if (sg_char_set_has(&node->set, (guchar)*c))
            add_variant(variants, g_strndup(c, 1));
    }
}

/* `parts` one behind the other, each by its first variant; but `which` by its `variant`. */
static char *joined(const GPtrArray *parts, guint which, guint variant)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < parts->len; i++) {
        const GPtrArray *part = parts->pdata[i];
        if (part->len > 0)
            g_string_append(text, part->pdata[i == which ? variant : 0]);
    }
    return g_string_free(text, FALSE);
}

/* Each child in turn in all its variants, the others in their first. */
static void add_sequence_variants(const Pump *pump, const SgNode *node, gboolean sparing,
                                  GPtrArray *variants)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < node->children->len; i++)
        g_ptr_array_add(parts, variants_of(pump, node->children->pdata[i], sparing));
    add_variant(variants, joined(parts, 0, 0));
    for (guint i = 0; i < parts->len; i++) {
        for (guint j = 1; j < ((GPtrArray *)parts->pdata[i])->len; j++)
            add_variant(variants, joined(parts, i, j));
    }
}

static void add_repeat_variants(const Pump *pump, const SgNode *node, gboolean sparing,
                                GPtrArray *variants)
{
    g_autoptr(GPtrArray) once = variants_of(pump, node->children->pdata[0], sparing);
    guint times = MAX(1, MIN(node->least, 50));

    if (node->least == 0 && sparing)
        add_variant(variants, g_strdup(""));
    for (guint i = 0; i < once->len; i++) {
        GString *text = g_string_new(NULL);
        for (guint j = 0; j < times && text->len < TEXT_MOST; j++)
            g_string_append(text, once->pdata[i]);
        add_variant(variants, g_string_free(text, FALSE));
    }
}

/* `sparing`: what may be left out is left out first. Free with g_ptr_array_unref(). */
static GPtrArray *variants_of(const Pump *pump, const SgNode *node, gboolean sparing)
{
    GPtrArray *variants = g_ptr_array_new_with_free_func(g_free);

    switch (node->kind) {
    case SG_NODE_SET:
        add_set_variants(pump, node, variants);
        break;
    case SG_NODE_SEQUENCE:
        add_sequence_variants(pump, node, sparing, variants);
        break;
    case SG_NODE_CHOICE:
        for (guint i = 0; i < node->children->len; i++) {
            g_autoptr(GPtrArray) some = variants_of(pump, node->children->pdata[i], sparing);
            for (guint j = 0; j < some->len; j++)
                add_variant(variants, g_strdup(some->pdata[j]));
        }
        break;
    case SG_NODE_REPEAT:
        add_repeat_variants(pump, node, sparing, variants);
        break;
    case SG_NODE_EDGE:
    case SG_NODE_OPAQUE:
        break;
    }
    return variants;
}

static void append_example(const Pump *pump, const SgNode *node, gboolean sparing, GString *text)
{
    g_autoptr(GPtrArray) variants = variants_of(pump, node, sparing);

    if (variants->len > 0)
        g_string_append(text, variants->pdata[0]);
}

/* Trials ------------------------------------------------------------------------------------------
 */

static guint steps_of(Pump *pump, const GString *lead, const char *again, const char *end,
                      guint letters)
{
    g_autoptr(GString) text = g_string_new(lead->str);

    for (gsize i = 0; i < letters; i += strlen(again))
        g_string_append(text, again);
    g_string_append(text, end);
    guint steps = sg_step_counter_run(pump->counter, (SgSpan){text->str, text->len});
    pump->effort += steps + text->len;
    return steps;
}

static void note(Pump *pump, const SgNode *repeat, const GString *lead, const char *again,
                 guint steps)
{
    g_autoptr(GString) text = g_string_new(lead->str);

    while (text->len < lead->len + AGAIN_WIDTH)
        g_string_append(text, again);
    for (char *c = text->str; *c; c++)
        *c = (guchar)*c < ' ' ? ' ' : *c;
    pump->found = g_new0(SgPump, 1);
    pump->found->repeat = repeat;
    pump->found->text = g_string_free(g_steal_pointer(&text), FALSE);
    pump->found->letters = 2 * pump->length;
    pump->found->steps = steps;
}

/* A text twice as long may take twice as many steps from one start, and so four times as many from
 * all: more than that is too much. */
static void try_again_and_again(Pump *pump, const SgNode *repeat, const GString *lead,
                                const char *again)
{
    static const char *const ends[] = {"", "\x01"};

    for (guint i = 0; i < G_N_ELEMENTS(ends) && !pump->found && *again; i++) {
        if (pump->effort > EFFORT_MOST)
            return;
        guint twice = steps_of(pump, lead, again, ends[i], 2 * pump->length);
        if (twice < 8 * pump->length)
            continue;
        guint once = steps_of(pump, lead, again, ends[i], pump->length);
        if (twice >= SG_STEPS_MOST ||
            (repeat->most == SG_NODE_NO_END && once > 0 && twice > 3 * once))
            note(pump, repeat, lead, again, twice);
    }
}

/* What comes behind, up to the next repeat and in each wording: a gap that takes that as well can
 * end at each. */
static void try_what_follows(Pump *pump, const SgNode *repeat, const GString *lead,
                             const Rest *rest)
{
    g_autoptr(GString) follow = g_string_new(NULL);

    for (; rest && follow->len < FOLLOW_MOST; rest = rest->outer) {
        for (guint i = rest->next; i < rest->sequence->children->len; i++) {
            const SgNode *next = rest->sequence->children->pdata[i];
            g_autoptr(GPtrArray) wordings = variants_of(pump, next, FALSE);
            if (next->kind == SG_NODE_REPEAT && next->most >= MANY_TIMES)
                try_again_and_again(pump, repeat, lead, follow->str);
            for (guint j = 1; j < wordings->len && next->kind != SG_NODE_SET; j++)
                try_again_and_again(pump, repeat, lead, wordings->pdata[j]);
            if (wordings->len > 0)
                g_string_append(follow, wordings->pdata[0]);
        }
    }
    try_again_and_again(pump, repeat, lead, follow->str);
}

static void try_repeat(Pump *pump, const SgNode *repeat, const GString *lead, const Rest *rest)
{
    g_autoptr(GPtrArray) bodies = variants_of(pump, repeat->children->pdata[0], TRUE);

    for (guint i = 0; i < bodies->len && !pump->found; i++)
        try_again_and_again(pump, repeat, lead, bodies->pdata[i]);
    if (!pump->found)
        try_what_follows(pump, repeat, lead, rest);
}

static void walk(Pump *pump, const SgNode *node, const GString *lead, const Rest *rest);

static void walk_sequence(Pump *pump, const SgNode *node, const GString *lead, const Rest *rest)
{
    g_autoptr(GString) before = g_string_new(lead->str);

    for (guint i = 0; i < node->children->len; i++) {
        Rest behind = {node, i + 1, rest};
        walk(pump, node->children->pdata[i], before, &behind);
        append_example(pump, node->children->pdata[i], TRUE, before);
    }
}

static void walk(Pump *pump, const SgNode *node, const GString *lead, const Rest *rest)
{
    if (pump->found || pump->effort > EFFORT_MOST)
        return;
    if (node->kind == SG_NODE_SEQUENCE) {
        walk_sequence(pump, node, lead, rest);
        return;
    }
    if (node->kind == SG_NODE_REPEAT && node->most >= MANY_TIMES && !node->keeps)
        try_repeat(pump, node, lead, rest);
    for (guint i = 0; i < node->children->len; i++)
        walk(pump, node->children->pdata[i], lead, rest);
}

SgPump *sg_pump_find(const SgNode *node, const SgPattern *pattern)
{
    g_autoptr(SgStepCounter) counter = sg_step_counter_new(pattern);
    g_autoptr(GPtrArray) sets = g_ptr_array_new();
    g_autoptr(GString) nothing = g_string_new(NULL);
    Pump pump = {.counter = counter};
    guint ends = 0;

    if (!counter)
        return NULL;
    gather_sets(node, sets, &ends);
    pump.letters = telling_letters(sets);
    pump.length = MAX(FEWEST_LETTERS, 2 * ends);
    walk(&pump, node, nothing, NULL);
    g_string_free(pump.letters, TRUE);
    return pump.found;
}

void sg_pump_free(SgPump *pump)
{
    if (!pump)
        return;
    g_free(pump->text);
    g_free(pump);
}
