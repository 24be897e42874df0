/* test_config_relay.c - what is believed of a relay, from where, and what its block must say */
#include "schoolgate/config.h"
#include "schoolgate/trial.h"
#include "support.h"

#define SCHOOL "school\n    officer online-safety@kingsmead.example\n"
#define CLOUD                                                                                      \
    "relay cloud\n    from 192.0.2.0/24, 2001:db8::/48\n    certificate mail.cloud.example\n"      \
    "    tenant X-Tenant kingsmead 7Q\n    login header X-Sent-By\n"                               \
    "    domains kingsmead.example, *.kingsmead.example\n"
#define PLAIN_CLOUD                                                                                \
    "relay plain\n    from 198.51.100.7\n    login envelope\n    domains kingsmead.example\n"
#define GRAY "t.gray@kingsmead.example"

static SgConfig *loaded(const char *text, SgReport *report)
{
    g_autofree char *folder = support_folder();
    g_autofree char *whole = g_strconcat(SCHOOL, text, NULL);
    g_autofree char *path = support_file(folder, "schoolgate.conf", whole);
    SgConfig *config = sg_config_load(path, report);

    support_folder_remove(folder);
    return config;
}

static SgConfig *good(const char *text)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = loaded(text, report);
    g_autofree char *complaints = sg_report_text(report, FALSE);

    if (!config)
        g_error("%s", complaints);
    return config;
}

static void assert_complaint(const char *text, const char *needle)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgConfig) config = loaded(text, report);

    support_assert_reported(report, needle);
}

static void assert_error(const char *text, const char *needle)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgConfig) config = loaded(text, report);

    g_assert_null(config);
    support_assert_reported(report, needle);
}

/* Connections -------------------------------------------------------------------------------------
 */

typedef struct From {
    const char *ip, *listener, *certificate, *sender;
} From;

static const SgRelay *found(const SgConfig *config, From from)
{
    g_autoptr(GInetAddress) ip = from.ip ? g_inet_address_new_from_string(from.ip) : NULL;
    const SgRelayOrigin origin = {ip, from.listener, from.certificate};

    return sg_relay_find(config->relays, &origin, from.sender);
}

static void test_relay_is_known_by_its_addresses_and_the_senders_domain(void)
{
    g_autoptr(SgConfig) config = good(CLOUD PLAIN_CLOUD);
    const SgRelay *cloud = sg_config_relay(config, "cloud");

    g_assert_true(found(config, (From){"192.0.2.9", .sender = GRAY}) == cloud);
    g_assert_true(found(config, (From){"2001:db8::9", .sender = GRAY}) == cloud);
    g_assert_true(found(config, (From){"192.0.2.9", .sender = "a@Students.KINGSMEAD.example"}) ==
                  cloud);
    g_assert_true(found(config, (From){"192.0.2.9", .sender = ""}) == cloud);
    g_assert_null(found(config, (From){"192.0.3.9", .sender = GRAY}));
    g_assert_null(found(config, (From){NULL, .sender = GRAY}));
    g_assert_null(found(config, (From){"192.0.2.9", .sender = "x@elsewhere.example"}));
    g_assert_null(found(config, (From){"192.0.2.9", .sender = "x@notkingsmead.example"}));
    g_assert_null(found(config, (From){"192.0.2.9", .sender = "\"x@kingsmead.example"}));
    g_assert_null(found(config, (From){"198.51.100.7", .sender = "a@students.kingsmead.example"}));
}

static void test_relay_with_a_listener_is_found_only_there(void)
{
    g_autoptr(SgConfig) config = good(PLAIN_CLOUD "    listener relay-plain\n");

    g_assert_nonnull(found(config, (From){"198.51.100.7", "relay-plain", NULL, GRAY}));
    g_assert_null(found(config, (From){"198.51.100.7", "smtpd", NULL, GRAY}));
    g_assert_null(found(config, (From){"198.51.100.7", NULL, NULL, GRAY}));
}

static void test_of_relays_at_one_address_the_senders_domain_decides(void)
{
    g_autoptr(SgConfig) config =
        good(PLAIN_CLOUD "relay pupils\n    from 198.51.100.7\n    login envelope\n"
                         "    domains students.kingsmead.example\n");

    g_assert_cmpstr(found(config, (From){"198.51.100.7", .sender = GRAY})->name, ==, "plain");
    g_assert_cmpstr(
        found(config, (From){"198.51.100.7", .sender = "a@students.kingsmead.example"})->name, ==,
        "pupils");
}

/* Users -------------------------------------------------------------------------------------------
 */

typedef struct Field {
    const char *name, *value;
} Field;

#define TENANT                                                                                     \
    {                                                                                              \
        "x-tenant", " kingsmead 7Q "                                                               \
    }

/* What is believed of fields on a connection of the cloud, with or without its certificate. */
static SgRelayFinding finding(const char *certificate, const Field *fields, char **user)
{
    g_autoptr(SgConfig) config = good(CLOUD);
    const SgRelay *cloud = sg_config_relay(config, "cloud");
    const SgRelayOrigin origin = {NULL, NULL, certificate};
    SgRelayFields seen = {0};
    SgRelayFinding result;

    for (; fields->name; fields++)
        sg_relay_note_field(cloud, &seen, fields->name, fields->value);
    result = sg_relay_believe(cloud, &origin, GRAY, &seen, user);
    sg_relay_fields_clear(&seen);
    return result;
}

static void assert_login(const char *value, SgRelayFinding expected, const char *believed)
{
    const Field fields[] = {TENANT, {"X-Sent-By", value}, {0}};
    g_autofree char *user = NULL;

    g_assert_cmpint(finding("mail.cloud.example", fields, &user), ==, expected);
    g_assert_cmpstr(user, ==, believed);
}

static void test_plain_address_is_believed_with_or_without_brackets_and_fold(void)
{
    assert_login(" t.gray@kingsmead.example", SG_RELAY_TOLD, GRAY);
    assert_login("<t.gray@kingsmead.example>", SG_RELAY_TOLD, GRAY);
    assert_login("\n\tt.gray@kingsmead.example \n ", SG_RELAY_TOLD, GRAY);
    assert_login(" a.khan@students.kingsmead.example", SG_RELAY_TOLD,
                 "a.khan@students.kingsmead.example");
}

static void test_what_two_readers_might_read_differently_is_believed_of_nobody(void)
{
    static const char *const hostile[] = {
        "",
        " ",
        "<>",
        "t.gray",
        "@kingsmead.example",
        "t.gray@",
        "t.gray@kingsmead.example, head@kingsmead.example",
        "t.gray@kingsmead.example head@kingsmead.example",
        "t.gray@kingsmead.example\n head@kingsmead.example",
        "t.gray@kingsmead\n .example",
        "t.gray@kingsmead.example\r\nX-Sent-By: head@kingsmead.example",
        "head@kingsmead.example@elsewhere.example",
        "Tom Gray <t.gray@kingsmead.example>",
        "t.gray@kingsmead.example (head)",
        "(head@kingsmead.example) x@elsewhere.example",
        "\"head\"@kingsmead.example",
        "\"x@elsewhere.example\"@kingsmead.example",
        "=?utf-8?q?head?=@kingsmead.example",
        "=?utf-8?b?aGVhZEBraW5nc21lYWQuZXhhbXBsZQ==?=",
        "@elsewhere.example:head@kingsmead.example",
        "h\xc3\xa9"
        "ad@kingsmead.example",
        "head@kingsmead.example\x01",
        "<head@kingsmead.example",
        "head@kingsmead.example;",
        ".@kingsmead.example",
        "head..@kingsmead.example",
        "head@.kingsmead.example",
    };

    for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_test_message("%s", hostile[i]);
        assert_login(hostile[i], SG_RELAY_NO_ADDRESS, NULL);
    }
}

static void test_user_of_another_domain_is_not_believed(void)
{
    assert_login("head@elsewhere.example", SG_RELAY_FOREIGN_LOGIN, NULL);
    assert_login("head@kingsmead.example.elsewhere.example", SG_RELAY_FOREIGN_LOGIN, NULL);
    assert_login("head@xkingsmead.example", SG_RELAY_FOREIGN_LOGIN, NULL);
}

static void test_huge_value_is_not_cut_to_an_address(void)
{
    g_autofree char *padding = g_strnfill(5000000, ' ');
    g_autofree char *behind = g_strconcat("head@kingsmead.example", padding, "x", NULL);
    g_autofree char *letters = g_strnfill(300, 'a');
    g_autofree char *local = g_strconcat(letters, "@kingsmead.example", NULL);

    assert_login(behind, SG_RELAY_NO_ADDRESS, NULL);
    assert_login(local, SG_RELAY_NO_ADDRESS, NULL);
}

static void test_only_one_field_of_each_is_believed(void)
{
    const Field none[] = {TENANT, {0}};
    const Field two[] = {TENANT, {"X-Sent-By", GRAY}, {"x-sent-by", GRAY}, {0}};
    const Field tenants[] = {TENANT, TENANT, {"X-Sent-By", GRAY}, {0}};
    g_autofree char *user = NULL;

    g_assert_cmpint(finding("mail.cloud.example", none, &user), ==, SG_RELAY_NO_LOGIN);
    g_assert_cmpint(finding("mail.cloud.example", two, &user), ==, SG_RELAY_SEVERAL_LOGINS);
    g_assert_cmpint(finding("mail.cloud.example", tenants, &user), ==, SG_RELAY_NO_TENANT);
    g_assert_null(user);
}

static void test_nothing_is_believed_without_certificate_or_tenant(void)
{
    const Field fields[] = {TENANT, {"X-Sent-By", GRAY}, {0}};
    const Field no_tenant[] = {{"X-Sent-By", GRAY}, {0}};
    const Field other_tenant[] = {{"X-Tenant", "kingsmead 7q"}, {"X-Sent-By", GRAY}, {0}};
    g_autofree char *user = NULL;

    g_assert_cmpint(finding(NULL, fields, &user), ==, SG_RELAY_NO_CERTIFICATE);
    g_assert_cmpint(finding("mail.other.example", fields, &user), ==, SG_RELAY_NO_CERTIFICATE);
    g_assert_cmpint(finding("mail.cloud.example", no_tenant, &user), ==, SG_RELAY_NO_TENANT);
    g_assert_cmpint(finding("mail.cloud.example", other_tenant, &user), ==, SG_RELAY_NO_TENANT);
    g_assert_null(user);
    g_assert_cmpint(finding("Mail.Cloud.example", fields, &user), ==, SG_RELAY_TOLD);
}

static void test_envelope_names_the_user_where_that_is_agreed(void)
{
    g_autoptr(SgConfig) config = good(PLAIN_CLOUD);
    const SgRelay *plain = sg_config_relay(config, "plain");
    const SgRelayFields none = {0};
    g_autofree char *user = NULL;

    g_assert_false(sg_relay_reads_fields(plain));
    g_assert_cmpint(sg_relay_believe(plain, NULL, "", &none, &user), ==, SG_RELAY_FOREIGN_LOGIN);
    g_assert_cmpint(sg_relay_believe(plain, NULL, GRAY, &none, &user), ==, SG_RELAY_TOLD);
    g_assert_cmpstr(user, ==, GRAY);
}

static void test_fields_of_other_names_are_left_alone(void)
{
    g_autoptr(SgConfig) config = good(CLOUD PLAIN_CLOUD);
    SgRelayFields seen = {0};

    g_assert_false(
        sg_relay_note_field(sg_config_relay(config, "cloud"), &seen, "X-Sent-By-Me", GRAY));
    g_assert_false(sg_relay_note_field(sg_config_relay(config, "plain"), &seen, "X-Sent-By", GRAY));
    g_assert_cmpuint(seen.logins, ==, 0);
}

/* Trying ------------------------------------------------------------------------------------------
 */

static void assert_tried(const char *more, const char *mail, const char *sender, const char *why)
{
    g_autofree char *text = g_strconcat(CLOUD, more, NULL);
    g_autoptr(SgConfig) config = good(text);
    const SgTrialEnvelope envelope = {.sender = sender, .relay = sg_config_relay(config, "cloud")};
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, strlen(mail));
    g_autoptr(GError) error = NULL;
    g_auto(SgTrial) trial = {0};

    sg_trial_run(config, NULL, &envelope, raw, &trial, &error);
    if (!why) {
        g_assert_no_error(error);
        return;
    }
    g_assert_error(error, SG_TRIAL_ERROR, SG_TRIAL_ERROR_RELAY);
    support_assert_contains(error->message, why);
}

static void test_message_is_tried_as_by_the_relay(void)
{
    const char *mail = "From: " GRAY "\nX-Tenant: kingsmead 7Q\nX-Sent-By: " GRAY "\n\nHello\n";

    assert_tried("", mail, NULL, NULL);
    assert_tried("", mail, "", NULL);
    assert_tried("", mail, "x@elsewhere.example", "it comes in");
    assert_tried("", "From: " GRAY "\nX-Tenant: kingsmead 7Q\n\nHi\n", NULL,
                 "it is deferred: it l");
    assert_tried("    unknown reject\n", "From: " GRAY "\n\nHi\n", NULL, "it is refused: it lacks");
    assert_tried("    unknown judge\n", "From: " GRAY "\n\nHi\n", NULL, NULL);
    assert_tried("    unknown reject\n", "From: " GRAY "\n\nHi\n", "",
                 "it comes in: it is from no");
}

/* The block ---------------------------------------------------------------------------------------
 */

static void test_block_must_say_whence_whose_and_how(void)
{
    assert_error("relay cloud\n    login envelope\n    domains kingsmead.example\n",
                 "needs 'from'");
    assert_error("relay cloud\n    from 192.0.2.1\n    login envelope\n", "needs 'domains'");
    assert_error("relay cloud\n    from 192.0.2.1\n    domains kingsmead.example\n",
                 "needs 'login'");
    assert_error(PLAIN_CLOUD PLAIN_CLOUD, "there is a relay 'plain' already");
    assert_error("relay\n    from 192.0.2.1\n", "the relay's name");
}

static void test_bad_values_are_errors_where_they_stand(void)
{
    assert_error(PLAIN_CLOUD "    from 192.0.2.0/99\n", "'192.0.2.0/99' is no network");
    assert_error(PLAIN_CLOUD "    domains gray@kingsmead.example\n", "is no domain");
    assert_error(PLAIN_CLOUD "    domains *\n", "'*' is no domain");
    assert_error(PLAIN_CLOUD "    domains *.\n", "'*.' is no domain");
    assert_error(PLAIN_CLOUD "    unknown pass\n", "tempfail, reject, judge");
    assert_error(PLAIN_CLOUD "    tenant X-Tenant\n", "the field's value");
    assert_error(PLAIN_CLOUD "    tenant X-Tenant: yes\n", "without a colon");
    assert_error("relay c\n    login header X-By\n    tenant x-by yes\n    from 192.0.2.1\n"
                 "    domains kingsmead.example\n",
                 "one field for both");
}

static void test_no_field_that_others_read_can_be_taken_out(void)
{
    static const char *const fields[] = {"From",          "subject",           "Received",
                                         "Content-Type",  "X-Schoolgate-User", "DKIM-Signature",
                                         "Resent-Sender", "School-business"};

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *text = g_strdup_printf("relay c\n    login header %s\n", fields[i]);

        assert_error(text, "cannot serve for this");
    }
}

static void test_check_says_what_trusts_too_much(void)
{
    const char *wide = "relay c\n    from 0.0.0.0/0\n    certificate mail.cloud.example\n"
                       "    login envelope\n    domains kingsmead.example\n";
    const char *address_alone = "relay c\n    from 192.0.2.1\n    login header X-By\n"
                                "    domains kingsmead.example\n";
    g_autoptr(SgReport) quiet = sg_report_new();
    g_autoptr(SgConfig) config = loaded(CLOUD PLAIN_CLOUD, quiet);

    g_assert_cmpuint(sg_report_warnings(quiet), ==, 0);
    assert_complaint(wide, "from all over the world (0.0.0.0/0)");
    assert_complaint(address_alone, "trusted for its addresses alone");
    assert_complaint("relay c\n    from 192.0.2.0/24\n    login envelope\n"
                     "    domains kingsmead.example\n",
                     "trusted for its addresses alone");
    assert_complaint(PLAIN_CLOUD "gate\n    inside 198.51.100.0/24\n",
                     "relay 'plain' (198.51.100.7) and 'inside' (198.51.100.0/24) overlap");
    assert_complaint(CLOUD "gate\n    inside 192.0.2.7\n", "overlap");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
#define TEST(name) g_test_add_func("/config/relay/" #name, test_##name)
    TEST(relay_is_known_by_its_addresses_and_the_senders_domain);
    TEST(relay_with_a_listener_is_found_only_there);
    TEST(of_relays_at_one_address_the_senders_domain_decides);
    TEST(plain_address_is_believed_with_or_without_brackets_and_fold);
    TEST(what_two_readers_might_read_differently_is_believed_of_nobody);
    TEST(user_of_another_domain_is_not_believed);
    TEST(huge_value_is_not_cut_to_an_address);
    TEST(only_one_field_of_each_is_believed);
    TEST(nothing_is_believed_without_certificate_or_tenant);
    TEST(envelope_names_the_user_where_that_is_agreed);
    TEST(fields_of_other_names_are_left_alone);
    TEST(message_is_tried_as_by_the_relay);
    TEST(block_must_say_whence_whose_and_how);
    TEST(bad_values_are_errors_where_they_stand);
    TEST(no_field_that_others_read_can_be_taken_out);
    TEST(check_says_what_trusts_too_much);
    return g_test_run();
}
