/* daily.h - what is done once a day, or once in a while, beside sending */
#pragma once

#include "schoolgate/config.h"

/* Does what is due at `now`; called about once a minute. Trouble is logged, and tried again. Once
 * `stop` can be read from, what is not done is left to the next courier. */
void sg_daily_work(const SgConfig *config, SgRecord *record, gint64 now, int stop);
