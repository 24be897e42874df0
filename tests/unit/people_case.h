/* people_case.h - a small school's people for tests: a configuration's text, the files beside it,
 * and questions about who somebody is. Included by the tests of people/. */
#pragma once

#include "schoolgate/people.h"
#include "support.h"

#define NOON_2026 G_GINT64_CONSTANT(1772366400) /* 2026-03-01 12:00 UTC */

/* A CSV file's first line. */
#define HEADER "address,role,groups,until,personal\n"

typedef struct Case {
    char *folder;
    SgReport *report;
    SgPeopleSpec *spec;
    SgPeople *people; /* NULL when there was an error */
} Case;

static inline Case *case_new(void)
{
    Case *school = g_new0(Case, 1);

    school->folder = support_folder();
    school->report = sg_report_new();
    school->spec = sg_people_spec_new();
    return school;
}

static inline void case_free(Case *school)
{
    support_folder_remove(school->folder);
    sg_people_unref(school->people);
    sg_people_spec_free(school->spec);
    sg_report_free(school->report);
    g_free(school->folder);
    g_free(school);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Case, case_free)

static inline void case_file(Case *school, const char *name, const char *text)
{
    g_free(support_file(school->folder, name, text));
}

static inline void case_read(Case *school, const char *config)
{
    g_autofree char *path = g_build_filename(school->folder, "schoolgate.conf", NULL);
    g_autoptr(GBytes) text = g_bytes_new(config, strlen(config));
    g_autoptr(GPtrArray) blocks = sg_blocks_read(path, text, school->report);

    for (guint i = 0; i < blocks->len; i++) {
        const SgBlock *block = blocks->pdata[i];
        if (sg_span_is(block->head.keyword, "role"))
            sg_people_read_role(school->spec, block, school->report);
        else if (sg_span_is(block->head.keyword, "group"))
            sg_people_read_group(school->spec, block, school->report);
        else if (sg_span_is(block->head.keyword, "export"))
            sg_people_read_export_block(school->spec, block, school->report);
        else
            sg_people_read_people(school->spec, block, school->report);
    }
}

/* Reads `config` and loads what it says. */
static inline void case_load(Case *school, const char *config)
{
    case_read(school, config);
    school->people = sg_people_load(school->spec, school->report);
}

static inline Case *case_of(const char *config)
{
    Case *school = case_new();

    case_load(school, config);
    return school;
}

/* A school whose people are in one CSV file. */
static inline Case *case_of_csv(const char *csv)
{
    Case *school = case_new();

    case_file(school, "people.csv", csv);
    case_load(school, "people\n    csv people.csv\n");
    return school;
}

static inline void assert_clean(const Case *school)
{
    g_autofree char *text = sg_report_text(school->report, FALSE);

    g_assert_cmpstr(text, ==, "");
    g_assert_nonnull(school->people);
}

static inline SgParty *party_of(const Case *school, const char *address)
{
    g_assert_nonnull(school->people);
    return sg_people_party(school->people, address, NOON_2026);
}

static inline void assert_role_at(const Case *school, const char *address, gint64 when,
                                  const char *role)
{
    g_autoptr(SgParty) party = sg_people_party(school->people, address, when);

    g_assert_cmpstr(party->role_name, ==, role);
    g_assert_cmpstr(sg_people_role_name(school->people, party->role), ==, role);
    g_assert_true(party->roles >> party->role & 1);
}

static inline void assert_role(const Case *school, const char *address, const char *role)
{
    g_assert_nonnull(school->people);
    assert_role_at(school, address, NOON_2026, role);
}

/* `groups` is the names joined with spaces. */
static inline void assert_groups(const Case *school, const char *address, const char *groups)
{
    g_autoptr(SgParty) party = party_of(school, address);
    g_autofree char *joined = g_strjoinv(" ", party->groups);

    g_assert_cmpstr(joined, ==, groups);
}

static inline void assert_source(const Case *school, const char *address, const char *ending)
{
    g_autoptr(SgParty) party = party_of(school, address);

    if (!g_str_has_suffix(party->source, ending))
        g_error("the source of %s is '%s', not '%s'", address, party->source, ending);
}

static inline SgRoleSet role_bit(SgRole role)
{
    return G_GUINT64_CONSTANT(1) << role;
}

static inline void assert_warned(const Case *school, const char *needle)
{
    g_assert_nonnull(school->people);
    support_assert_reported(school->report, needle);
}

/* The beginning of that hour, UTC. */
static inline gint64 at(int year, int month, int day, int hour)
{
    g_autoptr(GDateTime) time = g_date_time_new_utc(year, month, day, hour, 0, 0);

    return g_date_time_to_unix(time);
}

/* Fewer than `longest` of `pieces`, one behind another. */
static inline char *random_text(const char *const *pieces, int count, int longest)
{
    GString *text = g_string_new(NULL);

    for (int left = g_test_rand_int_range(0, longest); left > 0; left--)
        g_string_append(text, pieces[g_test_rand_int_range(0, count)]);
    return g_string_free(text, FALSE);
}
