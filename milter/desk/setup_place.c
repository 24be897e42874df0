/* setup_place.c - puts what setup has made in place: the configuration, folders, a password; see
 * setup_plan.h */
#include <glib/gstdio.h>
#include <pwd.h>
#include <stdio.h>
#include <sysexits.h>

#include "options.h"
#include "safe_write.h"
#include "schoolgate/directory.h"
#include "setup_known.h"
#include "setup_plan.h"

static int write_text(const SgSetup *setup, const SgConfig *config, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *copy = NULL;

    if (g_strcmp0(setup->old, text) == 0)
        return EX_OK;
    if (setup->old && !(copy = sg_file_keep_copy(setup->path, &error))) {
        sg_complain("nothing was changed: %s", error->message);
        return EX_CANTCREAT;
    }
    if (!sg_file_replace(setup->path, text, config->gate.user, &error)) {
        sg_complain("%s", error->message);
        return EX_CANTCREAT;
    }
    printf("wrote '%s'", setup->path);
    if (copy)
        printf("; as it was it is in '%s'", copy);
    printf("\n");
    return EX_OK;
}

static void make_folders(const GPtrArray *folders)
{
    for (guint i = 0; i < folders->len; i++) {
        const SgFolder *folder = folders->pdata[i];
        g_autoptr(GError) error = NULL;

        fflush(stdout);
        if (sg_folder_make(folder, &error))
            printf("made the folder '%s'\n", folder->path);
        else
            sg_complain("%s", error->message);
    }
}

/* Nobody should be surprised that all mail waits. */
static void say_of_directories(const SgConfig *config)
{
    for (guint i = 0; i < config->directories->len; i++) {
        const SgDirectory *directory = config->directories->pdata[i];
        if (!directory->start_without_copy && !sg_directory_has_copy(directory)) {
            puts("Once it runs, schoolgate asks the directory; until the directory has been asked "
                 "once, mail waits.");
            return;
        }
    }
}

void sg_setup_say_what_is_left(const SgSetup *setup, const SgConfig *config)
{
    const char *user = config->gate.user;

    if (user && !getpwnam(user))
        printf("There is no user '%s' on this machine yet: adduser --system --group "
               "--no-create-home %s\n",
               user, user);
    say_of_directories(config);
    if (setup->anew)
        puts("Next: 'systemctl enable --now schoolgate', then 'schoolgate doctor', and\n"
             "'schoolgate setup --test --yes' to see what becomes of mail. Check the school's "
             "terms in\n"
             "the file, and name shared mailboxes and newsletters where it has '# address'.");
    else
        puts("A schoolgate that runs reads it after 'systemctl reload schoolgate'; a new socket or "
             "user\n"
             "takes 'systemctl restart schoolgate'.");
}

/* Ahead of the configuration that names it; the caller takes it back if that cannot be written. */
static gboolean write_password(const SgSetup *setup, const SgConfig *config, char **path)
{
    g_autoptr(GError) error = NULL;

    *path = sg_setup_write_password(setup, config->gate.user, &error);
    if (error) {
        sg_complain("nothing was changed: %s", error->message);
        return FALSE;
    }
    if (!*path)
        return TRUE;
    printf("wrote the password to '%s'\n", *path);
    fflush(stdout);
    if (config->gate.user && !getpwnam(config->gate.user))
        sg_complain("once there is a user '%s': chgrp %s %s; chmod 640 %s", config->gate.user,
                    config->gate.user, *path, *path);
    return TRUE;
}

static int write_all(const SgSetup *setup, const SgConfig *config, const char *text)
{
    g_autofree char *password = NULL;
    int code;

    if (!write_password(setup, config, &password))
        return EX_CANTCREAT;
    fflush(stdout);
    code = write_text(setup, config, text);
    if (code != EX_OK && password && g_unlink(password) == 0)
        printf("took '%s' away again\n", password);
    return code;
}

int sg_setup_put_in_place(const SgSetup *setup, const SgConfig *config, const char *text,
                          const GPtrArray *folders)
{
    int code = write_all(setup, config, text);

    if (code == EX_OK)
        make_folders(folders);
    return code;
}
