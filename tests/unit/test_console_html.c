/* test_console_html.c - that nothing which came by mail can become markup, or move what is beside
 * it, and that words fill their gaps */
#include "../../milter/console/html.h"
#include "support.h"

#include <string.h>

static void assert_written(SgHtml *html, const char *expected)
{
    GString *text = sg_html_end(html);

    g_assert_cmpstr(text->str, ==, expected);
    g_string_free(text, TRUE);
}

static void test_markup_in_text_is_shown_as_it_stands(void)
{
    SgHtml *html = sg_html_new();

    sg_html_leaf(html, "p", "<script>alert('1')</script> & \"so\"", NULL);
    assert_written(html, "<p>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; "
                         "&quot;so&quot;</p>");
}

static void test_an_attribute_cannot_be_left(void)
{
    SgHtml *html = sg_html_new();

    sg_html_open(html, "input", "value", "\"><b onclick='x'>", "required", "", NULL);
    assert_written(html, "<input value=\"&quot;&gt;&lt;b onclick=&#39;x&#39;&gt;\" required=\"\">");
}

static void test_an_attribute_without_a_value_is_left_out(void)
{
    SgHtml *html = sg_html_new();
    const char *none = NULL;

    sg_html_open(html, "a", "href", "/", "class", none, "rel", "x", NULL);
    sg_html_close(html, "a");
    assert_written(html, "<a href=\"/\" rel=\"x\"></a>");
}

static void test_what_moves_or_hides_text_is_replaced(void)
{
    SgHtml *html = sg_html_new();

    sg_html_text(html, "a\xe2\x80\xae"
                       "b\x07"
                       "c\xe2\x81\xa6"
                       "d\xef\xbb\xbf"
                       "e\r");
    assert_written(html, "a\xef\xbf\xbd"
                         "b\xef\xbf\xbd"
                         "c\xef\xbf\xbd"
                         "d\xef\xbf\xbd"
                         "e\xef\xbf\xbd");
}

static void test_bytes_that_are_no_text_are_replaced_one_by_one(void)
{
    SgHtml *html = sg_html_new();

    sg_html_text_len(html, "a\0<\xff\xc3(\xe2\x82", 8);
    assert_written(html, "a\xef\xbf\xbd&lt;\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_joiners_and_pictures_stay(void)
{
    SgHtml *html = sg_html_new();

    sg_html_text(html, "f\xc3\xbcr \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8f\xab\n\t");
    assert_written(html, "f\xc3\xbcr \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8f\xab\n\t");
}

static void test_what_is_formatted_is_escaped_whole(void)
{
    SgHtml *html = sg_html_new();

    sg_html_format(html, "<%s>", "&");
    assert_written(html, "&lt;&amp;&gt;");
}

static void test_words_are_filled_and_what_fills_them_is_escaped(void)
{
    SgHtml *html = sg_html_new();

    sg_html_say(html, SG_SAY_PRINTED, "<b>", "{1}", NULL);
    assert_written(html, "Printed from schoolgate by &lt;b&gt; on {1}");
}

static void test_one_and_several_are_told_apart(void)
{
    g_autofree char *one = sg_words_count(1, SG_SAY_AGE_NOW, SG_SAY_AGE_DAYS);
    g_autofree char *several = sg_words_count(3, SG_SAY_AGE_NOW, SG_SAY_AGE_DAYS);

    g_assert_cmpstr(one, ==, "just now");
    g_assert_cmpstr(several, ==, "3 days");
}

static void test_a_gap_that_nothing_fills_is_empty(void)
{
    g_autofree char *text = sg_words_fill(SG_SAY_PRINTED, "khan", NULL);

    g_assert_cmpstr(text, ==, "Printed from schoolgate by khan on ");
}

/* So that a gap is never spelled in a way that is shown. */
static void test_every_text_has_gaps_that_are_gaps(void)
{
    for (int say = 0; say < SG_SAYS; say++) {
        const char *text = sg_words(say);

        g_assert_true(g_utf8_validate(text, -1, NULL));
        for (const char *at = strpbrk(text, "{}"); at; at = strpbrk(at + 3, "{}"))
            if (at[0] != '{' || at[1] < '1' || at[1] > '9' || at[2] != '}')
                g_error("'%s' has a brace that is no gap", text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/html/" #name, test_##name)
    PROMISE(markup_in_text_is_shown_as_it_stands);
    PROMISE(an_attribute_cannot_be_left);
    PROMISE(an_attribute_without_a_value_is_left_out);
    PROMISE(what_moves_or_hides_text_is_replaced);
    PROMISE(bytes_that_are_no_text_are_replaced_one_by_one);
    PROMISE(joiners_and_pictures_stay);
    PROMISE(what_is_formatted_is_escaped_whole);
    PROMISE(words_are_filled_and_what_fills_them_is_escaped);
    PROMISE(one_and_several_are_told_apart);
    PROMISE(a_gap_that_nothing_fills_is_empty);
    PROMISE(every_text_has_gaps_that_are_gaps);
    return g_test_run();
}
