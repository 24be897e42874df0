/* errand_words.c - what an errand is asked for by, and the words of the command that come of it */
#include "errand.h"

#include "schoolgate/sender.h"

#include <string.h>

gboolean sg_errand_send(int socket, const SgErrandRequest *request,
                        const int files[SG_ERRAND_FILES])
{
    struct iovec bytes = {(void *)request, sizeof *request};
    SgErrandControl control = {.room = {0}};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * SG_ERRAND_FILES);
    memcpy(CMSG_DATA(header), files, sizeof(int) * SG_ERRAND_FILES);
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof *request;
}

/* -i: a dot alone ends nothing. Behind "--" no address is an option. */
char **sg_errand_words(const char *command, const SgErrandRequest *request, const char *addresses,
                       gsize size)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *end = addresses + size, *from = addresses;

    if (size == 0 || end[-1] != '\0' || !sg_sender_may_name(from))
        return NULL;
    g_ptr_array_add(words, (char *)command);
    g_ptr_array_add(words, (char *)"-i");
    if (request->eight_bit)
        g_ptr_array_add(words, (char *)"-B8BITMIME");
    g_ptr_array_add(words, (char *)"-f");
    g_ptr_array_add(words, *from ? (char *)from : (char *)"<>");
    g_ptr_array_add(words, (char *)"--");
    if (from + strlen(from) + 1 == end)
        return NULL;
    for (const char *to = from + strlen(from) + 1; to < end; to += strlen(to) + 1) {
        if (*to == '\0' || !sg_sender_may_name(to))
            return NULL;
        g_ptr_array_add(words, (char *)to);
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}
