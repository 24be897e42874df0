/* audit_export.c - the audit trail as a file for a spreadsheet, as far as its reader may read it */
#include "audit_wish.h"
#include "noted.h"
#include "pages.h"
#include "schoolgate/csv.h"
#include "schoolgate/when.h"

/* More than that a spreadsheet is no place for; the command line has no limit. */
#define ENTRIES_MOST 50000

typedef struct Writing {
    GString *csv;
    SgTrailReader *reader;
} Writing;

static void append_headings(GString *csv)
{
    static const char *const headings[] = {"number",   "at",     "who",      "role", "action",
                                           "incident", "detail", "withheld", "hash"};

    for (gsize i = 0; i < G_N_ELEMENTS(headings); i++)
        sg_csv_text(csv, headings[i]);
    sg_csv_end_row(csv);
}

static void append_entry(const SgAuditEntry *entry, gpointer data)
{
    Writing *writing = data;
    GString *csv = writing->csv;
    g_autofree char *at = sg_when_utc(entry->at);
    gboolean withheld = entry->detail && sg_trail_withholds(writing->reader, entry);

    sg_csv_number(csv, entry->number);
    sg_csv_text(csv, at);
    sg_csv_text(csv, entry->actor);
    sg_csv_text(csv, entry->role);
    sg_csv_text(csv, entry->action);
    sg_csv_text(csv, entry->incident);
    sg_csv_text(csv, withheld ? NULL : entry->detail);
    sg_csv_text(csv, withheld ? "yes" : NULL);
    sg_csv_text(csv, entry->hash);
    sg_csv_end_row(csv);
}

/* What was asked for: it tells whether somebody looked for one person. */
static char *detail_of(const SgAuditWish *wish)
{
    const struct {
        const char *name, *value;
    } asked[] = {{"action", wish->filter.action},
                 {"who", wish->filter.actor},
                 {"incident", wish->filter.incident},
                 {"from", *wish->days.from ? wish->days.from : NULL},
                 {"to", *wish->days.to ? wish->days.to : NULL}};
    GString *detail = g_string_new("export");

    for (gsize i = 0; i < G_N_ELEMENTS(asked); i++)
        if (asked[i].value)
            g_string_append_printf(detail, "; %s %s", asked[i].name, asked[i].value);
    return g_string_free(detail, FALSE);
}

void sg_page_audit_export(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(SgTrailReader) reader =
        sg_trail_reader_new(request->console->record, request->reviewer);
    g_autoptr(GError) error = NULL;
    g_autofree char *detail = NULL;
    SgAuditWish wish;
    SgTrailNext next;
    Writing writing = {g_string_new(NULL), reader};

    sg_audit_wish_read(request, &wish);
    wish.filter.before = 0;
    wish.filter.most = ENTRIES_MOST;
    detail = detail_of(&wish);
    append_headings(writing.csv);
    if (!sg_noted(request, "audit-exported", detail, reply)) {
        g_string_free(writing.csv, TRUE);
        return;
    }
    if (!sg_trail_page(request->console->record, &wish.filter, append_entry, &writing, &next,
                       &error)) {
        g_string_free(writing.csv, TRUE);
        sg_page_record_error(request, reply, error);
        return;
    }
    reply->text = writing.csv;
    sg_web_reply_download(reply, "text/csv; charset=utf-8", "audit-trail.csv");
}
