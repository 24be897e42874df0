/* test_gate_history.c - what the gate remembers of what was sent, and what it does not */
#include "../../milter/gate/history.h"

#define WORDS "Come to our sale of lovely things in the hall after school on Friday."

/* Notes a message from `sender` to `count` people, and forgets it when it is `refused`; returns to
 * how many it went before. */
static guint noted_and(SgSentLately *history, const char *sender, const char *id, const char *body,
                       guint count, gint64 now, gboolean refused)
{
    g_autoptr(SgParties) parties = sg_parties_new(SG_DIRECTION_OUTGOING);
    g_autofree char *mail =
        g_strdup_printf("From: <a@kingsmead.example>\r\nMessage-ID: %s\r\n\r\n%s"
                        "\r\n",
                        id, body);
    g_autoptr(GBytes) bytes = g_bytes_new(mail, strlen(mail));
    guint before = 0;
    SgLimits limits;

    sg_mail_init();
    sg_limits_init(&limits);
    parties->sender = sg_party_new(sender, SG_ROLE_STAFF, "staff");
    for (guint i = 0; i < count; i++) {
        g_autofree char *address = g_strdup_printf("r%u@x.example", i);
        g_ptr_array_add(parties->recipients, sg_party_new(address, SG_ROLE_EXTERNAL, "external"));
    }
    g_autoptr(SgMessage) message = sg_message_new(bytes, &limits);
    parties->sent_before = sg_sent_lately_note(history, message, parties, now, now - 60);
    for (guint i = 0; parties->sent_before && i < parties->sent_before->len; i++)
        before += g_array_index(parties->sent_before, SgSending, i).recipients;
    if (refused)
        sg_sent_lately_forget(history, message, parties);
    return before;
}

static guint noted(SgSentLately *history, const char *sender, const char *id, const char *body,
                   guint count, gint64 now)
{
    return noted_and(history, sender, id, body, count, now, FALSE);
}

static void test_the_same_words_by_the_same_sender_add_up(void)
{
    g_autoptr(SgSentLately) history = sg_sent_lately_new(10);

    g_assert_cmpuint(noted(history, "a@x.example", "<1>", WORDS, 3, 1000), ==, 0);
    g_assert_cmpuint(noted(history, "A@x.example", "<2>", "  " WORDS "\r\n\r\n", 4, 1010), ==, 3);
    g_assert_cmpuint(noted(history, "a@x.example", "<3>", WORDS, 1, 1020), ==, 7);
}

static void test_other_words_and_other_senders_are_apart(void)
{
    g_autoptr(SgSentLately) history = sg_sent_lately_new(10);

    noted(history, "a@x.example", "<1>", WORDS, 3, 1000);
    g_assert_cmpuint(noted(history, "b@x.example", "<2>", WORDS, 1, 1001), ==, 0);
    g_assert_cmpuint(noted(history, "a@x.example", "<3>", WORDS " Bring a friend.", 1, 1002), ==,
                     0);
}

static void test_what_is_long_ago_does_not_count(void)
{
    g_autoptr(SgSentLately) history = sg_sent_lately_new(10);

    noted(history, "a@x.example", "<1>", WORDS, 3, 1000);
    g_assert_cmpuint(noted(history, "a@x.example", "<2>", WORDS, 1, 1060), ==, 3);
    g_assert_cmpuint(noted(history, "a@x.example", "<3>", WORDS, 1, 1061), ==, 1);
}

static void test_a_message_that_comes_again_is_the_one_it_was(void)
{
    g_autoptr(SgSentLately) history = sg_sent_lately_new(10);

    noted(history, "a@x.example", "<1>", WORDS, 3, 1000);
    g_assert_cmpuint(noted(history, "a@x.example", "<1>", WORDS, 3, 1010), ==, 0);
    g_assert_cmpuint(noted(history, "a@x.example", "<1>", WORDS, 2, 1020), ==, 3);
}

static void test_what_was_refused_went_to_nobody(void)
{
    g_autoptr(SgSentLately) history = sg_sent_lately_new(10);

    noted(history, "a@x.example", "<1>", WORDS, 3, 1000);
    g_assert_cmpuint(noted_and(history, "a@x.example", "<2>", WORDS, 50, 1010, TRUE), ==, 3);
    g_assert_cmpuint(noted(history, "a@x.example", "<3>", WORDS, 1, 1020), ==, 3);
    g_assert_cmpuint(noted(history, "a@x.example", "<2>", WORDS, 50, 1030), ==, 4);
}

static void test_a_few_words_are_not_counted(void)
{
    g_autoptr(SgSentLately) history = sg_sent_lately_new(10);

    noted(history, "a@x.example", "<1>", "Thank you!", 3, 1000);
    g_assert_cmpuint(noted(history, "a@x.example", "<2>", "Thank you!", 3, 1001), ==, 0);
}

static void test_the_oldest_is_forgotten_when_there_is_no_room(void)
{
    g_autoptr(SgSentLately) history = sg_sent_lately_new(2);

    noted(history, "a@x.example", "<1>", WORDS, 3, 1000);
    noted(history, "a@x.example", "<2>", WORDS " One.", 3, 1001);
    noted(history, "a@x.example", "<3>", WORDS " Two.", 3, 1002);
    g_assert_cmpuint(noted(history, "a@x.example", "<4>", WORDS, 1, 1003), ==, 0);
    g_assert_cmpuint(noted(history, "a@x.example", "<5>", WORDS " Two.", 1, 1004), ==, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/gate/history/" #name, test_##name)
    PROMISE(the_same_words_by_the_same_sender_add_up);
    PROMISE(other_words_and_other_senders_are_apart);
    PROMISE(what_is_long_ago_does_not_count);
    PROMISE(a_message_that_comes_again_is_the_one_it_was);
    PROMISE(what_was_refused_went_to_nobody);
    PROMISE(a_few_words_are_not_counted);
    PROMISE(the_oldest_is_forgotten_when_there_is_no_room);
    return g_test_run();
}
