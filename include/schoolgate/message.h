/* message.h - a message as its reader will see it
 *
 * Bytes go in; a list of texts comes out, with headers, attachments, facts and defects. Only this
 * room knows MIME. A message belongs to one thread at a time: forms of its texts are made when
 * first asked for.
 *
 * Every text has up to three forms. *Readable* is what is shown to people. *Folded* is what
 * patterns see by default: lower case, no accents, ASCII quotes and dashes, single spaces, no
 * invisible characters. *Squeezed* is folded text with everything but letters and digits gone and
 * digits that stand for letters read as those, for patterns that ask for it. All are valid UTF-8.
 */
#pragma once

#include "schoolgate/extract.h"
#include "schoolgate/limits.h"

/* Once per process, before the first message; further calls do nothing. */
void sg_mail_init(void);

typedef enum {
    SG_TEXT_SUBJECT,
    SG_TEXT_BODY,       /* what the sender wrote, and what they forward inline */
    SG_TEXT_QUOTED,     /* what they quote in a reply */
    SG_TEXT_ATTACHMENT, /* text inside an attachment */
    SG_TEXT_NAME,       /* file names of attachments, display names of addresses */
    SG_TEXT_LINK,       /* targets of links, one text each */
    SG_TEXT_SIGNATURE,  /* the sender's signature, which stands in the body as well */
    SG_TEXT_KINDS
} SgTextKind;

/* `subject`, `body`, `quoted` and so on, as rules write them; NULL-terminated. */
extern const char *const sg_text_kind_names[];

typedef enum { SG_FORM_READABLE, SG_FORM_FOLDED, SG_FORM_SQUEEZED, SG_FORMS } SgForm;

typedef struct SgText SgText;

SgTextKind sg_text_kind(const SgText *text);
/* For people: "subject", "body", "attachment 'list.txt'". Lives as long as the message. */
const char *sg_text_origin(const SgText *text);
/* The form is made at the first asking; later askings are free. Lives as long as the message. */
SgSpan sg_text_form(const SgText *text, SgForm form);
/* The readable bytes that [start, end) of `form` came from, widened to whole characters. */
SgSpan sg_text_readable_range(const SgText *text, SgForm form, gsize start, gsize end);

/* The folded form of any text, which is valid UTF-8. Free with g_free(). */
char *sg_text_fold(const char *text);

typedef struct SgHeader {
    char *name;
    char *raw;     /* as it came, folds included, without the line end */
    char *decoded; /* unfolded, encoded words decoded, valid UTF-8 */
} SgHeader;

typedef struct SgAttachment {
    char *name;       /* decoded; NULL when it has none */
    char *type;       /* declared, lower case, without parameters: "image/png" */
    guint64 size;     /* bytes as transferred, still encoded */
    char *unreadable; /* why the helper got no text of it: "encrypted", "broken",
                         "unreadable-format"; NULL when it did, or was not asked */
    gint64 read_in;   /* microseconds that the helper took; 0: it was not asked */
    guint pieces;     /* stretches of text, names and so on that it found */
} SgAttachment;

typedef struct SgMessage SgMessage;

/* Reads `raw` without copying its body; keeps a reference to it. Never fails: what cannot be read
 * is a defect, what exceeds a limit makes the message unscannable. Free with sg_message_free(). */
SgMessage *sg_message_new(GBytes *raw, const SgLimits *limits);
void sg_message_free(SgMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgMessage, sg_message_free)

/* Has `extractor` read what is in the attachments, and adds it to the texts; without this they are
 * not even decoded. FALSE when the helper is down: the message is then as it was, or holds what was
 * read so far. What cannot be read is a fact of its attachment; what exceeds a limit makes the
 * message unscannable. Call once, before the texts are looked at. */
gboolean sg_message_read_attachments(SgMessage *message, SgExtractor *extractor, GError **error);

/* Arrays live as long as the message. */
const GPtrArray *sg_message_texts(const SgMessage *message);       /* of SgText */
const GPtrArray *sg_message_headers(const SgMessage *message);     /* of SgHeader, in order */
const GPtrArray *sg_message_attachments(const SgMessage *message); /* of SgAttachment */
/* The SHA-256 of a file as it was before it was attached, in small hexadecimal digits: of char *,
 * one for each way in which it may be decoded. Made at the first asking. */
const GPtrArray *sg_message_attachment_sums(SgMessage *message, const SgAttachment *attachment);
/* The file as it was before it was attached, decoded in the first of those ways. NULL when none of
 * its bytes are there, as of a message that is attached. Free with g_bytes_unref(). */
GBytes *sg_message_attachment_bytes(const SgMessage *message, const SgAttachment *attachment);
/* Short names of what is malformed, such as "no-headers", "base64-broken": of char *. */
const GPtrArray *sg_message_defects(const SgMessage *message);
/* Whether it begins with headers, as all mail does. */
gboolean sg_message_is_mail(const SgMessage *message);
/* Names of the limits that were reached, such as "message-size": of char *. Not empty: unscannable.
 */
const GPtrArray *sg_message_limits_hit(const SgMessage *message);
guint64 sg_message_size(const SgMessage *message); /* bytes, as given */
/* How deeply its plain text quotes: the marks `>` before a line, at most. */
guint sg_message_quote_depth(const SgMessage *message);

/* The decoded value of the first header of that name (any case), or NULL. */
const char *sg_message_header(const SgMessage *message, const char *name);
/* The bare addresses of all headers of that name, in order. Free with g_ptr_array_unref(). */
GPtrArray *sg_message_addresses(const SgMessage *message, const char *name);

/* RFC 2047 and raw 8-bit, as mail programs show it; always valid UTF-8, unfolded. g_free() it. */
char *sg_header_decode(const char *raw);
