/* soak_watch.c - see soak_watch.h; all of it is read from /proc. */
#include "soak_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What counts as flat over the measured time: less growth than this share of what there is, and
 * this much more, for what allocators and caches do. */
#define SHARE      0.05
#define KILOBYTES  2048
#define PIECES     4 /* descriptors or threads */
#define ROWS_LEAST 5

typedef enum { RSS, PSS, DESCRIPTORS, THREADS, MEASURES } Measure;
static const char *const measure_names[] = {"RSS KB", "PSS KB", "descriptors", "threads"};

typedef struct Process {
    int pid; /* at the latest measurement */
    guint restarts;
    char name[32];
    GArray *rows[MEASURES]; /* of double */
    gboolean seen;          /* at the latest measurement */
} Process;

struct SoakWatch {
    int parent;
    char **folders;
    GPtrArray *processes; /* of Process */
    GArray *at;           /* of double: messages at each measurement */
};

static void process_free(gpointer data)
{
    Process *process = data;

    for (guint i = 0; i < MEASURES; i++)
        g_array_unref(process->rows[i]);
    g_free(process);
}

SoakWatch *soak_watch_new(int pid, const char *const *folders)
{
    SoakWatch *watch = g_new0(SoakWatch, 1);

    watch->parent = pid;
    watch->folders = g_strdupv((char **)folders);
    watch->processes = g_ptr_array_new_with_free_func(process_free);
    watch->at = g_array_new(FALSE, FALSE, sizeof(double));
    return watch;
}

void soak_watch_free(SoakWatch *watch)
{
    g_strfreev(watch->folders);
    g_ptr_array_unref(watch->processes);
    g_array_unref(watch->at);
    g_free(watch);
}

/* Reading -----------------------------------------------------------------------------------------
 */

static char *proc_file(int pid, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", pid, name);
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

/* The number behind `key` at the start of a line. */
static double number_at(const char *text, const char *key)
{
    g_autofree char *needle = g_strconcat("\n", key, NULL);
    const char *found = strstr(text, needle);

    return found ? g_ascii_strtod(found + strlen(needle), NULL) : 0;
}

static guint entries(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    guint count = 0;

    while (folder && g_dir_read_name(folder))
        count++;
    return count;
}

static void measure(const Process *process)
{
    g_autofree char *memory = proc_file(process->pid, "smaps_rollup");
    g_autofree char *status = proc_file(process->pid, "status");
    g_autofree char *fds = g_strdup_printf("/proc/%d/fd", process->pid);
    double values[MEASURES] = {
        [RSS] = number_at(memory, "Rss:"),
        [PSS] = number_at(memory, "Pss:"),
        [DESCRIPTORS] = entries(fds),
        [THREADS] = number_at(status, "Threads:"),
    };

    for (guint i = 0; i < MEASURES; i++)
        g_array_append_val(process->rows[i], values[i]);
}

static Process *process_of(SoakWatch *watch, int pid)
{
    g_autofree char *name = g_strstrip(proc_file(pid, "comm"));
    Process *process;

    for (guint i = 0; i < watch->processes->len; i++) {
        process = watch->processes->pdata[i];
        if (strcmp(process->name, name) == 0) {
            process->restarts += process->pid != pid;
            process->pid = pid;
            return process;
        }
    }
    process = g_new0(Process, 1);
    process->pid = pid;
    g_strlcpy(process->name, name, sizeof process->name);
    for (guint i = 0; i < MEASURES; i++)
        process->rows[i] = g_array_new(FALSE, FALSE, sizeof(double));
    g_ptr_array_add(watch->processes, process);
    return process;
}

static void measure_processes(SoakWatch *watch)
{
    g_autofree char *path = g_strdup_printf("task/%d/children", watch->parent);
    g_autofree char *children = proc_file(watch->parent, path);
    g_autofree char *all = g_strdup_printf("%d %s", watch->parent, children);
    g_auto(GStrv) pids = g_strsplit(g_strstrip(all), " ", -1);

    for (guint i = 0; i < watch->processes->len; i++)
        ((Process *)watch->processes->pdata[i])->seen = FALSE;
    for (char **pid = pids; *pid; pid++) {
        Process *process = process_of(watch, atoi(*pid));

        process->seen = TRUE;
        measure(process);
    }
}

static double disk(const SoakWatch *watch)
{
    double sum = 0;

    for (char **folder = watch->folders; *folder; folder++) {
        g_autoptr(GDir) dir = g_dir_open(*folder, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
            g_autofree char *path = g_build_filename(*folder, name, NULL);
            struct stat info;

            if (stat(path, &info) == 0)
                sum += (double)info.st_blocks * 512;
        }
    }
    return sum;
}

/* Printing ----------------------------------------------------------------------------------------
 */

static gint by_size(gconstpointer a, gconstpointer b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

    return x < y ? -1 : x > y;
}

static double percentile(const GArray *sorted, double share)
{
    guint at = (guint)((sorted->len - 1) * share);

    return sorted->len > 0 ? g_array_index(sorted, guint32, at) / 1000.0 : 0;
}

static double latest(const GArray *row)
{
    return g_array_index(row, double, row->len - 1);
}

void soak_watch_measure(SoakWatch *watch, guint64 messages, GArray *latencies, double seconds)
{
    double at = (double)messages;
    guint count = latencies->len;

    g_array_append_val(watch->at, at);
    g_array_sort(latencies, by_size);
    measure_processes(watch);
    if (watch->at->len == 1)
        puts(" messages   a second   p50 ms   p99 ms   max ms   disk MB   "
             "of each process: RSS/PSS KB, descriptors, threads");
    printf("%9.0f %10.0f %8.2f %8.2f %8.1f %9.1f  ", at, seconds > 0 ? count / seconds : 0,
           percentile(latencies, 0.5), percentile(latencies, 0.99), percentile(latencies, 1),
           disk(watch) / 1048576);
    for (guint i = 0; i < watch->processes->len; i++) {
        const Process *process = watch->processes->pdata[i];

        if (process->seen)
            printf(" %s %.0f/%.0f %.0f %.0f", process->name, latest(process->rows[RSS]),
                   latest(process->rows[PSS]), latest(process->rows[DESCRIPTORS]),
                   latest(process->rows[THREADS]));
    }
    putchar('\n');
    fflush(stdout);
}

/* By how much the line of least squares through the rows from `first` on rises from end to end. */
static double growth(const GArray *at, const GArray *row, guint first, double *mean)
{
    double n = row->len - first, x = 0, y = 0, xx = 0, xy = 0;

    for (guint i = first; i < row->len; i++) {
        double a = g_array_index(at, double, i), b = g_array_index(row, double, i);

        x += a, y += b, xx += a * a, xy += a * b;
    }
    *mean = y / n;
    return (n * xy - x * y) / (n * xx - x * x) *
           (g_array_index(at, double, row->len - 1) - g_array_index(at, double, first));
}

static gboolean is_flat(const SoakWatch *watch, const char *name, const GArray *row,
                        Measure measured)
{
    double mean, grown = growth(watch->at, row, watch->at->len / 5, &mean);
    double most = measured == RSS ? mean * SHARE + KILOBYTES : PIECES;

    printf("%-16s %-12s %9.0f on average, grown by %7.0f of at most %6.0f: %s\n", name,
           measure_names[measured], mean, grown, most, grown <= most ? "flat" : "GROWING");
    return grown <= most;
}

/* Not of PSS: of pages that processes share it counts a part for each, which changes with the
 * others. What leaks in one is in its RSS. */
static gboolean process_is_flat(const SoakWatch *watch, const Process *process, guint restarts)
{
    static const Measure judged[] = {RSS, DESCRIPTORS, THREADS};
    gboolean flat = TRUE;

    if (process->rows[RSS]->len != watch->at->len || process->restarts > restarts) {
        printf("%-16s seen %u times of %u, started anew %u times of at most %u: WRONG\n",
               process->name, process->rows[RSS]->len, watch->at->len, process->restarts, restarts);
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(judged); i++)
        flat = is_flat(watch, process->name, process->rows[judged[i]], judged[i]) && flat;
    return flat;
}

gboolean soak_watch_verdict(const SoakWatch *watch, guint restarts)
{
    gboolean flat = TRUE;

    if (watch->at->len < ROWS_LEAST) {
        printf("too few measurements to say whether it is flat\n");
        return FALSE;
    }
    for (guint i = 0; i < watch->processes->len; i++)
        flat = process_is_flat(watch, watch->processes->pdata[i], restarts) && flat;
    return flat;
}
