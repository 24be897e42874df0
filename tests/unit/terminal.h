/* terminal.h - a person at a terminal: runs the command line behind one, reads what it shows, types
 *
 * The child is made by fork, so that a test that uses this must not have started threads. */
#pragma once

#include "schoolgate/desk.h"
#include "support.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define TERMINAL_PATIENCE 30000 /* milliseconds */

typedef struct Terminal {
    int screen;
    pid_t child;
    GString *shown; /* all of it */
    gsize read;     /* how much of it terminal_wait() has gone by */
} Terminal;

/* `words` is NULL-terminated, the program's own name first. */
G_GNUC_UNUSED static void terminal_start(Terminal *terminal, const char *const *words)
{
    terminal->shown = g_string_new(NULL);
    terminal->read = 0;
    fflush(NULL);
    terminal->child = forkpty(&terminal->screen, NULL, NULL, NULL);
    g_assert_cmpint(terminal->child, >=, 0);
    if (terminal->child == 0)
        _exit(sg_desk_main((int)g_strv_length((char **)words), (char **)words));
}

/* FALSE when nothing more will come. */
static gboolean terminal_hear(Terminal *terminal)
{
    struct pollfd ready = {terminal->screen, POLLIN, 0};
    char text[4096];
    ssize_t n;

    if (poll(&ready, 1, TERMINAL_PATIENCE) <= 0)
        g_error("nothing more is shown after: %s", terminal->shown->str);
    n = read(terminal->screen, text, sizeof text);
    if (n > 0)
        g_string_append_len(terminal->shown, text, n);
    return n > 0;
}

/* Waits until `words` are shown, behind what was waited for before. */
G_GNUC_UNUSED static void terminal_wait(Terminal *terminal, const char *words)
{
    const char *at;

    while (!(at = strstr(terminal->shown->str + terminal->read, words)))
        if (!terminal_hear(terminal))
            g_error("it ended without '%s': %s", words, terminal->shown->str);
    terminal->read = (gsize)(at - terminal->shown->str) + strlen(words);
}

G_GNUC_UNUSED static void terminal_type(Terminal *terminal, const char *keys)
{
    g_assert_cmpint(write(terminal->screen, keys, strlen(keys)), ==, strlen(keys));
}

/* Waits for the end; returns the exit code, as a shell tells it. What was shown stays in `shown`.
 */
G_GNUC_UNUSED static int terminal_end(Terminal *terminal)
{
    int status = 0;

    while (terminal_hear(terminal))
        ;
    close(terminal->screen);
    g_assert_cmpint(waitpid(terminal->child, &status, 0), ==, terminal->child);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
