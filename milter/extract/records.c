/* records.c - reading the answer to a request, whose writer may be in the hands of a hostile file.
 */
#include "protocol.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/* As in reading.c, so that an honest child meets the limit before we do. */
#define PIECE_COST 64
#define MAX_FAULT  64
#define MAX_FAULTS 32

typedef struct Answer {
    int reply;
    gint64 until;
    const SgExtractLimits *limits;
    guint64 taken; /* of limits->archive_output */
    SgPieces *pieces;
    struct {
        SgPieceKind kind;
        char *origin; /* NULL: none is open */
        GByteArray *bytes;
        guint64 total;
    } open;
} Answer;

typedef struct Packet {
    SgRecordHead head;
    char rest[SG_RECORD_MAX - sizeof(SgRecordHead)];
} Packet;

typedef enum { GOT_RECORD, GOT_NONSENSE, GOT_END, GOT_NOTHING } Got;

static gboolean wait_for_more(const Answer *answer)
{
    struct pollfd file = {.fd = answer->reply, .events = POLLIN};
    gint64 left = answer->until - g_get_monotonic_time();

    return left > 0 && (poll(&file, 1, (int)MIN(left / 1000 + 1, G_MAXINT)) >= 0 || errno == EINTR);
}

/* The length of the packet received; 0 when there will be none. */
static gsize receive(const Answer *answer, Packet *packet)
{
    for (;;) {
        ssize_t got = recv(answer->reply, packet, sizeof *packet, MSG_DONTWAIT);

        if (got >= 0)
            return (gsize)got;
        if (errno != EINTR && (errno != EAGAIN || !wait_for_more(answer)))
            return 0;
    }
}

/* Ends the open piece, whole or as much as came of it. Text is valid UTF-8 from here on. */
static void close_piece(Answer *answer)
{
    gboolean as_it_is = answer->open.kind == SG_PIECE_HTML || answer->open.kind == SG_PIECE_MESSAGE;
    g_autoptr(GBytes) bytes = NULL;
    const char *at;
    gsize len;

    if (!answer->open.origin)
        return;
    bytes = g_byte_array_free_to_bytes(g_steal_pointer(&answer->open.bytes));
    at = g_bytes_get_data(bytes, &len);
    if (!as_it_is && !g_utf8_validate_len(at, len, NULL)) {
        char *valid = g_utf8_make_valid(at, (gssize)len);

        g_bytes_unref(bytes);
        bytes = g_bytes_new_take(valid, strlen(valid));
    }
    sg_pieces_take(answer->pieces, answer->open.kind, answer->open.origin, g_steal_pointer(&bytes));
    g_clear_pointer(&answer->open.origin, g_free);
}

static Got more_of_piece(Answer *answer, SgSpan bytes)
{
    if (!answer->open.origin || bytes.len > answer->open.total - answer->open.bytes->len)
        return GOT_NONSENSE;
    g_byte_array_append(answer->open.bytes, (const guint8 *)bytes.at, (guint)bytes.len);
    if (answer->open.bytes->len == answer->open.total)
        close_piece(answer);
    return GOT_RECORD;
}

static Got begin_piece(Answer *answer, const SgRecordHead *head, SgSpan rest)
{
    guint64 room = answer->limits->archive_output - answer->taken;

    if (head->origin > SG_ORIGIN_MAX || head->origin > rest.len || head->total > G_MAXINT32)
        return GOT_NONSENSE;
    if (head->total > room || PIECE_COST + head->origin > room - head->total) {
        sg_pieces_fault(answer->pieces, "archive-output");
        return GOT_END;
    }
    answer->taken += PIECE_COST + head->origin + head->total;
    answer->open.kind = (SgPieceKind)head->kind;
    answer->open.origin = g_utf8_make_valid(rest.at, (gssize)head->origin);
    answer->open.total = head->total;
    answer->open.bytes = g_byte_array_new();
    return more_of_piece(answer, (SgSpan){rest.at + head->origin, rest.len - head->origin});
}

static Got take_fault(Answer *answer, SgSpan name)
{
    char copy[MAX_FAULT + 1] = {0};

    if (name.len == 0 || name.len > MAX_FAULT || answer->pieces->faults->len >= MAX_FAULTS)
        return GOT_NONSENSE;
    memcpy(copy, name.at, name.len);
    if (strspn(copy, "abcdefghijklmnopqrstuvwxyz0123456789-") != name.len)
        return GOT_NONSENSE;
    sg_pieces_fault(answer->pieces, copy);
    return GOT_RECORD;
}

static Got take_spent(Answer *answer, SgSpan bytes)
{
    SgSpent spent;

    if (bytes.len != sizeof spent)
        return GOT_NONSENSE;
    memcpy(&spent, bytes.at, sizeof spent);
    answer->pieces->entries = MIN(spent.entries, answer->limits->archive_entries);
    answer->pieces->output = MIN(spent.output, answer->limits->archive_output);
    return GOT_RECORD;
}

static Got take_end(Answer *answer, SgSpan bytes)
{
    static const char *const faults[] = {
        [SG_ENDED_WELL] = NULL,
        [SG_ENDED_CRASHED] = "helper-crashed",
        [SG_ENDED_LATE] = "helper-seconds",
        [SG_ENDED_GREEDY] = "helper-memory",
    };
    guint64 ending;

    if (bytes.len != sizeof ending)
        return GOT_NONSENSE;
    memcpy(&ending, bytes.at, sizeof ending);
    if (ending >= G_N_ELEMENTS(faults))
        return GOT_NONSENSE;
    if (faults[ending])
        sg_pieces_fault(answer->pieces, faults[ending]);
    return GOT_END;
}

static Got take_record(Answer *answer, const SgRecordHead *head, SgSpan rest)
{
    if (head->kind == SG_RECORD_MORE)
        return more_of_piece(answer, rest);
    if (head->kind == SG_RECORD_END)
        return take_end(answer, rest);
    if (answer->open.origin)
        return GOT_NONSENSE;
    if (head->kind <= SG_PIECE_LINK)
        return begin_piece(answer, head, rest);
    if (head->kind == SG_RECORD_FAULT)
        return take_fault(answer, rest);
    return head->kind == SG_RECORD_SPENT ? take_spent(answer, rest) : GOT_NONSENSE;
}

static Got read_record(Answer *answer)
{
    Packet packet;
    gsize len = receive(answer, &packet);

    if (len == 0)
        return GOT_NOTHING;
    if (len < sizeof packet.head)
        return GOT_NONSENSE;
    return take_record(answer, &packet.head, (SgSpan){packet.rest, len - sizeof packet.head});
}

gboolean sg_records_read(int reply, const SgExtractLimits *limits, gint64 until, SgPieces *pieces)
{
    Answer answer = {.reply = reply, .until = until, .limits = limits, .pieces = pieces};
    Got got;

    do
        got = read_record(&answer);
    while (got == GOT_RECORD);
    close_piece(&answer);
    if (got == GOT_NONSENSE)
        sg_pieces_fault(pieces, "helper-crashed");
    /* What a child that died has spent is known by nothing but what came of it. */
    pieces->output = MAX(pieces->output, answer.taken);
    return got != GOT_NOTHING;
}
