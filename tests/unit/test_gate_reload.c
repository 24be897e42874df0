/* test_gate_reload.c - promises about new configurations on their way through the parent: what the
 * gate is asked, and what its answers change */
#include "support.h"

#include "../../milter/gate/parent_internal.h"
#include "schoolgate/meter.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTINGS                                                                                   \
    "school\n    officer o@kingsmead.example\nrecord\n    database record.db\n"                    \
    "gate\n    socket unix:milter.sock\n    spool .\npeople\n    csv people.csv\n"

#define OLD   "address,role,groups,until\nann@kingsmead.example,staff,,\n"
#define NEW   "address,role,groups,until\nben@kingsmead.example,staff,,\n"
#define NEWER "address,role,groups,until\ncat@kingsmead.example,staff,,\n"

typedef struct Scene {
    char *folder;
    SgParent parent;
    SgServices services;
    int gate; /* our end of its channel */
} Scene;

static void put(const Scene *scene, const char *name, const char *text)
{
    g_free(support_file(scene->folder, name, text));
}

/* A gate that does nothing, and answers what the test has it say. */
static void start_gate(Scene *scene)
{
    int ends[2];
    pid_t pid;

    g_assert_true(sg_channel_open(ends));
    pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    scene->parent.channel = ends[0];
    scene->parent.gate.pid = pid;
    scene->gate = ends[1];
    sg_reach_take(&scene->parent.reach, scene->parent.good);
}

static void end_gate(Scene *scene)
{
    kill(scene->parent.gate.pid, SIGKILL);
    waitpid(scene->parent.gate.pid, NULL, 0);
    close(scene->gate);
    close(scene->parent.channel);
}

static void open_scene(Scene *scene)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *path = NULL;

    *scene = (Scene){.folder = support_folder()};
    put(scene, "people.csv", OLD);
    path = support_file(scene->folder, "schoolgate.conf", SETTINGS);
    scene->parent = (SgParent){
        .good = sg_config_load(path, report),
        .courier = {.channel = -1},
        .console = {.duty = {.channel = -1}, .services = &scene->services},
        .directory = SG_DIRECTORY_WARD,
        .ready = TRUE,
    };
    support_assert_contains(scene->parent.good ? "loaded" : sg_report_text(report, FALSE),
                            "loaded");
    start_gate(scene);
}

static void close_scene(Scene *scene)
{
    end_gate(scene);
    sg_config_unref(scene->parent.good);
    sg_config_unref(scene->parent.pending);
    sg_reach_clear(&scene->parent.reach);
    support_folder_remove(scene->folder);
    g_free(scene->folder);
}

static SgWord asked(const Scene *scene)
{
    return sg_channel_hear_for(scene->gate, 0);
}

static gboolean knows(const Scene *scene, const char *address)
{
    g_autoptr(SgParty) party = sg_people_party(scene->parent.good->people, address, 0);

    return party->role == SG_ROLE_STAFF;
}

static void test_who_is_who_is_in_force_once_the_gate_goes_by_it(void)
{
    Scene scene;

    open_scene(&scene);
    put(&scene, "people.csv", NEW);
    sg_parent_reload_people(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_PEOPLE);
    g_assert_true(knows(&scene, "ann@kingsmead.example"));
    sg_parent_hear_answer(&scene.parent, SG_WORD_LOADED);
    g_assert_true(knows(&scene, "ben@kingsmead.example"));
    g_assert_cmpint(scene.services.loaded, ==, 0); /* the configuration was not */
    close_scene(&scene);
}

static void test_people_that_the_gate_refuses_are_no_refused_configuration(void)
{
    Scene scene;

    open_scene(&scene);
    put(&scene, "people.csv", NEW);
    sg_parent_reload_people(&scene.parent);
    sg_parent_hear_answer(&scene.parent, SG_WORD_REFUSED);
    g_assert_true(knows(&scene, "ann@kingsmead.example"));
    g_assert_null(scene.parent.pending);
    g_assert_cmpint(scene.services.refused, ==, 0);
    sg_parent_reload(&scene.parent);
    sg_parent_hear_answer(&scene.parent, SG_WORD_REFUSED);
    g_assert_cmpint(scene.services.refused, >, 0);
    close_scene(&scene);
}

static void test_the_gate_is_asked_one_thing_at_a_time(void)
{
    Scene scene;

    open_scene(&scene);
    sg_parent_reload(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_RELOAD);
    put(&scene, "people.csv", NEW);
    sg_parent_reload_people(&scene.parent);
    sg_parent_go_on(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_SILENCE);
    sg_parent_hear_answer(&scene.parent, SG_WORD_REFUSED);
    sg_parent_go_on(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_PEOPLE);
    sg_parent_hear_answer(&scene.parent, SG_WORD_LOADED);
    g_assert_true(knows(&scene, "ben@kingsmead.example"));
    sg_parent_go_on(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_SILENCE);
    close_scene(&scene);
}

static void test_a_reload_behind_one_of_people_is_not_lost(void)
{
    Scene scene;

    open_scene(&scene);
    sg_parent_reload_people(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_PEOPLE);
    put(&scene, "people.csv", NEWER);
    sg_parent_reload_people(&scene.parent);
    sg_parent_reload(&scene.parent);
    sg_parent_hear_answer(&scene.parent, SG_WORD_LOADED);
    sg_parent_go_on(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_RELOAD); /* which reads who is who as well */
    g_assert_cmpint(asked(&scene), ==, SG_WORD_SILENCE);
    sg_parent_hear_answer(&scene.parent, SG_WORD_LOADED);
    g_assert_true(knows(&scene, "cat@kingsmead.example"));
    g_assert_cmpint(scene.services.loaded, >, 0);
    close_scene(&scene);
}

/* Its next gate starts from that. */
static void test_what_a_gate_that_has_left_says_changes_nothing(void)
{
    Scene scene;
    int status = 0;

    open_scene(&scene);
    sg_parent_reload(&scene.parent);
    sg_parent_hear_answer(&scene.parent, SG_WORD_LOADED);
    g_free(scene.parent.reach.places);
    scene.parent.reach.places = g_strdup("somewhere else");
    scene.parent.news = NULL;
    put(&scene, "people.csv", NEW);
    sg_parent_reload(&scene.parent);
    g_assert_true(scene.parent.reach.left);
    g_assert_true(knows(&scene, "ben@kingsmead.example"));
    g_assert_cmpint(waitpid(scene.parent.gate.pid, &status, 0), ==, scene.parent.gate.pid);
    sg_parent_hear_answer(&scene.parent, SG_WORD_REFUSED);
    g_assert_cmpint(scene.services.refused, ==, 0);
    sg_parent_hear_answer(&scene.parent, SG_WORD_LOADED);
    g_assert_nonnull(scene.parent.news); /* is for the next one to say */
    close(scene.gate);
    close(scene.parent.channel);
    start_gate(&scene);
    close_scene(&scene);
}

static void test_that_the_configuration_was_loaded_is_told_before_who_is_who(void)
{
    Scene scene;

    open_scene(&scene);
    end_gate(&scene);
    scene.parent.gate.pid = 0;
    sg_parent_reload(&scene.parent);
    sg_parent_reload_people(&scene.parent);
    g_assert_cmpstr(scene.parent.news, ==, "the configuration was loaded again");
    start_gate(&scene);
    close_scene(&scene);
}

static void test_nothing_is_read_again_once_all_is_to_end(void)
{
    Scene scene;

    open_scene(&scene);
    sg_parent_reload(&scene.parent);
    sg_parent_reload(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_RELOAD);
    sg_parent_hear_answer(&scene.parent, SG_WORD_LOADED);
    scene.parent.stopping = TRUE;
    sg_parent_go_on(&scene.parent);
    g_assert_cmpint(asked(&scene), ==, SG_WORD_SILENCE);
    close_scene(&scene);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/gate/reload/" #name, test_##name)
    PROMISE(who_is_who_is_in_force_once_the_gate_goes_by_it);
    PROMISE(people_that_the_gate_refuses_are_no_refused_configuration);
    PROMISE(the_gate_is_asked_one_thing_at_a_time);
    PROMISE(a_reload_behind_one_of_people_is_not_lost);
    PROMISE(what_a_gate_that_has_left_says_changes_nothing);
    PROMISE(that_the_configuration_was_loaded_is_told_before_who_is_who);
    PROMISE(nothing_is_read_again_once_all_is_to_end);
    return g_test_run();
}
