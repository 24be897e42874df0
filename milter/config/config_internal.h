/* config_internal.h - a configuration while it is being loaded */
#pragma once

#include "schoolgate/config.h"

typedef struct SgLoading {
    SgConfig *config;
    SgReport *report;
    GPtrArray *blocks; /* of SgBlock, of all files, in order */
    GChecksum *files;  /* of all that was read */
    SgPeopleSpec *spec;
    SgPolicyBuilder *builder; /* NULL before SG_STAGE_POLICY */
    SgCalendar *calendar;     /* NULL once the policy has it */
    SgMode mode;
} SgLoading;

void sg_loading_init(SgLoading *loading, SgConfig *config, SgReport *report);
void sg_loading_clear(SgLoading *loading);

/* Settings and people are read first, wherever they stand: rules name roles and groups. */
typedef enum { SG_STAGE_SETTINGS, SG_STAGE_POLICY } SgStage;

/* One kind of block: its keyword, what follows it, what it is for, how it is read. */
typedef struct SgBlockKind {
    const char *keyword;
    const char *name; /* what follows the keyword: "NAME", or "" */
    const char *help;
    SgStage stage;
    gboolean once;
    void (*read)(SgLoading *loading, const SgBlock *block);
    const SgSetting *settings; /* NULL where they are listed elsewhere */
} SgBlockKind;

extern const SgBlockKind sg_block_kinds[]; /* ended by an entry without keyword */

void sg_config_defaults(SgConfig *config);
void sg_config_check(SgLoading *loading); /* what must be set, and what does not go together */
void sg_config_clear_settings(SgConfig *config);
/* Of a setting that is one address. */
void sg_config_read_address(gpointer into, SgCursor *cursor, const SgSetting *self);
/* logging.c: what the log gets, and how. */
void sg_config_read_log(gpointer into, SgCursor *cursor, const SgSetting *self);
void sg_config_read_log_form(gpointer into, SgCursor *cursor, const SgSetting *self);
void sg_config_read_trace(gpointer into, SgCursor *cursor, const SgSetting *self);

/* gate.c */
extern const SgSetting sg_gate_settings[]; /* read into SgConfig */
void sg_gate_defaults(SgConfig *config);
void sg_gate_clear(SgConfig *config);
/* Of a setting that is a list of networks: adds a GInetAddressMask for each. */
void sg_config_read_networks(GPtrArray *into, SgCursor *cursor, const SgSetting *self);

/* relay.c */
extern const SgSetting sg_relay_settings[]; /* read into SgRelay */
void sg_config_read_relay(SgLoading *loading, const SgBlock *block);
void sg_config_check_relays(SgLoading *loading);

/* courier.c, review.c: into SgCourierSettings, SgReviewSettings, SgRetention and SgReviewer */
extern const SgSetting sg_courier_settings[];
extern const SgSetting sg_review_settings[];
extern const SgSetting sg_retention_settings[];
extern const SgSetting sg_reviewer_settings[];
void sg_courier_defaults(SgCourierSettings *courier);
void sg_courier_clear(SgCourierSettings *courier);
void sg_review_defaults(SgConfig *config);
void sg_config_read_reviewer(SgLoading *loading, const SgBlock *block);

/* directory.c */
void sg_config_read_directory(SgLoading *loading, const SgBlock *block);
/* Once all blocks are read: where copies are, and people from them. */
void sg_config_settle_directories(SgLoading *loading);
/* Reads who is who. NULL when `report` has errors. */
SgPeople *sg_config_load_people(const SgConfig *config, const SgPeopleSpec *spec,
                                const char **waits_for, SgReport *report);

/* console.c */
extern const SgSetting sg_console_settings[]; /* read into SgConsoleSettings */
void sg_console_defaults(SgConsoleSettings *console);
void sg_console_clear(SgConsoleSettings *console);
void sg_console_check(const SgConsoleSettings *console, SgPlace place, SgReport *report);

/* guard.c */
extern const SgSetting sg_guard_settings[]; /* read into SgGuard */
void sg_guard_defaults(SgGuard *guard);
