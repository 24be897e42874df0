/* platforms.c - social platforms: what people call them, and how the addresses of profiles and
 * invitations are built there. Pages about the platform, posts and help are none of these. */
#include "detectors.h"

#define NAME_LEAST 2
#define NAME_MOST  64

/* One way in which a platform addresses somebody: HOST/BEFORE NAME, of which some names are the
 * platform's own pages. Adding a platform means a line here, and its word below. */
static const struct {
    const char *host;
    const char *before;
    const char *pages; /* parted by blanks, with one at either end */
} profiles[] = {
    {"instagram.com", "",
     " p reel reels tv explore stories accounts about legal developer direct web press "},
    {"instagr.am", "", " p "},
    {"threads.net", "@", ""},
    {"threads.com", "@", ""},
    {"snapchat.com", "add/", ""},
    {"snapchat.com", "@", ""},
    {"tiktok.com", "@", ""},
    {"facebook.com", "",
     " sharer sharer.php share share.php pages groups events help login login.php policies watch "
     "photo photo.php story.php permalink.php plugins dialog hashtag marketplace privacy legal "
     "business settings people profile.php home.php reg careers tr "},
    {"facebook.com", "profile.php?id=", ""},
    {"facebook.com", "groups/", ""},
    {"fb.com", "", " help "},
    {"fb.me", "", ""},
    {"m.me", "", ""},
    {"messenger.com", "t/", ""},
    {"twitter.com", "",
     " home search i intent share hashtag explore login signup settings tos privacy about jobs "},
    {"x.com", "",
     " home search i intent share hashtag explore login signup settings tos privacy about jobs "},
    {"linkedin.com", "in/", ""},
    {"youtube.com", "@", ""},
    {"youtube.com", "c/", ""},
    {"youtube.com", "user/", ""},
    {"youtube.com", "channel/", ""},
    {"wa.me", "", " settings "},
    {"chat.whatsapp.com", "", ""},
    {"api.whatsapp.com", "send?phone=", ""},
    {"whatsapp.com", "channel/", ""},
    {"t.me", "", " s share "},
    {"t.me", "joinchat/", ""},
    {"telegram.me", "", " share "},
    {"discord.gg", "", ""},
    {"discord.com", "invite/", ""},
    {"discordapp.com", "invite/", ""},
    {"bere.al", "", " en download about terms privacy "},
    {"roblox.com", "users/", ""},
    {"twitch.tv", "", " directory videos p downloads jobs settings store "},
    {"reddit.com", "u/", ""},
    {"reddit.com", "user/", ""},
    {"pinterest.com", "", " pin ideas search login about "},
    {"pinterest.co.uk", "", " pin ideas search login about "},
    {"vk.com", "", " feed login about "},
    {"bsky.app", "profile/", ""},
    {"steamcommunity.com", "id/", ""},
    {"steamcommunity.com", "profiles/", ""},
    {"kik.me", "", ""},
    {"ask.fm", "", " about login signup account "},
    {"ngl.link", "", ""},
    {"linktr.ee", "", " login register s "},
    {"onlyfans.com", "", " help contact about terms privacy "},
};

static const char *const sure_words[] = {
    "insta",    "instagram", "snap",     "snapchat", "tiktok", "twitter", "discord",
    "whatsapp", "facebook",  "telegram", "roblox",   "twitch", "bereal",  "kik",
    "gamertag", "psn",       "yubo",     "finsta",   "tumblr", "reddit",  NULL};
static const char *const doubtful_words[] = {"ig",    "fb",  "steam",   "xbox",
                                             "skype", "tik", "youtube", NULL};
static SgWordSet sure = {.words = sure_words};
static SgWordSet doubtful = {.words = doubtful_words};

SgPlatform sg_platform_of_word(SgSpan word)
{
    if (sg_word_set_has(&sure, word))
        return SG_PLATFORM_SURE;
    return sg_word_set_has(&doubtful, word) ? SG_PLATFORM_DOUBTFUL : SG_PLATFORM_NONE;
}

/* Links ------------------------------------------------------------------------------------------
 */

static SgSpan behind(SgSpan text, const char *start)
{
    gsize len = sg_span_begins(text, start) ? strlen(start) : 0;

    return (SgSpan){text.at + len, text.len - len};
}

static gboolean is_name_char(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("._-+%", c));
}

/* A name with nothing behind it but what a share button adds. */
static gboolean is_profile_name(SgSpan path, const char *pages)
{
    char page[NAME_MOST + 3];
    gsize len = 0;

    while (len < path.len && len < NAME_MOST && is_name_char(path.at[len]))
        len++;
    if (len < NAME_LEAST)
        return FALSE;
    gsize end = len + (len < path.len && path.at[len] == '/');
    if (end < path.len && path.at[end] != '?' && path.at[end] != '#' && path.at[end] != '&')
        return FALSE;
    g_snprintf(page, sizeof page, " %.*s ", (int)len, path.at);
    for (char *c = page; *c; c++)
        *c = g_ascii_tolower(*c);
    return strstr(pages, page) == NULL;
}

gboolean sg_is_platform_link(SgSpan link)
{
    static const char *const fronts[] = {"https://", "http://", "www.", "m.", "mobile.", "uk."};

    for (guint i = 0; i < G_N_ELEMENTS(fronts); i++)
        link = behind(link, fronts[i]);
    const char *slash = link.len > 0 ? memchr(link.at, '/', link.len) : NULL;
    if (!slash)
        return FALSE;
    SgSpan host = {link.at, (gsize)(slash - link.at)};
    SgSpan path = {slash + 1, link.len - host.len - 1};
    for (guint i = 0; i < G_N_ELEMENTS(profiles); i++) {
        if (host.len == strlen(profiles[i].host) && sg_span_begins(host, profiles[i].host) &&
            sg_span_begins(path, profiles[i].before) &&
            is_profile_name(behind(path, profiles[i].before), profiles[i].pages))
            return TRUE;
    }
    return FALSE;
}
