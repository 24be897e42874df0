/* start.c - where people land: each on the page that their role begins with */
#include "frame.h"
#include "pages.h"

void sg_page_start(const SgWebRequest *request, SgWebReply *reply)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_NAV_QUEUE));

    sg_html_leaf(html, "h1", sg_words(SG_SAY_NAV_QUEUE), NULL);
    sg_frame_end(request, html, reply);
}
