/* review.c - the blocks about people who review, how they decide, and how long things are kept */
#include "config_internal.h"

#include <string.h>

/* reviewer ---------------------------------------------------------------------------------------
 */

static void read_role(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"officer", "head", "postmaster", "auditor", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgReviewer *)into)->role = (SgReviewerRole)choice;
}

static void read_addresses(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    do {
        if (!sg_cursor_word(cursor, self->usage, &word))
            return;
        g_autofree char *text = sg_span_dup(word);
        if (!strchr(text, '@'))
            sg_cursor_error(cursor, "'%s' is no mail address", text);
        sg_reviewer_add_address(into, text);
    } while (sg_cursor_take_comma(cursor));
}

static void read_logins(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    do {
        if (!sg_cursor_word(cursor, self->usage, &word))
            return;
        g_autofree char *text = sg_span_dup(word);
        sg_reviewer_add_login(into, text);
    } while (sg_cursor_take_comma(cursor));
}

const SgSetting sg_reviewer_settings[] = {
    {"role", "officer|head|postmaster|auditor",
     "officer and head decide; the postmaster sees what happened to mail, but no text; the auditor "
     "sees the audit trail and reports (officer)",
     FALSE, read_role, 0},
    {"address", "ADDRESS[, ...]",
     "every address of this person: nobody reads or decides about their own mail", TRUE,
     read_addresses, 0},
    {"login", "USER[, ...]", "who this person is on this machine, for the command line", TRUE,
     read_logins, 0},
    {0},
};

void sg_config_read_reviewer(SgLoading *loading, const SgBlock *block)
{
    SgCursor cursor = sg_line_cursor(&block->head, loading->report);
    SgSpan word;

    if (!sg_cursor_word(&cursor, "the reviewer's name", &word))
        return;
    g_autofree char *name = sg_span_dup(word);
    if (sg_config_reviewer(loading->config, name))
        sg_cursor_error(&cursor, "there is a reviewer '%s' already", name);
    if (strcmp(name, sg_reviewer_role_names[SG_REVIEWER_SYSTEM]) == 0)
        sg_cursor_error(&cursor, "'%s' is what the program calls itself", name);
    if (!sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "nothing more is expected here");
    SgReviewer *reviewer = sg_reviewer_new(name, SG_REVIEWER_OFFICER);
    g_ptr_array_add(loading->config->reviewers, reviewer);
    sg_block_read_settings(block, sg_reviewer_settings, reviewer, loading->report);
}

const SgReviewer *sg_config_reviewer(const SgConfig *config, const char *name)
{
    for (guint i = 0; i < config->reviewers->len; i++) {
        const SgReviewer *reviewer = config->reviewers->pdata[i];

        if (strcmp(reviewer->name, name) == 0)
            return reviewer;
    }
    for (guint i = 0; i < config->reviewers->len; i++) {
        const SgReviewer *reviewer = config->reviewers->pdata[i];

        if (g_strv_contains((const char *const *)reviewer->logins, name))
            return reviewer;
    }
    return NULL;
}

/* review -----------------------------------------------------------------------------------------
 */

static void read_critical_needs(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"one", "two", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgReviewSettings *)into)->two_people = choice == 1;
}

static void read_undo(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    gint64 seconds = 0;

    (void)self;
    if (!sg_cursor_duration(cursor, &seconds))
        return;
    if (seconds > 24 * 60 * 60)
        sg_cursor_error(cursor, "this is from 0s to 24h: released mail waits as long");
    else
        ((SgReviewSettings *)into)->undo = seconds;
}

const SgSetting sg_review_settings[] = {
    {"undo", "DURATION",
     "a decision can be undone within this time; what it sends waits as long, unless it is to "
     "leave at once (5m)",
     FALSE, read_undo, 0},
    {"critical-needs", "one|two",
     "how many people it takes to let critical mail go, to discard it, or to exempt mail from a "
     "critical rule (one)",
     FALSE, read_critical_needs, 0},
    {0},
};

SgReviewRules sg_config_review_rules(const SgConfig *config, const char *const *alert)
{
    return (SgReviewRules){
        .undo = config->review.undo,
        .two_people = config->review.two_people,
        .tell_release = config->courier.tell_release,
        .head_for = sg_config_head_for,
        .config = config,
        .guard = &config->guard,
        .alert = alert,
    };
}

/* retention --------------------------------------------------------------------------------------
 */

#define DAY ((gint64)24 * 60 * 60)

static void read_undecided(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    gint64 seconds = 0;

    (void)self;
    if (!sg_cursor_duration(cursor, &seconds))
        return;
    if (seconds < DAY)
        sg_cursor_error(cursor, "this is at least 1d: it goes back before anybody has looked");
    else
        ((SgRetention *)into)->undecided = seconds;
}

#define KEPT(field) G_STRUCT_OFFSET(SgRetention, field)

const SgSetting sg_retention_settings[] = {
    {"log", "DURATION",
     "incidents that were passed, refused, or found to be no breach; notices about rules, digests, "
     "and exemptions once they have ended (90d)",
     FALSE, sg_read_duration, KEPT(log)},
    {"undecided", "DURATION",
     "after this a held message that nobody has decided about goes back to its sender (14d)", FALSE,
     read_undecided, 0},
    {"released", "DURATION",
     "the text of mail that has gone on, or back, unless a copy of it was kept (14d)", FALSE,
     sg_read_duration, KEPT(released)},
    {"upheld", "DURATION", "what was held and decided, and the text of what is kept (180d)", FALSE,
     sg_read_duration, KEPT(upheld)},
    {"audit", "DURATION", "the audit trail (2y)", FALSE, sg_read_duration, KEPT(audit)},
    {"legal-hold", "yes|no", "nothing at all is deleted or returned (no)", FALSE, sg_read_yes_no,
     KEPT(legal_hold)},
    {0},
};

static void free_reviewer(void *reviewer)
{
    sg_reviewer_free(reviewer);
}

void sg_review_defaults(SgConfig *config)
{
    config->reviewers = g_ptr_array_new_with_free_func(free_reviewer);
    config->review = (SgReviewSettings){.undo = 5 * 60};
    config->retention = (SgRetention){
        .log = 90 * DAY,
        .undecided = 14 * DAY,
        .released = 14 * DAY,
        .upheld = 180 * DAY,
        .audit = 2 * 365 * DAY,
    };
}
