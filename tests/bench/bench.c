/* bench.c - measures judging: how long it takes with few rules and with many, by one pass and
 * PCRE2's last word, and by PCRE2 alone. Prints a table; judges nothing by it. */
#include "../../milter/policy/policy_internal.h"
#include "rules.h"
#include "schoolgate/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TEXT_SIZE ((gsize)25 << 10)
#define NOON      1767614400 /* 5 January 2026, UTC */
#define ROUNDS    7

static const char settings[] =
    "school\n    officer online-safety@kingsmead.example\n"
    "record\n    database record.db\n"
    "role staff\n    domain kingsmead.example\n"
    "policy social-media\n    clause 2.6 Chain letters, spam and solicitations\n"
    "include made-up.rules\n";

/* Processor time of this process, in milliseconds: others on the machine do not count. */
static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static SgConfig *load(const char *path)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);

    if (!config) {
        g_autofree char *text = sg_report_text(report, FALSE);
        fputs(text, stderr);
        exit(1);
    }
    return config;
}

/* Judging ----------------------------------------------------------------------------------------
 */

static GBytes *mail_of(const char *text)
{
    char *mail = g_strdup_printf("From: someone@kingsmead.example\r\nTo: all@kingsmead.example\r\n"
                                 "Subject: Notes of the week\r\n"
                                 "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
                                 text);

    return g_bytes_new_take(mail, strlen(mail));
}

typedef struct Figures {
    double whole;    /* reading the message and judging it */
    double matching; /* judging it once more, when its texts are there in all forms */
    guint findings;
} Figures;

static double time_of(const SgConfig *config, SgMessage *again, GBytes *mail, guint times)
{
    g_autoptr(SgParties) parties = bench_colleagues(config->people);
    double best = G_MAXDOUBLE;

    for (guint round = 0; round < ROUNDS; round++) {
        double start = now();
        for (guint i = 0; i < times; i++) {
            SgMessage *message = again ? again : sg_message_new(mail, &config->limits);
            sg_verdict_free(sg_judge(config->policy, message, parties, NOON));
            if (!again)
                sg_message_free(message);
        }
        best = MIN(best, (now() - start) / times);
    }
    return best;
}

static Figures measure(const SgConfig *config, const char *text)
{
    g_autoptr(SgParties) parties = bench_colleagues(config->people);
    g_autoptr(GBytes) mail = mail_of(text);
    g_autoptr(SgMessage) message = sg_message_new(mail, &config->limits);
    /* Also warms up: machine code is made when a pattern is first matched. */
    g_autoptr(SgVerdict) verdict = sg_judge(config->policy, message, parties, NOON);
    Figures figures = {.findings = verdict->findings->len};
    double once = time_of(config, message, mail, 1);
    guint times = (guint)CLAMP(20 / MAX(once, 0.001), 1, 2000);

    figures.matching = time_of(config, message, mail, times);
    figures.whole = time_of(config, NULL, mail, times);
    return figures;
}

/* The table --------------------------------------------------------------------------------------
 */

static GPtrArray *words_of(const SgPolicy *policy)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < policy->patterns->len; i++)
        bench_add_words(sg_pattern_source(policy->patterns->pdata[i]), words);
    return words;
}

static void print_row(const char *name, const char *how, const SgConfig *config, double start)
{
    g_autoptr(GPtrArray) words = words_of(config->policy);
    g_autofree char *ordinary = bench_text(TEXT_SIZE, words, 0);
    g_autofree char *telling = bench_text(TEXT_SIZE, words, 15);
    Figures plain = measure(config, ordinary);
    Figures hard = measure(config, telling);

    printf("%-16s %-13s %8u %10.3f %10.3f %10.3f %10.3f %9u %9.1f\n", name, how,
           config->policy->patterns->len, plain.whole, plain.matching, hard.whole, hard.matching,
           hard.findings, start);
    fflush(stdout);
}

static void print_rows(const char *name, const char *path, const char *folder)
{
    g_autofree char *cache = g_build_filename(folder, "patterns.cache", NULL);
    double start = now();
    g_autoptr(SgConfig) alone = load(path);

    print_row(name, "PCRE2 alone", alone, now() - start);
    unlink(cache);
    start = now();
    g_autoptr(SgConfig) cold = load(path);
    g_free(cold->gate.cache);
    cold->gate.cache = g_strdup(folder);
    sg_config_compile(cold, NULL);
    double cold_start = now() - start;
    start = now();
    g_autoptr(SgConfig) cached = load(path);
    g_free(cached->gate.cache);
    cached->gate.cache = g_strdup(folder);
    gboolean used = sg_config_use_compiled(cached);
    double cached_start = now() - start;
    print_row(name, used ? "one pass" : "no Vectorscan", cached, cached_start);
    printf("%-16s start without the cache %.0f ms\n", "", cold_start);
}

static void print_made_up(guint count, const char *folder)
{
    g_autofree char *conf = g_build_filename(folder, "schoolgate.conf", NULL);
    g_autofree char *path = g_build_filename(folder, "made-up.rules", NULL);
    g_autofree char *rules = bench_rules(count);
    g_autofree char *name = g_strdup_printf("%u made up", count);

    g_file_set_contents(conf, settings, -1, NULL);
    g_file_set_contents(path, rules, -1, NULL);
    print_rows(name, conf, folder);
    unlink(conf);
    unlink(path);
}

int main(int argc, char **argv)
{
    static const guint counts[] = {20, 200, 1000};
    g_autofree char *folder = g_dir_make_tmp("schoolgate-bench-XXXXXX", NULL);
    g_autofree char *cache = g_build_filename(folder, "patterns.cache", NULL);
    const char *shipped = argc > 1 ? argv[1] : "rules/schoolgate.conf";

    sg_mail_init();
    printf("Milliseconds of processor time for one message with 25 KB of text, and to start.\n"
           "\"Whole\" is reading and judging; \"match\" is judging alone. Of the words of the hard "
           "text 15 in 100\nare from the rules.\n\n%-16s %-13s %8s %21s %21s %9s %9s\n"
           "%-16s %-13s %8s %10s %10s %10s %10s %9s %9s\n",
           "rules", "matched by", "patterns", "ordinary text", "hard text", "findings", "start", "",
           "", "", "whole", "match", "whole", "match", "on hard", "");
    print_rows("shipped", shipped, folder);
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
        print_made_up(counts[i], folder);
    unlink(cache);
    rmdir(folder);
    return 0;
}
