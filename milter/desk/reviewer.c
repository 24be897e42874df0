/* reviewer.c - see reviewer.h */
#include "reviewer.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whoever is behind sudo decides, not root. */
static const char *who_we_are(void)
{
    const char *behind = geteuid() == 0 ? g_getenv("SUDO_USER") : NULL;

    return behind && *behind ? behind : g_get_user_name();
}

/* Takes ownership of `why`. */
static SgReviewer *forbid(char *why, GError **error)
{
    g_set_error_literal(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN, why);
    g_free(why);
    return NULL;
}

static SgReviewer *copy(const SgReviewer *reviewer)
{
    SgReviewer *own = sg_reviewer_new(reviewer->name, reviewer->role);

    for (char **address = reviewer->addresses; *address; address++)
        sg_reviewer_add_address(own, *address);
    for (char **login = reviewer->logins; *login; login++)
        sg_reviewer_add_login(own, *login);
    return own;
}

static gboolean owns_record(const SgConfig *config)
{
    struct stat record;

    return geteuid() == 0 || (stat(config->database, &record) == 0 && record.st_uid == geteuid());
}

/* The trail tells who typed, should it be somebody else. */
static SgReviewer *stand_in(const SgReviewer *reviewer)
{
    SgReviewer *own = copy(reviewer);
    const char *login = who_we_are();

    if (g_strv_contains((const char *const *)reviewer->logins, login) ||
        strcmp(reviewer->name, login) == 0)
        return own;
    own->typed_by = g_strdup(login);
    return own;
}

static SgReviewer *named(const SgConfig *config, const char *as, GError **error)
{
    const SgReviewer *reviewer = sg_config_reviewer(config, as);

    if (!owns_record(config))
        return forbid(
            g_strdup_printf("--as is for root and the owner of '%s' only", config->database),
            error);
    if (!reviewer)
        return forbid(g_strdup_printf("there is no reviewer '%s' in '%s'", as, config->path),
                      error);
    return stand_in(reviewer);
}

static SgReviewer *officer_by_default(const SgConfig *config, const char *login)
{
    SgReviewer *officer = sg_reviewer_new(login, SG_REVIEWER_OFFICER);

    sg_reviewer_add_login(officer, login);
    sg_reviewer_add_address(officer, config->school.officer);
    if (config->gate.login_domain) {
        g_autofree char *address = g_strdup_printf("%s@%s", login, config->gate.login_domain);

        sg_reviewer_add_address(officer, address);
    }
    return officer;
}

SgReviewer *sg_desk_reviewer(const SgConfig *config, const char *as, GError **error)
{
    const char *login = who_we_are();
    const SgReviewer *reviewer;

    if (as)
        return named(config, as, error);
    if (config->reviewers->len == 0)
        return officer_by_default(config, login);
    reviewer = sg_config_reviewer(config, login);
    if (!reviewer)
        return forbid(g_strdup_printf("'%s' is no reviewer: one of the blocks 'reviewer' in '%s' "
                                      "needs the line 'login %s'",
                                      login, config->path, login),
                      error);
    return copy(reviewer);
}

SgOperator sg_desk_operator(const SgConfig *config)
{
    const char *login = who_we_are();
    const SgReviewer *reviewer = sg_config_reviewer(config, login);

    if (config->reviewers->len == 0)
        return (SgOperator){login, sg_reviewer_role_names[SG_REVIEWER_OFFICER]};
    if (!reviewer)
        return (SgOperator){login, "operator"};
    return (SgOperator){reviewer->name, sg_reviewer_role_names[reviewer->role]};
}
