/* scanner.c - Vectorscan (or Hyperscan, which it comes from): many expressions, one pass over a
 * text. Only this file knows it; built without, there is simply no scanner. */
#include "prefilter.h"

#ifdef SG_HAVE_VECTORSCAN

#include <hs.h>

/* No UTF-8 mode: texts are narrow, a byte for each character. */
#define FLAGS (HS_FLAG_DOTALL | HS_FLAG_PREFILTER)

struct SgScanner {
    hs_database_t *database; /* NULL: of no expression */
};

/* Which of its ways ---------------------------------------------------------------------------- */

/* Vectorscan 5.4.9, which Debian 12 has, holds its code several times over, for several kinds of
 * processor, and what it has for AVX-512 loses matches: of `q[^k]`, three in five that stand more
 * than 64 bytes into a text. What it has for AVX2 does not. Where there is a choice we take that;
 * Hyperscan offers none, and needs none. */
typedef hs_error_t Scan(const hs_database_t *database, const char *data, guint length, guint flags,
                        hs_scratch_t *scratch, match_event_handler found, void *context);
extern Scan avx2_hs_scan __attribute__((weak));

typedef struct Way {
    hs_platform_info_t platform;
    Scan *scan;
    char *name; /* NULL: it cannot be used here */
} Way;

static int count_match(guint id, unsigned long long from, unsigned long long to, guint flags,
                       void *count)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    ++*(guint *)count;
    return 0;
}

/* Whether it finds two letters wherever they stand in a text: what is lost here is not noticed
 * anywhere else. */
static gboolean finds_all(const Way *way, const char *expression)
{
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    hs_scratch_t *scratch = NULL;
    char text[320];
    gboolean all = hs_compile(expression, FLAGS, HS_MODE_BLOCK, &way->platform, &database,
                              &error) == HS_SUCCESS &&
                   hs_alloc_scratch(database, &scratch) == HS_SUCCESS;

    for (guint at = 3; at < sizeof text - 1 && all; at++) {
        guint count = 0;
        memset(text, 'x', sizeof text);
        memcpy(text + at, "q7", 2);
        all =
            way->scan(database, text, sizeof text, 0, scratch, count_match, &count) == HS_SUCCESS &&
            count > 0;
    }
    hs_free_compile_error(error);
    hs_free_scratch(scratch);
    hs_free_database(database);
    return all;
}

static void find_way(Way *way)
{
    static const char *const trials[] = {"q[^k]", "q7", "[^q]{3}q7", "(?:q|zz).", "\\bk|q\\d"};
    unsigned long long avx512 = HS_CPU_FEATURES_AVX512 | HS_CPU_FEATURES_AVX512VBMI;

    if (hs_valid_platform() != HS_SUCCESS || hs_populate_platform(&way->platform) != HS_SUCCESS)
        return;
    way->scan = (way->platform.cpu_features & avx512) && avx2_hs_scan ? avx2_hs_scan : hs_scan;
    if (way->scan == avx2_hs_scan) {
        way->platform.tune = HS_TUNE_FAMILY_GENERIC;
        way->platform.cpu_features &= ~avx512;
    }
    for (guint i = 0; i < G_N_ELEMENTS(trials); i++) {
        if (!finds_all(way, trials[i]))
            return;
    }
    way->name = g_strdup_printf("%s, processor %u %llx", hs_version(), way->platform.tune,
                                way->platform.cpu_features);
}

static const Way *our_way(void)
{
    static Way way;
    static gsize once;

    if (g_once_init_enter(&once)) {
        find_way(&way);
        g_once_init_leave(&once, 1);
    }
    return &way;
}

const char *sg_scanner_platform(void)
{
    return our_way()->name;
}

/* Compiling --------------------------------------------------------------------------------------
 */

/* The expressions that are left, as hs_compile_multi() wants them. */
typedef struct Job {
    GPtrArray *texts; /* borrowed */
    GArray *ids;
    GArray *flags;
} Job;

static void job_init(Job *job, const GPtrArray *expressions)
{
    const guint flags = FLAGS;

    job->texts = g_ptr_array_new();
    job->ids = g_array_new(FALSE, FALSE, sizeof(guint));
    job->flags = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < expressions->len; i++) {
        if (!expressions->pdata[i])
            continue;
        g_ptr_array_add(job->texts, expressions->pdata[i]);
        g_array_append_val(job->ids, i);
        g_array_append_val(job->flags, flags);
    }
}

static void job_clear(Job *job)
{
    g_ptr_array_unref(job->texts);
    g_array_unref(job->ids);
    g_array_unref(job->flags);
}

/* FALSE, with the expression in the way cleared, or all of them, when it did not work. */
static gboolean try_compile(GPtrArray *expressions, const Job *job, hs_database_t **database)
{
    hs_compile_error_t *error = NULL;
    hs_error_t code = hs_compile_multi((const char *const *)job->texts->pdata,
                                       (const guint *)(gpointer)job->flags->data,
                                       (const guint *)(gpointer)job->ids->data, job->texts->len,
                                       HS_MODE_BLOCK, &our_way()->platform, database, &error);

    if (code == HS_SUCCESS)
        return TRUE;
    for (guint i = 0; i < job->texts->len; i++) {
        if (!error || error->expression < 0 || (guint)error->expression == i)
            g_clear_pointer(&expressions->pdata[g_array_index(job->ids, guint, i)], g_free);
    }
    hs_free_compile_error(error);
    return FALSE;
}

SgScanner *sg_scanner_compile(GPtrArray *expressions)
{
    gboolean done = FALSE;

    if (!sg_scanner_platform())
        return NULL;
    SgScanner *scanner = g_new0(SgScanner, 1);

    while (!done) {
        Job job;
        job_init(&job, expressions);
        done = job.texts->len == 0 || try_compile(expressions, &job, &scanner->database);
        job_clear(&job);
    }
    return scanner;
}

GBytes *sg_scanner_save(const SgScanner *scanner)
{
    char *bytes = NULL;
    gsize length = 0;

    if (scanner->database &&
        hs_serialize_database(scanner->database, &bytes, &length) != HS_SUCCESS)
        return NULL;
    return g_bytes_new_with_free_func(bytes, length, free, bytes);
}

SgScanner *sg_scanner_load(GBytes *bytes)
{
    g_autofree SgScanner *scanner = g_new0(SgScanner, 1);
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);

    if (!sg_scanner_platform())
        return NULL;
    if (length > 0 && hs_deserialize_database(data, length, &scanner->database) != HS_SUCCESS)
        return NULL;
    return g_steal_pointer(&scanner);
}

void sg_scanner_free(SgScanner *scanner)
{
    if (scanner)
        hs_free_database(scanner->database);
    g_free(scanner);
}

gboolean sg_scanner_is_empty(const SgScanner *scanner)
{
    return !scanner->database;
}

gboolean sg_scratch_fit(SgScratch **scratch, const SgScanner *scanner)
{
    return !scanner->database ||
           hs_alloc_scratch(scanner->database, (hs_scratch_t **)scratch) == HS_SUCCESS;
}

SgScratch *sg_scratch_copy(const SgScratch *scratch)
{
    hs_scratch_t *copy = NULL;

    if (scratch)
        hs_clone_scratch((const hs_scratch_t *)scratch, &copy);
    return (SgScratch *)copy;
}

void sg_scratch_free(SgScratch *scratch)
{
    hs_free_scratch((hs_scratch_t *)scratch);
}

typedef struct Listener {
    SgScannerFound found;
    gpointer data;
} Listener;

static int on_match(guint id, unsigned long long from, unsigned long long to, guint flags,
                    void *data)
{
    const Listener *listener = data;

    (void)from;
    (void)flags;
    listener->found(id, (gsize)to, listener->data);
    return 0;
}

gboolean sg_scanner_scan(const SgScanner *scanner, SgSpan text, SgScratch *scratch,
                         SgScannerFound found, gpointer data)
{
    Listener listener = {found, data};

    if (!scanner->database || text.len == 0)
        return TRUE;
    return text.len <= G_MAXUINT && scratch &&
           our_way()->scan(scanner->database, text.at, (guint)text.len, 0, (hs_scratch_t *)scratch,
                           on_match, &listener) == HS_SUCCESS;
}

#else /* without Vectorscan --------------------------------------------------------------------   \
       */

const char *sg_scanner_platform(void)
{
    return NULL;
}

SgScanner *sg_scanner_compile(GPtrArray *expressions)
{
    (void)expressions;
    return NULL;
}

GBytes *sg_scanner_save(const SgScanner *scanner)
{
    (void)scanner;
    return NULL;
}

SgScanner *sg_scanner_load(GBytes *bytes)
{
    (void)bytes;
    return NULL;
}

void sg_scanner_free(SgScanner *scanner)
{
    (void)scanner;
}

gboolean sg_scanner_is_empty(const SgScanner *scanner)
{
    (void)scanner;
    return TRUE;
}

gboolean sg_scratch_fit(SgScratch **scratch, const SgScanner *scanner)
{
    (void)scratch;
    (void)scanner;
    return FALSE;
}

SgScratch *sg_scratch_copy(const SgScratch *scratch)
{
    (void)scratch;
    return NULL;
}

void sg_scratch_free(SgScratch *scratch)
{
    (void)scratch;
}

gboolean sg_scanner_scan(const SgScanner *scanner, SgSpan text, SgScratch *scratch,
                         SgScannerFound found, gpointer data)
{
    (void)scanner;
    (void)text;
    (void)scratch;
    (void)found;
    (void)data;
    return FALSE;
}

#endif
