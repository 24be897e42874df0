/* test_directory_server.c - promises about servers that are not like OpenLDAP: one that gives
 * values in pieces, as Active Directory does, and some that are odd. The server is a thread that
 * answers from a script. */
#include "../../milter/directory/directory_internal.h"
#include "support.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the server answers to one search: attributes in pairs of description and value, of one
 * entry; without a DN, only a result of that code. */
typedef struct Answer {
    const char *dn;
    const char *pairs[8];
    int code;
} Answer;

typedef struct Server {
    const Answer *answers; /* to one search after another; ended by one that is all 0 */
    int listening;
    char *url;
    GThread *thread;
} Server;

static void say(int socket, BerElement *message)
{
    struct berval bytes;

    g_assert_cmpint(ber_flatten2(message, &bytes, 0), ==, 0);
    g_assert_cmpint(write(socket, bytes.bv_val, bytes.bv_len), ==, (gssize)bytes.bv_len);
    ber_free(message, 1);
}

static void say_result(int socket, ber_int_t id, ber_tag_t tag, int code)
{
    BerElement *message = ber_alloc_t(LBER_USE_DER);

    ber_printf(message, "{it{ess}}", id, tag, code, "", "");
    say(socket, message);
}

static void say_entry(int socket, ber_int_t id, const Answer *answer)
{
    BerElement *message = ber_alloc_t(LBER_USE_DER);

    ber_printf(message, "{it{s{", id, (ber_tag_t)LDAP_RES_SEARCH_ENTRY, answer->dn);
    for (guint i = 0; answer->pairs[i]; i += 2)
        ber_printf(message, "{s[s]}", answer->pairs[i], answer->pairs[i + 1]);
    ber_printf(message, "}}}");
    say(socket, message);
}

/* FALSE when the client is gone. */
static gboolean serve_one(Sockbuf *socket, int file, const Answer **next)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_len_t len;
    ber_int_t id = 0;
    ber_tag_t kind = LBER_DEFAULT;

    if (ber_get_next(socket, &len, ber) == LDAP_TAG_MESSAGE)
        kind = ber_scanf(ber, "i", &id) == LBER_ERROR ? LBER_DEFAULT : ber_peek_tag(ber, &len);
    ber_free(ber, 1);
    if (kind == LDAP_REQ_BIND)
        say_result(file, id, LDAP_RES_BIND, LDAP_SUCCESS);
    if (kind == LDAP_REQ_SEARCH) {
        const Answer *answer = *next;
        if (answer->dn)
            say_entry(file, id, answer);
        say_result(file, id, LDAP_RES_SEARCH_RESULT, answer->code);
        *next += answer->dn || answer->code ? 1 : 0;
    }
    return kind == LDAP_REQ_BIND || kind == LDAP_REQ_SEARCH;
}

static gpointer serve(gpointer data)
{
    Server *server = data;
    int file = accept(server->listening, NULL, NULL);
    Sockbuf *socket = ber_sockbuf_alloc();
    const Answer *next = server->answers;

    ber_sockbuf_add_io(socket, &ber_sockbuf_io_tcp, LBER_SBIOD_LEVEL_PROVIDER, &file);
    while (serve_one(socket, file, &next))
        ;
    ber_sockbuf_free(socket);
    return NULL;
}

static void server_start(Server *server, const Answer *answers)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;

    server->answers = answers;
    server->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(server->listening, (struct sockaddr *)&at, len), ==, 0);
    g_assert_cmpint(listen(server->listening, 5), ==, 0);
    getsockname(server->listening, (struct sockaddr *)&at, &len);
    server->url = g_strdup_printf("ldap://127.0.0.1:%u", ntohs(at.sin_port));
    server->thread = g_thread_new("server", serve, server);
}

static void server_stop(Server *server)
{
    g_thread_join(server->thread);
    close(server->listening);
    g_free(server->url);
}

/* What is found when the server answers so; NULL with `error`. */
static SgDirectoryFound *asked(const Answer *answers, const char *settings, GError **error)
{
    g_autoptr(SgReport) report = sg_report_new();
    Server server;

    server_start(&server, answers);
    g_autofree char *config = g_strdup_printf(
        "directory test\n    server %s\n    base dc=k\n    timeout 2s\n%s", server.url, settings);
    g_autoptr(GBytes) text = g_bytes_new(config, strlen(config));
    g_autoptr(GPtrArray) blocks = sg_blocks_read("test.conf", text, report);
    g_autoptr(SgDirectory) directory = sg_directory_read(blocks->pdata[0], report);
    g_assert_cmpuint(sg_report_errors(report), ==, 0);
    SgDirectoryFound *found =
        sg_directory_ask(directory, sg_directory_patience(directory, -1), error);
    server_stop(&server);
    return found;
}

static void test_members_that_come_in_pieces_are_all_asked_for(void)
{
    static const Answer answers[] = {
        {"cn=g,dc=k", {"objectClass", "group", "member;range=0-0", "cn=a,dc=k", NULL}, 0},
        {"cn=g,dc=k", {"member;range=1-1", "cn=b,dc=k", NULL}, 0},
        {"cn=g,dc=k", {"member;range=2-*", "cn=c,dc=k", NULL}, 0},
        {"cn=a,dc=k", {"objectClass", "user", "mail", "a@k.example", NULL}, 0},
        {"cn=b,dc=k", {"objectClass", "user", "mail", "b@k.example", NULL}, 0},
        {"cn=c,dc=k", {"objectClass", "user", "mail", "c@k.example", NULL}, 0},
        {NULL, {NULL}, 0}};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgDirectoryFound) found = asked(answers, "    group all (cn=g)\n", &error);

    g_assert_no_error(error);
    g_assert_cmpuint(found->people, ==, 3);
    support_assert_contains(found->copy->str, "\"c@k.example\",\"all\"");
}

static void test_pieces_that_never_end_are_refused(void)
{
    static const Answer answers[] = {
        {"cn=g,dc=k", {"objectClass", "group", "member;range=0-9", "cn=a,dc=k", NULL}, 0},
        {"cn=g,dc=k", {"member;range=0-9", "cn=a,dc=k", NULL}, 0},
        {NULL, {NULL}, 0}};
    g_autoptr(GError) error = NULL;

    g_assert_null(asked(answers, "    group all (cn=g)\n", &error));
    g_assert_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_SERVER);
    support_assert_contains(error->message, "comes without an end");
}

static void test_each_code_is_told_as_what_it_means(void)
{
    static const struct {
        int ldap;
        SgDirectoryError ours;
    } kinds[] = {{LDAP_OPERATIONS_ERROR, SG_DIRECTORY_ERROR_RIGHTS},
                 {LDAP_SIZELIMIT_EXCEEDED, SG_DIRECTORY_ERROR_SIZE},
                 {LDAP_NO_SUCH_OBJECT, SG_DIRECTORY_ERROR_BASE},
                 {LDAP_REFERRAL, SG_DIRECTORY_ERROR_BASE},
                 {LDAP_BUSY, SG_DIRECTORY_ERROR_SERVER}};

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const Answer answers[] = {{NULL, {NULL}, kinds[i].ldap}, {NULL, {NULL}, 0}};
        g_autoptr(GError) error = NULL;

        g_assert_null(asked(answers, "    role staff (mail=*)\n", &error));
        g_assert_error(error, SG_DIRECTORY_ERROR, (int)kinds[i].ours);
        g_assert_nonnull(sg_directory_cure(error));
    }
}

static void test_odd_values_are_left_out_and_counted(void)
{
    static const Answer answers[] = {{"cn=a,dc=k",
                                      {"mail", "a@k.example", "proxyAddresses", "\xff\xfe",
                                       "proxyAddresses", "x y@k.example", NULL},
                                      0},
                                     {NULL, {NULL}, 0}};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgDirectoryFound) found = asked(answers, "    role staff (mail=*)\n", &error);

    g_assert_no_error(error);
    g_assert_cmpuint(found->addresses, ==, 1);
    g_assert_cmpuint(found->notes->len, ==, 1);
    g_assert_cmpstr(found->notes->pdata[0], ==, "2 values made no sense and were left out");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/directory/server/" #name, test_##name)
    PROMISE(members_that_come_in_pieces_are_all_asked_for);
    PROMISE(pieces_that_never_end_are_refused);
    PROMISE(each_code_is_told_as_what_it_means);
    PROMISE(odd_values_are_left_out_and_counted);
#undef PROMISE
    return g_test_run();
}
