/* test_desk_conf_text.c - changing one setting in a configuration's text, and nothing else of it.
 */
#include "../../milter/desk/conf_text.h"
#include "support.h"

static const SgConfKey name = {"school", "name", SG_CONF_TEXT};
static const SgConfKey officer = {"school", "officer", SG_CONF_WORD};
static const SgConfKey head = {"school", "head", SG_CONF_WORD};
static const SgConfKey staff = {"role staff", "domain", SG_CONF_LIST};
static const SgConfKey mode = {"mode", NULL, SG_CONF_WORD};
static const SgConfKey include = {"include", NULL, SG_CONF_WORD};
static const SgConfKey inside = {"gate", "inside", SG_CONF_LIST};
static const SgConfKey socket = {"gate", "socket", SG_CONF_WORD};
static const SgConfKey send_with = {"courier", "send-with", SG_CONF_WORD};
static const SgConfKey aliases = {"people", "aliases", SG_CONF_WORD};
static const SgConfKey missing = {"role parent", "domain", SG_CONF_LIST};

static const SgConfKey *const keys[] = {&name,   &officer, &head,      &staff,   &mode,   &include,
                                        &inside, &socket,  &send_with, &aliases, &missing};

static void assert_set(const char *text, const SgConfKey *key, const char *value, const char *want)
{
    g_autofree char *got = sg_conf_text_set(text, key, value);
    g_autofree char *again = sg_conf_text_set(got, key, value);
    g_autofree char *read = sg_conf_text_get(got, key);

    g_assert_cmpstr(got, ==, want);
    g_assert_cmpstr(again, ==, want);
    g_assert_cmpstr(read, ==, value);
}

static void test_a_value_is_exchanged_where_it_stands(void)
{
    assert_set("# ours\nmode enforce   # since May\n\nschool\n  name\tOld # one\n", &mode,
               "observe", "# ours\nmode observe   # since May\n\nschool\n  name\tOld # one\n");
    assert_set("school\n  name\tOld # one\n  officer a@b.example\n", &name, "New",
               "school\n  name\tNew\n  officer a@b.example\n");
    assert_set("gate\n    inside  ::1\nschool\n    name  A\n", &name, "B",
               "gate\n    inside  ::1\nschool\n    name  B\n");
}

static void test_a_list_on_several_lines_becomes_one_only_when_it_changes(void)
{
    const char *text = "role staff\n    domain  a.example, b.example\n    # both\n"
                       "    domain  c.example # new\n    address x@y.example\n";

    assert_set(text, &staff, "a.example, b.example, c.example", text);
    assert_set(text, &staff, "a.example",
               "role staff\n    domain  a.example\n    # both\n    address x@y.example\n");
}

static void test_a_new_setting_stands_below_the_others_and_looks_like_them(void)
{
    assert_set("school\n  name     A\n  officer  a@b.example\n\n# gate\ngate\n", &head,
               "h@b.example",
               "school\n  name     A\n  officer  a@b.example\n  head     h@b.example\n\n"
               "# gate\ngate\n");
    assert_set("school\ngate\n", &head, "h@b.example", "school\n    head h@b.example\ngate\n");
}

static void test_a_new_block_stands_at_the_end(void)
{
    assert_set("", &mode, "observe", "mode observe\n");
    assert_set("mode observe", &staff, "a.example",
               "mode observe\n\nrole staff\n    domain  a.example\n");
    assert_set("role student\n    domain  s.example\n", &staff, "a.example",
               "role student\n    domain  s.example\n\nrole staff\n    domain  a.example\n");
}

static void test_lines_end_as_they_did(void)
{
    assert_set("school\r\n    name  A\r\n", &name, "B", "school\r\n    name  B\r\n");
    assert_set("school\r\n    name  A\r\n", &head, "h@b.example",
               "school\r\n    name  A\r\n    head  h@b.example\r\n");
    assert_set("school\n    name  A", &head, "h@b.example",
               "school\n    name  A\n    head  h@b.example\n");
}

static void test_a_setting_without_a_value_gets_one(void)
{
    assert_set("gate\n    socket\n", &socket, "unix:/x", "gate\n    socket unix:/x\n");
    assert_set("gate\n    socket # where\n", &socket, "unix:/x",
               "gate\n    socket unix:/x # where\n");
}

static void test_nothing_takes_the_setting_out(void)
{
    assert_set("school\n    head  a@b.example # gone\n    name  A\n", &head, NULL,
               "school\n    name  A\n");
    assert_set("school\n    name  A\n", &head, NULL, "school\n    name  A\n");
}

static void test_what_is_commented_out_no_longer_counts(void)
{
    g_autofree char *text = sg_conf_text_comment_out(
        "people\n    csv  x\n    aliases  y b.example\n    aliases  z\n", &aliases);

    g_assert_cmpstr(text, ==, "people\n    csv  x\n    # aliases  y b.example\n    # aliases  z\n");
    g_assert_null(sg_conf_text_get(text, &aliases));
}

/* `text` without the lines that begin with the setting's word, and without empty ones. */
static char *other_lines(const char *text, const SgConfKey *key)
{
    const char *word = key->setting ? key->setting : key->block;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *others = g_string_new(NULL);

    for (char **line = lines; *line; line++) {
        g_autofree char *bare = g_strstrip(g_strdup(*line));
        g_auto(GStrv) words = g_strsplit_set(bare, " \t", 2);

        if (*bare && g_strcmp0(words[0], word) != 0 && g_strcmp0(bare, key->block) != 0)
            g_string_append_printf(others, "%s\n", *line);
    }
    return g_string_free(others, FALSE);
}

static void test_whatever_is_set_the_rest_of_the_sample_stays_byte_by_byte(void)
{
    g_autofree char *sample = support_read("rules/schoolgate.conf");
    g_autofree char *text = g_strdup(sample);

    for (int round = 0; round < 400; round++) {
        const SgConfKey *key = keys[g_random_int_range(0, G_N_ELEMENTS(keys))];
        g_autofree char *value = g_strdup_printf("v%d.example", g_random_int_range(0, 50));
        g_autofree char *old = text;
        g_autofree char *before = other_lines(old, key);

        text = sg_conf_text_set(old, key, g_random_int_range(0, 5) ? value : NULL);
        g_autofree char *after = other_lines(text, key);
        g_assert_cmpstr(before, ==, after);
    }
}

static void test_what_is_set_and_set_back_is_as_it_was(void)
{
    g_autofree char *sample = support_read("rules/schoolgate.conf");

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *value = sg_conf_text_get(sample, keys[i]);
        g_autofree char *other = sg_conf_text_set(sample, keys[i], "other.example");
        g_autofree char *back = sg_conf_text_set(other, keys[i], value);

        g_assert_cmpstr(sample, !=, other);
        if (value)
            g_assert_cmpstr(sample, ==, back);
    }
}

static const SgConfKey of_students = {"directory school", "role student", SG_CONF_TEXT};

static const char directory[] = "directory school # ours\n"
                                "    role students  (x=*)\n"
                                "    role staff     (cn=*)\n"
                                "    role student   (uid=s*)\n"
                                "    base           dc=x\n";

static void test_a_setting_may_be_known_by_its_first_word_as_well(void)
{
    g_autofree char *value = sg_conf_text_get(directory, &of_students);
    g_autofree char *same = sg_conf_text_set(directory, &of_students, "(uid=s*)");
    g_autofree char *other = sg_conf_text_set(directory, &of_students, "(uid=p*)");
    g_autofree char *without = sg_conf_text_set(directory, &of_students, NULL);
    g_autofree char *again = sg_conf_text_set(without, &of_students, "(uid=p*)");

    g_assert_cmpstr(value, ==, "(uid=s*)");
    g_assert_cmpstr(same, ==, directory);
    g_assert_cmpstr(other, ==,
                    "directory school # ours\n    role students  (x=*)\n"
                    "    role staff     (cn=*)\n    role student   (uid=p*)\n"
                    "    base           dc=x\n");
    g_assert_null(strstr(without, "(uid=s*)"));
    g_assert_true(g_str_has_suffix(again, "dc=x\n    role student   (uid=p*)\n"));
}

static void test_a_block_is_found_by_its_keyword_whatever_its_name(void)
{
    g_autofree char *found = sg_conf_text_block(directory, "directory");

    g_assert_cmpstr(found, ==, "directory school");
    g_assert_null(sg_conf_text_block(directory, "export"));
}

static void test_a_block_that_is_appended_has_its_values_below_one_another(void)
{
    static const char *const lines[] = {"file", "x.csv", "role-value student", "Pupil", NULL};
    g_autofree char *text = sg_conf_text_append("mode observe", "export people", lines);

    g_assert_cmpstr(text, ==,
                    "mode observe\n\nexport people\n    file                x.csv\n"
                    "    role-value student  Pupil\n");
}

#define PROMISE(name) g_test_add_func("/conf-text/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(a_value_is_exchanged_where_it_stands);
    PROMISE(a_list_on_several_lines_becomes_one_only_when_it_changes);
    PROMISE(a_new_setting_stands_below_the_others_and_looks_like_them);
    PROMISE(a_new_block_stands_at_the_end);
    PROMISE(lines_end_as_they_did);
    PROMISE(a_setting_without_a_value_gets_one);
    PROMISE(nothing_takes_the_setting_out);
    PROMISE(what_is_commented_out_no_longer_counts);
    PROMISE(whatever_is_set_the_rest_of_the_sample_stays_byte_by_byte);
    PROMISE(what_is_set_and_set_back_is_as_it_was);
    PROMISE(a_setting_may_be_known_by_its_first_word_as_well);
    PROMISE(a_block_is_found_by_its_keyword_whatever_its_name);
    PROMISE(a_block_that_is_appended_has_its_values_below_one_another);
    return g_test_run();
}
