/* address.c - how an address is taken apart and compared: pure text, no people. */
#include "people_internal.h"

static SgSpan trim(SgSpan text)
{
    while (text.len > 0 && g_ascii_isspace(text.at[0]))
        text = (SgSpan){text.at + 1, text.len - 1};
    while (text.len > 0 && g_ascii_isspace(text.at[text.len - 1]))
        text.len--;
    return text;
}

/* The first of `wanted` in `text` that no quotes or backslash guard, or NULL. An open quote guards
 * all behind it: nothing in there may pass for the address. */
static const char *find_bare(SgSpan text, char wanted)
{
    gboolean quoted = FALSE;

    for (gsize i = 0; i < text.len; i++) {
        if (text.at[i] == '\\')
            i++;
        else if (text.at[i] == '"')
            quoted = !quoted;
        else if (text.at[i] == wanted && !quoted)
            return text.at + i;
    }
    return NULL;
}

static SgSpan behind(SgSpan text, const char *at)
{
    return (SgSpan){at + 1, (gsize)(text.at + text.len - (at + 1))};
}

static SgSpan without_brackets(SgSpan text)
{
    const char *open = find_bare(text, '<');

    if (open) {
        text = behind(text, open);
        const char *shut = find_bare(text, '>');
        if (shut)
            text.len = (gsize)(shut - text.at);
    }
    return trim(text);
}

/* `@a,@b:c@d` means `c@d`: RFC 5321 has servers ignore the route. */
static SgSpan without_route(SgSpan text)
{
    const char *colon = text.len > 0 && text.at[0] == '@' ? find_bare(text, ':') : NULL;

    return colon ? trim(behind(text, colon)) : text;
}

static SgSpan before_last_at(SgSpan text, SgSpan *domain)
{
    const char *last = NULL;
    SgSpan rest = text;

    for (const char *at; (at = find_bare(rest, '@')); rest = behind(rest, at))
        last = at;
    *domain = (SgSpan){NULL, 0};
    if (!last)
        return text;
    *domain = behind(text, last);
    return trim((SgSpan){text.at, (gsize)(last - text.at)});
}

static gboolean is_atom(char c)
{
    return g_ascii_isalnum(c) || (guchar)c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static gboolean is_dot_atom(const char *local, gsize len)
{
    for (gsize i = 0; i < len; i++) {
        if (local[i] == '.' ? i == 0 || i == len - 1 || local[i - 1] == '.' : !is_atom(local[i]))
            return FALSE;
    }
    return len > 0;
}

static gboolean is_ascii(SgSpan text)
{
    for (gsize i = 0; i < text.len; i++) {
        if ((guchar)text.at[i] >= 0x80)
            return FALSE;
    }
    return TRUE;
}

/* Lower case, one way of writing each character, valid UTF-8. */
static char *fold(SgSpan text)
{
    if (text.len == 0)
        return g_strdup("");
    if (is_ascii(text))
        return g_ascii_strdown(text.at, (gssize)text.len);

    g_autofree char *valid = g_utf8_make_valid(text.at, (gssize)text.len);
    g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
    g_autofree char *small = g_utf8_casefold(composed, -1);
    return g_utf8_normalize(small, -1, G_NORMALIZE_NFC);
}

/* The local part as it reads: without quotes, and without the backslashes that guard. */
static char *unquote(SgSpan local, gboolean *quoted)
{
    g_autoptr(GString) plain = g_string_sized_new(local.len);

    *quoted = FALSE;
    for (gsize i = 0; i < local.len; i++) {
        if (local.at[i] == '"') {
            *quoted = TRUE;
            continue;
        }
        if (local.at[i] == '\\' && i + 1 < local.len)
            i++;
        g_string_append_c(plain, local.at[i]);
    }
    return fold((SgSpan){plain->str, plain->len});
}

static gboolean has_controls(const char *text)
{
    for (; *text; text++) {
        if (g_ascii_iscntrl(*text))
            return TRUE;
    }
    return FALSE;
}

char *sg_domain_normal(SgSpan text)
{
    text = trim(text);
    char *domain = fold(text);
    char *ascii = is_ascii(text) ? NULL : g_hostname_to_ascii(domain);

    if (ascii) {
        g_free(domain);
        domain = ascii;
    }
    gsize len = strlen(domain);
    if (len > 0 && domain[len - 1] == '.')
        domain[len - 1] = '\0';
    if (!*domain)
        g_clear_pointer(&domain, g_free);
    return domain;
}

gboolean sg_domain_is_valid(const char *domain)
{
    gsize len = strlen(domain);

    if (len == 0 || len > SG_DOMAIN_MAX)
        return FALSE;
    if (domain[0] == '[')
        return len > 2 && strspn(domain + 1, "0123456789abcdefipv.:-") == len - 2 &&
               domain[len - 1] == ']';
    for (gsize i = 0; i < len; i++) {
        gboolean edge = i == 0 || i == len - 1 || domain[i - 1] == '.';
        if (domain[i] == '.' ? edge : !g_ascii_isalnum(domain[i]) && !strchr("-_", domain[i]))
            return FALSE;
    }
    return TRUE;
}

void sg_address_read(SgAddress *address, SgSpan text)
{
    SgSpan domain = {NULL, 0};
    gboolean quoted = FALSE;

    text = without_route(without_brackets(text));
    /* Cutting may not make another address of it: what is too long has no domain at all. */
    if (text.len > SG_ADDRESS_MAX) {
        *address = (SgAddress){.local = fold((SgSpan){text.at, SG_ADDRESS_MAX})};
        return;
    }
    SgSpan local = before_last_at(text, &domain);
    address->domain = sg_domain_normal(domain);
    /* What is no domain must not end up as one: then all of it is a name, and a bad one. */
    if (address->domain && !sg_domain_is_valid(address->domain)) {
        g_clear_pointer(&address->domain, g_free);
        local = text;
    }
    address->local = unquote(local, &quoted);
    address->local_ok = quoted ? *address->local && !has_controls(address->local)
                               : is_dot_atom(address->local, strlen(address->local));
}

void sg_address_clear(SgAddress *address)
{
    g_clear_pointer(&address->local, g_free);
    g_clear_pointer(&address->domain, g_free);
}

char *sg_address_join(const char *local, gsize len, const char *domain)
{
    if (len == 0 && !domain)
        return g_strdup("");

    GString *whole = g_string_sized_new(len + (domain ? strlen(domain) : 0) + 4);
    if (is_dot_atom(local, len)) {
        g_string_append_len(whole, local, (gssize)len);
    } else {
        g_string_append_c(whole, '"');
        for (gsize i = 0; i < len; i++) {
            if (local[i] == '"' || local[i] == '\\')
                g_string_append_c(whole, '\\');
            g_string_append_c(whole, local[i]);
        }
        g_string_append_c(whole, '"');
    }
    if (domain)
        g_string_append_printf(whole, "@%s", domain);
    return g_string_free(whole, FALSE);
}

char *sg_address_untagged(const SgAddress *address, char delimiter)
{
    const char *tag = delimiter ? strchr(address->local, delimiter) : NULL;

    if (!tag || tag == address->local)
        return NULL;
    return sg_address_join(address->local, (gsize)(tag - address->local), address->domain);
}

char *sg_address_bare(const char *text)
{
    SgSpan bare = without_brackets(sg_span(text));

    return g_utf8_make_valid(bare.at ? bare.at : "", (gssize)bare.len);
}

char *sg_address_normal(const char *text)
{
    g_auto(SgAddress) address = {0};

    sg_address_read(&address, sg_span(text));
    return sg_address_join(address.local, strlen(address.local), address.domain);
}

char *sg_address_valid(const char *text)
{
    g_auto(SgAddress) address = {0};

    sg_address_read(&address, sg_span(text));
    if (!address.local_ok || !address.domain)
        return NULL;
    return sg_address_join(address.local, strlen(address.local), address.domain);
}

char *sg_address_unbracketed(const char *address)
{
    gsize len = strlen(address);

    if (len >= 2 && address[0] == '<' && address[len - 1] == '>')
        return g_strndup(address + 1, len - 2);
    return g_strdup(address);
}
