/* conditions_chain.c - the condition `chain`: how chain letters are built, whatever their words. */
#include "detectors.h"

#define BACK         16 /* words that are remembered */
#define LEAST_PEOPLE 3
#define SHOWN        300 /* bytes of what was found */
#define NOBODY       -1

/* The last words of a text, so that what stands before a word can be asked for. */
typedef struct Walk {
    SgSpan text;
    gsize at;
    guint count; /* words so far */
    SgWord words[BACK];
    gboolean stops[BACK]; /* a sentence ended before that word */
} Walk;

static const SgWord *word_back(const Walk *walk, guint back)
{
    return back < walk->count && back < BACK ? &walk->words[(walk->count - 1 - back) % BACK] : NULL;
}

static gboolean is_back(const Walk *walk, guint back, const char *const *words)
{
    const SgWord *word = word_back(walk, back);

    return word && sg_is_one_of(word->text, words);
}

/* Of the word that the walk is at. */
static gboolean is_now(const Walk *walk, SgWordSet *set)
{
    return sg_word_set_has(set, walk->words[(walk->count - 1) % BACK].text);
}

static gboolean stop_back(const Walk *walk, guint back)
{
    return back >= walk->count || back >= BACK || walk->stops[(walk->count - 1 - back) % BACK];
}

static gboolean ends_sentence(SgSpan gap)
{
    gsize i = 0;

    while (i < gap.len && gap.at[i] != '.' && gap.at[i] != '!' && gap.at[i] != '?')
        i++;
    return i < gap.len;
}

static gboolean walk_on(Walk *walk)
{
    SgWord word;

    if (!sg_next_word(walk->text, &walk->at, &word))
        return FALSE;
    walk->words[walk->count % BACK] = word;
    walk->stops[walk->count % BACK] = ends_sentence(word.gap);
    walk->count++;
    return TRUE;
}

/* head-count -------------------------------------------------------------------------------------
 */

static const char *const people_words[] = {
    "people",   "persons", "friends", "contacts", "others", "mates",   "girls",
    "boys",     "guys",    "women",   "men",      "ladies", "folks",   "ppl",
    "peeps",    "buddies", "pals",    "frnds",    "frends", "friendz", "sisters",
    "brothers", "users",   "souls",   "person",   "friend", "besties", NULL};
static SgWordSet people = {.words = people_words};

/* Between a number and the people: `ten of your very best friends`. */
static const char *const kinds_of_people[] = {
    "other",     "others",    "more",    "or",        "of",       "your",      "ur",
    "the",       "closest",   "best",    "good",      "nearest",  "dearest",   "different",
    "special",   "wonderful", "great",   "lovely",    "facebook", "online",    "new",
    "real",      "close",     "amazing", "beautiful", "very",     "favourite", "favorite",
    "christian", "female",    "email",   NULL};

/* How far back the number stands that counts these people; NOBODY when none does. */
static gint people_counted(const Walk *walk, guint *back)
{
    for (*back = 1; *back <= 5 && !stop_back(walk, *back - 1); (*back)++) {
        const SgWord *word = word_back(walk, *back);
        gint number = word ? sg_number_of_word(word->text) : NOBODY;
        if (number != NOBODY)
            return number;
        if (!word || !sg_is_one_of(word->text, kinds_of_people))
            return NOBODY;
    }
    return NOBODY;
}

static gboolean is_asked_to_send(const Walk *walk, guint back)
{
    static const char *const lead[] = {
        "at", "least", "exactly", "all",  "every", "your", "the",   "another", "as", "many",
        "a",  "up",    "to",      "next", "just",  "only", "about", "these",   NULL};
    static const char *const to[] = {"to", NULL};
    static const char *const verbs[] = {
        "send",   "sends",  "sent",      "sending",    "forward", "forwarding", "fwd",     "pass",
        "mail",   "email",  "give",      "post",       "repost",  "share",      "copy",    "text",
        "passed", "resend", "forwarded", "distribute", "passing", "relay",      "emailed", NULL};
    guint at = back + 1;
    gboolean directed = FALSE;

    for (; at <= back + 5 && !stop_back(walk, at - 1) && is_back(walk, at, lead); at++)
        directed |= is_back(walk, at, to);
    for (; directed && at < BACK && !stop_back(walk, at - 1); at++) {
        if (is_back(walk, at, verbs))
            return TRUE;
    }
    return FALSE;
}

/* The numbers, words and all stand behind one another; where it begins goes to `from`. */
static gboolean find_head_count(Walk *walk, gsize *from)
{
    static const char *const tell[] = {"tell", "send", "forward", NULL};
    guint back;

    if (!is_now(walk, &people))
        return FALSE;
    gint number = people_counted(walk, &back);
    if (number < LEAST_PEOPLE || number > 1000)
        return FALSE;
    const SgWord *counted = word_back(walk, back);
    *from = counted->at;
    return is_asked_to_send(walk, back) ||
           (is_back(walk, back + 1, tell) && !stop_back(walk, back));
}

/* What chain letters promise and threaten. */
static const char *const reward_words[] = {
    "luck",  "lucky",   "love",     "loves",    "wish",      "wishes",   "true",    "kiss",
    "crush", "life",    "cursed",   "nothing",  "miracle",   "money",    "dream",   "dreams",
    "happy", "blessed", "blessing", "surprise", "improve",   "die",      "dies",    "bad",
    "worst", "granted", "rich",     "receive",  "happiness", "soulmate", "romance", NULL};
static SgWordSet rewards = {.words = reward_words};

/* deadline ---------------------------------------------------------------------------------------
 */

/* Longer times are those of forms, courts and shops. */
static const struct {
    const char *word;
    gint most;
} units[] = {
    {"second", 90}, {"seconds", 90}, {"minute", 90}, {"minutes", 90}, {"mins", 90}, {"min", 90},
    {"hour", 96},   {"hours", 96},   {"hrs", 96},    {"day", 10},     {"days", 10},
};

static const char *const unit_words[] = {"second", "seconds", "minute", "minutes", "mins", "min",
                                         "hour",   "hours",   "hrs",    "day",     "days", NULL};
static SgWordSet unit_set = {.words = unit_words};

static gint most_of_unit(const SgWord *word)
{
    if (!sg_word_set_has(&unit_set, word->text))
        return NOBODY;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (sg_span_is(word->text, units[i].word))
            return units[i].most;
    }
    return NOBODY;
}

/* Something is promised or threatened shortly before. */
static gboolean is_promised(const Walk *walk, guint back)
{
    for (guint at = back; at < back + 8 && !stop_back(walk, at); at++) {
        if (is_back(walk, at + 1, reward_words))
            return TRUE;
    }
    return FALSE;
}

/* `within 24 hours`, `in the next ten minutes`, `good luck in four days`. */
static gboolean find_span_of_time(Walk *walk, gsize *from)
{
    static const char *const within[] = {"within", NULL};
    static const char *const in[] = {"in", NULL};
    static const char *const next[] = {"next", "coming", NULL};
    static const char *const the[] = {"the", NULL};
    gint most = most_of_unit(word_back(walk, 0));
    const SgWord *word = word_back(walk, 1);
    guint back = 2;

    if (most == NOBODY || !word)
        return FALSE;
    gint number = sg_number_of_word(word->text);
    gboolean is_next = is_back(walk, back, next);
    back += is_next ? 1 : 0;
    back += is_back(walk, back, the) ? 1 : 0;
    word = word_back(walk, back);
    if (!word || number == NOBODY || number > most)
        return FALSE;
    for (guint i = 0; i < back; i++) {
        if (stop_back(walk, i))
            return FALSE;
    }
    *from = word->at;
    return is_back(walk, back, within) ||
           (is_back(walk, back, in) && (is_next || is_promised(walk, back)));
}

static const char *const bedtimes[] = {"by midnight",
                                       "before midnight",
                                       "before you go to bed",
                                       "before you sleep",
                                       "before bedtime",
                                       "before you go to sleep",
                                       "before tomorrow",
                                       "tonight or",
                                       "or by tonight",
                                       "right now or",
                                       "today or",
                                       "before the day is over",
                                       "by the end of today",
                                       "in the next hour",
                                       "before you close this",
                                       NULL};

/* The words that those end with. */
static const char *const bedtime_words[] = {"midnight", "bed",  "sleep",   "bedtime",
                                            "tomorrow", "or",   "tonight", "over",
                                            "today",    "hour", "this",    NULL};
static SgWordSet bedtime = {.words = bedtime_words};

/* Fixed words; each ends where the walk is. */
static gboolean find_bedtime(Walk *walk, gsize *from)
{
    const SgWord *last = word_back(walk, 0);
    gsize end = last->at + last->text.len;

    for (guint i = 0; bedtimes[i] && is_now(walk, &bedtime); i++) {
        gsize len = strlen(bedtimes[i]);
        if (end >= len && sg_word_at(walk->text, end - len, bedtimes[i])) {
            *from = end - len;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean find_deadline(Walk *walk, gsize *from)
{
    return find_span_of_time(walk, from) || find_bedtime(walk, from);
}

/* ladder -----------------------------------------------------------------------------------------
 */

/* Looks through the whole text: numbers of people that grow, each with its reward. */
typedef struct Ladder {
    gint number; /* of people on the last step */
    guint word;  /* where that was */
    gboolean rewarded;
    guint steps; /* with rewards, behind one another */
    gsize from;
} Ladder;

#define STEP_WORDS   40 /* from one step to the next */
#define REWARD_WORDS 16 /* from the people to what they bring */

static void climb(Ladder *ladder, const Walk *walk, gint number, gsize at)
{
    gboolean follows =
        ladder->rewarded && number > ladder->number && walk->count - ladder->word <= STEP_WORDS;

    if (!follows) {
        ladder->steps = 0;
        ladder->from = at;
    }
    ladder->number = number;
    ladder->word = walk->count;
    ladder->rewarded = FALSE;
}

static gboolean is_money(const Walk *walk)
{
    const SgWord *word = word_back(walk, 0);

    return (word->gap.len > 0 && word->gap.at[word->gap.len - 1] == '$') ||
           (word->text.len > 2 && memcmp(word->text.at, "\xc2\xa3", 2) == 0);
}

static gboolean step_is_rewarded(Ladder *ladder, const Walk *walk)
{
    if (ladder->rewarded || ladder->number == NOBODY ||
        !(is_now(walk, &rewards) || is_money(walk)) || walk->count - ladder->word > REWARD_WORDS)
        return FALSE;
    ladder->rewarded = TRUE;
    ladder->steps++;
    return TRUE;
}

static gboolean find_ladder(Ladder *ladder, const Walk *walk)
{
    guint back;

    if (is_now(walk, &people)) {
        gint number = people_counted(walk, &back);
        if (number != NOBODY)
            climb(ladder, walk, number, word_back(walk, back)->at);
    }
    return step_is_rewarded(ladder, walk) && ladder->steps >= 2;
}

/* The condition ----------------------------------------------------------------------------------
 */

static const struct ChainKind {
    const char *name;
    const char *words;
    gboolean (*find)(Walk *walk, gsize *from); /* NULL: the ladder */
} kinds[] = {
    {"head-count", "its text asks for it to be sent to a number of people", find_head_count},
    {"deadline", "its text sets a time, such as 'within 24 hours'", find_deadline},
    {"ladder", "its text promises more for more people", NULL},
};

typedef struct Search {
    const struct ChainKind *kind;
    SgJudging *judging;
} Search;

static gpointer read_chain(SgCursor *cursor, SgRuleReader *reader)
{
    const char *names[G_N_ELEMENTS(kinds) + 1] = {NULL};

    (void)reader;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        names[i] = kinds[i].name;
    int choice = sg_cursor_choice(cursor, "part of a chain letter", names);
    return choice < 0 ? NULL : g_memdup2(&choice, sizeof choice);
}

static gboolean look_for_chain(const SgText *text, gpointer data)
{
    const Search *search = data;
    Walk walk = {.text = sg_text_form(text, SG_FORM_FOLDED)};
    Ladder ladder = {.number = NOBODY};
    gsize next_clock = 0;

    while (walk_on(&walk)) {
        gsize from = 0;
        if (!sg_judging_has_time(search->judging, walk.at, &next_clock))
            return FALSE;
        gboolean found =
            search->kind->find ? search->kind->find(&walk, &from) : find_ladder(&ladder, &walk);
        if (!found)
            continue;
        from = search->kind->find ? from : ladder.from;
        sg_judging_saw(search->judging, text, SG_FORM_FOLDED, from, MIN(walk.at, from + SHOWN));
        return TRUE;
    }
    return FALSE;
}

static gboolean search_chain(const SgCondition *condition, SgJudging *judging)
{
    Search search = {&kinds[*(const int *)condition->data], judging};

    return sg_judging_look(judging, judging->look_in, look_for_chain, &search);
}

static gboolean judge_chain(const SgCondition *condition, SgJudging *judging)
{
    return sg_judging_once(judging, condition, search_chain);
}

static void describe_chain(const SgCondition *condition, GString *out)
{
    g_string_append(out, kinds[*(const int *)condition->data].words);
}

const SgConditionKind sg_condition_chain = {
    .keyword = "chain",
    .usage = "head-count|deadline|ladder",
    .help = "how a chain letter is built. head-count: send it to so many (3 or more) people, in "
            "digits or words. deadline: within so many hours, by midnight. ladder: a reward for "
            "some people, a greater one for more",
    .needs = SG_NEEDS_TEXT,
    .walks = TRUE,
    .read = read_chain,
    .judge = judge_chain,
    .describe = describe_chain,
    .free = g_free,
    .opens_attachments = sg_look_in_opens_attachments,
};
