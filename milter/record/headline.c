/* headline.c - see headline.h. First every English text there is, to be translated in one place;
 * then how they are put together. */
#include "schoolgate/headline.h"

#include <string.h>

/* Those of one kind, as they stand in the sentence. {n} is how many, {role} the name of a role. */
typedef struct Words {
    const char *role;
    const char *sender;
    const char *one, *many;
    const char *personal, *personals; /* addresses that are their own, not the school's */
    const char *list, *lists;         /* those that hold one of them */
} Words;

/* What is on top is told first. */
static const Words kinds[] = {
    {"student", "A student", "a student", "{n} students", "a student's personal address",
     "{n} students' personal addresses", "a mailing list with students",
     "{n} mailing lists with students"},
    {"former-student", "A former student", "a former student", "{n} former students",
     "a former student's personal address", "{n} former students' personal addresses",
     "a mailing list with former students", "{n} mailing lists with former students"},
    {"parent", "A parent", "a parent", "{n} parents", "a parent's personal address",
     "{n} parents' personal addresses", "a mailing list with parents",
     "{n} mailing lists with parents"},
    {"staff", "A member of staff", "a member of staff", "{n} members of staff",
     "a personal address of a member of staff", "{n} personal addresses of staff",
     "a mailing list with staff", "{n} mailing lists with staff"},
    {"governor", "A governor", "a governor", "{n} governors", "a governor's personal address",
     "{n} governors' personal addresses", "a mailing list with governors",
     "{n} mailing lists with governors"},
    {"volunteer", "A volunteer", "a volunteer", "{n} volunteers", "a volunteer's personal address",
     "{n} volunteers' personal addresses", "a mailing list with volunteers",
     "{n} mailing lists with volunteers"},
    {"contractor", "A contractor", "a contractor", "{n} contractors",
     "a contractor's personal address", "{n} contractors' personal addresses",
     "a mailing list with contractors", "{n} mailing lists with contractors"},
    {"official", "A shared school mailbox", "a shared school mailbox",
     "{n} shared school mailboxes", "a personal address", "{n} personal addresses",
     "a mailing list with school mailboxes", "{n} mailing lists with school mailboxes"},
    {"external", "Somebody outside the school", "somebody outside the school",
     "{n} people outside the school", "a personal address", "{n} personal addresses",
     "a mailing list with people outside the school",
     "{n} mailing lists with people outside the school"},
};

/* Of a role that the postmaster has added, whose name may be any word. */
static const Words added = {
    NULL,
    "Somebody ({role})",
    "somebody ({role})",
    "{n} people ({role})",
    "a personal address ({role})",
    "{n} personal addresses ({role})",
    "a mailing list ({role})",
    "{n} mailing lists ({role})",
};

static const char nobody[] = "A mail program"; /* no person: a bounce, an automatic answer */

#define WROTE       "%s wrote a message" /* nobody is on record to whom */
#define WROTE_TO    "%s wrote to %s"
#define TWO_KINDS   "%s and %s"
#define PEOPLE      "%u people" /* of three kinds or more */
#define ONE_STUDENT " (one of them a student)"
#define STUDENTS    " (%u of them students)"
#define IN_LISTS    " (some of them students)" /* how many, no list tells */
#define DID         "%s and %s."
#define CALLED      "%s: %s." /* by the rule's title */
#define UNCHECKED   "%s, and part of the message could not be checked."
#define NOT_FOUND   "%s." /* no rule has found anything */

/* Kinds -------------------------------------------------------------------------------------------
 */

typedef enum { PLAIN, PERSONAL, LISTED } Form;

/* Recipients of whom the sentence says the same. */
typedef struct Kind {
    SgSpan role;
    guint rank; /* among `kinds`; behind them all: an added role */
    Form form;
    guint n;
    guint people; /* lists counted as their members */
} Kind;

static guint rank_of(SgSpan role)
{
    guint rank = 0;

    while (rank < G_N_ELEMENTS(kinds) && !sg_span_is(role, kinds[rank].role))
        rank++;
    return rank;
}

/* Of whom no role is on record nothing is known. */
static SgSpan role_of(const char *role)
{
    return sg_span(role && *role ? role : "external");
}

static const Words *words_of(guint rank)
{
    return rank < G_N_ELEMENTS(kinds) ? &kinds[rank] : &added;
}

/* Of a family's address, which is several people's, the role that matters most. */
static SgSpan leading_role(const char *roles)
{
    SgSpan leading = {roles, strcspn(roles, ",")};

    for (const char *at = roles; *at;) {
        SgSpan role = {at, strcspn(at, ",")};

        if (rank_of(role) < rank_of(leading))
            leading = role;
        at += role.len;
        at += strspn(at, ", ");
    }
    return leading;
}

static Kind kind_of(const SgIncidentRecipient *recipient)
{
    const char *personal_of = recipient->personal_of;
    gboolean personal = personal_of && *personal_of;
    SgSpan role = personal ? leading_role(personal_of) : role_of(recipient->role);
    Form form = recipient->members > 0 ? LISTED : personal ? PERSONAL : PLAIN;

    return (Kind){role, rank_of(role), form, 1, MAX(recipient->members, 1)};
}

static gboolean is_alike(const Kind *a, const Kind *b)
{
    return a->form == b->form && a->role.len == b->role.len &&
           memcmp(a->role.at, b->role.at, a->role.len) == 0;
}

static void add_kind(GArray *found, const SgIncidentRecipient *recipient)
{
    Kind kind = kind_of(recipient);

    for (guint i = 0; i < found->len; i++) {
        Kind *other = &g_array_index(found, Kind, i);

        if (is_alike(other, &kind)) {
            other->n += kind.n;
            other->people += kind.people;
            return;
        }
    }
    g_array_append_val(found, kind);
}

static int by_rank(const void *left, const void *right)
{
    const Kind *a = left, *b = right;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (int)a->form - (int)b->form;
}

/* Of Kind: those whom the finding is about. */
static GArray *kinds_about(const SgIncident *incident, const SgFinding *finding)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Kind));

    for (guint i = 0; finding && i < finding->recipients->len; i++) {
        guint position = g_array_index(finding->recipients, guint, i);

        if (position < incident->recipients->len)
            add_kind(found, incident->recipients->pdata[position]);
    }
    return found;
}

/* A finding that names nobody on record is about all. */
static GArray *kinds_of(const SgIncident *incident, const SgFinding *finding)
{
    GArray *found = kinds_about(incident, finding);

    if (found->len == 0)
        for (guint i = 0; i < incident->recipients->len; i++)
            add_kind(found, incident->recipients->pdata[i]);
    g_array_sort(found, by_rank);
    return found;
}

/* The sentence ------------------------------------------------------------------------------------
 */

/* The role comes last: whatever it holds stays as it is. */
static char *fill(const char *words, guint n, SgSpan role)
{
    g_autofree char *number = g_strdup_printf("%u", n), *name = sg_span_dup(role);
    GString *text = g_string_new(words);

    g_string_replace(text, "{n}", number, 0);
    g_string_replace(text, "{role}", name, 1);
    return g_string_free(text, FALSE);
}

static char *who(const SgIncident *incident)
{
    gboolean person = incident->login || (incident->sender && *incident->sender);
    SgSpan role = role_of(incident->sender_role);

    return person ? fill(words_of(rank_of(role))->sender, 1, role) : g_strdup(nobody);
}

static char *name_kind(const Kind *kind)
{
    const Words *words = words_of(kind->rank);
    const char *const forms[][2] = {[PLAIN] = {words->one, words->many},
                                    [PERSONAL] = {words->personal, words->personals},
                                    [LISTED] = {words->list, words->lists}};

    return fill(forms[kind->form][kind->n > 1], kind->n, kind->role);
}

static char *count_people(const GArray *found)
{
    guint people = 0, students = 0;
    gboolean in_lists = FALSE;
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < found->len; i++) {
        const Kind *kind = &g_array_index(found, Kind, i);

        people += kind->people;
        if (kind->rank == 0 && kind->form == LISTED)
            in_lists = TRUE;
        else if (kind->rank == 0)
            students += kind->n;
    }
    g_string_append_printf(text, PEOPLE, people);
    if (in_lists)
        g_string_append(text, IN_LISTS);
    else if (students == 1)
        g_string_append(text, ONE_STUDENT);
    else if (students > 1)
        g_string_append_printf(text, STUDENTS, students);
    return g_string_free(text, FALSE);
}

static char *to_whom(const GArray *found)
{
    g_autofree char *first = NULL, *second = NULL;

    if (found->len > 2)
        return count_people(found);
    first = name_kind(&g_array_index(found, Kind, 0));
    if (found->len == 1)
        return g_steal_pointer(&first);
    second = name_kind(&g_array_index(found, Kind, 1));
    return g_strdup_printf(TWO_KINDS, first, second);
}

static char *who_to_whom(const SgIncident *incident, const SgFinding *finding)
{
    g_autoptr(GArray) found = kinds_of(incident, finding);
    g_autofree char *sender = who(incident), *whom = NULL;

    if (found->len == 0)
        return g_strdup_printf(WROTE, sender);
    whom = to_whom(found);
    return g_strdup_printf(WROTE_TO, sender, whom);
}

/* Titles begin with a capital, which an abbreviation keeps. */
static char *within_sentence(const char *title)
{
    char *text = g_strdup(title);

    if (!g_ascii_isupper(text[1]))
        text[0] = g_ascii_tolower(text[0]);
    return text;
}

char *sg_incident_headline(const SgIncident *incident)
{
    const SgFinding *finding = incident->findings->len > 0 ? incident->findings->pdata[0] : NULL;
    g_autofree char *start = who_to_whom(incident, finding), *title = NULL;

    if (finding && finding->kind == SG_FINDING_UNSCANNABLE)
        return g_strdup_printf(UNCHECKED, start);
    if (finding && finding->in_short && *finding->in_short)
        return g_strdup_printf(DID, start, finding->in_short);
    if (!finding || !finding->title || !*finding->title)
        return g_strdup_printf(NOT_FOUND, start);
    title = within_sentence(finding->title);
    return g_strdup_printf(CALLED, start, title);
}
