/* test_desk_page.c - what came by mail can do no harm on a terminal, nor within JSON */
#include "../../milter/desk/json.h"
#include "../../milter/desk/page.h"
#include "schoolgate/shown.h"
#include "support.h"

static void assert_safe(const char *text, const char *expected)
{
    g_autofree char *safe = sg_text_spelt_out(text);

    g_assert_cmpstr(safe, ==, expected);
}

static void test_escape_sequences_are_spelt_out(void)
{
    assert_safe("\033[2Jgone", "\\x1b[2Jgone");
    assert_safe("\033]0;title\a", "\\x1b]0;title\\x07");
    assert_safe("a\bb\x7f", "a\\x08b\\x7f");
    assert_safe("\xc2\x9b"
                "31m",
                "\\u{9b}31m");
}

static void test_text_cannot_start_a_line(void)
{
    assert_safe("one\ntwo\rthree\tfour", "one\\ntwo\\x0dthree\\tfour");
    assert_safe("one\xe2\x80\xa8two\xe2\x80\xa9three", "one\\u{2028}two\\u{2029}three");
}

static void test_text_cannot_turn_around_or_hide(void)
{
    assert_safe("a\xe2\x80\xae"
                "cod.exe",
                "a\\u{202e}cod.exe");
    assert_safe("\xe2\x81\xa6x\xe2\x81\xa9", "\\u{2066}x\\u{2069}");
    assert_safe("zero\xe2\x80\x8bwidth\xef\xbb\xbf\xc2\xad", "zero\\u{200b}width\\u{feff}\\u{ad}");
    assert_safe("tag\xf3\xa0\x81\xa1", "tag\\u{e0061}");
}

static void test_bytes_that_are_no_utf8_are_spelt_out(void)
{
    assert_safe("caf\xe9 \xc3", "caf\\xe9 \\xc3");
    assert_safe("\xed\xa0\x80", "\\xed\\xa0\\x80");
}

static void test_ordinary_text_stays_as_it_is(void)
{
    assert_safe("Z\xc3\xbcrich \xe2\x80\x93 \xe6\x97\xa5\xe6\x9c\xac \\ \xf0\x9f\x8e\x89",
                "Z\xc3\xbcrich \xe2\x80\x93 \xe6\x97\xa5\xe6\x9c\xac \\ \xf0\x9f\x8e\x89");
}

static void test_a_page_without_colour_has_no_escape_and_marks_with_brackets(void)
{
    g_autoptr(SgPage) page = sg_page_new();

    page->colour = FALSE;
    sg_page_put(page, SG_STYLE_BAD, "reject");
    sg_page_put(page, SG_STYLE_PLAIN, ": ");
    sg_page_put(page, SG_STYLE_MARKED, "ten friends");
    sg_page_put(page, SG_STYLE_MARKED, "");
    g_assert_cmpstr(page->text->str, ==, "reject: [ten friends]");
}

static void test_colour_comes_only_from_the_page(void)
{
    g_autoptr(SgPage) page = sg_page_new();

    page->colour = TRUE;
    sg_page_put(page, SG_STYLE_GOOD, "a\033[31mb");
    g_assert_cmpstr(page->text->str, ==, "\033[32ma\\x1b[31mb\033[0m");
}

static void test_lines_are_indented_and_each_made_safe(void)
{
    g_autoptr(SgPage) page = sg_page_new();

    page->colour = FALSE;
    sg_page_lines(page, SG_STYLE_PLAIN, "  ", "one\n\ntwo\r\n");
    g_assert_cmpstr(page->text->str, ==, "  one\n\n  two\\x0d\n");
}

static void test_table_columns_line_up_for_wide_characters(void)
{
    static const char *const headings[] = {"NAME", "ROLE", NULL};
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();

    page->colour = FALSE;
    sg_table_add(table,
                 (char *[]){g_strdup("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), g_strdup("staff")});
    sg_table_add(table, (char *[]){g_strdup("a\nb"), g_strdup("x")});
    sg_table_put(table, page);
    g_assert_cmpstr(page->text->str, ==,
                    "NAME    ROLE\n\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e  staff\na\\nb    x\n");
}

static void test_an_empty_table_prints_nothing(void)
{
    static const char *const headings[] = {"NAME", NULL};
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();

    sg_table_put(table, page);
    g_assert_cmpstr(page->text->str, ==, "");
}

static char *json_of(const char *text)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_json_text(builder, "t", text);
    json_builder_end_object(builder);
    return sg_json_line(builder);
}

static void assert_json(const char *text, const char *expected)
{
    g_autofree char *line = json_of(text);

    g_assert_cmpstr(line, ==, expected);
}

static void test_json_is_one_line_that_a_terminal_can_bear(void)
{
    assert_json("a\nb", "{\"t\":\"a\\nb\"}");
    assert_json("\xe2\x80\xae", "{\"t\":\"\\u202e\"}");
    assert_json("\xc2\x9b", "{\"t\":\"\\u009b\"}");
    assert_json("\xf3\xa0\x81\xa1", "{\"t\":\"\\udb40\\udc61\"}");
    assert_json("\x7f", "{\"t\":\"\\u007f\"}");
    assert_json("\xc3\xbc", "{\"t\":\"\xc3\xbc\"}");
}

static void test_json_text_reads_back_as_it_was(void)
{
    static const char hostile[] = "\033[0m \xe2\x80\xae \xf3\xa0\x81\xa1 \" \\ \x7f \xc2\x85 \t";
    g_autofree char *line = json_of(hostile);
    g_autoptr(JsonNode) root = json_from_string(line, NULL);

    g_assert_cmpstr(json_object_get_string_member(json_node_get_object(root), "t"), ==, hostile);
}

static void test_json_replaces_what_is_no_utf8_and_says_null_for_nothing(void)
{
    assert_json("caf\xe9", "{\"t\":\"caf\xef\xbf\xbd\"}");
    assert_json(NULL, "{\"t\":null}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/page/escape-sequences", test_escape_sequences_are_spelt_out);
    g_test_add_func("/page/lines-forged", test_text_cannot_start_a_line);
    g_test_add_func("/page/turned-or-hidden", test_text_cannot_turn_around_or_hide);
    g_test_add_func("/page/no-utf8", test_bytes_that_are_no_utf8_are_spelt_out);
    g_test_add_func("/page/ordinary", test_ordinary_text_stays_as_it_is);
    g_test_add_func("/page/plain",
                    test_a_page_without_colour_has_no_escape_and_marks_with_brackets);
    g_test_add_func("/page/colour", test_colour_comes_only_from_the_page);
    g_test_add_func("/page/lines", test_lines_are_indented_and_each_made_safe);
    g_test_add_func("/table/wide", test_table_columns_line_up_for_wide_characters);
    g_test_add_func("/table/empty", test_an_empty_table_prints_nothing);
    g_test_add_func("/json/one-line", test_json_is_one_line_that_a_terminal_can_bear);
    g_test_add_func("/json/reads-back", test_json_text_reads_back_as_it_was);
    g_test_add_func("/json/no-utf8", test_json_replaces_what_is_no_utf8_and_says_null_for_nothing);
    return g_test_run();
}
