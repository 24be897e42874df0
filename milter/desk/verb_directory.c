/* verb_directory.c - how it is with the copies of directories, and asking one of them */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "directory_tell.h"
#include "json.h"
#include "options.h"
#include "page.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "Who is who may come from LDAP or Active Directory (a block 'directory NAME'). The service "
    "asks\n"
    "every few minutes and judges by a copy. Without an option, this tells how old each copy is "
    "and\n"
    "what went wrong last; the exit code is 69 when one is too old or not there.\n"
    "--test asks the directory, tells what it says and what is to be done if it does not answer, "
    "and\n"
    "changes nothing. --refresh asks and replaces the copy; the service takes it within seconds.\n";

/* State ------------------------------------------------------------------------------------------
 */

static void put_line(SgPage *page, const char *what, const char *value)
{
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    sg_page_pad(page, SG_STYLE_DIM, what, 11);
    sg_page_put(page, SG_STYLE_PLAIN, value);
    sg_page_end_line(page);
}

static void put_time(SgPage *page, const char *what, gint64 when, GTimeZone *zone)
{
    g_autofree char *text = when > 0 ? sg_when_local(when, zone) : g_strdup("never");

    put_line(page, what, text);
}

static void put_state(SgPage *page, const SgDirectory *directory, const SgDirectoryState *state,
                      gboolean stale, GTimeZone *zone)
{
    g_autofree char *copy = sg_directory_copy_path(directory);

    sg_page_format(page, SG_STYLE_STRONG, "%s: ", directory->name);
    if (!sg_directory_has_copy(directory))
        sg_page_put(page, SG_STYLE_BAD, "there is no copy yet");
    else
        sg_page_format(page, stale ? SG_STYLE_BAD : SG_STYLE_GOOD, "%s",
                       stale ? "the copy is too old" : "good");
    sg_page_end_line(page);
    if (state->succeeded > 0) {
        g_autofree char *holds =
            g_strdup_printf("%u people, %u addresses, %u groups, %u lists", state->people,
                            state->addresses, state->groups, state->lists);
        put_line(page, "holds", holds);
    }
    put_time(page, "refreshed", state->succeeded, zone);
    put_time(page, "changed", state->changed, zone);
    put_time(page, "last asked", state->tried, zone);
    if (state->server)
        put_line(page, "server", state->server);
    put_line(page, "copy", copy);
    if (state->error)
        put_line(page, "failed", state->error);
    if (state->error && state->cure)
        put_line(page, "to do", state->cure);
}

static void print_json(const SgDirectory *directory, const SgDirectoryState *state, gboolean stale)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *succeeded = state->succeeded > 0 ? sg_when_utc(state->succeeded) : NULL;
    g_autofree char *tried = state->tried > 0 ? sg_when_utc(state->tried) : NULL;
    g_autofree char *changed = state->changed > 0 ? sg_when_utc(state->changed) : NULL;

    json_builder_begin_object(builder);
    sg_json_text(builder, "directory", directory->name);
    sg_json_text(builder, "state",
                 !sg_directory_has_copy(directory) ? "no-copy"
                 : stale                           ? "stale"
                                                   : "good");
    sg_json_text(builder, "refreshed", succeeded);
    sg_json_text(builder, "changed", changed);
    sg_json_text(builder, "tried", tried);
    sg_json_text(builder, "error", state->error);
    sg_json_text(builder, "server", state->server);
    sg_json_number(builder, "failures", state->failures);
    sg_json_number(builder, "people", state->people);
    sg_json_number(builder, "addresses", state->addresses);
    sg_json_number(builder, "groups", state->groups);
    sg_json_number(builder, "lists", state->lists);
    sg_json_number(builder, "took_ms", state->took);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static int show(const SgConfig *config, const GPtrArray *which, gboolean json)
{
    g_autoptr(SgPage) page = sg_page_new();
    int code = EX_OK;

    for (guint i = 0; i < which->len; i++) {
        const SgDirectory *directory = which->pdata[i];
        g_auto(SgDirectoryState) state = {0};
        gboolean stale;

        sg_directory_state_read(directory, &state);
        stale = sg_directory_is_stale(directory, &state, sg_when_now());
        if (stale)
            code = EX_UNAVAILABLE;
        if (json)
            print_json(directory, &state, stale);
        else
            put_state(page, directory, &state, stale, sg_policy_zone(config->policy));
    }
    sg_page_flush(page);
    return code;
}

/* Asking -----------------------------------------------------------------------------------------
 */

typedef struct Wishes {
    gboolean test;
    gboolean refresh;
    gboolean accept_loss;
    gboolean addresses;
    gboolean json;
} Wishes;

static SgDirectoryFound *ask(const SgDirectory *directory, const Wishes *wishes, GError **error)
{
    const SgDirectoryPatience patience = sg_directory_patience(directory, -1);
    const SgDirectoryLoss loss =
        wishes->accept_loss ? SG_DIRECTORY_ACCEPT_LOSS : SG_DIRECTORY_GUARDED;
    SgDirectoryFound *found = NULL;

    if (!wishes->refresh)
        return sg_directory_ask(directory, patience, error);
    sg_directory_refresh(directory, loss, patience, &found, error);
    return found;
}

static int ask_and_tell(const SgDirectory *directory, const Wishes *wishes)
{
    g_autoptr(GError) error = NULL;
    gint64 began = g_get_monotonic_time();
    g_autoptr(SgDirectoryFound) found = ask(directory, wishes, &error);

    if (!found)
        return sg_directory_tell_trouble(directory, error);
    sg_directory_tell(directory, found, g_get_monotonic_time() - began,
                      wishes->addresses ? SG_DIRECTORY_SHOW_ADDRESSES : SG_DIRECTORY_SHOW_COUNTS);
    if (wishes->test && !sg_directory_may_replace(directory, found, &error))
        return sg_directory_tell_trouble(directory, error);
    return EX_OK;
}

/* Words ------------------------------------------------------------------------------------------
 */

/* Of const SgDirectory; NULL when `name` is none, having said so. */
static GPtrArray *choose(const SgConfig *config, const char *name)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < config->directories->len; i++) {
        SgDirectory *directory = config->directories->pdata[i];
        g_ptr_array_add(names, directory->name);
        if (!name || strcmp(name, directory->name) == 0)
            g_ptr_array_add(chosen, directory);
    }
    g_ptr_array_add(names, NULL);
    if (chosen->len > 0)
        return g_steal_pointer(&chosen);
    if (!name) {
        sg_complain("the configuration names no directory: see 'directory' in schoolgate.conf(5)");
        return NULL;
    }
    g_autofree char *hint = sg_did_you_mean(name, (const char *const *)names->pdata);
    sg_complain("no directory '%s'%s", name, hint);
    return NULL;
}

static const char *contradiction(const Wishes *wishes, char **names)
{
    if (names && names[1])
        return "one directory at a time: there is a word too many";
    if (wishes->test && wishes->refresh)
        return "--test changes nothing: it does not go with --refresh";
    if (wishes->accept_loss && !wishes->refresh)
        return "--accept-loss goes with --refresh";
    if (wishes->addresses && !wishes->test)
        return "--show goes with --test";
    return wishes->json && (wishes->test || wishes->refresh) ? "--json tells of states only" : NULL;
}

static int run_on(const SgConfig *config, const char *name, const Wishes *wishes)
{
    g_autoptr(GPtrArray) which = choose(config, name);
    int code = EX_OK;

    if (!which)
        return EX_USAGE;
    if (!wishes->test && !wishes->refresh)
        return show(config, which, wishes->json);
    for (guint i = 0; i < which->len; i++) {
        int one = ask_and_tell(which->pdata[i], wishes);
        code = MAX(code, one);
    }
    return code;
}

static int run_directory(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) names = NULL;
    Wishes wishes = {0};
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"test", 0, 0, G_OPTION_ARG_NONE, &wishes.test, "ask it, and change nothing", NULL},
        {"show", 0, 0, G_OPTION_ARG_NONE, &wishes.addresses, "show some addresses of each role",
         NULL},
        {"refresh", 0, 0, G_OPTION_ARG_NONE, &wishes.refresh, "ask it, and replace the copy", NULL},
        {"accept-loss", 0, 0, G_OPTION_ARG_NONE, &wishes.accept_loss,
         "also when many people are gone", NULL},
        SG_OPTION_JSON(&wishes.json),
        SG_OPTION_WORDS(&names),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    const char *wrong = contradiction(&wishes, names);
    if (wrong)
        return sg_usage_error(self, "%s", wrong);
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    return run_on(config, names ? names[0] : NULL, &wishes);
}

const SgVerb sg_verb_directory = {
    .name = "directory",
    .usage = "[-c CONF] [NAME] [--test [--show] | --refresh [--accept-loss]] [--json]",
    .summary = "tell how old the copies of directories are, or ask one",
    .run = run_directory,
};
