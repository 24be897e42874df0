/* test_policy_lists.c - lists that rules name: whom mail goes to, where links lead, which files are
 * attached; and the same words sent to many. */
#include "detect.h"

#define LIST "list places\n    about  where posts go\n    file   " SCHOOL_LIST_FILE "\n"

/* The verdict on a message from staff to `address`. */
static SgVerdict *judged_to(const School *school, const char *address)
{
    SgParties *parties = from_to(school, "staff", NULL);

    g_ptr_array_add(parties->recipients, sg_party_new(address, SG_ROLE_EXTERNAL, "external"));
    return judged(school, parties, "x", "y");
}

static void test_an_address_is_in_a_list_by_itself_its_domain_or_its_local_part(void)
{
    static const struct {
        const char *address;
        gboolean listed;
    } cases[] = {
        {"kim@post.blog.example", TRUE},     {"kim@deep.post.blog.example", TRUE},
        {"Kim@POST.Blog.example", TRUE},     {"kim@blog.example", FALSE},
        {"kim@notpost.blog.example", FALSE}, {"kim@wall.example", TRUE},
        {"kim@below.wall.example", FALSE},   {"post@anywhere.example", TRUE},
        {"Post@Anywhere.example", TRUE},     {"poster@anywhere.example", FALSE},
        {"news@paper.example", TRUE},        {"letters@paper.example", FALSE},
        {"<news@paper.example>", TRUE},      {"post.blog.example", FALSE},
    };
    School school = school_of("rule r\n    clause 2.6\n    to list places\n" LIST);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SgVerdict) verdict = judged_to(&school, cases[i].address);
        if ((verdict->findings->len > 0) != cases[i].listed)
            g_error("%s should%s be in the list", cases[i].address, cases[i].listed ? "" : " not");
    }
    school_done(&school);
}

static void test_listed_recipients_are_left_out_by_an_exception(void)
{
    School school =
        school_of(LIST "rule r\n    clause 2.6\n    to external\n    except to list places\n");
    g_autoptr(SgVerdict) listed = judged_to(&school, "news@paper.example");
    g_autoptr(SgVerdict) other = judged_to(&school, "letters@paper.example");

    g_assert_cmpuint(listed->findings->len, ==, 0);
    g_assert_cmpuint(other->findings->len, ==, 1);
    school_done(&school);
}

static gboolean link_is_listed(const char *body)
{
    School school = school_of("list bad\n    entry bad.example, xn--bcher-kva.example\n"
                              "rule r\n    clause 2.6\n    link listed bad\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", body);
    gboolean holds = verdict->findings->len > 0;

    school_done(&school);
    return holds;
}

static void test_links_are_listed_by_their_host(void)
{
    g_assert_true(link_is_listed("https://bad.example/x"));
    g_assert_true(link_is_listed("see http://www.BAD.example:8080?x=1"));
    g_assert_true(link_is_listed("https://good.example@bad.example/"));
    g_assert_true(link_is_listed("https://xn--bcher-kva.example/"));
    g_assert_true(link_is_listed("https://b\xc3\xbc"
                                 "cher.example/"));
    g_assert_true(link_is_listed("https://bad.example./x"));
    g_assert_false(link_is_listed("https://good.example/bad.example"));
    g_assert_false(link_is_listed("https://notbad.example/"));
    g_assert_false(link_is_listed("bad.example"));
}

static gboolean file_is_listed(const char *content, const char *encoding)
{
    School school = school_of(LIST "rule r\n    clause 2.6\n    attachment listed places\n");
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", NULL);
    g_autofree char *mail = g_strdup_printf(
        "From: <a@kingsmead.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n"
        "--b\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: attachment\r\n"
        "Content-Transfer-Encoding: %s\r\n\r\n%s\r\n--b--\r\n",
        encoding, content);
    g_autoptr(GBytes) bytes = g_bytes_new(mail, strlen(mail));
    g_autoptr(SgMessage) message = sg_message_new(bytes, &school.limits);
    g_autoptr(SgVerdict) verdict = sg_judge(school.policy, message, parties, DETECT_AT);
    gboolean holds = verdict->findings->len > 0;

    if (holds) {
        const SgFinding *finding = verdict->findings->pdata[0];
        const SgSignalHit *hit = finding->signals->pdata[0];
        g_assert_cmpstr(hit->where, ==, "attachment, listed in 'places'");
        g_assert_cmpstr(hit->excerpt, ==, "a.png");
    }
    g_assert_false(sg_policy_reads_attachments(school.policy));
    school_done(&school);
    return holds;
}

static void test_files_are_listed_by_the_sum_of_what_was_attached(void)
{
    g_assert_true(file_is_listed("AAAA", "base64"));
    g_assert_true(file_is_listed("=00=00=00", "quoted-printable"));
    g_assert_false(file_is_listed("AAAB", "base64"));
    g_assert_false(file_is_listed("AAAA", "7bit"));
}

static void test_examples_can_be_in_lists(void)
{
    School school = school_of(LIST "rule to\n    clause 2.6\n    to list places\n"
                                   "    hit y\n    miss [to staff] y\n"
                                   "rule file\n    clause 2.6\n    attachment listed places\n"
                                   "    hit [attach a.bin] y\n    miss y\n");

    g_assert_cmpuint(sg_policy_check(school.policy, &school.limits, school.report), ==, 4);
    g_assert_cmpuint(sg_report_errors(school.report), ==, 0);
    school_done(&school);
}

static void test_a_facet_may_name_only_a_list_that_there_is(void)
{
    School school =
        school_of(LIST "rule to\n    clause 2.6\n    to list places\n    hit [to list place] y\n");

    sg_policy_check(school.policy, &school.limits, school.report);
    support_assert_reported(school.report, "unknown list 'place'; did you mean 'places'?");
    school_done(&school);
}

static void assert_reported(const char *text, const char *needle)
{
    School school = school_with(text, SG_MODE_ENFORCE, NULL);

    g_assert_null(school.policy);
    support_assert_reported(school.report, needle);
    school_done(&school);
}

static void test_slips_are_explained_with_their_place(void)
{
    assert_reported("rule r\n    clause 2.6\n    to list placs\n" LIST,
                    "unknown list 'placs'; did you mean 'places'?");
    assert_reported("rule r\n    clause 2.6\n    to list\n" LIST, "a list's name");
    assert_reported("list a\n    entry nonsense\n", "'nonsense' is no entry of a list");
    assert_reported("list a\n    entry *\n", "'*' is no entry of a list");
    assert_reported("list a\n    entry a*@b.example\n", "is no entry of a list");
    assert_reported("list a\n    entry 709e80c8\n", "is no entry of a list");
    assert_reported("list a\n    file missing.txt\n", "cannot open");
    assert_reported("list a\n    entry b.example\nlist a\n    entry c.example\n",
                    "there is a list 'a' already");
    assert_reported("list a b\n    entry b.example\n", "a list's name is one word");
}

/* The same words again ------------------------------------------------------------------------- */

#define REPEATED "rule r\n    clause 2.6\n    repeated over 40 within 30m\n"

static SgVerdict *judged_after(const School *school, guint people, gint64 seconds)
{
    SgParties *parties = from_to(school, "staff", "staff", "parent", NULL);
    SgSending sending = {1767614400 - seconds, people};

    parties->sent_before = g_array_new(FALSE, FALSE, sizeof sending);
    g_array_append_val(parties->sent_before, sending);
    return judged(school, parties, "x", "y");
}

static void test_the_same_words_to_many_people_in_a_short_time_are_repeated(void)
{
    School school = school_of(REPEATED);
    g_autoptr(SgVerdict) many = judged_after(&school, 39, 1800);
    g_autoptr(SgVerdict) few = judged_after(&school, 38, 1800);
    g_autoptr(SgVerdict) long_ago = judged_after(&school, 39, 1801);
    g_autoptr(SgVerdict) first =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", "y");

    g_assert_cmpuint(many->findings->len, ==, 1);
    g_assert_cmpuint(few->findings->len, ==, 0);
    g_assert_cmpuint(long_ago->findings->len, ==, 0);
    g_assert_cmpuint(first->findings->len, ==, 0);
    school_done(&school);
}

static void test_only_a_policy_that_asks_needs_a_memory(void)
{
    School without = school_of("rule r\n    clause 2.6\n    to student\n");
    School with = school_of(
        REPEATED
        "rule s\n    clause 2.6\n    to any\n    signal 1 again repeated over 9 within 2h\n"
        "    need 1 points\n");

    g_assert_cmpint(sg_policy_repeats_within(without.policy), ==, 0);
    g_assert_cmpint(sg_policy_repeats_within(with.policy), ==, 7200);
    school_done(&without);
    school_done(&with);
}

static void test_an_example_can_be_a_repetition(void)
{
    School school = school_of(REPEATED "    hit [repeated 40] Buy now\n    miss [repeated 39] Buy\n"
                                       "    miss Buy now\n    hit [recipients 41] Buy now\n");

    g_assert_cmpuint(sg_policy_check(school.policy, &school.limits, school.report), ==, 4);
    g_assert_cmpuint(sg_report_errors(school.report), ==, 0);
    school_done(&school);
}

static void test_an_example_can_have_lines_and_cells(void)
{
    School school = school_of("rule r\n    clause 2.6\n    table class-list over 1\n"
                              "    hit Kim Lee\\t9B\\nAnn Moss\\t9B\n"
                              "    miss Kim Lee\\t9B Ann Moss\\t9B\n");

    g_assert_cmpuint(sg_policy_check(school.policy, &school.limits, school.report), ==, 2);
    g_assert_cmpuint(sg_report_errors(school.report), ==, 0);
    school_done(&school);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/lists/" #name, test_##name)
    PROMISE(an_address_is_in_a_list_by_itself_its_domain_or_its_local_part);
    PROMISE(listed_recipients_are_left_out_by_an_exception);
    PROMISE(links_are_listed_by_their_host);
    PROMISE(files_are_listed_by_the_sum_of_what_was_attached);
    PROMISE(examples_can_be_in_lists);
    PROMISE(a_facet_may_name_only_a_list_that_there_is);
    PROMISE(slips_are_explained_with_their_place);
    PROMISE(the_same_words_to_many_people_in_a_short_time_are_repeated);
    PROMISE(only_a_policy_that_asks_needs_a_memory);
    PROMISE(an_example_can_be_a_repetition);
    PROMISE(an_example_can_have_lines_and_cells);
    return g_test_run();
}
