/* soak_mail.c - see soak_mail.h. Words differ from message to message, or they would count as sent
 * again and again. */
#include "soak_mail.h"

#include <string.h>

static const char *const sentences[] = {
    "The practical moves to lab three, for the sink in lab two drips.",
    "Please bring the atlas and a ruler, and cover both in clear film.",
    "Parents' evening is on Thursday at six, in the hall.",
    "The coach leaves at eight and comes back before the end of period five.",
    "Year nine have read as far as chapter four and like it.",
    "Could you cover my lesson on Monday? The work is on the desk.",
    "The marks for the mock are in the usual place.",
    "The choir sings in assembly on Friday, and needs the piano moved.",
    "Thank you for the register; two names were missing.",
    "Lunch is early on Wednesday, because of the concert.",
    "The library has the new atlases, twelve of them.",
    "The fire drill took four minutes, which is good.",
};

/* As by chance, but the same every time. */
static guint mixed(guint n, guint of)
{
    guint32 h = n * 2654435761U;

    return (h ^ h >> 15) % of;
}

static void add_words(GString *body, guint n, gsize size)
{
    for (guint i = 0; i == 0 || body->len < size; i++)
        g_string_append_printf(body, "%s (Note %u of %u.)\r\n",
                               sentences[mixed(n * 31 + i, G_N_ELEMENTS(sentences))], i, n);
}

static void add_headers(GString *headers, const MilterMail *mail, guint n, const char *type)
{
    g_string_append_printf(headers,
                           "From: <%s>\nTo: <%s>\nSubject: Note %u\n"
                           "Message-ID: <soak-%u@mail.kingsmead.example>\n"
                           "Date: Mon, 5 Jan 2026 09:00:00 +0000\nMIME-Version: 1.0\n"
                           "Content-Type: %s\n",
                           mail->login ? mail->login : "mailer-daemon@kingsmead.example",
                           mail->recipient, n, n, type);
}

#define PLAIN "text/plain; charset=utf-8"

static void fill_small(MilterMail *mail, guint n, GString *headers, GString *body)
{
    add_headers(headers, mail, n, PLAIN);
    add_words(body, n, 800);
}

static void fill_large(MilterMail *mail, guint n, GString *headers, GString *body)
{
    g_autoptr(GString) words = g_string_new(NULL);

    add_headers(headers, mail, n, "multipart/alternative; boundary=\"part\"");
    add_words(words, n, 12000);
    g_string_append_printf(body, "--part\r\nContent-Type: " PLAIN "\r\n\r\n%s\r\n--part\r\n",
                           words->str);
    g_string_append_printf(body,
                           "Content-Type: text/html; charset=utf-8\r\n\r\n<p>%s</p>\r\n"
                           "--part--\r\n",
                           words->str);
}

static void fill_attached(MilterMail *mail, guint n, GString *headers, GString *body)
{
    g_autoptr(GString) words = g_string_new(NULL);

    add_headers(headers, mail, n, "multipart/mixed; boundary=\"part\"");
    add_words(words, n, 2000);
    g_string_append_printf(body,
                           "--part\r\nContent-Type: " PLAIN "\r\n\r\nThe plan is attached.\r\n"
                           "--part\r\nContent-Type: application/rtf\r\n"
                           "Content-Disposition: attachment; filename=\"plan.rtf\"\r\n\r\n"
                           "{\\rtf1\\ansi %s}\r\n--part--\r\n",
                           words->str);
}

static void fill_marked(MilterMail *mail, guint n, GString *headers, GString *body)
{
    fill_small(mail, n, headers, body);
    g_string_append(body, "The soak marks this one.\r\n");
}

static void fill_refused(MilterMail *mail, guint n, GString *headers, GString *body)
{
    add_headers(headers, mail, n, PLAIN);
    g_string_append_printf(body,
                           "Forward this to ten friends tonight or have seven years of bad luck. "
                           "(Note %u.)\r\n",
                           n);
}

static void fill_held(MilterMail *mail, guint n, GString *headers, GString *body)
{
    static char pupil[] = "e.ward@students.kingsmead.example";

    mail->recipient = pupil;
    add_headers(headers, mail, n, PLAIN);
    g_string_append_printf(body,
                           "Add me on Snapchat, I'm coachdanprice, and I'll send the photos there. "
                           "(Note %u.)\r\n",
                           n);
}

static void fill_bounce(MilterMail *mail, guint n, GString *headers, GString *body)
{
    mail->sender = "";
    fill_small(mail, n, headers, body);
}

const SoakKind soak_kinds[] = {
    {"small", 6200, SOAK_WHOLE, MILTER_ACCEPTED, fill_small},
    {"25 KB, in two versions", 2400, SOAK_WHOLE, MILTER_ACCEPTED, fill_large},
    {"with a file", 100, SOAK_WHOLE, MILTER_ACCEPTED, fill_attached},
    {"marked", 200, SOAK_WHOLE, MILTER_MARKED, fill_marked},
    {"refused", 200, SOAK_WHOLE, MILTER_REFUSED, fill_refused},
    {"held", 10, SOAK_WHOLE, MILTER_DISCARDED, fill_held},
    {"from nobody", 300, SOAK_WHOLE, MILTER_ACCEPTED, fill_bounce},
    {"called off", 400, SOAK_ABORTED, MILTER_LOST, fill_small},
    {"cut off", 180, SOAK_BROKEN, MILTER_LOST, fill_large},
    {"garbage", 10, SOAK_GARBAGE, MILTER_LOST, NULL},
    {0},
};

const SoakKind *soak_kind(guint n)
{
    guint at = mixed(n, 10000);
    const SoakKind *kind = soak_kinds;

    while (kind[1].name && at >= kind->per_10000) {
        at -= kind->per_10000;
        kind++;
    }
    return kind;
}
