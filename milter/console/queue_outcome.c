/* queue_outcome.c - see queue_outcome.h */
#include "queue_outcome.h"

#include <pthread.h>
#include <string.h>

#define KEPT_MOST 64
#define KEPT_FOR  ((gint64)10 * 60) /* seconds, or longer where it can be undone for longer */

struct SgOutcomes {
    pthread_mutex_t lock;
    GQueue kept; /* of SgOutcome, the oldest first */
};

static void free_refused(gpointer data)
{
    SgRefused *refused = data;

    g_free(refused->id);
    g_free(refused->why);
    g_free(refused);
}

SgOutcome *sg_outcome_new(SgDecisionKind kind)
{
    SgOutcome *outcome = g_atomic_rc_box_new0(SgOutcome);

    outcome->kind = kind;
    outcome->done = g_ptr_array_new_with_free_func(g_free);
    outcome->waiting = g_ptr_array_new_with_free_func(g_free);
    outcome->undoable = g_ptr_array_new_with_free_func(g_free);
    outcome->refused = g_ptr_array_new_with_free_func(free_refused);
    return outcome;
}

static void clear(gpointer data)
{
    SgOutcome *outcome = data;

    g_ptr_array_unref(outcome->done);
    g_ptr_array_unref(outcome->waiting);
    g_ptr_array_unref(outcome->undoable);
    g_ptr_array_unref(outcome->refused);
    g_free(outcome->token);
    g_free(outcome->reviewer);
}

void sg_outcome_unref(SgOutcome *outcome)
{
    g_atomic_rc_box_release_full(outcome, clear);
}

void sg_outcome_add(SgOutcome *outcome, const char *id, const SgDecided *decided)
{
    g_ptr_array_add(decided->waits_for_another ? outcome->waiting : outcome->done, g_strdup(id));
    if (decided->undo_until == 0)
        return;
    g_ptr_array_add(outcome->undoable, g_strdup(id));
    outcome->undo_until =
        outcome->undo_until ? MIN(outcome->undo_until, decided->undo_until) : decided->undo_until;
}

/* The record's own words, without what they say of which incident it is. */
static char *shorten(const char *message)
{
    const char *colon = strstr(message, "': ");

    return g_strdup(colon ? colon + strlen("': ") : message);
}

static char *reason_of(const GError *why)
{
    if (why->domain == SG_RECORD_ERROR)
        switch (why->code) {
        case SG_RECORD_ERROR_NOT_FOUND:
            return g_strdup(sg_words(SG_SAY_QUEUE_WHY_GONE));
        case SG_RECORD_ERROR_CONFLICT:
            return g_strdup(sg_words(SG_SAY_QUEUE_WHY_OWN));
        case SG_RECORD_ERROR_FORBIDDEN:
        case SG_RECORD_ERROR_REFUSED:
            return shorten(why->message);
        default:
            break;
        }
    return g_strdup(sg_words(SG_SAY_QUEUE_WHY_BROKEN));
}

void sg_outcome_add_refused(SgOutcome *outcome, const char *id, const GError *why)
{
    SgRefused *refused = g_new0(SgRefused, 1);

    refused->id = g_strdup(id);
    refused->why = reason_of(why);
    g_ptr_array_add(outcome->refused, refused);
}

/* Keeping ----------------------------------------------------------------------------------------
 */

SgOutcomes *sg_outcomes_new(void)
{
    SgOutcomes *outcomes = g_new0(SgOutcomes, 1);

    pthread_mutex_init(&outcomes->lock, NULL);
    g_queue_init(&outcomes->kept);
    return outcomes;
}

static void drop(gpointer outcome)
{
    sg_outcome_unref(outcome);
}

void sg_outcomes_free(SgOutcomes *outcomes)
{
    if (!outcomes)
        return;
    g_queue_clear_full(&outcomes->kept, drop);
    pthread_mutex_destroy(&outcomes->lock);
    g_free(outcomes);
}

static void forget_old(GQueue *kept, gint64 now)
{
    for (GList *at = kept->head, *next; at; at = next) {
        SgOutcome *outcome = at->data;

        next = at->next;
        if (outcome->until >= now && kept->length <= KEPT_MOST)
            continue;
        g_queue_delete_link(kept, at);
        sg_outcome_unref(outcome);
    }
}

char *sg_outcome_keep(const SgWebRequest *request, SgOutcome *outcome)
{
    SgOutcomes *outcomes = request->console->outcomes;
    char *token = g_uuid_string_random();

    outcome->token = g_strdup(token);
    outcome->reviewer = g_strdup(request->reviewer->name);
    outcome->until = MAX(outcome->undo_until, request->now + KEPT_FOR);
    pthread_mutex_lock(&outcomes->lock);
    g_queue_push_tail(&outcomes->kept, outcome);
    forget_old(&outcomes->kept, request->now);
    pthread_mutex_unlock(&outcomes->lock);
    return token;
}

SgOutcome *sg_outcome_find(const SgWebRequest *request, const char *token)
{
    SgOutcomes *outcomes = request->console->outcomes;
    SgOutcome *found = NULL;

    if (!token)
        return NULL;
    pthread_mutex_lock(&outcomes->lock);
    forget_old(&outcomes->kept, request->now);
    for (GList *at = outcomes->kept.head; at && !found; at = at->next) {
        SgOutcome *outcome = at->data;

        if (strcmp(outcome->token, token) == 0 &&
            strcmp(outcome->reviewer, request->reviewer->name) == 0)
            found = g_atomic_rc_box_acquire(outcome);
    }
    pthread_mutex_unlock(&outcomes->lock);
    return found;
}
