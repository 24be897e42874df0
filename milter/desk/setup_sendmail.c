/* setup_sendmail.c - setup's part that is about Sendmail: which lines belong into which file, and
 * whether the Sendmail that runs has them already; see setup_mta.h */
#include "setup_mta.h"

#include <stdio.h>
#include <string.h>

#include "options.h"
#include "sendmail_mc.h"
#include "setup_plan.h"

static gboolean lets_nothing_pass(const SgMta *mta, const SgMtaService *service, const char *socket)
{
    const SgMtaMilter *milter = sg_mta_milter_at(mta, service, socket);

    return milter && milter->absent != SG_MTA_ABSENT_PASS;
}

gboolean sg_setup_sendmail_is_told(const SgSetup *setup, const SgConfig *config)
{
    const GPtrArray *services = sg_mta_services(setup->mta);

    for (guint i = 0; i < services->len; i++)
        if (!lets_nothing_pass(setup->mta, services->pdata[i], config->gate.socket))
            return FALSE;
    return !sg_sendmail_is_outdated(setup->mta);
}

/* A daemon of its own list is not helped by a line for all of them. */
static gboolean is_told_but_for_own_lists(const SgSetup *setup, const SgConfig *config)
{
    const GPtrArray *services = sg_mta_services(setup->mta);

    for (guint i = 0; i < services->len; i++) {
        const SgMtaService *service = services->pdata[i];
        if (!service->own_milters && !lets_nothing_pass(setup->mta, service, config->gate.socket))
            return FALSE;
    }
    return TRUE;
}

static void warn_of_own_lists(const SgSetup *setup, const SgConfig *config)
{
    const GPtrArray *services = sg_mta_services(setup->mta);

    fflush(stdout);
    for (guint i = 0; i < services->len; i++) {
        const SgMtaService *service = services->pdata[i];
        if (service->own_milters && !sg_mta_milter_at(setup->mta, service, config->gate.socket))
            sg_complain("Sendmail's daemon %s has an InputMailFilters of its own, and schoolgate "
                        "is none of them: name it first there, in DAEMON_OPTIONS of the .mc file",
                        service->name);
    }
}

/* Who has no .mc file beside sendmail.cf has it somewhere else. */
static void show_lines(const SgSetup *setup, const SgConfig *config)
{
    g_autofree char *lines = sg_sendmail_lines(setup->mta, config->gate.socket);

    printf("\nSendmail does not ask schoolgate yet. These lines belong into the .mc file that\n"
           "'%s' is made of, ahead of other filters (one that signs must come last) and of\n"
           "the first MAILER line:\n\n%s",
           sg_mta_place(setup->mta), lines);
}

/* FALSE when the file has all of it, or cannot be read. */
static gboolean show_change(const SgSetup *setup, const SgConfig *config, const char *mc,
                            gboolean *made)
{
    g_autofree char *now = NULL, *then = NULL, *diff = NULL;

    if (!g_file_get_contents(mc, &now, NULL, NULL) || !g_utf8_validate(now, -1, NULL))
        return FALSE;
    if (sg_sendmail_leaves_us_out(now))
        printf("\n'%s' says by confINPUT_MAIL_FILTERS which filters are asked:\n"
               "name schoolgate there, first, or take that line out.\n",
               mc);
    then = sg_sendmail_with(setup->mta, now, config->gate.socket);
    *made = strcmp(now, then) == 0;
    if (*made || !(diff = sg_setup_diff(mc, now, mc, then, NULL)))
        return FALSE;
    printf(
        "\nSendmail does not ask schoolgate yet, or not rightly. Its .mc file needs these lines,\n"
        "ahead of other filters (one that signs must come last) and of the first MAILER line:\n\n");
    sg_setup_show_diff(diff);
    return TRUE;
}

static void show_what_is_missing(const SgSetup *setup, const SgConfig *config)
{
    g_autofree char *mc = sg_sendmail_source(setup->mta);
    g_autofree char *commands = sg_sendmail_commands(setup->mta);
    g_auto(GStrv) each = g_strsplit(commands, "\n", -1);
    gboolean made = FALSE;

    if (!mc || (!show_change(setup, config, mc, &made) && !made))
        show_lines(setup, config);
    if (made)
        printf("\nThe lines for schoolgate are in '%s', but '%s' does not have them yet.\n", mc,
               sg_mta_place(setup->mta));
    printf("\nsetup changes nothing of Sendmail. %s, once schoolgate runs:\n",
           made ? "Make the one of the other and start Sendmail anew"
                : "Write them, make sendmail.cf anew and restart Sendmail");
    for (char **command = each; *command && **command; command++)
        printf("  %s\n", *command);
    puts("F=T is what makes mail wait, and not pass unread, while schoolgate is not running.");
}

void sg_setup_show_sendmail(const SgSetup *setup, const SgConfig *config)
{
    if (!is_told_but_for_own_lists(setup, config))
        show_what_is_missing(setup, config);
    else if (sg_sendmail_is_outdated(setup->mta))
        printf("\n'%s' names schoolgate, but the Sendmail that runs is older than that file.\n"
               "Start it anew:\n  systemctl restart sendmail\n",
               sg_mta_place(setup->mta));
    else if (sg_setup_sendmail_is_told(setup, config))
        printf("\nSendmail asks schoolgate already: nothing to change in %s\n",
               sg_mta_place(setup->mta));
    warn_of_own_lists(setup, config);
}
