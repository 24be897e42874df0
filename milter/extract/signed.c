/* signed.c - S/MIME whose content stands within the signature, and encrypted mail of both kinds. */
#include "formats.h"

/* cms.h declares what is written in PEM only after this one. */
#include <openssl/pem.h>

#include <openssl/cms.h>
#include <openssl/err.h>

static const char *const wrappings[] = {".p7m", ".p7s", ".p7b", ".p7c", NULL};

/* A SEQUENCE that begins with one of PKCS #7's object identifiers. */
static gboolean is_cms(SgSpan bytes)
{
    SgSpan first = sg_span_part(bytes, 0, 32);

    if (!SPAN_HAS(bytes, 0, "\x30"))
        return FALSE;
    for (gsize i = 2; i < 8; i++) {
        if (SPAN_HAS(first, i, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07") ||
            SPAN_HAS(first, i, "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01"))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_pem(SgSpan bytes)
{
    SgSpan first = sg_span_trim_left(sg_span_part(bytes, 0, 256));

    return sg_span_starts(first, "-----BEGIN PKCS7-----") ||
           sg_span_starts(first, "-----BEGIN CMS-----");
}

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    (void)name;
    (void)type;
    return is_cms(bytes) || is_pem(bytes);
}

static CMS_ContentInfo *parse(SgSpan bytes)
{
    BIO *bio = BIO_new_mem_buf(bytes.at, (int)MIN(bytes.len, G_MAXINT));
    CMS_ContentInfo *cms = NULL;

    if (bio)
        cms = is_pem(bytes) ? PEM_read_bio_CMS(bio, NULL, NULL, NULL) : d2i_CMS_bio(bio, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return cms;
}

static void read_content(SgReading *reading, CMS_ContentInfo *cms, const char *name, guint depth)
{
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);
    g_autofree char *inner = sg_name_without(name, wrappings); /* letter.pdf.p7m */

    if (!content || !*content) /* it stands beside the signature, as a part of its own */
        return;
    sg_nested_read(reading, name,
                   (SgSpan){(const char *)ASN1_STRING_get0_data(*content),
                            (gsize)MAX(ASN1_STRING_length(*content), 0)},
                   strchr(inner, '.') ? inner : NULL, NULL, depth);
}

static void read_cms(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    CMS_ContentInfo *cms = parse(bytes);

    if (!cms) {
        sg_reading_fault(reading, "broken");
        return;
    }
    switch (OBJ_obj2nid(CMS_get0_type(cms))) {
    case NID_pkcs7_signed:
        read_content(reading, cms, name, depth);
        break;
    case NID_pkcs7_enveloped:
    case NID_pkcs7_encrypted:
    case NID_pkcs7_signedAndEnveloped:
    case NID_id_smime_ct_authEnvelopedData:
        sg_reading_fault(reading, "encrypted");
        break;
    default:
        sg_reading_fault(reading, "unreadable-format");
    }
    CMS_ContentInfo_free(cms);
}

/* Packets for a public key or a passphrase come first in what is encrypted. */
static gboolean knows_pgp(SgSpan bytes, const char *name, const char *type)
{
    static const char *const names[] = {".gpg", ".pgp", NULL};
    SgSpan first = sg_span_part(bytes, 0, 65536);
    guchar tag = bytes.len ? (guchar)bytes.at[0] : 0;

    if (sg_span_find(first, "-----BEGIN PGP MESSAGE-----") >= 0)
        return TRUE;
    return (sg_name_ends(name, names) || sg_type_is(type, "application/pgp-encrypted")) &&
           ((tag & 0xfc) == 0x84 || (tag & 0xfc) == 0x8c || tag == 0xc1 || tag == 0xc3);
}

static void read_pgp(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    (void)depth;
    sg_reading_fault(reading, "encrypted");
    if (sg_plain_looks_like(bytes))
        sg_nested_text(reading, name, sg_plain_utf8(bytes));
}

const SgReader sg_reader_signed = {"signed", knows, read_cms};
const SgReader sg_reader_pgp = {"pgp", knows_pgp, read_pgp};
