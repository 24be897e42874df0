/* noted.c - see noted.h */
#include "noted.h"

#include "pages.h"
#include "schoolgate/audit.h"

gboolean sg_note(const SgWebRequest *request, const char *action, const char *incident,
                 const char *detail, GError **error)
{
    g_autofree char *actor = sg_reviewer_on_trail(request->reviewer);
    const SgAuditEntry entry = {
        .at = request->now,
        .actor = actor,
        .role = sg_reviewer_role_names[request->reviewer->role],
        .action = action,
        .incident = incident,
        .detail = detail,
    };

    return sg_record_audit(request->console->record, &entry, error);
}

gboolean sg_noted(const SgWebRequest *request, const char *action, const char *detail,
                  SgWebReply *reply)
{
    g_autoptr(GError) error = NULL;

    if (sg_note(request, action, NULL, detail, &error))
        return TRUE;
    sg_page_record_error(request, reply, error);
    return FALSE;
}
