/* sources.c - what a snapshot was made of: for whoever examines it, not for judging */
#include "people_internal.h"

const char *const *sg_people_files(const SgPeople *people)
{
    return (const char *const *)people->files->pdata;
}

void sg_people_add_file(SgPeople *people, const char *path)
{
    const char *name = sg_people_string(people, path);

    g_ptr_array_insert(people->files, (gint)people->files->len - 1, (gpointer)name);
}

static guint listed_with(const SgPeople *people, SgRole role)
{
    GHashTableIter each;
    gpointer value;
    guint n = 0;

    g_hash_table_iter_init(&each, people->persons);
    while (g_hash_table_iter_next(&each, NULL, &value))
        n += ((const SgPerson *)value)->role == role;
    return n;
}

static guint domains_with(const SgPeople *people, SgRole role)
{
    GHashTableIter each;
    gpointer value;
    guint n = 0;

    g_hash_table_iter_init(&each, people->domains);
    while (g_hash_table_iter_next(&each, NULL, &value))
        n += ((const SgDomain *)value)->role == role;
    return n;
}

SgRoleSources sg_people_role_sources(const SgPeople *people, SgRole role)
{
    SgRoleSources sources = {
        .addresses = listed_with(people, role),
        .domains = domains_with(people, role),
    };

    for (guint i = 0; i < people->patterns->len; i++)
        sources.patterns += g_array_index(people->patterns, SgPattern, i).role == role;
    return sources;
}

char **sg_people_domains(const SgPeople *people)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter each;
    gpointer name, value;

    g_hash_table_iter_init(&each, people->domains);
    while (g_hash_table_iter_next(&each, &name, &value))
        if (((const SgDomain *)value)->role != SG_ROLE_NONE)
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}
