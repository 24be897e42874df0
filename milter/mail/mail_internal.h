/* mail_internal.h - what the files of this room share; nobody outside includes it
 *
 * The way of a message here: headers.c cuts the header fields, tree.c lets GMime find the parts,
 * and where it finds something odd structure.c cuts them out in every way that some program does;
 * part.c hands each leaf to leaf.c, which undoes transfer encoding and charset and lets html.c or
 * quote.c say what is shown; text.c keeps the result and folds it when asked. */
#pragma once

#include "schoolgate/message.h"

/* ---- message.c */

struct SgMessage {
    GBytes *raw;
    SgSpan bytes; /* as much of `raw` as may be read */
    const SgLimits *limits_given;
    SgLimits limits;
    GPtrArray *texts;
    GPtrArray *headers;
    GPtrArray *attachments;
    GPtrArray *defects;
    GPtrArray *limits_hit;
    GPtrArray *keep;         /* of GBytes: decoded messages that spans still point into */
    GHashTable *seen;        /* of SgText, by kind and readable bytes: no text twice */
    guint64 text_bytes;      /* spent of limits.text_size */
    guint parts;             /* spent of limits.parts */
    guint first_attachments; /* found by the first reading; the second does not list them again */
    guint readings;          /* further readings of ambiguous parts that were followed */
    GArray *unread;          /* of Unread: attachments that only the helper can read */
    GArray *files;           /* of SgFile: where each attachment's bytes are */
    GHashTable *sums;        /* SgAttachment -> GPtrArray of char *; NULL until asked for */
    gboolean forward;        /* by its subject: what it quotes is passed on by the sender */
    guint quote_depth;       /* marks of quoting before a line, at most */
};

void sg_message_defect(SgMessage *message, const char *name);
void sg_message_limit(SgMessage *message, const char *name);
/* Adds a text; takes ownership of `readable`, which is valid UTF-8. A blank text, or one that is
 * there already, is dropped. */
void sg_message_add_text(SgMessage *message, SgTextKind kind, const char *origin,
                         GString *readable);
/* Adds the target of a link. */
void sg_message_add_link(SgMessage *message, SgSpan target);
/* Adds an attachment and, when it has one, its name as a text. Takes ownership of `name`. Returns
 * it, or the one that is there already; NULL when there are too many. */
SgAttachment *sg_message_add_attachment(SgMessage *message, char *name, const char *type,
                                        guint64 size);
/* Begins the second reading of an odd message: budgets are full again, and what the first one found
 * is not added twice. */
void sg_message_read_again(SgMessage *message);
/* How many bytes of `text` are still within the limit on decoded text; whole characters. */
gsize sg_message_text_room(SgMessage *message, SgSpan text);

/* ---- headers.c */

/* A field as it stands in the bytes; `value` keeps its folds. */
typedef struct SgField {
    SgSpan name;
    SgSpan value;
} SgField;

typedef struct SgFieldLimits {
    guint64 count;
    guint64 size;
} SgFieldLimits;

typedef struct SgFields {
    GArray *fields;       /* of Field */
    SgSpan body;          /* what follows the header */
    SgSpan stray;         /* header block from its first line that is no field; empty when none */
    const char *limit;    /* name of the limit that was reached, or NULL */
    gboolean blank_found; /* an empty line ends the header */
} SgFields;

/* Cuts the header off `bytes`. Fields beyond the limits are left out, but for those that say how
 * the body is to be read. */
void sg_fields_read(SgFields *into, SgSpan bytes, const SgFieldLimits *limits);
void sg_fields_clear(SgFields *fields);
gboolean sg_span_is_ci(SgSpan span, const char *string);
gboolean sg_span_begins_ci(SgSpan span, const char *string);
SgSpan sg_span_trim(SgSpan span);
/* Without folds and NULs, trimmed; not decoded. Free with g_free(). */
char *sg_value_unfold(SgSpan value);

/* ---- params.c */

/* A structured value such as that of Content-Type: its first word and its parameters. */
typedef struct SgParams {
    char *value;       /* lower case, without comments; may be empty */
    GPtrArray *names;  /* of char *, lower case */
    GPtrArray *values; /* of char *, decoded, valid UTF-8 */
} SgParams;

SgParams *sg_params_parse(SgSpan value);
void sg_params_free(SgParams *params);
/* The first, or the last, parameter of that name, or NULL. */
const char *sg_params_first(const SgParams *params, const char *name);
const char *sg_params_last(const SgParams *params, const char *name);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgParams, sg_params_free)

/* ---- address.c */

typedef void (*SgAddressFound)(const char *name, const char *address, gpointer data);

/* Calls `found` for each mailbox of a raw header value: `name` decoded or NULL, `address` NULL for
 * the name of a group. */
void sg_addresses_parse(const char *raw, SgAddressFound found, gpointer data);

/* ---- encoding.c */

typedef enum {
    ENCODING_NONE,
    ENCODING_BASE64,
    ENCODING_QP,
    ENCODING_UU,
    ENCODINGS,
    ENCODING_UU_LINES /* without its first and last line; no part declares it */
} SgEncoding;

/* Undoes a transfer encoding as leniently as mail programs do. `broken` is set when there was
 * something that does not belong. Returns a new GString. */
GString *sg_encoding_decode(SgEncoding encoding, SgSpan bytes, gboolean *broken);
/* base64 that carries on over several pieces, for encoded words: `state` begins as 0. */
void sg_base64_add(GString *out, SgSpan bytes, guint32 *state, gboolean *broken);
void sg_base64_end(GString *out, guint32 *state);
void sg_qp_word_add(GString *out, SgSpan bytes);

/* ---- charset.c */

/* Decodes `bytes` to valid UTF-8 and appends. `charset` is as declared, or NULL. Byte order marks
 * win; where the declaration is missing or unknown: UTF-8 when it is that, else windows-1252. */
void sg_charset_decode(GString *out, SgSpan bytes, const char *charset);

/* ---- utf8.c */

gboolean sg_utf8_valid(SgSpan bytes);
gboolean sg_ascii_only(SgSpan bytes);
/* The code point at `*at`, which is moved behind it; -1 and one byte where it is not valid. */
gint32 sg_utf8_next(SgSpan text, gsize *at);
/* Appends `bytes` with everything that is not valid UTF-8 replaced by U+FFFD. */
void sg_utf8_append_valid(GString *out, SgSpan bytes);

/* ---- html.c */

typedef struct SgHtmlShown {
    GString *body;    /* what is drawn, but for quotes; */
    GString *quoted;  /* quotes; */
    GString *asides;  /* what only some programs or a pointer at rest show: titles, conditionals */
    GPtrArray *links; /* of char *, targets */
    gboolean too_many_tokens;
    gboolean doubtful; /* read with the other Doubt, the texts may differ */
} SgHtmlShown;

/* What a reader sees of an HTML text, which is valid UTF-8. Never fails. */
typedef enum { QUOTES_APART, QUOTES_AS_BODY } SgQuotes;
/* What style sheets leave in doubt is taken as hidden, or as shown. */
typedef enum { DOUBT_HIDES, DOUBT_SHOWS } SgDoubt;
SgHtmlShown *sg_html_show(SgSpan html, guint64 tokens_limit, SgQuotes quotes, SgDoubt doubt);
void sg_html_shown_free(SgHtmlShown *shown);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgHtmlShown, sg_html_shown_free)

/* ---- html_entities.c */

/* Appends `text` with character references resolved. `attribute`: where a reference that lacks its
 * semicolon and is followed by a letter, a digit or `=` stands for itself. */
typedef enum { ENTITIES_IN_TEXT, ENTITIES_IN_ATTRIBUTE } SgEntitiesIn;
void sg_entities_append(GString *out, SgSpan text, SgEntitiesIn in);

/* ---- quote.c */

/* Parts plain text into what the sender wrote and what they quote, which loses its marks. */
void sg_quote_split(SgSpan text, SgQuotes quotes, GString *own, GString *quoted);
/* The signature at the end of the sender's own text; empty when there is none. */
SgSpan sg_signature_of(SgSpan own);
/* Whether a line of text says that a forwarded message follows. */
gboolean sg_is_forward_mark(SgSpan line);
/* How many marks of quoting stand before a line, at most; counted no further than 64 bytes. */
guint sg_quote_depth(SgSpan text);
/* Joins the lines of format=flowed text (RFC 3676) in place. */
void sg_flowed_join(GString *text, gboolean delete_space);

/* ---- links.c */

/* Calls sg_message_add_link() for each URL in plain text. */
void sg_links_find(SgMessage *message, SgSpan text);

/* ---- leaf.c */

typedef struct SgLeaf {
    SgSpan body;            /* as transferred */
    const char *type;       /* lower case */
    const SgParams *params; /* of Content-Type; may be NULL */
    const char *name;       /* file name, or NULL */
    SgEncoding encoding;
    gboolean attached; /* shown as an attachment, or part of one */
    gboolean inside;   /* of an attached message */
} SgLeaf;

/* The texts and links of one part that holds text. */
void sg_leaf_read_text(SgMessage *message, const SgLeaf *leaf);

/* ---- inline.c */

/* Takes files in uuencode or yEnc out of plain text and reads them. Returns what is left of the
 * text, or NULL when there were none. */
GString *sg_inline_files_take(SgMessage *message, const SgLeaf *leaf, SgSpan text);

/* ---- card.c */

/* Makes text of a calendar or a contact card, in place; lines end in LF. */
void sg_card_read(GString *text);

/* ---- structure.c */

/* One stretch of bytes that parts are cut from: the message, or what was encoded within it. */
typedef struct SgSource {
    SgMessage *message;
    SgSpan whole;
    GArray *dashes; /* of gsize: where lines that begin with "--" begin */
} SgSource;

/* Where a part stands. */
typedef struct SgWithin {
    guint64 depth;
    gboolean digest;   /* an undeclared type means a message */
    gboolean attached; /* part of an attached message */
} SgWithin;

/* Exact, or any line that begins with the boundary: for when no line is exact. */
typedef enum { MATCH_EXACT, MATCH_PREFIX } SgMatch;

GArray *sg_find_dashes(SgSpan whole);
/* Reads the parts of `body`, which lies within the source, between the lines of `boundary`.
 * Returns how many such lines there were. */
guint sg_split(const SgSource *source, SgSpan body, const char *boundary, SgWithin within);
guint sg_split_by(const SgSource *source, SgSpan body, SgSpan boundary, SgMatch match,
                  SgWithin within);
/* What must be a boundary in `body`, whatever the header says; empty when nothing must. */
SgSpan sg_guess_boundary(const SgSource *source, SgSpan body);
/* `body` decoded, as a source of its own; its bytes live as long as the message. Free `dashes`. */
SgSource sg_source_decoded(const SgSource *outer, SgSpan body, SgEncoding encoding);

/* ---- shown.c */

/* Adds what programs show of a header. Every occurrence counts: they differ in which one they show.
 */
void sg_shown_fields_read(SgMessage *message, const SgFields *fields, SgWithin within);

/* Adds the description of a part, which some programs show as its name. */
void sg_shown_description_read(SgMessage *message, const SgFields *fields);

/* ---- part.c */

/* Reads all parts of a message whose header is `top`. */
void sg_message_read_parts(SgMessage *message, const SgFields *top);
/* Reads what a header is followed by, as the header says. */
void sg_part_read_body(const SgSource *source, const SgFields *fields, SgWithin within);
/* Lists an attached message whose parts have been read. */
void sg_part_add_attached_message(SgMessage *message, const SgFields *fields);
/* The type of a file that holds text, by the end of its name; NULL when it holds none. */
const char *sg_part_type_by_name(const char *name);
/* Reads one part, header and body. */
void sg_part_read(const SgSource *source, SgSpan bytes, SgWithin within);

/* Reads a whole message that was attached. */
void sg_part_read_message(const SgSource *source, SgSpan bytes, SgWithin within);

/* ---- attachments.c */

/* An attachment to be read by the helper, in one of the ways in which it may be decoded. */
typedef struct SgUnread {
    SgAttachment *attachment;
    SgSpan body; /* as transferred; lives as long as the message */
    SgEncoding encoding;
    guint64 depth; /* of nesting */
} SgUnread;

/* Notes that the attachment, which may be NULL, can be read by the helper, unless it is a picture
 * or a sound by its first bytes. Nothing is decoded yet. */
void sg_unread_add(SgMessage *message, const SgUnread *unread);
/* Whether a file of that name is a document or an archive, whatever its type is said to be. */
gboolean sg_named_as_document(const char *name);

/* ---- sums.c */

/* The bytes of an attachment, in one of the ways in which they may be decoded. */
typedef struct SgFile {
    const SgAttachment *attachment;
    SgSpan body; /* as transferred; lives as long as the message */
    SgEncoding encoding;
} SgFile;

/* Remembers where the bytes of an attachment are; it may be NULL. Nothing is decoded yet. */
void sg_file_add(SgMessage *message, const SgAttachment *attachment, SgSpan body,
                 SgEncoding encoding);

/* ---- tree.c */

void sg_tree_init(void);
/* GMime's reading. FALSE when something was odd or was not read: then other readings are due. */
gboolean sg_tree_read(const SgSource *source, const SgFields *top, SgWithin within);

/* ---- text.c */

struct SgText {
    SgTextKind kind;
    char *origin;
    GString *forms[SG_FORMS];
    GArray *maps[SG_FORMS]; /* of Stretch: from the form to the one before it; NULL when 1:1 */
};

SgText *sg_text_new(SgTextKind kind, const char *origin, GString *readable);
void sg_text_free(SgText *text);

/* ---- fold.c, fold_table.c, bidi.c, squeeze.c */

/* `out_len` bytes at `out` of a form came from `in_len` bytes at `in` of the form before. Where the
 * two are equal they correspond byte by byte. */
typedef struct SgStretch {
    guint32 out, in, out_len, in_len;
} SgStretch;

void sg_stretch_add(GArray *map, gsize out, gsize out_len, gsize in, gsize in_len);

/* Folds `readable`, which is valid UTF-8; appends to `map` when it is not NULL. */
GString *sg_fold(SgSpan readable, GArray *map);
GString *sg_squeeze(SgSpan folded, GArray *map);

/* What one code point above ASCII becomes: UTF-8 that lives for ever; " " for white space, empty
 * when it is dropped. */
SgSpan sg_fold_code_point(guint32 c);
void sg_fold_table_init(void);

/* Where `line` holds directional overrides: its characters in the order in which they are drawn, as
 * an array of guint32 offsets. NULL when the order is the written one. */
GArray *sg_bidi_order(SgSpan line);
