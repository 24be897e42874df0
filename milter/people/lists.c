/* lists.c - who is behind each list, through lists within lists.
 *
 * Lists that reach each other in a circle have the same members. Tarjan's algorithm finds those
 * circles, and leaves every other list before the ones that contain it, so that each is expanded
 * once. It keeps its own stack: how deep lists are nested is up to whoever wrote them. */
#include "people_internal.h"

/* A mailbox behind lists. */
typedef struct Leaf {
    SgRole role;
    gint64 end;
    const SgOwner *owners[2]; /* of the address, and of it without its tag */
    GPtrArray *groups;
} Leaf;

typedef struct Node {
    SgList *list;
    GArray *below;   /* guint, nodes it names */
    GArray *own;     /* guint, leaves it names */
    GArray *members; /* guint, every leaf behind it; NULL until it is expanded */
    guint order;     /* 0: not yet come to */
    guint low;
    gboolean waiting; /* on the stack of nodes whose circle is not yet complete */
} Node;

typedef struct Expansion {
    SgPeopleBuilder *builder;
    GArray *nodes;     /* of Node, by SgList.index */
    GArray *leaves;    /* of Leaf */
    GHashTable *known; /* address -> 1 + index in leaves */
    GArray *seen;      /* guint by leaf: the circle that last took it in */
    GArray *stack;     /* guint, nodes waiting */
    GArray *path;      /* of Step */
    guint orders;
    guint circles;
    guint steps;
    gboolean full; /* that has been said */
} Expansion;

typedef struct Step {
    guint node;
    guint next; /* edge */
} Step;

static Node *node_at(Expansion *expansion, guint index)
{
    return &g_array_index(expansion->nodes, Node, index);
}

static guint number_at(const GArray *numbers, guint index)
{
    return g_array_index(numbers, guint, index);
}

static void leaf_clear(gpointer data)
{
    Leaf *leaf = data;

    g_ptr_array_unref(leaf->groups);
}

static void node_clear(gpointer data)
{
    Node *node = data;

    g_array_unref(node->below);
    g_array_unref(node->own);
    g_clear_pointer(&node->members, g_array_unref);
}

static guint leaf_new(Expansion *expansion, const SgAddress *address, const SgStanding *standing)
{
    Leaf leaf = {
        .role = standing->role,
        .end = standing->end,
        .owners = {standing->exact ? standing->exact->owners : NULL,
                   standing->plain ? standing->plain->owners : NULL},
        .groups = g_ptr_array_new(),
    };
    guint never = 0;

    sg_people_gather_groups(expansion->builder->people, address, standing, leaf.groups);
    g_array_append_val(expansion->leaves, leaf);
    g_array_append_val(expansion->seen, never);
    return expansion->leaves->len - 1;
}

/* Another list, or a mailbox; one by one, however many lists name it. */
static void resolve(Expansion *expansion, Node *node, const char *target)
{
    g_auto(SgAddress) address = {0};
    SgStanding standing;

    sg_address_read(&address, sg_span(target));
    sg_people_decide(expansion->builder->people, &address, node->list, &standing);
    if (standing.list) {
        g_array_append_val(node->below, standing.list->index);
        return;
    }
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(expansion->known, target));
    if (index == 0) {
        index = leaf_new(expansion, &address, &standing) + 1;
        g_hash_table_insert(expansion->known, (gpointer)target, GUINT_TO_POINTER(index));
    }
    index--;
    g_array_append_val(node->own, index);
}

static void add_node(Expansion *expansion, const SgDraft *draft)
{
    Node node = {
        .list = draft->list,
        .below = g_array_new(FALSE, FALSE, sizeof(guint)),
        .own = g_array_new(FALSE, FALSE, sizeof(guint)),
    };

    for (guint i = 0; i < draft->targets->len; i++)
        resolve(expansion, &node, draft->targets->pdata[i]);
    for (guint i = 0; i < draft->nested->len; i++)
        g_array_append_val(node.below, ((const SgList *)draft->nested->pdata[i])->index);
    g_array_append_val(expansion->nodes, node);
}

static void say_full(Expansion *expansion, const SgList *list)
{
    if (expansion->full)
        return;
    expansion->full = TRUE;
    sg_report_warning(
        expansion->builder->report, (SgPlace){.file = list->origin.file, .line = list->origin.line},
        "too many addresses behind lists (%d behind one, %d behind all); the rest are "
        "not looked at",
        SG_LIST_MEMBERS_MAX, SG_LIST_STEPS_MAX);
}

/* Takes `leaves` in among `members`, each once. */
static void take_in(Expansion *expansion, GArray *members, const GArray *leaves, const SgList *list)
{
    for (guint i = 0; i < leaves->len; i++) {
        guint leaf = number_at(leaves, i);
        guint *seen = &g_array_index(expansion->seen, guint, leaf);
        if (expansion->steps >= SG_LIST_STEPS_MAX ||
            (*seen != expansion->circles && members->len >= SG_LIST_MEMBERS_MAX)) {
            say_full(expansion, list);
            return;
        }
        expansion->steps++;
        if (*seen == expansion->circles)
            continue;
        *seen = expansion->circles;
        g_array_append_val(members, leaf);
    }
}

static void tally(GArray *tallies, SgRole role, gint64 end)
{
    SgTally *found = NULL;

    for (guint i = 0; i < tallies->len && !found; i++) {
        SgTally *each = &g_array_index(tallies, SgTally, i);
        if (each->role == role)
            found = each;
    }
    if (!found) {
        SgTally fresh = {.role = role, .ends = g_array_new(FALSE, FALSE, sizeof(gint64))};
        g_array_append_val(tallies, fresh);
        found = &g_array_index(tallies, SgTally, tallies->len - 1);
    }
    if (end == SG_FOREVER)
        found->lasting++;
    else
        g_array_append_val(found->ends, end);
}

static void tally_owners(Expansion *expansion, SgList *list, const SgOwner *owner)
{
    for (; owner; owner = owner->next) {
        g_auto(SgAddress) address = {0};
        SgStanding standing;
        sg_address_read(&address, sg_span(owner->person->address));
        sg_people_decide(expansion->builder->people, &address, owner->person->list, &standing);
        tally(list->owners, standing.role, standing.end);
    }
}

static int by_time(gconstpointer left, gconstpointer right)
{
    gint64 a = *(const gint64 *)left;
    gint64 b = *(const gint64 *)right;

    return a < b ? -1 : a > b;
}

static void sort_ends(GArray *tallies)
{
    for (guint i = 0; i < tallies->len; i++)
        g_array_sort(g_array_index(tallies, SgTally, i).ends, by_time);
}

static void describe(Expansion *expansion, SgList *list, const GArray *members)
{
    g_autoptr(GHashTable) groups = g_hash_table_new(NULL, NULL);

    list->members = members->len;
    for (guint i = 0; i < members->len; i++) {
        const Leaf *leaf = &g_array_index(expansion->leaves, Leaf, number_at(members, i));
        tally(list->roles, leaf->role, leaf->end);
        tally_owners(expansion, list, leaf->owners[0]);
        tally_owners(expansion, list, leaf->owners[1]);
        for (guint j = 0; j < leaf->groups->len; j++) {
            if (g_hash_table_add(groups, leaf->groups->pdata[j]))
                g_ptr_array_add(list->groups, leaf->groups->pdata[j]);
        }
    }
    sort_ends(list->roles);
    sort_ends(list->owners);
}

static void describe_alike(SgList *list, const SgList *other)
{
    g_array_unref(list->roles);
    g_array_unref(list->owners);
    g_ptr_array_unref(list->groups);
    list->members = other->members;
    list->roles = g_array_ref(other->roles);
    list->owners = g_array_ref(other->owners);
    list->groups = g_ptr_array_ref(other->groups);
}

/* The nodes on the stack from `index` up are one circle, mostly of one. */
static void close_circle(Expansion *expansion, guint index)
{
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint));
    guint first = expansion->stack->len;

    while (number_at(expansion->stack, --first) != index)
        ;
    expansion->circles++;
    for (guint i = first; i < expansion->stack->len; i++) {
        Node *node = node_at(expansion, number_at(expansion->stack, i));
        take_in(expansion, members, node->own, node->list);
        for (guint j = 0; j < node->below->len; j++) {
            const Node *below = node_at(expansion, number_at(node->below, j));
            if (below->members)
                take_in(expansion, members, below->members, node->list);
        }
    }
    SgList *list = node_at(expansion, index)->list;
    describe(expansion, list, members);
    for (guint i = first; i < expansion->stack->len; i++) {
        Node *node = node_at(expansion, number_at(expansion->stack, i));
        node->waiting = FALSE;
        node->members = g_array_ref(members);
        if (node->list != list)
            describe_alike(node->list, list);
    }
    g_array_set_size(expansion->stack, first);
}

static void enter(Expansion *expansion, guint index)
{
    Node *node = node_at(expansion, index);
    Step step = {.node = index};

    node->order = node->low = ++expansion->orders;
    node->waiting = TRUE;
    g_array_append_val(expansion->stack, index);
    g_array_append_val(expansion->path, step);
}

/* Follows one more edge of the path's last node, or leaves that node. */
static void advance(Expansion *expansion)
{
    Step *step = &g_array_index(expansion->path, Step, expansion->path->len - 1);
    guint index = step->node;
    Node *node = node_at(expansion, index);

    if (step->next < node->below->len) {
        guint to = number_at(node->below, step->next++);
        const Node *below = node_at(expansion, to);
        if (below->order == 0)
            enter(expansion, to);
        else if (below->waiting)
            node->low = MIN(node->low, below->order);
        return;
    }
    g_array_set_size(expansion->path, expansion->path->len - 1);
    if (expansion->path->len > 0) {
        const Step *last = &g_array_index(expansion->path, Step, expansion->path->len - 1);
        Node *above = node_at(expansion, last->node);
        above->low = MIN(above->low, node->low);
    }
    if (node->low == node->order)
        close_circle(expansion, index);
}

void sg_people_expand_lists(SgPeopleBuilder *builder)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autoptr(GArray) leaves = g_array_new(FALSE, FALSE, sizeof(Leaf));
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(Step));
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    Expansion expansion = {
        .builder = builder,
        .nodes = nodes,
        .leaves = leaves,
        .known = known,
        .seen = seen,
        .stack = stack,
        .path = path,
    };

    g_array_set_clear_func(nodes, node_clear);
    g_array_set_clear_func(leaves, leaf_clear);
    for (guint i = 0; i < builder->drafts->len; i++)
        add_node(&expansion, &g_array_index(builder->drafts, SgDraft, i));
    for (guint i = 0; i < nodes->len; i++) {
        if (node_at(&expansion, i)->order > 0)
            continue;
        enter(&expansion, i);
        while (path->len > 0)
            advance(&expansion);
    }
}
