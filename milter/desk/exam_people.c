/* exam_people.c - whether schoolgate knows who people are: files, roles, domains, reviewers */
#include <string.h>
#include <sys/stat.h>

#include "doctor.h"
#include "reach.h"
#include "schoolgate/when.h"

#define DAY            ((gint64)24 * 60 * 60)
#define STALE          90 /* days */
#define SHOWN          5  /* files; a folder of lists may hold thousands */
#define SETTLED_IN     14 /* days of a school year until its lists should be there */
#define SCHOOL_YEAR_IN 9  /* month */

/* Files
 * ---------------------------------------------------------------------------------------------
 */

/* Midnight of the last first of September in the school's zone. */
static gint64 school_year_began(const SgPatient *patient)
{
    GTimeZone *zone = sg_policy_zone(patient->config->policy);
    g_autoptr(GDateTime) now = sg_when_in(patient->now, zone);
    int year = g_date_time_get_year(now) - (g_date_time_get_month(now) < SCHOOL_YEAR_IN);
    g_autoptr(GDateTime) begin = g_date_time_new(zone, year, SCHOOL_YEAR_IN, 1, 0, 0, 0);

    return g_date_time_to_unix(begin);
}

/* TRUE when it is old; says so but where enough has been said. */
static gboolean look_at_age(SgPatient *patient, const char *path, gboolean say)
{
    gint64 began = school_year_began(patient);
    struct stat file;

    if (stat(path, &file) != 0)
        return FALSE;
    gint64 days = (patient->now - file.st_mtime) / DAY;
    gboolean last_years = file.st_mtime < began && patient->now - began > SETTLED_IN * DAY;
    if (days < STALE && !last_years)
        return FALSE;
    if (!say)
        return TRUE;
    sg_exam_say(patient, SG_EXAM_WARNING, "'%s' is %" G_GINT64_FORMAT " days old%s", path, days,
                last_years ? ": it is of the last school year" : "");
    sg_exam_cure(patient, "save the list anew from the school's information system, each night for "
                          "example, and 'systemctl reload schoolgate'");
    return TRUE;
}

static void look_at_files(SgPatient *patient)
{
    const char *const *files = sg_people_files(patient->config->people);

    guint old = 0;

    for (guint i = 0; files[i]; i++)
        old += look_at_age(patient, files[i], old < SHOWN) ? 1 : 0;
    if (old > SHOWN)
        sg_exam_say(patient, SG_EXAM_WARNING, "so old are %u others as well", old - SHOWN);
    if (!files[0])
        sg_exam_say(patient, SG_EXAM_NOTE,
                    "no file of people is read: roles come from domains and "
                    "addresses in the configuration alone");
    else if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "all files of people are of this school year");
}

/* Roles
 * ---------------------------------------------------------------------------------------------
 */

static void look_at_role(SgPatient *patient, SgRole role, const char *what)
{
    SgRoleSources sources = sg_people_role_sources(patient->config->people, role);
    const char *name = sg_people_role_name(patient->config->people, role);

    if (sources.addresses + sources.domains + sources.patterns > 0)
        return;
    sg_exam_say(patient, SG_EXAM_PROBLEM, "nobody is known as %s: %s", name, what);
    sg_exam_cure(patient,
                 "write a block 'role %s' with the 'domain' of their addresses, or list "
                 "them in a file of people ('csv people.csv')",
                 name);
}

static void look_at_roles(SgPatient *patient)
{
    SgRoleSources students = sg_people_role_sources(patient->config->people, SG_ROLE_STUDENT);
    SgRoleSources staff = sg_people_role_sources(patient->config->people, SG_ROLE_STAFF);

    look_at_role(patient, SG_ROLE_STAFF, "rules about staff never apply");
    look_at_role(patient, SG_ROLE_STUDENT, "rules about mail to students never apply");
    if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE,
                    "staff: %u domains and %u addresses; students: %u domains and %u addresses",
                    staff.domains, staff.addresses, students.domains, students.addresses);
}

/* Domains
 * -------------------------------------------------------------------------------------------
 */

/* The domains that the mail server takes mail for, as far as they are written out. */
static GPtrArray *served_domains(const SgMta *mta)
{
    static const char *const settings[] = {"mydestination", "relay_domains",
                                           "virtual_mailbox_domains", "virtual_alias_domains"};
    const char *host = sg_mta_setting(mta, "myhostname");
    GPtrArray *domains = g_ptr_array_new_with_free_func(g_free);

    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
        const char *value = sg_mta_setting(mta, settings[i]);
        g_auto(GStrv) words = g_strsplit_set(value ? value : "", ", \t", -1);

        for (char **word = words; *word; word++)
            if (strchr(*word, '.') && !strpbrk(*word, ":/$") && g_strcmp0(*word, host) != 0 &&
                !g_str_has_prefix(*word, "localhost") && !g_str_has_suffix(*word, ".localdomain"))
                g_ptr_array_add(domains, g_ascii_strdown(*word, -1));
    }
    return domains;
}

static gboolean is_known(const SgPatient *patient, const char *domain)
{
    g_autofree char *address = g_strconcat("somebody@", domain, NULL);
    g_autoptr(SgParty) party = sg_people_party(patient->config->people, address, patient->now);

    return party->role != SG_ROLE_EXTERNAL;
}

static void look_at_domains(SgPatient *patient)
{
    g_autoptr(GPtrArray) served = served_domains(patient->mta);
    g_auto(GStrv) known = sg_people_domains(patient->config->people);

    for (guint i = 0; i < served->len; i++) {
        const char *domain = served->pdata[i];
        const char *meant = sg_suggest(sg_span(domain), (const char *const *)known);

        if (is_known(patient, domain))
            continue;
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "the mail server takes mail for '%s', but no role has that domain: who is not "
                    "listed there counts as external",
                    domain);
        if (meant)
            sg_exam_cure(patient, "did you mean it where a role has 'domain %s'?", meant);
        else
            sg_exam_cure(patient, "write 'domain %s' into the block of the role that it is for",
                         domain);
    }
    if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE,
                    "each domain that the mail server has belongs to a role");
}

/* Reviewers
 * -----------------------------------------------------------------------------------------
 */

static void look_at_reviewer(SgPatient *patient, const char *what, const char *address)
{
    g_autoptr(SgParty) party =
        address ? sg_people_party(patient->config->people, address, patient->now) : NULL;

    if (!party || (party->role != SG_ROLE_EXTERNAL && party->role != SG_ROLE_STUDENT &&
                   party->role != SG_ROLE_FORMER_STUDENT))
        return;
    sg_exam_say(patient, party->role == SG_ROLE_EXTERNAL ? SG_EXAM_WARNING : SG_EXAM_PROBLEM,
                "%s %s counts as %s: what is held would be told to somebody who is not staff", what,
                address, party->role_name);
    sg_exam_cure(patient,
                 "see whether the address is typed right ('schoolgate who %s'), or give it "
                 "a role",
                 address);
}

static void look_at_reviewers(SgPatient *patient)
{
    const SgSchool *school = &patient->config->school;
    const GPtrArray *reviewers = patient->config->reviewers;

    look_at_reviewer(patient, "the officer", school->officer);
    look_at_reviewer(patient, "the head", school->head);
    look_at_reviewer(patient, "the successor", school->successor);
    if (g_strcmp0(school->postmaster, school->officer) != 0)
        look_at_reviewer(patient, "the postmaster", school->postmaster);
    for (guint i = 0; i < reviewers->len; i++) {
        const SgReviewer *reviewer = reviewers->pdata[i];
        g_autofree char *what = g_strdup_printf("an address of reviewer '%s',", reviewer->name);

        /* One of the school's is enough: their personal ones stand there as well. */
        if (reviewer->addresses[0])
            look_at_reviewer(patient, what, reviewer->addresses[0]);
    }
    if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "officer, head and reviewers are people of the school");
}

/* Reload
 * --------------------------------------------------------------------------------------------
 */

static void look_at_readable(SgPatient *patient, const SgUser *user, const char *path)
{
    g_autofree char *obstacle =
        sg_reach_can_tell(path) ? sg_reach_obstacle(user, "/", path, SG_REACH_READ) : NULL;
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *group = sg_user_group_name(user);

    if (!obstacle)
        return;
    sg_exam_say(patient, SG_EXAM_PROBLEM,
                "schoolgated starts, but every reload will be refused: %s", obstacle);
    sg_exam_cure(patient, "'chgrp -R %s %s; chmod -R g+rX %s'", group, folder, folder);
}

static void look_at_permissions(SgPatient *patient)
{
    const char *name = patient->config->gate.user;
    g_autoptr(SgUser) user = name ? sg_user_find(name) : NULL;
    const GPtrArray *files = patient->config->files;
    const char *const *people = sg_people_files(patient->config->people);

    if (!name) {
        sg_exam_say(patient, SG_EXAM_WARNING,
                    "schoolgated stays the user who starts it: root, "
                    "mostly");
        sg_exam_cure(patient, "in the block 'gate' write 'user schoolgate', and make that user "
                              "('adduser --system --group --no-create-home schoolgate')");
        return;
    }
    if (!user) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "there is no user '%s' on this machine", name);
        sg_exam_cure(patient, "'adduser --system --group --no-create-home %s'", name);
        return;
    }
    for (guint i = 0; i < files->len && !sg_exam_found_worse(patient, SG_EXAM_FINE); i++)
        look_at_readable(patient, user, files->pdata[i]);
    for (guint i = 0; people[i] && !sg_exam_found_worse(patient, SG_EXAM_FINE); i++)
        look_at_readable(patient, user, people[i]);
    if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "'%s' may read the configuration and all it names",
                    name);
}

const SgExam sg_people_exams[] = {
    {"readable", "whether the service may read its configuration when it reloads", SG_NEEDS_CONFIG,
     look_at_permissions},
    {"people-files", "whether the files of people are up to date", SG_NEEDS_CONFIG, look_at_files},
    {"roles", "whether staff and students are known", SG_NEEDS_CONFIG, look_at_roles},
    {"domains", "whether the school's domains belong to roles", SG_NEEDS_CONFIG | SG_NEEDS_POSTFIX,
     look_at_domains},
    {"reviewers", "whether officer, head and reviewers are staff", SG_NEEDS_CONFIG,
     look_at_reviewers},
    {0},
};
