/* errand.h - what is said between who asks for an errand and who runs it; see schoolgate/errand.h
 *
 * A request is one packet of SgErrandRequest with three open files. The answer to it is one packet
 * of SgCommandEnd on the last of them; none comes when the errand was lost. */
#pragma once

#include "command.h"
#include "schoolgate/errand.h"

#include <sys/socket.h>

typedef struct SgErrandRequest {
    guint32 eight_bit; /* the message has bytes beyond ASCII */
} SgErrandRequest;

enum { SG_ERRAND_MESSAGE, SG_ERRAND_ADDRESSES, SG_ERRAND_ANSWER, SG_ERRAND_FILES };

/* Room for these files beside a packet. */
typedef union SgErrandControl {
    char room[CMSG_SPACE(sizeof(int) * SG_ERRAND_FILES)];
    struct cmsghdr aligned;
} SgErrandControl;

#define SG_ERRAND_ADDRESSES_MOST (1 << 20)

/* The files stay the caller's. */
gboolean sg_errand_send(int socket, const SgErrandRequest *request,
                        const int files[SG_ERRAND_FILES]);

/* The words by which `command` is run: what is in `addresses`, sender and recipients, each ended by
 * a NUL, and nothing that could be anything else. NULL when they are not fit. The strings are those
 * of `command` and `addresses`; free the list with g_free(). */
char **sg_errand_words(const char *command, const SgErrandRequest *request, const char *addresses,
                       gsize size);
