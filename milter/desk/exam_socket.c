/* exam_socket.c - the socket between mail server and schoolgated: is it there, who answers, and may
 * the mail server use it */
#include <sys/stat.h>

#include "knock.h"
#include "ours.h"
#include "reach.h"

#define START                                                                                      \
    "start it: 'systemctl start schoolgate'; why it is not running, 'journalctl -u schoolgate' "   \
    "says"

/* Strangers on this machine: whoever has no rights of their own. */
static gboolean strangers_may_use(const char *path)
{
    g_autoptr(SgUser) stranger = sg_user_find("nobody");
    g_autofree char *obstacle =
        stranger ? sg_reach_obstacle(stranger, "/", path, SG_REACH_WRITE) : NULL;

    return stranger && !obstacle;
}

/* FALSE when there is nothing to knock at. */
static gboolean look_at_file(SgPatient *patient, const char *path)
{
    struct stat file;

    if (!sg_reach_can_tell(path)) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "'%s' may not be seen by who asks", path);
        sg_exam_cure(patient, "ask again as root");
        return FALSE;
    }
    if (lstat(path, &file) != 0) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "there is no socket '%s': schoolgated does not run",
                    path);
        sg_exam_cure(patient, START);
        return FALSE;
    }
    if (!S_ISSOCK(file.st_mode)) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "'%s' is no socket, but another kind of file", path);
        sg_exam_cure(patient, "move it away, and start schoolgated, which makes its socket there");
        return FALSE;
    }
    if (file.st_mode & S_IWOTH && strangers_may_use(path)) {
        sg_exam_say(patient, SG_EXAM_WARNING, "every user of this machine may use '%s'", path);
        sg_exam_cure(patient, "in the block 'gate' write 'socket-mode 0660', and restart");
    }
    return TRUE;
}

static void say_who_answers(SgPatient *patient, const SgKnock *knock, const char *socket)
{
    if (knock->program && !g_str_has_prefix(knock->program, "schoolgate")) {
        sg_exam_say(patient, SG_EXAM_PROBLEM,
                    "another program answers at %s: '%s', process %d: no mail is judged", socket,
                    knock->program, (int)knock->listener);
        sg_exam_cure(patient, "stop it, or give schoolgate another 'socket'");
        return;
    }
    sg_exam_say(patient, SG_EXAM_FINE, "%s answers at %s",
                knock->program ? knock->program : "a milter", socket);
}

static void look_at_socket(SgPatient *patient)
{
    g_autofree char *socket = sg_our_socket(patient->config);
    const char *path = sg_socket_path(socket);
    g_auto(SgKnock) knock = {0};

    if (path && !look_at_file(patient, path))
        return;
    sg_knock(socket, &knock);
    switch (knock.answer) {
    case SG_KNOCK_MILTER:
        say_who_answers(patient, &knock, socket);
        return;
    case SG_KNOCK_DENIED:
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "%s: %s", socket, knock.why);
        sg_exam_cure(patient, "ask again as root");
        return;
    case SG_KNOCK_STRANGE:
        sg_exam_say(patient, SG_EXAM_PROBLEM, "something listens at %s, but %s", socket, knock.why);
        sg_exam_cure(patient, "see what it is ('ss -lxtnp'), and stop it, or restart schoolgate");
        return;
    case SG_KNOCK_NOBODY:
        sg_exam_say(patient, SG_EXAM_PROBLEM, "nobody listens at %s: schoolgated does not run",
                    socket);
        sg_exam_cure(patient, START);
    }
}

/* May the mail server use it
 * ------------------------------------------------------------------------
 */

static const char *mta_user(const SgMta *mta)
{
    const char *name =
        sg_mta_setting(mta, sg_mta_kind(mta) == SG_MTA_POSTFIX ? "mail_owner" : "RunAsUser");

    return name && *name ? name : "root";
}

static void say_astray(SgPatient *patient, const SgMtaService *service, const char *path)
{
    const char *queue = sg_mta_setting(patient->mta, "queue_directory");

    sg_exam_say(patient, SG_EXAM_PROBLEM,
                "'%s' runs in a chroot and finds no '%s' there: it cannot reach schoolgated",
                service->name, path);
    sg_exam_cure(patient,
                 "put the socket into the queue folder: in the block 'gate' write 'socket "
                 "unix:%s/schoolgate/milter.sock', and tell Postfix 'unix:schoolgate/milter.sock'",
                 queue);
}

/* Postfix enters its queue folder before it becomes its user: from there on the modes count. */
static char *obstacle_for(const SgPatient *patient, const SgUser *user, const char *path)
{
    const char *queue = sg_mta_setting(patient->mta, "queue_directory");
    g_autofree char *below = queue ? g_strconcat(queue, "/", NULL) : NULL;
    gboolean within = below && g_str_has_prefix(path, below);

    return sg_reach_obstacle(user, within ? queue : "/", path, SG_REACH_READ | SG_REACH_WRITE);
}

static void look_at_reach(SgPatient *patient, const char *path)
{
    const char *name = mta_user(patient->mta);
    g_autoptr(SgUser) user = sg_user_find(name);
    g_autofree char *obstacle = user ? obstacle_for(patient, user, path) : NULL;
    g_autofree char *group = user ? sg_user_group_name(user) : NULL;

    if (!user) {
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "the mail server's user '%s' is not known here",
                    name);
    } else if (obstacle) {
        sg_exam_say(patient, SG_EXAM_PROBLEM, "the mail server cannot use the socket: %s",
                    obstacle);
        sg_exam_cure(patient,
                     "in the block 'gate' write 'socket-mode 0660' and 'socket-group %s', let that "
                     "group into the folder ('chgrp %s FOLDER; chmod 750 FOLDER'), and restart",
                     group, group);
    } else {
        sg_exam_say(patient, SG_EXAM_FINE, "'%s' may use '%s'", name, path);
    }
}

static void look_at_port(SgPatient *patient, const char *socket)
{
    g_autofree char *host = NULL, *port = NULL;

    sg_socket_port(socket, &host, &port);
    if (*host && (g_str_has_prefix(host, "127.") || g_str_equal(host, "::1") ||
                  g_str_equal(host, "localhost"))) {
        sg_exam_say(patient, SG_EXAM_FINE, "port %s of this machine alone", port);
        return;
    }
    sg_exam_say(patient, SG_EXAM_WARNING, "other machines may use %s, too", socket);
    sg_exam_cure(patient, "write 'socket inet:%s@127.0.0.1', or let a firewall guard the port",
                 port);
}

static void look_at_use(SgPatient *patient)
{
    g_autofree char *socket = sg_our_socket(patient->config);
    const char *path = sg_socket_path(socket);
    const GPtrArray *services = sg_mta_services(patient->mta);
    gboolean astray = FALSE;

    if (!path) {
        look_at_port(patient, socket);
        return;
    }
    for (guint i = 0; i < services->len && !astray; i++)
        if (sg_our_milter(patient->mta, services->pdata[i], socket, &astray) && astray)
            say_astray(patient, services->pdata[i], path);
    if (astray)
        return;
    if (!sg_reach_can_tell(path))
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "'%s' may not be seen by who asks", path);
    else if (g_file_test(path, G_FILE_TEST_EXISTS))
        look_at_reach(patient, path);
    else
        sg_exam_say(patient, SG_EXAM_NOT_EXAMINED, "the socket is not there");
}

const SgExam sg_socket_exams[] = {
    {"socket", "who answers where the mail server asks", SG_NEEDS_CONFIG, look_at_socket},
    {"socket-use", "whether the mail server may use the socket", SG_NEEDS_CONFIG | SG_NEEDS_MTA,
     look_at_use},
    {0},
};
