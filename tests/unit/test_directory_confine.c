/* test_directory_confine.c - what the process that asks directories can no longer do once it is
 * confined, and what it still can */
#include "attempts.h"

#include "../../milter/directory/confine.h"

static GPtrArray *directories;

static SgDirectory *directory_from(const char *text)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GPtrArray) blocks = sg_blocks_read("test.conf", bytes, report);
    SgDirectory *directory = sg_directory_read(blocks->pdata[0], report);

    support_assert_contains(sg_report_errors(report) ? sg_report_text(report, FALSE) : "good",
                            "good");
    return directory;
}

static void add_directory(const char *name, const char *server)
{
    g_autofree char *text = g_strdup_printf("directory %s\n    server %s\n    base dc=k\n"
                                            "    role staff (mail=*)\n    bind-as cn=reader\n"
                                            "    password-file %s/record/password\n"
                                            "    ca-file %s/authority.pem\n",
                                            name, server, scene->own, scene->own);
    g_autofree char *folder = in_own("copies");
    SgDirectory *directory = directory_from(text);

    sg_directory_set_folder(directory, folder);
    g_ptr_array_add(directories, directory);
}

static void open_scene(Scene *set)
{
    g_autofree char *server = NULL;

    scene_open(set, "");
    g_free(support_file(set->own, "record/password", "sesame"));
    g_free(support_file(set->own, "authority.pem", "CERTIFICATE"));
    directories = g_ptr_array_new_with_free_func((GDestroyNotify)sg_directory_free);
    server = g_strdup_printf("ldap://127.0.0.1:%u", set->port);
    add_directory("kingsmead", server);
}

static void close_scene(Scene *set)
{
    g_clear_pointer(&directories, g_ptr_array_unref);
    scene_close(set);
}

static void as_keeper(void)
{
    sg_directory_confine(directories);
}

static int keep_copies(void)
{
    return keep_file_in("copies/kept");
}

static int read_password(void)
{
    g_autofree char *path = in_own("record/password");

    return try_open(path, O_RDONLY);
}

static int write_password(void)
{
    g_autofree char *path = in_own("record/password");

    return try_open(path, O_WRONLY);
}

static int list_passwords_folder(void)
{
    g_autofree char *path = in_own("record");

    return try_open(path, O_RDONLY | O_DIRECTORY);
}

static int read_authority(void)
{
    g_autofree char *path = in_own("authority.pem");

    return try_open(path, O_RDONLY);
}

static int make_folder(void)
{
    g_autofree char *path = in_own("copies/folder");

    return said(mkdir(path, 0700));
}

static void test_it_reaches_nothing_but_what_it_is_for(void)
{
    static const Try also[] = {
        TRY(connect_to_another_port),
        TRY(read_settings),
        TRY(keep_record),
        TRY(keep_spool),
        TRY(write_password),
        TRY(list_passwords_folder),
        TRY(make_folder),
        TRY(accept_somebody),
    };
    Scene set;

    open_scene(&set);
    assert_refused(as_keeper, never, G_N_ELEMENTS(never));
    assert_refused(as_keeper, also, G_N_ELEMENTS(also));
    close_scene(&set);
}

static void test_it_can_do_its_work(void)
{
    static const Try works[] = {
        TRY(keep_copies),    TRY(read_password),  TRY(read_authority),
        TRY(read_library),   TRY(start_thread),   TRY(connect_out),
        TRY(open_datagrams), TRY(connect_to_log), TRY(find_host),
    };
    Scene set;

    open_scene(&set);
    assert_works(as_keeper, works, G_N_ELEMENTS(works));
    close_scene(&set);
}

static void test_a_server_of_this_machine_opens_no_way_to_others(void)
{
    static const Try local[] = {TRY(connect_locally)};
    static const Try outwards[] = {TRY(connect_out), TRY(open_datagrams)};
    Scene set;

    open_scene(&set);
    g_ptr_array_set_size(directories, 0);
    add_directory("here", "ldapi:///");
    assert_works(as_keeper, local, 1);
    assert_refused(as_keeper, outwards, G_N_ELEMENTS(outwards));
    close_scene(&set);
}

static void test_the_servers_of_all_directories_are_in_reach(void)
{
    static const Try both[] = {TRY(connect_locally), TRY(connect_out)};
    Scene set;

    open_scene(&set);
    add_directory("here", "ldapi:///");
    assert_works(as_keeper, both, G_N_ELEMENTS(both));
    close_scene(&set);
}

static int is_kept_out(void)
{
    return sg_directory_is_kept_out(directories) ? 0 : ECANCELED;
}

/* Confined to that folder, it may replace the file there itself. */
static int is_kept_out_by_a_new_password(void)
{
    g_autofree char *beside = in_own("copies/new");
    g_autofree char *path = in_own("copies/password");
    const SgDirectory *directory = directories->pdata[0];

    g_assert_cmpstr(directory->password_file, ==, path);
    if (sg_directory_is_kept_out(directories) || !g_file_set_contents(beside, "mellon", -1, NULL) ||
        rename(beside, path) != 0)
        return EINVAL;
    return is_kept_out();
}

static void test_a_password_file_in_the_place_of_another_is_noticed(void)
{
    static const Try replaced[] = {TRY(is_kept_out_by_a_new_password)};
    g_autofree char *copies = NULL;
    SgDirectory *directory;
    Scene set;

    open_scene(&set);
    copies = in_own("copies");
    g_assert_cmpint(mkdir(copies, 0700), ==, 0);
    directory = directories->pdata[0];
    g_free(directory->password_file);
    directory->password_file = support_file(copies, "password", "sesame");
    assert_works(as_keeper, replaced, 1);
    close_scene(&set);
}

static void test_who_was_never_confined_is_kept_out_of_nothing(void)
{
    Scene set;

    open_scene(&set);
    g_assert_false(sg_directory_is_kept_out(directories));
    close_scene(&set);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/directory/confine/" #name, test_##name)
    PROMISE(it_reaches_nothing_but_what_it_is_for);
    PROMISE(it_can_do_its_work);
    PROMISE(a_server_of_this_machine_opens_no_way_to_others);
    PROMISE(the_servers_of_all_directories_are_in_reach);
    PROMISE(a_password_file_in_the_place_of_another_is_noticed);
    PROMISE(who_was_never_confined_is_kept_out_of_nothing);
    return g_test_run();
}
