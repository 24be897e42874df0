/* test_console_highlight.c - what signals saw is found in the text, whatever text and excerpts are.
 */
#include "../../milter/console/highlight.h"
#include "support.h"

/* The text with each highlight in brackets, led by its numbers. */
static char *marked(const char *text, const SgSought *sought, guint n)
{
    g_autoptr(GArray) found = sg_highlights_find(sg_span(text), sought, n);
    GString *out = g_string_new(NULL);
    gsize at = 0;

    for (guint i = 0; i < found->len; i++) {
        const SgHighlight *one = &g_array_index(found, SgHighlight, i);
        g_assert_cmpuint(one->from, >=, at);
        g_assert_cmpuint(one->to, >, one->from);
        g_string_append_len(out, text + at, (gssize)(one->from - at));
        g_string_append_c(out, '[');
        for (guint k = 0; k < one->numbers->len; k++)
            g_string_append_printf(out, "%u:", g_array_index(one->numbers, guint, k));
        g_string_append_len(out, text + one->from, (gssize)(one->to - one->from));
        g_string_append_c(out, ']');
        at = one->to;
    }
    g_string_append(out, text + at);
    return g_string_free(out, FALSE);
}

static void assert_marked(const char *text, const char *excerpt, gsize from, gsize to,
                          const char *expected)
{
    const SgSought sought = {excerpt, from, to, 1};
    g_autofree char *out = marked(text, &sought, 1);

    g_assert_cmpstr(out, ==, expected);
}

static void test_the_match_is_marked_where_its_excerpt_stands(void)
{
    assert_marked("Hello. Add me on Snap!", "Add me on Snap!", 0, 6, "Hello. [1:Add me] on Snap!");
    /* The first "me" of the text is another one. */
    assert_marked("me and you. tell me now", "tell me now", 5, 7, "me and you. tell [1:me] now");
}

static void test_lines_and_runs_of_spaces_are_one_space_in_an_excerpt(void)
{
    assert_marked("do  not\r\n\ttell\u00a0 anyone", "do not tell anyone", 3, 11,
                  "do  [1:not\r\n\ttell]\u00a0 anyone");
}

static void test_controls_are_left_out_of_an_excerpt(void)
{
    assert_marked("add\x01 me\x7f!", "add me!", 0, 6, "[1:add\x01 me]\x7f!");
}

static void test_stars_stand_for_letters_and_digits_of_any_script(void)
{
    assert_marked("UPN H801200001001 is", "UPN H8*********** is", 4, 17,
                  "UPN [1:H801200001001] is");
    assert_marked("call ٠٧٧٠٠٩ now", "call ****** now", 5, 11, "call [1:٠٧٧٠٠٩] now");
    assert_marked("call ------ now", "call ****** now", 5, 11, "call ------ now");
}

static void test_what_is_not_there_is_not_marked(void)
{
    assert_marked("Good morning", "Good evening", 0, 4, "Good morning");
    assert_marked("", "x", 0, 1, "");
    assert_marked("x", "", 0, 0, "x");
    assert_marked("abc", "***", 0, 3, "abc");
}

static void test_a_match_that_makes_no_sense_marks_the_whole_excerpt(void)
{
    assert_marked("say crème now", "crème", 4, 900, "say [1:crème] now");
    assert_marked("say crème now", "crème", 3, 3, "say [1:crème] now");
    assert_marked("say crème now", "crème", 3, 4, "say [1:crème] now"); /* half a character */
    assert_marked("say crème now", "cr\xc3", 0, 2, "say crème now");
}

static void test_what_overlaps_becomes_one_with_all_its_numbers(void)
{
    const SgSought sought[] = {
        {"add me on Snap", 7, 14, 4}, /* "on Snap" */
        {"add me on Snap", 0, 9, 2},  /* "add me on" */
        {"add me on Snap", 0, 3, 3},
        {"please add", 0, 6, 1},
    };
    g_autofree char *out = marked("please add me on Snap", sought, G_N_ELEMENTS(sought));

    g_assert_cmpstr(out, ==, "[1:please] [2:3:4:add me on Snap]");
}

static void test_markup_is_text_like_any_other(void)
{
    assert_marked("<script>x</script>", "<script>x", 0, 8, "[1:<script>]x</script>");
}

static void test_bytes_that_are_no_text_are_passed_over(void)
{
    const char bytes[] = "a\0b\xff me";
    const SgSought sought = {"ab me", 3, 5, 1};
    g_autoptr(GArray) found = sg_highlights_find((SgSpan){bytes, sizeof bytes - 1}, &sought, 1);

    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpuint(g_array_index(found, SgHighlight, 0).from, ==, 5);
    g_assert_cmpuint(g_array_index(found, SgHighlight, 0).to, ==, 7);
}

/* Each place looks like the beginning of what is sought, and none is. */
static void test_a_huge_text_of_near_matches_ends_soon(void)
{
    g_autofree char *text = g_strnfill(20 * 1024 * 1024, 'a');
    g_autofree char *many = g_strnfill(4000, 'a');
    g_autofree char *excerpt = g_strdup_printf("%s*b", many);
    const SgSought sought = {excerpt, 0, 3, 1};
    gint64 begun = g_get_monotonic_time();
    g_autoptr(GArray) found = sg_highlights_find(sg_span(text), &sought, 1);

    g_assert_cmpuint(found->len, ==, 0);
    g_assert_cmpint(g_get_monotonic_time() - begun, <, 20 * G_USEC_PER_SEC);
}

static void test_what_stands_behind_the_first_megabytes_is_not_looked_for(void)
{
    g_autofree char *filler = g_strnfill(SG_HIGHLIGHT_WITHIN, 'x');
    g_autofree char *text = g_strconcat(filler, " add me", NULL);
    const SgSought sought = {"add me", 0, 6, 1};
    g_autoptr(GArray) found = sg_highlights_find(sg_span(text), &sought, 1);

    g_assert_cmpuint(found->len, ==, 0);
}

static void test_thousands_of_signals_at_one_place_are_one_highlight(void)
{
    g_autofree SgSought *sought = g_new0(SgSought, 10000);
    g_autoptr(GArray) found = NULL;

    for (guint i = 0; i < 10000; i++)
        sought[i] = (SgSought){"add me", 0, 6, 10000 - i};
    found = sg_highlights_find(sg_span("add me"), sought, 10000);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpuint(g_array_index(found, SgHighlight, 0).numbers->len, ==, 10000);
    g_assert_cmpuint(g_array_index(g_array_index(found, SgHighlight, 0).numbers, guint, 0), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/console/highlight/match", test_the_match_is_marked_where_its_excerpt_stands);
    g_test_add_func("/console/highlight/spaces",
                    test_lines_and_runs_of_spaces_are_one_space_in_an_excerpt);
    g_test_add_func("/console/highlight/controls", test_controls_are_left_out_of_an_excerpt);
    g_test_add_func("/console/highlight/stars",
                    test_stars_stand_for_letters_and_digits_of_any_script);
    g_test_add_func("/console/highlight/absent", test_what_is_not_there_is_not_marked);
    g_test_add_func("/console/highlight/nonsense",
                    test_a_match_that_makes_no_sense_marks_the_whole_excerpt);
    g_test_add_func("/console/highlight/overlap",
                    test_what_overlaps_becomes_one_with_all_its_numbers);
    g_test_add_func("/console/highlight/markup", test_markup_is_text_like_any_other);
    g_test_add_func("/console/highlight/bytes", test_bytes_that_are_no_text_are_passed_over);
    g_test_add_func("/console/highlight/huge", test_a_huge_text_of_near_matches_ends_soon);
    g_test_add_func("/console/highlight/far",
                    test_what_stands_behind_the_first_megabytes_is_not_looked_for);
    g_test_add_func("/console/highlight/many",
                    test_thousands_of_signals_at_one_place_are_one_highlight);
    return g_test_run();
}
