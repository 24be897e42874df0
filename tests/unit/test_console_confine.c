/* test_console_confine.c - what the console's process can no longer do once it is locked in, and
 * what it still can */
#include "../../milter/console/confine.h"
#include "attempts.h"
#include "door_builders.h"

static SgConfig *config;

static void open_scene(Scene *set)
{
    scene_open(set, "");
    config = config_in(set->own, "school\n    officer o@kingsmead.example\n"
                                 "record\n    database record/record.db\nconsole\n");
}

static void close_scene(Scene *set)
{
    g_clear_pointer(&config, sg_config_unref);
    scene_close(set);
}

static void as_console(void)
{
    if (!sg_console_confine(config, NULL))
        _exit(99);
}

static void test_it_reaches_nothing_but_what_it_is_for(void)
{
    static const Try also[] = {TRY(keep_spool)};
    Scene set;

    open_scene(&set);
    assert_refused(as_console, never, G_N_ELEMENTS(never));
    assert_refused(as_console, never_outwards, G_N_ELEMENTS(never_outwards));
    assert_refused(as_console, also, G_N_ELEMENTS(also));
    close_scene(&set);
}

static gpointer read_in_a_thread(gpointer data)
{
    (void)data;
    return GINT_TO_POINTER(read_passwords() + run_program());
}

static int try_from_a_thread(void)
{
    GThread *thread = g_thread_try_new("inside", read_in_a_thread, NULL, NULL);

    return thread && GPOINTER_TO_INT(g_thread_join(thread)) == EACCES + EPERM ? EPERM : 0;
}

static void test_threads_are_inside_as_well(void)
{
    static const Try tries[] = {TRY(try_from_a_thread)};
    Scene set;

    open_scene(&set);
    assert_refused(as_console, tries, 1);
    close_scene(&set);
}

static int write_the_record(void)
{
    g_autoptr(GError) error = NULL;
    SgRecord *record = sg_record_open(config->database, SG_RECORD_READ_WRITE, &error);
    const SgActor by = {"root", "operator", NOON};
    gboolean done = record && sg_account_add(record, "khan", PASSWORD, NULL, &by, &error);

    if (!done)
        g_printerr("%s\n", error->message);
    if (record)
        sg_record_close(record);
    return done ? 0 : EIO;
}

static void test_what_it_is_for_can_still_be_done(void)
{
    static const Try works[] = {
        TRY(write_the_record), TRY(keep_record),     TRY(read_settings), TRY(read_time_zone),
        TRY(start_thread),     TRY(accept_somebody), TRY(make_code),     TRY(talk_to_itself),
    };
    Scene set;

    open_scene(&set);
    assert_works(as_console, works, G_N_ELEMENTS(works));
    close_scene(&set);
}

/* Where landlock knows no ports an accepted connection could be led elsewhere: then nobody may be
 * connected to, and the log is lost should syslog be started again. */
static void test_the_log_is_found_again_where_that_opens_nothing_else(void)
{
    static const Try log[] = {TRY(connect_to_log)};
    Scene set;

    open_scene(&set);
    if (sg_confine_support().landlock >= 4)
        assert_works(as_console, log, 1);
    else
        assert_refused(as_console, log, 1);
    close_scene(&set);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/confine/" #name, test_##name)
    PROMISE(it_reaches_nothing_but_what_it_is_for);
    PROMISE(threads_are_inside_as_well);
    PROMISE(what_it_is_for_can_still_be_done);
    PROMISE(the_log_is_found_again_where_that_opens_nothing_else);
    return g_test_run();
}
