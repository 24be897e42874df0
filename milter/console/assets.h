/* assets.h - style sheets, scripts and the icon, which are part of the program */
#pragma once

#include "web.h"

typedef enum {
    SG_ASSET_BOOTSTRAP,
    SG_ASSET_STYLE,
    SG_ASSET_CHART,  /* the library, and */
    SG_ASSET_CHARTS, /* what draws with it */
    SG_ASSET_SCRIPT,
    SG_ASSET_ICON,
    SG_ASSETS
} SgAsset;

/* Its address, which is another when its content is. Free with g_free(). */
char *sg_asset_url(const SgConsole *console, SgAsset asset);
