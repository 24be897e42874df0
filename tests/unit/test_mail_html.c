/* test_mail_html.c - promises about HTML: what is drawn is read, what is hidden is not */
#include "support.h"

#include "../../milter/mail/mail_internal.h"

static void assert_shows(const char *html, const char *body)
{
    g_autoptr(SgHtmlShown) shown = sg_html_show(sg_span(html), 10000, QUOTES_APART, DOUBT_HIDES);

    g_assert_cmpstr(shown->body->str, ==, body);
}

static void assert_aside(const char *html, const char *aside)
{
    g_autoptr(SgHtmlShown) shown = sg_html_show(sg_span(html), 10000, QUOTES_APART, DOUBT_HIDES);

    g_assert_cmpstr(shown->asides->str, ==, aside);
}

static void test_inline_tags_do_not_part_words(void)
{
    assert_shows("<p>Fo<b>r</b>w<i></i>a<x-y>r</x-y>d<!-- no --> it</p>", "Forward it");
    assert_shows("lu<wbr>ck <font>7</font>", "luck 7");
}

static void test_blocks_and_cells_part_words(void)
{
    assert_shows("<div>one</div><div>two</div>three<br>four", "one\ntwo\nthree\nfour");
    assert_shows("<table><tr><td>a<td>b<tr><td>c</table>", "a\tb\nc");
    assert_shows("a<span style='display:block'>b</span>c", "a\nb\nc");
    assert_shows("a<div style='display:inline'>b</div>c", "abc");
}

static void test_white_space_is_laid_out(void)
{
    assert_shows(" a \r\n\t b <b> c</b>", "a b c");
    assert_shows("<pre>a\n  b\n\nc</pre>d", "a\n  b\n\nc\nd");
}

static void test_references_are_resolved(void)
{
    assert_shows("&lt;b&gt; &amp;amp; &eacute;&#233;&#xE9; &nbsp;x&copy2 &notit; &bogus; &#0;",
                 "<b> &amp; \xc3\xa9\xc3\xa9\xc3\xa9 \xc2\xa0x\xc2\xa9"
                 "2 \xc2\xac"
                 "it; &bogus; \xef\xbf\xbd");
    assert_shows("&#145;x&#146; &Aopf;&lpar;", "\xe2\x80\x98x\xe2\x80\x99 A(");
}

static void test_code_is_not_shown(void)
{
    assert_shows("<head><title>t</title><style>p{}</style></head><script>if(a<b)</script>x", "x");
    assert_shows("<!doctype html><?xml x?><template>no</template>x", "x");
    assert_shows("<textarea>type <b></textarea>", "type <b>");
}

static void test_hidden_text_is_dropped(void)
{
    assert_shows("a<span style=\"display:none\">no<b>no</b></span>b", "ab");
    assert_shows("a<div hidden>no<div>no</div>no</div>b", "ab");
    assert_shows("a<span style='visibility: hidden'>no</span>b", "ab");
    assert_shows("a<span style='font-size:0px !important'>no</span>b", "ab");
    assert_shows("a<span style='font:0/0 x'>no</span>b", "ab");
    assert_shows("a<span style='opacity:0'>no</span>b", "ab");
    assert_shows("a<span style='position:absolute;left:-9999px'>no</span>b", "ab");
    assert_shows("a<span style='max-height:0;overflow:hidden'>no</span>b", "ab");
    assert_shows("a<font color=#ffffff>no</font>b", "ab");
    assert_shows("<table><tr><td bgcolor=red>a<span style='color:red'>no</span>b", "ab");
    assert_shows("a<span style='d\\69splay:none'>no</span>b", "ab");
    assert_shows("a<span style='color:rgba(0,0,0,0)'>no</span>b", "ab");
    assert_shows("a<span style='transform:scale(0)'>no</span>b", "ab");
    assert_shows("a<dialog>no</dialog>b<audio>no</audio>c", "abc");
    assert_shows("a<span style='/*x*/display/**/:none'>no</span>b", "ab");
}

static void test_what_only_seems_hidden_is_shown(void)
{
    assert_shows("<td style='font-size:0'>no<span style='font-size:12px'>yes</span>", "yes");
    assert_shows("<i style='visibility:hidden'>no<b style='visibility:visible'>yes</b></i>", "yes");
    assert_shows("<td style='background:url(x) #fff'><font color=white>yes</font>", "yes");
    assert_shows("<body style='color:#0000'>no<b style='color:#333'>yes</b>", "yes");
    assert_shows("<div style='height:0'>yes</div>", "yes");
    assert_shows("<td bgcolor=#000000><font color=white>yes</font>", "yes");
    assert_shows("<p style='display:none'>no<div>yes</div>", "yes");
}

static void test_elements_end_where_browsers_end_them(void)
{
    assert_shows("<td style='background:#000'><table><td><font color=#fff>yes</font></table>",
                 "yes");
    assert_shows("<ul><li hidden>no<ul><li>no</ul>no<li>yes</ul>", "yes");
    assert_shows("<table><td hidden>no<td>yes<td hidden><b>no<td>and</table>", "yes\tand");
    assert_shows("<div hidden>no<table><td>no</div>no</table>no</div>yes", "yes");
    assert_shows("<p hidden><i style='color:red'>no<p>yes", "yes");
}

static void test_style_sheets_hide(void)
{
    assert_shows("<style>.h, u{display:none}</style>a<b class='x h'>no</b><u>no</u>b", "ab");
    assert_shows("<style>p s{display:none}</style>a<s>yes</s><p>b<s>no</s></p>", "ayes\nb");
    assert_shows("<style>@media screen{b{display:none}}u{display:none}</style>a<b>no</b><u>no</u>",
                 "a");
    assert_shows("<style>#q{display:none}</style>a<b id=q>no</b>b", "ab");
    assert_shows("<style>.g::before{content:\"yes\"}</style><i class=g></i>", "yes");
}

static void assert_shows_either(const char *html, const char *hiding, const char *showing)
{
    g_autoptr(SgHtmlShown) less = sg_html_show(sg_span(html), 10000, QUOTES_APART, DOUBT_HIDES);
    g_autoptr(SgHtmlShown) more = sg_html_show(sg_span(html), 10000, QUOTES_APART, DOUBT_SHOWS);

    g_assert_cmpstr(less->body->str, ==, hiding);
    g_assert_cmpstr(more->body->str, ==, showing);
    g_assert_true(less->doubtful == (strcmp(hiding, showing) != 0));
}

static void test_doubtful_styles_are_read_both_ways(void)
{
    assert_shows_either("<style>p>b{display:none}</style>a<b>x</b>", "a", "ax");
    assert_shows_either("<style>i[lang],.x.y{display:none}</style>a<i>x</i><u class='x y'>x</u>",
                        "a", "axx");
    assert_shows_either("<style>.m{display:none}@media (max-width:9px){.m{display:block!important}}"
                        "</style>a<b class=m>x</b>",
                        "a", "ax");
    assert_shows_either("<style>@media (x){.m{display:block!important}}</style>"
                        "a<b class=m style='display:none'>x</b>",
                        "a", "ax");
    assert_shows_either("<style>@media print{b{color:red}}</style>a<b>x</b>", "ax", "ax");
}

static void test_full_stack_leaves_text_visible(void)
{
    g_autoptr(GString) html = g_string_new(NULL);
    g_autoptr(SgHtmlShown) shown = NULL;

    for (int i = 0; i < 1000; i++)
        g_string_append_printf(html, "<x%d style='color:#%06d'>", i, i);
    g_string_append(html, "<b style='display:none'>seen</b>");
    shown = sg_html_show((SgSpan){html->str, html->len}, 10000, QUOTES_APART, DOUBT_HIDES);
    g_assert_cmpstr(shown->body->str, ==, "seen");
}

static void test_quotes_are_apart_and_forwards_are_not(void)
{
    g_autoptr(SgHtmlShown) reply = sg_html_show(
        sg_span(
            "mine<div class=gmail_quote>On 1 May Pat wrote:<blockquote>theirs</blockquote></div>"),
        1000, QUOTES_APART, DOUBT_HIDES);
    g_autoptr(SgHtmlShown) forward =
        sg_html_show(sg_span("look<div class=gmail_quote>---------- Forwarded message --------<br>"
                             "<blockquote>theirs</blockquote></div>"),
                     1000, QUOTES_APART, DOUBT_HIDES);

    g_assert_cmpstr(reply->body->str, ==, "mine");
    g_assert_cmpstr(reply->quoted->str, ==, "On 1 May Pat wrote:\ntheirs");
    support_assert_contains(forward->body->str, "theirs");
}

static void test_text_of_attributes_is_read(void)
{
    assert_shows("<img alt='Bad l'><img alt=uck>", "Bad luck");
    assert_shows("<input value=one> <input placeholder='two'> <input type=hidden value=no>",
                 "one two");
    assert_aside("lu<b title='a note'>ck</b>", "a note");
}

static void test_conditional_text_stands_aside(void)
{
    const char *html = "lu<!--[if mso]><b>only Outlook</b><![endif]-->ck"
                       "<!--[if !mso]><!-->y<!--<![endif]-->";

    assert_shows(html, "lucky");
    assert_aside(html, "only Outlook");
}

static void test_backwards_markup_is_marked(void)
{
    assert_shows("<bdo dir=rtl>kcul</bdo>", "\xe2\x80\xaekcul\xe2\x80\xac");
}

static void test_broken_markup_loses_no_text(void)
{
    assert_shows("a < b <3 </> c", "a < b <3 c");
    assert_shows("</p></b>a<b", "a");
    assert_shows("<plaintext>a <b>", "a <b>");
}

static void test_text_of_style_sheets_cannot_swell(void)
{
    g_autoptr(GString) html = g_string_new("<style>i::before{content:\"");
    g_autoptr(SgHtmlShown) shown = NULL;

    for (int i = 0; i < 1000; i++)
        g_string_append_c(html, 'x');
    g_string_append(html, "\"}</style>");
    for (int i = 0; i < 2000; i++)
        g_string_append(html, "<i>");
    shown = sg_html_show((SgSpan){html->str, html->len}, 10000, QUOTES_APART, DOUBT_HIDES);
    g_assert_cmpuint(shown->body->len, >, 1000);
    g_assert_cmpuint(shown->body->len, <=, 64 * 1024);
}

static void test_token_limit_is_told(void)
{
    g_autoptr(SgHtmlShown) shown =
        sg_html_show(sg_span("<b><b><b>x"), 2, QUOTES_APART, DOUBT_HIDES);

    g_assert_true(shown->too_many_tokens);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    g_test_add_func("/mail/html/inline", test_inline_tags_do_not_part_words);
    g_test_add_func("/mail/html/blocks", test_blocks_and_cells_part_words);
    g_test_add_func("/mail/html/white-space", test_white_space_is_laid_out);
    g_test_add_func("/mail/html/references", test_references_are_resolved);
    g_test_add_func("/mail/html/code", test_code_is_not_shown);
    g_test_add_func("/mail/html/hidden", test_hidden_text_is_dropped);
    g_test_add_func("/mail/html/seems-hidden", test_what_only_seems_hidden_is_shown);
    g_test_add_func("/mail/html/ends", test_elements_end_where_browsers_end_them);
    g_test_add_func("/mail/html/sheets", test_style_sheets_hide);
    g_test_add_func("/mail/html/doubts", test_doubtful_styles_are_read_both_ways);
    g_test_add_func("/mail/html/full-stack", test_full_stack_leaves_text_visible);
    g_test_add_func("/mail/html/quotes", test_quotes_are_apart_and_forwards_are_not);
    g_test_add_func("/mail/html/attributes", test_text_of_attributes_is_read);
    g_test_add_func("/mail/html/conditional", test_conditional_text_stands_aside);
    g_test_add_func("/mail/html/backwards", test_backwards_markup_is_marked);
    g_test_add_func("/mail/html/broken", test_broken_markup_loses_no_text);
    g_test_add_func("/mail/html/generated", test_text_of_style_sheets_cannot_swell);
    g_test_add_func("/mail/html/limit", test_token_limit_is_told);
    return g_test_run();
}
