/* setup_propose.c - see setup_propose.h */
#include "setup_propose.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#define ZONES "/zoneinfo/"

/* KI, of Kingsmead. */
static char *first_letters(const char *name)
{
    g_autofree char *capitals = g_ascii_strup(name, -1);

    return g_ascii_isupper(capitals[0]) && g_ascii_isupper(capitals[1]) ? g_strndup(capitals, 2)
                                                                        : NULL;
}

/* Words such as `of` begin with a small letter, and are left out. */
char *sg_propose_reference(const SgSetup *setup)
{
    const char *name = setup->answers[SG_ASKED_NAME];
    g_auto(GStrv) words = g_strsplit(name ? name : "", " ", -1);
    g_autoptr(GString) initials = g_string_new(NULL);

    for (char **word = words; *word && initials->len < 3; word++)
        if (g_ascii_isupper(**word))
            g_string_append_c(initials, **word);
    if (initials->len >= 2)
        return g_strdup(initials->str);
    return name ? first_letters(name) : NULL;
}

static gboolean is_public_domain(const char *domain)
{
    return domain && strchr(domain, '.') && !g_str_has_suffix(domain, ".localdomain") &&
           !g_str_has_suffix(domain, ".local") && !strpbrk(domain, " ,:/$");
}

/* `myorigin` may name a file, as Debian's does. */
static char *origin_of(const SgMta *mta)
{
    const char *origin = sg_mta_setting(mta, "myorigin");
    char *text = NULL;

    if (!origin || *origin != '/')
        return g_strdup(origin);
    if (!g_file_get_contents(origin, &text, NULL, NULL))
        return NULL;
    return g_strstrip(text);
}

char *sg_propose_staff(const SgSetup *setup)
{
    g_autofree char *origin = setup->mta ? origin_of(setup->mta) : NULL;
    const char *mail = setup->mta ? sg_mta_setting(setup->mta, "mydomain") : NULL;
    const char *host = g_get_host_name();
    const char *dot = strchr(host, '.');

    if (is_public_domain(mail))
        return g_strdup(mail);
    if (is_public_domain(origin))
        return g_steal_pointer(&origin);
    return dot && is_public_domain(dot + 1) ? g_strdup(dot + 1) : NULL;
}

static char *at_staff(const SgSetup *setup, const char *format)
{
    const char *staff = setup->answers[SG_ASKED_STAFF];
    gsize len = staff ? strcspn(staff, ", ") : 0;
    g_autofree char *domain = g_strndup(staff ? staff : "", len);

    if (len == 0)
        return NULL;
    return g_strconcat(format, g_str_has_prefix(domain, "*.") ? domain + 2 : domain, NULL);
}

char *sg_propose_students(const SgSetup *setup)
{
    return at_staff(setup, "students.");
}

char *sg_propose_officer(const SgSetup *setup)
{
    return at_staff(setup, "online-safety@");
}

char *sg_propose_postmaster(const SgSetup *setup)
{
    return at_staff(setup, "postmaster@");
}

char *sg_propose_zone(const SgSetup *setup)
{
    g_autofree char *file = NULL;
    g_autofree char *link = g_file_read_link("/etc/localtime", NULL);
    const char *zone = link ? strstr(link, ZONES) : NULL;

    (void)setup;
    if (g_file_get_contents("/etc/timezone", &file, NULL, NULL) && *g_strstrip(file))
        return g_steal_pointer(&file);
    return zone ? g_strdup(zone + strlen(ZONES)) : NULL;
}

char *sg_propose_mta(const SgSetup *setup)
{
    return g_strdup(setup->mta ? sg_mta_kind_names[sg_mta_kind(setup->mta)] : "none");
}

/* In Postfix's queue folder its smtpd finds the socket from its chroot as well, and nobody else can
 * put one in its place: any program may listen on a port while we do not. */
char *sg_propose_socket(const SgSetup *setup)
{
    const char *queue = setup->mta && sg_mta_kind(setup->mta) == SG_MTA_POSTFIX
                            ? sg_mta_setting(setup->mta, "queue_directory")
                            : NULL;

    if (!queue || *queue != '/')
        return g_strdup("unix:/run/schoolgate/milter.sock");
    return g_strdup_printf("unix:%s/schoolgate/milter.sock", queue);
}

/* As Postfix writes it, IPv6 in brackets; NULL for what is no network, such as a table of them. */
static char *network_of(const char *word)
{
    g_autofree char *bare = g_strdup(word);

    if (*bare == '[') {
        char *close = strchr(bare, ']');
        if (!close)
            return NULL;
        memmove(close, close + 1, strlen(close));
        memmove(bare, bare + 1, strlen(bare));
    }
    g_autoptr(GInetAddressMask) mask = g_inet_address_mask_new_from_string(bare, NULL);
    return mask && !g_str_has_prefix(bare, "::ffff:") ? g_steal_pointer(&bare) : NULL;
}

char *sg_propose_inside(const SgSetup *setup)
{
    const char *networks = setup->mta ? sg_mta_setting(setup->mta, "mynetworks") : NULL;
    g_auto(GStrv) words = g_strsplit_set(networks ? networks : "", ", \t", -1);
    g_autoptr(GString) inside = g_string_new(NULL);

    for (char **word = words; *word; word++) {
        g_autofree char *network = network_of(*word);
        if (network)
            g_string_append_printf(inside, "%s%s", inside->len > 0 ? ", " : "", network);
    }
    return g_strdup(inside->len > 0 ? inside->str : "127.0.0.0/8, ::1");
}

char *sg_propose_mode(const SgSetup *setup)
{
    (void)setup;
    return g_strdup("observe");
}
