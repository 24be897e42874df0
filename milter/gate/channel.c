/* channel.c - sends and receives one-byte packets between parent and gate. */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

gboolean sg_channel_open(int ends[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

gboolean sg_channel_say(int end, SgWord word)
{
    char byte = (char)word;
    ssize_t sent;

    do
        sent = send(end, &byte, 1, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == 1;
}

SgWord sg_channel_hear(int end)
{
    char byte;
    ssize_t got;

    do
        got = recv(end, &byte, 1, 0);
    while (got < 0 && errno == EINTR);
    return got == 1 ? (SgWord)byte : SG_WORD_NONE;
}

SgWord sg_channel_hear_for(int end, gint64 seconds)
{
    struct pollfd file = {.fd = end, .events = POLLIN};
    int ready;

    do
        ready = poll(&file, 1, (int)(seconds * 1000));
    while (ready < 0 && errno == EINTR);
    return ready == 0 ? SG_WORD_SILENCE : sg_channel_hear(end);
}
