/* fuzz_people.c - libFuzzer target for what people/ reads: the first byte picks CSV, aliases,
 * virtual, an export, a list's members, a directory's copy or an address; the rest is its text. No
 * file is opened. */
#include "../../milter/people/people_internal.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(gboolean promise)
{
    if (!promise)
        abort();
}

static void check_party(const SgPeople *people, const char *address)
{
    g_autoptr(SgParty) party = sg_people_party(people, address, 0);

    check(party->roles != 0 && (party->roles >> party->role & 1));
    check(g_utf8_validate(party->address, -1, NULL));
}

/* Asks about everybody who is known, so that lists and owners are walked. */
static void check_people(const SgPeople *people)
{
    GHashTableIter each;
    gpointer address;
    guint asked = 0;

    g_hash_table_iter_init(&each, people->persons);
    while (g_hash_table_iter_next(&each, &address, NULL) && asked++ < 50)
        check_party(people, address);
}

static void read_export(SgPeopleBuilder *builder, GBytes *text)
{
    static const char config[] = "export x\n    file x.csv\n    address a\n    role-column b\n"
                                 "    role student\n    groups c\n    until d\n    personal e\n";
    g_autoptr(SgPeopleSpec) spec = sg_people_spec_new();
    g_autoptr(GBytes) block = g_bytes_new_static(config, strlen(config));
    g_autoptr(GPtrArray) blocks = sg_blocks_read("x.conf", block, builder->report);

    sg_people_read_export_block(spec, blocks->pdata[0], builder->report);
    sg_people_read_export(builder, g_array_index(spec->files, SgFileSpec, 0).export, text);
}

static void read_file(SgPeopleBuilder *builder, uint8_t kind, GBytes *text)
{
    if (kind == 0)
        sg_people_read_csv(builder, "people.csv", text);
    else if (kind == 1)
        sg_people_read_aliases(builder, "aliases", text, "kingsmead.example");
    else if (kind == 2)
        sg_people_read_virtual(builder, "virtual", text);
    else if (kind == 3)
        read_export(builder, text);
    else if (kind == 4)
        sg_people_read_members(builder, "year9", "year9@kingsmead.example", text);
    else
        sg_people_read_copy(builder, "copy.csv", text, "directory kingsmead");
}

static void fuzz_file(uint8_t kind, const uint8_t *data, size_t size)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgPeopleBuilder) builder = sg_people_builder_new(report);
    g_autoptr(GBytes) text = g_bytes_new(data, size);

    read_file(builder, kind, text);
    g_autoptr(SgPeople) people = sg_people_builder_finish(builder);
    g_autofree char *shown = sg_report_text(report, FALSE);
    check(g_utf8_validate(shown, -1, NULL));
    check_people(people);
}

static void fuzz_address(const uint8_t *data, size_t size)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgPeopleSpec) spec = sg_people_spec_new();
    g_autoptr(SgPeople) people = sg_people_load(spec, report);
    g_autofree char *address = g_strndup((const char *)data, size);
    g_autofree char *once = sg_address_normal(address);
    g_autofree char *twice = sg_address_normal(once);

    check(g_utf8_validate(once, -1, NULL));
    check(size > SG_ADDRESS_MAX / 4 || g_str_equal(once, twice));
    check_party(people, address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] % 7 < 6)
        fuzz_file(data[0] % 7, data + 1, size - 1);
    else
        fuzz_address(data + 1, size - 1);
    return 0;
}
