/* door_builders.h - a console on a scratch configuration and record, seen from its door: what comes
 * with a request can be anything, and sign-ins are real
 *
 * Tests of pages, whose visitors have got in, are better served by console_builders.h. */
#pragma once

#include "../../milter/console/exchange.h"
#include "../../milter/console/queue_outcome.h"
#include "account_builders.h"

#define SIGN_ON                                                                                    \
    "    proxies 127.0.0.1\n    sign-on-header X-Remote-User\n"                                    \
    "    address https://mail.kingsmead.example/\n"
#define REVIEWERS                                                                                  \
    "reviewer okafor\n    role officer\n    address j.okafor@kingsmead.example\n"                  \
    "reviewer head\n    role head\n    address head@kingsmead.example\n"                           \
    "reviewer postmaster\n    role postmaster\n    address postmaster@kingsmead.example\n"         \
    "reviewer auditor\n    role auditor\n    address chair@governors.kingsmead.example\n"

/* Its record is console.record; put incidents into it by record_builders.h. */
typedef struct Office {
    char *folder;
    SgConsole console;
} Office;

G_GNUC_UNUSED static SgConfig *config_in(const char *folder, const char *text)
{
    g_autofree char *path = support_file(folder, "schoolgate.conf", text);
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);
    g_autofree char *why = sg_report_text(report, FALSE);

    if (!config)
        g_error("%s", why);
    return config;
}

/* `settings` stand in the block console, `more` behind all other blocks. */
G_GNUC_UNUSED static Office office_with(const char *settings, const char *more)
{
    Office office = {.folder = support_folder()};
    g_autofree char *text = g_strconcat(
        "school\n    name Kingsmead School\n    officer online-safety@kingsmead.example\n"
        "    time-zone Europe/London\nrecord\n    database record.db\nconsole\n",
        settings, REVIEWERS, more, NULL);
    g_autoptr(GError) error = NULL;

    office.console.config = config_in(office.folder, text);
    office.console.record = record_in(office.folder);
    office.console.base = g_strdup("");
    office.console.started = NOON;
    office.console.outcomes = sg_outcomes_new();
    office.console.secret = sg_record_secret(office.console.record, "console", &error);
    g_assert_no_error(error);
    return office;
}

G_GNUC_UNUSED static Office office(void)
{
    return office_with(SIGN_ON, "");
}

G_GNUC_UNUSED static void office_close(Office *office)
{
    sg_outcomes_free(office->console.outcomes);
    sg_record_close(office->console.record);
    sg_config_unref(office->console.config);
    g_bytes_unref(office->console.secret);
    g_free(office->console.base);
    support_folder_remove(office->folder);
    g_free(office->folder);
}

/* What `who` (NULL: nobody) is told from their browser. */
G_GNUC_UNUSED static SgWebSigns signs_of(const char *who)
{
    return (SgWebSigns){.peer = "127.0.0.1", .sign_on = who};
}

typedef SgWebReply Answer;

G_GNUC_UNUSED static const char *field_of(const Answer *answer, const char *name)
{
    for (guint i = 0; i + 1 < answer->fields->len; i += 2)
        if (g_ascii_strcasecmp(answer->fields->pdata[i], name) == 0)
            return answer->fields->pdata[i + 1];
    return NULL;
}

G_GNUC_UNUSED static const char *body_of(const Answer *answer)
{
    return answer->text ? answer->text->str : "";
}

/* `query`: "sort=age&page=2", percent-encoded; NULL for none. Noon it is. */
G_GNUC_UNUSED static Answer get_as(Office *office, const SgWebSigns *signs, const char *path,
                                   const char *query)
{
    g_autoptr(SgExchange) exchange = sg_exchange_new(&office->console, SG_WEB_GET, path, NOON);
    g_auto(GStrv) pairs = g_strsplit(query ? query : "", "&", -1);
    Answer answer;

    for (guint i = 0; pairs[i] && *pairs[i]; i++) {
        g_auto(GStrv) pair = g_strsplit(pairs[i], "=", 2);
        g_autofree char *value = g_uri_unescape_string(pair[1] ? pair[1] : "", NULL);
        sg_web_form_add(exchange->query, pair[0], value);
    }
    sg_exchange_admit(exchange, signs);
    sg_web_reply_init(&answer);
    sg_exchange_answer(exchange, &answer);
    return answer;
}

G_GNUC_UNUSED static Answer get(Office *office, const char *who, const char *path,
                                const char *query)
{
    const SgWebSigns signs = signs_of(who);

    return get_as(office, &signs, path, query);
}

/* Fields are name and value by turns; NULL for the token: the one that the form has been given. */
G_GNUC_UNUSED static Answer post_list(Office *office, const SgWebSigns *signs, const char *path,
                                      const char *token, va_list fields)
{
    g_autoptr(SgExchange) exchange = sg_exchange_new(&office->console, SG_WEB_POST, path, NOON);
    const char *name;
    Answer answer;

    if (sg_exchange_admit(exchange, signs)) {
        sg_exchange_field(exchange, "csrf", token ? token : exchange->access.csrf);
        while ((name = va_arg(fields, const char *)))
            sg_exchange_field(exchange, name, va_arg(fields, const char *));
    }
    sg_web_reply_init(&answer);
    sg_exchange_answer(exchange, &answer);
    return answer;
}

G_GNUC_UNUSED static G_GNUC_NULL_TERMINATED Answer post_as(Office *office, const SgWebSigns *signs,
                                                           const char *path, const char *token, ...)
{
    Answer answer;
    va_list fields;

    va_start(fields, token);
    answer = post_list(office, signs, path, token, fields);
    va_end(fields);
    return answer;
}

G_GNUC_UNUSED static G_GNUC_NULL_TERMINATED Answer post(Office *office, const char *who,
                                                        const char *path, ...)
{
    const SgWebSigns signs = signs_of(who);
    Answer answer;
    va_list fields;

    va_start(fields, path);
    answer = post_list(office, &signs, path, NULL, fields);
    va_end(fields);
    return answer;
}
