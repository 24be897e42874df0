/* verb_subject_access.c - all that is held on one person, having been put on the audit trail first
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "incident.h"
#include "options.h"
#include "reviewer.h"
#include "schoolgate/when.h"
#include "subject.h"
#include "verbs.h"

static const char about[] =
    "For when somebody asks what the school holds on them. Name all their addresses, and those of\n"
    "lists they are on: mail to a list is on record under the list's address only. Every incident\n"
    "in which they are sender or recipient is told, with what was seen, decided and sent to them,\n"
    "and how long it is kept. Other people's addresses are marked, or replaced by their roles "
    "with\n"
    "--redact-others; names in texts are not found. It is for the officer and the head, and for "
    "nobody\n"
    "about whose own mail it is. That you have looked, and for which addresses, is put on the "
    "audit\n"
    "trail before anything is shown.\n";

typedef struct Wish {
    const char *folder; /* for messages; NULL: none */
    gboolean json, redact, personal;
    const SgReviewer *by;
} Wish;

/* The addresses are named there, although the trail is kept long: without them nobody could later
 * tell whose data was handed out, or that somebody looked up a colleague. */
static char *detail_of(const SgSubject *subject, const Wish *wish)
{
    g_autoptr(GString) detail = g_string_new(NULL);

    for (guint i = 0; i < subject->addresses->len; i++)
        g_string_append_printf(detail, "%s%s", i ? ", " : "",
                               (const char *)subject->addresses->pdata[i]);
    g_string_append_printf(detail, ": %u incident%s", subject->incidents->len,
                           subject->incidents->len == 1 ? "" : "s");
    if (wish->redact)
        g_string_append(detail, ", others redacted");
    if (wish->folder)
        g_string_append(detail, ", with messages");
    return g_strdup(detail->str);
}

static gboolean put_on_trail(const SgSubject *subject, SgRecord *record, const Wish *wish,
                             GError **error)
{
    g_autofree char *detail = detail_of(subject, wish);
    g_autofree char *actor = sg_reviewer_on_trail(wish->by);
    SgAuditEntry entry = {.at = subject->made,
                          .actor = actor,
                          .role = sg_reviewer_role_names[wish->by->role],
                          .action = "subject-access",
                          .detail = detail};

    return sg_record_audit_export(record, &entry, subject->incidents, error);
}

/* Refused, which is on the trail as other attempts are. Returns FALSE. */
static gboolean refuse(const SgSubject *subject, SgRecord *record, const Wish *wish,
                       const GError *why, GError **error)
{
    gboolean own = why->code == SG_RECORD_ERROR_CONFLICT;
    g_autofree char *actor = sg_reviewer_on_trail(wish->by);
    const SgAuditEntry entry = {.at = subject->made,
                                .actor = actor,
                                .role = sg_reviewer_role_names[wish->by->role],
                                .action = "refused",
                                .detail = own ? "subject-access: their own mail"
                                              : "subject-access: not theirs to do"};

    if (sg_record_audit(record, &entry, error))
        g_propagate_error(error, g_error_copy(why));
    return FALSE;
}

static gboolean concerns(const SgSubject *subject, const SgReviewer *by)
{
    for (guint i = 0; i < subject->incidents->len; i++)
        if (sg_incident_concerns(subject->incidents->pdata[i], by))
            return TRUE;
    return FALSE;
}

/* It shows texts, so that it is for those who may read them; and nobody's own mail to themself.
 * Asked before anything is redacted. */
static gboolean may_look(const SgSubject *subject, SgRecord *record, const Wish *wish,
                         GError **error)
{
    const SgReviewer *by = wish->by;
    gboolean reads = sg_reviewer_reads_text(by);
    gboolean own = concerns(subject, by);
    g_autoptr(GError) why = NULL;

    if (reads && !own)
        return TRUE;
    if (reads)
        why = g_error_new(SG_RECORD_ERROR, SG_RECORD_ERROR_CONFLICT,
                          "mail from or to %s is among it, and nobody looks into their own: "
                          "somebody else must do this",
                          by->name);
    else
        why = g_error_new(SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                          "'subject-access' is for the officer or the head; %s is here as %s",
                          by->name, sg_reviewer_role_names[by->role]);
    return refuse(subject, record, wish, why, error);
}

static gboolean fail(const char *what, const char *path, GError **error)
{
    int why = errno;

    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(why), "cannot %s '%s': %s", what,
                path, g_strerror(why));
    return FALSE;
}

/* For nobody else to read, and over nothing that is there. */
static gboolean write_bytes(const char *path, GBytes *bytes, GError **error)
{
    int fd = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);

    if (!file)
        return fail("create", path, error);
    gboolean written = fwrite(data, 1, length, file) == length;
    return (fclose(file) == 0 && written) || fail("write", path, error);
}

static gboolean write_message(SgSubject *subject, SgRecord *record, const char *id,
                              const char *folder, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) bytes = sg_record_message(record, id, &why);
    g_autofree char *name = g_strconcat(id, ".eml", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (g_error_matches(why, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND))
        return TRUE; /* none is held */
    if (!bytes) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    if (!write_bytes(path, bytes, error))
        return FALSE;
    g_ptr_array_add(subject->messages, g_strdup(id));
    return TRUE;
}

static gboolean write_messages(SgSubject *subject, SgRecord *record, const char *folder,
                               GError **error)
{
    if (!folder)
        return TRUE;
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return fail("create", folder, error);
    for (guint i = 0; i < subject->incidents->len; i++) {
        const SgIncident *incident = subject->incidents->pdata[i];
        if (!write_message(subject, record, incident->id, folder, error))
            return FALSE;
    }
    return TRUE;
}

static int complain(const GError *error)
{
    if (error->domain == SG_RECORD_ERROR)
        return sg_complain_of_record(error);
    sg_complain("%s", error->message);
    return EX_CANTCREAT;
}

/* Only now: whom an incident concerns is told by its addresses. */
static void redact(SgSubject *subject)
{
    subject->redact = TRUE;
    for (guint i = 0; i < subject->incidents->len; i++)
        sg_subject_redact(subject, subject->incidents->pdata[i]);
}

static int tell(SgSubject *subject, const char *as, Wish *wish)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = sg_desk_reviewer(subject->config, as, &error);
    g_autoptr(SgRecord) record = reviewer ? sg_desk_record(subject->config, &error) : NULL;

    wish->by = reviewer;
    if (!record || !sg_subject_read(subject, record, &error) ||
        !may_look(subject, record, wish, &error))
        return complain(error);
    if (wish->redact)
        redact(subject);
    if (!put_on_trail(subject, record, wish, &error) ||
        !write_messages(subject, record, wish->folder, &error))
        return complain(error);
    g_autofree char *text = wish->json ? sg_subject_json(subject) : sg_subject_text(subject);
    fputs(text, stdout);
    return EX_OK;
}

static int run_subject_access(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *folder = NULL, *as = NULL;
    g_auto(GStrv) addresses = NULL;
    Wish wish = {0};
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        SG_OPTION_JSON(&wish.json),
        {"messages", 0, 0, G_OPTION_ARG_FILENAME, &folder, "write held messages there, as ID.eml",
         "FOLDER"},
        {"with-personal", 0, 0, G_OPTION_ARG_NONE, &wish.personal,
         "look for the addresses that people files list as personal, too", NULL},
        {"redact-others", 0, 0, G_OPTION_ARG_NONE, &wish.redact,
         "show roles instead of other people's addresses", NULL},
        SG_OPTION_AS(&as),
        SG_OPTION_WORDS(&addresses),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (!addresses)
        return sg_usage_error(self, "no ADDRESS given");
    if (folder && wish.redact)
        return sg_usage_error(self, "--messages writes messages as they are: nothing in them is "
                                    "redacted");
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    g_autoptr(SgSubject) subject = sg_subject_new(config, sg_when_now());
    for (char **address = addresses; *address; address++)
        if (!sg_subject_add(subject, *address, wish.personal))
            return sg_usage_error(self, "'%s' is no address", *address);
    wish.folder = folder;
    return tell(subject, as, &wish);
}

const SgVerb sg_verb_subject_access = {
    .name = "subject-access",
    .usage = "[-c CONF] [--json] [--with-personal]\n"
             "                                 [--redact-others | --messages FOLDER] [--as NAME] "
             "ADDRESS...",
    .summary = "tell all that is held on one person",
    .run = run_subject_access,
};
