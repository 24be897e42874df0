/* confine.h - what a process gives up before it meets anything hostile
 *
 * A process says what it needs in one const SgConfinement and a list of places; from both follow
 * two walls: the files it reaches and the ports it connects to (landlock), and the system calls it
 * may make (seccomp). All that is not named is refused: a call fails with EPERM, and the kernel's
 * audit log has a line of it; nobody is killed, so that no mail is lost by what was forgotten here.
 * What was open before stays open.
 *
 * Where a kernel has less, the rest holds all the same, and sg_confine_gaps() says what is missing:
 * who starts a service logs that. */
#pragma once

#include <glib.h>

#define SG_CONFINE_ERROR (sg_confine_error_quark())
GQuark sg_confine_error_quark(void);
typedef enum {
    SG_CONFINE_ERROR_MAKE,  /* the walls cannot be made: a place cannot be looked at */
    SG_CONFINE_ERROR_ENTER, /* the kernel has them, but does not let us put them up */
} SgConfineError;

typedef enum {
    SG_MAY_OPEN_FILES = 1 << 0,    /* by name, as far as places allow; else no name is found */
    SG_MAY_MAP_CODE = 1 << 1,      /* patterns compiled to machine code, libraries loaded late */
    SG_MAY_HAVE_THREADS = 1 << 2,  /* and wait for many things at once */
    SG_MAY_TALK = 1 << 3,          /* by sockets and pipes that it has */
    SG_MAY_LOG = 1 << 4,           /* connect to syslog: by local datagrams only */
    SG_MAY_ACCEPT = 1 << 5,        /* from sockets that listen already */
    SG_MAY_CONNECT_LOCAL = 1 << 6, /* to sockets of this machine that have a path */
    SG_MAY_CONNECT_OUT = 1 << 7,   /* by TCP and UDP; TCP to the ports named, if any are */
    SG_MAY_LISTEN = 1 << 8,
    SG_MAY_FORK = 1 << 9,
    SG_MAY_SIGNAL = 1 << 10,   /* others; since Linux 6.12 those confined in the same place only */
    SG_MAY_CONFINE = 1 << 11,  /* itself or its children, further */
    SG_MAY_ABSTRACT = 1 << 12, /* connect to abstract sockets, where it may connect locally */
    /* Has TCP sockets. One that was accepted can be cut off and connected to somebody else, and
     * only landlock since Linux 6.7 can tell; before that such a process may connect to nobody, so
     * that it has no more log when syslog is started again. */
    SG_HOLDS_TCP = 1 << 13,
    SG_SEES_TIMES = 1 << 14,     /* time zones */
    SG_SEES_LIBRARIES = 1 << 15, /* such as those that glibc loads for a charset */
    SG_SEES_NAMES = 1 << 16,     /* what finds the address of a host */
} SgMay;

typedef struct SgConfinement {
    const char *process;      /* for errors: "the console" */
    guint may;                /* SgMay */
    const char *const *calls; /* names of system calls besides, ended by NULL; may be NULL */
    gboolean strict;          /* must not run where the kernel has no seccomp */
    gboolean nested;          /* forked by one that reaches no file: neither does this one */
    gboolean quiet;           /* what is refused is expected, and not for the audit log */
} SgConfinement;

typedef enum {
    SG_PLACE_READ, /* a file, or a folder and all below */
    SG_PLACE_KEEP, /* read, written, made and removed files there */
    SG_PLACE_MAKE, /* likewise, and folders made */
} SgPlaceHow;

/* A place that is not there is passed over. */
typedef struct SgPlaceAt {
    const char *path; /* borrowed; NULL ends a list */
    SgPlaceHow how;
} SgPlaceAt;

/* Which files and folders `places` are now: a wall holds for these, not for what is put in their
 * place later. Two texts differ when one of them has been moved, replaced, made or removed. Free
 * with g_free(). */
char *sg_places_marks(const SgPlaceAt *places);

/* Made while files can still be opened; put up by sg_cage_enter(). */
typedef struct SgCage SgCage;

/* `places` ends with a NULL path, `ports` with 0; each may be NULL for none. */
SgCage *sg_cage_new(const SgConfinement *what, const SgPlaceAt *places, const guint16 *ports,
                    GError **error);
void sg_cage_free(SgCage *cage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgCage, sg_cage_free)

/* For a process with one thread; what it starts later is inside. No way leads out. Allocates
 * nothing. FALSE with errno set when the kernel refuses what it has: then nothing hostile must be
 * met. May be called in any number of processes. */
gboolean sg_cage_enter(const SgCage *cage);

/* Both at once. */
gboolean sg_confine(const SgConfinement *what, const SgPlaceAt *places, const guint16 *ports,
                    GError **error);

typedef struct SgConfineSupport {
    int landlock; /* the kernel's version of it; 0: none */
    gboolean seccomp;
} SgConfineSupport;

SgConfineSupport sg_confine_support(void);

/* What this kernel cannot refuse, in a line for people; NULL when it can refuse all. Free with
 * g_free(). */
char *sg_confine_gaps(void);
