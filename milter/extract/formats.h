/* formats.h - the readers, and what they share: looking at bytes, text of any charset, attachments
 * within attachments. */
#pragma once

#include "readers.h"

extern const SgReader sg_reader_archive;
extern const SgReader sg_reader_card;
extern const SgReader sg_reader_compressed;
extern const SgReader sg_reader_html;
extern const SgReader sg_reader_mail;
extern const SgReader sg_reader_ole;
extern const SgReader sg_reader_pdf;
extern const SgReader sg_reader_pgp;
extern const SgReader sg_reader_rtf;
extern const SgReader sg_reader_signed;
extern const SgReader sg_reader_text;
extern const SgReader sg_reader_tnef;
extern const SgReader sg_reader_xml;
extern const SgReader sg_reader_zip;

/* --- bytes.c: looking at bytes and names --- */

/* `literal` may hold NULs; it begins `span` at `offset`. */
#define SPAN_HAS(span, offset, literal) sg_span_has(span, offset, literal, sizeof(literal) - 1)
gboolean sg_span_has(SgSpan span, gsize offset, const char *bytes, gsize len);
/* From `offset` on; empty when there is nothing. At most `len` bytes. */
SgSpan sg_span_part(SgSpan span, gsize offset, gsize len);
/* Where `needle` (ASCII, any case) begins, or -1. Linear. */
gssize sg_span_find(SgSpan span, const char *needle);
gboolean sg_span_starts(SgSpan span, const char *prefix); /* ASCII, any case */
SgSpan sg_span_trim_left(SgSpan span);                    /* byte order mark and white space */
/* Takes the next line from `rest`, without its end. FALSE at the end. */
gboolean sg_span_line(SgSpan *rest, SgSpan *line);
guint32 sg_span_u16(SgSpan span, gsize offset); /* little endian; 0 beyond the end */
guint32 sg_span_u32(SgSpan span, gsize offset);

/* `name` ends in one of `endings`, which are ".a", ".b", …, NULL. `name` may be NULL. */
gboolean sg_name_ends(const char *name, const char *const *endings);
/* The name without its last ending when that is one of `endings`; else the name. Free it. */
char *sg_name_without(const char *name, const char *const *endings);
gboolean sg_type_is(const char *type, const char *wanted); /* parameters ignored; NULL is nothing */

/* Pictures, sound and film: they begin so, and no reader wants them. */
gboolean sg_is_media(SgSpan bytes);

/* Base64 with anything in between; what follows the padding too. Free it. */
GByteArray *sg_base64_lax(SgSpan text);

/* --- plain.c: text of any charset --- */

/* Valid UTF-8: by byte order mark, by the look of UTF-16, as UTF-8, or as windows-1252. */
GString *sg_plain_utf8(SgSpan bytes);
/* No NUL, and so few control characters that a program would show it as text. */
gboolean sg_plain_looks_like(SgSpan bytes);
/* Appends `bytes` of a Windows code page; an unknown one is taken as windows-1252. */
void sg_plain_append_codepage(GString *out, SgSpan bytes, guint codepage);
/* What claims to be UTF-8: what is not becomes U+FFFD. */
void sg_plain_append_utf8(GString *out, SgSpan bytes);
void sg_plain_append_utf16le(GString *out, SgSpan bytes);

/* --- nested.c: files within files --- */

/* Reads a file that stands within `outer`, and hands over its name. FALSE: the budget is spent. */
gboolean sg_nested_read(SgReading *reading, const char *outer, SgSpan bytes, const char *name,
                        const char *type, guint depth);
/* Hands over a link, if it leads somewhere. */
gboolean sg_nested_link(SgReading *reading, const char *origin, SgSpan target);
/* Hands over and frees `text`, unless it is blank. */
gboolean sg_nested_text(SgReading *reading, const char *origin, GString *text);
/* The target of a field instruction: HYPERLINK "target". */
void sg_nested_field(SgReading *reading, const char *origin, SgSpan instruction);

/* --- inline.c: files written into text --- */
void sg_inline_files(SgReading *reading, SgSpan text, const char *name, guint depth);

/* --- shared between zip.c, office.c and odf.c --- */
void sg_office_read(SgReading *reading, SgSpan zip, const char *name, guint depth);
void sg_odf_read(SgReading *reading, SgSpan zip, const char *name, guint depth);

/* --- pdf_size.c --- */

/* What is compressed in it, but for pictures, comes to more than `most` bytes. */
gboolean sg_pdf_is_larger_than(SgSpan bytes, guint64 most);

/* --- lzfu.c --- */
/* Compressed RTF, as in TNEF. NULL when it is none or the budget is spent. */
GByteArray *sg_lzfu_unpack(SgReading *reading, SgSpan bytes);
