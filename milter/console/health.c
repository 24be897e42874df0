/* health.c - the page that says how the service is, and what to do about it */
#include "checkups.h"
#include "frame.h"
#include "pages.h"
#include "schoolgate/meter.h"

typedef struct Look {
    SgSay word;
    const char *sign; /* tells without colour, and without reading */
    const char *class;
} Look;

static const Look looks[SG_HEALTH_LEVELS] = {
    [SG_HEALTH_GOOD] = {SG_SAY_HEALTH_GOOD, "✓", "chip chip-good"},
    [SG_HEALTH_LOOK] = {SG_SAY_HEALTH_LOOK, "!", "chip chip-medium"},
    [SG_HEALTH_BROKEN] = {SG_SAY_HEALTH_BROKEN, "✕", "chip chip-critical"},
};

static void put_level(SgHtml *html, SgHealthLevel level)
{
    sg_html_open(html, "span", "class", looks[level].class, NULL);
    sg_html_leaf(html, "span", looks[level].sign, "aria-hidden", "true", NULL);
    sg_html_format(html, " %s", sg_words(looks[level].word));
    sg_html_close(html, "span");
}

static void put_diagnosis(SgHtml *html, const SgCheckup *checkup, const SgDiagnosis *diagnosis)
{
    sg_html_open(html, "li", "class", "health-line", NULL);
    sg_html_leaf(html, "h2", sg_words(checkup->name), "class", "health-name", NULL);
    put_level(html, diagnosis->level);
    sg_html_open(html, "div", "class", "health-says", NULL);
    sg_html_leaf(html, "p", diagnosis->says, NULL);
    if (diagnosis->advice)
        sg_html_leaf(html, "p", diagnosis->advice, "class", "muted", NULL);
    sg_html_close(html, "div");
    sg_html_close(html, "li");
}

static void put_summary(const SgWebRequest *request, SgHtml *html, SgHealthLevel worst)
{
    static const SgSay says[SG_HEALTH_LEVELS] = {SG_SAY_HEALTH_ALL_GOOD, SG_SAY_HEALTH_SOME_LOOK,
                                                 SG_SAY_HEALTH_SOME_BROKEN};
    static const char *const classes[SG_HEALTH_LEVELS] = {
        "notice notice-good", "notice notice-caution", "notice notice-bad"};
    g_autofree char *at = sg_time_text(request, request->now);

    sg_html_open(html, "p", "class", classes[worst], NULL);
    sg_html_leaf(html, "strong", sg_words(says[worst]), NULL);
    sg_html_text(html, " ");
    sg_html_say(html, SG_SAY_HEALTH_CHECKED, at, NULL);
    sg_html_close(html, "p");
}

static void put_facts(SgHtml *html, const SgVitals *vitals)
{
    const SgConfig *config = vitals->console->config;
    g_autofree char *reloads =
        g_strdup_printf("%" G_GUINT64_FORMAT, sg_meter_count(SG_METER_RELOADS, SG_RELOAD_LOADED));

    sg_html_open(html, "section", "class", "card", "aria-labelledby", "facts", NULL);
    sg_html_leaf(html, "h2", sg_words(SG_SAY_HEALTH_FACTS), "id", "facts", NULL);
    sg_html_open(html, "dl", "class", "facts", NULL);
    sg_put_fact(html, SG_SAY_HEALTH_VERSION, "schoolgate " SG_VERSION);
    sg_put_fact(html, SG_SAY_HEALTH_CONFIG_FILE, config->path);
    sg_put_fact(html, SG_SAY_HEALTH_DIGEST, config->digest);
    sg_put_fact(html, SG_SAY_HEALTH_RELOADS, reloads);
    sg_put_fact(html, SG_SAY_HEALTH_DATABASE, config->database);
    sg_put_fact(html, SG_SAY_HEALTH_ZONE, config->school.time_zone);
    sg_html_close(html, "dl");
    sg_html_close(html, "section");
}

static SgHealthLevel diagnose(const SgVitals *vitals, SgDiagnosis *diagnoses)
{
    SgHealthLevel worst = SG_HEALTH_GOOD;

    for (guint i = 0; i < SG_CHECKUPS; i++) {
        sg_checkups[i].look(vitals, sg_checkups[i].of, &diagnoses[i]);
        worst = MAX(worst, diagnoses[i].level);
    }
    return worst;
}

void sg_page_health(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(SgVitals) vitals = {0};
    SgDiagnosis diagnoses[SG_CHECKUPS] = {{0}};
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_HEALTH_TITLE));
    SgHealthLevel worst;

    sg_vitals_read(request->console, request->now, &vitals);
    worst = diagnose(&vitals, diagnoses);
    sg_html_leaf(html, "h1", sg_words(SG_SAY_HEALTH_TITLE), NULL);
    put_summary(request, html, worst);
    sg_html_open(html, "ul", "class", "card health-list", NULL);
    /* What needs somebody stands first. */
    for (int level = SG_HEALTH_BROKEN; level >= SG_HEALTH_GOOD; level--)
        for (guint i = 0; i < SG_CHECKUPS; i++)
            if ((int)diagnoses[i].level == level)
                put_diagnosis(html, &sg_checkups[i], &diagnoses[i]);
    sg_html_close(html, "ul");
    put_facts(html, &vitals);
    for (guint i = 0; i < SG_CHECKUPS; i++)
        sg_diagnosis_clear(&diagnoses[i]);
    sg_frame_end(request, html, reply);
}
