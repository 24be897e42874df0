/* test_base_log.c - lines of the log as text and as JSON, whatever stands in their values */
#include "schoolgate/log.h"
#include "support.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static SgLogLine *line_of(const char *from, const char *to)
{
    SgLogLine *line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_FROM, from);
    sg_log_line_text(line, SG_FIELD_TO, to);
    return line;
}

/* The object that a line is, parsed by somebody else's parser. */
static JsonNode *parsed(const SgLogLine *line)
{
    g_autoptr(GString) json = g_string_new("{\"first\":1");
    g_autoptr(GError) error = NULL;
    JsonNode *node;

    sg_log_line_append_json(line, json);
    g_string_append_c(json, '}');
    g_assert_null(strchr(json->str, '\n'));
    g_assert_true(g_utf8_validate(json->str, -1, NULL));
    node = json_from_string(json->str, &error);
    g_assert_no_error(error);
    return node;
}

static void test_text_fields_cannot_be_injected(void)
{
    g_autoptr(SgLogLine) line = line_of("a@b\nid=KM-1 action=pass", NULL);
    g_autofree char *text = NULL;

    sg_log_line_text(line, SG_FIELD_WORDS, "caf\xc3\xa9 \"x\"");
    text = sg_log_line_as_text(line);
    g_assert_cmpstr(text, ==,
                    "from=a@b%0Aid%3DKM-1%20action%3Dpass to=- words=caf%C3%A9%20%22x%22");
}

static void test_values_are_short(void)
{
    g_autofree char *much = g_strnfill(5000, 'x');
    g_autoptr(SgLogLine) line = line_of(NULL, much);
    g_autofree char *text = sg_log_line_as_text(line);
    g_autoptr(JsonNode) node = parsed(line);

    g_assert_cmpuint(strlen(text), ==, strlen("from=- to=") + 200);
    g_assert_cmpuint(strlen(json_object_get_string_member(json_node_get_object(node), "to")), ==,
                     200);
}

static void test_list_is_cut_at_commas_that_no_item_can_add(void)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();
    g_autofree char *text = NULL;
    g_autoptr(JsonNode) node = NULL;
    JsonArray *rules;

    sg_log_line_item(line, SG_FIELD_RULE, "one,two");
    sg_log_line_item(line, SG_FIELD_RULE, "three");
    sg_log_line_number(line, SG_FIELD_POINTS, -3);
    sg_log_line_item(line, SG_FIELD_DEFECTS, NULL);
    text = sg_log_line_as_text(line);
    g_assert_cmpstr(text, ==, "rule=one%2Ctwo,three points=-3 defects=-");
    node = parsed(line);
    rules = json_object_get_array_member(json_node_get_object(node), "rule");
    g_assert_cmpuint(json_array_get_length(rules), ==, 2);
    g_assert_cmpstr(json_array_get_string_element(rules, 0), ==, "one,two");
    g_assert_cmpint(json_object_get_int_member(json_node_get_object(node), "points"), ==, -3);
    g_assert_cmpuint(
        json_array_get_length(json_object_get_array_member(json_node_get_object(node), "defects")),
        ==, 0);
}

static void test_two_lists_do_not_run_into_each_other(void)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();
    g_autofree char *text = NULL;
    g_autoptr(JsonNode) node = NULL;

    sg_log_line_item(line, SG_FIELD_RULE, "one");
    sg_log_line_item(line, SG_FIELD_SIGNALS, "two");
    text = sg_log_line_as_text(line);
    g_assert_cmpstr(text, ==, "rule=one signals=two");
    node = parsed(line);
    g_assert_true(json_object_has_member(json_node_get_object(node), "signals"));
}

/* A few bytes of all kinds in values and words: the object stays one, with what was put in. */
static void test_json_holds_against_all_bytes(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    for (guint round = 0; round < 2000; round++) {
        char value[40];
        g_autoptr(SgLogLine) line = NULL;
        g_autoptr(JsonNode) node = NULL;

        for (gsize i = 0; i < sizeof value - 1; i++)
            value[i] = (char)g_rand_int_range(rand, 1, 256);
        value[sizeof value - 1] = '\0';
        line = line_of(value, "kim@students.kingsmead.example");
        sg_log_line_item(line, SG_FIELD_RULE, value);
        sg_log_line_say(line, "%s", value);
        node = parsed(line);
        g_assert_cmpuint(json_object_get_size(json_node_get_object(node)), ==, 5);
        g_assert_cmpstr(json_object_get_string_member(json_node_get_object(node), "to"), ==,
                        "kim@students.kingsmead.example");
    }
}

static void test_unknown_value_is_null(void)
{
    g_autoptr(SgLogLine) line = line_of("", NULL);
    g_autoptr(JsonNode) node = parsed(line);

    g_assert_true(json_object_get_null_member(json_node_get_object(node), "from"));
    g_assert_true(json_object_get_null_member(json_node_get_object(node), "to"));
}

static void test_words_stand_behind_the_fields(void)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();
    g_autofree char *text = NULL;
    g_autoptr(JsonNode) node = NULL;

    sg_log_line_text(line, SG_FIELD_QUEUE, "4XyZ");
    sg_log_line_say(line, "message deferred: %s", "no \"room\"");
    text = sg_log_line_as_text(line);
    g_assert_cmpstr(text, ==, "queue=4XyZ: message deferred: no \"room\"");
    node = parsed(line);
    g_assert_cmpstr(json_object_get_string_member(json_node_get_object(node), "message"), ==,
                    "message deferred: no \"room\"");
}

static void log_all(SgLogForm form)
{
    sg_log_open("schoolgated", SG_LOG_TO_STDERR, form);
    sg_log_process("gate");
    sg_log(LOG_WARNING, "two\nlines \xff");
    _exit(0);
}

/* What a process that logs leaves on its standard error. */
static char *logged_as(SgLogForm form)
{
    char text[1024] = {0};
    int ends[2];
    pid_t pid;

    g_assert_cmpint(pipe(ends), ==, 0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        log_all(form);
    }
    close(ends[1]);
    g_assert_cmpint(read(ends[0], text, sizeof text - 1), >, 0);
    close(ends[0]);
    g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
    return g_strdup(text);
}

static void test_line_of_text_is_one_line_with_its_priority(void)
{
    g_autofree char *text = logged_as(SG_LOG_AS_TEXT);

    g_assert_cmpstr(text, ==, "<4>two\\x0alines \xff\n");
}

static void test_line_of_json_says_when_who_and_how_grave(void)
{
    g_autofree char *text = logged_as(SG_LOG_AS_JSON);
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    JsonObject *object = json_node_get_object(node);

    g_assert_true(g_str_has_suffix(text, "}\n"));
    g_assert_cmpstr(json_object_get_string_member(object, "level"), ==, "warning");
    g_assert_cmpstr(json_object_get_string_member(object, "process"), ==, "gate");
    g_assert_cmpstr(json_object_get_string_member(object, "message"), ==,
                    "two\nlines \xef\xbf\xbd");
    g_assert_cmpint(json_object_get_int_member(object, "pid"), >, 1);
    g_assert_true(
        g_regex_match_simple("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
                             json_object_get_string_member(object, "time"), 0, 0));
}

/* Names in the manual's lists of fields, with their types. */
static GHashTable *documented(void)
{
    static const char lead[] = ".It Cm ";
    g_autofree char *manual = support_read("contrib/man/schoolgate-log.7");
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(manual, "\n", -1);

    for (char **line = lines; *line; line++)
        if (g_str_has_prefix(*line, lead))
            g_assert_true(g_hash_table_add(names, g_strdup(*line + strlen(lead))));
    return names;
}

static void test_manual_has_every_field_and_no_other(void)
{
    static const char *const types[] = {"text", "number", "list"};
    g_autoptr(GHashTable) names = documented();

    for (guint i = 0; i < SG_FIELDS; i++) {
        g_autofree char *entry =
            g_strdup_printf("%s Pq %s", sg_field_kinds[i].name, types[sg_field_kinds[i].type]);

        if (!g_hash_table_contains(names, entry))
            g_error("schoolgate-log(7) does not have: %s", entry);
    }
    g_assert_cmpuint(g_hash_table_size(names), ==, SG_FIELDS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/log/" #name, test_##name)
    PROMISE(text_fields_cannot_be_injected);
    PROMISE(values_are_short);
    PROMISE(list_is_cut_at_commas_that_no_item_can_add);
    PROMISE(two_lists_do_not_run_into_each_other);
    PROMISE(json_holds_against_all_bytes);
    PROMISE(unknown_value_is_null);
    PROMISE(words_stand_behind_the_fields);
    PROMISE(line_of_text_is_one_line_with_its_priority);
    PROMISE(line_of_json_says_when_who_and_how_grave);
    PROMISE(manual_has_every_field_and_no_other);
    return g_test_run();
}
