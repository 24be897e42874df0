/* setup_questions.c - the table of questions, and what an answer must be */
#include <string.h>

#include "options.h"
#include "schoolgate/config.h"
#include "setup_propose.h"

GQuark sg_setup_error_quark(void)
{
    return g_quark_from_static_string("sg-setup-error-quark");
}

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, SG_SETUP_ERROR, SG_SETUP_ERROR_ANSWER, text);
    return FALSE;
}

static gboolean check_domains(SgSetup *setup, const char *answer, GError **error)
{
    const char *at = strchr(answer, '@');

    (void)setup;
    return !at || refuse(error, "a domain is what stands behind the @; did you mean '%s'?", at + 1);
}

static gboolean check_address(SgSetup *setup, const char *answer, GError **error)
{
    const char *staff = setup->answers[SG_ASKED_STAFF];

    if (!*answer || strchr(answer, '@') || !staff)
        return TRUE;
    return refuse(error, "'%s' is no mail address; did you mean '%s@%.*s'?", answer, answer,
                  (int)strcspn(staff, ", "), staff);
}

/* Whether anything tells students from others, or still may. */
static gboolean knows_students(const SgSetup *setup, const char *people)
{
    const char *students = setup->answers[SG_ASKED_STUDENTS];
    const char *pattern = setup->answers[SG_ASKED_PATTERN];

    return !setup->anew || *people || !students || *students || !pattern || *pattern;
}

/* The last of three ways to know one. */
static gboolean check_people(SgSetup *setup, const char *answer, GError **error)
{
    return knows_students(setup, answer) ||
           refuse(error, "then nothing tells students from others; give a file, or begin again and "
                         "give a domain or a pattern");
}

static gboolean is_installed(SgSetup *setup, int kind, GError **error)
{
    const SgMtaWish wish = {kind, setup->postfix_config, setup->sendmail_cf};
    g_autoptr(GError) why = NULL;
    SgMta *mta = sg_mta_read(&wish, &why);

    if (!mta)
        return refuse(error, "%s", why->message);
    g_clear_pointer(&setup->mta, sg_mta_free);
    setup->mta = mta;
    return TRUE;
}

static gboolean check_mta(SgSetup *setup, const char *answer, GError **error)
{
    static const char *const choices[] = {"postfix", "sendmail", "none", NULL};

    if (strcmp(answer, "none") == 0) {
        g_clear_pointer(&setup->mta, sg_mta_free);
        return TRUE;
    }
    for (int kind = 0; kind < SG_MTA_KINDS; kind++)
        if (strcmp(answer, sg_mta_kind_names[kind]) == 0)
            return is_installed(setup, kind, error);
    g_autofree char *hint = sg_did_you_mean(answer, choices);
    return refuse(error, "'%s' is none of postfix, sendmail and none%s", answer, hint);
}

/* clang-format would lay it out in columns. */
/* clang-format off */
const SgQuestion sg_questions[SG_ASKED] = {
    [SG_ASKED_NAME] =
        {"name", "TEXT", "the school's name", "It stands in what schoolgate writes to people.",
         {"school", "name", SG_CONF_TEXT}, FALSE, FALSE, NULL, NULL},
    [SG_ASKED_REFERENCE] =
        {"reference", "LETTERS", "two or three capitals for it",
         "They begin the number of everything that is on record, such as KM-7F3Q-2.",
         {"school", "reference", SG_CONF_WORD}, FALSE, TRUE, sg_propose_reference, NULL},
    [SG_ASKED_STAFF] =
        {"staff-domain", "DOMAIN, ...", "the domains of staff's addresses",
         "What stands behind the @, several with commas between them.",
         {"role staff", "domain", SG_CONF_LIST}, FALSE, FALSE, sg_propose_staff, check_domains},
    [SG_ASKED_STUDENTS] =
        {"student-domain", "DOMAIN, ...", "the domains of students' addresses",
         "'none' when students share a domain with staff; then a pattern or a file tells them apart.",
         {"role student", "domain", SG_CONF_LIST}, TRUE, FALSE, sg_propose_students, check_domains},
    [SG_ASKED_PATTERN] =
        {"student-pattern", "/PATTERN/", "a pattern of students' addresses",
         "Such as /^[0-9]{2}[a-z]+@kingsmead\\.example$/, of the whole address in lower case.",
         {"role student", "pattern", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL},
    [SG_ASKED_PEOPLE] =
        {"people", "FILE", "a CSV file of people",
         "With a first line address,role,groups,until,personal; it knows them one by one.",
         {"people", "csv", SG_CONF_WORD}, TRUE, FALSE, NULL, check_people},
    [SG_ASKED_OFFICER] =
        {"officer", "ADDRESS", "the online safety officer's address",
         "Who reviews what is held, and is asked by who was refused.",
         {"school", "officer", SG_CONF_WORD}, FALSE, FALSE, sg_propose_officer, check_address},
    [SG_ASKED_HEAD] =
        {"head", "ADDRESS", "the head teacher's address",
         "Who decides what is about the officer's own mail.",
         {"school", "head", SG_CONF_WORD}, TRUE, FALSE, NULL, check_address},
    [SG_ASKED_POSTMASTER] =
        {"postmaster", "ADDRESS", "the postmaster's address",
         "Who looks after the rules, and is told when one of them is mostly wrong.",
         {"school", "postmaster", SG_CONF_WORD}, TRUE, TRUE, sg_propose_postmaster, check_address},
    [SG_ASKED_ZONE] =
        {"time-zone", "ZONE", "the school's time zone", "Such as Europe/London.",
         {"school", "time-zone", SG_CONF_WORD}, FALSE, TRUE, sg_propose_zone, NULL},
    [SG_ASKED_MTA] =
        {"mta", "postfix|sendmail|none", "the mail server on this machine",
         "Its settings are only read, unless you say so later.",
         {NULL, NULL, SG_CONF_WORD}, FALSE, TRUE, sg_propose_mta, check_mta},
    [SG_ASKED_SOCKET] =
        {"socket", "SOCKET", "where the mail server reaches schoolgate",
         "unix:/PATH or inet:PORT@ADDRESS; what is proposed works with Debian's Postfix as it is.",
         {"gate", "socket", SG_CONF_WORD}, FALSE, TRUE, sg_propose_socket, NULL},
    [SG_ASKED_INSIDE] =
        {"inside", "NETWORK, ...", "the school's own networks",
         "Mail from there is the school's, also without a login. 127.0.0.0/8 is this machine.",
         {"gate", "inside", SG_CONF_LIST}, FALSE, TRUE, sg_propose_inside, NULL},
    [SG_ASKED_MODE] =
        {"mode", "observe|enforce", "observe or enforce",
         "observe: all mail passes, and the record shows what would have happened. Begin with it.",
         {"mode", NULL, SG_CONF_WORD}, FALSE, TRUE, sg_propose_mode, NULL},
};
/* clang-format on */

/* Answers -----------------------------------------------------------------------------------------
 */

char *sg_setup_current(const SgSetup *setup, SgAsked asked)
{
    const SgConfKey *key = &sg_questions[asked].key;

    return setup->anew || !key->block ? NULL : sg_conf_text_get(setup->ground, key);
}

char *sg_setup_proposal(const SgSetup *setup, SgAsked asked)
{
    char *current = sg_setup_current(setup, asked);

    if (current || !sg_questions[asked].propose)
        return current;
    /* Who has set up without it has said that there is none. */
    if (sg_questions[asked].optional && !setup->anew)
        return NULL;
    return sg_questions[asked].propose(setup);
}

static void keep_first_error(gboolean is_error, const char *line, gpointer data)
{
    char **first = data;
    const char *words = strstr(line, "error: ");

    if (is_error && words && !*first)
        *first = g_strdup(words + strlen("error: "));
}

/* The configuration's own reader is asked, so that both always mean the same. */
static gboolean can_be_read(const SgSetup *setup, const SgConfKey *key, const char *answer,
                            GError **error)
{
    g_autofree char *text =
        sg_conf_text_set("school\n    officer  officer@kingsmead.example\n", key, answer);
    g_autofree char *same = sg_conf_text_get(text, key);
    g_autofree char *wrong = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgConfig) config = sg_config_load_text(setup->path, bytes, report);

    if (g_strcmp0(same, answer) != 0)
        return refuse(error, "what stands behind a blank and '#' would be a comment");
    if (!config)
        sg_report_each(report, keep_first_error, &wrong);
    return config || refuse(error, "%s", wrong ? wrong : "it cannot be read");
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

gboolean sg_setup_answer(SgSetup *setup, SgAsked asked, const char *answer, GError **error)
{
    const SgQuestion *question = &sg_questions[asked];
    g_autofree char *bare = g_strstrip(g_strdup(answer));

    if (!is_line(bare))
        return refuse(error, "an answer is one line of UTF-8");
    if (question->optional && g_ascii_strcasecmp(bare, "none") == 0)
        *bare = '\0';
    if (!*bare && !question->optional)
        return refuse(error, "this cannot be left out");
    if (question->check && !question->check(setup, bare, error))
        return FALSE;
    if (*bare && question->key.block && !can_be_read(setup, &question->key, bare, error))
        return FALSE;
    g_free(setup->answers[asked]);
    setup->answers[asked] = g_steal_pointer(&bare);
    return TRUE;
}

/* What a configuration that is there does not say need not be said. */
static gboolean may_stay_unanswered(const SgSetup *setup, SgAsked asked)
{
    g_autofree char *current = sg_setup_current(setup, asked);

    return !setup->anew && sg_questions[asked].key.block && !current;
}

/* NULL: nobody but a person can tell. Free with g_free(). */
static char *untold_answer(const SgSetup *setup, SgAsked asked)
{
    const SgQuestion *question = &sg_questions[asked];
    g_autofree char *answer =
        question->known ? sg_setup_proposal(setup, asked) : sg_setup_current(setup, asked);

    if (!answer && question->optional)
        answer = g_strdup("");
    if (answer && asked == SG_ASKED_PEOPLE && !knows_students(setup, answer))
        return NULL;
    return g_steal_pointer(&answer);
}

static void add_missing(GString *missing, SgAsked asked)
{
    g_string_append(missing, missing->len > 0 ? ", " : "");
    if (asked == SG_ASKED_PEOPLE)
        g_string_append_printf(
            missing, "--%s (or --%s, or --%s)", sg_questions[SG_ASKED_STUDENTS].option,
            sg_questions[SG_ASKED_PATTERN].option, sg_questions[SG_ASKED_PEOPLE].option);
    else
        g_string_append_printf(missing, "--%s", sg_questions[asked].option);
}

gboolean sg_setup_answer_rest(SgSetup *setup, GError **error)
{
    g_autoptr(GString) missing = g_string_new(NULL);

    for (SgAsked asked = 0; asked < SG_ASKED; asked++) {
        if (setup->answers[asked] || may_stay_unanswered(setup, asked))
            continue;
        g_autofree char *answer = untold_answer(setup, asked);
        if (!answer && (asked != SG_ASKED_REFERENCE || setup->answers[SG_ASKED_NAME]))
            add_missing(missing, asked);
        else if (answer && !sg_setup_answer(setup, asked, answer, error))
            return FALSE;
    }
    if (missing->len == 0)
        return TRUE;
    g_set_error(error, SG_SETUP_ERROR, SG_SETUP_ERROR_MISSING,
                "without questions this must be said by options: %s", missing->str);
    return FALSE;
}
