/* sender_command.c - hands mail to the sendmail command, Postfix's or Sendmail's: by a process that
 * may run it, or from here */
#include "schoolgate/pulse.h"
#include "schoolgate/sender.h"

#include "errand.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "schoolgate/durable.h"

/* How long whoever runs the command may take to end it. */
#define ENDING_MS (10 * 1000)

typedef struct Way {
    char *command;
    int errands; /* -1: it is run from here */
} Way;

static gpointer open_command(const SgCourierSettings *settings, int errands, int stop)
{
    Way *way = g_new0(Way, 1);

    (void)stop; /* what the command was given is not taken back */
    *way = (Way){.command = g_strdup(settings->command), .errands = errands};
    return way;
}

static void close_command(gpointer data)
{
    Way *way = data;

    g_free(way->command);
    g_free(way);
}

/* What is handed over
 * ----------------------------------------------------------------------------
 */

static gboolean is_eight_bit(GBytes *bytes)
{
    gsize size = 0;
    const guint8 *at = g_bytes_get_data(bytes, &size);

    for (gsize i = 0; i < size; i++)
        if (at[i] & 0x80)
            return TRUE;
    return FALSE;
}

/* A file that is in memory only, rather than a pipe: should we die while it is read, whoever reads
 * has the whole or none, not a beginning that looks whole. */
static int file_of(GBytes *bytes, const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    gsize size = 0;
    const void *at = g_bytes_get_data(bytes, &size);

    if (fd >= 0 && (!sg_write_all(fd, at, size) || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static GBytes *addresses_of(const SgMail *mail)
{
    GByteArray *out = g_byte_array_new();

    g_byte_array_append(out, (const guint8 *)mail->from, (guint)strlen(mail->from) + 1);
    for (char **to = mail->to; *to; to++)
        g_byte_array_append(out, (const guint8 *)*to, (guint)strlen(*to) + 1);
    return g_byte_array_free_to_bytes(out);
}

/* What came of it
 * --------------------------------------------------------------------------------
 */

/* Codes by which a mail server says that it will never take this message, or never for one of these
 * recipients; see sysexits.h. All others may mean that something is wrong with the server. */
static SgHandedHow how_of(const SgCommandEnd *end)
{
    if (end->cut_short || !WIFEXITED(end->status))
        return SG_HANDED_LATER;
    switch (WEXITSTATUS(end->status)) {
    case EX_OK:
        return SG_HANDED_OVER;
    case EX_USAGE:
    case EX_DATAERR:
    case EX_NOUSER:
    case EX_NOHOST:
    case EX_UNAVAILABLE:
        return SG_HANDED_REFUSED;
    default:
        return SG_HANDED_LATER;
    }
}

static char *words_of(const SgCommandEnd *end)
{
    g_autofree char *words = sg_handed_words(end->said, end->said_size);

    if (end->cut_short)
        return g_strdup_printf("the command took longer than %u s%s%s", sg_sender_patience,
                               *words ? ": " : "", words);
    if (*words)
        return g_steal_pointer(&words);
    if (WIFSIGNALED(end->status))
        return g_strdup_printf("the command was killed by signal %d", WTERMSIG(end->status));
    return WEXITSTATUS(end->status) == EX_OK
               ? g_strdup("taken")
               : g_strdup_printf("the command ended with exit code %d", WEXITSTATUS(end->status));
}

static SgHanded cannot(const char *what, int number)
{
    return (SgHanded){SG_HANDED_LATER, g_strdup_printf("cannot %s: %s", what, g_strerror(number))};
}

static SgHanded handed_by(const SgCommandEnd *end)
{
    if (end->failed)
        return cannot("start the command", end->failed);
    return (SgHanded){how_of(end), words_of(end)};
}

/* Two ways ----------------------------------------------------------------------------------------
 */

static SgHanded run_here(const Way *way, const SgErrandRequest *request, int message,
                         GBytes *addresses)
{
    gsize size = 0;
    const char *at = g_bytes_get_data(addresses, &size);
    g_autofree char **words = sg_errand_words(way->command, request, at, size);
    const SgCommand command = {
        .words = words,
        .message = message,
        .wanted = -1,
        .until = g_get_monotonic_time() + (gint64)sg_sender_patience * G_USEC_PER_SEC,
    };
    SgCommandEnd end = {.failed = EINVAL};

    if (words)
        sg_command_run(&command, &end);
    return handed_by(&end);
}

/* FALSE when there is no answer in time, or none will come. */
static gboolean hear(int answer, gint64 milliseconds, SgCommandEnd *end)
{
    gint64 until = g_get_monotonic_time() + milliseconds * 1000;
    struct pollfd file = {.fd = answer, .events = POLLIN};

    for (;;) {
        gint64 left = (until - g_get_monotonic_time()) / 1000;
        int ready = left > 0 ? poll(&file, 1, (int)MIN(left, SG_PULSE_EVERY_MS)) : 0;

        sg_pulse_beat();
        if ((ready < 0 && errno == EINTR) || (ready == 0 && left > 0))
            continue;
        return ready > 0 && recv(answer, end, sizeof *end, 0) == (ssize_t)sizeof *end &&
               end->said_size <= sizeof end->said;
    }
}

/* Once it has taken too long, closing our half says that it is to be ended. Should even that not be
 * answered, it is unwanted as soon as our end is closed. */
static SgHanded await_answer(int answer)
{
    SgCommandEnd end;
    struct pollfd file = {.fd = answer, .events = POLLIN};

    if (hear(answer, (gint64)sg_sender_patience * 1000, &end))
        return handed_by(&end);
    if (poll(&file, 1, 0) == 0 && shutdown(answer, SHUT_WR) == 0 && hear(answer, ENDING_MS, &end))
        return handed_by(&end);
    return (SgHanded){SG_HANDED_LATER,
                      g_strdup("what runs the command has died, or does not answer")};
}

static SgHanded have_it_run(const Way *way, const SgErrandRequest *request, int message,
                            GBytes *addresses)
{
    int ends[2];
    int files[SG_ERRAND_FILES] = {[SG_ERRAND_MESSAGE] = message};
    SgHanded handed;
    gboolean asked;
    int number;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return cannot("ask what runs the command", errno);
    files[SG_ERRAND_ANSWER] = ends[1];
    files[SG_ERRAND_ADDRESSES] = file_of(addresses, "addresses");
    asked = files[SG_ERRAND_ADDRESSES] >= 0 && sg_errand_send(way->errands, request, files);
    number = errno;
    close(ends[1]);
    if (files[SG_ERRAND_ADDRESSES] >= 0)
        close(files[SG_ERRAND_ADDRESSES]);
    handed = asked ? await_answer(ends[0]) : cannot("ask what runs the command", number);
    close(ends[0]);
    return handed;
}

static SgHanded send_by_command(gpointer data, const SgMail *mail)
{
    const Way *way = data;
    g_autoptr(GBytes) bytes = sg_mail_with_lines(mail, "\n");
    g_autoptr(GBytes) addresses = addresses_of(mail);
    const SgErrandRequest request = {.eight_bit = is_eight_bit(bytes) ? 1 : 0};
    SgHanded handed;
    int message;

    if (access(way->command, X_OK) != 0)
        return (SgHanded){SG_HANDED_LATER,
                          g_strdup_printf("cannot run '%s': %s", way->command, g_strerror(errno))};
    message = file_of(bytes, "message");
    if (message < 0)
        return cannot("keep the message in memory", errno);
    handed = way->errands >= 0 ? have_it_run(way, &request, message, addresses)
                               : run_here(way, &request, message, addresses);
    close(message);
    return handed;
}

const SgSendingWay sg_sending_by_command = {open_command, send_by_command, close_command};
