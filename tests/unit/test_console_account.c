/* test_console_account.c - one's own account: what it shows, and what changes it */
#include "door_builders.h"

#define NEW "eleven blue buckets"

typedef struct Person {
    Office office;
    char *token;
    SgWebSigns signs;
} Person;

static Person okafor(const char *secret)
{
    Person it = {.office = office_with("", "")};
    gsize n = 0;
    g_autofree guint8 *bytes = sg_base32_bytes(SECRET, &n);
    g_autofree char *code =
        g_strdup_printf("%06u", sg_totp_code(bytes, n, (guint64)(NOON / SG_TOTP_PERIOD)));
    SgSignIn attempt = as(khan(), "okafor");

    add_account(it.office.console.record, "okafor", secret);
    attempt.code = code;
    it.token = let_in(it.office.console.record, attempt);
    it.signs = (SgWebSigns){.peer = OFFICE, .session = it.token};
    return it;
}

static void gone(Person *it)
{
    g_free(it->token);
    office_close(&it->office);
}

static void assert_told(Answer answer, guint status, const char *text)
{
    g_assert_cmpuint(answer.status, ==, status);
    support_assert_contains(body_of(&answer), text);
    sg_web_reply_clear(&answer);
}

static void assert_sent_to(Answer answer, const char *url)
{
    if (answer.status != 303)
        g_error("%u: %s", answer.status, body_of(&answer));
    g_assert_cmpstr(field_of(&answer, "Location"), ==, url);
    sg_web_reply_clear(&answer);
}

static void assert_signed_in(Person *it, gboolean expected)
{
    Answer answer = get_as(&it->office, &it->signs, "/", NULL);

    g_assert_cmpuint(answer.status, ==, expected ? 200 : 303);
    sg_web_reply_clear(&answer);
}

static Answer change_password(Person *it, const char *old, const char *new, const char *again)
{
    return post_as(&it->office, &it->signs, "/account/password", NULL, "password", old, "new", new,
                   "again", again, NULL);
}

static void test_it_says_who_one_is_and_what_one_may(void)
{
    Person it = okafor(NULL);
    Answer answer = get_as(&it.office, &it.signs, "/account", NULL);

    g_assert_cmpuint(answer.status, ==, 200);
    support_assert_contains(body_of(&answer), "okafor");
    support_assert_contains(body_of(&answer), "online safety officer");
    support_assert_contains(body_of(&answer), "decide about it");
    support_assert_contains(body_of(&answer), "Mon 22 Jun 2020, 13:00");
    support_assert_contains(body_of(&answer), "on this device only");
    support_assert_contains(body_of(&answer), "not asked for");
    sg_web_reply_clear(&answer);
    gone(&it);
}

static void test_where_others_sign_people_in_there_is_nothing_to_change(void)
{
    Office it = office();
    Answer page = get(&it, "auditor", "/account", NULL);
    Answer posted = post(&it, "auditor", "/account/password", "password", PASSWORD, "new", NEW,
                         "again", NEW, NULL);

    g_assert_cmpuint(page.status, ==, 200);
    support_assert_contains(body_of(&page), "the school&#39;s own web server");
    g_assert_null(strstr(body_of(&page), "type=\"password\""));
    g_assert_cmpuint(posted.status, ==, 403);
    sg_web_reply_clear(&page);
    sg_web_reply_clear(&posted);
    office_close(&it);
}

static void test_a_password_is_changed_by_who_knows_the_old_one(void)
{
    Person it = okafor(NULL);
    SgSignIn attempt = as(khan(), "okafor");

    assert_sent_to(change_password(&it, PASSWORD, NEW, NEW), "/sign-in?done=password");
    assert_signed_in(&it, FALSE);
    keep_out(it.office.console.record, attempt);
    attempt.password = NEW;
    get_in(it.office.console.record, attempt);
    gone(&it);
}

static void test_nothing_is_changed_by_who_does_not(void)
{
    Person it = okafor(NULL);

    assert_told(change_password(&it, "ten green bottles", NEW, NEW), 403, "is not right");
    assert_told(change_password(&it, PASSWORD, NEW, "another one, longer"), 409, "not the same");
    assert_told(change_password(&it, PASSWORD, "short", "short"), 409,
                "This password will not do: it has fewer than 12 characters.");
    assert_told(change_password(&it, "", NEW, NEW), 403, "is not right");
    assert_signed_in(&it, TRUE);
    get_in(it.office.console.record, as(khan(), "okafor"));
    gone(&it);
}

static void test_guessing_the_old_password_is_slowed_down(void)
{
    Person it = okafor(NULL);

    for (guint i = 0; i < 5; i++)
        assert_told(change_password(&it, "ten green bottles", NEW, NEW), 403, "is not right");
    assert_told(change_password(&it, PASSWORD, NEW, NEW), 429, "Try again in 5 seconds");
    assert_signed_in(&it, TRUE);
    gone(&it);
}

static Answer confirm(Person *it, const char *key, const char *code, const char *password)
{
    return post_as(&it->office, &it->signs, "/account/codes", NULL, "key", key, "code", code,
                   "password", password, NULL);
}

static char *right_code(void)
{
    gsize n = 0;
    g_autofree guint8 *bytes = sg_base32_bytes(SECRET, &n);

    return g_strdup_printf("%06u", sg_totp_code(bytes, n, (guint64)(NOON / SG_TOTP_PERIOD)));
}

static gboolean asks_for_codes(Person *it)
{
    g_autoptr(GPtrArray) accounts = sg_account_list(it->office.console.record, NOON, NULL);

    return ((const SgAccount *)accounts->pdata[0])->totp;
}

static void test_a_key_is_shown_and_counts_only_when_a_code_was_typed_in(void)
{
    Person it = okafor(NULL);
    g_autofree char *code = right_code();
    Answer page = get_as(&it.office, &it.signs, "/account/codes", NULL);

    support_assert_contains(body_of(&page), "otpauth://totp/");
    support_assert_contains(body_of(&page), "name=\"key\"");
    sg_web_reply_clear(&page);
    g_assert_false(asks_for_codes(&it));
    assert_told(confirm(&it, SECRET, "000000", PASSWORD), 409, "Nothing was changed.");
    assert_told(confirm(&it, SECRET, code, "ten green bottles"), 403, "is not right");
    assert_told(confirm(&it, "MFRGG", code, PASSWORD), 400, "could not be understood");
    g_assert_false(asks_for_codes(&it));
    assert_sent_to(confirm(&it, SECRET, code, PASSWORD), "/sign-in?done=codes");
    g_assert_true(asks_for_codes(&it));
    assert_signed_in(&it, FALSE);
    gone(&it);
}

static void test_the_key_stays_the_same_after_a_slip(void)
{
    Person it = okafor(NULL);

    assert_told(confirm(&it, SECRET, "000000", PASSWORD), 409, "name=\"key\" value=\"" SECRET "\"");
    gone(&it);
}

static void test_codes_are_ended_by_who_knows_the_password(void)
{
    Person it = okafor(SECRET);

    assert_told(post_as(&it.office, &it.signs, "/account/codes/off", NULL, "password", "no", NULL),
                403, "is not right");
    g_assert_true(asks_for_codes(&it));
    assert_sent_to(
        post_as(&it.office, &it.signs, "/account/codes/off", NULL, "password", PASSWORD, NULL),
        "/sign-in?done=no-codes");
    g_assert_false(asks_for_codes(&it));
    gone(&it);
}

static void test_signing_out_everywhere_ends_every_session(void)
{
    Person it = okafor(NULL);
    g_autofree char *other = let_in(it.office.console.record, as(khan(), "okafor"));

    assert_sent_to(post_as(&it.office, &it.signs, "/account/sign-out", NULL, NULL),
                   "/sign-in?done=everywhere");
    assert_signed_in(&it, FALSE);
    it.signs.session = other;
    assert_signed_in(&it, FALSE);
    gone(&it);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/account/" #name, test_##name)
    PROMISE(it_says_who_one_is_and_what_one_may);
    PROMISE(where_others_sign_people_in_there_is_nothing_to_change);
    PROMISE(a_password_is_changed_by_who_knows_the_old_one);
    PROMISE(nothing_is_changed_by_who_does_not);
    PROMISE(guessing_the_old_password_is_slowed_down);
    PROMISE(a_key_is_shown_and_counts_only_when_a_code_was_typed_in);
    PROMISE(the_key_stays_the_same_after_a_slip);
    PROMISE(codes_are_ended_by_who_knows_the_password);
    PROMISE(signing_out_everywhere_ends_every_session);
    return g_test_run();
}
