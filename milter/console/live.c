/* live.c - how much waits, for pages that are open: two numbers, and nothing that had to be put on
 * the audit trail */
#include "pages.h"
#include "schoolgate/queue.h"

/* FALSE on error. */
static gboolean count(const SgWebRequest *request, guint severities, guint *n, GError **error)
{
    const SgQueueFilter filter = {
        .states = 1U << SG_STATE_HELD, .severities = severities, .limit = 1};
    g_autoptr(SgQueue) queue =
        sg_record_queue(request->console->record, &filter, request->reviewer, error);

    *n = queue ? queue->incidents : 0;
    return queue != NULL;
}

void sg_page_live(const SgWebRequest *request, SgWebReply *reply)
{
    const guint urgent_ones = 1U << SG_SEVERITY_CRITICAL | 1U << SG_SEVERITY_HIGH;
    g_autoptr(GError) error = NULL;
    guint waiting, urgent;

    if (!count(request, 0, &waiting, &error) || !count(request, urgent_ones, &urgent, &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    reply->type = "application/json";
    reply->text = g_string_new(NULL);
    g_string_printf(reply->text, "{\"waiting\":%u,\"urgent\":%u}\n", waiting, urgent);
}
