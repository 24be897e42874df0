/* offer.h - the decisions that a page offers, each with reasons to choose from
 *
 * A reason that is chosen is one of our own texts, which its number stands for; a reviewer may
 * write their own instead. */
#pragma once

#include "incident.h"

#define SG_QUICK_REASONS 4

typedef struct SgOffer {
    SgDecisionKind kind;
    SgSay about;                   /* what will happen */
    gboolean told;                 /* its sender reads the reason */
    gboolean copies;               /* it is about copies, which can be chosen */
    SgSay quick[SG_QUICK_REASONS]; /* the first is never used where none is offered */
    guint quicks;
} SgOffer;

/* In the order in which they are offered. */
extern const SgOffer sg_offers[];
extern const guint sg_offers_count;
const SgOffer *sg_offer_of(SgDecisionKind kind);

/* Whether whoever asks may decide so about the incident, as far as a page can know. */
gboolean sg_offer_stands(const SgOffer *offer, const SgIncidentView *view);
/* Whether it may be about that copy. */
gboolean sg_offer_fits_copy(const SgOffer *offer, const SgIncidentView *view, const SgCopy *copy);
/* The latest decision that can still be taken back, as far as a page can know; NULL for none. */
const SgTaken *sg_undoable(const SgIncidentView *view);
/* A decision that waits for a second person; NULL for none. */
const SgTaken *sg_awaited(const SgIncident *incident);
