/* queue_offer.h - what can be decided about several messages at once */
#pragma once

#include "queue_outcome.h"
#include "words.h"

typedef struct SgOffer {
    SgDecisionKind kind;
    SgSay button;
    SgSay done_one, done_several; /* "{1} messages are being sent on." */
    SgSay wants;                  /* "send it on": what the first of two people wants */
} SgOffer;

#define SG_OFFERS 6
extern const SgOffer sg_offers[SG_OFFERS]; /* in the order of their buttons */

/* NULL for a kind that is not among them. */
const SgOffer *sg_offer_of(SgDecisionKind kind);

#define SG_DECIDED_MOST 200 /* messages at once */
