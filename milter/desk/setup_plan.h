/* setup_plan.h - what setup shows before it does it, the difference to what is there and folders,
 * and doing it */
#pragma once

#include "schoolgate/config.h"
#include "setup.h"

/* How `then` differs from `now`, as diff -u shows it under those two names; "" for not at all. NULL
 * on error. Free with g_free(). */
char *sg_setup_diff(const char *now_name, const char *now, const char *then_name, const char *then,
                    GError **error);
/* Shows a difference on standard output, in colour where that is wanted. */
void sg_setup_show_diff(const char *diff);

/* A folder that schoolgate needs, and who may use it. */
typedef struct SgFolder {
    char *path;
    const char *user;  /* borrowed from the configuration */
    const char *group; /* NULL: the user's */
    guint mode;
} SgFolder;

/* Those that are not there and that no other program makes: of SgFolder. Free with
 * g_ptr_array_unref(). */
GPtrArray *sg_setup_folders(const SgConfig *config);
/* Makes it, and those above it. The error says what to do instead. */
gboolean sg_folder_make(const SgFolder *folder, GError **error);
/* The command that would. Free with g_free(). */
char *sg_folder_command(const SgFolder *folder);

/* setup_place.c - writes `text` and a password that was typed, and makes `folders`. Says what was
 * done. Returns an exit code; unless that is EX_OK, no file has changed. */
int sg_setup_put_in_place(const SgSetup *setup, const SgConfig *config, const char *text,
                          const GPtrArray *folders);
/* What is left for the postmaster to do. */
void sg_setup_say_what_is_left(const SgSetup *setup, const SgConfig *config);
