/* confined_scene.h - the world around a confined process, and attempts made from inside it: each in
 * a new process that has confined itself as the real one does
 *
 * They run as root where the tests do: so that what refuses is the wall and not a file's mode. */
#pragma once

#include "support.h"

#include "schoolgate/confine.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif

/* The world around a process: its folders in one, somebody else's in another; somebody to listen
 * in all ways there are, and a neighbour to be harmed. */
typedef struct Scene {
    char *own;    /* with record/, spool/ and a configuration */
    char *others; /* with secret.txt */
    guint16 port;
    int listening;
    int stream; /* listens at others/stream */
    int log;    /* a datagram socket at others/log */
    int abstract;
    pid_t neighbour;
} Scene;

static const Scene *scene; /* of the test that runs */

/* 0 when it could be done; else errno. */
typedef int (*Attempt)(void);

typedef struct Try {
    const char *what;
    Attempt attempt;
} Try;

static int said(long result)
{
    return result < 0 ? errno : 0;
}

static char *in_own(const char *name)
{
    return g_build_filename(scene->own, name, NULL);
}

static char *in_others(const char *name)
{
    return g_build_filename(scene->others, name, NULL);
}

static struct sockaddr_un local(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    return address;
}

static int listener(int type, const struct sockaddr *address, socklen_t size)
{
    int file = socket(address->sa_family, type, 0);

    g_assert_cmpint(bind(file, address, size), ==, 0);
    if (type == SOCK_STREAM)
        g_assert_cmpint(listen(file, 8), ==, 0);
    return file;
}

static int local_listener(int type, const char *name)
{
    g_autofree char *path = in_others(name);
    struct sockaddr_un address = local(path);

    return listener(type, (struct sockaddr *)&address, sizeof address);
}

static struct sockaddr_un abstract_address(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    g_snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "schoolgate-test-%d",
               scene->neighbour);
    return address;
}

static pid_t start_neighbour(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    return pid;
}

G_GNUC_UNUSED static void scene_open(Scene *set, const char *settings)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un abstract;
    socklen_t size = sizeof any;

    *set = (Scene){.own = support_folder(), .others = support_folder()};
    scene = set;
    set->neighbour = start_neighbour();
    g_free(support_file(set->others, "secret.txt", "secret"));
    g_free(support_file(set->own, "schoolgate.conf", settings));
    g_autofree char *record = in_own("record");
    g_autofree char *spool = in_own("spool");
    g_assert_cmpint(mkdir(record, 0700) | mkdir(spool, 0700), ==, 0);
    set->listening = listener(SOCK_STREAM, (struct sockaddr *)&any, sizeof any);
    getsockname(set->listening, (struct sockaddr *)&any, &size);
    set->port = ntohs(any.sin_port);
    set->stream = local_listener(SOCK_STREAM, "stream");
    set->log = local_listener(SOCK_DGRAM, "log");
    abstract = abstract_address();
    set->abstract = listener(SOCK_STREAM, (struct sockaddr *)&abstract, sizeof abstract);
}

G_GNUC_UNUSED static void scene_close(Scene *set)
{
    kill(set->neighbour, SIGKILL);
    waitpid(set->neighbour, NULL, 0);
    close(set->listening);
    close(set->stream);
    close(set->log);
    close(set->abstract);
    support_folder_remove(set->own);
    support_folder_remove(set->others);
    g_free(set->own);
    g_free(set->others);
}

/* The exit status of a process that was confined by `confine` and made the attempt. */
static int from_inside(void (*confine)(void), Attempt attempt)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        confine();
        _exit(attempt());
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return status;
}

G_GNUC_UNUSED static void assert_refused(void (*confine)(void), const Try *tries, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        int status = from_inside(confine, tries[i].attempt);

        g_test_message("%s: status %#x", tries[i].what, (guint)status);
        if (WIFSIGNALED(status))
            g_error("%s: killed by signal %d", tries[i].what, WTERMSIG(status));
        if (WEXITSTATUS(status) == 0)
            g_error("%s: could be done", tries[i].what);
        if (WEXITSTATUS(status) != EPERM && WEXITSTATUS(status) != EACCES &&
            WEXITSTATUS(status) != ENOSYS && WEXITSTATUS(status) != EXDEV)
            g_error("%s: failed, but was not refused: %s", tries[i].what,
                    g_strerror(WEXITSTATUS(status)));
    }
}

G_GNUC_UNUSED static void assert_works(void (*confine)(void), const Try *tries, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        int status = from_inside(confine, tries[i].attempt);

        g_test_message("%s: status %#x", tries[i].what, (guint)status);
        if (status != 0)
            g_error("%s: %s", tries[i].what,
                    WIFSIGNALED(status) ? "killed" : g_strerror(WEXITSTATUS(status)));
    }
}
