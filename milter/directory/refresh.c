/* refresh.c - asks a directory, and takes what it says for the new copy, unless that would make
 * strangers of too many. */
#include "directory_internal.h"

#include "schoolgate/log.h"
#include "schoolgate/when.h"

#include <unistd.h>

#define FEW 10 /* addresses of a role that may all be lost at once: people leave */

SgDirectoryPatience sg_directory_patience(const SgDirectory *directory, int stop)
{
    return (SgDirectoryPatience){
        .deadline = g_get_monotonic_time() + directory->longest * G_USEC_PER_SEC,
        .stop = stop,
    };
}

SgDirectoryFound *sg_directory_ask(const SgDirectory *directory, SgDirectoryPatience patience,
                                   GError **error)
{
    g_auto(SgHarvest) harvest = {0};
    const char *server = NULL;
    g_autoptr(SgConnection) connection = sg_connection_new(directory, patience, &server, error);
    SgDirectoryFound *found = NULL;
    gboolean done;

    sg_harvest_init(&harvest, directory, connection ? &connection->source : NULL);
    if (!connection)
        return NULL;
    done = sg_harvest_take(&harvest, error);
    harvest.odd += connection->odd;
    if (done)
        found = sg_found_new(&harvest, error);
    else
        g_prefix_error(error, "%s: ", server);
    if (!found)
        return NULL;
    found->server = g_strdup(server);
    if (found->people + found->lists > 0)
        return found;
    sg_directory_found_free(found);
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_NOBODY,
                "%s: nobody who has an address is found", server);
    return NULL;
}

/* The guard --------------------------------------------------------------------------------------
 */

static guint sum(GHashTable *counts)
{
    GHashTableIter each;
    gpointer count;
    guint all = 0;

    g_hash_table_iter_init(&each, counts);
    while (g_hash_table_iter_next(&each, NULL, &count))
        all += GPOINTER_TO_UINT(count);
    return all;
}

static gboolean is_too_few(const SgDirectory *directory, guint before, guint now)
{
    return before > FEW && now < before &&
           (guint64)(before - now) * 100 > (guint64)before * directory->shrink_most;
}

static gboolean refuse(const char *whose, guint before, guint now, GError **error)
{
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_SHRINK,
                "it has only %u addresses of %s, and had %u; the copy stays as it is", now, whose,
                before);
    return FALSE;
}

static gboolean has_role(const SgDirectory *directory, const char *role)
{
    for (guint i = 0; i < directory->roles->len; i++)
        if (strcmp(((const SgDirectoryTarget *)directory->roles->pdata[i])->name, role) == 0)
            return TRUE;
    return FALSE;
}

gboolean sg_directory_may_replace(const SgDirectory *directory, const SgDirectoryFound *found,
                                  GError **error)
{
    g_autoptr(GBytes) copy = sg_copy_read(directory);
    SgSpan old = copy ? sg_span_of_bytes(copy) : sg_span("");
    g_autoptr(GHashTable) before = sg_copy_counts(old.at, old.len);
    g_autoptr(GHashTable) now = sg_copy_counts(found->copy->str, found->copy->len);
    GHashTableIter each;
    gpointer role, count;

    if (is_too_few(directory, sum(before), sum(now)))
        return refuse("people", sum(before), sum(now), error);
    g_hash_table_iter_init(&each, before);
    while (g_hash_table_iter_next(&each, &role, &count)) {
        guint left = GPOINTER_TO_UINT(g_hash_table_lookup(now, role));
        /* A role that the configuration asks for no more is meant to go. */
        if (has_role(directory, role) && is_too_few(directory, GPOINTER_TO_UINT(count), left))
            return refuse(role, GPOINTER_TO_UINT(count), left, error);
    }
    return TRUE;
}

/* All of it --------------------------------------------------------------------------------------
 */

static gboolean differs(const SgDirectory *directory, const SgDirectoryFound *found)
{
    g_autoptr(GBytes) copy = sg_copy_read(directory);
    SgSpan old = copy ? sg_span_of_bytes(copy) : sg_span("");

    return old.len != found->copy->len || memcmp(old.at, found->copy->str, old.len) != 0;
}

static gboolean replace(const SgDirectory *directory, const SgDirectoryFound *found,
                        SgDirectoryLoss loss, SgDirectoryState *state, GError **error)
{
    g_autofree char *path = sg_directory_copy_path(directory);

    if (loss == SG_DIRECTORY_GUARDED && !sg_directory_may_replace(directory, found, error))
        return FALSE;
    if (!differs(directory, found))
        return TRUE;
    if (!sg_copy_replace(path, found->copy->str, found->copy->len, error))
        return FALSE;
    state->changed = sg_when_now();
    return TRUE;
}

static void note_success(SgDirectoryState *state, const SgDirectoryFound *found)
{
    state->succeeded = sg_when_now();
    state->failures = 0;
    g_free(state->server);
    state->server = g_strdup(found->server);
    state->people = found->people;
    state->addresses = found->addresses;
    state->lists = found->lists;
    state->groups = found->groups->len;
}

static void note(const SgDirectory *directory, SgDirectoryState *state, gint64 began,
                 const SgDirectoryFound *found, const GError *error)
{
    state->tried = sg_when_now();
    state->took = (g_get_monotonic_time() - began) / 1000;
    g_clear_pointer(&state->error, g_free);
    g_clear_pointer(&state->cure, g_free);
    g_free(state->digest);
    state->digest = g_strdup(directory->digest);
    if (found && !error) {
        note_success(state, found);
    } else {
        state->failures++;
        state->error = g_strdup(error->message);
        state->cure = g_strdup(sg_directory_cure(error));
    }
    sg_state_write(directory, state);
}

static SgDirectoryFound *refresh_locked(const SgDirectory *directory, SgDirectoryLoss loss,
                                        SgDirectoryPatience patience, GError **error)
{
    g_auto(SgDirectoryState) state = {0};
    g_autoptr(GError) why = NULL;
    gint64 began = g_get_monotonic_time();
    g_autoptr(SgDirectoryFound) found = NULL;

    sg_directory_state_read(directory, &state);
    found = sg_directory_ask(directory, patience, &why);
    if (found)
        replace(directory, found, loss, &state, &why);
    /* That we were stopped says nothing of the directory. */
    if (!g_error_matches(why, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_ENDED))
        note(directory, &state, began, found, why);
    if (!why)
        return g_steal_pointer(&found);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

gboolean sg_directory_refresh(const SgDirectory *directory, SgDirectoryLoss loss,
                              SgDirectoryPatience patience, SgDirectoryFound **found,
                              GError **error)
{
    g_autoptr(SgDirectoryFound) got = NULL;
    int lock;

    if (!sg_copy_make_folder(directory, error))
        return FALSE;
    lock = sg_copy_lock(directory, error);
    if (lock < 0)
        return FALSE;
    got = refresh_locked(directory, loss, patience, error);
    close(lock);
    if (!got)
        return FALSE;
    if (found)
        *found = g_steal_pointer(&got);
    return TRUE;
}
