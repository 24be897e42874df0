/* setup_answer.c - what is proposed for an answer, what is taken for one, and what is left when
 * nobody is asked */
#include <string.h>

#include "schoolgate/config.h"
#include "setup_known.h"

/* Where it belongs, and what is proposed
 * ---------------------------------------------------------------- */

/* A file with columns of its own is thought of only where there is none with ours. */
char *sg_setup_current(const SgSetup *setup, SgAsked asked)
{
    const SgConfKey *key = &sg_questions[asked].key;
    const SgConfKey in_block = sg_setup_block_key(setup, asked);
    g_autofree char *csv = NULL;

    if (setup->anew || !key->block)
        return NULL;
    if (sg_setup_is_of_directory(asked))
        return sg_conf_text_get(setup->ground, &in_block);
    if (asked != SG_ASKED_PEOPLE && !sg_setup_is_of_export(asked))
        return sg_conf_text_get(setup->ground, key);
    csv = sg_conf_text_get(setup->ground, &sg_questions[SG_ASKED_PEOPLE].key);
    if (csv)
        return asked == SG_ASKED_PEOPLE ? g_steal_pointer(&csv) : NULL;
    return sg_conf_text_get(setup->ground, &in_block);
}

char *sg_setup_now(const SgSetup *setup, SgAsked asked)
{
    return setup->answers[asked] ? g_strdup(setup->answers[asked]) : sg_setup_current(setup, asked);
}

gboolean sg_setup_is_as_it_was(const SgSetup *setup, SgAsked asked, const char *answer)
{
    g_autofree char *current = sg_setup_current(setup, asked);

    return current && strcmp(current, answer) == 0;
}

/* Nothing has been said about it yet, by whoever made the configuration. */
static gboolean is_new(const SgSetup *setup, SgAsked asked)
{
    return setup->anew || sg_setup_is_new_block(setup, asked);
}

char *sg_setup_proposal(const SgSetup *setup, SgAsked asked)
{
    char *current =
        setup->earlier[asked] ? g_strdup(setup->earlier[asked]) : sg_setup_current(setup, asked);

    if (current || !sg_questions[asked].propose)
        return current;
    /* Who has set up without it has said that there is none. */
    if (sg_questions[asked].optional && !is_new(setup, asked) && asked != SG_ASKED_KNOWN_BY)
        return NULL;
    return sg_questions[asked].propose(setup);
}

gboolean sg_setup_concerns(const SgSetup *setup, SgAsked asked)
{
    return !sg_questions[asked].concerns || sg_questions[asked].concerns(setup);
}

gboolean sg_setup_may_be_none(const SgSetup *setup, SgAsked asked)
{
    switch (asked) {
    case SG_ASKED_STUDENTS:
    case SG_ASKED_PATTERN:
    case SG_ASKED_PEOPLE:
    case SG_ASKED_DIRECTORY:
        return !setup->answers[SG_ASKED_KNOWN_BY] || sg_known_by_others_only(setup, asked);
    case SG_ASKED_DIRECTORY_STUDENTS:
        return sg_known_otherwise(setup, SG_ASKED_DIRECTORY);
    case SG_ASKED_ROLE:
        return sg_concerns_role_words(setup);
    default:
        return sg_questions[asked].optional;
    }
}

/* What makes sense
 * ------------------------------------------------------------------------------ */

static void keep_first_error(gboolean is_error, const char *line, gpointer data)
{
    char **first = data;
    const char *words = strstr(line, "error: ");

    if (is_error && words && !*first)
        *first = g_strdup(words + strlen("error: "));
}

/* Changes the text in place. */
static void set(char **text, const SgConfKey *key, const char *value)
{
    g_autofree char *old = *text;

    *text = sg_conf_text_set(old, key, value);
}

/* A directory that has all it needs, so that one setting of it can be read. */
static char *whole_directory(const SgSetup *setup, const char *before)
{
    static const char *const lines[] = {
        "server", "ldaps://localhost", "base", "dc=example", "bind-as",
        "cn=x",   "password-file",     "x",    "role staff", "(objectClass=*)",
        NULL};

    return sg_conf_text_append(before, setup->directory_block, lines);
}

static gboolean is_of_family(SgAsked asked, SgAsked member)
{
    if (sg_setup_is_of_directory(asked))
        return sg_setup_is_of_directory(member);
    return sg_setup_is_of_export(asked) &&
           (member == SG_ASKED_PEOPLE || sg_setup_is_of_export(member));
}

/* A configuration of nothing but what `answer` stands in: of a block, what holds of it now. */
static char *ground_for(const SgSetup *setup, SgAsked asked, const char *answer)
{
    static const char school[] = "school\n    officer  officer@kingsmead.example\n";
    const SgConfKey start_tls = sg_setup_block_key(setup, SG_ASKED_START_TLS);
    char *text =
        sg_setup_is_of_directory(asked) ? whole_directory(setup, school) : g_strdup(school);

    for (SgAsked member = 0; member < SG_ASKED; member++) {
        const SgConfKey key = sg_setup_block_key(setup, member);
        g_autofree char *now = NULL;

        if (member == asked || !is_of_family(asked, member) || !sg_setup_concerns(setup, member))
            continue;
        now = sg_setup_now(setup, member);
        if (!now && sg_questions[member].known)
            now = sg_setup_proposal(setup, member);
        if (now && *now)
            set(&text, &key, now);
    }
    if (asked == SG_ASKED_DIRECTORY)
        set(&text, &start_tls, g_ascii_strncasecmp(answer, "ldap://", 7) == 0 ? "yes" : NULL);
    return text;
}

/* The configuration's own reader is asked, so that both always mean the same. */
gboolean sg_setup_can_be_read(const SgSetup *setup, SgAsked asked, const char *answer,
                              GError **error)
{
    const SgConfKey key = sg_setup_is_of_directory(asked) || sg_setup_is_of_export(asked)
                              ? sg_setup_block_key(setup, asked)
                              : sg_questions[asked].key;
    g_autofree char *ground = ground_for(setup, asked, answer);
    g_autofree char *text = sg_conf_text_set(ground, &key, answer);
    g_autofree char *same = sg_conf_text_get(text, &key);
    g_autofree char *wrong = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgConfig) config = sg_config_load_text(setup->path, bytes, report);

    if (g_strcmp0(same, answer) != 0)
        return sg_setup_refuse(error, "what stands behind a blank and '#' would be a comment");
    if (!config)
        sg_report_each(report, keep_first_error, &wrong);
    return config || sg_setup_refuse(error, "%s", wrong ? wrong : "it cannot be read");
}

static gboolean is_line(const char *answer)
{
    const char *end;

    if (!g_utf8_validate(answer, -1, &end))
        return FALSE;
    for (; *answer; answer = g_utf8_next_char(answer))
        if (g_unichar_iscntrl(g_utf8_get_char(answer)))
            return FALSE;
    return TRUE;
}

/* The column of addresses makes a file one with columns of its own, also where that need not be. */
static gboolean belongs_to_file(const SgSetup *setup, SgAsked asked)
{
    g_autofree char *file = sg_setup_now(setup, SG_ASKED_PEOPLE);

    return asked == SG_ASKED_COLUMN ? file && *file : sg_setup_concerns(setup, asked);
}

/* By an option that comes before what it belongs to. */
static gboolean is_beside_the_point(const SgSetup *setup, SgAsked asked, GError **error)
{
    const char *known_by = setup->answers[SG_ASKED_KNOWN_BY];

    if (sg_known_by_others_only(setup, asked))
        return !sg_setup_refuse(error, "people are to be known by %s, not by this", known_by);
    if (sg_setup_is_of_directory(asked) && asked != SG_ASKED_DIRECTORY &&
        !sg_setup_concerns(setup, asked))
        return !sg_setup_refuse(error, asked == SG_ASKED_PASSWORD_FILE
                                           ? "it goes with --directory-bind-as"
                                           : "it goes with --directory, and with another server");
    if (sg_setup_is_of_export(asked) && !belongs_to_file(setup, asked))
        return !sg_setup_refuse(error, "it goes with --people, --people-address and, of what a "
                                       "column says, the option that names that column");
    return FALSE;
}

/* One line without blanks around it, as it is to be written. */
static char *bare_answer(SgAsked asked, const char *answer)
{
    g_autofree char *bare = g_strstrip(g_strdup(answer));

    if (sg_questions[asked].optional && g_ascii_strcasecmp(bare, "none") == 0)
        *bare = '\0';
    if (asked >= SG_ASKED_DIRECTORY_STUDENTS && asked <= SG_ASKED_DIRECTORY_PARENTS)
        return sg_directory_whom(bare);
    return g_steal_pointer(&bare);
}

static gboolean makes_sense(SgSetup *setup, SgAsked asked, const char *bare, GError **error)
{
    const SgQuestion *question = &sg_questions[asked];

    if (!is_line(bare))
        return sg_setup_refuse(error, "an answer is one line of UTF-8");
    if (*bare && is_beside_the_point(setup, asked, error))
        return FALSE;
    if (!*bare && !sg_setup_may_be_none(setup, asked))
        return sg_setup_refuse(error, "this cannot be left out");
    if (question->check && !question->check(setup, bare, error))
        return FALSE;
    return !*bare || !question->key.block || asked == SG_ASKED_PEOPLE ||
           sg_setup_can_be_read(setup, asked, bare, error);
}

gboolean sg_setup_answer(SgSetup *setup, SgAsked asked, const char *answer, GError **error)
{
    g_autofree char *bare = bare_answer(asked, answer);

    if (!makes_sense(setup, asked, bare, error))
        return FALSE;
    g_free(setup->answers[asked]);
    setup->answers[asked] = g_steal_pointer(&bare);
    return TRUE;
}

/* When nobody is asked
 * -------------------------------------------------------------------------- */

/* What a configuration that is there does not say need not be said. */
static gboolean may_stay_unanswered(const SgSetup *setup, SgAsked asked)
{
    g_autofree char *current = sg_setup_current(setup, asked);

    return !is_new(setup, asked) && sg_questions[asked].key.block && !current;
}

/* NULL: nobody but a person can tell. Free with g_free(). */
static char *untold_answer(const SgSetup *setup, SgAsked asked)
{
    const SgQuestion *question = &sg_questions[asked];
    g_autofree char *answer = NULL;

    if (asked == SG_ASKED_KNOWN_BY)
        return sg_known_by_told(setup);
    answer = question->known ? sg_setup_proposal(setup, asked) : sg_setup_current(setup, asked);
    if (!answer && sg_setup_may_be_none(setup, asked))
        answer = g_strdup("");
    return g_steal_pointer(&answer);
}

/* What must go when it is of no concern any more. */
static void leave_unasked(SgSetup *setup, SgAsked asked)
{
    gboolean goes = sg_known_by_others_only(setup, asked) || asked == SG_ASKED_START_TLS ||
                    asked == SG_ASKED_PASSWORD_FILE;

    if (goes)
        setup->answers[asked] = g_strdup("");
}

static void add_missing(GString *missing, const SgSetup *setup, SgAsked asked)
{
    g_autofree char *columns = NULL;

    g_string_append(missing, missing->len > 0 ? ", " : "");
    if (asked == SG_ASKED_KNOWN_BY) {
        g_string_append_printf(
            missing, "--%s (or --%s, or --%s, or --%s)", sg_questions[SG_ASKED_STUDENTS].option,
            sg_questions[SG_ASKED_PATTERN].option, sg_questions[SG_ASKED_PEOPLE].option,
            sg_questions[SG_ASKED_DIRECTORY].option);
        return;
    }
    g_string_append_printf(missing, "--%s", sg_questions[asked].option);
    if (asked != SG_ASKED_COLUMN || !setup->columns)
        return;
    columns = g_strjoinv("', '", setup->columns);
    g_string_append_printf(missing, " (one of '%s')", columns);
}

/* FALSE when it makes no sense. */
static gboolean answer_untold(SgSetup *setup, SgAsked asked, GString *missing, GError **error)
{
    g_autofree char *answer = untold_answer(setup, asked);

    if (answer)
        return sg_setup_answer(setup, asked, answer, error);
    if (asked == SG_ASKED_KNOWN_BY && !setup->anew)
        return TRUE;
    if (asked != SG_ASKED_REFERENCE || setup->answers[SG_ASKED_NAME])
        add_missing(missing, setup, asked);
    return TRUE;
}

gboolean sg_setup_answer_rest(SgSetup *setup, GError **error)
{
    g_autoptr(GString) missing = g_string_new(NULL);

    for (SgAsked asked = 0; asked < SG_ASKED; asked++) {
        if (setup->answers[asked])
            continue;
        if (!sg_setup_concerns(setup, asked))
            leave_unasked(setup, asked);
        else if (!may_stay_unanswered(setup, asked) && !answer_untold(setup, asked, missing, error))
            return FALSE;
    }
    if (missing->len == 0)
        return TRUE;
    g_set_error(error, SG_SETUP_ERROR, SG_SETUP_ERROR_MISSING,
                "without questions this must be said by options: %s", missing->str);
    return FALSE;
}
