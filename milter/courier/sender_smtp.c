/* sender_smtp.c - hands mail to a mail server by SMTP. Only this file knows libcurl. */
#include "schoolgate/pulse.h"
#include "schoolgate/sender.h"

#include <curl/curl.h>
#include <poll.h>
#include <string.h>

#define CONNECT_PATIENCE 30L
#define SAID_MOST        4096

typedef struct Smtp {
    CURL *curl; /* keeps the connection for the next message */
    char *url;
    const char *at; /* what is still to be sent, borrowed */
    gsize left;
    GString *said;    /* the last reply */
    GString *refused; /* the last one that refused something */
    gboolean begun;   /* MAIL FROM was said: what is refused now is this message */
    gboolean within;  /* a reply of several lines */
    int stop;         /* as of sg_sender_new() */
} Smtp;

static gpointer open_smtp(const SgCourierSettings *settings, int errands, int stop)
{
    Smtp *smtp = g_new0(Smtp, 1);

    (void)errands;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    smtp->stop = stop;
    smtp->url = g_strdup_printf("smtp://%s/schoolgate.localhost", settings->smtp);
    smtp->said = g_string_new(NULL);
    smtp->refused = g_string_new(NULL);
    smtp->curl = curl_easy_init();
    return smtp;
}

static void close_smtp(gpointer way)
{
    Smtp *smtp = way;

    curl_easy_cleanup(smtp->curl);
    g_string_free(smtp->said, TRUE);
    g_string_free(smtp->refused, TRUE);
    g_free(smtp->url);
    g_free(smtp);
    curl_global_cleanup();
}

static size_t give_bytes(char *into, size_t size, size_t count, void *data)
{
    Smtp *smtp = data;
    gsize n = MIN(smtp->left, size * count);

    memcpy(into, smtp->at, n);
    smtp->at += n;
    smtp->left -= n;
    return n;
}

/* Apart, because behind a refusal comes the answer to our good-bye. */
static void hear_line(Smtp *smtp, const char *line, gsize size)
{
    GString *reply = size > 0 && (*line == '4' || *line == '5') ? smtp->refused : smtp->said;

    if (!smtp->within)
        g_string_truncate(reply, 0);
    if (reply->len < SAID_MOST)
        g_string_append_len(reply, line, (gssize)size);
    smtp->within = size > 3 && line[3] == '-';
}

/* What was refused before was said of the connection, not of this message. */
static void begin_message(Smtp *smtp)
{
    smtp->begun = TRUE;
    g_string_truncate(smtp->refused, 0);
}

static int overhear(CURL *curl, curl_infotype type, char *text, size_t size, void *data)
{
    Smtp *smtp = data;

    (void)curl;
    if (type == CURLINFO_HEADER_IN)
        hear_line(smtp, text, size);
    else if (type == CURLINFO_HEADER_OUT && size >= 10 &&
             g_ascii_strncasecmp(text, "MAIL FROM:", 10) == 0)
        begin_message(smtp);
    return 0;
}

static gboolean is_told_to_stop(const Smtp *smtp)
{
    struct pollfd file = {.fd = smtp->stop, .events = POLLIN};

    return poll(&file, 1, 0) > 0;
}

/* libcurl comes by about once a second, also while it waits. Anything but 0 ends the conversation,
 * which is harmless as long as nothing was said of the message. */
static int go_on(void *data, curl_off_t down, curl_off_t got, curl_off_t up, curl_off_t sent)
{
    const Smtp *smtp = data;

    (void)down, (void)got, (void)up, (void)sent;
    sg_pulse_beat();
    return !smtp->begun && is_told_to_stop(smtp);
}

static struct curl_slist *recipients_of(const SgMail *mail)
{
    struct curl_slist *list = NULL;

    for (char **to = mail->to; *to; to++) {
        g_autofree char *address = g_strdup_printf("<%s>", *to);

        list = curl_slist_append(list, address);
    }
    return list;
}

/* A mail server's certificate is seldom one that could be checked, least of all on this machine:
 * where it offers TLS that is taken, as mail servers do among themselves. */
static void prepare(Smtp *smtp, const char *from, struct curl_slist *to)
{
    CURL *curl = smtp->curl;

    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, smtp->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_PATIENCE);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)sg_sender_patience);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, overhear);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, smtp);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)smtp->left);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    if (*from) /* else it says "<>" */
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
}

/* A server that turns us away before it has heard of the message may be in trouble itself. */
static SgHandedHow how_of(const Smtp *smtp, CURLcode code)
{
    if (code == CURLE_OK)
        return SG_HANDED_OVER;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return SG_HANDED_CUT;
    return smtp->begun && *smtp->refused->str == '5' ? SG_HANDED_REFUSED : SG_HANDED_LATER;
}

static char *words_of(const Smtp *smtp, CURLcode code)
{
    const GString *reply = code == CURLE_OK ? smtp->said : smtp->refused;

    return reply->len > 0 ? sg_handed_words(reply->str, reply->len)
                          : g_strdup(curl_easy_strerror(code));
}

/* What hindered one message may belong to the connection, as the end of a milter does: Postfix asks
 * no other one for as long as that lasts. */
static void hang_up(Smtp *smtp)
{
    curl_easy_cleanup(smtp->curl);
    smtp->curl = curl_easy_init();
}

static SgHanded send_by_smtp(gpointer way, const SgMail *mail)
{
    Smtp *smtp = way;
    g_autoptr(GBytes) bytes = sg_mail_with_lines(mail, "\r\n");
    g_autofree char *from = *mail->from ? g_strdup_printf("<%s>", mail->from) : g_strdup("");
    struct curl_slist *to = recipients_of(mail);
    CURLcode code;

    smtp->at = g_bytes_get_data(bytes, &smtp->left);
    smtp->begun = FALSE;
    smtp->within = FALSE;
    g_string_truncate(smtp->said, 0);
    g_string_truncate(smtp->refused, 0);
    prepare(smtp, from, to);
    code = curl_easy_perform(smtp->curl);
    curl_slist_free_all(to);
    if (code != CURLE_OK)
        hang_up(smtp);
    return (SgHanded){how_of(smtp, code), words_of(smtp, code)};
}

const SgSendingWay sg_sending_by_smtp = {open_smtp, send_by_smtp, close_smtp};
