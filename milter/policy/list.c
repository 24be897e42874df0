/* list.c - the `list` block: addresses, domains or files' sums that rules name as one thing. Its
 * files are read by whoever loads the configuration. */
#include "policy_internal.h"

#define SUM_LENGTH  64 /* SHA-256 in hexadecimal digits */
#define FAULTS_MOST 20 /* of one file: one that is no list at all has a fault on every line */

/* Of each entry one string: `a@b` an address, `b` a domain with all below it, `@b` a domain alone,
 * `a@` a local part in any domain, `#…` a sum. */
struct SgNamedList {
    char *name;
    SgPlace place; /* of its block; line 0 while it has only been named */
    SgPlace used;  /* where it was named first */
    char *about;
    char *example; /* the first entry that is no sum */
    GHashTable *entries;
};

/* Entries ----------------------------------------------------------------------------------------
 */

static gboolean is_sum(SgSpan word)
{
    for (gsize i = 0; i < word.len; i++) {
        if (!g_ascii_isxdigit(word.at[i]))
            return FALSE;
    }
    return word.len == SUM_LENGTH;
}

/* The domain as it is compared; NULL when it is none. */
static char *normal_domain(const char *domain)
{
    g_autofree char *address = g_strconcat("x@", domain, NULL);
    g_autofree char *normal = sg_address_normal(address);
    const char *at = strrchr(normal, '@');

    if (!at || !strchr(at, '.') || at[1] == '.' || strpbrk(at, " */\"<>,;:"))
        return NULL;
    return g_strdup(at + 1);
}

/* What stands in `entries` for an entry that is no sum; NULL when it makes no sense. */
static char *key_of(const char *entry)
{
    const char *at = strrchr(entry, '@');

    if (!at)
        return normal_domain(entry);
    if (strcmp(at, "@*") == 0)
        return at > entry && !memchr(entry, '*', (gsize)(at - entry))
                   ? g_ascii_strdown(entry, at - entry + 1)
                   : NULL;
    g_autofree char *domain = normal_domain(at + 1);
    if (!domain || at == entry)
        return NULL;
    if (at == entry + 1 && *entry == '*')
        return g_strconcat("@", domain, NULL);
    if (memchr(entry, '*', (gsize)(at - entry)))
        return NULL;
    g_autofree char *normal = sg_address_normal(entry);
    return strchr(normal, '@') ? g_steal_pointer(&normal) : NULL;
}

/* FALSE when it is no entry. */
static gboolean add_entry(SgNamedList *list, SgSpan word)
{
    g_autofree char *entry = sg_span_dup(word);
    char *key;

    if (is_sum(word)) {
        g_autofree char *small = g_ascii_strdown(entry, -1);
        g_hash_table_add(list->entries, g_strconcat("#", small, NULL));
        return TRUE;
    }
    key = key_of(entry);
    if (!key)
        return FALSE;
    if (!list->example)
        list->example = g_strdup(key);
    g_hash_table_add(list->entries, key);
    return TRUE;
}

#define ENTRY_HELP                                                                                 \
    "write an address, a domain, *@DOMAIN, LOCAL-PART@*, or the SHA-256 of a file in hexadecimal " \
    "digits"

/* Files ------------------------------------------------------------------------------------------
 */

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static SgSpan skip_blanks(SgSpan text)
{
    while (text.len > 0 && is_blank(text.at[0]))
        text = (SgSpan){text.at + 1, text.len - 1};
    return text;
}

static SgSpan first_word(SgSpan text)
{
    gsize len = 0;

    while (len < text.len && !is_blank(text.at[len]))
        len++;
    return (SgSpan){text.at, len};
}

static SgPlace place_within(SgPlace line_place, SgSpan line, SgSpan word)
{
    line_place.column = (guint)g_utf8_strlen(line.at, word.at - line.at) + 1;
    line_place.width = (guint)g_utf8_strlen(word.at, (gssize)word.len);
    return line_place;
}

/* One line of a list's file: an entry, perhaps a comment. A sum may be followed by a file's name,
 * as sha256sum writes it. */
static void read_file_line(SgNamedList *list, SgSpan line, SgPlace place, SgReport *report)
{
    SgSpan word = first_word(skip_blanks(line));
    const char *behind = word.at + word.len;
    SgSpan next = first_word(skip_blanks((SgSpan){behind, (gsize)(line.at + line.len - behind)}));

    if (word.len == 0 || word.at[0] == '#')
        return;
    if (!add_entry(list, word))
        sg_report_error(report, place_within(place, line, word),
                        "this is no entry of a list; " ENTRY_HELP);
    else if (next.len > 0 && next.at[0] != '#' && !is_sum(word))
        sg_report_error(report, place_within(place, line, next),
                        "a list's file has one entry a line; a comment begins with '#'");
}

static void read_file_text(SgNamedList *list, const char *path, GBytes *bytes, SgReport *report)
{
    guint errors = sg_report_errors(report);
    SgSpan rest = sg_span_of_bytes(bytes);
    SgPlace place = {.file = g_intern_string(path)};
    const char *bad;

    sg_report_remember(report, path, bytes);
    if (!g_utf8_validate(rest.at, (gssize)rest.len, &bad)) {
        sg_report_error(report, place, "the list is no text in UTF-8");
        return;
    }
    if (rest.len >= 3 && memcmp(rest.at, "\xef\xbb\xbf", 3) == 0)
        rest = (SgSpan){rest.at + 3, rest.len - 3};
    while (rest.len > 0) {
        SgSpan line = sg_span_take_line(&rest);

        place.line++;
        if (sg_report_errors(report) - errors >= FAULTS_MOST) {
            sg_report_error(report, place, "the rest of this file is not read");
            return;
        }
        read_file_line(list, line, place, report);
    }
}

/* The block --------------------------------------------------------------------------------------
 */

typedef struct ListReading {
    SgNamedList *list;
    SgFileReader read_file;
} ListReading;

static void read_about(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    sg_read_text(((ListReading *)into)->list, cursor, self);
}

static void read_file(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    ListReading *reading = into;
    g_autoptr(GError) error = NULL;
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *name = sg_span_dup(word);
    g_autofree char *path = sg_path_beside(cursor->place.file, name);
    g_autoptr(GBytes) bytes = reading->read_file(path, &error);
    if (bytes)
        read_file_text(reading->list, path, bytes, cursor->report);
    else
        sg_cursor_error(cursor, "cannot open '%s': %s", path, error->message);
}

static void read_entry(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    do {
        if (!sg_cursor_word(cursor, self->usage, &word))
            return;
        if (!add_entry(((ListReading *)into)->list, word))
            sg_cursor_error(cursor, "'%.*s' is no entry of a list; " ENTRY_HELP, (int)word.len,
                            word.at);
    } while (sg_cursor_take_comma(cursor));
}

const SgSetting sg_list_settings[] = {
    {"about", "TEXT", "what it lists, in plain words", FALSE, read_about,
     G_STRUCT_OFFSET(SgNamedList, about)},
    {"file", "FILE",
     "a file of entries, beside this one unless it begins with a slash: one a line, "
     "'#' begins a comment; what sha256sum writes is accepted",
     TRUE, read_file, 0},
    {"entry", "ENTRY[, ...]",
     "an address; a domain, with all below it; *@DOMAIN, without what is below it; LOCAL-PART@*, "
     "in "
     "any domain; or the SHA-256 of a file",
     TRUE, read_entry, 0},
    {0},
};

void sg_named_list_free(SgNamedList *list)
{
    if (!list)
        return;
    g_free(list->name);
    g_free(list->about);
    g_free(list->example);
    g_hash_table_unref(list->entries);
    g_free(list);
}

/* The list of that name, made when it is named for the first time. */
static SgNamedList *list_named(GHashTable *lists, SgSpan name)
{
    g_autofree char *key = sg_span_dup(name);
    SgNamedList *list = g_hash_table_lookup(lists, key);

    if (list)
        return list;
    list = g_new0(SgNamedList, 1);
    list->name = g_strdup(key);
    list->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert(lists, g_steal_pointer(&key), list);
    return list;
}

void sg_named_list_read(GHashTable *lists, const SgBlock *block, SgFileReader reader,
                        SgReport *report)
{
    SgCursor cursor = sg_line_cursor(&block->head, report);
    guint errors = sg_report_errors(report);
    SgSpan name;

    if (!sg_cursor_word(&cursor, "a list's name", &name))
        return;
    SgNamedList *list = list_named(lists, name);
    if (list->place.line > 0)
        sg_cursor_error(&cursor, "there is a list '%s' already, at %s:%u", list->name,
                        list->place.file, list->place.line);
    list->place = cursor.word;
    if (!sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "a list's name is one word, such as webmail");
    ListReading reading = {list, reader};
    sg_block_read_settings(block, sg_list_settings, &reading, report);
    if (g_hash_table_size(list->entries) == 0 && sg_report_errors(report) == errors)
        sg_report_warning(report, list->place, "list '%s' is empty: nothing will be in it",
                          list->name);
}

/* Being named ------------------------------------------------------------------------------------
 */

static const char *nearest(GHashTable *lists, SgSpan name)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    GHashTableIter iter;
    gpointer list;

    g_hash_table_iter_init(&iter, lists);
    while (g_hash_table_iter_next(&iter, NULL, &list)) {
        if (((SgNamedList *)list)->place.line > 0)
            g_ptr_array_add(known, ((SgNamedList *)list)->name);
    }
    g_ptr_array_add(known, NULL);
    return sg_suggest(name, (const char *const *)known->pdata);
}

static void complain_unknown(GHashTable *lists, const char *name, SgPlace place, SgReport *report)
{
    const char *meant = nearest(lists, sg_span(name));

    if (meant)
        sg_report_error(report, place, "unknown list '%s'; did you mean '%s'?", name, meant);
    else
        sg_report_error(report, place, "unknown list '%s'; no 'list' block has that name", name);
}

const SgNamedList *sg_named_list_use(SgCursor *cursor, SgRuleReader *reader)
{
    SgSpan name;

    if (!sg_cursor_word(cursor, "a list's name", &name))
        return NULL;
    if (reader->lists_are_read) {
        g_autofree char *key = sg_span_dup(name);
        SgNamedList *known = g_hash_table_lookup(reader->lists, key);
        if (!known)
            complain_unknown(reader->lists, key, cursor->word, cursor->report);
        return known;
    }
    SgNamedList *list = list_named(reader->lists, name);
    if (list->used.line == 0)
        list->used = cursor->word;
    return list;
}

void sg_named_lists_check(GHashTable *lists, SgReport *report)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, lists);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const SgNamedList *list = value;
        if (list->place.line == 0)
            complain_unknown(lists, list->name, list->used, report);
    }
}

/* Being asked ------------------------------------------------------------------------------------
 */

const char *sg_named_list_name(const SgNamedList *list)
{
    return list->name;
}

gboolean sg_named_list_has_host(const SgNamedList *list, const char *host)
{
    g_autofree char *normal = normal_domain(host);

    for (const char *domain = normal; domain; domain = strchr(domain, '.')) {
        domain += *domain == '.';
        if (g_hash_table_contains(list->entries, domain))
            return TRUE;
    }
    return FALSE;
}

gboolean sg_named_list_has_address(const SgNamedList *list, const char *address)
{
    g_autofree char *normal = sg_address_normal(address);
    const char *at = strrchr(normal, '@');

    if (!at)
        return FALSE;
    g_autofree char *local = g_strndup(normal, (gsize)(at + 1 - normal));
    return g_hash_table_contains(list->entries, normal) ||
           g_hash_table_contains(list->entries, at) ||
           g_hash_table_contains(list->entries, local) || sg_named_list_has_host(list, at + 1);
}

gboolean sg_named_list_has_sum(const SgNamedList *list, const char *sum)
{
    g_autofree char *key = g_strconcat("#", sum, NULL);

    return g_hash_table_contains(list->entries, key);
}

char *sg_named_list_example(const SgNamedList *list, const char *local_part)
{
    const char *key = list->example ? list->example : "listed.example";
    const char *at = strchr(key, '@');

    if (!at)
        return g_strconcat(local_part, "@", key, NULL);
    if (at == key)
        return g_strconcat(local_part, key, NULL);
    return at[1] ? g_strdup(key) : g_strconcat(key, "external.example", NULL);
}
