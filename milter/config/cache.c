/* cache.c - keeps the policy's compiled patterns in a file, as compiling them takes a while.
 *
 * What is loaded becomes tables that the matcher follows blindly, so that a file is taken only if
 * nobody but us can have written it, and its checksum and key are right. Any other is as good as
 * none, and is replaced. */
#include "config_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME      "patterns.cache"
#define MAGIC     "schoolgate compiled patterns, 1\n"
#define KEY_SIZE  ((gsize)64) /* SHA-256 in hexadecimal */
#define SUM_SIZE  ((gsize)32)
#define HEAD_SIZE (strlen(MAGIC) + KEY_SIZE + SUM_SIZE)
#define FILE_MOST ((gsize)1 << 30)

static char *cache_path(const SgConfig *config)
{
    g_autofree char *beside =
        config->gate.cache ? g_strdup(config->gate.cache) : g_path_get_dirname(config->database);

    return g_build_filename(beside, NAME, NULL);
}

/* OpenSSL's, as GLib's takes longer over a thousand rules than all else at the start. */
static gboolean sum_of(GBytes *content, guchar *sum)
{
    gsize size;
    const void *data = g_bytes_get_data(content, &size);

    return EVP_Digest(data, size, sum, NULL, EVP_sha256(), NULL) == 1;
}

/* Reading ----------------------------------------------------------------------------------------
 */

static gboolean is_ours_alone(int file, gsize *size)
{
    struct stat status;

    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0)
        return FALSE;
    *size = (gsize)status.st_size;
    return status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
           *size >= HEAD_SIZE && *size <= FILE_MOST;
}

static gboolean read_whole(int file, char *into, gsize size)
{
    while (size > 0) {
        ssize_t got = read(file, into, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return FALSE;
        into += got;
        size -= (gsize)got;
    }
    return TRUE;
}

/* NULL when there is none that can be trusted. */
static GBytes *read_cache(const char *path)
{
    g_autofree char *text = NULL;
    gsize size = 0;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (file < 0)
        return NULL;
    if (is_ours_alone(file, &size)) {
        text = g_malloc(size);
        if (!read_whole(file, text, size))
            g_clear_pointer(&text, g_free);
    }
    close(file);
    return text ? g_bytes_new_take(g_steal_pointer(&text), size) : NULL;
}

/* The key, then the sum of all that follows, then that. */
static GBytes *content_of(GBytes *whole, const char *key)
{
    gsize size;
    const char *at = g_bytes_get_data(whole, &size);
    guchar sum[SUM_SIZE];

    if (size < HEAD_SIZE || memcmp(at, MAGIC, strlen(MAGIC)) != 0 ||
        memcmp(at + strlen(MAGIC), key, KEY_SIZE) != 0)
        return NULL;
    g_autoptr(GBytes) content = g_bytes_new_from_bytes(whole, HEAD_SIZE, size - HEAD_SIZE);
    if (!sum_of(content, sum) || memcmp(at + strlen(MAGIC) + KEY_SIZE, sum, SUM_SIZE) != 0)
        return NULL;
    return g_steal_pointer(&content);
}

gboolean sg_config_use_compiled(SgConfig *config)
{
    g_autofree char *path = cache_path(config);
    g_autofree char *key = sg_policy_patterns_key(config->policy);
    g_autoptr(GBytes) whole = key ? read_cache(path) : NULL;
    g_autoptr(GBytes) content = whole ? content_of(whole, key) : NULL;

    return content && sg_policy_load_patterns(config->policy, content);
}

/* Writing ----------------------------------------------------------------------------------------
 */

static gboolean complain(const char *path, GError **error)
{
    int why = errno;

    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(why), "cannot write '%s': %s",
                path, g_strerror(why));
    return FALSE;
}

static gboolean write_parts(int file, const char *key, GBytes *content)
{
    gsize size;
    const void *data = g_bytes_get_data(content, &size);
    guchar sum[SUM_SIZE];
    FILE *stream = sum_of(content, sum) ? fdopen(file, "w") : NULL;

    if (!stream) {
        close(file);
        return FALSE;
    }
    gboolean good = fprintf(stream, MAGIC "%s", key) > 0 &&
                    fwrite(sum, 1, SUM_SIZE, stream) == SUM_SIZE &&
                    fwrite(data, 1, size, stream) == size;
    return fclose(stream) == 0 && good;
}

/* Written beside and moved there whole: who reads it meanwhile reads the old one. */
static gboolean write_cache(const char *path, const char *key, GBytes *content, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".XXXXXX", NULL);
    int file = g_mkstemp_full(beside, O_RDWR | O_CLOEXEC, 0600);

    if (file < 0)
        return complain(beside, error);
    if (write_parts(file, key, content) && rename(beside, path) == 0)
        return TRUE;
    complain(path, error);
    unlink(beside);
    return FALSE;
}

gboolean sg_config_compile(SgConfig *config, GError **error)
{
    if (sg_config_use_compiled(config))
        return TRUE;
    g_autofree char *path = cache_path(config);
    g_autofree char *key = sg_policy_patterns_key(config->policy);
    if (!key || !sg_policy_compile_patterns(config->policy))
        return TRUE;
    g_autoptr(GBytes) content = sg_policy_save_patterns(config->policy);
    if (content)
        return write_cache(path, key, content, error);
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        "what was compiled cannot be turned into bytes");
    return FALSE;
}
