/* spec.c - reads `role`, `group` and `people` blocks. What they say is checked word by word here;
 * what concerns several of them, and the files they name, is load.c's. */
#include "people_internal.h"

const char *const sg_builtin_roles[] = {"staff",    "student",   "former-student", "parent",
                                        "governor", "volunteer", "contractor",     "official",
                                        "external", NULL};

/* Words that follow `from` and `to` in a rule and are no role's name. */
static const char *const reserved[] = {"any", "group", "personal", "of", NULL};

static void named_clear(gpointer data)
{
    SgNamed *named = data;

    g_free(named->text);
}

static void pattern_spec_clear(gpointer data)
{
    SgPatternSpec *pattern = data;

    g_regex_unref(pattern->regex);
    g_free(pattern->shown);
}

static void file_spec_clear(gpointer data)
{
    SgFileSpec *file = data;

    g_free(file->path);
    g_free(file->domain);
    g_free(file->name);
    sg_export_spec_free(file->export);
}

static GArray *array_new(gsize size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, FALSE, (guint)size);

    g_array_set_clear_func(array, clear);
    return array;
}

static SgCircleSpec *circle_new(SgSpan name)
{
    SgCircleSpec *circle = g_new0(SgCircleSpec, 1);

    circle->name = sg_span_dup(name);
    circle->includes = array_new(sizeof(SgNamed), named_clear);
    circle->domains = array_new(sizeof(SgNamed), named_clear);
    circle->addresses = array_new(sizeof(SgNamed), named_clear);
    circle->patterns = array_new(sizeof(SgPatternSpec), pattern_spec_clear);
    return circle;
}

static void circle_free(gpointer data)
{
    SgCircleSpec *circle = data;

    g_free(circle->name);
    g_array_unref(circle->includes);
    g_array_unref(circle->domains);
    g_array_unref(circle->addresses);
    g_array_unref(circle->patterns);
    g_free(circle);
}

SgPeopleSpec *sg_people_spec_new(void)
{
    SgPeopleSpec *spec = g_new0(SgPeopleSpec, 1);

    spec->roles = g_ptr_array_new_with_free_func(circle_free);
    spec->groups = g_ptr_array_new_with_free_func(circle_free);
    spec->files = array_new(sizeof(SgFileSpec), file_spec_clear);
    spec->delimiter = '+';
    for (guint i = 0; i < SG_ROLES_BUILTIN; i++)
        g_ptr_array_add(spec->roles, circle_new(sg_span(sg_builtin_roles[i])));
    return spec;
}

void sg_people_spec_free(SgPeopleSpec *spec)
{
    if (!spec)
        return;
    g_ptr_array_unref(spec->roles);
    g_ptr_array_unref(spec->groups);
    g_array_unref(spec->files);
    g_free(spec);
}

/* Reads words between commas, each through `take`, which returns FALSE when it has complained. */
static void read_each(SgCursor *cursor, GArray *into, const char *what,
                      char *(*take)(SgCursor *cursor, SgSpan word))
{
    SgSpan word;

    do {
        if (!sg_cursor_word(cursor, what, &word))
            return;
        SgNamed named = {take(cursor, word), cursor->word};
        if (!named.text)
            return;
        g_array_append_val(into, named);
    } while (sg_cursor_take_comma(cursor));
}

static char *take_word(SgCursor *cursor, SgSpan word)
{
    (void)cursor;
    return sg_span_dup(word);
}

static char *take_address(SgCursor *cursor, SgSpan word)
{
    g_auto(SgAddress) address = {0};

    sg_address_read(&address, word);
    if (address.local_ok && address.domain)
        return sg_address_join(address.local, strlen(address.local), address.domain);
    if (!memchr(word.at, '@', word.len))
        sg_cursor_error(cursor, "an address has a domain: 'name@kingsmead.example'");
    else
        sg_cursor_error(cursor, "'%.*s' is no address", (int)word.len, word.at);
    return NULL;
}

static char *take_domain(SgCursor *cursor, SgSpan word)
{
    gboolean below = word.len > 2 && memcmp(word.at, "*.", 2) == 0;
    g_autofree char *domain = sg_domain_normal(below ? (SgSpan){word.at + 2, word.len - 2} : word);

    if (domain && sg_domain_is_valid(domain))
        return g_strconcat(below ? "*." : "", domain, NULL);
    sg_cursor_error(cursor,
                    "'%.*s' is no domain; write 'kingsmead.example', or "
                    "'*.kingsmead.example' for every domain below it",
                    (int)word.len, word.at);
    return NULL;
}

static void read_includes(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    (void)self;
    read_each(cursor, ((SgCircleSpec *)into)->includes, "a role", take_word);
}

static void read_domains(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    (void)self;
    read_each(cursor, ((SgCircleSpec *)into)->domains, "a domain", take_domain);
}

static void read_addresses(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    (void)self;
    read_each(cursor, ((SgCircleSpec *)into)->addresses, "an address", take_address);
}

static void read_pattern(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    g_autofree char *pattern = NULL;
    g_autofree char *flags = NULL;
    SgPlace place;

    (void)self;
    if (!sg_cursor_pattern(cursor, &pattern, &place, &flags))
        return;
    GRegex *regex = sg_address_pattern(pattern, flags, place, cursor->report);
    if (!regex)
        return;
    SgPatternSpec spec = {regex, g_strdup_printf("/%s/", pattern), place};
    g_array_append_val(((SgCircleSpec *)into)->patterns, spec);
}

const SgSetting sg_role_settings[] = {
    {"includes", "ROLE[, ...]", "roles that are meant as well wherever a rule names this one", TRUE,
     read_includes, 0},
    {"domain", "DOMAIN[, ...]",
     "whoever has an address there; '*.example' is every domain below, and the most specific wins",
     TRUE, read_domains, 0},
    {"address", "ADDRESS[, ...]",
     "whoever has one of these addresses, whatever a file says of them", TRUE, read_addresses, 0},
    {"pattern", "/PATTERN/",
     "whoever's address, in lower case, matches and is not known one by one", TRUE, read_pattern,
     0},
    {0},
};

const SgSetting sg_group_settings[] = {
    {"address", "ADDRESS[, ...]", "whoever has one of these addresses", TRUE, read_addresses, 0},
    {"domain", "DOMAIN[, ...]", "whoever has an address there; '*.example' is every domain below",
     TRUE, read_domains, 0},
    {0},
};

static void add_file(SgPeopleSpec *spec, SgCursor *cursor, SgFileKind kind, const SgSetting *self)
{
    SgFileSpec file = {.kind = kind};
    SgSetting one = *self;
    SgSpan domain;
    gboolean needs_domain = kind == SG_FILE_ALIASES || kind == SG_FILE_FOLDER;

    one.usage = "PATH";
    one.offset = G_STRUCT_OFFSET(SgFileSpec, path);
    sg_read_path(&file, cursor, &one);
    file.place = cursor->word;
    if (file.path && needs_domain &&
        sg_cursor_word(cursor, "the domain of the file's names", &domain))
        file.domain = take_domain(cursor, domain);
    if (!file.path || (needs_domain && !file.domain)) {
        file_spec_clear(&file);
        return;
    }
    g_array_append_val(spec->files, file);
}

static void read_csv(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    add_file(into, cursor, SG_FILE_CSV, self);
}

static void read_aliases(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    add_file(into, cursor, SG_FILE_ALIASES, self);
}

static void read_virtual(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    add_file(into, cursor, SG_FILE_VIRTUAL, self);
}

static void read_folder(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    add_file(into, cursor, SG_FILE_FOLDER, self);
}

static void read_delimiter(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, self->name, &word))
        return;
    if (sg_span_is(word, "none"))
        ((SgPeopleSpec *)into)->delimiter = '\0';
    else if (word.len == 1 && strchr("+-=_#!$%&*/?^{|}~", *word.at))
        ((SgPeopleSpec *)into)->delimiter = *word.at;
    else
        sg_cursor_error(cursor, "a delimiter is one character such as + or -, or 'none'");
}

const SgSetting sg_people_settings[] = {
    {"csv", "PATH",
     "a file of people, UTF-8, with commas between its columns and a first line that names them: "
     "'address,role,groups,until,personal,members'",
     TRUE, read_csv, 0},
    {"aliases", "PATH DOMAIN", "lists as in aliases(5); names without a domain get this one", TRUE,
     read_aliases, 0},
    {"virtual", "PATH", "lists as in Postfix's virtual(5)", TRUE, read_virtual, 0},
    {"lists", "FOLDER DOMAIN",
     "lists that a list server keeps, such as Mailman or Sympa: in the folder each file is one, "
     "named as the list is, with an address a line; names without a domain get this one",
     TRUE, read_folder, 0},
    {"delimiter", "CHARACTER", "what begins a tag in name+tag@kingsmead.example, or 'none' (+)",
     FALSE, read_delimiter, 0},
    {0},
};

static SgCircleSpec *find_circle(const GPtrArray *circles, SgSpan name)
{
    for (guint i = 0; i < circles->len; i++) {
        SgCircleSpec *circle = circles->pdata[i];
        if (sg_span_is(name, circle->name))
            return circle;
    }
    return NULL;
}

static gboolean is_role_name(SgSpan name)
{
    for (gsize i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!g_ascii_islower(c) && (i == 0 || (!g_ascii_isdigit(c) && c != '-')))
            return FALSE;
    }
    return name.len > 0;
}

static gboolean check_role_name(const SgPeopleSpec *spec, SgCursor *cursor, SgSpan name)
{
    g_autofree char *copy = sg_span_dup(name);

    if (!is_role_name(name))
        sg_cursor_error(cursor,
                        "a role's name is written in lower-case letters, digits and hyphens, "
                        "a letter first");
    else if (g_strv_contains(reserved, copy))
        sg_cursor_error(cursor, "'%s' means something else in rules; choose another name", copy);
    else if (spec->roles->len == SG_ROLES_MAX && !find_circle(spec->roles, name))
        sg_cursor_error(cursor, "there can be no more than %d roles", SG_ROLES_MAX);
    else
        return TRUE;
    return FALSE;
}

/* The one name behind a block's keyword. */
static gboolean read_head(const SgBlock *block, const char *what, SgCursor *cursor, SgSpan *name,
                          SgReport *report)
{
    *cursor = sg_line_cursor(&block->head, report);
    if (!sg_cursor_word(cursor, what, name))
        return FALSE;
    SgPlace place = cursor->word;
    if (!sg_cursor_at_end(cursor)) {
        sg_cursor_error_next(cursor, "nothing more is expected here");
        return FALSE;
    }
    cursor->word = place;
    return TRUE;
}

/* The circle of that name, made when there is none. */
static SgCircleSpec *get_circle(GPtrArray *circles, SgSpan name)
{
    SgCircleSpec *circle = find_circle(circles, name);

    if (!circle) {
        circle = circle_new(name);
        g_ptr_array_add(circles, circle);
    }
    return circle;
}

/* Below a bad head: what is wrong with the settings is told all the same. */
static void check_settings(const SgBlock *block, const SgSetting *table, SgReport *report)
{
    SgCircleSpec *nobody = circle_new(sg_span(""));

    sg_block_read_settings(block, table, nobody, report);
    circle_free(nobody);
}

void sg_people_read_role(SgPeopleSpec *spec, const SgBlock *block, SgReport *report)
{
    SgCursor cursor;
    SgSpan name;

    if (read_head(block, "the role's name", &cursor, &name, report) &&
        check_role_name(spec, &cursor, name))
        sg_block_read_settings(block, sg_role_settings, get_circle(spec->roles, name), report);
    else
        check_settings(block, sg_role_settings, report);
}

void sg_people_read_group(SgPeopleSpec *spec, const SgBlock *block, SgReport *report)
{
    SgCursor cursor;
    SgSpan word;

    if (!read_head(block, "the group's name", &cursor, &word, report)) {
        check_settings(block, sg_group_settings, report);
        return;
    }
    g_autofree char *name = g_utf8_strdown(word.at, (gssize)word.len);
    sg_block_read_settings(block, sg_group_settings, get_circle(spec->groups, sg_span(name)),
                           report);
}

void sg_people_read_people(SgPeopleSpec *spec, const SgBlock *block, SgReport *report)
{
    SgCursor cursor = sg_line_cursor(&block->head, report);

    if (!sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "a 'people' block has no name");
    sg_block_read_settings(block, sg_people_settings, spec, report);
}

void sg_people_add_directory(SgPeopleSpec *spec, const char *name, const char *path,
                             const char *const *groups)
{
    SgFileSpec file = {.kind = SG_FILE_DIRECTORY, .path = g_strdup(path), .name = g_strdup(name)};

    g_array_append_val(spec->files, file);
    for (; *groups; groups++)
        get_circle(spec->groups, sg_span(*groups));
}
