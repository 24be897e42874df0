/* test_gate_listening.c - a child that hangs is told of in time, and killed in the end; one that
 * goes on never is, whatever the machine has been through */
#include "../../milter/gate/listening.h"
#include "support.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE ((gint64)60 * G_USEC_PER_SEC)
#define LOOKS    60 /* in that time */
#define A_FEW    15

/* A child that beats when it is told to, byte by byte, and says when it has. */
typedef struct Child {
    SgWard ward;
    SgService service;
    SgListening listening;
    int orders, answers;
} Child;

static G_NORETURN void live(int orders, int answers)
{
    char order;

    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* also of a test that fails while it is halted */
    sg_pulse_take(SG_PULSE_COURIER);
    while (read(orders, &order, 1) == 1) {
        sg_pulse_beat();
        if (write(answers, &order, 1) != 1)
            break;
    }
    _exit(0);
}

static void bear(Child *child, gconstpointer data)
{
    int orders[2], answers[2];
    pid_t pid;

    (void)data;
    g_assert_true(sg_pulse_open());
    g_assert_cmpint(pipe(orders), ==, 0);
    g_assert_cmpint(pipe(answers), ==, 0);
    pid = fork();
    if (pid == 0) {
        close(orders[1]);
        close(answers[0]);
        live(orders[0], answers[1]);
    }
    close(orders[0]);
    close(answers[1]);
    *child = (Child){
        .ward = {.name = "the courier", .pulse = SG_PULSE_COURIER},
        .listening = {.patience = PATIENCE},
        .orders = orders[1],
        .answers = answers[0],
    };
    child->ward.service = &child->service;
    sg_ward_was_forked(&child->ward, pid);
}

static void bury(Child *child, gconstpointer data)
{
    (void)data;
    close(child->orders);
    close(child->answers);
    if (child->ward.pid > 0)
        waitpid(child->ward.pid, NULL, 0);
    sg_pulse_close();
}

static void beat(Child *child)
{
    char word = '.';

    g_assert_cmpint(write(child->orders, &word, 1), ==, 1);
    g_assert_cmpint(read(child->answers, &word, 1), ==, 1);
}

/* The time for it has come each time. */
static void look(Child *child, guint times)
{
    SgWard *const wards[] = {&child->ward};

    for (guint i = 0; i < times; i++) {
        child->listening.due = 0;
        sg_listening_look(&child->listening, wards, 1);
    }
}

/* It is met, and heard once. */
static void begin(Child *child)
{
    look(child, 1);
    beat(child);
    look(child, 1);
}

/* What it died of; 0 while it lives. */
static int signal_of(Child *child)
{
    int status = 0;

    return waitpid(child->ward.pid, &status, WNOHANG) == child->ward.pid ? WTERMSIG(status) : 0;
}

static void assert_killed(Child *child)
{
    int status = 0;

    g_assert_cmpint(waitpid(child->ward.pid, &status, 0), ==, child->ward.pid);
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
    child->ward.pid = 0;
}

static void test_who_goes_on_is_well(Child *child, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 20; i++) {
        beat(child);
        look(child, A_FEW);
        g_assert_cmpint(child->service.silent, ==, 0);
    }
    g_assert_cmpint(signal_of(child), ==, 0);
}

static void test_who_hangs_is_told_of_after_a_quarter_and_killed_in_the_end(Child *child,
                                                                            gconstpointer data)
{
    (void)data;
    begin(child);
    kill(child->ward.pid, SIGSTOP);
    look(child, A_FEW - 1);
    g_assert_cmpint(child->service.silent, ==, 0);
    look(child, 1);
    g_assert_cmpint(child->service.silent, !=, 0);
    look(child, LOOKS - A_FEW - 1);
    g_assert_cmpint(signal_of(child), ==, 0);
    look(child, 1);
    assert_killed(child);
}

static void test_who_goes_on_again_is_well_again(Child *child, gconstpointer data)
{
    (void)data;
    begin(child);
    look(child, LOOKS - 1);
    g_assert_cmpint(child->service.silent, !=, 0);
    beat(child);
    look(child, 1);
    g_assert_cmpint(child->service.silent, ==, 0);
    look(child, LOOKS - 1);
    g_assert_cmpint(signal_of(child), ==, 0);
}

/* Bringing a large record up to date may take long, and would never end if it were cut off. */
static void test_who_has_not_begun_is_told_of_and_left_alone(Child *child, gconstpointer data)
{
    (void)data;
    look(child, LOOKS - 1);
    g_assert_cmpint(child->service.silent, ==, 0);
    look(child, 1);
    g_assert_cmpint(child->service.silent, !=, 0);
    look(child, 10 * LOOKS);
    g_assert_cmpint(signal_of(child), ==, 0);
}

static void test_a_machine_that_was_asleep_has_kept_nobody_waiting(Child *child, gconstpointer data)
{
    SgWard *const wards[] = {&child->ward};

    (void)data;
    begin(child);
    child->listening.due -= 24 * 60 * PATIENCE;
    sg_listening_look(&child->listening, wards, 1);
    g_assert_cmpint(sg_listening_look(&child->listening, wards, 1), >, g_get_monotonic_time());
    g_assert_cmpint(child->service.silent, ==, 0);
    g_assert_cmpint(child->ward.silent_looks, ==, 1);
}

static void test_who_waits_for_others_is_given_that_time_too(Child *child, gconstpointer data)
{
    (void)data;
    child->ward.absorbed = 30 * G_USEC_PER_SEC;
    begin(child);
    look(child, 30 + A_FEW - 1);
    g_assert_cmpint(child->service.silent, ==, 0);
    look(child, 1);
    g_assert_cmpint(child->service.silent, !=, 0);
    look(child, LOOKS - A_FEW - 1);
    g_assert_cmpint(signal_of(child), ==, 0);
    look(child, 1);
    assert_killed(child);
}

static void test_what_was_said_of_one_is_not_of_the_next(Child *child, gconstpointer data)
{
    (void)data;
    begin(child);
    look(child, LOOKS - 1);
    g_assert_cmpint(child->service.silent, !=, 0);
    kill(child->ward.pid, SIGKILL);
    waitpid(child->ward.pid, NULL, 0);
    sg_ward_has_died(&child->ward, SIGKILL);
    g_assert_cmpint(child->service.silent, ==, 0);
    g_assert_cmpint(child->service.restarts, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
#define PROMISE(name) g_test_add("/gate/listening/" #name, Child, NULL, bear, test_##name, bury)
    PROMISE(who_goes_on_is_well);
    PROMISE(who_hangs_is_told_of_after_a_quarter_and_killed_in_the_end);
    PROMISE(who_goes_on_again_is_well_again);
    PROMISE(who_has_not_begun_is_told_of_and_left_alone);
    PROMISE(a_machine_that_was_asleep_has_kept_nobody_waiting);
    PROMISE(who_waits_for_others_is_given_that_time_too);
    PROMISE(what_was_said_of_one_is_not_of_the_next);
    return g_test_run();
}
