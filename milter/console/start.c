/* start.c - where people land: each on the page that their role begins with */
#include "pages.h"
#include "routes.h"

/* An auditor sees no incidents. */
void sg_page_start(const SgWebRequest *request, SgWebReply *reply)
{
    static const char *const others[] = {"/audit", "/reports"};

    if (request->reviewer->role != SG_REVIEWER_AUDITOR) {
        sg_page_queue(request, reply);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *url = sg_url(request->console, others[i], NULL);

        if (!sg_web_may(request->reviewer, SG_WEB_GET, others[i]))
            continue;
        sg_web_reply_go(reply, url);
        return;
    }
    sg_page_forbidden(request, reply);
}
