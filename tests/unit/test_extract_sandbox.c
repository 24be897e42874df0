/* What a child of the extractor may not do, and what comes back of what it may. */
#include "extract_helper.h"

static void test_pieces_come_back_with_their_origin(Helper *helper, gconstpointer data)
{
    g_autoptr(SgPieces) pieces = ask(helper, "echo and more");
    g_autofree char *text = text_of(pieces, 0);
    const SgPiece *piece = pieces->pieces->pdata[0];

    (void)data;
    g_assert_cmpstr(text, ==, "echo and more");
    g_assert_cmpstr(piece->origin, ==, "file.txt");
    g_assert_cmpint(piece->kind, ==, SG_PIECE_TEXT);
    g_assert_cmpuint(pieces->output, >=, strlen("echo and more"));
    assert_faults(pieces, "");
}

static void test_large_pieces_come_back_whole(Helper *helper, gconstpointer data)
{
    gsize len = 5 << 20;
    char *large = g_malloc(len);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(SgPieces) pieces = NULL;

    (void)data;
    memset(large, 'x', len);
    memcpy(large, "echo", 4);
    bytes = g_bytes_new_take(large, len);
    pieces = sg_extractor_read(helper->extractor, bytes, "large", NULL, &plenty, NULL);
    g_assert_nonnull(pieces);
    g_assert_cmpuint(pieces->pieces->len, ==, 1);
    g_assert_true(g_bytes_equal(((SgPiece *)pieces->pieces->pdata[0])->bytes, bytes));
}

static void test_an_empty_attachment_is_read(Helper *helper, gconstpointer data)
{
    g_autoptr(SgPieces) pieces = ask(helper, "");

    (void)data;
    g_assert_cmpuint(pieces->pieces->len, ==, 0);
    assert_faults(pieces, "");
}

static void test_faults_come_back(Helper *helper, gconstpointer data)
{
    g_autoptr(SgPieces) pieces = ask(helper, "fault");

    (void)data;
    assert_faults(pieces, "encrypted");
}

static void assert_nothing_done(Helper *helper, const char *what, guint tried)
{
    g_autoptr(SgPieces) pieces = ask(helper, what);

    assert_faults(pieces, "");
    g_assert_cmpuint(pieces->pieces->len, ==, tried);
    for (guint i = 0; i < tried; i++) {
        g_autofree char *line = text_of(pieces, i);
        g_test_message("%s", line);
        g_assert_null(strstr(line, "DONE"));
    }
    assert_still_reads(helper);
}

static void test_a_child_reaches_no_file(Helper *helper, gconstpointer data)
{
    (void)data;
    assert_nothing_done(helper, "files", 7);
    g_assert_false(g_file_test("/tmp/schoolgate-escape", G_FILE_TEST_EXISTS));
}

static void test_a_child_reaches_no_network(Helper *helper, gconstpointer data)
{
    (void)data;
    assert_nothing_done(helper, "network", 4);
}

static void test_a_child_starts_and_touches_no_process(Helper *helper, gconstpointer data)
{
    (void)data;
    assert_nothing_done(helper, "processes", 10);
}

static void test_a_child_has_no_descriptors_of_others(Helper *helper, gconstpointer data)
{
    int kept_open = open("/etc/passwd", O_RDONLY);
    g_autoptr(SgPieces) pieces = ask(helper, "descriptors");
    g_autofree char *text = text_of(pieces, 0);

    (void)data;
    close(kept_open);
    g_assert_cmpstr(text, ==, "open: 0 1 2 3 4");
}

static void test_looking_for_a_file_finds_none_rather_than_kills(Helper *helper, gconstpointer data)
{
    g_autoptr(SgPieces) pieces = ask(helper, "files");
    g_autofree char *opened = text_of(pieces, 0);
    g_autofree char *found = text_of(pieces, 2);

    (void)data;
    g_assert_cmpstr(opened, ==, "open: No such file or directory");
    g_assert_cmpstr(found, ==, "stat: No such file or directory");
}

static void test_a_crash_is_a_fault_and_keeps_what_came_before(Helper *helper, gconstpointer data)
{
    g_autoptr(SgPieces) pieces = ask(helper, "say and crash");
    g_autofree char *text = text_of(pieces, 0);

    (void)data;
    g_assert_cmpstr(text, ==, "heard before");
    assert_faults(pieces, "helper-crashed");
    assert_still_reads(helper);
}

static void test_endless_recursion_is_a_crash(Helper *helper, gconstpointer data)
{
    g_autoptr(SgPieces) pieces = ask(helper, "overflow");

    (void)data;
    assert_faults(pieces, "helper-crashed");
    assert_still_reads(helper);
}

static void test_a_child_that_hangs_is_ended_in_time(Helper *helper, gconstpointer data)
{
    static const char *const ways[] = {"say and hang", "sleep"};
    SgExtractLimits limits = plenty;

    (void)data;
    limits.helper_seconds = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        gint64 before = g_get_monotonic_time();
        g_autoptr(SgPieces) pieces = ask_with(helper, ways[i], &limits);

        g_assert_nonnull(pieces);
        assert_faults(pieces, "helper-seconds");
        g_assert_cmpuint(pieces->pieces->len, ==, i == 0 ? 1 : 0);
        g_assert_cmpint(g_get_monotonic_time() - before, <, 4 * G_USEC_PER_SEC);
    }
    assert_still_reads(helper);
}

static void test_a_child_that_wants_too_much_memory_gets_none(Helper *helper, gconstpointer data)
{
    static const char *const ways[] = {"eat", "gulp"};

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(SgPieces) pieces = ask(helper, ways[i]);
        assert_faults(pieces, "helper-memory");
    }
    assert_still_reads(helper);
}

static void test_output_ends_at_its_limit(Helper *helper, gconstpointer data)
{
    SgExtractLimits limits = plenty;
    g_autoptr(SgPieces) pieces = NULL;
    guint64 bytes = 0;

    (void)data;
    limits.archive_output = 1 << 20;
    pieces = ask_with(helper, "babble", &limits);
    g_assert_nonnull(pieces);
    assert_faults(pieces, "archive-output");
    for (guint i = 0; i < pieces->pieces->len; i++)
        bytes += g_bytes_get_size(((SgPiece *)pieces->pieces->pdata[i])->bytes);
    g_assert_cmpuint(bytes, >, 0);
    g_assert_cmpuint(bytes, <=, limits.archive_output);
    g_assert_cmpuint(pieces->output, <=, limits.archive_output);
}

static void test_a_child_that_makes_no_sense_is_a_fault(Helper *helper, gconstpointer data)
{
    static const char *const ways[] = {"zeros", "ones"};

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(SgPieces) pieces = ask(helper, ways[i]);
        g_assert_cmpuint(pieces->faults->len, >, 0);
    }
    assert_still_reads(helper);
}

static void test_text_is_valid_whatever_the_child_says(Helper *helper, gconstpointer data)
{
    g_autoptr(SgPieces) pieces = ask(helper, "bad text");
    const SgPiece *piece = pieces->pieces->pdata[0];
    gsize len;
    const char *at = g_bytes_get_data(piece->bytes, &len);

    (void)data;
    g_assert_true(g_utf8_validate_len(at, len, NULL));
    g_assert_true(g_utf8_validate(piece->origin, -1, NULL));
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) /* they need all memory */
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif

#define PROMISE(test) g_test_add("/extract/sandbox/" #test, Helper, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(test_pieces_come_back_with_their_origin);
    PROMISE(test_large_pieces_come_back_whole);
    PROMISE(test_an_empty_attachment_is_read);
    PROMISE(test_faults_come_back);
    PROMISE(test_a_child_reaches_no_file);
    PROMISE(test_a_child_reaches_no_network);
    PROMISE(test_a_child_starts_and_touches_no_process);
    PROMISE(test_a_child_has_no_descriptors_of_others);
    PROMISE(test_looking_for_a_file_finds_none_rather_than_kills);
    PROMISE(test_a_crash_is_a_fault_and_keeps_what_came_before);
    PROMISE(test_endless_recursion_is_a_crash);
    PROMISE(test_a_child_that_hangs_is_ended_in_time);
    if (!SANITIZED)
        PROMISE(test_a_child_that_wants_too_much_memory_gets_none);
    PROMISE(test_output_ends_at_its_limit);
    PROMISE(test_a_child_that_makes_no_sense_is_a_fault);
    PROMISE(test_text_is_valid_whatever_the_child_says);
    return g_test_run();
}
