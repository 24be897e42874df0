/* exam_directory.c - whether directories tell who is who: their copies, and the files to ask them
 * by. Nobody is asked here: 'schoolgate directory NAME --test' does that. */
#include <sys/stat.h>

#include "doctor.h"
#include "reach.h"
#include "schoolgate/directory.h"
#include "schoolgate/when.h"

/* Copies
 * --------------------------------------------------------------------------------------------
 */

/* Without a copy mail waits at the mail server, unless the configuration says otherwise. */
static void say_missing(SgPatient *patient, const SgDirectory *directory,
                        const SgDirectoryState *state)
{
    sg_exam_say(patient, directory->start_without_copy ? SG_EXAM_WARNING : SG_EXAM_PROBLEM,
                "directory '%s' %s: %s", directory->name,
                state->tried == 0 ? "was never asked" : "has no copy yet",
                directory->start_without_copy ? "nobody is known by it"
                                              : "until there is a copy of it, mail waits");
    sg_exam_cure(patient,
                 "'schoolgate directory %s --test' shows what it says; the service asks it "
                 "once it runs",
                 directory->name);
}

/* Such as that there are far fewer people than before. */
static void say_error(SgPatient *patient, const SgDirectory *directory,
                      const SgDirectoryState *state)
{
    sg_exam_say(patient, SG_EXAM_WARNING, "directory '%s' was not refreshed the last time: %s",
                directory->name, state->error);
    if (state->cure)
        sg_exam_cure(patient, "%s", state->cure);
    else
        sg_exam_cure(patient, "'schoolgate directory %s --test' shows what it says",
                     directory->name);
}

static void say_stale(SgPatient *patient, const SgDirectory *directory,
                      const SgDirectoryState *state)
{
    g_autofree char *when =
        sg_when_local(state->succeeded, sg_policy_zone(patient->config->policy));

    sg_exam_say(patient, SG_EXAM_WARNING,
                "directory '%s' was last asked with success on %s: people who have come or gone "
                "since are not known",
                directory->name, when);
    sg_exam_cure(patient,
                 "see whether the service runs ('systemctl status schoolgate'); 'schoolgate "
                 "directory %s --test' shows what the directory says",
                 directory->name);
}

static void look_at_copy(SgPatient *patient, const SgDirectory *directory)
{
    g_autofree char *path = sg_directory_copy_path(directory);
    g_auto(SgDirectoryState) state = {0};

    if (!sg_reach_can_tell(path)) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "'%s' may not be read by who asks; ask as root",
                    path);
        return;
    }
    sg_directory_state_read(directory, &state);
    if (!sg_directory_has_copy(directory))
        say_missing(patient, directory, &state);
    else if (sg_directory_is_stale(directory, &state, patient->now))
        say_stale(patient, directory, &state);
    if (state.error)
        say_error(patient, directory, &state);
    else if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE, "directory '%s' knows %u people", directory->name,
                    state.people);
}

static void look_at_copies(SgPatient *patient)
{
    const GPtrArray *directories = patient->config->directories;

    for (guint i = 0; i < directories->len; i++)
        look_at_copy(patient, directories->pdata[i]);
    if (directories->len == 0)
        sg_exam_say(patient, SG_EXAM_FINE, "no directory is to be asked");
}

/* Files
 * ---------------------------------------------------------------------------------------------
 */

static void look_at_reach(SgPatient *patient, const SgUser *user, const char *path)
{
    g_autofree char *obstacle =
        sg_reach_can_tell(path) ? sg_reach_obstacle(user, "/", path, SG_REACH_READ) : NULL;
    g_autofree char *group = sg_user_group_name(user);

    if (!obstacle)
        return;
    sg_exam_say(patient, SG_EXAM_PROBLEM, "the directory cannot be asked: %s", obstacle);
    sg_exam_cure(patient, "'chgrp %s %s; chmod g+r %s'", group, path, path);
}

static void look_at_others(SgPatient *patient, const char *path)
{
    struct stat file;

    if (stat(path, &file) != 0 || (file.st_mode & (S_IROTH | S_IWOTH)) == 0)
        return;
    sg_exam_say(patient, SG_EXAM_PROBLEM,
                "anybody on this machine can use '%s', so that the password in it is not taken",
                path);
    sg_exam_cure(patient, "'chmod o= %s'", path);
}

static void look_at_files(SgPatient *patient)
{
    const GPtrArray *directories = patient->config->directories;
    const char *name = patient->config->gate.user;
    g_autoptr(SgUser) user = name ? sg_user_find(name) : sg_user_self();

    for (guint i = 0; user && i < directories->len; i++) {
        const SgDirectory *directory = directories->pdata[i];

        look_at_reach(patient, user, directory->ca_file);
        if (!directory->password_file)
            continue;
        look_at_reach(patient, user, directory->password_file);
        look_at_others(patient, directory->password_file);
    }
    if (!user)
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "there is no user '%s' on this machine", name);
    else if (!sg_exam_found_worse(patient, SG_EXAM_FINE))
        sg_exam_say(patient, SG_EXAM_FINE,
                    directories->len > 0 ? "the service may read them, and others no password"
                                         : "no directory is to be asked");
}

const SgExam sg_directory_exams[] = {
    {"directories", "whether directories answer, and how old their copies are", SG_NEEDS_CONFIG,
     look_at_copies},
    {"directory-files", "whether the service may read passwords and certificates for directories",
     SG_NEEDS_CONFIG, look_at_files},
    {0},
};
