/* web.h - a request as the pages see it, and what they answer; free of HTTP's mechanics
 *
 * A page is a function from request to reply. By the time it is called the route has been found,
 * whoever asks has the role for it, and a form has come from one of our own pages. */
#pragma once

#include "schoolgate/account.h"
#include "schoolgate/console.h"

/* What all requests of the process share; any thread reads it. */
typedef struct SgConsole {
    SgConfig *config;
    SgRecord *record;
    SgExtractor *extractor;     /* borrowed */
    const SgServices *services; /* borrowed; NULL: nobody knows */
    GBytes *secret;             /* of the record, for what is signed here */
    char *base;                 /* path before all of ours, without the slash at its end; "" */
    gboolean secure;            /* people come by TLS, to us or to the web server in front */
    gint64 started;             /* seconds, UTC */
    struct SgTrailCheck *trail_check;
    struct SgVisits *trail_visits;
    struct SgOutcomes *outcomes; /* what came of deciding about several messages */
} SgConsole;

typedef enum { SG_WEB_GET, SG_WEB_POST } SgWebMethod;

/* Names and values as they were sent, in order: valid UTF-8 without NULs. */
typedef struct SgWebForm SgWebForm;
SgWebForm *sg_web_form_new(void);
void sg_web_form_free(SgWebForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgWebForm, sg_web_form_free)
/* What is not valid UTF-8 is made so. */
void sg_web_form_add(SgWebForm *form, const char *name, const char *value);
guint sg_web_form_size(const SgWebForm *form);
/* The first value of that name, without white space at its ends; NULL when there is none, or it is
 * empty. Borrowed. */
const char *sg_web_value(const SgWebForm *form, const char *name);
/* The same to the last space, as passwords need it; NULL when there is none. */
const char *sg_web_exactly(const SgWebForm *form, const char *name);
/* All values of that name that are not empty, in order: of const char *, borrowed. */
GPtrArray *sg_web_values(const SgWebForm *form, const char *name);
/* The place of its value in `names` (NULL-terminated); -1 when there is none, or none of them. */
int sg_web_choice(const SgWebForm *form, const char *name, const char *const *names);

typedef struct SgWebRequest {
    SgConsole *console;
    SgWebMethod method;
    const char *path;       /* behind the console's base: "/incident/KM-7F3Q-2" */
    char **parts;           /* what stands where the route has stars */
    const SgWebForm *query; /* behind the question mark */
    const SgWebForm *form;  /* what was posted; empty for SG_WEB_GET */
    GBytes *upload;         /* a file that was posted; NULL for none */
    const char *client;     /* address it comes from, as far as we believe it */
    gint64 now;             /* seconds, UTC */
    /* Who asks; NULL and "" for who has not signed in. */
    const SgReviewer *reviewer;
    const char *csrf;      /* for the forms of the page */
    const char *session;   /* token; NULL where the web server in front vouches for them */
    const char *device;    /* what the device's cookie holds; NULL: nothing */
    gboolean sign_on_here; /* people sign in on a page of ours */
} SgWebRequest;

typedef struct SgWebReply {
    guint status;      /* 200 unless set */
    const char *type;  /* "text/html; charset=utf-8" unless set */
    GString *text;     /* the body, unless there are */
    GBytes *bytes;     /* taken over */
    GPtrArray *fields; /* of char *: name and value by turns, of header fields */
} SgWebReply;
void sg_web_reply_init(SgWebReply *reply);
void sg_web_reply_clear(SgWebReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgWebReply, sg_web_reply_clear)
/* Adds a header field; nothing when `value` has a control character. */
void sg_web_reply_field(SgWebReply *reply, const char *name, const char *value);
/* Sends the browser on by a GET: `url` is of sg_url(). */
void sg_web_reply_go(SgWebReply *reply, const char *url);
/* Makes the reply a file to be kept rather than shown. */
void sg_web_reply_download(SgWebReply *reply, const char *type, const char *name);

/* A page's address, within or without a query: name and value by turns, NULL-terminated; a name
 * whose value is NULL is left out. Free with g_free(). */
char *sg_url(const SgConsole *console, const char *path, ...) G_GNUC_NULL_TERMINATED;
/* Appends `?name=value` or `&name=value` to an address. */
void sg_url_add(GString *url, const char *name, const char *value);

typedef void (*SgWebPage)(const SgWebRequest *request, SgWebReply *reply);
