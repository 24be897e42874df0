/* test_gate_slots.c - what the gate promises of judging so many messages at once, and no more */
#include "../../milter/gate/slots.h"

#define LONG (60 * G_USEC_PER_SEC) /* what no test waits for when all is well */

typedef struct Crowd {
    SgSlots *slots;
    gint inside;
    gint most_inside;
    gint done;
} Crowd;

static void note_most(Crowd *crowd, gint inside)
{
    gint most = g_atomic_int_get(&crowd->most_inside);

    while (inside > most && !g_atomic_int_compare_and_exchange(&crowd->most_inside, most, inside))
        most = g_atomic_int_get(&crowd->most_inside);
}

static gpointer enter_often(gpointer data)
{
    Crowd *crowd = data;

    for (guint i = 0; i < 200; i++) {
        if (!sg_slots_take(crowd->slots, LONG))
            return NULL;
        note_most(crowd, g_atomic_int_add(&crowd->inside, 1) + 1);
        g_thread_yield();
        g_atomic_int_add(&crowd->inside, -1);
        g_atomic_int_inc(&crowd->done);
        sg_slots_give(crowd->slots);
    }
    return NULL;
}

static void test_never_more_at_once_than_there_are_slots(void)
{
    g_autoptr(SgSlots) slots = sg_slots_new(3);
    Crowd crowd = {.slots = slots};
    GThread *threads[12];

    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("crowd", enter_often, &crowd);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    g_assert_cmpint(crowd.done, ==, 12 * 200);
    g_assert_cmpint(crowd.most_inside, <=, 3);
}

static void test_waiting_ends_when_patience_does(void)
{
    g_autoptr(SgSlots) slots = sg_slots_new(1);

    g_assert_true(sg_slots_take(slots, 0));
    g_assert_false(sg_slots_take(slots, 1000));
    sg_slots_give(slots);
    g_assert_true(sg_slots_take(slots, 0));
}

static gpointer take_one(gpointer slots)
{
    return GINT_TO_POINTER(sg_slots_take(slots, LONG));
}

static void test_more_slots_let_those_in_who_wait(void)
{
    g_autoptr(SgSlots) slots = sg_slots_new(1);

    g_assert_true(sg_slots_take(slots, 0));
    GThread *waiting = g_thread_new("waiting", take_one, slots);
    sg_slots_resize(slots, 2);
    g_assert_true(GPOINTER_TO_INT(g_thread_join(waiting)));
}

static void test_fewer_slots_count_as_they_are_given_back(void)
{
    g_autoptr(SgSlots) slots = sg_slots_new(2);

    g_assert_true(sg_slots_take(slots, 0));
    g_assert_true(sg_slots_take(slots, 0));
    sg_slots_resize(slots, 1);
    sg_slots_give(slots);
    g_assert_false(sg_slots_take(slots, 0));
    sg_slots_give(slots);
    g_assert_true(sg_slots_take(slots, 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gate/slots/never_more_at_once_than_there_are_slots",
                    test_never_more_at_once_than_there_are_slots);
    g_test_add_func("/gate/slots/waiting_ends_when_patience_does",
                    test_waiting_ends_when_patience_does);
    g_test_add_func("/gate/slots/more_slots_let_those_in_who_wait",
                    test_more_slots_let_those_in_who_wait);
    g_test_add_func("/gate/slots/fewer_slots_count_as_they_are_given_back",
                    test_fewer_slots_count_as_they_are_given_back);
    return g_test_run();
}
