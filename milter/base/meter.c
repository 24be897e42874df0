/* meter.c - counting into memory that all processes share; see meter.h. What is read out of it is
 * not trusted: any of the processes may have been made to write anything. */
#include "schoolgate/meter.h"

#include "schoolgate/exposition.h"
#include "schoolgate/when.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE       ((gsize)64 * 1024) /* of any machine, or a multiple of it */
#define CELLS_MOST 1024               /* of a share */
#define SERIES     1024
#define KEY_MOST   240
#define PARTING    '\x1f' /* between the values in a key */

typedef _Atomic guint64 Cell;
G_STATIC_ASSERT(ATOMIC_LLONG_LOCK_FREE == 2);
G_STATIC_ASSERT(CELLS_MOST * sizeof(Cell) <= PAGE);

/* A place for what is counted by name. One whose owner died before it was ready is lost. */
typedef enum { FREE, TAKEN, READY } State;
typedef struct Series {
    Cell count;
    _Atomic guint32 state;
    guint32 meter;
    char key[KEY_MOST];
} Series;

typedef union Share {
    Cell cells[CELLS_MOST];
    char page[PAGE];
} Share;

typedef struct Memory {
    Share shares[SG_METER_SHARES];
    Series series[SERIES]; /* of the service */
} Memory;

static struct {
    Memory *memory; /* NULL: nothing is counted */
    gboolean may[SG_METER_SHARES];
    guint first[SG_METERS]; /* cell of each */
} meters;

/* Layout ------------------------------------------------------------------------------------------
 */

static guint length(const char *const *names)
{
    return names ? g_strv_length((char **)names) : 1;
}

/* Of one histogram: its buckets, the one without an end, and the sum. */
static guint bucket_count(const SgMeterKind *kind)
{
    guint n = 0;

    while (kind->ends[n] != 0)
        n++;
    return n;
}

static guint cells_each(const SgMeterKind *kind)
{
    return kind->type == SG_METER_HISTOGRAM ? bucket_count(kind) + 2 : 1;
}

static void lay_out(void)
{
    guint used[SG_METER_SHARES] = {0};

    for (guint i = 0; i < SG_METERS; i++) {
        const SgMeterKind *kind = &sg_meter_kinds[i];

        meters.first[i] = used[kind->share];
        used[kind->share] += length(kind->values) * cells_each(kind);
        g_assert(used[kind->share] <= CELLS_MOST);
    }
}

gboolean sg_meter_open(void)
{
    void *memory =
        mmap(NULL, sizeof(Memory), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return FALSE;
    sg_meter_close();
    lay_out();
    meters.memory = memory;
    for (guint i = 0; i < SG_METER_SHARES; i++)
        meters.may[i] = TRUE;
    sg_meter_set(SG_METER_START_TIME, 0, sg_when_now());
    return TRUE;
}

static void protect(void *from, gsize size)
{
    if (mprotect(from, size, PROT_READ) != 0)
        sg_meter_close();
}

void sg_meter_confine(SgMeterShare share)
{
    if (!meters.memory)
        return;
    for (guint i = 0; i < SG_METER_SHARES; i++) {
        meters.may[i] = i == share;
        if (i != share)
            protect(&meters.memory->shares[i], sizeof meters.memory->shares[i]);
        if (!meters.memory)
            return;
    }
    if (share != SG_METER_OF_SERVICE)
        protect(meters.memory->series, sizeof meters.memory->series);
}

void sg_meter_close(void)
{
    if (meters.memory)
        munmap(meters.memory, sizeof *meters.memory);
    meters.memory = NULL;
}

/* Counting ----------------------------------------------------------------------------------------
 */

static Cell *cell_of(SgMeter meter, guint value, guint offset)
{
    const SgMeterKind *kind = &sg_meter_kinds[meter];

    return &meters.memory->shares[kind->share]
                .cells[meters.first[meter] + value * cells_each(kind) + offset];
}

static gboolean may_count(SgMeter meter, guint value)
{
    const SgMeterKind *kind = &sg_meter_kinds[meter];

    return meters.memory && meters.may[kind->share] && value < length(kind->values);
}

static void add(Cell *cell, guint64 n)
{
    atomic_fetch_add_explicit(cell, n, memory_order_relaxed);
}

void sg_meter_add(SgMeter meter, guint value, guint64 n)
{
    if (may_count(meter, value))
        add(cell_of(meter, value, 0), n);
}

void sg_meter_change(SgMeter meter, guint value, gint64 by)
{
    sg_meter_add(meter, value, (guint64)by);
}

void sg_meter_set(SgMeter meter, guint value, gint64 n)
{
    if (may_count(meter, value))
        atomic_store_explicit(cell_of(meter, value, 0), (guint64)n, memory_order_relaxed);
}

void sg_meter_observe(SgMeter meter, guint value, gint64 amount)
{
    const gint64 *ends = sg_meter_kinds[meter].ends;
    guint bucket = 0;

    if (!may_count(meter, value))
        return;
    while (ends[bucket] != 0 && amount > ends[bucket])
        bucket++;
    add(cell_of(meter, value, bucket), 1);
    add(cell_of(meter, value, bucket_count(&sg_meter_kinds[meter]) + 1), (guint64)MAX(amount, 0));
}

guint64 sg_meter_count(SgMeter meter, guint value)
{
    return meters.memory ? atomic_load_explicit(cell_of(meter, value, 0), memory_order_relaxed) : 0;
}

/* By name -----------------------------------------------------------------------------------------
 */

static void put_key(char key[KEY_MOST], const SgMeterKind *kind, const char *const *values)
{
    const gsize most = KEY_MOST - SG_METER_LABELS - 1; /* room for what parts and ends it */
    gsize at = 0;

    for (guint i = 0; i < SG_METER_LABELS && kind->labels[i]; i++) {
        for (const char *c = values[i] ? values[i] : ""; *c && at < most; c++)
            key[at++] = *c == PARTING ? ' ' : *c;
        key[at++] = PARTING;
    }
    key[at] = '\0';
}

static gboolean take_place(Series *series, SgMeter meter, const char *key)
{
    guint32 expected = FREE;

    if (!atomic_compare_exchange_strong(&series->state, &expected, TAKEN))
        return FALSE;
    series->meter = meter;
    memcpy(series->key, key, strlen(key) + 1);
    atomic_store_explicit(&series->state, READY, memory_order_release);
    return TRUE;
}

/* A place that somebody is just taking is passed over: what is then counted in two places is one
 * again when it is read. */
static Series *find_place(SgMeter meter, const char *key)
{
    guint start = (g_str_hash(key) * 31 + meter) % SERIES;

    for (guint i = 0; i < SERIES; i++) {
        Series *series = &meters.memory->series[(start + i) % SERIES];
        guint32 state = atomic_load_explicit(&series->state, memory_order_acquire);

        if (state == READY && series->meter == meter && strcmp(series->key, key) == 0)
            return series;
        if (state == FREE && take_place(series, meter, key))
            return series;
    }
    return NULL;
}

void sg_meter_add_named(SgMeter meter, const char *const values[SG_METER_LABELS])
{
    char key[KEY_MOST];
    Series *series;

    if (!meters.memory || !meters.may[SG_METER_OF_SERVICE])
        return;
    put_key(key, &sg_meter_kinds[meter], values);
    series = find_place(meter, key);
    if (series)
        add(&series->count, 1);
    else
        sg_meter_add(SG_METER_SERIES_LOST, 0, 1);
}

/* Reading -----------------------------------------------------------------------------------------
 */

static double scaled(const SgMeterKind *kind, guint64 amount)
{
    return (double)amount * (kind->unit > 0 ? kind->unit : 1);
}

static void append_bucket(GString *text, const SgMeterKind *kind, const char *value,
                          const char *end, guint64 within)
{
    const char *labels[] = {"le", end, kind->labels[0], value, NULL};

    sg_exposition_sample(text, kind->name, "_bucket", labels);
    sg_exposition_integer(text, (gint64)within);
}

static void append_histogram(GString *text, SgMeter meter, guint value, const char *const *labels)
{
    const SgMeterKind *kind = &sg_meter_kinds[meter];
    guint n = bucket_count(kind);
    guint64 within = 0;

    for (guint i = 0; i <= n; i++) {
        char digits[G_ASCII_DTOSTR_BUF_SIZE];

        within += atomic_load_explicit(cell_of(meter, value, i), memory_order_relaxed);
        g_ascii_formatd(digits, sizeof digits, "%.10g", scaled(kind, (guint64)kind->ends[i]));
        append_bucket(text, kind, labels[1], i < n ? digits : "+Inf", within);
    }
    sg_exposition_sample(text, kind->name, "_sum", labels);
    sg_exposition_double(text, scaled(kind, atomic_load_explicit(cell_of(meter, value, n + 1),
                                                                 memory_order_relaxed)));
    sg_exposition_sample(text, kind->name, "_count", labels);
    sg_exposition_integer(text, (gint64)within);
}

static void append_values(GString *text, SgMeter meter)
{
    const SgMeterKind *kind = &sg_meter_kinds[meter];

    for (guint value = 0; value < length(kind->values); value++) {
        const char *labels[] = {kind->labels[0], kind->values ? kind->values[value] : NULL, NULL};

        if (kind->type == SG_METER_HISTOGRAM) {
            append_histogram(text, meter, value, labels);
            continue;
        }
        sg_exposition_sample(text, kind->name, "", labels);
        sg_exposition_integer(text, (gint64)sg_meter_count(meter, value));
    }
}

static int by_key(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Counts by key, those in several places added up. */
static GHashTable *gather(SgMeter meter)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < SERIES; i++) {
        Series *series = &meters.memory->series[i];
        char *key;
        guint64 *count;

        if (atomic_load_explicit(&series->state, memory_order_acquire) != READY ||
            series->meter != meter)
            continue;
        key = g_strndup(series->key, KEY_MOST);
        count = g_memdup2(&(guint64){0}, sizeof *count);
        if (g_hash_table_contains(counts, key))
            *count = *(guint64 *)g_hash_table_lookup(counts, key);
        *count += atomic_load_explicit(&series->count, memory_order_relaxed);
        g_hash_table_replace(counts, key, count);
    }
    return counts;
}

static void append_named(GString *text, SgMeter meter, const char *key, guint64 count)
{
    static const char parting[] = {PARTING, '\0'};
    const SgMeterKind *kind = &sg_meter_kinds[meter];
    g_auto(GStrv) values = g_strsplit(key, parting, SG_METER_LABELS + 1);
    const char *labels[2 * SG_METER_LABELS + 1] = {NULL};

    for (guint i = 0; i < SG_METER_LABELS && kind->labels[i] && values[i]; i++) {
        labels[2 * i] = kind->labels[i];
        labels[2 * i + 1] = values[i];
    }
    sg_exposition_sample(text, kind->name, "", labels);
    sg_exposition_integer(text, (gint64)count);
}

static void append_all_named(GString *text, SgMeter meter)
{
    g_autoptr(GHashTable) counts = gather(meter);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    GHashTableIter all;
    gpointer key;

    g_hash_table_iter_init(&all, counts);
    while (g_hash_table_iter_next(&all, &key, NULL))
        g_ptr_array_add(keys, key);
    g_ptr_array_sort(keys, by_key);
    for (guint i = 0; i < keys->len; i++)
        append_named(text, meter, keys->pdata[i],
                     *(guint64 *)g_hash_table_lookup(counts, keys->pdata[i]));
}

void sg_meter_append_text(GString *text)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};

    for (guint i = 0; meters.memory && i < SG_METERS; i++) {
        const SgMeterKind *kind = &sg_meter_kinds[i];

        sg_exposition_begin(text, kind->name, types[kind->type], kind->help);
        if (kind->labels[0] && !kind->values)
            append_all_named(text, (SgMeter)i);
        else
            append_values(text, (SgMeter)i);
    }
}

/* A process ---------------------------------------------------------------------------------------
 */

/* Open from the first time on, as a process may put /proc out of its own reach. */
static struct {
    gboolean opened;
    int memory; /* -1, or NULL: cannot be told */
    DIR *files;
} proc;

static void open_proc(void)
{
    if (proc.opened)
        return;
    proc.opened = TRUE;
    proc.memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    proc.files = opendir("/proc/self/fd");
}

static gint64 resident_bytes(void)
{
    char text[128] = {0};
    const char *second;

    if (proc.memory < 0 || pread(proc.memory, text, sizeof text - 1, 0) <= 0)
        return 0;
    second = strchr(text, ' ');
    return second ? g_ascii_strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

/* But those that look. */
static gint64 open_files(void)
{
    gint64 n = 0;

    if (!proc.files)
        return 0;
    rewinddir(proc.files);
    for (const struct dirent *entry = readdir(proc.files); entry; entry = readdir(proc.files))
        n += entry->d_name[0] != '.';
    return n - 1 - (proc.memory >= 0);
}

void sg_meter_measure_process(SgMetered process)
{
    open_proc();
    sg_meter_set(SG_METER_MEMORY, process, resident_bytes());
    sg_meter_set(SG_METER_FILES, process, open_files());
}
