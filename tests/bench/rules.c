/* rules.c - makes up rules and texts, by chance but the same in every run. */
#include "rules.h"

#include <string.h>

#define WORDS 2000

static const char *const small_words[] = {"the", "this", "a",  "your", "my",
                                          "to",  "for",  "of", "we",   "you"};

static const char *const ordinary_words[] = {
    "about",     "above",    "after",    "again",   "always",  "another",  "answer",   "around",
    "art",       "as",       "ask",      "at",      "away",    "back",     "because",  "been",
    "before",    "begin",    "best",     "between", "biology", "bring",    "building", "but",
    "by",        "call",     "can",      "change",  "check",   "children", "choir",    "class",
    "clear",     "coat",     "come",     "corner",  "could",   "course",   "cover",    "date",
    "day",       "desk",     "did",      "door",    "draft",   "drama",    "each",     "early",
    "end",       "english",  "enough",   "essay",   "every",   "exam",     "family",   "field",
    "find",      "first",    "five",     "form",    "friday",  "from",     "game",     "get",
    "give",      "go",       "good",     "great",   "group",   "hall",     "hand",     "has",
    "have",      "head",     "help",     "her",     "here",    "him",      "history",  "home",
    "homework",  "hour",     "house",    "how",     "if",      "in",       "is",       "it",
    "just",      "keep",     "key",      "kind",    "know",    "large",    "last",     "late",
    "learn",     "leave",    "lesson",   "letter",  "library", "like",     "line",     "list",
    "little",    "long",     "look",     "lunch",   "make",    "many",     "maths",    "may",
    "meeting",   "monday",   "month",    "more",    "morning", "most",     "much",     "music",
    "must",      "name",     "near",     "need",    "never",   "new",      "next",     "night",
    "no",        "note",     "now",      "number",  "of",      "off",      "office",   "often",
    "old",       "on",       "one",      "only",    "open",    "or",       "order",    "other",
    "our",       "out",      "over",     "page",    "paper",   "parent",   "part",     "people",
    "physics",   "place",    "plan",     "play",    "please",  "point",    "practice", "pupil",
    "put",       "question", "quiet",    "read",    "ready",   "register", "report",   "results",
    "right",     "room",     "run",      "said",    "same",    "saturday", "say",      "school",
    "science",   "second",   "see",      "send",    "set",     "several",  "she",      "short",
    "should",    "show",     "side",     "small",   "so",      "some",     "soon",     "spell",
    "sport",     "staff",    "stand",    "start",   "still",   "story",    "student",  "study",
    "such",      "sunday",   "take",     "talk",    "teacher", "team",     "term",     "test",
    "than",      "thank",    "that",     "their",   "them",    "then",     "there",    "these",
    "they",      "thing",    "think",    "three",   "through", "thursday", "time",     "timetable",
    "today",     "together", "tomorrow", "too",     "top",     "training", "trip",     "try",
    "tuesday",   "turn",     "two",      "under",   "until",   "up",       "us",       "use",
    "very",      "wait",     "walk",     "want",    "was",     "watch",    "water",    "way",
    "wednesday", "week",     "well",     "went",    "were",    "what",     "when",     "where",
    "which",     "while",    "who",      "why",     "will",    "with",     "word",     "work",
    "world",     "would",    "write",    "year",    "yes",     "yesterday"};

static const char *const starts[] = {"b", "d", "f", "g", "h",  "k",  "l",  "m",  "n",  "p",  "r",
                                     "s", "t", "v", "w", "ch", "sh", "st", "tr", "pl", "br", "gr"};
static const char *const vowels[] = {"a", "e", "i", "o", "u", "ea", "oo", "ai"};
static const char *const ends[] = {"", "n", "t", "r", "ng", "st", "ck", "l"};

#define ANY(list) (list)[g_rand_int_range(chance, 0, G_N_ELEMENTS(list))]

static GPtrArray *make_words(GRand *chance)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    while (words->len < WORDS) {
        GString *word = g_string_new(NULL);
        for (int left = g_rand_int_range(chance, 2, 4); left > 0; left--) {
            g_string_append(word, ANY(starts));
            g_string_append(word, ANY(vowels));
        }
        g_string_append(word, ANY(ends));
        g_ptr_array_add(words, g_string_free(word, FALSE));
    }
    return words;
}

typedef struct Maker {
    GRand *chance;
    GPtrArray *words;
    GString *out;
} Maker;

static const char *rule_word(const Maker *maker)
{
    return maker->words->pdata[g_rand_int_range(maker->chance, 0, WORDS)];
}

/* Phrases hold ordinary words as well. */
static const char *some_word(const Maker *maker)
{
    GRand *chance = maker->chance;

    return g_rand_int_range(chance, 0, 4) ? rule_word(maker) : ANY(ordinary_words);
}

static void put_choice(const Maker *maker, guint count, const char *(*word)(const Maker *))
{
    for (guint i = 0; i < count; i++)
        g_string_append_printf(maker->out, "%s%s", i ? "|" : "(?:", word(maker));
    g_string_append_c(maker->out, ')');
}

static void put_small(const Maker *maker)
{
    GRand *chance = maker->chance;

    g_string_append_printf(maker->out, "(?:%s|%s)", ANY(small_words), ANY(small_words));
}

/* \b(?:send|pass|forward) (?:this|it)\b.{0,40}\b(?:friends|people)\b */
static void put_far_apart(const Maker *maker)
{
    static const int gaps[] = {25, 40, 60};
    GRand *chance = maker->chance;

    g_string_append(maker->out, "\\b");
    put_choice(maker, 3, some_word);
    g_string_append_c(maker->out, ' ');
    put_small(maker);
    g_string_append_printf(maker->out, "\\b.{0,%d}\\b", ANY(gaps));
    put_choice(maker, 4, some_word);
    g_string_append(maker->out, "\\b");
}

/* \bbad luck\b|\bbreak the chain\b */
static void put_sayings(const Maker *maker)
{
    GRand *chance = maker->chance;

    for (guint i = 0; i < 3; i++)
        g_string_append_printf(maker->out, "%s\\b%s %s %s\\b", i ? "|" : "", rule_word(maker),
                               ANY(small_words), some_word(maker));
}

/* \bdo(?:n'?t| not) (?:break|ignore) (?:the|this) chain\b */
static void put_do_not(const Maker *maker)
{
    g_string_append(maker->out, "\\bdo(?:n'?t| not) ");
    put_choice(maker, 3, some_word);
    g_string_append_c(maker->out, ' ');
    put_small(maker);
    g_string_append_printf(maker->out, " %s\\b", rule_word(maker));
}

/* \bsell(?:s|ed|ing)? (?:my )?(?:sofa|bike) for \d+\b */
static void put_forms(const Maker *maker)
{
    g_string_append_printf(maker->out, "\\b%s(?:s|ed|ing)? (?:my )?", rule_word(maker));
    put_choice(maker, 3, some_word);
    g_string_append(maker->out, "(?: for \\d+)?\\b");
}

/* \b(?:raffle|lottery|sweepstake|tombola|bingo)\b */
static void put_topic(const Maker *maker)
{
    g_string_append(maker->out, "\\b");
    put_choice(maker, 5, rule_word);
    g_string_append(maker->out, "\\b");
}

static void put_signal(const Maker *maker, int points, const char *name, void (*put)(const Maker *))
{
    g_string_append_printf(maker->out, "    signal %d %s /", points, name);
    put(maker);
    g_string_append(maker->out, "/\n");
}

static void put_rule(const Maker *maker, guint number)
{
    gboolean odd = number % 2;

    g_string_append_printf(maker->out,
                           "rule made-up-%u\n    clause 2.6\n    title Rule %u\n    from staff\n"
                           "    to any\n    look-in subject, body, quoted\n",
                           number, number);
    put_signal(maker, 4, "asks", put_far_apart);
    put_signal(maker, 3, "saying", put_sayings);
    put_signal(maker, 3, odd ? "warning" : "forms", odd ? put_do_not : put_forms);
    put_signal(maker, 2, "topic", put_topic);
    if (number % 3 == 0)
        put_signal(maker, -2, "against", put_sayings);
    g_string_append(maker->out, "    need 6 points from 2 signals\n");
    if (number % 4 == 0) {
        g_string_append(maker->out, "    except match /");
        put_sayings(maker);
        g_string_append(maker->out, "/\n");
    }
    g_string_append(maker->out, "    action reject\n    explain It looks made up.\n\n");
}

char *bench_rules(guint count)
{
    Maker maker = {.chance = g_rand_new_with_seed(26), .out = g_string_new(NULL)};

    maker.words = make_words(maker.chance);
    for (guint i = 0; i < count; i++)
        put_rule(&maker, i);
    g_ptr_array_unref(maker.words);
    g_rand_free(maker.chance);
    return g_string_free(maker.out, FALSE);
}

char *bench_text(gsize size, const GPtrArray *words, guint share)
{
    GRand *chance = g_rand_new_with_seed(27);
    GString *text = g_string_new(NULL);
    gsize line = 0;

    while (text->len < size) {
        gboolean of_rules = words->len > 0 && (guint)g_rand_int_range(chance, 0, 100) < share;
        g_string_append(text, of_rules
                                  ? words->pdata[g_rand_int_range(chance, 0, (gint32)words->len)]
                                  : ANY(ordinary_words));
        gboolean end = text->len - line > 60;
        g_string_append(text, end ? ".\r\n" : " ");
        if (end)
            line = text->len;
    }
    g_rand_free(chance);
    return g_string_free(text, FALSE);
}

void bench_add_words(const char *pattern, GPtrArray *words)
{
    for (const char *at = pattern; *at;) {
        const char *end = at;
        while (g_ascii_islower(*end))
            end++;
        gboolean escaped = at > pattern && at[-1] == '\\';
        if (end - at >= (escaped ? 4 : 3))
            g_ptr_array_add(words, g_strndup(at + escaped, (gsize)(end - at) - escaped));
        at = end > at ? end : at + 1;
    }
}

SgParties *bench_colleagues(const SgPeople *people)
{
    SgParties *parties = sg_parties_new(SG_DIRECTION_OUTGOING);
    SgRole staff = SG_ROLE_EXTERNAL;

    sg_people_role(people, sg_span("staff"), &staff);
    parties->authenticated = TRUE;
    parties->sender = sg_party_new("someone@kingsmead.example", staff, "staff");
    parties->author = sg_party_new("someone@kingsmead.example", staff, "staff");
    g_ptr_array_add(parties->recipients, sg_party_new("all@kingsmead.example", staff, "staff"));
    return parties;
}
