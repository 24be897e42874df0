/* client.c - the caller's side of the helper: starting it, and asking it. */
#include "client.h"

#include "keeper.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "schoolgate/durable.h"

/* How long an answer may be overdue: the machine may be busy, and a zygote just starting. */
#define GRACE        (5 * G_USEC_PER_SEC)
#define SEND_SECONDS 5

G_DEFINE_QUARK(sg - extract - error - quark, sg_extract_error)

struct SgExtractor {
    int ask;   /* this end and that of the zygotes, of one socket pair for all requests */
    int serve; /* -1 when a keeper has it */
    pid_t keeper;
    SgSandbox *sandbox;
    SgReadFile read;
};

static SgExtractor *extractor_new(SgReadFile read, GError **error)
{
    const struct timeval patience = {.tv_sec = SEND_SECONDS};
    g_autoptr(SgExtractor) extractor = g_new0(SgExtractor, 1);
    int ends[2];

    extractor->ask = extractor->serve = -1;
    extractor->read = read;
    extractor->sandbox = sg_sandbox_new(error);
    if (!extractor->sandbox)
        return NULL;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        g_set_error(error, SG_EXTRACT_ERROR, SG_EXTRACT_ERROR_START,
                    "cannot make a channel to the attachment helper: %s", g_strerror(errno));
        return NULL;
    }
    extractor->ask = ends[0];
    extractor->serve = ends[1];
    setsockopt(extractor->ask, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return g_steal_pointer(&extractor);
}

SgExtractor *sg_extractor_new(GError **error)
{
    return extractor_new(sg_read_file, error);
}

pid_t sg_extractor_fork(const SgExtractor *extractor)
{
    return sg_zygote_fork(extractor->serve, extractor->sandbox, extractor->read);
}

int sg_extractor_file(const SgExtractor *extractor)
{
    return extractor->ask;
}

/* Whether it reads: an empty attachment holds nothing, and asking says whether anybody is there. */
static gboolean answers(SgExtractor *extractor, GError **error)
{
    const SgExtractLimits limits = {1, 1, 1, 5, 64 * 1024 * 1024};
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    g_autoptr(SgPieces) pieces = sg_extractor_read(extractor, nothing, NULL, NULL, &limits, NULL);

    if (!pieces)
        g_set_error_literal(error, SG_EXTRACT_ERROR, SG_EXTRACT_ERROR_START,
                            "cannot start the attachment helper: it does not answer");
    return pieces != NULL;
}

SgExtractor *sg_extractor_start_with(SgReadFile read, GError **error)
{
    g_autoptr(SgExtractor) extractor = extractor_new(read, error);

    if (!extractor)
        return NULL;
    extractor->keeper = sg_keeper_fork(extractor->serve, extractor->sandbox, read);
    if (extractor->keeper < 0) {
        g_set_error(error, SG_EXTRACT_ERROR, SG_EXTRACT_ERROR_START,
                    "cannot start the attachment helper: %s", g_strerror(errno));
        return NULL;
    }
    /* Without this end here, asking fails at once should the keeper ever be gone. */
    close(extractor->serve);
    extractor->serve = -1;
    return answers(extractor, error) ? g_steal_pointer(&extractor) : NULL;
}

SgExtractor *sg_extractor_start(GError **error)
{
    return sg_extractor_start_with(sg_read_file, error);
}

void sg_extractor_stop(SgExtractor *extractor)
{
    if (!extractor)
        return;
    if (extractor->ask >= 0)
        close(extractor->ask);
    if (extractor->serve >= 0)
        close(extractor->serve);
    if (extractor->keeper > 0)
        sg_keeper_stop(extractor->keeper);
    sg_sandbox_free(extractor->sandbox);
    g_free(extractor);
}

/* A file in memory that nobody can change any more, so that the child may map it. -1 with errno. */
static int sealed_copy(GBytes *attachment)
{
    const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    int file = memfd_create("attachment", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    SgSpan bytes;
    int number;

    bytes.at = g_bytes_get_data(attachment, &bytes.len);
    if (file < 0 ||
        (sg_write_all(file, bytes.at, bytes.len) && fcntl(file, F_ADD_SEALS, seals) == 0))
        return file;
    number = errno;
    close(file);
    errno = number;
    return -1;
}

static gboolean send_request(int ask, const SgRequest *request, GBytes *attachment, int reply)
{
    SgRequestFiles files = {sealed_copy(attachment), reply};
    gboolean sent = files.attachment >= 0 && sg_request_send(ask, request, files);
    int number = errno;

    if (files.attachment >= 0)
        close(files.attachment);
    errno = number;
    return sent;
}

static void set_down(GError **error, const char *why)
{
    g_set_error(error, SG_EXTRACT_ERROR, SG_EXTRACT_ERROR_DOWN,
                "cannot read an attachment: the helper %s", why);
}

SgPieces *sg_extractor_read(SgExtractor *extractor, GBytes *attachment, const char *name,
                            const char *type, const SgExtractLimits *left, GError **error)
{
    gint64 seconds = (gint64)MIN(left->helper_seconds, G_MAXINT32);
    g_autoptr(SgPieces) pieces = sg_pieces_new();
    SgRequest request = {.limits = *left};
    gboolean answered;
    int ends[2];

    g_strlcpy(request.name, name ? name : "", sizeof request.name);
    g_strlcpy(request.type, type ? type : "", sizeof request.type);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        set_down(error, g_strerror(errno));
        return NULL;
    }
    answered = send_request(extractor->ask, &request, attachment, ends[1]);
    close(ends[1]);
    answered = answered &&
               sg_records_read(ends[0], left,
                               g_get_monotonic_time() + seconds * G_USEC_PER_SEC + GRACE, pieces);
    close(ends[0]);
    if (answered)
        return g_steal_pointer(&pieces);
    set_down(error, "is not there; it is started again");
    return NULL;
}
