/* settings.c - every block of schoolgate.conf by its keyword; of those about schoolgate itself the
 * small ones: school, failures, limits, record and mode. Roles and rules are their own rooms'. */
#include "config_internal.h"

/* school ------------------------------------------------------------------------------------------
 */

static void read_reference(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgLoading *loading = into;
    SgSpan word;

    (void)self;
    if (!sg_cursor_word(cursor, "two or three capital letters", &word))
        return;
    gboolean good = word.len == 2 || word.len == 3;
    for (gsize i = 0; i < word.len; i++)
        good &= g_ascii_isupper(word.at[i]);
    if (!good) {
        sg_cursor_error(cursor, "the reference is two or three capital letters, such as KM");
        return;
    }
    g_free(loading->config->school.reference);
    loading->config->school.reference = sg_span_dup(word);
}

static void read_zone(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgLoading *loading = into;
    SgSpan word;

    (void)self;
    if (!sg_cursor_word(cursor, "a time zone", &word))
        return;
    g_autofree char *name = sg_span_dup(word);
    GTimeZone *zone = g_time_zone_new_identifier(name);
    if (!zone) {
        sg_cursor_error(cursor,
                        "this machine knows no time zone '%s'; write one such as "
                        "Europe/London (package tzdata)",
                        name);
        return;
    }
    g_time_zone_unref(loading->calendar->zone);
    loading->calendar->zone = zone;
    g_free(loading->config->school.time_zone);
    loading->config->school.time_zone = g_steal_pointer(&name);
}

static void read_term(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgLoading *loading = into;
    SgTerm term;

    if (!sg_cursor_date(cursor, &term.from))
        return;
    if (!sg_cursor_take(cursor, "to")) {
        sg_cursor_error_next(cursor, "write '%s %s'", self->name, self->usage);
        return;
    }
    if (!sg_cursor_date(cursor, &term.to))
        return;
    if (g_date_compare(&term.from, &term.to) > 0)
        sg_cursor_error(cursor, "this term ends before it begins");
    g_array_append_val(loading->calendar->terms, term);
}

void sg_config_read_address(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    if (!sg_cursor_next_word(cursor, &word)) {
        sg_cursor_error_next(cursor, "an address is missing here");
        return;
    }
    sg_read_word(into, cursor, self);
    if (!memchr(word.at, '@', word.len))
        sg_cursor_error(cursor, "'%.*s' is no mail address", (int)word.len, word.at);
}

static void read_address(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    sg_config_read_address(((SgLoading *)into)->config, cursor, self);
}

static void read_config_text(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    sg_read_text(((SgLoading *)into)->config, cursor, self);
}

#define OF(field) G_STRUCT_OFFSET(SgConfig, field)

static const SgSetting school_settings[] = {
    {"name", "TEXT", "the school's name, as staff know it", FALSE, read_config_text,
     OF(school.name)},
    {"reference", "LETTERS", "two or three capitals that begin every incident's number (SG)", FALSE,
     read_reference, 0},
    {"officer", "ADDRESS", "the online safety officer, who reviews what is held; must be named",
     FALSE, read_address, OF(school.officer)},
    {"head", "ADDRESS", "the head teacher, for 'alert head'", FALSE, read_address, OF(school.head)},
    {"successor", "ADDRESS",
     "who decides about what concerns both the officer and the head, such as the chair of "
     "governors",
     FALSE, read_address, OF(school.successor)},
    {"postmaster", "ADDRESS",
     "who looks after the rules: told, as the officer is, when one is demoted (the officer's "
     "address)",
     FALSE, read_address, OF(school.postmaster)},
    {"contact", "TEXT", "whom a refusal says to ask (the officer's address)", FALSE,
     read_config_text, OF(school.contact)},
    {"time-zone", "ZONE",
     "such as Europe/London: for 'when' in rules, and for times that are shown (UTC)", FALSE,
     read_zone, 0},
    {"term", "DATE to DATE", "a school term, both days included; without any it is always term",
     TRUE, read_term, 0},
    {0},
};

static void read_school(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, school_settings, loading, loading->report);
}

/* failures ----------------------------------------------------------------------------------------
 */

static void read_failure(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"tempfail", "pass", NULL};
    int choice = sg_cursor_choice(cursor, "answer", choices);

    if (choice >= 0)
        *(SgFailure *)(gpointer)((char *)into + self->offset) = (SgFailure)choice;
}

/* Trying again would meet the same limit, so tempfail is no choice here. */
static void read_limit_hit(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    static const char *const choices[] = {"log", "tag", "notify", "reject", "quarantine", NULL};
    int choice = sg_cursor_choice(cursor, self->name, choices);

    if (choice >= 0)
        ((SgConfig *)into)->failures.limit = SG_ACTION_LOG + (SgAction)choice;
}

static const SgSetting failure_settings[] = {
    {"store-unavailable", "tempfail|pass", "an incident cannot be written to the record (tempfail)",
     FALSE, read_failure, OF(failures.store)},
    {"spool-full", "tempfail|pass", "there is no memory or disk to take a message in (tempfail)",
     FALSE, read_failure, OF(failures.spool)},
    {"helper-down", "tempfail|pass", "attachments cannot be read for want of a helper (tempfail)",
     FALSE, read_failure, OF(failures.helper)},
    {"unscannable", "log|tag|notify|reject|quarantine",
     "a limit was reached before all was read (quarantine)", FALSE, read_limit_hit, 0},
    {0},
};

static void read_failures(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, failure_settings, loading->config, loading->report);
}

/* gate, limits, record, guard, mode
 * ----------------------------------------------------------------------------
 */

static void read_gate(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, sg_gate_settings, loading->config, loading->report);
}

static void read_limits(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, sg_limits_settings, &loading->config->limits, loading->report);
}

static const SgSetting record_settings[] = {
    {"database", "FILE",
     "the file of the record, a database of SQLite (/var/lib/schoolgate/record.db)", FALSE,
     sg_read_path, OF(database)},
    {0},
};

static void read_record(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, record_settings, loading->config, loading->report);
}

static void read_guard(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, sg_guard_settings, &loading->config->guard, loading->report);
}

static void read_courier(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, sg_courier_settings, &loading->config->courier, loading->report);
}

static void read_console(SgLoading *loading, const SgBlock *block)
{
    loading->config->console.wanted = TRUE;
    sg_block_read_settings(block, sg_console_settings, &loading->config->console, loading->report);
    sg_console_check(&loading->config->console, block->head.place, loading->report);
}

static void read_review(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, sg_review_settings, &loading->config->review, loading->report);
}

static void read_retention(SgLoading *loading, const SgBlock *block)
{
    sg_block_read_settings(block, sg_retention_settings, &loading->config->retention,
                           loading->report);
}

static void read_mode(SgLoading *loading, const SgBlock *block)
{
    SgCursor cursor = sg_line_cursor(&block->head, loading->report);
    int choice = sg_cursor_choice(&cursor, "mode", sg_mode_names);

    if (choice >= 0)
        loading->mode = (SgMode)choice;
    if (choice >= 0 && !sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "nothing more is expected here");
    if (block->settings->len > 0)
        sg_report_error(loading->report, g_array_index(block->settings, SgLine, 0).place,
                        "'mode' is a line of its own: nothing may be indented below it");
}

/* Blocks of other rooms ---------------------------------------------------------------------------
 */

static void read_role(SgLoading *loading, const SgBlock *block)
{
    sg_people_read_role(loading->spec, block, loading->report);
}

static void read_group(SgLoading *loading, const SgBlock *block)
{
    sg_people_read_group(loading->spec, block, loading->report);
}

static void read_people(SgLoading *loading, const SgBlock *block)
{
    sg_people_read_people(loading->spec, block, loading->report);
}

static void read_export(SgLoading *loading, const SgBlock *block)
{
    sg_people_read_export_block(loading->spec, block, loading->report);
}

static void read_policy(SgLoading *loading, const SgBlock *block)
{
    sg_policy_builder_read_policy(loading->builder, block, loading->report);
}

static void read_phrase(SgLoading *loading, const SgBlock *block)
{
    sg_policy_builder_read_phrase(loading->builder, block, loading->report);
}

static void read_list(SgLoading *loading, const SgBlock *block)
{
    sg_policy_builder_read_list(loading->builder, block, sg_config_file, loading->report);
}

static void read_rule(SgLoading *loading, const SgBlock *block)
{
    sg_policy_builder_read_rule(loading->builder, block, loading->report);
}

const SgBlockKind sg_block_kinds[] = {
    {"school", "", "The school, its officer, its terms", SG_STAGE_SETTINGS, TRUE, read_school,
     school_settings},
    {"gate", "", "How the mail server reaches us, and which mail is judged", SG_STAGE_SETTINGS,
     TRUE, read_gate, sg_gate_settings},
    {"relay", "NAME", "A mail system elsewhere, such as a cloud's, that sends mail through ours",
     SG_STAGE_SETTINGS, FALSE, sg_config_read_relay, sg_relay_settings},
    {"failures", "", "What becomes of mail that cannot be dealt with", SG_STAGE_SETTINGS, TRUE,
     read_failures, failure_settings},
    {"limits", "", "How much of a message is read; beyond that it is unscannable, never clean",
     SG_STAGE_SETTINGS, TRUE, read_limits, sg_limits_settings},
    {"record", "", "Where incidents and held mail are kept", SG_STAGE_SETTINGS, TRUE, read_record,
     record_settings},
    {"guard", "", "When a rule is found imprecise, and demoted", SG_STAGE_SETTINGS, TRUE,
     read_guard, sg_guard_settings},
    {"reviewer", "NAME", "Who reviews what was held, and which addresses are theirs",
     SG_STAGE_SETTINGS, FALSE, sg_config_read_reviewer, sg_reviewer_settings},
    {"review", "", "How decisions are taken", SG_STAGE_SETTINGS, TRUE, read_review,
     sg_review_settings},
    {"console", "", "Where the officer's web pages are served; without this block they are not",
     SG_STAGE_SETTINGS, TRUE, read_console, sg_console_settings},
    {"courier", "", "How notices and released mail are sent", SG_STAGE_SETTINGS, TRUE, read_courier,
     sg_courier_settings},
    {"retention", "", "How long what is on record is kept, from when it was settled",
     SG_STAGE_SETTINGS, TRUE, read_retention, sg_retention_settings},
    {"mode", "enforce|observe",
     "With 'observe' no rule acts, but what it would do is on record (enforce)", SG_STAGE_SETTINGS,
     TRUE, read_mode, NULL},
    {"role", "NAME", "Who has a role", SG_STAGE_SETTINGS, FALSE, read_role, sg_role_settings},
    {"group", "NAME", "Who belongs to a group", SG_STAGE_SETTINGS, FALSE, read_group,
     sg_group_settings},
    {"people", "", "Files that say who is who", SG_STAGE_SETTINGS, FALSE, read_people,
     sg_people_settings},
    {"export", "NAME", "A file of people as a school's system or a spreadsheet exports it",
     SG_STAGE_SETTINGS, FALSE, read_export, sg_export_settings},
    {"directory", "NAME", "An LDAP server or Active Directory that says who is who",
     SG_STAGE_SETTINGS, FALSE, sg_config_read_directory, sg_directory_settings},
    {"policy", "NAME", "A policy of the school, with the clauses that rules may cite",
     SG_STAGE_POLICY, FALSE, read_policy, sg_policy_settings},
    {"phrase", "NAME", "One idea in its several wordings, for rules to use", SG_STAGE_POLICY, FALSE,
     read_phrase, sg_phrase_settings},
    {"list", "NAME", "Addresses, domains or files' sums, for rules to name as one", SG_STAGE_POLICY,
     FALSE, read_list, sg_list_settings},
    {"rule", "NAME", "A rule; see 'schoolgate help rules'", SG_STAGE_POLICY, FALSE, read_rule,
     NULL},
    {0},
};

/* Defaults ----------------------------------------------------------------------------------------
 */

void sg_config_defaults(SgConfig *config)
{
    sg_limits_init(&config->limits);
    sg_guard_defaults(&config->guard);
    sg_gate_defaults(config);
    sg_courier_defaults(&config->courier);
    sg_console_defaults(&config->console);
    sg_review_defaults(config);
    config->school.name = g_strdup("the school");
    config->school.reference = g_strdup("SG");
    config->school.time_zone = g_strdup("UTC");
    config->relays = g_ptr_array_new_with_free_func((GDestroyNotify)sg_relay_free);
    config->failures.limit = SG_ACTION_QUARANTINE;
    config->directories = g_ptr_array_new_with_free_func((GDestroyNotify)sg_directory_free);
    config->database = g_strdup("/var/lib/schoolgate/record.db");
}

void sg_config_check(SgLoading *loading)
{
    SgSchool *school = &loading->config->school;

    if (!school->officer)
        sg_report_error(loading->report, (SgPlace){g_intern_string(loading->config->path), 0, 0, 0},
                        "no online safety officer is named; add to the file:\n"
                        "    school\n        officer  online-safety@your-school.example");
    if (!school->contact)
        school->contact = g_strdup(school->officer ? school->officer : "");
    if (!school->postmaster)
        school->postmaster = g_strdup(school->officer ? school->officer : "");
    if (!loading->config->courier.from)
        loading->config->courier.from = g_strdup(school->officer ? school->officer : "");
    sg_config_check_relays(loading);
}

void sg_config_clear_settings(SgConfig *config)
{
    g_free(config->school.name);
    g_free(config->school.reference);
    g_free(config->school.officer);
    g_free(config->school.head);
    g_free(config->school.successor);
    g_free(config->school.postmaster);
    g_free(config->school.contact);
    g_free(config->school.time_zone);
    sg_gate_clear(config);
    g_free(config->database);
    sg_courier_clear(&config->courier);
    sg_console_clear(&config->console);
    g_clear_pointer(&config->directories, g_ptr_array_unref);
    g_clear_pointer(&config->reviewers, g_ptr_array_unref);
    g_clear_pointer(&config->relays, g_ptr_array_unref);
}
