/* exempt_words.c - see exempt_words.h */
#include "exempt_words.h"

#include "frame.h"

#include <string.h>

void sg_exempt_add_to_cast(const SgWebRequest *request, SgCast *cast, const SgExempt *what)
{
    g_autoptr(SgParty) party = NULL;

    if (what->kind != SG_EXEMPT_SENDER || !*what->value)
        return;
    party = sg_people_party(request->console->config->people, what->value, request->now);
    sg_cast_add(cast, &(SgWhose){.address = what->value, .role = party->role_name});
}

static char *sender_words(SgCast *cast, const char *address)
{
    if (sg_cast_shows(cast) == SG_CAST_NAMES)
        return sg_words_fill(SG_SAY_EXEMPT_SENDER_NAMED, address, sg_cast_role(cast, address),
                             NULL);
    return sg_words_fill(SG_SAY_EXEMPT_SENDER, sg_cast_role(cast, address), NULL);
}

char *sg_exempt_what_words(SgCast *cast, const SgExempt *what)
{
    switch (what->kind) {
    case SG_EXEMPT_SENDER:
        return sender_words(cast, what->value);
    case SG_EXEMPT_GROUP:
        return sg_words_fill(SG_SAY_EXEMPT_GROUP, what->value, NULL);
    default:
        if (!*what->value)
            return g_strdup(sg_words(SG_SAY_EXEMPT_PHRASE_HIDDEN));
        return sg_words_fill(SG_SAY_EXEMPT_PHRASE, what->value, NULL);
    }
}

char *sg_exempt_last_day(const SgWebRequest *request, gint64 until)
{
    char *text = sg_time_text(request, until - 1);
    char *comma = strchr(text, ',');

    if (comma)
        *comma = '\0';
    return text;
}

const char *sg_exempt_rule_title(const SgWebRequest *request, const char *rule)
{
    const SgRule *found = sg_policy_find_rule(request->console->config->policy, rule);

    return found ? sg_rule_title(found) : rule;
}

char *sg_exempt_sentence(const SgWebRequest *request, SgCast *cast, const SgExempt *what)
{
    g_autofree char *mail = sg_exempt_what_words(cast, what);
    g_autofree char *day = sg_exempt_last_day(request, what->until);

    return sg_words_fill(SG_SAY_EXEMPT_SENTENCE, mail, sg_exempt_rule_title(request, what->rule),
                         day, NULL);
}

char *sg_exempt_objection_words(const GError *error)
{
    return sg_words_fill(SG_SAY_EXEMPT_OBJECTION, error->message, NULL);
}
