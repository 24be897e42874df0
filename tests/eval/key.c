/* key.c - labels.conf: what the labels of a corpus mean for the rules */
#include <string.h>

#include "eval.h"

typedef struct Reading {
    EvalKey *key;
    SgReport *report;
    const char *file; /* interned */
    guint line;
} Reading;

static void target_free(gpointer data)
{
    EvalTarget *target = data;

    g_free(target->name);
    g_ptr_array_unref(target->patterns);
    g_free(target);
}

static void assumed_clear(gpointer data)
{
    g_free(((EvalAssumed *)data)->class);
}

static EvalKey *key_new(void)
{
    EvalKey *key = g_new0(EvalKey, 1);

    key->clause = g_strdup("");
    key->targets = g_ptr_array_new_with_free_func(target_free);
    key->assumed = g_array_new(FALSE, FALSE, sizeof(EvalAssumed));
    g_array_set_clear_func(key->assumed, assumed_clear);
    key->ordinary = g_ptr_array_new_with_free_func(g_free);
    key->hard = g_ptr_array_new_with_free_func(g_free);
    key->ordinary_goal = key->hard_goal = -1;
    return key;
}

void eval_key_free(EvalKey *key)
{
    if (!key)
        return;
    g_free(key->clause);
    g_ptr_array_unref(key->targets);
    g_array_unref(key->assumed);
    g_ptr_array_unref(key->ordinary);
    g_ptr_array_unref(key->hard);
    g_free(key);
}

int eval_key_find(const EvalKey *key, SgSpan name)
{
    for (guint i = 0; i < key->targets->len; i++)
        if (sg_span_is(name, ((const EvalTarget *)key->targets->pdata[i])->name))
            return (int)i;
    return -1;
}

static void wrong(const Reading *reading, const char *format, const char *word)
{
    const SgPlace place = {reading->file, reading->line, 0, 0};
    g_autofree char *safe = g_strescape(word, NULL);

    sg_report_error(reading->report, place, format, safe);
}

static EvalTarget *add_target(const Reading *reading, const char *name)
{
    EvalTarget *target = g_new0(EvalTarget, 1);

    if (eval_key_find(reading->key, sg_span(name)) >= 0)
        wrong(reading, "'%s' is there already", name);
    target->name = g_strdup(name);
    target->goal = -1;
    target->patterns = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(reading->key->targets, target);
    return target;
}

/* The index of a label, as against several together; -1 after a complaint. */
static int find_label(const Reading *reading, const char *name)
{
    int index = eval_key_find(reading->key, sg_span(name));

    if (index >= 0 && (guint)index < reading->key->labels)
        return index;
    wrong(reading, "no label '%s' has been named above", name);
    return -1;
}

static void read_clause(const Reading *reading, char **words)
{
    g_free(reading->key->clause);
    reading->key->clause = g_strdup(words[0]);
}

static void read_label(const Reading *reading, char **words)
{
    EvalKey *key = reading->key;

    if (key->labels != key->targets->len || key->labels == EVAL_LABELS_MAX) {
        wrong(reading, "label '%s' comes too late: before 'together', and 32 at most", words[0]);
        return;
    }
    EvalTarget *target = add_target(reading, words[0]);
    target->set = (EvalSet)1 << key->labels++;
    for (char **word = words + 1; *word; word++)
        g_ptr_array_add(target->patterns, g_strdup(*word));
}

static void read_together(const Reading *reading, char **words)
{
    EvalTarget *target = add_target(reading, words[0]);

    for (char **word = words + 1; *word; word++) {
        int label = find_label(reading, *word);
        if (label >= 0)
            target->set |= (EvalSet)1 << label;
    }
}

static void read_assume(const Reading *reading, char **words)
{
    int label = words[1] ? find_label(reading, words[1]) : -1;

    if (!words[1])
        wrong(reading, "what is unread mail of class '%s' to be taken for?", words[0]);
    if (label < 0)
        return;
    const EvalAssumed assumed = {g_strdup(words[0]), (guint)label};
    g_array_append_val(reading->key->assumed, assumed);
}

static void add_words(GPtrArray *names, char **words)
{
    for (; *words; words++)
        g_ptr_array_add(names, g_strdup(*words));
}

static void read_ordinary(const Reading *reading, char **words)
{
    add_words(reading->key->ordinary, words);
}

static void read_hard(const Reading *reading, char **words)
{
    add_words(reading->key->hard, words);
}

static void read_goal(const Reading *reading, char **words)
{
    EvalKey *key = reading->key;
    int index = eval_key_find(key, sg_span(words[0]));
    char *end = words[1];
    double goal = words[1] ? g_ascii_strtod(words[1], &end) : -1;

    if (!(goal >= 0 && goal <= 1000) || *end) {
        wrong(reading, "the goal of '%s' is no number that a share can have", words[0]);
        return;
    }
    if (strcmp(words[0], "ordinary") == 0)
        key->ordinary_goal = goal;
    else if (strcmp(words[0], "hard") == 0)
        key->hard_goal = goal;
    else if (index >= 0)
        ((EvalTarget *)key->targets->pdata[index])->goal = goal;
    else
        wrong(reading, "no label '%s' has been named above", words[0]);
}

static const struct {
    const char *word;
    void (*read)(const Reading *reading, char **words);
} entries[] = {
    {"clause", read_clause}, {"label", read_label},       {"together", read_together},
    {"assume", read_assume}, {"ordinary", read_ordinary}, {"hard", read_hard},
    {"goal", read_goal},
};

/* The words of a line without its comment; NULL when there are none. */
static char **words_of(const char *line)
{
    g_autofree char *bare = g_strndup(line, strcspn(line, "#\r"));
    g_auto(GStrv) parts = g_strsplit_set(bare, " \t", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (char **part = parts; *part; part++)
        if (**part)
            g_ptr_array_add(words, g_strdup(*part));
    if (words->len == 0)
        return NULL;
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static void read_line(const Reading *reading, const char *line)
{
    g_auto(GStrv) words = words_of(line);

    if (!words)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
        if (strcmp(words[0], entries[i].word) != 0)
            continue;
        if (words[1])
            entries[i].read(reading, words + 1);
        else
            wrong(reading, "'%s' of what?", words[0]);
        return;
    }
    wrong(reading, "no entry '%s'; there are clause, label, together, assume, ordinary, hard, goal",
          words[0]);
}

EvalKey *eval_key_load(const char *path, SgReport *report)
{
    g_autoptr(EvalKey) key = key_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    Reading reading = {key, report, g_intern_string(path), 0};

    if (!g_file_get_contents(path, &text, NULL, &error)) {
        wrong(&reading, "%s", error->message);
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        reading.line++;
        read_line(&reading, *line);
    }
    return sg_report_errors(report) > 0 ? NULL : g_steal_pointer(&key);
}

EvalSet eval_key_rule(const EvalKey *key, const char *rule)
{
    EvalSet set = 0;

    for (guint i = 0; i < key->labels; i++) {
        const EvalTarget *target = key->targets->pdata[i];
        for (guint j = 0; j < target->patterns->len; j++)
            if (g_pattern_match_simple(target->patterns->pdata[j], rule))
                set |= target->set;
    }
    return set;
}

int eval_key_assumed(const EvalKey *key, const char *class)
{
    for (guint i = 0; i < key->assumed->len; i++) {
        const EvalAssumed *assumed = &g_array_index(key->assumed, EvalAssumed, i);
        if (strcmp(assumed->class, class) == 0)
            return (int)assumed->label;
    }
    return -1;
}

gboolean eval_named(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (strcmp(names->pdata[i], name) == 0)
            return TRUE;
    return FALSE;
}
