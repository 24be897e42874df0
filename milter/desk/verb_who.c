/* verb_who.c - who an address belongs to, and which line said so */
#include <sysexits.h>

#include "json.h"
#include "options.h"
#include "page.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "Shows the role of each ADDRESS, every role it stands for (a list stands for its members'),\n"
    "its groups, whose personal address it is, and what decided.\n";

static void put_line(SgPage *page, const char *what, const char *value)
{
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    sg_page_pad(page, SG_STYLE_DIM, what, 13);
    sg_page_put(page, SG_STYLE_PLAIN, *value ? value : "-");
    sg_page_end_line(page);
}

static void put_party(SgPage *page, const SgPeople *people, const SgParty *party)
{
    g_autofree char *roles = sg_role_list(people, party->roles);
    g_autofree char *personal_of = sg_role_list(people, party->personal_of);
    g_autofree char *groups = party->groups ? g_strjoinv(", ", party->groups) : g_strdup("");

    sg_page_format(page, SG_STYLE_STRONG, "%s: ", party->address);
    sg_page_put(page, SG_STYLE_PLAIN, party->role_name);
    if (party->members > 0)
        sg_page_format(page, SG_STYLE_DIM, ", a list of %u addresses", party->members);
    sg_page_end_line(page);
    put_line(page, "roles", roles);
    put_line(page, "groups", groups);
    put_line(page, "personal of", personal_of);
    put_line(page, "decided by", party->source ? party->source : "");
    sg_page_flush(page);
}

static void print_json(const SgPeople *people, const SgParty *party)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(GPtrArray) roles = sg_role_names(people, party->roles);
    g_autoptr(GPtrArray) personal_of = sg_role_names(people, party->personal_of);

    json_builder_begin_object(builder);
    sg_json_text(builder, "address", party->address);
    sg_json_text(builder, "role", party->role_name);
    sg_json_text_array(builder, "roles", roles);
    sg_json_texts(builder, "groups", (const char *const *)party->groups);
    sg_json_text_array(builder, "personal_of", personal_of);
    sg_json_number(builder, "members", party->members);
    sg_json_text(builder, "source", party->source);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static void show_all(const SgConfig *config, char **addresses, gint64 when, gboolean json)
{
    g_autoptr(SgPage) page = sg_page_new();

    for (; *addresses; addresses++) {
        g_autoptr(SgParty) party = sg_people_party(config->people, *addresses, when);
        if (json)
            print_json(config->people, party);
        else
            put_party(page, config->people, party);
    }
}

static int run_who(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *at = NULL;
    g_auto(GStrv) addresses = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"at", 0, 0, G_OPTION_ARG_FILENAME, &at, "who they are at that time: 2026-11-21T23:10",
         "TIME"},
        SG_OPTION_JSON(&json),
        SG_OPTION_WORDS(&addresses),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    gint64 when = sg_when_now();
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (!addresses)
        return sg_usage_error(self, "no ADDRESS given");
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    if (at && !sg_when_read(at, sg_policy_zone(config->policy), &when, &error))
        return sg_usage_error(self, "%s", error->message);
    show_all(config, addresses, when, json);
    return EX_OK;
}

const SgVerb sg_verb_who = {
    .name = "who",
    .usage = "[-c CONF] [--at TIME] [--json] ADDRESS...",
    .summary = "show the role and groups of an address, and what decided",
    .run = run_who,
};
