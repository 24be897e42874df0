/* verb_account.c - who may sign in to web pages: adding, listing, changing accounts */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "page.h"
#include "reviewer.h"
#include "schoolgate/account.h"
#include "schoolgate/shown.h"
#include "schoolgate/totp.h"
#include "schoolgate/when.h"
#include "secret.h"
#include "verbs.h"

static const char about[] =
    "An account is what a reviewer of the configuration signs in to the web pages with, which the\n"
    "block 'console' is about. Their role stands in the configuration. Passwords have at least 12\n"
    "characters; they are asked for on the terminal, or read as one line from standard input.\n"
    "add       makes one; with --totp it asks for one-time codes of an authenticator app, too.\n"
    "list      shows them all.\n"
    "password  sets a new password.\n"
    "totp      makes a new secret for one-time codes, and shows it once; --off: no codes any "
    "more.\n"
    "disable   keeps them out; enable lets them in again, and at once, should they have to wait\n"
    "          because somebody tried too many passwords.\n"
    "password, totp and disable end every session. All but list is on the audit trail. People can\n"
    "change their own password, and set up codes, on the page 'Your account'.\n";

typedef struct Task Task;

typedef struct Wishes {
    const SgConfig *config;
    const Task *task;
    const char *name;
    gboolean totp, off, json;
} Wishes;

struct Task {
    const char *word;
    gboolean totp, off, json; /* may be given with it */
    gboolean of_reviewers;    /* and of nobody else */
    gboolean asks_password;
    gboolean makes; /* the account must not be there yet */
    gboolean (*run)(const Wishes *wishes, SgRecord *record, const char *password, const SgActor *by,
                    GError **error);
};

/* The reviewer of exactly that name: a login will not do. */
static const SgReviewer *reviewer_named(const SgConfig *config, const char *name)
{
    const SgReviewer *reviewer = sg_config_reviewer(config, name);

    return reviewer && strcmp(reviewer->name, name) == 0 ? reviewer : NULL;
}

/* In fours, as people read it out. Free with g_free(). */
static char *spaced(const char *secret)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; secret[i]; i++) {
        if (i > 0 && i % 4 == 0)
            g_string_append_c(text, ' ');
        g_string_append_c(text, secret[i]);
    }
    return g_string_free(text, FALSE);
}

static void print_secret(const Wishes *wishes, const char *secret)
{
    g_autofree char *uri = sg_totp_uri(secret, wishes->config->school.name, wishes->name);
    g_autofree char *text = spaced(secret);

    printf("put this into an authenticator app now, for it is not shown again:\n"
           "  secret  %s\n  %s\n",
           text, uri);
}

static gboolean add(const Wishes *wishes, SgRecord *record, const char *password, const SgActor *by,
                    GError **error)
{
    g_autofree char *secret = wishes->totp ? sg_account_new_secret() : NULL;
    g_autofree char *safe = sg_text_spelt_out(wishes->name);

    if (!sg_account_add(record, wishes->name, password, secret, by, error))
        return FALSE;
    printf("account %s: made\n", safe);
    if (secret)
        print_secret(wishes, secret);
    return TRUE;
}

static gboolean set_password(const Wishes *wishes, SgRecord *record, const char *password,
                             const SgActor *by, GError **error)
{
    g_autofree char *safe = sg_text_spelt_out(wishes->name);

    if (!sg_account_set_password(record, wishes->name, password, by, error))
        return FALSE;
    printf("account %s: the password is changed, and all sessions are over\n", safe);
    return TRUE;
}

static gboolean set_totp(const Wishes *wishes, SgRecord *record, const char *password,
                         const SgActor *by, GError **error)
{
    g_autofree char *secret = wishes->off ? NULL : sg_account_new_secret();
    g_autofree char *safe = sg_text_spelt_out(wishes->name);

    (void)password;
    if (!sg_account_set_totp(record, wishes->name, secret, by, error))
        return FALSE;
    printf("account %s: one-time codes are %s, and all sessions are over\n", safe,
           secret ? "asked for" : "not asked for any more");
    if (secret)
        print_secret(wishes, secret);
    return TRUE;
}

static gboolean disable(const Wishes *wishes, SgRecord *record, const char *password,
                        const SgActor *by, GError **error)
{
    g_autofree char *safe = sg_text_spelt_out(wishes->name);

    (void)password;
    if (!sg_account_disable(record, wishes->name, by, error))
        return FALSE;
    printf("account %s: disabled, and all sessions are over\n", safe);
    return TRUE;
}

static gboolean enable(const Wishes *wishes, SgRecord *record, const char *password,
                       const SgActor *by, GError **error)
{
    g_autofree char *safe = sg_text_spelt_out(wishes->name);

    (void)password;
    if (!sg_account_enable(record, wishes->name, by, error))
        return FALSE;
    printf("account %s: enabled\n", safe);
    return TRUE;
}

static const Task tasks[] = {
    {.word = "add",
     .totp = TRUE,
     .of_reviewers = TRUE,
     .asks_password = TRUE,
     .makes = TRUE,
     .run = add},
    {.word = "list", .json = TRUE},
    {.word = "password", .of_reviewers = TRUE, .asks_password = TRUE, .run = set_password},
    {.word = "totp", .off = TRUE, .of_reviewers = TRUE, .run = set_totp},
    {.word = "disable", .run = disable}, /* also of who is no reviewer any more */
    {.word = "enable", .of_reviewers = TRUE, .run = enable},
};

static const char *const headings[] = {"NAME",         "ROLE",     "STATE", "CODES",
                                       "LAST SIGN-IN", "SESSIONS", NULL};

static const char *role_of(const SgConfig *config, const SgAccount *account)
{
    const SgReviewer *reviewer = reviewer_named(config, account->name);

    return reviewer ? sg_reviewer_role_names[reviewer->role] : NULL;
}

static void add_row(SgTable *table, const SgConfig *config, const SgAccount *account)
{
    const char *role = role_of(config, account);
    char *last = account->last_sign_in
                     ? sg_when_local(account->last_sign_in, sg_policy_zone(config->policy))
                     : g_strdup("-");

    sg_table_add(table, (char *[]){g_strdup(account->name), g_strdup(role ? role : "no reviewer"),
                                   g_strdup(account->disabled ? "disabled" : "enabled"),
                                   g_strdup(account->totp ? "yes" : "no"), last,
                                   g_strdup_printf("%u", account->sessions)});
}

static void print_json(const SgConfig *config, const SgAccount *account)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *created = sg_when_utc(account->created);
    g_autofree char *changed = sg_when_utc(account->changed);
    g_autofree char *last = account->last_sign_in ? sg_when_utc(account->last_sign_in) : NULL;

    json_builder_begin_object(builder);
    sg_json_text(builder, "name", account->name);
    sg_json_text(builder, "role", role_of(config, account));
    sg_json_yes_no(builder, "disabled", account->disabled);
    sg_json_yes_no(builder, "totp", account->totp);
    sg_json_text(builder, "created", created);
    sg_json_text(builder, "changed", changed);
    sg_json_text(builder, "last_sign_in", last);
    sg_json_number(builder, "sessions", account->sessions);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static GPtrArray *accounts_of(const SgConfig *config, GError **error)
{
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_ONLY, error);

    return record ? sg_account_list(record, sg_when_now(), error) : NULL;
}

static int list(const Wishes *wishes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) accounts = accounts_of(wishes->config, &error);
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();

    if (!accounts)
        return sg_complain_of_record(error);
    for (guint i = 0; i < accounts->len; i++) {
        if (wishes->json)
            print_json(wishes->config, accounts->pdata[i]);
        else
            add_row(table, wishes->config, accounts->pdata[i]);
    }
    sg_table_put(table, page);
    sg_page_flush(page);
    if (!wishes->json && accounts->len == 0)
        puts("there are no accounts");
    return EX_OK;
}

static gboolean is_reviewer(const Wishes *wishes, GError **error)
{
    const SgReviewer *by_login = sg_config_reviewer(wishes->config, wishes->name);

    if (reviewer_named(wishes->config, wishes->name))
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND,
                "there is no reviewer '%s' in '%s'%s%s%s", wishes->name, wishes->config->path,
                by_login ? "; did you mean '" : "", by_login ? by_login->name : "",
                by_login ? "'?" : "");
    return FALSE;
}

/* Before anybody has typed a password for nothing. Also sees that the record is there, for it must
 * not be made, nor an old one upgraded, by whoever types this. */
static gboolean is_open_to(const Wishes *wishes, GError **error)
{
    g_autoptr(GPtrArray) accounts = accounts_of(wishes->config, error);
    gboolean there = FALSE;

    if (!accounts)
        return FALSE;
    for (guint i = 0; i < accounts->len; i++)
        there |= strcmp(((const SgAccount *)accounts->pdata[i])->name, wishes->name) == 0;
    if (there == wishes->task->makes)
        g_set_error(
            error, SG_RECORD_ERROR, there ? SG_RECORD_ERROR_REFUSED : SG_RECORD_ERROR_NOT_FOUND,
            there ? "there is an account '%s' already" : "there is no account '%s'", wishes->name);
    return there != wishes->task->makes;
}

static int change_with(const Wishes *wishes, const char *password)
{
    g_autoptr(GError) error = NULL;
    SgOperator typist = sg_desk_operator(wishes->config);
    const SgActor by = {typist.name, typist.role, sg_when_now()};
    g_autoptr(SgRecord) record = NULL;

    if (password && !sg_password_acceptable(wishes->name, password, &error))
        return sg_complain_of_record(error);
    record = sg_record_open(wishes->config->database, SG_RECORD_READ_WRITE, &error);
    if (!record || !wishes->task->run(wishes, record, password, &by, &error))
        return sg_complain_of_record(error);
    return EX_OK;
}

static int change(const Wishes *wishes)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *safe = sg_text_spelt_out(wishes->name);
    char *password = NULL;
    int code = EX_DATAERR;

    if ((wishes->task->of_reviewers && !is_reviewer(wishes, &error)) || !is_open_to(wishes, &error))
        return sg_complain_of_record(error);
    if (wishes->task->asks_password)
        password = sg_desk_ask_password(safe);
    if (password || !wishes->task->asks_password)
        code = change_with(wishes, password);
    sg_desk_secret_free(password);
    return code;
}

static const Task *find_task(const SgVerb *self, char **words)
{
    const char *names[G_N_ELEMENTS(tasks) + 1] = {NULL};
    int choice;

    for (guint i = 0; i < G_N_ELEMENTS(tasks); i++)
        names[i] = tasks[i].word;
    if (!words) {
        sg_usage_error(self, "say what to do: add, list, password, totp, disable or enable");
        return NULL;
    }
    choice = sg_choice(self, "task", words[0], names);
    return choice < 0 ? NULL : &tasks[choice];
}

/* NULL, or what is wrong with the words. */
static const char *contradiction(const Wishes *wishes, char **words)
{
    const Task *task = wishes->task;

    if (wishes->totp && !task->totp)
        return "--totp goes with 'add'";
    if (wishes->off && !task->off)
        return "--off goes with 'totp'";
    if (wishes->json && !task->json)
        return "--json goes with 'list'";
    if (task->run && (!words[1] || !*words[1]))
        return "whose account? No NAME given";
    return words[1] && (!task->run || words[2]) ? "there is a word too many" : NULL;
}

static int run_account(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) words = NULL;
    Wishes wishes = {0};
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"totp", 0, 0, G_OPTION_ARG_NONE, &wishes.totp, "add: with one-time codes", NULL},
        {"off", 0, 0, G_OPTION_ARG_NONE, &wishes.off, "totp: without them from now on", NULL},
        SG_OPTION_JSON(&wishes.json),
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    wishes.task = find_task(self, words);
    if (!wishes.task)
        return EX_USAGE;
    const char *wrong = contradiction(&wishes, words);
    if (wrong)
        return sg_usage_error(self, "%s", wrong);
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    wishes.config = config;
    wishes.name = words[1];
    return wishes.task->run ? change(&wishes) : list(&wishes);
}

const SgVerb sg_verb_account = {
    .name = "account",
    .usage = "[-c CONF] add NAME [--totp] | list [--json] | password|disable|enable NAME\n"
             "       | totp NAME [--off]",
    .summary = "say who may sign in to the web pages",
    .run = run_account,
};
