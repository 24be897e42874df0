/* setup_block.c - the answers that make up a block of their own: `export`, of a file that has its
 * own columns, and `directory`; see setup_known.h */
#include "setup_known.h"

gboolean sg_setup_is_of_export(SgAsked asked)
{
    return asked >= SG_ASKED_COLUMN && asked <= SG_ASKED_DATES;
}

gboolean sg_setup_is_of_directory(SgAsked asked)
{
    return asked >= SG_ASKED_DIRECTORY && asked <= SG_ASKED_DIRECTORY_LAST;
}

static gboolean has_block(const SgSetup *setup, const char *keyword)
{
    g_autofree char *head = setup->anew ? NULL : sg_conf_text_block(setup->ground, keyword);

    return head != NULL;
}

gboolean sg_setup_is_new_block(const SgSetup *setup, SgAsked asked)
{
    if (sg_setup_is_of_directory(asked))
        return !has_block(setup, "directory");
    return sg_setup_is_of_export(asked) && !has_block(setup, "export");
}

SgConfKey sg_setup_block_key(const SgSetup *setup, SgAsked asked)
{
    static const char file[] = "file";
    SgConfKey key = sg_questions[asked].key;

    if (asked == SG_ASKED_PEOPLE)
        return (SgConfKey){setup->export_block, file, SG_CONF_WORD};
    key.block = sg_setup_is_of_directory(asked) ? setup->directory_block : setup->export_block;
    return key;
}

/* FALSE when the answer has no place in the block. */
static gboolean belongs(const SgSetup *setup, SgAsked first, SgAsked asked)
{
    gboolean export = first == SG_ASKED_PEOPLE;

    return setup->answers[asked] && (export ? asked == first || sg_setup_is_of_export(asked)
                                            : sg_setup_is_of_directory(asked));
}

static void append_block(const SgSetup *setup, SgAsked first, const char *head, char **text)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    g_autofree char *old = *text;

    for (SgAsked asked = first; asked < SG_ASKED; asked++) {
        if (!belongs(setup, first, asked) || !*setup->answers[asked])
            continue;
        g_ptr_array_add(lines, (gpointer)sg_setup_block_key(setup, asked).setting);
        g_ptr_array_add(lines, setup->answers[asked]);
    }
    g_ptr_array_add(lines, NULL);
    *text = sg_conf_text_append(old, head, (const char *const *)lines->pdata);
}

static void change_block(const SgSetup *setup, SgAsked first, char **text)
{
    for (SgAsked asked = first; asked < SG_ASKED; asked++) {
        g_autofree char *old = NULL;
        SgConfKey key;

        if (!belongs(setup, first, asked))
            continue;
        old = *text;
        key = sg_setup_block_key(setup, asked);
        *text = sg_conf_text_set(old, &key, *setup->answers[asked] ? setup->answers[asked] : NULL);
    }
}

void sg_setup_set_block(const SgSetup *setup, SgAsked first, char **text)
{
    const char *head = sg_setup_block_key(setup, first).block;
    g_auto(GStrv) words = g_strsplit(head, " ", 2);
    g_autofree char *there = sg_conf_text_block(*text, words[0]);

    if (there)
        change_block(setup, first, text);
    else
        append_block(setup, first, head, text);
}
