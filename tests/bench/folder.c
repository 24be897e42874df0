/* folder.c - tries a policy on a folder of mail: `same FOLDER [CONF]` compares every verdict with
 * and without the first pass over the texts; `hard FOLDER [CONF]` runs every pattern alone over
 * every text, and names those that meet their step limit. All is judged as mail among staff. */
#include "../../milter/policy/policy_internal.h"
#include "../unit/verdict_text.h"
#include "rules.h"
#include "schoolgate/config.h"

#include <stdio.h>
#include <string.h>

#define NOON 1767614400 /* 5 January 2026, UTC */

typedef struct Trial {
    SgConfig *alone;
    SgConfig *quick;
    SgExtractor *extractor;
    guint messages, findings, troubles;
    gint64 slowest; /* microseconds for one pattern on one text */
    void (*try)(struct Trial *trial, const char *path, SgMessage *message);
} Trial;

static SgConfig *load(const char *path)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);
    g_autofree char *text = sg_report_text(report, FALSE);

    fputs(text, stderr);
    return config;
}

static void try_same(Trial *trial, const char *path, SgMessage *message)
{
    g_autoptr(SgParties) parties = bench_colleagues(trial->alone->people);
    g_autoptr(SgVerdict) alone = sg_judge(trial->alone->policy, message, parties, NOON);
    g_autoptr(SgVerdict) quick = sg_judge(trial->quick->policy, message, parties, NOON);
    g_autofree char *was = verdict_text(alone);
    g_autofree char *is = verdict_text(quick);

    trial->findings += alone->findings->len;
    if (strcmp(was, is) == 0)
        return;
    trial->troubles++;
    printf("%s differs\nPCRE2 alone: %swith the first pass: %s", path, was, is);
}

static void try_hard(Trial *trial, const char *path, SgMessage *message)
{
    const GPtrArray *patterns = trial->alone->policy->patterns;
    const GPtrArray *texts = sg_message_texts(message);
    SgMatcher *matcher = sg_matcher_new(trial->alone->limits.pattern_steps);

    for (guint i = 0; i < patterns->len; i++) {
        const SgPattern *pattern = patterns->pdata[i];
        for (guint j = 0; j < texts->len; j++) {
            SgSpan text = sg_text_form(texts->pdata[j], sg_pattern_form(pattern));
            gint64 start = g_get_monotonic_time();
            gsize from, to;
            SgMatch match = sg_pattern_match(pattern, matcher, text, SG_STRETCH_ALL, &from, &to);
            trial->slowest = MAX(trial->slowest, g_get_monotonic_time() - start);
            if (match != SG_MATCH_TOO_HARD)
                continue;
            trial->troubles++;
            printf("%s: too hard, %zu bytes of %s: /%s/\n", path, text.len,
                   sg_text_origin(texts->pdata[j]), sg_pattern_source(pattern));
        }
    }
    sg_matcher_free(matcher);
}

static void try_file(Trial *trial, const char *path)
{
    char *content = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &content, &size, NULL))
        return;
    g_autoptr(GBytes) bytes = g_bytes_new_take(content, size);
    g_autoptr(SgMessage) message = sg_message_new(bytes, &trial->alone->limits);
    if (trial->extractor)
        sg_message_read_attachments(message, trial->extractor, NULL);
    trial->messages++;
    trial->try(trial, path, message);
}

static void try_folder(Trial *trial, const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    if (!folder) {
        try_file(trial, path);
        return;
    }
    while ((name = g_dir_read_name(folder))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        try_folder(trial, inner);
    }
}

static gboolean trial_init(Trial *trial, const char *how, const char *conf)
{
    trial->try = strcmp(how, "hard") == 0 ? try_hard : try_same;
    trial->alone = load(conf);
    trial->quick = load(conf);
    if (!trial->alone || !trial->quick)
        return FALSE;
    if (sg_policy_reads_attachments(trial->alone->policy))
        trial->extractor = sg_extractor_start(NULL);
    if (trial->try == try_same && !sg_policy_compile_patterns(trial->quick->policy))
        fputs("patterns cannot be compiled here: both ways are the same\n", stderr);
    return TRUE;
}

int main(int argc, char **argv)
{
    Trial trial = {0};

    if (argc < 3 || (strcmp(argv[1], "same") != 0 && strcmp(argv[1], "hard") != 0)) {
        fputs("usage: folder same|hard FOLDER [CONF]\n", stderr);
        return 64;
    }
    sg_mail_init();
    if (!trial_init(&trial, argv[1], argc > 3 ? argv[3] : "rules/schoolgate.conf"))
        return 78;
    try_folder(&trial, argv[2]);
    printf("%u messages, %u findings, %u %s", trial.messages, trial.findings, trial.troubles,
           trial.try == try_hard ? "too hard" : "differences");
    if (trial.try == try_hard)
        printf("; %u patterns, slowest %.1f ms", trial.alone->policy->patterns->len,
               (double)trial.slowest / 1e3);
    puts("");
    sg_extractor_stop(trial.extractor);
    sg_config_unref(trial.alone);
    sg_config_unref(trial.quick);
    return trial.troubles > 0;
}
