/* examples.c - runs a rule's own `hit` and `miss` examples: each becomes a message with an envelope
 * that suits the rule, and goes the same way as mail.
 *
 * An example may begin with facets in square brackets, parted by semicolons, where it needs more
 * than a text: [from governor; to personal of student; subject Hello;
 * attach photo.jpg image/jpeg; header X-Mailer: Bulk; recipients 25; repeated 40; size 6M;
 * at 2026-11-23 22:10]. Or it is a message in a file: [file examples/angels.eml] */
#include "policy_internal.h"

typedef struct Scene {
    const SgTrying *trying;
    const SgPolicy *policy;
    const SgRule *rule;
    SgRuleReader reader;
    SgReport *report;
    SgWho *from;
    SgWho *to;
    char *file; /* whole, not as written; NULL: the message is made of what follows */
    char *subject;
    GPtrArray *headers; /* of char *, whole lines */
    GPtrArray *attachments;
    gint64 recipients;
    gint64 repeated; /* people to whom the same words went a minute before */
    guint64 size;
    gint64 when; /* 0: when the rule says, or noon */
    const char *text;
} Scene;

static void group_use_free(gpointer data)
{
    g_free(((SgGroupUse *)data)->name);
    g_free(data);
}

static void scene_clear(Scene *scene)
{
    sg_who_free(scene->from);
    sg_who_free(scene->to);
    g_free(scene->file);
    g_free(scene->subject);
    g_ptr_array_unref(scene->headers);
    g_ptr_array_unref(scene->attachments);
    g_ptr_array_unref(scene->reader.group_uses);
}

/* Facets ------------------------------------------------------------------------------------------
 */

static void facet_from(Scene *scene, SgCursor *cursor)
{
    g_clear_pointer(&scene->from, sg_who_free);
    scene->from = sg_who_read(cursor, &scene->reader);
}

static void facet_to(Scene *scene, SgCursor *cursor)
{
    g_clear_pointer(&scene->to, sg_who_free);
    scene->to = sg_who_read(cursor, &scene->reader);
}

static void facet_file(Scene *scene, SgCursor *cursor)
{
    g_autofree char *name = sg_cursor_text(cursor, "a file's name");

    g_free(scene->file);
    scene->file = name ? sg_path_beside(cursor->word.file, name) : NULL;
}

static void facet_subject(Scene *scene, SgCursor *cursor)
{
    g_free(scene->subject);
    scene->subject = sg_cursor_text(cursor, "a subject");
}

static void facet_attach(Scene *scene, SgCursor *cursor)
{
    char *name = sg_cursor_text(cursor, "a file's name");

    if (name)
        g_ptr_array_add(scene->attachments, name);
}

static void facet_header(Scene *scene, SgCursor *cursor)
{
    char *line = sg_cursor_text(cursor, "a header line");

    if (line)
        g_ptr_array_add(scene->headers, line);
}

static void facet_recipients(Scene *scene, SgCursor *cursor)
{
    sg_cursor_number(cursor, "the number of recipients", 1, 5000, &scene->recipients);
}

static void facet_repeated(Scene *scene, SgCursor *cursor)
{
    sg_cursor_number(cursor, "the number of people", 1, 100000, &scene->repeated);
}

static void facet_size(Scene *scene, SgCursor *cursor)
{
    sg_cursor_size(cursor, &scene->size);
}

static void facet_at(Scene *scene, SgCursor *cursor)
{
    g_autofree char *text = sg_cursor_text(cursor, "a date and time");
    g_autofree char *iso = text ? g_strdup_printf("%s:00", text) : NULL;
    g_autoptr(GDateTime) time = NULL;

    if (!iso)
        return;
    g_strdelimit(iso, " ", 'T');
    time = g_date_time_new_from_iso8601(iso, scene->policy->calendar->zone);
    if (time)
        scene->when = g_date_time_to_unix(time);
    else
        sg_cursor_error(cursor, "a time is written 2026-11-23 22:10");
}

static const struct {
    const char *name;
    const char *help;
    void (*read)(Scene *scene, SgCursor *cursor);
} facets[] = {
    {"from", "WHO sends it", facet_from},
    {"to", "WHOM it goes to", facet_to},
    {"file", "a message in a file, beside the rules: NAME.eml", facet_file},
    {"subject", "its subject", facet_subject},
    {"attach", "a file that is attached: its name, and its type if that matters", facet_attach},
    {"header", "a header line, NAME: VALUE", facet_header},
    {"recipients", "how many people get it", facet_recipients},
    {"repeated", "how many people got the same words a minute before", facet_repeated},
    {"size", "how large it is", facet_size},
    {"at", "when it is sent: 2026-11-23 22:10", facet_at},
};

void sg_examples_help(GString *out)
{
    for (guint i = 0; i < G_N_ELEMENTS(facets); i++)
        g_string_append_printf(out, "    %-12s %s\n", facets[i].name, facets[i].help);
}

static void complain_unknown(SgCursor *cursor, SgSpan word)
{
    g_autoptr(GString) known = g_string_new(facets[0].name);

    for (guint i = 1; i < G_N_ELEMENTS(facets); i++)
        g_string_append_printf(known, "%s%s", i + 1 < G_N_ELEMENTS(facets) ? ", " : " and ",
                               facets[i].name);
    sg_cursor_error(cursor, "an example has no facet '%.*s'; it may have %s", (int)word.len,
                    word.at, known->str);
}

static void read_facet(Scene *scene, const SgExample *example, const char *at, const char *end)
{
    while (at < end && g_ascii_isspace(*at))
        at++;
    while (end > at && g_ascii_isspace(end[-1]))
        end--;
    /* Within the example's own text: a cursor may look at the byte before it. */
    SgPlace place = example->place;
    SgCursor cursor = {scene->report, place, at, end, place};
    SgSpan word;

    if (!sg_cursor_word(&cursor, "a facet", &word))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(facets); i++) {
        if (sg_span_is(word, facets[i].name)) {
            facets[i].read(scene, &cursor);
            return;
        }
    }
    complain_unknown(&cursor, word);
}

static void read_facets(Scene *scene, const SgExample *example)
{
    const char *at = example->text;
    const char *close = *at == '[' ? strchr(at, ']') : NULL;

    scene->text = at;
    if (*at == '[' && !close)
        sg_report_error(scene->report, example->place,
                        "the '[' has no ']': facets stand in brackets before the text");
    if (!close)
        return;
    for (at++; at < close;) {
        const char *stop = memchr(at, ';', (gsize)(close - at));
        if (!stop)
            stop = close;
        read_facet(scene, example, at, stop);
        at = stop + 1;
    }
    scene->text = close + 1;
    while (*scene->text == ' ')
        scene->text++;
}

/* The message and its envelope --------------------------------------------------------------------
 */

static const SgWho *who_of(const SgRule *rule, const SgConditionKind *kind)
{
    for (guint i = 0; i < rule->conditions->len; i++) {
        const SgCondition *condition = rule->conditions->pdata[i];
        if (condition->kind == kind)
            return condition->data;
    }
    return NULL;
}

static gint64 fitting_time(const Scene *scene)
{
    /* Monday 5 January 2026, 12:00 UTC, then a quarter of an hour at a time for a year. */
    const gint64 start = 1767614400, step = 15 * 60, year = 366 * 86400;

    if (scene->when)
        return scene->when;
    for (gint64 when = start; when < start + year; when += step) {
        gboolean all = TRUE;
        for (guint i = 0; i < scene->rule->conditions->len && all; i++) {
            const SgCondition *condition = scene->rule->conditions->pdata[i];
            if (condition->kind == &sg_condition_when)
                all = sg_when_holds(condition, scene->policy->calendar, when);
        }
        if (all)
            return when;
    }
    return start;
}

static SgParty *party_for(const Scene *scene, const SgWho *who, const char *local_part)
{
    const SgPeople *people = scene->policy->people;

    if (who)
        return sg_who_example(who, people, local_part);
    g_autofree char *address = g_strdup_printf("%s@staff.example", local_part);
    SgParty *party =
        sg_party_new(address, SG_ROLE_STAFF, sg_people_role_name(people, SG_ROLE_STAFF));
    return party;
}

static gboolean is_incoming(const SgRule *rule)
{
    for (guint i = 0; i < rule->conditions->len; i++) {
        const SgCondition *condition = rule->conditions->pdata[i];
        SgParties parties = {.direction = SG_DIRECTION_OUTGOING};
        SgJudging judging = {.parties = &parties};
        if (condition->kind != &sg_condition_direction)
            continue;
        parties.recipients = g_ptr_array_new();
        gboolean outgoing = condition->kind->judge(condition, &judging);
        g_ptr_array_unref(parties.recipients);
        return !outgoing;
    }
    return FALSE;
}

static void remember_earlier(const Scene *scene, SgParties *parties)
{
    SgSending earlier = {fitting_time(scene) - 60, (guint)scene->repeated};

    if (scene->repeated == 0)
        return;
    parties->sent_before = g_array_new(FALSE, FALSE, sizeof(SgSending));
    g_array_append_val(parties->sent_before, earlier);
}

static SgParties *scene_parties(const Scene *scene)
{
    const SgWho *from = scene->from ? scene->from : who_of(scene->rule, &sg_condition_from);
    const SgWho *author = who_of(scene->rule, &sg_condition_author);
    const SgWho *envelope = who_of(scene->rule, &sg_condition_envelope);
    const SgWho *to = scene->to ? scene->to : who_of(scene->rule, &sg_condition_to);
    SgParties *parties =
        sg_parties_new(is_incoming(scene->rule) ? SG_DIRECTION_INCOMING : SG_DIRECTION_OUTGOING);

    parties->authenticated = TRUE;
    parties->sender = party_for(scene, from, "sender");
    if (envelope)
        parties->envelope = party_for(scene, envelope, "sender");
    parties->author = party_for(scene, author ? author : from, "sender");
    for (gint64 i = 0; i < MAX(1, scene->recipients); i++) {
        g_autofree char *name = g_strdup_printf("recipient%d", (int)i + 1);
        g_ptr_array_add(parties->recipients, party_for(scene, to, name));
    }
    remember_earlier(scene, parties);
    return parties;
}

/* `\n` begins a new line and `\t` a new cell of a table: an example stands on one line. */
static void append_text(GString *mail, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (c[0] == '\\' && (c[1] == 'n' || c[1] == 't'))
            g_string_append(mail, *++c == 'n' ? "\r\n" : "\t");
        else
            g_string_append_c(mail, *c);
    }
    g_string_append(mail, "\r\n");
}

static void append_attachments(const Scene *scene, GString *mail)
{
    for (guint i = 0; i < scene->attachments->len; i++) {
        const char *name = scene->attachments->pdata[i];
        const char *type = strrchr(name, ' ');
        gboolean typed = type && strchr(type, '/');
        int name_len = (int)(typed ? type - name : (gssize)strlen(name));
        g_string_append_printf(mail,
                               "--part\r\nContent-Type: %s\r\n"
                               "Content-Disposition: attachment; filename=\"%.*s\"\r\n"
                               "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n",
                               typed ? type + 1 : "application/octet-stream", name_len, name);
    }
}

/* One more part, so that the text stays as it is. */
static void append_padding(const Scene *scene, GString *mail)
{
    if (mail->len < scene->size)
        g_string_append(mail, "--part\r\nContent-Type: application/octet-stream\r\n\r\n");
    while (mail->len < scene->size)
        g_string_append(mail, "0123456789012345678901234567890123456789012345678901234567890\r\n");
}

static GBytes *written_mail(const Scene *scene, const SgParties *parties)
{
    GString *mail = g_string_new(NULL);

    g_string_append_printf(
        mail, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n", parties->author->address,
        ((SgParty *)parties->recipients->pdata[0])->address, scene->subject ? scene->subject : "");
    for (guint i = 0; i < scene->headers->len; i++)
        g_string_append_printf(mail, "%s\r\n", (const char *)scene->headers->pdata[i]);
    g_string_append(mail, "MIME-Version: 1.0\r\n"
                          "Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n"
                          "--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
    append_text(mail, scene->text);
    append_attachments(scene, mail);
    append_padding(scene, mail);
    g_string_append(mail, "--part--\r\n");
    return g_string_free_to_bytes(mail);
}

static gboolean verdict_has(const SgVerdict *verdict, const SgRule *rule)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        if (strcmp(((const SgFinding *)verdict->findings->pdata[i])->rule, rule->name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A message in a file is what it is: no facet changes it. */
static gboolean file_stands_alone(const Scene *scene, const SgExample *example)
{
    if (*scene->text || scene->subject || scene->size > 0 || scene->headers->len > 0 ||
        scene->attachments->len > 0) {
        sg_report_error(scene->report, example->place,
                        "an example in a file brings its own text, subject, headers and "
                        "attachments: only who sends it to whom, and when, can be said here");
        return FALSE;
    }
    return TRUE;
}

static SgMessage *scene_message(const Scene *scene, const SgExample *example,
                                const SgParties *parties)
{
    if (scene->file)
        return file_stands_alone(scene, example)
                   ? sg_example_message(scene->trying, example, scene->file)
                   : NULL;

    g_autoptr(GBytes) raw = written_mail(scene, parties);
    return sg_message_new(raw, scene->trying->limits);
}

static void note_proof(const Scene *scene, SgMessage *message, const SgParties *parties)
{
    SgJudging judging = {
        .message = message, .when = fitting_time(scene), .look_in = scene->rule->look_in};

    sg_judging_start(&judging, scene->policy, parties);
    sg_proof_note(scene->trying->proof, scene->rule, &judging);
    sg_judging_end(&judging);
}

/* A `miss` of which a limit kept the judge from seeing all has shown nothing. */
static gboolean was_seen_whole(const Scene *scene, const SgExample *example,
                               const SgVerdict *verdict)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        const SgFinding *finding = verdict->findings->pdata[i];
        if (finding->kind != SG_FINDING_UNSCANNABLE)
            continue;
        const SgSignalHit *limit = finding->signals->pdata[0];
        sg_report_error(scene->report, example->place,
                        "this example shows nothing: it cannot be judged whole, as it meets the "
                        "limit '%s'",
                        limit->name);
        return FALSE;
    }
    return TRUE;
}

/* Judges the message as mail is judged, and says why when it comes out otherwise. */
static gboolean comes_out_as_told(const Scene *scene, const SgExample *example)
{
    g_autoptr(SgParties) parties = scene_parties(scene);
    g_autoptr(SgMessage) message = scene_message(scene, example, parties);
    g_autofree char *name = scene->file ? g_path_get_basename(scene->file) : NULL;

    if (!message)
        return FALSE;
    g_autoptr(SgVerdict) verdict = sg_judge(scene->policy, message, parties, fitting_time(scene));
    if (example->hit)
        note_proof(scene, message, parties);
    if (verdict_has(verdict, scene->rule) == example->hit)
        return example->hit || was_seen_whole(scene, example, verdict);
    g_autoptr(SgNearMiss) near =
        sg_rule_near_miss(scene->policy, scene->rule, message, parties, fitting_time(scene));
    g_autofree char *seen = sg_near_miss_describe(near);
    sg_report_error(scene->report, example->place, "rule '%s' %s %s%s (%s)", scene->rule->name,
                    example->hit ? "does not catch" : "should let pass",
                    name ? "the example " : "this example", name ? name : "", seen);
    return FALSE;
}

gboolean sg_example_run(const SgTrying *trying, const SgRule *rule, const SgExample *example)
{
    Scene scene = {
        .trying = trying, .policy = trying->policy, .rule = rule, .report = trying->report};
    guint errors = sg_report_errors(trying->report);
    gboolean as_told = FALSE;

    scene.reader.people = trying->policy->people;
    scene.reader.lists = trying->policy->lists;
    scene.reader.lists_are_read = TRUE;
    scene.reader.group_uses = g_ptr_array_new_with_free_func(group_use_free);
    scene.headers = g_ptr_array_new_with_free_func(g_free);
    scene.attachments = g_ptr_array_new_with_free_func(g_free);
    read_facets(&scene, example);
    if (sg_report_errors(trying->report) == errors)
        as_told = comes_out_as_told(&scene, example);
    scene_clear(&scene);
    return as_told;
}
