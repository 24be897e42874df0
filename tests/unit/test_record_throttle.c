/* test_record_throttle.c - who guesses is slowed down, and keeps nobody else out */
#include "account_builders.h"

#include <crypt.h>
#include <dlfcn.h>

static atomic_int hashed;

/* Stands before the library's, so that a test sees that nothing was hashed. */
char *crypt_r(const char *phrase, const char *setting, struct crypt_data *data)
{
    char *(*real)(const char *, const char *, struct crypt_data *) = NULL;

    *(void **)&real = dlsym(RTLD_NEXT, "crypt_r");
    atomic_fetch_add(&hashed, 1);
    return real(phrase, setting, data);
}

/* Five are free; then 5 s, doubling, to 15 minutes and no further. */
static void test_each_refusal_after_five_doubles_the_wait_up_to_a_quarter_hour(Fixture *fixture,
                                                                               gconstpointer data)
{
    static const int waits[] = {5, 10, 20, 40, 80, 160, 320, 640, 900, 900};
    gint64 now = NOON;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    for (int i = 0; i < 5; i++)
        keep_out(fixture->record, at(wrong(khan()), now));
    for (guint i = 0; i < G_N_ELEMENTS(waits); i++) {
        g_assert_true(is_throttled(fixture->record, at(khan(), now + waits[i] - 1)));
        now += waits[i];
        keep_out(fixture->record, at(wrong(khan()), now));
    }
    get_in(fixture->record, at(khan(), now + 900));
}

static void fail(Fixture *fixture, SgSignIn attempt, int times)
{
    for (int i = 0; i < times; i++)
        keep_out(fixture->record, attempt);
}

static void test_what_is_tried_while_waiting_is_not_hashed_and_on_the_trail_once(Fixture *fixture,
                                                                                 gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    fail(fixture, wrong(khan()), 5);
    g_assert_true(is_throttled(fixture->record, khan()));
    assert_trail_ends(fixture->record, "khan (officer) sign-in-refused: from " OFFICE
                                       ": too many attempts, not looked at for 5 s");
    g_autofree char *before = trail(fixture->record);
    int hashes = atomic_load(&hashed);
    for (int i = 0; i < 50; i++)
        g_assert_true(is_throttled(fixture->record, khan()));
    g_autofree char *after = trail(fixture->record);
    g_assert_cmpstr(before, ==, after);
    g_assert_cmpint(atomic_load(&hashed), ==, hashes);
    get_in(fixture->record, at(khan(), NOON + 5)); /* and the wait has grown no longer */
}

static void test_each_wait_is_on_the_trail(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    fail(fixture, wrong(khan()), 5);
    g_assert_true(is_throttled(fixture->record, khan()));
    keep_out(fixture->record, at(wrong(khan()), NOON + 5));
    g_assert_true(is_throttled(fixture->record, at(khan(), NOON + 6)));
    assert_trail_ends(fixture->record, "khan (officer) sign-in-refused: from " OFFICE
                                       ": too many attempts, not looked at for 9 s");
}

static void test_who_gets_in_where_they_are_known_begins_anew(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, khan());
    fail(fixture, wrong(khan()), 4);
    get_in(fixture->record, khan());
    fail(fixture, wrong(khan()), 5);
}

static void test_a_name_is_slowed_down_wherever_it_is_tried_from(Fixture *fixture,
                                                                 gconstpointer data)
{
    static const char *const places[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1",
                                         "198.51.100.9"};

    (void)data;
    add_account(fixture->record, "khan", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        keep_out(fixture->record, from(wrong(khan()), places[i]));
        keep_out(fixture->record, from(as(khan(), "nobody"), places[i]));
    }
    g_assert_true(is_throttled(fixture->record, from(khan(), STRANGER)));
    g_assert_true(is_throttled(fixture->record, from(as(khan(), "nobody"), STRANGER)));
}

static void test_an_address_is_slowed_down_whatever_names_it_tries(Fixture *fixture,
                                                                   gconstpointer data)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};

    (void)data;
    add_account(fixture->record, "khan", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        keep_out(fixture->record, from(as(khan(), names[i]), STRANGER));
    g_assert_true(is_throttled(fixture->record, from(khan(), STRANGER)));
    get_in(fixture->record, khan());
}

static void test_one_network_of_ipv6_is_one_address(Fixture *fixture, gconstpointer data)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};

    (void)data;
    add_account(fixture->record, "khan", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *client = g_strdup_printf("2001:db8:0:7::%u", i + 1);

        keep_out(fixture->record, from(as(khan(), names[i]), client));
    }
    g_assert_true(is_throttled(fixture->record, from(khan(), "2001:db8:0:7:ffff::1")));
    get_in(fixture->record, from(khan(), "2001:db8:0:8::1"));
}

static void test_an_address_written_two_ways_is_one(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    fail(fixture, from(as(khan(), "x"), "203.0.113.66"), 4);
    keep_out(fixture->record, from(as(khan(), "y"), "::ffff:203.0.113.66"));
    g_assert_true(is_throttled(fixture->record, from(khan(), STRANGER)));
}

static void test_no_stranger_keeps_a_person_out_of_where_they_have_been(Fixture *fixture,
                                                                        gconstpointer data)
{
    gint64 now = NOON;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, khan());
    for (int i = 0; i < 20; i++) {
        keep_out(fixture->record, at(from(wrong(khan()), STRANGER), now));
        now += 900;
    }
    g_assert_true(is_throttled(fixture->record, at(from(khan(), STRANGER), now - 1)));
    g_assert_true(is_throttled(fixture->record, at(from(khan(), "192.0.2.77"), now - 1)));
    get_in(fixture->record, at(khan(), now - 1));
}

static void test_at_a_known_address_others_names_do_not_count_against_a_person(Fixture *fixture,
                                                                               gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, khan());
    fail(fixture, as(khan(), "nobody"), 5);
    g_assert_true(is_throttled(fixture->record, as(khan(), "somebody")));
    get_in(fixture->record, khan());
}

static void test_a_known_address_is_slowed_down_like_any_other(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, khan());
    fail(fixture, wrong(khan()), 5);
    g_assert_true(is_throttled(fixture->record, khan()));
    get_in(fixture->record, at(khan(), NOON + 5));
}

static void test_an_address_is_known_for_90_days(Fixture *fixture, gconstpointer data)
{
    const gint64 later = NOON + 90 * SG_DAY;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, khan());
    fail(fixture, at(from(wrong(khan()), STRANGER), later - 1), 5);
    g_assert_true(is_throttled(fixture->record, at(khan(), later)));
    get_in(fixture->record, at(khan(), later - 1));
}

static SgSignIn with(SgSignIn attempt, const char *device)
{
    attempt.device = device;
    return attempt;
}

/* A phone has another address each morning. */
static void test_no_stranger_keeps_a_person_from_their_own_device_wherever_it_is(Fixture *fixture,
                                                                                 gconstpointer data)
{
    g_autofree char *phone = sg_account_new_device(), *other = sg_account_new_device();

    (void)data;
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, with(khan(), phone));
    fail(fixture, from(wrong(khan()), STRANGER), 5);
    g_assert_true(is_throttled(fixture->record, from(khan(), "198.51.100.1")));
    g_assert_true(is_throttled(fixture->record, with(from(khan(), "198.51.100.1"), other)));
    get_in(fixture->record, with(from(khan(), "198.51.100.1"), phone));
    get_in(fixture->record, with(from(khan(), STRANGER), phone)); /* and be it the same address */
}

static void test_a_stranger_at_the_same_address_keeps_nobody_from_their_device(Fixture *fixture,
                                                                               gconstpointer data)
{
    g_autofree char *phone = sg_account_new_device();

    (void)data;
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, with(khan(), phone));
    fail(fixture, wrong(khan()), 5);
    g_assert_true(is_throttled(fixture->record, khan()));
    get_in(fixture->record, with(khan(), phone));
}

static void test_a_known_device_is_slowed_down_and_known_to_no_other_account(Fixture *fixture,
                                                                             gconstpointer data)
{
    g_autofree char *phone = sg_account_new_device();

    (void)data;
    add_account(fixture->record, "khan", NULL);
    add_account(fixture->record, "lane", NULL);
    get_in(fixture->record, with(khan(), phone));
    fail(fixture, with(from(wrong(khan()), STRANGER), phone), 5);
    g_assert_true(is_throttled(fixture->record, with(from(khan(), STRANGER), phone)));
    fail(fixture, from(wrong(as(khan(), "lane")), "198.51.100.1"), 5);
    g_assert_true(
        is_throttled(fixture->record, with(from(as(khan(), "lane"), "198.51.100.2"), phone)));
}

/* Who has an account of their own could else guess on from the same address. */
static void
test_ones_own_sign_in_does_not_settle_what_was_tried_under_other_names(Fixture *fixture,
                                                                       gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    add_account(fixture->record, "lane", NULL);
    fail(fixture, wrong(khan()), 4);
    get_in(fixture->record, as(khan(), "lane"));
    keep_out(fixture->record, wrong(khan()));
    g_assert_true(is_throttled(fixture->record, khan()));
}

static void test_the_operator_ends_a_wait(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    fail(fixture, from(wrong(khan()), STRANGER), 5);
    g_assert_true(is_throttled(fixture->record, khan()));
    sg_account_enable(fixture->record, "khan", &root_at_noon, &error);
    g_assert_no_error(error);
    get_in(fixture->record, khan());
}

static void test_a_day_without_a_refusal_and_all_is_forgotten(Fixture *fixture, gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);

    (void)data;
    add_account(fixture->record, "khan", NULL);
    fail(fixture, from(wrong(khan()), STRANGER), 5);
    keep_out(fixture->record, at(from(as(khan(), "x"), "192.0.2.1"), NOON + SG_DAY - 1));
    g_assert_cmpint(ask(db, "SELECT count(*) FROM sign_in_failure WHERE n = 5"), ==, 2);
    keep_out(fixture->record, at(from(as(khan(), "x"), "192.0.2.1"), NOON + SG_DAY));
    g_assert_cmpint(ask(db, "SELECT count(*) FROM sign_in_failure WHERE n = 5"), ==, 0);
    sqlite3_close(db);
}

static void test_a_clock_that_was_set_back_keeps_nobody_waiting(Fixture *fixture,
                                                                gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    fail(fixture, at(wrong(khan()), NOON + 1000 * SG_DAY), 5);
    get_in(fixture->record, khan());
}

static void test_sixteen_guesses_at_once_are_five_that_are_looked_at(Fixture *fixture,
                                                                     gconstpointer data)
{
    Rush rush = {.record = fixture->record, .attempt = wrong(khan())};

    (void)data;
    add_account(fixture->record, "khan", NULL);
    rush_in(&rush, 16);
    g_assert_cmpint(rush.in, ==, 0);
    g_assert_cmpint(rush.refused, ==, 5);
    g_assert_cmpint(rush.throttled, ==, 11);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/throttle/doubles",
             test_each_refusal_after_five_doubles_the_wait_up_to_a_quarter_hour);
    add_test("/throttle/quiet",
             test_what_is_tried_while_waiting_is_not_hashed_and_on_the_trail_once);
    add_test("/throttle/trail", test_each_wait_is_on_the_trail);
    add_test("/throttle/anew", test_who_gets_in_where_they_are_known_begins_anew);
    add_test("/throttle/name", test_a_name_is_slowed_down_wherever_it_is_tried_from);
    add_test("/throttle/address", test_an_address_is_slowed_down_whatever_names_it_tries);
    add_test("/throttle/network", test_one_network_of_ipv6_is_one_address);
    add_test("/throttle/mapped", test_an_address_written_two_ways_is_one);
    add_test("/throttle/stranger", test_no_stranger_keeps_a_person_out_of_where_they_have_been);
    add_test("/throttle/device",
             test_no_stranger_keeps_a_person_from_their_own_device_wherever_it_is);
    add_test("/throttle/device/same-address",
             test_a_stranger_at_the_same_address_keeps_nobody_from_their_device);
    add_test("/throttle/device/slowed",
             test_a_known_device_is_slowed_down_and_known_to_no_other_account);
    add_test("/throttle/others",
             test_at_a_known_address_others_names_do_not_count_against_a_person);
    add_test("/throttle/known", test_a_known_address_is_slowed_down_like_any_other);
    add_test("/throttle/known-for", test_an_address_is_known_for_90_days);
    add_test("/throttle/own",
             test_ones_own_sign_in_does_not_settle_what_was_tried_under_other_names);
    add_test("/throttle/operator", test_the_operator_ends_a_wait);
    add_test("/throttle/forgotten", test_a_day_without_a_refusal_and_all_is_forgotten);
    add_test("/throttle/clock", test_a_clock_that_was_set_back_keeps_nobody_waiting);
    add_test("/throttle/at-once", test_sixteen_guesses_at_once_are_five_that_are_looked_at);
    return g_test_run();
}
