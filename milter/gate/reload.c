/* reload.c - how the parent takes a new configuration, or who is who anew: loaded, told to the
 * gate, and in force when that goes by it. */
#include "channel.h"
#include "gate_internal.h"
#include "parent_internal.h"
#include "schoolgate/gate.h"
#include "schoolgate/meter.h"
#include "schoolgate/when.h"

#include <systemd/sd-daemon.h>

void sg_parent_note_loaded(SgParent *parent)
{
    SgServices *services = parent->console.services;

    if (!services)
        return;
    if (services->loaded != 0)
        sg_meter_add(SG_METER_RELOADS, SG_RELOAD_LOADED, 1);
    services->loaded = sg_when_now();
    services->refused = 0;
}

/* Who sends mail need not know who is who; the pages do. */
void sg_parent_settle(SgParent *parent)
{
    if (!parent->pending)
        return;
    sg_config_unref(parent->good);
    parent->good = g_steal_pointer(&parent->pending);
    if (!parent->only_people)
        parent->news = "the configuration was loaded again";
    else if (!parent->news)
        parent->news = "who is who was read again";
    sg_duty_ask(&parent->console.duty); /* the next one goes by the new configuration */
    if (parent->only_people)
        return;
    sg_duty_ask(&parent->courier);
    sg_duty_ask(&parent->directory);
    sg_parent_note_loaded(parent);
}

static void say_reloading(void)
{
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
}

void sg_parent_say_ready(void)
{
    sd_notify(0, "READY=1\nSTATUS=judging mail");
}

void sg_parent_say_news(SgParent *parent)
{
    if (parent->ready && parent->news)
        sg_log(LOG_NOTICE, "%s", parent->news);
    parent->news = NULL;
}

static void keep_old(SgParent *parent, const char *why)
{
    if (parent->console.services)
        parent->console.services->refused = sg_when_now();
    sg_meter_add(SG_METER_RELOADS, SG_RELOAD_REFUSED, 1);
    sg_log(LOG_ERR, "kept the old configuration: %s", why);
    sd_notify(0, "READY=1\nSTATUS=judging mail by the old configuration: the new one has errors");
}

void sg_parent_compile(SgConfig *config)
{
    g_autoptr(GError) error = NULL;

    if (!sg_config_compile(config, &error))
        sg_log(LOG_NOTICE, "patterns are compiled anew at every start: %s", error->message);
}

static void pend(SgParent *parent, SgConfig *config, gboolean only_people)
{
    parent->pending = config;
    parent->only_people = only_people;
    if (sg_reach_leave(&parent->reach, config, parent->gate.pid) || parent->gate.pid == 0 ||
        !sg_channel_say(parent->channel, only_people ? SG_WORD_PEOPLE : SG_WORD_RELOAD))
        sg_parent_settle(parent);
}

static void refused_by_gate(SgParent *parent)
{
    g_clear_pointer(&parent->pending, sg_config_unref);
    if (parent->only_people)
        sg_log(LOG_ERR, "who is who stays as it was: the gate could not read it");
    else
        keep_old(parent, "the gate could not load the new one");
}

/* One that was asked to leave goes by nothing new, and the next one says when it is ready. */
void sg_parent_hear_answer(SgParent *parent, SgWord word)
{
    if (parent->reach.left || !parent->pending)
        return;
    if (word == SG_WORD_REFUSED) {
        refused_by_gate(parent);
        return;
    }
    sg_parent_settle(parent);
    sg_parent_say_news(parent);
    sg_parent_say_ready();
}

/* The command is run by a process that was forked with it, before we gave up what it needs. */
static gboolean keep_way_of_sending(const SgParent *parent, SgConfig *config)
{
    const SgCourierSettings *from = &parent->good->courier;
    SgCourierSettings *to = &config->courier;

    if (to->send_by != SG_SEND_BY_COMMAND || sg_errands_run(parent->errands, to->command))
        return FALSE;
    g_free(to->smtp);
    g_free(to->command);
    to->send_by = from->send_by;
    to->smtp = g_strdup(from->smtp);
    to->command = g_strdup(from->command);
    return TRUE;
}

static void reload(SgParent *parent)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config;
    const char *changed;

    say_reloading();
    config = sg_config_load(parent->good->path, report);
    sg_gate_log_report(report);
    if (!config) {
        keep_old(parent, "the new one has errors");
        if (parent->gate.pid > 0)
            sg_channel_say(parent->channel, SG_WORD_REFUSED); /* for the audit trail */
        return;
    }
    changed = sg_gate_keep_fixed(parent->good, config);
    if (keep_way_of_sending(parent, config))
        changed = "send-with";
    if (changed)
        sg_log(LOG_WARNING, "'%s' has changed: that takes effect only with a restart", changed);
    sg_parent_compile(config);
    pend(parent, config, FALSE);
}

static void reload_people(SgParent *parent)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_with_people(parent->good, report);

    sg_gate_log_report(report);
    if (!config)
        sg_log(LOG_ERR, "who is who stays as it was: what says so has errors");
    else
        pend(parent, config, TRUE);
}

void sg_parent_reload(SgParent *parent)
{
    if (parent->pending)
        parent->again_all = TRUE;
    else
        reload(parent);
}

void sg_parent_reload_people(SgParent *parent)
{
    if (parent->pending)
        parent->again_people = TRUE;
    else
        reload_people(parent);
}

/* Whoever reads all reads who is who as well. */
void sg_parent_go_on(SgParent *parent)
{
    gboolean all = parent->again_all, people = parent->again_people;

    if (parent->pending || parent->stopping)
        return;
    parent->again_all = parent->again_people = FALSE;
    if (all)
        reload(parent);
    else if (people)
        reload_people(parent);
}
