/* test_policy_numbers.c - which numbers are seen as a pupil's, a patient's, a card's, and which are
 * let be. All are made up: from ranges set aside for fiction and tests, or by their own arithmetic.
 */
#include "detect.h"

static void test_pupil_numbers_are_known_by_their_check_letter(void)
{
    assert_each_detected("number pupil", "UPN: H801200001001", "W801200001011 and others",
                         "(x801200001002)", "Row:\tKim Lee\tX801200001002\t9B");
    assert_none_detected("number pupil", "A801200001002", "B801200001001", "XH801200001001",
                         "H8012000010011", "H80120000100", "https://x.example/H801200001001/",
                         "id=H801200001001&x=1", "H801200001001@kingsmead.example");
}

static char *pupil_number(guint serial, gboolean temporary)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
    char digits[13];
    guint sum = 0;

    g_snprintf(digits, sizeof digits, "80120%07u", serial);
    for (guint i = 0; i < 12; i++)
        sum += (guint)(digits[i] - '0') * (i + 2);
    if (temporary) {
        sum += 13 * (serial % 23) - 13 * (guint)(digits[11] - '0');
        digits[11] = letters[serial % 23];
    }
    return g_strdup_printf("%c%s", letters[sum % 23], digits);
}

static void test_every_pupil_number_is_seen_and_none_with_a_digit_changed(void)
{
    for (guint serial = 1; serial < 9000000; serial += 379981) {
        g_autofree char *number = pupil_number(serial, serial % 3 == 0);
        gsize place = 1 + serial % 10;
        g_assert_true(detects("number pupil", number));
        number[place] = number[place] == '9' ? '0' : (char)(number[place] + 1);
        g_assert_false(detects("number pupil", number));
    }
}

static void test_national_insurance_numbers_keep_to_the_rules_for_their_letters(void)
{
    assert_each_detected("number national-insurance", "AB123456C", "NI no: AB 12 34 56 C.",
                         "ab123456c", "AB-12-34-56-C", "AB 123456 C");
    assert_none_detected("number national-insurance", "DA123456C", "AO123456C", "GB123456C",
                         "AB123456E", "AB12345C", "AB1234567C", "at 12 34 56 a new one",
                         "at 123456 a bus", "AB\t12 34 56\tC", "XAB123456C", "AB123456CD");
}

static void test_nhs_numbers_need_their_check_digit_and_the_word(void)
{
    assert_each_detected("number nhs", "NHS number 943 476 5919", "nhs: 9434765919",
                         "NHS no 943-476-5919",
                         "NHS number\tName\r\n\r\n"
                         "Some words that put a long way between the head of the list and what is "
                         "below it, as lists have.\r\n9434765919\tKim");
    assert_none_detected("number nhs", "943 476 5919", "NHS 943 476 5918", "order 9434765919",
                         "NHS 94 347 65919", "NHS: 94347659190", "the NHS: 1111111111");
}

static void test_cards_need_an_issuer_and_the_check_digit(void)
{
    assert_each_detected("number card", "4929 1234 5678 9015", "card:4929123456789015",
                         "5105-1051-0510-5100", "3782 822463 10005", "378282246310005",
                         "6011111111111117", "Visa 4111 1111 1111 1111 12/27",
                         "4929 1234 5678 9015, 123");
    assert_none_detected("number card", "4929 1234 5678 9016", "1929 1234 5678 9015",
                         "4929 12345678 9015", "4929-1234 5678-9015", "14929123456789015",
                         "4929\t1234\t5678\t9015", "4929 1234\r\n5678 9015", "49291234567890151",
                         "https://x.example/4929123456789015", "ref=4929123456789015",
                         "4000 0000 0000 0002", "DE12 4929 1234 5678 9015 00",
                         "4929.1234.5678.9015", "order-4929123456789015");
}

static guint luhn_check(const char *digits)
{
    guint sum = 0;

    for (gsize i = strlen(digits); i > 0; i--) {
        guint digit = (guint)(digits[i - 1] - '0');
        gboolean doubled = (strlen(digits) - i) % 2 == 0;
        digit *= doubled ? 2 : 1;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return (10 - sum % 10) % 10;
}

static void test_every_card_number_is_seen_and_none_with_a_digit_changed(void)
{
    for (guint i = 0; i < 20; i++) {
        g_autofree char *digits = g_strdup_printf(
            "5%u%06u%07u", 1 + i % 5, 131071 * (i + 1) % 999983, 7919 * (i + 3) % 9999991);
        g_autofree char *number = g_strdup_printf("%s%u", digits, luhn_check(digits));
        g_assert_true(detects("number card", number));
        number[9] = number[9] == '9' ? '0' : (char)(number[9] + 1);
        g_assert_false(detects("number card", number));
    }
}

static void test_telephone_numbers_are_seen_however_they_are_grouped(void)
{
    assert_each_detected("number phone", "07700 900123", "07700900123", "+44 7700 900123",
                         "+44 (0)7700 900123", "0044 7700 900 123", "(020) 7946 0123",
                         "020 7946 0123", "01632 960 123", "0117-496-0123", "+447700900123.");
    assert_none_detected("number phone", "7700 900123", "07 11 2025 0900", "0770090012",
                         "077009001234", "212-555-0123", "06700 900123", "order 107700900123",
                         "07700\t900123", "01-02-2011 0123", "12.07700900123", "0000 000 0000");
}

static void test_the_same_number_counts_once(void)
{
    g_assert_false(detects("number phone over 1", "07700 900123 or +44 7700 900123"));
    g_assert_true(detects("number phone over 1", "07700 900123 or 07700 900124"));
}

static void test_postcodes_are_of_areas_that_there_are(void)
{
    assert_each_detected("number postcode", "Kingsmead, SW1A 1AA", "M1 1AE.", "CR26XH", "EC1A 1BB");
    assert_none_detected("number postcode", "QQ1 1AA", "SW1A 1CA", "SW1A 11A", "in e1 6an way",
                         "cr26xh", "XSW1A 1AA", "B1-1AA");
}

static void test_birth_dates_are_of_pupils_and_said_to_be_births(void)
{
    assert_each_detected("number birth-date", "DOB 03/09/2012", "born on 3 September 2012",
                         "date of birth: 2012-09-03", "She was born 3rd of Sept. 2012.",
                         "D.O.B. 3.9.12", "born September 3, 2012",
                         "Name\tDOB\r\nKim Lee, of the house with the green door and so on and so "
                         "forth until it is far, really far\t03/09/2012");
    assert_none_detected("number birth-date", "the meeting of 03/09/2012", "born 03/09/1972",
                         "born 03/09/2025", "born 31/02/2012", "born 2012", "born 1/2",
                         "born 03/09/20125", "DOB 12/09-2012");
}

static void test_what_is_shown_does_not_give_the_number_away(void)
{
    g_autofree char *card =
        detected("number card", "Dad's card 4929 1234 5678 9015, also 378282246310005");
    g_autofree char *pupil = detected("number pupil", "Kim Lee H801200001001 9B");
    g_autofree char *postcode = detected("number postcode", "12 High St SW1A 1AA");

    g_assert_cmpstr(card, ==, "Dad's card **** **** **** **15, also ***************");
    g_assert_cmpstr(pupil, ==, "Kim Lee ***********01 *B");
    g_assert_cmpstr(postcode, ==, "** High St **** *AA");
}

static void test_words_beside_a_number_do_not_give_it_away(void)
{
    g_autofree char *card = detected("match /visa/", "Visa 4929 1234 5678 9015, exp 09/28, £ 1200");
    g_autofree char *phone =
        detected("match /ring me/", "In 2026 on ０７７００９００１２３ ring me, room 12.");
    g_autofree char *pupil = detected("match /of kim/", "the UPN of Kim: H801200001001");

    g_assert_cmpstr(card, ==, "Visa **** **** **** ****, exp 09/28, £ 1200");
    g_assert_cmpstr(phone, ==, "In 2026 on *********** ring me, room 12.");
    g_assert_cmpstr(pupil, ==, "the UPN of Kim: H************");
}

static void test_a_number_in_digits_of_another_script_is_not_given_away_either(void)
{
    g_autofree char *card =
        detected("number card",
                 "card ４９２９１２３４５６７８９０１５ or \xf0\x9d\x9f\x92\xe2\x91\xa8 and 12");
    g_autofree char *pupil = detected("number pupil", "Kim Ｈ８０１２００００１００１ 9B");

    g_assert_cmpstr(card, ==, "card **************１５ or ** and **");
    g_assert_cmpstr(pupil, ==, "Kim ***********０１ *B");
}

static void test_a_digit_of_another_script_is_a_digit(void)
{
    g_assert_true(detects("number card", "\xef\xbc\x94"
                                         "929 1234 5678 9015"));
    g_assert_true(detects("number card", "4929\xc2\xa0"
                                         "1234\xe2\x80\x8b 5678 9015"));
}

static void test_hostile_texts_take_linear_time(void)
{
    static const char *const kinds[] = {"pupil", "national-insurance", "nhs",       "card",
                                        "phone", "postcode",           "birth-date"};
    static const char *const pieces[] = {"4",    "4929 ",   "0 ", "a8",
                                         "+44(", "born 3/", "1-", "ab 12 "};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        for (guint j = 0; j < G_N_ELEMENTS(pieces); j++) {
            g_autofree char *condition = g_strdup_printf("number %s over 9000", kinds[i]);
            double seconds = seconds_for(condition, pieces[j], 1000 * 1000);
            g_test_message("%s on '%s': %.3f s", kinds[i], pieces[j], seconds);
            g_assert_cmpfloat(seconds, <, 2.0);
        }
    }
}

static void test_time_that_is_up_makes_the_message_unscannable(void)
{
    School school =
        school_within("rule r\n    clause 2.6\n    number card\n", SG_MODE_ENFORCE, NULL, -1);
    const SgFinding *finding;

    g_assert_nonnull(school.policy);
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", "4929 1234 5678 9015");
    g_assert_cmpuint(verdict->findings->len, ==, 1);
    finding = verdict->findings->pdata[0];
    g_assert_cmpint(finding->kind, ==, SG_FINDING_UNSCANNABLE);
    school_done(&school);
}

static void test_rules_that_ask_the_same_are_each_told(void)
{
    School school = school_of("rule a\n    clause 2.6\n    number card\n"
                              "rule b\n    clause 2.6\n    number card\n"
                              "rule quoted\n    clause 2.6\n    look-in quoted\n    number card\n"
                              "rule more\n    clause 2.6\n    number card over 1\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", "4929 1234 5678 9015");

    g_assert_cmpuint(verdict->findings->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const SgFinding *finding = verdict->findings->pdata[i];
        const SgSignalHit *hit = finding->signals->pdata[0];
        g_assert_cmpstr(hit->where, ==, "body");
        g_assert_cmpstr(hit->excerpt, ==, "**** **** **** **15");
    }
    school_done(&school);
}

static void test_slips_are_explained(void)
{
    School school = school_with("rule a\n    clause 2.6\n    number car\n"
                                "rule b\n    clause 2.6\n    number card over many\n",
                                SG_MODE_ENFORCE, NULL);

    support_assert_reported(school.report, "card");
    support_assert_reported(school.report, "how many are still allowed");
    school_done(&school);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/numbers/" #name, test_##name)
    PROMISE(pupil_numbers_are_known_by_their_check_letter);
    PROMISE(every_pupil_number_is_seen_and_none_with_a_digit_changed);
    PROMISE(national_insurance_numbers_keep_to_the_rules_for_their_letters);
    PROMISE(nhs_numbers_need_their_check_digit_and_the_word);
    PROMISE(cards_need_an_issuer_and_the_check_digit);
    PROMISE(every_card_number_is_seen_and_none_with_a_digit_changed);
    PROMISE(telephone_numbers_are_seen_however_they_are_grouped);
    PROMISE(the_same_number_counts_once);
    PROMISE(postcodes_are_of_areas_that_there_are);
    PROMISE(birth_dates_are_of_pupils_and_said_to_be_births);
    PROMISE(what_is_shown_does_not_give_the_number_away);
    PROMISE(words_beside_a_number_do_not_give_it_away);
    PROMISE(a_number_in_digits_of_another_script_is_not_given_away_either);
    PROMISE(a_digit_of_another_script_is_a_digit);
    PROMISE(hostile_texts_take_linear_time);
    PROMISE(time_that_is_up_makes_the_message_unscannable);
    PROMISE(rules_that_ask_the_same_are_each_told);
    PROMISE(slips_are_explained);
    return g_test_run();
}
