/* setup.c - what there is to begin with, and the configuration that comes of the answers; see
 * setup.h */
#include "setup.h"

#include <glob.h>
#include <string.h>

#include "schoolgate/config.h"
#include "schoolgate/span.h"
#include "secret.h"
#include "setup_known.h"

#define SAMPLE "schoolgate.conf"

static const char *const sample_folders[] = {SG_PREFIX "/share/schoolgate/rules",
                                             SG_PREFIX "/share/schoolgate"};

void sg_setup_clear(SgSetup *setup)
{
    g_free(setup->path);
    g_free(setup->old);
    g_free(setup->sample);
    g_free(setup->ground);
    g_free(setup->rules);
    g_free(setup->postfix_config);
    g_free(setup->sendmail_cf);
    sg_mta_free(setup->mta);
    for (guint i = 0; i < SG_ASKED; i++) {
        g_free(setup->answers[i]);
        g_free(setup->earlier[i]);
    }
    g_free(setup->export_block);
    g_free(setup->directory_block);
    g_strfreev(setup->columns);
    sg_desk_secret_free(setup->password);
    g_free(setup->user);
    g_free(setup->state);
    g_free(setup->send_with);
}

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, SG_SETUP_ERROR, SG_SETUP_ERROR_FILE, text);
    return FALSE;
}

/* What is there --------------------------------------------------------------------------------
 */

/* NULL without an error where the file is not there. */
static char *read_text(const char *path, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) bytes = sg_config_file(path, &why);
    SgSpan text = bytes ? sg_span_of_bytes(bytes) : sg_span("");

    if (bytes) {
        if (!memchr(text.at, '\0', text.len))
            return sg_span_dup(text);
        fail(error, "cannot change '%s': it holds a NUL byte; is it a text file?", path);
    } else if (!g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        fail(error, "cannot read '%s': %s", path, why->message);
    }
    return NULL;
}

static gboolean has_rules(const char *folder)
{
    g_autofree char *pattern = g_build_filename(folder, "*.rules", NULL);
    glob_t found = {0};
    gboolean some = glob(pattern, 0, NULL, &found) == 0;

    globfree(&found);
    return some;
}

/* The first that is there: beside the rules that were named, beside the program's. */
static char *find_sample(const SgSetup *setup)
{
    g_autofree char *beside = setup->rules ? g_build_filename(setup->rules, SAMPLE, NULL) : NULL;

    if (beside && g_file_test(beside, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer(&beside);
    for (gsize i = 0; i < G_N_ELEMENTS(sample_folders); i++) {
        g_autofree char *path = g_build_filename(sample_folders[i], SAMPLE, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&path);
    }
    return NULL;
}

/* Those beside the configuration are named in the sample already. */
static gboolean find_rules(SgSetup *setup, GError **error)
{
    g_autofree char *own = g_path_get_dirname(setup->path);
    g_autofree char *shipped = setup->sample ? g_path_get_dirname(setup->sample) : NULL;

    if (!setup->rules && setup->anew && !has_rules(own)) {
        if (!shipped || !has_rules(shipped))
            return fail(error, "there are no rules in '%s'; say where they are: --rules FOLDER",
                        own);
        setup->rules = g_steal_pointer(&shipped);
    }
    if (g_strcmp0(setup->rules, own) == 0)
        g_clear_pointer(&setup->rules, g_free);
    return TRUE;
}

static void find_mta(SgSetup *setup)
{
    const SgMtaWish wish = {SG_MTA_ANY, setup->postfix_config, setup->sendmail_cf};

    setup->mta = sg_mta_read(&wish, NULL);
}

/* Whatever they are called there. */
static void find_blocks(SgSetup *setup)
{
    if (!setup->anew) {
        setup->export_block = sg_conf_text_block(setup->ground, "export");
        setup->directory_block = sg_conf_text_block(setup->ground, "directory");
    }
    if (!setup->export_block)
        setup->export_block = g_strdup("export people");
    if (!setup->directory_block)
        setup->directory_block = g_strdup("directory school");
}

gboolean sg_setup_read(SgSetup *setup, GError **error)
{
    g_autofree char *sample = find_sample(setup);
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;

    if (setup->rules && !has_rules(setup->rules))
        return fail(error, "there are no rules in '%s'", setup->rules);
    setup->old = read_text(setup->path, &why);
    if (!why && sample)
        text = read_text(sample, &why);
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    setup->anew = !setup->old || g_strcmp0(setup->old, text) == 0;
    if (setup->anew && !text)
        return fail(error, "cannot find the sample configuration to begin with; say where it and "
                           "the rules are: --rules FOLDER");
    setup->sample = setup->anew ? g_steal_pointer(&sample) : NULL;
    setup->ground = setup->anew ? g_steal_pointer(&text) : g_strdup(setup->old);
    find_blocks(setup);
    find_mta(setup);
    return find_rules(setup, error);
}

/* What comes of it ------------------------------------------------------------------------------
 */

static void set(char **text, const SgConfKey *key, const char *value)
{
    g_autofree char *old = *text;

    *text = sg_conf_text_set(old, key, value);
}

static void comment_out(char **text, const SgConfKey *key)
{
    g_autofree char *old = *text;

    *text = sg_conf_text_comment_out(old, key);
}

/* Of the sample they are kept to show how it is written. */
static void leave_out(const SgSetup *setup, char **text, const SgConfKey *key)
{
    if (setup->anew)
        comment_out(text, key);
    else
        set(text, key, NULL);
}

/* In the sample these are Kingsmead's, and nobody is asked for them. */
static const SgConfKey kingsmeads[] = {
    {"school", "contact", SG_CONF_TEXT},
    {"role governor", "domain", SG_CONF_LIST},
    {"role official", "address", SG_CONF_LIST},
    {"group newsletter", "address", SG_CONF_LIST},
    {"group confidential", "address", SG_CONF_LIST},
    {"group confidential", "domain", SG_CONF_LIST},
    {"people", "aliases", SG_CONF_WORD},
};

static void set_login_domain(const SgSetup *setup, char **text)
{
    static const SgConfKey login_domain = {"gate", "login-domain", SG_CONF_WORD};
    const char *staff = setup->answers[SG_ASKED_STAFF];
    g_autofree char *first = g_strndup(staff, strcspn(staff, ", "));

    if (g_str_has_prefix(first, "*."))
        comment_out(text, &login_domain);
    else
        set(text, &login_domain, first);
}

/* The school's own letters lie beside the rules, if anywhere. */
static void set_texts(const SgSetup *setup, char **text)
{
    static const SgConfKey texts = {"courier", "texts", SG_CONF_WORD};
    g_autofree char *folder = g_path_get_dirname(setup->path);
    g_autofree char *own = g_build_filename(setup->rules ? setup->rules : folder, "texts", NULL);

    if (!g_file_test(own, G_FILE_TEST_IS_DIR))
        comment_out(text, &texts);
    else if (setup->rules)
        set(text, &texts, own);
}

static void make_ours(const SgSetup *setup, char **text)
{
    static const SgConfKey group = {"gate", "socket-group", SG_CONF_WORD};
    gboolean to_postfix = setup->mta && sg_mta_kind(setup->mta) == SG_MTA_POSTFIX;

    for (gsize i = 0; i < G_N_ELEMENTS(kingsmeads); i++)
        comment_out(text, &kingsmeads[i]);
    set_login_domain(setup, text);
    set_texts(setup, text);
    if (!to_postfix || !g_str_has_prefix(setup->answers[SG_ASKED_SOCKET], "unix:"))
        comment_out(text, &group);
}

static void set_state(const char *folder, char **text)
{
    static const SgConfKey database = {"record", "database", SG_CONF_WORD};
    static const SgConfKey spool = {"gate", "spool", SG_CONF_WORD};
    g_autofree char *record = g_build_filename(folder, "record.db", NULL);
    g_autofree char *waiting = g_build_filename(folder, "spool", NULL);

    set(text, &database, record);
    set(text, &spool, waiting);
}

static void set_what_options_say(const SgSetup *setup, char **text)
{
    static const SgConfKey include = {"include", NULL, SG_CONF_WORD};
    static const SgConfKey user = {"gate", "user", SG_CONF_WORD};
    static const SgConfKey send_with = {"courier", "send-with", SG_CONF_WORD};
    g_autofree char *all = setup->rules ? g_build_filename(setup->rules, "*.rules", NULL) : NULL;

    if (all)
        set(text, &include, all);
    if (setup->user)
        set(text, &user, setup->user);
    if (setup->send_with)
        set(text, &send_with, setup->send_with);
    if (setup->state)
        set_state(setup->state, text);
}

static void set_blocks(const SgSetup *setup, char **text)
{
    if (sg_concerns_mapped(setup)) {
        leave_out(setup, text, &sg_questions[SG_ASKED_PEOPLE].key);
        sg_setup_set_block(setup, SG_ASKED_PEOPLE, text);
    }
    if (sg_concerns_directory_block(setup))
        sg_setup_set_block(setup, SG_ASKED_DIRECTORY, text);
}

static gboolean is_of_block(const SgSetup *setup, SgAsked asked)
{
    return sg_setup_is_of_directory(asked) || sg_setup_is_of_export(asked) ||
           (asked == SG_ASKED_PEOPLE && sg_concerns_mapped(setup));
}

char *sg_setup_text(const SgSetup *setup)
{
    char *text = g_strdup(setup->ground);

    for (SgAsked asked = 0; asked < SG_ASKED; asked++) {
        const SgConfKey *key = &sg_questions[asked].key;
        const char *answer = setup->answers[asked];

        if (!key->block || !answer || is_of_block(setup, asked))
            continue;
        if (*answer)
            set(&text, key, answer);
        else
            leave_out(setup, &text, key);
    }
    set_blocks(setup, &text);
    if (setup->anew)
        make_ours(setup, &text);
    set_what_options_say(setup, &text);
    return text;
}
