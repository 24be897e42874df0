/* incident.c - see incident.h */
#include "incident.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "options.h"
#include "schoolgate/when.h"

char *sg_incident_recipient_role(const SgIncidentRecipient *recipient)
{
    return recipient->personal_of
               ? g_strconcat(recipient->role, ", personal of ", recipient->personal_of, NULL)
               : g_strdup(recipient->role);
}

static void add_recipients(JsonBuilder *builder, const SgIncident *incident)
{
    sg_json_begin_array(builder, "recipients");
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];
        g_auto(GStrv) personal_of =
            g_strsplit(recipient->personal_of ? recipient->personal_of : "", ", ", -1);

        json_builder_begin_object(builder);
        sg_json_text(builder, "address", recipient->address);
        sg_json_text(builder, "role", recipient->role);
        sg_json_texts(builder, "personal_of", (const char *const *)personal_of);
        sg_json_text(builder, "action", sg_action_names[recipient->action]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

void sg_incident_add_members(JsonBuilder *builder, const SgIncident *incident)
{
    g_autofree char *at = sg_when_utc(incident->at);

    sg_json_text(builder, "id", incident->id);
    sg_json_text(builder, "at", at);
    sg_json_text(builder, "state", sg_state_names[incident->state]);
    sg_json_text(builder, "action", sg_action_names[incident->action]);
    sg_json_begin_object(builder, "sender");
    sg_json_text(builder, "address", incident->sender);
    sg_json_text(builder, "role", incident->sender_role);
    json_builder_end_object(builder);
    add_recipients(builder, incident);
    sg_json_text(builder, "login", incident->login);
    sg_json_text(builder, "client", incident->client);
    sg_json_text(builder, "queue", incident->queue_id);
    sg_json_text(builder, "message_id", incident->message_id);
    sg_json_text(builder, "subject", incident->subject);
    sg_json_number(builder, "size", (gint64)incident->size);
    sg_json_text(builder, "duplicate_of", incident->duplicate_of);
}

void sg_incident_add_copies(JsonBuilder *builder, const GPtrArray *copies)
{
    sg_json_begin_array(builder, "copies");
    for (guint i = 0; i < copies->len; i++) {
        const SgCopy *copy = copies->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "address", copy->address);
        sg_json_text(builder, "state", sg_state_names[copy->state]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* SQLite would say that somebody attempted to write a database, whoever only wanted to look. */
static gboolean may_write(const char *database, GError **error)
{
    if (g_access(database, W_OK) == 0 || errno == ENOENT)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                "cannot write to '%s': %s; who looks at an incident, or decides about it, is put "
                "on record there, and so has to be allowed to write to it",
                database, g_strerror(errno));
    return FALSE;
}

SgRecord *sg_desk_record(const SgConfig *config, GError **error)
{
    g_autoptr(SgRecord) there = NULL;

    if (may_write(config->database, error))
        there = sg_record_open(config->database, SG_RECORD_READ_ONLY, error);
    return there ? sg_record_open(config->database, SG_RECORD_READ_WRITE, error) : NULL;
}

int sg_complain_of_record(const GError *error)
{
    sg_complain("%s", error->message);
    if (error->domain != SG_RECORD_ERROR)
        return EX_UNAVAILABLE;
    switch (error->code) {
    case SG_RECORD_ERROR_NOT_FOUND:
        return EX_NOINPUT;
    case SG_RECORD_ERROR_REFUSED:
        return EX_DATAERR;
    case SG_RECORD_ERROR_CONFLICT:
    case SG_RECORD_ERROR_FORBIDDEN:
        return EX_NOPERM;
    default:
        return EX_UNAVAILABLE;
    }
}
