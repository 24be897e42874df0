/* The record as a store: what goes in comes out, is found, listed, numbered and counted. */
#include "record_builders.h"

/* Every field of an incident, as text that can be compared and shown. */
static void put(GString *out, const char *name, const char *value)
{
    g_autofree char *escaped = value ? g_strescape(value, NULL) : NULL;

    g_string_append_printf(out, "%s=%s\n", name, escaped ? escaped : "(null)");
}

static void put_finding(GString *out, const SgFinding *f)
{
    g_string_append_printf(out, "finding %d %d %d %d %d %d %d %d %d %u %d %d\n", f->demoted,
                           f->kind, f->severity, f->mode, f->action, f->enforced, f->tag, f->notify,
                           f->hold_at_mta, f->alert, f->may_override, f->points);
    const char *const texts[] = {f->rule,    f->title,        f->policy,          f->policy_version,
                                 f->clause,  f->clause_title, f->override_reason, f->subject_prefix,
                                 f->explain, f->remedy,       f->in_short};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        put(out, " text", texts[i]);
    for (guint i = 0; i < f->recipients->len; i++)
        g_string_append_printf(out, " about %u\n", g_array_index(f->recipients, guint, i));
    for (guint i = 0; i < f->signals->len; i++) {
        const SgSignalHit *hit = f->signals->pdata[i];

        g_string_append_printf(out, " signal %d %zu %zu\n", hit->points, hit->excerpt_from,
                               hit->excerpt_to);
        put(out, "  name", hit->name);
        put(out, "  where", hit->where);
        put(out, "  excerpt", hit->excerpt);
    }
}

static char *describe(const SgIncident *incident)
{
    GString *out = g_string_new(NULL);
    const char *const texts[] = {incident->id,          incident->queue_id,    incident->sender,
                                 incident->sender_role, incident->login,       incident->client,
                                 incident->subject,     incident->message_id,  incident->reply,
                                 incident->digest,      incident->duplicate_of};

    g_string_append_printf(out, "%" G_GINT64_FORMAT " %d %d %" G_GUINT64_FORMAT "\n", incident->at,
                           incident->state, incident->action, incident->size);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        put(out, "text", texts[i]);
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];

        g_string_append_printf(out, "recipient %d %u\n", recipient->action, recipient->members);
        put(out, " address", recipient->address);
        put(out, " role", recipient->role);
        put(out, " personal of", recipient->personal_of);
    }
    for (guint i = 0; i < incident->findings->len; i++)
        put_finding(out, incident->findings->pdata[i]);
    for (guint i = 0; i < incident->copies->len; i++) {
        const SgCopy *copy = incident->copies->pdata[i];

        g_string_append_printf(out, "copy %d\n", copy->state);
        put(out, " address", copy->address);
    }
    for (guint i = 0; i < incident->notices->len; i++) {
        const SgNotice *notice = incident->notices->pdata[i];

        g_string_append_printf(out, "notice %d\n", notice->kind);
        put(out, " to", notice->to);
    }
    return g_string_free(out, FALSE);
}

static const char hostile_bytes[] =
    "Subject: \xe4\xf6\xfc\r\n\r\nNUL \0 and 8-bit \xff\xfe\r\n.\r\n\0";

static void fill_finding(SgFinding *finding)
{
    guint about[] = {0, 7, 999};

    finding->title = g_strdup("Chain letter");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("2.6");
    finding->clause_title = g_strdup("Chain letters, spam and solicitations");
    finding->severity = SG_SEVERITY_CRITICAL;
    finding->mode = SG_MODE_OBSERVE;
    finding->action = SG_ACTION_QUARANTINE;
    finding->enforced = SG_ACTION_LOG;
    finding->tag = finding->notify = finding->hold_at_mta = finding->may_override = TRUE;
    finding->alert = SG_ALERT_OFFICER | SG_ALERT_HEAD;
    finding->override_reason = g_strdup("exam board \xe2\x80\x9curgent\xe2\x80\x9d");
    finding->points = -3;
    finding->subject_prefix = g_strdup("[check]");
    finding->explain = g_strdup("line one\nline two");
    finding->remedy = g_strdup("");
    finding->in_short = g_strdup("sent a letter \xe2\x80\x9cto all\xe2\x80\x9d");
    finding->demoted = TRUE;
    g_array_append_vals(finding->recipients, about, G_N_ELEMENTS(about));
    add_signal(finding, "luck", 4, "\xe2\x80\xa6seven years of bad luck\xe2\x80\xa6");
    add_signal(finding, "staff-to-pupil", -1, NULL);
}

/* Held, with everything that an incident can have, most of it unusual. */
static SgIncident *full_incident(void)
{
    SgIncident *incident = held(hostile_bytes, sizeof hostile_bytes - 1);
    SgFinding *unscannable;

    incident->queue_id = g_strdup("4Zx9Yq0123z");
    incident->login = g_strdup("rokafor");
    incident->client = g_strdup("2001:db8::25");
    incident->message_id = g_strdup("<1@kingsmead.example>");
    incident->size = 51 * 1024 * 1024;
    incident->reply = g_strdup("550-5.7.0 first\n550 5.7.0 second");
    incident->digest = g_strdup("abc123");
    g_free(incident->sender);
    incident->sender = g_strdup("\xe4\xff\"a b\"@kingsmead.example"); /* neither ASCII nor UTF-8 */
    for (guint i = 0; i < 999; i++) {
        g_autofree char *address = g_strdup_printf("p%u\xfc@students.kingsmead.example", i);
        add_recipient(incident, address, i % 2 ? SG_ACTION_QUARANTINE : SG_ACTION_PASS);
    }
    SgIncidentRecipient *family = incident->recipients->pdata[1];
    family->personal_of = g_strdup("student, parent");
    family->members = 31;
    g_ptr_array_set_size(incident->copies, 0);
    for (guint i = 0; i < 1000; i++) {
        g_autofree char *address = g_strdup_printf("<\xfc%u>", 1000 - i); /* out of order */
        sg_incident_add_copy(incident, address);
    }
    incident->return_to = g_strdup(TEACHER);
    fill_finding(incident->findings->pdata[0]);
    unscannable = add_finding(incident, "unscannable");
    unscannable->kind = SG_FINDING_UNSCANNABLE;
    sg_incident_add_notice(incident, SG_NOTICE_ALERT, OFFICER);
    sg_incident_add_notice(incident, SG_NOTICE_HELD, "\xe4@kingsmead.example");
    return incident;
}

static void test_everything_comes_back_as_it_was(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgIncident) given = full_incident(), back = NULL;
    g_autofree char *before = NULL, *after = NULL;
    (void)data;

    g_assert_true(sg_record_add(fixture->record, given, "KM", &error));
    reopen(fixture);
    back = loaded(fixture->record, given->id);
    before = describe(given);
    after = describe(back);
    g_assert_cmpstr(after, ==, before);
    g_assert_null(back->message);
}

static void test_a_held_message_comes_back_byte_for_byte(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = added(fixture->record, held(hostile_bytes, sizeof hostile_bytes - 1));
    g_autofree char *empty = added(fixture->record, held("", 0));
    g_autoptr(GBytes) message = NULL, nothing = NULL, expected = NULL;
    (void)data;

    reopen(fixture);
    message = sg_record_message(fixture->record, id, &error);
    g_assert_no_error(error);
    expected = g_bytes_new_static(hostile_bytes, sizeof hostile_bytes - 1);
    g_assert_true(g_bytes_equal(message, expected));
    nothing = sg_record_message(fixture->record, empty, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(nothing), ==, 0);
}

static void test_a_large_message_is_held(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = added(fixture->record, held_of_size(30 << 20));
    g_autoptr(GBytes) message = sg_record_message(fixture->record, id, &error);
    (void)data;

    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(message), ==, 30 << 20);
}

static void test_a_refused_message_never_leaves_its_body(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    SgIncident *incident = refused("A sofa for sale");
    g_autofree char *id = NULL;
    (void)data;

    incident->message = g_bytes_new_static("secret", 6);
    id = added(fixture->record, incident);
    g_assert_null(sg_record_message(fixture->record, id, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
    support_assert_contains(error->message, "no message is held");
}

static void test_nothing_is_held_without_its_message_or_recipients(Fixture *fixture,
                                                                   gconstpointer data)
{
    SgIncident *bodiless = held("x", 1), *for_nobody = held("x", 1);
    (void)data;

    g_clear_pointer(&bodiless->message, g_bytes_unref);
    g_ptr_array_set_size(for_nobody->copies, 0);
    assert_not_added(fixture->record, bodiless, "without its message");
    assert_not_added(fixture->record, for_nobody, "or its recipients");
}

static void test_an_incident_is_found_however_its_id_is_typed(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, refused("Hello"));
    g_autofree char *lower = g_ascii_strdown(id, -1);
    g_autofree char *spaced = g_strdelimit(g_strdup(id), "-", ' ');
    const char *const typed[] = {id, lower, spaced};
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(typed); i++) {
        g_autoptr(SgIncident) incident = loaded(fixture->record, typed[i]);

        g_assert_cmpstr(incident->id, ==, id);
    }
}

static void test_a_mistyped_id_is_called_mistyped(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, refused("Hello"));
    g_autoptr(GError) mistyped = NULL, absent = NULL, senseless = NULL, message = NULL;
    g_autofree char *other = sg_id_new("XY", SG_ID_SHORT, sg_id_random);
    (void)data;

    id[3] = id[3] == '2' ? '3' : '2';
    g_assert_null(sg_record_load(fixture->record, id, &mistyped));
    g_assert_error(mistyped, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
    support_assert_contains(mistyped->message, "mistyped");
    g_assert_null(sg_record_message(fixture->record, id, &message));
    support_assert_contains(message->message, "mistyped");

    g_assert_null(sg_record_load(fixture->record, other, &absent));
    g_assert_error(absent, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
    g_assert_null(strstr(absent->message, "mistyped"));

    g_assert_null(sg_record_load(fixture->record, "'; DROP TABLE incident\xff", &senseless));
    g_assert_error(senseless, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
    g_assert_true(g_utf8_validate(senseless->message, -1, NULL));
}

/* Draws the same id twice before it draws another. */
static guint drawn;
static void draw_the_same_twice(guint8 *bytes, gsize n)
{
    for (gsize i = 0; i < n; i++)
        bytes[i] = drawn++ < 8 ? 0 : 1;
}

static void test_no_id_is_given_twice(void)
{
    SgRecordOptions options = sg_record_defaults;
    g_autofree char *folder = support_folder();
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = NULL;
    g_autofree char *first = NULL, *second = NULL;

    options.random = draw_the_same_twice;
    record = record_with(folder, &options);
    drawn = 0;
    first = sg_record_new_id(record, "KM", &error); /* given, not stored yet */
    second = sg_record_new_id(record, "KM", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(first, ==, "KM-2222-2");
    g_assert_cmpstr(second, !=, first);
    sg_record_close(g_steal_pointer(&record));

    record = record_with(folder, &options);
    drawn = 0;
    g_free(first);
    first = added(record, refused("Hello")); /* stored, and forgotten when closed */
    g_assert_cmpstr(first, ==, "KM-2222-2");
    sg_record_close(g_steal_pointer(&record));
    record = record_with(folder, &options);
    drawn = 4;
    g_free(second);
    second = added(record, refused("Hello"));
    g_assert_cmpstr(second, !=, first);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

static void test_an_incident_keeps_the_id_it_was_given(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = sg_record_new_id(fixture->record, "KMS", &error), *stored = NULL;
    SgIncident *incident = refused("Hello"), *again = refused("Hello");
    (void)data;

    g_assert_no_error(error);
    incident->id = g_strdup(id);
    again->id = g_strdup(id);
    stored = added(fixture->record, incident);
    g_assert_cmpstr(stored, ==, id);
    assert_not_added(fixture->record, again, "UNIQUE");
}

static void test_a_prefix_that_nobody_could_say_is_refused(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    (void)data;

    g_assert_null(sg_record_new_id(fixture->record, "k1", &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
}

static SgIncident *same_message(const char *digest, gint64 at)
{
    SgIncident *incident = refused("Hello");

    incident->digest = g_strdup(digest);
    incident->at = at;
    return incident;
}

static char *duplicate_of(Fixture *fixture, const char *digest, gint64 at)
{
    g_autofree char *id = added(fixture->record, same_message(digest, at));
    g_autoptr(SgIncident) incident = loaded(fixture->record, id);

    return g_strdup(incident->duplicate_of);
}

static void test_the_same_message_within_a_week_points_to_the_first(Fixture *fixture,
                                                                    gconstpointer data)
{
    g_autofree char *first = added(fixture->record, same_message("d1", NOON));
    g_autofree char *at_once = duplicate_of(fixture, "d1", NOON);
    g_autofree char *week_later = duplicate_of(fixture, "d1", NOON + 7 * SG_DAY);
    g_autofree char *other = duplicate_of(fixture, "d2", NOON);
    g_autofree char *much_later = duplicate_of(fixture, "d1", NOON + 15 * SG_DAY);
    g_autofree char *without = duplicate_of(fixture, NULL, NOON);
    g_autofree char *without_again = duplicate_of(fixture, NULL, NOON);
    (void)data;

    g_assert_cmpstr(at_once, ==, first);
    g_assert_cmpstr(week_later, ==, first);
    g_assert_null(other);
    g_assert_null(much_later);
    g_assert_null(without);
    g_assert_null(without_again);
}

static void test_a_digest_is_of_one_message_to_one_set_of_people(void)
{
    static const char *const both[] = {"a@x", "b@x", NULL}, *const swapped[] = {"b@x", "a@x", NULL},
                             *const one[] = {"a@x", NULL}, *const joined[] = {"a@xb@x", NULL};
    g_autoptr(GBytes) text = g_bytes_new_static("hi", 2), other = g_bytes_new_static("h\0i", 3),
                      nothing = g_bytes_new_static("", 0);
    g_autofree char *digest = sg_record_digest("s@x", both, text);
    g_autofree char *order = sg_record_digest("s@x", swapped, text);
    char *different[] = {
        sg_record_digest("s@x", one, text),  sg_record_digest("s@x", joined, text),
        sg_record_digest("t@x", both, text), sg_record_digest("s@x", both, other),
        sg_record_digest("", both, text),    sg_record_digest("s@x", both, nothing),
        sg_record_digest("s@x", both, NULL), sg_record_digest("s@x", NULL, text),
    };

    g_assert_true(g_regex_match_simple("^[0-9a-f]{64}$", digest, 0, 0));
    g_assert_cmpstr(order, ==, digest);
    for (guint i = 0; i < G_N_ELEMENTS(different); i++) {
        g_assert_cmpstr(different[i], !=, digest);
        for (guint j = 0; j < i; j++)
            g_assert_cmpstr(different[i], !=, different[j]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(different); i++)
        g_free(different[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/record/round-trip", test_everything_comes_back_as_it_was);
    add_test("/record/bytes", test_a_held_message_comes_back_byte_for_byte);
    add_test("/record/large", test_a_large_message_is_held);
    add_test("/record/no-body", test_a_refused_message_never_leaves_its_body);
    add_test("/record/held-whole", test_nothing_is_held_without_its_message_or_recipients);
    add_test("/record/id/typed-anyhow", test_an_incident_is_found_however_its_id_is_typed);
    add_test("/record/id/mistyped", test_a_mistyped_id_is_called_mistyped);
    g_test_add_func("/record/id/once", test_no_id_is_given_twice);
    add_test("/record/id/given", test_an_incident_keeps_the_id_it_was_given);
    add_test("/record/id/prefix", test_a_prefix_that_nobody_could_say_is_refused);
    add_test("/record/duplicate", test_the_same_message_within_a_week_points_to_the_first);
    g_test_add_func("/record/digest", test_a_digest_is_of_one_message_to_one_set_of_people);
    return g_test_run();
}
