/* audit_detail.c - see audit_detail.h
 *
 * The record keeps the bare words: they are what the trail's checksums are made of, and what its
 * files hold. */
#include "audit_detail.h"

#include "labels.h"
#include "words.h"

#include <string.h>

typedef struct Said {
    const char *action, *detail;
    SgSay words;
} Said;

static const Said known[] = {
    {"view", "metadata", SG_SAY_AUDIT_SAW_FACTS},
    {"view", "excerpts", SG_SAY_AUDIT_SAW_EXCERPTS},
    {"view", "message", SG_SAY_AUDIT_SAW_MESSAGE},
    {"reveal-names", "asked for", SG_SAY_AUDIT_NAMES_ASKED},
    {"reveal-names", "headers", SG_SAY_AUDIT_NAMES_HEADERS},
    {"reveal-names", "exempt", SG_SAY_AUDIT_NAMES_EXEMPT},
};

static const char *known_words(const SgAuditEntry *entry)
{
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(entry->action, known[i].action) == 0 &&
            strcmp(entry->detail, known[i].detail) == 0)
            return sg_words(known[i].words);
    return NULL;
}

/* Lists: "15 listed, 1 left out; state held; words x"
 * ----------------------------------------------
 */

/* Past the number before `what`; NULL, and `n` as it was: it is not there. */
static const char *number_before(const char *from, const char *what, guint64 *n)
{
    char *end;
    guint64 read;

    if (!g_ascii_isdigit(*from))
        return NULL;
    read = g_ascii_strtoull(from, &end, 10);
    if (!g_str_has_prefix(end, what))
        return NULL;
    *n = read;
    return end + strlen(what);
}

/* The list as everybody first sees it. */
static gboolean is_usual(const char *filter, gsize len)
{
    static const char usual[] = "state held";

    return len == strlen(usual) && strncmp(filter, usual, len) == 0;
}

/* What was looked for stands last, and may be anything. */
static void add_filters(GString *words, const char *filters)
{
    gboolean begun = FALSE;

    while (g_str_has_prefix(filters, "; ")) {
        const char *filter = filters + 2;
        const char *end = g_str_has_prefix(filter, "words ") || g_str_has_prefix(filter, "search ")
                              ? NULL
                              : strstr(filter, "; ");
        gsize len = end ? (gsize)(end - filter) : strlen(filter);

        filters = filter + len;
        if (is_usual(filter, len))
            continue;
        g_string_append(words, begun ? ", " : sg_words(SG_SAY_AUDIT_FILTERED));
        g_string_append_len(words, filter, (gssize)len);
        begun = TRUE;
    }
}

static char *list_words(const char *detail)
{
    guint64 listed = 0, left_out = 0;
    const char *rest = number_before(detail, " listed", &listed);
    const char *after;
    GString *words;

    if (!rest)
        return NULL;
    after = g_str_has_prefix(rest, ", ") ? number_before(rest + 2, " left out", &left_out) : rest;
    if (!after || (*after && !g_str_has_prefix(after, "; ")))
        return NULL;
    words = g_string_new(NULL);
    g_string_append_printf(words, "%" G_GUINT64_FORMAT " ", listed);
    g_string_append(words, sg_words(SG_SAY_AUDIT_LISTED));
    if (left_out > 0) {
        g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, left_out);
        g_autofree char *own = sg_words_fill(SG_SAY_AUDIT_LEFT_OUT, number, NULL);
        g_string_append(words, own);
    }
    add_filters(words, after);
    return g_string_free(words, FALSE);
}

/* Decisions: "held: Spoken with the sender (copy for …)"
 * -------------------------------------------
 */

/* Names are shown to who asks for them, and that is on the trail: so the copies that it was about
 * are only counted here. */
static char *reason_words(const char *reason)
{
    static const char begin[] = " (copy for ";
    const char *copies = g_strrstr(reason, begin);
    guint count = 1;

    if (!copies || !g_str_has_suffix(copies, ")"))
        return g_strdup(reason);
    for (const char *at = copies; *at; at++)
        if (g_str_has_prefix(at, ", "))
            count++;
    g_autofree char *counted =
        sg_words_count(count, SG_SAY_AUDIT_COPIES_ONE, SG_SAY_AUDIT_COPIES_SEVERAL);
    g_autofree char *before = g_strndup(reason, (gsize)(copies - reason));
    return g_strconcat(before, " (", counted, ")", NULL);
}

static char *decision_words(const char *detail)
{
    for (guint i = 0; i < SG_STATES; i++) {
        const char *name = sg_state_names[i];

        if (g_str_has_prefix(detail, name) && g_str_has_prefix(detail + strlen(name), ": ")) {
            g_autofree char *reason = reason_words(detail + strlen(name) + 2);
            return sg_words_fill(SG_SAY_AUDIT_BEFORE, sg_state_words((SgState)i), reason, NULL);
        }
    }
    return reason_words(detail);
}

static gboolean is_decision(const char *action)
{
    for (guint i = 0; i < SG_DECISIONS; i++)
        if (strcmp(action, sg_decision_kind_names[i]) == 0)
            return TRUE;
    return FALSE;
}

char *sg_audit_detail_words(const SgAuditEntry *entry)
{
    const char *better;
    char *words = NULL;

    if (!entry->detail || !*entry->detail)
        return NULL;
    if ((better = known_words(entry)))
        return g_strdup(better);
    if (strcmp(entry->action, "list") == 0 || strcmp(entry->action, "reveal-names") == 0 ||
        strcmp(entry->action, "exempt-list") == 0)
        words = list_words(entry->detail);
    else if (is_decision(entry->action))
        words = decision_words(entry->detail);
    return words ? words : g_strdup(entry->detail);
}
