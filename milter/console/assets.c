/* assets.c - the files that browsers ask for, put into the program by the assembler. Bootstrap and
 * Chart.js are those of the Debian packages at the time of building; the Makefile joins our own
 * style sheet of the files in style/. */
#include "assets.h"

#include "pages.h"

#include <string.h>

/* The Makefile knows that this object depends on the files. */
#define EMBED(symbol, file)                                                                        \
    __asm__(".pushsection .rodata\n"                                                               \
            ".global " #symbol "\n" #symbol ":\n.incbin \"" file "\"\n"                            \
            ".global " #symbol "_end\n" #symbol "_end:\n.byte 0\n.popsection\n");                  \
    extern const char symbol[], symbol##_end[]

EMBED(sg_asset_bootstrap, SG_BOOTSTRAP_CSS);
EMBED(sg_asset_style, SG_CONSOLE_CSS);
EMBED(sg_asset_chart, SG_CHART_JS);
EMBED(sg_asset_charts, "milter/console/assets/charts.js");
EMBED(sg_asset_script, "milter/console/assets/console.js");
EMBED(sg_asset_icon, "milter/console/assets/icon.svg");

typedef struct Asset {
    const char *name;
    const char *type;
    const char *from, *to;
} Asset;

static const Asset assets[SG_ASSETS] = {
    [SG_ASSET_BOOTSTRAP] = {"bootstrap.css", "text/css; charset=utf-8", sg_asset_bootstrap,
                            sg_asset_bootstrap_end},
    [SG_ASSET_STYLE] = {"console.css", "text/css; charset=utf-8", sg_asset_style,
                        sg_asset_style_end},
    [SG_ASSET_CHART] = {"chart.js", "text/javascript; charset=utf-8", sg_asset_chart,
                        sg_asset_chart_end},
    [SG_ASSET_CHARTS] = {"charts.js", "text/javascript; charset=utf-8", sg_asset_charts,
                         sg_asset_charts_end},
    [SG_ASSET_SCRIPT] = {"console.js", "text/javascript; charset=utf-8", sg_asset_script,
                         sg_asset_script_end},
    [SG_ASSET_ICON] = {"icon.svg", "image/svg+xml", sg_asset_icon, sg_asset_icon_end},
};

/* Made at the first asking, and alike for all. */
static const char *digest_of(SgAsset asset)
{
    static char *digests[SG_ASSETS];
    char *digest = g_atomic_pointer_get(&digests[asset]);

    if (digest)
        return digest;
    digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)assets[asset].from,
                                         (gsize)(assets[asset].to - assets[asset].from));
    digest[16] = '\0';
    if (g_atomic_pointer_compare_and_exchange(&digests[asset], NULL, digest))
        return digest;
    g_free(digest);
    return g_atomic_pointer_get(&digests[asset]);
}

char *sg_asset_url(const SgConsole *console, SgAsset asset)
{
    return g_strdup_printf("%s/assets/%s/%s", console->base, digest_of(asset), assets[asset].name);
}

void sg_page_asset(const SgWebRequest *request, SgWebReply *reply)
{
    for (guint i = 0; i < SG_ASSETS; i++) {
        const Asset *asset = &assets[i];
        if (strcmp(request->parts[1], asset->name) != 0 ||
            strcmp(request->parts[0], digest_of(i)) != 0)
            continue;
        reply->type = asset->type;
        reply->bytes = g_bytes_new_static(asset->from, (gsize)(asset->to - asset->from));
        sg_web_reply_field(reply, "Cache-Control", "public, max-age=31536000, immutable");
        return;
    }
    sg_page_not_found(request, reply);
}
