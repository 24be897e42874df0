/* test_console_access.c - who asks: by session, by the web server in front, or nobody; and whether
 * a form is one of ours */
#include "door_builders.h"

#define DEVICE "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE"

static SgAccess seen(const Office *office, SgWebSigns signs)
{
    g_autoptr(GError) error = NULL;
    SgAccess access;

    g_assert_true(sg_access_find(&office->console, &signs, NOON, &access, &error));
    g_assert_no_error(error);
    return access;
}

static void assert_is(const Office *office, SgWebSigns signs, const char *who)
{
    g_auto(SgAccess) access = seen(office, signs);

    g_assert_cmpstr(access.reviewer ? access.reviewer->name : NULL, ==, who);
}

static void assert_comes_from(const Office *office, SgWebSigns signs, const char *client)
{
    g_auto(SgAccess) access = seen(office, signs);

    g_assert_cmpstr(access.client, ==, client);
}

static void test_the_header_is_believed_from_the_web_server_in_front_only(void)
{
    Office it = office();

    assert_is(&it, (SgWebSigns){.peer = "127.0.0.1", .sign_on = "okafor"}, "okafor");
    assert_is(&it, (SgWebSigns){.peer = "127.0.0.2", .sign_on = "okafor"}, NULL);
    assert_is(&it, (SgWebSigns){.peer = "::1", .sign_on = "okafor"}, NULL);
    assert_is(&it, (SgWebSigns){.sign_on = "okafor"}, NULL);
    assert_is(&it, (SgWebSigns){.peer = "127.0.0.1", .sign_on = ""}, NULL);
    assert_is(&it, (SgWebSigns){.peer = "127.0.0.1"}, NULL);
    office_close(&it);
}

static void test_the_web_server_may_know_people_by_address_but_not_two_by_one(void)
{
    Office it = office_with(SIGN_ON, "reviewer khan\n    role auditor\n"
                                     "    address head@kingsmead.example\n");

    assert_is(&it, signs_of("j.okafor@kingsmead.example"), "okafor");
    assert_is(&it, signs_of("head@kingsmead.example"), NULL);
    assert_is(&it, signs_of("head"), "head");
    assert_is(&it, signs_of("okafor, head"), NULL);
    office_close(&it);
}

static void test_a_cookie_lets_nobody_in_where_the_web_server_signs_people_in(void)
{
    Office it = office();
    g_autofree char *token = NULL;

    add_account(it.console.record, "okafor", NULL);
    token = let_in(it.console.record, as(khan(), "okafor"));
    assert_is(&it, (SgWebSigns){.peer = "127.0.0.1", .session = token}, NULL);
    office_close(&it);
}

static void test_the_client_is_the_last_that_the_web_server_has_added(void)
{
    Office it = office();

    assert_comes_from(&it, (SgWebSigns){.peer = "127.0.0.1", .forwarded = "203.0.113.1, 192.0.2.7"},
                      "192.0.2.7");
    assert_comes_from(&it, (SgWebSigns){.peer = "127.0.0.1", .forwarded = "2001:db8::1"},
                      "2001:db8::1");
    assert_comes_from(&it, (SgWebSigns){.peer = "127.0.0.1", .forwarded = "192.0.2.7, nonsense"},
                      "127.0.0.1");
    assert_comes_from(&it, (SgWebSigns){.peer = "127.0.0.1", .forwarded = "192.0.2.7,"},
                      "127.0.0.1");
    assert_comes_from(&it, (SgWebSigns){.peer = "192.0.2.1", .forwarded = "192.0.2.7"},
                      "192.0.2.1");
    assert_comes_from(&it, (SgWebSigns){.forwarded = "192.0.2.7"}, "");
    office_close(&it);
}

static void test_a_session_is_its_reviewers_until_it_ends(void)
{
    Office it = office_with("", "");
    const SgActor by = {"okafor", "officer", NOON};
    g_autofree char *token = NULL;

    add_account(it.console.record, "okafor", NULL);
    token = let_in(it.console.record, as(khan(), "okafor"));
    assert_is(&it, (SgWebSigns){.session = token}, "okafor");
    assert_is(&it, (SgWebSigns){.session = DEVICE}, NULL);
    assert_is(&it, (SgWebSigns){.session = ""}, NULL);
    assert_is(&it, (SgWebSigns){.peer = "127.0.0.1", .sign_on = "okafor"}, NULL);
    g_assert_true(sg_session_end(it.console.record, token, &by, NULL));
    assert_is(&it, (SgWebSigns){.session = token}, NULL);
    office_close(&it);
}

static void test_who_is_no_reviewer_any_more_is_nobody(void)
{
    Office it = office_with("", "");
    g_autofree char *token = NULL;

    add_account(it.console.record, "khan", NULL);
    token = let_in(it.console.record, khan());
    assert_is(&it, (SgWebSigns){.session = token}, NULL);
    office_close(&it);
}

static void test_forms_are_told_from_others(void)
{
    Office it = office();
    g_auto(SgAccess) one = seen(&it, signs_of("okafor"));
    g_auto(SgAccess) other = seen(&it, signs_of("head"));
    g_auto(SgAccess) nobody = seen(&it, signs_of(NULL));

    g_assert_true(sg_access_is_ours(&one, one.csrf));
    g_assert_false(sg_access_is_ours(&one, other.csrf));
    g_assert_false(sg_access_is_ours(&one, NULL));
    g_assert_false(sg_access_is_ours(&one, ""));
    g_assert_false(sg_access_is_ours(&nobody, ""));
    office_close(&it);
}

static void test_a_token_for_signing_in_is_bound_to_the_device(void)
{
    Office it = office_with("", "");
    g_autofree char *one = sg_access_sign_in_token(&it.console, "one");
    g_autofree char *other = sg_access_sign_in_token(&it.console, "other");

    g_assert_cmpstr(one, !=, other);
    office_close(&it);
}

static void test_a_device_is_only_known_by_what_we_have_given_out(void)
{
    static const char *const others[] = {"", "short", DEVICE "x", "abc; Domain=kingsmead.example"};
    Office it = office_with("", "");
    g_auto(SgAccess) known = seen(&it, (SgWebSigns){.device = DEVICE});

    g_assert_cmpstr(known.device, ==, DEVICE);
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_auto(SgAccess) access = seen(&it, (SgWebSigns){.device = others[i]});
        g_assert_null(access.device);
    }
    office_close(&it);
}

static void test_cookies_are_bound_to_us_and_come_from_our_own_pages_only(void)
{
    Office it = office_with("", "");
    g_auto(SgWebReply) reply;

    sg_web_reply_init(&reply);
    sg_cookie_set(&it.console, &reply, sg_cookie_session(&it.console), "x", 0);
    g_assert_cmpstr(field_of(&reply, "Set-Cookie"), ==,
                    "schoolgate=x; Path=/; HttpOnly; SameSite=Strict");
    g_ptr_array_set_size(reply.fields, 0);
    it.console.secure = TRUE;
    sg_cookie_set(&it.console, &reply, sg_cookie_device(&it.console), "x", 60);
    g_assert_cmpstr(field_of(&reply, "Set-Cookie"), ==,
                    "__Host-schoolgate-device=x; Path=/; HttpOnly; SameSite=Strict; Secure; "
                    "Max-Age=60");
    office_close(&it);
}

static Answer led_here(Office *it, const char *path, const char *session)
{
    const SgWebSigns signs = {.peer = "127.0.0.1", .session = session, .elsewhere = TRUE};

    return get_as(it, &signs, path, NULL);
}

static void test_a_link_elsewhere_leads_to_no_other_host(void)
{
    static const char *const paths[] = {"//evil.example/", "//evil.example", "///evil.example/",
                                        "/\\evil.example/", "/\t/evil.example/"};
    Office it = office_with("", "");

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_auto(SgWebReply) page = led_here(&it, paths[i], NULL);
        g_assert_null(strstr(body_of(&page), "href=\"//"));
        g_assert_null(strstr(body_of(&page), "href=\"/\\"));
    }
    office_close(&it);
}

static void test_a_link_elsewhere_leads_to_the_same_address_from_a_page_of_ours(void)
{
    Office it = office_with("", "");
    g_auto(SgWebReply) page = led_here(&it, "/incident/KM-7F3Q-2", NULL);
    g_auto(SgWebReply) entrance = led_here(&it, "/sign-in", NULL);
    g_auto(SgWebReply) stale = led_here(&it, "/incident/KM-7F3Q-2", "of-no-session");

    g_assert_cmpuint(page.status, ==, 200);
    g_assert_cmpstr(field_of(&page, "Refresh"), ==, "0");
    g_assert_null(field_of(&page, "Location"));
    support_assert_contains(body_of(&page), "href=\"/incident/KM-7F3Q-2\"");
    /* Nor is a device that is known taken for a stranger's. */
    g_assert_cmpstr(field_of(&entrance, "Refresh"), ==, "0");
    g_assert_null(field_of(&entrance, "Set-Cookie"));
    /* What brings a cookie is what it is. */
    g_assert_cmpuint(stale.status, ==, 303);
    office_close(&it);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/access/" #name, test_##name)
    PROMISE(the_header_is_believed_from_the_web_server_in_front_only);
    PROMISE(the_web_server_may_know_people_by_address_but_not_two_by_one);
    PROMISE(a_cookie_lets_nobody_in_where_the_web_server_signs_people_in);
    PROMISE(the_client_is_the_last_that_the_web_server_has_added);
    PROMISE(a_session_is_its_reviewers_until_it_ends);
    PROMISE(who_is_no_reviewer_any_more_is_nobody);
    PROMISE(forms_are_told_from_others);
    PROMISE(a_token_for_signing_in_is_bound_to_the_device);
    PROMISE(a_device_is_only_known_by_what_we_have_given_out);
    PROMISE(a_link_elsewhere_leads_to_no_other_host);
    PROMISE(a_link_elsewhere_leads_to_the_same_address_from_a_page_of_ours);
    PROMISE(cookies_are_bound_to_us_and_come_from_our_own_pages_only);
    return g_test_run();
}
