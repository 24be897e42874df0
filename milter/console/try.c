/* try.c - a message is pasted or uploaded, and judged as the gate would; nothing of it is stored,
 * sent or logged */
#include "try.h"

#include "frame.h"
#include "pages.h"
#include "schoolgate/in_force.h"
#include "schoolgate/log.h"
#include "schoolgate/when.h"

static SgHtml *begin(const SgWebRequest *request)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_TRY_TITLE));

    sg_html_leaf(html, "h1", sg_words(SG_SAY_TRY_TITLE), NULL);
    sg_html_say_in(html, "p", "muted", SG_SAY_TRY_ABOUT);
    return html;
}

void sg_page_try(const SgWebRequest *request, SgWebReply *reply)
{
    SgHtml *html = begin(request);

    sg_try_put_form(request, html, &(SgTryWishes){0});
    sg_frame_end(request, html, reply);
}

/* As the gate goes by it now. NULL on error. */
static SgConfig *config_in_force(const SgWebRequest *request, GError **error)
{
    const SgConsole *console = request->console;
    SgConfig *config = console->config;
    SgPolicy *policy = sg_record_policy_in_force(console->record, config->policy, &config->guard,
                                                 request->now, error);

    return policy ? sg_config_with_policy(config, policy) : NULL;
}

static gboolean run(const SgWebRequest *request, const SgTryWishes *wishes, const SgConfig *config,
                    gint64 when, SgTrial *trial, GError **error)
{
    g_autoptr(GBytes) raw = sg_try_message(wishes);
    g_auto(GStrv) from = sg_try_addresses(wishes->from);
    g_auto(GStrv) to = sg_try_addresses(wishes->to);
    const SgTrialEnvelope envelope = {
        .sender = from ? from[0] : NULL, .recipients = (const char *const *)to, .when = when};

    trial->parties = sg_try_parties(wishes, config->people);
    return sg_trial_run(config, request->console->extractor, &envelope, raw, trial, error);
}

/* What is wrong with what was typed; NULL for nothing. */
static const char *objection(const SgWebRequest *request, const SgTryWishes *wishes, gint64 *when)
{
    g_auto(GStrv) from = sg_try_addresses(wishes->from);
    g_auto(GStrv) to = sg_try_addresses(wishes->to);
    g_autoptr(SgParties) parties = sg_try_parties(wishes, request->console->config->people);

    *when = request->now;
    if (wishes->at &&
        !sg_when_read(wishes->at, sg_policy_zone(request->console->config->policy), when, NULL))
        return sg_words(SG_SAY_TRY_NO_TIME);
    if (!wishes->upload && !parties && (!from || !to))
        return sg_words(SG_SAY_TRY_NO_ADDRESSES);
    if (!wishes->upload && !wishes->text && !wishes->subject)
        return sg_words(SG_SAY_TRY_NO_TEXT);
    return NULL;
}

static const char *excuse(const GError *error)
{
    if (g_error_matches(error, SG_TRIAL_ERROR, SG_TRIAL_ERROR_NO_MAIL))
        return sg_words(SG_SAY_TRY_NO_MAIL);
    sg_log(LOG_ERR, "the console could not try a message: %s", error->message);
    return sg_words(SG_SAY_TRY_NO_HELPER);
}

void sg_page_try_posted(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgConfig) config = config_in_force(request, &error);
    g_auto(SgTrial) trial = {0};
    SgTryWishes wishes;
    const char *wrong;
    gint64 when;
    SgHtml *html;

    if (!config) {
        sg_page_record_error(request, reply, error);
        return;
    }
    sg_try_read(request, &wishes);
    wrong = objection(request, &wishes, &when);
    if (!wrong && !run(request, &wishes, config, when, &trial, &error))
        wrong = excuse(error);
    html = begin(request);
    if (wrong)
        sg_news_trouble(html, wrong);
    else
        sg_try_put_verdict(request, html, config, &trial, when);
    sg_try_put_form(request, html, &wishes);
    sg_frame_end(request, html, reply);
    if (wrong)
        reply->status = 422;
}
