/* parent_internal.h - the parent process, as the files that make it share it */
#pragma once

#include "channel.h"
#include "confine.h"
#include "console_ward.h"
#include "directory_ward.h"
#include "listening.h"
#include "schoolgate/errand.h"

typedef struct SgParent {
    SgConfig *good;       /* what the next gate starts from */
    SgConfig *pending;    /* loaded, but the gate has not said yet that it goes by it */
    gboolean only_people; /* in `pending`: the rest is as it was */
    gboolean again_all;   /* these two: to be read once `pending` is settled */
    gboolean again_people;
    int signals;
    int channel; /* to the gate */
    SgWard gate;
    SgReach reach;          /* the gate's */
    SgWard reader;          /* the zygote that the gate asks what attachments hold */
    SgExtractor *extractor; /* made before both, and shared by them */
    SgDuty courier;
    SgErrands *errands; /* what runs the sendmail command for it; NULL: there is none */
    pid_t errands_pid;  /* 0: it has died */
    SgConsoleWard console;
    SgDuty directory;
    SgListening listening;
    gint64 end_gate_at; /* on the monotonic clock, as the next */
    gint64 kill_at;
    gboolean stopping;
    int code; /* to exit with */
    gboolean ready;
    const char *news; /* of `good`, which is new: for the log; NULL when that is said */
} SgParent;

/* reload.c - loaded here first: a gate that is forked tomorrow must start from something good. */

/* Loads the whole configuration, and has the gate do so; once the gate has answered, should it be
 * asked something already: each of its answers is about what it was asked last. */
void sg_parent_reload(SgParent *parent);
/* Likewise of people alone, after one of the directories' copies has become another. */
void sg_parent_reload_people(SgParent *parent);
/* Goes by what is pending from now on. */
void sg_parent_settle(SgParent *parent);
/* What the gate says of what it was asked: SG_WORD_LOADED or SG_WORD_REFUSED. */
void sg_parent_hear_answer(SgParent *parent, SgWord word);
/* Reads what was to be read meanwhile. */
void sg_parent_go_on(SgParent *parent);
void sg_parent_say_news(SgParent *parent);
void sg_parent_note_loaded(SgParent *parent);
void sg_parent_say_ready(void);
/* Here rather than in the gate, which judges meanwhile by what it has. */
void sg_parent_compile(SgConfig *config);
