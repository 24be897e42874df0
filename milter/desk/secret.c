/* secret.c - see secret.h */
#include "secret.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "options.h"

#define LINE_MOST 1024

void sg_desk_secret_free(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* The terminal as it was, and what was to be done by whoever interrupts us. */
static struct termios before;
static struct sigaction old[G_N_ELEMENTS(deadly)];

/* Comes again, and meets what was there before us, once this returns. */
static void restore_and_die(int number)
{
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    for (guint i = 0; i < G_N_ELEMENTS(deadly); i++)
        sigaction(deadly[i], &old[i], NULL);
    raise(number);
}

/* Signals first: between the two nobody is left with a terminal that shows nothing. */
static gboolean hide_typing(void)
{
    const struct sigaction restore = {.sa_handler = restore_and_die};
    struct termios silent;

    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(deadly); i++)
        sigaction(deadly[i], &restore, &old[i]);
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    silent.c_lflag |= ECHONL;
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
}

static void show_typing(void)
{
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    for (guint i = 0; i < G_N_ELEMENTS(deadly); i++)
        sigaction(deadly[i], &old[i], NULL);
}

/* One byte at a time: what stands behind the line is another's. Returns what is wrong, or NULL. */
static const char *read_line(char line[LINE_MOST])
{
    gsize n = 0;
    char c = '\0';
    ssize_t got;

    while ((got = read(STDIN_FILENO, &c, 1)) == 1 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        if (c == '\n')
            break;
        if (c == '\0')
            return "there is a NUL in it";
        if (n == LINE_MOST - 1)
            return "the line is too long";
        line[n++] = c;
    }
    line[n] = '\0';
    if (got < 0)
        return g_strerror(errno);
    return n == 0 ? "none was given" : NULL;
}

/* Takes what was read to the heap, and leaves none of it behind. */
static char *take_line(void)
{
    char line[LINE_MOST] = "";
    const char *wrong = read_line(line);
    char *own = wrong ? NULL : g_strdup(line);

    explicit_bzero(line, sizeof line);
    if (wrong)
        sg_complain("cannot read the password: %s", wrong);
    return own;
}

static char *ask_once(const char *prompt)
{
    fputs(prompt, stderr);
    fflush(stderr);
    return take_line();
}

static char *ask_twice(const char *whose)
{
    g_autofree char *prompt =
        g_strdup_printf("New password for %s (at least 12 characters): ", whose);
    char *first = ask_once(prompt);
    char *second = first ? ask_once("The same again: ") : NULL;
    gboolean same = second && strcmp(first, second) == 0;

    if (second && !same)
        sg_complain("the two passwords differ; nothing was changed");
    sg_desk_secret_free(second);
    if (same)
        return first;
    sg_desk_secret_free(first);
    return NULL;
}

static char *ask_hidden(char *(*ask)(const char *words), const char *words)
{
    char *secret;

    if (!isatty(STDIN_FILENO))
        return take_line();
    if (!hide_typing()) {
        sg_complain("cannot hide what is typed: %s", g_strerror(errno));
        return NULL;
    }
    secret = ask(words);
    show_typing();
    return secret;
}

char *sg_desk_ask_password(const char *whose)
{
    return ask_hidden(ask_twice, whose);
}

char *sg_desk_ask_secret(const char *prompt)
{
    return ask_hidden(ask_once, prompt);
}
