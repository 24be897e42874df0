/* seccomp_filter.h - which system calls the helper's processes may make */
#pragma once

#include <glib.h>

typedef enum { SG_SECCOMP_ZYGOTE, SG_SECCOMP_CHILD } SgSeccompFor;

struct sock_filter;
typedef struct SgSeccompFilter {
    struct sock_filter *program;
    gushort length; /* instructions */
} SgSeccompFilter;

/* Compiles a filter, once, so that a child has nothing left to do but to put it up. */
gboolean sg_seccomp_make(SgSeccompFor who, SgSeccompFilter *filter, GError **error);
