/* console_builders.h - the pages as somebody asks for them: a scratch configuration and record,
 * with a web server in front that says who it is */
#pragma once

#include "../../milter/console/exchange.h"
#include "../../milter/console/queue_outcome.h"
#include "record_builders.h"

#define SECRET "0123456789abcdef0123456789abcdef"

static const char school[] =
    "school\n    name Kingsmead School\n    officer online-safety@kingsmead.example\n"
    "    head head@kingsmead.example\n    time-zone Europe/London\n"
    "record\n    database record.db\n"
    "console\n    listen 127.0.0.1:8462\n    proxies 127.0.0.1\n    sign-on-header X-Who\n    "
    "address https://mail.kingsmead.example\n"
    "reviewer khan\n    address a.khan@kingsmead.example\n"
    "reviewer lowe\n    address b.lowe@kingsmead.example\n"
    "reviewer hill\n    role head\n    address head@kingsmead.example\n"
    "reviewer post\n    role postmaster\n"
    "reviewer books\n    role auditor\n";

typedef struct Office {
    Fixture on; /* its folder and record, as the builders of incidents want them */
    SgConsole console;
    gint64 now;
} Office;

/* `more` stands behind the configuration above; NULL for nothing. */
G_GNUC_UNUSED static void open_office(Office *office, gconstpointer more)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *text = g_strconcat(school, more, NULL), *path = NULL;

    set_up(&office->on, NULL);
    path = support_file(office->on.folder, "schoolgate.conf", text);
    office->console = (SgConsole){.config = sg_config_load(path, report),
                                  .record = office->on.record,
                                  .secret = g_bytes_new_static(SECRET, strlen(SECRET)),
                                  .base = (char *)"",
                                  .outcomes = sg_outcomes_new()};
    if (!office->console.config)
        g_error("%s", sg_report_text(report, FALSE));
    office->now = NOON;
}

G_GNUC_UNUSED static void close_office(Office *office, gconstpointer more)
{
    sg_config_unref(office->console.config);
    g_bytes_unref(office->console.secret);
    sg_outcomes_free(office->console.outcomes);
    tear_down(&office->on, more);
}

G_GNUC_UNUSED static void add_page_test(const char *path, const char *more,
                                        void (*test)(Office *, gconstpointer))
{
    g_test_add(path, Office, more, open_office, test, close_office);
}

typedef struct Answer {
    guint status;
    char *body;
    gsize size; /* of it */
    const char *type;
    char *location;    /* NULL: it does not send the browser on */
    char *disposition; /* NULL: it is to be shown */
} Answer;

G_GNUC_UNUSED static void answer_clear(Answer *answer)
{
    g_free(answer->body);
    g_free(answer->location);
    g_free(answer->disposition);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static void add_query(SgWebForm *query, const char *text)
{
    g_auto(GStrv) pairs = g_strsplit(text, "&", -1);

    for (char **pair = pairs; *pair; pair++) {
        g_auto(GStrv) sides = g_strsplit(*pair, "=", 2);
        g_autofree char *value = g_uri_unescape_string(sides[1] ? sides[1] : "", NULL);
        sg_web_form_add(query, sides[0], value);
    }
}

static char *field_of(const SgWebReply *reply, const char *name)
{
    for (guint i = 0; i + 1 < reply->fields->len; i += 2)
        if (strcmp(reply->fields->pdata[i], name) == 0)
            return g_strdup(reply->fields->pdata[i + 1]);
    return NULL;
}

static Answer answered(SgExchange *exchange)
{
    g_auto(SgWebReply) reply;
    g_autoptr(GBytes) bytes = NULL;
    Answer answer;

    sg_web_reply_init(&reply);
    sg_exchange_answer(exchange, &reply);
    bytes = reply.bytes  ? g_bytes_ref(reply.bytes)
            : reply.text ? g_bytes_new(reply.text->str, reply.text->len)
                         : g_bytes_new(NULL, 0);
    answer = (Answer){.status = reply.status,
                      .type = reply.type,
                      .size = g_bytes_get_size(bytes),
                      .location = field_of(&reply, "Location"),
                      .disposition = field_of(&reply, "Content-Disposition")};
    answer.body = g_malloc0(answer.size + 1);
    if (answer.size > 0)
        memcpy(answer.body, g_bytes_get_data(bytes, NULL), answer.size);
    return answer;
}

static SgExchange *begun(Office *office, const char *who, SgWebMethod method, const char *url)
{
    const SgWebSigns signs = {.peer = "127.0.0.1", .sign_on = who};
    g_auto(GStrv) sides = g_strsplit(url, "?", 2);
    SgExchange *exchange = sg_exchange_new(&office->console, method, sides[0], office->now);

    if (sides[1])
        add_query(exchange->query, sides[1]);
    sg_exchange_admit(exchange, &signs);
    return exchange;
}

/* What `who` gets at `url`. */
G_GNUC_UNUSED static Answer got(Office *office, const char *who, const char *url)
{
    g_autoptr(SgExchange) exchange = begun(office, who, SG_WEB_GET, url);

    return answered(exchange);
}

/* What `who` gets for a form with these names and values, by turns; NULL-terminated. */
G_GNUC_UNUSED static Answer posted(Office *office, const char *who, const char *url,
                                   ...) G_GNUC_NULL_TERMINATED;
G_GNUC_UNUSED static Answer posted(Office *office, const char *who, const char *url, ...)
{
    g_autoptr(SgExchange) exchange = begun(office, who, SG_WEB_POST, url);
    va_list fields;

    if (exchange->refusal || exchange->to_sign_in) /* then no form is read */
        return answered(exchange);
    sg_exchange_field(exchange, "csrf", exchange->access.csrf);
    va_start(fields, url);
    for (const char *name; (name = va_arg(fields, const char *));)
        sg_exchange_field(exchange, name, va_arg(fields, const char *));
    va_end(fields);
    return answered(exchange);
}

/* Both, and `first` before `second`. */
G_GNUC_UNUSED static void assert_in_order(const Answer *answer, const char *first,
                                          const char *second)
{
    support_assert_contains(answer->body, first);
    support_assert_contains(strstr(answer->body, first), second);
}

G_GNUC_UNUSED static void assert_shows(const Answer *answer, const char *text)
{
    g_assert_cmpuint(answer->status, ==, 200);
    support_assert_contains(answer->body, text);
}

G_GNUC_UNUSED static void assert_hides(const Answer *answer, const char *text)
{
    if (strstr(answer->body, text))
        g_error("'%s' is in:\n%s", text, answer->body);
}
