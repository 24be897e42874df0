/* The numbers of incidents: what they spare those who read them out, write them down and type them.
 */
#include "../../milter/record/ids.h"
#include "support.h"

#include <string.h>

static char *draw_key(guint length)
{
    g_autofree char *id = sg_id_new("KM", length, sg_id_random);

    return sg_id_key(id);
}

static void test_an_id_is_prefix_drawn_characters_and_check(void)
{
    g_autofree char *shorter = sg_id_new("KM", SG_ID_SHORT, sg_id_random);
    g_autofree char *longer = sg_id_new("KMS", SG_ID_LONG, sg_id_random);

    g_assert_true(g_regex_match_simple("^KM-[2-9CFHKMQRTWXY]{4}-[2-9CFHKMQRTWXY]$", shorter, 0, 0));
    g_assert_true(g_regex_match_simple("^KMS-[2-9CFHKMQRTWXY]{6}-[2-9CFHKMQRTWXY]$", longer, 0, 0));
}

static void test_the_alphabet_keeps_one_of_each_pair_that_is_mistaken(void)
{
    static const char *const mistaken[] = {"0O", "OD", "1I", "1L", "IJ", "2Z", "5S", "8B",
                                           "6G", "UV", "VY", "MN", "PT", "BD", "CG", "AH"};

    g_assert_cmpuint(strlen(SG_ID_ALPHABET), ==, 19); /* a prime */
    for (guint i = 0; i < G_N_ELEMENTS(mistaken); i++)
        g_assert_false(strchr(SG_ID_ALPHABET, mistaken[i][0]) &&
                       strchr(SG_ID_ALPHABET, mistaken[i][1]));
}

static void test_no_id_spells_anything(void)
{
    for (int i = 0; i < 5000; i++) {
        g_autofree char *id = sg_id_new("KM", SG_ID_LONG, sg_id_random);

        g_assert_false(g_regex_match_simple("[A-Z]{3}", id, 0, 0));
    }
}

static void test_every_single_wrong_character_is_noticed(void)
{
    for (int i = 0; i < 400; i++) {
        g_autofree char *key = draw_key(i % 2 ? SG_ID_SHORT : SG_ID_LONG);

        g_assert_true(sg_id_key_fits(key));
        for (gsize at = 2; key[at]; at++) { /* after the prefix */
            char right = key[at];

            for (const char *wrong = SG_ID_ALPHABET; *wrong; wrong++) {
                key[at] = *wrong;
                g_assert_cmpint(sg_id_key_fits(key), ==, *wrong == right);
            }
            key[at] = right;
        }
    }
}

static void test_every_two_neighbours_that_changed_places_are_noticed(void)
{
    for (int i = 0; i < 2000; i++) {
        g_autofree char *key = draw_key(i % 2 ? SG_ID_SHORT : SG_ID_LONG);

        for (gsize at = 2; key[at + 1]; at++) {
            char left = key[at], right = key[at + 1];

            key[at] = right;
            key[at + 1] = left;
            g_assert_cmpint(sg_id_key_fits(key), ==, left == right);
            key[at] = left;
            key[at + 1] = right;
        }
    }
}

static void test_an_id_may_be_typed_anyhow(void)
{
    static const char *const typed[] = {"KM-7F3Q-2",   "km-7f3q-2", "KM7F3Q2",
                                        " km 7f3q 2 ", "Km-7F3q2",  "k m-7-f-3-q 2\n"};

    for (guint i = 0; i < G_N_ELEMENTS(typed); i++) {
        g_autofree char *key = sg_id_key(typed[i]);

        g_assert_cmpstr(key, ==, "KM7F3Q2");
    }
}

static void test_what_cannot_be_an_id_has_no_key(void)
{
    g_autofree char *very_long = g_strnfill(100000, 'A');
    const char *const typed[] = {"KM-7F3Q-2'; --", "KM\xc3\x84", "\xff\xfe", very_long};

    for (guint i = 0; i < G_N_ELEMENTS(typed); i++)
        g_assert_null(sg_id_key(typed[i]));
    g_assert_false(sg_id_key_fits(""));
    g_assert_false(sg_id_key_fits("2222"));
    g_assert_false(sg_id_key_fits("KM0OIL1"));
}

static gboolean spells_something(guint number, guint length)
{
    guint letters = 0;

    for (guint i = 0; i < length; i++, number /= 19) {
        letters = number % 19 >= 8 ? letters + 1 : 0;
        if (letters == 3)
            return TRUE;
    }
    return FALSE;
}

static void test_the_space_is_as_large_as_counting_says(void)
{
    guint usable = 0;

    for (guint number = 0; number < 19 * 19 * 19 * 19; number++)
        usable += spells_something(number, 4) ? 0 : 1;
    g_assert_cmpuint(sg_id_space(4), ==, usable);
}

static void test_a_crowded_record_gets_longer_ids(void)
{
    g_assert_cmpuint(sg_id_length(0), ==, SG_ID_SHORT);
    g_assert_cmpuint(sg_id_length(sg_id_space(4) / 3), ==, SG_ID_SHORT);
    g_assert_cmpuint(sg_id_length(sg_id_space(4) / 3 + 1), ==, SG_ID_LONG);
}

static void test_a_prefix_is_two_or_three_capitals(void)
{
    static const char *const wrong[] = {NULL, "", "K", "KMSX", "km", "K1", "K-", "\xc3\x84"};

    g_assert_true(sg_id_prefix_ok("KM"));
    g_assert_true(sg_id_prefix_ok("KMS"));
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(sg_id_prefix_ok(wrong[i]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/ids/shape", test_an_id_is_prefix_drawn_characters_and_check);
    g_test_add_func("/record/ids/alphabet",
                    test_the_alphabet_keeps_one_of_each_pair_that_is_mistaken);
    g_test_add_func("/record/ids/no-words", test_no_id_spells_anything);
    g_test_add_func("/record/ids/single-errors", test_every_single_wrong_character_is_noticed);
    g_test_add_func("/record/ids/transpositions",
                    test_every_two_neighbours_that_changed_places_are_noticed);
    g_test_add_func("/record/ids/typed-anyhow", test_an_id_may_be_typed_anyhow);
    g_test_add_func("/record/ids/not-an-id", test_what_cannot_be_an_id_has_no_key);
    g_test_add_func("/record/ids/space", test_the_space_is_as_large_as_counting_says);
    g_test_add_func("/record/ids/crowded", test_a_crowded_record_gets_longer_ids);
    g_test_add_func("/record/ids/prefix", test_a_prefix_is_two_or_three_capitals);
    return g_test_run();
}
