/* mta_postfix.c - what Postfix is told, as its own postconf says */
#include "mta_internal.h"
#include "program.h"

#include <string.h>

#define ANSWER_SECONDS 10

/* What postconf puts out with `option`; all of it with $names filled in. */
static char *ask(const char *program, const char *folder, const char *option, GError **error)
{
    const char *words[6] = {program, "-x"};
    guint count = 2;
    g_autoptr(GError) why = NULL;
    char *answer;

    if (folder) {
        words[count++] = "-c";
        words[count++] = folder;
    }
    words[count] = option;
    answer = sg_program_output(words, ANSWER_SECONDS, &why);
    if (!answer)
        g_set_error_literal(error, SG_MTA_ERROR, SG_MTA_ERROR_UNREADABLE, why->message);
    return answer;
}

/* Settings ----------------------------------------------------------------------------------------
 */

/* `name = value`. The overrides of services come as `service/type/name = value`. */
static void keep_settings(SgMta *mta, const char *answer)
{
    g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);

    for (char **line = lines; *line; line++) {
        char *equals = strstr(*line, " =");

        if (!equals)
            continue;
        g_hash_table_replace(mta->settings, g_strndup(*line, (gsize)(equals - *line)),
                             g_strstrip(g_strdup(equals + strlen(" ="))));
    }
}

/* Words parted by white space or commas; what stands in braces is one, without them. */
static GPtrArray *words_of(const char *text)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    for (;;) {
        text += strspn(text, ", \t\r\n");
        if (!*text)
            return words;
        gboolean braced = *text == '{';
        text += braced;
        gsize length = strcspn(text, braced ? "}" : ", \t\r\n");
        g_ptr_array_add(words, g_strstrip(g_strndup(text, length)));
        text += length + (braced && text[length] == '}');
    }
}

/* Milters -----------------------------------------------------------------------------------------
 */

typedef struct Reading {
    SgMta *mta;
    const char *service; /* NULL: as main.cf has it */
} Reading;

static const char *setting(const Reading *reading, const char *name)
{
    return reading->service ? sg_mta_service_setting(reading->mta, reading->service, name)
                            : sg_mta_setting(reading->mta, name);
}

static SgMtaAbsent absent_of(const char *action)
{
    static const struct {
        const char *word;
        SgMtaAbsent absent;
    } actions[] = {
        {"accept", SG_MTA_ABSENT_PASS},
        {"reject", SG_MTA_ABSENT_REJECT},
        {"quarantine", SG_MTA_ABSENT_QUARANTINE},
    };

    for (gsize i = 0; action && i < G_N_ELEMENTS(actions); i++)
        if (g_ascii_strcasecmp(action, actions[i].word) == 0)
            return actions[i].absent;
    return SG_MTA_ABSENT_TEMPFAIL;
}

/* `name = value` within the braces of one milter, which may leave out `milter_`. */
static const char *own_value(const GPtrArray *words, const char *name)
{
    for (guint i = 1; i < words->len; i++) {
        const char *word = words->pdata[i];

        if (g_str_has_prefix(word, name) && word[strlen(name)] == '=')
            return word + strlen(name) + 1;
    }
    return NULL;
}

static const char *milter_value(const Reading *reading, const GPtrArray *words, const char *name)
{
    g_autofree char *global = g_strconcat("milter_", name, NULL);
    const char *own = own_value(words, name);

    return own ? own : setting(reading, global);
}

/* `text` is an address, or an address and settings of its own. */
static SgMtaMilter *read_milter(const Reading *reading, const char *text)
{
    g_autoptr(GRegex) around = g_regex_new("\\s*=\\s*", 0, 0, NULL);
    g_autofree char *tight = g_regex_replace_literal(around, text, -1, 0, "=", 0, NULL);
    g_autoptr(GPtrArray) words = words_of(tight);
    SgMtaMilter *milter = sg_mta_milter_new(NULL, words->len ? words->pdata[0] : "");
    const char *protocol = milter_value(reading, words, "protocol");

    milter->absent = absent_of(milter_value(reading, words, "default_action"));
    milter->connect_time = sg_mta_seconds(milter_value(reading, words, "connect_timeout"), 1, 30);
    milter->command_time = sg_mta_seconds(milter_value(reading, words, "command_timeout"), 1, 30);
    milter->content_time = sg_mta_seconds(milter_value(reading, words, "content_timeout"), 1, 300);
    milter->protocol = protocol ? (int)g_ascii_strtoll(protocol, NULL, 10) : 6;
    return milter;
}

static void read_milters(const Reading *reading, const char *name, GPtrArray *milters)
{
    const char *value = setting(reading, name);
    g_autoptr(GPtrArray) words = words_of(value ? value : "");

    for (guint i = 0; i < words->len; i++)
        g_ptr_array_add(milters, read_milter(reading, words->pdata[i]));
}

/* Services ----------------------------------------------------------------------------------------
 */

static gboolean has_own(const SgMta *mta, const char *service, const char *name)
{
    g_autofree char *key = g_strdup_printf("%s/%s", service, name);

    return g_hash_table_contains(mta->settings, key);
}

static gboolean turns_milters_off(const SgMta *mta, const char *service)
{
    const char *options = sg_mta_service_setting(mta, service, "receive_override_options");
    g_autoptr(GPtrArray) words = words_of(options ? options : "");

    return g_ptr_array_find_with_equal_func(words, "no_milters", g_str_equal, NULL);
}

/* What smtpd asks itself; for what comes otherwise, the cleanup that the service names asks. */
static void fill_service(SgMta *mta, SgMtaService *service)
{
    gboolean by_smtp = strcmp(service->command, "smtpd") == 0;
    const char *list = by_smtp ? "smtpd_milters" : "non_smtpd_milters";
    const char *cleanup = sg_mta_service_setting(mta, service->name, "cleanup_service_name");

    if (!by_smtp && cleanup) {
        g_free(service->asking);
        service->asking = g_strdup_printf("%s/unix", cleanup);
    }
    const Reading reading = {mta, service->asking};

    service->by_network = strcmp(service->command, "pickup") != 0;
    service->own_milters = has_own(mta, service->asking, list);
    service->milters_off = turns_milters_off(mta, service->name);
    read_milters(&reading, list, service->milters);
}

/* A `-` stands for the default, which has changed with Postfix 3.0. */
static gboolean is_chrooted(const SgMta *mta, const char *column)
{
    const char *level = sg_mta_setting(mta, "compatibility_level");

    if (strcmp(column, "-") == 0)
        return !level || g_ascii_strtod(level, NULL) < 1;
    return strcmp(column, "y") == 0;
}

enum { SERVICE, TYPE, PRIVATE, UNPRIVILEGED, CHROOT, WAKEUP, LIMIT, COMMAND, COLUMNS };

static void read_service(SgMta *mta, const char *line)
{
    /* postscreen hands every client on to a smtpd of the file, which is listed itself. */
    static const char *const commands[] = {"smtpd", "pickup", "qmqpd", NULL};
    g_autoptr(GPtrArray) columns = words_of(line);

    if (columns->len < COLUMNS || !g_strv_contains(commands, columns->pdata[COMMAND]))
        return;
    g_autofree char *name =
        g_strdup_printf("%s/%s", (char *)columns->pdata[SERVICE], (char *)columns->pdata[TYPE]);
    SgMtaService *service = sg_mta_add_service(mta, name, columns->pdata[COMMAND]);
    service->chrooted = is_chrooted(mta, columns->pdata[CHROOT]);
    fill_service(mta, service);
}

static void read_services(SgMta *mta, const char *answer)
{
    g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);

    for (char **line = lines; *line; line++)
        read_service(mta, *line);
}

SgMta *sg_mta_read_postfix(const char *folder, GError **error)
{
    g_autofree char *program = sg_program_find("postconf");
    g_autofree char *settings = NULL, *overrides = NULL, *services = NULL;

    if (!program) {
        g_set_error(error, SG_MTA_ERROR, SG_MTA_ERROR_NONE,
                    "Postfix is not here: there is no program 'postconf'");
        return NULL;
    }
    settings = ask(program, folder, NULL, error);
    overrides = settings ? ask(program, folder, "-P", error) : NULL;
    services = overrides ? ask(program, folder, "-M", error) : NULL;
    if (!services)
        return NULL;

    g_autoptr(SgMta) mta = sg_mta_new(SG_MTA_POSTFIX, folder);
    const Reading reading = {mta, NULL};
    keep_settings(mta, settings);
    keep_settings(mta, overrides);
    if (!mta->place)
        mta->place = g_strdup(sg_mta_setting(mta, "config_directory"));
    read_milters(&reading, "smtpd_milters", mta->network);
    read_milters(&reading, "non_smtpd_milters", mta->local);
    read_services(mta, services);
    return g_steal_pointer(&mta);
}
