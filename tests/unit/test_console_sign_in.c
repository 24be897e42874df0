/* test_console_sign_in.c - the door: who gets in, where they land, and what a stranger is told */
#include "../../milter/console/turn.h"
#include "door_builders.h"

#define DEVICE "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE"

static const SgWebSigns visitor = {.peer = OFFICE, .device = DEVICE};

static Office door(void)
{
    Office it = office_with("", "");

    add_account(it.console.record, "okafor", NULL);
    return it;
}

static Answer sign_in(Office *it, const SgWebSigns *signs, const char *name, const char *password,
                      const char *more, const char *value)
{
    g_autofree char *token = sg_access_sign_in_token(&it->console, DEVICE);

    return post_as(it, signs, "/sign-in", token, "name", name, "password", password, more, value,
                   NULL);
}

/* The token that a cookie is set to; NULL for none. Free with g_free(). */
static char *session_of(const Answer *answer)
{
    for (guint i = 0; i + 1 < answer->fields->len; i += 2) {
        const char *value = answer->fields->pdata[i + 1];
        if (g_str_has_prefix(value, "schoolgate="))
            return g_strndup(value + strlen("schoolgate="), 43);
    }
    return NULL;
}

static char *landed_at(Office *it, const char *next)
{
    Answer answer = sign_in(it, &visitor, "okafor", PASSWORD, "next", next);
    char *url = g_strdup(field_of(&answer, "Location"));

    g_assert_cmpuint(answer.status, ==, 303);
    sg_web_reply_clear(&answer);
    return url;
}

static void test_the_right_password_opens_the_door(void)
{
    Office it = door();
    Answer answer = sign_in(&it, &visitor, "okafor", PASSWORD, NULL, NULL);
    g_autofree char *token = session_of(&answer);
    const SgWebSigns signs = {.peer = OFFICE, .session = token};
    Answer page = get_as(&it, &signs, "/", NULL);

    g_assert_cmpstr(field_of(&answer, "Location"), ==, "/");
    g_assert_cmpuint(page.status, ==, 200);
    sg_web_reply_clear(&answer);
    sg_web_reply_clear(&page);
    office_close(&it);
}

static void test_people_land_where_they_wanted_to_go(void)
{
    static const char *const elsewhere[] = {
        "https://evil.example/", "//evil.example", "/\\evil.example",    "/nowhere", "/sign-in",
        "/assets/a/b",           "/account/../x",  "javascript:alert(1)"};
    Office it = door();
    g_autofree char *account = landed_at(&it, "/account");

    g_assert_cmpstr(account, ==, "/account");
    for (gsize i = 0; i < G_N_ELEMENTS(elsewhere); i++) {
        g_autofree char *url = landed_at(&it, elsewhere[i]);
        g_assert_cmpstr(url, ==, "/");
    }
    office_close(&it);
}

static void test_where_they_wanted_to_go_outlasts_a_wrong_password(void)
{
    Office it = door();
    Answer answer = sign_in(&it, &visitor, "okafor", "ten green bottles", "next", "/account");

    g_assert_cmpuint(answer.status, ==, 403);
    support_assert_contains(body_of(&answer), "name=\"next\" value=\"/account\"");
    support_assert_contains(body_of(&answer), "Name, password or code is not right.");
    g_assert_null(strstr(body_of(&answer), "ten green bottles"));
    sg_web_reply_clear(&answer);
    office_close(&it);
}

static void assert_same_refusal(Office *it, const char *name, const char *password)
{
    Answer known = sign_in(it, &visitor, "okafor", "ten green bottles", NULL, NULL);
    Answer other = sign_in(it, &visitor, name, password, NULL, NULL);

    g_assert_cmpuint(other.status, ==, 403);
    g_assert_cmpstr(body_of(&other), ==, body_of(&known));
    sg_web_reply_clear(&known);
    sg_web_reply_clear(&other);
}

static void test_a_stranger_learns_nothing_of_names(void)
{
    Office it = door();
    g_autofree char *longest = g_strnfill(5000, 'x');

    assert_same_refusal(&it, "nobody", PASSWORD);
    assert_same_refusal(&it, longest, PASSWORD);
    office_close(&it);
}

static void test_too_many_attempts_are_told_when_to_come_again(void)
{
    Office it = door();
    Answer answer;

    for (guint i = 0; i < 6; i++) {
        answer = sign_in(&it, &visitor, "okafor", "ten green bottles", NULL, NULL);
        if (i < 5)
            sg_web_reply_clear(&answer);
    }
    g_assert_cmpuint(answer.status, ==, 429);
    g_assert_cmpstr(field_of(&answer, "Retry-After"), ==, "5");
    support_assert_contains(body_of(&answer), "Try again in 5 seconds");
    sg_web_reply_clear(&answer);
    office_close(&it);
}

static void test_a_code_is_asked_for_where_one_is_set_up(void)
{
    Office it = office_with("", "");
    gsize n = 0;
    g_autofree guint8 *secret = sg_base32_bytes(SECRET, &n);
    g_autofree char *code =
        g_strdup_printf("%06u", sg_totp_code(secret, n, (guint64)(NOON / SG_TOTP_PERIOD)));
    Answer without, with;

    add_account(it.console.record, "okafor", SECRET);
    without = sign_in(&it, &visitor, "okafor", PASSWORD, NULL, NULL);
    with = sign_in(&it, &visitor, "okafor", PASSWORD, "code", code);
    g_assert_cmpuint(without.status, ==, 403);
    g_assert_cmpuint(with.status, ==, 303);
    sg_web_reply_clear(&without);
    sg_web_reply_clear(&with);
    office_close(&it);
}

static void test_signing_in_anew_ends_the_session_that_was_there(void)
{
    Office it = door();
    Answer first = sign_in(&it, &visitor, "okafor", PASSWORD, NULL, NULL), second, page;
    g_autofree char *old = session_of(&first), *token = NULL;
    SgWebSigns signs = visitor;

    signs.session = old;
    second = sign_in(&it, &signs, "okafor", PASSWORD, NULL, NULL);
    token = session_of(&second);
    g_assert_cmpstr(old, !=, token);
    page = get_as(&it, &signs, "/", NULL);
    g_assert_cmpuint(page.status, ==, 303);
    sg_web_reply_clear(&first);
    sg_web_reply_clear(&second);
    sg_web_reply_clear(&page);
    office_close(&it);
}

static void test_a_session_that_we_have_not_given_out_is_not_taken_up(void)
{
    Office it = door();
    SgWebSigns signs = visitor;
    Answer answer;
    g_autofree char *token = NULL;

    signs.session = DEVICE;
    answer = sign_in(&it, &signs, "okafor", PASSWORD, NULL, NULL);
    token = session_of(&answer);
    g_assert_cmpstr(token, !=, DEVICE);
    sg_web_reply_clear(&answer);
    office_close(&it);
}

static void test_the_page_says_how_to_begin_while_nobody_can(void)
{
    Office it = office_with("", "");
    Answer before = get_as(&it, &visitor, "/sign-in", NULL), after;

    support_assert_contains(body_of(&before), "schoolgate account add NAME");
    add_account(it.console.record, "khan", NULL);
    after = get_as(&it, &visitor, "/sign-in", NULL);
    g_assert_null(strstr(body_of(&after), "account add"));
    sg_web_reply_clear(&before);
    sg_web_reply_clear(&after);
    office_close(&it);
}

static void test_a_browser_is_given_a_device_once(void)
{
    Office it = door();
    const SgWebSigns new_one = {.peer = OFFICE};
    Answer first = get_as(&it, &new_one, "/sign-in", NULL);
    Answer again = get_as(&it, &visitor, "/sign-in", NULL);

    g_assert_true(g_str_has_prefix(field_of(&first, "Set-Cookie"), "schoolgate-device="));
    g_assert_null(field_of(&again, "Set-Cookie"));
    sg_web_reply_clear(&first);
    sg_web_reply_clear(&again);
    office_close(&it);
}

static void test_what_led_to_the_page_is_said_in_our_words_only(void)
{
    Office it = door();
    Answer out = get_as(&it, &visitor, "/sign-in", "done=out");
    Answer other = get_as(&it, &visitor, "/sign-in", "done=%3Cb%3Efree%20money");
    Answer next = get_as(&it, &visitor, "/sign-in", "next=%22%3E%3Cscript%3E");

    support_assert_contains(body_of(&out), "You are signed out.");
    g_assert_null(strstr(body_of(&other), "free money"));
    g_assert_null(strstr(body_of(&next), "<script>"));
    sg_web_reply_clear(&out);
    sg_web_reply_clear(&other);
    sg_web_reply_clear(&next);
    office_close(&it);
}

static gpointer take_turn(gpointer taken)
{
    *(gboolean *)taken = sg_turn_take();
    return NULL;
}

static void test_when_all_hash_one_waits_and_the_others_come_again(void)
{
    Office it = door();
    gboolean third = FALSE;
    GThread *thread;
    guint status = 303;

    g_assert_true(sg_turn_take());
    g_assert_true(sg_turn_take());
    thread = g_thread_new("third", take_turn, &third);
    /* Until the third waits, we are the one that does. */
    while (status != 503) {
        Answer answer = sign_in(&it, &visitor, "okafor", PASSWORD, NULL, NULL);
        status = answer.status;
        sg_web_reply_clear(&answer);
    }
    sg_turn_give_back();
    g_thread_join(thread);
    if (third)
        sg_turn_give_back();
    sg_turn_give_back();
    g_assert_true(sg_turn_take());
    sg_turn_give_back();
    office_close(&it);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/sign-in/" #name, test_##name)
    PROMISE(the_right_password_opens_the_door);
    PROMISE(people_land_where_they_wanted_to_go);
    PROMISE(where_they_wanted_to_go_outlasts_a_wrong_password);
    PROMISE(a_stranger_learns_nothing_of_names);
    PROMISE(too_many_attempts_are_told_when_to_come_again);
    PROMISE(a_code_is_asked_for_where_one_is_set_up);
    PROMISE(signing_in_anew_ends_the_session_that_was_there);
    PROMISE(a_session_that_we_have_not_given_out_is_not_taken_up);
    PROMISE(the_page_says_how_to_begin_while_nobody_can);
    PROMISE(a_browser_is_given_a_device_once);
    PROMISE(what_led_to_the_page_is_said_in_our_words_only);
    PROMISE(when_all_hash_one_waits_and_the_others_come_again);
    return g_test_run();
}
