/* connection.c - searches, page by page, and attributes that come in pieces. */
#include "directory_internal.h"

/* Reading ----------------------------------------------------------------------------------------
 */

/* An attribute of which the server has given only a piece. */
typedef struct Piece {
    char *attribute;
    guint next;
} Piece;

static void piece_clear(gpointer data)
{
    g_free(((Piece *)data)->attribute);
}

static GArray *pieces_new(void)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(Piece));

    g_array_set_clear_func(pieces, piece_clear);
    return pieces;
}

static void read_values(SgConnection *connection, LDAPMessage *message, const char *description,
                        SgEntry *entry, GArray *pieces)
{
    struct berval **values = ldap_get_values_len(connection->ldap, message, description);
    guint next;
    g_autofree char *attribute = sg_attribute_read(description, &next);

    for (int i = 0; values && values[i]; i++)
        if (!sg_entry_add(entry, attribute, values[i]->bv_val, values[i]->bv_len))
            connection->odd++;
    ldap_value_free_len(values);
    if (next > 0) {
        Piece piece = {g_steal_pointer(&attribute), next};
        g_array_append_val(pieces, piece);
    }
}

static void read_attributes(SgConnection *connection, LDAPMessage *message, SgEntry *entry,
                            GArray *pieces)
{
    BerElement *at = NULL;

    for (char *name = ldap_first_attribute(connection->ldap, message, &at); name;
         name = ldap_next_attribute(connection->ldap, message, at)) {
        read_values(connection, message, name, entry, pieces);
        ldap_memfree(name);
    }
    ber_free(at, 0);
}

/* NULL when its name is no text. */
static SgEntry *read_entry(SgConnection *connection, LDAPMessage *message, GArray *pieces)
{
    char *dn = ldap_get_dn(connection->ldap, message);
    SgEntry *entry = NULL;

    if (dn && *dn && strlen(dn) <= SG_VALUE_MAX && g_utf8_validate(dn, -1, NULL)) {
        entry = sg_entry_new(dn);
        read_attributes(connection, message, entry, pieces);
    } else {
        connection->odd++;
    }
    ldap_memfree(dn);
    return entry;
}

/* Searching --------------------------------------------------------------------------------------
 */

typedef struct Search {
    SgConnection *connection;
    const char *base;
    int scope;
    const char *filter;
    const char *const *attributes;
    void (*each)(const SgEntry *entry, gpointer data);
    gpointer data;
    GPtrArray *waiting;    /* of SgEntry, whose attributes came in pieces, */
    GPtrArray *unfinished; /* and of GArray of Piece, which these are */
    struct berval cookie;  /* of the next page */
} Search;

static gboolean count(SgConnection *connection, GError **error)
{
    if (++connection->entries <= connection->directory->size_most)
        return TRUE;
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_MANY,
                "it has given more than %" G_GUINT64_FORMAT " entries",
                connection->directory->size_most);
    return FALSE;
}

static gboolean take_entry(Search *search, LDAPMessage *message, GError **error)
{
    g_autoptr(GArray) pieces = pieces_new();
    g_autoptr(SgEntry) entry = NULL;

    if (!count(search->connection, error))
        return FALSE;
    entry = read_entry(search->connection, message, pieces);
    if (entry && pieces->len > 0) {
        g_ptr_array_add(search->waiting, g_steal_pointer(&entry));
        g_ptr_array_add(search->unfinished, g_steal_pointer(&pieces));
    } else if (entry) {
        search->each(entry, search->data);
    }
    return TRUE;
}

static void take_cookie(Search *search, LDAPControl **controls)
{
    LDAPControl *page = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
    ber_int_t estimate;

    ber_memfree(search->cookie.bv_val);
    search->cookie = (struct berval){0};
    if (page)
        ldap_parse_pageresponse_control(search->connection->ldap, page, &estimate, &search->cookie);
}

static gboolean take_result(Search *search, LDAPMessage *message, GError **error)
{
    LDAP *ldap = search->connection->ldap;
    LDAPControl **controls = NULL;
    int code = LDAP_OTHER;
    int parsed = ldap_parse_result(ldap, message, &code, NULL, NULL, NULL, &controls, 0);

    if (parsed != LDAP_SUCCESS)
        code = parsed;
    take_cookie(search, controls);
    ldap_controls_free(controls);
    if (code == LDAP_SUCCESS || (code == LDAP_NO_SUCH_OBJECT && search->scope == SG_LOOK_AT_ONE))
        return TRUE;
    g_autofree char *attempt = g_strdup_printf("cannot search at '%s'", search->base);
    return sg_ldap_fail(ldap, code, attempt, error);
}

static gboolean ask(Search *search, int *id, GError **error)
{
    SgConnection *connection = search->connection;
    LDAPControl page = {.ldctl_oid = (char *)LDAP_CONTROL_PAGEDRESULTS};
    LDAPControl *controls[] = {&page, NULL};
    gboolean paged = connection->directory->page > 0 && search->scope != SG_LOOK_AT_ONE;
    int code = LDAP_SUCCESS;

    if (paged)
        code =
            ldap_create_page_control_value(connection->ldap, (ber_int_t)connection->directory->page,
                                           &search->cookie, &page.ldctl_value);
    if (code == LDAP_SUCCESS)
        code = ldap_search_ext(connection->ldap, search->base, search->scope, search->filter,
                               (char **)search->attributes, 0, paged ? controls : NULL, NULL, NULL,
                               LDAP_NO_LIMIT, id);
    ber_memfree(page.ldctl_value.bv_val);
    return code == LDAP_SUCCESS || sg_ldap_fail(connection->ldap, code, "cannot search", error);
}

/* Until the result that ends a page. References to other servers are not followed. */
static gboolean take_page(Search *search, GError **error)
{
    SgConnection *connection = search->connection;
    gboolean more = TRUE, good;
    int id = 0;

    if (!ask(search, &id, error))
        return FALSE;
    do {
        LDAPMessage *message = sg_session_wait(connection, id, LDAP_MSG_ONE, error);
        int type = message ? ldap_msgtype(message) : 0;
        good = message != NULL;
        if (type == LDAP_RES_SEARCH_ENTRY) {
            good = take_entry(search, message, error);
        } else if (type == LDAP_RES_SEARCH_RESULT) {
            good = take_result(search, message, error);
            more = FALSE;
        }
        ldap_msgfree(message);
    } while (good && more);
    return good;
}

/* Pieces -----------------------------------------------------------------------------------------
 */

typedef struct Rest {
    SgEntry *entry;
    GArray *pieces; /* what is still missing behind this answer */
} Rest;

static gboolean take_rest(SgConnection *connection, Rest *rest, int id, GError **error)
{
    LDAPMessage *all = sg_session_wait(connection, id, LDAP_MSG_ALL, error);
    LDAPMessage *entry = all ? ldap_first_entry(connection->ldap, all) : NULL;

    if (!all)
        return FALSE;
    if (entry)
        read_attributes(connection, entry, rest->entry, rest->pieces);
    else
        g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_SERVER,
                    "the rest of '%s' is not there", rest->entry->dn);
    ldap_msgfree(all);
    return entry != NULL;
}

/* Active Directory gives 1,500 values of an attribute at once, and the rest when asked. */
static gboolean take_piece(SgConnection *connection, Rest *rest, const Piece *piece, GError **error)
{
    g_autofree char *wanted = g_strdup_printf("%s;range=%u-*", piece->attribute, piece->next);
    char *attributes[] = {wanted, NULL};
    int id = 0;
    int code = ldap_search_ext(connection->ldap, rest->entry->dn, SG_LOOK_AT_ONE, "(objectClass=*)",
                               attributes, 0, NULL, NULL, NULL, LDAP_NO_LIMIT, &id);

    if (code != LDAP_SUCCESS)
        return sg_ldap_fail(connection->ldap, code, "cannot search", error);
    if (!take_rest(connection, rest, id, error))
        return FALSE;
    for (guint i = 0; i < rest->pieces->len; i++) {
        if (g_array_index(rest->pieces, Piece, i).next > piece->next)
            continue;
        g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_SERVER,
                    "'%s' of '%s' comes without an end", piece->attribute, rest->entry->dn);
        return FALSE;
    }
    return TRUE;
}

static gboolean complete(SgConnection *connection, SgEntry *entry, GArray *pieces, GError **error)
{
    g_autoptr(GArray) left = g_array_ref(pieces);

    while (left->len > 0) {
        g_autoptr(GArray) next = pieces_new();
        Rest rest = {entry, next};
        for (guint i = 0; i < left->len; i++)
            if (!take_piece(connection, &rest, &g_array_index(left, Piece, i), error))
                return FALSE;
        g_array_unref(left);
        left = g_steal_pointer(&next);
    }
    return TRUE;
}

static gboolean complete_all(Search *search, GError **error)
{
    for (guint i = 0; i < search->waiting->len; i++) {
        if (!complete(search->connection, search->waiting->pdata[i], search->unfinished->pdata[i],
                      error))
            return FALSE;
        search->each(search->waiting->pdata[i], search->data);
    }
    g_ptr_array_set_size(search->waiting, 0);
    g_ptr_array_set_size(search->unfinished, 0);
    return TRUE;
}

/* All of it --------------------------------------------------------------------------------------
 */

static gboolean run(SgSource *source, const char *base, int scope, const char *filter,
                    const char *const *attributes,
                    void (*each)(const SgEntry *entry, gpointer data), gpointer data,
                    GError **error)
{
    Search search = {
        .connection = (SgConnection *)source,
        .base = base,
        .scope = scope,
        .filter = filter,
        .attributes = attributes,
        .each = each,
        .data = data,
    };
    gboolean good;

    search.waiting = g_ptr_array_new_with_free_func((GDestroyNotify)sg_entry_free);
    search.unfinished = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    do
        good = take_page(&search, error) && complete_all(&search, error);
    while (good && search.cookie.bv_len > 0);
    ber_memfree(search.cookie.bv_val);
    g_ptr_array_unref(search.waiting);
    g_ptr_array_unref(search.unfinished);
    return good;
}

/* Only one that cannot be reached lets another have its turn: what one refuses all would refuse. */
static gboolean may_try_next(const GError *error)
{
    return error->code == SG_DIRECTORY_ERROR_CONNECT || error->code == SG_DIRECTORY_ERROR_TIMEOUT ||
           error->code == SG_DIRECTORY_ERROR_CERTIFICATE ||
           error->code == SG_DIRECTORY_ERROR_NO_START_TLS;
}

SgConnection *sg_connection_new(const SgDirectory *directory, SgDirectoryPatience patience,
                                const char **server, GError **error)
{
    SgConnection *connection = g_new0(SgConnection, 1);

    connection->source.search = run;
    connection->directory = directory;
    connection->patience = patience;
    for (guint i = 0; i < directory->servers->len; i++) {
        g_autoptr(GError) why = NULL;
        *server = directory->servers->pdata[i];
        if (sg_session_open(connection, *server, &why))
            return connection;
        g_prefix_error(&why, "%s: ", *server);
        if (i + 1 == directory->servers->len || !may_try_next(why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            break;
        }
    }
    sg_connection_free(connection);
    return NULL;
}

void sg_connection_free(SgConnection *connection)
{
    if (!connection)
        return;
    sg_session_close(connection);
    g_free(connection);
}
