/* test_config_console.c - the block that says where the officer's web pages are, and what it may
 * not say */
#include "schoolgate/config.h"
#include "support.h"

typedef struct Loaded {
    char *folder;
    SgReport *report;
    SgConfig *config;
} Loaded;

static Loaded loaded(const char *block)
{
    Loaded it = {.folder = support_folder(), .report = sg_report_new()};
    g_autofree char *text =
        g_strconcat("school\n    officer online-safety@kingsmead.example\n", block, NULL);
    g_autofree char *path = support_file(it.folder, "schoolgate.conf", text);

    it.config = sg_config_load(path, it.report);
    return it;
}

static void done(Loaded *it)
{
    g_clear_pointer(&it->config, sg_config_unref);
    sg_report_free(it->report);
    support_folder_remove(it->folder);
    g_free(it->folder);
}

static void assert_wrong(const char *settings, const char *why)
{
    g_autofree char *block = g_strconcat("console\n", settings, NULL);
    Loaded it = loaded(block);

    if (it.config)
        g_error("taken:\n%s", settings);
    support_assert_reported(it.report, why);
    done(&it);
}

static void assert_right(const char *settings)
{
    g_autofree char *block = g_strconcat("console\n", settings, NULL);
    Loaded it = loaded(block);
    g_autofree char *text = sg_report_text(it.report, FALSE);

    if (!it.config)
        g_error("%s", text);
    done(&it);
}

static void assert_link(const char *settings, const char *link)
{
    g_autofree char *block = g_strconcat("console\n", settings, NULL);
    Loaded it = loaded(block);

    g_assert_nonnull(it.config);
    g_autofree char *found = sg_console_link(&it.config->console, "/incident/KM-7F3Q-2");
    g_assert_cmpstr(found, ==, link);
    done(&it);
}

static void test_links_lead_where_people_find_the_pages(void)
{
    const char *certified = "    certificate /etc/ssl/c.pem\n    key /etc/ssl/k.pem\n";
    g_autofree char *listens = g_strconcat("    listen 192.0.2.7:8443\n", certified, NULL);
    g_autofree char *anywhere = g_strconcat("    listen 0.0.0.0:8443\n", certified, NULL);

    assert_link("    address https://mail.kingsmead.example\n",
                "https://mail.kingsmead.example/incident/KM-7F3Q-2");
    assert_link("    address https://mail.kingsmead.example/schoolgate/\n",
                "https://mail.kingsmead.example/schoolgate/incident/KM-7F3Q-2");
    assert_link(listens, "https://192.0.2.7:8443/incident/KM-7F3Q-2");
    assert_link(anywhere, NULL);
    assert_link("    listen 127.0.0.1:8025\n", NULL);
    assert_link("    listen [::1]:8025\n", NULL);
    assert_link("    address http://localhost:8025\n", NULL);
}

static void test_without_the_block_there_is_no_link(void)
{
    Loaded it = loaded("");

    g_assert_null(sg_console_link(&it.config->console, "/"));
    done(&it);
}

static void test_without_the_block_nothing_is_served(void)
{
    Loaded it = loaded("");

    g_assert_false(it.config->console.wanted);
    done(&it);
}

static void test_the_block_alone_serves_this_machine(void)
{
    Loaded it = loaded("console\n");
    const SgConsoleSettings *console = &it.config->console;

    g_assert_true(console->wanted);
    g_assert_cmpstr(console->listen, ==, "127.0.0.1:8025");
    g_assert_null(console->metrics);
    g_assert_null(console->certificate);
    g_assert_null(console->sign_on_header);
    g_assert_cmpuint(console->proxies->len, ==, 0);
    g_assert_false(console->names_shown);
    g_assert_cmpint(console->idle, ==, 1800);
    g_assert_cmpint(console->longest, ==, 36000);
    done(&it);
}

static void test_monitoring_can_be_had_without_pages(void)
{
    Loaded it = loaded("console\n    listen none\n    metrics 127.0.0.1:9025\n"
                       "    address https://mail.kingsmead.example/\n");
    const SgConsoleSettings *console = &it.config->console;

    g_assert_true(console->wanted);
    g_assert_null(console->listen);
    g_assert_cmpstr(console->metrics, ==, "127.0.0.1:9025");
    g_assert_null(sg_console_link(console, "/"));
    done(&it);
    assert_wrong("    listen none\n", "nothing is served unless 'metrics' says where");
    assert_wrong("    listen none 127.0.0.1:8025\n    metrics 127.0.0.1:9025\n", "");
}

static void test_every_setting_is_understood(void)
{
    Loaded it = loaded("console\n    listen [::]:8443\n    metrics 127.0.0.1:9025\n"
                       "    certificate pem/chain.pem\n    key /etc/ssl/key.pem\n"
                       "    address https://mail.kingsmead.example/schoolgate/\n"
                       "    proxies 127.0.0.1, 10.20.0.0/16\n    proxies ::1\n"
                       "    sign-on-header X-Remote-User\n"
                       "    sign-out https://id.kingsmead.example/out?from=mail\n"
                       "    names shown\n    sign-out-after 20m\n    session-longest 8h\n");
    g_autofree char *text = sg_report_text(it.report, FALSE);
    const SgConsoleSettings *console;

    if (!it.config)
        g_error("%s", text);
    console = &it.config->console;
    g_assert_cmpstr(console->listen, ==, "[::]:8443");
    g_assert_cmpstr(console->metrics, ==, "127.0.0.1:9025");
    g_assert_true(g_str_has_suffix(console->certificate, "/pem/chain.pem"));
    g_assert_cmpstr(console->key, ==, "/etc/ssl/key.pem");
    g_assert_cmpstr(console->address, ==, "https://mail.kingsmead.example/schoolgate/");
    g_assert_cmpuint(console->proxies->len, ==, 3);
    g_assert_cmpstr(console->sign_on_header, ==, "X-Remote-User");
    g_assert_cmpstr(console->sign_out, ==, "https://id.kingsmead.example/out?from=mail");
    g_assert_true(console->names_shown);
    g_assert_cmpint(console->idle, ==, 1200);
    g_assert_cmpint(console->longest, ==, 28800);
    done(&it);
}

static void test_where_to_listen_is_an_address_and_a_port(void)
{
    static const char *const wrong[] = {"localhost:8025",  "127.0.0.1", "127.0.0.1:0",
                                        "127.0.0.1:65536", "::1:8025",  "[::1]",
                                        "127.0.0.1:80x",   ":8025"};

    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *line = g_strdup_printf("    listen %s\n", wrong[i]);
        assert_wrong(line, "write ADDRESS:PORT, such as 127.0.0.1:8025 or [::1]:8025");
    }
    assert_right("    listen [::1]:8025\n");
    assert_right("    listen 127.8.8.8:1\n");
}

static void test_other_machines_are_served_by_tls_only(void)
{
    assert_wrong("    listen 10.20.0.5:8025\n", "unless it has a 'certificate' and a 'key'");
    assert_wrong("    listen 0.0.0.0:8025\n", "unless it has a 'certificate' and a 'key'");
    assert_wrong("    listen [::]:8025\n", "unless it has a 'certificate' and a 'key'");
    assert_wrong("    certificate x.pem\n", "'certificate' and 'key' go together");
    assert_wrong("    key x.pem\n", "'certificate' and 'key' go together");
    assert_right("    listen 0.0.0.0:8443\n    certificate c.pem\n    key k.pem\n");
}

static void test_the_address_is_one_that_people_can_type_in(void)
{
    static const char *const wrong[] = {"mail.kingsmead.example",
                                        "ftp://mail.kingsmead.example/",
                                        "https:///x",
                                        "https://a:b@mail.kingsmead.example/",
                                        "https://mail.kingsmead.example/?x",
                                        "https://mail.kingsmead.example/a%20b",
                                        "https://mail.kingsmead.example//evil.example"};

    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *line = g_strdup_printf("    address %s\n", wrong[i]);
        assert_wrong(line, "write where people find the pages, such as "
                           "https://mail.kingsmead.example/schoolgate");
    }
    assert_right("    address https://mail.kingsmead.example:8443/a/b-c_d/\n");
}

/* A web server in front that speaks plain HTTP would send passwords in clear text over the network.
 */
static void test_people_come_by_tls_from_other_machines(void)
{
    assert_wrong("    address http://mail.kingsmead.example/\n", "begin the 'address' with https:");
    assert_right("    address http://localhost:8025/\n");
    assert_right("    address http://127.0.0.1/\n");
    assert_right("    address http://[::1]:8025/\n");
}

static void test_a_header_is_believed_only_from_somebody(void)
{
    assert_wrong("    sign-on-header X-Remote-User\n    address https://m.example/\n",
                 "name the 'proxies'");
    assert_wrong("    sign-on-header X-Remote-User\n    proxies 127.0.0.1\n",
                 "the 'address' is needed, too");
    assert_wrong("    sign-on-header X_Remote:User\n", "write a header's name");
    assert_wrong("    proxies mail.kingsmead.example\n", "is no address");
    assert_wrong("    proxies 10.20.0.0/99\n", "is no address");
    /* Anybody could say who they are. */
    assert_wrong("    proxies 0.0.0.0/0\n", "would believe everybody");
    assert_wrong("    proxies ::/0\n", "would believe everybody");
}

/* It becomes a link on every page. */
static void test_people_sign_out_at_a_web_page(void)
{
    assert_wrong("    sign-out javascript:alert(1)\n", "write the page where people sign out");
    assert_wrong("    sign-out sign-out\n", "write the page where people sign out");
    assert_right("    sign-out /oauth2/sign_out\n");
}

static void test_times_make_sense(void)
{
    assert_wrong("    sign-out-after 30s\n", "'sign-out-after' is at least 1m");
    assert_wrong("    sign-out-after 2h\n    session-longest 1h\n", "no longer than");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/config/console/" #name, test_##name)
    PROMISE(links_lead_where_people_find_the_pages);
    PROMISE(without_the_block_there_is_no_link);
    PROMISE(without_the_block_nothing_is_served);
    PROMISE(the_block_alone_serves_this_machine);
    PROMISE(monitoring_can_be_had_without_pages);
    PROMISE(every_setting_is_understood);
    PROMISE(where_to_listen_is_an_address_and_a_port);
    PROMISE(other_machines_are_served_by_tls_only);
    PROMISE(the_address_is_one_that_people_can_type_in);
    PROMISE(people_come_by_tls_from_other_machines);
    PROMISE(a_header_is_believed_only_from_somebody);
    PROMISE(people_sign_out_at_a_web_page);
    PROMISE(times_make_sense);
    return g_test_run();
}
