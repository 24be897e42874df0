/* live.c - how much waits, for pages that are open: two numbers, and nothing that had to be put on
 * the audit trail */
#include "pages.h"
#include "schoolgate/queue.h"

void sg_page_live(const SgWebRequest *request, SgWebReply *reply)
{
    const SgQueueFilter filter = {.states = 1U << SG_STATE_HELD, .limit = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgQueue) queue =
        sg_record_queue(request->console->record, &filter, request->reviewer, &error);

    if (!queue) {
        sg_page_record_error(request, reply, error);
        return;
    }
    reply->type = "application/json";
    reply->text = g_string_new(NULL);
    g_string_printf(reply->text, "{\"waiting\":%u,\"urgent\":%u}\n", queue->incidents,
                    queue->urgent);
}
