/* personal.c - which addresses are one person's */
#include "people_internal.h"

#include <string.h>

char *sg_people_mailbox(const SgPeople *people, const char *address)
{
    g_auto(SgAddress) parsed = {0};

    sg_address_read(&parsed, sg_span(address));
    char *untagged = sg_address_untagged(&parsed, people->delimiter);
    return untagged ? untagged : sg_address_normal(address);
}

static gboolean owns(const SgPerson *owner, const SgPerson *person)
{
    for (const SgOwner *one = person->owners; one; one = one->next)
        if (one->person == owner)
            return TRUE;
    return FALSE;
}

static int by_name(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

char **sg_people_personal(const SgPeople *people, const char *address)
{
    g_autofree char *mailbox = sg_people_mailbox(people, address);
    const SgPerson *owner = g_hash_table_lookup(people->persons, mailbox);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    GHashTableIter persons;
    gpointer person;

    g_hash_table_iter_init(&persons, people->persons);
    while (owner && g_hash_table_iter_next(&persons, NULL, &person))
        if (owns(owner, person))
            g_ptr_array_add(found, g_strdup(((const SgPerson *)person)->address));
    g_ptr_array_sort(found, by_name);
    g_ptr_array_add(found, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&found), FALSE);
}
