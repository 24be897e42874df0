/* extract_helper.h - an extractor whose readers are hostile files made flesh: each does at once
 * what an exploited reader would. A file's contents say what is done with it. */
#pragma once

#include "../../milter/extract/client.h"
#include "support.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const SgExtractLimits plenty = {2000, 64 << 20, 5, 10, 512 << 20};

static void say(SgReading *reading, const char *text)
{
    sg_reading_add(reading, SG_PIECE_TEXT, "said", sg_span(text));
}

/* What was tried, and what errno answered. */
static void report(SgReading *reading, const char *what, gboolean managed)
{
    g_autofree char *line = g_strdup_printf("%s: %s", what, managed ? "DONE" : strerror(errno));

    say(reading, line);
}

static void try_files(SgReading *reading)
{
    struct stat status;

    report(reading, "open", open("/etc/passwd", O_RDONLY) >= 0);
    report(reading, "create", open("/tmp/schoolgate-escape", O_CREAT | O_WRONLY, 0600) >= 0);
    report(reading, "stat", stat("/etc/passwd", &status) == 0);
    report(reading, "opendir", opendir("/") != NULL);
    report(reading, "memfd", memfd_create("x", 0) >= 0);
    report(reading, "unlink", unlink("/tmp/schoolgate-nothing") == 0);
    report(reading, "handle", syscall(SYS_open_by_handle_at, 3, NULL, 0) >= 0);
}

static void try_network(SgReading *reading)
{
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons(25)};

    report(reading, "socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
    report(reading, "unix socket", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    report(reading, "connect", connect(4, (struct sockaddr *)&where, sizeof where) == 0);
    report(reading, "sendto", sendto(4, "x", 1, 0, (struct sockaddr *)&where, sizeof where) >= 0);
}

static void try_processes(SgReading *reading)
{
    char *const argv[] = {"sh", NULL};

    report(reading, "exec", execv("/bin/sh", argv) == 0);
    report(reading, "fork", fork() >= 0);
    report(reading, "vfork", syscall(SYS_vfork) >= 0);
    report(reading, "ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL) >= 0);
    report(reading, "kill", kill(getppid(), SIGKILL) == 0);
    report(reading, "vm", syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0) >= 0);
    report(reading, "run memory",
           mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
               MAP_FAILED);
    report(reading, "setrlimit", setrlimit(RLIMIT_NOFILE, &(struct rlimit){1, 1}) == 0);
    report(reading, "thread", syscall(SYS_clone, CLONE_VM | CLONE_THREAD, 0, 0, 0, 0) >= 0);
    report(reading, "name space", unshare(CLONE_NEWUSER) == 0);
}

/* Which descriptors it finds open. */
static void list_descriptors(SgReading *reading)
{
    g_autoptr(GString) open_ones = g_string_new("open:");

    for (int i = 0; i < 4096; i++)
        if (fcntl(i, F_GETFD) >= 0)
            g_string_append_printf(open_ones, " %d", i);
    say(reading, open_ones->str);
}

static void eat_memory(void)
{
    for (;;) {
        char *room = malloc(1 << 20);
        if (!room)
            abort();
        memset(room, 1, 1 << 20);
    }
}

static guint64 overflow_stack(guint64 depth)
{
    volatile char here[4096];

    here[0] = (char)depth;
    return depth == G_MAXUINT64 ? 0 : overflow_stack(depth + 1) + (guint64)here[0];
}

static void answer_without_end(SgReading *reading)
{
    static char block[1 << 16];

    memset(block, 'a', sizeof block);
    while (sg_reading_add(reading, SG_PIECE_TEXT, "much", (SgSpan){block, sizeof block}))
        continue;
}

/* Writes past the readers' own functions, as code that has taken the child over would. */
static void write_nonsense(const char *how)
{
    char bytes[512];

    memset(bytes, strcmp(how, "ones") == 0 ? 0xff : 0, sizeof bytes);
    while (write(4, bytes, sizeof bytes) > 0)
        continue;
}

static char *volatile nowhere = NULL;

/* The file's contents say what its reader is to do. */
static void act(SgReading *reading, SgSpan bytes, const char *name, const char *type, guint depth)
{
    g_autofree char *what = sg_span_dup(bytes);

    (void)type;
    (void)depth;
    if (g_str_has_prefix(what, "echo"))
        sg_reading_add(reading, SG_PIECE_TEXT, name, bytes);
    else if (strcmp(what, "files") == 0)
        try_files(reading);
    else if (strcmp(what, "network") == 0)
        try_network(reading);
    else if (strcmp(what, "processes") == 0)
        try_processes(reading);
    else if (strcmp(what, "descriptors") == 0)
        list_descriptors(reading);
    else if (strcmp(what, "crash") == 0 || strcmp(what, "say and crash") == 0) {
        if (*what == 's')
            say(reading, "heard before");
        raise(SIGSEGV); /* not allowed: does nothing */
        *(volatile char *)nowhere = 1;
    } else if (strcmp(what, "overflow") == 0)
        say(reading, overflow_stack(0) ? "?" : "!");
    else if (strcmp(what, "exit") == 0)
        _exit(9);
    else if (strcmp(what, "hang") == 0 || strcmp(what, "say and hang") == 0) {
        if (*what == 's')
            say(reading, "heard before");
        for (volatile guint i = 0;; i++)
            continue;
    } else if (strcmp(what, "sleep") == 0)
        sleep(1000);
    else if (strcmp(what, "eat") == 0)
        eat_memory();
    else if (strcmp(what, "gulp") == 0)
        memset(g_malloc(8ul << 30), 1, 1);
    else if (strcmp(what, "babble") == 0)
        answer_without_end(reading);
    else if (strcmp(what, "zeros") == 0 || strcmp(what, "ones") == 0)
        write_nonsense(what);
    else if (strcmp(what, "bad text") == 0)
        sg_reading_add(reading, SG_PIECE_TEXT, "a\xff", (SgSpan){"x\xff\0y", 4});
    else if (strcmp(what, "fault") == 0)
        sg_reading_fault(reading, "encrypted");
}

typedef struct Helper {
    SgExtractor *extractor;
} Helper;

static void set_up(Helper *helper, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    helper->extractor = sg_extractor_start_with(act, &error);
    g_assert_no_error(error);
}

static void tear_down(Helper *helper, gconstpointer data)
{
    (void)data;
    sg_extractor_stop(helper->extractor);
}

static SgPieces *ask_with(Helper *helper, const char *what, const SgExtractLimits *limits)
{
    g_autoptr(GBytes) bytes = g_bytes_new(what, strlen(what));

    return sg_extractor_read(helper->extractor, bytes, "file.txt", "text/plain", limits, NULL);
}

static SgPieces *ask(Helper *helper, const char *what)
{
    SgPieces *pieces = ask_with(helper, what, &plenty);

    g_assert_nonnull(pieces);
    return pieces;
}

static char *text_of(const SgPieces *pieces, guint index)
{
    const SgPiece *piece;
    gsize len;
    const char *at;

    g_assert_cmpuint(pieces->pieces->len, >, index);
    piece = pieces->pieces->pdata[index];
    at = g_bytes_get_data(piece->bytes, &len);
    return g_strndup(at, len);
}

static void assert_faults(const SgPieces *pieces, const char *expected)
{
    g_autoptr(GString) faults = g_string_new(NULL);

    for (guint i = 0; i < pieces->faults->len; i++)
        g_string_append_printf(faults, "%s%s", i > 0 ? " " : "",
                               (const char *)pieces->faults->pdata[i]);
    g_assert_cmpstr(faults->str, ==, expected);
}

static void assert_still_reads(Helper *helper)
{
    g_autoptr(SgPieces) pieces = ask(helper, "echo");
    g_autofree char *text = text_of(pieces, 0);

    g_assert_cmpstr(text, ==, "echo");
    assert_faults(pieces, "");
}
