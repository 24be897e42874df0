/* What sg_record_add() has accepted is on the disk: when the process is killed, when the power
 * goes, when many add at once, and not when the disk says that it could not. */
#include "record_builders.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* These stand before the C library's, so that a test sees each moment at which SQLite has made sure
 * of a file, and can say that the disk has failed. */
static atomic_int syncs; /* of files, not folders */
static atomic_int disk_fails;
static const char
    *watched; /* the folder of which each file is copied to `synced` when it is synced */
static const char *synced;
static pthread_mutex_t synced_lock = PTHREAD_MUTEX_INITIALIZER;

/* g_file_set_contents() would sync. */
static void write_file(const char *path, const char *contents, gsize length)
{
    FILE *file = fopen(path, "w");

    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite(contents, 1, length, file), ==, length);
    g_assert_cmpint(fclose(file), ==, 0);
}

/* What was removed from a folder is gone for good once the folder is synced. */
static void forget_removed(void)
{
    g_autoptr(GDir) dir = g_dir_open(synced, 0, NULL);

    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *original = g_build_filename(watched, name, NULL);
        g_autofree char *copy = g_build_filename(synced, name, NULL);

        if (!g_file_test(original, G_FILE_TEST_EXISTS))
            g_unlink(copy);
    }
}

/* Reads through `fd`: to open and close the file here would drop the locks that SQLite has on it.
 */
static void copy_file(int fd, const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *copy = g_build_filename(synced, name, NULL);
    g_autofree char *contents = NULL;
    struct stat status;

    g_assert_cmpint(fstat(fd, &status), ==, 0);
    contents = g_malloc((gsize)status.st_size + 1);
    g_assert_cmpint(pread(fd, contents, (gsize)status.st_size, 0), ==, status.st_size);
    write_file(copy, contents, (gsize)status.st_size);
}

static void copy_synced(int fd)
{
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autofree char *path = g_file_read_link(link, NULL);

    if (!g_str_has_prefix(path, watched))
        return;
    pthread_mutex_lock(&synced_lock);
    if (strcmp(path, watched) == 0)
        forget_removed();
    else
        copy_file(fd, path);
    pthread_mutex_unlock(&synced_lock);
}

static int sync_file(long call, int fd)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        atomic_fetch_add(&syncs, 1);
    if (atomic_load(&disk_fails)) {
        errno = EIO;
        return -1;
    }
    if (syscall(call, fd) != 0)
        return -1;
    if (watched)
        copy_synced(fd);
    return 0;
}

int fsync(int fd)
{
    return sync_file(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_file(SYS_fdatasync, fd);
}

static void assert_holds(SgRecord *record, const char *id, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgIncident) incident = loaded(record, id);
    g_autoptr(GBytes) message = sg_record_message(record, id, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(message), ==, length);
    g_assert_cmpuint(incident->recipients->len, ==, 1);
    g_assert_cmpuint(incident->findings->len, ==, 1);
    g_assert_cmpuint(incident->copies->len, ==, 1);
}

/* No incident lacks a part, and SQLite finds no fault. */
static void assert_whole(const char *folder)
{
    sqlite3 *db = database_in(folder);
    gint64 incidents = ask(db, "SELECT count(*) FROM incident");

    g_assert_cmpint(ask(db, "SELECT count(*) FROM held"), ==, incidents);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM copy"), ==, incidents);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM recipient"), ==, incidents);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM finding"), ==, incidents);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM signal"), ==, incidents);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM pragma_foreign_key_check"), ==, 0);
    g_assert_cmpint(
        ask(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), ==,
        0);
    sqlite3_close(db);
}

/* Small limits, so that the WAL is copied and begun anew while a test runs. */
static SgRecordOptions busy_checkpoints(void)
{
    SgRecordOptions options = sg_record_defaults;

    options.checkpoint_pages = 16;
    options.wal_pages_max = 64;
    return options;
}

typedef struct Adder {
    SgRecord *record;
    int report; /* where ids are written when they are durable; -1 for nowhere */
    guint n;    /* 0 for no end */
    GPtrArray *ids;
} Adder;

static void *add_many(void *data)
{
    Adder *adder = data;

    for (guint i = 0; adder->n == 0 || i < adder->n; i++) {
        g_autofree char *id = added(adder->record, held_of_size(9000));

        if (adder->report >= 0) {
            g_autofree char *line = g_strdup_printf("%s\n", id);
            g_assert_cmpint(write(adder->report, line, strlen(line)), ==, (gssize)strlen(line));
        }
        g_ptr_array_add(adder->ids, g_steal_pointer(&id));
    }
    return NULL;
}

static void start_adders(Adder *adders, pthread_t *threads, guint n, Adder like)
{
    for (guint i = 0; i < n; i++) {
        adders[i] = like;
        adders[i].ids = g_ptr_array_new_with_free_func(g_free);
        g_assert_cmpint(pthread_create(&threads[i], NULL, add_many, &adders[i]), ==, 0);
    }
}

static void add_until_killed(const char *folder, int report)
{
    const SgRecordOptions options = busy_checkpoints();
    SgRecord *record = record_with(folder, &options);
    pthread_t threads[4];
    Adder adders[4];

    start_adders(adders, threads, 4, (Adder){.record = record, .report = report});
    for (;;)
        pause();
}

/* Kills a process that adds, once it has reported `n` ids; returns all that it reported. */
static char **ids_of_killed_process(const char *folder, guint n)
{
    g_autoptr(GString) reported = g_string_new(NULL);
    int ends[2], status;
    guint lines = 0;
    ssize_t got;
    char chunk[512];
    pid_t child;

    g_assert_cmpint(pipe(ends), ==, 0);
    child = fork();
    if (child == 0)
        add_until_killed(folder, ends[1]);
    close(ends[1]);
    while ((got = read(ends[0], chunk, sizeof chunk)) > 0) {
        g_string_append_len(reported, chunk, got);
        for (ssize_t i = 0; i < got; i++)
            lines += chunk[i] == '\n';
        if (lines >= n)
            kill(child, SIGKILL);
    }
    close(ends[0]);
    waitpid(child, &status, 0);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    g_assert_cmpuint(lines, >=, n);
    g_string_truncate(reported, reported->len - 1);
    return g_strsplit(reported->str, "\n", -1);
}

static void test_what_was_accepted_outlives_a_killed_process(void)
{
    static const guint after[] = {1, 7, 50, 150};
    g_autofree char *folder = support_folder();

    for (guint i = 0; i < G_N_ELEMENTS(after); i++) { /* each on what the last one left */
        g_auto(GStrv) ids = ids_of_killed_process(folder, after[i]);
        g_autoptr(SgRecord) record = record_in(folder);

        for (guint j = 0; ids[j]; j++)
            assert_holds(record, ids[j], 9000);
        assert_whole(folder);
    }
    support_folder_remove(folder);
}

static void copy_folder(const char *from, const char *to)
{
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);

    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *target = g_build_filename(to, name, NULL);
        g_autofree char *contents = NULL;
        gsize length;

        g_assert_true(g_file_get_contents(source, &contents, &length, NULL));
        write_file(target, contents, length);
    }
}

static void assert_survives_power_cut(const GPtrArray *ids)
{
    g_autofree char *after = support_folder();
    g_autoptr(SgRecord) record = NULL;

    pthread_mutex_lock(&synced_lock);
    copy_folder(synced, after);
    pthread_mutex_unlock(&synced_lock);
    record = record_in(after);
    for (guint i = 0; i < ids->len; i++)
        assert_holds(record, ids->pdata[i], 9000);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(after);
}

/* Of each file, a power cut leaves here only what it held when it was last synced. */
static void test_what_was_accepted_outlives_a_power_cut(void)
{
    const SgRecordOptions options = busy_checkpoints();
    g_autofree char *folder = support_folder(), *copies = support_folder();
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(SgRecord) record = NULL;

    synced = copies;
    watched = folder;
    record = record_with(folder, &options);
    for (guint i = 0; i < 40; i++) {
        g_ptr_array_add(ids, added(record, held_of_size(9000)));
        if (i % 8 == 0)
            assert_survives_power_cut(ids);
    }
    sg_record_close(g_steal_pointer(&record));
    watched = NULL;
    assert_survives_power_cut(ids);
    support_folder_remove(folder);
    support_folder_remove(copies);
}

static void test_nothing_is_accepted_that_the_disk_did_not_take(void)
{
    g_autofree char *folder = support_folder();
    g_autoptr(SgRecord) record = record_in(folder);

    add(record, held_of_size(9000));
    atomic_store(&disk_fails, 1);
    assert_not_added(record, held_of_size(9000), "cannot write to");
    assert_not_added(record, held_of_size(9000), "cannot write to");
    atomic_store(&disk_fails, 0);
    g_assert_cmpuint(count_all(record), ==, 1);
    add(record, held_of_size(9000));
    g_assert_cmpuint(count_all(record), ==, 2);
    sg_record_close(g_steal_pointer(&record));
    assert_whole(folder);
    support_folder_remove(folder);
}

static void test_sixteen_threads_add_at_once_and_each_keeps_its_own(void)
{
    const SgRecordOptions options = busy_checkpoints();
    g_autofree char *folder = support_folder();
    g_autoptr(SgRecord) record = record_with(folder, &options);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    pthread_t threads[16];
    Adder adders[16];

    start_adders(adders, threads, 16, (Adder){.record = record, .report = -1, .n = 25});
    for (guint i = 0; i < 16; i++)
        pthread_join(threads[i], NULL);
    for (guint i = 0; i < 16; i++)
        for (guint j = 0; j < adders[i].ids->len; j++) {
            g_assert_true(g_hash_table_add(seen, adders[i].ids->pdata[j]));
            assert_holds(record, adders[i].ids->pdata[j], 9000);
        }
    g_assert_cmpuint(count_all(record), ==, 400);
    sg_record_close(g_steal_pointer(&record));
    assert_whole(folder);
    for (guint i = 0; i < 16; i++)
        g_ptr_array_unref(adders[i].ids);
    support_folder_remove(folder);
}

/* A group of jobs, as the writer's thread would take them. */
typedef struct Group {
    sqlite3 *db;
    SgInserter *inserter;
    SgJob jobs[8], *pointers[8];
    SgIncident *incidents[8];
} Group;

static void group_of_eight(Group *group, const char *folder)
{
    g_autoptr(GError) error = NULL;

    group->db = database_in(folder);
    group->inserter = sg_inserter_new(group->db, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < 8; i++) {
        group->incidents[i] = held_of_size(100);
        group->incidents[i]->id = sg_id_new("KM", SG_ID_SHORT, sg_id_random);
        group->jobs[i] = (SgJob){.incident = group->incidents[i]};
        group->pointers[i] = &group->jobs[i];
    }
}

static void free_group(Group *group)
{
    for (guint i = 0; i < 8; i++) {
        g_clear_error(&group->jobs[i].error);
        sg_incident_free(group->incidents[i]);
    }
    sg_inserter_free(group->inserter);
    sqlite3_close(group->db);
}

static void test_a_group_waits_for_the_disk_once(Fixture *fixture, gconstpointer data)
{
    Group group;
    (void)data;

    group_of_eight(&group, fixture->folder);
    add(fixture->record, held_of_size(100)); /* the first one in a WAL waits for its header, too */
    atomic_store(&syncs, 0);
    sg_group_write(group.inserter, group.db, group.pointers, 8);
    g_assert_cmpint(atomic_load(&syncs), ==, 1);
    for (guint i = 0; i < 8; i++)
        g_assert_no_error(group.jobs[i].error);
    g_assert_cmpuint(count_all(fixture->record), ==, 9);
    free_group(&group);
}

static void test_a_bad_incident_does_not_fail_its_neighbours(Fixture *fixture, gconstpointer data)
{
    SgIncidentRecipient *recipient;
    SgFinding *finding;
    Group group;
    (void)data;

    group_of_eight(&group, fixture->folder);
    recipient = group.incidents[2]->recipients->pdata[0];
    g_clear_pointer(&recipient->address, g_free);
    finding = group.incidents[5]->findings->pdata[0];
    finding->enforced = (SgAction)77;
    sg_group_write(group.inserter, group.db, group.pointers, 8);
    for (guint i = 0; i < 8; i++)
        if (i == 2 || i == 5)
            g_assert_error(group.jobs[i].error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
        else
            g_assert_no_error(group.jobs[i].error);
    g_assert_cmpuint(count_all(fixture->record), ==, 6);
    assert_whole(fixture->folder);
    free_group(&group);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/durability/kill", test_what_was_accepted_outlives_a_killed_process);
    g_test_add_func("/record/durability/power", test_what_was_accepted_outlives_a_power_cut);
    g_test_add_func("/record/durability/disk", test_nothing_is_accepted_that_the_disk_did_not_take);
    g_test_add_func("/record/durability/threads",
                    test_sixteen_threads_add_at_once_and_each_keeps_its_own);
    add_test("/record/group/once", test_a_group_waits_for_the_disk_once);
    add_test("/record/group/neighbours", test_a_bad_incident_does_not_fail_its_neighbours);
    return g_test_run();
}
