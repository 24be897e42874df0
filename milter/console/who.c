/* who.c - see who.h */
#include "who.h"

#include "noted.h"

/* What is said of one of a kind alone, and of each of several. */
typedef struct Says {
    SgSay one, each;
} Says;

typedef struct Kind {
    const char *role;
    Says plain, personal, list;
} Kind;

#define SAYS(what)                                                                                 \
    {                                                                                              \
        SG_SAY_WHO_##what, SG_SAY_WHO_##what##_N                                                   \
    }

/* Of somebody's several roles, the first here is the one that is told. */
static const Kind kinds[] = {
    {"student", SAYS(STUDENT), SAYS(STUDENT_PERSONAL), SAYS(STUDENT_LIST)},
    {"former-student", SAYS(FORMER), SAYS(FORMER_PERSONAL), SAYS(FORMER_LIST)},
    {"parent", SAYS(PARENT), SAYS(PARENT_PERSONAL), SAYS(PARENT_LIST)},
    {"staff", SAYS(STAFF), SAYS(STAFF_PERSONAL), SAYS(STAFF_LIST)},
    {"governor", SAYS(GOVERNOR), SAYS(GOVERNOR_PERSONAL), SAYS(GOVERNOR_LIST)},
    {"volunteer", SAYS(VOLUNTEER), SAYS(VOLUNTEER_PERSONAL), SAYS(VOLUNTEER_LIST)},
    {"contractor", SAYS(CONTRACTOR), SAYS(CONTRACTOR_PERSONAL), SAYS(CONTRACTOR_LIST)},
    {"official", SAYS(OFFICIAL), SAYS(PERSONAL), SAYS(OFFICIAL_LIST)},
    {"external", SAYS(EXTERNAL), SAYS(PERSONAL), SAYS(EXTERNAL_LIST)},
};
/* Of a role that the postmaster has added. */
static const Kind other = {NULL, SAYS(OTHER), SAYS(PERSONAL), SAYS(OTHER_LIST)};

typedef struct Person {
    char *address; /* as given */
    char *role;
    const Says *says; /* NULL: nobody, of a bounce */
    guint number;     /* among those of whom the same is said */
    char *label;      /* NULL until labels are asked for */
} Person;

struct SgCast {
    SgCastShows shows;
    GPtrArray *people;    /* of Person */
    GHashTable *by_key;   /* address as it is compared -> Person */
    gboolean named;       /* everybody has their label */
    GHashTable *how_many; /* what is said of one, within their role -> how many there are */
};

static void person_free(gpointer data)
{
    Person *person = data;

    g_free(person->address);
    g_free(person->role);
    g_free(person->label);
    g_free(person);
}

SgCast *sg_cast_new(SgCastShows shows)
{
    SgCast *cast = g_new0(SgCast, 1);

    cast->shows = shows;
    cast->people = g_ptr_array_new_with_free_func(person_free);
    cast->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    cast->how_many = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return cast;
}

void sg_cast_free(SgCast *cast)
{
    if (!cast)
        return;
    g_hash_table_unref(cast->by_key);
    g_hash_table_unref(cast->how_many);
    g_ptr_array_unref(cast->people);
    g_free(cast);
}

SgCastShows sg_cast_shows(const SgCast *cast)
{
    return cast->shows;
}

/* Finding out what somebody is
 * ---------------------------------------------------------------------
 */

/* Whether `role` stands in "student, parent". */
static gboolean is_listed(const char *roles, const char *role)
{
    g_auto(GStrv) names = g_strsplit(roles, ", ", -1);

    return g_strv_contains((const char *const *)names, role);
}

static const Kind *kind_of(const char *roles)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (is_listed(roles, kinds[i].role))
            return &kinds[i];
    return &other;
}

static const Says *says_of(const SgWhose *whose)
{
    const char *role = whose->role ? whose->role : "";

    if (!*whose->address)
        return NULL;
    if (whose->personal_of && *whose->personal_of)
        return &kind_of(whose->personal_of)->personal;
    return whose->members > 0 ? &kind_of(role)->list : &kind_of(role)->plain;
}

/* Those who are told apart by a number only. */
static char *group_of(const Person *person)
{
    return g_strdup_printf(
        "%d %s", (int)person->says->one,
        person->says == &other.plain || person->says == &other.list ? person->role : "");
}

static guint number_for(SgCast *cast, const Person *person)
{
    g_autofree char *group = group_of(person);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(cast->how_many, group)) + 1;

    g_hash_table_insert(cast->how_many, g_steal_pointer(&group), GUINT_TO_POINTER(number));
    return number;
}

static gboolean is_alone(const SgCast *cast, const Person *person)
{
    g_autofree char *group = group_of(person);

    return GPOINTER_TO_UINT(g_hash_table_lookup(cast->how_many, group)) == 1;
}

void sg_cast_add(SgCast *cast, const SgWhose *whose)
{
    g_autofree char *key = sg_address_normal(whose->address);
    Person *person;

    if (g_hash_table_contains(cast->by_key, key))
        return;
    person = g_new0(Person, 1);
    person->address = g_strdup(whose->address);
    person->role = g_strdup(whose->role ? whose->role : "");
    person->says = says_of(whose);
    g_ptr_array_add(cast->people, person);
    g_hash_table_insert(cast->by_key, g_steal_pointer(&key), person);
    if (person->says)
        person->number = number_for(cast, person);
    cast->named = FALSE; /* one of a kind may have become one of two */
}

void sg_cast_add_incident(SgCast *cast, const SgIncident *incident)
{
    const SgWhose sender = {.address = incident->sender, .role = incident->sender_role};

    sg_cast_add(cast, &sender);
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];
        const SgWhose whose = {.address = recipient->address,
                               .role = recipient->role,
                               .personal_of = recipient->personal_of,
                               .members = recipient->members};

        sg_cast_add(cast, &whose);
    }
}

/* Showing them ------------------------------------------------------------------------------------
 */

static char *label_for(const SgCast *cast, const Person *person)
{
    g_autofree char *number = g_strdup_printf("%u", person->number);

    if (!person->says)
        return g_strdup(sg_words(SG_SAY_WHO_NOBODY));
    return sg_words_fill(is_alone(cast, person) ? person->says->one : person->says->each, number,
                         person->role, NULL);
}

static void name_all(SgCast *cast)
{
    for (guint i = 0; i < cast->people->len; i++) {
        Person *person = cast->people->pdata[i];
        g_free(person->label);
        person->label = label_for(cast, person);
    }
    cast->named = TRUE;
}

static const Person *find(SgCast *cast, const char *address)
{
    g_autofree char *key = sg_address_normal(address);

    if (!cast->named)
        name_all(cast);
    return g_hash_table_lookup(cast->by_key, key);
}

const char *sg_cast_role(SgCast *cast, const char *address)
{
    const Person *person = find(cast, address);

    return person ? person->label : sg_words(SG_SAY_WHO_SOMEBODY);
}

const char *sg_cast_label(SgCast *cast, const char *address)
{
    return cast->shows == SG_CAST_NAMES && *address ? address : sg_cast_role(cast, address);
}

void sg_put_person(SgHtml *html, SgCast *cast, const char *address)
{
    sg_html_open(html, "span", "class", "who", NULL);
    sg_html_text(html, sg_cast_label(cast, address));
    sg_html_close(html, "span");
    if (cast->shows == SG_CAST_NAMES && *address)
        sg_html_format(html, " (%s)", sg_cast_role(cast, address));
}

SgCastShows sg_cast_wanted(const SgWebRequest *request)
{
    static const char *const yes[] = {"1", NULL};

    return request->console->config->console.names_shown ||
                   sg_web_choice(request->query, "names", yes) == 0
               ? SG_CAST_NAMES
               : SG_CAST_ROLES;
}

gboolean sg_cast_reveal(const SgWebRequest *request, const char *incident, const char *what,
                        GError **error)
{
    return request->console->config->console.names_shown ||
           sg_note(request, "reveal-names", incident, what, error);
}
