/* test_courier_template.c - what a school may write in its own texts, and what comes of it */
#include "../../milter/courier/template.h"
#include "support.h"

#define HEAD "Subject: Hello {name}\n\n"

static const SgTextPlace places[] = {
    {"name", TRUE}, {"what", FALSE}, {"when", FALSE}, {"clause-title", FALSE}, {NULL, FALSE},
};

static SgTemplate *read_text(const char *text, gsize length, SgReport *report)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, length);

    return sg_template_read("held.txt", bytes, places, report);
}

static SgTemplate *template_of(const char *text)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgTemplate *template = read_text(text, strlen(text), report);
    g_autofree char *complaints = sg_report_text(report, FALSE);

    g_assert_cmpstr(complaints, ==, "");
    g_assert_nonnull(template);
    return template;
}

static SgLetterText filled(const char *text, const SgValues *values)
{
    g_autofree char *whole = g_strconcat(HEAD, text, NULL);
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgTemplate) template = read_text(whole, strlen(whole), report);

    g_assert_nonnull(template);
    return sg_template_fill(template, values);
}

static void assert_plain(const char *text, const SgValues *values, const char *expected)
{
    g_auto(SgLetterText) letter = filled(text, values);

    g_assert_cmpstr(letter.plain, ==, expected);
}

static void assert_html(const char *text, const SgValues *values, const char *expected)
{
    g_auto(SgLetterText) letter = filled(text, values);

    support_assert_contains(letter.html, expected);
}

static void test_places_are_filled_in(void)
{
    g_autoptr(SgTemplate) template = template_of(HEAD "It is {what}.\n\nAsk {name}.\n");
    g_autoptr(SgValues) values = sg_values_new();

    sg_values_add(values, "name", "Ann");
    sg_values_add(values, "what", "late");
    g_auto(SgLetterText) letter = sg_template_fill(template, values);
    g_assert_cmpstr(letter.subject, ==, "Hello Ann");
    g_assert_cmpstr(letter.plain, ==, "It is late.\n\nAsk Ann.\n");
    support_assert_contains(letter.html, "<p>It is late.</p>\n<p>Ask Ann.</p>\n");
}

static void test_what_has_only_empty_places_is_left_out(void)
{
    g_autoptr(SgValues) values = sg_values_new();

    sg_values_add(values, "name", "Ann");
    sg_values_add(values, "what", "");
    assert_plain("Always.\n\nPerhaps {what}\nor {when}.\n\n{name}{what}\n", values,
                 "Always.\n\nAnn\n");
    assert_plain("- One: {what}\n- Two: {name}\n  {what} more\n- Three\n", values,
                 "- Two: Ann more\n- Three\n");
    assert_html("- One: {what}\n\nEnd.\n", values, "\">\n<p>End.</p>\n</body>");
}

static void test_an_item_is_repeated_for_each_value(void)
{
    g_autoptr(SgValues) values = sg_values_new();

    sg_values_add(values, "name", "Ann");
    sg_values_add(values, "what", "a bag");
    sg_values_add(values, "what", "a coat");
    sg_values_add(values, "when", "today");
    sg_values_add(values, "when", "");
    assert_plain("{name} has {what}.\n", values, "Ann has a bag, a coat.\n");
    assert_plain("- {name}: {what} {when}\n", values, "- Ann: a bag today\n- Ann: a coat\n");
    assert_html("- {what}\n", values, "<ul>\n<li>a bag</li>\n<li>a coat</li>\n</ul>\n");
}

static void test_lines_are_filled_anew(void)
{
    g_autoptr(SgValues) values = sg_values_new();
    const char *text = "one two three four five six seven\r\neight nine ten eleven twelve thirteen "
                       "fourteen\n\n- one two three four five six seven eight nine ten eleven "
                       "twelve thirteen fourteen\nA paragraph.\n";

    assert_plain(text, values,
                 "one two three four five six seven eight nine ten eleven twelve thirteen\n"
                 "fourteen\n\n"
                 "- one two three four five six seven eight nine ten eleven twelve\n"
                 "  thirteen fourteen\n\n"
                 "A paragraph.\n");
}

static void test_braces_are_written_twice(void)
{
    g_autoptr(SgValues) values = sg_values_new();

    assert_plain("{{name}} and {{ and }.\n", values, "{name} and { and }.\n");
}

static void test_a_value_is_never_read_again(void)
{
    g_autoptr(SgValues) values = sg_values_new();

    sg_values_add_foreign(values, "what", "{name}\n\n- <b>x</b> & \"y\"", 80);
    assert_plain("Seen: {what}\n", values, "Seen: {name} - <b>x</b> & \"y\"\n");
    assert_html("Seen: {what}\n", values,
                "<p>Seen: {name} - &lt;b&gt;x&lt;/b&gt; &amp; &quot;y&quot;</p>");
}

static void test_what_came_by_mail_is_cleaned_and_shortened(void)
{
    g_autoptr(SgValues) values = sg_values_new();

    sg_values_add_foreign(values, "what",
                          "a\x01\x1b[31m\xe2\x80\xae"
                          "b\xe2\x80\x8b\xef\xbb\xbf\xff c\r\nd",
                          80);
    sg_values_add_foreign(values, "when", "one two three four", 10);
    sg_values_add_foreign(values, "name", "äöüäöüäöü", 5);
    assert_plain("{what}\n\n{when}\n\n{name}\n", values,
                 "a[31mb\xef\xbf\xbd c d\n\none two…\n\näöüä…\n");
}

static void test_addresses_and_pages_are_links_unless_they_came_by_mail(void)
{
    g_autoptr(SgValues) values = sg_values_new();

    sg_values_add(values, "name", "office@kingsmead.example");
    sg_values_add_foreign(values, "what", "http://evil.example/ x@evil.example", 80);
    assert_html("Ask {name}, or see https://kingsmead.example/a?b=1&c=2.\n", values,
                "<p>Ask <a href=\"mailto:office@kingsmead.example\">office@kingsmead.example</a>, "
                "or see <a href=\"https://kingsmead.example/a?b=1&amp;c=2\">"
                "https://kingsmead.example/a?b=1&amp;c=2</a>.</p>");
    assert_html("Seen: {what}\n", values, "<p>Seen: http://evil.example/ x@evil.example</p>");
}

static void test_html_fetches_nothing(void)
{
    g_autoptr(SgValues) values = sg_values_new();

    sg_values_add(values, "name", "Ann");
    g_auto(SgLetterText) letter = filled("Hello <img src=x> {name}\n", values);
    g_assert_null(strstr(letter.html, "<img"));
    g_assert_null(strstr(letter.html, "src=\""));
    g_assert_null(strstr(letter.html, "url("));
    g_assert_null(strstr(letter.html, "<link"));
}

/* With a length, for texts with NULs. */
static void assert_broken_of(const char *text, gsize length, const char *why)
{
    g_autoptr(SgReport) report = sg_report_new();

    g_assert_null(read_text(text, length, report));
    support_assert_reported(report, why);
}

static void assert_broken(const char *text, const char *why)
{
    assert_broken_of(text, strlen(text), why);
}

static void test_what_is_wrong_is_said_with_its_place(void)
{
    g_autofree char *huge = g_strnfill(SG_TEMPLATE_MOST + 1, 'x');

    assert_broken("", "held.txt: error: it is empty");
    assert_broken("Hello\n\n{name}\n", "held.txt:1:1: error: the first line is the subject");
    assert_broken("Subject: \n\n{name}\n", "held.txt:1:1: error: the subject is empty");
    assert_broken("Subject: x\n{name}\n", "held.txt:2:1: error: the line below the subject");
    assert_broken("Subject: x\n\n", "held.txt: error: it has a subject, and no text");
    assert_broken(HEAD "Grüße {nmae}\n",
                  "held.txt:3:7: error: this text knows no place {nmae}; did you mean {name}?");
    assert_broken("Subject: {subject-of-all}\n\nx\n",
                  "held.txt:1:10: error: this text knows no place {subject-of-all}");
    assert_broken(HEAD "\n{name} { x }\n", "held.txt:4:8: error: a place is written {name}");
    assert_broken(HEAD "{name\n}\n", "held.txt:3:1: error: a place is written {name}");
    assert_broken(HEAD "x\nGr\xfc\xdf"
                       "e\n",
                  "held.txt:4: error: this is no UTF-8");
    assert_broken_of(HEAD "x\0y\n", strlen(HEAD) + 4, "held.txt:3: error: this is no UTF-8");
    assert_broken(huge, "held.txt: error: it is longer than a letter can be (32 KB)");
}

static void test_a_text_without_what_its_reader_needs_is_warned_of(void)
{
    static const char text[] = "Subject: {name}\n\nHello\n";
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgTemplate) template = read_text(text, strlen(text), report);

    g_assert_nonnull(template);
    support_assert_reported(report, "held.txt: warning: {name} stands nowhere in the text");
}

static void test_files_of_other_systems_are_read_too(void)
{
    g_autoptr(SgTemplate) template =
        template_of("\xef\xbb\xbfSUBJECT:  Hello  \r\n\r\nAsk {name}.  \r\n");
    g_autoptr(SgValues) values = sg_values_new();

    sg_values_add(values, "name", "Ann");
    g_auto(SgLetterText) letter = sg_template_fill(template, values);
    g_assert_cmpstr(letter.subject, ==, "Hello");
    g_assert_cmpstr(letter.plain, ==, "Ask Ann.\n");
}

#define TEST(name) g_test_add_func("/courier/template/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(places_are_filled_in);
    TEST(what_has_only_empty_places_is_left_out);
    TEST(an_item_is_repeated_for_each_value);
    TEST(lines_are_filled_anew);
    TEST(braces_are_written_twice);
    TEST(a_value_is_never_read_again);
    TEST(what_came_by_mail_is_cleaned_and_shortened);
    TEST(addresses_and_pages_are_links_unless_they_came_by_mail);
    TEST(html_fetches_nothing);
    TEST(what_is_wrong_is_said_with_its_place);
    TEST(a_text_without_what_its_reader_needs_is_warned_of);
    TEST(files_of_other_systems_are_read_too);
    return g_test_run();
}
