/* people.c - the snapshot: names of roles and groups, and who an address belongs to. */
#include "people_internal.h"

#define ARENA_BLOCK (64 * 1024)

void sg_arena_init(SgArena *arena)
{
    *arena = (SgArena){.blocks = g_ptr_array_new_with_free_func(g_free)};
}

void sg_arena_clear(SgArena *arena)
{
    g_clear_pointer(&arena->blocks, g_ptr_array_unref);
}

gpointer sg_arena_new0(SgArena *arena, gsize size)
{
    size = (size + 15) & ~(gsize)15;
    g_assert(size <= ARENA_BLOCK);
    if (arena->left < size) {
        g_ptr_array_add(arena->blocks, g_malloc0(ARENA_BLOCK));
        arena->left = ARENA_BLOCK;
    }
    char *block = arena->blocks->pdata[arena->blocks->len - 1];
    char *at = block + (ARENA_BLOCK - arena->left);
    arena->left -= size;
    return at;
}

static void tally_clear(gpointer data)
{
    SgTally *tally = data;

    g_array_unref(tally->ends);
}

static GArray *tallies_new(void)
{
    GArray *tallies = g_array_new(FALSE, FALSE, sizeof(SgTally));

    g_array_set_clear_func(tallies, tally_clear);
    return tallies;
}

SgList *sg_list_new(SgOrigin origin, guint index)
{
    SgList *list = g_new0(SgList, 1);

    list->origin = origin;
    list->index = index;
    list->roles = tallies_new();
    list->owners = tallies_new();
    list->groups = g_ptr_array_new();
    return list;
}

void sg_list_free(SgList *list)
{
    g_array_unref(list->roles);
    g_array_unref(list->owners);
    g_ptr_array_unref(list->groups);
    g_free(list);
}

static void pattern_clear(gpointer data)
{
    SgPattern *pattern = data;

    g_regex_unref(pattern->regex);
}

SgPeople *sg_people_new(void)
{
    SgPeople *people = g_new0(SgPeople, 1);

    g_atomic_ref_count_init(&people->references);
    people->strings = g_string_chunk_new(16 * 1024);
    sg_arena_init(&people->arena);
    people->roles = g_ptr_array_new();
    people->persons = g_hash_table_new(g_str_hash, g_str_equal);
    people->domains = g_hash_table_new(g_str_hash, g_str_equal);
    people->patterns = g_array_new(FALSE, FALSE, sizeof(SgPattern));
    g_array_set_clear_func(people->patterns, pattern_clear);
    people->lists = g_ptr_array_new_with_free_func((GDestroyNotify)sg_list_free);
    people->groups = g_ptr_array_new();
    people->files = g_ptr_array_new();
    g_ptr_array_add(people->files, NULL);
    people->delimiter = '+';
    return people;
}

SgPeople *sg_people_ref(SgPeople *people)
{
    g_atomic_ref_count_inc(&people->references);
    return people;
}

void sg_people_unref(SgPeople *people)
{
    if (!people || !g_atomic_ref_count_dec(&people->references))
        return;
    g_hash_table_unref(people->persons);
    g_hash_table_unref(people->domains);
    g_array_unref(people->patterns);
    g_ptr_array_unref(people->lists);
    g_ptr_array_unref(people->roles);
    g_ptr_array_unref(people->groups);
    g_ptr_array_unref(people->files);
    sg_arena_clear(&people->arena);
    g_string_chunk_free(people->strings);
    g_free(people);
}

const char *sg_people_string(SgPeople *people, const char *string)
{
    return g_string_chunk_insert(people->strings, string);
}

guint sg_people_count(const SgPeople *people)
{
    return people->count;
}

gboolean sg_people_role(const SgPeople *people, SgSpan name, SgRole *role)
{
    for (guint i = 0; people->roles->pdata[i]; i++) {
        if (sg_span_is(name, people->roles->pdata[i])) {
            *role = i;
            return TRUE;
        }
    }
    return FALSE;
}

SgRoleSet sg_people_role_set(const SgPeople *people, SgRole role)
{
    return people->sets[role];
}

const char *sg_people_role_name(const SgPeople *people, SgRole role)
{
    return people->roles->pdata[role];
}

const char *const *sg_people_role_names(const SgPeople *people)
{
    return (const char *const *)people->roles->pdata;
}

const char *const *sg_people_group_names(const SgPeople *people)
{
    return (const char *const *)people->groups->pdata;
}

char *sg_origin_text(SgOrigin origin)
{
    if (!origin.file)
        return g_strdup("nothing names it");
    if (origin.what)
        return g_strdup_printf("%s (%s:%u)", origin.what, origin.file, origin.line);
    return g_strdup_printf("%s:%u", origin.file, origin.line);
}

/* "*.example" for "a.b.example" and so on, nearest first: NULL when there is no more. `key` is the
 * domain behind a '*', whose beginning is written over. */
static char *next_wildcard(char *key)
{
    char *dot = strchr(key + 1, '.');

    /* From "*.b.example" go on behind the dot that is already the pattern's. */
    if (dot == key + 1)
        dot = strchr(dot + 1, '.');
    if (!dot)
        return NULL;
    dot[-1] = '*';
    return dot - 1;
}

/* Calls `each` for every entry that matches, the most specific first, until it returns TRUE. */
static void each_domain(const SgPeople *people, const char *domain,
                        gboolean (*each)(const SgDomain *found, gpointer data), gpointer data)
{
    if (!domain || strlen(domain) > SG_DOMAIN_MAX || g_hash_table_size(people->domains) == 0)
        return;

    g_autofree char *copy = g_strconcat("*", domain, NULL);
    const SgDomain *found = g_hash_table_lookup(people->domains, domain);
    char *key = copy;
    while (!(found && each(found, data)) && (key = next_wildcard(key)))
        found = g_hash_table_lookup(people->domains, key);
}

static gboolean take_role(const SgDomain *found, gpointer data)
{
    SgStanding *standing = data;

    if (found->role == SG_ROLE_NONE)
        return FALSE;
    standing->role = found->role;
    standing->origin = found->origin;
    return TRUE;
}

static gboolean match_patterns(const SgPeople *people, const SgAddress *address,
                               SgStanding *standing)
{
    if (people->patterns->len == 0)
        return FALSE;

    g_autofree char *normal =
        sg_address_join(address->local, strlen(address->local), address->domain);
    for (guint i = 0; i < people->patterns->len; i++) {
        const SgPattern *pattern = &g_array_index(people->patterns, SgPattern, i);
        /* Beyond the step limit it counts as no match. */
        if (g_regex_match(pattern->regex, normal, 0, NULL)) {
            standing->role = pattern->role;
            standing->origin = pattern->origin;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean take_person(const SgPerson *person, const SgList *except, SgStanding *standing)
{
    if (!person)
        return FALSE;
    if (person->role != SG_ROLE_NONE) {
        standing->role = person->role;
        standing->end = person->end;
        standing->origin = person->origin;
        return TRUE;
    }
    if (!person->list || person->list == except)
        return FALSE;
    standing->list = person->list;
    standing->origin = person->list->origin;
    return TRUE;
}

void sg_people_decide(const SgPeople *people, const SgAddress *address, const SgList *except,
                      SgStanding *standing)
{
    g_autofree char *normal =
        sg_address_join(address->local, strlen(address->local), address->domain);
    g_autofree char *untagged = sg_address_untagged(address, people->delimiter);

    *standing = (SgStanding){
        .exact = g_hash_table_lookup(people->persons, normal),
        .plain = untagged ? g_hash_table_lookup(people->persons, untagged) : NULL,
        .role = SG_ROLE_EXTERNAL,
        .end = SG_FOREVER,
    };
    if (take_person(standing->exact, except, standing) ||
        take_person(standing->plain, except, standing))
        return;
    if (!match_patterns(people, address, standing))
        each_domain(people, address->domain, take_role, standing);
    /* A line of people may give an end and leave the role to the domain. */
    if (standing->exact)
        standing->end = standing->exact->end;
    else if (standing->plain)
        standing->end = standing->plain->end;
}

static void add_groups(const SgMembership *groups, GPtrArray *into)
{
    for (; groups; groups = groups->next)
        g_ptr_array_add(into, (gpointer)groups->group);
}

static gboolean add_domain_groups(const SgDomain *found, gpointer data)
{
    add_groups(found->groups, data);
    return FALSE;
}

void sg_people_gather_groups(const SgPeople *people, const SgAddress *address,
                             const SgStanding *standing, GPtrArray *groups)
{
    if (standing->exact)
        add_groups(standing->exact->groups, groups);
    if (standing->plain)
        add_groups(standing->plain->groups, groups);
    each_domain(people, address->domain, add_domain_groups, groups);
}
