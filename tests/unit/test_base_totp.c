/* test_base_totp.c - one-time codes are those of the RFC, good once, and for no longer than a
 * phone's clock may be wrong */
#include "schoolgate/totp.h"
#include "support.h"

#include <string.h>

/* RFC 6238, appendix B: "12345678901234567890". */
#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
#define NOON   ((gint64)1592827200)

static void test_codes_are_those_of_the_rfc(void)
{
    static const struct {
        gint64 at;
        guint code; /* the last six of the RFC's eight digits */
    } vectors[] = {{59, 287082},       {1111111109, 81804},  {1111111111, 50471},
                   {1234567890, 5924}, {2000000000, 279037}, {20000000000, 353130}};
    const guint8 *secret = (const guint8 *)"12345678901234567890";

    for (guint i = 0; i < G_N_ELEMENTS(vectors); i++)
        g_assert_cmpuint(sg_totp_code(secret, 20, (guint64)(vectors[i].at / SG_TOTP_PERIOD)), ==,
                         vectors[i].code);
}

static void test_base32_is_that_of_the_rfc_and_comes_back(void)
{
    static const char *const vectors[][2] = {{"", ""},
                                             {"f", "MY"},
                                             {"fo", "MZXQ"},
                                             {"foo", "MZXW6"},
                                             {"foob", "MZXW6YQ"},
                                             {"fooba", "MZXW6YTB"},
                                             {"foobar", "MZXW6YTBOI"}};

    for (guint i = 0; i < G_N_ELEMENTS(vectors); i++) {
        gsize length = strlen(vectors[i][0]), n = 0;
        g_autofree char *text = sg_base32((const guint8 *)vectors[i][0], length);
        g_autofree guint8 *bytes = sg_base32_bytes(text, &n);

        g_assert_cmpstr(text, ==, vectors[i][1]);
        g_assert_cmpmem(bytes, n, vectors[i][0], length);
    }
}

static void test_base32_is_read_as_people_type_it(void)
{
    gsize n = 0;
    g_autofree guint8 *bytes = sg_base32_bytes("mzxw 6ytb-oi======", &n);

    g_assert_cmpmem(bytes, n, "foobar", 6);
    g_assert_null(sg_base32_bytes("MZXW1", &n));
    g_assert_null(sg_base32_bytes("MY=A", &n));
}

static char *code_at(gint64 at)
{
    gsize n = 0;
    g_autofree guint8 *secret = sg_base32_bytes(SECRET, &n);

    return g_strdup_printf("%06u", sg_totp_code(secret, n, (guint64)(at / SG_TOTP_PERIOD)));
}

static SgTotpFinding found(const char *code, gint64 last)
{
    gint64 step = 0;

    return sg_totp_check(SECRET, code, NOON, last, &step);
}

static void test_a_clock_may_be_wrong_by_one_step_and_no_more(void)
{
    for (int steps = -3; steps <= 3; steps++) {
        g_autofree char *code = code_at(NOON + steps * SG_TOTP_PERIOD);

        g_assert_cmpint(found(code, 0), ==, ABS(steps) <= 1 ? SG_TOTP_FRESH : SG_TOTP_WRONG);
    }
}

static void test_a_code_is_good_once_and_none_before_it_after_that(void)
{
    g_autofree char *now = code_at(NOON);
    g_autofree char *before = code_at(NOON - SG_TOTP_PERIOD);
    g_autofree char *next = code_at(NOON + SG_TOTP_PERIOD);
    gint64 step = 0;

    g_assert_cmpint(sg_totp_check(SECRET, now, NOON, 0, &step), ==, SG_TOTP_FRESH);
    g_assert_cmpint(step, ==, NOON / SG_TOTP_PERIOD);
    g_assert_cmpint(found(now, step), ==, SG_TOTP_USED);
    g_assert_cmpint(found(before, step), ==, SG_TOTP_USED);
    g_assert_cmpint(found(next, step), ==, SG_TOTP_FRESH);
}

static void test_a_code_is_six_digits_and_nothing_else(void)
{
    g_autofree char *code = code_at(NOON);
    g_autofree char *spaced = g_strdup_printf("%.3s %s", code, code + 3);
    g_autofree char *longer = g_strconcat(code, "0", NULL);
    g_autofree char *worded = g_strconcat(code, "x", NULL);
    g_autofree char *shorter = g_strndup(code, 5);

    g_assert_cmpint(found(spaced, 0), ==, SG_TOTP_FRESH);
    g_assert_cmpint(found(longer, 0), ==, SG_TOTP_WRONG);
    g_assert_cmpint(found(worded, 0), ==, SG_TOTP_WRONG);
    g_assert_cmpint(found(shorter, 0), ==, SG_TOTP_WRONG);
    g_assert_cmpint(found("", 0), ==, SG_TOTP_WRONG);
    g_assert_cmpint(found(NULL, 0), ==, SG_TOTP_WRONG);
}

/* Without a secret there is a code too: that of an empty key. */
static void test_no_secret_has_no_right_code(void)
{
    g_autofree char *code =
        g_strdup_printf("%06u", sg_totp_code(NULL, 0, (guint64)(NOON / SG_TOTP_PERIOD)));
    gint64 step = 0;

    g_assert_cmpint(sg_totp_check("", code, NOON, 0, &step), ==, SG_TOTP_WRONG);
    g_assert_cmpint(sg_totp_check("0189", code, NOON, 0, &step), ==, SG_TOTP_WRONG);
}

static void test_the_address_for_apps_is_escaped(void)
{
    g_autofree char *uri = sg_totp_uri(SECRET, "St Mary & All", "a.khan");

    g_assert_cmpstr(uri, ==,
                    "otpauth://totp/St%20Mary%20%26%20All:a.khan?secret=" SECRET
                    "&issuer=St%20Mary%20%26%20All&algorithm=SHA1&digits=6&period=30");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/totp/rfc", test_codes_are_those_of_the_rfc);
    g_test_add_func("/totp/base32", test_base32_is_that_of_the_rfc_and_comes_back);
    g_test_add_func("/totp/base32/typed", test_base32_is_read_as_people_type_it);
    g_test_add_func("/totp/window", test_a_clock_may_be_wrong_by_one_step_and_no_more);
    g_test_add_func("/totp/once", test_a_code_is_good_once_and_none_before_it_after_that);
    g_test_add_func("/totp/digits", test_a_code_is_six_digits_and_nothing_else);
    g_test_add_func("/totp/no-secret", test_no_secret_has_no_right_code);
    g_test_add_func("/totp/uri", test_the_address_for_apps_is_escaped);
    return g_test_run();
}
