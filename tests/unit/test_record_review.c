/* test_record_review.c - whom an incident concerns, who sees what of one, and that looking is put
 * on record */
#include "decide_builders.h"

static char *of_okafor[] = {(char *)"r.okafor@kingsmead.example", NULL};
static char *okafor_here[] = {(char *)"rokafor", NULL};
static const SgReviewer okafor = {.name = (char *)"r.okafor",
                                  .role = SG_REVIEWER_OFFICER,
                                  .addresses = of_okafor,
                                  .logins = okafor_here};

static void replace(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static void test_it_concerns_its_sender_and_its_recipients(void)
{
    static const struct {
        const char *sender, *login, *recipient, *copy;
        gboolean concerns;
    } cases[] = {
        {TEACHER, NULL, PUPIL, PUPIL, TRUE},
        {"<R.Okafor@KINGSMEAD.example>", NULL, PUPIL, PUPIL, TRUE},
        {"r.okafor+club@kingsmead.example", NULL, PUPIL, PUPIL, TRUE},
        {"office@kingsmead.example", "r.okafor@kingsmead.example", PUPIL, PUPIL, TRUE},
        {"office@kingsmead.example", "r.okafor", PUPIL, PUPIL, TRUE},
        {"office@kingsmead.example", "ROkafor", PUPIL, PUPIL, TRUE},
        {"office@kingsmead.example", NULL, TEACHER, PUPIL, TRUE},
        {"office@kingsmead.example", NULL, PUPIL, TEACHER, TRUE},
        {"office@kingsmead.example", NULL, PUPIL, "R.OKAFOR@kingsmead.example", TRUE},
        {"office@kingsmead.example", "office", PUPIL, PUPIL, FALSE},
        {"r.okafor@students.kingsmead.example", NULL, PUPIL, PUPIL, FALSE},
        {"mr.okafor@kingsmead.example", "okafor", PUPIL, PUPIL, FALSE},
        {"", NULL, PUPIL, PUPIL, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SgIncident) incident = held_for_one();
        SgIncidentRecipient *recipient = incident->recipients->pdata[0];
        SgCopy *copy = incident->copies->pdata[0];

        replace(&incident->sender, cases[i].sender);
        replace(&incident->login, cases[i].login);
        replace(&recipient->address, cases[i].recipient);
        replace(&copy->address, cases[i].copy);
        if (sg_incident_concerns(incident, &okafor) != cases[i].concerns)
            g_error("case %u: should be %d", i, cases[i].concerns);
    }
}

static void test_nobody_decides_about_their_own_mail(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    for (guint kind = 0; kind < SG_DECISIONS; kind++)
        assert_refused(fixture, id,
                       &(SgDecision){(SgDecisionKind)kind, NOON, &okafor, "mine", NULL, FALSE},
                       SG_RECORD_ERROR_CONFLICT, "the head");
}

static SgIncident *reviewed(Fixture *fixture, const char *id, SgReviewerRole role, SgSight sight)
{
    const SgReviewer reviewer = {
        .name = (char *)"someone", .role = role, .addresses = no_addresses, .logins = no_addresses};
    g_autoptr(GError) error = NULL;
    SgIncident *incident =
        sg_record_review(fixture->record, id, &reviewer, sight, NOON + 5, &error);

    g_assert_no_error(error);
    return incident;
}

static void assert_not_shown(Fixture *fixture, const char *id, const SgReviewer *by, SgSight sight,
                             SgRecordError code)
{
    g_autofree char *before = dump_for(fixture, code);
    gint64 refusals = ask_of(fixture, REFUSALS) + is_told_on_the_trail(code);
    g_autoptr(GError) error = NULL;

    g_assert_null(sg_record_review(fixture->record, id, by, sight, NOON, &error));
    g_assert_error(error, SG_RECORD_ERROR, (int)code);
    g_assert_null(strstr(error->message, "Hello"));
    g_autofree char *after = dump_for(fixture, code);
    g_assert_cmpstr(after, ==, before);
    g_assert_cmpint(ask_of(fixture, REFUSALS), ==, refusals);
}

static void test_who_sees_what(Fixture *fixture, gconstpointer data)
{
    static const gboolean may[SG_REVIEWER_ROLES][3] = {
        [SG_REVIEWER_OFFICER] = {TRUE, TRUE, TRUE},
        [SG_REVIEWER_HEAD] = {TRUE, TRUE, TRUE},
        [SG_REVIEWER_POSTMASTER] = {TRUE, FALSE, FALSE},
    };
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    for (guint role = 0; role < SG_REVIEWER_ROLES; role++)
        for (guint sight = 0; sight < 3; sight++) {
            const SgReviewer by = {.name = (char *)"x",
                                   .role = (SgReviewerRole)role,
                                   .addresses = no_addresses,
                                   .logins = no_addresses};

            if (may[role][sight])
                sg_incident_free(reviewed(fixture, id, (SgReviewerRole)role, (SgSight)sight));
            else
                assert_not_shown(fixture, id, &by, (SgSight)sight, SG_RECORD_ERROR_FORBIDDEN);
        }
}

static void set_place(SgIncident *incident, guint signal, const char *where)
{
    SgSignalHit *hit = ((SgFinding *)incident->findings->pdata[0])->signals->pdata[signal];

    g_free(hit->where);
    hit->where = g_strdup(where);
}

static void test_metadata_hold_nothing_that_somebody_wrote(Fixture *fixture, gconstpointer data)
{
    SgIncident *incident = held_for_two();
    (void)data;

    incident->message_id = g_strdup("<hello@kingsmead.example>");
    incident->reply = g_strdup("550 not sent: hello");
    ((SgFinding *)incident->findings->pdata[0])->override_reason = g_strdup("for the exams");
    add_signal(incident->findings->pdata[0], "terms", 2, "our secret");
    set_place(incident, 1, "attachment 'about j. field.docx'");
    g_autofree char *id = added(fixture->record, incident);

    g_autoptr(SgIncident) blank = reviewed(fixture, id, SG_REVIEWER_POSTMASTER, SG_SIGHT_METADATA);
    const SgFinding *finding = blank->findings->pdata[0];
    const SgSignalHit *hit = finding->signals->pdata[0];
    g_assert_cmpstr(blank->subject, ==, "");
    g_assert_null(blank->message_id);
    g_assert_null(blank->reply);
    g_assert_null(hit->excerpt);
    g_assert_cmpuint(hit->excerpt_to, ==, 0);
    g_assert_cmpstr(hit->where, ==, "subject");
    g_assert_cmpstr(((SgSignalHit *)finding->signals->pdata[1])->where, ==, "attachment");
    g_assert_cmpstr(finding->override_reason, ==, "");
    g_assert_cmpstr(finding->rule, ==, "chain-letter");
    g_assert_cmpstr(blank->sender, ==, TEACHER);

    g_autoptr(SgIncident) whole = reviewed(fixture, id, SG_REVIEWER_OFFICER, SG_SIGHT_EXCERPTS);
    g_assert_cmpstr(whole->subject, ==, "Hello");
    g_assert_cmpstr(
        ((SgSignalHit *)((SgFinding *)whole->findings->pdata[0])->signals->pdata[0])->excerpt, ==,
        "bad luck");
    g_assert_null(whole->message);
}

static void test_looking_is_on_the_audit_trail(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    g_autofree char *sloppy = g_ascii_strdown(id, -1);
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM audit WHERE action = 'view' AND actor = 'someone' AND role = 'head'"
        " AND incident = '%s' AND detail = 'message' AND at = %" G_GINT64_FORMAT,
        id, NOON + 5);
    (void)data;

    g_autoptr(SgIncident) seen = reviewed(fixture, sloppy, SG_REVIEWER_HEAD, SG_SIGHT_MESSAGE);
    g_assert_cmpuint(g_bytes_get_size(seen->message), ==, 21);
    g_assert_cmpint(ask_of(fixture, sql), ==, 1);
}

static void test_nobody_sees_their_own_mail_reviewed(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    for (guint sight = 0; sight < 3; sight++)
        assert_not_shown(fixture, id, &okafor, (SgSight)sight, SG_RECORD_ERROR_CONFLICT);
}

static void test_an_attempt_at_what_is_not_theirs_is_on_the_audit_trail(Fixture *fixture,
                                                                        gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    g_autofree char *sloppy = g_ascii_strdown(id, -1);
    g_autofree char *where =
        g_strdup_printf(REFUSALS " AND incident = '%s' AND at = %" G_GINT64_FORMAT, id, NOON);
    g_autofree char *seen = g_strconcat(
        where, " AND actor = 'r.okafor' AND detail = 'view message: their own mail'", NULL);
    g_autofree char *tried = g_strconcat(
        where,
        " AND actor = 'r.okafor' AND role = 'officer' AND detail = 'release: their own mail'",
        NULL);
    g_autofree char *beyond =
        g_strconcat(where, " AND role = 'auditor' AND detail = 'discard: not theirs to do'", NULL);
    const SgReviewer auditor = {.name = (char *)"books",
                                .role = SG_REVIEWER_AUDITOR,
                                .addresses = no_addresses,
                                .logins = no_addresses};
    (void)data;

    g_assert_null(sg_record_review(fixture->record, sloppy, &okafor, SG_SIGHT_MESSAGE, NOON, NULL));
    g_assert_false(try_to(fixture->record, sloppy, SG_DECISION_RELEASE, &okafor, NOON, NULL));
    g_assert_false(try_to(fixture->record, sloppy, SG_DECISION_DISCARD, &auditor, NOON, NULL));
    g_assert_cmpint(ask_of(fixture, seen), ==, 1);
    g_assert_cmpint(ask_of(fixture, tried), ==, 1);
    g_assert_cmpint(ask_of(fixture, beyond), ==, 1);
}

static void test_what_cannot_be_put_on_record_is_not_shown(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    g_autofree char *path = g_build_filename(fixture->folder, "record.db", NULL);
    g_autoptr(SgRecord) reader = sg_record_open(path, SG_RECORD_READ_ONLY, NULL);
    g_autoptr(GError) error = NULL;
    (void)data;

    g_assert_null(sg_record_review(reader, id, &khan, SG_SIGHT_EXCERPTS, NOON, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
    assert_not_shown(fixture, "KM-2222-2", &khan, SG_SIGHT_EXCERPTS, SG_RECORD_ERROR_NOT_FOUND);
    g_autofree char *passed = in_state(fixture, SG_STATE_PASSED);
    assert_not_shown(fixture, passed, &khan, SG_SIGHT_MESSAGE, SG_RECORD_ERROR_NOT_FOUND);
}

static void test_restoring_a_rule_is_on_the_audit_trail(Fixture *fixture, gconstpointer data)
{
    (void)data;
    do_in(fixture, "INSERT INTO demotion (rule, state, since, holds, released)"
                   " VALUES ('contact', 'demoted', 1, 20, 15)");
    g_assert_true(sg_record_restore(fixture->record, "contact", NOON, "p.hill", "postmaster",
                                    "mended", NULL));
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM audit WHERE action = 'guard-restore'"
                                    " AND actor = 'p.hill' AND role = 'postmaster'"
                                    " AND detail = 'contact: mended'"),
                    ==, 1);
    g_assert_false(
        sg_record_restore(fixture->record, "contact", NOON, "p.hill", "postmaster", "again", NULL));
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM audit"), ==, 1);
}

static void test_a_record_for_reading_takes_no_decision(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_one());
    g_autofree char *path = g_build_filename(fixture->folder, "record.db", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) reader = sg_record_open(path, SG_RECORD_READ_ONLY, NULL);
    (void)data;

    g_assert_false(try_to(reader, id, SG_DECISION_RELEASE, &khan, NOON, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
    support_assert_contains(error->message, "reading only");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/review/concerns", test_it_concerns_its_sender_and_its_recipients);
    add_test("/review/own-decisions", test_nobody_decides_about_their_own_mail);
    add_test("/review/roles", test_who_sees_what);
    add_test("/review/metadata", test_metadata_hold_nothing_that_somebody_wrote);
    add_test("/review/audit", test_looking_is_on_the_audit_trail);
    add_test("/review/own-mail", test_nobody_sees_their_own_mail_reviewed);
    add_test("/review/attempts", test_an_attempt_at_what_is_not_theirs_is_on_the_audit_trail);
    add_test("/review/unwritable", test_what_cannot_be_put_on_record_is_not_shown);
    add_test("/review/reading-only", test_a_record_for_reading_takes_no_decision);
    add_test("/review/restore", test_restoring_a_rule_is_on_the_audit_trail);
    return g_test_run();
}
