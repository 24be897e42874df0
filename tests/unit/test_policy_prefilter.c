/* test_policy_prefilter.c - the first pass over a text never loses what PCRE2 would match: not one
 * pattern, and not one verdict. SCHOOLGATE_TEST_ROUNDS=1000 tries a thousand times as many. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "../../milter/policy/prefilter.h"
#include "random_pattern.h"
#include "school.h"
#include "verdict_text.h"

#include <pcre2.h>

#define BATCH  40 /* patterns looked for together */
#define SAMPLE 4  /* texts for each of them */

static guint rounds(void)
{
    const char *asked = g_getenv("SCHOOLGATE_TEST_ROUNDS");

    return asked ? (guint)g_ascii_strtoull(asked, NULL, 10) : 1;
}

/* Widening ---------------------------------------------------------------------------------------
 */

static void assert_widened(const char *source, const char *expected)
{
    SgWidth width;
    g_autofree char *widened = sg_pattern_widen(source, 0, &width);

    g_assert_cmpstr(widened, ==, expected);
}

static void test_what_lies_beyond_ascii_is_let_in(void)
{
    assert_widened("x\\dx", "(?:x[0-9\\x80-\\xff]x)");
    assert_widened("x[^a-z]x", "(?:x[\\x00-\\x60\\x7b-\\xff]x)");
    assert_widened("x.x", "(?:x.x)");
    assert_widened("x\\p{Lu}x", "(?:x[A-Z\\x80-\\xff]x)");
    assert_widened("x[a-c]x", "(?:x[a-c]x)");
    assert_widened("x\xc3\xa9x", "(?:x\\xa9x)");
    assert_widened("(?i)xk", "(?:[Xx][Kk\\x80-\\xff])");
    assert_widened("(?i)x\xc3\xa9x", "(?:[Xx].[Xx])");
}

static void test_boundaries_stay_beside_plain_letters_only(void)
{
    assert_widened("\\bluck\\b", "(?:\\bluck\\b)");
    assert_widened("\\b(?:bad|good) luck", "(?:\\b(?:bad|good)\\x20luck)");
    assert_widened("x\\b\\w", "(?:x\\b[0-9A-Z\\x5fa-z\\x80-\\xff])");
    assert_widened("-\\b\\wx", "(?:\\x2d[0-9A-Z\\x5fa-z\\x80-\\xff]x)");
    assert_widened("-\\B-", "(?:\\x2d\\x2d)");
    assert_widened("(?i)-\\bsix", "(?:\\x2d[Ss\\x80-\\xff][Ii][Xx])");
}

static void test_anchors_and_looks_are_dropped(void)
{
    assert_widened("^re:$", "(?:re\\x3a)");
    assert_widened("(?<!never )forward(?= this)", "(?:forward)");
    assert_widened("(?>a|b)c", "(?:(?:a|b)c)");
    assert_widened("(?<who>a)c", "(?:(?:a)c)");
}

static void test_ends_that_may_be_left_out_are(void)
{
    assert_widened("(?:\\d+ )?pounds?", "(?:pound)");
    assert_widened("\\b\\w+@\\w+\\b",
                   "(?:[0-9A-Z\\x5fa-z\\x80-\\xff]\\x40[0-9A-Z\\x5fa-z\\x80-\\xff])");
    assert_widened("\\bluck(?:y)?\\b", "(?:\\bluck)");
}

static void test_what_is_not_surely_safe_is_left_to_pcre2(void)
{
    static const char *const sources[] = {
        "(a)\\1x",  "(?<n>a)\\k<n>", "a\\Kb",   "\\Ga",     "a\\Rb",        "a\\Xb",   "(?R)?a",
        "(?|a|b)",  "(?(?=a)a|b)",   "(*UCP)a", "(?x) a b", "(?<n>a)(?&n)", "\\Qa\\E", "a{,3}b",
        "a++*",     "\\cAb",         "\\07b",   "a*",       "(?:a|)",       "(?=a)",   "^$",
        "\\o{101}", "(?^)a",         "(?C)a",   "(?#x)a"};

    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        assert_widened(sources[i], NULL);
    SgWidth width;
    g_assert_null(sg_pattern_widen("a b", PCRE2_EXTENDED, &width));
}

static void assert_width(const char *source, guint characters, guint words)
{
    SgWidth width = {0, 0};
    g_autofree char *widened = sg_pattern_widen(source, 0, &width);

    g_assert_nonnull(widened);
    g_assert_cmpuint(width.characters, ==, characters);
    g_assert_cmpuint(width.words, ==, words);
}

static void test_width_is_the_most_characters_a_match_takes(void)
{
    assert_width("\\ba{2,3}.{0,10}(?:b|\xc3\xa9\xc3\xa9)s?", 16, 0);
    assert_width("ab* *c", SG_WIDTH_ANY, 0);
    assert_width("a.*b", SG_WIDTH_ANY, 0);
}

static void test_what_takes_no_blank_is_as_wide_as_a_word(void)
{
    assert_width("ab*c", 2, 1);
    assert_width("to (?:\\w+ ){0,3}all", 9, 3);
    assert_width("\\d+(?:[.,]\\d+)*p|\\w+@\\w+", 1, 2);
    assert_width("a[^b]+c", SG_WIDTH_ANY, 0);
}

static void test_narrow_text_has_one_byte_for_each_character(void)
{
    const char *text = "a\xc3\xa9\xe2\x84\xaa\xf0\x9f\x98\x80z";
    char narrow[16];

    g_assert_cmpuint(sg_text_narrow((SgSpan){text, strlen(text)}, narrow), ==, 5);
    g_assert_cmpint(memcmp(narrow, "a\xa9\xaa\x80z", 5), ==, 0);
}

/* The widening relies on it: of the ASCII characters only k and s match one beyond, whatever the
 * case; and by a class, a character without case does not either. */
static void test_only_k_and_s_have_twins_beyond_ascii(void)
{
    int code;
    PCRE2_SIZE offset;
    pcre2_code *pattern =
        pcre2_compile((PCRE2_SPTR) "[\\x{0}-jl-rt-\\x{7f}]", PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &code, &offset, NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    g_autoptr(GString) beyond = g_string_new(NULL);

    g_assert_nonnull(pattern);
    for (gunichar character = 0x80; character <= 0x10ffff; character++) {
        if (g_unichar_validate(character))
            g_string_append_unichar(beyond, character);
    }
    /* The range takes in capital K and S, whose twins are excused. */
    for (PCRE2_SIZE at = 0;;) {
        int found = pcre2_match(pattern, (PCRE2_SPTR)beyond->str, beyond->len, at, 0, data, NULL);
        if (found == PCRE2_ERROR_NOMATCH)
            break;
        g_assert_cmpint(found, >, 0);
        gunichar twin = g_utf8_get_char(beyond->str + pcre2_get_ovector_pointer(data)[0]);
        g_assert_true(twin == 0x212a || twin == 0x17f);
        at = pcre2_get_ovector_pointer(data)[1];
    }
    pcre2_match_data_free(data);
    pcre2_code_free(pattern);
}

/* Without this every test below would be content with PCRE2 alone. A library that loses matches
 * (see scanner.c) is not used, and makes this fail. */
static void test_what_is_built_with_vectorscan_can_use_it(void)
{
#ifdef SG_HAVE_VECTORSCAN
    g_assert_nonnull(sg_scanner_platform());
#else
    g_assert_null(sg_scanner_platform());
#endif
}

/* Patterns by chance -----------------------------------------------------------------------------
 */

typedef struct Batch {
    guint count;            /* of patterns: Vectorscan has other ways for few than for many */
    GPtrArray *sources;     /* of char * */
    GPtrArray *samples;     /* of char * */
    GPtrArray *expressions; /* of char *, NULL where it was not widened */
    pcre2_code *codes[BATCH];
    SgWidth widths[BATCH];
    gsize ends[BATCH];  /* of the text at hand: where a match may end first, or G_MAXSIZE */
    gsize lasts[BATCH]; /* and last */
    SgScanner *scanner;
    SgScratch *scratch;
} Batch;

static guint32 random_flags(GRand *chance)
{
    static const guint32 flags[] = {
        0, 0, 0, PCRE2_CASELESS, PCRE2_DOTALL, PCRE2_MULTILINE, PCRE2_CASELESS | PCRE2_MULTILINE};

    return PICK(chance, flags);
}

static gboolean add_pattern(Batch *batch, GRand *chance)
{
    guint number = batch->sources->len;
    guint32 flags = random_flags(chance);
    g_autofree char *sample = NULL;
    g_autofree char *source = random_pattern(chance, &sample);
    int code;
    PCRE2_SIZE offset;

    batch->codes[number] = pcre2_compile((PCRE2_SPTR)source, PCRE2_ZERO_TERMINATED,
                                         PCRE2_UTF | PCRE2_UCP | flags, &code, &offset, NULL);
    if (!batch->codes[number])
        return FALSE; /* a look-behind without a length, or a name used twice */
    g_ptr_array_add(batch->expressions, sg_pattern_widen(source, flags, &batch->widths[number]));
    g_ptr_array_add(batch->sources, g_steal_pointer(&source));
    g_ptr_array_add(batch->samples, g_steal_pointer(&sample));
    return TRUE;
}

static void batch_init(Batch *batch, GRand *chance)
{
    static const guint counts[] = {1, 2, 3, 8, BATCH, BATCH};

    *batch = (Batch){.count = PICK(chance, counts),
                     .sources = g_ptr_array_new_with_free_func(g_free),
                     .samples = g_ptr_array_new_with_free_func(g_free),
                     .expressions = g_ptr_array_new_with_free_func(g_free)};
    while (batch->sources->len < batch->count)
        add_pattern(batch, chance);
    batch->scanner = sg_scanner_compile(batch->expressions);
    g_assert_nonnull(batch->scanner);
    g_assert_true(sg_scratch_fit(&batch->scratch, batch->scanner));
}

static void batch_clear(Batch *batch)
{
    for (guint i = 0; i < batch->count; i++)
        pcre2_code_free(batch->codes[i]);
    g_ptr_array_unref(batch->sources);
    g_ptr_array_unref(batch->samples);
    g_ptr_array_unref(batch->expressions);
    sg_scratch_free(batch->scratch);
    sg_scanner_free(batch->scanner);
}

static void note_end(guint index, gsize end, gpointer data)
{
    Batch *batch = data;

    batch->ends[index] = MIN(batch->ends[index], end);
    batch->lasts[index] = MAX(batch->lasts[index], end);
}

static gsize widest_in(SgWidth width, const char *text)
{
    gsize longest = 0;

    for (const char *at = text; *at; at += *at == ' ') {
        gsize word = strcspn(at, " ");
        longest = MAX(longest, word);
        at += word;
    }
    return width.characters == SG_WIDTH_ANY ? G_MAXUINT : width.characters + width.words * longest;
}

/* Every match of PCRE2's, wherever it begins, ends at or behind the first end that was seen, and
 * begins no more than the width before it, nor behind the last. */
static guint assert_matches_are_seen(const Batch *batch, guint number, const char *text)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    const char *source = batch->sources->pdata[number];
    guint matches = 0;

    for (const char *at = text;; at = g_utf8_next_char(at), matches++) {
        if (pcre2_match(batch->codes[number], (PCRE2_SPTR)text, strlen(text),
                        (PCRE2_SIZE)(at - text), 0, data, NULL) <= 0)
            break;
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
        glong from = g_utf8_strlen(text, (gssize)MIN(ends[0], ends[1]));
        glong to = g_utf8_strlen(text, (gssize)MAX(ends[0], ends[1]));
        gsize seen = batch->ends[number];
        if (seen > (gsize)to || (gsize)from > batch->lasts[number] ||
            seen > (gsize)from + widest_in(batch->widths[number], text))
            g_error("/%s/ widened to /%s/ was missed at %ld in '%s'", source,
                    (char *)batch->expressions->pdata[number], from, text);
        at = text + ends[0];
        if (!*at)
            break;
    }
    pcre2_match_data_free(data);
    return matches;
}

static guint assert_text_keeps_its_matches(Batch *batch, const char *text)
{
    g_autofree char *narrow = g_malloc(strlen(text) + 1);
    gsize length = sg_text_narrow((SgSpan){text, strlen(text)}, narrow);
    guint matches = 0;

    for (guint i = 0; i < batch->count; i++)
        batch->ends[i] = G_MAXSIZE, batch->lasts[i] = 0;
    g_assert_true(
        sg_scanner_scan(batch->scanner, (SgSpan){narrow, length}, batch->scratch, note_end, batch));
    for (guint i = 0; i < batch->count; i++) {
        if (batch->expressions->pdata[i])
            matches += assert_matches_are_seen(batch, i, text);
    }
    return matches;
}

static void test_no_match_is_missed(void)
{
    GRand *chance = g_rand_new_with_seed(g_test_rand_int());
    guint matches = 0, widened = 0;

    if (!sg_scanner_platform()) {
        g_assert_null(sg_prefilter_key(NULL));
        g_rand_free(chance);
        return;
    }
    for (guint round = 0; round < 10 * rounds(); round++) {
        Batch batch;
        batch_init(&batch, chance);
        for (guint i = 0; i < BATCH * SAMPLE; i++) {
            g_autofree char *text =
                random_text_around(chance, batch.samples->pdata[i % batch.count]);
            matches += assert_text_keeps_its_matches(&batch, text);
        }
        for (guint i = 0; i < batch.count; i++)
            widened += batch.expressions->pdata[i] != NULL;
        batch_clear(&batch);
    }
    g_test_message("%u patterns widened, %u matches seen", widened, matches);
    /* A test that tries nothing would find nothing. */
    g_assert_cmpuint(widened, >, rounds());
    g_assert_cmpuint(matches, >, 1000 * rounds());
    g_rand_free(chance);
}

/* Policies by chance -----------------------------------------------------------------------------
 */

static gboolean is_pattern(const char *source)
{
    int code;
    PCRE2_SIZE offset;
    pcre2_code *pattern =
        pcre2_compile((PCRE2_SPTR)source, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &code, &offset, NULL);

    pcre2_code_free(pattern);
    return pattern != NULL;
}

static void add_random_pattern(GRand *chance, GString *rules, GPtrArray *samples)
{
    static const char *const forms[] = {"", "", "i", " raw", "i raw", " squeezed", "s"};
    g_autofree char *sample = NULL;
    g_autofree char *source = random_pattern(chance, &sample);

    while (!is_pattern(source)) {
        g_free(source);
        g_free(sample);
        source = random_pattern(chance, &sample);
    }
    g_string_append_printf(rules, "/%s/%s\n", source, PICK(chance, forms));
    g_ptr_array_add(samples, g_steal_pointer(&sample));
}

static void add_random_rule(GRand *chance, guint number, GString *rules, GPtrArray *samples)
{
    static const char *const places[] = {"subject, body", "body", "subject", "body, quoted, links"};
    static const char *const people[] = {"", "    from staff\n", "    from student\n",
                                         "    to student\n"};

    g_string_append_printf(rules, "phrase both-%u\n", number);
    for (int i = 0; i < 2; i++) {
        g_string_append(rules, "    says ");
        add_random_pattern(chance, rules, samples);
    }
    g_string_append_printf(rules, "rule r%u\n    clause 2.6\n    look-in %s\n%s", number,
                           PICK(chance, places), PICK(chance, people));
    if (number % 5 == 0) {
        g_string_append(rules, "    match ");
        add_random_pattern(chance, rules, samples);
    }
    for (int i = 0; i < 3; i++) {
        g_string_append_printf(rules, "    signal %d s%d ", g_rand_int_range(chance, 1, 4), i);
        add_random_pattern(chance, rules, samples);
    }
    g_string_append_printf(
        rules,
        "    signal 2 both-%u\n    signal 1 close near both-%u both-%u within 40\n"
        "    signal -1 against to parent\n"
        "    signal 1 to-parent to parent\n    need %d points from %d signals\n"
        "    except match ",
        number, number, number / 2, g_rand_int_range(chance, 1, 6), g_rand_int_range(chance, 1, 3));
    add_random_pattern(chance, rules, samples);
    g_string_append(rules, "    action reject\n    explain x\n");
}

static char *mail_text(GRand *chance, const GPtrArray *samples)
{
    GString *text = g_string_new(NULL);

    for (int i = g_rand_int_range(chance, 1, 25); i > 0; i--) {
        g_autofree char *part = random_text_around(
            chance, samples->pdata[g_rand_int_range(chance, 0, (gint32)samples->len)]);
        g_string_append(text, part);
        if (i % 7 == 0)
            g_string_append(text, "\r\n> https://kingsmead.example/x1 \r\n");
    }
    return g_string_free(text, FALSE);
}

static gboolean is_unscannable(const SgVerdict *verdict)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        if (((const SgFinding *)verdict->findings->pdata[i])->kind == SG_FINDING_UNSCANNABLE)
            return TRUE;
    }
    return FALSE;
}

/* A text that is too hard for a pattern is found so only where PCRE2 is asked, so that PCRE2 alone
 * finds it more often; then the rest cannot be compared. */
static guint assert_same_verdict(const School *alone, const School *quick, const School *kept,
                                 const char *sender, const char *text, const char *rules)
{
    g_autofree char *subject = g_strndup(text, strcspn(text, "\r\n"));
    g_autoptr(SgVerdict) expected =
        judged(alone, from_to(alone, sender, "student", "parent", NULL), subject, text);
    const School *others[] = {quick, kept};

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(SgVerdict) found =
            judged(others[i], from_to(others[i], sender, "student", "parent", NULL), subject, text);
        g_autofree char *was = verdict_text(expected);
        g_autofree char *is = verdict_text(found);
        if (!is_unscannable(expected) && strcmp(is, was) != 0)
            g_error("by PCRE2 alone:\n%sotherwise:\n%sof:\n%s\nby:\n%s", was, is, text, rules);
    }
    return is_unscannable(expected) ? 0 : expected->findings->len;
}

static void test_verdicts_are_the_same_with_and_without_the_first_pass(void)
{
    GRand *chance = g_rand_new_with_seed(g_test_rand_int());
    guint findings = 0;

    for (guint round = 0; round < 2 * rounds(); round++) {
        g_autoptr(GString) rules = g_string_new(NULL);
        g_autoptr(GPtrArray) samples = g_ptr_array_new_with_free_func(g_free);
        for (guint i = 0; i < 12; i++)
            add_random_rule(chance, i, rules, samples);
        School alone = school_of(rules->str), quick = school_of(rules->str),
               kept = school_of(rules->str);
        gboolean can = sg_policy_compile_patterns(quick.policy);
        g_assert_true(can == (sg_scanner_platform() != NULL));
        if (can) {
            g_autoptr(GBytes) bytes = sg_policy_save_patterns(quick.policy);
            g_assert_true(sg_policy_load_patterns(kept.policy, bytes));
        }
        for (guint i = 0; i < 60; i++) {
            g_autofree char *text = mail_text(chance, samples);
            findings += assert_same_verdict(&alone, &quick, &kept, i % 3 ? "staff" : "student",
                                            text, rules->str);
        }
        school_done(&alone);
        school_done(&quick);
        school_done(&kept);
    }
    g_test_message("%u findings", findings);
    g_assert_cmpuint(findings, >, 50 * rounds());
    g_rand_free(chance);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prefilter/beyond-ascii", test_what_lies_beyond_ascii_is_let_in);
    g_test_add_func("/prefilter/boundaries", test_boundaries_stay_beside_plain_letters_only);
    g_test_add_func("/prefilter/anchors", test_anchors_and_looks_are_dropped);
    g_test_add_func("/prefilter/trimmed", test_ends_that_may_be_left_out_are);
    g_test_add_func("/prefilter/unsafe", test_what_is_not_surely_safe_is_left_to_pcre2);
    g_test_add_func("/prefilter/width", test_width_is_the_most_characters_a_match_takes);
    g_test_add_func("/prefilter/words", test_what_takes_no_blank_is_as_wide_as_a_word);
    g_test_add_func("/prefilter/narrow", test_narrow_text_has_one_byte_for_each_character);
    g_test_add_func("/prefilter/twins", test_only_k_and_s_have_twins_beyond_ascii);
    g_test_add_func("/prefilter/usable", test_what_is_built_with_vectorscan_can_use_it);
    g_test_add_func("/prefilter/random-patterns", test_no_match_is_missed);
    g_test_add_func("/prefilter/random-policies",
                    test_verdicts_are_the_same_with_and_without_the_first_pass);
    return g_test_run();
}
