/* milter_client.c - see milter_client.h; the packets are those of libmilter's mfdef.h. */
#include "milter_client.h"

#include <errno.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE   60 /* seconds that an answer may take */
#define CHUNK      60000
#define PACKET_MAX (1024 * 1024)

struct MilterClient {
    int fd;
    guint32 steps; /* SMFIP_*, as agreed */
    GByteArray *out;
    GByteArray *in; /* the packet read last: its command, then its data */
    gboolean broken;
};

const char *const milter_outcome_names[] = {"accepted", "marked",    "refused",
                                            "deferred", "discarded", "lost"};

static int connected(const char *path, int seconds)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = seconds};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static void put_number(GByteArray *out, guint32 number)
{
    guint32 bytes = GUINT32_TO_BE(number);

    g_byte_array_append(out, (const guint8 *)&bytes, sizeof bytes);
}

static void put_packet(MilterClient *client, char command, const void *data, gsize len)
{
    put_number(client->out, (guint32)len + 1);
    g_byte_array_append(client->out, (const guint8 *)&command, 1);
    g_byte_array_append(client->out, data, (guint)len);
}

/* Strings, each with its NUL; the list ends with NULL. */
static void put_strings(MilterClient *client, char command, const char *lead, ...)
{
    g_autoptr(GByteArray) data = g_byte_array_new();
    va_list strings;

    g_byte_array_append(data, (const guint8 *)lead, (guint)strlen(lead));
    va_start(strings, lead);
    for (const char *s; (s = va_arg(strings, const char *));)
        g_byte_array_append(data, (const guint8 *)s, (guint)strlen(s) + 1);
    va_end(strings);
    put_packet(client, command, data->data, data->len);
}

static gboolean flush(MilterClient *client)
{
    for (gsize done = 0; !client->broken && done < client->out->len;) {
        gssize n =
            send(client->fd, client->out->data + done, client->out->len - done, MSG_NOSIGNAL);

        if (n <= 0)
            client->broken = TRUE;
        else
            done += (gsize)n;
    }
    g_byte_array_set_size(client->out, 0);
    return !client->broken;
}

static gboolean read_bytes(MilterClient *client, void *into, gsize len)
{
    for (gsize done = 0; !client->broken && done < len;) {
        gssize n = recv(client->fd, (char *)into + done, len - done, 0);

        if (n <= 0)
            client->broken = TRUE;
        else
            done += (gsize)n;
    }
    return !client->broken;
}

/* The command of the next packet; '\0' on a broken connection. */
static char read_packet(MilterClient *client)
{
    guint32 len = 0;

    if (!read_bytes(client, &len, sizeof len))
        return '\0';
    len = GUINT32_FROM_BE(len);
    if (len == 0 || len > PACKET_MAX) {
        client->broken = TRUE;
        return '\0';
    }
    g_byte_array_set_size(client->in, len);
    return read_bytes(client, client->in->data, len) ? (char)client->in->data[0] : '\0';
}

static gboolean negotiate(MilterClient *client)
{
    g_autoptr(GByteArray) offer = g_byte_array_new();
    guint32 numbers[3];

    put_number(offer, SMFI_PROT_VERSION);
    put_number(offer, SMFI_CURR_ACTS);
    put_number(offer, SMFI_CURR_PROT);
    put_packet(client, SMFIC_OPTNEG, offer->data, offer->len);
    if (!flush(client) || read_packet(client) != SMFIC_OPTNEG ||
        client->in->len < 1 + sizeof numbers)
        return FALSE;
    memcpy(numbers, client->in->data + 1, sizeof numbers);
    client->steps = GUINT32_FROM_BE(numbers[2]);
    return TRUE;
}

/* What comes next, where an answer to the step is agreed on. */
static gboolean goes_on(MilterClient *client, guint32 silent)
{
    if (client->steps & silent)
        return TRUE;
    return flush(client) && read_packet(client) == SMFIR_CONTINUE;
}

MilterClient *milter_client_new(const char *socket)
{
    static const char peer[] = "mail.kingsmead.example\0004\x30\x39"
                               "192.0.2.1";
    MilterClient *client = g_new0(MilterClient, 1);

    client->out = g_byte_array_new();
    client->in = g_byte_array_new();
    client->fd = connected(socket, PATIENCE);
    client->broken = client->fd < 0;
    if (!client->broken && negotiate(client)) {
        put_packet(client, SMFIC_CONNECT, peer, sizeof peer);
        if (goes_on(client, SMFIP_NR_CONN))
            return client;
    }
    milter_client_break(client);
    return NULL;
}

void milter_client_break(MilterClient *client)
{
    if (!client)
        return;
    if (client->fd >= 0)
        close(client->fd);
    g_byte_array_unref(client->out);
    g_byte_array_unref(client->in);
    g_free(client);
}

void milter_client_free(MilterClient *client)
{
    if (client && !client->broken) {
        put_packet(client, SMFIC_QUIT, NULL, 0);
        flush(client);
    }
    milter_client_break(client);
}

static void put_headers(MilterClient *client, const char *headers)
{
    for (const char *line = headers; *line;) {
        gsize len = strcspn(line, "\n"), colon = strcspn(line, ":");
        g_autofree char *name = g_strndup(line, colon);
        g_autofree char *value = g_strndup(line + colon + 1, len - colon - 1);

        put_strings(client, SMFIC_HEADER, "", name, value, NULL);
        line += len + (line[len] ? 1 : 0);
    }
}

/* An answer that ends the message before its end. */
static MilterOutcome early(MilterClient *client)
{
    char command = client->in->len > 0 ? (char)client->in->data[0] : '\0';

    if (client->broken)
        return MILTER_LOST;
    if (command == SMFIR_ACCEPT)
        return MILTER_ACCEPTED;
    return command == SMFIR_REPLYCODE && client->in->data[1] == '5' ? MILTER_REFUSED : MILTER_LOST;
}

static gboolean put_envelope(MilterClient *client, const MilterMail *mail)
{
    g_autofree char *sender = g_strdup_printf("<%s>", mail->sender);
    g_autofree char *recipient = g_strdup_printf("<%s>", mail->recipient);

    if (mail->login)
        put_strings(client, SMFIC_MACRO, "M", "{auth_authen}", mail->login, NULL);
    put_strings(client, SMFIC_MAIL, "", sender, NULL);
    if (!goes_on(client, SMFIP_NR_MAIL))
        return FALSE;
    put_strings(client, SMFIC_RCPT, "", recipient, NULL);
    return goes_on(client, SMFIP_NR_RCPT);
}

static void put_body(MilterClient *client, const char *body, gsize len)
{
    for (gsize at = 0; at < len; at += CHUNK)
        put_packet(client, SMFIC_BODY, body + at, MIN(len - at, CHUNK));
}

static MilterOutcome outcome(MilterClient *client)
{
    gboolean marked = FALSE;

    for (;;) {
        switch (read_packet(client)) {
        case SMFIR_ADDHEADER:
            marked = TRUE;
            break;
        case SMFIR_CHGHEADER:
        case SMFIR_PROGRESS:
            break;
        case SMFIR_ACCEPT:
        case SMFIR_CONTINUE:
            return marked ? MILTER_MARKED : MILTER_ACCEPTED;
        case SMFIR_DISCARD:
            return MILTER_DISCARDED;
        case SMFIR_TEMPFAIL:
            return MILTER_DEFERRED;
        case SMFIR_REJECT:
            return MILTER_REFUSED;
        case SMFIR_REPLYCODE:
            return client->in->data[1] == '5' ? MILTER_REFUSED : MILTER_DEFERRED;
        default:
            client->broken = TRUE;
            return MILTER_LOST;
        }
    }
}

MilterOutcome milter_client_send(MilterClient *client, const MilterMail *mail)
{
    if (!put_envelope(client, mail))
        return early(client);
    put_headers(client, mail->headers);
    put_body(client, mail->body, strlen(mail->body));
    put_strings(client, SMFIC_MACRO, "E", "i", mail->queue_id, NULL);
    put_packet(client, SMFIC_BODYEOB, NULL, 0);
    return flush(client) ? outcome(client) : MILTER_LOST;
}

gboolean milter_client_begin(MilterClient *client, const MilterMail *mail)
{
    if (!put_envelope(client, mail))
        return FALSE;
    put_headers(client, mail->headers);
    put_body(client, mail->body, strlen(mail->body) / 2);
    return flush(client);
}

gboolean milter_client_abort(MilterClient *client)
{
    put_packet(client, SMFIC_ABORT, NULL, 0);
    return flush(client);
}

gboolean milter_client_garbage(const char *socket, GRand *chance)
{
    guint8 bytes[512];
    int fd = connected(socket, 10);
    gssize n;

    if (fd < 0)
        return FALSE;
    for (gsize i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8)g_rand_int_range(chance, 0, 256);
    /* Sometimes a packet that begins well. */
    if (g_rand_boolean(chance))
        memcpy(bytes, "\0\0\0\x0dO\0\0\0\x06\0\0\1\xff\0\x1f\xff\xff", 17);
    if (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
        shutdown(fd, SHUT_WR);
    do
        n = recv(fd, bytes, sizeof bytes, 0);
    while (n > 0);
    close(fd);
    return n == 0 || errno == ECONNRESET;
}
