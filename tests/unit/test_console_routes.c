/* test_console_routes.c - which page is whose: the table as a whole, and how paths find into it */
#include "../../milter/console/routes.h"
#include "door_builders.h"

static const SgWebRoute *found(SgWebMethod method, const char *path)
{
    const SgWebRoute *route = NULL;
    g_auto(GStrv) parts = NULL;

    return sg_web_route_find(method, path, &route, &parts) == SG_ROUTE_FOUND ? route : NULL;
}

static void test_a_path_is_found_as_it_stands_and_no_other(void)
{
    static const char *const others[] = {
        "",          "//",      "/sign-in/",   "//sign-in", "/Sign-in",   "/sign-in/.",
        "/sign-in ", "sign-in", "/../sign-in", "/assets/a", "/assets//b", "/assets/a/b/c"};

    g_assert_nonnull(found(SG_WEB_GET, "/sign-in"));
    g_assert_nonnull(found(SG_WEB_GET, "/"));
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_null(found(SG_WEB_GET, others[i]));
}

static void test_stars_give_their_parts(void)
{
    const SgWebRoute *route = NULL;
    g_auto(GStrv) parts = NULL;

    g_assert_cmpint(sg_web_route_find(SG_WEB_GET, "/assets/*/b c", &route, &parts), ==,
                    SG_ROUTE_FOUND);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    g_assert_cmpstr(parts[0], ==, "*");
    g_assert_cmpstr(parts[1], ==, "b c");
}

static void test_another_method_is_told_from_no_page(void)
{
    const SgWebRoute *route = NULL;
    g_auto(GStrv) parts = NULL;

    g_assert_cmpint(sg_web_route_find(SG_WEB_GET, "/sign-out", &route, &parts), ==,
                    SG_ROUTE_OTHER_METHOD);
    g_assert_cmpint(sg_web_route_find(SG_WEB_GET, "/nowhere", &route, &parts), ==,
                    SG_ROUTE_NOWHERE);
}

/* What anybody may have is worth a second thought each time it grows. */
static void test_nothing_but_signing_in_is_for_anybody(void)
{
    for (const SgWebRoute *at = sg_web_routes; at->path; at++) {
        g_assert_cmpuint(at->for_roles, !=, 0);
        if (at->for_roles & SG_FOR_ANYBODY)
            g_assert_true(strcmp(at->path, "/sign-in") == 0 ||
                          strcmp(at->path, "/assets/*/*") == 0);
    }
}

static void test_a_get_has_no_body_and_a_post_has_one_for_its_token(void)
{
    for (const SgWebRoute *at = sg_web_routes; at->path; at++)
        g_assert_true((at->method == SG_WEB_GET) == (at->body == SG_BODY_NONE));
}

static void test_no_two_routes_are_the_same(void)
{
    for (const SgWebRoute *at = sg_web_routes; at->path; at++)
        for (const SgWebRoute *other = at + 1; other->path; other++)
            g_assert_false(at->method == other->method && strcmp(at->path, other->path) == 0);
}

static void test_who_is_not_named_does_not_get_it(void)
{
    static const SgWebRoute deciders = {.path = "/x", .for_roles = SG_FOR_DECIDERS};
    static const SgWebRoute anybody = {.path = "/x", .for_roles = SG_FOR_ANYBODY};
    static const gboolean expected[] = {
        [SG_REVIEWER_OFFICER] = TRUE, [SG_REVIEWER_HEAD] = TRUE, [SG_REVIEWER_ROLES - 1] = FALSE};

    for (guint role = 0; role < G_N_ELEMENTS(expected); role++) {
        g_autoptr(SgReviewer) reviewer = sg_reviewer_new("x", role);
        g_assert_cmpint(sg_web_route_is_for(&deciders, reviewer), ==, expected[role]);
        g_assert_true(sg_web_route_is_for(&anybody, reviewer));
    }
    g_assert_false(sg_web_route_is_for(&deciders, NULL));
    g_assert_true(sg_web_route_is_for(&anybody, NULL));
}

static void test_a_link_is_only_for_who_may_follow_it(void)
{
    g_autoptr(SgReviewer) officer = sg_reviewer_new("x", SG_REVIEWER_OFFICER);

    g_assert_true(sg_web_may(officer, SG_WEB_GET, "/"));
    g_assert_false(sg_web_may(NULL, SG_WEB_GET, "/"));
    g_assert_false(sg_web_may(officer, SG_WEB_GET, "/nowhere"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/routes/" #name, test_##name)
    PROMISE(a_path_is_found_as_it_stands_and_no_other);
    PROMISE(stars_give_their_parts);
    PROMISE(another_method_is_told_from_no_page);
    PROMISE(nothing_but_signing_in_is_for_anybody);
    PROMISE(a_get_has_no_body_and_a_post_has_one_for_its_token);
    PROMISE(no_two_routes_are_the_same);
    PROMISE(who_is_not_named_does_not_get_it);
    PROMISE(a_link_is_only_for_who_may_follow_it);
    return g_test_run();
}
