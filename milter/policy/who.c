/* who.c - the part of a rule that names people: `staff, group newsletter, personal of student`. */
#include "policy_internal.h"

typedef enum { WHO_ANY, WHO_ROLE, WHO_PERSONAL, WHO_GROUP, WHO_ADDRESS, WHO_LIST } WhoKind;

typedef struct WhoItem {
    WhoKind kind;
    SgRole role;
    SgRoleSet roles;
    char *name; /* of the role, group or list; the address */
    const SgNamedList *list;
} WhoItem;

struct SgWho {
    GArray *items; /* of WhoItem */
};

static void item_clear(gpointer data)
{
    g_free(((WhoItem *)data)->name);
}

static gboolean read_role(SgCursor *cursor, SgRuleReader *reader, SgSpan word, WhoItem *item)
{
    static const char *const others[] = {"any", "personal", "group", "address", "list", NULL};

    if (sg_people_role(reader->people, word, &item->role)) {
        item->roles = sg_people_role_set(reader->people, item->role);
        item->name = sg_span_dup(word);
        return TRUE;
    }
    const char *meant = sg_suggest(word, sg_people_role_names(reader->people));
    if (!meant)
        meant = sg_suggest(word, others);
    if (meant) {
        sg_cursor_error(cursor, "unknown role '%.*s'; did you mean '%s'?", (int)word.len, word.at,
                        meant);
        return FALSE;
    }
    g_autofree char *all = g_strjoinv(", ", (char **)sg_people_role_names(reader->people));
    sg_cursor_error(cursor,
                    "unknown role '%.*s'; there are: %s. Declare another in a 'role' block, or "
                    "write 'group NAME' or 'address ADDRESS'",
                    (int)word.len, word.at, all);
    return FALSE;
}

static void note_group(SgCursor *cursor, SgRuleReader *reader, const char *name)
{
    SgGroupUse use = {g_strdup(name), cursor->word};

    g_ptr_array_add(reader->group_uses, g_memdup2(&use, sizeof use));
}

static gboolean read_item(SgCursor *cursor, SgRuleReader *reader, WhoItem *item)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, "a role, 'group NAME' or 'address ADDRESS'", &word))
        return FALSE;
    if (sg_span_is(word, "any")) {
        item->kind = WHO_ANY;
        return TRUE;
    }
    if (sg_span_is(word, "personal")) {
        item->kind = WHO_PERSONAL;
        if (!sg_cursor_take(cursor, "of")) {
            sg_cursor_error_next(cursor, "write 'personal of ROLE', such as 'personal of student'");
            return FALSE;
        }
        return sg_cursor_word(cursor, "a role", &word) && read_role(cursor, reader, word, item);
    }
    if (sg_span_is(word, "group")) {
        item->kind = WHO_GROUP;
        if (!sg_cursor_word(cursor, "a group's name", &word))
            return FALSE;
        item->name = sg_span_dup(word);
        note_group(cursor, reader, item->name);
        return TRUE;
    }
    if (sg_span_is(word, "address")) {
        item->kind = WHO_ADDRESS;
        if (!sg_cursor_word(cursor, "an address", &word))
            return FALSE;
        g_autofree char *address = sg_span_dup(word);
        item->name = sg_address_normal(address);
        return TRUE;
    }
    if (sg_span_is(word, "list")) {
        item->kind = WHO_LIST;
        item->list = sg_named_list_use(cursor, reader);
        item->name = item->list ? g_strdup(sg_named_list_name(item->list)) : NULL;
        return item->list != NULL;
    }
    item->kind = WHO_ROLE;
    return read_role(cursor, reader, word, item);
}

SgWho *sg_who_read(SgCursor *cursor, SgRuleReader *reader)
{
    SgWho *who = g_new0(SgWho, 1);

    who->items = g_array_new(FALSE, FALSE, sizeof(WhoItem));
    g_array_set_clear_func(who->items, item_clear);
    do {
        WhoItem item = {0};
        if (!read_item(cursor, reader, &item)) {
            item_clear(&item);
            sg_who_free(who);
            return NULL;
        }
        g_array_append_val(who->items, item);
    } while (sg_cursor_take_comma(cursor));
    return who;
}

static gboolean item_is(const WhoItem *item, const SgParty *party)
{
    switch (item->kind) {
    case WHO_ANY:
        return TRUE;
    case WHO_ROLE:
        return (party->roles & item->roles) != 0;
    case WHO_PERSONAL:
        return (party->personal_of & item->roles) != 0;
    case WHO_GROUP:
        return sg_party_in_group(party, item->name);
    case WHO_LIST:
        return sg_named_list_has_address(item->list, party->address);
    case WHO_ADDRESS:
        break;
    }
    g_autofree char *address = sg_address_normal(party->address);
    return strcmp(address, item->name) == 0;
}

gboolean sg_who_is(const SgWho *who, const SgParty *party)
{
    for (guint i = 0; i < who->items->len; i++) {
        if (item_is(&g_array_index(who->items, WhoItem, i), party))
            return TRUE;
    }
    return FALSE;
}

/* What the school itself has declared goes by its name alone. */
static const char *role_in_words(const WhoItem *item)
{
    static const char *const words[] = {
        [SG_ROLE_STAFF] = "staff",
        [SG_ROLE_STUDENT] = "a student",
        [SG_ROLE_FORMER_STUDENT] = "a former student",
        [SG_ROLE_PARENT] = "a parent",
        [SG_ROLE_GOVERNOR] = "a governor",
        [SG_ROLE_VOLUNTEER] = "a volunteer",
        [SG_ROLE_CONTRACTOR] = "a contractor",
        [SG_ROLE_OFFICIAL] = "a shared school mailbox",
        [SG_ROLE_EXTERNAL] = "somebody outside the school",
    };

    return item->role < G_N_ELEMENTS(words) ? words[item->role] : item->name;
}

static void describe_item(const WhoItem *item, GString *out)
{
    switch (item->kind) {
    case WHO_ANY:
        g_string_append(out, "anyone");
        return;
    case WHO_ROLE:
        g_string_append(out, role_in_words(item));
        return;
    case WHO_PERSONAL:
        g_string_append_printf(out, "the personal address of %s", role_in_words(item));
        return;
    case WHO_GROUP:
        g_string_append_printf(out, "members of the group '%s'", item->name);
        return;
    case WHO_LIST:
        g_string_append_printf(out, "an address of the list '%s'", item->name);
        return;
    default:
        g_string_append(out, item->name);
    }
}

void sg_who_describe(const SgWho *who, GString *out)
{
    for (guint i = 0; i < who->items->len; i++) {
        if (i > 0)
            g_string_append(out, i + 1 < who->items->len ? ", " : " or ");
        describe_item(&g_array_index(who->items, WhoItem, i), out);
    }
}

void sg_who_free(SgWho *who)
{
    if (!who)
        return;
    g_array_unref(who->items);
    g_free(who);
}

SgParty *sg_who_example(const SgWho *who, const SgPeople *people, const char *local_part)
{
    const WhoItem *item = &g_array_index(who->items, WhoItem, 0);
    SgRole role = item->kind == WHO_ROLE                                 ? item->role
                  : item->kind == WHO_PERSONAL || item->kind == WHO_LIST ? SG_ROLE_EXTERNAL
                                                                         : SG_ROLE_STAFF;
    const char *role_name = sg_people_role_name(people, role);
    g_autofree char *address = item->kind == WHO_ADDRESS ? g_strdup(item->name)
                               : item->kind == WHO_LIST
                                   ? sg_named_list_example(item->list, local_part)
                                   : g_strdup_printf("%s@%s.example", local_part, role_name);
    SgParty *party = sg_party_new(address, role, role_name);

    if (item->kind == WHO_PERSONAL)
        party->personal_of = (SgRoleSet)1 << item->role;
    if (item->kind == WHO_GROUP) {
        g_strfreev(party->groups);
        party->groups = g_new0(char *, 2);
        party->groups[0] = g_strdup(item->name);
    }
    return party;
}
