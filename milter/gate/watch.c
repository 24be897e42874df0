/* watch.c - see watch.h */
#include "watch.h"

#include "schoolgate/in_force.h"
#include "schoolgate/when.h"

struct SgWatch {
    GPtrArray *standing;   /* of SgDemotion */
    GPtrArray *exemptions; /* of SgExemption */
    gint64 version;        /* of the record, when these were read; -1: never */
};

static void free_demotion(gpointer data)
{
    sg_demotion_free(data);
}

static GPtrArray *nothing(void)
{
    return g_ptr_array_new_with_free_func(free_demotion);
}

SgWatch *sg_watch_new(void)
{
    SgWatch *watch = g_new0(SgWatch, 1);

    watch->standing = nothing();
    watch->exemptions = g_ptr_array_new();
    watch->version = -1;
    return watch;
}

void sg_watch_free(SgWatch *watch)
{
    if (!watch)
        return;
    g_ptr_array_unref(watch->standing);
    g_ptr_array_unref(watch->exemptions);
    g_free(watch);
}

static gboolean is_same(const SgDemotion *a, const SgDemotion *b)
{
    return a && b && a->state == b->state && a->since == b->since;
}

/* The record knows how severe a rule was when it held; the policy, how severe it is. */
static gboolean is_demoted(const SgDemotion *demotion, const SgPolicy *policy)
{
    const SgRule *rule = sg_policy_find_rule(policy, demotion->rule);

    return demotion->state == SG_DEMOTION_DEMOTED &&
           !(rule && sg_rule_severity(rule) == SG_SEVERITY_CRITICAL);
}

static void log_demotion(const SgDemotion *demotion, const SgPolicy *policy)
{
    const char *format = is_demoted(demotion, policy)
                             ? "rule %s is demoted to log: %" G_GUINT64_FORMAT
                               " of its last %" G_GUINT64_FORMAT " holds were released"
                             : "rule %s looks imprecise: %" G_GUINT64_FORMAT
                               " of its last %" G_GUINT64_FORMAT
                               " holds were released; it is critical, so it stays in force";

    sg_log(LOG_WARNING, format, demotion->rule, demotion->released, demotion->holds);
}

static gboolean log_changes(const GPtrArray *before, const GPtrArray *after, const SgPolicy *policy)
{
    gboolean changed = FALSE;

    for (guint i = 0; i < after->len; i++) {
        const SgDemotion *demotion = after->pdata[i];

        if (is_same(demotion, sg_demotion_of(before, demotion->rule)))
            continue;
        log_demotion(demotion, policy);
        changed = TRUE;
    }
    for (guint i = 0; i < before->len; i++) {
        const SgDemotion *demotion = before->pdata[i];

        if (sg_demotion_of(after, demotion->rule))
            continue;
        if (is_demoted(demotion, policy))
            sg_log(LOG_NOTICE, "rule %s is in force again", demotion->rule);
        changed = TRUE;
    }
    return changed;
}

gboolean sg_watch_look(SgWatch *watch, SgStore *store, const SgConfig *config)
{
    GPtrArray *found = config->guard.demote ? sg_store_demotions(store) : nothing();

    if (!found)
        return FALSE;
    gboolean changed = log_changes(watch->standing, found, config->policy);
    g_ptr_array_unref(watch->standing);
    watch->standing = found;
    return changed;
}

/* Exemptions ------------------------------------------------------------------------------------
 */

static gboolean has_exemption(const GPtrArray *exemptions, gint64 number)
{
    for (guint i = 0; i < exemptions->len; i++)
        if (((const SgExemption *)exemptions->pdata[i])->number == number)
            return TRUE;
    return FALSE;
}

/* Whom it is about, and in which words, is for the record. */
static void log_beginning(const SgExemption *exemption)
{
    g_autofree char *day = sg_when_utc(exemption->what.until);

    sg_log(LOG_NOTICE, "exemption %" G_GINT64_FORMAT " from rule %s: a %s, until %s",
           exemption->number, exemption->what.rule, sg_exempt_kind_names[exemption->what.kind],
           day);
}

static void log_end(const SgExemption *exemption, gint64 now)
{
    sg_log(LOG_NOTICE, "exemption %" G_GINT64_FORMAT " from rule %s has %s", exemption->number,
           exemption->what.rule, exemption->what.until <= now ? "expired" : "been ended");
}

/* Takes ownership of `found`. */
static gboolean take_exemptions(SgWatch *watch, GPtrArray *found, gint64 now)
{
    gboolean changed = FALSE;

    for (guint i = found->len; i > 0; i--) {
        const SgExemption *exemption = found->pdata[i - 1];

        if (has_exemption(watch->exemptions, exemption->number))
            continue;
        log_beginning(exemption);
        changed = TRUE;
    }
    for (guint i = watch->exemptions->len; i > 0; i--) {
        const SgExemption *exemption = watch->exemptions->pdata[i - 1];

        if (has_exemption(found, exemption->number))
            continue;
        log_end(exemption, now);
        changed = TRUE;
    }
    g_ptr_array_unref(watch->exemptions);
    watch->exemptions = found;
    return changed;
}

/* By the clock alone: the record may be out of reach. */
static gboolean drop_expired(SgWatch *watch, gint64 now)
{
    gboolean changed = FALSE;

    for (guint i = watch->exemptions->len; i > 0; i--) {
        const SgExemption *exemption = watch->exemptions->pdata[i - 1];

        if (exemption->what.until > now)
            continue;
        log_end(exemption, now);
        g_ptr_array_remove_index(watch->exemptions, i - 1);
        changed = TRUE;
    }
    return changed;
}

gboolean sg_watch_look_for_exemptions(SgWatch *watch, SgStore *store, gint64 now)
{
    gint64 version = sg_store_version(store);
    GPtrArray *found =
        version >= 0 && version != watch->version ? sg_store_exemptions(store, now) : NULL;

    if (!found)
        return drop_expired(watch, now);
    watch->version = version;
    return take_exemptions(watch, found, now);
}

/* Both --------------------------------------------------------------------------------------------
 */

SgConfig *sg_watch_apply(const SgWatch *watch, SgConfig *config)
{
    g_autoptr(SgConfig) before = config;

    return sg_config_with_policy(
        before, sg_policy_in_force(before->policy, watch->standing, watch->exemptions));
}
