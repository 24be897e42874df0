/* conflict.c - whom an incident concerns, and who looks at it instead */
#include "schoolgate/config.h"

gboolean sg_config_concerns(const SgConfig *config, const SgIncident *incident, const char *address)
{
    char *addresses[] = {(char *)address, NULL};
    const SgReviewer somebody = {.addresses = addresses};

    for (guint i = 0; i < config->reviewers->len; i++) {
        const SgReviewer *reviewer = config->reviewers->pdata[i];

        if (sg_reviewer_has_address(reviewer, address) && sg_incident_concerns(incident, reviewer))
            return TRUE;
    }
    return sg_incident_concerns(incident, &somebody);
}

const char *sg_config_reviewer_for(const SgConfig *config, const SgIncident *incident, SgAsk ask)
{
    const SgSchool *school = &config->school;
    const char *const in_turn[] = {
        ask == SG_ASK_OFFICER || !school->head ? school->officer : NULL,
        school->head,
        school->successor,
        school->postmaster,
    };

    for (guint i = 0; i < G_N_ELEMENTS(in_turn); i++) {
        if (in_turn[i] && !sg_config_concerns(config, incident, in_turn[i]))
            return in_turn[i];
    }
    return NULL;
}

const char *sg_config_officer_for(const SgIncident *incident, gconstpointer config)
{
    return sg_config_reviewer_for(config, incident, SG_ASK_OFFICER);
}

const char *sg_config_head_for(const SgIncident *incident, gconstpointer config)
{
    const SgSchool *school = &((const SgConfig *)config)->school;

    if (school->head)
        return sg_config_reviewer_for(config, incident, SG_ASK_HEAD);
    if (!school->successor || sg_config_concerns(config, incident, school->successor))
        return NULL;
    return school->successor;
}
