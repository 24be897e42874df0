/* exam_config.c - the configuration, and whether its rules still do what they are for */
#include <string.h>
#include <unistd.h>

#include "demotions.h"
#include "doctor.h"
#include "exemptions.h"
#include "schoolgate/exemption.h"
#include "schoolgate/health.h"
#include "schoolgate/when.h"

#define DAY           ((gint64)24 * 60 * 60)
#define OBSERVED_LONG 60 /* days */
#define NEVER_HIT     90 /* days */
#define LINES_MOST    3
#define NAMES_MOST    12

/* The configuration
 * ---------------------------------------------------------------------------------
 */

typedef struct Telling {
    SgPatient *patient;
    guint told;
} Telling;

static void tell(gboolean is_error, const char *line, gpointer data)
{
    Telling *telling = data;

    if (telling->told++ >= LINES_MOST)
        return;
    sg_exam_say(telling->patient, is_error ? SG_EXAM_PROBLEM : SG_EXAM_WARNING, "%s", line);
    sg_exam_cure(telling->patient, is_error ? "mend that line; 'schoolgate check' shows it"
                                            : "'schoolgate check' shows the line");
}

static gboolean is_unreadable(SgPatient *patient)
{
    const char *path = patient->config_path;

    if (access(path, F_OK) != 0 && access(path, R_OK) != 0 && !patient->config) {
        g_autofree char *folder = g_path_get_dirname(path);

        if (access(folder, X_OK) == 0) {
            sg_exam_say(patient, SG_EXAM_PROBLEM, "there is no configuration '%s'", path);
            sg_exam_cure(patient, "name it with -c, or begin with the sample that comes with "
                                  "schoolgate (rules/schoolgate.conf)");
            return TRUE;
        }
    } else if (access(path, R_OK) == 0) {
        return FALSE;
    }
    sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "'%s' may not be read by who asks", path);
    sg_exam_cure(patient, "ask again as root");
    return TRUE;
}

static void look_at_configuration(SgPatient *patient)
{
    Telling telling = {.patient = patient};

    if (is_unreadable(patient))
        return;
    sg_report_each(patient->report, tell, &telling);
    if (telling.told > LINES_MOST) {
        sg_exam_say(patient, SG_EXAM_WARNING, "%u more errors and warnings of the configuration",
                    telling.told - LINES_MOST);
        sg_exam_cure(patient, "'schoolgate check' shows them all");
    }
    if (telling.told == 0)
        sg_exam_say(patient, SG_EXAM_FINE, "'%s' is sound, and so are its %u rules",
                    patient->config->path, sg_policy_rule_count(patient->config->policy));
}

/* What the rules do
 * ---------------------------------------------------------------------------------
 */

/* Counts of so many days; FALSE when they cannot be read, having said so. */
static gboolean read_counts(SgPatient *patient, int days, guint64 counts[SG_COUNTS], gint64 *first)
{
    g_autoptr(GError) error = NULL;
    gint64 last;

    if (sg_record_counts(patient->record, patient->now - days * DAY, counts, &error) &&
        sg_record_times(patient->record, first, &last, &error))
        return TRUE;
    sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
    return FALSE;
}

static void look_at_mode(SgPatient *patient)
{
    guint64 counts[SG_COUNTS] = {0};
    gint64 first = 0;

    if (sg_policy_mode(patient->config->policy) != SG_MODE_OBSERVE) {
        sg_exam_say(patient, SG_EXAM_FINE, "the rules are in force");
        return;
    }
    if (!read_counts(patient, OBSERVED_LONG, counts, &first))
        return;
    if (first > 0 && patient->now - first > OBSERVED_LONG * DAY && counts[SG_COUNT_JUDGED] > 0 &&
        counts[SG_COUNT_REFUSED] + counts[SG_COUNT_HELD] == 0) {
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "'mode observe' has let all mail pass for more than %d days", OBSERVED_LONG);
        sg_exam_cure(patient, "look at what would have happened ('schoolgate rules --stats', "
                              "'schoolgate incidents'), then write 'mode enforce' and reload");
        return;
    }
    sg_exam_say(patient, SG_EXAM_NOTE,
                "'mode observe': all mail passes; 'schoolgate incidents' shows what would have "
                "happened");
}

static void look_at_review(SgPatient *patient)
{
    int days = 0;
    const SgSchoolPolicy *due = sg_review_due(patient->config->policy, patient->now, &days);
    const char *title = due && due->title ? due->title : due ? due->name : NULL;
    char day[16] = "";

    if (due)
        g_date_strftime(day, sizeof day, "%F", &due->review_due);
    if (!due) {
        sg_exam_say(patient, SG_EXAM_FINE, "no policy has a day on which its review is due");
        return;
    }
    if (days >= 0) {
        sg_exam_say(patient,
                    sg_health_of_review(days) == SG_HEALTH_GOOD ? SG_EXAM_FINE : SG_EXAM_NOTE,
                    "the review of '%s' is due on %s", title, day);
        return;
    }
    sg_exam_say(patient, SG_EXAM_WARNING, "the review of '%s' was due on %s", title, day);
    sg_exam_cure(patient,
                 "when the school has looked at its policy again, write the new 'version' "
                 "and the next 'review-due' into the block 'policy %s'",
                 due->name);
}

/* Names of rules that nothing has met, severe ones apart: those are meant to be rare. */
static char *idle_rules(const SgPolicy *policy, GHashTable *stats, guint *n)
{
    GString *names = g_string_new(NULL);

    *n = 0;
    for (guint i = 0; i < sg_policy_rule_count(policy); i++) {
        const SgRule *rule = sg_policy_rule(policy, i);

        if (sg_rule_severity(rule) == SG_SEVERITY_CRITICAL ||
            g_hash_table_contains(stats, sg_rule_name(rule)))
            continue;
        if (++*n <= NAMES_MOST)
            g_string_append_printf(names, "%s%s", *n > 1 ? ", " : "", sg_rule_name(rule));
    }
    if (*n > NAMES_MOST)
        g_string_append_printf(names, " and %u more", *n - NAMES_MOST);
    return g_string_free(names, FALSE);
}

static void say_idle(SgPatient *patient, GHashTable *stats)
{
    guint n;
    g_autofree char *names = idle_rules(patient->config->policy, stats, &n);

    if (n == 0) {
        sg_exam_say(patient, SG_EXAM_FINE, "every rule has met some mail within %d days",
                    NEVER_HIT);
        return;
    }
    sg_exam_say(patient, SG_EXAM_NOTE, "%u rules have met no mail within %d days: %s", n, NEVER_HIT,
                names);
    sg_exam_cure(patient, "rare is not wrong; try one with mail that it should meet ('schoolgate "
                          "replay'), and take out what the school does not need");
}

static void look_at_idle_rules(SgPatient *patient)
{
    guint64 counts[SG_COUNTS] = {0};
    gint64 first = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) stats = NULL;

    if (!read_counts(patient, NEVER_HIT, counts, &first))
        return;
    if (first == 0 || patient->now - first < NEVER_HIT * DAY) {
        sg_exam_say(patient, SG_EXAM_FINE,
                    "too early to tell: the record goes back less than %d days", NEVER_HIT);
        return;
    }
    if (counts[SG_COUNT_JUDGED] == 0) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "no mail at all was judged within %d days",
                    NEVER_HIT);
        sg_exam_cure(patient, "see whether the mail server asks schoolgate (the examination "
                              "'all-mail'), and whether senders log in or come from 'inside'");
        return;
    }
    stats = sg_record_rule_stats(patient->record, patient->now - NEVER_HIT * DAY, &error);
    if (stats)
        say_idle(patient, stats);
    else
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
}

static void look_at_demotions(SgPatient *patient)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) demotions =
        sg_record_demotions(patient->record, SG_DEMOTIONS_STANDING, &error);

    for (guint i = 0; demotions && i < demotions->len; i++) {
        const SgDemotion *demotion = demotions->pdata[i];
        g_autofree char *note = sg_demotion_note(demotion, sg_policy_zone(patient->config->policy));

        if (!patient->config->guard.demote ||
            !sg_policy_find_rule(patient->config->policy, demotion->rule))
            continue;
        sg_exam_say(patient, SG_EXAM_WARNING, "rule %s: %s", demotion->rule, note);
        sg_exam_cure(patient,
                     "make it more precise ('schoolgate replay --held'), then 'schoolgate "
                     "guard restore %s --reason TEXT'",
                     demotion->rule);
    }
    if (!demotions)
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
    else if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "no rule is set aside as imprecise");
}

/* Exemptions
 * ----------------------------------------------------------------------------------------
 */

static void look_at_exemption(SgPatient *patient, const SgExemption *exemption)
{
    const char *rule = exemption->what.rule;

    switch (sg_exemption_state(exemption, patient->config->policy, patient->now)) {
    case SG_EXEMPTION_VOID:
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "exemption %" G_GINT64_FORMAT " has no effect: its rule '%s' is gone, or has "
                    "become critical",
                    exemption->number, rule);
        sg_exam_cure(patient,
                     "an officer ends it ('schoolgate exempt end %" G_GINT64_FORMAT
                     " --reason TEXT'), or the head grants it anew",
                     exemption->number);
        return;
    case SG_EXEMPTION_WAITS:
        sg_exam_say(patient, SG_EXAM_NOTE,
                    "exemption %" G_GINT64_FORMAT " from '%s' waits for a second person",
                    exemption->number, rule);
        return;
    case SG_EXEMPTION_EXPIRED:
        if (patient->now - exemption->what.until < 30 * DAY)
            sg_exam_say(patient, SG_EXAM_NOTE,
                        "exemption %" G_GINT64_FORMAT " from '%s' is over: that rule applies again",
                        exemption->number, rule);
        return;
    default:
        return;
    }
}

static void look_at_exemptions(SgPatient *patient)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all =
        sg_record_exemptions(patient->record, SG_EXEMPTIONS_ALL, patient->now, &error);

    for (guint i = 0; all && i < all->len; i++)
        look_at_exemption(patient, all->pdata[i]);
    if (!all)
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s", error->message);
    else if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "none is void, waits, or has just ended");
}

const SgExam sg_config_exams[] = {
    {"configuration", "errors and warnings of the configuration and its rules", 0,
     look_at_configuration},
    {"mode", "whether the rules are in force", SG_NEEDS_CONFIG | SG_NEEDS_RECORD, look_at_mode},
    {"policy-review", "whether the review of the school's policy is due", SG_NEEDS_CONFIG,
     look_at_review},
    {"idle-rules", "rules that no mail has met", SG_NEEDS_CONFIG | SG_NEEDS_RECORD,
     look_at_idle_rules},
    {"imprecise-rules", "rules that the guard has demoted", SG_NEEDS_CONFIG | SG_NEEDS_RECORD,
     look_at_demotions},
    {"exemptions", "exemptions that are void, wait, or have just ended",
     SG_NEEDS_CONFIG | SG_NEEDS_RECORD, look_at_exemptions},
    {0},
};
