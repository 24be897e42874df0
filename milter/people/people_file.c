/* people_file.c - a file of people as text: how it is opened, and how its lines are complained of.
 */
#include "people_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOWN_MAX 60 /* characters */

GQuark sg_people_error_quark(void)
{
    return g_quark_from_static_string("sg-people-error-quark");
}

static gboolean read_all(int fd, const char *path, GByteArray *into, GError **error)
{
    guint8 buffer[64 * 1024];

    for (;;) {
        gssize got = read(fd, buffer, sizeof buffer);
        if (got == 0)
            return TRUE;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            g_set_error(error, SG_PEOPLE_ERROR, SG_PEOPLE_ERROR_FILE, "cannot read '%s': %s", path,
                        g_strerror(errno));
            return FALSE;
        }
        if (into->len + (gsize)got > SG_FILE_MAX) {
            g_set_error(error, SG_PEOPLE_ERROR, SG_PEOPLE_ERROR_FULL,
                        "cannot read '%s': it is larger than %d MB", path,
                        SG_FILE_MAX / (1024 * 1024));
            return FALSE;
        }
        g_byte_array_append(into, buffer, (guint)got);
    }
}

/* O_NONBLOCK: a named pipe in a file's place must not hang a reload. */
GBytes *sg_people_file_bytes(const char *path, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 || fstat(fd, &facts) < 0) {
        g_set_error(error, SG_PEOPLE_ERROR, SG_PEOPLE_ERROR_FILE, "cannot open '%s': %s", path,
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    gboolean is_file = S_ISREG(facts.st_mode);
    if (!is_file)
        g_set_error(error, SG_PEOPLE_ERROR, SG_PEOPLE_ERROR_FILE,
                    "cannot read '%s': it is no regular file", path);
    gboolean whole = is_file && read_all(fd, path, bytes, error);
    close(fd);
    return whole ? g_byte_array_free_to_bytes(g_steal_pointer(&bytes)) : NULL;
}

void sg_people_file_init(SgPeopleFile *file, const char *name, GBytes *text, SgReport *report)
{
    gsize size;
    const char *data = g_bytes_get_data(text, &size);
    const char *at = size > 0 ? data : "";

    *file = (SgPeopleFile){
        .name = g_intern_string(name),
        .text = g_bytes_ref(text),
        .at = at,
        .end = at + size,
        .report = report,
    };
    sg_report_note(report, name);
    if (size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        file->at += 3;
}

void sg_people_file_done(SgPeopleFile *file)
{
    if (file->complaints > SG_COMPLAINTS_MAX)
        sg_report_warning(file->report, (SgPlace){.file = file->name},
                          "%u more complaints about this file are not shown",
                          file->complaints - SG_COMPLAINTS_MAX);
    g_clear_pointer(&file->text, g_bytes_unref);
}

/* Counts from the beginning each time: complaints are few. */
static SgPlace place_of(const SgPeopleFile *file, SgSpan where)
{
    SgPlace place = {.file = file->name, .line = 1};
    const char *line = file->at;
    const char *stop = memchr(where.at, '\n', where.len);

    for (const char *end; (end = memchr(line, '\n', (gsize)(where.at - line))); line = end + 1)
        place.line++;
    if (stop)
        where.len = (gsize)(stop - where.at);
    place.column = (guint)g_utf8_strlen(line, where.at - line) + 1;
    place.width = (guint)g_utf8_strlen(where.at, (gssize)where.len);
    return place;
}

char *sg_people_shown(SgSpan span)
{
    g_autofree char *valid = g_utf8_make_valid(span.at ? span.at : "", (gssize)span.len);
    GString *shown = g_string_new(NULL);
    guint count = 0;

    for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
        gunichar code = g_utf8_get_char(c);
        if (++count > SHOWN_MAX) {
            g_string_append(shown, "...");
            break;
        }
        g_string_append_unichar(shown, g_unichar_isprint(code) ? code : '?');
    }
    return g_string_free(shown, FALSE);
}

void sg_people_file_warn(SgPeopleFile *file, SgSpan where, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    if (++file->complaints > SG_COMPLAINTS_MAX)
        return;
    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    sg_report_remember(file->report, file->name, file->text);
    sg_report_warning(file->report, place_of(file, where), "%s", message);
}

void sg_people_file_fail(SgPeopleFile *file, SgSpan where, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    sg_report_remember(file->report, file->name, file->text);
    sg_report_error(file->report, place_of(file, where), "%s", message);
}

gboolean sg_people_file_is_text(SgPeopleFile *file, SgSpan lines)
{
    const char *bad;

    if (g_utf8_validate(lines.at, (gssize)lines.len, &bad))
        return TRUE;
    if (*bad == '\0')
        sg_people_file_warn(file, (SgSpan){bad, 1}, "a NUL byte: this is no text; skipped");
    else
        sg_people_file_warn(file, (SgSpan){bad, 1},
                            "not valid UTF-8: save the file as UTF-8; skipped");
    return FALSE;
}
