/* rule_stats.h - what each rule has done, as `rules --stats` shows it */
#pragma once

#include "schoolgate/config.h"

/* Every rule of `config`, and those that are only on record, with what they did since then. Returns
 * the exit code. */
int sg_rule_stats_show(const SgConfig *config, gint64 since, gboolean json);

/* A clause of the first policy goes by its number alone, as it does in rules. Free with g_free().
 */
char *sg_clause_cell(const SgPolicy *policy, const SgRule *rule);
