/* test_base.c - the shape of the configuration language, its errors, the limits. */
#include "schoolgate/durable.h"
#include "schoolgate/limits.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct Fixture {
    SgReport *report;
    GPtrArray *blocks;
} Fixture;

static void read_blocks(Fixture *fixture, const char *text, gsize len)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, len);

    fixture->report = sg_report_new();
    fixture->blocks = sg_blocks_read("test.conf", bytes, fixture->report);
}

static Fixture blocks_of(const char *text)
{
    Fixture fixture;

    read_blocks(&fixture, text, strlen(text));
    return fixture;
}

static void done(Fixture *fixture)
{
    g_ptr_array_unref(fixture->blocks);
    sg_report_free(fixture->report);
}

static const SgLine *setting(const Fixture *fixture, guint block, guint index)
{
    const SgBlock *b = fixture->blocks->pdata[block];

    g_assert_cmpuint(index, <, b->settings->len);
    return &g_array_index(b->settings, SgLine, index);
}

static void assert_span(SgSpan span, const char *expected)
{
    g_autofree char *text = sg_span_dup(span);

    g_assert_cmpstr(text, ==, expected);
}

static void test_blocks_begin_in_column_one_and_settings_are_indented(void)
{
    Fixture f =
        blocks_of("# a comment\nrule one\n    from staff\n\tto any\n\nrule two\n  to any\n");

    g_assert_cmpuint(f.blocks->len, ==, 2);
    assert_span(((SgBlock *)f.blocks->pdata[0])->head.rest, "one");
    assert_span(setting(&f, 0, 1)->keyword, "to");
    assert_span(setting(&f, 0, 1)->rest, "any");
    g_assert_cmpuint(setting(&f, 0, 1)->place.line, ==, 4);
    g_assert_cmpuint(setting(&f, 1, 0)->place.column, ==, 3);
    g_assert_cmpuint(sg_report_errors(f.report), ==, 0);
    done(&f);
}

static void test_byte_order_mark_and_crlf_are_accepted(void)
{
    Fixture f = blocks_of("\xef\xbb\xbfrule one\r\n    from staff\r\n");

    assert_span(((SgBlock *)f.blocks->pdata[0])->head.keyword, "rule");
    assert_span(setting(&f, 0, 0)->rest, "staff");
    done(&f);
}

static void test_empty_file_has_no_blocks(void)
{
    Fixture f = blocks_of("");

    g_assert_cmpuint(f.blocks->len, ==, 0);
    g_assert_cmpuint(sg_report_errors(f.report), ==, 0);
    sg_report_error(f.report, (SgPlace){g_intern_string("test.conf"), 1, 1, 1}, "it is empty");
    support_assert_reported(f.report, "test.conf:1:1: error: it is empty");
    done(&f);
}

static void test_indented_line_without_block_is_an_error(void)
{
    Fixture f = blocks_of("    from staff\n");

    support_assert_reported(f.report, "test.conf:1:5: error: an indented line belongs to a block");
    done(&f);
}

static void test_nul_and_bad_utf8_are_errors_of_their_line_alone(void)
{
    Fixture f;
    const char text[] = "rule one\n    ti\0tle x\n    to \xff\n    from staff\n";

    read_blocks(&f, text, sizeof text - 1);
    support_assert_reported(f.report, "test.conf:2: error: the line holds a NUL");
    support_assert_reported(f.report, "test.conf:3:8: error: not valid UTF-8");
    g_assert_cmpuint(((SgBlock *)f.blocks->pdata[0])->settings->len, ==, 1);
    done(&f);
}

static void test_text_runs_to_the_end_of_the_line_with_its_hashes(void)
{
    Fixture f = blocks_of("rule x\n    title  Sofa # 1 for sale   \n");
    SgCursor cursor = sg_line_cursor(setting(&f, 0, 0), f.report);
    g_autofree char *text = sg_cursor_text(&cursor, "a title");

    g_assert_cmpstr(text, ==, "Sofa # 1 for sale");
    done(&f);
}

static void test_comment_ends_what_is_not_a_text(void)
{
    Fixture f = blocks_of("rule x\n    mode  observe   # until Monday\n    from a#b\n");
    SgCursor cursor = sg_line_cursor(setting(&f, 0, 0), f.report);
    SgSpan word;

    g_assert_true(sg_cursor_word(&cursor, "a mode", &word));
    assert_span(word, "observe");
    g_assert_true(sg_cursor_at_end(&cursor));
    cursor = sg_line_cursor(setting(&f, 0, 1), f.report);
    g_assert_true(sg_cursor_word(&cursor, "a role", &word));
    assert_span(word, "a#b");
    done(&f);
}

static void test_words_are_parted_by_commas_with_or_without_space(void)
{
    Fixture f = blocks_of("rule x\n    from a,b , c\n");
    SgCursor cursor = sg_line_cursor(setting(&f, 0, 0), f.report);
    g_autoptr(GString) seen = g_string_new(NULL);
    SgSpan word;

    do {
        g_assert_true(sg_cursor_word(&cursor, "a word", &word));
        g_string_append_len(seen, word.at, (gssize)word.len);
    } while (sg_cursor_take_comma(&cursor));
    g_assert_cmpstr(seen->str, ==, "abc");
    g_assert_true(sg_cursor_at_end(&cursor));
    done(&f);
}

static void test_pattern_runs_from_first_to_last_slash(void)
{
    Fixture f = blocks_of("rule x\n    match  /a\\/b/c # d/is raw\n");
    SgCursor cursor = sg_line_cursor(setting(&f, 0, 0), f.report);
    g_autofree char *pattern = NULL, *flags = NULL;
    SgPlace place;

    g_assert_true(sg_cursor_pattern(&cursor, &pattern, &place, &flags));
    g_assert_cmpstr(pattern, ==, "a\\/b/c # d");
    g_assert_cmpstr(flags, ==, "is");
    g_assert_cmpuint(place.column, ==, 13);
    g_assert_true(sg_cursor_take(&cursor, "raw"));
    done(&f);
}

static void test_pattern_without_closing_slash_is_said(void)
{
    Fixture f = blocks_of("rule x\n    match  /bad luck\n    match  luck\n    match\n");
    g_autofree char *pattern = NULL, *flags = NULL;
    SgPlace place;

    for (guint i = 0; i < 3; i++) {
        SgCursor cursor = sg_line_cursor(setting(&f, 0, i), f.report);
        g_assert_false(sg_cursor_pattern(&cursor, &pattern, &place, &flags));
    }
    support_assert_reported(f.report, "test.conf:2:12: error: the pattern has no closing slash");
    support_assert_reported(f.report, "test.conf:3:12: error: a pattern is missing here");
    support_assert_reported(f.report, "test.conf:4:10: error: a pattern is missing here");
    done(&f);
}

static void test_sizes_and_durations_take_units(void)
{
    static const struct {
        const char *text;
        guint64 bytes;
    } sizes[] = {
        {"5M", 5 << 20}, {"64K", 64 << 10}, {"12", 12}, {"2G", G_GUINT64_CONSTANT(2) << 30}};
    static const struct {
        const char *text;
        gint64 seconds;
    } durations[] = {{"30s", 30}, {"5m", 300}, {"12h", 43200}, {"14d", 14 * 86400}};

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *text = g_strdup_printf("x y\n  size %s\n", sizes[i].text);
        Fixture f = blocks_of(text);
        SgCursor cursor = sg_line_cursor(setting(&f, 0, 0), f.report);
        guint64 bytes = 0;
        g_assert_true(sg_cursor_size(&cursor, &bytes));
        g_assert_cmpuint(bytes, ==, sizes[i].bytes);
        done(&f);
    }
    for (guint i = 0; i < G_N_ELEMENTS(durations); i++) {
        g_autofree char *text = g_strdup_printf("x y\n  age %s\n", durations[i].text);
        Fixture f = blocks_of(text);
        SgCursor cursor = sg_line_cursor(setting(&f, 0, 0), f.report);
        gint64 seconds = 0;
        g_assert_true(sg_cursor_duration(&cursor, &seconds));
        g_assert_cmpint(seconds, ==, durations[i].seconds);
        done(&f);
    }
}

static void test_numbers_that_do_not_fit_are_errors(void)
{
    static const char *const bad[] = {"5X", "M", "99999999999999999999", "9999999999999999G", "-5"};

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strdup_printf("x y\n  size %s\n", bad[i]);
        Fixture f = blocks_of(text);
        SgCursor cursor = sg_line_cursor(setting(&f, 0, 0), f.report);
        guint64 bytes = 0;
        g_assert_false(sg_cursor_size(&cursor, &bytes));
        support_assert_reported(f.report, "a size must be a number with a unit");
        done(&f);
    }
}

static void test_dates_are_real_days(void)
{
    Fixture f = blocks_of("x y\n  a 2026-02-28\n  a 2026-02-30\n  a 28/2/2026\n");
    GDate date;
    SgCursor cursor = sg_line_cursor(setting(&f, 0, 0), f.report);

    g_assert_true(sg_cursor_date(&cursor, &date));
    g_assert_cmpuint(g_date_get_year(&date), ==, 2026);
    cursor = sg_line_cursor(setting(&f, 0, 1), f.report);
    g_assert_false(sg_cursor_date(&cursor, &date));
    cursor = sg_line_cursor(setting(&f, 0, 2), f.report);
    g_assert_false(sg_cursor_date(&cursor, &date));
    support_assert_reported(f.report, "there is no such date as 2026-02-30");
    support_assert_reported(f.report, "a date is written year-month-day");
    done(&f);
}

static void test_unknown_repeated_and_overlong_settings_are_all_reported_in_one_run(void)
{
    SgLimits limits;
    Fixture f = blocks_of("limits\n    dept 3\n    depth 4\n    depth 5\n    parts 6 7\n"
                          "    zebra 1\n");

    sg_limits_init(&limits);
    sg_block_read_settings(f.blocks->pdata[0], sg_limits_settings, &limits, f.report);
    support_assert_reported(f.report, "test.conf:2:5: error: unknown setting 'dept'; did you mean "
                                      "'depth'?");
    support_assert_reported(f.report, "test.conf:4:5: error: 'depth' is already set in line 3");
    support_assert_reported(f.report, "test.conf:5:13: error: nothing more is expected here");
    support_assert_reported(f.report,
                            "test.conf:6:5: error: unknown setting 'zebra' in a 'limits'");
    g_assert_cmpuint(limits.depth, ==, 4);
    done(&f);
}

static void test_report_shows_the_line_and_a_caret(void)
{
    SgLimits limits;
    Fixture f = blocks_of("limits\n\tpärts\t3\n");
    g_autofree char *text = NULL;

    sg_limits_init(&limits);
    sg_block_read_settings(f.blocks->pdata[0], sg_limits_settings, &limits, f.report);
    text = sg_report_text(f.report, FALSE);
    g_assert_cmpstr(text, ==,
                    "test.conf:2:2: error: unknown setting 'pärts'; did you mean 'parts'?\n"
                    "    \tpärts\t3\n"
                    "    \t^~~~~\n");
    done(&f);
}

static void test_report_shows_no_control_characters(void)
{
    Fixture f = blocks_of("limits\n    \x1b[31mparts 3\n");
    SgLimits limits;
    g_autofree char *text = NULL;

    sg_limits_init(&limits);
    sg_block_read_settings(f.blocks->pdata[0], sg_limits_settings, &limits, f.report);
    g_assert_cmpuint(sg_report_errors(f.report), ==, 1);
    text = sg_report_text(f.report, FALSE);
    g_assert_null(strchr(text, '\x1b'));
    done(&f);
}

static void test_suggestions_are_near_or_none(void)
{
    static const char *const words[] = {"severity", "subject-prefix", "signal", NULL};

    g_assert_cmpstr(sg_suggest(sg_span("severty"), words), ==, "severity");
    g_assert_cmpstr(sg_suggest(sg_span("singal"), words), ==, "signal");
    g_assert_null(sg_suggest(sg_span("banana"), words));
    g_assert_null(sg_suggest(sg_span(""), words));
}

static void test_every_limit_has_a_default(void)
{
    SgLimits limits;

    memset(&limits, 0, sizeof limits);
    sg_limits_init(&limits);
    for (const SgSetting *setting = sg_limits_settings; setting->name; setting++)
        g_assert_cmpuint(*(const guint64 *)(gconstpointer)((const char *)&limits + setting->offset),
                         >, 0);
}

static void test_bytes_that_a_full_disk_does_not_take_are_not_said_to_be_written(void)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    g_assert_cmpint(full, >=, 0);
    g_assert_false(sg_write_all(full, "x", 1));
    g_assert_cmpint(errno, ==, ENOSPC);
    close(full);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/base/" #name, test_##name)
    PROMISE(blocks_begin_in_column_one_and_settings_are_indented);
    PROMISE(byte_order_mark_and_crlf_are_accepted);
    PROMISE(empty_file_has_no_blocks);
    PROMISE(indented_line_without_block_is_an_error);
    PROMISE(nul_and_bad_utf8_are_errors_of_their_line_alone);
    PROMISE(text_runs_to_the_end_of_the_line_with_its_hashes);
    PROMISE(comment_ends_what_is_not_a_text);
    PROMISE(words_are_parted_by_commas_with_or_without_space);
    PROMISE(pattern_runs_from_first_to_last_slash);
    PROMISE(pattern_without_closing_slash_is_said);
    PROMISE(sizes_and_durations_take_units);
    PROMISE(numbers_that_do_not_fit_are_errors);
    PROMISE(dates_are_real_days);
    PROMISE(unknown_repeated_and_overlong_settings_are_all_reported_in_one_run);
    PROMISE(report_shows_the_line_and_a_caret);
    PROMISE(report_shows_no_control_characters);
    PROMISE(suggestions_are_near_or_none);
    PROMISE(every_limit_has_a_default);
    PROMISE(bytes_that_a_full_disk_does_not_take_are_not_said_to_be_written);
    return g_test_run();
}
