/* readers.c - the table of readers. What the bytes begin with decides before the name, which
 * anybody may write, and the plain text reader comes last: nearly everything looks like text. */
#include "formats.h"

#include <libxml/parser.h>
#include <openssl/crypto.h>
#include <poppler.h>
#include <unicode/uclean.h>

const SgReader *const sg_readers[] = {
    &sg_reader_zip,    &sg_reader_pdf,     &sg_reader_ole,        &sg_reader_rtf,  &sg_reader_tnef,
    &sg_reader_signed, &sg_reader_archive, &sg_reader_compressed, &sg_reader_pgp,  &sg_reader_card,
    &sg_reader_html,   &sg_reader_xml,     &sg_reader_mail,       &sg_reader_text, NULL,
};

void sg_read_file(SgReading *reading, SgSpan bytes, const char *name, const char *type, guint depth)
{
    if (bytes.len == 0 || sg_is_media(bytes))
        return;
    for (const SgReader *const *reader = sg_readers; *reader; reader++) {
        if (!(*reader)->knows(bytes, name, type))
            continue;
        (*reader)->read(reading, bytes, name ? name : "", depth);
        return;
    }
}

/* What a library says of a hostile file is nobody's concern; the faults say what matters. */
static void ignore_log(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer data)
{
    (void)domain;
    (void)level;
    (void)text;
    (void)data;
}

/* Poppler reads its folders and registers its types with the first document. It converts notes and
 * titles by iconv, whose table for that stays loaded while somebody has it open. */
static void begin_poppler(void)
{
    static GIConv utf16;
    static const char empty[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                                "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
                                "trailer<</Root 1 0 R>>\n";
    g_autoptr(GBytes) bytes = g_bytes_new_static(empty, sizeof(empty) - 1);
    PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, NULL);

    if (!utf16)
        utf16 = g_iconv_open("UTF-8", "UTF-16BE");
    g_clear_object(&document);
}

void sg_readers_init(void)
{
    UErrorCode status = U_ZERO_ERROR;

    xmlInitParser();
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    u_init(&status);
    g_log_set_handler("Poppler", G_LOG_LEVEL_MASK, ignore_log, NULL);
    begin_poppler();
}
