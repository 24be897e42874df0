/* calls.h - which system calls a confined process may make, as a program for the kernel */
#pragma once

#include "schoolgate/confine.h"

struct sock_filter;
typedef struct SgFilter {
    struct sock_filter *program;
    gushort length; /* instructions */
} SgFilter;

typedef struct SgCalls {
    SgFilter allowed;  /* all else is refused, and stands in the audit log */
    SgFilter expected; /* is answered by an error that means nothing; empty where nobody logs */
    gboolean quiet;
} SgCalls;

gboolean sg_calls_supported(void);

/* Compiles them, once, so that a process has nothing left to do but to enter. */
gboolean sg_calls_make(const SgConfinement *what, SgCalls *calls, GError **error);
void sg_calls_clear(SgCalls *calls);

/* FALSE with errno set. The process must have given up new privileges. */
gboolean sg_calls_enter(const SgCalls *calls);
