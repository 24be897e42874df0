/* setup_propose.h - what this machine tells of itself and its school, for setup to propose
 *
 * Each returns NULL where it tells nothing. Free with g_free(). */
#pragma once

#include "setup.h"

char *sg_propose_reference(const SgSetup *setup); /* the name's initials */
char *sg_propose_staff(const SgSetup *setup);     /* the mail server's domain, or the machine's */
char *sg_propose_students(const SgSetup *setup);
char *sg_propose_officer(const SgSetup *setup);
char *sg_propose_postmaster(const SgSetup *setup);
char *sg_propose_zone(const SgSetup *setup);
char *sg_propose_mta(const SgSetup *setup);
char *sg_propose_socket(const SgSetup *setup);
char *sg_propose_inside(const SgSetup *setup); /* the networks that Postfix relays for */
char *sg_propose_mode(const SgSetup *setup);
