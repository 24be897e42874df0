/* test_record_account.c - who gets in, who does not, and what a stranger learns or spoils by trying
 */
#include "account_builders.h"

#include <crypt.h>
#include <dlfcn.h>

/* Stands before the library's, so that a test sees what was hashed with what. */
static atomic_int hashed;
static pthread_mutex_t setting_lock = PTHREAD_MUTEX_INITIALIZER;
static char last_setting[16];

char *crypt_r(const char *phrase, const char *setting, struct crypt_data *data)
{
    char *(*real)(const char *, const char *, struct crypt_data *) = NULL;

    *(void **)&real = dlsym(RTLD_NEXT, "crypt_r");
    atomic_fetch_add(&hashed, 1);
    pthread_mutex_lock(&setting_lock);
    g_strlcpy(last_setting, setting, strlen("$y$j9T$") + 1);
    pthread_mutex_unlock(&setting_lock);
    return real(phrase, setting, data);
}

static char *code_at(gint64 when)
{
    gsize n = 0;
    g_autofree guint8 *secret = sg_base32_bytes(SECRET, &n);

    return g_strdup_printf("%06u", sg_totp_code(secret, n, (guint64)(when / SG_TOTP_PERIOD)));
}

static void assert_unacceptable(const char *password, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(sg_password_acceptable("online-safety", password, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    support_assert_contains(error->message, why);
}

static void test_a_poor_password_is_refused_with_the_reason(void)
{
    g_autofree char *longest = g_strnfill(SG_PASSWORD_MOST, 'x');
    g_autofree char *longer = g_strnfill(SG_PASSWORD_MOST + 1, 'x');

    assert_unacceptable("", "fewer than 12");
    assert_unacceptable("elevenchars", "fewer than 12");
    assert_unacceptable("éééééé", "fewer than 12"); /* twelve bytes */
    assert_unacceptable("e\xcc\x81"
                        "e\xcc\x81"
                        "e\xcc\x81"
                        "e\xcc\x81"
                        "e\xcc\x81"
                        "e\xcc\x81",
                        "fewer than 12"); /* twelve code points until composed */
    assert_unacceptable("Online-Safety", "the name");
    assert_unacceptable("twelve bytes\xff", "not UTF-8");
    assert_unacceptable(longer, "longer than 256");
    g_assert_true(sg_password_acceptable("khan", longest, NULL));
    g_assert_true(sg_password_acceptable("khan", "twelve chars", NULL));
}

static void test_the_right_password_gets_in_and_that_is_on_the_trail(Fixture *fixture,
                                                                     gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    assert_trail_ends(fixture->record, "root (operator) account-add: khan");
    get_in(fixture->record, khan());
    assert_trail_ends(fixture->record, "khan (officer) sign-in: from " OFFICE);
}

static void
test_the_wrong_password_does_not_and_the_trail_has_why_but_not_the_password(Fixture *fixture,
                                                                            gconstpointer data)
{
    (void)data;
    add_account(fixture->record, "khan", NULL);
    keep_out(fixture->record, wrong(khan()));
    assert_trail_ends(fixture->record,
                      "khan (officer) sign-in-refused: from " OFFICE ": wrong password");
    keep_out(fixture->record, as(khan(), PASSWORD)); /* typed into the wrong field */
    assert_trail_ends(fixture->record,
                      "unknown (nobody) sign-in-refused: from " OFFICE ": no such account");
    g_autofree char *text = trail(fixture->record);
    g_assert_null(strstr(text, "bottles"));
}

static void test_a_password_is_kept_as_yescrypt_and_nowhere_else(Fixture *fixture,
                                                                 gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);

    (void)data;
    add_account(fixture->record, "khan", NULL);
    add_account(fixture->record, "lane", NULL);
    g_assert_cmpint(ask(db, "SELECT count(DISTINCT password) FROM account"
                            " WHERE password LIKE '$y$%'"),
                    ==, 2); /* each with its own salt */
    sqlite3_close(db);
}

static void test_a_password_is_the_same_however_its_accents_are_typed(Fixture *fixture,
                                                                      gconstpointer data)
{
    SgSignIn attempt = khan();
    g_autoptr(GError) error = NULL;

    (void)data;
    sg_account_add(fixture->record, "khan", "caf\xc3\xa9 au lait!", NULL, &root_at_noon, &error);
    g_assert_no_error(error);
    attempt.password = "cafe\xcc\x81 au lait!";
    get_in(fixture->record, attempt);
}

static void test_who_is_no_reviewer_any_more_does_not_get_in(Fixture *fixture, gconstpointer data)
{
    SgSignIn attempt = khan();

    (void)data;
    add_account(fixture->record, "khan", NULL);
    attempt.role = NULL;
    keep_out(fixture->record, attempt);
    assert_trail_ends(fixture->record, "khan (nobody) sign-in-refused: from " OFFICE
                                       ": no reviewer of that name is configured");
}

static void test_a_code_is_asked_for_and_good_once(Fixture *fixture, gconstpointer data)
{
    g_autofree char *code = code_at(NOON), *next = code_at(NOON + 30), *other = code_at(NOON + 90);
    SgSignIn attempt = khan();

    (void)data;
    add_account(fixture->record, "khan", SECRET);
    keep_out(fixture->record, attempt);
    assert_trail_ends(fixture->record, "khan (officer) sign-in-refused: from " OFFICE ": no code");
    attempt.code = other;
    keep_out(fixture->record, attempt);
    assert_trail_ends(fixture->record,
                      "khan (officer) sign-in-refused: from " OFFICE ": wrong code");
    attempt.code = code;
    get_in(fixture->record, attempt);
    keep_out(fixture->record, attempt);
    assert_trail_ends(fixture->record,
                      "khan (officer) sign-in-refused: from " OFFICE ": the code was used before");
    attempt.code = next;
    get_in(fixture->record, attempt);
}

static void test_a_right_code_does_not_make_up_for_a_wrong_password(Fixture *fixture,
                                                                    gconstpointer data)
{
    g_autofree char *code = code_at(NOON);
    SgSignIn attempt = wrong(khan());

    (void)data;
    add_account(fixture->record, "khan", SECRET);
    attempt.code = code;
    keep_out(fixture->record, attempt);
    attempt.password = PASSWORD; /* and was not used up */
    get_in(fixture->record, attempt);
}

static void test_codes_can_be_switched_on_and_off(Fixture *fixture, gconstpointer data)
{
    g_autofree char *secret = sg_account_new_secret();
    g_autofree char *another = sg_account_new_secret();
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_cmpuint(strlen(secret), ==, 32);
    g_assert_cmpstr(secret, !=, another);
    add_account(fixture->record, "khan", NULL);
    sg_account_set_totp(fixture->record, "khan", secret, &root_at_noon, &error);
    g_assert_no_error(error);
    assert_trail_ends(fixture->record, "root (operator) account-totp: khan: on");
    keep_out(fixture->record, khan());
    sg_account_set_totp(fixture->record, "khan", NULL, &root_at_noon, &error);
    g_assert_no_error(error);
    assert_trail_ends(fixture->record, "root (operator) account-totp: khan: off");
    get_in(fixture->record, khan());
}

static void test_the_disabled_stay_out_until_enabled(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    sg_account_disable(fixture->record, "khan", &root_at_noon, &error);
    g_assert_no_error(error);
    keep_out(fixture->record, khan());
    assert_trail_ends(fixture->record,
                      "khan (officer) sign-in-refused: from " OFFICE ": the account is disabled");
    sg_account_enable(fixture->record, "khan", &root_at_noon, &error);
    g_assert_no_error(error);
    get_in(fixture->record, khan());
}

static void test_a_new_password_replaces_the_old(Fixture *fixture, gconstpointer data)
{
    SgSignIn attempt = khan();
    g_autoptr(GError) error = NULL;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    sg_account_set_password(fixture->record, "khan", "eight green bottles", &root_at_noon, &error);
    g_assert_no_error(error);
    assert_trail_ends(fixture->record, "root (operator) account-password: khan");
    keep_out(fixture->record, attempt);
    attempt.password = "eight green bottles";
    get_in(fixture->record, attempt);
}

static void test_an_account_is_added_once_and_changed_only_if_there(Fixture *fixture,
                                                                    gconstpointer data)
{
    g_autoptr(GError) twice = NULL, absent = NULL, poor = NULL;

    (void)data;
    add_account(fixture->record, "khan", NULL);
    g_assert_false(sg_account_add(fixture->record, "khan", PASSWORD, NULL, &root_at_noon, &twice));
    g_assert_error(twice, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    g_assert_false(sg_account_disable(fixture->record, "lane", &root_at_noon, &absent));
    g_assert_error(absent, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
    g_assert_false(sg_account_set_password(fixture->record, "khan", "short", &root_at_noon, &poor));
    g_assert_error(poor, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    get_in(fixture->record, khan());
}

static void test_accounts_are_listed_with_what_they_have(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    add_account(fixture->record, "lane", SECRET);
    add_account(fixture->record, "khan", NULL);
    get_in(fixture->record, at(khan(), NOON + 60));
    get_in(fixture->record, at(khan(), NOON + 70));
    sg_account_disable(fixture->record, "lane", &root_at_noon, &error);
    g_autoptr(GPtrArray) accounts = sg_account_list(fixture->record, NOON + 100, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(accounts->len, ==, 2);
    const SgAccount *first = accounts->pdata[0], *second = accounts->pdata[1];
    g_assert_cmpstr(first->name, ==, "khan");
    g_assert_false(first->totp || first->disabled);
    g_assert_cmpint(first->created, ==, NOON);
    g_assert_cmpint(first->last_sign_in, ==, NOON + 70);
    g_assert_cmpuint(first->sessions, ==, 2);
    g_assert_cmpstr(second->name, ==, "lane");
    g_assert_true(second->totp && second->disabled);
    g_assert_cmpuint(second->sessions, ==, 0);
}

/* One hash, by the same method at the same cost, and one entry on the trail. */
static void assert_same_work(Fixture *fixture, SgSignIn attempt)
{
    sqlite3 *db = database_in(fixture->folder);
    gint64 entries = ask(db, "SELECT count(*) FROM audit");
    int before = atomic_load(&hashed);

    last_setting[0] = '\0';
    keep_out(fixture->record, attempt);
    g_assert_cmpint(atomic_load(&hashed) - before, ==, 1);
    g_assert_cmpstr(last_setting, ==, "$y$j9T$");
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit"), ==, entries + 1);
    sqlite3_close(db);
}

static void test_as_much_is_done_whatever_is_wrong(Fixture *fixture, gconstpointer data)
{
    g_autofree char *long_one = g_strnfill(1000, 'x');
    SgSignIn attempt = khan();

    (void)data;
    add_account(fixture->record, "khan", NULL);
    add_account(fixture->record, "lane", SECRET);
    assert_same_work(fixture, from(wrong(khan()), "192.0.2.1"));
    assert_same_work(fixture, from(as(khan(), "nobody"), "192.0.2.2"));
    assert_same_work(fixture, from(as(khan(), ""), "192.0.2.3"));
    assert_same_work(fixture, from(as(khan(), "lane"), "192.0.2.4"));
    assert_same_work(fixture, from(as(wrong(khan()), "lane"), "192.0.2.5"));
    attempt.password = long_one;
    assert_same_work(fixture, from(attempt, "192.0.2.6"));
    attempt.password = "\xff\xfe";
    assert_same_work(fixture, from(attempt, "192.0.2.7"));
    g_assert_true(sg_account_disable(fixture->record, "khan", &root_at_noon, NULL));
    assert_same_work(fixture, from(khan(), "192.0.2.8"));
}

static void test_one_code_at_once_by_five_lets_one_in(Fixture *fixture, gconstpointer data)
{
    g_autofree char *code = code_at(NOON);
    Rush rush = {.record = fixture->record, .attempt = khan()};

    (void)data;
    add_account(fixture->record, "khan", SECRET);
    rush.attempt.code = code;
    rush_in(&rush, 5);
    g_assert_cmpint(rush.in, ==, 1);
    g_assert_cmpint(rush.refused + rush.throttled, ==, 4);
}

static void assert_confirmed(SgRecord *record, SgSignIn attempt, gint code)
{
    g_autoptr(GError) error = NULL;

    if (code < 0)
        g_assert_true(sg_account_confirm(record, &attempt, &error));
    else
        g_assert_false(sg_account_confirm(record, &attempt, &error));
    g_assert_cmpint(error ? error->code : -1, ==, code);
}

static void test_a_password_is_confirmed_without_a_session(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GPtrArray) accounts = NULL;
    const SgAccount *account;

    (void)data;
    add_account(fixture->record, "khan", SECRET);
    assert_confirmed(fixture->record, khan(), -1);
    assert_confirmed(fixture->record, wrong(khan()), SG_RECORD_ERROR_SIGN_IN);
    assert_trail_ends(fixture->record,
                      "khan (officer) password-refused: from " OFFICE ": wrong password");
    assert_confirmed(fixture->record, as(khan(), "head"), SG_RECORD_ERROR_SIGN_IN);
    accounts = sg_account_list(fixture->record, NOON, NULL);
    account = accounts->pdata[0];
    g_assert_cmpuint(account->sessions, ==, 0);
    g_assert_cmpint(account->last_sign_in, ==, 0);
}

static void test_guessing_at_a_confirmation_is_slowed_down_as_at_the_door(Fixture *fixture,
                                                                          gconstpointer data)
{
    gint64 wait = 0;
    SgSignIn attempt = khan();

    (void)data;
    add_account(fixture->record, "khan", NULL);
    for (guint i = 0; i < 5; i++)
        assert_confirmed(fixture->record, wrong(khan()), SG_RECORD_ERROR_SIGN_IN);
    attempt.wait = &wait;
    assert_confirmed(fixture->record, attempt, SG_RECORD_ERROR_THROTTLED);
    g_assert_cmpint(wait, ==, 5);
    g_assert_true(is_throttled(fixture->record, khan()));
    assert_confirmed(fixture->record, at(khan(), NOON + 5), -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/account/password/poor", test_a_poor_password_is_refused_with_the_reason);
    add_test("/account/right", test_the_right_password_gets_in_and_that_is_on_the_trail);
    add_test("/account/wrong",
             test_the_wrong_password_does_not_and_the_trail_has_why_but_not_the_password);
    add_test("/account/password/kept", test_a_password_is_kept_as_yescrypt_and_nowhere_else);
    add_test("/account/password/accents",
             test_a_password_is_the_same_however_its_accents_are_typed);
    add_test("/account/password/new", test_a_new_password_replaces_the_old);
    add_test("/account/no-reviewer", test_who_is_no_reviewer_any_more_does_not_get_in);
    add_test("/account/code/once", test_a_code_is_asked_for_and_good_once);
    add_test("/account/code/both", test_a_right_code_does_not_make_up_for_a_wrong_password);
    add_test("/account/code/switched", test_codes_can_be_switched_on_and_off);
    add_test("/account/code/at-once", test_one_code_at_once_by_five_lets_one_in);
    add_test("/account/disabled", test_the_disabled_stay_out_until_enabled);
    add_test("/account/once", test_an_account_is_added_once_and_changed_only_if_there);
    add_test("/account/list", test_accounts_are_listed_with_what_they_have);
    add_test("/account/confirm", test_a_password_is_confirmed_without_a_session);
    add_test("/account/confirm/throttle",
             test_guessing_at_a_confirmation_is_slowed_down_as_at_the_door);
    add_test("/account/same-work", test_as_much_is_done_whatever_is_wrong);
    return g_test_run();
}
