/* corpus.c - labels.tsv: which messages a corpus holds, and what people who read them said
 *
 * Tab-separated, the first line names the columns: `file` (below the corpus's folder) and `labels`
 * must be there; `class` (without it: the folder the file is in), `from` and `to` may be; others
 * are left alone. */
#include <string.h>

#include "eval.h"

enum { FILE_COLUMN, LABELS_COLUMN, CLASS_COLUMN, FROM_COLUMN, TO_COLUMN, COLUMNS };
static const char *const column_names[] = {"file", "labels", "class", "from", "to"};

typedef struct Reading {
    const char *folder;
    const EvalKey *key;
    SgReport *report;
    SgPlace place;
    int columns[COLUMNS]; /* where each stands; -1: nowhere */
    GHashTable *seen;     /* file names */
} Reading;

static void mail_free(gpointer data)
{
    EvalMail *mail = data;

    g_free(mail->file);
    g_free(mail->class);
    g_free(mail->labels);
    g_free(mail->from);
    g_free(mail->to);
    g_free(mail->trouble);
    sg_verdict_free(mail->verdict);
    g_ptr_array_unref(mail->near);
    g_free(mail);
}

/* A copy of one cell; NULL when there is none, or nothing in it. */
static char *cell(const Reading *reading, char **cells, int column)
{
    int at = reading->columns[column];

    if (at < 0 || (guint)at >= g_strv_length(cells) || !*cells[at])
        return NULL;
    return g_strdup(cells[at]);
}

static void complain_of_label(const Reading *reading, const char *word)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *safe = g_strescape(word, NULL);

    for (guint i = 0; i < reading->key->labels; i++)
        g_ptr_array_add(names, ((EvalTarget *)reading->key->targets->pdata[i])->name);
    g_ptr_array_add(names, (gpointer) "none");
    g_ptr_array_add(names, (gpointer) "quoted");
    g_ptr_array_add(names, NULL);
    g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
    const char *nearest = sg_suggest(sg_span(word), (const char *const *)names->pdata);
    sg_report_error(reading->report, reading->place, "no label '%s'%s%s%s (there are: %s)", safe,
                    nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "",
                    all);
}

static void read_label(const Reading *reading, EvalMail *mail, const char *word)
{
    gsize len = strlen(word);
    gboolean sure = len == 0 || word[len - 1] != '?';
    const SgSpan name = {word, sure ? len : len - 1};
    int label = eval_key_find(reading->key, name);

    if (sg_span_is(name, "none")) {
        mail->reading = sure ? MAX(mail->reading, EVAL_NONE) : EVAL_UNSURE;
    } else if (sg_span_is(name, "quoted")) {
        mail->reading = EVAL_UNSURE;
    } else if (label < 0 || (guint)label >= reading->key->labels) {
        complain_of_label(reading, word);
    } else {
        *(sure ? &mail->firm : &mail->unsure) |= (EvalSet)1 << label;
    }
}

static gboolean is_among(char **words, const char *word)
{
    return g_strv_contains((const char *const *)words, word);
}

static void read_labels(const Reading *reading, EvalMail *mail)
{
    g_auto(GStrv) words = g_strsplit(mail->labels, ",", -1);

    if (strcmp(mail->labels, "-") == 0)
        return;
    for (char **word = words; *word; word++)
        read_label(reading, mail, g_strstrip(*word));
    if (is_among(words, "none") && (mail->firm || mail->unsure))
        sg_report_error(reading->report, reading->place, "'none' stands beside other labels");
    if (is_among(words, "quoted") || is_among(words, "none?"))
        mail->reading = EVAL_UNSURE;
    else if (mail->firm || mail->unsure)
        mail->reading = EVAL_LABELLED;
}

/* Within the folder and there. */
static gboolean is_there(const Reading *reading, const char *file)
{
    g_autofree char *path = g_build_filename(reading->folder, file, NULL);
    g_autofree char *safe = g_strescape(file, NULL);

    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    sg_report_error(reading->report, reading->place, "there is no file '%s' in '%s'", safe,
                    reading->folder);
    return FALSE;
}

static EvalMail *read_line(Reading *reading, const char *line)
{
    g_auto(GStrv) cells = g_strsplit(line, "\t", -1);
    g_autofree char *file = cell(reading, cells, FILE_COLUMN);
    g_autofree char *labels = cell(reading, cells, LABELS_COLUMN);

    if (!file || !labels) {
        sg_report_error(reading->report, reading->place, "this line has no %s",
                        file ? "labels" : "file");
        return NULL;
    }
    if (!is_there(reading, file))
        return NULL;
    if (!g_hash_table_add(reading->seen, g_strdup(file)))
        sg_report_error(reading->report, reading->place, "this file has been named before");

    EvalMail *mail = g_new0(EvalMail, 1);
    mail->near = g_ptr_array_new_with_free_func((GDestroyNotify)sg_near_miss_free);
    mail->place = reading->place;
    mail->class = cell(reading, cells, CLASS_COLUMN);
    if (!mail->class)
        mail->class = g_path_get_dirname(file);
    mail->from = cell(reading, cells, FROM_COLUMN);
    mail->to = cell(reading, cells, TO_COLUMN);
    mail->file = g_steal_pointer(&file);
    mail->labels = g_steal_pointer(&labels);
    read_labels(reading, mail);
    return mail;
}

static void read_heading(Reading *reading, const char *line)
{
    g_auto(GStrv) cells = g_strsplit(line, "\t", -1);

    for (int column = 0; column < COLUMNS; column++) {
        reading->columns[column] = -1;
        for (int i = 0; cells[i]; i++)
            if (strcmp(cells[i], column_names[column]) == 0)
                reading->columns[column] = i;
    }
    if (reading->columns[FILE_COLUMN] < 0 || reading->columns[LABELS_COLUMN] < 0)
        sg_report_error(reading->report, reading->place,
                        "the first line must name the columns, parted by tabs: file and labels, "
                        "and as you like class, from and to");
}

GPtrArray *eval_corpus_load(const char *folder, const EvalKey *key, SgReport *report)
{
    g_autofree char *path = g_build_filename(folder, "labels.tsv", NULL);
    g_autoptr(GPtrArray) mail = g_ptr_array_new_with_free_func(mail_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    Reading reading = {folder, key, report, {g_intern_string(path), 0, 0, 0}, {0}, seen};

    if (!g_file_get_contents(path, &text, NULL, &error)) {
        sg_report_error(report, reading.place, "cannot open it: %s", error->message);
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line && !(reading.place.line == 1 && sg_report_errors(report));
         line++) {
        g_strchomp(*line); /* the CR that some editors add */
        reading.place.line++;
        if (reading.place.line == 1) {
            read_heading(&reading, *line);
        } else if (**line) {
            EvalMail *one = read_line(&reading, *line);
            if (one)
                g_ptr_array_add(mail, one);
        }
    }
    if (sg_report_errors(report) == 0 && mail->len == 0)
        sg_report_error(report, reading.place, "it names no message");
    return sg_report_errors(report) > 0 ? NULL : g_steal_pointer(&mail);
}

gboolean eval_is_hard(const EvalKey *key, const EvalMail *mail)
{
    return (mail->reading == EVAL_NONE || mail->reading == EVAL_UNREAD) &&
           eval_named(key->hard, mail->class);
}

gboolean eval_is_ordinary(const EvalKey *key, const EvalMail *mail)
{
    return mail->reading == EVAL_NONE && !eval_named(key->hard, mail->class);
}

gboolean eval_is_unread_ordinary(const EvalKey *key, const EvalMail *mail)
{
    return mail->reading == EVAL_UNREAD && eval_named(key->ordinary, mail->class);
}

EvalSet eval_missed(const EvalKey *key, const EvalMail *mail)
{
    int assumed = mail->reading == EVAL_UNREAD ? eval_key_assumed(key, mail->class) : -1;
    EvalSet labels = mail->reading == EVAL_LABELLED ? mail->firm : 0;

    if (assumed >= 0)
        labels |= (EvalSet)1 << assumed;
    return labels & ~mail->answered;
}
