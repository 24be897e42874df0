/* test_policy_social.c - what is somebody's name or page on a social platform, and what only talks
 * about one. The names are made up. */
#include "detect.h"

static void test_names_on_platforms_are_seen_in_what_people_say(void)
{
    assert_each_detected("social handle", "my insta is x_y9", "snap: abc", "Snapchat - zed_lee12",
                         "@kim.lee on tiktok", "add me on snap kim_lee9",
                         "my user name on Discord is kimlee#1234", "insta @kimlee",
                         "Instagram: @kim.lee.art", "whatsapp me on 07700 900123",
                         "find me on my insta, it's kim.lee.9", "IG: kimlee09", "TikTok = kimmy_l",
                         "My snap's the same\r\nsnap: kimlee\r\nsee you");
    assert_none_detected(
        "social handle", "my insta is private", "Instagram is for over 13s.",
        "Snap: the new tool for lessons", "Twitter 2023 was a bad year",
        "We use Facebook and WhatsApp too", "Write to kim@insta.example",
        "the snapchat.com help page", "Roblox: see page 4 of the guide", "Facebook: covid-19 news",
        "Discord is 10 years old", "see https://instagram.com/about", "WhatsApp? Ask at 3.15 today",
        "insta-worthy lunch", "We all use Facebook members.Then go", "@kim.lee on Monday");
}

static void test_links_to_profiles_and_invitations_are_seen(void)
{
    assert_each_detected(
        "social link", "https://www.instagram.com/kim.lee9/?igsh=abc", "instagram.com/kim_lee",
        "https://snapchat.com/add/kimlee", "see wa.me/447700900123.", "https://discord.gg/aBc123",
        "https://discord.com/invite/aBc123", "(t.me/kimlee)", "https://t.me/joinchat/AAAA1",
        "https://www.tiktok.com/@kim.lee?lang=en", "https://facebook.com/kim.lee.9",
        "https://www.facebook.com/profile.php?id=100012345", "https://x.com/kimlee",
        "HTTPS://TWITTER.COM/KimLee", "https://www.youtube.com/@kimlee",
        "https://uk.linkedin.com/in/kim-lee-1a2b/", "https://bere.al/kimlee",
        "https://www.roblox.com/users/12345/", "https://chat.whatsapp.com/AbCdEf1");
    assert_none_detected(
        "social link", "https://www.instagram.com/", "https://instagram.com", "instagram.com",
        "https://www.instagram.com/p/CabcdE1/", "https://www.instagram.com/about/",
        "https://www.tiktok.com/@kim.lee/video/123", "https://x.com/kimlee/status/1234",
        "https://help.instagram.com/kimlee", "https://www.youtube.com/watch?v=abc",
        "https://www.facebook.com/help/123", "https://www.facebook.com/sharer/sharer.php?u=x",
        "https://twitter.com/intent/tweet?text=x", "https://notinstagram.com/kimlee",
        "https://x.example/instagram.com", "https://x.example/go/instagram.com/kimlee",
        "https://www.linkedin.com/company/kingsmead", "https://discord.com/safety",
        "max.com/kimlee");
}

static void test_any_is_either(void)
{
    assert_each_detected("social any", "my insta is x_y9", "wa.me/447700900123");
    assert_none_detected("social any", "my insta is private", "https://www.instagram.com/");
}

static void test_a_link_behind_other_words_is_seen_and_shown(void)
{
    School school = school_of("rule r\n    clause 2.6\n    social link\n");
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", NULL);
    static const char mail[] =
        "From: <a@kingsmead.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        "<p>Photos are <a href=\"https://instagram.com/kim_lee\">here</a></p>\r\n";
    g_autoptr(GBytes) bytes = g_bytes_new_static(mail, strlen(mail));
    g_autoptr(SgMessage) message = sg_message_new(bytes, &school.limits);
    g_autoptr(SgVerdict) verdict = sg_judge(school.policy, message, parties, DETECT_AT);

    g_assert_cmpuint(verdict->findings->len, ==, 1);
    const SgFinding *finding = verdict->findings->pdata[0];
    const SgSignalHit *hit = finding->signals->pdata[0];
    g_assert_cmpstr(hit->where, ==, "link");
    g_assert_cmpstr(hit->excerpt, ==, "https://instagram.com/kim_lee");
    school_done(&school);
}

static void test_hostile_texts_take_linear_time(void)
{
    static const char *const pieces[] = {
        "snap ", "@a", "/", "instagram.com/", "insta is my ", "a", "@", "snap: ", "_", "a.b-"};

    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        double seconds = seconds_for("social any", pieces[i], 1000 * 1000);
        g_test_message("'%s': %.3f s", pieces[i], seconds);
        g_assert_cmpfloat(seconds, <, 2.0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/social/" #name, test_##name)
    PROMISE(names_on_platforms_are_seen_in_what_people_say);
    PROMISE(links_to_profiles_and_invitations_are_seen);
    PROMISE(any_is_either);
    PROMISE(a_link_behind_other_words_is_seen_and_shown);
    PROMISE(hostile_texts_take_linear_time);
    return g_test_run();
}
