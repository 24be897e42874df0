/* folder.c - lists whose members a list server tells: a folder in which every file is a list. */
#include "people_internal.h"

#define FILES_MAX 10000

/* Endings that are no part of a list's name. */
static const char *const endings[] = {".txt", ".list", ".members", NULL};

/* NULL when it is none: a hidden file, or one that is being written. */
static char *name_of(const char *file, const char *domain)
{
    g_autofree char *bare = g_strdup(file);

    if (*file == '.' || g_str_has_suffix(file, "~") || g_str_has_suffix(file, ".new"))
        return NULL;
    for (guint i = 0; endings[i]; i++) {
        if (!g_str_has_suffix(bare, endings[i]))
            continue;
        bare[strlen(bare) - strlen(endings[i])] = '\0';
        break;
    }
    g_autofree char *whole =
        strchr(bare, '@') ? g_strdup(bare) : g_strconcat(bare, "@", domain, NULL);
    return sg_address_valid(whole);
}

/* `name@kingsmead.example`, `Jo Smith <jo@kingsmead.example>`; what stands behind a blank is no
 * part of an address without brackets. */
static char *read_member(SgSpan line)
{
    g_autofree char *text = sg_span_dup(line);

    g_strstrip(text);
    if (!strchr(text, '<'))
        text[strcspn(text, " \t,;")] = '\0';
    return sg_address_valid(text);
}

static gboolean is_to_be_read(SgSpan line)
{
    while (line.len > 0 && g_ascii_isspace(*line.at))
        line = (SgSpan){line.at + 1, line.len - 1};
    return line.len > 0 && *line.at != '#';
}

static void read_members(SgPeopleFile *file, GPtrArray *targets)
{
    SgSpan rest = {file->at, (gsize)(file->end - file->at)};

    while (rest.len > 0) {
        SgSpan line = sg_span_take_line(&rest);
        char *member;
        if (!is_to_be_read(line) || !sg_people_file_is_text(file, line))
            continue;
        member = read_member(line);
        if (member)
            g_ptr_array_add(targets, member);
        else
            sg_people_file_warn(file, line, "this is no address; it is left out");
    }
}

void sg_people_read_members(SgPeopleBuilder *builder, const char *path, const char *name,
                            GBytes *text)
{
    SgPerson *person = sg_people_builder_person(builder, name);
    SgPeopleFile file;

    sg_people_file_init(&file, path, text, builder->report);
    if (person->list) {
        sg_people_file_warn(&file, (SgSpan){file.at, 0},
                            "who is behind '%s' is in %s:%u already; left out", name,
                            person->list->origin.file, person->list->origin.line);
    } else {
        person->list = sg_people_builder_list(builder, (SgOrigin){.file = file.name, .line = 1});
        read_members(&file, sg_people_builder_draft(builder, person->list)->targets);
    }
    sg_people_file_done(&file);
}

static void read_file(SgPeopleBuilder *builder, const char *folder, const char *file,
                      const char *domain, SgPlace place)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autofree char *name = name_of(file, domain);
    g_autoptr(GBytes) text = NULL;

    if (!name)
        return;
    sg_people_add_file(builder->people, path);
    text = sg_people_file_bytes(path, &error);
    if (text)
        sg_people_read_members(builder, path, name, text);
    else
        sg_report_error(builder->report, place, "%s", error->message);
}

static int by_text(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

void sg_people_read_folder(SgPeopleBuilder *builder, const char *path, const char *domain,
                           SgPlace place)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &error);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    if (!folder) {
        sg_report_error(builder->report, place, "%s", error->message);
        return;
    }
    while (files->len < FILES_MAX && (name = g_dir_read_name(folder)))
        g_ptr_array_add(files, g_strdup(name));
    if (files->len == FILES_MAX)
        sg_report_error(builder->report, place, "'%s' holds more than %d files", path, FILES_MAX);
    g_ptr_array_sort(files, by_text);
    for (guint i = 0; i < files->len; i++)
        read_file(builder, path, files->pdata[i], domain, place);
}
