/* filter.c - whether a text is a filter of LDAP (RFC 4515), so that a mistake is found where it is
 * written, and not at the first refresh. */
#include "directory_internal.h"

#define DEEPEST 30

static gboolean read_one(const char **at, guint depth);

static gboolean read_list(const char **at, guint depth)
{
    while (**at == '(')
        if (!read_one(at, depth + 1))
            return FALSE;
    return TRUE;
}

/* `mail`, `cn;lang-en`, `memberOf:1.2.840.113556.1.4.1941:`, `ou:dn:` and what compares. */
static gboolean read_attribute(const char **at)
{
    const char *from = *at;

    while (g_ascii_isalnum(**at) || strchr("-.;:", **at ? **at : '='))
        ++*at;
    if (*at == from)
        return FALSE;
    if (strchr("~<>", **at ? **at : '='))
        ++*at;
    if (**at != '=')
        return FALSE;
    ++*at;
    return TRUE;
}

static gboolean read_value(const char **at)
{
    for (; **at && **at != ')' && **at != '('; ++*at) {
        if (**at != '\\')
            continue;
        if (!g_ascii_isxdigit((*at)[1]) || !g_ascii_isxdigit((*at)[2]))
            return FALSE;
        *at += 2;
    }
    return **at == ')';
}

/* Behind the opening parenthesis. */
static gboolean read_inside(const char **at, guint depth)
{
    switch (**at) {
    case '&':
    case '|':
        ++*at;
        return read_list(at, depth);
    case '!':
        ++*at;
        return read_one(at, depth + 1);
    default:
        return read_attribute(at) && read_value(at);
    }
}

static gboolean read_one(const char **at, guint depth)
{
    if (depth > DEEPEST || **at != '(')
        return FALSE;
    ++*at;
    if (!read_inside(at, depth) || **at != ')')
        return FALSE;
    ++*at;
    return TRUE;
}

gboolean sg_filter_is_good(const char *filter)
{
    return read_one(&filter, 0) && *filter == '\0';
}
