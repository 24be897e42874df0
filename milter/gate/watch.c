/* watch.c - see watch.h */
#include "watch.h"

#include "schoolgate/guard.h"

struct SgWatch {
    GPtrArray *standing; /* of SgDemotion */
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
    return watch;
}

void sg_watch_free(SgWatch *watch)
{
    if (!watch)
        return;
    g_ptr_array_unref(watch->standing);
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

SgConfig *sg_watch_apply(const SgWatch *watch, SgConfig *config)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    g_autoptr(SgConfig) before = config;

    for (guint i = 0; i < watch->standing->len; i++) {
        SgDemotion *demotion = watch->standing->pdata[i];

        if (demotion->state == SG_DEMOTION_DEMOTED)
            g_ptr_array_add(rules, demotion->rule);
    }
    g_ptr_array_add(rules, NULL);
    return sg_config_with_policy(
        before, sg_policy_with_demoted(before->policy, (const char *const *)rules->pdata));
}
