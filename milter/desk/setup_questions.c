/* setup_questions.c - the table of questions, and what an answer must be beyond what the reader of
 * configurations finds */
#include <string.h>

#include "options.h"
#include "setup_known.h"
#include "setup_propose.h"

GQuark sg_setup_error_quark(void)
{
    return g_quark_from_static_string("sg-setup-error-quark");
}

gboolean sg_setup_refuse(GError **error, const char *format, ...)
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
    return !at || sg_setup_refuse(error, "a domain is what stands behind the @; did you mean '%s'?",
                                  at + 1);
}

static gboolean check_address(SgSetup *setup, const char *answer, GError **error)
{
    const char *staff = setup->answers[SG_ASKED_STAFF];

    if (!*answer || strchr(answer, '@') || !staff)
        return TRUE;
    return sg_setup_refuse(error, "'%s' is no mail address; did you mean '%s@%.*s'?", answer,
                           answer, (int)strcspn(staff, ", "), staff);
}

/* One domain cannot tell the two apart. */
static gboolean check_students(SgSetup *setup, const char *answer, GError **error)
{
    const char *staff = setup->answers[SG_ASKED_STAFF];
    g_auto(GStrv) theirs = g_strsplit_set(staff ? staff : "", ", ", -1);
    g_auto(GStrv) words = g_strsplit_set(answer, ", ", -1);

    for (char **word = words; *word; word++)
        if (**word && g_strv_contains((const char *const *)theirs, *word))
            return sg_setup_refuse(error,
                                   "'%s' is staff's as well, and does not tell students from them; "
                                   "a pattern, a file or a directory can",
                                   *word);
    return check_domains(setup, answer, error);
}

static char *propose_role(const SgSetup *setup)
{
    return sg_concerns_role_words(setup) ? NULL : g_strdup("student");
}

static char *propose_dates(const SgSetup *setup)
{
    (void)setup;
    return g_strdup("year-first");
}

static gboolean is_installed(SgSetup *setup, int kind, GError **error)
{
    const SgMtaWish wish = {kind, setup->postfix_config, setup->sendmail_cf};
    g_autoptr(GError) why = NULL;
    SgMta *mta = sg_mta_read(&wish, &why);

    if (!mta)
        return sg_setup_refuse(error, "%s", why->message);
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
    return sg_setup_refuse(error, "'%s' is none of postfix, sendmail and none%s", answer, hint);
}

/* clang-format would lay it out in columns. */
/* clang-format off */
const SgQuestion sg_questions[SG_ASKED] = {
    [SG_ASKED_NAME] =
        {"name", "TEXT", "the school's name", "It stands in what schoolgate writes to people.",
         {"school", "name", SG_CONF_TEXT}, FALSE, FALSE, NULL, NULL, NULL},
    [SG_ASKED_REFERENCE] =
        {"reference", "LETTERS", "two or three capitals for it",
         "They begin the number of everything that is on record, such as KM-7F3Q-2.",
         {"school", "reference", SG_CONF_WORD}, FALSE, TRUE, sg_propose_reference, NULL, NULL},
    [SG_ASKED_STAFF] =
        {"staff-domain", "DOMAIN, ...", "the domains of staff's addresses",
         "What stands behind the @, several with commas between them; *.kingsmead.example is every\n"
         "domain below that one.",
         {"role staff", "domain", SG_CONF_LIST}, FALSE, FALSE, sg_propose_staff, check_domains, NULL},
    [SG_ASKED_KNOWN_BY] =
        {"known-by", "WAY, ...", "how students are recognised",
         "domain     their addresses have a domain of their own\n"
         "pattern    their addresses look different from staff's\n"
         "file       a CSV file lists them\n"
         "directory  LDAP or Active Directory knows them\n"
         "Several with commas between them. Everybody else at staff's domains counts as staff.",
         {NULL, NULL, SG_CONF_WORD}, TRUE, FALSE, sg_propose_known_by, sg_check_known_by, NULL},
    [SG_ASKED_STUDENTS] =
        {"student-domain", "DOMAIN, ...", "the domains of students' addresses",
         "What stands behind the @, several with commas between them; none of staff's, which would\n"
         "not tell the two apart.",
         {"role student", "domain", SG_CONF_LIST}, TRUE, FALSE, sg_propose_students, check_students,
         sg_concerns_students},
    [SG_ASKED_PATTERN] =
        {"student-pattern", "/PATTERN/", "a pattern of students' addresses",
         "Such as /^[0-9]{2}[a-z]+@kingsmead\\.example$/, of the whole address in lower case.",
         {"role student", "pattern", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL, sg_concerns_pattern},
    [SG_ASKED_PEOPLE] =
        {"people", "FILE", "a CSV file of people",
         "With the columns address,role,groups,until,personal, or as the school's system exports\n"
         "it: then you are asked which column is which. It lies beside the configuration, unless\n"
         "it begins with a slash.",
         {"people", "csv", SG_CONF_WORD}, TRUE, FALSE, NULL, sg_check_people, sg_concerns_people},
    [SG_ASKED_COLUMN] =
        {"people-address", "COLUMN", "the column with people's addresses",
         "By its name, as the first line of the file has it.",
         {"export", "address", SG_CONF_TEXT}, FALSE, FALSE, NULL, NULL, sg_concerns_column},
    [SG_ASKED_ROLE_COLUMN] =
        {"people-role-column", "COLUMN", "the column that tells students from others",
         "'none' when everybody in the file is the same: only students, for example.",
         {"export", "role-column", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL, sg_concerns_mapped},
    [SG_ASKED_ROLE_STUDENT] =
        {"people-student", "TEXT", "what that column says of a student",
         "Such as Pupil; 'none' when it says student.",
         {"export", "role-value student", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL,
         sg_concerns_role_words},
    [SG_ASKED_ROLE_STAFF] =
        {"people-staff", "TEXT", "what that column says of staff",
         "'none' when it says staff, or there are none in the file.",
         {"export", "role-value staff", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL,
         sg_concerns_role_words},
    [SG_ASKED_ROLE_PARENT] =
        {"people-parent", "TEXT", "what that column says of a parent",
         "'none' when it says parent, or there are none in the file.",
         {"export", "role-value parent", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL,
         sg_concerns_role_words},
    [SG_ASKED_ROLE] =
        {"people-role", "ROLE", "what everybody in the file is",
         "student, staff, parent, or another role; where a column tells, those of whom it does not.",
         {"export", "role", SG_CONF_WORD}, TRUE, FALSE, propose_role, NULL, sg_concerns_mapped},
    [SG_ASKED_GROUPS_COLUMN] =
        {"people-groups", "COLUMN", "the column with a form or year",
         "It makes groups that rules can name, such as year-9 of Year 9; 'none' for none.",
         {"export", "groups", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL, sg_concerns_mapped},
    [SG_ASKED_UNTIL_COLUMN] =
        {"people-until", "COLUMN", "the column with somebody's last day",
         "A student is a former student from the day after; 'none' when the file has no such column.",
         {"export", "until", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL, sg_concerns_mapped},
    [SG_ASKED_DATES] =
        {"people-dates", "year-first|day-first|month-first", "how days are written there",
         "year-first: 2026-07-31, day-first: 31/07/2026, month-first: 07/31/2026.",
         {"export", "dates", SG_CONF_WORD}, FALSE, TRUE, propose_dates, NULL, sg_concerns_dates},
    [SG_ASKED_DIRECTORY] =
        {"directory", "URL ...", "the directory's server",
         "Such as ldaps://dc1.kingsmead.example, encrypted from the start, or ldap:// for StartTLS.\n"
         "Several, with commas between them, are tried in turn.",
         {"directory", "server", SG_CONF_LIST}, TRUE, FALSE, NULL, NULL, sg_concerns_directory},
    [SG_ASKED_START_TLS] =
        {"directory-start-tls", "yes|no", "whether to encrypt by StartTLS",
         "yes, unless the directory is on this very machine and cannot.",
         {"directory", "start-tls", SG_CONF_WORD}, FALSE, TRUE, sg_propose_start_tls, NULL,
         sg_concerns_start_tls},
    [SG_ASKED_CA_FILE] =
        {"directory-ca-file", "FILE", "the certificate of the authority that has signed the server's",
         "A PEM file, where the school is its own authority, as with most Active Directories;\n"
         "'none' takes those that this machine trusts.",
         {"directory", "ca-file", SG_CONF_WORD}, TRUE, FALSE, NULL, sg_check_ca_file,
         sg_concerns_ca_file},
    [SG_ASKED_BASE] =
        {"directory-base", "DN", "where in the directory to look",
         "The base of all entries about people and groups.",
         {"directory", "base", SG_CONF_TEXT}, FALSE, FALSE, sg_propose_base, NULL,
         sg_concerns_directory_block},
    [SG_ASKED_BIND_AS] =
        {"directory-bind-as", "DN", "the account that asks",
         "Such as cn=schoolgate,ou=services,dc=kingsmead,dc=example; it needs to read, and nothing\n"
         "else. 'none' asks without an account, which most directories do not answer.",
         {"directory", "bind-as", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL,
         sg_concerns_directory_block},
    [SG_ASKED_PASSWORD_FILE] =
        {"directory-password-file", "FILE", "the file with that account's password",
         "The password is never in the configuration. A file that is not there is made, for\n"
         "schoolgate alone to read, and you are asked for the password.",
         {"directory", "password-file", SG_CONF_WORD}, FALSE, FALSE, sg_propose_password_file,
         sg_check_password_file, sg_concerns_password},
    [SG_ASKED_DIRECTORY_STUDENTS] =
        {"directory-students", "WHOM", "who is a student there",
         "A group, such as cn=pupils,ou=groups,dc=kingsmead,dc=example; a branch of the tree,\n"
         "ou=students,dc=...; or a filter, such as (&(objectClass=user)(department=Year*)).",
         {"directory", "role student", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL,
         sg_concerns_directory_block},
    [SG_ASKED_DIRECTORY_STAFF] =
        {"directory-staff", "WHOM", "who is staff there",
         "Likewise. Who is both counts as a student. 'none' leaves staff to their domain.",
         {"directory", "role staff", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL,
         sg_concerns_directory_block},
    [SG_ASKED_DIRECTORY_PARENTS] =
        {"directory-parents", "WHOM", "who is a parent there",
         "Likewise; 'none' when the directory does not know them.",
         {"directory", "role parent", SG_CONF_TEXT}, TRUE, FALSE, NULL, NULL,
         sg_concerns_directory_block},
    [SG_ASKED_OFFICER] =
        {"officer", "ADDRESS", "the online safety officer's address",
         "Who reviews what is held; whose mail was refused is told to ask there.",
         {"school", "officer", SG_CONF_WORD}, FALSE, FALSE, sg_propose_officer, check_address, NULL},
    [SG_ASKED_HEAD] =
        {"head", "ADDRESS", "the head teacher's address",
         "Who decides what is about the officer's own mail.",
         {"school", "head", SG_CONF_WORD}, TRUE, FALSE, NULL, check_address, NULL},
    [SG_ASKED_POSTMASTER] =
        {"postmaster", "ADDRESS", "the postmaster's address",
         "Who looks after the rules, and is told when one of them is mostly wrong.",
         {"school", "postmaster", SG_CONF_WORD}, TRUE, TRUE, sg_propose_postmaster, check_address, NULL},
    [SG_ASKED_ZONE] =
        {"time-zone", "ZONE", "the school's time zone", "Such as Europe/London.",
         {"school", "time-zone", SG_CONF_WORD}, FALSE, TRUE, sg_propose_zone, NULL, NULL},
    [SG_ASKED_MTA] =
        {"mta", "postfix|sendmail|none", "the mail server on this machine",
         "Its settings are only read, unless you say so later.",
         {NULL, NULL, SG_CONF_WORD}, FALSE, TRUE, sg_propose_mta, check_mta, NULL},
    [SG_ASKED_SOCKET] =
        {"socket", "SOCKET", "where the mail server reaches schoolgate",
         "unix:/PATH or inet:PORT@ADDRESS. Take what is proposed unless something is in its way.",
         {"gate", "socket", SG_CONF_WORD}, FALSE, TRUE, sg_propose_socket, NULL, NULL},
    [SG_ASKED_INSIDE] =
        {"inside", "NETWORK, ...", "the school's own networks",
         "Mail that comes from there is the school's without a login; 127.0.0.0/8 is this machine.",
         {"gate", "inside", SG_CONF_LIST}, FALSE, TRUE, sg_propose_inside, NULL, NULL},
    [SG_ASKED_MODE] =
        {"mode", "observe|enforce", "observe or enforce",
         "observe: all mail passes, and the record shows what would have happened. Begin with it.\n"
         "enforce: mail is refused and held as the rules say.",
         {"mode", NULL, SG_CONF_WORD}, FALSE, TRUE, sg_propose_mode, NULL, NULL},
};
/* clang-format on */
