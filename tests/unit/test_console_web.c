/* test_console_web.c - forms as pages read them, what replies may carry, and addresses */
#include "../../milter/console/web.h"
#include "support.h"

#include <string.h>

static const char *last_field(const SgWebReply *reply)
{
    return reply->fields->len > 0 ? reply->fields->pdata[reply->fields->len - 1] : NULL;
}

static void test_a_value_is_without_space_at_its_ends_but_a_password_is_exact(void)
{
    g_autoptr(SgWebForm) form = sg_web_form_new();

    sg_web_form_add(form, "reason", "  so it is \n");
    sg_web_form_add(form, "password", " with spaces ");
    g_assert_cmpstr(sg_web_value(form, "reason"), ==, "so it is");
    g_assert_cmpstr(sg_web_exactly(form, "password"), ==, " with spaces ");
    g_assert_null(sg_web_exactly(form, "other"));
}

static void test_of_several_values_the_first_counts_or_all_do(void)
{
    g_autoptr(SgWebForm) form = sg_web_form_new();
    g_autoptr(GPtrArray) values = NULL;

    sg_web_form_add(form, "id", "one");
    sg_web_form_add(form, "id", " ");
    sg_web_form_add(form, "id", "two");
    values = sg_web_values(form, "id");
    g_assert_cmpstr(sg_web_value(form, "id"), ==, "one");
    g_assert_cmpuint(values->len, ==, 2);
    g_assert_cmpstr(values->pdata[1], ==, "two");
}

static void test_an_empty_value_is_none(void)
{
    g_autoptr(SgWebForm) form = sg_web_form_new();

    sg_web_form_add(form, "a", "");
    sg_web_form_add(form, "b", NULL);
    g_assert_null(sg_web_value(form, "a"));
    g_assert_null(sg_web_value(form, "b"));
    g_assert_cmpuint(sg_web_form_size(form), ==, 2);
}

static void test_a_choice_is_one_of_ours_or_none(void)
{
    static const char *const names[] = {"age", "severity", NULL};
    g_autoptr(SgWebForm) form = sg_web_form_new();

    sg_web_form_add(form, "sort", "severity");
    sg_web_form_add(form, "other", "Age");
    g_assert_cmpint(sg_web_choice(form, "sort", names), ==, 1);
    g_assert_cmpint(sg_web_choice(form, "other", names), ==, -1);
    g_assert_cmpint(sg_web_choice(form, "none", names), ==, -1);
}

static void test_what_is_no_text_is_made_text(void)
{
    g_autoptr(SgWebForm) form = sg_web_form_new();

    sg_web_form_add(form, "a\xff", "b\xc3");
    g_assert_cmpstr(sg_web_value(form, "a\xef\xbf\xbd"), ==, "b\xef\xbf\xbd");
}

static void test_a_header_field_cannot_be_split(void)
{
    g_auto(SgWebReply) reply;

    sg_web_reply_init(&reply);
    sg_web_reply_field(&reply, "Location", "/\r\nSet-Cookie: a=b");
    sg_web_reply_field(&reply, "X-Tab", "a\tb");
    g_assert_cmpuint(reply.fields->len, ==, 0);
}

static void test_a_download_has_a_name_that_surprises_nobody(void)
{
    g_auto(SgWebReply) reply;

    sg_web_reply_init(&reply);
    sg_web_reply_download(&reply, "text/csv", "../\"Bericht\r\n\xc3\xbc\xe2\x80\xae.csv");
    g_assert_cmpstr(reply.type, ==, "text/csv");
    g_assert_true(g_str_has_prefix(last_field(&reply), "attachment; filename=\".._"));
    g_assert_null(strpbrk(strchr(last_field(&reply), '.'), "/\r\n"));
    g_assert_true(g_str_is_ascii(last_field(&reply)));
}

static void test_being_sent_on_is_always_a_get(void)
{
    g_auto(SgWebReply) reply;

    sg_web_reply_init(&reply);
    sg_web_reply_go(&reply, "/x");
    g_assert_cmpuint(reply.status, ==, 303);
    g_assert_cmpstr(last_field(&reply), ==, "/x");
}

static void test_an_address_is_below_the_base_and_escaped(void)
{
    const SgConsole console = {.base = (char *)"/schoolgate"};
    const char *none = NULL;
    g_autofree char *url =
        sg_url(&console, "/incident/a b?c#d", "q", "x&y=z/\xc3\xbc", "n", none, "m", "", NULL);

    g_assert_cmpstr(url, ==, "/schoolgate/incident/a%20b%3Fc%23d?q=x%26y%3Dz%2F%C3%BC&m=");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/web/" #name, test_##name)
    PROMISE(a_value_is_without_space_at_its_ends_but_a_password_is_exact);
    PROMISE(of_several_values_the_first_counts_or_all_do);
    PROMISE(an_empty_value_is_none);
    PROMISE(a_choice_is_one_of_ours_or_none);
    PROMISE(what_is_no_text_is_made_text);
    PROMISE(a_header_field_cannot_be_split);
    PROMISE(a_download_has_a_name_that_surprises_nobody);
    PROMISE(being_sent_on_is_always_a_get);
    PROMISE(an_address_is_below_the_base_and_escaped);
    return g_test_run();
}
