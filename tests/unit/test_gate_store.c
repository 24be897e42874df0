/* test_gate_store.c - what the gate itself puts on the audit trail */
#include "../../milter/gate/store.h"
#include "schoolgate/audit.h"
#include "support.h"

static void collect(const SgAuditEntry *entry, gpointer text)
{
    g_string_append_printf(text, "%s/%s %s: %s;", entry->actor, entry->role, entry->action,
                           entry->detail);
}

static void test_what_the_gate_does_is_on_the_trail(void)
{
    g_autofree char *folder = support_folder();
    g_autofree char *path = g_build_filename(folder, "record.db", NULL);
    SgStore *store = sg_store_new(path);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    sg_store_audit(store, "gate-started", "schoolgated 1");
    sg_store_close(store);
    g_autoptr(SgRecord) record = sg_record_open(path, SG_RECORD_READ_ONLY, &error);
    g_assert_true(sg_audit_each(record, 0, collect, text, &error));
    g_assert_cmpstr(text->str, ==, "schoolgate/schoolgate gate-started: schoolgated 1;");
    support_folder_remove(folder);
}

static void test_without_a_record_the_log_has_it_and_the_gate_goes_on(void)
{
    if (g_test_subprocess()) {
        SgStore *store = sg_store_new("/nonexistent/record.db");

        sg_store_audit(store, "config-loaded", "school.conf sha256=0");
        sg_store_close(store);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr(
        "*not on the audit trail: config-loaded school.conf sha256=0 (cannot *");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/gate/store/" #name, test_##name)
    PROMISE(what_the_gate_does_is_on_the_trail);
    PROMISE(without_a_record_the_log_has_it_and_the_gate_goes_on);
    return g_test_run();
}
