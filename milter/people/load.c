/* load.c - builds a snapshot: from what the configuration says, then from the files it names. */
#include "people_internal.h"

static void draft_clear(gpointer data)
{
    SgDraft *draft = data;

    g_ptr_array_unref(draft->targets);
    g_ptr_array_unref(draft->nested);
}

SgPeopleBuilder *sg_people_builder_new(SgReport *report)
{
    SgPeopleBuilder *builder = g_new0(SgPeopleBuilder, 1);

    builder->people = sg_people_new();
    builder->report = report;
    builder->groups = g_hash_table_new(g_str_hash, g_str_equal);
    builder->drafts = g_array_new(FALSE, FALSE, sizeof(SgDraft));
    g_array_set_clear_func(builder->drafts, draft_clear);
    builder->included = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    builder->waiting = g_ptr_array_new_with_free_func((GDestroyNotify)sg_include_free);
    for (guint i = 0; i < SG_ROLES_BUILTIN; i++) {
        g_ptr_array_add(builder->people->roles, (gpointer)sg_builtin_roles[i]);
        builder->people->sets[i] = G_GUINT64_CONSTANT(1) << i;
    }
    g_ptr_array_add(builder->people->roles, NULL);
    return builder;
}

void sg_people_builder_free(SgPeopleBuilder *builder)
{
    if (!builder)
        return;
    sg_people_unref(builder->people);
    g_hash_table_unref(builder->groups);
    g_array_unref(builder->drafts);
    g_hash_table_unref(builder->included);
    g_ptr_array_unref(builder->waiting);
    g_free(builder);
}

SgPerson *sg_people_builder_person(SgPeopleBuilder *builder, const char *address)
{
    SgPeople *people = builder->people;
    SgPerson *person = g_hash_table_lookup(people->persons, address);

    if (person)
        return person;
    person = sg_arena_new0(&people->arena, sizeof *person);
    person->address = sg_people_string(people, address);
    person->role = SG_ROLE_NONE;
    person->end = SG_FOREVER;
    g_hash_table_insert(people->persons, (gpointer)person->address, person);
    return person;
}

void sg_people_builder_own(SgPeopleBuilder *builder, const char *personal, const SgPerson *owner,
                           SgOrigin origin)
{
    SgPerson *person = sg_people_builder_person(builder, personal);
    SgOwner *link;

    if (person == owner)
        return;
    link = sg_arena_new0(&builder->people->arena, sizeof *link);
    *link = (SgOwner){.person = owner, .origin = origin, .next = person->owners};
    person->owners = link;
}

static const char *group_name(SgPeopleBuilder *builder, const char *name)
{
    const char *known = g_hash_table_lookup(builder->groups, name);

    if (!known) {
        known = sg_people_string(builder->people, name);
        g_hash_table_add(builder->groups, (gpointer)known);
    }
    return known;
}

void sg_people_builder_join(SgPeopleBuilder *builder, SgMembership **groups, const char *name)
{
    SgMembership *membership = sg_arena_new0(&builder->people->arena, sizeof *membership);

    *membership = (SgMembership){.group = group_name(builder, name), .next = *groups};
    *groups = membership;
}

SgList *sg_people_builder_list(SgPeopleBuilder *builder, SgOrigin origin)
{
    SgList *list = sg_list_new(origin, builder->drafts->len);
    SgDraft draft = {
        .list = list,
        .targets = g_ptr_array_new_with_free_func(g_free),
        .nested = g_ptr_array_new(),
    };

    g_ptr_array_add(builder->people->lists, list);
    g_array_append_val(builder->drafts, draft);
    return list;
}

SgDraft *sg_people_builder_draft(SgPeopleBuilder *builder, const SgList *list)
{
    return &g_array_index(builder->drafts, SgDraft, list->index);
}

/* A list with nobody behind it is no list, and what it is called may still have a role. */
static void settle_persons(SgPeople *people)
{
    GHashTableIter each;
    gpointer value;

    g_hash_table_iter_init(&each, people->persons);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        SgPerson *person = value;
        if (person->list && person->list->members == 0)
            person->list = NULL;
        if (person->listed || person->role != SG_ROLE_NONE || person->groups)
            people->count++;
    }
}

static int by_name(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

SgPeople *sg_people_builder_finish(SgPeopleBuilder *builder)
{
    SgPeople *people = builder->people;
    GHashTableIter each;
    gpointer name;

    sg_people_expand_lists(builder);
    settle_persons(people);
    g_hash_table_iter_init(&each, builder->groups);
    while (g_hash_table_iter_next(&each, &name, NULL))
        g_ptr_array_add(people->groups, name);
    g_ptr_array_sort(people->groups, by_name);
    g_ptr_array_add(people->groups, NULL);
    return g_steal_pointer(&builder->people);
}

static SgOrigin origin_of(SgPeopleBuilder *builder, const char *what, const SgNamed *named)
{
    g_autofree char *text = g_strconcat(what, " ", named->text, NULL);

    return (SgOrigin){sg_people_string(builder->people, text), named->place.file,
                      named->place.line};
}

/* TRUE when `role` may be said now: nobody has said another one before. */
static gboolean is_free(SgPeopleBuilder *builder, const SgNamed *named, guint8 before,
                        SgOrigin origin, guint8 role)
{
    if (before == SG_ROLE_NONE)
        return TRUE;
    if (before != role)
        sg_report_error(builder->report, named->place, "'%s' is already '%s', by %s:%u",
                        named->text, sg_people_role_name(builder->people, before), origin.file,
                        origin.line);
    return FALSE;
}

/* `role` is SG_ROLE_NONE for a group. */
static void add_address(SgPeopleBuilder *builder, const SgNamed *named, guint8 role,
                        const char *group)
{
    SgPerson *person = sg_people_builder_person(builder, named->text);

    if (group)
        sg_people_builder_join(builder, &person->groups, group);
    else if (is_free(builder, named, person->role, person->origin, role)) {
        person->role = role;
        person->origin = origin_of(builder, "address", named);
    }
}

static void add_domain(SgPeopleBuilder *builder, const SgNamed *named, guint8 role,
                       const char *group)
{
    SgPeople *people = builder->people;
    SgDomain *domain = g_hash_table_lookup(people->domains, named->text);

    if (!domain) {
        domain = sg_arena_new0(&people->arena, sizeof *domain);
        domain->role = SG_ROLE_NONE;
        g_hash_table_insert(people->domains, (gpointer)sg_people_string(people, named->text),
                            domain);
    }
    if (group)
        sg_people_builder_join(builder, &domain->groups, group);
    else if (is_free(builder, named, domain->role, domain->origin, role)) {
        domain->role = role;
        domain->origin = origin_of(builder, "domain", named);
    }
}

static void add_circle(SgPeopleBuilder *builder, const SgCircleSpec *circle, guint8 role,
                       const char *group)
{
    for (guint i = 0; i < circle->addresses->len; i++)
        add_address(builder, &g_array_index(circle->addresses, SgNamed, i), role, group);
    for (guint i = 0; i < circle->domains->len; i++)
        add_domain(builder, &g_array_index(circle->domains, SgNamed, i), role, group);
    for (guint i = 0; i < circle->patterns->len; i++) {
        const SgPatternSpec *spec = &g_array_index(circle->patterns, SgPatternSpec, i);
        SgNamed named = {spec->shown, spec->place};
        SgPattern pattern = {g_regex_ref(spec->regex), origin_of(builder, "pattern", &named), role};
        g_array_append_val(builder->people->patterns, pattern);
    }
}

static void add_role_names(SgPeopleBuilder *builder, const SgPeopleSpec *spec)
{
    SgPeople *people = builder->people;

    g_ptr_array_set_size(people->roles, 0);
    for (guint i = 0; i < spec->roles->len; i++) {
        const SgCircleSpec *role = spec->roles->pdata[i];
        g_ptr_array_add(people->roles, (gpointer)sg_people_string(people, role->name));
        people->sets[i] = G_GUINT64_CONSTANT(1) << i;
    }
    g_ptr_array_add(people->roles, NULL);
}

static void add_include(SgPeopleBuilder *builder, guint role, const SgNamed *named)
{
    SgPeople *people = builder->people;
    const char *meant;
    SgRole included;

    if (sg_people_role(people, sg_span(named->text), &included)) {
        people->sets[role] |= G_GUINT64_CONSTANT(1) << included;
        return;
    }
    meant = sg_suggest(sg_span(named->text), sg_people_role_names(people));
    if (meant)
        sg_report_error(builder->report, named->place, "unknown role '%s'; did you mean '%s'?",
                        named->text, meant);
    else
        sg_report_error(builder->report, named->place, "unknown role '%s'", named->text);
}

/* Warshall's closure: whoever includes `middle` includes what it includes. */
static void close_sets(SgPeople *people, guint roles)
{
    for (guint middle = 0; middle < roles; middle++) {
        for (guint i = 0; i < roles; i++) {
            if (people->sets[i] >> middle & 1)
                people->sets[i] |= people->sets[middle];
        }
    }
}

static void add_roles(SgPeopleBuilder *builder, const SgPeopleSpec *spec)
{
    add_role_names(builder, spec);
    for (guint i = 0; i < spec->roles->len; i++) {
        const SgCircleSpec *role = spec->roles->pdata[i];
        for (guint j = 0; j < role->includes->len; j++)
            add_include(builder, i, &g_array_index(role->includes, SgNamed, j));
        add_circle(builder, role, (guint8)i, NULL);
    }
    close_sets(builder->people, spec->roles->len);
}

/* Without a copy nobody is known by it: whether mail waits until there is one is for others to
 * say. One that is no copy is as good as none, and is replaced. */
static void read_copy(SgPeopleBuilder *builder, const SgFileSpec *file)
{
    if (file->kind != SG_FILE_DIRECTORY)
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = sg_people_file_bytes(file->path, &error);
    g_autofree char *what = g_strconcat("directory ", file->name, NULL);

    if (text && sg_span_begins(sg_span_of_bytes(text), SG_DIRECTORY_COPY_HEAD))
        sg_people_read_copy(builder, file->path, text, what);
    else if (text || !g_file_test(file->path, G_FILE_TEST_EXISTS))
        sg_report_warning(builder->report, file->place,
                          "nobody is known by directory '%s' yet: there is no copy of it at '%s'",
                          file->name, file->path);
    else
        sg_report_error(builder->report, file->place, "%s", error->message);
}

static void read_text(SgPeopleBuilder *builder, const SgFileSpec *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = sg_people_file_bytes(file->path, &error);

    sg_people_add_file(builder->people, file->path);
    if (!text)
        sg_report_error(builder->report, file->place, "%s", error->message);
    else if (file->kind == SG_FILE_CSV)
        sg_people_read_csv(builder, file->path, text);
    else if (file->kind == SG_FILE_EXPORT)
        sg_people_read_export(builder, file->export, text);
    else if (file->kind == SG_FILE_ALIASES)
        sg_people_read_aliases(builder, file->path, text, file->domain);
    else
        sg_people_read_virtual(builder, file->path, text);
}

static void read_file(SgPeopleBuilder *builder, const SgFileSpec *file)
{
    if (file->kind == SG_FILE_FOLDER)
        sg_people_read_folder(builder, file->path, file->domain, file->place);
    else if (file->kind != SG_FILE_DIRECTORY)
        read_text(builder, file);
}

SgPeople *sg_people_load(const SgPeopleSpec *spec, SgReport *report)
{
    g_autoptr(SgPeopleBuilder) builder = sg_people_builder_new(report);
    guint errors = sg_report_errors(report);

    builder->people->delimiter = spec->delimiter;
    add_roles(builder, spec);
    for (guint i = 0; i < spec->groups->len; i++) {
        const SgCircleSpec *group = spec->groups->pdata[i];
        add_circle(builder, group, SG_ROLE_NONE, group_name(builder, group->name));
    }
    for (guint i = 0; i < spec->files->len; i++)
        read_file(builder, &g_array_index(spec->files, SgFileSpec, i));
    for (guint i = 0; i < spec->files->len; i++)
        read_copy(builder, &g_array_index(spec->files, SgFileSpec, i));
    sg_people_read_includes(builder);
    if (sg_report_errors(report) > errors)
        return NULL;
    return sg_people_builder_finish(builder);
}
