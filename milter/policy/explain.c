/* explain.c - words a refusal: five short lines of ASCII that a person can act on. */
#include "schoolgate/explain.h"

#define SEEN_MOST    60 /* characters of one quoted match */
#define CLAUSE_MOST  16 /* of the first line, which is to hold the reference as well */
#define TAIL_MOST    56
#define NOBODY       "Nobody received it and no person has read it."
#define NOT_THIS_ONE "Only this recipient is refused; the message itself has not been sent yet."

/* ASCII -------------------------------------------------------------------------------------------
 */

char *sg_to_ascii(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *ascii = g_string_sized_new(strlen(valid));

    /* In the C locale GLib spells letters without their accents and quotes as plain ones. */
    g_autofree char *plain = g_str_to_ascii(valid, "C");
    for (const char *c = plain; *c; c++)
        g_string_append_c(ascii, g_ascii_isprint(*c) ? *c : g_ascii_isspace(*c) ? ' ' : '?');
    return g_string_free(ascii, FALSE);
}

/* Lines -------------------------------------------------------------------------------------------
 */

/* The bytes of `text` that fit into `width`, ending with a whole word where there is one. */
static gsize fitting(const char *text, gsize width)
{
    gsize len = strlen(text);
    gsize fit;

    if (len <= width)
        return len;
    for (fit = width; fit > 0 && text[fit] != ' '; fit--)
        ;
    return fit > 0 ? fit : width;
}

static void add_clipped(GPtrArray *lines, const char *text)
{
    gsize fit = fitting(text, SG_REFUSAL_WIDTH);

    if (text[fit] == '\0')
        g_ptr_array_add(lines, g_strdup(text));
    else
        g_ptr_array_add(lines,
                        g_strdup_printf("%.*s...", (int)fitting(text, SG_REFUSAL_WIDTH - 3), text));
}

/* Appends `text` to `lines`: behind what stands on the last one where all of it fits there, else on
 * lines of its own. */
static void add_flowing(GPtrArray *lines, const char *text)
{
    char **last = lines->len > 0 ? (char **)&lines->pdata[lines->len - 1] : NULL;

    if (last && strlen(*last) + 1 + strlen(text) <= SG_REFUSAL_WIDTH) {
        char *joined = g_strconcat(*last, " ", text, NULL);
        g_free(*last);
        *last = joined;
        return;
    }
    while (*text) {
        gsize fit = fitting(text, SG_REFUSAL_WIDTH);
        g_ptr_array_add(lines, g_strndup(text, fit));
        text += fit;
        while (*text == ' ')
            text++;
    }
}

/* Puts the sentences into at most `room` lines. While they are too long the last is left out, for
 * the first matter most; one that is too long by itself is cut with dots. */
static void add_sentences(GPtrArray *lines, GPtrArray *sentences, guint room)
{
    for (guint keep = sentences->len; keep > 0; keep--) {
        g_autoptr(GPtrArray) flow = g_ptr_array_new_with_free_func(g_free);
        for (guint i = 0; i < keep; i++)
            add_flowing(flow, sentences->pdata[i]);
        if (flow->len > room && keep > 1)
            continue;
        for (guint i = 0; i < MIN(flow->len, room); i++) {
            gboolean cut = i + 1 == room && flow->len > room;
            char *line = flow->pdata[i];
            int most = (int)(cut ? fitting(line, SG_REFUSAL_WIDTH - 3) : strlen(line));
            g_ptr_array_add(lines, g_strdup_printf("%.*s%s", most, line, cut ? "..." : ""));
        }
        return;
    }
}

/* Sentences ---------------------------------------------------------------------------------------
 */

static void add_sentence(GPtrArray *sentences, const char *text)
{
    if (text && *text)
        g_ptr_array_add(sentences, sg_to_ascii(text));
}

/* What was matched, quoted, at most two: enough to find it in one's own message. */
static char *what_was_seen(const SgFinding *finding)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    guint shown = 0;

    if (finding->severity == SG_SEVERITY_CRITICAL)
        return NULL;
    for (guint i = 0; i < finding->signals->len && shown < 2; i++) {
        const SgSignalHit *hit = finding->signals->pdata[i];
        if (!hit->excerpt || hit->points < 0 || hit->excerpt_to <= hit->excerpt_from)
            continue;
        g_autofree char *match =
            g_strndup(hit->excerpt + hit->excerpt_from, hit->excerpt_to - hit->excerpt_from);
        g_autofree char *ascii = sg_to_ascii(match);
        g_strstrip(ascii);
        g_strdelimit(ascii, "\"", '\'');
        gboolean cut = strlen(ascii) > SEEN_MOST;
        g_string_append_printf(seen, "%s\"%.*s%s\"", shown ? " and " : "", SEEN_MOST, ascii,
                               cut ? "..." : "");
        shown++;
    }
    return shown > 0 ? g_strdup_printf("Seen: %s.", seen->str) : NULL;
}

static char *first_line(const SgFinding *finding, SgRefusalOf of, const char *reference)
{
    const char *what = of == SG_REFUSE_MESSAGE ? "Not sent" : "Not accepted for this recipient";
    g_autofree char *title = sg_to_ascii(finding->title);
    gboolean cite = *finding->clause && strlen(finding->clause) <= CLAUSE_MOST;
    g_autofree char *clause = cite ? g_strdup_printf(" (school policy %s)", finding->clause) : NULL;
    g_autofree char *tail = g_strdup_printf("%s. Ref %s", clause ? clause : "", reference);
    gsize room = SG_REFUSAL_WIDTH - strlen(what) - strlen(": ") - MIN(strlen(tail), TAIL_MOST);

    if (strlen(title) <= room)
        return g_strdup_printf("%s: %s%s", what, title, tail);
    return g_strdup_printf("%s: %.*s...%s", what, (int)fitting(title, room - 3), title, tail);
}

static char *clause_sentence(const SgFinding *finding)
{
    if (!*finding->clause || !*finding->clause_title)
        return NULL;
    return g_strdup_printf("Clause %s is about: %s.", finding->clause, finding->clause_title);
}

static gboolean about_content(const SgFinding *finding)
{
    return finding->signals->len > 0 || finding->kind == SG_FINDING_UNSCANNABLE;
}

static SgRefusal *refusal_new(const char *code, const char *enhanced, GPtrArray *lines)
{
    SgRefusal *refusal = g_new0(SgRefusal, 1);

    refusal->code = code;
    refusal->enhanced = enhanced;
    g_ptr_array_add(lines, NULL);
    refusal->lines = (char **)g_ptr_array_free(lines, FALSE);
    return refusal;
}

SgRefusal *sg_refusal_new(const SgVerdict *verdict, SgRefusalOf of, const char *reference,
                          const char *contact)
{
    const SgFinding *finding = sg_verdict_leading(verdict);
    GPtrArray *lines = g_ptr_array_new();
    g_autoptr(GPtrArray) sentences = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *seen = what_was_seen(finding);
    g_autofree char *clause = clause_sentence(finding);
    g_autofree char *plain_contact = sg_to_ascii(contact);
    g_autofree char *first = first_line(finding, of, reference);
    g_autofree char *last = g_strdup_printf(
        "%s Ask: %s", of == SG_REFUSE_MESSAGE ? NOBODY : NOT_THIS_ONE, plain_contact);

    add_sentence(sentences, finding->explain ? finding->explain : clause);
    add_sentence(sentences, finding->remedy);
    if (finding->may_override)
        add_sentence(sentences, "If it is school business, send it again with this first line: "
                                "School-business: <why>");
    add_sentence(sentences, seen);
    if (finding->explain)
        add_sentence(sentences, clause);
    g_ptr_array_add(lines, g_steal_pointer(&first));
    add_sentences(lines, sentences, SG_REFUSAL_LINES_MAX - 2);
    add_clipped(lines, last);
    return refusal_new("550", about_content(finding) ? "5.7.0" : "5.7.1", lines);
}

static SgRefusal *in_two_lines(const char *code, const char *enhanced, const char *what,
                               const char *before, const char *contact)
{
    GPtrArray *lines = g_ptr_array_new();
    g_autofree char *plain = sg_to_ascii(contact);
    g_autofree char *ask = g_strconcat(before, plain, NULL);

    g_ptr_array_add(lines, g_strdup(what));
    add_clipped(lines, ask);
    return refusal_new(code, enhanced, lines);
}

SgRefusal *sg_refusal_temporary(const char *contact)
{
    return in_two_lines("451", "4.7.0",
                        "Not sent yet: the school's mail check is not available. "
                        "Please try again later.",
                        "If this lasts, ask: ", contact);
}

SgRefusal *sg_refusal_unknown_user(gboolean for_good, const char *contact)
{
    if (for_good)
        return in_two_lines("550", "5.7.1",
                            "Not sent: the school's mail check could not tell who wrote this.",
                            NOBODY " Ask: ", contact);
    return in_two_lines("451", "4.7.1",
                        "Not sent yet: the school's mail check could not tell who wrote this.",
                        "If this lasts, ask: ", contact);
}

void sg_refusal_free(SgRefusal *refusal)
{
    if (!refusal)
        return;
    g_strfreev(refusal->lines);
    g_free(refusal);
}

char *sg_refusal_text(const SgRefusal *refusal)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; refusal->lines[i]; i++)
        g_string_append_printf(text, "%s%s%c%s %s", i ? "\n" : "", refusal->code,
                               refusal->lines[i + 1] ? '-' : ' ', refusal->enhanced,
                               refusal->lines[i]);
    return g_string_free(text, FALSE);
}
