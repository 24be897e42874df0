/* found.c - puts what a directory says into the form of its copy, and counts it. */
#include "directory_internal.h"

static void count_free(gpointer data)
{
    SgDirectoryCount *count = data;

    g_free(count->name);
    g_free(count);
}

void sg_directory_found_free(SgDirectoryFound *found)
{
    if (!found)
        return;
    g_ptr_array_unref(found->roles);
    g_ptr_array_unref(found->groups);
    g_ptr_array_unref(found->notes);
    g_string_free(found->copy, TRUE);
    g_free(found->server);
    g_free(found);
}

static SgDirectoryCount *count_of(GPtrArray *counts, const char *name)
{
    for (guint i = 0; i < counts->len; i++)
        if (strcmp(((SgDirectoryCount *)counts->pdata[i])->name, name) == 0)
            return counts->pdata[i];
    SgDirectoryCount *count = g_new0(SgDirectoryCount, 1);
    count->name = g_strdup(name);
    g_ptr_array_add(counts, count);
    return count;
}

/* Rows ------------------------------------------------------------------------------------------
 */

/* What the copy says of one address: a person, a list, or both. */
typedef struct Row {
    const char *address;
    const SgFoundPerson *person;
    GPtrArray *groups; /* const char *, borrowed, of all that have the address; NULL: none */
    const SgFoundList *list;
} Row;

static void row_free(gpointer data)
{
    Row *row = data;

    if (row->groups)
        g_ptr_array_unref(row->groups);
    g_free(row);
}

static Row *row_of(GHashTable *rows, const char *address)
{
    Row *row = g_hash_table_lookup(rows, address);

    if (!row) {
        row = g_new0(Row, 1);
        row->address = address;
        g_hash_table_insert(rows, (gpointer)address, row);
    }
    return row;
}

/* The first who has an address says its role; groups add up. */
static guint add_person(GHashTable *rows, const SgFoundPerson *person)
{
    guint shared = 0;

    for (guint i = 0; i < person->addresses->len; i++) {
        Row *row = row_of(rows, person->addresses->pdata[i]);
        shared += row->person != NULL;
        if (!row->person || (!row->person->role && person->role))
            row->person = person;
        for (guint j = 0; j < person->groups->len; j++) {
            if (!row->groups)
                row->groups = g_ptr_array_new();
            if (!g_ptr_array_find(row->groups, person->groups->pdata[j], NULL))
                g_ptr_array_add(row->groups, person->groups->pdata[j]);
        }
    }
    return shared;
}

static int by_address(gconstpointer left, gconstpointer right)
{
    const Row *a = *(const Row *const *)left;
    const Row *b = *(const Row *const *)right;

    return strcmp(a->address, b->address);
}

static int by_text(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Writing ---------------------------------------------------------------------------------------
 */

/* Quoted always: an address may have any character in its own quotes. */
static void put_words(GString *copy, GPtrArray *words)
{
    g_string_append_c(copy, '"');
    for (guint i = 0; words && i < words->len; i++) {
        if (i > 0)
            g_string_append_c(copy, ' ');
        for (const char *c = words->pdata[i]; *c; c++) {
            if (*c == '"')
                g_string_append_c(copy, '"');
            g_string_append_c(copy, *c);
        }
    }
    g_string_append_c(copy, '"');
}

static void put_word(GString *copy, const char *word)
{
    gpointer words[] = {(gpointer)word};
    GPtrArray one = {.pdata = words, .len = 1};

    put_words(copy, &one);
}

static void put_row(GString *copy, Row *row)
{
    const SgFoundPerson *person = row->person;

    g_string_append_printf(copy, "%s,", person && person->role ? person->role : "");
    put_word(copy, row->address);
    g_string_append_c(copy, ',');
    if (row->groups)
        g_ptr_array_sort(row->groups, by_text);
    put_words(copy, row->groups);
    g_string_append_printf(copy, ",%s,", person ? person->until : "");
    put_words(copy, person ? person->personal : NULL);
    g_string_append_c(copy, ',');
    put_words(copy, row->list ? row->list->members : NULL);
    g_string_append_c(copy, '\n');
}

static void put_rows(SgDirectoryFound *found, GHashTable *rows)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GHashTableIter each;
    gpointer row;

    g_hash_table_iter_init(&each, rows);
    while (g_hash_table_iter_next(&each, NULL, &row))
        g_ptr_array_add(sorted, row);
    g_ptr_array_sort(sorted, by_address);
    found->copy = g_string_new(SG_DIRECTORY_COPY_HEAD);
    for (guint i = 0; i < sorted->len && found->copy->len <= SG_COPY_MAX; i++)
        put_row(found->copy, sorted->pdata[i]);
}

/* Counting --------------------------------------------------------------------------------------
 */

static int by_name(gconstpointer left, gconstpointer right)
{
    const SgDirectoryCount *a = *(const SgDirectoryCount *const *)left;
    const SgDirectoryCount *b = *(const SgDirectoryCount *const *)right;

    return strcmp(a->name, b->name);
}

static void count_groups(SgDirectoryFound *found, const SgHarvest *harvest)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
    GHashTableIter each;
    gpointer name, count;

    for (guint i = 0; i < harvest->persons->len; i++) {
        const SgFoundPerson *person = harvest->persons->pdata[i];
        for (guint j = 0; j < person->groups->len; j++) {
            gpointer known = person->groups->pdata[j];
            guint so_far = GPOINTER_TO_UINT(g_hash_table_lookup(counts, known));
            g_hash_table_insert(counts, known, GUINT_TO_POINTER(so_far + 1));
        }
    }
    g_hash_table_iter_init(&each, harvest->names);
    while (g_hash_table_iter_next(&each, &name, NULL)) {
        SgDirectoryCount *one = g_new0(SgDirectoryCount, 1);
        count = g_hash_table_lookup(counts, name);
        one->name = g_strdup(name);
        one->people = GPOINTER_TO_UINT(count);
        g_ptr_array_add(found->groups, one);
    }
    g_ptr_array_sort(found->groups, by_name);
}

static void note_if(SgDirectoryFound *found, guint count, const char *one, const char *many)
{
    if (count > 0)
        g_ptr_array_add(found->notes,
                        count == 1 ? g_strdup(one) : g_strdup_printf("%u %s", count, many));
}

static SgDirectoryFound *found_begin(const SgHarvest *harvest)
{
    SgDirectoryFound *found = g_new0(SgDirectoryFound, 1);
    const GPtrArray *roles = harvest->directory->roles;

    found->roles = g_ptr_array_new_with_free_func(count_free);
    found->groups = g_ptr_array_new_with_free_func(count_free);
    found->notes = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < roles->len; i++)
        count_of(found->roles, ((const SgDirectoryTarget *)roles->pdata[i])->name);
    return found;
}

static guint add_persons(SgDirectoryFound *found, const SgHarvest *harvest, GHashTable *rows)
{
    guint shared = 0;

    for (guint i = 0; i < harvest->persons->len; i++) {
        const SgFoundPerson *person = harvest->persons->pdata[i];
        if (!person->role && person->groups->len == 0)
            continue;
        found->people++;
        if (person->role)
            count_of(found->roles, person->role)->people++;
        shared += add_person(rows, person);
    }
    found->addresses = g_hash_table_size(rows);
    return shared;
}

SgDirectoryFound *sg_found_new(const SgHarvest *harvest, GError **error)
{
    g_autoptr(SgDirectoryFound) found = found_begin(harvest);
    g_autoptr(GHashTable) rows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, row_free);
    guint shared = add_persons(found, harvest, rows);

    for (guint i = 0; i < harvest->lists->len; i++) {
        const SgFoundList *list = harvest->lists->pdata[i];
        row_of(rows, list->address)->list = list;
    }
    found->lists = harvest->lists->len;
    count_groups(found, harvest);
    put_rows(found, rows);
    note_if(found, harvest->odd, "one value made no sense and was left out",
            "values made no sense and were left out");
    note_if(found, harvest->lost, "one member of a group is not to be found",
            "members of groups are not to be found");
    note_if(found, harvest->deep, "one group is nested too deeply", "groups are nested too deeply");
    note_if(found, shared, "one address belongs to two entries; the first counts",
            "addresses belong to several entries; the first counts");
    if (found->copy->len <= SG_COPY_MAX)
        return g_steal_pointer(&found);
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_MANY,
                "what it says would take more than %d MB", (int)(SG_COPY_MAX / (1024 * 1024)));
    return NULL;
}
