/* attachments.c - attachments that only the helper can read: remembered while the parts are read,
 * decoded and handed over when somebody asks, and what comes back made into texts. */
#include "mail_internal.h"

/* Enough to tell a picture. */
#define BEGINNING 64

gboolean sg_named_as_document(const char *name)
{
    static const char *const endings[] = {
        "doc",  "docx", "docm", "dotx", "xls", "xlsx", "xlsm", "ppt",   "pptx", "pptm",
        "ppsx", "odt",  "ods",  "odp",  "ott", "rtf",  "pdf",  "zip",   "tar",  "gz",
        "tgz",  "bz2",  "xz",   "7z",   "rar", "dat",  "p7m",  "pages", NULL};
    const char *dot = name ? strrchr(name, '.') : NULL;
    g_autofree char *ending = dot ? g_ascii_strdown(dot + 1, -1) : NULL;

    return ending && g_strv_contains(endings, ending);
}

/* Pictures, sounds and films have no text for us, and are most of what is attached. */
static gboolean is_picture_or_sound(SgSpan bytes)
{
    static const struct {
        gsize at;
        const char *mark;
    } known[] = {
        {0, "\xff\xd8\xff"},
        {0, "\x89PNG\r\n"},
        {0, "GIF8"},
        {0, "ID3"},
        {0, "OggS"},
        {0, "fLaC"},
        {4, "ftyp"},
        {8, "WAVE"},
        {8, "WEBP"},
        {8, "AVI "},
        {0, "\x1a\x45\xdf\xa3"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        gsize len = strlen(known[i].mark);
        if (bytes.len >= known[i].at + len &&
            memcmp(bytes.at + known[i].at, known[i].mark, len) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean begins_as_picture_or_sound(const SgUnread *unread)
{
    SgSpan start = {unread->body.at, MIN(unread->body.len, BEGINNING)};
    gboolean broken = FALSE;
    GString *bytes = sg_encoding_decode(unread->encoding, start, &broken);
    gboolean is = is_picture_or_sound((SgSpan){bytes->str, bytes->len});

    g_string_free(bytes, TRUE);
    return is;
}

void sg_unread_add(SgMessage *message, const SgUnread *unread)
{
    if (!unread->attachment || unread->body.len == 0)
        return;
    for (guint i = 0; i < message->unread->len; i++) {
        const SgUnread *other = &g_array_index(message->unread, SgUnread, i);
        if (other->body.at == unread->body.at && other->body.len == unread->body.len &&
            other->encoding == unread->encoding)
            return;
    }
    if (sg_named_as_document(unread->attachment->name) || !begins_as_picture_or_sound(unread))
        g_array_append_vals(message->unread, unread, 1);
}

static void read_nested_message(SgMessage *message, GBytes *bytes, guint64 depth)
{
    SgSource source = {.message = message};
    SgWithin within = {.depth = depth + 1, .attached = TRUE};

    source.whole.at = g_bytes_get_data(bytes, &source.whole.len);
    g_ptr_array_add(message->keep, g_bytes_ref(bytes));
    source.dashes = sg_find_dashes(source.whole);
    sg_part_read_message(&source, source.whole, within);
    g_array_unref(source.dashes);
}

static void read_piece(SgMessage *message, const SgPiece *piece, guint64 depth)
{
    SgLeaf leaf = {.name = *piece->origin ? piece->origin : NULL, .attached = TRUE};
    GString *name;

    leaf.body.at = g_bytes_get_data(piece->bytes, &leaf.body.len);
    switch (piece->kind) {
    case SG_PIECE_TEXT:
    case SG_PIECE_HTML:
        leaf.type = piece->kind == SG_PIECE_HTML ? "text/html" : "text/plain";
        sg_leaf_read_text(message, &leaf);
        break;
    case SG_PIECE_MESSAGE:
        read_nested_message(message, piece->bytes, depth);
        break;
    case SG_PIECE_NAME:
        name = g_string_new_len(leaf.body.at, (gssize)sg_message_text_room(message, leaf.body));
        sg_message_add_text(message, SG_TEXT_NAME, "name within an attachment", name);
        break;
    case SG_PIECE_LINK:
        sg_message_add_link(message, leaf.body);
        break;
    }
}

static gboolean is_about_the_file(const char *fault)
{
    static const char *const faults[] = {"encrypted", "broken", "unreadable-format", NULL};

    return g_strv_contains(faults, fault);
}

static void note_fault(SgMessage *message, SgAttachment *attachment, const char *fault)
{
    if (!is_about_the_file(fault)) {
        sg_message_limit(message, fault);
    } else if (!attachment->unreadable || strcmp(fault, "encrypted") == 0) {
        g_free(attachment->unreadable);
        attachment->unreadable = g_strdup(fault);
    }
}

static GBytes *decoded(SgMessage *message, const SgUnread *unread)
{
    gboolean broken = FALSE;
    GString *bytes;

    if (unread->encoding == ENCODING_NONE)
        return g_bytes_new_static(unread->body.at, unread->body.len);
    bytes = sg_encoding_decode(unread->encoding, unread->body, &broken);
    if (broken)
        sg_message_defect(message, unread->encoding == ENCODING_BASE64 ? "base64-broken"
                                   : unread->encoding == ENCODING_QP   ? "qp-broken"
                                                                       : "uuencode-broken");
    return g_string_free_to_bytes(bytes);
}

static gboolean read_one(SgMessage *message, SgUnread unread, SgExtractor *extractor,
                         SgExtractLimits *left, GError **error)
{
    g_autoptr(GBytes) bytes = decoded(message, &unread);
    gint64 began = g_get_monotonic_time();
    g_autoptr(SgPieces) pieces = sg_extractor_read(extractor, bytes, unread.attachment->name,
                                                   unread.attachment->type, left, error);

    if (!pieces)
        return FALSE;
    unread.attachment->read_in += MAX(g_get_monotonic_time() - began, 1);
    unread.attachment->pieces += pieces->pieces->len;
    left->archive_entries -= MIN(pieces->entries, left->archive_entries);
    left->archive_output -= MIN(pieces->output, left->archive_output);
    for (guint i = 0; i < pieces->faults->len; i++)
        note_fault(message, unread.attachment, pieces->faults->pdata[i]);
    for (guint i = 0; i < pieces->pieces->len; i++)
        read_piece(message, pieces->pieces->pdata[i], unread.depth);
    return TRUE;
}

/* Whether a limit that all attachments share has been reached: the message is unscannable, and what
 * is left of it would not make it less so. */
static gboolean had_enough(const SgMessage *message)
{
    static const char *const shared[] = {"archive-entries", "archive-output", "helper-seconds"};

    for (gsize i = 0; i < G_N_ELEMENTS(shared); i++) {
        if (g_ptr_array_find_with_equal_func(message->limits_hit, shared[i], g_str_equal, NULL))
            return TRUE;
    }
    return message->text_bytes >= message->limits.text_size;
}

static SgExtractLimits limits_of(const SgMessage *message)
{
    const SgLimits *limits = &message->limits;

    return (SgExtractLimits){
        .archive_entries = limits->archive_entries,
        .archive_output = limits->archive_output,
        .archive_depth = limits->archive_depth,
        .helper_memory = limits->helper_memory,
    };
}

gboolean sg_message_read_attachments(SgMessage *message, SgExtractor *extractor, GError **error)
{
    SgExtractLimits left = limits_of(message);
    gint64 until = g_get_monotonic_time() + message->limits.helper_seconds * G_USEC_PER_SEC;

    /* Messages within attachments have attachments too, which come behind those there are. */
    for (guint i = 0; i < message->unread->len; i++) {
        gint64 microseconds = until - g_get_monotonic_time();

        if (microseconds <= 0) {
            sg_message_limit(message, "helper-seconds");
            break;
        }
        left.helper_seconds = (guint64)(microseconds + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
        if (!read_one(message, g_array_index(message->unread, SgUnread, i), extractor, &left,
                      error))
            return FALSE;
        if (had_enough(message))
            break;
    }
    g_array_set_size(message->unread, 0);
    return TRUE;
}
