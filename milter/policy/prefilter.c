/* prefilter.c - which patterns of a policy could match which texts: one database for each group of
 * patterns and form of text, and for each judging a note of where each pattern may be found. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "prefilter.h"

#include <pcre2.h>

#define NARROW_KEPT ((gsize)1 << 20) /* bytes that idle working memory may hold on to */
#define PARTS       (SG_GROUPS * SG_FORMS)
#define LAYOUT      "(a(uu)aay)" /* widths by number, databases by group and form */

/* A text that a pattern may match. */
typedef struct Sighting {
    guint text; /* index among the message's */
    guint end;  /* the first place where it may end, in the narrow form */
    guint next; /* index of the next text's sighting, 0: none */
    gsize last; /* byte of the text behind which it ends nowhere */
} Sighting;

struct SgPrefilter {
    GPtrArray *patterns; /* of SgPattern, borrowed: its number is its place here, from 1 */
    SgWidth *widths;     /* of matches, by number; none: the pattern is not scanned */
    SgScanner *scanners[SG_GROUPS][SG_FORMS];
    guint kinds[SG_FORMS]; /* 1 << SgTextKind: which texts are looked at in that form */
    SgScratch *scratch;    /* copied for each that scans */
    GMutex lock;
    GPtrArray *idle; /* of SgCandidates */
};

struct SgCandidates {
    SgPrefilter *prefilter;
    SgScratch *scratch;
    SgMessage *message;
    guint64 scanned;     /* 1 << group */
    guint64 failed;      /* could not be scanned: everything is a candidate */
    guint16 *kinds;      /* by number: 1 << SgTextKind of the texts it was seen in */
    guint *first, *last; /* by number: its sightings, where it has any kinds */
    GArray *sightings;   /* of Sighting; the one at 0 is not used */
    GArray *words;       /* of gsize, by text and form: its longest word; 0: not known yet */
    char *narrow;
    gsize narrow_size;
    guint text; /* index of the one being scanned */
    guint kind;
    gsize most_bytes; /* that a character of it may have */
};

/* Building ---------------------------------------------------------------------------------------
 */

static SgPrefilter *prefilter_new(GPtrArray *patterns, const guint *kinds)
{
    SgPrefilter *prefilter = g_new0(SgPrefilter, 1);

    prefilter->patterns = g_ptr_array_ref(patterns);
    prefilter->widths = g_new0(SgWidth, patterns->len + 1);
    prefilter->idle = g_ptr_array_new();
    memcpy(prefilter->kinds, kinds, sizeof prefilter->kinds);
    g_mutex_init(&prefilter->lock);
    return prefilter;
}

static gboolean is_of(const SgPattern *pattern, guint group, SgForm form)
{
    return sg_pattern_group(pattern) == group && sg_pattern_form(pattern) == form;
}

/* An expression for each pattern of that group and form, NULL for the others: the index is the
 * number. */
static GPtrArray *expressions_of(SgPrefilter *prefilter, guint group, SgForm form)
{
    GPtrArray *expressions = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(expressions, NULL);
    for (guint i = 0; i < prefilter->patterns->len; i++) {
        const SgPattern *pattern = prefilter->patterns->pdata[i];
        char *expression = NULL;
        if (is_of(pattern, group, form))
            expression = sg_pattern_widen(sg_pattern_source(pattern), sg_pattern_options(pattern),
                                          &prefilter->widths[i + 1]);
        g_ptr_array_add(expressions, expression);
    }
    return expressions;
}

static gboolean compile_part(SgPrefilter *prefilter, guint group, SgForm form)
{
    g_autoptr(GPtrArray) expressions = expressions_of(prefilter, group, form);
    SgScanner *scanner = sg_scanner_compile(expressions);

    prefilter->scanners[group][form] = scanner;
    for (guint i = 0; i < prefilter->patterns->len; i++) {
        if (is_of(prefilter->patterns->pdata[i], group, form) && !expressions->pdata[i + 1])
            prefilter->widths[i + 1] = (SgWidth){0, 0};
    }
    return scanner && sg_scratch_fit(&prefilter->scratch, scanner);
}

SgPrefilter *sg_prefilter_compile(GPtrArray *patterns, const guint *kinds)
{
    g_autoptr(SgPrefilter) prefilter = prefilter_new(patterns, kinds);

    for (guint part = 0; part < PARTS; part++) {
        if (!compile_part(prefilter, part / SG_FORMS, (SgForm)(part % SG_FORMS)))
            return NULL;
    }
    return g_steal_pointer(&prefilter);
}

static void candidates_free(SgCandidates *candidates)
{
    sg_scratch_free(candidates->scratch);
    g_array_unref(candidates->sightings);
    g_array_unref(candidates->words);
    g_free(candidates->kinds);
    g_free(candidates->first);
    g_free(candidates->last);
    g_free(candidates->narrow);
    g_free(candidates);
}

void sg_prefilter_free(SgPrefilter *prefilter)
{
    if (!prefilter)
        return;
    for (guint i = 0; i < prefilter->idle->len; i++)
        candidates_free(prefilter->idle->pdata[i]);
    g_ptr_array_unref(prefilter->idle);
    for (guint part = 0; part < PARTS; part++)
        sg_scanner_free(prefilter->scanners[part / SG_FORMS][part % SG_FORMS]);
    sg_scratch_free(prefilter->scratch);
    g_mutex_clear(&prefilter->lock);
    g_ptr_array_unref(prefilter->patterns);
    g_free(prefilter->widths);
    g_free(prefilter);
}

/* Keeping ----------------------------------------------------------------------------------------
 */

static void add_to_sum(GChecksum *sum, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add_to_sum(GChecksum *sum, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

char *sg_prefilter_key(const GPtrArray *patterns)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    char pcre[64] = "";

    if (!sg_scanner_platform())
        return NULL;
    pcre2_config(PCRE2_CONFIG_VERSION, pcre);
    add_to_sum(sum, "%d, %s, PCRE2 %s", SG_WIDEN_VERSION, sg_scanner_platform(), pcre);
    for (guint i = 0; i < patterns->len; i++) {
        const SgPattern *pattern = patterns->pdata[i];
        add_to_sum(sum, "%u %d %u %s", sg_pattern_group(pattern), sg_pattern_form(pattern),
                   sg_pattern_options(pattern), sg_pattern_source(pattern));
    }
    return g_strdup(g_checksum_get_string(sum));
}

GBytes *sg_prefilter_save(const SgPrefilter *prefilter)
{
    GVariantBuilder databases;
    guint count = prefilter->patterns->len + 1;

    g_variant_builder_init(&databases, G_VARIANT_TYPE("aay"));
    for (guint part = 0; part < PARTS; part++) {
        g_autoptr(GBytes) bytes =
            sg_scanner_save(prefilter->scanners[part / SG_FORMS][part % SG_FORMS]);
        if (!bytes) { /* kept as empty it would find nothing, and let all mail pass */
            g_variant_builder_clear(&databases);
            return NULL;
        }
        g_variant_builder_add_value(
            &databases, g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
    }
    GVariant *parts[] = {
        g_variant_new_fixed_array(G_VARIANT_TYPE("(uu)"), prefilter->widths, count,
                                  sizeof(SgWidth)),
        g_variant_builder_end(&databases),
    };
    g_autoptr(GVariant) whole = g_variant_ref_sink(g_variant_new_tuple(parts, G_N_ELEMENTS(parts)));
    return g_variant_get_data_as_bytes(whole);
}

static gboolean take_widths(SgPrefilter *prefilter, GVariant *whole)
{
    g_autoptr(GVariant) array = g_variant_get_child_value(whole, 0);
    gsize found;
    const SgWidth *widths = g_variant_get_fixed_array(array, &found, sizeof(SgWidth));

    if (found != (gsize)prefilter->patterns->len + 1)
        return FALSE;
    memcpy(prefilter->widths, widths, found * sizeof(SgWidth));
    return TRUE;
}

static gboolean take_databases(SgPrefilter *prefilter, GVariant *whole)
{
    g_autoptr(GVariant) databases = g_variant_get_child_value(whole, 1);

    if (g_variant_n_children(databases) != PARTS)
        return FALSE;
    for (guint part = 0; part < PARTS; part++) {
        g_autoptr(GVariant) database = g_variant_get_child_value(databases, part);
        g_autoptr(GBytes) bytes = g_variant_get_data_as_bytes(database);
        SgScanner *scanner = sg_scanner_load(bytes);
        prefilter->scanners[part / SG_FORMS][part % SG_FORMS] = scanner;
        if (!scanner || !sg_scratch_fit(&prefilter->scratch, scanner))
            return FALSE;
    }
    return TRUE;
}

SgPrefilter *sg_prefilter_load(GPtrArray *patterns, const guint *kinds, GBytes *bytes)
{
    g_autoptr(SgPrefilter) prefilter = prefilter_new(patterns, kinds);
    g_autoptr(GVariant) whole =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(LAYOUT), bytes, FALSE));

    if (!take_widths(prefilter, whole) || !take_databases(prefilter, whole))
        return NULL;
    return g_steal_pointer(&prefilter);
}

/* Judging ----------------------------------------------------------------------------------------
 */

static SgCandidates *candidates_new(SgPrefilter *prefilter)
{
    SgCandidates *candidates = g_new0(SgCandidates, 1);
    gsize count = (gsize)prefilter->patterns->len + 1;
    const Sighting none = {0};

    candidates->prefilter = prefilter;
    candidates->scratch = sg_scratch_copy(prefilter->scratch);
    candidates->kinds = g_new0(guint16, count);
    candidates->first = g_new0(guint, count);
    candidates->last = g_new0(guint, count);
    candidates->sightings = g_array_new(FALSE, FALSE, sizeof(Sighting));
    g_array_append_val(candidates->sightings, none);
    candidates->words = g_array_new(FALSE, TRUE, sizeof(gsize));
    return candidates;
}

SgCandidates *sg_candidates_start(SgPrefilter *prefilter, SgMessage *message)
{
    SgCandidates *candidates = NULL;

    g_mutex_lock(&prefilter->lock);
    if (prefilter->idle->len > 0)
        candidates = g_ptr_array_steal_index_fast(prefilter->idle, prefilter->idle->len - 1);
    g_mutex_unlock(&prefilter->lock);
    if (!candidates)
        candidates = candidates_new(prefilter);
    candidates->message = message;
    return candidates;
}

static void forget(SgCandidates *candidates)
{
    gsize count = (gsize)candidates->prefilter->patterns->len + 1;

    candidates->scanned = candidates->failed = 0;
    memset(candidates->kinds, 0, count * sizeof *candidates->kinds);
    g_array_set_size(candidates->sightings, 1);
    g_array_set_size(candidates->words, 0);
    if (candidates->narrow_size > NARROW_KEPT) {
        g_clear_pointer(&candidates->narrow, g_free);
        candidates->narrow_size = 0;
    }
}

void sg_candidates_end(SgCandidates *candidates)
{
    if (!candidates)
        return;
    SgPrefilter *prefilter = candidates->prefilter;
    forget(candidates);
    g_mutex_lock(&prefilter->lock);
    g_ptr_array_add(prefilter->idle, candidates);
    g_mutex_unlock(&prefilter->lock);
}

/* Texts are scanned in their order, so that the last sighting of a pattern is of this text or of
 * one before it. Ends are reported in no certain order. */
static void note_sighting(guint number, gsize end, gpointer data)
{
    SgCandidates *candidates = data;
    Sighting *last = &g_array_index(candidates->sightings, Sighting, candidates->last[number]);
    const Sighting sighting = {candidates->text, (guint)end, 0, end * candidates->most_bytes};
    guint at = candidates->sightings->len;

    gboolean seen = candidates->kinds[number] != 0;

    if (seen && last->text == candidates->text) {
        last->end = MIN(last->end, sighting.end);
        last->last = MAX(last->last, sighting.last);
        return;
    }
    if (seen)
        last->next = at;
    else
        candidates->first[number] = at;
    candidates->last[number] = at;
    candidates->kinds[number] |= (guint16)(1u << candidates->kind);
    g_array_append_val(candidates->sightings, sighting);
}

static gboolean is_ascii(SgSpan text)
{
    guint64 all = 0;
    gsize i = 0;

    for (; i + sizeof all <= text.len; i += sizeof all) {
        guint64 eight;
        memcpy(&eight, text.at + i, sizeof eight);
        all |= eight;
    }
    for (; i < text.len; i++)
        all |= (guchar)text.at[i];
    return (all & G_GUINT64_CONSTANT(0x8080808080808080)) == 0;
}

static SgSpan narrowed(SgCandidates *candidates, SgSpan text)
{
    candidates->most_bytes = is_ascii(text) ? 1 : 4;
    if (candidates->most_bytes == 1)
        return text;
    if (candidates->narrow_size < text.len) {
        g_free(candidates->narrow);
        candidates->narrow = g_malloc(text.len);
        candidates->narrow_size = text.len;
    }
    return (SgSpan){candidates->narrow, sg_text_narrow(text, candidates->narrow)};
}

/* FALSE when it failed. */
static gboolean scan_form(SgCandidates *candidates, const SgScanner *scanner, SgForm form)
{
    const GPtrArray *texts = sg_message_texts(candidates->message);
    const SgPrefilter *prefilter = candidates->prefilter;

    g_array_set_size(candidates->words, texts->len * SG_FORMS);
    for (guint i = 0; i < texts->len && !sg_scanner_is_empty(scanner); i++) {
        const SgText *text = texts->pdata[i];
        candidates->text = i;
        candidates->kind = sg_text_kind(text);
        if (!(prefilter->kinds[form] & 1u << candidates->kind))
            continue;
        SgSpan narrow = narrowed(candidates, sg_text_form(text, form));
        if (!sg_scanner_scan(scanner, narrow, candidates->scratch, note_sighting, candidates))
            return FALSE;
    }
    return TRUE;
}

static guint64 bit_of(guint group)
{
    return G_GUINT64_CONSTANT(1) << group;
}

static void scan(SgCandidates *candidates, guint group)
{
    for (guint form = 0; form < SG_FORMS; form++) {
        if (!scan_form(candidates, candidates->prefilter->scanners[group][form], (SgForm)form))
            candidates->failed |= bit_of(group);
    }
    candidates->scanned |= bit_of(group);
}

static gboolean is_scanned(const SgPrefilter *prefilter, guint number)
{
    return prefilter->widths[number].characters > 0 || prefilter->widths[number].words > 0;
}

/* FALSE: nothing is known of the pattern, so that every text must be looked at. */
static gboolean is_known(SgCandidates *candidates, const SgPattern *pattern)
{
    guint number = sg_pattern_number(pattern);
    guint group = sg_pattern_group(pattern);

    if (!number || !is_scanned(candidates->prefilter, number))
        return FALSE;
    if (!(candidates->scanned & bit_of(group)))
        scan(candidates, group);
    return !(candidates->failed & bit_of(group));
}

gboolean sg_prefilter_knows(const SgPrefilter *prefilter, const SgPattern *pattern)
{
    return is_scanned(prefilter, sg_pattern_number(pattern));
}

const guint16 *sg_candidates_kinds(SgCandidates *candidates, guint64 groups)
{
    guint64 missing = groups & ~candidates->scanned;

    for (guint group = 0; missing && group < SG_GROUPS; group++) {
        if (missing & bit_of(group))
            scan(candidates, group);
    }
    return candidates->failed & groups ? NULL : candidates->kinds;
}

gboolean sg_candidates_have(SgCandidates *candidates, const SgPattern *pattern, guint kinds)
{
    return !is_known(candidates, pattern) ||
           (candidates->kinds[sg_pattern_number(pattern)] & kinds) != 0;
}

void sg_text_walk_start(SgTextWalk *walk, SgMessage *message, SgCandidates *candidates,
                        const SgPattern *pattern, guint kinds)
{
    *walk = (SgTextWalk){.texts = sg_message_texts(message), .kinds = kinds};
    if (!candidates || !is_known(candidates, pattern))
        return;
    guint number = sg_pattern_number(pattern);
    walk->candidates = candidates;
    walk->number = number;
    if (candidates->kinds[number] & kinds)
        walk->next = candidates->first[number];
}

/* The longest stretch without a blank in the text; no character takes less than a byte. */
static gsize longest_word(SgCandidates *candidates, guint index, SgForm form)
{
    gsize *longest = &g_array_index(candidates->words, gsize, index * SG_FORMS + form);
    SgSpan rest = sg_text_form(sg_message_texts(candidates->message)->pdata[index], form);

    if (*longest > 0)
        return *longest;
    for (gsize len; *longest < rest.len; rest = (SgSpan){rest.at + len, rest.len - len}) {
        const char *blank = memchr(rest.at, ' ', rest.len);
        len = blank ? (gsize)(blank - rest.at) + 1 : rest.len;
        *longest = MAX(*longest, len);
    }
    return *longest;
}

/* Where a match may begin: a byte, as no character takes less. */
static SgStretch stretch_of(SgCandidates *candidates, guint number, const Sighting *sighting)
{
    SgWidth width = candidates->prefilter->widths[number];
    SgForm form = sg_pattern_form(candidates->prefilter->patterns->pdata[number - 1]);
    gsize most = width.characters;
    SgStretch within = {0, sighting->last};

    if (width.words > 0)
        most += width.words * longest_word(candidates, sighting->text, form);
    if (width.characters != SG_WIDTH_ANY && sighting->end > most)
        within.start = sighting->end - most;
    return within;
}

static const SgText *next_sighting(SgTextWalk *walk)
{
    while (walk->next) {
        const Sighting *sighting =
            &g_array_index(walk->candidates->sightings, Sighting, walk->next);
        const SgText *text = walk->texts->pdata[sighting->text];
        walk->next = sighting->next;
        if (walk->kinds & 1u << sg_text_kind(text)) {
            walk->within = stretch_of(walk->candidates, walk->number, sighting);
            return text;
        }
    }
    return NULL;
}

const SgText *sg_text_walk_next(SgTextWalk *walk)
{
    if (walk->candidates)
        return next_sighting(walk);
    walk->within = SG_STRETCH_ALL;
    while (walk->next < walk->texts->len) {
        const SgText *text = walk->texts->pdata[walk->next++];
        if (walk->kinds & 1u << sg_text_kind(text))
            return text;
    }
    return NULL;
}
