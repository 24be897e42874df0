/* harvest.c - asks for everybody who has a role, then for groups and lists, and puts together what
 * all their entries say. */
#include "directory_internal.h"

void sg_harvest_init(SgHarvest *harvest, const SgDirectory *directory, SgSource *source)
{
    GDestroyNotify free_array = (GDestroyNotify)g_ptr_array_unref;

    *harvest = (SgHarvest){.directory = directory, .source = source};
    harvest->attributes = g_ptr_array_new();
    harvest->persons = g_ptr_array_new_with_free_func((GDestroyNotify)sg_found_person_free);
    harvest->by_dn = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    harvest->by_uid = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    harvest->nodes =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)sg_group_node_free);
    harvest->held_by = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_array);
    harvest->holders = g_ptr_array_new_with_free_func(g_free);
    harvest->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    harvest->lists = g_ptr_array_new();
}

static void list_free(SgFoundList *list)
{
    g_free(list->address);
    g_ptr_array_unref(list->members);
    g_free(list);
}

void sg_harvest_clear(SgHarvest *harvest)
{
    for (guint i = 0; i < harvest->lists->len; i++)
        list_free(harvest->lists->pdata[i]);
    g_ptr_array_unref(harvest->lists);
    g_ptr_array_unref(harvest->attributes);
    g_hash_table_unref(harvest->by_dn);
    g_hash_table_unref(harvest->by_uid);
    g_hash_table_unref(harvest->nodes);
    g_hash_table_unref(harvest->held_by);
    g_ptr_array_unref(harvest->holders);
    g_hash_table_unref(harvest->names);
    g_ptr_array_unref(harvest->persons);
}

const char *sg_harvest_name(SgHarvest *harvest, const char *name)
{
    gpointer known;

    if (!g_hash_table_lookup_extended(harvest->names, name, &known, NULL)) {
        known = g_strdup(name);
        g_hash_table_add(harvest->names, known);
    }
    return known;
}

/* What is asked for -------------------------------------------------------------------------------
 */

static void ask_for(SgHarvest *harvest, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++)
        g_ptr_array_add(harvest->attributes, names->pdata[i]);
}

static void choose_attributes(SgHarvest *harvest)
{
    const SgDirectory *directory = harvest->directory;

    ask_for(harvest, directory->address);
    ask_for(harvest, directory->personal);
    ask_for(harvest, directory->members);
    if (directory->until)
        g_ptr_array_add(harvest->attributes, directory->until);
    g_ptr_array_add(harvest->attributes, (gpointer) "objectclass");
    g_ptr_array_add(harvest->attributes, (gpointer) "uid");
    g_ptr_array_add(harvest->attributes, (gpointer) "cn");
    g_ptr_array_add(harvest->attributes, NULL);
}

static const char *const *attributes_of(const SgHarvest *harvest)
{
    return (const char *const *)harvest->attributes->pdata;
}

/* Entries ----------------------------------------------------------------------------------------
 */

gboolean sg_entry_is_group(const SgHarvest *harvest, const SgEntry *entry)
{
    const GPtrArray *attributes = harvest->directory->members;
    const GPtrArray *classes = sg_entry_values(entry, "objectclass");

    for (guint i = 0; i < attributes->len; i++)
        if (strcmp(attributes->pdata[i], SG_MEMBER_OF) != 0 &&
            sg_entry_values(entry, attributes->pdata[i]))
            return TRUE;
    for (guint i = 0; classes && i < classes->len; i++) {
        const char *class = classes->pdata[i];
        if (g_ascii_strncasecmp(class, "groupOf", 7) == 0 ||
            g_ascii_strcasecmp(class, "group") == 0 || g_ascii_strcasecmp(class, "posixGroup") == 0)
            return TRUE;
    }
    return FALSE;
}

static void note_holders(SgHarvest *harvest, const SgEntry *entry)
{
    const GPtrArray *groups = sg_entry_values(entry, SG_MEMBER_OF);

    for (guint i = 0; groups && i < groups->len; i++) {
        g_autofree char *key = sg_dn_key(groups->pdata[i]);
        GPtrArray *members = g_hash_table_lookup(harvest->held_by, key);
        if (!members) {
            members = g_ptr_array_new_with_free_func(g_free);
            g_hash_table_insert(harvest->held_by, g_steal_pointer(&key), members);
            g_ptr_array_add(harvest->holders, g_strdup(groups->pdata[i]));
        }
        g_ptr_array_add(members, g_strdup(entry->dn));
    }
}

static void note_uids(SgHarvest *harvest, const SgEntry *entry, SgFoundPerson *person)
{
    const GPtrArray *uids = sg_entry_values(entry, "uid");

    for (guint i = 0; uids && i < uids->len; i++)
        g_hash_table_insert(harvest->by_uid, g_utf8_casefold(uids->pdata[i], -1), person);
}

SgFoundPerson *sg_harvest_note(SgHarvest *harvest, const SgEntry *entry)
{
    g_autofree char *key = sg_dn_key(entry->dn);
    SgFoundPerson *person = g_hash_table_lookup(harvest->by_dn, key);

    if (person || g_hash_table_contains(harvest->by_dn, key))
        return person;
    if (sg_entry_is_group(harvest, entry)) {
        g_hash_table_insert(harvest->nodes, g_strdup(key), sg_group_node_new(harvest, entry));
    } else {
        person = sg_found_person_new(harvest->directory, entry, &harvest->odd);
        if (person->addresses->len > 0)
            g_ptr_array_add(harvest->persons, person);
        else
            g_clear_pointer(&person, sg_found_person_free);
    }
    if (person)
        note_uids(harvest, entry, person);
    note_holders(harvest, entry);
    g_hash_table_insert(harvest->by_dn, g_steal_pointer(&key), person);
    return person;
}

/* Searches ---------------------------------------------------------------------------------------
 */

/* A group that a search has found, whose members are asked for when the search is over. */
typedef struct Group {
    char *dn;
    const char *name;     /* of the group here; NULL: not wanted */
    GPtrArray *addresses; /* as a list; NULL: not wanted */
} Group;

static void group_free(gpointer data)
{
    Group *group = data;

    g_free(group->dn);
    if (group->addresses)
        g_ptr_array_unref(group->addresses);
    g_free(group);
}

typedef struct Search {
    SgHarvest *harvest;
    const SgDirectoryTarget *target;
    GPtrArray *groups; /* of Group */
} Search;

static gboolean search(Search *search, void (*each)(const SgEntry *entry, gpointer data),
                       GError **error)
{
    const SgDirectoryTarget *target = search->target;
    SgSource *source = search->harvest->source;
    const char *base = target->below ? target->below : search->harvest->directory->base;

    return source->search(source, base, SG_LOOK_BELOW, target->filter,
                          attributes_of(search->harvest), each, search, error);
}

static void take_role(const SgEntry *entry, gpointer data)
{
    Search *search = data;
    SgFoundPerson *person = sg_harvest_note(search->harvest, entry);

    if (person && !person->role)
        person->role = search->target->name;
}

static void join(SgFoundPerson *person, const char *name)
{
    if (!g_ptr_array_find(person->groups, name, NULL))
        g_ptr_array_add(person->groups, (gpointer)name);
}

static Group *add_group(Search *search, const SgEntry *entry)
{
    Group *group = g_new0(Group, 1);

    group->dn = g_strdup(entry->dn);
    g_ptr_array_add(search->groups, group);
    return group;
}

static void take_group(const SgEntry *entry, gpointer data)
{
    Search *search = data;
    const char *name = sg_harvest_name(search->harvest, search->target->name);
    SgFoundPerson *person = sg_harvest_note(search->harvest, entry);

    if (person)
        join(person, name);
    else if (sg_entry_is_group(search->harvest, entry))
        add_group(search, entry)->name = name;
}

/* `Year 9 (all)` becomes year-9-all: one word, as rules name groups. */
static char *name_of(const char *cn)
{
    g_autofree char *small = g_utf8_strdown(cn, -1);
    GString *name = g_string_new(NULL);

    for (const char *c = small; *c; c = g_utf8_next_char(c)) {
        gunichar code = g_utf8_get_char(c);
        if (g_unichar_isalnum(code) || strchr("-_.", *c))
            g_string_append_unichar(name, code);
        else if (name->len > 0 && name->str[name->len - 1] != '-')
            g_string_append_c(name, '-');
    }
    while (name->len > 0 && name->str[name->len - 1] == '-')
        g_string_truncate(name, name->len - 1);
    return g_string_free(name, FALSE);
}

static void take_every(const SgEntry *entry, gpointer data)
{
    Search *search = data;
    const char *cn = sg_entry_value(entry, "cn");
    g_autofree char *name = cn ? name_of(cn) : NULL;

    sg_harvest_note(search->harvest, entry);
    if (name && *name && sg_entry_is_group(search->harvest, entry))
        add_group(search, entry)->name = sg_harvest_name(search->harvest, name);
}

static void take_list(const SgEntry *entry, gpointer data)
{
    Search *search = data;
    SgHarvest *harvest = search->harvest;

    sg_harvest_note(harvest, entry);
    if (sg_entry_is_group(harvest, entry))
        add_group(search, entry)->addresses =
            sg_entry_addresses(entry, harvest->directory->address, &harvest->odd);
}

/* Members ----------------------------------------------------------------------------------------
 */

static void collect(const SgEntry *entry, gpointer data)
{
    Search *search = data;
    SgFoundPerson *person = sg_harvest_note(search->harvest, entry);

    if (person)
        g_ptr_array_add(search->groups, person);
}

/* Active Directory follows groups in groups itself, by a rule of its own. */
static GHashTable *members_in_chain(SgHarvest *harvest, const char *dn, GError **error)
{
    g_autofree char *value = sg_filter_value(dn);
    SgDirectoryTarget target = {
        .filter = g_strdup_printf("(memberOf:1.2.840.113556.1.4.1941:=%s)", value)};
    g_autoptr(GPtrArray) persons = g_ptr_array_new();
    Search one = {harvest, &target, persons};
    gboolean done = search(&one, collect, error);

    g_free(target.filter);
    if (!done)
        return NULL;
    GHashTable *members = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < persons->len; i++)
        g_hash_table_add(members, persons->pdata[i]);
    return members;
}

static GHashTable *members_of(SgHarvest *harvest, const char *dn, GError **error)
{
    return harvest->directory->nested == SG_NESTED_IN_CHAIN ? members_in_chain(harvest, dn, error)
                                                            : sg_group_members(harvest, dn, error);
}

static int by_text(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void add_list(SgHarvest *harvest, const char *address, GPtrArray *members)
{
    SgFoundList *list = g_new0(SgFoundList, 1);

    list->address = g_strdup(address);
    list->members = members;
    harvest->listed += members->len;
    g_ptr_array_add(harvest->lists, list);
}

/* What else the list is called leads to its main address. */
static void make_list(SgHarvest *harvest, const GPtrArray *addresses, GHashTable *members)
{
    GPtrArray *behind = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter each;
    gpointer key;

    g_hash_table_iter_init(&each, members);
    while (g_hash_table_iter_next(&each, &key, NULL))
        g_ptr_array_add(behind, g_strdup(((const SgFoundPerson *)key)->addresses->pdata[0]));
    g_ptr_array_sort(behind, by_text);
    add_list(harvest, addresses->pdata[0], behind);
    for (guint i = 1; i < addresses->len; i++) {
        GPtrArray *main = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(main, g_strdup(addresses->pdata[0]));
        add_list(harvest, addresses->pdata[i], main);
    }
}

static void join_all(GHashTable *members, const char *name)
{
    GHashTableIter each;
    gpointer person;

    g_hash_table_iter_init(&each, members);
    while (g_hash_table_iter_next(&each, &person, NULL))
        join(person, name);
}

static gboolean follow(SgHarvest *harvest, const Group *group, GError **error)
{
    g_autoptr(GHashTable) members = NULL;

    if (!group->name && group->addresses->len == 0)
        return TRUE;
    members = members_of(harvest, group->dn, error);
    if (!members)
        return FALSE;
    if (group->name)
        join_all(members, group->name);
    else if (g_hash_table_size(members) > 0)
        make_list(harvest, group->addresses, members);
    if (harvest->listed <= SG_LISTED_MAX)
        return TRUE;
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_MANY,
                "more than %d addresses are behind its lists", SG_LISTED_MAX);
    return FALSE;
}

static gboolean follow_all(SgHarvest *harvest, const GPtrArray *groups, GError **error)
{
    for (guint i = 0; i < groups->len; i++)
        if (!follow(harvest, groups->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* All of it --------------------------------------------------------------------------------------
 */

static gboolean take_role_of_group(SgHarvest *harvest, const SgDirectoryTarget *role,
                                   GError **error)
{
    g_autoptr(GHashTable) members = members_of(harvest, role->dn, error);
    GHashTableIter each;
    gpointer person;

    if (!members)
        return FALSE;
    g_hash_table_iter_init(&each, members);
    while (g_hash_table_iter_next(&each, &person, NULL))
        if (!((SgFoundPerson *)person)->role)
            ((SgFoundPerson *)person)->role = role->name;
    return TRUE;
}

static gboolean take_roles(SgHarvest *harvest, GError **error)
{
    const GPtrArray *roles = harvest->directory->roles;

    for (guint i = 0; i < roles->len; i++) {
        const SgDirectoryTarget *role = roles->pdata[i];
        Search one = {.harvest = harvest, .target = role};
        if (!(role->dn ? take_role_of_group(harvest, role, error) : search(&one, take_role, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_targets(SgHarvest *harvest, const GPtrArray *targets,
                             void (*take)(const SgEntry *entry, gpointer data), GError **error)
{
    for (guint i = 0; i < targets->len; i++) {
        const SgDirectoryTarget *target = targets->pdata[i];
        g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(group_free);
        Search one = {harvest, target, groups};

        if (target->dn) {
            Group *group = g_new0(Group, 1);
            group->dn = g_strdup(target->dn);
            group->name = sg_harvest_name(harvest, target->name);
            g_ptr_array_add(groups, group);
        } else if (!search(&one, take, error)) {
            return FALSE;
        }
        if (!follow_all(harvest, groups, error))
            return FALSE;
    }
    return TRUE;
}

gboolean sg_harvest_take(SgHarvest *harvest, GError **error)
{
    const SgDirectory *directory = harvest->directory;

    choose_attributes(harvest);
    return take_roles(harvest, error) && sg_groups_of_people(harvest, error) &&
           take_targets(harvest, directory->groups, take_group, error) &&
           take_targets(harvest, directory->every, take_every, error) &&
           take_targets(harvest, directory->lists, take_list, error);
}
