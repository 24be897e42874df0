/* history.c - which words each sender has sent lately: a ring of sums, the oldest dropped. */
#include "history.h"

#define SUM         32
#define WORDS_SHORT 40 /* bytes of folded text: what everybody writes, such as thanks */

typedef struct Entry {
    guint8 words[SUM];   /* of the sender and the words; */
    guint8 message[SUM]; /* of the Message-ID and the recipients */
    gint64 when;         /* 0: nothing here yet */
    guint recipients;
} Entry;

struct SgSentLately {
    GMutex lock;
    Entry *entries;
    guint most;
    guint next;
};

SgSentLately *sg_sent_lately_new(guint most)
{
    SgSentLately *history = g_new0(SgSentLately, 1);

    g_mutex_init(&history->lock);
    history->entries = g_new0(Entry, most);
    history->most = most;
    return history;
}

void sg_sent_lately_free(SgSentLately *history)
{
    if (!history)
        return;
    g_mutex_clear(&history->lock);
    g_free(history->entries);
    g_free(history);
}

static void add_string(GChecksum *sum, const char *string)
{
    g_checksum_update(sum, (const guchar *)string, (gssize)strlen(string) + 1);
}

static void finish_sum(GChecksum *sum, guint8 into[SUM])
{
    gsize len = SUM;

    g_checksum_get_digest(sum, into, &len);
    g_checksum_free(sum);
}

/* FALSE when there are too few words to know a message by. */
static gboolean sum_words(SgMessage *message, const SgParties *parties, guint8 into[SUM])
{
    const GPtrArray *texts = sg_message_texts(message);
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *sender = sg_address_normal(parties->sender->address);
    gsize bytes = 0;

    add_string(sum, sender);
    for (guint i = 0; i < texts->len; i++) {
        if (sg_text_kind(texts->pdata[i]) != SG_TEXT_BODY)
            continue;
        SgSpan folded = sg_text_form(texts->pdata[i], SG_FORM_FOLDED);
        while (folded.len > 0 && folded.at[0] == ' ')
            folded = (SgSpan){folded.at + 1, folded.len - 1};
        while (folded.len > 0 && folded.at[folded.len - 1] == ' ')
            folded.len--;
        g_checksum_update(sum, (const guchar *)folded.at, (gssize)folded.len);
        bytes += folded.len;
    }
    finish_sum(sum, into);
    return bytes >= WORDS_SHORT;
}

static guint sum_message(const SgMessage *message, const SgParties *parties, guint8 into[SUM])
{
    const char *id = sg_message_header(message, "Message-ID");
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint recipients = 0;

    add_string(sum, id ? id : "");
    for (guint i = 0; i < parties->recipients->len; i++) {
        const SgParty *party = parties->recipients->pdata[i];
        add_string(sum, party->address);
        recipients += MAX(1, party->members);
    }
    finish_sum(sum, into);
    return recipients;
}

/* FALSE when it is not to be noted. */
static gboolean read_note(Entry *note, SgMessage *message, const SgParties *parties)
{
    if (!parties->sender || !sum_words(message, parties, note->words))
        return FALSE;
    note->recipients = sum_message(message, parties, note->message);
    return TRUE;
}

static gboolean has_same_words(const Entry *entry, const Entry *note)
{
    return entry->when != 0 && memcmp(entry->words, note->words, SUM) == 0;
}

static gboolean is_same_message(const Entry *entry, const Entry *note)
{
    return has_same_words(entry, note) && memcmp(entry->message, note->message, SUM) == 0;
}

static void add_sending(GArray **earlier, const Entry *entry)
{
    SgSending sending = {entry->when, entry->recipients};

    if (!*earlier)
        *earlier = g_array_new(FALSE, FALSE, sizeof(SgSending));
    g_array_append_val(*earlier, sending);
}

GArray *sg_sent_lately_note(SgSentLately *history, SgMessage *message, const SgParties *parties,
                            gint64 now, gint64 since)
{
    Entry note = {.when = now};
    GArray *earlier = NULL;
    gboolean again = FALSE;

    if (!read_note(&note, message, parties))
        return NULL;
    g_mutex_lock(&history->lock);
    for (guint i = 0; i < history->most; i++) {
        const Entry *entry = &history->entries[i];
        if (is_same_message(entry, &note))
            again = TRUE;
        else if (has_same_words(entry, &note) && entry->when >= since)
            add_sending(&earlier, entry);
    }
    if (!again) {
        history->entries[history->next] = note;
        history->next = history->next + 1 < history->most ? history->next + 1 : 0;
    }
    g_mutex_unlock(&history->lock);
    return earlier;
}

void sg_sent_lately_forget(SgSentLately *history, SgMessage *message, const SgParties *parties)
{
    Entry note;

    if (!read_note(&note, message, parties))
        return;
    g_mutex_lock(&history->lock);
    for (guint i = 0; i < history->most; i++) {
        if (is_same_message(&history->entries[i], &note))
            history->entries[i].when = 0;
    }
    g_mutex_unlock(&history->lock);
}
