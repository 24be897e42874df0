/* test_console_exchange.c - in which order a request is looked at, and what whoever may not have a
 * page is told */
#include "../../milter/console/in_hand.h"
#include "door_builders.h"
#include "schoolgate/message.h"

static void assert_sent_to(Answer answer, const char *url)
{
    g_assert_cmpuint(answer.status, ==, 303);
    g_assert_cmpstr(field_of(&answer, "Location"), ==, url);
    sg_web_reply_clear(&answer);
}

static void assert_status(Answer answer, guint status)
{
    g_assert_cmpuint(answer.status, ==, status);
    sg_web_reply_clear(&answer);
}

static void test_a_stranger_is_sent_to_sign_in_wherever_they_knock(void)
{
    Office it = office_with("", "");

    assert_sent_to(get(&it, NULL, "/", NULL), "/sign-in");
    assert_sent_to(get(&it, NULL, "/nowhere", NULL), "/sign-in?next=%2Fnowhere");
    assert_sent_to(get(&it, NULL, "/sign-out", NULL), "/sign-in?next=%2Fsign-out");
    assert_sent_to(post(&it, NULL, "/sign-out", NULL), "/sign-in");
    office_close(&it);
}

static void test_who_was_signed_out_is_told_so(void)
{
    Office it = office_with("", "");
    const SgWebSigns signs = {.peer = "127.0.0.1", .session = "gone"};

    assert_sent_to(get_as(&it, &signs, "/audit", NULL), "/sign-in?next=%2Faudit&over=1");
    office_close(&it);
}

static void test_where_others_sign_people_in_a_stranger_is_refused(void)
{
    Office it = office();

    assert_status(get(&it, NULL, "/", NULL), 403);
    assert_status(get(&it, NULL, "/nowhere", NULL), 403);
    assert_status(get(&it, "nobody", "/", NULL), 403);
    office_close(&it);
}

static void test_who_has_signed_in_is_told_what_there_is_not(void)
{
    Office it = office();
    Answer answer = get(&it, "okafor", "/sign-out", NULL);

    assert_status(get(&it, "okafor", "/", NULL), 200);
    assert_status(get(&it, "okafor", "/nowhere", NULL), 404);
    g_assert_cmpuint(answer.status, ==, 405);
    g_assert_cmpstr(field_of(&answer, "Allow"), ==, "POST");
    sg_web_reply_clear(&answer);
    answer = post(&it, "okafor", "/", NULL);
    g_assert_cmpstr(field_of(&answer, "Allow"), ==, "GET, HEAD");
    sg_web_reply_clear(&answer);
    office_close(&it);
}

static void test_a_form_that_is_not_ours_does_nothing(void)
{
    Office it = office_with("", "");
    const SgWebSigns nobody = {.peer = "127.0.0.1"};
    g_autofree char *token = NULL;
    SgWebSigns signs = {.peer = "127.0.0.1"};

    add_account(it.console.record, "okafor", NULL);
    signs.session = token = let_in(it.console.record, as(khan(), "okafor"));
    assert_status(post_as(&it, &signs, "/sign-out", "forged", NULL), 403);
    assert_status(get_as(&it, &signs, "/", NULL), 200);
    assert_status(
        post_as(&it, &nobody, "/sign-in", "forged", "name", "okafor", "password", PASSWORD, NULL),
        403);
    assert_sent_to(post_as(&it, &signs, "/sign-out", NULL, NULL), "/sign-in?done=out");
    assert_sent_to(get_as(&it, &signs, "/", NULL), "/sign-in?over=1");
    office_close(&it);
}

static void test_the_token_of_one_is_none_for_another(void)
{
    Office it = office();
    const SgWebSigns okafor = signs_of("okafor");
    const SgWebSigns head = signs_of("head");
    g_auto(SgAccess) access = {0};

    g_assert_true(sg_access_find(&it.console, &head, NOON, &access, NULL));
    assert_status(post_as(&it, &okafor, "/sign-out", access.csrf, NULL), 403);
    office_close(&it);
}

static void test_pages_may_be_below_a_path(void)
{
    Office it = office();

    g_free(it.console.base);
    it.console.base = g_strdup("/schoolgate");
    assert_status(get(&it, "okafor", "/schoolgate/", NULL), 200);
    assert_status(get(&it, "okafor", "/schoolgate", NULL), 200);
    assert_status(get(&it, "okafor", "/schoolgateway", NULL), 404);
    assert_status(get(&it, "okafor", "/", NULL), 404);
    assert_status(get(&it, "okafor", "", NULL), 404);
    office_close(&it);
}

static void test_a_path_that_is_no_text_is_nowhere(void)
{
    Office it = office();

    assert_status(get(&it, "okafor", "/\xff", NULL), 404);
    assert_status(get(&it, "okafor", "/sign-in\x01", NULL), 404);
    assert_status(get(&it, "okafor", "//evil.example/", NULL), 404);
    assert_status(get(&it, "okafor", "/../etc/passwd", NULL), 404);
    office_close(&it);
}

static SgExchange *posting(Office *it, const char *who)
{
    const SgWebSigns signs = signs_of(who);
    SgExchange *exchange = sg_exchange_new(&it->console, SG_WEB_POST, "/sign-out", NOON);

    g_assert_true(sg_exchange_admit(exchange, &signs));
    return exchange;
}

static void assert_answers(SgExchange *exchange, guint status)
{
    Answer answer;

    sg_web_reply_init(&answer);
    sg_exchange_answer(exchange, &answer);
    assert_status(answer, status);
    sg_exchange_free(exchange);
}

static void test_too_many_fields_and_too_long_ones_are_refused(void)
{
    Office it = office();
    g_autofree char *large = g_strnfill(300 * 1024, 'x');
    SgExchange *exchange = posting(&it, "okafor");
    gboolean taken = TRUE;

    g_assert_false(sg_exchange_field(exchange, "reason", large));
    assert_answers(exchange, 413);
    exchange = posting(&it, "okafor");
    for (guint i = 0; i < 10000 && taken; i++)
        taken = sg_exchange_field(exchange, "a", "");
    g_assert_false(taken);
    assert_answers(exchange, 413);
    office_close(&it);
}

static void test_a_file_is_taken_only_where_one_is_asked_for(void)
{
    Office it = office();
    SgExchange *exchange = posting(&it, "okafor");

    g_assert_false(sg_exchange_bytes(exchange, "x", 1));
    assert_answers(exchange, 413);
    office_close(&it);
}

static void test_a_stranger_may_send_less(void)
{
    Office it = office_with("", "");
    const SgWebSigns nobody = {.peer = "127.0.0.1"};
    SgExchange *exchange = sg_exchange_new(&it.console, SG_WEB_POST, "/sign-in", NOON);
    g_autofree char *large = g_strnfill(16 * 1024, 'x');

    g_assert_true(sg_exchange_admit(exchange, &nobody));
    g_assert_false(sg_exchange_field(exchange, "name", large));
    assert_answers(exchange, 413);
    office_close(&it);
}

/* Uploads ----------------------------------------------------------------------------------------
 */

#define SMALL "limits\n    message-size 1M\n"
#define MIB   ((gsize)1024 * 1024)

static SgExchange *uploading(Office *it)
{
    const SgWebSigns signs = signs_of("okafor");
    SgExchange *exchange = sg_exchange_new(&it->console, SG_WEB_POST, "/try", NOON);

    g_assert_true(sg_exchange_admit(exchange, &signs));
    return exchange;
}

static void test_where_a_file_may_be_large_fields_may_not(void)
{
    Office it = office_with(SIGN_ON, SMALL);
    g_autofree char *large = g_strnfill(300 * 1024, 'x');
    SgExchange *exchange = uploading(&it);

    g_assert_true(sg_exchange_bytes(exchange, large, 300 * 1024));
    g_assert_false(sg_exchange_field(exchange, "text", large));
    assert_answers(exchange, 413);
    office_close(&it);
}

static void test_large_files_of_many_people_wait_for_one_another(void)
{
    Office it = office_with(SIGN_ON, SMALL);
    g_autofree char *bytes = g_strnfill(MIB, 'x');
    SgExchange *one = uploading(&it), *two = uploading(&it), *three = uploading(&it);

    g_assert_true(sg_exchange_bytes(one, bytes, MIB));
    g_assert_true(sg_exchange_bytes(two, bytes, MIB));
    g_assert_true(sg_exchange_bytes(three, bytes, 64 * 1024));
    g_assert_false(sg_exchange_bytes(three, bytes, MIB / 2));
    g_assert_null(three->upload);
    g_assert_false(sg_exchange_field(three, "csrf", three->access.csrf));
    assert_answers(three, 503);
    sg_exchange_free(one);
    three = uploading(&it);
    g_assert_true(sg_exchange_bytes(three, bytes, MIB));
    sg_exchange_free(two);
    sg_exchange_free(three);
    office_close(&it);
}

/* Or somebody who does not take what they ask for would soon have all the memory there is. */
static void test_a_large_reply_waits_for_others(void)
{
    Office it = office_with(SIGN_ON, SMALL);
    static const char header[] = "Content-Type: application/x-a\r\n"
                                 "Content-Disposition: attachment\r\n\r\n";
    g_autofree char *message = g_strnfill(2 * MIB, 'x');
    g_autofree char *id = NULL;
    g_autofree char *path = NULL;
    SgExchange *asking[3];

    memcpy(message, header, strlen(header));
    id = added(it.console.record, held(message, 2 * MIB));
    path = g_strdup_printf("/incident/%s/attachment/1", id);
    it.console.config->limits.message_size = MIB + MIB / 2;
    for (guint i = 0; i < G_N_ELEMENTS(asking); i++) {
        const SgWebSigns signs = signs_of("okafor");
        g_auto(SgWebReply) reply;

        asking[i] = sg_exchange_new(&it.console, SG_WEB_POST, path, NOON);
        g_assert_true(sg_exchange_admit(asking[i], &signs));
        sg_exchange_field(asking[i], "csrf", asking[i]->access.csrf);
        sg_web_reply_init(&reply);
        sg_exchange_answer(asking[i], &reply);
        g_assert_cmpuint(reply.status, ==, i < 2 ? 200 : 503);
    }
    for (guint i = 0; i < G_N_ELEMENTS(asking); i++)
        sg_exchange_free(asking[i]);
    office_close(&it);
}

/* Or a long audit trail could never be saved where messages are small. */
static void test_what_is_alone_may_be_larger(void)
{
    g_assert_true(sg_in_hand_take(3 * MIB, MIB));
    g_assert_false(sg_in_hand_take(1, MIB));
    sg_in_hand_give_back(3 * MIB);
    g_assert_true(sg_in_hand_take(MIB, MIB));
    sg_in_hand_give_back(MIB);
}

static void test_a_body_that_makes_no_sense_is_refused(void)
{
    Office it = office();
    SgExchange *exchange = posting(&it, "okafor");

    exchange->broken = TRUE;
    assert_answers(exchange, 400);
    office_close(&it);
}

/* Mail, names, and what a stranger types are never text of ours. */
static void test_no_text_of_the_address_is_shown(void)
{
    Office it = office();
    Answer answer = get(&it, "okafor", "/<b>x", "q=<script>");

    g_assert_null(strstr(body_of(&answer), "<script>"));
    g_assert_null(strstr(body_of(&answer), "<b>x"));
    sg_web_reply_clear(&answer);
    office_close(&it);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
#define PROMISE(name) g_test_add_func("/console/exchange/" #name, test_##name)
    PROMISE(a_stranger_is_sent_to_sign_in_wherever_they_knock);
    PROMISE(who_was_signed_out_is_told_so);
    PROMISE(where_others_sign_people_in_a_stranger_is_refused);
    PROMISE(who_has_signed_in_is_told_what_there_is_not);
    PROMISE(a_form_that_is_not_ours_does_nothing);
    PROMISE(the_token_of_one_is_none_for_another);
    PROMISE(pages_may_be_below_a_path);
    PROMISE(a_path_that_is_no_text_is_nowhere);
    PROMISE(too_many_fields_and_too_long_ones_are_refused);
    PROMISE(a_file_is_taken_only_where_one_is_asked_for);
    PROMISE(a_stranger_may_send_less);
    PROMISE(where_a_file_may_be_large_fields_may_not);
    PROMISE(large_files_of_many_people_wait_for_one_another);
    PROMISE(a_large_reply_waits_for_others);
    PROMISE(what_is_alone_may_be_larger);
    PROMISE(a_body_that_makes_no_sense_is_refused);
    PROMISE(no_text_of_the_address_is_shown);
    return g_test_run();
}
