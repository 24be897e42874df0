/* web.c - see web.h: forms, replies and addresses */
#include "web.h"

#include <string.h>

typedef struct Field {
    char *name;
    char *exact; /* as it was sent */
    char *value; /* without white space at its ends */
} Field;

struct SgWebForm {
    GArray *fields; /* of Field */
};

static void clear_field(gpointer data)
{
    Field *field = data;

    g_free(field->name);
    g_free(field->exact);
    g_free(field->value);
}

SgWebForm *sg_web_form_new(void)
{
    SgWebForm *form = g_new0(SgWebForm, 1);

    form->fields = g_array_new(FALSE, FALSE, sizeof(Field));
    g_array_set_clear_func(form->fields, clear_field);
    return form;
}

void sg_web_form_free(SgWebForm *form)
{
    if (!form)
        return;
    g_array_unref(form->fields);
    g_free(form);
}

void sg_web_form_add(SgWebForm *form, const char *name, const char *value)
{
    Field field = {.name = g_utf8_make_valid(name, -1),
                   .exact = g_utf8_make_valid(value ? value : "", -1)};

    field.value = g_strstrip(g_strdup(field.exact));
    g_array_append_val(form->fields, field);
}

guint sg_web_form_size(const SgWebForm *form)
{
    return form->fields->len;
}

static const Field *find(const SgWebForm *form, const char *name)
{
    for (guint i = 0; i < form->fields->len; i++) {
        const Field *field = &g_array_index(form->fields, Field, i);
        if (strcmp(field->name, name) == 0)
            return field;
    }
    return NULL;
}

const char *sg_web_value(const SgWebForm *form, const char *name)
{
    const Field *field = find(form, name);

    return field && *field->value ? field->value : NULL;
}

const char *sg_web_exactly(const SgWebForm *form, const char *name)
{
    const Field *field = find(form, name);

    return field ? field->exact : NULL;
}

GPtrArray *sg_web_values(const SgWebForm *form, const char *name)
{
    GPtrArray *values = g_ptr_array_new();

    for (guint i = 0; i < form->fields->len; i++) {
        const Field *field = &g_array_index(form->fields, Field, i);
        if (strcmp(field->name, name) == 0 && *field->value)
            g_ptr_array_add(values, field->value);
    }
    return values;
}

int sg_web_choice(const SgWebForm *form, const char *name, const char *const *names)
{
    const char *value = sg_web_value(form, name);

    for (int i = 0; value && names[i]; i++)
        if (strcmp(names[i], value) == 0)
            return i;
    return -1;
}

/* Replies -----------------------------------------------------------------------------------------
 */

void sg_web_reply_init(SgWebReply *reply)
{
    *reply = (SgWebReply){.status = 200,
                          .type = "text/html; charset=utf-8",
                          .fields = g_ptr_array_new_with_free_func(g_free)};
}

void sg_web_reply_clear(SgWebReply *reply)
{
    if (reply->text)
        g_string_free(reply->text, TRUE);
    g_clear_pointer(&reply->bytes, g_bytes_unref);
    g_clear_pointer(&reply->fields, g_ptr_array_unref);
}

void sg_web_reply_field(SgWebReply *reply, const char *name, const char *value)
{
    for (const char *at = value; *at; at++)
        if (g_ascii_iscntrl(*at))
            return;
    g_ptr_array_add(reply->fields, g_strdup(name));
    g_ptr_array_add(reply->fields, g_strdup(value));
}

void sg_web_reply_go(SgWebReply *reply, const char *url)
{
    reply->status = 303; /* RFC 9110 section 15.4.4: whatever was posted, get that */
    sg_web_reply_field(reply, "Location", url);
}

/* RFC 6266; what is not a plain character becomes '_', so that no file name surprises. */
void sg_web_reply_download(SgWebReply *reply, const char *type, const char *name)
{
    g_autofree char *plain = g_str_to_ascii(name, "C");
    g_autofree char *value = NULL;

    g_strcanon(plain, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.", '_');
    value = g_strdup_printf("attachment; filename=\"%s\"", plain);
    reply->type = type;
    sg_web_reply_field(reply, "Content-Disposition", value);
}

/* Addresses ---------------------------------------------------------------------------------------
 */

void sg_url_add(GString *url, const char *name, const char *value)
{
    g_string_append_c(url, strchr(url->str, '?') ? '&' : '?');
    g_string_append_uri_escaped(url, name, NULL, FALSE);
    g_string_append_c(url, '=');
    g_string_append_uri_escaped(url, value, NULL, FALSE);
}

char *sg_url(const SgConsole *console, const char *path, ...)
{
    GString *url = g_string_new(console->base);
    va_list query;
    const char *name;

    g_string_append_uri_escaped(url, path, "/", FALSE);
    va_start(query, path);
    while ((name = va_arg(query, const char *))) {
        const char *value = va_arg(query, const char *);
        if (value)
            sg_url_add(url, name, value);
    }
    va_end(query);
    return g_string_free(url, FALSE);
}
