/* test_courier_notice.c - every letter that a person receives, word for word, and its envelope
 *
 * tests/golden/SITUATION.txt is what is sent. A text that is changed on purpose is written anew
 * with SCHOOLGATE_GOLDEN=write, and read by a person before it is committed. */
#include "notice_builders.h"

/* To the sender -----------------------------------------------------------------------------------
 */

static void test_held(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    assert_golden(&affair, "held");
    assert_golden_as(&affair, "text/html", "held-as-html");
}

static void test_held_for_some(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    add_recipient(affair.incident, PARENT);
    add_recipient(affair.incident, "k.ward@students.kingsmead.example");
    sg_incident_add_copy(affair.incident, "k.ward@students.kingsmead.example");
    assert_golden(&affair, "held-for-some");
}

static void test_what_the_mail_server_holds_it_holds_for_all(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    affair.incident->state = SG_STATE_HELD_MTA;
    g_ptr_array_set_size(affair.incident->copies, 0);
    assert_golden(&affair, "held");
}

static void test_held_critical(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    finding_in(&affair)->severity = SG_SEVERITY_CRITICAL;
    assert_golden(&affair, "held-critical");
}

static void test_held_because_it_could_not_be_checked(void)
{
    g_auto(Affair) affair = {0};
    SgFinding *finding;

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    finding = finding_in(&affair);
    finding->kind = SG_FINDING_UNSCANNABLE;
    g_clear_pointer(&finding->explain, g_free);
    g_clear_pointer(&finding->remedy, g_free);
    *finding->policy = *finding->clause = *finding->clause_title = '\0';
    g_free(finding->title);
    finding->title = g_strdup("The message could not be checked");
    g_ptr_array_set_size(finding->signals, 0);
    assert_golden(&affair, "held-unchecked");
}

static void test_what_was_decided_meanwhile_is_not_said_to_wait(void)
{
    static const SgState others[] = {SG_STATE_KEPT, SG_STATE_DISCARDED, SG_STATE_RETURNED};

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_auto(Affair) affair = {0};

        affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
        add_recipient(affair.incident, PARENT);
        sg_incident_add_copy(affair.incident, PARENT);
        copy_in(&affair, 1)->state = others[i];
        assert_golden(&affair, "held");
    }
}

static void test_held_several_times(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    affair.item.also = (char *[]){(char *)"KM-4D2K-7", (char *)"KM-9X1P-C", NULL};
    assert_golden(&affair, "held-several-times");
}

static void test_a_notice_that_comes_after_the_release_says_so(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    affair.incident->state = SG_STATE_RELEASED;
    copy_in(&affair, 0)->state = SG_STATE_RELEASED;
    affair.item.also = (char *[]){(char *)"KM-4D2K-7", NULL}; /* which may still be held */
    assert_golden(&affair, "released");
}

/* What a rule says of mail that it lets pass. */
static void advise(Affair *affair)
{
    SgFinding *finding = finding_in(affair);

    g_free(finding->remedy);
    finding->remedy = g_strdup("Please do not pass such letters on.");
}

static void test_please_note(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_PLEASE_NOTE, TEACHER);
    affair.incident->state = SG_STATE_PASSED;
    g_ptr_array_set_size(affair.incident->copies, 0);
    advise(&affair);
    assert_golden(&affair, "please-note");
}

static void test_please_note_critical(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_PLEASE_NOTE, TEACHER);
    advise(&affair);
    finding_in(&affair)->severity = SG_SEVERITY_CRITICAL;
    assert_golden(&affair, "please-note-critical");
}

static void test_released(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_RELEASED, TEACHER);
    affair.incident->state = SG_STATE_RELEASED;
    copy_in(&affair, 0)->state = SG_STATE_RELEASED;
    affair.item.decided_by = (char *)"officer";
    assert_golden(&affair, "released");
}

static void test_released_several_times(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_RELEASED, TEACHER);
    affair.incident->state = SG_STATE_RELEASED;
    copy_in(&affair, 0)->state = SG_STATE_RELEASED;
    affair.item.also = (char *[]){(char *)"KM-4D2K-7", NULL};
    assert_golden(&affair, "released-several-times");
}

static void test_released_for_some(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_RELEASED, TEACHER);
    sg_incident_add_copy(affair.incident, PARENT);
    copy_in(&affair, 1)->state = SG_STATE_RELEASED;
    assert_golden(&affair, "released-for-some");
}

static void return_by(Affair *affair, const char *role)
{
    static char *copies[] = {(char *)PUPIL, NULL};

    affair_set_up(affair, SG_NOTICE_RETURN, TEACHER);
    copy_in(affair, 0)->state = SG_STATE_RETURNING;
    affair->item.copies = copies;
    affair->item.decided_by = (char *)role;
    affair->item.reason =
        (char *)"Please take out the last two lines.\nThey ask people to pass it on.";
    affair->facts.message = g_bytes_new_static(ORIGINAL, strlen(ORIGINAL));
}

static void test_returned(void)
{
    g_auto(Affair) affair = {0};

    return_by(&affair, "officer");
    assert_golden(&affair, "returned");
    g_autoptr(SgMail) mail = sg_notice_mail(&affair.facts);
    g_autofree char *bytes = sg_span_dup(sg_span_of_bytes(mail->bytes));
    support_assert_contains(bytes, "message/rfc822");
    support_assert_contains(bytes, "\r\n\r\n" ORIGINAL "\r\n--=_");
}

static void test_returned_without_its_text(void)
{
    g_auto(Affair) affair = {0};

    return_by(&affair, "officer");
    g_clear_pointer(&affair.facts.message, g_bytes_unref);
    assert_golden(&affair, "returned-without-its-text");
}

static void test_returned_critical(void)
{
    g_auto(Affair) affair = {0};

    return_by(&affair, "head");
    finding_in(&affair)->severity = SG_SEVERITY_CRITICAL;
    assert_golden(&affair, "returned-critical");
}

static void test_returned_undecided(void)
{
    g_auto(Affair) affair = {0};

    return_by(&affair, "schoolgate");
    assert_golden(&affair, "returned-undecided");
}

/* To those who review -----------------------------------------------------------------------------
 */

static void assert_golden_to(SgNoticeKind kind, const char *to, const char *decided_by,
                             const char *situation)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, kind, to);
    affair.item.decided_by = (char *)decided_by;
    affair.item.reason = (char *)"R Okafor again";
    assert_golden(&affair, situation);
}

static void test_what_reviewers_get(void)
{
    assert_golden_to(SG_NOTICE_ALERT, OFFICER, NULL, "alert");
    assert_golden_to(SG_NOTICE_ALERT, HEAD, NULL, "alert-stand-in");
    assert_golden_to(SG_NOTICE_ALERT, HEAD, "officer", "escalated");
    assert_golden_to(SG_NOTICE_UNDELIVERED, OFFICER, NULL, "undelivered");
    assert_golden_to(SG_NOTICE_OVERDUE, OFFICER, NULL, "overdue");
    assert_golden_to(SG_NOTICE_DEMOTED, OFFICER, NULL, "demoted");
    assert_golden_to(SG_NOTICE_IMPRECISE, OFFICER, NULL, "imprecise");
}

/* What is configured in the fixture, and a console at `address`. */
static SgConfig with_console(const SgConfig *config, const char *address)
{
    SgConfig with = *config;

    with.console.wanted = TRUE;
    with.console.listen = (char *)"127.0.0.1:8025";
    with.console.address = (char *)address;
    return with;
}

static void test_letters_to_reviewers_lead_to_the_console(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_ALERT, OFFICER);
    const SgConfig config =
        with_console(affair.facts.config, "https://mail.kingsmead.example/schoolgate/");
    affair.facts.config = &config;
    assert_golden(&affair, "alert-console");
    g_autofree char *html = letter_of(&affair, "text/html");
    support_assert_contains(
        html, "<a href=\"https://mail.kingsmead.example/schoolgate/incident/KM-7F3Q-2\">");
}

static void test_letters_lead_to_no_console_that_only_its_own_machine_finds(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_ALERT, OFFICER);
    const SgConfig config = with_console(affair.facts.config, NULL);
    affair.facts.config = &config;
    assert_golden(&affair, "alert");
}

static void test_a_head_whom_the_rule_asks_for_is_no_stand_in(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_ALERT, HEAD);
    finding_in(&affair)->alert = SG_ALERT_HEAD;
    assert_golden(&affair, "alert");
}

static void digest_set_up(Affair *affair)
{
    affair_set_up(affair, SG_NOTICE_DIGEST, OFFICER);
    affair->item.incident = affair->item.rule = NULL;
    affair->item.day = (char *)"2026-11-26";
    affair->facts.incident = NULL;
    affair->facts.judged = 412;
    affair->facts.judged_since = SENT;
}

static void test_digest(void)
{
    g_auto(Affair) affair = {0};
    SgIncident *escalated = incident_of("KM-4D2K-7", SG_SEVERITY_HIGH, SENT - 2 * DAY);

    digest_set_up(&affair);
    escalated->escalated = TRUE;
    g_ptr_array_add(affair.waiting, incident_of("KM-7F3Q-2", SG_SEVERITY_MEDIUM, SENT));
    g_ptr_array_add(affair.waiting, escalated);
    g_ptr_array_add(affair.waiting,
                    incident_of("KM-9X1P-C", SG_SEVERITY_CRITICAL, SENT + DAY - 3 * 60 * 60));
    affair.facts.failures = 1;
    assert_golden(&affair, "digest");
}

static void test_digest_leads_to_the_list(void)
{
    g_auto(Affair) affair = {0};

    digest_set_up(&affair);
    const SgConfig config =
        with_console(affair.facts.config, "https://mail.kingsmead.example/schoolgate");
    affair.facts.config = &config;
    g_ptr_array_add(affair.waiting, incident_of("KM-7F3Q-2", SG_SEVERITY_MEDIUM, SENT));
    g_autofree char *letter = letter_of(&affair, "text/plain");
    support_assert_contains(letter, "- In a browser: https://mail.kingsmead.example/schoolgate/\n");
    g_assert_null(strstr(letter, "schoolgate incidents"));
}

static void test_digest_of_nothing(void)
{
    g_auto(Affair) affair = {0};

    digest_set_up(&affair);
    assert_golden(&affair, "digest-quiet");
    affair.facts.failures = 2;
    affair.facts.judged = 0;
    assert_golden(&affair, "digest-quiet-with-failures");
}

static void test_digest_leaves_out_what_concerns_its_reader(void)
{
    g_auto(Affair) affair = {0};
    SgIncident *own = incident_of("KM-4D2K-7", SG_SEVERITY_HIGH, SENT);

    digest_set_up(&affair);
    add_recipient(own, "Online-Safety@kingsmead.example");
    g_ptr_array_add(affair.waiting, own);
    assert_golden(&affair, "digest-quiet");
    affair.item.to = (char *)HEAD;
    g_autofree char *letter = letter_of(&affair, "text/plain");
    support_assert_contains(letter, "- KM-4D2K-7:");
}

static void test_a_long_digest_says_how_many_more_there_are(void)
{
    g_auto(Affair) affair = {0};

    digest_set_up(&affair);
    for (guint i = 0; i < 45; i++)
        g_ptr_array_add(affair.waiting, incident_of("KM-7F3Q-2", SG_SEVERITY_MEDIUM, SENT));
    g_autofree char *letter = letter_of(&affair, "text/plain");
    support_assert_contains(letter, "\n- How many: 45\n");
    support_assert_contains(letter, "There are more: 5.");
}

/* What no text may do -----------------------------------------------------------------------------
 */

static gboolean holds(SgSpan mail, const char *word)
{
    g_autofree char *bytes = sg_span_dup(mail);

    return strstr(bytes, word) != NULL;
}

static void test_alerts_name_nobody_and_quote_nothing(void)
{
    static const SgNoticeKind kinds[] = {SG_NOTICE_ALERT, SG_NOTICE_UNDELIVERED, SG_NOTICE_OVERDUE,
                                         SG_NOTICE_DIGEST};
    static const char *const secrets[] = {"okafor",  "field",   "luck",
                                          "friends", "letter@", "asks people"};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(Affair) affair = {0};

        affair_set_up(&affair, kinds[i], OFFICER);
        affair.item.reason = (char *)"R okafor wrote to J field";
        affair.facts.message = g_bytes_new_static(ORIGINAL, strlen(ORIGINAL));
        g_ptr_array_add(affair.waiting, incident_of("KM-4D2K-7", SG_SEVERITY_HIGH, SENT));
        g_autoptr(SgMail) mail = sg_notice_mail(&affair.facts);
        for (guint k = 0; k < G_N_ELEMENTS(secrets); k++)
            g_assert_false(holds(sg_span_of_bytes(mail->bytes), secrets[k]));
    }
}

static void test_critical_mail_is_never_quoted(void)
{
    static const SgNoticeKind kinds[] = {SG_NOTICE_HELD, SG_NOTICE_PLEASE_NOTE, SG_NOTICE_RELEASED,
                                         SG_NOTICE_RETURN};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(Affair) affair = {0};

        affair_set_up(&affair, kinds[i], TEACHER);
        add_finding(affair.incident, SG_SEVERITY_CRITICAL);
        g_autoptr(SgMail) mail = sg_notice_mail(&affair.facts);
        g_assert_false(holds(sg_span_of_bytes(mail->bytes), "bad luck"));
        g_assert_false(holds(sg_span_of_bytes(mail->bytes), "2.6"));
        if (kinds[i] != SG_NOTICE_PLEASE_NOTE)
            g_assert_false(holds(sg_span_of_bytes(mail->bytes), "looks like"));
    }
}

static void test_what_the_sender_wrote_is_shown_clean_and_short(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    g_free(affair.incident->subject);
    affair.incident->subject = g_strdup("a\xe2\x80\xaeworld\r\nBcc: x@y.example\x1b[2J <b>\x01");
    g_ptr_array_set_size(finding_in(&affair)->signals, 0);
    g_autofree char *many = g_strnfill(500, 'x');
    add_seen(finding_in(&affair), many);
    g_autofree char *letter = letter_of(&affair, "text/plain");
    support_assert_contains(letter, "\n- Subject: aworld Bcc: x@y.example[2J <b>\n");
    g_assert_cmpuint(strlen(letter), <, 1500);
    g_autofree char *html = letter_of(&affair, "text/html");
    support_assert_contains(html, "x@y.example[2J &lt;b&gt;");
    g_autoptr(SgMessage) message = read_mail(&affair);
    g_assert_null(sg_message_header(message, "Bcc"));
}

static void test_envelope_is_from_nobody_and_the_same_item_the_same_message(void)
{
    g_auto(Affair) affair = {0};

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    g_autoptr(SgMail) mail = sg_notice_mail(&affair.facts);
    g_autoptr(SgMail) again = sg_notice_mail(&affair.facts);
    g_autoptr(SgMessage) message = sg_message_new(mail->bytes, &affair.config->limits);

    g_assert_cmpstr(mail->from, ==, "");
    g_assert_cmpuint(g_strv_length(mail->to), ==, 1);
    g_assert_cmpstr(mail->to[0], ==, TEACHER);
    g_assert_true(g_bytes_equal(mail->bytes, again->bytes));
    g_assert_cmpstr(sg_message_header(message, "Message-ID"), ==,
                    "<17.KM-7F3Q-2@kingsmead.example>");
    g_assert_cmpstr(sg_message_header(message, "Auto-Submitted"), ==, "auto-replied");
    g_assert_cmpstr(sg_message_header(message, "In-Reply-To"), ==, "<letter@kingsmead.example>");
    g_assert_cmpstr(sg_message_header(message, "From"), ==, "\"Kingsmead School\" <" OFFICER ">");
    g_assert_cmpstr(sg_message_header(message, "Reply-To"), ==, "<" OFFICER ">");
}

static void test_alerts_and_digests_answer_nothing(void)
{
    g_auto(Affair) affair = {0};
    g_auto(Affair) digest = {0};

    affair_set_up(&affair, SG_NOTICE_ALERT, OFFICER);
    g_autoptr(SgMessage) message = read_mail(&affair);
    g_assert_cmpstr(sg_message_header(message, "Auto-Submitted"), ==, "auto-generated");
    g_assert_null(sg_message_header(message, "In-Reply-To"));
    digest_set_up(&digest);
    g_autoptr(SgMessage) morning = read_mail(&digest);
    g_assert_cmpstr(sg_message_header(morning, "Message-ID"), ==,
                    "<17.2026-11-26@kingsmead.example>");
}

/* A school's own texts ----------------------------------------------------------------------------
 */

static void assert_own(const char *words, const char *expected)
{
    const char *const texts[] = {"held.txt", words, NULL};
    g_auto(Affair) affair = {.config = school_with("courier\n    texts .\n", texts)};
    g_autofree char *folder = g_path_get_dirname(affair.config->path);

    affair_set_up(&affair, SG_NOTICE_HELD, TEACHER);
    g_autofree char *letter = letter_of(&affair, "text/plain");
    g_assert_true(g_str_has_prefix(letter, expected));
    support_folder_remove(folder);
}

static void test_a_school_may_write_its_own_words(void)
{
    assert_own("Subject: Mae eich neges yn aros\n\nCyfeirnod: {reference}\n",
               "Subject: Mae eich neges yn aros\n\nCyfeirnod: KM-7F3Q-2\n");
}

static void test_a_broken_text_gives_way_to_the_built_in_one(void)
{
    assert_own("Subject: Mae eich neges yn aros\n\nCyfeirnod: {refrence}\n",
               "Subject: Your message is waiting (KM-7F3Q-2)\n");
    assert_own("", "Subject: Your message is waiting (KM-7F3Q-2)\n");
}

static void test_every_letter_has_built_in_words_and_a_sample(void)
{
    g_autoptr(SgConfig) config = school_with("", NULL);

    for (const SgLetterKind *kind = sg_letter_kinds; kind->name; kind++) {
        g_auto(SgLetterText) text = sg_letter_sample(config, kind);

        g_assert_cmpstr(text.subject, !=, "");
        g_assert_null(strchr(text.plain, '{'));
    }
}

#define TEST(name) g_test_add_func("/courier/notice/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    TEST(letters_to_reviewers_lead_to_the_console);
    TEST(letters_lead_to_no_console_that_only_its_own_machine_finds);
    TEST(digest_leads_to_the_list);
    TEST(held);
    TEST(held_for_some);
    TEST(what_the_mail_server_holds_it_holds_for_all);
    TEST(held_critical);
    TEST(held_because_it_could_not_be_checked);
    TEST(held_several_times);
    TEST(what_was_decided_meanwhile_is_not_said_to_wait);
    TEST(released);
    TEST(a_notice_that_comes_after_the_release_says_so);
    TEST(please_note);
    TEST(please_note_critical);
    TEST(released_for_some);
    TEST(released_several_times);
    TEST(returned);
    TEST(returned_without_its_text);
    TEST(returned_critical);
    TEST(returned_undecided);
    TEST(what_reviewers_get);
    TEST(a_head_whom_the_rule_asks_for_is_no_stand_in);
    TEST(digest);
    TEST(digest_of_nothing);
    TEST(digest_leaves_out_what_concerns_its_reader);
    TEST(a_long_digest_says_how_many_more_there_are);
    TEST(alerts_name_nobody_and_quote_nothing);
    TEST(critical_mail_is_never_quoted);
    TEST(what_the_sender_wrote_is_shown_clean_and_short);
    TEST(envelope_is_from_nobody_and_the_same_item_the_same_message);
    TEST(alerts_and_digests_answer_nothing);
    TEST(a_school_may_write_its_own_words);
    TEST(a_broken_text_gives_way_to_the_built_in_one);
    TEST(every_letter_has_built_in_words_and_a_sample);
    return g_test_run();
}
