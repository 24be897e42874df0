/* test_record_exempt.c - who may exempt mail from a rule, and what is on record of it */
#include "decide_builders.h"
#include "purge_builders.h"
#include "school.h"
#include "schoolgate/exemption.h"

#define DAY       DAYS(1)
#define NEXT_WEEK (NOON + 7 * DAY)

#define RULES                                                                                      \
    "role staff\n    domain kingsmead.example\n"                                                   \
    "rule chain-letter\n    clause 2.6\n    from staff\n    match /luck/\n    action reject\n"     \
    "    explain It looks like a chain letter.\n"                                                  \
    "rule grooming\n    clause 1.2\n    severity critical\n    from staff\n    match /secret/\n"   \
    "    action quarantine\n"

static char *kim_addresses[] = {(char *)"kim@kingsmead.example", (char *)"office@kingsmead.example",
                                NULL};
static char *kim_logins[] = {(char *)"kim.j", NULL};
static SgReviewer kim = {.name = (char *)"kim",
                         .role = SG_REVIEWER_OFFICER,
                         .addresses = kim_addresses,
                         .logins = kim_logins};

static School school;

static SgExempting exempting_of(const char *rule, SgExemptKind kind, const char *value)
{
    return (SgExempting){
        .what = {.rule = (char *)rule, .kind = kind, .value = (char *)value, .until = NEXT_WEEK},
        .reason = " the trip is real ",
        .by = &khan,
        .at = NOON,
        .policy = school.policy};
}

static SgExempting of_teacher(void)
{
    return exempting_of("chain-letter", SG_EXEMPT_SENDER, TEACHER);
}

static gint64 exempt(const Fixture *fixture, SgExempting order)
{
    g_autoptr(GError) error = NULL;
    SgExempted made = {0};

    sg_record_exempt(fixture->record, &order, &made, &error);
    g_assert_no_error(error);
    return made.number;
}

/* And nothing in any table changes, but for the trail where somebody tried what is not theirs. */
static void assert_not_exempt(const Fixture *fixture, SgExempting order, SgRecordError code,
                              const char *why)
{
    g_autofree char *before = dump_for(fixture, code);
    gint64 refusals = ask_of(fixture, REFUSALS) + is_told_on_the_trail(code);
    g_autoptr(GError) error = NULL;
    SgExempted made;

    g_assert_false(sg_record_exempt(fixture->record, &order, &made, &error));
    g_assert_error(error, SG_RECORD_ERROR, (int)code);
    support_assert_contains(error->message, why);
    g_autofree char *after = dump_for(fixture, code);
    g_assert_cmpstr(after, ==, before);
    g_assert_cmpint(ask_of(fixture, REFUSALS), ==, refusals);
}

static GPtrArray *exemptions(const Fixture *fixture, SgExemptions which, gint64 now)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *all = sg_record_exemptions(fixture->record, which, now, &error);

    g_assert_no_error(error);
    return all;
}

static guint standing(const Fixture *fixture, gint64 now)
{
    g_autoptr(GPtrArray) all = exemptions(fixture, SG_EXEMPTIONS_STANDING, now);

    return all->len;
}

static void test_all_of_it_is_read_back(Fixture *f, gconstpointer u)
{
    g_autofree char *id = added(f->record, refused("Hello"));
    SgExempting order = of_teacher();
    (void)u;

    order.what.value = (char *)"R.Okafor+trip@Kingsmead.example";
    order.incident = id;
    g_assert_cmpint(exempt(f, order), ==, 1);
    g_autoptr(GPtrArray) all = exemptions(f, SG_EXEMPTIONS_STANDING, NOON);
    const SgExemption *one = all->pdata[0];
    g_assert_cmpstr(one->what.rule, ==, "chain-letter");
    g_assert_cmpint(one->what.kind, ==, SG_EXEMPT_SENDER);
    g_assert_cmpstr(one->what.value, ==, TEACHER);
    g_assert_cmpint(one->what.until, ==, NEXT_WEEK);
    g_assert_false(one->what.by_head);
    g_assert_cmpstr(one->reason, ==, "the trip is real");
    g_assert_cmpstr(one->incident, ==, id);
    g_assert_cmpstr(one->by, ==, "a.khan");
    g_assert_cmpstr(one->role, ==, "officer");
    g_assert_cmpint(one->created, ==, NOON);
    g_assert_cmpint(one->ended, ==, 0);
}

static void test_it_is_on_the_audit_trail(Fixture *f, gconstpointer u)
{
    g_autoptr(GError) error = NULL;
    (void)u;

    exempt(f, of_teacher());
    sg_record_end_exemption(f->record, 1, &head, NOON + 5, "the trip is over", &error);
    g_assert_no_error(error);
    g_autofree char *trail = dump(f, "audit");
    support_assert_contains(trail, "|a.khan|officer|exempt|NULL|1: rule chain-letter, sender "
                                   "'" TEACHER "', until 2020-06-29T12:00:00Z: the trip is real|");
    support_assert_contains(
        trail, "|the head|head|exempt-end|NULL|1: rule chain-letter: the trip is over|");
}

static void test_it_stands_until_its_time(Fixture *f, gconstpointer u)
{
    (void)u;
    exempt(f, of_teacher());
    g_assert_cmpuint(standing(f, NEXT_WEEK - 1), ==, 1);
    g_assert_cmpuint(standing(f, NEXT_WEEK), ==, 0);
    g_autoptr(GPtrArray) all = exemptions(f, SG_EXEMPTIONS_ALL, NEXT_WEEK);
    g_assert_cmpuint(all->len, ==, 1);
}

static void test_it_is_ended_once(Fixture *f, gconstpointer u)
{
    g_autoptr(GError) none = NULL, again = NULL, unknown = NULL;
    gint64 number = exempt(f, of_teacher());
    (void)u;

    g_assert_true(sg_record_end_exemption(f->record, number, &khan, NOON + 9, "over", &none));
    g_assert_cmpuint(standing(f, NOON + 9), ==, 0);
    g_autoptr(GPtrArray) all = exemptions(f, SG_EXEMPTIONS_ALL, NOON + 9);
    const SgExemption *one = all->pdata[0];
    g_assert_cmpint(one->ended, ==, NOON + 9);
    g_assert_cmpstr(one->ended_by, ==, "a.khan");
    g_assert_cmpstr(one->ended_reason, ==, "over");
    sg_record_end_exemption(f->record, number, &khan, NOON + 9, "over", &again);
    g_assert_error(again, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    sg_record_end_exemption(f->record, 17, &khan, NOON + 9, "over", &unknown);
    g_assert_error(unknown, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
}

static void test_ending_takes_a_reason_and_a_reviewer(Fixture *f, gconstpointer u)
{
    static const SgReviewer postmaster = {.name = (char *)"post", .role = SG_REVIEWER_POSTMASTER};
    g_autoptr(GError) why = NULL, who = NULL;
    gint64 number = exempt(f, of_teacher());
    (void)u;

    sg_record_end_exemption(f->record, number, &khan, NOON, "  ", &why);
    g_assert_error(why, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    sg_record_end_exemption(f->record, number, &postmaster, NOON, "over", &who);
    g_assert_error(who, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN);
    g_assert_cmpuint(standing(f, NOON), ==, 1);
}

static void test_only_officer_and_head_exempt(Fixture *f, gconstpointer u)
{
    static const SgReviewerRole others[] = {SG_REVIEWER_POSTMASTER, SG_REVIEWER_AUDITOR,
                                            SG_REVIEWER_SYSTEM};
    (void)u;

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        SgReviewer other = {.name = (char *)"other", .role = others[i]};
        SgExempting order = of_teacher();

        order.by = &other;
        assert_not_exempt(f, order, SG_RECORD_ERROR_FORBIDDEN, "may not exempt mail from a rule");
    }
}

static void test_only_the_head_exempts_from_a_critical_rule(Fixture *f, gconstpointer u)
{
    SgExempting order = exempting_of("grooming", SG_EXEMPT_SENDER, TEACHER);
    (void)u;

    assert_not_exempt(f, order, SG_RECORD_ERROR_FORBIDDEN,
                      "rule 'grooming' is critical: only the head");
    order.by = &head;
    exempt(f, order);
    g_autoptr(GPtrArray) all = exemptions(f, SG_EXEMPTIONS_STANDING, NOON);
    g_assert_true(((SgExemption *)all->pdata[0])->what.by_head);
}

static void test_nobody_exempts_their_own_mail(Fixture *f, gconstpointer u)
{
    static const char *const own[] = {"kim@kingsmead.example", "KIM+x@kingsmead.example",
                                      "kim.j@kingsmead.example"};
    (void)u;

    for (guint i = 0; i < G_N_ELEMENTS(own); i++) {
        SgExempting order = exempting_of("chain-letter", SG_EXEMPT_SENDER, own[i]);

        order.by = &kim;
        assert_not_exempt(f, order, SG_RECORD_ERROR_CONFLICT, "nobody exempts their own mail");
    }
    SgExempting order = of_teacher();
    order.by = &kim;
    exempt(f, order);
}

static void test_nobody_exempts_a_group_that_they_are_in(Fixture *f, gconstpointer u)
{
    SgExempting order = exempting_of("chain-letter", SG_EXEMPT_GROUP, "newsletter");
    (void)u;

    order.by = &kim;
    assert_not_exempt(f, order, SG_RECORD_ERROR_CONFLICT, "kim is in group 'newsletter'");
    order.by = &khan;
    exempt(f, order);
}

static void test_nobody_exempts_on_account_of_their_own_incident(Fixture *f, gconstpointer u)
{
    SgIncident *incident = refused("Hello");
    SgExempting order = exempting_of("chain-letter", SG_EXEMPT_PHRASE, "the choir's trip");
    (void)u;

    add_recipient(incident, "kim@kingsmead.example", SG_ACTION_REJECT);
    g_autofree char *id = added(f->record, incident);
    order.incident = id;
    order.by = &kim;
    assert_not_exempt(f, order, SG_RECORD_ERROR_CONFLICT, "nobody reviews their own");
}

static void test_its_incident_has_to_be_there_and_by_that_rule(Fixture *f, gconstpointer u)
{
    g_autofree char *id = added(f->record, refused("Hello"));
    SgExempting order = of_teacher(), other = exempting_of("grooming", SG_EXEMPT_SENDER, TEACHER);
    (void)u;

    order.incident = "KM-2222-2";
    assert_not_exempt(f, order, SG_RECORD_ERROR_NOT_FOUND, "KM-2222-2");
    other.incident = id;
    other.by = &head;
    assert_not_exempt(f, other, SG_RECORD_ERROR_REFUSED, "did not break rule 'grooming'");
}

static void test_what_makes_no_sense_is_refused(Fixture *f, gconstpointer u)
{
    SgExempting order = of_teacher();
    (void)u;

    order.reason = " ";
    assert_not_exempt(f, order, SG_RECORD_ERROR_REFUSED, "reason");
    order = of_teacher();
    order.what.until = NOON;
    assert_not_exempt(f, order, SG_RECORD_ERROR_REFUSED, "over already");
    order.what.until = NOON + SG_EXEMPTION_MOST + 1;
    assert_not_exempt(f, order, SG_RECORD_ERROR_REFUSED, "a year at most");
    assert_not_exempt(f, exempting_of("chain-leter", SG_EXEMPT_SENDER, TEACHER),
                      SG_RECORD_ERROR_NOT_FOUND, "did you mean 'chain-letter'?");
    assert_not_exempt(f, exempting_of("chain-letter", SG_EXEMPT_GROUP, "newsleter"),
                      SG_RECORD_ERROR_REFUSED, "did you mean 'newsletter'?");
    assert_not_exempt(f, exempting_of("chain-letter", SG_EXEMPT_PHRASE, "luck"),
                      SG_RECORD_ERROR_REFUSED, "at least 8");
}

static void test_the_same_twice_is_refused_while_the_first_stands(Fixture *f, gconstpointer u)
{
    SgExempting order = of_teacher();
    (void)u;

    exempt(f, order);
    order.what.until += DAY;
    assert_not_exempt(f, order, SG_RECORD_ERROR_REFUSED, "exemption 1 says so already");
    order.at = NEXT_WEEK;
    g_assert_cmpint(exempt(f, order), ==, 2);
}

static SgExempting by_two(const SgReviewer *by)
{
    SgExempting order = exempting_of("grooming", SG_EXEMPT_SENDER, TEACHER);

    order.by = by;
    order.two_people = TRUE;
    return order;
}

static void test_where_two_are_needed_one_only_proposes(Fixture *f, gconstpointer u)
{
    g_autoptr(GError) error = NULL;
    SgExempting order = by_two(&head);
    SgExempted made = {0};
    (void)u;

    g_assert_true(sg_record_exempt(f->record, &order, &made, &error));
    g_assert_true(made.waits);
    g_assert_cmpuint(standing(f, NOON), ==, 0);
    g_autoptr(GPtrArray) open = exemptions(f, SG_EXEMPTIONS_OPEN, NOON);
    g_assert_cmpuint(open->len, ==, 1);
    g_assert_cmpint(sg_exemption_state(open->pdata[0], school.policy, NOON), ==,
                    SG_EXEMPTION_WAITS);
    g_autofree char *trail = dump(f, "audit");
    support_assert_contains(trail, "|the head|head|exempt-proposed|NULL|1: rule grooming, sender");
    assert_not_exempt(f, by_two(&head), SG_RECORD_ERROR_REFUSED, "you were the first");
}

static void test_the_second_person_makes_it_stand(Fixture *f, gconstpointer u)
{
    (void)u;
    exempt(f, by_two(&khan));
    g_assert_cmpint(exempt(f, by_two(&head)), ==, 1);
    g_autoptr(GPtrArray) all = exemptions(f, SG_EXEMPTIONS_STANDING, NOON);
    const SgExemption *one = all->pdata[0];
    g_assert_true(one->what.by_head);
    g_assert_cmpstr(one->by, ==, "a.khan");
    g_assert_cmpstr(one->seconded_by, ==, "the head");
    g_assert_cmpint(sg_exemption_state(one, school.policy, NOON), ==, SG_EXEMPTION_STANDS);
    g_autofree char *trail = dump(f, "audit");
    support_assert_contains(trail, "|the head|head|exempt|NULL|1: rule grooming, sender");
}

static void test_of_two_one_is_the_head_and_both_say_the_same(Fixture *f, gconstpointer u)
{
    SgExempting later = by_two(&head), plain = of_teacher();
    (void)u;

    exempt(f, by_two(&khan));
    assert_not_exempt(f, by_two(&lowe), SG_RECORD_ERROR_FORBIDDEN, "one is the head");
    later.what.until += DAY;
    assert_not_exempt(f, later, SG_RECORD_ERROR_REFUSED, "ends on another day");
    g_assert_cmpuint(standing(f, NOON), ==, 0);
    plain.two_people = TRUE; /* and not critical */
    exempt(f, plain);
    g_assert_cmpuint(standing(f, NOON), ==, 1);
}

static void test_what_waits_can_be_withdrawn(Fixture *f, gconstpointer u)
{
    g_autoptr(GError) error = NULL;
    gint64 number = exempt(f, by_two(&khan));
    (void)u;

    g_assert_true(sg_record_end_exemption(f->record, number, &khan, NOON, "a mistake", &error));
    g_assert_cmpint(exempt(f, by_two(&head)), ==, number + 1);
    g_assert_cmpuint(standing(f, NOON), ==, 0);
}

static void test_looking_is_on_the_trail_and_shows_no_phrase_to_others(Fixture *f, gconstpointer u)
{
    static const SgReviewer postmaster = {.name = (char *)"post", .role = SG_REVIEWER_POSTMASTER};
    g_autoptr(GError) error = NULL;
    (void)u;

    exempt(f, exempting_of("chain-letter", SG_EXEMPT_PHRASE, "the choir's tour"));
    g_autoptr(GPtrArray) theirs =
        sg_record_review_exemptions(f->record, SG_EXEMPTIONS_OPEN, &postmaster, NOON, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(((SgExemption *)theirs->pdata[0])->what.value, ==, "");
    g_assert_cmpstr(((SgExemption *)theirs->pdata[0])->reason, ==, "");
    g_autoptr(GPtrArray) ours =
        sg_record_review_exemptions(f->record, SG_EXEMPTIONS_OPEN, &khan, NOON, &error);
    g_assert_cmpstr(((SgExemption *)ours->pdata[0])->what.value, ==, "the choir's tour");
    g_autofree char *trail = dump(f, "audit");
    support_assert_contains(trail, "|post|postmaster|exempt-list|NULL|1 listed|");
    support_assert_contains(trail, "|a.khan|officer|exempt-list|NULL|1 listed|");
}

static void test_it_tells_whose_own_mail_it_is(Fixture *f, gconstpointer u)
{
    const SgExempt teacher = of_teacher().what;
    const SgExempt own = exempting_of("x", SG_EXEMPT_SENDER, "kim@kingsmead.example").what;
    const SgExempt group = exempting_of("x", SG_EXEMPT_GROUP, "newsletter").what;
    (void)f;
    (void)u;

    g_assert_false(sg_exempt_concerns(school.policy, &teacher, &kim, NOON));
    g_assert_true(sg_exempt_concerns(school.policy, &own, &kim, NOON));
    g_assert_true(sg_exempt_concerns(school.policy, &group, &kim, NOON));
    g_assert_false(sg_exempt_concerns(school.policy, &group, &khan, NOON));
}

static void test_the_version_changes_with_what_others_write(Fixture *f, gconstpointer u)
{
    g_autoptr(SgRecord) other = record_in(f->folder);
    gint64 before = sg_record_version(other, NULL);
    (void)u;

    g_assert_cmpint(sg_record_version(other, NULL), ==, before);
    exempt(f, of_teacher());
    g_assert_cmpint(sg_record_version(other, NULL), !=, before);
}

static void test_purge_removes_what_ended_long_ago(Fixture *f, gconstpointer u)
{
    SgPurging dry = purging_at(NEXT_WEEK + retention.log);
    (void)u;

    exempt(f, of_teacher());
    g_assert_cmpint((gint64)purge_at(f->record, NEXT_WEEK + retention.log - 1).exemptions, ==, 0);
    dry.how = SG_PURGE_DRY_RUN;
    g_assert_cmpint((gint64)purge_as(f->record, &dry).exemptions, ==, 1);
    g_assert_cmpint(answer(f->folder, "SELECT count(*) FROM exemption"), ==, 1);
    g_assert_cmpint((gint64)purge_at(f->record, NEXT_WEEK + retention.log).exemptions, ==, 1);
    g_assert_cmpint(answer(f->folder, "SELECT count(*) FROM exemption"), ==, 0);
    g_autofree char *trail = dump(f, "audit");
    support_assert_contains(trail, "|purge|NULL|exemptions deleted: 1|");
    /* A number is never given again: the trail names it. */
    g_assert_cmpint(exempt(f, of_teacher()), ==, 2);
}

static void test_purge_leaves_what_belongs_to_a_legal_hold(Fixture *f, gconstpointer u)
{
    g_autofree char *id = added(f->record, refused("Hello"));
    SgExempting order = of_teacher();
    (void)u;

    order.incident = id;
    exempt(f, order);
    sql(f->folder, "UPDATE incident SET legal_hold = 1, settled = %" G_GINT64_FORMAT, NOON);
    g_assert_cmpint((gint64)purge_at(f->record, NEXT_WEEK + retention.log).exemptions, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    school = school_of(RULES);
#define PROMISE(name) add_test("/record/exempt/" #name, test_##name)
    PROMISE(all_of_it_is_read_back);
    PROMISE(it_is_on_the_audit_trail);
    PROMISE(it_stands_until_its_time);
    PROMISE(it_is_ended_once);
    PROMISE(ending_takes_a_reason_and_a_reviewer);
    PROMISE(only_officer_and_head_exempt);
    PROMISE(only_the_head_exempts_from_a_critical_rule);
    PROMISE(nobody_exempts_their_own_mail);
    PROMISE(nobody_exempts_a_group_that_they_are_in);
    PROMISE(nobody_exempts_on_account_of_their_own_incident);
    PROMISE(its_incident_has_to_be_there_and_by_that_rule);
    PROMISE(what_makes_no_sense_is_refused);
    PROMISE(the_same_twice_is_refused_while_the_first_stands);
    PROMISE(where_two_are_needed_one_only_proposes);
    PROMISE(the_second_person_makes_it_stand);
    PROMISE(of_two_one_is_the_head_and_both_say_the_same);
    PROMISE(what_waits_can_be_withdrawn);
    PROMISE(looking_is_on_the_trail_and_shows_no_phrase_to_others);
    PROMISE(it_tells_whose_own_mail_it_is);
    PROMISE(the_version_changes_with_what_others_write);
    PROMISE(purge_removes_what_ended_long_ago);
    PROMISE(purge_leaves_what_belongs_to_a_legal_hold);
    int result = g_test_run();
    school_done(&school);
    return result;
}
