/* test_console_doors.c - every door there is, tried by everybody who should not get through it
 *
 * Each route stands here a second time, with whom it is for: one that nobody has thought of twice
 * fails the first test, and whatever stands in the table is tried by all the others. */
#include "../../milter/console/routes.h"
#include "../../milter/console/trail_check.h"
#include "../../milter/console/visits.h"
#include "../../milter/console/words.h"
#include "../../milter/record/account_internal.h"
#include "door_builders.h"
#include "schoolgate/message.h"
#include "whole_record.h"

#define DEVICE "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE"

/* Whom a door is for, by the initials of officer, head, postmaster and auditor; "anybody" when it
 * is for strangers, too. */
typedef struct Door {
    SgWebMethod method;
    const char *path;
    const char *for_whom;
    const char *asked; /* an address of its kind; ID stands for an incident there is */
} Door;

static const Door doors[] = {
    {SG_WEB_GET, "/sign-in", "anybody", "/sign-in"},
    {SG_WEB_POST, "/sign-in", "anybody", "/sign-in"},
    {SG_WEB_GET, "/assets/*/*", "anybody", "/assets/x/console.css"},
    {SG_WEB_POST, "/sign-out", "ohpa", "/sign-out"},
    {SG_WEB_GET, "/account", "ohpa", "/account"},
    {SG_WEB_POST, "/account/password", "ohpa", "/account/password"},
    {SG_WEB_GET, "/account/codes", "ohpa", "/account/codes"},
    {SG_WEB_POST, "/account/codes", "ohpa", "/account/codes"},
    {SG_WEB_POST, "/account/codes/off", "ohpa", "/account/codes/off"},
    {SG_WEB_POST, "/account/sign-out", "ohpa", "/account/sign-out"},
    {SG_WEB_GET, "/reports", "ohpa", "/reports"},
    {SG_WEB_GET, "/reports.csv", "ohpa", "/reports.csv"},
    {SG_WEB_GET, "/governors", "ohpa", "/governors"},
    {SG_WEB_GET, "/audit", "oha", "/audit"},
    {SG_WEB_POST, "/audit/verify", "oha", "/audit/verify"},
    {SG_WEB_GET, "/audit.csv", "ha", "/audit.csv"},
    {SG_WEB_GET, "/health", "ohpa", "/health"},
    {SG_WEB_GET, "/", "ohpa", "/"},
    {SG_WEB_GET, "/live", "ohp", "/live"},
    {SG_WEB_POST, "/decide", "oh", "/decide"},
    {SG_WEB_POST, "/undo", "oh", "/undo"},
    {SG_WEB_GET, "/incident/*", "ohp", "/incident/ID"},
    {SG_WEB_POST, "/incident/*/reveal", "ohp", "/incident/ID/reveal"},
    {SG_WEB_POST, "/incident/*/decide", "oh", "/incident/ID/decide"},
    {SG_WEB_GET, "/incident/*/headers", "oh", "/incident/ID/headers"},
    {SG_WEB_GET, "/incident/*/attachment/*", "oh", "/incident/ID/attachment/1"},
    {SG_WEB_POST, "/incident/*/attachment/*", "oh", "/incident/ID/attachment/1"},
    {SG_WEB_GET, "/incident/*/case", "ohp", "/incident/ID/case"},
    {SG_WEB_GET, "/incident/*/exempt", "oh", "/incident/ID/exempt"},
    {SG_WEB_POST, "/incident/*/exempt", "oh", "/incident/ID/exempt"},
    {SG_WEB_GET, "/exemptions", "ohp", "/exemptions"},
    {SG_WEB_POST, "/exemptions/*/agree", "oh", "/exemptions/1/agree"},
    {SG_WEB_POST, "/exemptions/*/end", "oh", "/exemptions/1/end"},
    {SG_WEB_GET, "/rules", "ohp", "/rules"},
    {SG_WEB_GET, "/rules/*", "ohp", "/rules/contact"},
    {SG_WEB_GET, "/try", "ohp", "/try"},
    {SG_WEB_POST, "/try", "ohp", "/try"},
};

/* By their roles, in that order; the last role is schoolgate's own, and nobody's. */
static const char *const people[] = {"okafor", "head", "postmaster", "auditor"};
G_STATIC_ASSERT(G_N_ELEMENTS(people) == SG_REVIEWER_SYSTEM);

static gboolean is_for_anybody(const Door *door)
{
    return strcmp(door->for_whom, "anybody") == 0;
}

static gboolean is_for(const Door *door, guint role)
{
    return is_for_anybody(door) || strchr(door->for_whom, "ohpa"[role]);
}

/* The office -------------------------------------------------------------------------------------
 */

typedef struct Building {
    Office office;
    char *incident;
} Building;

/* An account, without the time that a password takes. */
static void settle_in(Building *it, const char *name)
{
    sqlite3 *db = database_in(it->office.folder);
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO account (name, password, last_step, disabled, created, changed,"
        " last_sign_in) VALUES ('%s', '*', 0, 0, %" G_GINT64_FORMAT ", 0, 0)",
        name, NOON);

    execute(db, sql);
    sqlite3_close(db);
}

/* The token of a session that was begun at `when`. Free with g_free(). */
static char *session_of(Building *it, const char *name, gint64 when)
{
    sqlite3 *db = database_in(it->office.folder);
    g_autofree char *sql = g_strdup_printf("SELECT number FROM account WHERE name = '%s'", name);
    g_autoptr(GError) error = NULL;
    char *token = sg_session_token_new();

    sg_session_insert(db, token, ask(db, sql), &sg_session_times, when, &error);
    g_assert_no_error(error);
    sqlite3_close(db);
    return token;
}

static Building built_with(const char *settings)
{
    Building it = {.office = office_with(settings, "")};
    SgConsole *console = &it.office.console;
    static const char message[] = "Subject: Hello\r\n\r\nHello Kim\r\n";

    console->trail_check = sg_trail_check_new(console->record);
    console->trail_visits = sg_visits_new();
    it.incident = added(console->record, held(message, strlen(message)));
    for (guint role = 0; role < G_N_ELEMENTS(people); role++)
        settle_in(&it, people[role]);
    settle_in(&it, "khan"); /* who is no reviewer any more */
    return it;
}

static Building built(void)
{
    return built_with("");
}

static void pull_down(Building *it)
{
    sg_trail_check_free(it->office.console.trail_check);
    sg_visits_free(it->office.console.trail_visits);
    g_free(it->incident);
    office_close(&it->office);
}

static char *all_of(const Building *it)
{
    return all_but_the_trail(it->office.folder);
}

static char *address_of(const Building *it, const Door *door)
{
    g_auto(GStrv) sides = g_strsplit(door->asked, "ID", 2);

    return sides[1] ? g_strconcat(sides[0], it->incident, sides[1], NULL) : g_strdup(sides[0]);
}

/* Whether whoever comes with these gets to the page behind the door. */
static gboolean gets_in_with(Building *it, const Door *door, const SgWebSigns *signs,
                             Answer *answer)
{
    g_autofree char *address = address_of(it, door);
    g_autoptr(SgExchange) exchange =
        sg_exchange_new(&it->office.console, door->method, address, NOON);
    gboolean body = sg_exchange_admit(exchange, signs);

    g_assert_true(!body || door->method == SG_WEB_POST);
    sg_web_reply_init(answer);
    sg_exchange_answer(exchange, answer);
    return !exchange->refusal && !exchange->to_sign_in;
}

static gboolean gets_in(Building *it, const Door *door, const char *session, Answer *answer)
{
    const SgWebSigns signs = {.peer = OFFICE, .session = session};

    return gets_in_with(it, door, &signs, answer);
}

/* The doors themselves ---------------------------------------------------------------------------
 */

static guint roles_of(const Door *door)
{
    guint roles = 0;

    if (is_for_anybody(door))
        return SG_FOR_ANYBODY;
    for (guint role = 0; role < G_N_ELEMENTS(people); role++)
        if (is_for(door, role))
            roles |= 1U << role;
    return roles;
}

static const Door *door_of(const SgWebRoute *route)
{
    for (gsize i = 0; i < G_N_ELEMENTS(doors); i++)
        if (doors[i].method == route->method && strcmp(doors[i].path, route->path) == 0)
            return &doors[i];
    g_error("somebody has to think of whom %s is for, and list it here", route->path);
}

static void test_every_route_has_been_thought_of(void)
{
    gsize n = 0;

    for (const SgWebRoute *at = sg_web_routes; at->path; at++, n++)
        if (at->for_roles != roles_of(door_of(at)))
            g_error("%s is for others than it should be", at->path);
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(doors));
}

static void assert_shut(Building *it, const Door *door, const char *session, const char *whose)
{
    g_auto(SgWebReply) answer = {0};
    gboolean in = gets_in(it, door, session, &answer);
    const char *location = field_of(&answer, "Location");

    if (in != is_for_anybody(door))
        g_error("%s: %s gets in with the session of %s", door->path, in ? "somebody" : "nobody",
                whose);
    if (!in && (answer.status != 303 || !location || !g_str_has_prefix(location, "/sign-in")))
        g_error("%s: who has no session is not sent to sign in, but told %u", door->path,
                answer.status);
}

/* Sessions of four kinds that count no more, and what a stranger may come with. */
static void test_without_a_session_that_counts_no_door_opens(void)
{
    Building it = built();
    g_autofree char *idle = session_of(&it, "head", NOON - 31 * 60);
    g_autofree char *ended = session_of(&it, "head", NOON);
    g_autofree char *disabled = session_of(&it, "auditor", NOON);
    g_autofree char *former = session_of(&it, "khan", NOON);
    g_autofree char *old = session_of(&it, "okafor", NOON - 10 * 60 * 60);
    const SgActor head = {"head", "head", NOON};
    sqlite3 *db = database_in(it.office.folder);
    g_autofree char *before = NULL, *after = NULL;

    g_assert_true(sg_session_end(it.office.console.record, ended, &head, NULL));
    execute(db, "UPDATE session SET seen = ends, expires = ends + 1 WHERE account = 1");
    execute(db, "UPDATE account SET disabled = 1 WHERE name = 'auditor'");
    sqlite3_close(db);
    before = all_of(&it);
    for (gsize i = 0; i < G_N_ELEMENTS(doors); i++) {
        assert_shut(&it, &doors[i], NULL, "nobody");
        assert_shut(&it, &doors[i], "", "an empty cookie");
        assert_shut(&it, &doors[i], DEVICE, "a device");
        assert_shut(&it, &doors[i], idle, "who was idle");
        assert_shut(&it, &doors[i], old, "who came long ago");
        assert_shut(&it, &doors[i], ended, "who has signed out");
        assert_shut(&it, &doors[i], disabled, "who is disabled");
        assert_shut(&it, &doors[i], former, "who is no reviewer any more");
    }
    after = all_of(&it);
    if (strcmp(after, before) != 0)
        g_error("who has no session changes the record");
    pull_down(&it);
}

static void test_with_a_session_doors_open_to_the_roles_they_are_for(void)
{
    Building it = built();

    for (guint role = 0; role < G_N_ELEMENTS(people); role++) {
        g_autofree char *session = session_of(&it, people[role], NOON);
        for (gsize i = 0; i < G_N_ELEMENTS(doors); i++) {
            g_auto(SgWebReply) answer = {0};
            gboolean in = gets_in(&it, &doors[i], session, &answer);

            if (in != is_for(&doors[i], role))
                g_error("%s: the %s %s", doors[i].path, people[role],
                        in ? "gets in" : "does not get in");
            if (!in)
                g_assert_cmpuint(answer.status, ==, 403);
            else if (doors[i].method == SG_WEB_GET)
                g_assert_cmpuint(answer.status / 100, !=, 5);
        }
    }
    pull_down(&it);
}

/* A cookie that was good before, a header that somebody else has written, a name that is nobody's.
 */
static void test_where_others_sign_people_in_their_word_alone_counts(void)
{
    Building it = built_with(SIGN_ON);
    g_autofree char *session = session_of(&it, "head", NOON);
    const SgWebSigns strangers[] = {
        {.peer = "127.0.0.1"},
        {.peer = "127.0.0.1", .session = session},
        {.peer = "127.0.0.1", .sign_on = "khan"},
        {.peer = OFFICE, .sign_on = "head", .session = session},
        {.peer = OFFICE, .sign_on = "head", .forwarded = "127.0.0.1"},
        {.sign_on = "head"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(doors); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(strangers); k++) {
            g_auto(SgWebReply) answer = {0};
            gboolean in = gets_in_with(&it, &doors[i], &strangers[k], &answer);

            g_assert_cmpint(in, ==, is_for_anybody(&doors[i]));
            if (!in)
                g_assert_cmpuint(answer.status, ==, 403);
        }
    pull_down(&it);
}

static void test_to_look_changes_nothing(void)
{
    Building it = built();

    for (guint role = 0; role < G_N_ELEMENTS(people); role++) {
        g_autofree char *session = session_of(&it, people[role], NOON);
        for (gsize i = 0; i < G_N_ELEMENTS(doors); i++) {
            g_auto(SgWebReply) answer = {0};
            g_autofree char *before = all_of(&it), *after = NULL;

            if (doors[i].method != SG_WEB_GET)
                continue;
            gets_in(&it, &doors[i], session, &answer);
            after = all_of(&it);
            if (strcmp(before, after) != 0)
                g_error("%s changes more than the trail", doors[i].path);
        }
    }
    pull_down(&it);
}

/* Forms of others --------------------------------------------------------------------------------
 */

/* `tokens` are the values of as many fields; NULL-terminated. */
static guint sent(Building *it, const Door *door, const char *session, const char *const *tokens)
{
    const SgWebSigns signs = {.peer = OFFICE, .session = session, .device = DEVICE};
    static const char *const fields[] = {"name",   "okafor",  "password", PASSWORD,  "reason", "x",
                                         "what",   "release", "action",   "release", "id",     "1",
                                         "answer", "1",       "agree",    "1"};
    g_autofree char *address = address_of(it, door);
    g_autoptr(SgExchange) exchange =
        sg_exchange_new(&it->office.console, SG_WEB_POST, address, NOON);
    g_auto(SgWebReply) answer;

    g_assert_true(sg_exchange_admit(exchange, &signs));
    for (gsize i = 0; tokens[i]; i++)
        sg_exchange_field(exchange, "csrf", tokens[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i += 2)
        sg_exchange_field(exchange, fields[i], fields[i + 1]);
    sg_web_reply_init(&answer);
    sg_exchange_answer(exchange, &answer);
    /* What else is refused says so in other words. */
    return answer.text && strstr(answer.text->str, sg_words(SG_SAY_STALE_TITLE)) ? 0
                                                                                 : answer.status;
}

static char *token_of(Building *it, const char *session)
{
    const SgWebSigns signs = {.peer = OFFICE, .session = session};
    g_auto(SgAccess) access = {0};

    g_assert_true(sg_access_find(&it->office.console, &signs, NOON, &access, NULL));
    return g_strdup(access.csrf);
}

static void assert_does_nothing(Building *it, const Door *door, const char *session,
                                const char *const *tokens, const char *what)
{
    g_autofree char *before = all_of(it), *trail_before = trail(it->office.console.record);
    guint status = sent(it, door, session, tokens);
    g_autofree char *after = all_of(it), *trail_after = trail(it->office.console.record);

    if (status != 0)
        g_error("%s takes a form with %s: %u", door->path, what, status);
    if (strcmp(after, before) != 0 || strcmp(trail_after, trail_before) != 0)
        g_error("%s does something with %s", door->path, what);
}

/* Those that nobody's page has, or another's page. */
typedef struct Tokens {
    char *own, *of_another, *of_the_one_before, *of_the_sign_in_page, *of_another_device;
} Tokens;

static Tokens tokens_of(Building *it, const char *session, const char *other, const char *before)
{
    const SgConsole *console = &it->office.console;

    return (Tokens){.own = token_of(it, session),
                    .of_another = token_of(it, other),
                    .of_the_one_before = token_of(it, before),
                    .of_the_sign_in_page = sg_access_sign_in_token(console, DEVICE),
                    .of_another_device = sg_access_sign_in_token(console, "another")};
}

static void tokens_clear(Tokens *tokens)
{
    g_free(tokens->own);
    g_free(tokens->of_another);
    g_free(tokens->of_the_one_before);
    g_free(tokens->of_the_sign_in_page);
    g_free(tokens->of_another_device);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tokens, tokens_clear)

static void try_forms(Building *it, const Door *door, const char *session, const Tokens *tokens)
{
    gboolean sign_in = is_for_anybody(door);
    const char *ours = sign_in ? tokens->of_the_sign_in_page : tokens->own;
    const char *of_another_page = sign_in ? tokens->own : tokens->of_the_sign_in_page;
    const struct {
        const char *what;
        const char *tokens[3];
    } tries[] = {
        {"no token", {NULL}},
        {"an empty one", {""}},
        {"one of somebody else's session", {tokens->of_another}},
        {"one of an earlier session", {tokens->of_the_one_before}},
        {"one of another page", {of_another_page}},
        {"one of another device", {tokens->of_another_device}},
        {"two, the first of which is wrong", {tokens->of_another, ours}},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(tries); i++)
        assert_does_nothing(it, door, session, tries[i].tokens, tries[i].what);
}

static void test_a_form_of_others_does_nothing(void)
{
    Building it = built();

    for (guint role = 0; role < G_N_ELEMENTS(people); role++) {
        g_autofree char *session = session_of(&it, people[role], NOON);
        g_autofree char *before = session_of(&it, people[role], NOON - 60);
        g_autofree char *other = session_of(&it, people[(role + 1) % G_N_ELEMENTS(people)], NOON);
        g_auto(Tokens) tokens = tokens_of(&it, session, other, before);
        const SgActor actor = {people[role], "x", NOON};

        g_assert_true(sg_session_end(it.office.console.record, before, &actor, NULL));
        for (gsize i = 0; i < G_N_ELEMENTS(doors); i++)
            if (doors[i].method == SG_WEB_POST && is_for(&doors[i], role))
                try_forms(&it, &doors[i], session, &tokens);
    }
    pull_down(&it);
}

/* Or the test above would hold of a console that takes no form at all. */
static void test_a_form_of_ours_is_taken(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(doors); i++) {
        Building it;

        if (doors[i].method != SG_WEB_POST)
            continue;
        it = built();
        g_autofree char *session = session_of(&it, "okafor", NOON);
        g_autofree char *token = is_for_anybody(&doors[i])
                                     ? sg_access_sign_in_token(&it.office.console, DEVICE)
                                     : token_of(&it, session);
        g_assert_cmpuint(sent(&it, &doors[i], session, (const char *[]){token, NULL}), !=, 0);
        pull_down(&it);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
#define PROMISE(name) g_test_add_func("/console/doors/" #name, test_##name)
    PROMISE(every_route_has_been_thought_of);
    PROMISE(without_a_session_that_counts_no_door_opens);
    PROMISE(with_a_session_doors_open_to_the_roles_they_are_for);
    PROMISE(where_others_sign_people_in_their_word_alone_counts);
    PROMISE(to_look_changes_nothing);
    PROMISE(a_form_of_others_does_nothing);
    PROMISE(a_form_of_ours_is_taken);
    return g_test_run();
}
