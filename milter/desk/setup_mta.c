/* setup_mta.c - see setup_mta.h */
#include "setup_mta.h"

#include <stdio.h>
#include <sysexits.h>

#include "knock.h"
#include "mta_change.h"
#include "options.h"
#include "setup_plan.h"

static gboolean is_postfix(const SgSetup *setup)
{
    return setup->mta && sg_mta_kind(setup->mta) == SG_MTA_POSTFIX;
}

GPtrArray *sg_setup_mta_changes(const SgSetup *setup, const SgConfig *config, GError **error)
{
    return is_postfix(setup) ? sg_mta_changes(setup->mta, config->gate.socket, error) : NULL;
}

static void show_changes(const SgSetup *setup, const GPtrArray *changes)
{
    g_autoptr(GString) diff = g_string_new(NULL);

    if (changes->len == 0) {
        printf("\nPostfix asks schoolgate already: nothing to change in %s/main.cf\n",
               sg_mta_place(setup->mta));
        return;
    }
    g_string_append_printf(diff, "--- %s/main.cf\n+++ with schoolgate\n", sg_mta_place(setup->mta));
    for (guint i = 0; i < changes->len; i++) {
        const SgMtaChange *change = changes->pdata[i];
        g_string_append_printf(diff, "-%s = %s\n+%s = %s\n", change->name, change->now,
                               change->name, change->then);
    }
    putchar('\n');
    sg_setup_show_diff(diff->str);
}

/* Services that leave the list for all aside let mail past whatever that says. */
static void warn_of_own_lists(const SgSetup *setup, const SgConfig *config)
{
    const GPtrArray *services = sg_mta_services(setup->mta);

    for (guint i = 0; i < services->len; i++) {
        const SgMtaService *service = services->pdata[i];
        if (service->own_milters && !sg_mta_milter_at(setup->mta, service, config->gate.socket))
            sg_complain(
                "the service %s has milters of its own in master.cf, and schoolgate is none "
                "of them; unless it takes back mail that was judged already, take its "
                "'-o smtpd_milters' out",
                service->name);
    }
}

void sg_setup_show_mta(const SgSetup *setup, const SgConfig *config, const GPtrArray *changes)
{
    if (changes) {
        show_changes(setup, changes);
        fflush(stdout);
        warn_of_own_lists(setup, config);
    } else if (setup->mta && !is_postfix(setup)) {
        sg_setup_show_sendmail(setup, config);
    }
}

void sg_setup_show_command(const SgSetup *setup, const GPtrArray *changes)
{
    g_autofree char *command = changes->len > 0 ? sg_mta_command(setup->mta, changes) : NULL;

    if (command)
        printf("\nPostfix was left as it is. When schoolgate runs, tell Postfix of it:\n"
               "  %s\n  postfix reload\n",
               command);
}

/* What is told of a mail server is of one moment. */
static void read_again(SgSetup *setup)
{
    const SgMtaWish wish = {SG_MTA_POSTFIX, setup->postfix_config, NULL};
    SgMta *mta = sg_mta_read(&wish, NULL);

    if (!mta)
        return;
    sg_mta_free(setup->mta);
    setup->mta = mta;
}

/* A school's whole mail would wait, and nobody should be surprised by that. */
static void warn_of_waiting(const SgConfig *config)
{
    g_auto(SgKnock) knock = {0};

    sg_knock(config->gate.socket, &knock);
    if (knock.answer == SG_KNOCK_NOBODY)
        sg_complain("schoolgate does not run yet: until it does, all mail waits; start it: "
                    "systemctl enable --now schoolgate");
}

int sg_setup_change_mta(SgSetup *setup, const SgConfig *config, const GPtrArray *changes)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *copy = NULL;

    if (changes->len == 0)
        return EX_OK;
    copy = sg_mta_change(setup->mta, changes, &error);
    if (!copy) {
        sg_complain("Postfix is left as it was: %s", error->message);
        return EX_UNAVAILABLE;
    }
    printf("told Postfix of schoolgate; its main.cf as it was is '%s'\n", copy);
    fflush(stdout);
    if (!sg_mta_reload(setup->mta, &error))
        sg_complain("Postfix has not read it yet (%s); start it, or: postfix reload",
                    error->message);
    read_again(setup);
    warn_of_waiting(config);
    return EX_OK;
}
