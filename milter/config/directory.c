/* directory.c - the directories that a configuration names, and reading people again when one of
 * their copies is another. */
#include "config_internal.h"

void sg_config_read_directory(SgLoading *loading, const SgBlock *block)
{
    SgDirectory *directory = sg_directory_read(block, loading->report);
    GPtrArray *all = loading->config->directories;

    for (guint i = 0; i < all->len; i++) {
        const SgDirectory *other = all->pdata[i];
        if (strcmp(other->name, directory->name) == 0)
            sg_report_error(loading->report, block->head.place,
                            "there is a directory '%s' already, at %s:%u", other->name,
                            other->place.file, other->place.line);
    }
    g_ptr_array_add(all, directory);
}

/* Beside the record, which is where the service may write. */
void sg_config_settle_directories(SgLoading *loading)
{
    const SgConfig *config = loading->config;
    g_autofree char *record = g_path_get_dirname(config->database);
    g_autofree char *folder = g_build_filename(record, "directory", NULL);

    for (guint i = 0; i < config->directories->len; i++) {
        SgDirectory *directory = config->directories->pdata[i];
        sg_directory_set_folder(directory, folder);
        g_autofree char *copy = sg_directory_copy_path(directory);
        g_autofree const char **groups = sg_directory_group_names(directory);
        sg_people_add_directory(loading->spec, directory->name, copy, groups);
    }
}

static void check_roles(const SgDirectory *directory, const SgPeople *people, SgReport *report)
{
    for (guint i = 0; i < directory->roles->len; i++) {
        const SgDirectoryTarget *role = directory->roles->pdata[i];
        SgRole known;
        if (sg_people_role(people, sg_span(role->name), &known))
            continue;
        const char *meant = sg_suggest(sg_span(role->name), sg_people_role_names(people));
        sg_report_error(report, role->place, "unknown role '%s'%s%s%s", role->name,
                        meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
    }
}

SgPeople *sg_config_load_people(const SgConfig *config, const SgPeopleSpec *spec,
                                const char **waits_for, SgReport *report)
{
    guint errors = sg_report_errors(report);
    g_autoptr(SgPeople) people = NULL;

    *waits_for = NULL;
    /* Before they are read: one that is replaced meanwhile is read once more. */
    for (guint i = 0; i < config->directories->len; i++) {
        SgDirectory *directory = config->directories->pdata[i];
        directory->loaded = sg_directory_mark(directory);
        if (!directory->start_without_copy && !sg_directory_has_copy(directory))
            *waits_for = directory->name;
    }
    people = sg_people_load(spec, report);
    for (guint i = 0; people && i < config->directories->len; i++)
        check_roles(config->directories->pdata[i], people, report);
    return sg_report_errors(report) == errors ? g_steal_pointer(&people) : NULL;
}
