/* attempts.h - what an intruder would try from inside a process, and what processes are for */
#pragma once

#include "confined_scene.h"

#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* No process is for all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

/* Files -------------------------------------------------------------------------------------------
 */

static int try_open(const char *path, int how)
{
    int file = open(path, how | O_CLOEXEC, 0600);

    return said(file);
}

static int read_passwords(void)
{
    return try_open("/etc/passwd", O_RDONLY);
}
static int read_shadow(void)
{
    return try_open("/etc/shadow", O_RDONLY);
}

static int read_others(void)
{
    g_autofree char *path = in_others("secret.txt");

    return try_open(path, O_RDONLY);
}

static int write_others(void)
{
    g_autofree char *path = in_others("secret.txt");

    return try_open(path, O_WRONLY);
}

static int make_in_others(void)
{
    g_autofree char *path = in_others("new.txt");

    return try_open(path, O_WRONLY | O_CREAT);
}

static int make_in_tmp(void)
{
    return try_open("/tmp", O_TMPFILE | O_WRONLY);
}

static int list_others(void)
{
    return try_open(scene->others, O_RDONLY | O_DIRECTORY);
}

static int remove_others(void)
{
    g_autofree char *path = in_others("secret.txt");

    return said(unlink(path));
}

static int truncate_others(void)
{
    g_autofree char *path = in_others("secret.txt");

    return said(truncate(path, 0));
}

static int change_mode_of_others(void)
{
    g_autofree char *path = in_others("secret.txt");

    return said(chmod(path, 0777));
}

static int link_others_in(void)
{
    g_autofree char *from = in_others("secret.txt");
    g_autofree char *to = in_own("record/linked");

    return said(link(from, to));
}

static int read_by_symlink(void)
{
    g_autofree char *from = in_others("secret.txt");
    g_autofree char *to = in_own("record/symlink");

    return symlink(from, to) < 0 ? errno : try_open(to, O_RDONLY);
}

static int make_device(void)
{
    g_autofree char *path = in_own("record/device");

    return said(mknod(path, S_IFCHR | 0600, 1 << 8 | 5));
}

static int write_settings(void)
{
    g_autofree char *path = in_own("schoolgate.conf");

    return try_open(path, O_WRONLY);
}

static int read_neighbours_memory(void)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/mem", scene->neighbour);

    return try_open(path, O_RDONLY);
}

static int open_by_handle(void)
{
    return said(syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, O_RDONLY));
}

/* Programs and processes --------------------------------------------------------------------------
 */

static int run_program(void)
{
    execl("/bin/true", "true", NULL);
    return errno;
}

static int run_from_memory(void)
{
    char *const words[] = {(char *)"true", NULL};
    int file = memfd_create("program", 0);

    if (file < 0)
        return errno;
    if (write(file, "#!/bin/true\n", 12) != 12)
        return EINVAL;
    syscall(SYS_execveat, file, "", words, words + 1, AT_EMPTY_PATH);
    return errno;
}

static int start_process(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid < 0 ? errno : said(waitpid(pid, NULL, 0));
}

static int make_user_space(void)
{
    return said(unshare(CLONE_NEWUSER));
}

static int clone_user_space(void)
{
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

    if (pid == 0)
        _exit(0);
    return said(pid);
}

static int trace_neighbour(void)
{
    return said(ptrace(PTRACE_ATTACH, scene->neighbour, NULL, NULL));
}

static int read_neighbour(void)
{
    char byte;
    const struct iovec here = {&byte, 1};
    const struct iovec there = {(void *)&byte, 1};

    return said(process_vm_readv(scene->neighbour, &here, 1, &there, 1, 0));
}

static int kill_neighbour(void)
{
    return said(kill(scene->neighbour, 0));
}

static int kill_neighbours_thread(void)
{
    return said(syscall(SYS_tgkill, scene->neighbour, scene->neighbour, 0));
}

static int open_neighbour(void)
{
    return said(syscall(SYS_pidfd_open, scene->neighbour, 0));
}

/* A descriptor whose owner is sent a signal of our choice. */
static int signal_by_owner(void)
{
    return said(fcntl(scene->listening, F_SETOWN, scene->neighbour));
}

/* The network -------------------------------------------------------------------------------------
 */

static int connect_file(int file, guint16 port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return file < 0 ? errno
                    : said(connect(file, (const struct sockaddr *)&address, sizeof address));
}

static int connect_out(void)
{
    return connect_file(socket(AF_INET, SOCK_STREAM, 0), scene->port);
}

/* Only landlock since Linux 6.7 knows ports. */
static int connect_to_another_port(void)
{
    return sg_confine_support().landlock >= 4
               ? connect_file(socket(AF_INET, SOCK_STREAM, 0), (guint16)(scene->port ^ 1))
               : EPERM;
}

static int find_host(void)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int why = getaddrinfo("localhost", "25", &hints, &found);

    if (why == 0)
        freeaddrinfo(found);
    return why ? EHOSTUNREACH : 0;
}

/* As of one that was accepted from somebody: cut off, and connected anew. */
static int connect_what_is_open(void)
{
    return connect_file(scene->listening, scene->port);
}

static int open_datagrams(void)
{
    return said(socket(AF_INET, SOCK_DGRAM, 0));
}
static int open_raw(void)
{
    return said(socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
}
static int open_netlink(void)
{
    return said(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int connect_at(int type, const char *name)
{
    g_autofree char *path = in_others(name);
    struct sockaddr_un address = local(path);
    int file = socket(AF_UNIX, type, 0);

    return file < 0 ? errno : said(connect(file, (struct sockaddr *)&address, sizeof address));
}

static int connect_locally(void)
{
    return connect_at(SOCK_STREAM, "stream");
}
static int connect_to_log(void)
{
    return connect_at(SOCK_DGRAM, "log");
}

static int connect_abstractly(void)
{
    struct sockaddr_un address = abstract_address();
    int file = socket(AF_UNIX, SOCK_STREAM, 0);

    return file < 0 ? errno : said(connect(file, (struct sockaddr *)&address, sizeof address));
}

static int bind_port(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET};
    int file = socket(AF_INET, SOCK_STREAM, 0);

    return file < 0 ? errno : said(bind(file, (const struct sockaddr *)&address, sizeof address));
}

static int listen_again(void)
{
    return said(listen(scene->listening, 8));
}

/* The machine -------------------------------------------------------------------------------------
 */

static int mount_something(void)
{
    return said(mount("none", "/mnt", "tmpfs", 0, NULL));
}
static int change_root(void)
{
    return said(chroot("/"));
}
static int become_another(void)
{
    return said(setuid(getuid()));
}
static int set_groups(void)
{
    return said(syscall(SYS_setgroups, 0, NULL));
}
static int make_ring(void)
{
    return said(syscall(SYS_io_uring_setup, 1, NULL));
}
static int load_bpf(void)
{
    return said(syscall(SYS_bpf, 0, NULL, 0));
}
static int take_key(void)
{
    return said(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
}
static int open_counter(void)
{
    return said(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
}
static int handle_faults(void)
{
    return said(syscall(SYS_userfaultfd, 0));
}
static int load_module(void)
{
    return said(syscall(SYS_init_module, NULL, 0, ""));
}
static int change_personality(void)
{
    return said(syscall(SYS_personality, 0x0040000));
}
static int set_clock(void)
{
    return said(syscall(SYS_settimeofday, NULL, NULL));
}
static int type_at_terminal(void)
{
    return said(ioctl(scene->listening, TIOCSTI, "x"));
}
static int read_kernel_log(void)
{
    return said(syscall(SYS_syslog, 3, NULL, 0));
}

/* What processes are for --------------------------------------------------------------------------
 */

static int keep_file_in(const char *name)
{
    g_autofree char *path = in_own(name);
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    int file = open(beside, O_RDWR | O_CREAT | O_EXCL, 0600);

    if (file < 0 || write(file, "x", 1) != 1 || ftruncate(file, 0) != 0 || fdatasync(file) != 0 ||
        flock(file, LOCK_EX) != 0 || rename(beside, path) != 0 || unlink(path) != 0)
        return errno;
    return said(close(file));
}

static int keep_record(void)
{
    return keep_file_in("record/kept");
}
static int keep_spool(void)
{
    return keep_file_in("spool/kept");
}

static int spool_without_name(void)
{
    g_autofree char *path = in_own("spool");

    return try_open(path, O_TMPFILE | O_RDWR);
}

static int read_settings(void)
{
    g_autofree char *path = in_own("schoolgate.conf");

    return try_open(path, O_RDONLY);
}

static int read_time_zone(void)
{
    return try_open("/usr/share/zoneinfo/Europe/London", O_RDONLY);
}
static int read_library(void)
{
    return try_open("/usr/lib", O_RDONLY | O_DIRECTORY);
}
static void *nothing(void *data)
{
    return data;
}

static int start_thread(void)
{
    pthread_t thread;
    int why = pthread_create(&thread, NULL, nothing, NULL);

    return why ? why : pthread_join(thread, NULL);
}

static int make_code(void)
{
    void *code =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return code == MAP_FAILED ? errno : 0;
}

static int accept_somebody(void)
{
    /* Nobody comes: that this is the answer shows that one may ask. */
    fcntl(scene->listening, F_SETFL, O_NONBLOCK);
    return accept(scene->listening, NULL, NULL) < 0 && errno != EAGAIN ? errno : 0;
}

static int talk_to_itself(void)
{
    int ends[2];
    int memory = memfd_create("attachment", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (memory < 0 || fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE) != 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
        return errno;
    return send(ends[0], "x", 1, 0) == 1 && recv(ends[1], &memory, 1, 0) == 1 ? 0 : EIO;
}

/* Tables ------------------------------------------------------------------------------------------
 */

#define TRY(name)                                                                                  \
    {                                                                                              \
#name, name                                                                                \
    }

/* For every process that serves. */
static const Try never[] = {
    TRY(read_passwords),     TRY(read_shadow),
    TRY(read_others),        TRY(write_others),
    TRY(make_in_others),     TRY(make_in_tmp),
    TRY(list_others),        TRY(remove_others),
    TRY(truncate_others),    TRY(change_mode_of_others),
    TRY(link_others_in),     TRY(read_by_symlink),
    TRY(make_device),        TRY(write_settings),
    TRY(open_by_handle),     TRY(run_program),
    TRY(run_from_memory),    TRY(make_user_space),
    TRY(read_neighbour),     TRY(open_neighbour),
    TRY(signal_by_owner),    TRY(open_raw),
    TRY(open_netlink),       TRY(connect_locally),
    TRY(connect_abstractly), TRY(bind_port),
    TRY(listen_again),       TRY(mount_something),
    TRY(change_root),        TRY(become_another),
    TRY(set_groups),         TRY(make_ring),
    TRY(load_bpf),           TRY(take_key),
    TRY(open_counter),       TRY(handle_faults),
    TRY(load_module),        TRY(set_clock),
    TRY(type_at_terminal),   TRY(read_kernel_log),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* which need these */
    TRY(clone_user_space),   TRY(read_neighbours_memory),
    TRY(start_process),      TRY(trace_neighbour),
    TRY(kill_neighbour),     TRY(kill_neighbours_thread),
    TRY(change_personality),
#endif
};

/* And for those that call nobody. */
static const Try never_outwards[] = {TRY(connect_out), TRY(connect_what_is_open),
                                     TRY(open_datagrams)};
