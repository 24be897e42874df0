/* state.c - how it is with a directory's copy, in a small file beside it. */
#include "directory_internal.h"

#include "schoolgate/log.h"

#define GROUP "directory"

#define OF(field) G_STRUCT_OFFSET(SgDirectoryState, field)

static const struct {
    const char *key;
    gsize offset;
} times[] =
    {
        {"tried", OF(tried)},       {"succeeded", OF(succeeded)}, {"changed", OF(changed)},
        {"failures", OF(failures)}, {"took-ms", OF(took)},
},
  counts[] =
      {
          {"people", OF(people)},
          {"addresses", OF(addresses)},
          {"lists", OF(lists)},
          {"groups", OF(groups)},
},
  texts[] = {
      {"error", OF(error)},
      {"cure", OF(cure)},
      {"server", OF(server)},
      {"digest", OF(digest)},
};

#define AT(type, entry) G_STRUCT_MEMBER(type, state, (entry).offset)

void sg_directory_state_read(const SgDirectory *directory, SgDirectoryState *state)
{
    g_autofree char *path = sg_directory_file(directory, ".state");
    g_autoptr(GKeyFile) file = g_key_file_new();

    *state = (SgDirectoryState){0};
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(times); i++)
        AT(gint64, times[i]) = g_key_file_get_int64(file, GROUP, times[i].key, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
        AT(guint, counts[i]) = (guint)g_key_file_get_uint64(file, GROUP, counts[i].key, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        AT(char *, texts[i]) = g_key_file_get_string(file, GROUP, texts[i].key, NULL);
}

void sg_directory_state_clear(SgDirectoryState *state)
{
    g_clear_pointer(&state->error, g_free);
    g_clear_pointer(&state->cure, g_free);
    g_clear_pointer(&state->server, g_free);
    g_clear_pointer(&state->digest, g_free);
}

void sg_state_write(const SgDirectory *directory, const SgDirectoryState *state)
{
    g_autofree char *path = sg_directory_file(directory, ".state");
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize len;

    for (gsize i = 0; i < G_N_ELEMENTS(times); i++)
        g_key_file_set_int64(file, GROUP, times[i].key, AT(gint64, times[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
        g_key_file_set_uint64(file, GROUP, counts[i].key, AT(guint, counts[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (AT(char *, texts[i]))
            g_key_file_set_string(file, GROUP, texts[i].key, AT(char *, texts[i]));
    text = g_key_file_to_data(file, &len, NULL);
    if (!sg_copy_replace(path, text, len, &error))
        sg_log(LOG_ERR, "directory %s: %s", directory->name, error->message);
}

gboolean sg_directory_is_stale(const SgDirectory *directory, const SgDirectoryState *state,
                               gint64 now)
{
    /* One from the future is of a time when the clock was wrong: how old it is nobody knows. */
    return ABS(now - state->succeeded) > directory->stale_after ||
           !sg_directory_has_copy(directory);
}
