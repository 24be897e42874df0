/* queue_offer.h - what can be decided about several messages at once */
#pragma once

#include "queue_outcome.h"
#include "words.h"

typedef struct SgManyOffer {
    SgDecisionKind kind;
    SgSay done_one, done_several; /* "{1} messages are being sent on." */
    SgSay wants;                  /* "send it on": what the first of two people wants */
} SgManyOffer;

#define SG_MANY_OFFERS 6
extern const SgManyOffer sg_many_offers[SG_MANY_OFFERS]; /* in the order of their buttons */

/* NULL for a kind that is not among them. */
const SgManyOffer *sg_many_offer_of(SgDecisionKind kind);

#define SG_DECIDED_MOST 200 /* messages at once */
