/* config.c - loads a whole configuration: reads schoolgate.conf and what it includes, gives each
 * block to the room it configures, and puts the results together. */
#include "config_internal.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>

#define INCLUDE_DEPTH 8
#define FILE_MOST     (16 * 1024 * 1024)

void sg_loading_init(SgLoading *loading, SgConfig *config, SgReport *report)
{
    *loading = (SgLoading){
        .config = config,
        .report = report,
        .blocks = g_ptr_array_new_with_free_func((GDestroyNotify)sg_block_free),
        .files = g_checksum_new(G_CHECKSUM_SHA256),
        .spec = sg_people_spec_new(),
        .calendar = sg_calendar_new(),
    };
}

void sg_loading_clear(SgLoading *loading)
{
    g_ptr_array_unref(loading->blocks);
    g_checksum_free(loading->files);
    sg_people_spec_free(loading->spec);
    g_clear_pointer(&loading->builder, sg_policy_builder_free);
    g_clear_pointer(&loading->calendar, sg_calendar_free);
}

/* Files -------------------------------------------------------------------------------------------
 */

static void read_file(SgLoading *loading, const char *path, SgPlace asked_at, guint depth);

static void include(SgLoading *loading, const SgBlock *block, guint depth)
{
    SgCursor cursor = sg_line_cursor(&block->head, loading->report);
    SgSpan word;
    glob_t found = {0};

    if (!sg_cursor_word(&cursor, "a file's name", &word))
        return;
    if (block->settings->len > 0)
        sg_report_error(loading->report, g_array_index(block->settings, SgLine, 0).place,
                        "'include' is a line of its own: nothing may be indented below it");
    g_autofree char *name = sg_span_dup(word);
    g_autofree char *pattern = sg_path_beside(block->head.place.file, name);
    gboolean is_pattern = strpbrk(pattern, "*?[") != NULL;
    if (depth >= INCLUDE_DEPTH) {
        sg_cursor_error(&cursor, "files include each other more than %d deep", INCLUDE_DEPTH);
        return;
    }
    if (glob(pattern, 0, NULL, &found) != 0 && is_pattern)
        sg_report_warning(loading->report, cursor.word, "no file matches '%s'", pattern);
    for (gsize i = 0; i < found.gl_pathc; i++)
        read_file(loading, found.gl_pathv[i], cursor.word, depth + 1);
    if (found.gl_pathc == 0 && !is_pattern)
        read_file(loading, pattern, cursor.word, depth + 1);
    globfree(&found);
}

/* Of what has no end, such as /dev/zero, no more is read than makes it too large. */
GBytes *sg_config_file(const char *path, GError **error)
{
    FILE *file = fopen(path, "re");
    g_autofree char *text = g_malloc(FILE_MOST + 1);
    gsize size = file ? fread(text, 1, FILE_MOST + 1, file) : 0;
    int why = !file || ferror(file) ? errno : 0;

    if (file)
        fclose(file);
    if (why != 0) {
        g_set_error_literal(error, G_FILE_ERROR, (int)g_file_error_from_errno(why),
                            g_strerror(why));
        return NULL;
    }
    if (size > FILE_MOST) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                            "it is too large to be a configuration");
        return NULL;
    }
    return g_bytes_new_take(g_realloc(g_steal_pointer(&text), MAX(size, 1)), size);
}

static const SgBlockKind *find_kind(const SgBlock *block)
{
    for (guint i = 0; sg_block_kinds[i].keyword; i++) {
        if (sg_span_is(block->head.keyword, sg_block_kinds[i].keyword))
            return &sg_block_kinds[i];
    }
    return NULL;
}

static gboolean is_setting_of(const SgBlock *block, SgSpan name)
{
    const SgBlockKind *kind = find_kind(block);
    const SgSetting *settings = !kind ? NULL : kind->settings ? kind->settings : sg_rule_settings();

    for (guint i = 0; settings && settings[i].name; i++) {
        if (sg_span_is(name, settings[i].name))
            return TRUE;
    }
    return FALSE;
}

/* A line in column 1 that is a setting of the block above it, and no block. */
static gboolean is_stray_setting(const SgLoading *loading, const SgBlock *block)
{
    const GPtrArray *blocks = loading->blocks;
    const SgBlock *above = blocks->len > 0 ? blocks->pdata[blocks->len - 1] : NULL;

    return above && above->text == block->text && !find_kind(block) &&
           is_setting_of(above, block->head.keyword);
}

/* Once said, it is read as if it were indented, so that its block is not found wanting as well.
 * Both lie in the same text, which the block above keeps alive. */
static void take_as_setting(SgLoading *loading, SgBlock *block)
{
    SgBlock *above = loading->blocks->pdata[loading->blocks->len - 1];

    sg_report_error(loading->report, block->head.place,
                    "'%.*s' is a setting: indent it under its block", (int)block->head.keyword.len,
                    block->head.keyword.at);
    g_array_append_val(above->settings, block->head);
    g_array_append_vals(above->settings, block->settings->data, block->settings->len);
    sg_block_free(block);
}

static void read_text(SgLoading *loading, const char *path, GBytes *bytes, guint depth)
{
    g_checksum_update(loading->files, g_bytes_get_data(bytes, NULL),
                      (gssize)g_bytes_get_size(bytes));
    g_autoptr(GPtrArray) blocks = sg_blocks_read(path, bytes, loading->report);
    while (blocks->len > 0) {
        SgBlock *block = g_ptr_array_steal_index(blocks, 0);
        if (sg_span_is(block->head.keyword, "include")) {
            include(loading, block, depth);
            sg_block_free(block);
        } else if (is_stray_setting(loading, block)) {
            take_as_setting(loading, block);
        } else {
            g_ptr_array_add(loading->blocks, block);
        }
    }
}

static void read_file(SgLoading *loading, const char *path, SgPlace asked_at, guint depth)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = sg_config_file(path, &error);

    if (error)
        sg_report_error(loading->report, asked_at, "cannot open '%s': %s", path, error->message);
    else
        read_text(loading, path, bytes, depth);
}

/* Blocks ------------------------------------------------------------------------------------------
 */

static void complain_unknown(const SgBlock *block, SgReport *report)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    SgSpan keyword = block->head.keyword;

    for (guint i = 0; sg_block_kinds[i].keyword; i++)
        g_ptr_array_add(names, (gpointer)sg_block_kinds[i].keyword);
    g_ptr_array_add(names, (gpointer) "include");
    g_ptr_array_add(names, NULL);
    const char *meant = sg_suggest(keyword, (const char *const *)names->pdata);
    if (meant)
        sg_report_error(report, block->head.place, "unknown block '%.*s'; did you mean '%s'?",
                        (int)keyword.len, keyword.at, meant);
    else
        sg_report_error(report, block->head.place,
                        "unknown block '%.*s'; if it is a setting, indent it under its block",
                        (int)keyword.len, keyword.at);
}

/* Blocks of one stage; other stages' are left for theirs. */
static void read_blocks(SgLoading *loading, SgStage stage)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < loading->blocks->len; i++) {
        const SgBlock *block = loading->blocks->pdata[i];
        const SgBlockKind *kind = find_kind(block);
        if (!kind && stage == SG_STAGE_SETTINGS)
            complain_unknown(block, loading->report);
        if (!kind || kind->stage != stage)
            continue;
        const SgBlock *first = g_hash_table_lookup(seen, kind);
        if (first && kind->once)
            sg_report_error(loading->report, block->head.place,
                            "there is a '%s' block already, at %s:%u", kind->keyword,
                            first->head.place.file, first->head.place.line);
        else
            kind->read(loading, block);
        g_hash_table_insert(seen, (gpointer)kind, (gpointer)block);
    }
}

static void load_people(SgLoading *loading)
{
    SgConfig *config = loading->config;

    sg_config_settle_directories(loading);
    config->people =
        sg_config_load_people(config, loading->spec, &config->waits_for, loading->report);
    config->people_spec = g_steal_pointer(&loading->spec);
}

static void load_policy(SgLoading *loading)
{
    SgConfig *config = loading->config;
    const SgPolicyOptions options = {
        .mode = loading->mode,
        .unscannable = config->failures.limit,
        .pattern_steps = config->limits.pattern_steps,
        .judge_time = config->limits.judge_time,
        .recipients = config->limits.recipients,
    };

    loading->builder = sg_policy_builder_new(config->people);
    read_blocks(loading, SG_STAGE_POLICY);
    config->policy = sg_policy_builder_finish(loading->builder, &options,
                                              g_steal_pointer(&loading->calendar), loading->report);
}

/* Rules cannot be read without knowing the roles; a bad people file still lets us report the rest.
 */
static void load_blocks(SgLoading *loading)
{
    read_blocks(loading, SG_STAGE_SETTINGS);
    sg_config_check(loading);
    load_people(loading);
    if (loading->config->people)
        load_policy(loading);
}

/* NULL for `text`: what is in the file. */
static SgConfig *load(const char *path, GBytes *text, SgReport *report)
{
    g_autoptr(SgConfig) config = g_new0(SgConfig, 1);
    SgLoading loading;

    config->references = 1;
    config->path = g_strdup(path);
    sg_config_defaults(config);
    sg_loading_init(&loading, config, report);
    if (text)
        read_text(&loading, path, text, 0);
    else
        read_file(&loading, path, (SgPlace){0}, 0);
    if (loading.blocks->len > 0 || sg_report_errors(report) == 0)
        load_blocks(&loading);
    config->digest = g_strdup(g_checksum_get_string(loading.files));
    config->files = g_ptr_array_copy((GPtrArray *)sg_report_files(report), NULL, NULL);
    sg_loading_clear(&loading);
    return sg_report_errors(report) == 0 ? g_steal_pointer(&config) : NULL;
}

SgConfig *sg_config_load(const char *path, SgReport *report)
{
    return load(path, NULL, report);
}

SgConfig *sg_config_load_text(const char *path, GBytes *text, SgReport *report)
{
    return load(path, text, report);
}

SgConfig *sg_config_ref(SgConfig *config)
{
    g_atomic_int_inc(&config->references);
    return config;
}

void sg_config_unref(SgConfig *config)
{
    if (!config || !g_atomic_int_dec_and_test(&config->references))
        return;
    g_clear_pointer(&config->policy, sg_policy_unref);
    g_clear_pointer(&config->people, sg_people_unref);
    if (config->base) {
        sg_config_unref(config->base);
        g_free(config);
        return;
    }
    sg_config_clear_settings(config);
    g_free(config->path);
    g_free(config->digest);
    g_clear_pointer(&config->files, g_ptr_array_unref);
    sg_people_spec_free(config->people_spec);
    g_clear_pointer(&config->people, sg_people_unref);
    g_free(config);
}

/* Takes ownership of `people` and `policy`. */
static SgConfig *variant_of(SgConfig *config, SgPeople *people, SgPolicy *policy)
{
    SgConfig *other = g_memdup2(config, sizeof *config);

    other->references = 1;
    other->base = sg_config_ref(config->base ? config->base : config);
    other->people = people;
    other->policy = policy;
    return other;
}

SgConfig *sg_config_with_policy(SgConfig *config, SgPolicy *policy)
{
    return variant_of(config, sg_people_ref(config->people), policy);
}

SgConfig *sg_config_with_people(SgConfig *config, SgReport *report)
{
    const char *waits_for;
    SgPeople *people = sg_config_load_people(config, config->people_spec, &waits_for, report);
    SgConfig *other;

    if (!people)
        return NULL;
    other = variant_of(config, people, sg_policy_with_people(config->policy, people));
    other->waits_for = waits_for;
    return other;
}

const char **sg_config_guard_alert(const SgConfig *config)
{
    const SgSchool *school = &config->school;
    const char **addresses = g_new0(const char *, 3);

    addresses[0] = school->postmaster;
    if (g_ascii_strcasecmp(school->postmaster, school->officer) != 0)
        addresses[1] = school->officer;
    return addresses;
}

const char *sg_config_default_path(void)
{
    return SG_SYSCONFDIR "/schoolgate/schoolgate.conf";
}

char *sg_config_help(void)
{
    GString *out = g_string_new("include FILE\n    Reads another file, or all that a pattern such "
                                "as rules/*.rules names.\n");

    for (guint i = 0; sg_block_kinds[i].keyword; i++) {
        const SgBlockKind *kind = &sg_block_kinds[i];
        g_string_append_printf(out, "\n%s%s%s\n    %s.\n", kind->keyword, *kind->name ? " " : "",
                               kind->name, kind->help);
        if (kind->settings)
            sg_settings_help(kind->settings, out);
    }
    return g_string_free(out, FALSE);
}
