/* protocol.c - requests as packets with descriptors, and writing the records of an answer. */
#include "protocol.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for two descriptors, aligned as the kernel wants it. */
typedef union Control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(SgRequestFiles))];
} Control;

gboolean sg_request_send(int socket, const SgRequest *request, SgRequestFiles files)
{
    Control control = {0};
    struct iovec what = {(void *)request, sizeof *request};
    struct msghdr message = {.msg_iov = &what,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    ssize_t sent;

    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof files);
    memcpy(CMSG_DATA(head), &files, sizeof files);
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof *request;
}

static gboolean take_files(struct msghdr *message, SgRequestFiles *files)
{
    struct cmsghdr *head = CMSG_FIRSTHDR(message);

    if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS ||
        head->cmsg_len != CMSG_LEN(sizeof *files))
        return FALSE;
    memcpy(files, CMSG_DATA(head), sizeof *files);
    return TRUE;
}

int sg_request_receive(int socket, SgRequest *request, SgRequestFiles *files)
{
    Control control = {0};
    struct iovec what = {request, sizeof *request};
    struct msghdr message = {.msg_iov = &what,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);

    if (got == 0)
        return 0;
    if (got < 0 || !take_files(&message, files))
        return -1;
    if (got != (ssize_t)sizeof *request) {
        close(files->attachment);
        close(files->reply);
        return -1;
    }
    request->name[SG_HINT_MAX] = '\0';
    request->type[SG_HINT_MAX] = '\0';
    return 1;
}

static gboolean send_packet(int reply, const SgRecordHead *head, SgSpan origin, SgSpan bytes)
{
    const struct iovec parts[] = {{(void *)head, sizeof *head},
                                  {(void *)origin.at, origin.len},
                                  {(void *)bytes.at, bytes.len}};
    ssize_t sent;

    do
        sent = writev(reply, parts, G_N_ELEMENTS(parts));
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

gboolean sg_record_send(int reply, guint32 kind, SgSpan origin, SgSpan bytes)
{
    SgRecordHead head = {kind, (guint32)MIN(origin.len, SG_ORIGIN_MAX), bytes.len};

    origin.len = head.origin;
    do {
        gsize room = SG_RECORD_MAX - sizeof head - origin.len;
        SgSpan now = {bytes.at, MIN(bytes.len, room)};

        if (!send_packet(reply, &head, origin, now))
            return FALSE;
        bytes = (SgSpan){bytes.at + now.len, bytes.len - now.len};
        head = (SgRecordHead){SG_RECORD_MORE, 0, 0};
        origin.len = 0;
    } while (bytes.len > 0);
    return TRUE;
}

gboolean sg_record_send_end(int reply, SgEnding ending)
{
    struct {
        SgRecordHead head;
        guint64 ending;
    } record = {{SG_RECORD_END, 0, sizeof record.ending}, ending};

    return send(reply, &record, sizeof record, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof record;
}
