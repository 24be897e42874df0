/* spec.c - reads a block `directory NAME`. */
#include "directory_internal.h"

#define MINUTE ((gint64)60)
#define HOUR   (60 * MINUTE)

#define SYSTEM_TRUST "/etc/ssl/certs/ca-certificates.crt"

/* Where ------------------------------------------------------------------------------------------
 */

static void read_servers(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgDirectory *directory = into;
    SgSpan word;

    while (sg_cursor_word(cursor, self->usage, &word)) {
        g_autofree char *url = sg_span_dup(word);
        LDAPURLDesc *parts = NULL;

        if (!ldap_is_ldap_url(url) || ldap_url_parse(url, &parts) != LDAP_URL_SUCCESS)
            sg_cursor_error(cursor,
                            "'%s' is no address of a directory; write "
                            "'ldaps://dc1.kingsmead.example'",
                            url);
        else if (parts->lud_dn && *parts->lud_dn)
            sg_cursor_error(cursor, "only a server's name stands here; where to look is 'base'");
        else
            g_ptr_array_add(directory->servers, g_steal_pointer(&url));
        if (parts)
            ldap_free_urldesc(parts);
        if (!sg_cursor_take_comma(cursor) && !sg_cursor_next_word(cursor, &word))
            return;
    }
}

static void read_page(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    gint64 page = 0;

    if (sg_cursor_take(cursor, "no"))
        ((SgDirectory *)into)->page = 0;
    else if (sg_cursor_number(cursor, self->usage, 1, 100000, &page))
        ((SgDirectory *)into)->page = (guint)page;
}

/* Whom -------------------------------------------------------------------------------------------
 */

static gboolean read_target(GPtrArray *into, SgCursor *cursor, char *name)
{
    SgDirectoryTarget *target = sg_target_read(cursor, name);

    if (target)
        g_ptr_array_add(into, target);
    return target != NULL;
}

static void read_role(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    (void)self;
    if (!sg_cursor_word(cursor, "a role's name", &word))
        return;
    SgPlace place = cursor->word;
    GPtrArray *roles = ((SgDirectory *)into)->roles;
    if (read_target(roles, cursor, sg_span_dup(word)))
        ((SgDirectoryTarget *)roles->pdata[roles->len - 1])->place = place;
}

static void read_group(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    (void)self;
    if (sg_cursor_word(cursor, "the group's name", &word))
        read_target(((SgDirectory *)into)->groups, cursor,
                    g_utf8_strdown(word.at, (gssize)word.len));
}

static void read_targets(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    GPtrArray *targets = G_STRUCT_MEMBER(GPtrArray *, into, self->offset);

    if (read_target(targets, cursor, NULL) &&
        ((SgDirectoryTarget *)targets->pdata[targets->len - 1])->dn)
        sg_cursor_error(cursor, "write a filter in parentheses, such as (objectClass=group)");
}

static gboolean is_attribute(SgSpan word)
{
    for (gsize i = 0; i < word.len; i++)
        if (!g_ascii_isalnum(word.at[i]) && word.at[i] != '-' && word.at[i] != '.')
            return FALSE;
    return word.len > 0;
}

static char *take_attribute(SgCursor *cursor)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, "an attribute's name", &word))
        return NULL;
    if (is_attribute(word))
        return g_ascii_strdown(word.at, (gssize)word.len);
    sg_cursor_error(cursor, "'%.*s' is no attribute's name", (int)word.len, word.at);
    return NULL;
}

/* Names take the place of those before. */
static void read_attributes(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    GPtrArray *attributes = G_STRUCT_MEMBER(GPtrArray *, into, self->offset);

    g_ptr_array_set_size(attributes, 0);
    do {
        char *name = take_attribute(cursor);
        if (!name)
            return;
        g_ptr_array_add(attributes, name);
    } while (sg_cursor_take_comma(cursor));
}

static void read_until(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgDirectory *directory = into;

    (void)self;
    g_free(directory->until);
    directory->until = take_attribute(cursor);
}

static void read_nested(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"walk", "in-chain", "no", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgDirectory *)into)->nested = (SgDirectoryNesting)choice;
}

/* When -------------------------------------------------------------------------------------------
 */

static void read_shrink(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *text = sg_span_dup(word);
    char *end;
    guint64 percent = g_ascii_strtoull(text, &end, 10);
    if (!g_ascii_isdigit(*text) || strcmp(end, "%") != 0 || percent > 100)
        sg_cursor_error(cursor, "write a share of 0%% to 100%%, such as 50%%");
    else
        ((SgDirectory *)into)->shrink_most = (guint)percent;
}

static void read_without(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"tempfail", "start", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgDirectory *)into)->start_without_copy = choice == 1;
}

#define OF(field) G_STRUCT_OFFSET(SgDirectory, field)

const SgSetting sg_directory_settings[] = {
    {"server", "URL ...",
     "such as ldaps://dc1.kingsmead.example; several are tried in turn when one cannot be reached",
     TRUE, read_servers, 0},
    {"start-tls", "yes|no",
     "whether ldap:// is encrypted by StartTLS; without that it is only for this machine (no)",
     FALSE, sg_read_yes_no, OF(start_tls)},
    {"ca-file", "FILE", "the certificates of who vouches for the server, PEM (" SYSTEM_TRUST ")",
     FALSE, sg_read_path, OF(ca_file)},
    {"bind-as", "DN", "the account that asks, which needs to read only; without it nobody's", FALSE,
     sg_read_text, OF(bind_as)},
    {"password-file", "FILE", "its password, as the first line of a file that others cannot read",
     FALSE, sg_read_path, OF(password_file)},
    {"base", "DN", "where in the tree to look", FALSE, sg_read_text, OF(base)},
    {"role", "ROLE FILTER [below DN] | ROLE DN",
     "whoever the filter matches, or is in the group of that DN, has the role; of several the "
     "first that matches counts",
     TRUE, read_role, 0},
    {"group", "NAME DN | NAME FILTER [below DN]",
     "who is in the group of that DN, or what the filter matches: people, or groups' members", TRUE,
     read_group, 0},
    {"groups", "FILTER [below DN]",
     "each group that the filter matches is one here, by its cn in lower case, with hyphens for "
     "spaces",
     TRUE, read_targets, OF(every)},
    {"lists", "FILTER [below DN]",
     "each group that the filter matches and that has an address is a list: who writes to it "
     "writes to its members",
     TRUE, read_targets, OF(lists)},
    {"address", "ATTRIBUTE[, ...]",
     "where somebody's addresses are, the main one first (mail, proxyAddresses)", FALSE,
     read_attributes, OF(address)},
    {"personal", "ATTRIBUTE[, ...]", "where somebody's personal addresses are", FALSE,
     read_attributes, OF(personal)},
    {"members", "ATTRIBUTE[, ...]",
     "what names a group's members; memberOf is read from people instead (member, uniqueMember, "
     "memberUid)",
     FALSE, read_attributes, OF(members)},
    {"nested", "walk|in-chain|no",
     "how groups in groups are found: one by one, by Active Directory itself, or not at all (walk)",
     FALSE, read_nested, 0},
    {"until", "ATTRIBUTE", "when an account ends, such as accountExpires", FALSE, read_until, 0},
    {"refresh", "DURATION", "how often the directory is asked, give or take a tenth (15m)", FALSE,
     sg_read_duration, OF(refresh)},
    {"timeout", "DURATION", "how long one answer may take (10s)", FALSE, sg_read_duration,
     OF(timeout)},
    {"longest", "DURATION", "how long all of them together may take (5m)", FALSE, sg_read_duration,
     OF(longest)},
    {"page", "NUMBER | no", "how many entries are asked for at once (500)", FALSE, read_page, 0},
    {"size-most", "NUMBER", "how many entries there may be in all; more is an error (100000)",
     FALSE, sg_read_count, OF(size_most)},
    {"shrink-most", "PERCENT",
     "how many of all addresses, or of those of one role, may be lost at once (50%)", FALSE,
     read_shrink, 0},
    {"stale-after", "DURATION", "a copy that is older is an alarm, each day (24h)", FALSE,
     sg_read_duration, OF(stale_after)},
    {"without-copy", "tempfail|start",
     "until there is a first copy mail waits at the mail server, or is judged without (tempfail)",
     FALSE, read_without, 0},
    {0},
};

/* All of it --------------------------------------------------------------------------------------
 */

static GPtrArray *names_new(const char *const *names)
{
    GPtrArray *array = g_ptr_array_new_with_free_func(g_free);

    for (; *names; names++)
        g_ptr_array_add(array, g_strdup(*names));
    return array;
}

static SgDirectory *directory_new(void)
{
    SgDirectory *directory = g_new0(SgDirectory, 1);
    GDestroyNotify free_target = (GDestroyNotify)sg_target_free;

    directory->servers = g_ptr_array_new_with_free_func(g_free);
    directory->ca_file = g_strdup(SYSTEM_TRUST);
    directory->roles = g_ptr_array_new_with_free_func(free_target);
    directory->groups = g_ptr_array_new_with_free_func(free_target);
    directory->every = g_ptr_array_new_with_free_func(free_target);
    directory->lists = g_ptr_array_new_with_free_func(free_target);
    directory->address = names_new((const char *const[]){"mail", "proxyaddresses", NULL});
    directory->personal = names_new((const char *const[]){NULL});
    directory->members =
        names_new((const char *const[]){"member", "uniquemember", SG_MEMBER_UID, NULL});
    directory->refresh = 15 * MINUTE;
    directory->timeout = 10;
    directory->longest = 5 * MINUTE;
    directory->stale_after = 24 * HOUR;
    directory->page = 500;
    directory->size_most = 100000;
    directory->shrink_most = 50;
    return directory;
}

void sg_directory_free(SgDirectory *directory)
{
    if (!directory)
        return;
    g_free(directory->name);
    g_free(directory->digest);
    g_free(directory->folder);
    g_ptr_array_unref(directory->servers);
    g_free(directory->ca_file);
    g_free(directory->bind_as);
    g_free(directory->password_file);
    g_free(directory->base);
    g_ptr_array_unref(directory->roles);
    g_ptr_array_unref(directory->groups);
    g_ptr_array_unref(directory->every);
    g_ptr_array_unref(directory->lists);
    g_ptr_array_unref(directory->address);
    g_ptr_array_unref(directory->personal);
    g_ptr_array_unref(directory->members);
    g_free(directory->until);
    g_free(directory);
}

/* It is a file's name, too. */
static void read_name(SgDirectory *directory, const SgBlock *block, SgReport *report)
{
    SgCursor cursor = sg_line_cursor(&block->head, report);
    SgSpan word;

    directory->place = block->head.place;
    if (!sg_cursor_word(&cursor, "the directory's name", &word)) {
        directory->name = g_strdup("");
        return;
    }
    directory->name = sg_span_dup(word);
    gboolean good = word.len <= 60;
    for (gsize i = 0; i < word.len; i++)
        good &= g_ascii_islower(word.at[i]) || g_ascii_isdigit(word.at[i]) ||
                (i > 0 && word.at[i] == '-');
    if (!good)
        sg_cursor_error(&cursor, "a directory's name is written in lower-case letters, digits and "
                                 "hyphens");
    else if (!sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "nothing more is expected here");
}

static gboolean is_this_machine(const char *host)
{
    return !host || !*host || g_ascii_strcasecmp(host, "localhost") == 0 ||
           g_strcmp0(host, "::1") == 0 ||
           (g_str_has_prefix(host, "127.") && g_hostname_is_ip_address(host));
}

/* Passwords and children's names go over no network in clear text. */
static void check_servers(const SgDirectory *directory, SgReport *report)
{
    for (guint i = 0; i < directory->servers->len; i++) {
        const char *url = directory->servers->pdata[i];
        LDAPURLDesc *parts = NULL;

        if (ldap_url_parse(url, &parts) != LDAP_URL_SUCCESS)
            continue;
        gboolean plain = g_strcmp0(parts->lud_scheme, "ldap") == 0 && !directory->start_tls;
        if (plain && !is_this_machine(parts->lud_host))
            sg_report_error(report, directory->place,
                            "'%s' is not encrypted: write ldaps://, or 'start-tls yes'", url);
        if (g_strcmp0(parts->lud_scheme, "ldaps") == 0 && directory->start_tls)
            sg_report_error(report, directory->place,
                            "'%s' is encrypted already: 'start-tls' is for ldap://", url);
        ldap_free_urldesc(parts);
    }
}

static void check(const SgDirectory *directory, SgReport *report)
{
    if (directory->servers->len == 0)
        sg_report_error(report, directory->place, "no 'server' is named");
    if (!directory->base)
        sg_report_error(report, directory->place,
                        "no 'base' is named, such as dc=kingsmead,dc=example");
    if (directory->roles->len + directory->groups->len + directory->every->len +
            directory->lists->len ==
        0)
        sg_report_error(report, directory->place,
                        "nobody is asked for: name a 'role' and whom it is for, such as\n"
                        "    role  staff  (objectClass=person)");
    if (!directory->bind_as != !directory->password_file)
        sg_report_error(report, directory->place, "'bind-as' and 'password-file' go together");
    if (directory->refresh < 5 || directory->timeout < 1 || directory->longest < 1)
        sg_report_error(report, directory->place,
                        "'refresh' is at least 5s, 'timeout' and 'longest' at least 1s");
    check_servers(directory, report);
}

static char *digest_of(const SgBlock *block)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint i = 0; i < block->settings->len; i++) {
        const SgLine *line = &g_array_index(block->settings, SgLine, i);
        g_autofree char *text =
            g_strdup_printf("%.*s %.*s\n", (int)line->keyword.len, line->keyword.at,
                            (int)line->rest.len, line->rest.len ? line->rest.at : "");
        g_checksum_update(sum, (const guchar *)text, -1);
    }
    return g_strdup(g_checksum_get_string(sum));
}

SgDirectory *sg_directory_read(const SgBlock *block, SgReport *report)
{
    SgDirectory *directory = directory_new();
    guint errors = sg_report_errors(report);

    read_name(directory, block, report);
    directory->digest = digest_of(block);
    sg_block_read_settings(block, sg_directory_settings, directory, report);
    if (sg_report_errors(report) == errors)
        check(directory, report);
    return directory;
}

const char **sg_directory_group_names(const SgDirectory *directory)
{
    const char **names = g_new0(const char *, directory->groups->len + 1);

    for (guint i = 0; i < directory->groups->len; i++)
        names[i] = ((const SgDirectoryTarget *)directory->groups->pdata[i])->name;
    return names;
}
