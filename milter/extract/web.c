/* web.c - HTML and mail in files: found here, shown by the mail room. */
#include "formats.h"

static void read_html(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    (void)depth;
    sg_reading_add(reading, SG_PIECE_HTML, name, bytes);
}

static gboolean knows_html(SgSpan bytes, const char *name, const char *type)
{
    static const char *const names[] = {".html", ".htm", ".xhtml", ".shtml", ".svg", NULL};
    static const char *const tags[] = {"<!doctype html", "<html",  "<head", "<body",
                                       "<svg",           "<table", "<div",  "<script",
                                       "<style",         "<title", "<p>"};
    SgSpan first = sg_span_trim_left(sg_span_part(bytes, 0, 4096));

    if (!sg_plain_looks_like(bytes))
        return FALSE;
    if (sg_name_ends(name, names) || sg_type_is(type, "text/html") ||
        sg_type_is(type, "application/xhtml+xml") || sg_type_is(type, "image/svg+xml"))
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(tags); i++) {
        if (sg_span_starts(first, tags[i]))
            return TRUE;
    }
    return (sg_span_starts(first, "<?xml") || sg_span_starts(first, "<!--")) &&
           (sg_span_find(first, "<html") >= 0 || sg_span_find(first, "<svg") >= 0);
}

static void read_mail(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    (void)depth;
    sg_reading_add(reading, SG_PIECE_MESSAGE, name, bytes);
}

/* "Name: value"; returns the length of the name, or 0. */
static gsize field_name(SgSpan line)
{
    gsize i = 0;

    while (i < line.len && line.at[i] > ' ' && line.at[i] < 0x7f && line.at[i] != ':')
        i++;
    return i < line.len && line.at[i] == ':' ? i : 0;
}

static gboolean is_mail_field(SgSpan name)
{
    static const char *const fields[] = {
        "From",       "To", "Subject",      "Received",     "Return-Path",  "Date",
        "Message-ID", "Cc", "Delivered-To", "MIME-Version", "Content-Type", "Reply-To"};

    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (name.len == strlen(fields[i]) && sg_span_starts(name, fields[i]))
            return TRUE;
    }
    return FALSE;
}

/* A letter may begin with "To:" and "Subject:"; what no letter has is a type of content. */
static gboolean looks_like_mail(SgSpan bytes)
{
    SgSpan rest = sg_span_trim_left(bytes), line;
    guint known = 0;

    for (guint lines = 0; lines < 100 && sg_span_line(&rest, &line); lines++) {
        gsize name = field_name(line);

        if (lines == 0 && sg_span_starts(line, "From "))
            continue;
        if (line.len == 0)
            break;
        if (lines > 0 && (line.at[0] == ' ' || line.at[0] == '\t'))
            continue;
        if (name == 0)
            return FALSE;
        if (is_mail_field(sg_span_part(line, 0, name)))
            known += sg_span_starts(line, "Content-Type:") ? 3 : 1;
    }
    return known >= 3;
}

static gboolean knows_mail(SgSpan bytes, const char *name, const char *type)
{
    static const char *const names[] = {".eml", ".mht", ".mhtml", ".mbox", NULL};
    SgSpan rest = sg_span_trim_left(bytes), line;

    if (!sg_plain_looks_like(bytes) || !sg_span_line(&rest, &line))
        return FALSE;
    if (sg_name_ends(name, names) || sg_type_is(type, "message/rfc822") ||
        sg_type_is(type, "multipart/related"))
        return field_name(line) > 0 || sg_span_starts(line, "From ");
    return looks_like_mail(bytes);
}

const SgReader sg_reader_html = {"html", knows_html, read_html};
const SgReader sg_reader_mail = {"mail", knows_mail, read_mail};
