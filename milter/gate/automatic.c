/* automatic.c - tells by its headers whether a message is an answer of a program, or of a list, or
 * to a notice of ours. */
#include "automatic.h"

#include <string.h>

/* RFC 3834, section 5: anything but "no", which a comment or a parameter may follow. */
static gboolean not_no(const char *value)
{
    gsize word = strcspn(value, " \t;(");

    return word > 0 && !(word == 2 && g_ascii_strncasecmp(value, "no", 2) == 0);
}

static gboolean is_bulk(const char *value)
{
    static const char *const words[] = {"bulk", "junk", "list", "auto_reply", NULL};

    for (const char *const *word = words; *word; word++) {
        if (g_ascii_strcasecmp(value, *word) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_there(const char *value)
{
    (void)value;
    return TRUE;
}

static const struct {
    const char *header;
    gboolean (*says_so)(const char *value);
} signs[] = {
    {"Auto-Submitted", not_no},  {"Precedence", is_bulk},
    {"List-Id", is_there},       {"X-Autoreply", is_there}, /* of programs older than RFC 3834 */
    {"X-Autorespond", is_there},                            /* likewise */
};

gboolean sg_is_automatic(const SgMessage *message)
{
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        const char *value = sg_message_header(message, signs[i].header);

        if (!value)
            continue;
        g_autofree char *bare = g_strstrip(g_strdup(value));
        if (signs[i].says_so(bare))
            return TRUE;
    }
    return FALSE;
}

/* `<12.KM-7F3Q-2@kingsmead.example>`: see sg_notice_mail(). */
static gboolean names_notice(const char *ids, const SgConfig *config)
{
    const char *at = strrchr(config->courier.from, '@');
    g_autofree char *domain = g_regex_escape_string(at ? at + 1 : "", -1);
    g_autofree char *pattern = g_strdup_printf("<[0-9]+\\.[^@<>]+@%s>", domain);

    return g_regex_match_simple(pattern, ids, G_REGEX_CASELESS, 0);
}

/* `Re: Your message is waiting (KM-7F3Q-2)` */
static gboolean names_incident(const char *subject, const SgConfig *config)
{
    g_autofree char *pattern =
        g_strdup_printf("\\b%s-[0-9A-Z]{4,8}-[0-9A-Z]\\b", config->school.reference);

    return g_regex_match_simple(pattern, subject, 0, 0);
}

gboolean sg_answers_a_notice(const SgMessage *message, const SgConfig *config)
{
    const char *answers = sg_message_header(message, "In-Reply-To");
    const char *refers = sg_message_header(message, "References");
    const char *subject = sg_message_header(message, "Subject");

    return (answers && names_notice(answers, config)) || (refers && names_notice(refers, config)) ||
           (subject && names_incident(subject, config));
}
