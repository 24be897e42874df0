/* members.c - who is in a group: by what the group says, by what people say of themselves, and
 * through groups in groups, which may name each other in a circle. */
#include "directory_internal.h"

void sg_group_node_free(SgGroupNode *node)
{
    g_ptr_array_unref(node->members);
    g_ptr_array_unref(node->uids);
    g_free(node);
}

SgGroupNode *sg_group_node_new(const SgHarvest *harvest, const SgEntry *entry)
{
    const GPtrArray *attributes = harvest->directory->members;
    SgGroupNode *node = g_new0(SgGroupNode, 1);

    node->members = g_ptr_array_new_with_free_func(g_free);
    node->uids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < attributes->len; i++) {
        const char *attribute = attributes->pdata[i];
        const GPtrArray *values = sg_entry_values(entry, attribute);
        gboolean by_uid = strcmp(attribute, SG_MEMBER_UID) == 0;
        if (!values || strcmp(attribute, SG_MEMBER_OF) == 0)
            continue;
        for (guint j = 0; j < values->len; j++)
            g_ptr_array_add(by_uid ? node->uids : node->members, g_strdup(values->pdata[j]));
    }
    return node;
}

static void note(const SgEntry *entry, gpointer data)
{
    sg_harvest_note(data, entry);
}

static gboolean look(SgHarvest *harvest, const char *base, int scope, const char *filter,
                     GError **error)
{
    SgSource *source = harvest->source;

    return source->search(source, base, scope, filter,
                          (const char *const *)harvest->attributes->pdata, note, harvest, error);
}

/* Asks for the entry at `dn`, once. One that is not there is remembered as nobody. */
static gboolean look_at(SgHarvest *harvest, const char *dn, const char *key, GError **error)
{
    if (g_hash_table_contains(harvest->by_dn, key))
        return TRUE;
    if (!look(harvest, dn, SG_LOOK_AT_ONE, "(objectClass=*)", error))
        return FALSE;
    if (g_hash_table_contains(harvest->by_dn, key))
        return TRUE;
    harvest->lost++;
    g_hash_table_insert(harvest->by_dn, g_strdup(key), NULL);
    return TRUE;
}

static gboolean look_for_uid(SgHarvest *harvest, const char *uid, const char *key, GError **error)
{
    g_autofree char *value = sg_filter_value(uid);
    g_autofree char *filter = g_strdup_printf("(uid=%s)", value);

    if (g_hash_table_contains(harvest->by_uid, key))
        return TRUE;
    if (!look(harvest, harvest->directory->base, SG_LOOK_BELOW, filter, error))
        return FALSE;
    if (g_hash_table_contains(harvest->by_uid, key))
        return TRUE;
    harvest->lost++;
    g_hash_table_insert(harvest->by_uid, g_strdup(key), NULL);
    return TRUE;
}

/* Walking ----------------------------------------------------------------------------------------
 */

typedef struct Walk {
    SgHarvest *harvest;
    GHashTable *found; /* set of SgFoundPerson */
    GHashTable *seen;  /* set of keys */
    GPtrArray *level;  /* keys of groups that are equally deep */
    guint depth;
} Walk;

/* A person, or a group for the next level. */
static gboolean step(Walk *walk, const char *dn, GError **error)
{
    g_autofree char *key = sg_dn_key(dn);
    SgFoundPerson *person;

    if (g_hash_table_contains(walk->seen, key))
        return TRUE;
    if (!look_at(walk->harvest, dn, key, error))
        return FALSE;
    person = g_hash_table_lookup(walk->harvest->by_dn, key);
    if (person)
        g_hash_table_add(walk->found, person);
    else if (walk->depth == 0 || walk->harvest->directory->nested == SG_NESTED_WALK)
        g_ptr_array_add(walk->level, g_strdup(key));
    g_hash_table_add(walk->seen, g_steal_pointer(&key));
    return TRUE;
}

static gboolean step_by_uid(Walk *walk, const char *uid, GError **error)
{
    g_autofree char *key = g_utf8_casefold(uid, -1);
    SgFoundPerson *person;

    if (!look_for_uid(walk->harvest, uid, key, error))
        return FALSE;
    person = g_hash_table_lookup(walk->harvest->by_uid, key);
    if (person)
        g_hash_table_add(walk->found, person);
    return TRUE;
}

static gboolean step_all(Walk *walk, const GPtrArray *names,
                         gboolean (*one)(Walk *walk, const char *name, GError **error),
                         GError **error)
{
    for (guint i = 0; names && i < names->len; i++)
        if (!one(walk, names->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean walk_group(Walk *walk, const char *key, GError **error)
{
    const SgGroupNode *node = g_hash_table_lookup(walk->harvest->nodes, key);

    return (!node || (step_all(walk, node->members, step, error) &&
                      step_all(walk, node->uids, step_by_uid, error))) &&
           step_all(walk, g_hash_table_lookup(walk->harvest->held_by, key), step, error);
}

static gboolean walk_level(Walk *walk, GError **error)
{
    g_autoptr(GPtrArray) level = walk->level;

    walk->level = g_ptr_array_new_with_free_func(g_free);
    walk->depth++;
    for (guint i = 0; i < level->len; i++)
        if (!walk_group(walk, level->pdata[i], error))
            return FALSE;
    return TRUE;
}

GHashTable *sg_group_members(SgHarvest *harvest, const char *dn, GError **error)
{
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Walk walk = {.harvest = harvest, .found = found, .seen = seen};
    gboolean done;

    walk.level = g_ptr_array_new_with_free_func(g_free);
    done = step(&walk, dn, error);
    while (done && walk.level->len > 0 && walk.depth < SG_NESTING_MAX)
        done = walk_level(&walk, error);
    harvest->deep += walk.level->len;
    g_ptr_array_unref(walk.level);
    return done ? g_steal_pointer(&found) : NULL;
}

/* What is looked at may name further groups. */
gboolean sg_groups_of_people(SgHarvest *harvest, GError **error)
{
    if (harvest->directory->nested != SG_NESTED_WALK)
        return TRUE;
    for (guint i = 0; i < harvest->holders->len; i++) {
        const char *dn = harvest->holders->pdata[i];
        g_autofree char *key = sg_dn_key(dn);
        if (!look_at(harvest, dn, key, error))
            return FALSE;
    }
    return TRUE;
}
