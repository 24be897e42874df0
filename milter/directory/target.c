/* target.c - reads whom a setting is about: a filter, or a group's name. */
#include "directory_internal.h"

void sg_target_free(SgDirectoryTarget *target)
{
    g_free(target->name);
    g_free(target->filter);
    g_free(target->below);
    g_free(target->dn);
    g_free(target);
}

/* Behind the filter that `text` begins with. A parenthesis within a value is written \28 or \29. */
static const char *filter_end(const char *text)
{
    int open = 0;

    for (; *text; text++) {
        open += *text == '(';
        open -= *text == ')';
        if (open == 0)
            return text + 1;
    }
    return text;
}

static gboolean is_dn(const char *text)
{
    LDAPDN dn = NULL;
    gboolean good = *text && ldap_str2dn(text, &dn, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && dn;

    if (dn)
        ldap_dnfree(dn);
    return good;
}

static gboolean read_filter(SgDirectoryTarget *target, SgCursor *cursor, const char *text)
{
    const char *end = filter_end(text);
    g_autofree char *rest = g_strstrip(g_strdup(end));

    target->filter = g_strndup(text, (gsize)(end - text));
    if (!sg_filter_is_good(target->filter)) {
        sg_cursor_error(cursor, "'%s' is no filter; write it as (&(objectClass=user)(mail=*))",
                        target->filter);
        return FALSE;
    }
    if (!*rest)
        return TRUE;
    if (g_str_has_prefix(rest, "below ") && is_dn(g_strstrip(rest + 6))) {
        target->below = g_strdup(g_strstrip(rest + 6));
        return TRUE;
    }
    sg_cursor_error(cursor, "behind a filter only 'below DN' may stand, not '%s'", rest);
    return FALSE;
}

SgDirectoryTarget *sg_target_read(SgCursor *cursor, char *name)
{
    g_autofree char *text = sg_cursor_text(cursor, "a filter in parentheses, or a group's DN");
    SgDirectoryTarget *target;

    if (!text) {
        g_free(name);
        return NULL;
    }
    target = g_new0(SgDirectoryTarget, 1);
    target->name = name;
    target->place = cursor->word;
    if (*text == '(') {
        if (read_filter(target, cursor, text))
            return target;
    } else if (is_dn(text)) {
        target->dn = g_strdup(text);
        return target;
    } else {
        sg_cursor_error(cursor, "'%s' is neither a filter in parentheses nor a group's DN", text);
    }
    sg_target_free(target);
    return NULL;
}
