/* knock.h - who answers at a milter socket: asked as a mail server begins, and no further */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef enum {
    SG_KNOCK_MILTER,  /* it answers as a milter */
    SG_KNOCK_STRANGE, /* it answers, but not as a milter, or not at all */
    SG_KNOCK_NOBODY,  /* nobody listens there */
    SG_KNOCK_DENIED,  /* we may not ask */
} SgKnockAnswer;

typedef struct SgKnock {
    SgKnockAnswer answer;
    char *why;      /* for all but SG_KNOCK_MILTER */
    pid_t listener; /* whoever opened a unix socket; 0: not known */
    char *program;  /* its name, "schoolgated"; NULL: not known */
    char *words;    /* its command line; NULL: not known */
} SgKnock;
void sg_knock_clear(SgKnock *knock);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgKnock, sg_knock_clear)

/* `socket` as in schoolgate.conf. Takes no longer than a few seconds. */
void sg_knock(const char *socket, SgKnock *knock);

/* A connection to HOST:PORT as both its ends see it. */
typedef struct SgCall {
    char *ours;     /* the address that we come from */
    char *theirs;   /* the address that answers */
    char *greeting; /* the first line it said; NULL when none was waited for */
} SgCall;
void sg_call_clear(SgCall *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgCall, sg_call_clear)

typedef enum { SG_CALL_CONNECT, SG_CALL_HEAR_GREETING } SgCallFor;
/* Calls, hears the greeting where there is to be one, and hangs up. */
gboolean sg_call(const char *host_and_port, SgCallFor what, SgCall *call, GError **error);
