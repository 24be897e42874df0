/* example_file.c - an example that is a message in a file. The file comes by the checker's aids:
 * this room opens none itself. */
#include "policy_internal.h"

SgMessage *sg_example_message(const SgTrying *trying, const SgExample *example, const char *path)
{
    const SgExampleAids *aids = &trying->aids;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) raw = NULL;

    if (!aids->read_file) {
        sg_report_error(trying->report, example->place, "examples cannot be files here");
        return NULL;
    }
    raw = aids->read_file(path, aids->data, &error);
    if (!raw) {
        sg_report_error(trying->report, example->place, "%s", error->message);
        return NULL;
    }
    g_autoptr(SgMessage) message = sg_message_new(raw, trying->limits);
    if (!sg_message_is_mail(message)) {
        sg_report_error(trying->report, example->place,
                        "cannot read '%s' as mail: it does not begin with headers", path);
        return NULL;
    }
    if (sg_policy_reads_attachments(trying->policy) && aids->read_attachments &&
        !aids->read_attachments(message, aids->data, &error)) {
        sg_report_error(trying->report, example->place, "cannot judge '%s': %s", path,
                        error->message);
        return NULL;
    }
    return g_steal_pointer(&message);
}
