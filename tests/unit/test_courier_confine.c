/* test_courier_confine.c - what a courier can no longer do once it is confined, and what it still
 * can: one that sends by SMTP, and one that sends by the sendmail command */
#include "attempts.h"

#include "../../milter/courier/confine.h"
#include "schoolgate/sender.h"

static SgConfig *config;

static void open_scene(Scene *set)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *path = NULL;

    scene_open(set,
               "school\n    officer o@kingsmead.example\nrecord\n    database record/record.db\n");
    path = in_own("schoolgate.conf");
    config = sg_config_load(path, report);
    g_assert_nonnull(config);
    config->courier.send_by = SG_SEND_BY_SMTP;
    g_free(config->courier.smtp);
    config->courier.smtp = g_strdup_printf("127.0.0.1:%u", set->port);
}

static void close_scene(Scene *set)
{
    g_clear_pointer(&config, sg_config_unref);
    scene_close(set);
}

static void as_courier(void)
{
    sg_courier_confine(config);
}

/* As of one who has it send somewhere else by the way. */
static int connect_while_sending(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((guint16)(scene->port ^ 1)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int file = socket(AF_INET, SOCK_STREAM, 0);

    return said(
        sendto(file, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&address, sizeof address));
}

static void test_a_courier_reaches_nothing_but_what_it_is_for(void)
{
    static const Try also[] = {TRY(connect_to_another_port), TRY(connect_while_sending),
                               TRY(read_settings), TRY(keep_spool)};
    Scene set;

    open_scene(&set);
    assert_refused(as_courier, never, G_N_ELEMENTS(never));
    assert_refused(as_courier, also, G_N_ELEMENTS(also));
    close_scene(&set);
}

static void test_a_courier_can_do_its_work(void)
{
    static const Try works[] = {
        TRY(keep_record), TRY(read_time_zone), TRY(read_library),   TRY(start_thread),
        TRY(connect_out), TRY(open_datagrams), TRY(connect_to_log), TRY(find_host),
    };
    Scene set;

    open_scene(&set);
    assert_works(as_courier, works, G_N_ELEMENTS(works));
    close_scene(&set);
}

static void test_the_schools_own_texts_are_read(void)
{
    static const Try read[] = {TRY(read_others)};
    Scene set;

    open_scene(&set);
    assert_refused(as_courier, read, 1);
    config->courier.texts = g_strdup(set.others);
    assert_works(as_courier, read, 1);
    close_scene(&set);
}

static SgErrands *errands;

/* The command sends on what it is given, to where the courier does not reach. */
static int hand_over_by_command(void)
{
    char *to[] = {(char *)"s.brown@home.example", NULL};
    SgMail mail = {.from = (char *)"d.price@kingsmead.example",
                   .to = to,
                   .bytes = g_bytes_new_static("Subject: x\r\n\r\nHi\r\n", 18)};
    g_autoptr(SgSender) sender = sg_sender_new(&config->courier, sg_errands_file(errands), -1);
    g_auto(SgHanded) handed = sg_sender_send(sender, &mail);

    g_bytes_unref(mail.bytes);
    return handed.how == SG_HANDED_OVER ? 0 : EIO;
}

static void sends_by_command(void)
{
    g_autofree char *script = g_strdup_printf("#!/bin/sh\ncat >'%s/delivered'\n", scene->others);

    config->courier.send_by = SG_SEND_BY_COMMAND;
    config->courier.command = support_file(scene->own, "sendmail", script);
    g_assert_cmpint(chmod(config->courier.command, 0700), ==, 0);
}

static void test_one_that_sends_by_command_reaches_less_still(void)
{
    static const Try also[] = {TRY(read_settings), TRY(keep_spool)};
    Scene set;

    open_scene(&set);
    sends_by_command();
    assert_refused(as_courier, never, G_N_ELEMENTS(never));
    assert_refused(as_courier, never_outwards, G_N_ELEMENTS(never_outwards));
    assert_refused(as_courier, also, G_N_ELEMENTS(also));
    close_scene(&set);
}

static void test_one_that_sends_by_command_can_do_its_work(void)
{
    static const Try works[] = {
        TRY(keep_record),    TRY(read_time_zone), TRY(read_library),         TRY(start_thread),
        TRY(connect_to_log), TRY(talk_to_itself), TRY(hand_over_by_command),
    };
    g_autofree char *delivered = NULL, *text = NULL;
    pid_t keeper;
    Scene set;

    open_scene(&set);
    sends_by_command();
    errands = sg_errands_start(config->courier.command);
    keeper = sg_errands_pid(errands);
    assert_works(as_courier, works, G_N_ELEMENTS(works));
    delivered = in_others("delivered");
    text = support_read(delivered);
    g_assert_cmpstr(text, ==, "Subject: x\n\nHi\n");
    g_clear_pointer(&errands, sg_errands_free);
    g_assert_cmpint(waitpid(keeper, NULL, 0), ==, keeper);
    close_scene(&set);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/courier/confine/" #name, test_##name)
    PROMISE(a_courier_reaches_nothing_but_what_it_is_for);
    PROMISE(a_courier_can_do_its_work);
    PROMISE(the_schools_own_texts_are_read);
    PROMISE(one_that_sends_by_command_reaches_less_still);
    PROMISE(one_that_sends_by_command_can_do_its_work);
    return g_test_run();
}
