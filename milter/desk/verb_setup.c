/* verb_setup.c - from an empty folder to a configuration that is checked, in place and tried */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "checking.h"
#include "options.h"
#include "safe_write.h"
#include "schoolgate/message.h"
#include "setup_known.h"
#include "setup_mta.h"
#include "setup_plan.h"
#include "setup_try.h"
#include "verbs.h"

static const char about[] =
    "Asks for what only a person knows, proposes the rest, shows how the configuration would\n"
    "change, checks it as 'check' does, and writes it after a yes. What was there is kept beside\n"
    "it. Of a configuration that is there, only what is asked about changes; comments stay.\n"
    "A new one observes: all mail passes, and the record shows what would have happened.\n"
    "The mail server is changed only with --change-mta, or after a yes of its own. --test sends\n"
    "two messages from the school to the officer and says what became of each.\n"
    "With --yes or --dry-run nothing is asked: options say it, or it stays as it is.\n"
    "--test-directory asks the directory beforehand, and writes nothing if that fails.\n";

typedef struct Order {
    const SgVerb *verb;
    char *config;
    char *given[SG_ASKED];
    gboolean yes, dry_run, change_mta, test, test_directory;
} Order;

static void order_clear(Order *order)
{
    g_free(order->config);
    for (guint i = 0; i < SG_ASKED; i++)
        g_free(order->given[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Order, order_clear)

static gboolean asks(const Order *order)
{
    return !order->yes && !order->dry_run;
}

/* Interruption --------------------------------------------------------------------------------
 */

static void die_unchanged(int number)
{
    static const char words[] = "\nschoolgate: nothing was changed\n";

    if (write(STDERR_FILENO, words, sizeof words - 1) < 0)
        _exit(128 + number);
    _exit(128 + number);
}

/* What has begun to be written is not left half done. */
static void on_interruption(void (*what)(int number))
{
    signal(SIGINT, what);
    signal(SIGTERM, what);
    signal(SIGHUP, what);
}

/* Options -------------------------------------------------------------------------------------
 */

static int complain(const GError *error)
{
    sg_complain("%s", error->message);
    return error->domain == SG_SETUP_ERROR && error->code == SG_SETUP_ERROR_FILE    ? EX_NOINPUT
           : error->domain == SG_SETUP_ERROR && error->code == SG_SETUP_ERROR_ENDED ? EX_NOINPUT
                                                                                    : EX_USAGE;
}

static int take_given(Order *order, SgSetup *setup)
{
    for (SgAsked asked = 0; asked < SG_ASKED; asked++) {
        g_autoptr(GError) error = NULL;

        if (order->given[asked] && !sg_setup_answer(setup, asked, order->given[asked], &error))
            return sg_usage_error(order->verb, "--%s: %s", sg_questions[asked].option,
                                  error->message);
    }
    return EX_OK;
}

static int answer(Order *order, SgSetup *setup)
{
    g_autoptr(GError) error = NULL;

    if (asks(order)) {
        printf("%s %s\nEnter takes what stands in brackets; 'none' leaves out what need not be.\n"
               "Nothing is written before you say yes; Ctrl-C ends it and changes nothing.\n",
               setup->anew ? "This makes a new configuration:" : "This changes the configuration",
               setup->path);
        on_interruption(die_unchanged);
        if (!sg_setup_ask(setup, &error))
            return complain(error);
    }
    return sg_setup_answer_rest(setup, &error) ? EX_OK : complain(error);
}

/* What is shown before anything is written ----------------------------------------------------
 */

static gboolean show_difference(const SgSetup *setup, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *diff = sg_setup_diff(setup->anew && !setup->old ? setup->sample : setup->path,
                                          setup->ground, setup->path, text, &error);

    if (!diff) {
        sg_complain("%s", error->message);
        return FALSE;
    }
    if (!setup->old)
        printf("\n%s is not there yet. It begins as the sample, with these changes:\n\n",
               setup->path);
    else if (*diff)
        printf("\nThese changes to %s:\n\n", setup->path);
    else
        printf("\nNothing to change in %s\n", setup->path);
    sg_setup_show_diff(diff);
    return TRUE;
}

/* As `check` would, of what is not written yet. NULL when it is not sound. */
static SgConfig *check(const SgSetup *setup, const char *text)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(SgConfig) config = sg_config_load_text(setup->path, bytes, report);
    g_autofree char *summary = sg_desk_check(config, report);

    fflush(stdout);
    sg_desk_show_report(report);
    printf("\n%s\n", summary);
    if (sg_report_errors(report) == 0)
        return g_steal_pointer(&config);
    fflush(stdout);
    sg_complain("the configuration would not be sound; nothing was changed");
    return NULL;
}

static void show_folders(const GPtrArray *folders)
{
    if (folders->len > 0)
        printf("\nFolders to make:\n");
    for (guint i = 0; i < folders->len; i++) {
        g_autofree char *command = sg_folder_command(folders->pdata[i]);
        printf("  %s\n", command);
    }
}

/* What is done --------------------------------------------------------------------------------
 */

static int try(const SgSetup *setup, const SgConfig *config)
{
    g_auto(SgTries) tries = {0};

    putchar('\n');
    fflush(stdout);
    sg_tries_send(&tries, config);
    return sg_tries_tell(&tries, config, setup->mta);
}

static int put_in_place(const SgSetup *setup, const SgConfig *config, const char *text,
                        const GPtrArray *folders)
{
    int code;

    on_interruption(SIG_IGN);
    code = sg_setup_put_in_place(setup, config, text, folders);
    on_interruption(SIG_DFL);
    if (code == EX_OK && g_strcmp0(setup->old, text) != 0)
        sg_setup_say_what_is_left(setup, config);
    return code;
}

static gboolean wanted(const Order *order, gboolean told, const char *question)
{
    return told || (asks(order) && sg_setup_confirm(question, SG_SETUP_NO) == SG_SETUP_YES);
}

/* What was asked for and not done must not look as if it were. */
static int tell_sendmail(const Order *order, const SgSetup *setup, const SgConfig *config)
{
    if (!order->change_mta || !setup->mta || sg_setup_sendmail_is_told(setup, config))
        return EX_OK;
    fflush(stdout);
    sg_complain("--change-mta is for Postfix: Sendmail stays as it is until you have done what is "
                "said above");
    return EX_UNAVAILABLE;
}

static int tell_mta(const Order *order, SgSetup *setup, const SgConfig *config,
                    const GPtrArray *changes)
{
    int code;

    if (!changes)
        return tell_sendmail(order, setup, config);
    if (changes->len == 0)
        return EX_OK;
    if (!wanted(order, order->change_mta, "Tell Postfix of schoolgate, as shown? (yes or no)")) {
        sg_setup_show_command(setup, changes);
        return EX_OK;
    }
    on_interruption(SIG_IGN);
    code = sg_setup_change_mta(setup, config, changes);
    on_interruption(SIG_DFL);
    return code;
}

static int do_it(const Order *order, SgSetup *setup, const SgConfig *config, const char *text,
                 const GPtrArray *folders, const GPtrArray *changes)
{
    int code = put_in_place(setup, config, text, folders);
    int tried = EX_OK;

    if (code != EX_OK)
        return code;
    code = tell_mta(order, setup, config, changes);
    if ((code == EX_OK || !changes) &&
        wanted(order, order->test, "Send two test messages to the officer? (yes or no)"))
        tried = try(setup, config);
    return MAX(code, tried);
}

static SgSetupWord may_go_on(const Order *order, const SgSetup *setup, const char *text,
                             const GPtrArray *folders)
{
    gboolean nothing_to_write =
        g_strcmp0(setup->old, text) == 0 && folders->len == 0 && !setup->password;

    if (order->yes || nothing_to_write)
        return SG_SETUP_YES;
    return sg_setup_confirm("Write this? (yes or no)", SG_SETUP_NO);
}

/* Who has given no answer must not take it for done. */
static int leave_it(SgSetupWord word)
{
    printf("nothing was changed\n");
    return word == SG_SETUP_NO ? EX_OK : EX_NOINPUT;
}

static gboolean directory_is_right(const Order *order, const SgSetup *setup)
{
    if (!order->test_directory || sg_setup_try_directory(setup) == SG_TRIED_RIGHT)
        return TRUE;
    sg_complain("nothing was changed");
    return FALSE;
}

static int set_up(Order *order, SgSetup *setup)
{
    g_autofree char *text = sg_setup_text(setup);
    g_autoptr(GError) error = NULL;
    g_autoptr(SgConfig) config = NULL;

    if (!show_difference(setup, text))
        return EX_SOFTWARE;
    config = check(setup, text);
    if (!config)
        return EX_CONFIG;
    if (!directory_is_right(order, setup))
        return EX_UNAVAILABLE;
    g_autoptr(GPtrArray) folders = sg_setup_folders(config);
    g_autoptr(GPtrArray) changes = sg_setup_mta_changes(setup, config, &error);
    if (error) {
        sg_complain("%s", error->message);
        return EX_UNAVAILABLE;
    }
    show_folders(folders);
    sg_setup_show_mta(setup, config, changes);
    if (order->dry_run)
        return EX_OK;
    SgSetupWord word = may_go_on(order, setup, text, folders);
    if (word != SG_SETUP_YES)
        return leave_it(word);
    return do_it(order, setup, config, text, folders, changes);
}

/* Said before anything is asked. */
static gboolean may_write(const char *path)
{
    g_autofree char *above = NULL;

    if (sg_file_may_be_made(path, &above))
        return TRUE;
    sg_complain("cannot write to '%s': %s; run setup as root, or name another file with -c", above,
                g_strerror(errno));
    return FALSE;
}

static int prepare(Order *order, SgSetup *setup)
{
    const char *named = order->config ? order->config : g_getenv("SCHOOLGATE_CONF");
    g_autoptr(GError) error = NULL;
    int code;

    if (order->dry_run && (order->yes || order->test))
        return sg_usage_error(order->verb, "--dry-run changes and sends nothing; leave out %s",
                              order->yes ? "--yes" : "--test");
    setup->path = g_canonicalize_filename(named && *named ? named : sg_config_default_path(), NULL);
    if (!order->dry_run && !may_write(setup->path))
        return EX_NOPERM;
    sg_mail_init();
    if (!sg_setup_read(setup, &error))
        return complain(error);
    setup->asks = asks(order);
    code = take_given(order, setup);
    return code == EX_OK ? answer(order, setup) : code;
}

/* Reads the words; 0 when there is something to do. */
static gboolean read_options(Order *order, SgSetup *setup, int argc, char **argv, int *code)
{
    g_autofree char *rules = NULL, *state = NULL;
    g_auto(GStrv) words = NULL;
    const GOptionEntry own[] = {
        SG_OPTION_CONFIG(&order->config),
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &order->yes, "ask nothing, and write", NULL},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &order->dry_run, "ask nothing, show, change nothing",
         NULL},
        {"change-mta", 0, 0, G_OPTION_ARG_NONE, &order->change_mta, "tell Postfix of schoolgate",
         NULL},
        {"test", 0, 0, G_OPTION_ARG_NONE, &order->test,
         "send two messages, and say what became of them", NULL},
        {"test-directory", 0, 0, G_OPTION_ARG_NONE, &order->test_directory,
         "ask the directory, and write nothing if that fails", NULL},
        {"rules", 0, 0, G_OPTION_ARG_FILENAME, &rules,
         "where rules and sample are, if not beside the configuration", "FOLDER"},
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &state,
         "where the record is kept (/var/lib/schoolgate)", "FOLDER"},
        {"user", 0, 0, G_OPTION_ARG_FILENAME, &setup->user, "whom schoolgated runs as", "NAME"},
        {"send-with", 0, 0, G_OPTION_ARG_FILENAME, &setup->send_with,
         "how schoolgate hands mail over: 'smtp HOST:PORT'", "WAY"},
        {"postfix-config", 0, 0, G_OPTION_ARG_FILENAME, &setup->postfix_config,
         "where Postfix's main.cf is", "FOLDER"},
        {"sendmail-cf", 0, 0, G_OPTION_ARG_FILENAME, &setup->sendmail_cf,
         "where Sendmail's configuration is", "FILE"},
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    GOptionEntry entries[SG_ASKED + G_N_ELEMENTS(own)];

    for (guint i = 0; i < SG_ASKED; i++)
        entries[i] = (GOptionEntry){sg_questions[i].option,
                                    0,
                                    0,
                                    G_OPTION_ARG_FILENAME,
                                    &order->given[i],
                                    sg_questions[i].asks,
                                    sg_questions[i].value};
    memcpy(entries + SG_ASKED, own, sizeof own);
    if (!sg_options_read(order->verb, entries, about, argc, argv, code))
        return FALSE;
    if (words) {
        *code = sg_usage_error(order->verb, "'%s' is one word too many", *words);
        return FALSE;
    }
    setup->rules = rules ? g_canonicalize_filename(rules, NULL) : NULL;
    setup->state = state ? g_canonicalize_filename(state, NULL) : NULL;
    return TRUE;
}

static int run_setup(const SgVerb *self, int argc, char **argv)
{
    g_auto(Order) order = {.verb = self};
    g_auto(SgSetup) setup = {0};
    int code;

    if (!read_options(&order, &setup, argc, argv, &code))
        return code;
    code = prepare(&order, &setup);
    return code == EX_OK ? set_up(&order, &setup) : code;
}

const SgVerb sg_verb_setup = {
    .name = "setup",
    .usage = "[-c CONF] [--yes | --dry-run] [--change-mta] [--test] [OPTION...]",
    .summary = "make or change the configuration by questions, and try it",
    .run = run_setup,
};
