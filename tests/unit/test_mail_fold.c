/* test_mail_fold.c - promises about folded and squeezed text */
#include "support.h"

#include "../../milter/mail/mail_internal.h"

static void assert_folds(const char *text, const char *expected)
{
    g_autoptr(GString) folded = sg_fold(sg_span(text), NULL);

    g_assert_cmpstr(folded->str, ==, expected);
}

static void assert_squeezes(const char *text, const char *expected)
{
    g_autoptr(GString) folded = sg_fold(sg_span(text), NULL);
    g_autoptr(GString) squeezed = sg_squeeze((SgSpan){folded->str, folded->len}, NULL);

    g_assert_cmpstr(squeezed->str, ==, expected);
}

static void test_case_and_white_space_are_even(void)
{
    assert_folds("  Add\tME \r\n on  ", "add me on");
    assert_folds("a\xc2\xa0\xe2\x80\xa8\x62\xe3\x80\x80\x63", "a b c"); /* no-break, line, wide */
}

static void test_invisible_characters_are_gone(void)
{
    assert_folds("lu\xe2\x80\x8b\x63\xc2\xad\x6b\xef\xbb\xbf",
                 "luck");                            /* zero-width, soft hyphen */
    assert_folds("lu\xef\xb8\x8f\x63k\x01", "luck"); /* variation selector */
}

static void test_accents_and_forms_are_plain(void)
{
    assert_folds("Caf\xc3\xa9 nai\xcc\x88ve", "cafe naive");
    assert_folds("\xef\xbc\xa6\xef\xbd\x95\xef\xbd\x8c\xef\xbd\x8c \xef\xac\x81ne", "full fine");
    assert_folds("\xf0\x9d\x95\x92\xf0\x9d\x96\x87 \xe2\x93\x92 \xf0\x9f\x85\xb3", "ab c d");
}

static void test_look_alikes_become_ascii(void)
{
    assert_folds("\xd0\xb0\xd1\x81\xd1\x81\xd0\xbeunt", "account");       /* Cyrillic */
    assert_folds("\xce\xbf\xce\xba", "ok");                               /* Greek */
    assert_folds("\xca\x9f\xe1\xb4\x9c\xe1\xb4\x84\xe1\xb4\x8b", "luck"); /* small capitals */
}

static void test_quotes_and_dashes_become_ascii(void)
{
    assert_folds(
        "don\xe2\x80\x99t \xe2\x80\x9cgo\xe2\x80\x9d \xe2\x80\x94 e\xe2\x80\x91mail\xe2\x80\xa6",
        "don't \"go\" - e-mail...");
}

static void test_ascii_punctuation_stays(void)
{
    assert_folds("a@b.example/c?d=1&e=\"2\" (100%) `x` m1 rn",
                 "a@b.example/c?d=1&e=\"2\" (100%) `x` m1 rn");
}

static void test_text_written_backwards_is_turned_round(void)
{
    assert_folds("see \xe2\x80\xaekcul dab\xe2\x80\xac here", "see bad luck here");
    assert_folds("\xe2\x80\xae"
                 "fed \xe2\x80\xad"
                 "abc\xe2\x80\xac\xe2\x80\xac",
                 "abc def");
}

static void test_right_to_left_writing_keeps_its_order(void)
{
    g_autoptr(GString) folded = sg_fold(sg_span("\xd7\x90\xd7\x91"), NULL);

    g_assert_true(g_str_has_suffix(folded->str, "\xd7\x91"));
}

/* Over every code point there is. */
static void test_folding_twice_changes_nothing(void)
{
    for (guint32 c = 1; c < 0x110000; c++) {
        char text[8] = "a";
        g_autoptr(GString) once = NULL;
        g_autoptr(GString) twice = NULL;

        if (c >= 0xd800 && c < 0xe000)
            continue;
        text[1 + g_unichar_to_utf8(c, text + 1)] = 'b';
        once = sg_fold(sg_span(text), NULL);
        twice = sg_fold((SgSpan){once->str, once->len}, NULL);
        if (!g_string_equal(once, twice))
            g_error("U+%04X folds to '%s', then to '%s'", c, once->str, twice->str);
        g_assert_cmpuint(once->len, <=, 2 + 18);
    }
}

static void test_squeezed_text_is_letters_and_digits(void)
{
    assert_squeezes("f o r-w.a.r_d *this*", "forwardthis");
    assert_squeezes("\xe2\x9c\xa8 24 \xe2\x9c\xa8 hours!", "24hours");
}

static void test_digits_for_letters_are_read_as_letters(void)
{
    assert_squeezes("f0rw4rd 7h15 t0 5even fr13nd$x", "forwardthistosevenfriendsx");
    assert_squeezes("call 01709 335577", "call01709335577");
    assert_squeezes("h@ve b@d luck!", "havebadluck");
    assert_squeezes("th!$ fr!end$!", "thisfriends");
    assert_squeezes("pay $5 to a@b.example", "pay5toabexample");
}

static SgSpan readable_of(const SgText *text, SgForm form, const char *needle)
{
    SgSpan span = sg_text_form(text, form);
    const char *at = memmem(span.at, span.len, needle, strlen(needle));

    g_assert_nonnull(at);
    return sg_text_readable_range(text, form, (gsize)(at - span.at),
                                  (gsize)(at - span.at) + strlen(needle));
}

static void test_every_form_leads_back_to_what_was_written(void)
{
    SgText *text = sg_text_new(
        SG_TEXT_BODY, "body",
        g_string_new("Have B\xc3\x84\x44\xe2\x80\x8b  l.u.c.k \xef\xac\x83x \xe2\x80\xae"
                     "olleh"));

    g_assert_true(sg_span_is(readable_of(text, SG_FORM_FOLDED, "bad"), "B\xc3\x84\x44"));
    g_assert_true(sg_span_is(readable_of(text, SG_FORM_SQUEEZED, "luck"), "l.u.c.k"));
    g_assert_true(sg_span_is(readable_of(text, SG_FORM_FOLDED, "fi"), "\xef\xac\x83"));
    g_assert_true(sg_span_is(readable_of(text, SG_FORM_FOLDED, "hel"), "leh"));
    sg_text_free(text);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    g_test_add_func("/mail/fold/white-space", test_case_and_white_space_are_even);
    g_test_add_func("/mail/fold/invisible", test_invisible_characters_are_gone);
    g_test_add_func("/mail/fold/accents", test_accents_and_forms_are_plain);
    g_test_add_func("/mail/fold/look-alikes", test_look_alikes_become_ascii);
    g_test_add_func("/mail/fold/quotes", test_quotes_and_dashes_become_ascii);
    g_test_add_func("/mail/fold/ascii", test_ascii_punctuation_stays);
    g_test_add_func("/mail/fold/backwards", test_text_written_backwards_is_turned_round);
    g_test_add_func("/mail/fold/right-to-left", test_right_to_left_writing_keeps_its_order);
    g_test_add_func("/mail/fold/idempotent", test_folding_twice_changes_nothing);
    g_test_add_func("/mail/fold/squeezed", test_squeezed_text_is_letters_and_digits);
    g_test_add_func("/mail/fold/swaps", test_digits_for_letters_are_read_as_letters);
    g_test_add_func("/mail/fold/ranges", test_every_form_leads_back_to_what_was_written);
    return g_test_run();
}
