/* test_gate_confine.c - what gate and parent can no longer do once they are confined, and what they
 * still can */
#include "attempts.h"

#include "../../milter/gate/confine.h"

#include "../../milter/directory/confine.h"

#define SETTINGS                                                                                   \
    "school\n    officer o@kingsmead.example\nrecord\n    database record/record.db\n"             \
    "gate\n    socket unix:milter.sock\n    spool spool\n"                                         \
    "courier\n    send-with smtp 127.0.0.1:25\n"

static SgConfig *config;

static void load_settings(const char *text)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *path = support_file(scene->own, "schoolgate.conf", text);

    config = sg_config_load(path, report);
    support_assert_contains(config ? "loaded" : sg_report_text(report, FALSE), "loaded");
}

static void open_scene(Scene *set)
{
    scene_open(set, SETTINGS);
    load_settings(SETTINGS);
}

static void close_scene(Scene *set)
{
    g_clear_pointer(&config, sg_config_unref);
    scene_close(set);
}

static void as_gate(void)
{
    sg_gate_confine(config);
}

static void as_parent(void)
{
    sg_parent_confine();
}

/* As it is in life: what the parent has given up the gate must do without. */
static void as_gate_of_parent(void)
{
    sg_parent_confine();
    sg_gate_confine(config);
}

static const Try gates_work[] = {
    TRY(keep_record),     TRY(keep_spool),     TRY(spool_without_name), TRY(read_settings),
    TRY(read_time_zone),  TRY(read_library),   TRY(start_thread),       TRY(make_code),
    TRY(accept_somebody), TRY(talk_to_itself), TRY(connect_to_log),
};

static void test_a_gate_reaches_nothing_but_what_it_is_for(void)
{
    Scene set;

    open_scene(&set);
    assert_refused(as_gate, never, G_N_ELEMENTS(never));
    assert_refused(as_gate, never_outwards, G_N_ELEMENTS(never_outwards));
    close_scene(&set);
}

static void test_a_gate_can_do_its_work(void)
{
    Scene set;

    open_scene(&set);
    assert_works(as_gate, gates_work, G_N_ELEMENTS(gates_work));
    assert_works(as_gate_of_parent, gates_work, G_N_ELEMENTS(gates_work));
    close_scene(&set);
}

/* Added to the configuration while the service runs: there is no folder of copies yet. */
static void as_keeper_of_parent(void)
{
    sg_parent_confine();
    sg_directory_confine(config->directories);
}

static int keep_copies(void)
{
    return keep_file_in("record/directory/kept");
}

static void test_what_asks_directories_can_do_its_work_below_a_confined_parent(void)
{
    static const Try works[] = {
        TRY(keep_copies), TRY(read_library),   TRY(start_thread),
        TRY(connect_out), TRY(connect_to_log), TRY(find_host),
    };
    static const Try refused[] = {TRY(keep_record), TRY(read_settings)};
    g_autofree char *directory = NULL;
    Scene set;

    open_scene(&set);
    g_clear_pointer(&config, sg_config_unref);
    directory = g_strdup_printf(SETTINGS "directory kingsmead\n    server ldap://127.0.0.1:%u\n"
                                         "    base dc=k\n    role staff (mail=*)\n",
                                set.port);
    load_settings(directory);
    assert_works(as_keeper_of_parent, works, G_N_ELEMENTS(works));
    assert_refused(as_keeper_of_parent, refused, G_N_ELEMENTS(refused));
    close_scene(&set);
}

static int signal_child(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        pause();
        _exit(0);
    }
    return pid < 0 ? errno : kill(pid, SIGKILL) != 0 ? errno : said(waitpid(pid, NULL, 0));
}

/* Only landlock since Linux 6.12 knows whose children they are. */
static int kill_strangers(void)
{
    return sg_confine_support().landlock >= 6 ? kill_neighbour() : EPERM;
}

static void test_a_parent_runs_and_mounts_and_traces_nothing(void)
{
    static const Try refused[] = {
        TRY(run_program),
        TRY(run_from_memory),
        TRY(make_user_space),
        TRY(read_neighbour),
        TRY(open_neighbour),
        TRY(signal_by_owner),
        TRY(kill_strangers),
        TRY(open_raw),
        TRY(open_netlink),
        TRY(make_device),
        TRY(mount_something),
        TRY(change_root),
        TRY(become_another),
        TRY(set_groups),
        TRY(make_ring),
        TRY(load_bpf),
        TRY(take_key),
        TRY(open_counter),
        TRY(handle_faults),
        TRY(load_module),
        TRY(set_clock),
        TRY(type_at_terminal),
        TRY(read_kernel_log),
        TRY(open_by_handle),
        TRY(read_by_symlink),
        TRY(change_mode_of_others),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        TRY(clone_user_space),
        TRY(trace_neighbour),
        TRY(change_personality),
#endif
    };
    static const Try works[] = {
        TRY(read_others),     TRY(keep_record),    TRY(start_process),
        TRY(signal_child),    TRY(bind_port),      TRY(listen_again),
        TRY(connect_locally), TRY(connect_to_log), TRY(make_code),
    };
    Scene set;

    open_scene(&set);
    assert_refused(as_parent, refused, G_N_ELEMENTS(refused));
    assert_works(as_parent, works, G_N_ELEMENTS(works));
    close_scene(&set);
}

static int gain_privileges(void)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? EPERM : 0;
}

/* What runs the command for its courier is another process. */
static void test_a_parent_whose_courier_sends_by_command_gives_up_the_same(void)
{
    const Try privileges[] = {TRY(gain_privileges), TRY(run_program)};
    Scene set;

    open_scene(&set);
    assert_refused(as_parent, privileges, G_N_ELEMENTS(privileges));
    config->courier.send_by = SG_SEND_BY_COMMAND;
    config->courier.command = g_strdup("/usr/sbin/sendmail");
    assert_refused(as_parent, privileges, G_N_ELEMENTS(privileges));
    close_scene(&set);
}

/* Says when it is confined, hears when the folder has been replaced, and ends with 7 when it
 * notices then, and not before. */
static _Noreturn void watch_folder(int said_to, int heard_from)
{
    gboolean before;
    char byte = 0;

    sg_gate_confine(config);
    before = sg_gate_is_kept_out(config);
    if (write(said_to, "c", 1) != 1 || read(heard_from, &byte, 1) != 1)
        _exit(2);
    _exit(!before && sg_gate_is_kept_out(config) ? 7 : 1);
}

static void test_a_folder_in_the_place_of_the_kept_one_is_noticed(void)
{
    int ends[2][2];
    int status = 0;
    char byte = 0;
    Scene set;
    pid_t pid;

    open_scene(&set);
    g_autofree char *record = in_own("record");
    g_autofree char *away = in_own("away");
    g_assert_cmpint(pipe(ends[0]) | pipe(ends[1]), ==, 0);
    pid = fork();
    if (pid == 0)
        watch_folder(ends[0][1], ends[1][0]);
    g_assert_cmpint(read(ends[0][0], &byte, 1), ==, 1);
    g_assert_cmpint(rename(record, away) | mkdir(record, 0700), ==, 0);
    g_assert_cmpint(write(ends[1][1], "r", 1), ==, 1);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    for (guint i = 0; i < 4; i++)
        close(ends[i / 2][i % 2]);
    close_scene(&set);
    g_assert_cmpint(WEXITSTATUS(status), ==, 7);
}

/* So that what is put beside the configuration later is found, and nothing is that lies in /etc. */
static void test_what_a_new_configuration_names_is_within_reach_or_not(void)
{
    SgReach reach = {0};
    Scene set;

    open_scene(&set);
    sg_reach_take(&reach, config);
    pid_t gate = fork();
    if (gate == 0)
        for (;;)
            pause();
    g_assert_false(sg_reach_leave(&reach, config, gate));
    g_assert_false(reach.left);
    g_free(config->gate.spool);
    config->gate.spool = g_strdup(set.others);
    g_assert_true(sg_reach_leave(&reach, config, gate));
    g_assert_true(reach.left);
    int status = 0;
    g_assert_cmpint(waitpid(gate, &status, 0), ==, gate);
    g_assert_cmpint(WTERMSIG(status), ==, SIGTERM);
    sg_reach_clear(&reach);
    close_scene(&set);
}

static void test_a_first_copy_of_a_directory_needs_no_other_gate(void)
{
    SgReach reach = {0};
    Scene set;

    open_scene(&set);
    g_clear_pointer(&config, sg_config_unref);
    load_settings(SETTINGS "directory kingsmead\n    server ldap://127.0.0.1\n    base dc=k\n"
                           "    role staff (mail=*)\n");
    sg_reach_take(&reach, config);
    g_autofree char *folder = in_own("record/directory");
    g_assert_cmpint(mkdir(folder, 0700), ==, 0);
    g_free(support_file(folder, "kingsmead.csv", SG_DIRECTORY_COPY_HEAD));
    g_assert_false(sg_reach_leave(&reach, config, set.neighbour));
    sg_reach_clear(&reach);
    close_scene(&set);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/gate/confine/" #name, test_##name)
    PROMISE(a_gate_reaches_nothing_but_what_it_is_for);
    PROMISE(a_gate_can_do_its_work);
    PROMISE(what_asks_directories_can_do_its_work_below_a_confined_parent);
    PROMISE(a_parent_runs_and_mounts_and_traces_nothing);
    PROMISE(a_parent_whose_courier_sends_by_command_gives_up_the_same);
    PROMISE(a_folder_in_the_place_of_the_kept_one_is_noticed);
    PROMISE(a_first_copy_of_a_directory_needs_no_other_gate);
    PROMISE(what_a_new_configuration_names_is_within_reach_or_not);
    return g_test_run();
}
