/* entry.c - entries of a directory, and the small languages of their values: attribute names,
 * DNs and what may stand in a filter. Servers may be odd or hostile: what is no text is left out.
 */
#include "directory_internal.h"

#include <stdlib.h>

SgEntry *sg_entry_new(const char *dn)
{
    SgEntry *entry = g_new0(SgEntry, 1);

    entry->dn = g_strdup(dn);
    entry->values =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    return entry;
}

void sg_entry_free(SgEntry *entry)
{
    g_free(entry->dn);
    g_hash_table_unref(entry->values);
    g_free(entry);
}

gboolean sg_entry_add(SgEntry *entry, const char *attribute, const char *value, gsize len)
{
    GPtrArray *values;

    if (len == 0 || len > SG_VALUE_MAX || !g_utf8_validate(value, (gssize)len, NULL))
        return FALSE;
    values = g_hash_table_lookup(entry->values, attribute);
    if (!values) {
        values = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(entry->values, g_strdup(attribute), values);
    }
    if (values->len >= SG_VALUES_MAX)
        return FALSE;
    g_ptr_array_add(values, g_strndup(value, len));
    return TRUE;
}

const GPtrArray *sg_entry_values(const SgEntry *entry, const char *attribute)
{
    return g_hash_table_lookup(entry->values, attribute);
}

const char *sg_entry_value(const SgEntry *entry, const char *attribute)
{
    const GPtrArray *values = sg_entry_values(entry, attribute);

    return values ? values->pdata[0] : NULL;
}

/* A piece that does not end with '*' has a next one. What makes no sense is the only piece. */
static guint next_piece(const char *options)
{
    const char *range = strstr(options, ";range=");
    const char *hyphen = range ? strchr(range, '-') : NULL;
    char *end;

    if (!hyphen || !g_ascii_isdigit(hyphen[1]))
        return 0;
    guint64 last = g_ascii_strtoull(hyphen + 1, &end, 10);
    return (*end == '\0' || *end == ';') && last < SG_VALUES_MAX ? (guint)last + 1 : 0;
}

char *sg_attribute_read(const char *description, guint *next)
{
    g_autofree char *small = g_ascii_strdown(description, -1);
    const char *options = strchr(small, ';');

    *next = options ? next_piece(options) : 0;
    return options ? g_strndup(small, (gsize)(options - small)) : g_steal_pointer(&small);
}

char *sg_dn_key(const char *dn)
{
    LDAPDN parts = NULL;
    char *same = NULL;
    char *key;

    if (ldap_str2dn(dn, &parts, LDAP_DN_FORMAT_LDAP) == LDAP_SUCCESS)
        ldap_dn2str(parts, &same, LDAP_DN_FORMAT_LDAPV3);
    key = g_utf8_casefold(same && *same ? same : dn, -1);
    ldap_memfree(same);
    if (parts)
        ldap_dnfree(parts);
    return key;
}

char *sg_filter_value(const char *value)
{
    struct berval in = {.bv_val = (char *)value, .bv_len = strlen(value)};
    struct berval out = {0};
    char *escaped;

    if (ldap_bv2escaped_filter_value(&in, &out) != 0)
        return g_strdup("");
    escaped = g_strndup(out.bv_val ? out.bv_val : "", out.bv_len);
    ber_memfree(out.bv_val);
    return escaped;
}
