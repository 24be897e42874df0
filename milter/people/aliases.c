/* aliases.c - reads lists as mail servers keep them: aliases(5), the files those include, and
 * Postfix's virtual(5). Who is behind a list is found out in lists.c. */
#include "people_internal.h"

typedef struct Table {
    SgPeopleBuilder *builder;
    SgPeopleFile file;
    const char *domain; /* of names without one; NULL: they are complained of */
    const char *at;
    guint line; /* of `at` */
} Table;

static SgSpan between(const char *from, const char *to)
{
    return (SgSpan){from, (gsize)(to - from)};
}

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static const char *line_end(const char *at, const char *end)
{
    const char *stop = memchr(at, '\n', (gsize)(end - at));

    return stop ? stop : end;
}

/* The first character of a line that is not blank, or its end. */
static const char *line_text(const char *at, const char *stop)
{
    while (at < stop && is_blank(*at))
        at++;
    return at;
}

static gboolean is_comment_or_empty(const char *at, const char *stop)
{
    const char *text = line_text(at, stop);

    return text == stop || *text == '#';
}

static void to_next_line(Table *table, const char *stop)
{
    table->at = stop < table->file.end ? stop + 1 : stop;
    table->line++;
}

/* A line and the indented ones that continue it; empty lines and comments in between do not end it.
 */
static gboolean next_entry(Table *table, SgSpan *entry, guint *line)
{
    const char *end = table->file.end;
    const char *start = NULL;

    for (const char *stop; table->at < end; to_next_line(table, stop)) {
        stop = line_end(table->at, end);
        if (is_comment_or_empty(table->at, stop))
            continue;
        gboolean continues = is_blank(*table->at);
        if (start && !continues)
            return TRUE;
        if (!start && continues) {
            sg_people_file_warn(&table->file, between(table->at, stop),
                                "an indented line continues the one above it, but there is none; "
                                "line skipped");
            continue;
        }
        if (!start) {
            start = table->at;
            *line = table->line;
        }
        *entry = between(start, stop);
    }
    return start != NULL;
}

/* The first character of `text` in `stops` outside quotes, or its end. */
static const char *find_stop(SgSpan text, const char *stops)
{
    gboolean quoted = FALSE;

    for (gsize i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '\\' && i + 1 < text.len && text.at[i + 1] != '\n')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == '\n' || (!quoted && c && strchr(stops, c)))
            return text.at + i;
    }
    return text.at + text.len;
}

static SgSpan trim_end(SgSpan text)
{
    while (text.len > 0 && is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

static gboolean is_between_targets(char c)
{
    return is_blank(c) || c == ',' || c == '\n';
}

/* Takes the next target off `*rest`: they stand between commas and line ends. */
static gboolean next_target(SgSpan *rest, gboolean at_line_start, SgSpan *target)
{
    const char *at = rest->at;
    const char *end = rest->at + rest->len;

    while (at < end && (is_between_targets(*at) || (*at == '#' && at_line_start))) {
        at_line_start = *at == '\n' || (at_line_start && is_blank(*at));
        at = *at == '#' ? line_end(at, end) : at + 1;
    }
    if (at == end)
        return FALSE;
    const char *stop = find_stop(between(at, end), ",");
    *target = trim_end(between(at, stop));
    *rest = between(stop, end);
    return TRUE;
}

static SgSpan without_quotes(SgSpan text)
{
    if (text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"')
        return (SgSpan){text.at + 1, text.len - 2};
    return text;
}

/* The file counts as one more list, so that it is read once however many lists include it. */
static void include(Table *table, const SgList *list, SgSpan path_span)
{
    SgPeopleBuilder *builder = table->builder;
    g_autofree char *name = sg_span_dup(path_span);
    g_autofree char *path = sg_path_beside(table->file.name, name);
    g_autofree char *key = g_strconcat(path, "\n", table->domain, NULL);
    SgList *file = g_hash_table_lookup(builder->included, key);

    if (!file) {
        if (g_hash_table_size(builder->included) >= SG_INCLUDES_MAX) {
            sg_people_file_warn(&table->file, path_span,
                                "more than %d files are included; left out", SG_INCLUDES_MAX);
            return;
        }
        file = sg_people_builder_list(builder, list->origin);
        SgInclude *waiting = g_new0(SgInclude, 1);
        waiting->list = file;
        waiting->path = g_strdup(path);
        waiting->domain = g_strdup(table->domain);
        waiting->place = (SgPlace){.file = list->origin.file, .line = list->origin.line};
        g_ptr_array_add(builder->waiting, waiting);
        g_hash_table_insert(builder->included, g_steal_pointer(&key), file);
    }
    g_ptr_array_add(sg_people_builder_draft(builder, list)->nested, file);
}

/* The normal form of an address or a local name; NULL with a warning when it is neither. */
static char *read_name(Table *table, SgSpan name)
{
    g_auto(SgAddress) address = {0};
    const char *what = "is no address";

    sg_address_read(&address, name);
    if (address.local_ok && (address.domain || table->domain))
        return sg_address_join(address.local, strlen(address.local),
                               address.domain ? address.domain : table->domain);
    if (address.local_ok && !address.domain)
        what = "has no domain";
    g_autofree char *shown = sg_people_shown(name);
    sg_people_file_warn(&table->file, name, "'%s' %s; it is left out", shown, what);
    return NULL;
}

static void read_target(Table *table, const SgList *list, SgSpan target)
{
    SgSpan bare = without_quotes(target);

    /* A command or a file: mail that goes there reaches nobody. */
    if (table->domain && bare.len > 0 && strchr("|/", bare.at[0]))
        return;
    if (table->domain && sg_span_begins(bare, ":include:")) {
        include(table, list, (SgSpan){bare.at + 9, bare.len - 9});
        return;
    }
    char *name = read_name(table, target);
    if (name)
        g_ptr_array_add(sg_people_builder_draft(table->builder, list)->targets, name);
}

static void read_targets(Table *table, const SgList *list, SgSpan targets, gboolean at_line_start)
{
    SgSpan target;

    for (; next_target(&targets, at_line_start, &target); at_line_start = FALSE) {
        if (sg_people_file_is_text(&table->file, target))
            read_target(table, list, target);
    }
}

/* One entry: its name and who is behind it. */
static void read_entry(Table *table, SgSpan name, SgSpan targets, guint line)
{
    g_autofree char *normal = NULL;

    if (!sg_people_file_is_text(&table->file, name) || !(normal = read_name(table, name)))
        return;
    SgPerson *person = sg_people_builder_person(table->builder, normal);
    if (person->list) {
        sg_people_file_warn(&table->file, name, "this name is already in %s:%u; line skipped",
                            person->list->origin.file, person->list->origin.line);
        return;
    }
    SgList *list =
        sg_people_builder_list(table->builder, (SgOrigin){.file = table->file.name, .line = line});
    read_targets(table, list, targets, FALSE);
    const SgDraft *draft = sg_people_builder_draft(table->builder, list);
    /* What leads to commands alone is a mailbox like others. */
    if (draft->targets->len > 0 || draft->nested->len > 0)
        person->list = list;
}

static void read_alias(Table *table, SgSpan entry, guint line)
{
    const char *end = entry.at + entry.len;
    const char *colon = find_stop(entry, ":");

    if (colon == end || *colon != ':') {
        sg_people_file_warn(&table->file, between(entry.at, colon),
                            "a colon is missing behind the name; line skipped");
        return;
    }
    read_entry(table, trim_end(between(entry.at, colon)), between(colon + 1, end), line);
}

static void read_virtual(Table *table, SgSpan entry, guint line)
{
    const char *end = entry.at + entry.len;
    const char *stop = find_stop(entry, " \t\r");
    SgSpan name = between(entry.at, stop);

    if (*name.at == '@') {
        sg_people_file_warn(&table->file, name,
                            "a whole domain is no list of people; line ignored");
        return;
    }
    /* `kingsmead.example anything` declares a domain. */
    if (!memchr(name.at, '@', name.len) && memchr(name.at, '.', name.len))
        return;
    read_entry(table, name, between(stop, end), line);
}

static void read_table(Table *table, GBytes *text, const char *name,
                       void (*read)(Table *, SgSpan, guint))
{
    SgSpan entry;
    guint line;

    sg_people_file_init(&table->file, name, text, table->builder->report);
    table->at = table->file.at;
    table->line = 1;
    while (next_entry(table, &entry, &line))
        read(table, entry, line);
    sg_people_file_done(&table->file);
}

void sg_people_read_aliases(SgPeopleBuilder *builder, const char *name, GBytes *text,
                            const char *domain)
{
    Table table = {.builder = builder, .domain = domain};

    read_table(&table, text, name, read_alias);
}

void sg_people_read_virtual(SgPeopleBuilder *builder, const char *name, GBytes *text)
{
    Table table = {.builder = builder};

    read_table(&table, text, name, read_virtual);
}

void sg_include_free(SgInclude *waiting)
{
    g_free(waiting->path);
    g_free(waiting->domain);
    g_free(waiting);
}

static void read_included(SgPeopleBuilder *builder, const SgInclude *waiting)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = sg_people_file_bytes(waiting->path, &error);
    Table table = {.builder = builder, .domain = waiting->domain};

    sg_people_add_file(builder->people, waiting->path);
    if (!text) {
        sg_report_warning(builder->report, waiting->place, "%s; its addresses are left out",
                          error->message);
        return;
    }
    sg_people_file_init(&table.file, waiting->path, text, builder->report);
    read_targets(&table, waiting->list, between(table.file.at, table.file.end), TRUE);
    sg_people_file_done(&table.file);
}

/* What is read may add to what waits. */
void sg_people_read_includes(SgPeopleBuilder *builder)
{
    while (builder->waiting->len > 0) {
        SgInclude *next = g_ptr_array_steal_index_fast(builder->waiting, 0);
        read_included(builder, next);
        sg_include_free(next);
    }
}
